/**
 * Every form that is offered, taken at its word in every tool: a migration in the tool's own language with the hazard, what
 * the report says about it written down as a reader would, and the result checked again. No rule of `recommended` speaks,
 * and nothing that PostgreSQL refuses in a transaction would run in one.
 */
import { describe, expect, it } from "vitest";
import type { Report } from "../../../src/model/report.js";
import { afterEdits, carryOut, fromPlan, report } from "./follow.js";
import { type Hazard, HAZARDS, SCHEMA } from "./hazards.js";
import { type Tool, TOOLS } from "./tools.js";

/** Whether the statement that matters, the last one, runs in a transaction. */
function inTransactionOf({ migrations }: Report): boolean | "unknown" {
  return migrations.at(-1)?.statements.at(-1)?.transactional ?? expect.fail("Nothing was read.");
}

function repository(tool: Tool, { code }: Hazard) {
  const start = tool.migration(
    1,
    SCHEMA.map((statement) => tool.sql(statement)),
    false,
  );
  const base = { ...tool.project, ...start };
  return { base, now: { ...base, ...(code !== undefined && { "src/code.ts": code }) } };
}

describe.each(TOOLS)("$name", (tool) => {
  it.each(HAZARDS)("$name", (hazard) => {
    const { base, now } = repository(tool, hazard);
    const { name, rule, statements, accepted = {} } = hazard;
    // In the tool's own call where it has one, else in SQL.
    const call = tool.calls?.[name];
    const pieces = call === undefined ? statements.map((statement) => tool.sql(statement)) : [call];
    const added = tool.migration(2, pieces, hazard.outside === true);
    const first = report(now, added);
    const inTransaction = inTransactionOf(first);
    const finding = first.findings.find((one) => one.rule === rule);
    if (!isHazard(hazard, inTransaction)) {
      expect(finding).toBeUndefined();
      return;
    }
    if (!finding) return expect.fail(`${rule} is silent: ${first.findings.map(({ message }) => message).join("\n")}`);

    // An edit does not bring up another rule: what is left had no edit from the start.
    const offered = new Set(first.findings.filter((one) => one.suggestions.length > 0).map((one) => one.rule));
    const kept = first.findings.filter((one) => !offered.has(one.rule)).map((one) => one.rule);
    expect(kept).toEqual(expect.arrayContaining(afterEdits(now, added, first).map((one) => one.rule)));

    const told = { tool, finding, report: first, statements, isInTransaction: inTransaction === true };
    const requests = hazard.follow?.(told) ?? fromPlan(tool, first, finding);
    const { speaks, refused, statements: read } = carryOut(tool, [now, base], requests);
    expect(speaks.filter((one) => !Object.keys(accepted).some((each) => one.startsWith(`${each} `)))).toEqual([]);
    expect(refused).toEqual([]);
    if (requests.flat().length === 0) expect(`${finding.message} ${hows(first)}`).toMatch(/by hand|in a script beside/);
    else expect(read).toBeGreaterThan(0);
  });
});

function isHazard({ inTransaction: needed, outside }: Hazard, inTransaction: boolean | "unknown"): boolean {
  if (needed === "known") return inTransaction === true;
  if (needed === "possible") return inTransaction !== false;
  return outside !== true || inTransaction !== true;
}

function hows({ plan }: Report): string {
  return plan.phases.flatMap(({ steps }) => steps.flatMap(({ how }) => how ?? [])).join(" ");
}
