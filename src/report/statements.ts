/** Findings by statement: the most severe speaks, the others of the same statement fold into it. */
import type { Finding } from "../model/finding.js";
import type { Report, ReportedStatement } from "../model/report.js";

export interface StatementFindings {
  readonly speaks: Finding;
  /** The lesser findings of the same statement, most severe first. */
  readonly also: readonly Finding[];
  /** Absent for a finding about a file as a whole. */
  readonly statement?: ReportedStatement;
}

export interface FileFindings {
  readonly file: string;
  readonly statements: readonly StatementFindings[];
}

/** Groups a report's findings by statement, in the order of the migrations, then of their lines. */
export function findingsByStatement(report: Report): StatementFindings[] {
  const migrations = new Map(report.migrations.map((migration) => [key(migration), migration]));
  const order = new Map(report.migrations.map((migration, index) => [migration.file, index]));
  const groups = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    const id = `${key(finding)}\0${finding.statement === undefined ? finding.rule : String(finding.statement)}`;
    const group = groups.get(id);
    if (group) group.push(finding);
    else groups.set(id, [finding]);
  }
  return [...groups.values()]
    .map((group): StatementFindings => {
      const [speaks, ...also] = group.sort(bySeverity) as [Finding, ...Finding[]];
      const statement =
        speaks.statement === undefined ? undefined : migrations.get(key(speaks))?.statements[speaks.statement];
      return { speaks, also, ...(statement && { statement }) };
    })
    .sort(
      ({ speaks: one }, { speaks: other }) =>
        (order.get(one.file) ?? Infinity) - (order.get(other.file) ?? Infinity) ||
        compare(one.file, other.file) ||
        one.line - other.line ||
        one.column - other.column,
    );
}

/** The same, grouped by file. */
export function findingsByFile(report: Report): FileFindings[] {
  const files = new Map<string, StatementFindings[]>();
  for (const group of findingsByStatement(report)) {
    const file = files.get(group.speaks.file);
    if (file) file.push(group);
    else files.set(group.speaks.file, [group]);
  }
  return [...files].map(([file, statements]) => ({ file, statements }));
}

function key({ database, file }: { readonly database: string; readonly file: string }): string {
  return `${database}\0${file}`;
}

/** Errors first; `sort` is stable, so the rest keeps the order of places. */
function bySeverity(one: Finding, other: Finding): number {
  return Number(one.severity === "warning") - Number(other.severity === "warning");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
