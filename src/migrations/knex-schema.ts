/** Knex's schema builder: a chain of calls that are sent in order when it is awaited (`lib/schema/compiler.js`). */
import { quoted, sqlText, Text } from "./evaluator/text.js";
import { Handle, type Method, type Site, textOf, truthOf, Unknown, type Value } from "./evaluator/value.js";
import { wrapped, withBindings } from "./knex-raw.js";

/** SQL of one call of the chain. */
export type SchemaCall = (args: readonly Value[], schema: Text | undefined, site: Site) => readonly Text[];

/** `schema.table` */
export function qualified(schema: Text | undefined, name: Value): Text {
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

const CALLS: Readonly<Record<string, SchemaCall>> = {
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
export function schemaBuilder(): Handle {
  let schema: Text | undefined;
  let pending: { readonly sql: Text; readonly site: Site }[] = [];
  let asks = false;
  const methods: Record<string, Method> = {
    withSchema([name]) {
      schema = textOf(name);
      return handle;
    },
  };
  for (const [name, call] of Object.entries(CALLS)) {
    methods[name] = (args, site) => {
      for (const sql of call(args, schema, site)) pending.push({ sql, site: { ...site, range: site.own } });
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
    settle(site) {
      const sent = pending;
      pending = [];
      for (const { sql, site: own } of sent) site.run.send(sql, own);
      return asks ? new Unknown("depends on what the database has") : undefined;
    },
  });
  return handle;
}
