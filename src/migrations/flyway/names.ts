/** What Flyway reads from the names of files (ResourceNameParser, MigrationVersion, Event). */
import { type SettingValues, single } from "./settings.js";
import { join } from "../listing.js";
import type { Listing } from "../listing.js";

/** `V1__x.sql`, as it is without settings. */
export const DEFAULT_NAME = /^V\d[\d._]*__.*\.sql$/i;

/** How files are named: `V`, `__` and `.sql`, or what the settings make of it. */
export interface Naming {
  readonly prefixes: readonly (readonly [prefix: string, kind: FileKind])[];
  readonly separator: string;
  readonly suffixes: readonly string[];
}

export type FileKind = "versioned" | "repeatable" | "undo" | "baseline" | "callback";

/** Callbacks around `flyway migrate` (Event.java); the others belong to other commands. */
const CALLBACKS = [
  "beforeMigrate",
  "beforeEachMigrate",
  "beforeEachMigrateStatement",
  "afterEachMigrateStatement",
  "afterEachMigrateStatementError",
  "afterEachMigrate",
  "afterEachMigrateError",
  "beforeRepeatables",
  "afterVersioned",
  "afterMigrateApplied",
  "afterMigrate",
  "afterMigrateError",
  "createSchema",
  "beforeCreateSchema",
  "beforeConnect",
  "afterConnect",
];

export function namingOf(values: SettingValues): Naming {
  const prefixes: [string, FileKind][] = [
    [single(values, "sqlmigrationprefix") ?? "V", "versioned"],
    [single(values, "repeatablesqlmigrationprefix") ?? "R", "repeatable"],
    [single(values, "undosqlmigrationprefix") ?? "U", "undo"],
    [single(values, "baselinemigrationprefix") ?? "B", "baseline"],
    ...CALLBACKS.map((event): [string, FileKind] => [event, "callback"]),
  ];
  return {
    // As Flyway does, the longest first: `beforeEachMigrate` before `beforeMigrate`, and an empty prefix last.
    prefixes: prefixes.sort(([a], [b]) => b.length - a.length),
    separator: single(values, "sqlmigrationseparator") ?? "__",
    suffixes: values.get("sqlmigrationsuffixes") ?? [".sql"],
  };
}

export interface ParsedName {
  readonly kind: FileKind;
  /** `1.2`, as written with dots. */
  readonly version: string;
  readonly description: string;
}

/** Undefined for a file that is no migration of Flyway's; `invalid` for one that has the prefix and not the form. */
export function parseName(name: string, { prefixes, separator, suffixes }: Naming): ParsedName | "invalid" | undefined {
  const suffix = suffixes.find((ending) => name.toLowerCase().endsWith(ending.toLowerCase()));
  if (suffix === undefined) return undefined;
  const stem = name.slice(0, name.length - suffix.length);
  const found = prefixes.find(([prefix]) => stem.startsWith(prefix));
  if (found === undefined) return undefined;
  const [prefix, kind] = found;
  const rest = stem.slice(prefix.length);
  const at = rest.indexOf(separator);
  const before = at < 0 ? rest : rest.slice(0, at);
  const description = at < 0 ? "" : rest.slice(at + separator.length).replaceAll("_", " ");
  if (kind === "repeatable" || kind === "callback") {
    if (before === "") return { kind, version: "", description };
    return /^_/.test(before) && kind === "repeatable" ? "invalid" : undefined;
  }
  const version = before.replaceAll("_", ".");
  if (/^\d+(?:\.\d+)*$/.test(version)) return { kind, version, description };
  return /^\d/.test(before) ? "invalid" : undefined;
}

/** The same for versions that Flyway takes for equal: without zeros in front, nor parts of zero at the end. */
export function plainVersion(version: string): string {
  return version
    .split(".")
    .map((part) => part.replace(/^0+(?=\d)/, ""))
    .join(".")
    .replace(/(?:\.0)+$/, "");
}

export function byVersion(a: string, b: string): number {
  const [one, other] = [a.split("."), b.split(".")];
  for (let part = 0; part < Math.max(one.length, other.length); part++) {
    const [left, right] = [one[part] ?? "0", other[part] ?? "0"];
    const difference = left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function versionsIn(listing: Listing, folder: string, naming: Naming): readonly string[] {
  return listing.filesIn(folder).flatMap((name) => {
    const parsed = parseName(name, naming);
    return parsed !== undefined && parsed !== "invalid" && parsed.kind === "versioned"
      ? [plainVersion(parsed.version)]
      : [];
  });
}

export function holdsVersions(listing: Listing, folder: string, naming: Naming): boolean {
  for (const at of below(listing, folder)) if (versionsIn(listing, at, naming).length > 0) return true;
  return false;
}

/** The folder and all those inside it. */
export function* below(listing: Listing, folder: string): Generator<string> {
  yield folder;
  for (const name of listing.foldersIn(folder)) yield* below(listing, join(folder, name));
}

export function misnamed({ prefixes, separator, suffixes }: Naming): string {
  const prefix = prefixes.find(([, kind]) => kind === "versioned")?.[0] ?? "V";
  const form = `${prefix}<version>${separator}<description>${suffixes[0] ?? ".sql"}`;
  return `is not named ${form}, so Flyway does not run it`;
}
