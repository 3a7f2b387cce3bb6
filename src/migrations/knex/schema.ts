/** Knex's schema builder: a chain of calls that are sent in order when it is awaited (`lib/schema/compiler.js`). */
import { inlined, quoted, sqlText, Text } from "../evaluator/text.js";
import { Handle, type Method, type Site, textOf, truthOf, Unknown, type Value } from "../evaluator/value.js";
import { type Connection, queryText } from "./query.js";
import { columnized, escaped, withBindings, wrapped } from "./raw.js";
import { KnexTable, type TableMethod } from "./table.js";

/** SQL of one call of the chain. */
export type SchemaCall = (args: readonly Value[], schema: Text | undefined, site: Site) => readonly Text[];

/** `schema.table` */
function qualified(schema: Text | undefined, name: Value): Text {
  return schema === undefined ? wrapped(name) : Text.join([quoted(schema), ".", wrapped(name)]);
}

const one =
  (make: (name: Text, args: readonly Value[]) => Text): SchemaCall =>
  (args, schema) => [make(qualified(schema, args[0]), args)];

/** Without the schema of `withSchema`, which Knex does not give these. */
const plain =
  (make: (name: Text, args: readonly Value[]) => Text): SchemaCall =>
  (args) => [make(wrapped(args[0]), args)];

const cascade = (value: Value): string => (truthOf(value) === true ? " cascade" : "");

/** A table that a callback describes. */
const table =
  (method: TableMethod): SchemaCall =>
  (args, schema, site) => {
    const [name, second, third] = args;
    const like = method === "createLike" ? second : undefined;
    const described = new KnexTable(method, name, schema, like);
    const callback = like === undefined ? second : third;
    if (callback !== undefined) site.run.call(callback, [described.handle], site, described.handle);
    return described.statements();
  };

const CHECK_OPTIONS: Readonly<Record<string, string>> = {
  checkOption: " with check option",
  localCheckOption: " with local check option",
  cascadedCheckOption: " with cascaded check option",
};

/** A view that a callback describes. */
const view =
  (words: string): SchemaCall =>
  ([name, callback], schema, site) => {
    let columns: Value;
    let query: Value;
    let check = "";
    const methods: Record<string, Method> = {
      columns: ([list]) => void (columns = list),
      as: ([select]) => void (query = select),
    };
    for (const [method, clause] of Object.entries(CHECK_OPTIONS)) methods[method] = () => void (check = clause);
    const handle = new Handle("the view builder", methods);
    site.run.call(callback, [handle], site, handle);
    const list = columns === undefined ? "" : sqlText` (${columnized(columns)})`;
    return [sqlText`create ${words} ${qualified(schema, name)}${list} as ${queryText(query)}${check}`];
  };

const alterView: SchemaCall = ([name, callback], schema, site) => {
  const statements: Text[] = [];
  const own = qualified(schema, name);
  const column = ([of]: readonly Value[]): Value => {
    const inner: Handle = new Handle("the view's column", {
      rename: ([to]) => (statements.push(sqlText`alter view ${own} rename ${wrapped(of)} to ${wrapped(to)}`), inner),
      defaultTo: ([value]) => (
        statements.push(sqlText`alter view ${own} alter ${wrapped(of)} set default ${textOf(value) ?? escaped(value)}`),
        inner
      ),
    });
    return inner;
  };
  const handle = new Handle("the view builder", { column });
  site.run.call(callback, [handle], site, handle);
  return statements;
};

const CALLS: Readonly<Record<string, SchemaCall>> = {
  createTable: table("create"),
  createTableIfNotExists: table("createIfNot"),
  createTableLike: table("createLike"),
  alterTable: table("alter"),
  table: table("alter"),
  createView: view("view"),
  createViewOrReplace: view("or replace view"),
  createMaterializedView: view("materialized view"),
  alterView,
  view: alterView,
  dropTable: one((name) => sqlText`drop table ${name}`),
  dropTableIfExists: one((name) => sqlText`drop table if exists ${name}`),
  renameTable: one((name, [, to]) => sqlText`alter table ${name} rename to ${wrapped(to)}`),
  dropView: one((name) => sqlText`drop view ${name}`),
  dropViewIfExists: one((name) => sqlText`drop view if exists ${name}`),
  dropMaterializedView: one((name) => sqlText`drop materialized view ${name}`),
  dropMaterializedViewIfExists: one((name) => sqlText`drop materialized view if exists ${name}`),
  renameView: plain((name, [, to]) => sqlText`alter view ${name} rename to ${wrapped(to)}`),
  refreshMaterializedView: plain(
    (name, [, concurrently]) =>
      sqlText`refresh materialized view${truthOf(concurrently) === true ? " concurrently" : ""} ${name}`,
  ),
  createSchema: plain((name) => sqlText`create schema ${name}`),
  createSchemaIfNotExists: plain((name) => sqlText`create schema if not exists ${name}`),
  dropSchema: plain((name, [, all]) => sqlText`drop schema ${name}${cascade(all)}`),
  dropSchemaIfExists: plain((name, [, all]) => sqlText`drop schema if exists ${name}${cascade(all)}`),
  createExtension: plain((name) => sqlText`create extension ${name}`),
  createExtensionIfNotExists: plain((name) => sqlText`create extension if not exists ${name}`),
  dropExtension: plain((name) => sqlText`drop extension ${name}`),
  dropExtensionIfExists: plain((name) => sqlText`drop extension if exists ${name}`),
  raw: ([sql, bindings]) => [
    withBindings(
      textOf(sql) ??
        Text.hole({ kind: "any", name: "sql", reason: sql instanceof Unknown ? sql.reason : "is no text" }),
      bindings,
    ),
  ],
};

/** Asks the database something; what it answers is not known. */
const QUESTIONS = ["hasTable", "hasColumn"] as const;

/** `knex.schema`: each use of it begins a new chain. */
export function schemaBuilder(connection: Connection = {}): Handle {
  let schema: Text | undefined;
  let pending: (() => void)[] = [];
  let asks = false;
  let on = connection;
  const statements: Text[] = [];
  const asText = (): Text => Text.join(statements.map(inlined), ";\n");
  const methods: Record<string, Method> = {
    withSchema([name]) {
      schema = textOf(name);
      return handle;
    },
    transacting() {
      on = {};
      return handle;
    },
    toString: asText,
    toQuery: asText,
  };
  for (const [name, call] of Object.entries(CALLS)) {
    methods[name] = (args, site) => {
      for (const sql of call(args, schema, site)) {
        statements.push(sql);
        const send = site.run.postpone(sql, { ...site, range: site.own });
        pending.push(() => send(on));
      }
      return handle;
    };
  }
  for (const name of QUESTIONS) {
    methods[name] = () => {
      asks = true;
      return handle;
    };
  }
  const handle: Handle = new Handle("knex.schema", methods, {
    settle() {
      const waiting = pending;
      pending = [];
      for (const send of waiting) send();
      return asks ? new Unknown("depends on what the database has") : undefined;
    },
  });
  return handle;
}
