/**
 * Writes what each example's pull request shows: `examples/<name>/comment.md`, and with `--pictures` its picture in
 * `docs/images/`, as GitHub would show it. Pictures need Chromium on the PATH.
 *
 *   node scripts/draw-examples.js [--pictures] [NAME…]
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importTypeScript } from "./import-typescript.js";

const project = fileURLToPath(new URL("..", import.meta.url));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

/** @type {typeof import("../test/examples/example.js")} */
const { EXAMPLES, commentOf } = await importTypeScript("test/examples/example.ts");
for (const name of names.length > 0 ? names : EXAMPLES) {
  const comment = join(project, "examples", name, "comment.md");
  writeFileSync(comment, commentOf(name));
  if (!process.argv.includes("--pictures")) continue;
  const picture = join(project, "docs", "images", `${name}.png`);
  execFileSync("node", [join(project, "scripts", "render-comment.js"), comment, picture], { stdio: "inherit" });
}
