import type { Finding } from "../model/finding.js";
import type { Operation } from "../model/operation.js";

/** A finding with what folding needs to know of its rule. */
export interface RuleFinding<Kind extends Finding = Finding> {
  readonly finding: Kind;
  /** Absent for a finding about the file or the change as a whole: it never folds. */
  readonly operation?: Operation;
  /** Rules that speak instead of this one. */
  readonly yieldsTo: readonly string[];
}

/**
 * Leaves one finding for each operation and harm: a rule yields to those that it names, then the more severe speaks,
 * then the rule that comes first in the alphabet, so that the result does not depend on the order of the rules.
 * Findings whose harm is `other` are about different things and all stand.
 *
 * @param suppressed Findings that somebody accepts. Those that would fold into one of them are accepted with it.
 */
export function oneFindingPerHarm(
  findings: readonly RuleFinding[],
  suppressed: readonly RuleFinding[] = [],
): Finding[] {
  const groups = new Map<unknown, RuleFinding[]>();
  const keys = new Map<Operation, Map<string, object>>();
  for (const one of [...findings, ...suppressed]) {
    const key = keyOf(one, keys);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  const standing = new Set([...groups.values()].map(speaker));
  return findings.filter((one) => standing.has(one)).map(({ finding }) => finding);
}

/** The same object for the same operation and harm. */
function keyOf(one: RuleFinding, keys: Map<Operation, Map<string, object>>): object {
  const { operation, finding } = one;
  if (!operation || finding.harm === "other") return one;
  let harms = keys.get(operation);
  if (!harms) keys.set(operation, (harms = new Map<string, object>()));
  let key = harms.get(finding.harm);
  if (!key) harms.set(finding.harm, (key = {}));
  return key;
}

function speaker(group: readonly RuleFinding[]): RuleFinding {
  const rules = new Set(group.map(({ finding }) => finding.rule));
  const unyielding = group.filter(({ yieldsTo }) => !yieldsTo.some((rule) => rules.has(rule)));
  return [...(unyielding.length > 0 ? unyielding : group)].sort(bySeverityThenRule)[0]!;
}

function bySeverityThenRule({ finding: one }: RuleFinding, { finding: other }: RuleFinding): number {
  if (one.severity !== other.severity) return one.severity === "error" ? -1 : 1;
  return one.rule < other.rule ? -1 : Number(one.rule > other.rule);
}
