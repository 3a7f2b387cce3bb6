/** Picks what a pull request shows beside its lines, within GitHub's limits. Data only: others print it. */
import type { Finding } from "../model/finding.js";
import type { Reference } from "../model/reference.js";
import type { Report } from "../model/report.js";
import { cut } from "./escape.js";
import { findingsByStatement, type StatementFindings } from "./statements.js";

export type AnnotationLevel = "error" | "warning" | "notice";

export interface Annotation {
  readonly level: AnnotationLevel;
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  /** Only where the annotation stands on one line; GitHub refuses columns otherwise. */
  readonly column?: number;
  readonly endColumn?: number;
  readonly title: string;
  /** Plain text, at most `MESSAGE_LENGTH` long. */
  readonly message: string;
}

/**
 * The runner shows 10 annotations of each level for a step (actions/runner, ExecutionContext.cs); one error is kept
 * for the message that says why the step failed.
 */
const BUDGET: Readonly<Record<AnnotationLevel, number>> = { error: 9, warning: 10, notice: 10 };

/** The runner cuts messages at this length (actions/runner, ExecutionContext.cs). */
export const MESSAGE_LENGTH = 4096;

export interface AnnotationOptions {
  /** The lines of a file that the pull request adds; undefined for a file that is not part of it. */
  readonly addedLines: (file: string) => ((line: number) => boolean) | undefined;
  /** Where those stand that are not shown, as the end of a sentence. */
  readonly rest: string;
  /** What the pull request shows already. */
  readonly shown?: (group: StatementFindings) => boolean;
}

/**
 * One annotation for each statement, on files of the pull request only, those on added lines first; then one for each
 * line of the pull request's code that a statement leaves broken, as far as there is room.
 */
export function pickAnnotations(
  report: Report,
  { addedLines, rest, shown: isShown = () => false }: AnnotationOptions,
): Annotation[] {
  const groups = findingsByStatement(report);
  const candidates = groups
    .filter((group) => !isShown(group))
    .map((group) => {
      const added = addedLines(group.speaks.file);
      return { group, rank: added === undefined ? undefined : added(group.speaks.line) ? 0 : 1 };
    });
  const broken = brokenLines(groups, (file) => addedLines(file) !== undefined);
  return (["error", "warning"] as const).flatMap((level) => {
    const ofLevel = candidates.filter(({ group }) => group.speaks.severity === level);
    const shown = ofLevel
      .filter(({ rank }) => rank !== undefined)
      .sort((one, other) => one.rank! - other.rank!)
      .slice(0, BUDGET[level]);
    const more = ofLevel.length - shown.length;
    const lines = broken.filter(({ finding }) => finding.severity === level).slice(0, BUDGET[level] - shown.length);
    return [
      ...shown.map(({ group }, index) =>
        annotationOf(group, level, index === shown.length - 1 && more > 0 ? `\n\n+${String(more)} more ${rest}.` : ""),
      ),
      ...lines.map(({ finding, reference }) => codeAnnotation(finding, reference, level)),
    ];
  });
}

interface BrokenLine {
  readonly finding: Finding;
  readonly reference: Reference;
}

/** The lines of code at head that findings are about, each once, with the first of those findings. */
function brokenLines(groups: readonly StatementFindings[], isChanged: (file: string) => boolean): BrokenLine[] {
  const lines = new Map<string, BrokenLine>();
  for (const finding of groups.flatMap(({ speaks, also }) => [speaks, ...also])) {
    if (finding.harm !== "breaks code") continue;
    for (const reference of finding.evidence) {
      const { side, grade, file, line } = reference;
      const isSure = grade === "certain" || grade === "likely";
      // A function that a migration makes is a line of it, which has the finding itself.
      if (side !== "head" || !isSure || file === finding.file || !isChanged(file)) continue;
      const key = `${file}\0${String(line)}`;
      if (!lines.has(key)) lines.set(key, { finding, reference });
    }
  }
  return [...lines.values()];
}

function codeAnnotation(finding: Finding, { file, line }: Reference, level: AnnotationLevel): Annotation {
  const message = `Because of ${finding.file}:${String(finding.line)}: ${finding.message}`;
  return { level, file, line, endLine: line, title: finding.rule, message: cut(message, MESSAGE_LENGTH) };
}

function annotationOf({ speaks, also }: StatementFindings, level: AnnotationLevel, rest: string): Annotation {
  const { file, line, column, endLine, endColumn, rule } = speaks;
  const message = [speaks.message, ...also.map((finding) => `Also (${finding.rule}): ${finding.message}`)].join("\n\n");
  return {
    level,
    file,
    line,
    endLine,
    ...(line === endLine && { column, endColumn }),
    title: rule,
    message: cut(message, MESSAGE_LENGTH - rest.length) + rest,
  };
}
