/** What tells that a finding is the one of an earlier run. */
import { createHash } from "node:crypto";
import type { Finding } from "../model/finding.js";
import type { Report } from "../model/report.js";
import { statementTokens } from "../postgres/statement-tokens.js";

/**
 * A fingerprint for each finding, suppressed ones included. It is made of rule, message, object and the statement's
 * tokens, so it stays when lines move, when the file is reformatted or renamed, and changes when the statement does.
 * Where all of these are equal in a file, a count tells the findings apart, from the first line down.
 */
export function fingerprintsOf({ migrations, findings, suppressed }: Report): ReadonlyMap<Finding, string> {
  const statements = new Map(
    migrations.map(({ database, file, statements: list }) => [`${database}\0${file}`, list.map(({ sql }) => sql)]),
  );
  const tokens = new Map<string, string>();
  const counts = new Map<string, number>();
  const fingerprints = new Map<Finding, string>();
  for (const finding of [...findings, ...suppressed].sort(byPlace)) {
    const { database, file, rule, messageId, object = "", statement } = finding;
    const sql = statement === undefined ? "" : (statements.get(`${database}\0${file}`)?.[statement] ?? "");
    if (!tokens.has(sql)) tokens.set(sql, JSON.stringify(statementTokens(sql)));
    const what = JSON.stringify([rule, messageId, object, tokens.get(sql)]);
    const inFile = `${database}\0${file}\0${what}`;
    const count = (counts.get(inFile) ?? 0) + 1;
    counts.set(inFile, count);
    fingerprints.set(finding, `${createHash("sha256").update(what).digest("hex").slice(0, 16)}:${String(count)}`);
  }
  return fingerprints;
}

function byPlace(one: Finding, other: Finding): number {
  return one.line - other.line || one.column - other.column;
}
