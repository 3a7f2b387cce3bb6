/** What rules offer a form for: the statements that they speak about, and how a reader takes them at their word. */
import type { Finding } from "../../../src/model/finding.js";
import type { Report } from "../../../src/model/report.js";
import { builtByHand, isOutside, type PullRequests, report, type Written } from "./follow.js";
import { COMMITS_EACH, type Tool } from "./tools.js";

/** One migration that every tool starts with. */
export const SCHEMA = [
  "CREATE TYPE status AS ENUM ('new', 'paid');",
  "CREATE TABLE accounts (id bigint PRIMARY KEY, email text);",
  "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, code text, total int, quantity int, legacy_ref text, note text, state status NOT NULL DEFAULT 'new');",
  "CREATE INDEX orders_code_idx ON orders (code);",
  "ALTER TABLE orders ADD CONSTRAINT orders_note_check CHECK (note <> '') NOT VALID;",
  "CREATE TABLE visits (id bigint PRIMARY KEY);",
  "CREATE TABLE events (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);",
  "CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
  "CREATE MATERIALIZED VIEW totals AS SELECT id, total FROM orders;",
  "CREATE UNIQUE INDEX totals_id_idx ON totals (id);",
];

export interface Hazard {
  readonly name: string;
  readonly rule: string;
  /** Of one migration. */
  readonly statements: readonly string[];
  /** The code at both sides. Absent: none. */
  readonly code?: string;
  /** Where it is one in a transaction only: where one is known, or may be, because nothing says how the file is run. */
  readonly inTransaction?: "known" | "possible";
  /** Where it is one outside of a transaction only. */
  readonly outside?: true;
  /** What is written where the report is taken at its word. Absent: what the plan proposes. */
  follow?(told: Told): PullRequests;
  /** Rules that still speak of what the reader wants, and what they are told. */
  readonly accepted?: Readonly<Record<string, string>>;
}

/** What the reader has before them. */
export interface Told {
  readonly tool: Tool;
  readonly finding: Finding;
  readonly report: Report;
  readonly statements: readonly string[];
  /** Whether the statement would be in a transaction. */
  readonly isInTransaction: boolean;
}

const inside = (...statements: readonly string[]): Written => ({ sql: statements.join("\n"), outside: false });

/** The last statement behind the others, as the message says. */
function later({ finding: { message }, statements }: Told): PullRequests {
  const first = inside(...statements.slice(0, -1));
  const last = inside(...statements.slice(-1));
  if (/in a migration of a later deploy/.test(message)) return [[first], [last]];
  if (/in a later (?:migration|changeset|transaction)/.test(message)) return [[first, last]];
  if (/\b(?:VALIDATE CONSTRAINT|[DU](?:o|se) it) after (?:it|COMMIT)/.test(message)) return [[first, last]];
  throw new Error(`The message does not say when: ${message}`);
}

/** A statement outside of a transaction, where the message says how. */
function outside({ tool, finding: { message }, isInTransaction }: Told, sql: string): PullRequests {
  if (isOutside(tool, message)) return [[{ sql, outside: true }]];
  if (isInTransaction) throw new Error(`The message does not say how ${tool.name} runs it: ${message}`);
  return [[inside(sql)]];
}

/** The loop of the plan; without one the edit that is offered where nothing opens a transaction: it is the same in all tools. */
function loopFor({ report: { plan }, statements }: Told): string {
  const step = plan.phases.flatMap(({ steps }) => steps).find(({ sql }) => sql?.startsWith("DO $$"));
  if (step?.sql !== undefined) return step.sql;
  const base = { ...COMMITS_EACH.project, ...COMMITS_EACH.migration(1, SCHEMA, false) };
  const { findings } = report(base, COMMITS_EACH.migration(2, statements, false));
  const [edit] = findings.flatMap(({ suggestions }) => suggestions).filter(({ text }) => text.startsWith("DO $$"));
  if (!edit) throw new Error("No loop is offered.");
  return `${edit.text};`;
}

/** The loop, in a migration where the message says that the tool can run it. */
function batches(told: Told): readonly Written[] {
  const { message } = told.finding;
  if (/in batches that commit each, in a script beside the migrations/.test(message)) return [];
  if (!/in batches that commit each, with COMMIT in the loop of a DO block/.test(message)) throw new Error(message);
  return outside(told, loopFor(told))[0] ?? [];
}

const TIMEOUT = "SET lock_timeout = '5s';";

/** With the timeout that the message proposes. */
function withTimeout({ finding: { message }, statements }: Told): PullRequests {
  if (!/SET lock_timeout = '5s'(?: \(through `.*?`\))? before it/.test(message)) {
    throw new Error(`The message has no timeout: ${message}`);
  }
  return [[inside(TIMEOUT, ...statements)]];
}

export const HAZARDS: readonly Hazard[] = [
  {
    name: "index",
    rule: "no-blocking-index-build",
    statements: ["CREATE INDEX orders_account_idx ON orders (account_id);"],
  },
  {
    name: "drop index",
    rule: "no-blocking-index-drop",
    statements: ["DROP INDEX orders_code_idx;"],
    follow(told) {
      const { message } = told.finding;
      if (/has no way to run DROP INDEX CONCURRENTLY/.test(message)) return withTimeout(told);
      const [, form = ""] = /Drop it with (DROP INDEX CONCURRENTLY)/.exec(message) ?? [];
      return outside(told, told.statements.join("\n").replace("DROP INDEX", form));
    },
  },
  {
    name: "reindex",
    rule: "no-blocking-reindex",
    statements: ["REINDEX INDEX orders_code_idx;"],
    follow(told) {
      const { message } = told.finding;
      if (/run it by hand, and keep it out of the migrations/.test(message)) return [];
      const [, form = ""] = /(REINDEX INDEX CONCURRENTLY)/.exec(message) ?? [];
      return outside(told, told.statements.join("\n").replace("REINDEX INDEX", form));
    },
  },
  {
    name: "foreign key",
    rule: "no-blocking-constraint",
    statements: [
      "ALTER TABLE orders ADD CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id);",
    ],
  },
  {
    name: "check",
    rule: "no-blocking-constraint",
    statements: ["ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total > 0);"],
  },
  {
    name: "not null",
    rule: "no-blocking-not-null",
    statements: ["ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;"],
  },
  {
    name: "unique",
    rule: "no-blocking-unique",
    statements: ["ALTER TABLE orders ADD CONSTRAINT orders_code_key UNIQUE (code);"],
  },
  {
    name: "required column",
    rule: "no-not-null-without-default",
    statements: ["ALTER TABLE orders ADD COLUMN region text NOT NULL;"],
  },
  {
    name: "default for each row",
    rule: "no-table-rewrite",
    statements: ["ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();"],
  },
  {
    name: "type change",
    rule: "no-table-rewrite",
    statements: ["ALTER TABLE orders ALTER COLUMN quantity TYPE bigint;"],
  },
  {
    name: "drop column",
    rule: "no-referenced-column-drop",
    statements: ["ALTER TABLE orders DROP COLUMN legacy_ref;"],
    code: 'export const find = (db) => db.query("SELECT legacy_ref FROM orders");\n',
  },
  {
    name: "rename column",
    rule: "no-rename",
    statements: ["ALTER TABLE orders RENAME COLUMN legacy_ref TO reference;"],
    code: 'export const find = (db) => db.query("SELECT legacy_ref FROM orders");\n',
  },
  {
    name: "drop table",
    rule: "no-referenced-table-drop",
    statements: ["DROP TABLE visits;"],
    code: 'export const count = (db) => db.query("SELECT count(*) FROM visits");\n',
    accepted: { "no-data-loss": "if nothing is, accept this finding with that reason" },
  },
  {
    name: "backfill",
    rule: "no-unbatched-backfill",
    statements: ["UPDATE orders SET note = 'none';"],
    follow: (told) => [batches(told)],
  },
  {
    name: "backfill beside a change of the schema",
    rule: "no-backfill-with-ddl",
    statements: [TIMEOUT, "ALTER TABLE orders ADD COLUMN paid boolean;", "UPDATE orders SET paid = false;"],
    inTransaction: "known",
    follow(told) {
      const schema = inside(...told.statements.slice(0, -1));
      return [[schema, ...batches(told)]];
    },
  },
  {
    name: "validation where the constraint is added",
    rule: "no-validate-in-same-transaction",
    statements: [
      TIMEOUT,
      "ALTER TABLE orders ADD CONSTRAINT orders_code_check CHECK (code <> '') NOT VALID;",
      "ALTER TABLE orders VALIDATE CONSTRAINT orders_code_check;",
    ],
    inTransaction: "known",
    follow: later,
  },
  {
    name: "validation behind another lock",
    rule: "no-work-under-lock",
    statements: [
      TIMEOUT,
      "ALTER TABLE orders ADD COLUMN paid boolean;",
      "ALTER TABLE orders VALIDATE CONSTRAINT orders_note_check;",
    ],
    inTransaction: "known",
    follow: later,
  },
  {
    name: "new value of an enum",
    rule: "no-enum-value-in-same-transaction",
    statements: ["ALTER TYPE status ADD VALUE 'held';", "UPDATE orders SET state = 'held' WHERE id = 1;"],
    inTransaction: "known",
    follow: later,
  },
  {
    name: "two tables, put apart",
    rule: "no-multi-table-lock",
    statements: ["ALTER TABLE accounts DROP COLUMN email;", "ALTER TABLE orders DROP COLUMN code;"],
    inTransaction: "known",
    follow: (told) =>
      later(told).map((request) => request.map(({ sql, outside: is }) => ({ sql: `${TIMEOUT}\n${sql}`, outside: is }))),
  },
  {
    name: "two tables, with a timeout",
    rule: "no-multi-table-lock",
    statements: ["ALTER TABLE accounts DROP COLUMN email;", "ALTER TABLE orders DROP COLUMN code;"],
    inTransaction: "known",
    follow: withTimeout,
  },
  {
    name: "lock timeout",
    rule: "require-lock-timeout",
    statements: ["ALTER TABLE orders DROP COLUMN code;"],
    follow: withTimeout,
  },
  {
    name: "CONCURRENTLY in a transaction",
    rule: "no-concurrently-in-transaction",
    statements: [
      "ALTER TABLE accounts ADD COLUMN note text;",
      "CREATE INDEX CONCURRENTLY orders_account_idx ON orders (account_id);",
    ],
    inTransaction: "known",
    follow(told) {
      const [first = "", build = ""] = told.statements;
      const { message } = told.finding;
      const own = /keep CREATE INDEX IF NOT EXISTS in the migration/.test(message)
        ? [builtByHand(build, told.finding)]
        : (outside(told, build)[0] ?? []);
      return [[inside(first), ...own]];
    },
  },
  {
    name: "an index that a rerun takes for built",
    rule: "no-concurrently-if-not-exists",
    statements: ["CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_account_idx ON orders (account_id);"],
    outside: true,
    follow({ finding: { message }, statements: [build = ""] }) {
      if (/Leave IF NOT EXISTS out/.test(message))
        return [[{ sql: build.replace(" IF NOT EXISTS", ""), outside: true }]];
      const [, drop = ""] = /Put (DROP INDEX CONCURRENTLY IF EXISTS \S+) before it in this file/.exec(message) ?? [];
      return [[{ sql: `${drop};\n${build}`, outside: true }]];
    },
  },
  {
    name: "refresh",
    rule: "no-blocking-refresh",
    statements: ["REFRESH MATERIALIZED VIEW totals;"],
    follow(told) {
      const [, form = ""] = /(REFRESH MATERIALIZED VIEW CONCURRENTLY)/.exec(told.finding.message) ?? [];
      return [[inside(told.statements.join("\n").replace("REFRESH MATERIALIZED VIEW", form))]];
    },
  },
  {
    name: "detached partition",
    rule: "no-blocking-partition-change",
    statements: ["ALTER TABLE events DETACH PARTITION events_old;"],
    follow(told) {
      if (/has no way to run/.test(told.finding.message)) return withTimeout(told);
      const [, form = ""] = /(ALTER TABLE \S+ DETACH PARTITION \S+ CONCURRENTLY)/.exec(told.finding.message) ?? [];
      return outside(told, `${form};`);
    },
  },
  {
    name: "table lock",
    rule: "no-explicit-table-lock",
    statements: ["LOCK TABLE orders IN SHARE MODE;", "UPDATE orders SET note = 'x' WHERE id = 1;"],
    inTransaction: "possible",
    follow: ({ statements: [lock = "", ...rest], finding: { message } }) => {
      const [, mode = ""] = /(SHARE UPDATE EXCLUSIVE MODE)/.exec(message) ?? [];
      return [[inside(lock.replace("SHARE MODE", mode), ...rest)]];
    },
  },
];
