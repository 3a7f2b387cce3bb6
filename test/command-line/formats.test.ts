/** A report with everything in it, in each format: the same facts stand in all of them. */
import { expect, test } from "vitest";
import type { ChangeSource } from "../../src/change/change-source.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { type Format, FORMATS } from "../../src/command-line/formats.js";
import type { SuppressedFinding } from "../../src/model/finding.js";
import type { Report } from "../../src/model/report.js";
import { shown } from "../github/runner.js";
import { aFinding, aReport, FILE, SOURCE } from "../report/a-report.js";

const accepted: SuppressedFinding = {
  ...aFinding({ rule: "no-table-rewrite", message: "Rewrites everything." }),
  reason: "two rows",
  directive: { file: "config/migrations.yml", line: 41, column: 5, endLine: 41, endColumn: 30 },
  by: "configuration",
  until: "2027-03-31",
};

const report: Report = aReport({
  change: {
    ...aReport().change,
    incomplete: [{ reason: "One file could not be fetched.", fix: "Set fetch-depth: 2 on actions/checkout." }],
  },
  databases: [
    {
      ...aReport().databases[0]!,
      schema: { file: "db/baseline.sql", side: "main" },
      tools: [{ name: "goose", version: "3.24.1", folder: "db/migrations", assumption: "A runner in Go is assumed." }],
    },
  ],
  suppressed: [accepted],
  notes: [{ file: FILE, line: 9, message: "This comment silences nothing." }],
  unknowns: [{ file: FILE, line: 12, reason: "what a DO block runs is not read" }],
  coverage: {
    ...aReport().coverage,
    notAnalysable: 1,
    leftOut: [{ file: "legacy", reason: "holds migrations for mysql" }],
  },
});

const source: ChangeSource = {
  root: "/shop",
  head: { label: "the working tree", tree: memoryTree(new Map([[FILE, SOURCE]]), "the working tree") },
  changed: [{ file: FILE, status: "added" }],
  incomplete: [],
};

const NAMES = Object.keys(FORMATS) as Format[];

/** What the format says, as plain text: markup, escapes and JSON's quoting aside. */
function said(format: Format): string {
  const text = FORMATS[format](report, { source, color: false, version: "1.2.3", accepted: false });
  switch (format) {
    case "json":
    case "sarif":
      return strings(JSON.parse(text)).join("\n");
    case "markdown":
      return text
        .replaceAll(/&#(\d+);/g, (_, code) => (code === "8203" ? "" : String.fromCharCode(Number(code))))
        .replaceAll(/&lt;/g, "<")
        .replaceAll(/&gt;/g, ">")
        .replaceAll(/<\/?code>/g, "`");
    case "github":
    case "text":
      return text;
  }
}

/** Every string and number in a JSON value. */
function strings(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(strings);
  return [String(value)];
}

/** One of each kind of fact, as its most telling part. */
const FACTS = {
  "a rule": "no-referenced-column-drop",
  "a message": "Dropping orders.legacy_ref breaks the code that reads it, the moment it runs.",
  "a folded warning": "Waiting for this lock blocks everything behind it.",
  "the file": FILE,
  "a reference": "src/orders/repository.ts",
  "the line of a reference": "88",
  "the other side's reference": "src/entity/order.ts",
  "a step": "Take this statement out of this pull request",
  "a later step": "Drop the column, once every instance runs code that no longer uses it.",
  "proposed SQL": "ALTER TABLE orders DROP COLUMN legacy_ref;",
  "a check": "SELECT 1 FROM information_schema.columns",
  "a stop condition": "It times out three times.",
  "a way back": "The values come back only from a copy.",
  "a lock": "ACCESS EXCLUSIVE",
  "an accepted finding": "no-table-rewrite",
  "its reason": "two rows",
  "where it is accepted": "config/migrations.yml",
  "the line of that": "41",
  "until when": "2027-03-31",
  "a note": "This comment silences nothing.",
  "what is unknown": "what a DO block runs is not read",
  "a folder left out": "holds migrations for mysql",
  "what could not be read": "One file could not be fetched.",
  "how to mend that": "fetch-depth: 2",
  "the tool": "goose",
  "its version": "3.24.1",
  "what is assumed of it": "A runner in Go is assumed.",
  "where the schema starts": "db/baseline.sql",
  "PostgreSQL's version": "16",
  "where that stands": "docker-compose.yml:4",
  "the configuration": ".github/migration-safety.yml",
  "the verdict": "the code running now still uses orders.legacy_ref.",
} as const;

test.each(NAMES)("%s says every fact of a report", (format) => {
  const text = said(format);
  const missing = Object.entries(FACTS).filter(([, fact]) => !text.includes(fact));
  expect(missing).toEqual([]);
});

test.each(NAMES)("%s ends with a line feed, and has no colour of its own", (format) => {
  const text = FORMATS[format](report, { source, color: false, version: "1.2.3", accepted: false });
  expect(text).toMatch(/[^\n]\n$/);
  expect(text).not.toContain("\x1b");
});

test("github annotates each statement once, and says first what makes the change incomplete", () => {
  const { annotations, lost, commands } = shown(said("github"));
  expect(annotations.map(({ level, title, file, line }) => [level, title, file, line])).toEqual([
    ["error", "The change could not be read whole", undefined, undefined],
    ["error", "no-referenced-column-drop", FILE, 3],
    ["error", "no-blocking-index-build", FILE, 5],
  ]);
  expect(lost).toBe(0);
  expect(commands).toEqual(["error", "error", "error"]);
});
