/** The words that both views of a replay share. Plain text: each view escapes it for its own context. */
import type { Finding } from "../model/finding.js";
import type { Replay, ReplayedMerge } from "../model/replay.js";
import { counted } from "./words.js";

export interface MergeCounts {
  readonly errors: number;
  readonly warnings: number;
}

export function countsOf({ findings }: ReplayedMerge): MergeCounts {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return { errors, warnings: findings.length - errors };
}

/** A commit and a day as people write them. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 9);
}

export function dayOf({ date }: ReplayedMerge): string {
  return date.slice(0, 10);
}

/** `no-blocking-index-build ×2, require-lock-timeout`: errors first, then by how often. */
export function ruleWords(findings: readonly Finding[]): string {
  const counts = new Map<string, { readonly error: boolean; readonly count: number }>();
  for (const { rule, severity } of findings) {
    const { count, error } = counts.get(rule) ?? { count: 0, error: false };
    counts.set(rule, { count: count + 1, error: error || severity === "error" });
  }
  return [...counts]
    .sort(([, a], [, b]) => Number(b.error) - Number(a.error) || b.count - a.count)
    .map(([rule, { count }]) => (count === 1 ? rule : `${rule} ×${String(count)}`))
    .join(", ");
}

/** What was looked at, and why no further. */
export function lookedSentence({ branch, looked, merges }: Replay): string {
  const found = merges.length === 0 ? "No merge" : counted(merges.length, "merge");
  const asked = looked.until === "asked";
  const several = `${asked ? "the last" : "all"} ${String(looked.commits)} commits`;
  const commits = looked.commits === 1 ? `the ${asked ? "last" : "one"} commit` : several;
  const what = `${found} with migrations in ${commits} of ${branch.label}`;
  if (looked.until === "shallow") {
    return `${what} that this shallow clone holds. Deepen it to look further back: git fetch --unshallow`;
  }
  return `${what}.`;
}

/** `21 of 30 silent (70 %), 3 with errors, 6 with warnings only`. */
export function silenceWords({ totals }: Replay): string {
  const { merges, silent, withErrors, failed } = totals;
  const judged = merges - failed;
  const warned = judged - silent - withErrors;
  return [
    `${String(silent)} of ${String(judged)} silent (${percent(silent, judged)})`,
    `${String(withErrors)} with errors`,
    `${String(warned)} with warnings only`,
    ...(failed > 0 ? [`${String(failed)} that could not be checked`] : []),
  ].join(", ");
}

/** `median 0, mean 0.8, most 6`. */
export function findingsWords({ totals: { findings } }: Replay): string {
  return `median ${decimal(findings.median)}, mean ${decimal(findings.mean)}, most ${String(findings.most)}`;
}

/** `212, all analysed`; `212, 210 analysed (99.1 %), 1 does not parse`. */
export function statementWords({ totals: { statements, analysed, unparsed } }: Replay): string {
  if (statements === analysed) return `${String(statements)}, all analysed`;
  const broken = unparsed === 0 ? "" : `, ${String(unparsed)} could not be read or parsed`;
  return `${String(statements)}, ${String(analysed)} analysed (${percent(analysed, statements)})${broken}`;
}

/** Never rounded up to 100 %. */
function percent(part: number, whole: number): string {
  const value = whole === 0 ? 100 : (part / whole) * 100;
  return `${value > 99 && value < 100 ? String(Math.floor(value * 100) / 100) : value.toFixed(0)} %`;
}

function decimal(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}
