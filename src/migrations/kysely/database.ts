/** Kysely's database object, and what programs import of Kysely that reaches it. */
import { DIALECT } from "../evaluator/environment.js";
import { Text } from "../evaluator/text.js";
import { Dictionary, Handle, type Method, type Site, textOf, Unknown, type Value } from "../evaluator/value.js";
import { RESULT, SQL_TAG } from "./expressions.js";
import { queryCreator } from "./query.js";
import { schemaModule } from "./schema.js";

/** What migrations import of Kysely besides types. */
export const KYSELY_MODULE = new Dictionary([["sql", SQL_TAG]], undefined, "is Kysely's");

/**
 * The `db` that a migration is given, or the transaction that it opens.
 * @param begins Whether its transactions are transactions, as where no runner has opened one around the migration.
 */
export function databaseHandle(schema?: Text, begins = false): Handle {
  const same: Method = () => databaseHandle(schema, begins);
  const methods: Record<string, Method> = {
    ...queryCreator(schema),
    withSchema: ([name]) => databaseHandle(textOf(name), begins),
    withPlugin: same,
    withoutPlugins: same,
    withTables: same,
    destroy: () => undefined,
    executeQuery: ([compiled], site) => {
      site.run.unknown(`runs a query that ${compiled instanceof Unknown ? compiled.reason : "is compiled"}`, site);
      return RESULT;
    },
    connection: () => unit("connection", (work) => work(databaseHandle(undefined, begins))),
    transaction: () => unit("transaction", begins ? inTransaction : (work) => work(databaseHandle())),
  };
  return new Handle("db", methods, {
    get(property) {
      if (property === "schema") return schemaModule(schema);
      if (property === "fn") return new Unknown("is Kysely's");
      if (property === "introspection") return INTROSPECTION;
      if (property === "dialect") return DIALECT;
      return undefined;
    },
  });
}

type Around = (work: (db: Handle) => Value, site: Site) => Value;

function inTransaction(work: (db: Handle) => Value, site: Site): Value {
  site.run.send(Text.of("START TRANSACTION"), site);
  const result = work(databaseHandle());
  site.run.send(Text.of("COMMIT"), site);
  return result;
}

/** `db.transaction().execute(async (trx) => …)`: mostly inside the migration's own transaction. */
function unit(name: string, around: Around): Handle {
  const handle: Handle = new Handle(`db.${name}()`, {
    setIsolationLevel: () => handle,
    setAccessMode: () => handle,
    execute: ([callback], site) => around((db) => site.run.settle(site.run.call(callback, [db], site), site), site),
  });
  return handle;
}

const INTROSPECTION = new Handle("db.introspection", {
  getSchemas: () => RESULT,
  getTables: () => RESULT,
  getMetadata: () => RESULT,
});
