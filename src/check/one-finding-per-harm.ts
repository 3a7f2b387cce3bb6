import type { Finding } from "../model/finding.js";
import type { Operation } from "../model/operation.js";

/** A finding with what folding needs to know of its rule. */
export interface RuleFinding<Kind extends Finding = Finding> {
  readonly finding: Kind;
  /** Absent for a finding about the file or the change as a whole: it never folds. */
  readonly operation?: Operation;
  /** Other operations that it is about: rules that yield to this one yield there, too. */
  readonly also?: readonly Operation[];
  /** It may be wrong, so that no error yields to it. */
  readonly isGuess?: boolean;
  /** It is no reason to speak by itself. */
  readonly isReminder?: boolean;
  /** Rules that speak instead of this one on the same operation, whatever the harm. */
  readonly yieldsTo: readonly string[];
}

/**
 * Leaves one finding for each operation and harm. A rule yields to those that it names where they find anything on the
 * same operation, but no error to a guess: there it is the guess that is left out. Of the others the more severe speaks,
 * then the rule that comes first in the alphabet, so that the result does not depend on the order of the rules. Findings
 * whose harm is `other` are about different things and all stand.
 *
 * @param suppressed Findings that somebody accepts. Those that would fold into one of them are accepted with it.
 */
export function oneFindingPerHarm(
  findings: readonly RuleFinding[],
  suppressed: readonly RuleFinding[] = [],
): Finding[] {
  const groups = new Map<unknown, RuleFinding[]>();
  const keys = new Map<Operation, Map<string, object>>();
  const all = withoutOutdone([...findings, ...suppressed]);
  const others = findingsByOperation(all);
  for (const one of all.filter((one) => !others(one.operation).some((other) => yields(one, other)))) {
    const key = keyOf(one, keys);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  const standing = new Set([...groups.values()].map(speaker));
  return findings.filter((one) => standing.has(one)).map(({ finding }) => finding);
}

/** Without guesses in whose place an error speaks that would yield to what is certain. */
function withoutOutdone(findings: readonly RuleFinding[]): readonly RuleFinding[] {
  if (!findings.some(({ isGuess }) => isGuess)) return findings;
  const others = findingsByOperation(findings);
  return findings.filter(
    (one) =>
      !one.isGuess ||
      !others(one.operation).some(
        (other) => other.operation === one.operation && isError(other) && other.yieldsTo.includes(one.finding.rule),
      ),
  );
}

function yields(one: RuleFinding, other: RuleFinding): boolean {
  return one.yieldsTo.includes(other.finding.rule) && !(other.isGuess && isError(one));
}

const isError = ({ finding }: RuleFinding): boolean => finding.severity === "error";

/** What is found about an operation. */
function findingsByOperation(
  findings: readonly RuleFinding[],
): (operation: Operation | undefined) => readonly RuleFinding[] {
  const found = new Map<Operation, RuleFinding[]>();
  for (const one of findings) {
    const { operation, also = [] } = one;
    for (const about of operation ? [operation, ...also] : also) {
      const known = found.get(about);
      if (known) known.push(one);
      else found.set(about, [one]);
    }
  }
  return (operation) => (operation && found.get(operation)) ?? NONE;
}

const NONE: readonly RuleFinding[] = [];

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
