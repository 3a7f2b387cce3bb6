/** Global names of the language and of Node. */
import { ENVIRONMENT } from "./environment.js";
import { elementsOf } from "./members.js";
import { Text } from "./text.js";
import {
  Callable,
  Dictionary,
  fromPlain,
  List,
  type Method,
  type Site,
  textOf,
  truthOf,
  Unknown,
  type Value,
} from "./value.js";

function namespace(methods: Readonly<Record<string, Method>>): Dictionary {
  return new Dictionary(
    Object.entries(methods).map(([name, call]) => [name, new Callable(name, call)] as const),
    undefined,
    "is not followed",
  );
}

function all([list]: readonly Value[], site: Site): Value {
  const items = elementsOf(list);
  if (items === undefined) return list instanceof Unknown ? list : new Unknown("is not known");
  return new List(items.map((item) => site.run.settle(item, site)));
}

function listOf(object: Value, part: (name: string, value: Value) => Value): Value {
  if (object instanceof List)
    return new List(
      object.items.map((item, index) => part(String(index), item)),
      object.open,
    );
  if (!(object instanceof Dictionary)) return new Unknown(object instanceof Unknown ? object.reason : "is not known");
  return new List(
    [...object.properties].map(([name, value]) => part(name, value)),
    object.open !== undefined,
  );
}

const OBJECT = namespace({
  entries: ([object]) => listOf(object, (name, value) => new List([Text.of(name), value])),
  keys: ([object]) => listOf(object, (name) => Text.of(name)),
  values: ([object]) => listOf(object, (_, value) => value),
  freeze: ([object]) => object,
  fromEntries: ([list]) =>
    new Dictionary(
      (elementsOf(list) ?? []).flatMap((pair) => {
        const [key, value] = elementsOf(pair) ?? [];
        const name = textOf(key)?.known;
        return name === undefined ? [] : [[name, value] as const];
      }),
      undefined,
      elementsOf(list) === undefined ? "is not known" : undefined,
    ),
  assign: ([target, ...sources]) => {
    if (!(target instanceof Dictionary)) return target;
    for (const source of sources) {
      if (source instanceof Dictionary)
        for (const [name, value] of source.properties) target.properties.set(name, value);
      else if (source instanceof Unknown) target.open = source.reason;
    }
    return target;
  },
});

const ARRAY = new Callable(
  "Array",
  (args) => (args.length === 1 && typeof args[0] === "number" ? repeated(args[0]) : new List([...args])),
  (args) => (args.length === 1 && typeof args[0] === "number" ? repeated(args[0]) : new List([...args])),
  namespace({
    isArray: ([value]) => (value instanceof Unknown ? value : value instanceof List),
    of: (args) => new List([...args]),
    from: ([value, mapper], site) => {
      const length = value instanceof Dictionary ? value.get("length") : undefined;
      const list = typeof length === "number" ? repeated(length) : value;
      const items = elementsOf(list);
      if (items === undefined) return list;
      if (mapper === undefined) return new List([...items], list instanceof List && list.open);
      return new List(items.map((item, index) => site.run.call(mapper, [item, index], site)));
    },
  }),
);

function repeated(length: number): List {
  return new List(Array.from({ length: Math.min(length, 1_000) }, () => undefined));
}

/** `new Promise((resolve) => …)` */
const PROMISE = new Callable(
  "Promise",
  () => new Unknown("is no promise"),
  ([executor], site) => {
    let result: Value;
    const resolve = new Callable("resolve", ([value], at) => {
      result = at.run.settle(value, at);
      return undefined;
    });
    site.run.call(executor, [resolve, new Callable("reject", () => undefined)], site);
    return result;
  },
  namespace({
    all,
    allSettled: all,
    any: all,
    race: all,
    resolve: ([value], site) => site.run.settle(value, site),
    reject: () => undefined,
  }),
);

/** A value as JSON; undefined where a part of it is not known. */
export function jsonOf(value: Value): string | undefined {
  const plain = plainOf(value);
  return plain === NOT_PLAIN ? undefined : (JSON.stringify(plain) ?? "undefined");
}

const JSON_NAMESPACE = namespace({
  stringify: ([value]) => {
    const json = jsonOf(value);
    return json === undefined ? new Unknown("is computed") : Text.of(json);
  },
  parse: ([text]) => {
    const known = textOf(text)?.known;
    if (known === undefined) return new Unknown("is computed");
    try {
      return fromPlain(JSON.parse(known));
    } catch {
      return new Unknown("is no JSON");
    }
  },
});

const NOT_PLAIN = Symbol("not plain");

/** JavaScript's own value for one that is known in full. */
function plainOf(value: Value): unknown {
  if (value instanceof Text) return value.known ?? NOT_PLAIN;
  if (value instanceof List) {
    const items = value.items.map(plainOf);
    return value.open || items.includes(NOT_PLAIN) ? NOT_PLAIN : items;
  }
  if (value instanceof Dictionary) {
    const entries = [...value.properties].map(([name, inner]) => [name, plainOf(inner)] as const);
    return value.open !== undefined || entries.some(([, inner]) => inner === NOT_PLAIN)
      ? NOT_PLAIN
      : Object.fromEntries(entries);
  }
  return value !== null && (typeof value === "object" || typeof value === "bigint") ? NOT_PLAIN : value;
}

const CONSOLE = new Dictionary(
  ["log", "info", "warn", "error", "debug", "time", "timeEnd", "trace", "table"].map(
    (name) => [name, new Callable(name, () => undefined)] as const,
  ),
);

const SET = new Callable(
  "Set",
  () => new Unknown("is no set"),
  ([list]) => {
    const items = elementsOf(list) ?? [];
    const seen = new Set<string>();
    const unique = items.filter((item) => {
      const key = item instanceof Text ? item.known : undefined;
      if (key === undefined) return true;
      return !seen.has(key) && seen.add(key);
    });
    return new List(unique, list !== undefined && elementsOf(list) === undefined);
  },
);

/** Whether `process.cwd()` is the folder of the project; paths are relative to that. */
const PROCESS = new Dictionary(
  [
    ["env", new Dictionary([], undefined, ENVIRONMENT)],
    ["cwd", new Callable("cwd", () => Text.of("."))],
    ["stdout", new Dictionary([["write", new Callable("write", () => undefined)]])],
  ],
  undefined,
  "is Node's",
);

export const LANGUAGE: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["Object", OBJECT],
  ["Array", ARRAY],
  ["Promise", PROMISE],
  ["JSON", JSON_NAMESPACE],
  ["Set", SET],
  ["console", CONSOLE],
  ["process", PROCESS],
  ["NaN", NaN],
  ["Infinity", Infinity],
  [
    "String",
    new Callable(
      "String",
      ([value]) => textOf(value) ?? (typeof value === "object" ? new Unknown("is computed") : Text.of(String(value))),
      undefined,
      new Dictionary(),
    ),
  ],
  ["Boolean", new Callable("Boolean", ([value]) => truthOf(value) ?? new Unknown("depends on a condition"))],
  [
    "Number",
    new Callable("Number", ([value]) => {
      const known = value instanceof Text ? value.known : value;
      return typeof known === "string" || typeof known === "number" ? Number(known) : new Unknown("is computed");
    }),
  ],
]);
