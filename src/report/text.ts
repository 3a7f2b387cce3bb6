/** The report for a terminal. */
import picocolors from "picocolors";
import type { Reference } from "../model/reference.js";
import type { Finding, Suppression } from "../model/finding.js";
import type { Report } from "../model/report.js";
import { codeFrame } from "./code-frame.js";
import { oneLine, splitCommands } from "./escape.js";
import { planSections, referenceText } from "./plan-text.js";
import { findingsByFile, type StatementFindings } from "./statements.js";
import {
  acceptedUseWords,
  counted,
  countedFindings,
  databaseWords,
  judgedWords,
  migrationWords,
  showsPlan,
  suppressionWords,
  verdictSentence,
} from "./words.js";

export interface TextOptions {
  readonly color: boolean;
  /** The text of a file at head, for code frames; undefined where it cannot be read. */
  readonly source?: (file: string) => string | undefined;
  /** Columns of the terminal, for code frames; absent: text goes to a file or a pipe. */
  readonly width?: number;
}

/** Whether to write colours: `FORCE_COLOR` and `NO_COLOR` decide (no-color.org), else whether it is a terminal. */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

const EVIDENCE = 10;
const FRAME_INDENT = "    ";
const FILES = 20;

/** Renders the report: findings by file, then the plan, what is unknown, what was judged, and the verdict last. */
export function renderText(report: Report, { color, source, width }: TextOptions): string {
  const colors = picocolors.createColors(color);
  const level = { error: colors.red, warning: colors.yellow } as const;

  const place = (file: string, line: number): string => `${oneLine(file)}:${String(line)}`;
  const references = (list: readonly Reference[], indent: string): string[] => {
    const lines = list.slice(0, EVIDENCE).map((one) => `${indent}${colors.dim(referenceText(one))}`);
    if (list.length > EVIDENCE)
      lines.push(`${indent}${colors.dim(`and ${counted(list.length - EVIDENCE, "place")} more`)}`);
    return lines;
  };

  const frame = ({ speaks, statement }: StatementFindings): string => {
    const frameColors = { dim: colors.dim, mark: level[speaks.severity] };
    const text = source?.(speaks.file);
    const columns = width === undefined ? {} : { width: width - FRAME_INDENT.length };
    if (text !== undefined) return codeFrame(text, speaks, frameColors, columns);
    // The statement alone: its columns are known only where it starts a line.
    return statement
      ? codeFrame(
          statement.sql,
          { line: statement.line, column: 1, endLine: statement.endLine, endColumn: Infinity },
          frameColors,
          { firstLine: statement.line, ...columns },
        )
      : "";
  };

  const accepting = (suppression: Suppression): string =>
    colors.dim(`    To accept it, ${suppressionWords(suppression)}: ${oneLine(suppression.text)}`);

  const finding = (group: StatementFindings): string => {
    const { speaks, also } = group;
    const evidence = [speaks, ...also].flatMap((one: Finding) => one.evidence);
    return [
      `  ${String(speaks.line)}:${String(speaks.column)}  ${level[speaks.severity](speaks.severity)}  ${colors.dim(speaks.rule)}`,
      `    ${oneLine(speaks.message)}`,
      ...also.map((one) => `    also: ${oneLine(one.message)} ${colors.dim(one.rule)}`),
      indented(frame(group), FRAME_INDENT),
      ...references(evidence, "    - "),
      ...[speaks, ...also].map(({ suppression }) => suppression && accepting(suppression)),
    ]
      .filter((line) => line !== undefined && line !== "")
      .join("\n");
  };

  const judged = (): string => {
    const { databases, migrations, change, coverage, suppressed, acceptedReferences, notes, unknowns } = report;
    const files = migrations
      .slice(0, FILES)
      .map((migration) => `  ${oneLine(migration.file)}: ${migrationWords(migration)}`);
    if (migrations.length > files.length)
      files.push(`  and ${counted(migrations.length - files.length, "migration")} more`);
    return [
      ...unknowns.map((one) => `Not analysed: ${place(one.file, one.line)}: ${oneLine(one.reason)}`),
      ...suppressed.map(
        ({ file, line, rule, reason, directive, until }) =>
          `Accepted: ${place(file, line)}: ${rule}: ${oneLine(reason)} (${place(directive.file, directive.line)}${until === undefined ? "" : `, until ${until}`})`,
      ),
      ...(acceptedReferences ?? []).map(
        (one) =>
          `Accepted: ${place(one.file, one.line)}: ${oneLine(acceptedUseWords(one))}: ${oneLine(one.reason)} (${place(one.directive.file, one.directive.line)}${one.until === undefined ? "" : `, until ${one.until}`})`,
      ),
      ...(coverage.ignored ?? []).map((file) => `Ignored: ${oneLine(file)}: the configuration says so`),
      ...notes.map((one) => `Note: ${place(one.file, one.line)}: ${oneLine(one.message)}`),
      ...coverage.leftOut.map((one) => `Left out: ${oneLine(one.file)}: ${oneLine(one.reason)}`),
      `Judged: ${judgedWords(report)} (${oneLine(change.head.label)}${change.base ? ` against ${oneLine(change.base.label)}` : ""}).`,
      ...(change.release
        ? [`  released: ${oneLine(change.release.tag)}; what was merged since is not in use yet`]
        : []),
      ...databases.map((database) => `  ${oneLine(databaseWords(database, databases.length > 1))}`),
      ...files,
      `  configuration: ${oneLine(change.configuration)}`,
    ].join("\n");
  };

  const verdict = (): string => {
    const counts = countedFindings(report.findings);
    const sentence = oneLine(verdictSentence(report));
    const paint = { unsafe: colors.red, incomplete: colors.red, warnings: colors.yellow, safe: colors.green };
    const repeated = counts === "" || sentence.startsWith(counts);
    return `${colors.bold(paint[report.verdict](report.verdict))}: ${sentence}${repeated ? "" : ` (${counts})`}`;
  };

  const sections = [
    ...findingsByFile(report).map(({ file, statements }) =>
      [colors.underline(oneLine(file)), ...statements.map(finding)].join("\n"),
    ),
    ...(showsPlan(report) ? planSections(report.plan, { colors, references }) : []),
    ...report.change.incomplete.map(({ reason, fix }) => `${oneLine(reason)} ${oneLine(fix)}`),
    judged(),
    verdict(),
  ];
  return `${sections.map(splitCommands).join("\n\n")}\n`;
}

function indented(text: string, indent: string): string {
  if (text === "") return "";
  return text
    .split("\n")
    .map((line) => indent + line)
    .join("\n");
}
