/** What undoes the changesets of a formatted file: comments that Liquibase reads and PostgreSQL does not. */
import type { Range } from "../../model/position.js";
import { linesOf } from "../sections.js";
import type { DownText } from "../tool.js";
import { CHANGESET, type Changeset, changesetOf } from "./sql.js";

/** ROLLBACK_REGEX and its kin in AbstractFormattedChangeLogParser. */
const ROLLBACK = /^(\s*--\s*rollback )(.*)$/i;
const BLOCK_START = /^\s*\/\*\s*liquibase\s*rollback\s*$/i;
const BLOCK_END = /\*\/\s*$/;

/** Said in place of SQL (handleRollbackSequence): nothing has to be undone. */
const NOTHING = /^\s*(?:not required|empty)/i;
/** Said in place of SQL: another changeset, which is run again. */
const REFERENCE = /changesetid/i;

interface Rollback {
  readonly changeset: Changeset;
  readonly range: Range;
  /** Where its SQL stands. */
  readonly sql: Range[];
}

/** Undefined where it is another changeset that undoes one, or the file has none for PostgreSQL. */
export function readRollbacks(text: string): DownText | undefined {
  const rollbacks = rollbacksOf(text).filter(({ changeset }) => changeset.runs);
  const textOf = ({ sql }: Rollback): string => sql.map((range) => text.slice(...range)).join("\n");
  if (rollbacks.length === 0 || rollbacks.some((one) => REFERENCE.test(textOf(one)))) return undefined;
  const missing = rollbacks.filter((one) => textOf(one).trim() === "");
  const undone = rollbacks.filter((one) => textOf(one).trim() !== "" && !NOTHING.test(textOf(one)));
  return {
    sql: shown(text, undone),
    parts: undone.map(({ range }) => range),
    ...(missing.length > 0 && { missing: missing.map(({ range, changeset: { id } }) => ({ range, id })) }),
    ...(undone.length < rollbacks.length && { partial: true }),
  };
}

function rollbacksOf(text: string): Rollback[] {
  const found: { changeset: Changeset; sql: Range[] }[] = [];
  let inBlock = false;
  for (const { text: line, start } of linesOf(text)) {
    const match = inBlock ? null : CHANGESET.exec(line);
    if (match !== null) found.push({ changeset: changesetOf(match, start), sql: [] });
    const sql = found.at(-1)?.sql;
    if (match !== null || sql === undefined) continue;
    if (inBlock) {
      const end = BLOCK_END.exec(line)?.index;
      sql.push([start, start + (end ?? line.length)]);
      inBlock = end === undefined;
    } else if (BLOCK_START.test(line)) inBlock = true;
    else {
      const [, mark, statement] = ROLLBACK.exec(line) ?? [];
      if (mark !== undefined && statement !== undefined) {
        sql.push([start + mark.length, start + mark.length + statement.length]);
      }
    }
  }
  return found.map(({ changeset, sql }, index) => ({
    changeset,
    range: [changeset.start, found[index + 1]?.changeset.start ?? text.length],
    sql,
  }));
}

/** The text with everything else blank. Each changeset's SQL ends with it, also where no semicolon says so. */
function shown(text: string, rollbacks: readonly Rollback[]): string {
  const blank = (from: number, to: number): string => text.slice(from, to).replace(/[^\r\n]/g, " ");
  let result = "";
  let at = 0;
  for (const { range, sql } of rollbacks) {
    for (const [start, end] of sql) {
      result += blank(at, start) + text.slice(start, end);
      at = end;
    }
    if (range[1] === text.length) continue;
    result += `${blank(at, range[1])};`;
    at = range[1] + 1;
  }
  return result + blank(at, text.length);
}
