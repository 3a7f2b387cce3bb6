/**
 * Shows what the Action says on a pull request, without GitHub:
 *
 *   npm run demo [-- --comment FILE]
 *
 * A git repository is made of `examples/web-shop`, the bundle in `dist/` runs on it as a runner would start it, against
 * a GitHub on loopback, and this prints what the pull request would show. `--comment` also writes the comment to a
 * file, for `scripts/render-comment.js`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, styleText } from "node:util";
import { withExample } from "./example-pull-request.js";

const program = join(fileURLToPath(new URL("..", import.meta.url)), "dist", "action.cjs");
const { comment: commentFile } = parseArgs({ options: { comment: { type: "string" } } }).values;
const width = Math.min(process.stdout.columns || 100, 120);
const colour = process.stdout.isTTY && !process.env.NO_COLOR;

/** @param {Parameters<typeof styleText>[0]} style @param {string} text */
const styled = (style, text) => (colour ? styleText(style, text) : text);

/** @param {string} title */
const heading = (title) => console.log(`\n${styled("bold", title)}\n${"─".repeat(width)}`);

/** Breaks lines at blanks; what follows stands below the line's first word. @param {string} text @param {string} indent */
function wrap(text, indent) {
  return text
    .split("\n")
    .map((line) => wrapLine(indent + line))
    .join("\n");
}

/** @param {string} line */
function wrapLine(line) {
  const [start = ""] = /^ *(?:- (?:\[.\] )?)?/.exec(line) ?? [];
  const lines = [start];
  for (const word of line.slice(start.length).split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last.length > start.length && last.length + word.length + 1 > width)
      lines.push(" ".repeat(start.length) + word);
    else lines[lines.length - 1] = last.length > start.length ? `${last} ${word}` : last + word;
  }
  return lines.map((one) => one.trimEnd()).join("\n");
}

/** Markdown as it reads, roughly: GitHub renders it, a terminal does not. @param {string} markdown */
function readable(markdown) {
  /** @type {Record<string, string>} */
  const entities = { lt: "<", gt: ">", quot: '"', amp: "&", nbsp: " " };
  return (
    markdown
      .replace(/^<!--.*?-->\n|<!--.*?-->/gms, "")
      // What stands behind a break belongs to the list item before it.
      .replace(/^( *)(- (?:\[.\] )?)?.*<br ?\/?>.*$/gm, (line, indent, mark) =>
        line.replace(/<br ?\/?>/g, `\n${indent}${mark ? "  " : ""}`),
      )
      .replace(/<\/?code>/g, "`")
      .replace(/<summary>(.*?)<\/summary>/g, "▸ $1")
      .replace(/<\/?[a-z]+[^>]*>/g, "")
      .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, digits) => String.fromCodePoint(parseInt(digits, hex ? 16 : 10)))
      .replace(/&([a-z]+);/g, (whole, name) => entities[name] ?? whole)
      .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
      .replace(/\\([\\`*_{}[\]()#+.!|<>~-])/g, "$1")
      .replace(/\u200b/g, "")
      .replace(/\n{3,}/g, "\n\n")
      .trim()
  );
}

await withExample("web-shop", async ({ run, comments }) => {
  const { annotations, summary, outputs, conclusion, stderr } = await run({ program });
  console.log("The pull request adds a migration to a shop (examples/web-shop). This is what it would show.");

  heading("Beside the changed lines");
  for (const { level, title, file, line, message } of annotations) {
    const place = file ? `${file}:${line}  ${title}` : "the step itself";
    console.log(`${styled(level === "error" ? "red" : "yellow", level)}  ${place}`);
    console.log(`${wrap(message, "  ")}\n`);
  }
  for (const { account, body } of comments) {
    if (commentFile) writeFileSync(commentFile, body);
    heading(`The comment of ${account.login}`);
    console.log(wrap(readable(body), ""));
  }
  heading("The summary of the run");
  console.log(
    summary && comments.some(({ body }) => readable(body) === readable(summary))
      ? "The same as the comment."
      : wrap(readable(summary ?? ""), ""),
  );
  heading("The check");
  console.log(
    `${styled("bold", outputs["verdict"] ?? "no verdict")}: errors: ${outputs["errors"]}, warnings: ${outputs["warnings"]}, the step: ${conclusion}.`,
  );
  if (stderr) console.error(stderr);
  // The example is a pull request that must not pass as it is.
  process.exitCode = outputs["verdict"] === "unsafe" && comments.length === 1 ? 0 : 1;
});
