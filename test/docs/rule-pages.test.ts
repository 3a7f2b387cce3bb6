/**
 * The SQL on the rules' pages is real: what is called incorrect reports its own rule and nothing else, what is called
 * correct reports nothing, and PostgreSQL runs all of it, or refuses it as the page says.
 */
import type { PGlite } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { lint } from "../../src/check/lint.js";
import { oneFindingPerHarm } from "../../src/check/one-finding-per-harm.js";
import type { DefinedRule } from "../../src/rule/define-rule.js";
import type { ToolFacts } from "../../src/model/migration.js";
import type { ParsedSql } from "../../src/model/statement.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { changeOf, toolOf } from "./example-change.js";
import { type Example, readRulePage } from "./rule-page.js";
import { startPGlite } from "../postgres/start-pglite.js";

const sections = ["Incorrect", "Correct", "When it is silent", "Options", "Versions", "When not to use it"];

/** The rules that speak on an example of a rule's page: those of the recommended settings, and the page's own. */
function reported(example: Example, name: keyof typeof rules): string[] {
  const change = changeOf(example);
  const { recommended } = (rules[name] as DefinedRule).meta.docs;
  const own = recommended === "strict" ? ({ [name]: ["warn"] } as const) : {};
  const { off } = example.settings;
  const levels = { ...own, ...(off === undefined ? {} : { [off]: ["off"] as const }) };
  const configured = { ...change, configuration: { ...change.configuration, rules: levels } };
  return oneFindingPerHarm(lint(configured).findings).map(({ rule }) => rule);
}

/** What a program sends. */
function sentBy(example: Example): ParsedSql {
  const program = changeOf(example).databases[0]?.migrations.find(({ status }) => status === "added");
  if (!program || program.statements.length === 0) throw new Error("The example sends nothing.");
  return program.sql;
}

let postgres: PGlite;
beforeAll(async () => void (postgres = await startPGlite({ extensions: { citext } })));
afterAll(() => postgres.close());

/** Runs the example as its tool would. @returns The SQLSTATE with which PostgreSQL refuses it. */
async function refusal(example: Example, { transaction }: ToolFacts): Promise<string | undefined> {
  await postgres.exec(
    "ROLLBACK; RESET ALL; DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP ROLE IF EXISTS reporting;",
  );
  const { sql, history, settings } = example;
  if (settings.was === undefined) await postgres.exec(history);
  const { statements } = example.language === "js" ? sentBy(example) : parseSql(sql);
  try {
    if (transaction === "single-send") await postgres.exec(sql);
    else {
      if (transaction === "all-pending") await postgres.exec("BEGIN");
      for (const statement of statements) await postgres.exec(statement.sql);
      if (transaction === "all-pending") await postgres.exec("COMMIT");
    }
    return undefined;
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

describe.each(Object.keys(rules) as (keyof typeof rules)[])("%s", (name) => {
  const page = readRulePage(readFileSync(new URL(`../../docs/rules/${name}.md`, import.meta.url), "utf8"));

  it("has the headings of all pages", () => {
    expect(page.title).toBe(name);
    expect(page.sections).toEqual(sections);
  });

  it("has examples of both kinds", () => {
    const kinds = new Set(page.examples.map(({ section }) => section));
    expect(kinds).toContain("Incorrect");
    expect(kinds).toContain("Correct");
  });

  it.each(page.examples)("$section: $sql", async (example) => {
    expect([...new Set(reported(example, name))]).toEqual(example.section === "Incorrect" ? [name] : []);
    expect(await refusal(example, toolOf(example))).toBe(example.settings.fails);
  });
});
