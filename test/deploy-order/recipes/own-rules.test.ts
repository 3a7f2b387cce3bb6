/** What recipes propose passes the rules of `recommended`; where one still speaks, it says what the step is for. */
import { expect, test } from "vitest";
import { checkChange } from "../../../src/check/check.js";
import { memoryChange } from "../../rules/memory-change.js";
import { CASES } from "./cases.js";
import { chosenWay } from "./chosen-way.js";

test.each(CASES.map((one) => [`${one.recipe}: ${one.title}`, one] as const))("%s", (_, one) => {
  const { way, kept } = chosenWay(one) ?? expect.fail("the recipe does not fit");
  const history = [one.schema, ...kept];
  const found: Record<string, readonly string[]> = {};
  for (const { name, sql, transaction } of way.steps) {
    if (sql === undefined) continue;
    const { change } = memoryChange("/repository", sql, {
      history,
      postgres: one.postgres ?? 16,
      ...(transaction === "outside" && { transaction: "per-statement" as const }),
    });
    const rules = checkChange(change).findings.map(({ rule }) => rule);
    if (rules.length > 0) found[name] = rules;
    history.push(sql);
  }
  expect(found).toEqual(one.speaks ?? {});
});
