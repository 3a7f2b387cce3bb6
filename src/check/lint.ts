/** Runs the rules over the judged migrations of a change with ESLint's engine. */
import { join } from "node:path";
import type { Linter } from "eslint";
import { rules as allRules } from "../../rules/index.js";
import { pluginWithoutSchemas } from "../eslint/plugin.js";
import { SqlSourceCode } from "../eslint/sql-source-code.js";
import { acceptanceOf } from "../change/acceptance.js";
import type { Change, Database } from "../model/change.js";
import type { Acceptance } from "../model/configuration.js";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { Migration } from "../model/migration.js";
import type { Place } from "../model/position.js";
import type { Report } from "../model/report.js";
import { type DefinedRule, findingsOf, type RuleSettings, typesIn } from "../rule/define-rule.js";
import { rulePage } from "../rule/rule-page.js";
import type { ChangeFinding, Found } from "../rule/types.js";
import type { DirectiveNote, LocatedMigration } from "../rule/linted-migration.js";
import { type FindingRecord, joinRecords, recordFindings } from "../rule/records.js";
import { lineCounter } from "../text/line-counter.js";
import { RunLinter } from "./linter.js";
import type { RuleFinding } from "./one-finding-per-harm.js";
import { configurationFor, severityOf } from "./rule-levels.js";
import { suppressionsIn } from "./suppression.js";
import type { TimeLimit } from "./time-limit.js";

const RULES: Readonly<Record<string, DefinedRule>> = allRules;
const PREFIX = "migration-safety/";

export interface LintResult {
  readonly findings: readonly RuleFinding[];
  /** What directives and entries of the configuration silence. */
  readonly suppressed: readonly RuleFinding<SuppressedFinding>[];
  readonly notes: Report["notes"];
  /** How many migrations there was time for. */
  readonly judged: number;
}

/** Findings of every judged migration, and of the change as a whole. */
export function lint(change: Change, limit?: TimeLimit): LintResult {
  const findings: RuleFinding[] = [];
  const suppressed: RuleFinding<SuppressedFinding>[] = [];
  const notes: Report["notes"][number][] = [...(change.notes ?? [])];
  const linter = new RunLinter(change.root, configurationFor(change, pluginWithoutSchemas, RULES));
  const onNote = (note: DirectiveNote): void => void notes.push(note);
  let judged = 0;
  for (const database of change.databases) {
    for (const migration of database.migrations) {
      if (!migration.judged) continue;
      if (limit?.isOver()) return withAccepted(change, { findings, suppressed, notes, judged });
      judged += 1;
      const file = lintMigration(linter, { change, database, migration, onNote });
      findings.push(...file.findings);
      suppressed.push(...file.suppressed);
      notes.push(...file.notes);
    }
    findings.push(...findingsOutside(change, database));
  }
  return withAccepted(change, { findings, suppressed, notes, judged });
}

/** Moves what the configuration accepts from the findings to the suppressed ones. */
function withAccepted({ configuration }: Change, result: LintResult): LintResult {
  const { findings, suppressed, notes, judged } = result;
  if (configuration.accept === undefined) return result;
  const standing: RuleFinding[] = [];
  const accepted: RuleFinding<SuppressedFinding>[] = [];
  const expired: Report["notes"][number][] = [];
  for (const one of findings) {
    const { finding } = one;
    const acceptance = acceptanceOf(configuration, finding);
    if (acceptance && !acceptance.expired) {
      accepted.push({ ...one, finding: acceptedFinding(finding, acceptance.entry) });
      continue;
    }
    standing.push(one);
    if (acceptance) {
      const { place, rule, until = "" } = acceptance.entry;
      const message = `This entry accepted ${rule} at ${finding.file}:${String(finding.line)} until ${until}. That day has passed, and the finding is back.`;
      expired.push({ ...place, message });
    }
  }
  return { findings: standing, suppressed: [...suppressed, ...accepted], notes: [...notes, ...expired], judged };
}

function acceptedFinding(finding: Finding, { reason, until, place }: Acceptance): SuppressedFinding {
  return {
    ...finding,
    reason,
    directive: { ...place, column: 1, endLine: place.line, endColumn: 1 },
    by: "configuration",
    ...(until !== undefined && { until }),
  };
}

type FileResult = Omit<LintResult, "judged">;

const NOTHING: FileResult = { findings: [], suppressed: [], notes: [] };

function lintMigration(linter: RunLinter, located: LocatedMigration): FileResult {
  const { change, database, migration } = located;
  const filename = join(change.root, migration.file);
  const found = hasDirectives(migration) ? undefined : findingsIn(located, linter.settingsFor(filename));
  if (found?.size === 0) return NOTHING;
  const code = new SqlSourceCode({ ...located, ...(found && { found }) });
  const { result, records } = recordFindings(() =>
    linter.verify(code, filename, ({ ruleId }) => found?.has(ruleId) !== false),
  );
  const recordOf = joinRecords(records);
  const suppression = suppressionsIn(migration);
  const findings: RuleFinding[] = [];
  const notes: Report["notes"][number][] = [];
  for (const message of result.messages) {
    const found = recordOf(message);
    if (!found) {
      notes.push({ file: migration.file, line: message.line, message: message.message });
      continue;
    }
    findings.push(ruleFinding(findingOf(message, found, database, migration, suppression), found));
  }
  const suppressed = result.suppressed.flatMap((message): RuleFinding<SuppressedFinding>[] => {
    const found = recordOf(message);
    if (!found) return [];
    const finding = findingOf(message, found, database, migration, suppression);
    const reason = message.suppressions.map(({ justification }) => justification).join("; ");
    const directive = directiveOf(finding, migration);
    return [ruleFinding({ ...finding, reason, directive, by: "directive" as const }, found)];
  });
  return { findings, suppressed, notes };
}

/** Whether a comment may be a directive: then ESLint needs every rule, to judge it. */
function hasDirectives({ sql }: Migration): boolean {
  return sql.comments.some(({ value }) => /eslint|migration-safety/.test(value));
}

/** What rules find in a migration, by their ids; those that find nothing are not there. */
function findingsIn(
  located: LocatedMigration,
  settings: readonly RuleSettings[] | undefined,
): ReadonlyMap<string, readonly Found[]> | undefined {
  if (!settings) return undefined;
  const found = new Map<string, readonly Found[]>();
  for (const one of concernedWith(located.migration, settings)) {
    const inFile = RULES[one.id.slice(PREFIX.length)]?.find(located, one) ?? [];
    if (inFile.length > 0) found.set(one.id, inFile);
  }
  return found;
}

const concerned = new WeakMap<readonly RuleSettings[], Map<string, readonly RuleSettings[]>>();

/** The rules that can find something in a migration: most have few types of operations, and the same as others. */
function concernedWith(migration: Migration, settings: readonly RuleSettings[]): readonly RuleSettings[] {
  const types = typesIn(migration);
  const key = [...types].join();
  let byTypes = concerned.get(settings);
  if (!byTypes) concerned.set(settings, (byTypes = new Map<string, readonly RuleSettings[]>()));
  let rules = byTypes.get(key);
  if (!rules) {
    rules = settings.filter(({ id }) => RULES[id.slice(PREFIX.length)]?.looksAt(types));
    byTypes.set(key, rules);
  }
  return rules;
}

function ruleFinding<Kind extends Finding>(finding: Kind, { operation, also }: FindingRecord): RuleFinding<Kind> {
  const yieldsTo = RULES[finding.rule]?.meta.docs.yieldsTo ?? [];
  return { finding, yieldsTo, ...(operation && { operation }), ...(also && { also }) };
}

function nameOf({ rule }: FindingRecord): string {
  return rule.slice(PREFIX.length);
}

function findingOf(
  message: Linter.LintMessage,
  found: FindingRecord,
  database: Database,
  { file }: Migration,
  suppression: ReturnType<typeof suppressionsIn>,
): Finding {
  const rule = nameOf(found);
  const about = {
    ...(found.object !== undefined && { object: found.object }),
    ...(found.statement !== undefined && { statement: found.statement }),
  };
  return {
    database: database.name,
    rule,
    severity: message.severity === 2 ? "error" : "warning",
    harm: RULES[rule]?.meta.docs.harm ?? "other",
    file,
    line: found.line,
    column: found.column,
    endLine: found.endLine,
    endColumn: found.endColumn,
    message: message.message,
    messageId: found.messageId,
    ...about,
    evidence: found.evidence,
    suggestions: (message.suggestions ?? []).map(({ desc, fix }) => ({
      message: desc,
      range: fix.range,
      text: fix.text,
    })),
    help: rulePage(rule),
    suppression: suppression({ rule, file, ...about }),
  };
}

/** The comment that silences a finding: the last one before its end that names the rule, else the last directive. */
function directiveOf(finding: Finding, { file, sql }: Migration): Place {
  const line = lineCounter(sql.text);
  const before = sql.comments.filter(
    ({ range, value }) => /\b(?:eslint|migration-safety)-disable\b/.test(value) && line(range[0]) <= finding.endLine,
  );
  const comment = before.findLast(({ value }) => value.includes(finding.rule)) ?? before.at(-1);
  if (!comment) return finding;
  const place = (offset: number): [line: number, column: number] => {
    const start = Math.max(sql.text.lastIndexOf("\n", offset - 1), sql.text.lastIndexOf("\r", offset - 1)) + 1;
    return [line(offset), offset - start + 1];
  };
  const [startLine, startColumn] = place(comment.range[0]);
  const [endLine, endColumn] = place(comment.range[1]);
  return { file, line: startLine, column: startColumn, endLine, endColumn };
}

/** What rules find in the change as a whole, on files that are not linted because they are gone. */
function findingsOutside(change: Change, database: Database): RuleFinding[] {
  const linted = new Set(database.migrations.filter(({ judged }) => judged).map(({ file }) => file));
  return Object.entries(RULES).flatMap(([rule, { definition, meta }]) =>
    [...findingsOf(definition, change).values()].flat().flatMap((found): RuleFinding[] => {
      if (found.database !== database || linted.has(found.file)) return [];
      const severity = severityOf(change.configuration, rule, { database: database.name, file: found.file }, RULES);
      if (severity === "off") return [];
      const object = found.object === undefined ? {} : { object: found.object };
      const finding: Finding = {
        database: database.name,
        rule,
        severity,
        harm: meta.docs.harm,
        ...placeIn(change, found),
        message: interpolate(meta.messages[found.messageId] ?? found.messageId, found.data ?? {}),
        messageId: found.messageId,
        ...object,
        evidence: [],
        suggestions: [],
        help: rulePage(rule),
        suppression: suppressionsIn()({ rule, file: found.file, ...object }),
      };
      return [{ finding, yieldsTo: meta.docs.yieldsTo ?? [] }];
    }),
  );
}

/** Where a finding stands in a file that is not linted, which may be gone. */
function placeIn({ head }: Change, { file, range }: Pick<ChangeFinding<string>, "file" | "range">): Place {
  const text = range && head.tree.read(file)?.replace(/^\uFEFF/, "");
  if (range === undefined || text === undefined) return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const line = lineCounter(text);
  const columnAt = (offset: number): number => offset - (text.lastIndexOf("\n", offset - 1) + 1) + 1;
  const [start, end] = range;
  return { file, line: line(start), column: columnAt(start), endLine: line(end), endColumn: columnAt(end) };
}

/** Fills a message's `{{placeholders}}` as ESLint does. */
function interpolate(message: string, data: Readonly<Record<string, string>>): string {
  return message.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (placeholder, name: string) => data[name] ?? placeholder);
}
