/**
 * What a program under evaluation computes with. JavaScript's own numbers, booleans, null and undefined stand for
 * themselves; everything else has a class, because it may be known in part.
 */
import type { Range } from "../../model/position.js";
import type { Run } from "./run.js";
import { Text } from "./text.js";

export type Value =
  Text | number | boolean | bigint | null | undefined | List | Dictionary | Callable | Handle | Unknown;

/** A value that only a run of the program knows. */
export class Unknown {
  /** Whether it may reach the database: what comes of the tool's objects, and of calls that were given one. */
  readonly reaches: boolean;
  /** Whether it equals something all the same, where that is known. */
  readonly equals?: ((other: Value) => boolean | undefined) | undefined;
  /** The expression that it is the value of, where a template has it. */
  readonly expression?: string | undefined;

  constructor(
    /** Why, as the rest of a sentence that starts with the expression: `comes from a query`. */
    readonly reason: string,
    more: Partial<Pick<Unknown, "reaches" | "equals" | "expression">> = {},
  ) {
    this.reaches = more.reaches ?? false;
    this.equals = more.equals;
    this.expression = more.expression;
  }
}

/** An array. */
export class List {
  constructor(
    readonly items: Value[],
    /** Whether there may be others than these. */
    public open = false,
  ) {}
}

/** An object, an instance of a class, a module's exports. */
export class Dictionary {
  readonly properties: Map<string, Value>;
  constructor(
    properties: Iterable<readonly [string, Value]> = [],
    /** Where a property is looked up that it has not: the prototype of an instance. */
    readonly prototype?: Dictionary,
    /** Why there may be properties that are not known. */
    public open?: string,
  ) {
    this.properties = new Map(properties);
  }

  get(name: string): Value {
    if (this.properties.has(name)) return this.properties.get(name);
    return this.prototype?.get(name);
  }

  has(name: string): boolean {
    return this.properties.has(name) || this.prototype?.has(name) === true;
  }
}

/** A call's place, and what it may do there. */
export interface Site {
  readonly run: Run;
  /** The file that the call stands in. */
  readonly file: string;
  /** The call, with everything before it in its chain. */
  readonly range: Range;
  /** The call without what it is called on: `dropColumn("name")` of `table.dropColumn("name")`. */
  readonly own: Range;
}

/** A function: of the program, of the language, or of a tool. */
export class Callable {
  constructor(
    readonly name: string,
    readonly call: (args: readonly Value[], site: Site, self: Value) => Value,
    /** Present on a class: makes an instance. */
    readonly construct?: (args: readonly Value[], site: Site) => Value,
    /** What it has besides: static members of a class, `sql.raw`. */
    readonly members: Dictionary = new Dictionary(),
  ) {}
}

/** A method of a tool's object. */
export type Method = (args: readonly Value[], site: Site) => Value;

/** An object of a tool, that reaches the database: `knex`, `queryRunner`, a query that is being built. */
export class Handle {
  constructor(
    /** As messages name it: `knex.schema`. */
    readonly name: string,
    /** Its methods; what is not in it is not known, and calling it is reported. */
    readonly methods: Readonly<Record<string, Method>> = {},
    readonly more: {
      /** Properties that are no methods. */
      readonly get?: (property: string, site: Site) => Value;
      /** Where the object is a function itself: `knex("orders")`. */
      readonly call?: Method;
      /** What happens when it is awaited, returned or `.then` is called: where a tool's queries run. */
      readonly settle?: (site: Site) => Value;
    } = {},
  ) {}
}

/** A JavaScript value for a known one: for tables of defaults and options. */
export function fromPlain(value: unknown): Value {
  if (typeof value === "string") return Text.of(value);
  if (Array.isArray(value)) return new List(value.map(fromPlain));
  if (typeof value === "object" && value !== null) {
    return new Dictionary(Object.entries(value).map(([key, inner]) => [key, fromPlain(inner)] as const));
  }
  return value as Value;
}

/** Whether a value is true in a condition; undefined where that is not known. */
export function truthOf(value: Value): boolean | undefined {
  if (value instanceof Unknown) return undefined;
  if (value instanceof Text) {
    if (value.pieces.some(({ text, hole }) => hole === undefined && text !== "")) return true;
    return value.holes.length > 0 ? undefined : false;
  }
  return Boolean(value);
}

/** A string, or what becomes one; undefined for objects and what is not known. */
export function textOf(value: Value): Text | undefined {
  if (value instanceof Text) return value;
  if (typeof value === "number" || typeof value === "bigint") return Text.of(String(value));
  return undefined;
}

/** A property of an options object; undefined where there is none. */
export function option(options: Value, name: string): Value {
  return options instanceof Dictionary ? options.get(name) : undefined;
}

/** The strings of an array, or of a single string. */
export function textsOf(value: Value): readonly Text[] {
  if (value instanceof List) return value.items.flatMap((item) => textOf(item) ?? []);
  const text = textOf(value);
  return text === undefined ? [] : [text];
}
