/** Folders of SQL that a person could take for migrations, and why no tool takes them. */
import { nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { isNotDeployed } from "./not-deployed.js";

export interface LookAlike {
  readonly folder: string;
  /** As the rest of a sentence that starts with the folder. */
  readonly reason: string;
}

const STARTS_WITH_NUMBER = /^[VvUu]?\d/;
const CALLED_FOR_MIGRATIONS = /migrat/i;

/**
 * Folders with SQL files that are numbered, or that are called for migrations, below none of `known`.
 * @param known Folders that are somebody's already, and what is left out of them.
 */
export function lookAlikes(listing: Listing, known: ReadonlySet<string>): LookAlike[] {
  const found: LookAlike[] = [];
  for (const folder of listing.folders()) {
    const sql = listing.filesIn(folder).filter((name) => /\.sql$/i.test(name));
    if (sql.length === 0 || isBelow(folder, known)) continue;
    const numbered = sql.filter((name) => STARTS_WITH_NUMBER.test(name)).length;
    const called = CALLED_FOR_MIGRATIONS.test(nameOf(folder)) || CALLED_FOR_MIGRATIONS.test(nameOf(parentOf(folder)));
    if (numbered < 2 && !called) continue;
    found.push({ folder, reason: reasonFor(folder, sql.length, numbered) });
  }
  return found.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function reasonFor(folder: string, sql: number, numbered: number): string {
  if (isNotDeployed(folder)) return "stands among tests, examples, seeds or other projects' code";
  const files = `${String(sql)} SQL ${sql === 1 ? "file" : "files"}`;
  if (numbered === 0) return `holds ${files} without a number, so their order is not known`;
  if (numbered < sql) return `holds ${files}, of which only ${String(numbered)} start with a number`;
  return `holds ${files} with numbers, but nothing says that they are migrations of PostgreSQL's`;
}

function isBelow(folder: string, known: ReadonlySet<string>): boolean {
  for (let at = folder; at !== ""; at = parentOf(at)) if (known.has(at)) return true;
  return known.has("") && folder === "";
}
