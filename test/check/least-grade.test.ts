/** The plan counts a use in code as the rule does that reports it: option `report`. */
import { expect, it } from "vitest";
import { checkChange } from "../../src/check/check.js";
import type { Configuration } from "../../src/model/configuration.js";
import { memoryChange } from "../rules/memory-change.js";

const code = { "query.go": 'package query\n\nconst query = "SELECT note FROM orders"\n' };

const rule = "no-referenced-column-drop";

/** What the rule finds, what the plan says at the top, and its answer for the running code. */
function planned(settings: Partial<Configuration>): readonly [findings: number, sentence: string, answer: string] {
  const drop = "SET lock_timeout = '3s';\nALTER TABLE orders DROP COLUMN note;";
  const history = ["CREATE TABLE orders (id bigint PRIMARY KEY, note text);"];
  const { change } = memoryChange("/repository", drop, { history, baseCode: code, headCode: code });
  const configuration = { ...change.configuration, ...settings };
  const { plan, findings } = checkChange({ ...change, configuration });
  const steps = plan.phases.flatMap((phase) => phase.steps);
  const [answer = "none"] = steps.flatMap((step) => step.compatibility?.runningCodeOnNewSchema ?? []);
  return [findings.length, plan.sentence, answer];
}

const confirmed = [0, "1 thing to confirm before you merge.", "unknown"] as const;

it("asks to confirm a use that is not sure enough to make a finding", () => {
  expect(planned({ rules: { [rule]: ["error", { report: "certain" }] } })).toEqual(confirmed);
  expect(planned({ rules: { "no-rename": ["error", { report: "certain" }] } })).not.toEqual(confirmed);
});

it("counts what the rule reports, by default likely uses too", () => {
  const [findings, sentence, answer] = planned({});
  expect([findings, answer]).toEqual([1, "no"]);
  expect(sentence).not.toEqual(confirmed[1]);
  expect(planned({ rules: { [rule]: ["error", { report: "possible" }] } })).toEqual([1, sentence, "no"]);
  expect(planned({ rules: { [rule]: ["warn"] } })).toEqual([1, sentence, "no"]);
});

it("goes by the setting for the file, whose level alone leaves the option", () => {
  const certain = { [rule]: ["error", { report: "certain" }] } as const;
  expect(planned({ overrides: [{ files: ["db/**"], rules: certain }] })).toEqual(confirmed);
  expect(planned({ rules: certain, overrides: [{ files: ["db/**"], rules: { [rule]: ["warn"] } }] })).toEqual(
    confirmed,
  );
  const [findings] = planned({ overrides: [{ files: ["other/**"], rules: certain }] });
  expect(findings).toBe(1);
});
