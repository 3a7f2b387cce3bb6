/**
 * The SQL on the rules' pages is real: what is called incorrect reports its own rule and nothing else, what is called
 * correct reports nothing, and PostgreSQL runs all of it, or refuses it as the page says.
 */
import { PGlite } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { lint } from "../../src/check/lint.js";
import { oneFindingPerHarm } from "../../src/check/one-finding-per-harm.js";
import type { ToolFacts } from "../../src/model/migration.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { memoryChange } from "../rules/memory-change.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "../rules/tools.js";
import { type Example, readRulePage } from "./rule-page.js";

const tools: Readonly<Record<string, ToolFacts>> = { drizzle, "prisma 6": prisma6, "prisma 7": prisma7 };

const sections = ["Incorrect", "Correct", "When it is silent", "Options", "Versions", "When not to use it"];

function toolOf({ settings: { tool } }: Example): ToolFacts {
  const facts = tool === undefined ? unknownRunner : tools[tool];
  if (!facts) throw new Error(`No test knows the tool ${String(tool)}.`);
  return facts;
}

/** The rules that speak on an example, with the recommended settings. */
function reported(example: Example): string[] {
  const { sql, history, settings } = example;
  const { postgres, was } = settings;
  const [path = "", ...lines] = settings["code at base"]?.split("\n") ?? [];
  const { change } = memoryChange("/repo", sql, {
    history: [history],
    tool: toolOf(example),
    ...(was === undefined ? {} : { was }),
    ...(postgres === undefined ? {} : { postgres: Number(postgres) }),
    ...(path === "" ? {} : { baseCode: { [path]: lines.join("\n") } }),
  });
  return oneFindingPerHarm(lint(change).findings).map(({ rule }) => rule);
}

let postgres: PGlite;
beforeAll(async () => void (postgres = await PGlite.create({ extensions: { citext } })));
afterAll(() => postgres.close());

/** Runs the example as its tool would. @returns The SQLSTATE with which PostgreSQL refuses it. */
async function refusal({ sql, history, settings }: Example, { transaction }: ToolFacts): Promise<string | undefined> {
  await postgres.exec(
    "ROLLBACK; RESET ALL; DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP ROLE IF EXISTS reporting;",
  );
  if (settings.was === undefined) await postgres.exec(history);
  const { statements } = parseSql(sql);
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

describe.each(Object.keys(rules))("%s", (name) => {
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
    expect([...new Set(reported(example))]).toEqual(example.section === "Incorrect" ? [name] : []);
    expect(await refusal(example, toolOf(example))).toBe(example.settings.fails);
  });
});
