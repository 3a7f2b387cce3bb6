/** Hands what a rule has found to ESLint, and to the check where one listens. */
import type { Rule } from "eslint";
import { acceptanceOf } from "../change/acceptance.js";
import type { LintedProgram, LocatedMigration } from "./linted-migration.js";
import { isRecording, record } from "./records.js";
import { saidFindings } from "./said-findings.js";
import type { Found } from "./types.js";

/** The check lists what the configuration accepts; ESLint has no place for it. */
export function report(
  eslint: Rule.RuleContext,
  { change, migration }: LocatedMigration,
  program: LintedProgram | undefined,
  found: readonly Found[],
): void {
  const { sourceCode } = eslint;
  const { file } = migration;
  const rule = eslint.id.slice(eslint.id.lastIndexOf("/") + 1);
  const isAccepted = ({ object }: Found): boolean =>
    acceptanceOf(change.configuration, { rule, object, file })?.expired === false;
  const standing = isRecording() ? found : found.filter((one) => !isAccepted(one));
  for (const one of saidFindings(standing, migration, sourceCode.text)) {
    const { messageId, data = {}, range, object, evidence = [], operation, also, isGuess, isReminder, suggest } = one;
    const silenced = program?.silenced(eslint.id, range);
    if (silenced === "silent") continue;
    const start = silenced ? { line: silenced.line, column: 0 } : sourceCode.getLocFromIndex(range[0]);
    const end = silenced ? start : sourceCode.getLocFromIndex(range[1]);
    eslint.report({ loc: { start, end }, messageId, data: { ...data }, suggest: [...suggest] });
    if (!isRecording()) continue;
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
      ...(isGuess ? { isGuess } : {}),
      ...(isReminder ? { isReminder } : {}),
    });
  }
}
