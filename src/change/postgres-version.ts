/** Which major version of PostgreSQL the repository runs, by what it says itself. */
import { composeFilesIn } from "../migrations/compose-files.js";
import { join, upwards } from "../migrations/listing.js";
import type { Listing } from "../migrations/listing.js";
import type { Configuration } from "../model/configuration.js";

/** Assumed where nothing says otherwise: the oldest version that still gets fixes in 2026. */
const DEFAULT_POSTGRES = 14;

export interface PostgresVersion {
  readonly version: number;
  /** The last one, where the configuration names several. */
  readonly until?: number;
  /** A file and line, the configuration's source, or `default`. */
  readonly source: string;
}

/** Images of PostgreSQL by the last part of their name, and where their tag has its major version. */
const IMAGES: readonly (readonly [name: RegExp, tag: RegExp])[] = [
  // postgres:16-alpine, postgis/postgis:16-3.4, bitnami/postgresql:15.3.0, supabase/postgres:15.1.0.147, cimg/postgres:14.0
  [/^(?:postgres|postgresql|postgresql-repmgr|postgis)$/, /^v?(\d+)(?:\D|$)/],
  // pgvector/pgvector:0.8.0-pg16, timescale/timescaledb:latest-pg15, timescale/timescaledb-ha:pg14.11-ts2.14.2
  [/^(?:pgvector|pgvecto-rs|timescaledb|timescaledb-ha|citus|paradedb)$/, /(?:^|-)pg-?(\d+)(?:\D|$)/],
];

/** The first version alone, where several are named and only one can be shown. */
export function lowestOnly({ version, until, source }: PostgresVersion): Omit<PostgresVersion, "until"> {
  return {
    version,
    source: until === undefined ? source : `${source}, the lowest of ${String(version)} to ${String(until)}`,
  };
}

/**
 * The first of: the configuration, `supabase/config.toml`, compose files, services of GitHub workflows. Files nearer to
 * the migrations come first.
 */
export function postgresVersion(listing: Listing, configuration: Configuration, folder: string): PostgresVersion {
  const { postgres: version, postgresUntil: until } = configuration;
  if (version !== undefined) {
    const source = configuration.postgresSource ?? configuration.source;
    return { version, ...(until !== undefined && { until }), source };
  }
  listing.tree.prefetch?.(candidates(listing, folder));
  return (
    fromSupabase(listing, folder) ??
    fromCompose(listing, folder) ??
    fromWorkflows(listing) ?? { version: DEFAULT_POSTGRES, source: "default" }
  );
}

/** What may be read; a commit's files come cheapest all at once. */
function candidates(listing: Listing, folder: string): readonly string[] {
  const files = listing.filesIn(".github/workflows").map((name) => `.github/workflows/${name}`);
  for (const at of upwards(folder)) {
    for (const name of composeFilesIn(listing, at)) files.push(join(at, name));
  }
  return files;
}

function fromSupabase(listing: Listing, folder: string): PostgresVersion | undefined {
  for (const at of upwards(folder)) {
    for (const file of [join(at, "config.toml"), join(at, "supabase/config.toml")]) {
      if (!/(^|\/)supabase\/config\.toml$/.test(file) || !listing.tree.has(file)) continue;
      let section = "";
      for (const [index, line] of lines(listing, file)) {
        section = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim() ?? section;
        const version = section === "db" ? /^\s*major_version\s*=\s*"?(\d+)/.exec(line)?.[1] : undefined;
        if (version !== undefined) return found(version, file, index);
      }
    }
  }
  return undefined;
}

function fromCompose(listing: Listing, folder: string): PostgresVersion | undefined {
  for (const at of upwards(folder)) {
    for (const name of composeFilesIn(listing, at)) {
      const version = fromImages(listing, join(at, name));
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function fromWorkflows(listing: Listing): PostgresVersion | undefined {
  for (const name of [...listing.filesIn(".github/workflows")].sort()) {
    const version = /\.ya?ml$/.test(name) ? fromImages(listing, `.github/workflows/${name}`) : undefined;
    if (version !== undefined) return version;
  }
  return undefined;
}

function fromImages(listing: Listing, file: string): PostgresVersion | undefined {
  for (const [index, line] of lines(listing, file)) {
    const image = /^\s*(?:-\s+)?["']?image["']?\s*:\s*["']?([^\s"'#]+)/.exec(line)?.[1];
    const version = image === undefined ? undefined : versionOfImage(image);
    if (version !== undefined) return found(version, file, index);
  }
  return undefined;
}

function versionOfImage(image: string): string | undefined {
  // `${VARIABLE:-default}` is the default until somebody sets the variable.
  const reference = image.replace(/\$\{\w+(?::?-([^}]*))?\}/g, (_, value: string | undefined) => value ?? "");
  const [, name = "", tag = ""] = /([^/:@]+)(?::([\w.-]+))?(?:@.*)?$/.exec(reference) ?? [];
  return IMAGES.find(([pattern]) => pattern.test(name))?.[1].exec(tag)?.[1];
}

function found(version: string, file: string, index: number): PostgresVersion | undefined {
  const number = Number(version);
  return number >= 9 && number < 100 ? { version: number, source: `${file}:${String(index + 1)}` } : undefined;
}

function lines(listing: Listing, file: string): Iterable<[number, string]> {
  return (listing.read(file) ?? "").split(/\r?\n/).entries();
}
