/**
 * Every recipe in every tool: the pull request in the tool's own language, the steps that the plan proposes written as
 * the tool's migrations, one pull request after another, and each checked again. No rule of `recommended` speaks but
 * where the step is for that; what the files send, in the transactions in which the tool sends it, runs on PostgreSQL
 * beside what people run by hand, and the schema at the end is the one that the pull request wanted.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../../src/model/report.js";
import { RECIPES } from "../../../src/deploy-order/recipes/index.js";
import { parseSql } from "../../../src/postgres/parse-sql.js";
import { CASES, type RecipeCase } from "../../deploy-order/recipes/cases.js";
import { chosenWay } from "../../deploy-order/recipes/chosen-way.js";
import { comparable, SharedPostgres } from "../../deploy-order/shared-postgres.js";
import { differencesOf } from "../../postgres/catalog/description.js";
import { builtByHand, isOutside, migrationFor, report, type Written } from "./follow.js";
import { type Tool, TOOLS } from "./tools.js";

let postgres: SharedPostgres;
beforeAll(async () => {
  postgres = await SharedPostgres.start();
});
afterAll(() => postgres.close());

/** What the code sends that makes a change one that it does not survive. */
const USES: Readonly<Record<string, string>> = {
  "drop-column": "SELECT note FROM users",
  "drop-default": "INSERT INTO orders (id) VALUES (1)",
  "rename-column-by-view": "SELECT account_id FROM orders",
  "rename-column-by-trigger": "SELECT full_name FROM users",
  "rename-by-add-and-drop": "SELECT full_name FROM users",
  "rename-table-by-view": "SELECT full_name FROM users",
  "move-table-by-view": "SELECT full_name FROM users",
  "drop-table": "SELECT id FROM accounts",
  "rename-enum-value": "SELECT id FROM orders WHERE state = 'new'",
  "reshape-columns": "SELECT full_name FROM users",
  "replace-table": "SELECT name, street FROM people",
  "partition-table": "SELECT note FROM logs",
};

/** What asks for these is a warning or a question, which leaves a statement as it is. */
const NOT_ASKED_FOR: ReadonlySet<string> = new Set([
  "change-default",
  "enable-row-security",
  "update-in-batches",
  "delete-in-batches",
  "add-enum-value",
]);

/** Of each recipe the first case in which it is the plan's, on the version that all tools are asked about. */
const FIRST = new Map(
  [...CASES].reverse().flatMap((one) => {
    const { recipe, ...asked } = one;
    // Where an enum is exchanged, its default is a part of it.
    const isFirst =
      recipe === "remove-enum-value" || recipe === "extend-enum" || chosenWay(asked)?.recipe.name === recipe;
    const isFor16 = (one.postgres ?? 16) === 16;
    return isFor16 && isFirst && !NOT_ASKED_FOR.has(recipe) ? [[recipe, one] as const] : [];
  }),
);

/** What is done, in order: a migration of the tool, or SQL that somebody runs. */
type Act =
  | { readonly kind: "file"; readonly written: Written; readonly request: number }
  | { readonly kind: "hand"; readonly sql: string }
  | { readonly kind: "decided" };

function actsOf(tool: Tool, first: Report, kept: readonly string[]): readonly Act[] {
  const acts: Act[] = [];
  let [request, last, isEmpty] = [0, 0, true];
  const file = (written: Written): void => {
    acts.push({ kind: "file", written, request });
    isEmpty = false;
  };
  // What stays of the pull request comes first.
  if (kept.length > 0) file({ sql: kept.join("\n"), outside: false });
  for (const { steps } of first.plan.phases) {
    for (const { origin, sql, how = "", release = 0, check, person } of steps) {
      if (origin !== "proposed") continue;
      if (sql === undefined) {
        if (person && check !== undefined) acts.push({ kind: "decided" });
        continue;
      }
      if (release !== last || (/^In a release of its own/.test(how) && !isEmpty)) {
        request++;
        isEmpty = true;
      }
      last = release;
      if (/keep CREATE INDEX IF NOT EXISTS in the migration/.test(how)) {
        acts.push({ kind: "hand", sql });
        file(builtByHand(sql, first.findings[0]!));
      } else if (/\b[Bb]y hand\b/.test(how)) acts.push({ kind: "hand", sql });
      else {
        const together = /^Between BEGIN and COMMIT/.test(how);
        file({ sql, outside: isOutside(tool, how), together });
      }
    }
  }
  return acts;
}

/** The statements of each file, and what the reports say, pull request by pull request. */
function written(tool: Tool, base: Record<string, string>, acts: readonly Act[]) {
  const sent = new Map<Act, Report["migrations"]>();
  const speaks: string[] = [];
  let [n, merged] = [2, base];
  const requests = [...new Set(acts.flatMap((act) => (act.kind === "file" ? act.request : [])))];
  for (const request of requests) {
    let added: Record<string, string> = {};
    const own: { readonly act: Act; readonly names: readonly string[] }[] = [];
    for (const act of acts) {
      if (act.kind !== "file" || act.request !== request) continue;
      const made = migrationFor(tool, n++, act.written);
      own.push({ act, names: Object.keys(made) });
      added = { ...added, ...made };
    }
    const result = report(merged, added);
    for (const { rule } of result.findings) speaks.push(rule);
    for (const { reason } of result.unknowns) speaks.push(`unknown: ${reason}`);
    for (const { act, names } of own)
      sent.set(
        act,
        result.migrations.filter(({ file }) => names.includes(file)),
      );
    merged = { ...merged, ...added };
  }
  return { sent, speaks };
}

/** What a migration sends, in its transactions. */
function scriptsOf(migrations: Report["migrations"]): readonly string[] {
  const scripts: string[] = [];
  let open: string[] | undefined;
  for (const { sql, transactional } of migrations.flatMap(({ statements }) => statements)) {
    if (transactional !== true) {
      if (open) scripts.push(`BEGIN;\n${open.join("\n")}\nCOMMIT;`);
      open = undefined;
      scripts.push(`${sql};`);
    } else (open ??= []).push(`${sql};`);
  }
  if (open) scripts.push(`BEGIN;\n${open.join("\n")}\nCOMMIT;`);
  return scripts;
}

/** Tools that send the same have the same outcome. */
const ran = new Map<string, Promise<void>>();

async function run(one: RecipeCase, acts: readonly Act[], sent: ReadonlyMap<Act, Report["migrations"]>): Promise<void> {
  const decided = Object.values(one.decided ?? {});
  await postgres.reset(one.schema, one.pull);
  const wanted = comparable(await postgres.description());
  await postgres.reset(one.schema, one.rows);
  for (const act of acts) {
    if (act.kind === "decided") for (const sql of decided.splice(0, 1)) await postgres.database.exec(sql);
    else if (act.kind === "hand") {
      const repeat = act.sql.includes("SKIP LOCKED") ? { repeat: true as const } : {};
      await postgres.run({ name: "by hand", sql: act.sql, transaction: "outside", ...repeat });
    } else for (const sql of scriptsOf(sent.get(act) ?? [])) await postgres.database.exec(sql);
  }
  expect(differencesOf(wanted, comparable(await postgres.description()))).toEqual(one.leaves ?? []);
}

it("almost every recipe has such a case", () => {
  const others = RECIPES.map(({ name }) => name).filter((name) => !FIRST.has(name) && !NOT_ASKED_FOR.has(name));
  // Other ways than the plan's.
  expect(others).toEqual(["rename-column-by-dual-write", "rename-column-in-code", "rename-table-in-code"]);
});

describe.each(TOOLS)("$name", (tool) => {
  it.each([...FIRST.values()].reverse())("$recipe: $title", async (one) => {
    const statements = parseSql(one.pull).statements.map(({ sql }) => tool.sql(`${sql};`));
    const schema = parseSql(one.schema).statements.map(({ sql }) => tool.sql(`${sql};`));
    const base = { ...tool.project, ...tool.migration(1, schema, false) };
    const use = USES[one.recipe];
    const code =
      use === undefined ? {} : { "src/code.ts": `export const find = (db) => db.query(${JSON.stringify(use)});\n` };
    const first = report({ ...base, ...code }, tool.migration(2, statements, false));
    // Without a transaction nothing waits while a partitioned table is filled.
    if (one.recipe === "partition-table" && first.migrations.at(-1)?.statements[0]?.transactional !== true) return;
    const acts = actsOf(tool, first, chosenWay(one)?.kept ?? []);
    expect(acts.length, first.plan.sentence).toBeGreaterThan(0);
    const { sent, speaks } = written(tool, base, acts);
    const allowed = new Set(Object.values(one.speaks ?? {}).flat());
    expect(speaks.filter((rule) => !allowed.has(rule))).toEqual([]);
    const key = JSON.stringify([
      one.title,
      acts.map((act) => (act.kind === "file" ? scriptsOf(sent.get(act) ?? []) : act)),
    ]);
    const running = ran.get(key) ?? run(one, acts, sent);
    ran.set(key, running);
    await running;
  });
});
