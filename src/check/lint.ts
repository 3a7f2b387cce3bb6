/**
 * Runs the rules over the judged migrations of a change: with ESLint's engine where a comment may be a directive, which
 * ESLint judges; elsewhere ESLint would only hand on what the rules find.
 */
import { join } from "node:path";
import type { Linter } from "eslint";
import { rules as allRules } from "../../rules/index.js";
import { pluginWithoutSchemas } from "../eslint/plugin.js";
import { SqlSourceCode } from "../eslint/sql-source-code.js";
import { acceptanceOf, concernedEntries } from "../change/acceptance.js";
import type { Change, Database } from "../model/change.js";
import type { Acceptance } from "../model/configuration.js";
import type { Finding, SuppressedFinding, Suggestion } from "../model/finding.js";
import type { Migration } from "../model/migration.js";
import type { Place } from "../model/position.js";
import type { Report, Unknown } from "../model/report.js";
import { type DefinedRule, findingsOf } from "../rule/define-rule.js";
import { rulePage } from "../rule/rule-page.js";
import { saidFindings } from "../rule/said-findings.js";
import { textEdit } from "../rule/text-edit.js";
import type { ChangeFinding } from "../rule/types.js";
import type { DirectiveNote, LocatedMigration } from "../rule/linted-migration.js";
import { type FindingRecord, joinRecords, recordFindings } from "../rule/records.js";
import { lineCounter, placeCounter } from "../text/line-counter.js";
import { checkTime, TIME_WAS_OVER } from "../text/out-of-time.js";
import { AskedRules, type FoundInFile } from "./find.js";
import { RunLinter } from "./linter.js";
import type { RuleFinding } from "./one-finding-per-harm.js";
import { configurationFor, rulesIn, severityOf } from "./rule-levels.js";
import { suppressionsIn } from "./suppression.js";
import { beforeTheEnd } from "./time-limit.js";

const RULES: Readonly<Record<string, DefinedRule>> = allRules;
const PREFIX = "migration-safety/";

export interface LintResult {
  readonly findings: readonly RuleFinding[];
  /** What directives and entries of the configuration silence. */
  readonly suppressed: readonly RuleFinding<SuppressedFinding>[];
  readonly notes: Report["notes"];
  /** From where on there was no time, in each migration that is not judged to its end. */
  readonly unjudged: readonly Unknown[];
}

/** Findings of every judged migration, and of the change as a whole. */
export function lint(change: Change): LintResult {
  const findings: RuleFinding[] = [];
  const suppressed: RuleFinding<SuppressedFinding>[] = [];
  const notes: Report["notes"][number][] = [...(change.notes ?? [])];
  const run = new Run(change);
  const onNote = (note: DirectiveNote): void => void notes.push(note);
  const unjudged: Unknown[] = [];
  for (const database of change.databases) {
    for (const migration of database.migrations) {
      if (!migration.judged) continue;
      const file = beforeTheEnd(() => run.lint({ change, database, migration, onNote })) ?? NOT_JUDGED;
      if (file.end !== undefined) unjudged.push(unjudgedFrom(migration, file.end));
      findings.push(...file.findings);
      suppressed.push(...file.suppressed);
      notes.push(...file.notes);
    }
    const outside = beforeTheEnd(() => {
      const found = findingsOutside(change, database);
      checkTime();
      return found;
    });
    findings.push(...(outside ?? []));
    if (outside === undefined)
      unjudged.push(...database.deleted.map(({ file }) => ({ file, line: 1, reason: UNJUDGED })));
  }
  return withAccepted(change, { findings, suppressed, notes, unjudged });
}

const UNJUDGED = `not judged: ${TIME_WAS_OVER}`;

/** @param offset 0 where nothing of the migration is judged. */
function unjudgedFrom({ file, sql: { text } }: Migration, offset: number): Unknown {
  return { file, line: lineCounter(text)(offset), reason: offset === 0 ? UNJUDGED : `from here on ${UNJUDGED}` };
}

/** Moves what the configuration accepts from the findings to the suppressed ones. */
function withAccepted(change: Change, result: LintResult): LintResult {
  const { configuration } = change;
  const { findings, suppressed, notes, unjudged } = result;
  if (configuration.accept === undefined) return result;
  const standing: RuleFinding[] = [];
  const accepted: RuleFinding<SuppressedFinding>[] = [];
  const expired: Report["notes"][number][] = [];
  const used = new Set<Acceptance>();
  for (const one of findings) {
    const { finding } = one;
    const acceptance = acceptanceOf(configuration, finding);
    if (acceptance) used.add(acceptance.entry);
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
  // What was not judged may be what an entry is for.
  const unused = unjudged.length > 0 ? [] : configuration.accept.filter((entry) => !used.has(entry));
  const idle = concernedEntries(unused, change).map(({ place, rule, object, file = "" }) => ({
    ...place,
    message: `This entry accepts nothing: no finding of ${rule} is about ${object ?? file} in this change.`,
  }));
  return {
    findings: standing,
    suppressed: [...suppressed, ...accepted],
    notes: [...notes, ...expired, ...idle],
    unjudged,
  };
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

interface FileResult extends Omit<LintResult, "unjudged"> {
  /** The offset from which on there was no time to judge it. */
  readonly end?: number;
}

const NOTHING: FileResult = { findings: [], suppressed: [], notes: [] };
const NOT_JUDGED: FileResult = { ...NOTHING, end: 0 };

class Run {
  readonly #change: Change;
  readonly #asked = new Map<unknown, AskedRules>();
  #linter: RunLinter | undefined;

  constructor(change: Change) {
    this.#change = change;
  }

  /** Throws `OutOfTime` where nothing is known of the file before the time is over. */
  lint(located: LocatedMigration): FileResult {
    checkTime();
    const filename = join(this.#change.root, located.migration.file);
    const asked = hasDirectives(located.migration) ? undefined : this.#askedRules(located, filename);
    return asked ? findingsIn(located, asked.find(located)) : lintMigration(this.#eslint(), filename, located);
  }

  /** Undefined where only ESLint knows which rules are on. */
  #askedRules({ database }: LocatedMigration, filename: string): AskedRules | undefined {
    const { configuration } = this.#change;
    const isSame = configuration.overrides.length === 0;
    const rules = isSame ? undefined : this.#eslint().rulesFor(filename);
    const key = isSame ? database : rules;
    if (!key) return undefined;
    let asked = this.#asked.get(key);
    if (!asked) {
      const inUse = rules ?? rulesIn(configuration, database.name, RULES);
      asked = new AskedRules(inUse.map((one) => ({ ...one, rule: RULES[one.id.slice(PREFIX.length)]! })));
      this.#asked.set(key, asked);
    }
    return asked;
  }

  #eslint(): RunLinter {
    return (this.#linter ??= new RunLinter(
      this.#change.root,
      configurationFor(this.#change, pluginWithoutSchemas, RULES),
    ));
  }
}

/** Whether a comment may be a directive. */
function hasDirectives({ sql }: Migration): boolean {
  return sql.comments.some(({ value }) => /eslint|migration-safety/.test(value));
}

/** What rules have found in a file, in the order in which ESLint lists messages. */
function findingsIn({ database, migration }: LocatedMigration, { found, end }: FoundInFile): FileResult {
  if (found.length === 0 && end === undefined) return NOTHING;
  const { text } = migration.sql;
  const place = placeCounter(text);
  const suppression = suppressionsIn(migration);
  const findings = found.flatMap(({ id, severity, rule, found: all }) =>
    saidFindings(all, migration, text).map((one): RuleFinding => {
      const { messageId, data = {}, range, evidence = [], operation, suggest, object, also, isGuess, isReminder } = one;
      const start = place(range[0]);
      const end = place(range[1]);
      const worded = (message: string, values = {}) => interpolate(rule.meta.messages[message] ?? message, values);
      const said = {
        severity,
        message: worded(messageId, data),
        suggestions: suggest.flatMap((edit): Suggestion[] => {
          const fix = textEdit(edit.fix, text);
          return fix ? [{ message: worded(edit.messageId, edit.data), range: fix.range, text: fix.text }] : [];
        }),
      };
      const record = {
        rule: id,
        messageId,
        data,
        range,
        line: start.line,
        column: start.column,
        endLine: end.line,
        endColumn: end.column,
        ...(object !== undefined && { object }),
        evidence,
        ...(operation && { statement: operation.statement, operation }),
        ...(also && { also }),
        ...(isGuess && { isGuess }),
        ...(isReminder && { isReminder }),
      };
      return ruleFinding(findingOf(said, record, database, migration, suppression), record);
    }),
  );
  findings.sort(({ finding: one }, { finding: other }) => one.line - other.line || one.column - other.column);
  return { findings, suppressed: [], notes: [], ...(end && { end: end.range[0] }) };
}

function lintMigration(linter: RunLinter, filename: string, located: LocatedMigration): FileResult {
  const { database, migration } = located;
  const code = new SqlSourceCode(located);
  const { result, records } = recordFindings(() => linter.verify(code, filename));
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
    findings.push(ruleFinding(findingOf(saidBy(message), found, database, migration, suppression), found));
  }
  const directiveOf = directivesIn(migration);
  const suppressed = result.suppressed.flatMap((message): RuleFinding<SuppressedFinding>[] => {
    const found = recordOf(message);
    if (!found) return [];
    const finding = findingOf(saidBy(message), found, database, migration, suppression);
    const reason = message.suppressions.map(({ justification }) => justification).join("; ");
    const directive = directiveOf(finding);
    return [ruleFinding({ ...finding, reason, directive, by: "directive" as const }, found)];
  });
  return { findings, suppressed, notes };
}

function ruleFinding<Kind extends Finding>(
  finding: Kind,
  { operation, also, isGuess, isReminder }: FindingRecord,
): RuleFinding<Kind> {
  const yieldsTo = RULES[finding.rule]?.meta.docs.yieldsTo ?? [];
  return {
    finding,
    yieldsTo,
    ...(operation && { operation }),
    ...(also && { also }),
    ...(isGuess && { isGuess }),
    ...(isReminder && { isReminder }),
  };
}

function nameOf({ rule }: FindingRecord): string {
  return rule.slice(PREFIX.length);
}

/** The part of a finding that ESLint words. */
type Said = Pick<Finding, "severity" | "message" | "suggestions">;

function saidBy({ severity, message, suggestions = [] }: Linter.LintMessage): Said {
  return {
    severity: severity === 2 ? "error" : "warning",
    message,
    suggestions: suggestions.map(({ desc, fix }) => ({ message: desc, range: fix.range, text: fix.text })),
  };
}

function findingOf(
  said: Said,
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
    severity: said.severity,
    harm: RULES[rule]?.meta.docs.harm ?? "other",
    file,
    line: found.line,
    column: found.column,
    endLine: found.endLine,
    endColumn: found.endColumn,
    message: said.message,
    messageId: found.messageId,
    ...about,
    evidence: found.evidence,
    suggestions: said.suggestions,
    help: rulePage(rule),
    suppression: suppression({ rule, file, ...about }),
  };
}

/** The comment that silences a finding: the last one before its end that names the rule, else the last directive. */
function directivesIn({ file, sql: { text, comments } }: Migration): (finding: Finding) => Place {
  const place = placeCounter(text);
  const all = comments
    .filter(({ value }) => /\b(?:eslint|migration-safety)-disable\b/.test(value))
    .map(({ range, value }) => ({ range, value, line: place(range[0]).line }));
  const byRule = new Map<string, typeof all>();
  const naming = (rule: string): typeof all => {
    let named = byRule.get(rule);
    if (!named) byRule.set(rule, (named = all.filter(({ value }) => value.includes(rule))));
    return named;
  };
  return (finding) => {
    const comment = lastUpTo(naming(finding.rule), finding.endLine) ?? lastUpTo(all, finding.endLine);
    if (!comment) return finding;
    const [start, end] = [place(comment.range[0]), place(comment.range[1])];
    return { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
}

/** The last of things in order of their lines that is not behind a line. */
function lastUpTo<Thing extends { readonly line: number }>(things: readonly Thing[], line: number): Thing | undefined {
  let [low, high] = [0, things.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (things[middle]!.line <= line) low = middle + 1;
    else high = middle;
  }
  return things[low - 1];
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
