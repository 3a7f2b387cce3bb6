/** What of that which a rule has found is said, where, and with which edits. */
import type { Migration } from "../model/migration.js";
import type { Range } from "../model/position.js";
import { embeddedEdit } from "./embedded-edit.js";
import type { Found } from "./types.js";

export interface SaidFinding extends Found {
  readonly range: Range;
  readonly suggest: NonNullable<Found["suggest"]>;
}

/** @param text That of the file; without a place of its own, a finding stands on the first line. */
export function saidFindings(found: readonly Found[], { statements }: Migration, text: string): SaidFinding[] {
  const said: SaidFinding[] = [];
  /** The first statement with a finding at a place: in a loop all others have it, too. */
  let firsts: Map<string, number> | undefined;
  for (const one of found) {
    const { operation, range = firstLine(text), suggest = [] } = one;
    const embedded = operation && statements[operation.statement]?.statement.embedded;
    if (!embedded) {
      said.push({ ...one, range, suggest });
      continue;
    }
    const key = `${one.messageId} ${range.join()}`;
    const first = firsts?.get(key);
    if (first !== undefined && first !== operation.statement) continue;
    (firsts ??= new Map<string, number>()).set(key, operation.statement);
    const edits = suggest.flatMap(({ fix, ...edit }) => {
      const possible = embeddedEdit(fix, embedded);
      return possible ? [{ ...edit, fix: possible }] : [];
    });
    said.push({ ...one, range, suggest: edits });
  }
  return said;
}

function firstLine(text: string): Range {
  const end = /\r?\n/.exec(text)?.index ?? text.length;
  return [0, end];
}
