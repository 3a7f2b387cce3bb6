/** Hands what a rule has found to ESLint, and to the check where one listens. */
import type { Rule } from "eslint";
import { acceptanceOf } from "../change/acceptance.js";
import type { Range } from "../model/position.js";
import { embeddedEdit } from "./embedded-edit.js";
import type { LintedProgram, LocatedMigration } from "./linted-migration.js";
import { isRecording, record } from "./records.js";
import type { Found } from "./types.js";

/** The check lists what the configuration accepts; ESLint has no place for it. */
export function reporter(
  eslint: Rule.RuleContext,
  { change, migration: { file, statements } }: LocatedMigration,
  program: LintedProgram | undefined,
): (found: Found) => void {
  const { sourceCode } = eslint;
  const rule = eslint.id.slice(eslint.id.lastIndexOf("/") + 1);
  const isAccepted = (object: string | undefined): boolean =>
    acceptanceOf(change.configuration, { rule, object, file })?.expired === false;
  /** The first statement with a finding at a place: in a loop all others have it, too. */
  const said = new Map<string, number>();
  return ({ messageId, data = {}, object, evidence = [], operation, also, suggest = [], ...found }) => {
    if (!isRecording() && isAccepted(object)) return;
    const range = found.range ?? firstLine(sourceCode.text);
    const embedded = operation && statements[operation.statement]?.statement.embedded;
    if (embedded) {
      const key = `${messageId} ${range.join()}`;
      if ((said.get(key) ?? operation.statement) !== operation.statement) return;
      said.set(key, operation.statement);
    }
    const silenced = program?.silenced(eslint.id, range);
    if (silenced === "silent") return;
    const start = silenced ? { line: silenced.line, column: 0 } : sourceCode.getLocFromIndex(range[0]);
    const end = silenced ? start : sourceCode.getLocFromIndex(range[1]);
    const edits = suggest.flatMap(({ fix, ...edit }) => {
      const possible = embedded ? embeddedEdit(fix, embedded) : fix;
      return possible ? [{ ...edit, fix: possible }] : [];
    });
    eslint.report({ loc: { start, end }, messageId, data: { ...data }, suggest: edits });
    if (!isRecording()) return;
    record({
      rule: eslint.id,
      messageId,
      data,
      range,
      line: start.line,
      column: start.column + 1,
      endLine: end.line,
      endColumn: end.column + 1,
      ...(object === undefined ? {} : { object }),
      evidence,
      ...(operation ? { statement: operation.statement, operation } : {}),
      ...(also ? { also } : {}),
    });
  };
}

function firstLine(text: string): Range {
  const end = /\r?\n/.exec(text)?.index ?? text.length;
  return [0, end];
}
