/** The run: change and configuration in, report out. The Action and the command line call this; nothing else does. */
import type { ChangeSource } from "../change/change-source.js";
import { loadChange, type LoadOptions } from "../change/load.js";
import { type ParsedMigration, type ParseMigration, parseMigration } from "../change/parse-migration.js";
import { Project } from "../change/project.js";
import { planOf } from "../deploy-order/plan.js";
import type { Change } from "../model/change.js";
import type { Configuration } from "../model/configuration.js";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { Report } from "../model/report.js";
import { lint } from "./lint.js";
import { oneFindingPerHarm } from "./one-finding-per-harm.js";
import { makeReport } from "./report.js";
import { withSizes } from "./sizes.js";
import { commonNotes, eachVersion, mergeFindings } from "./versions.js";

/** Checks a change. Synchronous; throws only for failures of ours, never for what stands in a migration. */
export function check(source: ChangeSource, configuration: Configuration, options: LoadOptions = {}): Report {
  const [first = configuration, ...others] = eachVersion(configuration);
  if (others.length === 0) return checkChange(loadChange(source, first, options));
  const parse = parsedOnce(options.parse);
  return checkVersions([first, ...others].map((one) => loadChange(source, one, { ...options, parse })));
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
  const [change] = changes;
  if (change === undefined) throw new TypeError("There is no change to check.");
  const judged = changes.map(judge);
  const at = <Found>(found: (judgement: Judgement) => readonly Found[]) =>
    judged.map((judgement) => ({ version: judgement.version, found: found(judgement) }));
  const findings = withSizes(change, mergeFindings(at((one) => one.findings)));
  const suppressed = withSizes(change, mergeFindings(at((one) => one.suppressed)));
  const notes = commonNotes(judged.map((judgement) => judgement.notes));
  const project = new Project(change);
  const plan = planOf({
    change,
    findings,
    accepted: suppressed,
    isLive: (placed, relation) => project.isLive(placed, relation),
    isListed: (list, placed, relation) => project.isListed(list, placed, relation),
    referencesTo: (placed) => project.referencesOf(placed),
  });
  return makeReport({ change, findings, suppressed, notes, plan });
}

interface Judgement {
  /** Where several databases have different ones, that of the first; then there is no other judgement. */
  readonly version: number;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly notes: Report["notes"];
}

function judge(change: Change): Judgement {
  const { findings, suppressed, notes } = lint(change);
  return {
    version: change.databases[0]?.postgres.version ?? 0,
    findings: oneFindingPerHarm(findings, suppressed),
    suppressed: suppressed.map(({ finding }) => finding),
    notes,
  };
}

/** What a file says does not depend on the version. */
function parsedOnce(parse: ParseMigration = parseMigration): ParseMigration {
  const sides = new Map<unknown, Map<string, ParsedMigration>>();
  return (text, file, read, program) => {
    let parsed = sides.get(program?.files);
    if (parsed === undefined) sides.set(program?.files, (parsed = new Map<string, ParsedMigration>()));
    const key = `${file}\0${text}`;
    let migration = parsed.get(key);
    if (migration === undefined) parsed.set(key, (migration = parse(text, file, read, program)));
    return migration;
  };
}
