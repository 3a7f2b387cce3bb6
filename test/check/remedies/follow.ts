/** A reader who does what the report says, in the language of the tool and in its files, one pull request after another. */
import { DEFAULT_CONFIGURATION } from "../../../src/change/configuration.js";
import { check } from "../../../src/check/check.js";
import type { Finding } from "../../../src/model/finding.js";
import type { Report } from "../../../src/model/report.js";
import { parseSql } from "../../../src/postgres/parse-sql.js";
import { type Files, memorySource } from "../memory-source.js";
import type { Tool } from "./tools.js";

/** What one migration gets. */
export interface Written {
  readonly sql: string;
  /** Whether it opts out of its tool's transaction. */
  readonly outside: boolean;
  /** Whether all of it stands between BEGIN and COMMIT, in one call. */
  readonly together?: boolean;
  /** A comment above the last statement. */
  readonly directive?: string;
}

/** The migrations of each pull request in turn. */
export type PullRequests = readonly (readonly Written[])[];

/** Named, the rule speaks also where nothing else does. */
const CONFIGURATION = { ...DEFAULT_CONFIGURATION, rules: { "require-lock-timeout": ["warn"] } } as const;

export const report = (base: Files, added: Files): Report => check(memorySource(base, added), CONFIGURATION);

/** What the tool calls outside of its transaction, as its messages say it. */
export function isOutside(tool: Tool, says: string): boolean {
  return tool.optOut?.test(says) === true;
}

/** The pull requests that a plan proposes: what is run by hand is in none of them. */
export function fromPlan(tool: Tool, { plan }: Report, finding: Finding): PullRequests {
  const requests: Written[][] = [[]];
  let release = 0;
  const found: Written[] = [];
  for (const { id, steps } of plan.phases) {
    for (const { origin, sql, how = "", release: later = 0 } of steps) {
      if (origin !== "proposed" || sql === undefined) continue;
      if (/keep CREATE INDEX IF NOT EXISTS in the migration/.test(how)) found.push(builtByHand(sql, finding));
      if (id !== "automatic" && id !== "later") continue;
      if (later !== release || (/^In a release of its own/.test(how) && requests.at(-1)?.length !== 0))
        requests.push([]);
      release = later;
      if (/by hand/.test(how)) continue;
      const together = /^Between BEGIN and COMMIT/.test(how);
      requests.at(-1)?.push(...found.splice(0), { sql, outside: isOutside(tool, how), together });
    }
  }
  requests.at(-1)?.push(...found);
  return requests;
}

/** What is left for the migration where an index is built by hand, accepted with the comment that the report offers. */
export function builtByHand(sql: string, { rule, suppression }: Finding): Written {
  const found = sql.replace(/INDEX CONCURRENTLY/, "INDEX IF NOT EXISTS");
  const directive = (suppression?.text ?? "")
    .replace(rule, "no-blocking-index-build")
    .replace(/ -- .*$/, " -- built by hand before the deploy");
  return { sql: `SET LOCAL lock_timeout = '5s';\n${found}`, outside: false, directive };
}

/** What still speaks once the reader has taken every edit that is offered, one after the other. */
export function afterEdits(base: Files, added: Files, first: Report): readonly Finding[] {
  let files = added;
  let { findings } = first;
  for (let edits = 0; edits < 4; edits++) {
    const [finding] = findings.filter(({ suggestions }) => suggestions.length > 0);
    const edit = finding?.suggestions[0];
    if (!edit) return findings;
    const { file } = finding;
    const text = files[file] ?? "";
    files = { ...files, [file]: text.slice(0, edit.range[0]) + edit.text + text.slice(edit.range[1]) };
    ({ findings } = report(base, files));
  }
  return findings;
}

/** Its files in the tool: statement by statement, unless all of it is one call. */
export function migrationFor(tool: Tool, n: number, { sql, outside, together = false, directive }: Written): Files {
  const pieces = together
    ? [tool.sql(`BEGIN;\n${sql}\nCOMMIT;`)]
    : parseSql(sql).statements.map((one) => tool.sql(`${one.sql};`));
  const last = pieces.length - 1;
  const commented = pieces.map((piece, at) =>
    directive !== undefined && at === last ? `${directive}\n${piece}` : piece,
  );
  return tool.migration(n, commented, outside);
}

export interface Outcome {
  /** `rule file: message` of what still speaks, over all pull requests. */
  readonly speaks: readonly string[];
  /** Statements that PostgreSQL refuses in a transaction and that would be in one. */
  readonly refused: readonly string[];
  /** How many statements the reports have. */
  readonly statements: number;
}

/**
 * Writes the migrations of all pull requests, and checks each against those before it.
 * @param sides What the repository has in the first pull request, and in later ones: the code has moved on by then.
 */
export function carryOut(tool: Tool, [now, then]: readonly [Files, Files], requests: PullRequests): Outcome {
  let written: Files = {};
  let n = 2;
  const speaks: string[] = [];
  const refused: string[] = [];
  let statements = 0;
  for (const [at, request] of requests.entries()) {
    let added: Files = {};
    for (const one of request) added = { ...added, ...migrationFor(tool, n++, one) };
    if (request.length === 0) continue;
    const result = report({ ...(at === 0 ? now : then), ...written }, added);
    for (const { rule, file, message } of result.findings) speaks.push(`${rule} ${file}: ${message}`);
    for (const { reason } of result.unknowns) speaks.push(`unknown: ${reason}`);
    for (const migration of result.migrations) {
      for (const { sql, transactional } of migration.statements) {
        statements += 1;
        if (/\b(?:INDEX|PARTITION)\b.*\bCONCURRENTLY\b/is.test(sql) && transactional === true) refused.push(sql);
      }
    }
    written = { ...written, ...added };
  }
  return { speaks, refused, statements };
}
