/** Annotations as workflow commands: they need no permission, so they work on pull requests from forks. */
import { error, notice, warning, type AnnotationProperties } from "@actions/core";
import type { ChangeSource } from "../change/change-source.js";
import type { Annotation } from "../report/annotations.js";
import { log } from "../report/escape.js";
import { LINE_ENDING } from "../text/line-counter.js";

const COMMANDS = { error, warning, notice } as const;

/** Prints each annotation as the workflow command of its level. */
export function printAnnotations(annotations: readonly Annotation[]): void {
  for (const { level, file, line, endLine, column, endColumn, title, message } of annotations) {
    const properties: AnnotationProperties = {
      file,
      title: log(title),
      startLine: line,
      endLine,
      ...(column !== undefined && { startColumn: column }),
      ...(endColumn !== undefined && { endColumn }),
    };
    COMMANDS[level](log(message), properties);
  }
}

/**
 * Which lines of which files a change adds; undefined for a file outside it. A line counts as added where base has no
 * such line left: good enough to rank by, without a difference algorithm.
 */
export function addedLinesOf({
  base,
  head,
  changed,
}: ChangeSource): (file: string) => ((line: number) => boolean) | undefined {
  const files = new Map(changed.map((one) => [one.file, one]));
  return (file) => {
    const change = files.get(file);
    if (change === undefined) return undefined;
    if (change.status === "added" || base === undefined) return () => true;
    const left = new Map<string, number>();
    for (const line of lines(base.tree.read(change.previousFile ?? file))) left.set(line, (left.get(line) ?? 0) + 1);
    const added = lines(head.tree.read(file)).map((line) => {
      const count = left.get(line) ?? 0;
      left.set(line, count - 1);
      return count <= 0;
    });
    return (line) => added[line - 1] ?? true;
  };
}

function lines(text: string | undefined): string[] {
  return text?.split(LINE_ENDING) ?? [];
}
