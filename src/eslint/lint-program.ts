/**
 * Migrations that are programs, in ESLint: the file keeps its language, its parser and the rules of other plugins. ESLint
 * follows its own directives in it; those that it does not know are followed here.
 */
import type { Directive } from "@eslint/plugin-kit";
import type { Range } from "../model/position.js";
import type { LintedProgram, LocatedMigration, Silenced } from "../rule/linted-migration.js";
import { placeCounter } from "../text/line-counter.js";
import { type DirectiveNode, readDirectives } from "./directives.js";
import { locateInRepository } from "./locate-migration.js";

/** The migration that a program is; undefined for all other files. */
export function locateProgram(path: string, text: string): LintedProgram | undefined {
  const located = locateInRepository(path, text);
  if (located === undefined) return undefined;
  let silencer: ReturnType<typeof silencerOf> | undefined;
  return { located, silenced: (rule, range) => (silencer ??= silencerOf(located))(rule, range) };
}

function silencerOf(located: LocatedMigration): (rule: string, range: Range) => Silenced | undefined {
  const { text } = located.migration.sql;
  const place = placeCounter(text);
  const getLocFromIndex = (offset: number): { line: number; column: number } => {
    const { line, column } = place(offset);
    return { line, column: column - 1 };
  };
  const directives = [...readDirectives(located, { text, getLocFromIndex }).directives]
    .map((directive) => ({ ...directive, node: directive.node as DirectiveNode }))
    .sort((a, b) => a.node.loc.start.line - b.node.loc.start.line || a.node.loc.start.column - b.node.loc.start.column);
  return (rule, range) => {
    const directive = directives.length === 0 ? undefined : inForce(directives, rule, getLocFromIndex(range[0]));
    if (directive === undefined) return undefined;
    const comment = text.slice(...directive.node.range);
    if (!/^\/[/*]\s*eslint-/.test(comment)) return "silent";
    // ESLint's own next line is one line; what it is said of may have more.
    const line = getLocFromIndex(directive.node.range[1]).line + 1;
    return /^\/[/*]\s*eslint-disable-next-line\b/.test(comment) ? { line } : undefined;
  };
}

type ReadDirective = Pick<Directive, "type" | "value"> & { readonly node: DirectiveNode };

/** The directive that silences a rule at a place. */
function inForce(
  directives: readonly ReadDirective[],
  rule: string,
  { line, column }: { readonly line: number; readonly column: number },
): ReadDirective | undefined {
  let block: ReadDirective | undefined;
  for (const directive of directives) {
    const { type, value, node } = directive;
    const { start, end } = node.loc;
    const names = value.split(",").map((name) => name.trim());
    if (value.trim() !== "" && !names.includes(rule)) continue;
    if (type === "disable-line" && start.line === line) return directive;
    if (type === "disable-next-line" && end.line + 1 === line) return directive;
    if (start.line > line || (start.line === line && start.column > column)) continue;
    if (type === "disable") block = directive;
    else if (type === "enable") block = undefined;
  }
  return block;
}
