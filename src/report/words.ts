/** The words that every view of a report shares. Plain text: each view escapes it for its own context. */
import type { Finding, Suppression } from "../model/finding.js";
import type { Blocked, Lock, Work } from "../model/lock.js";
import type { Answer, Compatibility, PhaseId, Plan, Step } from "../model/plan.js";
import type { AcceptedReference, Reference, ReferenceGrade, Side } from "../model/reference.js";
import type { Override, Report, ReportedDatabase, ReportedMigration } from "../model/report.js";
import { sizeWords } from "../text/size-words.js";

export const PHASE_HEADINGS: Readonly<Record<PhaseId, string>> = {
  "before-merge": "Before you merge",
  automatic: "Runs by itself",
  "after-deploy": "After the deploy",
  later: "A later pull request",
};

const SIDE_WORDS: Readonly<Record<Side, string>> = {
  base: "the code running now",
  head: "the code in this pull request",
};

const GRADE_WORDS: Readonly<Record<ReferenceGrade, string>> = {
  certain: "",
  likely: "likely",
  possible: "possibly",
  unknown: "cannot be told",
};

const WORK_WORDS: Readonly<Record<Work, string>> = {
  instant: "for an instant, whatever the size of the table",
  scan: "while it reads the whole table",
  "index-build": "while it builds the index",
  rewrite: "while it rewrites the whole table",
};

/** `1 error`, `2 errors`. */
export function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `2 errors and 1 warning`; empty where there are none. */
export function countedFindings(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  return [errors > 0 && counted(errors, "error"), warnings > 0 && counted(warnings, "warning")]
    .filter(Boolean)
    .join(" and ");
}

/** Who waits for a lock. */
export function whoWaits(blocks: readonly Blocked[]): string {
  if (blocks.includes("read")) return "reads and writes wait";
  if (blocks.includes("write")) return "writes wait, reads go on";
  if (blocks.includes("ddl")) return "reads and writes go on, other schema changes wait";
  return "nobody waits";
}

/**
 * The lock, how long the work under it takes, who is blocked.
 * @param until Until when it is held after that work, as the end of a sentence; absent: it is released then.
 */
export function lockWords({ relation, mode, blocks, while: work, size }: Lock, until?: string): string {
  const during =
    until === undefined ? WORK_WORDS[work] : work === "instant" ? until : `${WORK_WORDS[work]} and ${until}`;
  const large = size ? ` (${sizeWords(size)})` : "";
  return `${mode} on \`${shortName(relation)}\`${large} ${during}: ${whoWaits(blocks)}`;
}

/** `public.orders` as people write it: `orders`. */
export function shortName(qualified: string): string {
  return qualified.replace(/^public\./, "");
}

const ANSWER_WORDS: Readonly<Record<Answer, string>> = { yes: "yes", no: "no", unknown: "cannot be told" };

/** The two questions with their answers. */
export function compatibilityWords({ runningCodeOnNewSchema, newCodeOnOldSchema }: Compatibility): string {
  return (
    `The code running now works on the new schema: ${ANSWER_WORDS[runningCodeOnNewSchema]}. ` +
    `The code in this pull request works on the old schema: ${ANSWER_WORDS[newCodeOnOldSchema]}.`
  );
}

/** Where a reference stands and what it does: `in the code running now, likely read`, `which makes the view open_orders`. */
export function whereWords(reference: Reference): string {
  const { side, makes } = reference;
  if (makes !== undefined) return `which makes ${makes}`;
  const what = referenceWords(reference);
  return `in ${SIDE_WORDS[side]}${what && `, ${what}`}`;
}

/** What a reference does, and how sure that is: `likely read`. */
function referenceWords({ kind, grade }: Reference): string {
  return [GRADE_WORDS[grade], kind].filter(Boolean).join(" ");
}

/** Steps that a person must act on. */
function personSteps(report: Report): Step[] {
  return report.plan.phases.flatMap(({ steps }) => steps.filter(({ person }) => person));
}

/** Whether the plan says anything that a reader should see: a step for a person, or one that somebody accepted. */
export function showsPlan({ plan }: Report): boolean {
  const isSeen = ({ person, accepted }: Step): boolean => person || accepted !== undefined;
  return plan.phases.some(({ steps }) => steps.some(isSeen)) || hasUpgradeNotes(plan);
}

/** Whether somebody who installs the new version has to know more than that there is one. */
function hasUpgradeNotes({ upgradeNotes: notes }: Plan): boolean {
  return notes !== undefined && notes.work.length + notes.mayFail.length > 0;
}

/** Whether anything was silenced that a reviewer should know of: findings, or rules beside new migrations. */
function isSilenced({ suppressed, acceptedReferences = [], change, migrations }: Report): boolean {
  return (
    suppressed.length + acceptedReferences.length > 0 ||
    (migrations.length > 0 && change.configurationChanges !== undefined)
  );
}

/** `the use of public.orders.legacy_ref in the code running now`. */
export function acceptedUseWords({ object, side, release }: AcceptedReference): string {
  return `the use of ${object} in ${release === undefined ? SIDE_WORDS[side] : release}`;
}

/** Whether the report has anything that a person should read: false for a change that ships as it is. */
export function needsAttention(report: Report): boolean {
  return (
    report.verdict !== "safe" || personSteps(report).length > 0 || hasUpgradeNotes(report.plan) || isSilenced(report)
  );
}

/**
 * The verdict in one sentence. Where a warning is about code that breaks, nothing says that one pull request is enough:
 * the plan goes by what is certain.
 */
export function verdictSentence(report: Report): string {
  const { verdict, plan, findings } = report;
  const asks = personSteps(report).length > 0;
  switch (verdict) {
    case "unsafe":
      return asks ? plan.sentence : `${counted(errorsOf(report), "error")} to resolve before you merge.`;
    case "incomplete":
      return "Not everything could be checked, so nothing can be said of the rest.";
    case "warnings":
      if (asks) return plan.sentence;
      return findings.some(({ harm }) => harm === "breaks code")
        ? `${counted(findings.length, "warning")} to read before you merge.${plan.deployOrder === "migration-first" ? " Migrations first, then the code." : ""}`
        : `${counted(findings.length, "warning")}. ${plan.sentence}`;
    case "safe":
      return plan.sentence;
  }
}

/** Who merges although the step would fail, and why. */
export function overrideWords({ label, by, reason }: Override): string {
  const who = by === undefined ? `whoever set the label ${label}` : `${by}, who set the label ${label}`;
  return `Overridden by ${who}: ${reason.replace(/[.!?]?$/, "")}. The step passes; verdict and findings are the same.`;
}

export function errorsOf({ findings }: Report): number {
  return findings.filter(({ severity }) => severity === "error").length;
}

export function warningsOf({ findings }: Report): number {
  return findings.filter(({ severity }) => severity === "warning").length;
}

/** `PostgreSQL 16 (docker-compose.yml:4)`, `PostgreSQL 13 to 18 (.github/migration-safety.yml)`. */
export function postgresWords({ version, until, source }: ReportedDatabase["postgres"]): string {
  const versions = until === undefined ? String(version) : `${String(version)} to ${String(until)}`;
  return `PostgreSQL ${versions} (${source === "default" ? "the default, no version found" : source})`;
}

/** `PostgreSQL 16 (docker-compose.yml:4), Prisma 6.2.0 in prisma/migrations`. */
export function databaseWords(
  { name, tools, schema, statistics, postgres }: ReportedDatabase,
  several: boolean,
): string {
  const runners = tools.map((tool) => `${tool.name}${tool.version ? ` ${tool.version}` : ""} in \`${tool.folder}\``);
  const assumptions = tools.flatMap(({ assumption }) => assumption ?? []);
  const start = schema ? [`starting from \`${schema.file}\` at ${schema.side}`] : [];
  const sizes = statistics ? [`sizes as \`${statistics.file}\` has them of ${ageWords(statistics.collectedAt)}`] : [];
  const facts = [`${several ? `${name}: ` : ""}${postgresWords(postgres)}`, ...runners, ...start, ...sizes].join(", ");
  return [facts, ...assumptions].join(". ");
}

/** `2026-11-01 (21 days ago)`. */
function ageWords(time: string): string {
  const days = Math.floor((Date.now() - Date.parse(time)) / 86_400_000);
  return `${time.slice(0, 10)} (${days < 1 ? "today" : days === 1 ? "yesterday" : `${String(days)} days ago`})`;
}

/**
 * What was judged, in one line: `2 migrations, 5 statements; 1 statement could not be analysed`, or
 * `no migration: none is new against main`.
 */
export function judgedWords({ change, databases, migrations, unknowns, coverage }: Report): string {
  const missing = coverage.unparsed + coverage.notAnalysable;
  const ignored = coverage.ignored?.length ?? 0;
  const nothingNew = change.base !== undefined && unknowns.length === 0 && ignored === 0;
  return [
    migrations.length > 0
      ? `${counted(migrations.length, "migration")}, ${counted(coverage.statements, "statement")}`
      : databases.length === 0
        ? "no migration: no folder with migrations was found"
        : `no migration${nothingNew ? `: none is new against ${change.base.label}` : ""}`,
    missing > 0 && `${counted(missing, "statement")} could not be analysed`,
    ignored > 0 && `${counted(ignored, "file")} ignored`,
    coverage.leftOut.length > 0 && `${counted(coverage.leftOut.length, "file")} left out`,
  ]
    .filter(Boolean)
    .join("; ");
}

/** `3 statements`, `edited, 1 statement`: what was judged of a migration. */
export function migrationWords({ status, statements }: ReportedMigration): string {
  return [status === "modified" && "edited", counted(statements.length, "statement")].filter(Boolean).join(", ");
}

/** Where the line goes that accepts a finding. */
export function suppressionWords(suppression: Suppression): string {
  return suppression.in === "configuration"
    ? "under `accept` in the configuration"
    : `above line ${String(suppression.line ?? 1)}`;
}
