/** The run: change and configuration in, report out. The Action and the command line call this; nothing else does. */
import type { ChangeSource } from "../change/change-source.js";
import { loadChange, type LoadOptions } from "../change/load.js";
import { objectOf } from "../change/object-names.js";
import { rules } from "../../rules/index.js";
import { type Project, projectOf } from "../change/project.js";
import { planOf } from "../deploy-order/plan.js";
import type { Change } from "../model/change.js";
import type { Configuration } from "../model/configuration.js";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { Plan } from "../model/plan.js";
import type { Migration } from "../model/migration.js";
import type { Report, Unknown } from "../model/report.js";
import { lineCounter } from "../text/line-counter.js";
import { checkTime, TIME_WAS_OVER, type TimeLimit, withinTime } from "../text/out-of-time.js";
import { leastGradeOf } from "./least-grade.js";
import { lint } from "./lint.js";
import { oneFindingPerHarm } from "./one-finding-per-harm.js";
import { isChosen, reminderNotes } from "./reminders.js";
import { makeReport } from "./report.js";
import { withSizes } from "./sizes.js";
import { parsedOnce } from "./parsed-once.js";
import { beforeTheEnd, outOfTime } from "./time-limit.js";
import { commonNotes, eachVersion, mergeFindings } from "./versions.js";

/** Checks a change. Synchronous; throws only for failures of ours, never for what stands in a migration. */
export function check(source: ChangeSource, configuration: Configuration, options: CheckOptions = {}): Report {
  const { timeLimit: limit, ...load } = options;
  const [first = configuration, ...others] = eachVersion(configuration);
  return withinTime(limit, () => {
    if (others.length === 0) return reportOf([loadChange(source, first, load)], limit);
    const parse = parsedOnce(load.parse);
    const changes = [first, ...others].map((one) => loadChange(source, one, { ...load, parse }));
    return reportOf(changes, limit);
  });
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
export function checkVersions(changes: readonly Change[]): Report {
  return reportOf(changes);
}

/** @param limit The one in force. */
function reportOf(changes: readonly Change[], limit?: TimeLimit): Report {
  const [change] = changes;
  if (change === undefined) throw new TypeError("There is no change to check.");
  const judged = judgements(changes);
  const at = <Found>(found: (judgement: Judgement) => readonly Found[]) =>
    judged.map((judgement) => ({ version: judgement.version, found: found(judgement) }));
  const found = withSizes(change, mergeFindings(at((one) => one.findings)));
  const suppressed = withSizes(change, mergeFindings(at((one) => one.suppressed)));
  const onlyReminds = change.incomplete.length === 0 && judged.every((judgement) => judgement.onlyReminds);
  const findings = onlyReminds ? [] : found;
  const notes = [
    ...commonNotes(judged.map((judgement) => judgement.notes)),
    ...(onlyReminds ? reminderNotes(found) : []),
  ];
  const project = projectOf(change);
  const plan = beforeTheEnd(() => {
    checkTime();
    const made = planFor(project, { change, findings, suppressed });
    checkTime();
    return made;
  });
  if (plan === undefined) {
    const unjudged = judged.flatMap((judgement) => judgement.unjudged);
    const all = judgedMigrations(change);
    const unjudgedFiles = new Set(unjudged.map(({ file }) => file));
    const stopped = outOfTime(limit!, {
      judged: all.filter(({ file }) => !unjudgedFiles.has(file)).length,
      all: all.length,
      versions: judged.map(({ version }) => version),
      wanted: changes.map(versionOf),
    });
    const partial = { ...change, incomplete: [...change.incomplete, stopped] };
    const unknowns = [...unjudged.filter(({ file, line }) => line > 1 || !isUnread(all, file)), ...unsearched(project)];
    return makeReport({ change: partial, findings, suppressed, notes, unknowns, plan: NO_PLAN });
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
    leastGradeOf: (placed) => leastGradeOf(placed, change.configuration, rules),
    acceptedUsesOf: (placed) => project.acceptedUsesOf(placed),
    usesOf: (placed, column) => project.usesOf(placed, column),
  });
}

const NO_PLAN: Plan = { sentence: "There was no time to plan.", deployOrder: "none", phases: [] };

function judgedMigrations({ databases }: Change): readonly Migration[] {
  return databases.flatMap(({ migrations }) => migrations.filter(({ judged }) => judged));
}

/** Whether there was no time to read the file either, which its statement says. */
function isUnread(migrations: readonly Migration[], file: string): boolean {
  const [first] = migrations.find((migration) => migration.file === file)?.statements ?? [];
  return first?.statement.operations.some((one) => one.type === "Unparsed" && one.reason === TIME_WAS_OVER) === true;
}

/** What is taken away, and whether code still uses it nobody has looked. */
function unsearched(project: Project): readonly Unknown[] {
  return project.unsearched().map((placed): Unknown => {
    const { migration, operation } = placed;
    return {
      file: migration.file,
      line: lineCounter(migration.sql.text)(operation.range[0]),
      reason: `whether code uses ${objectOf(placed) ?? "what is taken away"} is not known: ${TIME_WAS_OVER}`,
    };
  });
}

interface Judgement {
  /** Where several databases have different ones, that of the first; then there is no other judgement. */
  readonly version: number;
  readonly findings: readonly Finding[];
  /** Whether nothing is found that is a reason to speak; see `reminders.ts`. */
  readonly onlyReminds: boolean;
  readonly suppressed: readonly SuppressedFinding[];
  readonly notes: Report["notes"];
  readonly unjudged: readonly Unknown[];
}

/** At each version; where the time ends, at those that there was time for, the first in any case. */
function judgements(changes: readonly Change[]): readonly Judgement[] {
  const all: Judgement[] = [];
  for (const change of changes) {
    const judgement = judge(change);
    if (judgement.unjudged.length > 0 && all.length > 0) break;
    all.push(judgement);
    if (judgement.unjudged.length > 0) break;
  }
  return all;
}

function versionOf({ databases }: Change): number {
  return databases[0]?.postgres.version ?? 0;
}

function judge(change: Change): Judgement {
  const { findings: found, suppressed, notes, unjudged } = lint(change);
  const findings = oneFindingPerHarm(found, suppressed);
  const standing = new Set(findings);
  return {
    unjudged,
    version: versionOf(change),
    findings,
    onlyReminds: found.every(
      ({ finding, isReminder }) =>
        !standing.has(finding) || (isReminder === true && !isChosen(change.configuration, finding.rule)),
    ),
    suppressed: suppressed.map(({ finding }) => finding),
    notes,
  };
}
