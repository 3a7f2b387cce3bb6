import { newStatements } from "../change/edited-statements.js";
import { objectOf } from "../change/object-names.js";
import { matcher } from "../change/overlay-tree.js";
import type { Change } from "../model/change.js";
import type { Finding, SuppressedFinding } from "../model/finding.js";
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { Plan } from "../model/plan.js";
import type { AcceptedReference } from "../model/reference.js";
import type {
  Coverage,
  Report,
  ReportedChange,
  ReportedDatabase,
  ReportedMigration,
  ReportedStatement,
  Unknown,
  Verdict,
} from "../model/report.js";
import { lineCounter } from "../text/line-counter.js";

/** What the run has found out; `makeReport` puts it into the report's contract. */
export interface RunResult {
  readonly change: Change;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly acceptedReferences?: readonly AcceptedReference[];
  readonly notes: Report["notes"];
  /** What is not known beside statements that are not analysed. */
  readonly unknowns?: readonly Unknown[];
  readonly plan: Plan;
}

/** Assembles the report. Findings are sorted by file, line, column and rule. */
export function makeReport(result: RunResult): Report {
  const { change, findings, suppressed, acceptedReferences = [], notes, unknowns = [], plan } = result;
  const judged = change.databases.flatMap(({ migrations }) => migrations.filter((migration) => migration.judged));
  return {
    version: 1,
    verdict: verdictOf(findings, change),
    change: reportedChange(change),
    databases: change.databases.map(({ name, tools, schema, statistics, postgres }): ReportedDatabase => ({
      name,
      tools,
      ...(schema && { schema }),
      ...(statistics && { statistics }),
      postgres,
    })),
    migrations: judged.map(reportedMigration),
    findings: [...findings].sort(byPlace),
    suppressed: [...suppressed].sort(byPlace),
    ...(acceptedReferences.length > 0 && { acceptedReferences }),
    notes,
    plan,
    unknowns: [
      ...judged.flatMap(unknownsOf),
      ...(change.unread ?? []).map(({ file, reason }): Unknown => ({ file, line: 1, reason })),
      ...unknowns,
    ],
    coverage: coverageOf(change, judged),
  };
}

function verdictOf(findings: readonly Finding[], { incomplete }: Change): Verdict {
  if (findings.some(({ severity }) => severity === "error")) return "unsafe";
  if (incomplete.length > 0) return "incomplete";
  return findings.length > 0 ? "warnings" : "safe";
}

function reportedChange({ base, head, release, configuration, incomplete }: Change): ReportedChange {
  return {
    ...(base && { base: side(base) }),
    head: side(head),
    ...(release && { release: { tag: release.tag, commit: release.commit } }),
    configuration: configuration.source,
    ...(configuration.changes && { configurationChanges: configuration.changes }),
    incomplete,
  };
}

function side({ label, commit }: { readonly label: string; readonly commit?: string }): {
  label: string;
  commit?: string;
} {
  return { label, ...(commit !== undefined && { commit }) };
}

function reportedMigration(migration: Migration): ReportedMigration {
  const { database, file, status, statements, sql } = migration;
  const lines = lineCounter(sql.text);
  const groups = new Set(statements.map(({ transaction }) => transaction.group));
  const [group] = groups;
  return {
    database,
    file,
    status,
    ...(groups.size === 1 && group !== undefined && { transactionGroup: group }),
    statements: statements.map((statement) => reportedStatement(migration, statement, lines)),
  };
}

/** @param lines From an offset in the file to its 1-based line. */
export function reportedStatement(
  migration: Migration,
  analysed: AnalysedStatement,
  lines: (offset: number) => number,
): ReportedStatement {
  const { statement, locks, work, transaction } = analysed;
  return {
    sql: statement.sql,
    range: statement.range,
    line: lines(statement.range[0]),
    endLine: lines(Math.max(statement.range[0], statement.range[1] - 1)),
    operations: statement.operations.map((operation, index) => {
      const object = objectOf({ operation, statement: analysed, migration });
      return {
        type: operation.type,
        ...(object !== undefined && { object }),
        range: operation.range,
        work: work[index] ?? "instant",
      };
    }),
    locks,
    transactional: transaction.inTransaction,
  };
}

function unknownsOf(migration: Migration): Unknown[] {
  const { file, sql } = migration;
  const lines = lineCounter(sql.text);
  return newStatements(migration).flatMap(({ statement }) =>
    statement.operations.flatMap((operation): Unknown[] => {
      if (operation.type === "Unparsed") return [{ file, line: lines(operation.range[0]), reason: operation.reason }];
      if (operation.type === "DoBlock") {
        return [
          { file, line: lines(operation.range[0]), reason: operation.reason ?? "what the DO block runs is not known" },
        ];
      }
      return [];
    }),
  );
}

function coverageOf({ base, configuration, databases, leftOut }: Change, judged: readonly Migration[]): Coverage {
  const statements = judged.flatMap(newStatements);
  const having = (type: string): number =>
    statements.filter(({ statement }) => statement.operations.some((operation) => operation.type === type)).length;
  const unparsed = having("Unparsed");
  const notAnalysable = having("DoBlock");
  const all = databases.flatMap(({ migrations }) => migrations);
  const isIgnored = matcher(configuration.ignore);
  // Without a base nothing is new, and every old file that is ignored would be listed.
  const isNew = ({ status }: Migration): boolean => base !== undefined && status !== "existing";
  const ignored = all.filter((migration) => isNew(migration) && isIgnored(migration.file)).map(({ file }) => file);
  return {
    statements: statements.length,
    analysed: statements.length - unparsed - notAnalysable,
    unparsed,
    notAnalysable,
    replayed: all.reduce((sum, { statements: list }) => sum + list.length, 0) - statements.length,
    ...(ignored.length > 0 && { ignored }),
    leftOut,
  };
}

function byPlace(one: Finding, other: Finding): number {
  return (
    compare(one.file, other.file) || one.line - other.line || one.column - other.column || compare(one.rule, other.rule)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
