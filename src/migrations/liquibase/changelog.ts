/** Changelogs in XML, YAML and JSON: which files they include, in which order, and what they change themselves. */
import { createRequire } from "node:module";
import type { Sending } from "./sql.js";

const require = createRequire(import.meta.url);

export type ChangelogEntry =
  | { readonly kind: "include"; readonly file: string; readonly relative: boolean }
  | {
      readonly kind: "includeAll";
      readonly path: string;
      readonly relative: boolean;
      /** Only files whose names end so. */
      readonly endsWith: string;
    }
  | ChangelogChangeset;

/** A changeset that is not formatted SQL. */
export interface ChangelogChangeset {
  readonly kind: "changeSet";
  /** `author:id` */
  readonly id: string;
  readonly dbms?: string;
  readonly sqlFiles: readonly (Sending & { readonly path: string; readonly relative: boolean })[];
  /** Names of its other changes: `addColumn`, `sql`. */
  readonly changes: readonly string[];
}

/** Undefined for a file that is no changelog. */
export function readChangelog(text: string, file: string): readonly ChangelogEntry[] | undefined {
  if (!text.includes("databaseChangeLog")) return undefined;
  const root = /\.xml$/i.test(file) ? readXml(text) : readYaml(text);
  return root === undefined ? undefined : root.children.flatMap(entryOf);
}

/** What the three formats have in common. Attributes of XML and values of YAML are the same. */
interface Node {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Node[];
}

/** Children of a changeset that are no changes to the schema. */
const NO_CHANGES = new Set([
  "comment",
  "preConditions",
  "rollback",
  "validCheckSum",
  "modifySql",
  "tagDatabase",
  "empty",
  "output",
]);

function entryOf({ name, attributes, children }: Node): ChangelogEntry[] {
  const relative = attributes.get("relativeToChangelogFile") === "true";
  switch (name) {
    case "include":
      return [{ kind: "include", file: attributes.get("file") ?? "", relative }];
    case "includeAll": {
      const endsWith = attributes.get("endsWithFilter") ?? "";
      return [{ kind: "includeAll", path: attributes.get("path") ?? "", relative, endsWith }];
    }
    case "changeSet":
      return attributes.get("ignore") === "true" ? [] : [changesetOf(attributes, children)];
    default:
      return [];
  }
}

function changesetOf(attributes: ReadonlyMap<string, string>, children: readonly Node[]): ChangelogChangeset {
  const changes = children.flatMap((child) => (child.name === "changes" ? child.children : [child]));
  const dbms = attributes.get("dbms");
  return {
    kind: "changeSet",
    id: `${attributes.get("author") ?? ""}:${attributes.get("id") ?? ""}`,
    ...(dbms === undefined ? {} : { dbms }),
    sqlFiles: changes
      .filter(({ name }) => name === "sqlFile")
      .map(({ attributes: own }) => {
        const endDelimiter = own.get("endDelimiter");
        return {
          path: own.get("path") ?? "",
          relative: own.get("relativeToChangelogFile") === "true",
          runInTransaction: attributes.get("runInTransaction") !== "false",
          splitStatements: own.get("splitStatements") !== "false",
          ...(endDelimiter === undefined ? {} : { endDelimiter }),
        };
      }),
    changes: changes.map(({ name }) => name).filter((name) => name !== "sqlFile" && !NO_CHANGES.has(name)),
  };
}

const TAG = /<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The elements of a changelog. What is not well-formed is read as far as it goes. */
function readXml(text: string): Node | undefined {
  const top: Node = { name: "", attributes: new Map(), children: [] };
  const open: Node[] = [top];
  const tags = without(without(text, "<!--", "-->"), "<![CDATA[", "]]>");
  for (const [, closes, name = "", attributes = "", empty] of tags.matchAll(TAG)) {
    if (closes === "/") {
      const at = open.findLastIndex((node) => node.name === name);
      if (at > 0) open.length = at;
      continue;
    }
    const found = [...attributes.matchAll(ATTRIBUTE)].map(([, key = "", double, single]): [string, string] => [
      key,
      unescape(double ?? single ?? ""),
    ]);
    const node: Node = { name, attributes: new Map(found), children: [] };
    open.at(-1)?.children.push(node);
    if (empty !== "/") open.push(node);
  }
  return top.children.find(({ name }) => name === "databaseChangeLog");
}

/** The text without what stands between two marks, those included; without the rest where the second is missing. */
function without(text: string, open: string, close: string): string {
  const kept: string[] = [];
  for (let at = 0; ;) {
    const start = text.indexOf(open, at);
    kept.push(text.slice(at, start < 0 ? undefined : start));
    const end = start < 0 ? -1 : text.indexOf(close, start + open.length);
    if (end < 0) return kept.join("");
    at = end + close.length;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", apos: "'", gt: ">", lt: "<", quot: '"' };

function unescape(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/** JSON is YAML, too. */
function readYaml(text: string): Node | undefined {
  const { parse } = require("yaml") as typeof import("yaml");
  let value: unknown;
  try {
    value = parse(text, { logLevel: "silent" });
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const entries = (value as { databaseChangeLog?: unknown }).databaseChangeLog;
  return { name: "databaseChangeLog", attributes: new Map(), children: nodesOf(entries) };
}

/** `- include: {file: x}` and `changes: [{sqlFile: {path: x}}]` as elements. */
function nodesOf(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([name, inside]: [string, unknown]): Node => {
    const attributes = new Map<string, string>();
    const children: Node[] = [];
    if (Array.isArray(inside)) children.push(...nodesOf(inside));
    else if (typeof inside === "object" && inside !== null) {
      for (const [key, own] of Object.entries(inside) as [string, unknown][]) {
        if (typeof own === "string" || typeof own === "number" || typeof own === "boolean")
          attributes.set(key, String(own));
        else children.push(...nodesOf({ [key]: own }));
      }
    }
    return { name, attributes, children };
  });
}
