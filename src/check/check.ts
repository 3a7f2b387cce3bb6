/** The run: change and configuration in, report out. The Action and the command line call this; nothing else does. */
import type { ChangeSource } from "../change/change-source.js";
import { loadChange, type LoadOptions } from "../change/load.js";
import { type Project, projectOf } from "../change/project.js";
import { planOf } from "../deploy-order/plan.js";
import type { Change } from "../model/change.js";
import type { Configuration } from "../model/configuration.js";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { Plan } from "../model/plan.js";
import type { Report } from "../model/report.js";
import { withinTime } from "../text/out-of-time.js";
import { lint } from "./lint.js";
import { oneFindingPerHarm } from "./one-finding-per-harm.js";
import { makeReport } from "./report.js";
import { withSizes } from "./sizes.js";
import { parsedOnce } from "./parsed-once.js";
import { beforeTheEnd, outOfTime, parseWithin, type TimeLimit } from "./time-limit.js";
import { commonNotes, eachVersion, mergeFindings } from "./versions.js";

/** Checks a change. Synchronous; throws only for failures of ours, never for what stands in a migration. */
export function check(source: ChangeSource, configuration: Configuration, options: CheckOptions = {}): Report {
  const { timeLimit: limit, ...load } = options;
  const [first = configuration, ...others] = eachVersion(configuration);
  const within = limit ? { ...load, parse: parseWithin(limit, load.parse) } : load;
  if (others.length === 0) return checkVersions([loadChange(source, first, within)], limit);
  const parse = parsedOnce(within.parse);
  const changes = [first, ...others].map((one) => loadChange(source, one, { ...within, parse }));
  return checkVersions(changes, limit);
}

export interface CheckOptions extends LoadOptions {
  /** Absent: there is time for everything. */
  readonly timeLimit?: TimeLimit;
}

/** Checks a change that is loaded already. */
export function checkChange(change: Change): Report {
  return checkVersions([change]);
}

/**
 * Checks a change that is loaded once for each version of PostgreSQL, in order. Plan, locks and coverage are those of
 * the first.
 */
export function checkVersions(changes: readonly Change[], limit?: TimeLimit): Report {
  return withinTime(limit && (() => limit.isOver()), () => reportOf(changes, limit));
}

function reportOf(changes: readonly Change[], limit?: TimeLimit): Report {
  const [change] = changes;
  if (change === undefined) throw new TypeError("There is no change to check.");
  const judged = changes.map((one) => judge(one, limit));
  const at = <Found>(found: (judgement: Judgement) => readonly Found[]) =>
    judged.map((judgement) => ({ version: judgement.version, found: found(judgement) }));
  const findings = withSizes(change, mergeFindings(at((one) => one.findings)));
  const suppressed = withSizes(change, mergeFindings(at((one) => one.suppressed)));
  const notes = commonNotes(judged.map((judgement) => judgement.notes));
  const project = projectOf(change);
  const plan = limit?.isOver() ? undefined : beforeTheEnd(() => planFor(project, { change, findings, suppressed }));
  if (plan === undefined) {
    const stopped = outOfTime(limit!, judged[0]!.judged, judgedMigrations(change));
    const partial = { ...change, incomplete: [...change.incomplete, stopped] };
    return makeReport({ change: partial, findings, suppressed, notes, plan: NO_PLAN });
  }
  const uses = project.acceptedReferences();
  return makeReport({
    change,
    findings,
    suppressed,
    acceptedReferences: uses.accepted,
    notes: [...notes, ...uses.notes],
    plan,
  });
}

interface Judged {
  readonly change: Change;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
}

function planFor(project: Project, { change, findings, suppressed }: Judged): Plan {
  return planOf({
    change,
    findings,
    accepted: suppressed,
    isLive: (placed, relation) => project.isLive(placed, relation),
    isListed: (list, placed, relation) => project.isListed(list, placed, relation),
    referencesTo: (placed) => project.referencesOf(placed),
    acceptedUsesOf: (placed) => project.acceptedUsesOf(placed),
    usesOf: (placed, column) => project.usesOf(placed, column),
  });
}

const NO_PLAN: Plan = { sentence: "There was no time to plan.", deployOrder: "none", phases: [] };

function judgedMigrations({ databases }: Change): number {
  return databases.flatMap(({ migrations }) => migrations.filter(({ judged }) => judged)).length;
}

interface Judgement {
  /** Where several databases have different ones, that of the first; then there is no other judgement. */
  readonly version: number;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly notes: Report["notes"];
  readonly judged: number;
}

function judge(change: Change, limit: TimeLimit | undefined): Judgement {
  const { findings, suppressed, notes, judged } = lint(change, limit);
  return {
    judged,
    version: change.databases[0]?.postgres.version ?? 0,
    findings: oneFindingPerHarm(findings, suppressed),
    suppressed: suppressed.map(({ finding }) => finding),
    notes,
  };
}
