/** What a migration is given to send SQL by way of Slonik. */
import { sqlText, Text } from "../evaluator/text.js";
import { Handle, type Method, type Site, textOf, Unknown, type Value } from "../evaluator/value.js";
import type { TransactionMode } from "../../model/migration.js";
import { Sql, SQL_TAG } from "./sql-tag.js";

const RESULT = new Unknown("comes from a query");

/** They differ only in how many rows they want. */
const QUERIES = [
  "query",
  "any",
  "anyFirst",
  "many",
  "manyFirst",
  "maybeOne",
  "maybeOneFirst",
  "one",
  "oneFirst",
  "stream",
  "copyFromBinary",
];

interface State {
  /** Whether it is inside a transaction. */
  readonly isInside: boolean;
  /** How it sends, where that is not how the migration does. */
  readonly transaction?: TransactionMode;
}

function connection(name: string, state: State): Handle {
  const { transaction } = state;
  const more = transaction === undefined ? {} : { transaction };
  const query: Method = ([sql], site) => {
    site.run.send(sqlOf(sql), site, more);
    return RESULT;
  };
  const send = (sql: string, site: Site): void => site.run.send(Text.of(sql), site, more);
  const methods: Record<string, Method> = {
    ...Object.fromEntries(QUERIES.map((method) => [method, query])),
    exists([sql], site) {
      site.run.send(sqlText`SELECT EXISTS(${sqlOf(sql)})`, site, more);
      return RESULT;
    },
    transaction: ([work], site) => {
      // Inside of one it is a savepoint.
      if (!state.isInside) send("START TRANSACTION", site);
      const inner = connection("transaction", { ...state, isInside: true });
      const result = site.run.settle(site.run.call(work, [inner], site), site);
      if (!state.isInside) send("COMMIT", site);
      return result;
    },
    connect: ([work], site) => site.run.settle(site.run.call(work, [connection("connection", state)], site), site),
    end: () => undefined,
  };
  return new Handle(name, methods);
}

function sqlOf(value: Value): Text {
  if (value instanceof Sql) return value.sql;
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return textOf(value) ?? Text.hole({ kind: "any", name: "sql", reason });
}

/**
 * The argument of a migration: an object with the connection and `sql`, in `context` and beside it. Where the project has
 * a runner of its own, it is mostly the connection itself.
 */
export function migrationArgument(isInside: boolean): Handle {
  const own = connection("connection", { isInside });
  // The pool takes another connection.
  const parent = connection("parent", { isInside: false, transaction: "per-statement" });
  const context = new Handle("context", own.methods, {
    get: (property) =>
      property === "connection" ? own : property === "parent" ? parent : property === "sql" ? SQL_TAG : undefined,
  });
  return new Handle("the migration's argument", own.methods, {
    get(property) {
      if (property === "context") return context;
      if (property === "slonik" || property === "connection") return own;
      if (property === "sql") return SQL_TAG;
      return property === "name" || property === "path" ? new Unknown("is the migration's") : undefined;
    },
  });
}
