/** The replayed catalog, in the words in which `postgres-catalog.ts` tells PostgreSQL's. */
import type {
  Catalog,
  Column,
  Constraint,
  Index,
  Policy,
  RoutineParts,
  Table,
  Trigger,
  UserType,
} from "../../../src/model/catalog.js";
import type { QualifiedName, TypeName } from "../../../src/model/name.js";
import { sorted, words, type Description } from "./description.js";

export function describeCatalog(catalog: Catalog): Description {
  const description: Record<string, string[]> = {};
  const add = ({ schema, name }: Required<QualifiedName>, lines: readonly string[]): void => {
    (description[`${schema}.${name}`] ??= []).push(...lines);
  };
  for (const schema of catalog.schemas()) description[schema] = ["schema"];
  for (const table of catalog.tables())
    if (table.createdIn !== undefined && !table.temporary) add(table, tableLines(table, catalog));
  for (const sequence of catalog.sequences())
    if (sequence.createdIn !== undefined && !sequence.temporary) add(sequence, [relationLine(sequence)]);
  for (const type of catalog.types()) add(type, [typeLine(type, catalog)]);
  for (const { schema, name, ...routine } of [...catalog.functions()].sort(byName)) {
    const kind = routine.procedure ? "procedure" : "function";
    add({ schema, name }, [words(kind, list(routine.arguments), routine.volatility, partsWords(routine.parts))]);
  }
  for (const object of Object.values(description)) {
    if (object.every((line) => /^(?:function|procedure) /.test(line))) object.sort();
  }
  return sorted(description);
}

function full({ schema, name }: QualifiedName): string {
  return `${schema ?? "?"}.${name}`;
}

function list(names: readonly string[]): string {
  return `(${names.join(", ")})`;
}

function partsWords(parts: RoutineParts | undefined): string | undefined {
  if (!parts) return undefined;
  const { reads, uses, calls, types } = parts;
  const whole = reads.filter((read) => !uses.some(({ table }) => full(table) === full(read)));
  const named = [
    ...whole.map(full),
    ...uses.map(({ table, column }) => `${full(table)}.${column}`),
    ...calls.map((called) => `${full(called)}()`),
    ...types.map((type) => `type ${full(type)}`),
  ];
  return named.length === 0 ? undefined : `of ${[...new Set(named)].sort().join(", ")}`;
}

function relationLine(table: Table): string {
  const { ownedBy, partitionOf, inherits } = table;
  return words(
    table.kind,
    table.unlogged && "unlogged",
    ownedBy && `owned by ${full(ownedBy.table)}.${ownedBy.column}`,
    partitionOf && `partition of ${full(partitionOf)}`,
    inherits.length > 0 && `inherits ${inherits.map(full).join(", ")}`,
    table.defaultPartition && "default",
    table.rowSecurity?.enabled && "row security",
    table.rowSecurity?.forced && "forced row security",
  );
}

function hasColumns({ kind }: Table): boolean {
  return kind === "table" || kind === "partitioned table" || kind === "foreign table";
}

function tableLines(table: Table, catalog: Catalog): readonly string[] {
  return [
    relationLine(table),
    ...(hasColumns(table) ? [...table.columns.values()].map((column) => columnLine(column, catalog)) : []),
    ...[...table.constraints.values()].sort(byName).map(constraintLine),
    ...[...catalog.indexesOf(table)].sort(byName).map(indexLine),
    ...table.reads.map((read) => readLine(table, read, catalog)).sort(),
    ...[...(table.triggers ?? [])].sort(byName).map(triggerLine),
    ...[...(table.policies ?? [])].sort(byName).map(policyLine),
  ];
}

function readLine({ uses = [] }: Table, read: QualifiedName, catalog: Catalog): string {
  const source = catalog.table(read);
  const columns = uses.filter(({ table }) => full(table) === full(read)).map(({ column }) => column);
  const isTable = source && hasColumns(source) && columns.length > 0;
  return words("reads", full(read), isTable && list(columns.sort()));
}

function triggerLine({ name, timing, events, columns, forEach, ...trigger }: Trigger): string {
  const order = ["insert", "update", "delete", "truncate"] as const;
  return words(
    "trigger",
    name,
    timing,
    order.filter((event) => events.includes(event)).join(" or "),
    columns.length > 0 && `of ${list([...columns].sort())}`,
    forEach,
    `calls ${trigger.function.name}`,
    trigger.disabled && "disabled",
    trigger.inherited && "inherited",
  );
}

function policyLine({ name, permissive, command, using, withCheck }: Policy): string {
  return words(
    "policy",
    name,
    permissive ? "permissive" : "restrictive",
    command,
    using && "using",
    withCheck && "check",
  );
}

function columnLine(column: Column, catalog: Catalog): string {
  return words(
    "column",
    column.name,
    column.type && typeName(column.type, catalog),
    `(${column.type?.modifiers.join(",") ?? ""})`,
    column.collation !== undefined && `collate ${column.collation}`,
    column.notNull === true && "not null",
    column.default && "default",
    column.identity && `identity ${column.identity}`,
    column.generated,
  );
}

function constraintLine({ name, kind, columns, references, expression, ...constraint }: Constraint): string {
  return words(
    "constraint",
    name,
    kind,
    kind === "check" && list([...(expression?.columns ?? [])].sort()),
    kind !== "check" && kind !== "exclude" && list(columns),
    references && `references ${full(references.table)}${list(references.columns)}`,
    !constraint.valid && "not valid",
    constraint.notEnforced && "not enforced",
    constraint.deferrable && "deferrable",
  );
}

function indexLine(index: Index): string {
  return words(
    "index",
    index.name,
    index.unique && "unique",
    index.method,
    list(index.columns),
    index.where ? "partial" : index.hasExpression && "expression",
    index.mentions.length > 0 && `mentions ${list([...index.mentions].sort())}`,
    index.constraint && `of ${index.constraint}`,
    index.parent && `part of ${index.parent}`,
    index.nullsNotDistinct && "nulls not distinct",
    index.invalid && "invalid",
  );
}

function typeLine(type: UserType, catalog: Catalog): string {
  switch (type.kind) {
    case "enum":
      return `enum ${type.values.join(", ")}`;
    case "domain":
      return words(
        "domain",
        typeName(type.baseType, catalog),
        `(${type.baseType.modifiers.join(",")})`,
        type.notNull && "not null",
        [...type.constraints]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, { kind, valid }]) => words("constraint", name, kind, !valid && "not valid"))
          .join(" "),
        type.hasDefault && "default",
      );
    case "other":
      return "type";
  }
}

function typeName(type: TypeName, catalog: Catalog): string {
  const known = catalog.type(type);
  return `${known ? full(known) : type.name}${type.arrayDimensions > 0 ? "[]" : ""}`;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
