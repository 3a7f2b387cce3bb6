import { expect, test } from "vitest";
import { run, type ExitCode } from "../../src/command-line/run.js";
import type { Report } from "../../src/model/report.js";
import { temporaryFolder, TemporaryRepository } from "../change/temporary-repository.js";

interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

function migrationSafety(cwd: string, ...argv: readonly string[]): Outcome {
  let out = "";
  let err = "";
  const code = run(argv, {
    cwd,
    env: {},
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    version: "1.2.3",
  });
  return { code, out, err };
}

function reported(repository: TemporaryRepository, ...argv: readonly string[]): Report {
  return JSON.parse(migrationSafety(repository.root, "check", "--format", "json", ...argv).out) as Report;
}

test("help, version and wrong usage", () => {
  const folder = temporaryFolder();
  expect(migrationSafety(folder, "--help")).toMatchObject({ code: 0, err: "" });
  expect(migrationSafety(folder, "--help").out).toMatch(/^Usage: migration-safety check /);
  expect(migrationSafety(folder, "-V")).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  for (const [argv, problem] of [
    [[], "Name a command: check."],
    [["chekc"], "Unknown command 'chekc'. There is: check."],
    [["check", "--format", "xml"], "--format is one of text, json."],
    [["check", "--fail-on", "info"], "--fail-on is one of error, warning, never."],
    [["check", "--postgres", "9.6"], "--postgres is a major version from 10 to 18."],
    [["check", "--bsae", "main"], "Unknown option '--bsae'"],
  ] as const) {
    const { code, out, err } = migrationSafety(folder, ...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`migration-safety: ${problem}`);
    expect(err).toContain("Usage: migration-safety check ");
  }
});

const PRISMA = {
  "package.json": '{"devDependencies":{"prisma":"^6.19.0"}}',
  "package-lock.json": '{"lockfileVersion":3,"packages":{"node_modules/prisma":{"version":"6.19.0"}}}',
  "prisma/schema.prisma":
    'datasource db {\n  provider = "postgresql"\n}\n\nmodel orders {\n  id BigInt @id\n  legacy_ref String?\n}\n',
  "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
  "prisma/migrations/20240101000000_init/migration.sql":
    '-- CreateTable\nCREATE TABLE "orders" (\n    "id" BIGINT NOT NULL,\n    "account_id" BIGINT,\n    "legacy_ref" TEXT,\n\n    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")\n);\n',
};

const DRIZZLE = {
  "package.json": '{"dependencies":{"drizzle-orm":"^0.45.0"},"devDependencies":{"drizzle-kit":"^0.31.0"}}',
  "drizzle.config.ts": 'export default { dialect: "postgresql", out: "./drizzle", schema: "./src/schema.ts" };\n',
  "drizzle/meta/_journal.json":
    '{"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1700000000000,"tag":"0000_init","breakpoints":true}]}',
  "drizzle/0000_init.sql":
    'CREATE TABLE "orders" (\n\t"id" bigint PRIMARY KEY NOT NULL,\n\t"account_id" bigint,\n\t"legacy_ref" text\n);\n',
};

const PLAIN = {
  "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, legacy_ref text);\n",
};

/** What one statement each of the rules finds unsafe, and the same change in its safe form. */
const LAYOUTS = [
  {
    tool: "Prisma",
    files: PRISMA,
    add: (sql: string) => ({ "prisma/migrations/20240201000000_next/migration.sql": sql }),
  },
  {
    tool: "Drizzle",
    files: DRIZZLE,
    add: (sql: string) => ({
      "drizzle/0001_next.sql": sql,
      "drizzle/meta/_journal.json":
        '{"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1700000000000,"tag":"0000_init","breakpoints":true},{"idx":1,"version":"7","when":1710000000000,"tag":"0001_next","breakpoints":true}]}',
    }),
  },
  { tool: "plain SQL", files: PLAIN, add: (sql: string) => ({ "db/migrations/0002_next.sql": sql }) },
] as const;

const TIMEOUT = "SET lock_timeout = '2s';\n";

const UNSAFE = [
  {
    rule: "no-blocking-index-build",
    sql: `${TIMEOUT}CREATE INDEX orders_account_idx ON orders (account_id);\n`,
    at: [2, 1, 2, 55],
  },
  {
    rule: "no-not-null-without-default",
    sql: `${TIMEOUT}ALTER TABLE orders\n  ADD COLUMN note text,\n  ADD COLUMN region text NOT NULL;\n`,
    at: [4, 3, 4, 34],
  },
  {
    rule: "no-table-rewrite",
    sql: `${TIMEOUT}ALTER TABLE orders ALTER COLUMN account_id TYPE integer;\n`,
    at: [2, 1, 2, 56],
  },
  {
    rule: "no-blocking-constraint",
    sql: `${TIMEOUT}ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0);\n`,
    at: [2, 1, 2, 58],
  },
  {
    rule: "no-blocking-not-null",
    sql: `${TIMEOUT}ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;\n`,
    at: [2, 1, 2, 56],
  },
  { rule: "require-lock-timeout", sql: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;\n", at: [1, 1, 1, 47] },
  { rule: "no-unchecked-statement", sql: "ALTER TABEL orders ADD COLUMN note text;\n", at: [1, 1, 1, 40] },
] as const;

test.each(LAYOUTS.flatMap((layout) => UNSAFE.map((unsafe) => ({ ...layout, ...unsafe }))))(
  "$tool: $rule at its clause",
  ({ files, add, rule, sql, at }) => {
    const repository = new TemporaryRepository(files);
    repository.branch("next");
    repository.commit("next", add(sql));
    const report = reported(repository, "--base", "main");
    expect(
      report.findings.map(({ rule: name, line, column, endLine, endColumn }) => [
        name,
        line,
        column,
        endLine,
        endColumn,
      ]),
    ).toEqual([[rule, ...at]]);
  },
);

test.each(LAYOUTS)("$tool: a drop that code still uses, on either side", ({ files, add }) => {
  const repository = new TemporaryRepository({
    ...files,
    "src/repository.ts": "export const find = (db: Db) =>\n  db.query(`SELECT id, legacy_ref FROM orders`);\n",
  });
  repository.branch("next");
  repository.commit("next", {
    ...add(`${TIMEOUT}ALTER TABLE orders DROP COLUMN legacy_ref;\n`),
    "src/repository.ts": "export const find = (db: Db) =>\n  db.query(`SELECT id FROM orders`);\n",
  });
  const { findings } = reported(repository, "--base", "main");
  expect(findings.map(({ rule, line, column }) => [rule, line, column])).toEqual([
    ["no-referenced-column-drop", 2, 1],
  ]);
  expect(
    findings[0]!.evidence
      .filter(({ file }) => file.endsWith(".ts"))
      .map(({ side, grade, file, line }) => `${side} ${grade} ${file}:${line}`),
  ).toEqual(["base certain src/repository.ts:2"]);
});

const SAFE = `${TIMEOUT}ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders ADD COLUMN retries integer NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN seen_at timestamptz DEFAULT now();
ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
CREATE TABLE accounts (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
CREATE INDEX accounts_order_idx ON accounts (order_id);
`;

test.each(LAYOUTS)("$tool: nothing to say about safe forms", ({ files, add }) => {
  const repository = new TemporaryRepository(files);
  repository.branch("next");
  repository.commit("next", add(SAFE));
  const { verdict, findings, coverage } = reported(repository, "--base", "main");
  expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  expect(verdict).toBe("safe");
  expect(coverage).toMatchObject({ statements: 7, analysed: 7, replayed: 1, leftOut: [] });
});

test.each(LAYOUTS)("$tool: a clean pull request is safe, and says what was looked at", ({ files }) => {
  const repository = new TemporaryRepository(files);
  repository.branch("next");
  repository.commit("docs", { "README.md": "Shop\n" });
  const { code, out } = migrationSafety(repository.root, "check", "--base", "main");
  expect(code).toBe(0);
  expect(out).toContain("This pull request changes no migration.");
});
