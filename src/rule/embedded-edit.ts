/** Edits of SQL that a program sends: possible where a string of the program has that very SQL. */
import type { Rule } from "eslint";
import type { EmbeddedStatement } from "../model/statement.js";

/** The edit with its text as the string needs it; undefined where there is no string to edit. */
export function embeddedEdit(fix: Rule.ReportFixer, { quote }: EmbeddedStatement): Rule.ReportFixer | undefined {
  if (quote === undefined) return undefined;
  return (fixer) => {
    const fixes = fix(fixer);
    const escape = <Fix extends Rule.Fix>(one: Fix): Fix => ({ ...one, text: escaped(one.text, quote) });
    if (fixes === null) return null;
    return Symbol.iterator in fixes ? [...fixes].map(escape) : escape(fixes);
  };
}

function escaped(text: string, quote: string): string {
  const inString = text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`);
  return quote === "`" ? inString.replaceAll("${", "\\${") : inString.replace(/\r?\n/g, "\\n");
}
