/**
 * Draws what scenarios of `test/scenarios/pull-requests/` show, comment and summary, light and dark, wide and as narrow
 * as a telephone, into `.cache/pictures/`: for a look at what people will read. Needs Chromium on the PATH.
 *
 *   node scripts/draw-scenarios.js [NAME…]
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderComment } from "./render-comment.js";

const project = fileURLToPath(new URL("..", import.meta.url));
const pictures = join(project, ".cache", "pictures");
const given = process.argv.slice(2);

mkdirSync(pictures, { recursive: true });
for (const name of given.length > 0 ? given : ["drop-column", "overridden", "several-databases"]) {
  for (const part of ["comment", "summary"]) {
    const source = join(project, "test/scenarios/pull-requests", name, "expected", `${part}.md`);
    if (!existsSync(source)) continue;
    for (const dark of [false, true]) {
      for (const width of [880, 400]) {
        const picture = join(pictures, `${name}-${part}-${dark ? "dark" : "light"}-${String(width)}.png`);
        renderComment(readFileSync(source, "utf8"), picture, { dark, width, summary: part === "summary" });
        console.log(picture);
      }
    }
  }
}
