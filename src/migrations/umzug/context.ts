/** What Umzug gives to migrations as `context`, where that is an object of a library that sends SQL: Umzug knows none. */
import { Text } from "../evaluator/text.js";
import { Callable, Dictionary, Handle, List, type Method, textOf, Unknown, type Value } from "../evaluator/value.js";
import { knexHandle } from "../knex/handle.js";
import { databaseHandle } from "../kysely/database.js";

/** A library whose objects are read, by the package that programs import. */
export interface ContextLibrary {
  readonly package: string;
  readonly label: string;
  /** The call that sends SQL as it stands. */
  readonly sql: string;
  /** The object, made anew for each migration. */
  readonly handle: () => Handle;
}

/** Of a program that imports several, the first: Kysely is given a pool of node-postgres. */
export const CONTEXT_LIBRARIES: readonly ContextLibrary[] = [
  { package: "kysely", label: "Kysely", sql: "sql`…`.execute(context)", handle: () => databaseHandle(undefined, true) },
  { package: "knex", label: "Knex", sql: "context.raw()", handle: knexOutside },
  { package: "pg", label: "node-postgres", sql: "context.query()", handle: pool },
];

/** An object that a program has made of a library. */
class Made extends Handle {
  constructor(readonly library: ContextLibrary) {
    super(library.label);
  }
}

function maker(name: string): Callable {
  const library = CONTEXT_LIBRARIES.find((one) => one.package === name);
  const make = (): Value => (library === undefined ? undefined : new Made(library));
  return new Callable(name, make, make);
}

/** What programs import to make such objects. */
export const CONTEXT_PACKAGES: Readonly<Record<string, Value>> = {
  kysely: new Dictionary([["Kysely", maker("kysely")]], undefined, "is Kysely's"),
  knex: new Dictionary(
    ["default", "knex", "Knex"].map((name) => [name, maker("knex")] as const),
    undefined,
    "is Knex's",
  ),
  pg: pgPackage(),
};

function pgPackage(): Dictionary {
  const own = ["Pool", "Client"].map((name) => [name, maker("pg")] as const);
  return new Dictionary([...own, ["default", new Dictionary(own)]], undefined, "is node-postgres's");
}

/**
 * The context of every migration: the library's object, or an object with such ones in it.
 * @param given What the program gives Umzug.
 * @returns Undefined where nothing in it is known.
 */
export function contextOf(given: Value): { readonly library: ContextLibrary; readonly make: () => Value } | undefined {
  if (given instanceof Made) return { library: given.library, make: given.library.handle };
  if (!(given instanceof Dictionary)) return undefined;
  const properties = [...given.properties];
  const [first] = properties.flatMap(([, value]) => (value instanceof Made ? [value.library] : []));
  if (first === undefined) return undefined;
  const made = (): Value =>
    new Dictionary(
      properties.map(([name, value]) => [
        name,
        value instanceof Made ? value.library.handle() : new Unknown("is the program's that runs the migrations"),
      ]),
    );
  return { library: first, make: made };
}

/** `knex` where no runner of Knex's has opened a transaction. */
function knexOutside(): Handle {
  const { name, methods, more } = knexHandle();
  const transaction: Method = (args, site) => {
    // One without a function goes on until somebody ends it.
    if (!(args[0] instanceof Callable)) return new Unknown("is a transaction that is ended elsewhere");
    site.run.send(Text.of("START TRANSACTION"), site);
    const result = methods["transaction"]?.(args, site);
    site.run.send(Text.of("COMMIT"), site);
    return result;
  };
  return new Handle(name, { ...methods, transaction }, more);
}

const RESULT = new Unknown("comes from a query");

/** A pool or a client of node-postgres: `query("…")`, `query("…", values)` and `query({ text, values })`. */
function pool(): Handle {
  const handle: Handle = new Handle("the pool", {
    query([query], site) {
      const text = query instanceof Dictionary ? query.get("text") : query;
      const reason = text instanceof Unknown ? text.reason : "is not known";
      site.run.send(textOf(text) ?? Text.hole({ kind: "any", name: "sql", reason }), site);
      return RESULT;
    },
    connect: () => handle,
    release: () => undefined,
    end: () => undefined,
    on: () => undefined,
    escapeIdentifier: ([name]) => quotedBy('"', name),
    escapeLiteral: ([value]) => quotedBy("'", value),
  });
  return handle;
}

function quotedBy(quote: string, value: Value): Value {
  const known = value instanceof List ? undefined : textOf(value)?.known;
  return known === undefined
    ? new Unknown("is not known")
    : Text.of(quote + known.replaceAll(quote, quote + quote) + quote);
}
