import { expect, test } from "vitest";
import { oneFindingPerHarm, type RuleFinding } from "../../src/check/one-finding-per-harm.js";
import type { Finding, Harm, Severity } from "../../src/model/finding.js";
import type { Operation } from "../../src/model/operation.js";

const drop: Operation = {
  type: "DropColumn",
  range: [0, 10],
  statement: 0,
  table: { name: "orders" },
  column: "legacy_ref",
  ifExists: false,
  cascade: false,
};
const other: Operation = { ...drop, range: [12, 22], column: "note" };

function found(
  rule: string,
  harm: Harm,
  {
    severity = "error",
    operation,
    also,
    isGuess = false,
    yieldsTo = [],
  }: {
    severity?: Severity;
    operation?: Operation;
    also?: readonly Operation[];
    isGuess?: boolean;
    yieldsTo?: string[];
  },
): RuleFinding {
  const finding: Finding = {
    database: "main",
    rule,
    severity,
    harm,
    file: "migrations/0002.sql",
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 11,
    message: rule,
    messageId: "found",
    evidence: [],
    suggestions: [],
    help: "",
  };
  return { finding, yieldsTo, isGuess, ...(operation && { operation }), ...(also && { also }) };
}

function rules(findings: readonly RuleFinding[]): string[] {
  return oneFindingPerHarm(findings).map(({ rule }) => rule);
}

test("a rule yields to the one that it names, even when that one is less severe", () => {
  const findings = [
    found("no-work-under-lock", "blocks", { operation: drop, yieldsTo: ["no-blocking-constraint"] }),
    found("no-blocking-constraint", "blocks", { operation: drop, severity: "warning" }),
  ];
  expect(rules(findings)).toEqual(["no-blocking-constraint"]);
});

test("a rule yields whatever the harm, and also where the other one is about several operations", () => {
  const findings = [
    found("no-column-recreate", "loses data", { operation: drop, also: [other] }),
    found("no-referenced-column-drop", "breaks code", { operation: drop, yieldsTo: ["no-column-recreate"] }),
    found("no-not-null-without-default", "fails", { operation: other, yieldsTo: ["no-column-recreate"] }),
    found("no-rename", "breaks code", { operation: other }),
  ];
  expect(rules(findings)).toEqual(["no-column-recreate", "no-rename"]);
  expect(oneFindingPerHarm(findings.slice(1), findings.slice(0, 1)).map(({ rule }) => rule)).toEqual(["no-rename"]);
});

test("no error yields to a guess, accepted or not, and a guess is left out where one would", () => {
  const guess = found("no-column-recreate", "loses data", { operation: drop, also: [other], isGuess: true });
  const yieldsTo = ["no-column-recreate"];
  const onDrop = found("no-referenced-column-drop", "breaks code", { operation: drop, yieldsTo });
  const onAdd = found("no-not-null-without-default", "fails", { operation: other, yieldsTo });
  const warning = found("no-data-loss", "loses data", { operation: drop, severity: "warning", yieldsTo });
  expect(rules([guess, onDrop, onAdd, warning])).toEqual([
    "no-referenced-column-drop",
    "no-not-null-without-default",
    "no-data-loss",
  ]);
  expect(rules([guess, onAdd, warning])).toEqual(["no-column-recreate", "no-not-null-without-default"]);
  expect(oneFindingPerHarm([onDrop, onAdd], [guess])).toHaveLength(2);
});

test("without a word on either side the more severe speaks, whatever the order", () => {
  const warning = found("a-rule", "blocks", { operation: drop, severity: "warning" });
  const error = found("b-rule", "blocks", { operation: drop });
  expect(rules([warning, error])).toEqual(["b-rule"]);
  expect(rules([error, warning])).toEqual(["b-rule"]);
});

test("the alphabet decides between equals", () => {
  const findings = [found("b-rule", "fails", { operation: drop }), found("a-rule", "fails", { operation: drop })];
  expect(rules(findings)).toEqual(["a-rule"]);
});

test("different harms, different operations and the harm `other` all stand", () => {
  const findings = [
    found("no-referenced-column-drop", "breaks code", { operation: drop }),
    found("no-data-loss", "loses data", { operation: drop }),
    found("no-referenced-column-drop", "breaks code", { operation: other }),
    found("require-lock-timeout", "other", { operation: drop }),
    found("no-unchecked-statement", "other", { operation: drop }),
    found("no-edited-migration", "fails", {}),
    found("no-edited-migration", "fails", {}),
  ];
  expect(oneFindingPerHarm(findings)).toHaveLength(7);
});

test("what would fold into a finding that somebody accepts is accepted with it; what would speak instead is not", () => {
  const accepted = found("b-rule", "blocks", { operation: drop });
  const lesser = found("c-rule", "blocks", { operation: drop });
  const another = found("c-rule", "loses data", { operation: drop });
  const graver = found("a-rule", "blocks", { operation: drop });
  const rulesThatStand = (findings: readonly RuleFinding[]): string[] =>
    oneFindingPerHarm(findings, [accepted]).map(({ rule, harm }) => `${rule} ${harm}`);
  expect(rulesThatStand([lesser])).toEqual([]);
  expect(rulesThatStand([lesser, another])).toEqual(["c-rule loses data"]);
  expect(rulesThatStand([graver])).toEqual(["a-rule blocks"]);
});
