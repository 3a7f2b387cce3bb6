/** The `knex` that a migration is given: which of its calls become which SQL. */
import { DIALECT } from "../evaluator/environment.js";
import { inlined, Text } from "../evaluator/text.js";
import {
  Callable,
  Dictionary,
  Handle,
  List,
  type Method,
  type Site,
  textOf,
  Unknown,
  type Value,
} from "../evaluator/value.js";
import { type Connection, queryBuilder } from "./query.js";
import { RawSql, withBindings } from "./raw.js";
import { schemaBuilder } from "./schema.js";

/** Methods of a query that `knex` has itself: `knex.select("id").from("orders")`. */
const STARTS = [
  "select",
  "from",
  "into",
  "table",
  "insert",
  "with",
  "withSchema",
  "first",
  "count",
  "distinct",
  "update",
  "del",
  "delete",
  "column",
  "columns",
  "where",
  "whereNull",
  "whereNotNull",
  "whereRaw",
  "whereIn",
  "whereNot",
];

function begin(method: string, connection: Connection): Method {
  return (args, site) => queryBuilder(undefined, connection).methods[method]?.(args, site);
}

/** One INSERT for each thousand rows, in a transaction of its own where there is none (`lib/execution/batch-insert.js`). */
function batchInsert(table: Value, rows: Value, size: Value, site: Site, connection: Connection): Value {
  const insert = (some: Value): Value =>
    site.run.settle(queryBuilder(table, connection).methods["insert"]?.([some], site), site);
  if (!(rows instanceof List)) return insert(rows);
  const chunk = typeof size === "number" && size > 0 ? size : ROWS_OF_A_BATCH;
  for (let from = 0; from < rows.items.length; from += chunk) insert(new List(rows.items.slice(from, from + chunk)));
  return RESULT;
}

/** Rows of each INSERT of `batchInsert`, unless it is told (`lib/execution/batch-insert.js`). */
const ROWS_OF_A_BATCH = 1000;

const RESULT = new Unknown("comes from a query");

/**
 * `knex`, or the transaction that `knex.transaction` gives.
 * @param connection Where that is not the one of the migration's transaction.
 */
export function knexHandle(name = "knex", connection: Connection = {}): Handle {
  const handle: Handle = new Handle(
    name,
    {
      raw: ([sql, bindings], site) => raw(sql, bindings, site, connection),
      transaction: (args, site) => transaction(args, site),
      ref: ([column]) => new RawSql(textOf(column) ?? Text.EMPTY, {}),
      destroy: () => undefined,
      withUserParams: () => handle,
      batchInsert: ([table, rows, size], site) => batchInsert(table, rows, size, site, connection),
      queryBuilder: () => queryBuilder(undefined, connection),
      ...Object.fromEntries(STARTS.map((method) => [method, begin(method, connection)])),
    },
    {
      call: ([table]) => queryBuilder(table, connection),
      get(property) {
        if (property === "schema") return schemaBuilder(connection);
        if (property === "fn") return FUNCTIONS;
        if (property === "client" || property === "context") return CLIENT;
        return undefined;
      },
    },
  );
  return handle;
}

/** What a migration asks to know which database system it runs on. */
const CLIENT = new Dictionary(
  [
    ["dialect", DIALECT],
    ["driverName", DIALECT],
    ["config", new Dictionary([["client", DIALECT]], undefined, "is Knex's configuration")],
  ],
  undefined,
  "is Knex's own",
);

/** `knex.fn` */
const FUNCTIONS = new Dictionary([
  [
    "now",
    new Callable(
      "now",
      ([precision]) =>
        new RawSql(
          Text.of(typeof precision === "number" ? `CURRENT_TIMESTAMP(${String(precision)})` : "CURRENT_TIMESTAMP"),
          {},
        ),
    ),
  ],
  ["uuid", new Callable("uuid", () => new RawSql(Text.of("(gen_random_uuid())"), {}))],
]);

/** `knex.raw(sql, bindings)`: sent when it is awaited, a part of other SQL where it is put into it. */
function raw(sql: Value, bindings: Value, site: Site, connection: Connection): Value {
  const text =
    textOf(sql) ?? Text.hole({ kind: "any", name: "sql", reason: sql instanceof Unknown ? sql.reason : "is no text" });
  const made = withBindings(text, bindings);
  let sent = false;
  let on = connection;
  const settle = (): Value => {
    if (!sent) site.run.send(made, site, on);
    sent = true;
    return RESULT;
  };
  const asText = (): Text => inlined(made);
  const built: RawSql = new RawSql(
    made,
    { settle },
    {
      wrap: ([before, after]) => new RawSql(Text.join([textOf(before) ?? "", made, textOf(after) ?? ""]), {}),
      toString: asText,
      toQuery: asText,
      transacting: () => {
        on = {};
        return built;
      },
    },
  );
  return built;
}

/** `knex.transaction(async (trx) => …)`: inside the migration's own transaction a savepoint. */
function transaction(args: readonly Value[], site: Site): Value {
  const [work] = args;
  const inner = knexHandle("trx");
  const end: Method = () => undefined;
  Object.assign(inner.methods, {
    commit: end,
    rollback: end,
    savepoint: ([callback]: readonly Value[], at: Site) => at.run.call(callback, [inner], at),
  });
  return work instanceof Callable ? site.run.settle(site.run.call(work, [inner], site), site) : inner;
}
