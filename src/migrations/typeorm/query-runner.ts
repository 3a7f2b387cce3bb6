/** TypeORM's QueryRunner, of which each call sends at once (`driver/postgres/PostgresQueryRunner.ts`). */
import { DIALECT } from "../evaluator/environment.js";
import { literal, parameter, Text } from "../evaluator/text.js";
import { Dictionary, Handle, List, type Method, type Site, textOf, Unknown, type Value } from "../evaluator/value.js";
import { BUILDER } from "./builder.js";
import { SCHEMA_CHANGES } from "./changes.js";

const ROWS = new Unknown("comes from a query");
const DATABASE = new Unknown("depends on what the database has");

/** Asks the database something, and changes nothing. */
const QUESTIONS = [
  "getDatabases",
  "getSchemas",
  "hasDatabase",
  "getCurrentDatabase",
  "hasSchema",
  "getCurrentSchema",
  "hasTable",
  "hasColumn",
  "getTable",
  "getTables",
  "getView",
  "getViews",
  "getCachedView",
] as const;

/** The `queryRunner` that a migration is given, in the transaction of the run. */
export function queryRunner(): Handle {
  const methods: Record<string, Method> = {
    query,
    sql: taggedSql,
    ...BUILDER,
    ...SCHEMA_CHANGES,
    ...transactionMethods(),
    connect: () => undefined,
    release: () => undefined,
  };
  for (const name of QUESTIONS) methods[name] = () => DATABASE;
  const database = new Handle("queryRunner.manager", { query, sql: taggedSql }, { get: property });
  function property(name: string): Value {
    if (name === "manager" || name === "connection" || name === "dataSource") return database;
    if (name === "queryRunner") return handle;
    if (name === "options" || name === "driver") return OPTIONS;
    return name === "isTransactionActive" ? DATABASE : undefined;
  }
  const handle: Handle = new Handle("queryRunner", methods, { get: property });
  return handle;
}

/** What a migration asks to know which database system it runs on. */
const OPTIONS: Dictionary = new Dictionary([["type", DIALECT]], undefined, "is the DataSource's");
OPTIONS.properties.set("options", OPTIONS);

/** `query(sql, parameters)`: the parameters are sent beside the SQL, which has `$1` for them. */
function query([sql]: readonly Value[], site: Site): Value {
  const reason = sql instanceof Unknown ? sql.reason : "is no text";
  site.run.send(textOf(sql) ?? Text.hole({ kind: "any", name: "sql", reason }), site);
  return ROWS;
}

/** `` sql`UPDATE orders SET note = ${note}` ``: what stands between is sent beside the SQL, a function's result in it. */
function taggedSql([strings, ...values]: readonly Value[], site: Site): Value {
  const parts = strings instanceof List ? strings.items : [];
  const pieces = parts.flatMap((part, index) => [
    textOf(part) ?? "",
    index < values.length ? sentBeside(values[index], `value${String(index + 1)}`) : "",
  ]);
  site.run.send(Text.join(pieces), site);
  return ROWS;
}

function sentBeside(value: Value, name: string): Text {
  if (value === null) return Text.of("NULL");
  const inline = value instanceof Text ? literal(value) : textOf(value);
  const written = value instanceof Unknown ? value.expression : undefined;
  return parameter(written ?? name, inline?.known === undefined ? undefined : inline);
}

/** A migration that ends the transaction of the run, and opens one again; inside of one there are savepoints. */
function transactionMethods(): Readonly<Record<string, Method>> {
  let depth = 1;
  const send = (sql: string, site: Site): void => {
    site.run.send(Text.of(sql), site);
  };
  return {
    startTransaction(_, site) {
      send(depth === 0 ? "START TRANSACTION" : `SAVEPOINT typeorm_${String(depth)}`, site);
      depth++;
    },
    commitTransaction(_, site) {
      if (depth > 0) depth--;
      send(depth > 0 ? `RELEASE SAVEPOINT typeorm_${String(depth)}` : "COMMIT", site);
    },
    rollbackTransaction(_, site) {
      if (depth > 0) depth--;
      send(depth > 0 ? `ROLLBACK TO SAVEPOINT typeorm_${String(depth)}` : "ROLLBACK", site);
    },
  };
}
