/**
 * The `db` that a migration is given: db-migrate's driver for PostgreSQL, and which of its calls become which SQL
 * (`db-migrate-pg/index.js`, `db-migrate-base/index.js`).
 */
import { implied, parameter, sqlText, Text } from "../evaluator/text.js";
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
import { columnOf, defaultOf, hole, isKey, lengthOf, mapped, named, specOf } from "./columns.js";

const RESULT = new Unknown("comes from a query");

/** The statements of a call, each sent by itself. Arguments come without the callback. */
type Operation = (args: readonly Value[]) => readonly Text[];

function isOn(options: Value, name: string): boolean {
  return truthOf(option(options, name)) === true;
}

function propertiesOf(value: Value): readonly (readonly [string, Value])[] {
  return value instanceof Dictionary ? [...value.properties] : [];
}

function list(items: readonly Text[]): Text {
  return Text.join(items, ", ");
}

function createTable([table, options]: readonly Value[]): readonly Text[] {
  const given = option(options, "columns") ?? options;
  const specs = propertiesOf(given);
  const keys = specs.filter(([, spec]) => isKey(specOf(spec))).map(([name]) => name);
  const columns = specs.map(([name, spec]) => ({
    name,
    ...columnOf(Text.of(name), spec, keys.length === 1 && keys[0] === name),
  }));
  const lines = columns.map(({ definition }) => definition);
  if (!(given instanceof Dictionary) || given.open !== undefined) {
    lines.push(hole(given instanceof Dictionary ? undefined : given, "identifier", "columns"));
  }
  const key = keys.length > 1 ? sqlText`, PRIMARY KEY (${list(keys.map((name) => named(Text.of(name))))})` : "";
  const ifNotExists = isOn(options, "ifNotExists") && option(options, "columns") !== undefined ? "IF NOT EXISTS" : "";
  return [
    sqlText`CREATE TABLE ${ifNotExists} ${named(table, "table")} (${list(lines)}${key}) `,
    // What belongs to the columns is taken from the end of a list.
    ...columns.flatMap(({ name, foreignKey, comment }) => behind(table, Text.of(name), foreignKey, comment)).reverse(),
  ];
}

/** What is sent behind the definition of a column. */
function behind(table: Value, column: Text, foreignKey: Value, comment: Text | undefined): readonly Text[] {
  const mapping = option(foreignKey, "mapping");
  const pairs = mapping instanceof Text ? [[column.toString(), mapping] as const] : propertiesOf(mapping);
  const key =
    foreignKey === undefined
      ? undefined
      : addKey(table, option(foreignKey, "table"), option(foreignKey, "name"), pairs, option(foreignKey, "rules"));
  const note =
    comment &&
    sqlText`COMMENT on COLUMN ${textOf(table) ?? hole(table, "identifier", "table")}.${column} IS '${comment}'`;
  return [key, note].flatMap((sql) => sql ?? []);
}

function addColumn([table, name, spec]: readonly Value[]): readonly Text[] {
  const own = textOf(name) ?? hole(name, "identifier", "column");
  const { definition, foreignKey, comment } = columnOf(own, spec, false);
  return [
    sqlText`ALTER TABLE ${named(table, "table")} ADD COLUMN ${definition}`,
    ...behind(table, own, foreignKey, comment),
  ];
}

/** Up to four statements. What the call does not repeat is lost: NOT NULL, the default, and the length. */
function changeColumn([table, name, spec]: readonly Value[]): readonly Text[] {
  const to = named(table, "table");
  const own = named(name, "column");
  const alter = (action: Text, isImplied = false): Text => {
    const sql = sqlText`ALTER TABLE ${to} ALTER COLUMN ${own} ${action}`;
    return isImplied ? implied(sql) : sql;
  };
  const constraint = sqlText`"${textOf(table) ?? hole(table, "identifier", "table")}_${textOf(name) ?? hole(name, "identifier", "column")}_key"`;
  const [notNull, unique, value, type, using] = ["notNull", "unique", "defaultValue", "type", "using"].map((property) =>
    option(spec, property),
  );
  const statements = [
    notNull === true ? alter(Text.of("SET NOT NULL")) : alter(Text.of("DROP NOT NULL"), notNull === undefined),
    unique === true && sqlText`ALTER TABLE ${to} ADD CONSTRAINT ${constraint} UNIQUE (${own})`,
    unique === false && sqlText`ALTER TABLE ${to} DROP CONSTRAINT ${constraint}`,
    value === undefined ? alter(Text.of("DROP DEFAULT"), true) : alter(sqlText`SET DEFAULT ${defaultOf(value)}`),
    type !== undefined &&
      alter(
        sqlText`TYPE ${mapped(type)} ${lengthOf(spec)} ${textOf(using) ?? sqlText`USING ${own}::${mapped(type)}`}`,
        option(spec, "length") === undefined,
      ),
  ];
  return statements.filter((sql) => sql !== false);
}

function addKey(
  table: Value,
  target: Value,
  name: Value,
  mapping: readonly (readonly [string, Value])[],
  rules: Value,
): Text {
  const columns = list(mapping.map(([column]) => named(Text.of(column))));
  const referenced = list(mapping.map(([, column]) => named(column, "column")));
  const action = (rule: string): Text | string => textOf(option(rules, rule)) ?? "NO ACTION";
  return sqlText`ALTER TABLE ${named(table, "table")} ADD CONSTRAINT ${named(name)} FOREIGN KEY (${columns}) REFERENCES ${named(target, "table")} (${referenced}) ON DELETE ${action("onDelete")} ON UPDATE ${action("onUpdate")}`;
}

function addIndex([table, name, columns, unique]: readonly Value[]): readonly Text[] {
  const keys = columns instanceof List ? columns.items : [columns];
  const words = truthOf(unique) === true ? "CREATE UNIQUE INDEX" : "CREATE INDEX";
  return [
    sqlText`${words} ${named(name, "index")} ON ${named(table, "table")} (${list(keys.map((key) => named(key, "column")))})`,
  ];
}

/** A value of `insert`: numbers are strings, too, where the call ends with a callback. */
function inserted(value: Value, asText: boolean): Text {
  if (value instanceof Text) return sqlText`'${value.map((text) => text.replaceAll("'", "''"))}'`;
  if (value === undefined) return Text.of("undefined");
  if (typeof value === "object" && value !== null) return hole(value, "value", "value");
  return Text.of(asText ? `'${String(value)}'` : String(value));
}

function insert(args: readonly Value[], hasCallback: boolean): readonly Text[] {
  const [table, columns, values] = args;
  const names = columns instanceof List ? columns.items : [];
  const row = values instanceof List && !values.open ? values.items : [];
  const isKnown = names.length > 0 && row.length === names.length && !row.some((value) => value instanceof List);
  if (!isKnown) return [sqlText`INSERT INTO ${named(table, "table")} ${hole(values ?? columns, "any", "values")}`];
  const listed = Text.join(
    row.map((value) => inserted(value, hasCallback)),
    ",",
  );
  const into = Text.join(
    names.map((name) => named(name, "column")),
    ",",
  );
  return [sqlText`INSERT INTO ${named(table, "table")} (${into}) VALUES (${listed});`];
}

/** `searchPath`, an object with it, or one with a schema. */
function switchDatabase([to]: readonly Value[]): readonly Text[] {
  const path = textOf(to) ?? textOf(option(to, "database")) ?? textOf(option(to, "schema"));
  return [sqlText`SET search_path TO ${path ?? hole(to, "any", "schema")}`];
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  createTable,
  addColumn,
  changeColumn,
  addIndex,
  switchDatabase,
  dropTable: ([table, options]) => [
    sqlText`DROP TABLE ${isOn(options, "ifExists") ? "IF EXISTS " : ""}${named(table, "table")}`,
  ],
  renameTable: ([from, to]) => [sqlText`ALTER TABLE ${named(from, "table")} RENAME TO ${named(to, "table")}`],
  removeColumn: ([table, name]) => [sqlText`ALTER TABLE ${named(table, "table")} DROP COLUMN ${named(name, "column")}`],
  renameColumn: ([table, from, to]) => [
    sqlText`ALTER TABLE ${named(table, "table")} RENAME COLUMN ${named(from, "column")} TO ${named(to, "column")}`,
  ],
  removeIndex: ([table, name]) => [sqlText`DROP INDEX ${named(name ?? table, "index")}`],
  addForeignKey: ([table, target, name, mapping, rules]) => [addKey(table, target, name, propertiesOf(mapping), rules)],
  removeForeignKey: ([table, name]) => [sqlText`ALTER TABLE ${named(table, "table")} DROP CONSTRAINT ${named(name)}`],
  createDatabase: ([name]) => [sqlText`CREATE DATABASE ${named(name, "database")}`],
  dropDatabase: ([name, options]) => [
    sqlText`DROP DATABASE ${isOn(options, "ifExists") ? "IF EXISTS " : ""}${named(name, "database")}`,
  ],
};

/** A value that is sent beside the SQL. */
function parameterOf(value: Value, name: string): Text {
  const known = value instanceof Text ? value.known : undefined;
  if (known !== undefined) return parameter(name, Text.of(`'${known.replaceAll("'", "''")}'`));
  const isPlain = value === null || typeof value === "number" || typeof value === "boolean";
  return parameter(name, isPlain ? Text.of(String(value)) : undefined);
}

/** The SQL with what the marks stand for: `?` for the next value, `$1` for the first. */
function bound(sql: Text, values: Value, marks: RegExp): Text {
  if (!(values instanceof List)) return sql;
  const known = sql.pieces.map(({ text, hole }) => (hole ? " ".repeat(text.length) : text)).join("");
  const parts: Text[] = [];
  let [at, next] = [0, 0];
  for (const { 0: found, index } of known.matchAll(marks)) {
    const place = found === "?" ? next++ : Number(found.slice(1)) - 1;
    if (place >= values.items.length && !values.open) continue;
    parts.push(sql.slice(at, index), parameterOf(values.items[place], `$${String(place + 1)}`));
    at = index + found.length;
  }
  return Text.join([...parts, sql.slice(at)]);
}

/** `runSql(sql, values)` takes `?` for a value, wherever one stands; `all` and the client behind it take `$1`. */
function query(marks: RegExp): Method {
  return (args, site) => {
    const [text, values] = withoutCallback(args);
    site.run.send(bound(textOf(text) ?? hole(text, "any", "sql"), values, marks), site);
    return done(args, site);
  };
}

function withoutCallback(args: readonly Value[]): readonly Value[] {
  return args.at(-1) instanceof Callable ? args.slice(0, -1) : args;
}

/** Calls the callback that a call ends with; without one it returns a promise. */
function done(args: readonly Value[], site: Site): Value {
  const callback = args.at(-1);
  if (callback instanceof Callable) site.run.call(callback, [null, RESULT], site);
  return RESULT;
}

function sending(operation: (args: readonly Value[], hasCallback: boolean) => readonly Text[]): Method {
  return (args, site) => {
    const given = withoutCallback(args);
    for (const sql of operation(given, given !== args)) site.run.send(sql, site);
    return done(args, site);
  };
}

const escaped = (text: Value, quote: string): Value =>
  text instanceof Text
    ? sqlText`${quote}${quote === '"' ? text : text.map((part) => part.replaceAll("'", "''"))}${quote}`
    : new Unknown("is computed");

const NUMBERED = /\$\d+/g;

/** `db`. */
export const DRIVER = new Handle(
  "db",
  {
    ...Object.fromEntries(Object.entries(OPERATIONS).map(([name, operation]) => [name, sending(operation)] as const)),
    insert: sending(insert),
    runSql: query(/\?|\$\d+/g),
    all: query(NUMBERED),
    escape: ([text]) => escaped(text, ""),
    escapeString: ([text]) => escaped(text, "'"),
    escapeDDL: ([text]) => escaped(text, '"'),
  },
  {
    get: (property) => (property === "connection" ? CONNECTION : undefined),
  },
);

/** The client of `pg` behind it. */
const CONNECTION = new Handle("db.connection", { query: query(NUMBERED) });
