/** What Payload gives a migration: `{ db, payload, req }` (`packages/drizzle/src/migrate.ts`). */
import type { SentSql } from "../tool.js";
import { DIALECT } from "../evaluator/environment.js";
import { Text } from "../evaluator/text.js";
import {
  Callable,
  Dictionary,
  Handle,
  option,
  type Method,
  type Site,
  Unknown,
  type Value,
} from "../evaluator/value.js";
import { sqlOf } from "../drizzle/sql-tag.js";

const ROWS = new Unknown("comes from a query");

type Connection = Pick<SentSql, "transaction">;

/** Another connection of the pool than the one with the migration's transaction. */
const ANOTHER: Connection = { transaction: "per-statement" };

/** By what the adapter finds the connection of the migration's transaction. */
const TRANSACTION = "the migration's transaction";

/** Methods of Payload's local API that change nothing. */
const QUESTIONS = [
  "find",
  "findByID",
  "findDistinct",
  "findGlobal",
  "findVersions",
  "findVersionByID",
  "findGlobalVersions",
  "findGlobalVersionByID",
  "count",
  "countVersions",
  "countGlobalVersions",
];

/** A database of Drizzle. What its query builder changes depends on tables that are values of the program. */
function database(connection: Connection = {}): Handle {
  const handle: Handle = new Handle(
    "db",
    {
      execute: ([query], site) => send(query, connection, site),
      transaction: ([work], site) => site.run.settle(site.run.call(work, [handle], site), site),
      select: () => ROWS,
      selectDistinct: () => ROWS,
      $count: () => ROWS,
      ...Object.fromEntries(
        ["insert", "update", "delete", "refreshMaterializedView"].map((name): [string, Method] => [
          name,
          (_, site) => {
            site.run.unknown(`what \`${name}\` changes is a table of the program's that is not read`, site);
            return ROWS;
          },
        ]),
      ),
    },
    { get: (property) => (property === "query" ? ROWS : undefined) },
  );
  return handle;
}

function send(query: Value, connection: Connection, site: Site): Value {
  site.run.send(sqlOf(query), site, connection);
  return ROWS;
}

/** `payload.db`: the adapter; what is sent through its `drizzle` is not in the migration's transaction. */
function adapter(own: Handle, outside: Handle): Handle {
  const execute: Method = ([options], site) => {
    const given = option(options, "db") ?? option(options, "drizzle");
    const query = option(options, "sql") ?? option(options, "raw");
    return send(query, given === own ? {} : ANOTHER, site);
  };
  const sessions = new Dictionary([[TRANSACTION, new Dictionary([["db", own]])]], undefined, "is Payload's");
  return new Handle(
    "payload.db",
    { execute },
    {
      get(property) {
        if (property === "drizzle") return outside;
        if (property === "sessions") return sessions;
        if (property === "name" || property === "packageName") return DIALECT;
        return /^(?:tables|enums|schema|schemaName|idType|pool|pgSchema|migrationDir)$/.test(property)
          ? new Unknown("is Payload's")
          : undefined;
      },
    },
  );
}

const LOGGER = new Dictionary(
  ["info", "warn", "error", "debug", "trace", "fatal"].map(
    (name) => [name, new Callable(name, () => undefined)] as const,
  ),
);

/** The argument of `up` and `down`. */
export function migrationArguments(): Dictionary {
  const own = database();
  const db = adapter(own, database(ANOTHER));
  const payload: Handle = new Handle("payload", Object.fromEntries(QUESTIONS.map((name) => [name, () => ROWS])), {
    get(property) {
      if (property === "db") return db;
      if (property === "logger") return LOGGER;
      return /^(?:config|collections|globals|secret)$/.test(property) ? new Unknown("is Payload's") : undefined;
    },
  });
  const req = new Dictionary(
    [
      ["payload", payload],
      ["transactionID", Text.of(TRANSACTION)],
    ],
    undefined,
    "is the request's",
  );
  return new Dictionary([
    ["db", own],
    ["payload", payload],
    ["req", req],
    ["session", own],
  ]);
}
