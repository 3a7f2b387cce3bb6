/** Builds the sources as they are into `.cache/dist` and `lib/`, once for all tests of what is shipped. */
import { join } from "node:path";
import { buildDist, buildLib } from "../../scripts/build.js";

export const dist = join(import.meta.dirname, "../../.cache/dist");

export default async function setup() {
  await Promise.all([buildDist(dist), buildLib()]);
}
