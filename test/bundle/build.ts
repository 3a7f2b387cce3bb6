/** Builds the sources as they are into `.cache/dist` and `lib/`, once for all tests of what is shipped. */
import { join } from "node:path";
import { buildDist, buildLib } from "../../scripts/build.js";
import { findNode24 } from "../../scripts/node24.js";

export const dist = join(import.meta.dirname, "../../.cache/dist");

/** The Node.js versions on which the bundle is tried: this one, and 24, on which GitHub runs the Action. */
export const nodes = [...new Set([process.execPath, findNode24() ?? process.execPath])];

export default async function setup() {
  if (!findNode24()) {
    console.warn(
      `No Node 24 here: the bundle is tried on ${process.version} only. node scripts/node24.js fetches one.`,
    );
  }
  await Promise.all([buildDist(dist), buildLib()]);
}
