/**
 * Checks a YAML document against a JSON Schema and says what is wrong at which place, in words for the person who wrote
 * the document. It knows the part of JSON Schema (draft 7) that our schemas use, and refuses a schema that uses more.
 */
import type { Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { nearestName } from "./nearest-name.js";

type JsonType = "object" | "array" | "string" | "integer" | "number" | "boolean" | "null";

export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly additionalItems?: boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  /** What a text that matches `pattern` looks like. */
  readonly examples?: readonly string[];
  readonly format?: "date";
  /** Alternatives that differ in type, or lists of keys of which one must be there whole. */
  readonly anyOf?: readonly JsonSchema[];
  /** Keys of which one must not be there beside the others. */
  readonly not?: { readonly required: readonly string[] };
  /** Keys that must be there beside another one. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

const KNOWN_KEYWORDS: ReadonlySet<string> = new Set<keyof JsonSchema>([
  "$schema",
  "title",
  "description",
  "default",
  "type",
  "enum",
  "properties",
  "additionalProperties",
  "required",
  "items",
  "additionalItems",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minimum",
  "maximum",
  "minLength",
  "pattern",
  "examples",
  "format",
  "anyOf",
  "not",
  "dependencies",
]);

export interface SchemaProblem {
  /** Offset into the document. */
  readonly offset: number;
  readonly message: string;
}

type Yaml = typeof import("yaml");

/**
 * Everything in which a node differs from a schema. An absent node is an empty document.
 * @param whole What messages call the document.
 */
export function checkAgainstSchema(
  yaml: Yaml,
  node: Node | null,
  schema: JsonSchema,
  whole = "the configuration",
): readonly SchemaProblem[] {
  const checker = new Checker(yaml, whole);
  if (node !== null) checker.check(node, schema, []);
  return checker.problems;
}

/** A longer list of values says nothing that the nearest one does not. */
const LISTED = 8;

type Path = readonly (string | number)[];

class Checker {
  readonly problems: SchemaProblem[] = [];

  constructor(
    readonly yaml: Yaml,
    readonly whole: string,
  ) {}

  check(node: Node, schema: JsonSchema, path: Path): void {
    for (const keyword of Object.keys(schema)) {
      if (!KNOWN_KEYWORDS.has(keyword)) throw new TypeError(`The keyword ${keyword} is not known to this checker.`);
    }
    if (this.yaml.isAlias(node)) {
      this.#report(node, `${this.#name(path)} is an alias (*${node.source}); write the value out.`);
      return;
    }
    if (schema.anyOf?.some(({ required }) => required === undefined)) {
      // The alternatives differ in type: the one whose type fits says what is wrong inside.
      const fitting = schema.anyOf.find((alternative) => this.#typeFits(node, typesOf(alternative)));
      if (fitting !== undefined) this.check(node, fitting, path);
      else this.#wrongType(node, [...new Set(schema.anyOf.flatMap(typesOf))], path, schema.anyOf);
      return;
    }
    const types = typesOf(schema);
    if (types.length > 0 && !this.#typeFits(node, types)) {
      this.#wrongType(node, types, path, [schema]);
      return;
    }
    if (this.yaml.isMap(node)) this.#checkMap(node, schema, path);
    else if (this.yaml.isSeq(node)) this.#checkList(node, schema, path);
    else if (this.yaml.isScalar(node)) this.#checkScalar(node, schema, path);
  }

  #checkMap(node: YAMLMap, schema: JsonSchema, path: Path): void {
    const properties = schema.properties ?? {};
    const present = new Set<string>();
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair.key);
      if (key === undefined) {
        this.#report(pair.key, `A key of ${this.#name(path)} is not a plain word.`);
        continue;
      }
      present.add(key);
      const own = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
      if (own === false) {
        const noun = path.at(-1) === "rules" ? "rule" : "key";
        const nearest = nearestName(key, Object.keys(properties));
        const hint = nearest === undefined ? listOf(Object.keys(properties)) : `Did you mean ${quote(nearest)}?`;
        this.#report(pair.key, `Unknown ${noun} ${quote(key)}${within(path)}. ${hint}`);
      } else if (typeof own === "object") {
        this.check(pair.value ?? this.#nothingAt(pair.key), own, [...path, key]);
      }
    }
    for (const key of schema.required ?? []) {
      if (!present.has(key)) this.#report(node, `${capital(this.#name(path))} lacks the key ${quote(key)}.`);
    }
    const lacking = (schema.anyOf ?? []).map(({ required = [] }) => ({
      there: required.filter((key) => present.has(key)).length,
      missing: required.filter((key) => !present.has(key)),
    }));
    if (lacking.length > 0 && lacking.every(({ missing }) => missing.length > 0)) {
      // What is there tells which of the alternatives is meant.
      const most = Math.max(...lacking.map(({ there }) => there));
      const meant = lacking.filter(({ there }) => there === most);
      const keys = orOf(meant.map(({ missing }) => missing.map(quote).join(" and ")));
      this.#report(node, `${capital(this.#name(path))} lacks the key ${keys}.`);
      return;
    }
    const excluded = schema.not?.required ?? [];
    if (excluded.length > 0 && excluded.every((key) => present.has(key))) {
      this.#report(node, `${capital(this.#name(path))} takes ${orOf(excluded.map(quote))}, not both.`);
      return;
    }
    for (const [key, needed] of Object.entries(schema.dependencies ?? {})) {
      const missing = present.has(key) ? needed.filter((other) => !present.has(other)) : [];
      if (missing.length > 0) {
        this.#report(node, `${capital(this.#name(path))} takes ${quote(key)} only with ${orOf(missing.map(quote))}.`);
      }
    }
  }

  #checkList(node: YAMLSeq, schema: JsonSchema, path: Path): void {
    const { items, minItems = 0, maxItems = Infinity } = schema;
    const tuple = Array.isArray(items) ? (items as readonly JsonSchema[]) : undefined;
    const every = tuple === undefined ? (items as JsonSchema | undefined) : undefined;
    if (node.items.length < minItems) {
      this.#report(node, `${capital(this.#name(path))} needs at least ${count(minItems, "entry")}.`);
    }
    const limit = tuple !== undefined && schema.additionalItems === false ? Math.min(tuple.length, maxItems) : maxItems;
    const seen = new Set<string>();
    for (const [index, item] of (node.items as Node[]).entries()) {
      if (index >= limit) {
        this.#report(item, `${capital(this.#name(path))} takes at most ${count(limit, "entry")}.`);
        break;
      }
      const own = tuple?.[index] ?? every;
      if (own !== undefined) this.check(item, own, [...path, index]);
      if (schema.uniqueItems === true && this.yaml.isScalar(item)) {
        const value = JSON.stringify(item.value);
        if (seen.has(value)) this.#report(item, `${capital(this.#name(path))} has ${shown(item)} twice.`);
        seen.add(value);
      }
    }
  }

  #checkScalar(node: Scalar, schema: JsonSchema, path: Path): void {
    const { value } = node;
    if (schema.enum !== undefined && !schema.enum.includes(value)) {
      const allowed = schema.enum.map(String);
      const nearest = nearestName(String(value), allowed);
      const hint = nearest === undefined ? "" : ` Did you mean ${quote(nearest)}?`;
      if (path.at(-1) === "rule") {
        this.#report(node, `Unknown rule ${shown(node)} in ${this.#name(path.slice(0, -1))}.${hint}`);
        return;
      }
      const wanted =
        nearest !== undefined && allowed.length > LISTED ? "" : `, and must be ${orOf(allowed.map(quote))}`;
      this.#report(node, `${capital(this.#name(path))} is ${shown(node)}${wanted}.${hint}`);
      return;
    }
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if (typeof value === "number" && (value < minimum || value > maximum)) {
      const range =
        maximum === Infinity
          ? `at least ${String(minimum)}`
          : minimum === -Infinity
            ? `at most ${String(maximum)}`
            : `a number from ${String(minimum)} to ${String(maximum)}`;
      this.#report(node, `${capital(this.#name(path))} is ${shown(node)}, and must be ${range}.`);
    }
    if (typeof value === "string" && value.length < (schema.minLength ?? 0)) {
      this.#report(node, `${capital(this.#name(path))} must not be empty.`);
    }
    if (typeof value === "string" && schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)) {
      const { examples = [] } = schema;
      const wanted = examples.length === 0 ? `match ${schema.pattern}` : `look like ${orOf(examples.map(quote))}`;
      this.#report(node, `${capital(this.#name(path))} is ${shown(node)}, and must ${wanted}.`);
    }
    if (typeof value === "string" && schema.format === "date" && !isDate(value)) {
      this.#report(node, `${capital(this.#name(path))} is ${shown(node)}, and must be a day such as 2027-01-31.`);
    }
  }

  #wrongType(node: Node, types: readonly JsonType[], path: Path, schemas: readonly JsonSchema[]): void {
    const values = schemas.flatMap((schema) => schema.enum ?? []).map((value) => quote(String(value)));
    const wanted = [
      ...values,
      ...types
        .filter((type) => type !== "string" || values.length === 0)
        .map((type) => wantedOf(type, schemas.find((schema) => typesOf(schema).includes(type)) ?? {})),
    ];
    this.#report(node, `${capital(this.#name(path))} is ${this.#typeName(node)}, and must be ${orOf(wanted)}.`);
  }

  #typeFits(node: Node, types: readonly JsonType[]): boolean {
    const actual = this.#type(node);
    return types.includes(actual) || (actual === "integer" && types.includes("number"));
  }

  #type(node: Node): JsonType {
    if (this.yaml.isMap(node)) return "object";
    if (this.yaml.isSeq(node)) return "array";
    const { value } = node as Scalar;
    if (value === null || value === undefined) return "null";
    if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
    return typeof value === "boolean" ? "boolean" : "string";
  }

  #typeName(node: Node): string {
    const type = this.#type(node);
    if (type === "null") return "empty";
    return type === "boolean" || type === "number" ? shown(node as Scalar) : TYPES[type];
  }

  #key(node: Node): string | undefined {
    if (!this.yaml.isScalar(node)) return undefined;
    return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
  }

  /** The empty value behind `key:`. */
  #nothingAt(key: Node): Scalar {
    const nothing = new this.yaml.Scalar(null);
    if (key.range) nothing.range = key.range;
    return nothing;
  }

  #report(node: Node, message: string): void {
    this.problems.push({ offset: node.range?.[0] ?? 0, message });
  }

  #name(path: Path): string {
    return path.length === 0 ? this.whole : nameOf(path);
  }
}

/** A day of the calendar, as RFC 3339 writes it. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // Some impossible days become the first of the next month.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const TYPES: Readonly<Record<JsonType, string>> = {
  object: "a mapping",
  array: "a list",
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  null: "empty",
};

/** A type with the limits that a schema sets it: `a whole number from 10 to 18`, ``text like `13-18` ``. */
function wantedOf(type: JsonType, { minimum, maximum, examples = [] }: JsonSchema): string {
  if (type === "integer" && minimum !== undefined && maximum !== undefined)
    return `${TYPES.integer} from ${String(minimum)} to ${String(maximum)}`;
  return type === "string" && examples.length > 0 ? `text like ${orOf(examples.map(quote))}` : TYPES[type];
}

/** The types that a schema allows, also where it lists values only. */
function typesOf(schema: JsonSchema): readonly JsonType[] {
  if (schema.type !== undefined) return typeof schema.type === "string" ? [schema.type] : schema.type;
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap(typesOf);
  return [...new Set((schema.enum ?? []).map((value) => typeof value as JsonType))];
}

function nameOf(path: Path): string {
  return quote(
    path.reduce<string>(
      (all, part) => (typeof part === "number" ? `${all}[${String(part)}]` : all === "" ? part : `${all}.${part}`),
      "",
    ),
  );
}

function within(path: Path): string {
  return path.length === 0 || path.at(-1) === "rules" ? "" : ` in ${nameOf(path)}`;
}

function capital(text: string): string {
  return text.startsWith("the ") ? `The ${text.slice(4)}` : text;
}

function quote(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return `\`${short.replace(/[`\u0000-\u001f\u007f-\u009f]/g, "·")}\``;
}

function shown(node: Scalar): string {
  return quote(typeof node.value === "string" ? node.value : (node.source ?? String(node.value)));
}

function orOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

function listOf(words: readonly string[]): string {
  return words.length === 0 ? "It takes none." : `Known: ${words.slice(0, 12).map(quote).join(", ")}.`;
}

function count(number: number, noun: string): string {
  return `${String(number)} ${number === 1 ? noun : noun.replace(/y$/, "ies")}`;
}
