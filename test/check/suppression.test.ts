/** The line that each finding ends in silences that finding, and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkChange } from "../../src/check/check.js";
import { readConfiguration } from "../../src/change/configuration.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { rules } from "../../rules/index.js";
import { configurableRules } from "../../src/eslint/configurable-rules.js";
import { ruleSettings } from "../../src/eslint/rule-settings.js";
import type { Change } from "../../src/model/change.js";
import type { Finding } from "../../src/model/finding.js";
import type { ToolFacts } from "../../src/model/migration.js";
import { changeOf } from "../docs/example-change.js";
import { type Example, readRulePage } from "../docs/rule-page.js";
import { memoryChange } from "../rules/memory-change.js";
import { prisma6 } from "../rules/tools.js";

const pages = new URL("../../docs/rules/", import.meta.url);
const incorrect = readdirSync(pages).flatMap((file) => {
  const { title: rule, examples } = readRulePage(readFileSync(new URL(file, pages), "utf8"));
  // It stands on a model, and is accepted in the configuration.
  if (rule === "require-migration-for-model") return [];
  return examples.filter(({ section }) => section === "Incorrect").map((example) => ({ rule, example }));
});

/** Puts a comment above a line, as a person does who pastes it. */
function above(sql: string, line: number, comment: string): string {
  const lines = sql.split("\n");
  const indent = /^\s*/.exec(lines[line - 1] ?? "")?.[0] ?? "";
  return lines.toSpliced(line - 1, 0, indent + comment).join("\n");
}

/** What a finding is about, wherever its line has moved to. */
const about = ({ rule, message, statement }: Finding): string => `${String(statement)} ${rule}: ${message}`;

/** With the first preset that has the rule; named, so that it speaks also where nothing else does. */
function judged(example: Example, rule: string): ReturnType<typeof checkChange> {
  const change = changeOf(example);
  const [preset = "all"] = (["recommended", "strict"] as const).filter((name) => {
    const configuration = { ...change.configuration, extends: name };
    return (ruleSettings(configuration, rules)[rule]?.[0] ?? "off") !== "off";
  });
  const level = ruleSettings({ ...change.configuration, extends: preset }, rules)[rule];
  const chosen = level && { [rule]: level };
  return checkChange({ ...change, configuration: { ...change.configuration, extends: preset, rules: { ...chosen } } });
}

describe.each(incorrect)("$rule: $example.sql", ({ rule, example }) => {
  it("is silenced by its line, and the other findings stay", () => {
    const before = judged(example, rule);
    const finding = before.findings.find((one) => one.rule === rule);
    const suppression = finding?.suppression;
    expect(suppression?.in).toBe("file");
    const silenced: Example = { ...example, sql: above(example.sql, suppression!.line!, suppression!.text) };
    const after = judged(silenced, rule);
    // One comment is for one statement, and a rule may speak twice of it.
    const others = before.findings.filter((one) => one.rule !== rule || one.statement !== finding!.statement);
    expect(after.findings.map(about)).toEqual(others.map(about));
    expect(after.suppressed.map(({ rule: name, reason }) => `${name}: ${reason}`)).toContain(
      `${rule}: why it is safe here`,
    );
    expect(after.notes).toEqual([]);
  });
});

it("the lines of all findings of a statement stand above it together", () => {
  const sql =
    "ALTER TABLE orders\n  DROP COLUMN legacy_ref,\n  ADD COLUMN token uuid DEFAULT gen_random_uuid(),\n  ALTER COLUMN account_id SET NOT NULL;\n";
  const surroundings = {
    history: ["CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, legacy_ref text);"],
    baseCode: { "src/orders.ts": 'export const refs = (db) => db.query("SELECT legacy_ref FROM orders");\n' },
  };
  const { findings } = checkChange(memoryChange("/repo", sql, surroundings).change);
  expect(findings.map(({ rule }) => rule)).toEqual([
    "no-referenced-column-drop",
    "require-lock-timeout",
    "no-table-rewrite",
    "no-blocking-not-null",
  ]);
  const silenced = findings.reduce((text, { suppression }) => above(text, 1, suppression!.text), sql);
  const report = checkChange(memoryChange("/repo", silenced, surroundings).change);
  expect(report.findings).toEqual([]);
  expect(report.notes).toEqual([]);
  expect(report.suppressed).toHaveLength(4);
});

const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);";

const suppressionsOf = (change: Change) =>
  checkChange(change).findings.map(({ rule, suppression }) => ({ rule, ...suppression }));

/** The change with an entry under `accept` in its configuration. */
function accepting(change: Change, entry: string): Change {
  const file = ".github/migration-safety.yml";
  const head = memoryTree(new Map([[file, `accept:\n  ${entry}\n`]]), "head");
  return { ...change, configuration: readConfiguration({ rules: configurableRules(), head }) };
}

const sealed: ToolFacts = { ...prisma6, checksums: true };

describe("where the file has no place for a comment, it is an entry of the configuration", () => {
  it.each<[what: string, change: Change, entry: string]>([
    [
      "a file that is gone",
      memoryChange("/repo", "SELECT 1;", { history: [ORDERS], deleted: ["db/migrations/0009 old.sql"] }).change,
      '- { rule: no-edited-migration, file: "db/migrations/0009 old.sql", reason: "why it is safe here" }',
    ],
    [
      "a file that its tool refuses once a byte has changed",
      memoryChange("/repo", `${ORDERS} SELECT 1;`, { was: ORDERS, tool: sealed }).change,
      '- { rule: no-edited-migration, file: db/migrations/0001.sql, reason: "why it is safe here" }',
    ],
    [
      "a statement that starts behind another one",
      memoryChange("/repo", "SET lock_timeout = '1s'; CREATE INDEX i ON orders (account_id);", { history: [ORDERS] })
        .change,
      '- { rule: no-blocking-index-build, object: public.i, file: db/migrations/0002.sql, reason: "why it is safe here" }',
    ],
    [
      "a name that is no plain word",
      memoryChange("/repo", "SET lock_timeout = '1s'; CREATE INDEX \"a: b\" ON orders (account_id);", {
        history: [ORDERS],
      }).change,
      '- { rule: no-blocking-index-build, object: "public.a: b", file: db/migrations/0002.sql, reason: "why it is safe here" }',
    ],
  ])("%s", (_, change, entry) => {
    const [first] = suppressionsOf(change);
    expect(first).toEqual({ rule: first?.rule, in: "configuration", text: entry });
    const after = checkChange(accepting(change, entry));
    expect(after.findings.map(({ rule }) => rule)).not.toContain(first?.rule);
    expect(after.suppressed.map(({ rule, by, directive }) => [rule, by, directive.line])).toEqual([
      [first?.rule, "configuration", 2],
    ]);
  });
});

it("a finding about the file as a whole is silenced before its first statement", () => {
  const { change } = memoryChange("/repo", `-- orders\n\n${ORDERS} SELECT 1;`, { was: ORDERS });
  expect(suppressionsOf(change)).toEqual([
    {
      rule: "no-edited-migration",
      in: "file",
      text: "-- migration-safety-disable no-edited-migration -- why it is safe here",
      line: 3,
    },
  ]);
});
