/** What a migration of MikroORM inherits from its class `Migration` (`packages/migrations/src/Migration.ts`), in 6 and 7. */
import type { SentSql } from "../tool.js";
import { inlined, Text } from "../evaluator/text.js";
import {
  Callable,
  Dictionary,
  Handle,
  List,
  type Method,
  option,
  type Site,
  textOf,
  Unknown,
  type Value,
} from "../evaluator/value.js";
import { knexHandle } from "../knex/handle.js";
import { databaseHandle } from "../kysely/database.js";
import { queryText } from "../knex/query.js";
import { RawSql, valueOf, withBindings } from "../knex/raw.js";

const ROWS = new Unknown("comes from a query");

type Connection = Pick<SentSql, "transaction">;

/** Another connection of the pool than the one with the migration's transaction. */
const ANOTHER: Connection = { transaction: "per-statement" };

/** Methods of the EntityManager that change nothing. */
const QUESTIONS = [
  "find",
  "findOne",
  "findOneOrFail",
  "findAll",
  "findAndCount",
  "findByCursor",
  "count",
  "getReference",
];

/** A text, or a query of a builder. */
function sqlOf(query: Value): Text {
  if (query instanceof Handle) return queryText(query);
  const { reason, expression } = query instanceof Unknown ? query : { reason: "is no text", expression: undefined };
  return textOf(query) ?? Text.hole({ kind: "any", name: expression ?? "sql", reason });
}

/** `execute(sql, parameters)`: the parameters are written into the SQL, which has `?` for them. */
function execute(connection: Connection): Method {
  return ([query, parameters], site) => {
    const sql = query instanceof Handle ? sqlOf(query) : inlined(withBindings(sqlOf(query), parameters));
    site.run.send(sql, site, connection);
    return ROWS;
  };
}

/** As `execute`, in the transaction only where the fourth argument is one. */
const executeAnywhere: Method = (args, site) => execute(args[3] == null ? ANOTHER : {})(args, site);

function connectionHandle(): Handle {
  return new Handle("the connection", {
    execute: executeAnywhere,
    getKnex: () => knexHandle("getKnex()", ANOTHER),
  });
}

/** `getKysely()` of 7: on the connection of the entity manager. Strategies for names make other names of them. */
function kyselyOf(connection: Connection): Method {
  return ([options], site) => {
    if (connection !== ANOTHER && options === undefined) return databaseHandle();
    const which = options === undefined ? "of another connection" : "with options";
    site.run.unknown(`what a Kysely ${which} sends is not followed`, site);
    return ROWS;
  };
}

/** @param connection Of the migration's transaction; a fork has none, unless it is told to keep it. */
function entityManager(connection: Connection = {}): Handle {
  const handle: Handle = new Handle("the entity manager", {
    ...Object.fromEntries(QUESTIONS.map((name) => [name, () => ROWS])),
    execute: execute(connection),
    getKysely: kyselyOf(connection),
    fork: ([options]) => (option(options, "keepTransactionContext") === true ? handle : entityManager(ANOTHER)),
    clear: () => undefined,
    getConnection: connectionHandle,
    getDriver: driver,
    getKnex: () => knexHandle("getKnex()", ANOTHER),
  });
  return handle;
}

function driver(): Handle {
  return new Handle("the driver", { execute: executeAnywhere, getConnection: connectionHandle });
}

/** What a migration's own methods find on `this`, and what its `addSql` sends once `up` is done. */
export class Inherited {
  readonly #waiting: (() => void)[] = [];
  readonly #members: readonly (readonly [string, Value])[];

  constructor() {
    const methods: Readonly<Record<string, Method>> = {
      addSql: ([query], site) => void this.#waiting.push(site.run.postpone(sqlOf(query), site)),
      execute: execute({}),
      getKnex: () => knexHandle("getKnex()", ANOTHER),
      getEntityManager: () => entityManager(),
      getQueries: () => new Unknown("is what MikroORM keeps"),
      reset: () => void this.#waiting.splice(0),
    };
    this.#members = [
      ...Object.entries(methods).map(([name, method]) => [name, new Callable(name, method)] as const),
      ["ctx", knexHandle("this.ctx")],
      ["driver", driver()],
      ["config", new Unknown("is MikroORM's configuration")],
    ];
  }

  /** Gives an instance what it does not have itself. */
  giveTo(instance: Dictionary): void {
    for (const [name, value] of this.#members) if (!instance.has(name)) instance.properties.set(name, value);
  }

  /** Sends what `addSql` was given, in order. */
  send(): void {
    for (const send of this.#waiting.splice(0)) send();
  }
}

/** `raw("… ?", [5])` */
const raw: Method = ([sql, parameters]) => new RawSql(withBindings(sqlOf(sql), parameters), {});

/** `` sql`… ${5}` `` */
function taggedSql([strings, ...values]: readonly Value[], _: Site): Value {
  const parts = strings instanceof List ? strings.items : [];
  const pieces = parts.flatMap((part, index) => [
    textOf(part) ?? "",
    index < values.length ? valueOf(values[index], `value${String(index + 1)}`) : "",
  ]);
  return new RawSql(Text.join(pieces), {});
}

/** What migrations import of MikroORM besides the class. */
export const MIKRO_ORM_MODULE = new Dictionary(
  [
    ["raw", new Callable("raw", raw)],
    ["sql", new Callable("sql", taggedSql)],
  ],
  undefined,
  "is MikroORM's",
);
