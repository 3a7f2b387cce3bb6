import type { Finding } from "../model/finding.js";
import type { Operation } from "../model/operation.js";

/** A finding with what folding needs to know of its rule. */
export interface RuleFinding<Kind extends Finding = Finding> {
  readonly finding: Kind;
  /** Absent for a finding about the file or the change as a whole: it never folds. */
  readonly operation?: Operation;
  /** Other operations that it is about: rules that yield to this one yield there, too. */
  readonly also?: readonly Operation[];
  /** Rules that speak instead of this one on the same operation, whatever the harm. */
  readonly yieldsTo: readonly string[];
}

/**
 * Leaves one finding for each operation and harm. A rule yields to those that it names where they find anything on the
 * same operation; of the others the more severe speaks, then the rule that comes first in the alphabet, so that the
 * result does not depend on the order of the rules. Findings whose harm is `other` are about different things and all
 * stand.
 *
 * @param suppressed Findings that somebody accepts. Those that would fold into one of them are accepted with it.
 */
export function oneFindingPerHarm(
  findings: readonly RuleFinding[],
  suppressed: readonly RuleFinding[] = [],
): Finding[] {
  const groups = new Map<unknown, RuleFinding[]>();
  const keys = new Map<Operation, Map<string, object>>();
  const all = [...findings, ...suppressed];
  const speaking = rulesByOperation(all);
  for (const one of all.filter(({ operation, yieldsTo }) => !yieldsTo.some((rule) => speaking(operation).has(rule)))) {
    const key = keyOf(one, keys);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  const standing = new Set([...groups.values()].map(speaker));
  return findings.filter((one) => standing.has(one)).map(({ finding }) => finding);
}

/** The rules that find something on an operation. */
function rulesByOperation(findings: readonly RuleFinding[]): (operation: Operation | undefined) => ReadonlySet<string> {
  const rules = new Map<Operation, Set<string>>();
  for (const { operation, also = [], finding } of findings) {
    for (const about of operation ? [operation, ...also] : also) {
      const known = rules.get(about);
      if (known) known.add(finding.rule);
      else rules.set(about, new Set([finding.rule]));
    }
  }
  return (operation) => (operation && rules.get(operation)) ?? NONE;
}

const NONE: ReadonlySet<string> = new Set();

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
  return [...group].sort(bySeverityThenRule)[0]!;
}

function bySeverityThenRule({ finding: one }: RuleFinding, { finding: other }: RuleFinding): number {
  if (one.severity !== other.severity) return one.severity === "error" ? -1 : 1;
  return one.rule < other.rule ? -1 : Number(one.rule > other.rule);
}
