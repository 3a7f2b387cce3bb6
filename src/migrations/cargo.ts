/** What a Rust project depends on, by Cargo.toml and Cargo.lock. */
import { dialectOf } from "./dialect.js";
import type { InstalledVersion } from "./installed-version.js";
import { join, parentOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { manifestsOf } from "./manifests.js";
import { parseToml, tableOf } from "./toml.js";
import type { TomlTable } from "./toml.js";

const MANIFEST = "Cargo.toml";
const LOCK = "Cargo.lock";

/** The files that are read. */
export const CARGO_FILES: readonly string[] = [MANIFEST, LOCK];

export interface CargoDependency {
  /** The nearest manifest that names the crate. */
  readonly manifest: string;
  /** Those of the crate and of the workspace. */
  readonly features: ReadonlySet<string>;
  /** By the lockfile, where it has one version only. */
  readonly installed?: InstalledVersion;
}

/** The crate as the project of `folder` depends on it. */
export function cargoDependency(listing: Listing, folder: string, crate: string): CargoDependency | undefined {
  let manifest: string | undefined;
  const features = new Set<string>();
  for (const file of manifestsOf(listing, folder, [MANIFEST])) {
    const text = listing.read(file) ?? "";
    // Most manifests have nothing to do with it.
    if (!text.includes(crate)) continue;
    for (const dependency of dependenciesOn(parseToml(text), crate)) {
      manifest ??= file;
      for (const feature of dependency) features.add(feature);
    }
  }
  if (manifest === undefined) return undefined;
  const installed = lockedVersion(listing, parentOf(manifest), crate);
  return { manifest, features, ...(installed === undefined ? {} : { installed }) };
}

/** The one database system that a crate is built for; undefined where the features name none or several. */
export function dialectOfFeatures({ features }: CargoDependency): string | undefined {
  const dialects = new Set([...features].flatMap((feature) => dialectOf(feature.replace(/_backend$/, "")) ?? []));
  return dialects.size === 1 ? [...dialects][0] : undefined;
}

/** The Cargo Book, "Specifying Dependencies": the tables that dependencies stand in. */
const TABLES = ["dependencies", "build-dependencies", "dev-dependencies"];

/** The features of each entry for a crate, renamed ones (`package = "…"`) included. */
function dependenciesOn(manifest: TomlTable | undefined, crate: string): readonly (readonly string[])[] {
  const targets = Object.values(tableOf(manifest, "target")) as TomlTable[];
  return [manifest, tableOf(manifest, "workspace"), ...targets]
    .flatMap((table) => TABLES.map((name) => tableOf(table, name)))
    .flatMap((dependencies) => Object.entries(dependencies))
    .flatMap(([name, value]) => {
      const detail = typeof value === "object" && value !== null ? (value as TomlTable) : {};
      if ((detail["package"] ?? name) !== crate) return [];
      const { features } = detail;
      return [Array.isArray(features) ? features.filter((feature) => typeof feature === "string") : []];
    });
}

function lockedVersion(listing: Listing, folder: string, crate: string): InstalledVersion | undefined {
  const at = [...upwards(folder)].find((candidate) => listing.has(candidate, LOCK));
  if (at === undefined) return undefined;
  const source = join(at, LOCK);
  const entry = new RegExp(`^name = "${crate}"\\r?\\nversion = "([^"]+)"`, "gm");
  const versions = [...(listing.read(source) ?? "").matchAll(entry)].map(([, version]) => version);
  return versions.length === 1 && versions[0] !== undefined ? { version: versions[0], source } : undefined;
}
