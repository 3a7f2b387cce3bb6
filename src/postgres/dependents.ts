/** What depends on an object, as PostgreSQL tracks it: the schema's side of `pg_depend`. */
import type { Catalog, Column, Routine, RoutineParts, Table, UserType } from "../model/catalog.js";
import type { Dependent } from "../model/dependent.js";
import type { QualifiedName } from "../model/name.js";
import type { Expression } from "../model/operation.js";

type Name = Required<QualifiedName>;

function nameOf({ schema, name }: Name): Name {
  return { schema, name };
}

function isSame(one: QualifiedName | undefined, other: Name): boolean {
  return one !== undefined && one.name === other.name && (one.schema ?? other.schema) === other.schema;
}

/** Whatever rests on a column and does not go with it: indexes and the table's own other constraints do. */
export function dependentsOfColumn(catalog: Catalog, table: Table, column: string): Dependent[] {
  return [
    ...viewsOfColumn(catalog, table, column),
    ...functionsOfColumn(catalog, table, column),
    ...partsOfColumn(table, column),
    ...foreignKeysTo(catalog, table, (columns) => columns.includes(column)),
  ];
}

/** Functions whose BEGIN ATOMIC or RETURN names a column. */
export function functionsOfColumn(catalog: Catalog, table: Table, column: string): Dependent[] {
  return functionsMadeOf(catalog, ({ uses }) => uses.some((use) => use.column === column && isSame(use.table, table)));
}

function functionsMadeOf(catalog: Catalog, isPart: (parts: RoutineParts) => boolean): Dependent[] {
  const found: Dependent[] = [];
  for (const routine of catalog.functionsWithParts()) {
    if (routine.parts && isPart(routine.parts)) found.push(asFunction(routine));
  }
  return found;
}

function asFunction({ schema, name, procedure, arguments: given }: Routine): Dependent {
  return { kind: procedure ? "procedure" : "function", relation: { schema, name }, arguments: given };
}

/** Views that name a column. */
export function viewsOfColumn(catalog: Catalog, table: Table, column: string): Dependent[] {
  return catalog
    .readBy(table)
    .filter(({ uses = [] }) => uses.some((use) => use.column === column && isSame(use.table, table)))
    .map(asView);
}

/** Policies, triggers and generated columns of the table itself that name a column. */
export function partsOfColumn(table: Table, column: string): Dependent[] {
  const relation = nameOf(table);
  const parts: Dependent[] = [];
  for (const { name, columns, whenColumns, inherited } of table.triggers ?? []) {
    if (!inherited && (columns.includes(column) || whenColumns.includes(column))) {
      parts.push({ kind: "trigger", relation, name });
    }
  }
  for (const { name, using, withCheck } of table.policies ?? []) {
    if (names(using, column) || names(withCheck, column)) parts.push({ kind: "policy", relation, name });
  }
  for (const { name, generation } of table.columns.values()) {
    if (name !== column && names(generation, column)) parts.push({ kind: "column", relation, name });
  }
  return parts;
}

/** Whether an expression is known to name the column: inside a subquery the name may be that of another table's. */
function names(expression: Expression | undefined, column: string): boolean {
  return expression?.columns.includes(column) === true && !/\bselect\b/i.test(expression.sql);
}

function asView({ schema, name, kind }: Table): Dependent {
  return { kind: kind === "materialized view" ? kind : "view", relation: { schema, name } };
}

/** Foreign keys that name columns of the table, in other tables and in itself. */
function foreignKeysTo(catalog: Catalog, table: Table, which: (columns: readonly string[]) => boolean): Dependent[] {
  return catalog.referencedBy(table).flatMap((other) => {
    // A partition's foreign keys are those of its parent.
    if (other.partitionOf) return [];
    return [...other.constraints.values()].flatMap(({ name, references }): Dependent[] =>
      references && isSame(references.table, table) && which(references.columns)
        ? [{ kind: "constraint", relation: nameOf(other), name }]
        : [],
    );
  });
}

/** Whatever rests on a table or view as a whole, and does not go with it: partitions and its own parts do. */
export function dependentsOfRelation(catalog: Catalog, relation: Table): Dependent[] {
  return [
    ...catalog.readBy(relation).map(asView),
    ...functionsMadeOf(catalog, ({ reads, types }) => [...reads, ...types].some((name) => isSame(name, relation))),
    ...catalog.inheritedBy(relation).map((child): Dependent => ({ kind: "table", relation: nameOf(child) })),
    ...foreignKeysTo(catalog, relation, () => true).filter((key) => !isSame(key.relation, nameOf(relation))),
  ];
}

/** Foreign keys that need a primary key, unique constraint or unique index, as far as no other one serves them. */
export function dependentsOfKey(catalog: Catalog, table: Table, columns: readonly string[]): Dependent[] {
  const wanted = [...columns].sort().join("\0");
  const serving = catalog
    .indexesOf(table)
    .filter((index) => index.unique && !index.hasExpression && [...index.columns].sort().join("\0") === wanted);
  if (serving.length !== 1) return [];
  return foreignKeysTo(catalog, table, (named) => [...named].sort().join("\0") === wanted);
}

/** Columns whose default is the next value of a sequence. */
export function dependentsOfSequence(catalog: Catalog, sequence: Name): Dependent[] {
  const named = (value: Expression | undefined): boolean => {
    const argument = /\bnextval\s*\(\s*'([^']+)'/i.exec(value?.sql ?? "")?.[1]?.replaceAll('"', "");
    return argument === sequence.name || argument === `${sequence.schema}.${sequence.name}`;
  };
  return columnsWhere(
    catalog,
    ({ default: value, identity, sequence: own }) =>
      !identity && (named(value) || (value && isSame(own, sequence)) === true),
  ).map((column) => ({ ...column, kind: "default" }));
}

/** Columns, domains and functions of a type. */
export function dependentsOfType(catalog: Catalog, type: UserType): Dependent[] {
  const domains = [...catalog.types()].filter(
    (other) => other.kind === "domain" && catalog.type(other.baseType) === type,
  );
  return [
    ...columnsWhere(catalog, (column) => column.type !== undefined && catalog.type(column.type) === type),
    ...domains.map((domain): Dependent => ({ kind: "type", relation: nameOf(domain) })),
    ...functionsMadeOf(catalog, ({ types }) => types.some((name) => isSame(name, type))),
  ];
}

/** Triggers, views and functions that call a function. Of several functions of one name it is not known which. */
export function dependentsOfFunction(catalog: Catalog, name: Name): Dependent[] {
  const found = functionsMadeOf(catalog, ({ calls }) => calls.some((called) => isSame(called, name))).filter(
    ({ relation }) => !isSame(relation, name),
  );
  for (const table of catalog.tables()) {
    if (table.calls?.some((called) => isSame(called, name))) found.push(asView(table));
    for (const trigger of table.triggers ?? []) {
      if (trigger.inherited || !isSame(trigger.function, name)) continue;
      found.push({ kind: "trigger", relation: nameOf(table), name: trigger.name });
    }
  }
  return found;
}

/** Relations in a schema. */
export function dependentsOfSchema(catalog: Catalog, schema: string): Dependent[] {
  return [...catalog.tables()]
    .filter((table) => table.schema === schema && !table.partitionOf)
    .map((table) =>
      table.kind === "view" || table.kind === "materialized view"
        ? asView(table)
        : { kind: "table", relation: nameOf(table) },
    );
}

function columnsWhere(catalog: Catalog, wanted: (column: Column) => boolean): Dependent[] {
  const found: Dependent[] = [];
  for (const table of catalog.tables()) {
    // The columns of views and partitions go with those that they come from.
    if ((table.kind !== "table" && table.kind !== "partitioned table") || table.partitionOf) continue;
    for (const column of table.columns.values()) {
      if (wanted(column)) found.push({ kind: "column", relation: nameOf(table), name: column.name });
    }
  }
  return found;
}
