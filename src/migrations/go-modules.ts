/** What a Go project requires, by its go.mod. */
import type { InstalledVersion } from "./installed-version.js";
import type { Listing } from "./listing.js";
import { manifestsOf } from "./manifests.js";

const GO_MOD = ["go.mod"];

/**
 * The go.mod by which the project of `folder` uses a module itself: required directly, or as a tool (`tool` in go.mod).
 * One that only comes along with another does not count. The version that it asks for is the one that is built, unless
 * another module asks for more.
 */
export function goRequirement(listing: Listing, folder: string, module: RegExp): InstalledVersion | undefined {
  for (const manifest of manifestsOf(listing, folder, GO_MOD)) {
    for (const { path, version } of requirements(listing.read(manifest) ?? "")) {
      if (module.test(path)) return { version: version.slice(1), source: manifest };
    }
  }
  return undefined;
}

/** Drivers of one database system each. */
const DRIVERS: readonly (readonly [RegExp, string])[] = [
  [/^github\.com\/(?:lib\/pq|jackc\/pgx|go-pg\/pg)(?:\/|$)|^gorm\.io\/driver\/postgres$|\/pgdriver$/, "PostgreSQL"],
  [/^github\.com\/(?:mattn|ncruces)\/go-sqlite3$|^modernc\.org\/sqlite$|^gorm\.io\/driver\/sqlite$/, "SQLite"],
  [/^github\.com\/go-sql-driver\/mysql$|^gorm\.io\/driver\/mysql$/, "MySQL"],
  [/^github\.com\/ClickHouse\/clickhouse-go(?:\/|$)/, "ClickHouse"],
];

/** The database system that a Go project has a driver for; undefined where it has none or several. */
export function dialectOfGoProject(listing: Listing, folder: string): string | undefined {
  const [nearest] = manifestsOf(listing, folder, GO_MOD);
  if (nearest === undefined) return undefined;
  const found = new Set<string>();
  for (const { path } of requirements(listing.read(nearest) ?? "")) {
    for (const [driver, dialect] of DRIVERS) if (driver.test(path)) found.add(dialect);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

interface Requirement {
  readonly path: string;
  readonly version: string;
}

const REQUIRED = /^[ \t]*(?:require[ \t]+)?([^\s()]+\/[^\s()]+)[ \t]+(v\d\S*)[ \t]*(\/\/.*)?\r?$/gm;
const TOOL = /^[ \t]*(?:tool[ \t]+)?([^\s()]+\.[^\s()]+\/[^\s()]+)[ \t]*(?:\/\/.*)?\r?$/gm;

/** Go modules reference, "go.mod files": `// indirect` marks what no package of the module imports. */
function requirements(text: string): readonly Requirement[] {
  const tools = [...text.matchAll(TOOL)].map(([, path = ""]) => path);
  const direct: Requirement[] = [];
  for (const [, path = "", version = "", comment = ""] of text.matchAll(REQUIRED)) {
    const isTool = tools.some((tool) => tool === path || tool.startsWith(`${path}/`));
    if (isTool || !/\bindirect\b/.test(comment)) direct.push({ path, version });
  }
  return direct;
}
