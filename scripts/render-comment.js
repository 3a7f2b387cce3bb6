/**
 * Draws a comment as GitHub would show it, for the README and for a look at what people will read.
 *
 *   node scripts/render-comment.js COMMENT.md PICTURE.png [--dark] [--open] [--summary] [--width=PIXELS]
 *
 * `--open` unfolds what is folded; `--summary` draws it as the summary of a run. Needs Chromium on the PATH.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL, fileURLToPath } from "node:url";
import { Marked } from "marked";

/** @typedef {{ dark?: boolean, open?: boolean, summary?: boolean, width?: number }} Look */

/** Colours of GitHub's two themes, by the name of a custom property. */
const THEMES = {
  light: {
    page: "#ffffff",
    text: "#1f2328",
    muted: "#59636e",
    line: "#d1d9e0",
    soft: "#f6f8fa",
    link: "#0969da",
    keyword: "#cf222e",
    string: "#0a3069",
    comment: "#59636e",
  },
  dark: {
    page: "#0d1117",
    text: "#f0f6fc",
    muted: "#9198a1",
    line: "#3d444d",
    soft: "#151b23",
    link: "#4493f8",
    keyword: "#ff7b72",
    string: "#a5d6ff",
    comment: "#9198a1",
  },
};

const STYLE = `
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--page); color: var(--text); font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
.comment { border: 1px solid var(--line); border-radius: 6px; }
.header { padding: 8px 16px; background: var(--soft); border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; color: var(--muted); }
.header b { color: var(--text); }
.header i { font-style: normal; border: 1px solid var(--line); border-radius: 2em; padding: 0 7px; font-size: 12px; }
.body { padding: 16px; overflow-wrap: break-word; }
.body > :first-child { margin-top: 0; }
.body > :last-child { margin-bottom: 0; }
h3, h4 { line-height: 1.25; margin: 24px 0 16px; font-weight: 600; }
h3 { font-size: 1.25em; }
h4 { font-size: 1em; }
p, ul, pre, details { margin: 0 0 16px; }
ul { padding-left: 2em; }
li + li { margin-top: 4px; }
li > pre, li > p, li > details { margin: 8px 0; }
li:has(> input), li:has(> p > input) { list-style: none; }
input { margin: 0 4px 4px -22px; vertical-align: middle; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code { padding: .2em .4em; background: color-mix(in srgb, var(--muted) 12%, transparent); border-radius: 6px; font: 85% ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; white-space: break-spaces; }
pre { padding: 16px; background: var(--soft); border-radius: 6px; overflow: auto; }
pre code { padding: 0; background: none; font-size: 12px; line-height: 1.45; white-space: pre; }
summary { cursor: pointer; }
.keyword { color: var(--keyword); } .string { color: var(--string); } .comment-text { color: var(--comment); }
`;

const KEYWORDS =
  /('[^']*')|(--[^\n]*)|\b(ALTER|TABLE|ADD|COLUMN|DROP|CREATE|UNIQUE|INDEX|CONCURRENTLY|ON|NOT|NULL|DEFAULT|SET|UPDATE|SELECT|FROM|WHERE|INSERT|INTO|CONSTRAINT|FOREIGN|KEY|REFERENCES|CHECK|VALID|VALIDATE|IF|EXISTS|PRIMARY|TYPE|AND|OR|IS)\b/gi;

/**
 * The page that a browser draws.
 * @param {string} markdown
 * @param {Look} [look]
 */
export function commentPage(markdown, { dark = false, open = false, summary = false } = {}) {
  // In comments, unlike in files and summaries, a line feed is a line break.
  const marked = new Marked({ gfm: true, breaks: !summary });
  marked.use({
    renderer: {
      code: ({ text, lang }) => `<pre><code>${lang === "sql" ? highlighted(text) : escaped(text)}</code></pre>`,
    },
  });
  const html = marked.parse(markdown, { async: false });
  const variables = Object.entries(THEMES[dark ? "dark" : "light"]).map(([name, color]) => `--${name}: ${color};`);
  return `<!doctype html><meta charset="utf-8"><style>:root { ${variables.join(" ")} }${STYLE}</style>
<div class="comment"><div class="header">${summary ? "<b>migration-safety</b> summary" : "<b>github-actions</b> <i>bot</i> commented"}</div>
<div class="body">${open ? html.replaceAll("<details>", "<details open>") : html}</div></div>
<script>document.body.dataset.height = String(Math.ceil(document.documentElement.getBoundingClientRect().height));</script>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** @param {string} sql */
function highlighted(sql) {
  return escaped(sql).replaceAll(KEYWORDS, (word, string, comment) => {
    const kind = string ? "string" : comment ? "comment-text" : "keyword";
    return `<span class="${kind}">${word}</span>`;
  });
}

/**
 * Draws a comment into a PNG file.
 * @param {string} markdown
 * @param {string} picture
 * @param {Look} [look]
 */
export function renderComment(markdown, picture, look = {}) {
  const { width = 880 } = look;
  const folder = mkdtempSync(join(tmpdir(), "render-comment-"));
  try {
    const page = join(folder, "comment.html");
    writeFileSync(page, commentPage(markdown, look));
    const url = pathToFileURL(page).href;
    const dom = chromium(folder, [`--window-size=${width},600`, "--hide-scrollbars", "--dump-dom", url]);
    const height = /data-height="(\d+)"/.exec(dom)?.[1] ?? "2000";
    const size = [`--window-size=${width},${height}`, "--force-device-scale-factor=2", "--hide-scrollbars"];
    chromium(folder, [...size, `--screenshot=${resolve(picture)}`, url]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {readonly string[]} args
 */
function chromium(folder, args) {
  const quiet = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--user-data-dir=${join(folder, "profile")}`,
  ];
  return execFileSync("chromium", [...quiet, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
  const [source, picture] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  if (source === undefined || picture === undefined) {
    throw new Error(
      "Usage: node scripts/render-comment.js COMMENT.md PICTURE.png [--dark] [--open] [--summary] [--width=PIXELS]",
    );
  }
  const width = options.find((option) => option.startsWith("--width="))?.slice("--width=".length);
  renderComment(readFileSync(source, "utf8"), picture, {
    dark: options.includes("--dark"),
    open: options.includes("--open"),
    summary: options.includes("--summary"),
    ...(width !== undefined && { width: Number(width) }),
  });
}
