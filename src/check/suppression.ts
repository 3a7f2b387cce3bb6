/** The line that silences a finding. */
import type { Finding, Suppression } from "../model/finding.js";
import type { Migration } from "../model/migration.js";
import { lineCounter } from "../text/line-counter.js";

const REASON = "why it is safe here";

/** How a comment starts, by the end of the file's name. */
const COMMENT: readonly (readonly [name: RegExp, start: string])[] = [
  [/\.sql$/i, "--"],
  [/\.[cm]?[jt]sx?$/i, "//"],
];

type Silenced = Pick<Finding, "rule" | "file" | "object" | "statement">;

/**
 * What silences the findings of a file: a comment above the statement; above the first one for a finding about the file
 * as a whole. An entry of the configuration where there is no place for a comment: in a file that is gone, one that is
 * not read, or one that its tool refuses once a byte of it has changed.
 * @param migration Absent for a file that is gone.
 */
export function suppressionsIn(migration?: Migration): (finding: Silenced) => Suppression {
  if (!migration || isSealed(migration)) return entryFor;
  const lineOf = lineCounter(migration.sql.text);
  return (finding) => {
    const { rule, file, statement } = finding;
    const comment = COMMENT.find(([name]) => name.test(file))?.[1];
    const start = startOfLine(migration, statement ?? 0);
    if (comment === undefined || start === undefined) return entryFor(finding);
    const directive = statement === undefined ? "migration-safety-disable" : "migration-safety-disable-next-line";
    return { in: "file", text: `${comment} ${directive} ${rule} -- ${REASON}`, line: lineOf(start) };
  };
}

/** Whether databases that have run the file would refuse it with another comment in it. */
function isSealed({ status, tool }: Migration): boolean {
  return status === "modified" && tool.checksums;
}

/** Where a statement starts; undefined where something stands before it on its line. */
function startOfLine({ sql: { text, statements } }: Migration, index: number): number | undefined {
  const statement = statements[index];
  const start = (statement?.embedded?.within ?? statement?.range)?.[0];
  if (start === undefined || text === "") return undefined;
  return text.slice(text.lastIndexOf("\n", start - 1) + 1, start).trim() === "" ? start : undefined;
}

function entryFor({ rule, object, file }: Silenced): Suppression {
  const keys = { rule, ...(object !== undefined && { object }), file, reason: REASON };
  const pairs = Object.entries(keys).map(([key, value]) => `${key}: ${scalar(value)}`);
  return { in: "configuration", text: `- { ${pairs.join(", ")} }` };
}

/** A value in YAML's flow style; JSON's strings are YAML's. */
function scalar(text: string): string {
  return /^[a-z_][\w./-]*$/i.test(text) && !/^(?:null|true|false|y|n|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
