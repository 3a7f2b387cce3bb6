/**
 * What a value of PostgreSQL becomes in JavaScript. ORMs that convert it by their own models are left out: there the
 * model decides.
 */
import type { Catalog } from "../model/catalog.js";
import type { TypeName } from "../model/name.js";
import type { Tree } from "../model/tree.js";

export interface Driver {
  /** As its makers call it. */
  readonly name: string;
  /** Its package. */
  readonly package: string;
}

/** In the order in which they are looked for: what stands on top of another one comes first. */
const CONVERTING: readonly string[] = ["@prisma/client", "prisma", "drizzle-orm", "slonik"];
const DRIVERS: readonly Driver[] = [
  { name: "node-postgres", package: "pg" },
  { name: "postgres.js", package: "postgres" },
];

/** The driver that a script's queries go through, by the nearest package.json; undefined where that is not clear. */
export function driverAt(file: string, tree: Tree): Driver | undefined {
  if (!/\.[cm]?[jt]sx?$/.test(file)) return undefined;
  for (let folder = parentOf(file); ; folder = parentOf(folder)) {
    const text = tree.read(folder === "" ? "package.json" : `${folder}/package.json`);
    if (text !== undefined) {
      if (CONVERTING.some((name) => text.includes(`"${name}"`))) return undefined;
      const found = DRIVERS.filter((driver) => text.includes(`"${driver.package}"`));
      if (found.length > 0) return found.length === 1 ? found[0] : undefined;
    }
    if (folder === "") return undefined;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/**
 * By the type's internal name (pg-types, lib/textParsers.js; postgres.js, src/types.js): everything that is not listed
 * is a string.
 */
const KINDS: Readonly<Record<string, string>> = {
  int2: "a number",
  int4: "a number",
  oid: "a number",
  float4: "a number",
  float8: "a number",
  bool: "a boolean",
  date: "a Date",
  timestamp: "a Date",
  timestamptz: "a Date",
  json: "an object",
  jsonb: "an object",
  bytea: "a Buffer",
};

/** What JavaScript gets for a value of a type: `a number`, `a string`, `an array`. */
export function resultKind(type: TypeName, catalog: Catalog): string {
  if (type.arrayDimensions > 0) return "an array";
  const domain = catalog.domain(type);
  return domain ? resultKind(domain.baseType, catalog) : (KINDS[type.name] ?? "a string");
}
