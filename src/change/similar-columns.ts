/** Columns that may be one under another name: tools write a rename as a drop and an add, and only names and types tell. */
import type { TypeName } from "../model/name.js";

/** Types whose values are of one kind. */
const FAMILIES: readonly (readonly string[])[] = [
  ["text", "varchar", "bpchar", "char", "citext", "name"],
  ["int2", "int4", "int8"],
  ["numeric", "float4", "float8", "money"],
  ["timestamp", "timestamptz", "date"],
  ["json", "jsonb"],
];

function family(type: TypeName): string {
  const names = FAMILIES.find((one) => one.includes(type.name)) ?? [type.name];
  return `${names[0] ?? ""}${"[]".repeat(type.arrayDimensions)}`;
}

/** Whether the values of two types are of one kind. */
export function isLikeType(type: TypeName, other: TypeName): boolean {
  return family(type) === family(other);
}

const CUT_AT_LENGTH: ReadonlySet<string> = new Set(["varchar", "bpchar", "char"]);

/** Whether a text is cut at a length that the other one may exceed: a country's code takes no remark. */
export function isShorter(type: TypeName, other: TypeName): boolean {
  const [length = Infinity, otherLength = Infinity] = [type, other].map(({ modifiers: [first] }) => first);
  return CUT_AT_LENGTH.has(type.name) && length < otherLength;
}

/** Words that say what kind of value it is, and not which. */
const KINDS: ReadonlySet<string> = new Set(["at", "by", "id", "is", "of", "on"]);

/** Whether two names share a word, or one is a part of the other. */
export function isSimilarName(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  if (a.some((word) => !KINDS.has(word) && b.includes(word))) return true;
  const [short = "", long = ""] = [a.join(""), b.join("")].sort((left, right) => left.length - right.length);
  return short.length > 2 && long.includes(short);
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}
