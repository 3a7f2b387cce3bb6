/** Files of Docker Compose: which they are, and what they have PostgreSQL's image run when it starts. */
import { join, upwards, type Listing } from "./listing.js";

/** `docker-compose.yml`, `compose.prod.yaml`, `docker-compose.override.yml`. */
const COMPOSE = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i;

/** Under a name of their own: `quickstart-postgres.yml`, `dev-compose.yaml`. */
const NAMED_OTHERWISE = /(?:^|[._-])(?:compose|postgres(?:ql)?|quickstart)(?:[._-][\w.-]+)?\.ya?ml$/i;

/** The names of a folder's compose files, the plainest first. */
export function composeFilesIn(listing: Listing, folder: string): readonly string[] {
  return listing
    .filesIn(folder)
    .filter((name) => NAMED_OTHERWISE.test(name))
    .sort((a, b) => Number(COMPOSE.test(b)) - Number(COMPOSE.test(a)) || a.length - b.length || (a < b ? -1 : 1));
}

/** A volume in its short form: `./db/init:/docker-entrypoint-initdb.d:ro`. */
const INIT_VOLUME = /^\s*-\s*["']?(\.[^:"'\s]*):\/docker-entrypoint-initdb\.d\/?(?::[\w,]+)?["']?\s*(?:#.*)?$/;

/**
 * Whether a compose file mounts a folder where PostgreSQL's image looks for scripts: it runs those when it starts on an
 * empty data directory, and never again (docker-library/postgres, `docker-entrypoint.sh`).
 */
export function runsOnFirstStart(listing: Listing, folder: string): boolean {
  for (const at of upwards(folder)) {
    for (const name of composeFilesIn(listing, at)) {
      for (const line of (listing.read(join(at, name)) ?? "").split(/\r?\n/)) {
        const path = INIT_VOLUME.exec(line)?.[1];
        if (path !== undefined && joined(at, path) === folder) return true;
      }
    }
  }
  return false;
}

/** `./db/init/` as seen from `deploy` is `deploy/db/init`. */
function joined(folder: string, path: string): string | undefined {
  const segments = folder === "" ? [] : folder.split("/");
  for (const segment of path.split("/")) {
    if (segment === ".." && segments.pop() === undefined) return undefined;
    if (segment !== "" && segment !== "." && segment !== "..") segments.push(segment);
  }
  return segments.join("/");
}
