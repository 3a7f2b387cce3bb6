/**
 * The calls of TypeORM's QueryRunner that look at the table first: what they send depends on what it has
 * (`driver/postgres/PostgresQueryRunner.ts`). Of its own table of metadata nothing is said.
 */
import type { Catalog } from "../../model/catalog.js";
import { implied, literal, quoted, sqlText, Text } from "../evaluator/text.js";
import { List, type Method, option, textOf, truthOf, type Value } from "../evaluator/value.js";
import * as elements from "./elements.js";
import {
  type ColumnState,
  describedColumn,
  keyName,
  type LoadedTable,
  loadTable,
  ownPrimaryKeyName,
  sequenceName,
  usualName,
} from "./loaded-table.js";

const { tableName, tablePath, besideTable } = elements;

/** What a call meets. */
interface Met {
  readonly schema: Catalog;
  readonly name: elements.TableName;
  /** Undefined where not all of it is known. */
  readonly table: LoadedTable | undefined;
}

/** Statements, or why they are not known. */
type Sent = readonly Text[] | { readonly reason: string };

type Change = (args: readonly Value[], met: Met) => Sent;

const isTrue = (value: Value): boolean => truthOf(value) === true;

const notKnown = ({ name }: Met, call: string): Sent => ({
  reason: `what \`${call}\` sends depends on the table ${name.name.toString()}, of which the migrations do not say all`,
});
const notDescribed = (call: string): Sent => ({ reason: `\`${call}\` is given something that is not known` });

const alter = (name: elements.TableName, action: Text): Text => sqlText`ALTER TABLE ${tablePath(name)} ${action}`;
const alterColumn = (name: elements.TableName, column: string, action: Text | string): Text =>
  alter(name, sqlText`ALTER COLUMN ${quoted(column)} ${action}`);
const dropConstraint = (name: elements.TableName, constraint: string): Text =>
  alter(name, sqlText`DROP CONSTRAINT ${quoted(constraint)}`);
const renameConstraint = (name: elements.TableName, constraint: string, to: string): Text =>
  alter(name, sqlText`RENAME CONSTRAINT ${quoted(constraint)} TO ${quoted(to)}`);
const renameIndex = (name: elements.TableName, index: string, to: string): Text =>
  sqlText`ALTER INDEX ${besideTable(name, Text.of(index))} RENAME TO ${quoted(to)}`;
const addKey = (name: elements.TableName, key: string, columns: readonly string[]): Text =>
  alter(
    name,
    sqlText`ADD CONSTRAINT ${quoted(key)} PRIMARY KEY (${Text.join(
      columns.map((column) => quoted(column)),
      ", ",
    )})`,
  );

const inKey = ({ columns }: LoadedTable): readonly string[] =>
  columns.filter(({ isPrimary }) => isPrimary === true).map(({ name }) => name);

const isEnum = ({ type }: ColumnState): boolean => type === "enum" || type === "simple-enum";

/** `"public"."orders_kind_enum"`, of an enum that has no name of its own. */
function enumName(name: elements.TableName, column: ColumnState, suffix = ""): string {
  return (
    (typeof column.enumName === "string"
      ? column.enumName
      : `${name.name.toString()}_${column.name.toLowerCase()}_enum`) + suffix
  );
}

function hasEnum({ schema }: Met, name: elements.TableName, column: ColumnState): boolean {
  return schema.enum({ schema: name.schema?.known ?? "public", name: enumName(name, column) }) !== undefined;
}

/** A TableColumn, or the name of a column of the table. */
function columnOf(value: Value, { table }: Met): ColumnState | undefined {
  const name = textOf(value)?.known;
  return name === undefined ? describedColumn(value) : table?.columns.find((column) => column.name === name);
}

const dropTable: Change = ([target, ifExists, foreignKeys = true, indices = true], { name, table }) => {
  // What it has besides goes with it; where it is not there nothing is sent, which is what IF EXISTS comes to.
  if (table === undefined) return [sqlText`DROP TABLE ${isTrue(ifExists) ? "IF EXISTS " : ""}${tablePath(name)}`];
  return [
    ...(indices === false
      ? []
      : table.indexes.map((index) => sqlText`DROP INDEX ${besideTable(table.name, Text.of(index.name))}`)),
    ...(foreignKeys === false ? [] : table.foreignKeys.map((key) => dropConstraint(table.name, key.name))),
    sqlText`DROP TABLE ${tablePath(tableName(target))}`,
  ];
};

const dropView: Change = ([target, ifExists], { schema, name }) => {
  const view = schema.table({
    ...(name.schema?.known !== undefined && { schema: name.schema.known }),
    name: name.name.toString(),
  });
  if (view === undefined) {
    return { reason: `whether ${name.name.toString()} is a materialized view, the migrations do not say` };
  }
  const kind = view.kind === "materialized view" ? "MATERIALIZED VIEW" : "VIEW";
  return [sqlText`DROP ${kind} ${isTrue(ifExists) ? "IF EXISTS " : ""}${tablePath(tableName(target))}`];
};

/** What has a name that TypeORM gave it gets the one that belongs to the new table. */
const renameTable: Change = ([, to], { name, table }) => {
  const renamed = textOf(to);
  if (renamed === undefined) return notDescribed("renameTable");
  const first = sqlText`ALTER TABLE ${tablePath(name)} RENAME TO ${quoted(renamed)}`;
  const newName = renamed.known;
  // Of a table that is not known, neither is what else is renamed.
  if (table === undefined || newName === undefined) return [first];
  const before = table.name;
  const after = { ...before, name: renamed };
  const own = ownPrimaryKeyName(table);
  const key = inKey(table);
  const statements = [first];
  if (key.length > 0 && own === undefined) {
    statements.push(renameConstraint(after, keyName(before, key), keyName(after, key)));
  }
  for (const column of table.columns) {
    if (column.isGenerated !== true || column.generationStrategy !== "increment") continue;
    const [from, next] = [before.name.toString(), newName].map((one) => sequenceName(one, column.name));
    statements.push(renameSequence(before, from, next));
  }
  for (const { name: unique, columns } of table.uniques) {
    if (unique === usualName("UQ_", before, columns)) {
      statements.push(renameConstraint(after, unique, usualName("UQ_", after, columns)));
    }
  }
  for (const { name: index, columns, where } of table.indexes) {
    if (index === usualName("IDX_", before, columns, where)) {
      statements.push(renameIndex(before, index, usualName("IDX_", after, columns, where)));
    }
  }
  for (const { name: foreign, columns } of table.foreignKeys) {
    if (foreign === usualName("FK_", before, columns)) {
      statements.push(renameConstraint(after, foreign, usualName("FK_", after, columns)));
    }
  }
  for (const column of table.columns) {
    if (isEnum(column) && column.enumName === undefined) {
      statements.push(renameEnum(before, enumName(before, column), enumName(after, column)));
    }
  }
  return statements;
};

function renameSequence(table: elements.TableName, from = "", to = ""): Text {
  const path = tablePath({ ...table, name: Text.of(from) });
  return sqlText`ALTER SEQUENCE ${path} RENAME TO ${quoted(to)}`;
}

function renameEnum(table: elements.TableName, from: string, to: string): Text {
  return sqlText`ALTER TYPE ${besideTable(table, Text.of(from))} RENAME TO ${quoted(to)}`;
}

const addColumn = (column: Value, met: Met): Sent => {
  const state = describedColumn(column);
  if (state === undefined) return notDescribed("addColumn");
  const { name, table } = met;
  const type = isEnum(state) && !hasEnum(met, name, state) ? elements.enumOf(name, column)?.create : undefined;
  const statements = [
    ...(type === undefined ? [] : [type]),
    alter(name, sqlText`ADD ${elements.columnSql(name, column)}`),
  ];
  if (state.isPrimary === true) {
    if (table === undefined) return notKnown(met, "addColumn");
    const own = ownPrimaryKeyName(table);
    const key = inKey(table);
    if (key.length > 0) statements.push(dropConstraint(name, own ?? keyName(name, key)));
    const columns = [...key, state.name];
    const first = key.length > 0 ? own : textOf(option(column, "primaryKeyConstraintName"))?.known;
    statements.push(addKey(name, first ?? keyName(name, columns), columns));
  }
  if (state.isUnique === true) statements.push(addUnique(name, state.name));
  if (typeof state.comment === "string" && state.comment !== "") statements.push(commentOn(name, state.name, state));
  return statements;
};

function addUnique(name: elements.TableName, column: string): Text {
  return alter(name, sqlText`ADD CONSTRAINT ${quoted(usualName("UQ_", name, [column]))} UNIQUE (${quoted(column)})`);
}

function commentOn(name: elements.TableName, column: string, { comment }: ColumnState): Text {
  const text = typeof comment === "string" && comment !== "" ? literal(comment) : "NULL";
  return sqlText`COMMENT ON COLUMN ${tablePath(name)}.${quoted(column)} IS ${text}`;
}

function dropColumn(column: ColumnState, ifExists: boolean, met: Met): readonly Text[] {
  const { name, table } = met;
  const statements: Text[] = [];
  if (table !== undefined) {
    if (column.isPrimary === true) {
      const own = ownPrimaryKeyName(table);
      const key = inKey(table);
      const rest = key.filter((one) => one !== column.name);
      statements.push(dropConstraint(name, own ?? keyName(name, key)));
      if (rest.length > 0) statements.push(addKey(name, own ?? keyName(name, rest), rest));
    }
    const isOnly = ({ columns }: { readonly columns: readonly string[] }): boolean =>
      columns.length === 1 && columns[0] === column.name;
    const index = table.indexes.find(isOnly);
    if (index) statements.push(sqlText`DROP INDEX ${besideTable(table.name, Text.of(index.name))}`);
    for (const constraint of [table.checks.find(isOnly), table.uniques.find(isOnly)]) {
      if (constraint) statements.push(dropConstraint(name, constraint.name));
    }
  }
  statements.push(alter(name, sqlText`DROP COLUMN ${ifExists ? "IF EXISTS " : ""}${quoted(column.name)}`));
  if (isEnum(column) && hasEnum(met, name, column)) {
    statements.push(sqlText`DROP TYPE ${besideTable(name, Text.of(enumName(name, column)))}`);
  }
  return statements;
}

/** What the table is once a column is gone. */
function without(table: LoadedTable, column: string): LoadedTable {
  const rest = table.primaryKey?.columns.filter((one) => one !== column) ?? [];
  const own = ownPrimaryKeyName(table);
  const { primaryKey: _, ...others } = table;
  return {
    ...others,
    columns: table.columns.filter(({ name }) => name !== column),
    ...(rest.length > 0 && { primaryKey: { name: own ?? keyName(table.name, rest), columns: rest } }),
  };
}

const dropColumnCall: Change = ([, target, ifExists], met) => {
  const named = textOf(target);
  const isGuarded = isTrue(ifExists);
  const column = columnOf(target, met);
  if (column !== undefined) return dropColumn(column, isGuarded, met);
  // The column's own indexes and constraints, which TypeORM drops before it, go with it.
  const name = named ?? elements.columnName(target);
  return [alter(met.name, sqlText`DROP COLUMN ${isGuarded ? "IF EXISTS " : ""}${quoted(name)}`)];
};

/** Names that TypeORM never finds in a database, which spells these types otherwise (`normalizeType`). */
const ALIASES: ReadonlySet<unknown> = new Set([
  "int",
  "int2",
  "int4",
  "int8",
  "varchar",
  "char",
  "bool",
  "decimal",
  "float",
  "float4",
  "float8",
  "timestamp",
  "timestamptz",
  "time",
  "timetz",
  "varbit",
]);

function isMadeAnew(before: ColumnState, after: ColumnState): boolean {
  return (
    before.type !== after.type ||
    before.length !== after.length ||
    before.isArray !== after.isArray ||
    (!before.generatedType && after.generatedType === "STORED") ||
    (before.asExpression !== after.asExpression && after.generatedType === "STORED")
  );
}

/** @param value The new column, which is not there where only the name is another one. */
function changeColumn(before: ColumnState, after: ColumnState, value: Value, met: Met): Sent {
  const { name, table } = met;
  if (isMadeAnew(before, after)) {
    const added = addColumn(value, { ...met, table: table && without(table, before.name) });
    return "reason" in added ? added : [...dropColumn(before, false, met), ...added];
  }
  const isRenamed = before.name !== after.name;
  if (
    table === undefined &&
    (isRenamed || before.isPrimary !== after.isPrimary || before.isUnique !== after.isUnique)
  ) {
    return isRenamed && value === undefined
      ? [renameColumnOf(name, before.name, after.name)]
      : notKnown(met, "changeColumn");
  }
  return [...(isRenamed && table ? renamed(before, after, table, met) : []), ...altered(before, after, value, met)];
}

function renameColumnOf(name: elements.TableName, from: string, to: string): Text {
  return alter(name, sqlText`RENAME COLUMN ${quoted(from)} TO ${quoted(to)}`);
}

/** The column's new name, and those of what has a name of TypeORM's that is made of it. */
function renamed(before: ColumnState, after: ColumnState, table: LoadedTable, { name }: Met): readonly Text[] {
  const statements = [renameColumnOf(name, before.name, after.name)];
  const exchanged = (columns: readonly string[]): readonly string[] => [
    ...columns.filter((column) => column !== before.name),
    after.name,
  ];
  const has = ({ columns }: { readonly columns: readonly string[] }): boolean => columns.includes(before.name);
  if (isEnum(before)) {
    statements.push(renameEnum(table.name, enumName(table.name, before), enumName(table.name, after)));
  }
  if (before.isPrimary === true && ownPrimaryKeyName(table) === undefined) {
    const key = inKey(table);
    statements.push(renameConstraint(name, keyName(name, key), keyName(name, exchanged(key))));
  }
  if (before.isGenerated === true && after.generationStrategy === "increment") {
    const [from, to] = [before.name, after.name].map((column) => sequenceName(name.name.toString(), column));
    statements.push(renameSequence(name, from, to));
  }
  for (const { name: unique, columns } of table.uniques.filter(has)) {
    if (unique === usualName("UQ_", name, columns)) {
      statements.push(renameConstraint(name, unique, usualName("UQ_", name, exchanged(columns))));
    }
  }
  for (const { name: index, columns, where } of table.indexes.filter(has)) {
    if (index === usualName("IDX_", name, columns, where)) {
      statements.push(renameIndex(table.name, index, usualName("IDX_", name, exchanged(columns), where)));
    }
  }
  for (const { name: foreign, columns } of table.foreignKeys.filter(has)) {
    if (foreign === usualName("FK_", name, columns)) {
      statements.push(renameConstraint(name, foreign, usualName("FK_", name, exchanged(columns))));
    }
  }
  return statements;
}

/** What is another one of a column that stays. */
function altered(before: ColumnState, after: ColumnState, value: Value, met: Met): readonly Text[] {
  const { name } = met;
  const column = after.name;
  const statements: Text[] = [];
  const alterIt = (action: Text | string): void => void statements.push(alterColumn(name, column, action));
  const isSet = (one: unknown): boolean => one !== null && one !== undefined;
  const setDefault = (): void => {
    alterIt(sqlText`SET DEFAULT ${textOf(option(value, "default")) ?? String(after.default)}`);
  };
  if (after.precision !== before.precision || after.scale !== before.scale) {
    alterIt(sqlText`TYPE ${elements.fullType(value)}`);
  }
  const hasOtherEnum = isEnum(before) && isEnum(after) && isOtherEnum(before, after);
  const isAddedTo = hasOtherEnum && before.enum.every((item) => after.enum.includes(item));
  if (hasOtherEnum) {
    const added = after.enum.filter((item) => !before.enum.includes(item));
    if (isAddedTo && added.length > 0) {
      const type = besideTable(name, Text.of(enumName(name, before)));
      for (const item of added) statements.push(sqlText`ALTER TYPE ${type} ADD VALUE ${literal(item)}`);
    } else statements.push(...otherEnum(before, after, value, met));
  }
  if (before.isNullable !== after.isNullable) alterIt(after.isNullable === true ? "DROP NOT NULL" : "SET NOT NULL");
  if (before.comment !== after.comment) statements.push(commentOn(name, column, after));
  if (after.isPrimary !== before.isPrimary && met.table) statements.push(...otherKey(before, after, met.table, name));
  if (after.isUnique !== before.isUnique) {
    const unique = met.table?.uniques.find(({ columns }) => columns.length === 1 && columns[0] === before.name);
    if (after.isUnique === true) statements.push(addUnique(name, column));
    else if (unique) statements.push(dropConstraint(name, unique.name));
  }
  if (before.isGenerated !== after.isGenerated) statements.push(...otherGeneration(before, after, name));
  const isDone = hasOtherEnum && !(isAddedTo && after.enum.length > before.enum.length) && isSet(before.default);
  if (after.default !== before.default && !isDone) {
    if (isSet(after.default)) setDefault();
    else if (isSet(before.default)) statements.push(dropDefault(name, column, value));
  }
  if (after.collation !== before.collation) {
    alterIt(sqlText`TYPE ${String(after.type)} COLLATE ${quoted(String(after.collation))}`);
  }
  return statements;
}

/** No call asks for it where the column is described without a default. */
function dropDefault(name: elements.TableName, column: string, value: Value): Text {
  const sql = alterColumn(name, column, "DROP DEFAULT");
  return option(value, "default") === undefined ? implied(sql) : sql;
}

function isOtherEnum(before: ColumnState, after: ColumnState): boolean {
  const isSame = before.enum.length === after.enum.length && after.enum.every((item) => before.enum.includes(item));
  return !isSame || before.enumName !== after.enumName;
}

/** A new type takes the place of the old one, whose values go through text. */
function otherEnum(before: ColumnState, after: ColumnState, value: Value, { name }: Met): readonly Text[] {
  const path = (column: ColumnState, suffix?: string): Text =>
    besideTable(name, Text.of(enumName(name, column, suffix)));
  const created = elements.enumOf(name, value)?.create;
  const list = after.isArray === true ? "[]" : "";
  const initial = textOf(option(value, "default"));
  const hasDefault = before.default !== null && before.default !== undefined;
  return [
    sqlText`ALTER TYPE ${path(before)} RENAME TO ${quoted(enumName(name, before, "_old"))}`,
    ...(created === undefined ? [] : [created]),
    ...(hasDefault ? [dropDefault(name, before.name, value)] : []),
    alterColumn(
      name,
      after.name,
      sqlText`TYPE ${path(after)}${list} USING ${quoted(after.name)}::"text"::${path(after)}${list}`,
    ),
    ...(initial === undefined ? [] : [alterColumn(name, after.name, sqlText`SET DEFAULT ${initial}`)]),
    sqlText`DROP TYPE ${path(before, "_old")}`,
  ];
}

function otherKey(
  before: ColumnState,
  after: ColumnState,
  table: LoadedTable,
  name: elements.TableName,
): readonly Text[] {
  const own = ownPrimaryKeyName(table);
  const key = inKey(table).map((column) => (column === before.name ? after.name : column));
  const columns = after.isPrimary === true ? [...key, after.name] : key.filter((column) => column !== after.name);
  return [
    ...(key.length > 0 ? [dropConstraint(name, own ?? keyName(name, key))] : []),
    ...(columns.length > 0 ? [addKey(name, own ?? keyName(name, columns), columns)] : []),
  ];
}

/** The default goes, or comes, that makes the values of a generated column. */
function otherGeneration(before: ColumnState, after: ColumnState, name: elements.TableName): readonly Text[] {
  const column = after.name;
  const path = tablePath({ ...name, name: Text.of(sequenceName(name.name.toString(), column)) });
  const drop = alterColumn(name, column, "DROP DEFAULT");
  const dropSequence = sqlText`DROP SEQUENCE ${path}`;
  const gone: Readonly<Record<string, readonly Text[]>> = { uuid: [drop], increment: [drop, dropSequence] };
  const made: Readonly<Record<string, readonly Text[]>> = {
    uuid: [alterColumn(name, column, "SET DEFAULT uuid_generate_v4()")],
    increment: [
      sqlText`CREATE SEQUENCE IF NOT EXISTS ${path} OWNED BY ${tablePath(name)}.${quoted(column)}`,
      alterColumn(name, column, sqlText`SET DEFAULT nextval(${literal(path)})`),
    ],
  };
  return [
    ...(before.isGenerated === true ? (gone[String(before.generationStrategy)] ?? []) : []),
    ...((after.isGenerated === true ? made : gone)[String(after.generationStrategy)] ?? []),
  ];
}

const changeColumnCall: Change = ([, from, to], met) => {
  const after = describedColumn(to);
  if (after === undefined) return notDescribed("changeColumn");
  const before = columnOf(from, met);
  if (before !== undefined) return changeColumn(before, after, to, met);
  const name = textOf(from)?.known;
  // Whatever the type is, PostgreSQL's name of it is another word.
  if (met.table === undefined && name !== undefined && ALIASES.has(after.type)) {
    return changeColumn({ ...after, name, type: "" }, after, to, met);
  }
  return notKnown(met, "changeColumn");
};

const renameColumn: Change = ([, from, to], met) => {
  const newName = textOf(to)?.known;
  if (newName === undefined && textOf(to) === undefined) return changeColumnCall([undefined, from, to], met);
  const before = columnOf(from, met);
  if (before !== undefined && newName !== undefined)
    return changeColumn(before, { ...before, name: newName }, undefined, met);
  const oldName = textOf(from) ?? elements.columnName(from);
  return [
    alter(
      met.name,
      sqlText`RENAME COLUMN ${quoted(oldName)} TO ${quoted(textOf(to) ?? elements.unknownName(to, "column"))}`,
    ),
  ];
};

const dropPrimaryKey: Change = ([, , ifExists], met) => {
  const { name, table } = met;
  if (!table?.primaryKey) return notKnown(met, "dropPrimaryKey");
  const exists = isTrue(ifExists) ? "IF EXISTS " : "";
  return [
    alter(name, sqlText`DROP CONSTRAINT ${exists}${quoted(ownPrimaryKeyName(table) ?? keyName(name, inKey(table)))}`),
  ];
};

const updatePrimaryKeys: Change = ([, columns], met) => {
  const { name, table } = met;
  const names =
    columns instanceof List ? columns.items.map((column) => elements.columnName(column).known) : [undefined];
  if (names.includes(undefined)) return notDescribed("updatePrimaryKeys");
  if (table === undefined) return notKnown(met, "updatePrimaryKeys");
  const key = names.flatMap((one) => one ?? []);
  const own = ownPrimaryKeyName(table);
  const before = inKey(table);
  return [
    ...(before.length > 0 ? [dropConstraint(name, own ?? keyName(name, before))] : []),
    addKey(name, own ?? keyName(name, key), key),
  ];
};

/**
 * The same change for one element of an array after the other.
 * @param next What the table is after one of them.
 */
const eachOf =
  (change: Change, args: (element: Value) => readonly Value[], next = (_: Value, met: Met): Met => met): Change =>
  ([table, list, ...more], before) => {
    if (!(list instanceof List) || list.open) return { reason: "the list that the call is given is not known" };
    const statements: Text[] = [];
    let met = before;
    for (const element of list.items) {
      const sent = change([table, ...args(element), ...more], met);
      if ("reason" in sent) return sent;
      statements.push(...sent);
      met = next(element, met);
    }
    return statements;
  };

/** Without the column that is dropped. */
function afterDrop(column: Value, met: Met): Met {
  const dropped = columnOf(column, met)?.name;
  return dropped === undefined || !met.table ? met : { ...met, table: without(met.table, dropped) };
}

const addColumnCall: Change = ([, column], met) => addColumn(column, met);

const CHANGES: Readonly<Record<string, Change>> = {
  dropTable,
  dropView,
  renameTable,
  addColumn: addColumnCall,
  addColumns: eachOf(addColumnCall, (column) => [column]),
  dropColumn: dropColumnCall,
  dropColumns: eachOf(dropColumnCall, (column) => [column], afterDrop),
  renameColumn,
  changeColumn: changeColumnCall,
  changeColumns: eachOf(changeColumnCall, (pair) => [option(pair, "oldColumn"), option(pair, "newColumn")]),
  dropPrimaryKey,
  updatePrimaryKeys,
};

/** Each call's statements are sent at once, one by one. */
export const SCHEMA_CHANGES: Readonly<Record<string, Method>> = Object.fromEntries(
  Object.entries(CHANGES).map(([call, change]): [string, Method] => [
    call,
    (args, site) => {
      const name = tableName(args[0]);
      site.run.ask(
        (schema) => change(args, { schema, name, table: loadTable(schema, name) }),
        `what \`${call}\` sends depends on what the database has`,
        site,
      );
    },
  ]),
);
