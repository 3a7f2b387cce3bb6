import { LINE_ENDING } from "../text/line-counter.js";
import type { ChangeSource } from "./change-source.js";

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
