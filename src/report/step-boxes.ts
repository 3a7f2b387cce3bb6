/**
 * The boxes of a plan in a comment: how one is written, and how what people have ticked gets from one text of the
 * comment into the next.
 *
 * A line with a box ends in `<!-- step:ID CONTENT -->`: the step's id, which stays whatever the lines around it do, and
 * a hash over what the step says. A tick belongs to both: it stays while the step is the same, and is taken away, and
 * said to be, where the step asks for something else than what was ticked.
 */
import { createHash } from "node:crypto";
import type { Step } from "../model/plan.js";
import { statementTokens } from "../postgres/statement-tokens.js";
import { identifier } from "./escape.js";

/** The end of a step's line. */
export function boxMark(step: Step): string {
  return `<!-- step:${identifier(step.id)} ${contentOf(step)} -->`;
}

/** What somebody who ticks a step has done. Where it stands and how SQL is formatted is no part of it. */
function contentOf({ title, sql = "", check, wayBack, stopCondition, evidence }: Step): string {
  const places = [...new Set(evidence.map(({ side, file }) => `${side} ${file}`))].sort();
  const content = JSON.stringify([title, statementTokens(sql), check, wayBack, stopCondition, places]);
  return createHash("sha256").update(content).digest("hex").slice(0, 8);
}

interface Box {
  readonly id: string;
  readonly content: string;
  readonly ticked: boolean;
  /** It was ticked, and then the step changed. */
  readonly changed: boolean;
}

const CHANGED = "*Changed since it was ticked.*";

/** Longest line that is taken for a step's: a comment has 65,536 characters. */
const LONGEST_MARK = 200;

/** Whether a text has boxes that somebody can tick. */
export function hasBoxes(markdown: string): boolean {
  return linesOf(markdown).some((line) => boxOf(line) !== undefined);
}

/**
 * The wanted text with the ticks of the current one.
 * @param wanted As rendered: nothing in it is ticked.
 * @param current As GitHub has it, edited by whoever may edit it.
 */
export function keepTicks(wanted: string, current: string): string {
  const left = linesOf(current).flatMap((line) => boxOf(line) ?? []);
  const take = (fits: (box: Box) => boolean): Box | undefined => {
    const index = left.findIndex(fits);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const lines = wanted.split("\n");
  const boxes = lines.map(boxOf);
  // Steps that are the same go first: of two with one id, the changed one must not take the other's tick.
  const before = boxes.map((box) => box && take(({ id, content }) => id === box.id && content === box.content));
  return lines
    .map((line, index) => {
      const box = boxes[index];
      if (box === undefined) return line;
      const same = before[index];
      if (same?.ticked) return line.replace("[ ]", "[x]");
      const other = same ?? take(({ id }) => id === box.id);
      const changed = other !== undefined && (same ? other.changed : other.ticked || other.changed);
      return changed ? line.replace(MARK, ` ${CHANGED} <!-- step:$1 $2 changed -->`) : line;
    })
    .join("\n");
}

const BOX = /^[ \t]*[-*+][ \t]+\[([ xX])\]/;
const MARK = / <!-- step:([\w.:-]+) ([0-9a-f]{8})( changed)? -->(?=[ \t]*$)/;

function boxOf(line: string): Box | undefined {
  const box = BOX.exec(line);
  const mark = box && MARK.exec(line.slice(-LONGEST_MARK));
  if (!mark) return undefined;
  return { id: mark[1]!, content: mark[2]!, ticked: box[1] !== " ", changed: mark[3] !== undefined };
}

/** GitHub's editor stores CRLF. */
function linesOf(markdown: string): string[] {
  return markdown.split(/\r?\n/);
}
