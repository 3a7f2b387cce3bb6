/** `docs/tools.md`: what each migration tool does with migrations, from the facts that the checks go by. */
import { PARTIAL_RUNS } from "../src/migrations/partial-runs.js";
import { plainSql } from "../src/migrations/plain-sql.js";
import type { MigrationTool, ToolSheet } from "../src/migrations/tool.js";
import { MIGRATION_TOOLS } from "../src/migrations/tools.js";

/** The facts in the order in which they are read, and what they are called there. */
const FACTS: Readonly<Record<Exclude<keyof ToolSheet, "sources">, string>> = {
  layout: "Migrations",
  order: "Order",
  transaction: "Transaction",
  optOut: "Outside a transaction",
  sends: "How it sends them",
  checksum: "Edited",
  outOfOrder: "New, but earlier in the order",
  duplicate: "Same version",
  repeatable: "Run again",
  baseline: "Baseline",
  undo: "Undo",
  placeholders: "Placeholders",
  callbacks: "Callbacks",
  configuration: "Settings",
  versions: "Versions",
  notRead: "Not read",
};

/** The page, as Markdown. */
export function toolsPage(): string {
  const tools = [...MIGRATION_TOOLS].sort((a, b) => a.label.localeCompare(b.label, "en"));
  return [
    "# Migration tools",
    "What Migration Safety knows of each tool: which files are migrations, in which order and transaction they run, and what happens to those that are edited or come too late. The checks go by these facts. `migration-safety detect` says which of the tools it finds in a repository, and why.",
    "A tool that is not found by itself is named in `.github/migration-safety.yml`:",
    "```yaml\ndatabases:\n  main:\n    migrations:\n      - path: db/migrations\n        tool: goose\n```",
    overview(tools),
    ...tools.flatMap(section),
  ].join("\n\n");
}

/** What the README says of them: `Atlas, dbmate, … and folders of numbered SQL files`. */
export function toolNames(): string {
  const labels = MIGRATION_TOOLS.filter((tool) => tool !== plainSql).map(({ label }) => label);
  return `${labels.sort((a, b) => a.localeCompare(b, "en")).join(", ")}, and folders of numbered SQL files`;
}

function overview(tools: readonly MigrationTool[]): string {
  const rows = tools.map(({ name, label, sheet }) => [
    `[${label}](#${anchor(label)})`,
    `\`${name}\``,
    sheet.transaction,
  ]);
  return [["Tool", "`tool`", "Transaction"], ["---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

function section({ name, label, sheet }: MigrationTool): string[] {
  const facts = Object.entries(FACTS).flatMap(([key, title]) => {
    const fact = sheet[key as keyof typeof FACTS];
    return fact === undefined ? [] : [`- **${title}**: ${fact}${/[.!?:]$/.test(fact) ? "" : "."}`];
  });
  const part = PARTIAL_RUNS.get(name);
  if (part) {
    const since = part.since === undefined ? "" : `, from ${part.since} on`;
    facts.push(`- **A part of what is pending**: \`${part.command}\`${since} (${part.source}).`);
  }
  return [
    `## ${label}`,
    facts.join("\n"),
    ...(sheet.sources.length > 0 ? [`Sources: ${sheet.sources.map(source).join(", ")}`] : []),
  ];
}

/** A link that is called after what it leads to; what stands in parentheses behind it stays there. */
function source(text: string): string {
  const [, url = "", note = ""] = /^(https?:\S+)(.*)$/.exec(text) ?? [];
  if (url === "") return text;
  const [, host = "", path = ""] = /^https?:\/\/(?:www\.)?([^/]+)\/?(.*?)\/?$/.exec(url) ?? [];
  const inRepository = /^([^/]+\/[^/]+)\/(?:blob|tree)\/[^/]+\/(.+)$/.exec(path);
  const name = inRepository === null ? path : `${inRepository[1] ?? ""}: ${inRepository[2] ?? ""}`;
  return `[${host === "github.com" || name === "" ? name || host : `${host}/${name}`}](${url})${note}`;
}

/** The fragment that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, "")
    .replaceAll(" ", "-");
}
