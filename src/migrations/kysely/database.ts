/** Kysely's database object, and what programs import of Kysely that reaches it. */
import { DIALECT } from "../evaluator/environment.js";
import type { Text } from "../evaluator/text.js";
import { Dictionary, Handle, type Method, textOf, Unknown } from "../evaluator/value.js";
import { RESULT, SQL_TAG } from "./expressions.js";
import { queryCreator } from "./query.js";
import { schemaModule } from "./schema.js";

/** What migrations import of Kysely besides types. */
export const KYSELY_MODULE = new Dictionary([["sql", SQL_TAG]], undefined, "is Kysely's");

/** The `db` that a migration is given, or the transaction that it opens. */
export function databaseHandle(schema?: Text): Handle {
  const same: Method = () => databaseHandle(schema);
  const methods: Record<string, Method> = {
    ...queryCreator(schema),
    withSchema: ([name]) => databaseHandle(textOf(name)),
    withPlugin: same,
    withoutPlugins: same,
    withTables: same,
    destroy: () => undefined,
    executeQuery: ([compiled], site) => {
      site.run.unknown(`runs a query that ${compiled instanceof Unknown ? compiled.reason : "is compiled"}`, site);
      return RESULT;
    },
    connection: () => unit("connection"),
    transaction: () => unit("transaction"),
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

/** `db.transaction().execute(async (trx) => …)`: inside the migration's own transaction. */
function unit(name: string): Handle {
  const handle: Handle = new Handle(`db.${name}()`, {
    setIsolationLevel: () => handle,
    setAccessMode: () => handle,
    execute: ([work], site) => site.run.settle(site.run.call(work, [databaseHandle()], site), site),
  });
  return handle;
}

const INTROSPECTION = new Handle("db.introspection", {
  getSchemas: () => RESULT,
  getTables: () => RESULT,
  getMetadata: () => RESULT,
});
