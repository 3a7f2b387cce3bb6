/** Blocks of Markdown that the parts of a report share. */
import { cut, fence } from "./escape.js";
import { counted } from "./words.js";

const EXCERPT_LINES = 20;
const EXCERPT_LENGTH = 1500;

/** The first lines of a statement. */
export function excerpt(sql: string, indent = ""): string {
  const lines = sql.split(/\r\n|[\r\n]/);
  const text = cut(lines.slice(0, EXCERPT_LINES).join("\n"), EXCERPT_LENGTH);
  const rest = lines.length - EXCERPT_LINES;
  return fence(rest > 0 ? `${text}\n-- and ${counted(rest, "line")} more` : text, "sql", indent);
}

/** What is read only by who opens it. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

export function indented(text: string, indent: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : indent + line))
    .join("\n");
}
