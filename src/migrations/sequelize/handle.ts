/** The `queryInterface` that a migration is given: which of its calls become which SQL. */
import { implied, quoted, sqlText, Text } from "../evaluator/text.js";
import {
  Callable,
  Dictionary,
  Handle,
  List,
  type Method,
  option,
  type Site,
  textOf,
  truthOf,
  Unknown,
  type Value,
} from "../evaluator/value.js";
import { bareTable, columnOf, conditionOf, definition, nameOf, parameterOf, tableOf } from "./columns.js";
import {
  createDatabase,
  createFunction,
  createTrigger,
  dropDatabase,
  dropEnum,
  dropFunction,
  dropTrigger,
  renameFunction,
  renameTrigger,
} from "./routines.js";
import { escaped, Fragment, hole, SEQUELIZE } from "./types.js";

const RESULT = new Unknown("comes from a query");

/** The statements of a call, each sent by itself. */
type Operation = (args: readonly Value[]) => readonly Text[];

function isOn(options: Value, name: string): boolean {
  return truthOf(option(options, name)) === true;
}

function itemsOf(value: Value): readonly Value[] {
  return value instanceof List ? value.items : value === undefined ? [] : [value];
}

function createTable([table, attributes, options]: readonly Value[]): readonly Text[] {
  const to = tableOf(table, options);
  const given = attributes instanceof Dictionary ? [...attributes.properties] : [];
  const columns = given.map(([key, attribute]) => {
    const name = textOf(option(attribute, "field")) ?? Text.of(key);
    return { name: quoted(name), column: columnOf(attribute, { table, options, name }) };
  });
  const lines = columns.map(({ name, column }) => sqlText`${name} ${definition(column)}`);
  if (!(attributes instanceof Dictionary) || attributes.open !== undefined) {
    lines.push(hole(attributes instanceof Dictionary ? undefined : attributes, "identifier", "columns"));
  }
  const uniqueKeys = option(options, "uniqueKeys");
  for (const key of uniqueKeys instanceof Dictionary ? uniqueKeys.properties.values() : []) {
    lines.push(sqlText`UNIQUE (${Text.join(itemsOf(option(key, "fields")).map(nameOf), ", ")})`);
  }
  const primary = columns.filter(({ column }) => column.primaryKey).map(({ name }) => name);
  if (primary.length > 0) lines.push(sqlText`PRIMARY KEY (${Text.join(primary, ",")})`);
  const comment = textOf(option(options, "comment"));
  return [
    ...columns.flatMap(({ column }) => column.createsEnum ?? []),
    Text.join([
      sqlText`CREATE TABLE IF NOT EXISTS ${to} (${Text.join(lines, ", ")})`,
      comment === undefined ? "" : sqlText`; COMMENT ON TABLE ${to} IS ${escaped(comment)}`,
      ...columns.map(({ name, column }) => commentOn(to, name, column.comment)),
      ";",
    ]),
  ];
}

function commentOn(table: Text, column: Text, comment: Text | undefined): Text {
  return comment === undefined ? Text.EMPTY : sqlText`; COMMENT ON COLUMN ${table}.${column} IS ${escaped(comment)}`;
}

/** These two calls name the schema, also where the migration does not. */
function inSchema(table: Value): Text {
  return textOf(option(table, "schema")) ? tableOf(table) : sqlText`"public".${nameOf(bareTable(table))}`;
}

function addColumn([table, key, attribute]: readonly Value[]): readonly Text[] {
  const name = textOf(key) ?? hole(key, "identifier", "column");
  const column = columnOf(attribute, { table, name });
  return [
    sqlText`${column.createsEnum ?? ""}ALTER TABLE ${inSchema(table)} ADD COLUMN ${quoted(name)} ${definition(column)}${commentOn(tableOf(table), quoted(name), column.comment)};`,
  ];
}

/** What the call does not repeat is lost: NOT NULL and the default. With references it adds only the foreign key. */
function changeColumn([table, key, attribute]: readonly Value[]): readonly Text[] {
  const name = textOf(key) ?? hole(key, "identifier", "column");
  const column = columnOf(attribute, { table, name });
  const own = quoted(name);
  const to = tableOf(table);
  const alter = (action: Text): Text => sqlText`ALTER TABLE ${to} ALTER COLUMN ${own} ${action};`;
  const keeps = column.references !== undefined;
  const using = column.createsEnum ? sqlText` USING (${own}::${column.type})` : "";
  /** Where the call says nothing of it. */
  const drop = (what: "NOT NULL" | "DEFAULT", asked: Value): Text => {
    const sql = alter(Text.of(`DROP ${what}`));
    return asked === undefined ? implied(sql) : sql;
  };
  const parts = [
    column.notNull ? alter(Text.of("SET NOT NULL")) : keeps ? "" : drop("NOT NULL", option(attribute, "allowNull")),
    column.default
      ? alter(sqlText`SET DEFAULT ${column.default}`)
      : keeps
        ? ""
        : drop("DEFAULT", option(attribute, "defaultValue")),
    column.createsEnum ?? "",
    column.unique && !keeps ? sqlText`ALTER TABLE ${to} ADD UNIQUE (${own});` : "",
    column.references
      ? sqlText`ALTER TABLE ${to} ADD FOREIGN KEY (${own}) ${column.references};`
      : alter(sqlText`TYPE ${column.type}${using}`),
    column.comment ? sqlText`COMMENT ON COLUMN ${to}.${own} IS ${escaped(column.comment)};` : "",
  ];
  return [Text.join(parts)];
}

/** `orderItems_userId` becomes `order_items_user_id`. */
function underscored(name: Text): Text {
  return name.map((text) =>
    text
      .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
      .replace(/([a-z\d])([A-Z])/g, "$1_$2")
      .replaceAll("-", "_")
      .toLowerCase(),
  );
}

function fieldName(field: Value): Text {
  return (
    textOf(field) ??
    textOf(option(field, "name")) ??
    textOf(option(field, "attribute")) ??
    hole(field, "identifier", "field")
  );
}

/** A key of an index, or of a constraint. */
function fieldSql(field: Value): Text {
  if (field instanceof Fragment) return field.sql;
  const words = ["operator", "order"].map((name) => textOf(option(field, name)));
  const collate = textOf(option(field, "collate"));
  return Text.join(
    [quoted(fieldName(field)), collate && sqlText`COLLATE ${quoted(collate)}`, ...words].flatMap((part) => part ?? []),
    " ",
  );
}

function addIndex([table, second, third]: readonly Value[]): readonly Text[] {
  const options = second instanceof List ? third : second;
  const fields = itemsOf(second instanceof List ? second : option(second, "fields"));
  const type = textOf(option(options, "type"));
  const isUnique = isOn(options, "unique") || type?.known?.toLowerCase() === "unique";
  const using = textOf(option(options, "using")) ?? textOf(option(options, "method"));
  const where = conditionOf(option(options, "where"));
  const prefix = (textOf(option(options, "prefix")) ?? bareTable(table)).map((text) => text.replaceAll(".", "_"));
  const name =
    textOf(option(options, "name")) ?? underscored(sqlText`${prefix}_${Text.join(fields.map(fieldName), "_")}`);
  const words = ["CREATE", isUnique && "UNIQUE", "INDEX", isOn(options, "concurrently") && "CONCURRENTLY"];
  return [
    Text.join([
      words.filter((word) => word !== false).join(" "),
      sqlText` ${quoted(name)} ON ${tableOf(table)}`,
      using ? sqlText` USING ${using}` : "",
      sqlText` (${Text.join(fields.map(fieldSql), ", ")})`,
      where ? sqlText` WHERE ${where}` : "",
    ]),
  ];
}

/** The index that `removeIndex` is given by its name or its fields. */
function indexOf(table: Value, index: Value): Text {
  if (!(index instanceof List)) return nameOf(index);
  return nameOf(underscored(sqlText`${bareTable(table)}_${Text.join(index.items.map(fieldName), "_")}`));
}

function removeIndex([table, index, options]: readonly Value[]): readonly Text[] {
  const name = indexOf(table, index);
  return [sqlText`DROP INDEX ${isOn(options, "concurrently") ? "CONCURRENTLY " : ""}IF EXISTS ${name}`];
}

/** What a constraint's default name ends with, by its type. */
const ENDINGS: Readonly<Record<string, string>> = {
  UNIQUE: "uk",
  CHECK: "ck",
  "PRIMARY KEY": "pk",
  "FOREIGN KEY": "fk",
};

function addConstraint([table, options]: readonly Value[]): readonly Text[] {
  const type = textOf(option(options, "type"))?.known?.toUpperCase() ?? "";
  const fields = itemsOf(option(options, "fields"));
  const references = option(options, "references");
  const action = (name: string, words: string): Text | string => {
    const text = textOf(option(options, name));
    return text === undefined ? "" : sqlText` ${words} ${text.map((part) => part.toUpperCase())}`;
  };
  const ending = ENDINGS[type];
  if (ending === undefined) return [hole(option(options, "type"), "any", "constraint")];
  const target = option(references, "table");
  const parts = [
    bareTable(table),
    ...fields.map(fieldName),
    ...(type === "FOREIGN KEY" ? [bareTable(target)] : []),
    ending,
  ];
  const name = textOf(option(options, "name")) ?? Text.join(parts, "_");
  const columns = Text.join(fields.map(fieldSql), ", ");
  const referenced = itemsOf(option(references, "field") ?? option(references, "fields"));
  const deferrable = option(options, "deferrable");
  const body =
    type === "CHECK"
      ? sqlText`CHECK (${conditionOf(option(options, "where")) ?? hole(undefined, "any", "where")})`
      : type === "FOREIGN KEY"
        ? sqlText`FOREIGN KEY (${columns}) REFERENCES ${tableOf(target)} (${Text.join(referenced.map(nameOf), ", ")})${action("onUpdate", "ON UPDATE")}${action("onDelete", "ON DELETE")}`
        : sqlText`${type} (${columns})`;
  const end = deferrable instanceof Fragment ? sqlText` ${deferrable.sql}` : "";
  return [sqlText`ALTER TABLE ${tableOf(table)} ADD CONSTRAINT ${quoted(name)} ${body}${end};`];
}

function bulkInsert([table, rows, options]: readonly Value[]): readonly Text[] {
  const dictionaries = itemsOf(rows).filter((row) => row instanceof Dictionary);
  const isKnown =
    rows instanceof List && !rows.open && dictionaries.length === rows.items.length && rows.items.length > 0;
  // Rows that come from elsewhere: what is inserted is not known, only where.
  if (!isKnown) return [sqlText`INSERT INTO ${tableOf(table)} ${hole(rows, "any", "rows")}`];
  const columns = [...new Set(dictionaries.flatMap((row) => [...row.properties.keys()]))];
  const values = dictionaries.map(
    (row) =>
      sqlText`(${Text.join(
        columns.map((name) => escaped(row.get(name))),
        ",",
      )})`,
  );
  const conflict = isOn(options, "ignoreDuplicates") ? " ON CONFLICT DO NOTHING" : "";
  return [
    sqlText`INSERT INTO ${tableOf(table)} (${Text.join(
      columns.map((name) => quoted(name)),
      ",",
    )}) VALUES ${Text.join(values, ",")}${conflict};`,
  ];
}

function bulkUpdate([table, values, where]: readonly Value[]): readonly Text[] {
  const entries = values instanceof Dictionary && values.open === undefined ? [...values.properties] : [];
  const set =
    entries.length === 0
      ? hole(values, "any", "values")
      : Text.join(
          entries.map(([name, value]) => sqlText`${quoted(name)}=${parameterOf(value, name)}`),
          ",",
        );
  const condition = conditionOf(where, true);
  return [sqlText`UPDATE ${tableOf(table)} SET ${set}${condition ? sqlText` WHERE ${condition}` : ""}`];
}

function bulkDelete([table, where, options]: readonly Value[]): readonly Text[] {
  if (isOn(options, "truncate")) {
    const restart = isOn(options, "restartIdentity") ? " RESTART IDENTITY" : "";
    return [sqlText`TRUNCATE ${tableOf(table)}${restart}${isOn(options, "cascade") ? " CASCADE" : ""}`];
  }
  const condition = conditionOf(where);
  return [sqlText`DELETE FROM ${tableOf(table)}${condition ? sqlText` WHERE ${condition}` : ""}`];
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  createTable,
  addColumn,
  changeColumn,
  addIndex,
  removeIndex,
  addConstraint,
  bulkInsert,
  bulkUpdate,
  bulkDelete,
  dropTable: ([table, options]) => [
    sqlText`DROP TABLE IF EXISTS ${tableOf(table, options)}${isOn(options, "cascade") ? " CASCADE" : ""};`,
  ],
  renameTable: ([from, to]) => [sqlText`ALTER TABLE ${tableOf(from)} RENAME TO ${nameOf(bareTable(to))};`],
  removeColumn: ([table, name]) => [sqlText`ALTER TABLE ${inSchema(table)} DROP COLUMN ${nameOf(name)};`],
  renameColumn: ([table, from, to]) => [
    sqlText`ALTER TABLE ${tableOf(table)} RENAME COLUMN ${nameOf(from)} TO ${nameOf(to)};`,
  ],
  createFunction,
  dropFunction,
  renameFunction,
  createTrigger,
  dropTrigger,
  renameTrigger,
  createDatabase,
  dropDatabase,
  dropEnum,
  removeConstraint: ([table, name]) => [sqlText`ALTER TABLE ${tableOf(table)} DROP CONSTRAINT ${nameOf(name)}`],
  createSchema: ([name]) => [sqlText`CREATE SCHEMA IF NOT EXISTS ${nameOf(name)};`],
  dropSchema: ([name]) => [sqlText`DROP SCHEMA IF EXISTS ${nameOf(name)} CASCADE;`],
};

/** Where the options stand among the arguments of a call; with them a call joins a transaction. */
const OPTIONS_AT: Readonly<Record<string, number>> = {
  addConstraint: 1,
  dropTable: 1,
  createSchema: 1,
  dropSchema: 1,
  createDatabase: 1,
  dropDatabase: 1,
  dropEnum: 1,
  addColumn: 3,
  changeColumn: 3,
  renameColumn: 3,
  bulkUpdate: 3,
  renameFunction: 3,
  renameTrigger: 3,
  createFunction: 6,
  createTrigger: 7,
};
const USUALLY_AT = 2;

function optionsOf(call: string, args: readonly Value[]): Value {
  // `addIndex(table, { fields })`
  if (call === "addIndex" && !(args[1] instanceof List)) return args[1];
  return args[OPTIONS_AT[call] ?? USUALLY_AT];
}

/** Whether a call with these options runs in the transaction that the migration has begun; as far as that is not known, it does. */
function joins(options: Value): boolean {
  if (options instanceof Unknown) return true;
  if (!(options instanceof Dictionary)) return false;
  return options.has("transaction") ? truthOf(options.get("transaction")) !== false : options.open !== undefined;
}

/** How a major version differs from 6 (`@sequelize/core`: `sequelize.js`, `@sequelize/postgres`: `query-generator*.js`). */
export interface SequelizeVersion {
  /** Whether each call inside of `sequelize.transaction(…)` joins it by itself. */
  readonly joinsByItself: boolean;
  readonly operations: Readonly<Record<string, Operation>>;
}

export const SEQUELIZE_6: SequelizeVersion = { joinsByItself: false, operations: OPERATIONS };

/** In version 7 a call says itself whether it minds that something is not there, and what goes with it. */
function drop(what: string, name: Text, options: Value): Text {
  const ifExists = isOn(options, "ifExists") ? " IF EXISTS" : "";
  return sqlText`DROP ${what}${ifExists} ${name}${isOn(options, "cascade") ? " CASCADE" : ""}`;
}

export const SEQUELIZE_7: SequelizeVersion = {
  joinsByItself: true,
  operations: {
    ...OPERATIONS,
    removeColumn: ([table, name, options]) => [
      sqlText`ALTER TABLE ${inSchema(table)} ${drop("COLUMN", nameOf(name), options)};`,
    ],
    removeConstraint: ([table, name, options]) => [
      sqlText`ALTER TABLE ${tableOf(table)} ${drop("CONSTRAINT", nameOf(name), options)}`,
    ],
    removeIndex: ([table, index, options]) => [
      drop(`INDEX${isOn(options, "concurrently") ? " CONCURRENTLY" : ""}`, indexOf(table, index), options),
    ],
    createSchema: ([name, options]) => [
      sqlText`CREATE SCHEMA${isOn(options, "ifNotExists") ? " IF NOT EXISTS" : ""} ${nameOf(name)};`,
    ],
    dropSchema: ([name, options]) => [drop("SCHEMA", nameOf(name), options)],
  },
};

/** `{ transaction: null }` */
function refuses(options: Value): boolean {
  return options instanceof Dictionary && options.has("transaction") && !joins(options);
}

/** What a migration has begun and not ended. */
class Transactions {
  readonly #version: SequelizeVersion;
  #open = 0;
  /** Of them those whose calls join by themselves: what a function is given, not what the migration ends itself. */
  #around = 0;

  constructor(version: SequelizeVersion) {
    this.#version = version;
  }

  /** Whether a call joins a transaction without being given it. */
  get joinsByItself(): boolean {
    return this.#version.joinsByItself && this.#around > 0;
  }

  /** Runs what a transaction is around. */
  during(work: () => Value): Value {
    this.#around++;
    try {
      return work();
    } finally {
      this.#around--;
    }
  }

  begin(site: Site): void {
    this.#open++;
    site.run.send(Text.of("START TRANSACTION;"), site);
  }

  end(site: Site): void {
    this.#open = Math.max(0, this.#open - 1);
    site.run.send(Text.of("COMMIT;"), site);
  }

  /** A call without the transaction runs on another connection, whatever the one with the transaction does. */
  send(sql: Text, options: Value, site: Site): void {
    const isInside = joins(options) || (this.joinsByItself && !refuses(options));
    site.run.send(sql, site, this.#open > 0 && !isInside ? { transaction: "per-statement" } : {});
  }
}

/** They look at the schema and change nothing. */
const QUESTIONS = [
  "describeTable",
  "tableExists",
  "showAllTables",
  "showAllSchemas",
  "showIndex",
  "showConstraint",
  "getForeignKeyReferencesForTable",
  "select",
  "rawSelect",
];

/** In order: `?`; by name: `:name`, but no cast; `$1` and `$name` of `bind`. */
const REPLACEMENT = /'(?:[^']|'')*'|::|\?|:[a-z_]\w*/gi;
const BIND = /'(?:[^']|'')*'|\$\$|\$\w+/g;

function replaced(sql: Text, pattern: RegExp, valueOf: (found: string) => Text | undefined): Text {
  const parts: Text[] = [];
  let at = 0;
  for (const { 0: found, index } of sql.toString().matchAll(pattern)) {
    const value = found.startsWith("'") || found === "::" || found === "$$" ? undefined : valueOf(found);
    if (value === undefined) continue;
    parts.push(sql.slice(at, index), value);
    at = index + found.length;
  }
  return Text.join([...parts, sql.slice(at)]);
}

/** A value of `replacements`: that of a list is its items. */
function replacement(value: Value): Text {
  if (value instanceof List)
    return Text.join(
      value.items.map((item) => replacement(item)),
      ", ",
    );
  return escaped(value);
}

function query(args: readonly Value[], site: Site, transactions: Transactions): Value {
  const [given, options] = args;
  const sql = textOf(given) ?? textOf(option(given, "query")) ?? hole(given, "any", "sql");
  const replacements = option(options, "replacements") ?? option(given, "values");
  const bind = option(options, "bind");
  let next = 0;
  const withReplacements =
    replacements === undefined
      ? sql
      : replaced(sql, REPLACEMENT, (found) => {
          if (found === "?") return replacements instanceof List ? replacement(replacements.items[next++]) : undefined;
          const name = found.slice(1);
          return replacements instanceof Dictionary && replacements.has(name)
            ? replacement(replacements.get(name))
            : undefined;
        });
  const whole =
    bind === undefined
      ? withReplacements
      : replaced(withReplacements, BIND, (found) => {
          const name = found.slice(1);
          return parameterOf(bind instanceof List ? bind.items[Number(name) - 1] : option(bind, name), name);
        });
  transactions.send(whole, options, site);
  return new List([RESULT, RESULT], true);
}

/** `sequelize.transaction(async (t) => …)`, or without a function one that the migration ends itself. */
function transaction(args: readonly Value[], site: Site, transactions: Transactions): Value {
  const work = args.find((one) => one instanceof Callable);
  // Inside of another one it is a savepoint, or that one itself.
  const isGiven = args[0] instanceof Dictionary && args[0].has("transaction") && joins(args[0]);
  const isInner = isGiven || (work !== undefined && transactions.joinsByItself);
  if (!isInner) transactions.begin(site);
  const commit: Method = (_, at) => {
    if (!isInner) transactions.end(at);
  };
  // What a migration takes back is what failed; that it failed is nothing to say of it.
  const inner = new Handle(
    "transaction",
    { commit, rollback: () => undefined, afterCommit: () => undefined },
    { get: () => undefined },
  );
  if (!work) return inner;
  const result = transactions.during(() => site.run.settle(site.run.call(work, [inner], site), site));
  commit([], site);
  return result;
}

function connection(queryInterface: () => Handle, transactions: Transactions): Handle {
  return new Handle(
    "queryInterface.sequelize",
    {
      query: (args, site) => query(args, site, transactions),
      transaction: (args, site) => transaction(args, site, transactions),
      startUnmanagedTransaction: (_, site) => transaction([], site, transactions),
      getQueryInterface: queryInterface,
      getDialect: () => Text.of("postgres"),
      escape: ([value]) => escaped(value),
      close: () => undefined,
      authenticate: () => undefined,
      ...Object.fromEntries(["literal", "fn", "col"].map((name) => [name, called(name)])),
    },
    {
      get: (property) =>
        property === "options" ? OPTIONS : SEQUELIZE.has(property) ? SEQUELIZE.get(property) : undefined,
    },
  );
}

function called(name: string): Method {
  return (args, site) => site.run.call(SEQUELIZE.get(name), args, site);
}

const OPTIONS = new Dictionary([["dialect", Text.of("postgres")]], undefined, "is Sequelize's configuration");

/** It makes SQL and sends none. */
const QUERY_GENERATOR = new Handle("queryInterface.queryGenerator", {
  quoteIdentifier: ([name]) => nameOf(name),
  quoteTable: ([table]) => tableOf(table),
  escape: ([value]) => escaped(value),
});

/** Whatever the database has is dropped. */
const DROPS_ALL = ["dropAllTables", "dropAllEnums", "dropAllSchemas"];

/** `queryInterface`; Umzug hands it over as `context`. */
export function queryInterfaceHandle(version = SEQUELIZE_6): Handle {
  const transactions = new Transactions(version);
  const methods: Record<string, Method> = {
    getQueryInterface: () => handle,
    query: (args, site) => query(args, site, transactions),
    transaction: (args, site) => transaction(args, site, transactions),
    quoteIdentifier: ([name]) => nameOf(name),
    startTransaction: (_, site) => void transactions.begin(site),
    commitTransaction: (_, site) => void transactions.end(site),
  };
  for (const [name, operation] of Object.entries(version.operations)) {
    methods[name] = (args, site) => {
      for (const sql of operation(args)) transactions.send(sql, optionsOf(name, args), site);
      return RESULT;
    };
  }
  for (const name of QUESTIONS) methods[name] = () => RESULT;
  for (const name of DROPS_ALL) {
    methods[name] = (_, site) => {
      site.run.unknown("drops what the database has, and what that is is not known", site);
      return RESULT;
    };
  }
  const handle: Handle = new Handle("queryInterface", methods, {
    get(property) {
      if (property === "sequelize") return database;
      if (property === "queryGenerator") return QUERY_GENERATOR;
      // What Umzug hands over is what the project makes it: this, Sequelize itself, or an object with both.
      if (property === "context" || property === "queryInterface") return handle;
      return property === "Sequelize" || property === "DataTypes" ? SEQUELIZE.get(property) : undefined;
    },
  });
  const database = connection(() => handle, transactions);
  return handle;
}
