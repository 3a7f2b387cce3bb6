/** The calls of TypeORM's QueryRunner that make SQL of what they are given, without a look at the database. */
import { literal, quoted, sqlText, Text } from "../evaluator/text.js";
import {
  Callable,
  Dictionary,
  List,
  type Method,
  option,
  textOf,
  textsOf,
  truthOf,
  Unknown,
  type Value,
} from "../evaluator/value.js";
import * as elements from "./elements.js";

const { tableName, tablePath } = elements;

/** SQL of one call; undefined where it depends on something that is not known. */
type Call = (args: readonly Value[]) => readonly Text[] | undefined;

/** The elements of an array, where all are known. */
function known(list: Value): readonly Value[] | undefined {
  if (list === undefined) return [];
  const isWhole = list instanceof List && !list.open && !list.items.some((item) => item instanceof Unknown);
  return isWhole ? list.items : undefined;
}

/** The same call for each element of an array. */
const each =
  (call: Call): Call =>
  ([table, list, ...more]) => {
    const statements = known(list)?.map((element) => call([table, element, ...more]));
    return statements?.includes(undefined) === false ? statements.flatMap((some) => some ?? []) : undefined;
  };

const ifExists = (value: Value): string => (truthOf(value) === true ? "IF EXISTS " : "");
const comment = (value: Value): Text => {
  const text = textOf(value);
  return text === undefined || text.known === "" ? Text.of("NULL") : literal(text);
};

const createTable: Call = ([definition, , foreignKeys = true, indices = true]) => {
  const table = tableName(definition);
  const path = tablePath(table);
  const parts = (name: string): readonly Value[] | undefined => known(option(definition, name));
  const columns = parts("columns");
  const [uniques, checks, exclusions] = [parts("uniques"), parts("checks"), parts("exclusions")];
  const [keys, indexes] = [parts("foreignKeys"), parts("indices")];
  if (!(definition instanceof Dictionary) || !columns || !uniques || !checks || !exclusions || !keys || !indexes) {
    return undefined;
  }
  const isNamed = (column: Value): boolean =>
    uniques.some((unique) => {
      const names = textsOf(option(unique, "columnNames"));
      return names.length === 1 && names[0]?.known === elements.columnName(column).known;
    });
  const ofColumns = columns
    .filter((column) => truthOf(option(column, "isUnique")) === true && !isNamed(column))
    .map((column) => new Dictionary([["columnNames", new List([elements.columnName(column)])]]));
  const lines = [
    ...columns.map((column) => elements.columnSql(table, column)),
    ...[...uniques, ...ofColumns].map((one) => elements.constraint("unique", table, one)),
    ...checks.map((one) => elements.constraint("check", table, one)),
    ...exclusions.map((one) => elements.constraint("exclusion", table, one)),
    ...(foreignKeys === false ? [] : keys.map((one) => elements.constraint("foreignKey", table, one))),
  ];
  const primary = columns.filter((column) => truthOf(option(column, "isPrimary")) === true);
  if (primary.length > 0) {
    const names = primary.map(elements.columnName);
    const name = textOf(option(primary[0], "primaryKeyConstraintName"));
    lines.push(sqlText`CONSTRAINT ${primaryKey(table, names, name)}`);
  }
  const types = columns.flatMap((column) => elements.enumOf(table, column) ?? []);
  const distinct = new Map(types.map(({ path: type, create }) => [type.toString(), create]));
  const said = option(definition, "comment");
  return [
    ...distinct.values(),
    sqlText`CREATE TABLE ${path} (${Text.join(lines, ", ")})`,
    ...columns.flatMap((column) => columnComment(path, column)),
    ...(indices === false ? [] : indexes.map((index) => elements.createIndex(table, index))),
    ...(said === undefined ? [] : [sqlText`COMMENT ON TABLE ${path} IS ${comment(said)}`]),
  ];
};

function columnComment(path: Text, column: Value): readonly Text[] {
  const said = option(column, "comment");
  if (said === undefined) return [];
  return [sqlText`COMMENT ON COLUMN ${path}.${quoted(elements.columnName(column))} IS ${comment(said)}`];
}

/** `"PK_…" PRIMARY KEY ("a", "b")` */
function primaryKey(table: elements.TableName, columns: readonly Text[], name: Text | undefined): Text {
  const made = name ?? elements.defaultName("PK_", table, elements.hashed(columns));
  return sqlText`${quoted(made)} PRIMARY KEY (${Text.join(columns.map(quoted), ", ")})`;
}

const addConstraint =
  (kind: elements.ConstraintKind): Call =>
  ([table, element]) => {
    if (!(element instanceof Dictionary)) return undefined;
    const name = tableName(table);
    return [sqlText`ALTER TABLE ${tablePath(name)} ADD ${elements.constraint(kind, name, element)}`];
  };

const dropConstraint =
  (kind: elements.ConstraintKind): Call =>
  ([table, element, exists]) => {
    const name = tableName(table);
    const own = textOf(element);
    const made = element instanceof Dictionary ? elements.constraintName(kind, name, element) : undefined;
    const dropped = own ?? made ?? elements.unknownName(element, "constraint");
    return [sqlText`ALTER TABLE ${tablePath(name)} DROP CONSTRAINT ${ifExists(exists)}${quoted(dropped)}`];
  };

const createIndex: Call = ([table, index]) =>
  index instanceof Dictionary ? [elements.createIndex(tableName(table), index)] : undefined;

const dropIndex: Call = ([table, index, exists]) => {
  const name = tableName(table);
  const own = textOf(index);
  const made = index instanceof Dictionary ? elements.indexName(name, index) : undefined;
  const concurrently = truthOf(option(index, "isConcurrent")) === true ? "CONCURRENTLY " : "";
  const path = elements.besideTable(name, own ?? made ?? elements.unknownName(index, "index"));
  return [sqlText`DROP INDEX ${concurrently}${ifExists(exists)}${path}`];
};

const schemaName = (value: Value): Text =>
  quoted(textOf(value)?.split(".").at(-1) ?? elements.unknownName(value, "schema"));

const CALLS: Readonly<Record<string, Call>> = {
  createSchema: ([name, exists]) => [
    sqlText`CREATE SCHEMA ${truthOf(exists) === true ? "IF NOT EXISTS " : ""}${schemaName(name)}`,
  ],
  dropSchema: ([name, exists, all]) => [
    sqlText`DROP SCHEMA ${ifExists(exists)}${schemaName(name)}${truthOf(all) === true ? " CASCADE" : ""}`,
  ],
  createTable,
  changeTableComment: ([table, text]) => [sqlText`COMMENT ON TABLE ${tablePath(tableName(table))} IS ${comment(text)}`],
  createView([view]) {
    const expression = textOf(option(view, "expression"));
    if (expression === undefined) return undefined;
    const kind = truthOf(option(view, "materialized")) === true ? "MATERIALIZED VIEW" : "VIEW";
    return [sqlText`CREATE ${kind} ${tablePath(tableName(view))} AS ${expression}`];
  },
  createPrimaryKey: ([table, columns, name]) => [
    sqlText`ALTER TABLE ${tablePath(tableName(table))} ADD CONSTRAINT ${primaryKey(tableName(table), textsOf(columns), textOf(name))}`,
  ],
  createUniqueConstraint: addConstraint("unique"),
  createUniqueConstraints: each(addConstraint("unique")),
  dropUniqueConstraint: dropConstraint("unique"),
  dropUniqueConstraints: each(dropConstraint("unique")),
  createCheckConstraint: addConstraint("check"),
  createCheckConstraints: each(addConstraint("check")),
  dropCheckConstraint: dropConstraint("check"),
  dropCheckConstraints: each(dropConstraint("check")),
  createExclusionConstraint: addConstraint("exclusion"),
  createExclusionConstraints: each(addConstraint("exclusion")),
  dropExclusionConstraint: dropConstraint("exclusion"),
  dropExclusionConstraints: each(dropConstraint("exclusion")),
  createForeignKey: addConstraint("foreignKey"),
  createForeignKeys: each(addConstraint("foreignKey")),
  dropForeignKey: dropConstraint("foreignKey"),
  dropForeignKeys: each(dropConstraint("foreignKey")),
  createIndex,
  createIndices: each(createIndex),
  dropIndex,
  dropIndices: each(dropIndex),
  clearTable: ([table, options]) => [
    sqlText`TRUNCATE TABLE ${tablePath(tableName(table))}${truthOf(option(options, "cascade")) === true ? " CASCADE" : ""}`,
  ],
};

/** Each call's statements are sent at once, one by one. */
export const BUILDER: Readonly<Record<string, Method>> = Object.fromEntries(
  Object.entries(CALLS).map(([name, call]): [string, Method] => [
    name,
    (args, site) => {
      const statements = call(args);
      if (statements === undefined) site.run.unknown(`\`${name}\` is given something that is not known`, site);
      for (const statement of statements ?? []) site.run.send(statement, site);
    },
  ]),
);

/** The classes that describe what a call makes: here each is what it is given. */
const CLASSES = [
  "Table",
  "TableCheck",
  "TableColumn",
  "TableExclusion",
  "TableForeignKey",
  "TableIndex",
  "TableUnique",
  "View",
];

const METHODS = new Dictionary([
  [
    "clone",
    new Callable("clone", (_, __, self) =>
      self instanceof Dictionary ? new Dictionary(self.properties, self.prototype, self.open) : self,
    ),
  ],
]);

/** What migrations import of `typeorm`. */
export const TYPEORM_MODULE = new Dictionary(
  CLASSES.map((name) => [
    name,
    new Callable(
      name,
      () => new Unknown("comes from a class that is called like a function"),
      ([options]) =>
        options instanceof Dictionary ? new Dictionary(options.properties, METHODS, options.open) : options,
    ),
  ]),
  undefined,
  "is TypeORM's",
);
