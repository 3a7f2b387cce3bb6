import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log, Result } from "sarif";
import { expect, test } from "vitest";
import type { ExitCode } from "../../src/command-line/command.js";
import { COMMANDS } from "../../src/command-line/commands.js";
import { run } from "../../src/command-line/run.js";
import type { Report } from "../../src/model/report.js";
import { sarifErrors } from "../report/sarif/schema.js";
import { schemaErrors } from "../report/schema.js";
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
  const { out, err } = migrationSafety(repository.root, "check", "--format", "json", ...argv);
  expect(err).toBe("");
  const report = JSON.parse(out) as Report;
  expect(schemaErrors(report)).toEqual([]);
  return report;
}

test("help, version and wrong usage", () => {
  const folder = temporaryFolder();
  expect(migrationSafety(folder, "--help")).toMatchObject({ code: 0, err: "" });
  expect(migrationSafety(folder, "--help").out).toMatch(/^Usage: migration-safety COMMAND /);
  expect(migrationSafety(folder, "-V")).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  for (const [argv, problem, usage] of [
    [[], "Name a command first: check", "COMMAND"],
    [["--base", "main", "check"], "Name a command first: check", "COMMAND"],
    [["chekc"], "Unknown command 'chekc'. Did you mean check?", "COMMAND"],
    [["publish"], "Unknown command 'publish'. There is: check", "COMMAND"],
    [["check", "--format", "xml"], "--format is one of text, json", "check"],
    [["check", "--fail-on", "info"], "--fail-on is one of error, warning, never.", "check"],
    [["check", "--postgres", "9.6"], "--postgres is a major version from 10 to 18, or a range.", "check"],
    [["check", "--bsae", "main"], "Unknown option '--bsae'. Did you mean --base?", "check"],
    [["check", "--base"], "Option '--base <value>' argument missing", "check"],
  ] as const) {
    const { code, out, err } = migrationSafety(folder, ...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`migration-safety: ${problem}`);
    expect(err).toContain(
      usage === "COMMAND"
        ? "\n\nUsage: migration-safety COMMAND "
        : "\nAll that it takes: migration-safety check --help\n",
    );
  }
});

test.each(COMMANDS.map(({ name }) => name))("%s --help names each of its options", (name) => {
  const { code, out, err } = migrationSafety(temporaryFolder(), name, "--help");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(new RegExp(`^Usage: migration-safety ${name} `));
  const { options } = COMMANDS.find((command) => command.name === name)!;
  for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(96);
  expect(migrationSafety(temporaryFolder(), "--help").out).toContain(`  ${name} `);
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
  {
    rule: "require-lock-timeout",
    sql: "SET lock_timeout = '5min';\nALTER TABLE orders DISABLE ROW LEVEL SECURITY;\n",
    at: [2, 1, 2, 46],
  },
  { rule: "no-invalid-sql", sql: "ALTER TABEL orders ADD COLUMN note text;\n", at: [1, 1, 1, 40] },
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
  expect(findings.map(({ rule, line, column }) => [rule, line, column])).toEqual([["no-referenced-column-drop", 2, 1]]);
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

function plainRepository(
  next: Readonly<Record<string, string | Uint8Array>>,
  base: Readonly<Record<string, string>> = {},
): TemporaryRepository {
  const repository = new TemporaryRepository({ ...PLAIN, ...base });
  repository.branch("next");
  repository.commit("next", next);
  return repository;
}

const INDEX = `${TIMEOUT}CREATE INDEX orders_account_idx ON orders (account_id);\n`;

test("what cannot be read costs one statement or one file, and is listed with its place", () => {
  const repository = plainRepository({
    "db/migrations/0002_broken.sql": `ALTER TABEL orders;\n${INDEX}`,
    "db/migrations/0003_nul.sql": "SELECT 1;\0 DROP TABLE orders;\n",
    "db/migrations/0004_latin1.sql": Buffer.from(
      "-- caf\xe9\nCREATE INDEX note_idx ON orders (legacy_ref);\n",
      "latin1",
    ),
    "db/migrations/0005_empty.sql": "",
    "db/migrations/0006_comment.sql": "-- nothing\n",
    "db/migrations/0007_crlf.sql": `\uFEFF${INDEX.replaceAll("\n", "\r\n").replaceAll("account_idx", "crlf_idx")}`,
  });
  const { findings, unknowns, coverage, verdict } = reported(repository, "--base", "main");
  expect(findings.map(({ rule, file, line, column }) => `${file}:${line}:${column} ${rule}`)).toEqual([
    "db/migrations/0002_broken.sql:1:1 no-invalid-sql",
    "db/migrations/0002_broken.sql:3:1 no-blocking-index-build",
    "db/migrations/0003_nul.sql:1:10 no-invalid-sql",
    "db/migrations/0004_latin1.sql:1:1 no-unchecked-statement",
    "db/migrations/0007_crlf.sql:2:1 no-blocking-index-build",
  ]);
  expect(unknowns.map(({ file, line }) => `${file}:${line}`)).toEqual([
    "db/migrations/0002_broken.sql:1",
    "db/migrations/0003_nul.sql:1",
    "db/migrations/0004_latin1.sql:1",
  ]);
  expect(unknowns[0]!.reason).toBe('syntax error at or near "TABEL"');
  expect(coverage.unparsed).toBe(3);
  expect(verdict).toBe("unsafe");
});

test("file names that were made to confuse are only names", () => {
  const names = [
    "0002_$(touch pwned).sql",
    "0003_\n::error::x.sql",
    "0004_' ; --.sql",
    "0005_\u202Eevil.sql",
    "0006_-x.sql",
  ];
  const repository = plainRepository(
    Object.fromEntries(
      names.map((name, index) => [`db/migrations/${name}`, INDEX.replace("account_idx", `i${index}`)]),
    ),
  );
  const { findings } = reported(repository, "--base", "main");
  expect(findings.map(({ file }) => file).sort()).toEqual(names.map((name) => `db/migrations/${name}`).sort());
  const { out } = migrationSafety(repository.root, "check", "--base", "main");
  expect(out.split("\n").filter((line) => /^\s*::/.test(line))).toEqual([]);
  expect(out).not.toContain("\u202E");
});

test("a directive with a reason silences, and is listed; one without does not, and is noted", () => {
  const silenced = reported(
    plainRepository({
      "db/migrations/0002_next.sql": INDEX.replace(
        "CREATE",
        "-- migration-safety-disable-next-line no-blocking-index-build -- the table is empty until the launch\nCREATE",
      ),
    }),
    "--base",
    "main",
  );
  expect(silenced.findings).toEqual([]);
  expect(silenced.verdict).toBe("safe");
  expect(
    silenced.suppressed.map(({ rule, line, reason, directive }) => ({ rule, line, reason, at: directive.line })),
  ).toEqual([{ rule: "no-blocking-index-build", line: 3, reason: "the table is empty until the launch", at: 2 }]);
  const bare = reported(
    plainRepository({
      "db/migrations/0002_next.sql": INDEX.replace(
        "CREATE",
        "-- eslint-disable-next-line migration-safety/no-blocking-index-build\nCREATE",
      ),
    }),
    "--base",
    "main",
  );
  expect(bare.findings.map(({ rule, line }) => [rule, line])).toEqual([["no-blocking-index-build", 3]]);
  expect(bare.notes.map(({ file, line }) => `${file}:${line}`)).toEqual(["db/migrations/0002_next.sql:2"]);
});

test("the configuration's levels, overrides and ignored files count, and its mistakes stop the run", () => {
  const next = {
    "db/migrations/0002_next.sql": INDEX,
    "legacy/migrations/0001_a.sql": "CREATE INDEX i ON somewhere (x);\n",
  };
  const configured = (text: string): TemporaryRepository =>
    plainRepository(next, { ".github/migration-safety.yml": text });
  const levels = (text: string): string[] =>
    reported(configured(text), "--base", "main").findings.map(
      ({ rule, severity, file }) => `${severity} ${rule} ${file}`,
    );
  expect(levels("rules:\n  no-blocking-index-build: warn\n  require-lock-timeout: off\n")).toEqual([
    "warning no-blocking-index-build db/migrations/0002_next.sql",
    "warning no-blocking-index-build legacy/migrations/0001_a.sql",
  ]);
  expect(
    levels(
      "rules: { require-lock-timeout: off }\noverrides:\n  - files: [legacy/**]\n    rules: { no-blocking-index-build: off }\n",
    ),
  ).toEqual(["error no-blocking-index-build db/migrations/0002_next.sql"]);
  expect(levels("ignore: [legacy/**]\n")).toEqual(["error no-blocking-index-build db/migrations/0002_next.sql"]);

  const wrong = migrationSafety(
    configured("rules:\n  no-blocking-index-biuld: error\n").root,
    "check",
    "--base",
    "main",
  );
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain(".github/migration-safety.yml:2:3: ");
  expect(wrong.err).toContain("no-blocking-index-build");
});

test("exit codes follow --fail-on, and an incomplete change is red", () => {
  const repository = plainRepository({
    "db/migrations/0002_next.sql":
      "SET lock_timeout = '5min';\nALTER TABLE orders ADD CONSTRAINT orders_id CHECK (id > 0) NOT VALID;\n",
  });
  const code = (...argv: readonly string[]): ExitCode => migrationSafety(repository.root, "check", ...argv).code;
  expect(code("--base", "main")).toBe(0);
  expect(code("--base", "main", "--fail-on", "warning")).toBe(1);
  expect(code("--base", "main", "--fail-on", "never")).toBe(0);
  expect(code("--base", "no-such-branch")).toBe(2);

  const shallow = temporaryFolder();
  repository.git("clone", "-q", "--depth", "1", "--branch", "next", `file://${repository.root}`, shallow);
  const { code: red, out } = migrationSafety(shallow, "check", "--base", "HEAD^1");
  expect(red).toBe(1);
  expect(out).toContain("Set `fetch-depth: 2` on actions/checkout.");
});

test("files by themselves, without a repository: each is its own change, on the schema of those before it", () => {
  const repository = new TemporaryRepository();
  repository.write({
    "sql/1.sql": `${TIMEOUT}CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE INDEX a ON orders (id);\n`,
    "sql/2.sql": `${TIMEOUT}CREATE INDEX b ON orders (id);\n`,
  });
  const report = reported(repository, "sql");
  expect(report.findings.map(({ rule, file, line }) => `${file}:${line} ${rule}`)).toEqual([
    "sql/2.sql:2 no-blocking-index-build",
  ]);
  expect(report.change.base).toBeUndefined();
});

test("what is assumed of a tool is said", () => {
  const { "package-lock.json": _lock, ...files } = PRISMA;
  const repository = new TemporaryRepository({ ...files, "package.json": '{"devDependencies":{"prisma":"*"}}' });
  repository.branch("next");
  repository.commit("next", { "prisma/migrations/20240201000000_next/migration.sql": SAFE });
  const { out } = migrationSafety(repository.root, "check", "--base", "main");
  expect(out).toContain(
    "prisma in `prisma/migrations`. No lockfile says which version of Prisma is installed. A version before 7.4 is assumed",
  );
});

test("a path that does not exist is wrong usage", () => {
  const repository = new TemporaryRepository(PLAIN);
  const { code, out, err } = migrationSafety(repository.root, "check", "db/migrations", "db/migratoins");
  expect({ code, out, err }).toEqual({
    code: 2,
    out: "",
    err: "migration-safety: There is no file or folder db/migratoins.\n",
  });
});

test("a migration in another language is not read, and that is said", () => {
  const knex = { "migrations/20240101000000_start.ts": "export const up = () => undefined;\n" };
  const repository = plainRepository(
    { "migrations/20240201000000_next.ts": "export const up = () => undefined;\n" },
    knex,
  );
  const { unknowns, plan, coverage } = reported(repository, "--base", "main");
  expect(unknowns).toEqual([
    {
      file: "migrations/20240201000000_next.ts",
      line: 1,
      reason: "the migration is written in TypeScript, which is not read",
    },
  ]);
  expect(plan.sentence).toBe("This pull request changes 1 migration that cannot be read, and nothing is known of it.");
  expect(coverage.leftOut).toEqual([
    { file: "migrations", reason: "holds 2 migrations written in TypeScript, which are not read" },
  ]);
});

test("an edited and a deleted migration are findings on the file, or on the pull request where it is gone", () => {
  const repository = new TemporaryRepository({
    ...PLAIN,
    "db/migrations/0002_note.sql": "ALTER TABLE orders ADD COLUMN note text;\n",
  });
  repository.branch("next");
  repository.remove("db/migrations/0002_note.sql");
  repository.commit("next", {
    "db/migrations/0001_orders.sql":
      "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, legacy_ref varchar(5));\n",
  });
  const { findings } = reported(repository, "--base", "main");
  expect(findings.map(({ rule, file, severity }) => [rule, file, severity])).toEqual([
    ["no-edited-migration", "db/migrations/0001_orders.sql", "error"],
    ["no-edited-migration", "db/migrations/0002_note.sql", "error"],
  ]);
});

test("--output writes the file, its folders too, and nothing else", () => {
  const repository = plainRepository({ "db/migrations/0002_next.sql": INDEX });
  const ask = ["check", "--base", "main", "--format", "json"];
  const { out } = migrationSafety(repository.root, ...ask);
  const file = "reports/today/migrations.json";
  const written = migrationSafety(repository.root, ...ask, "-o", file);
  expect(written).toEqual({ code: 1, out: "", err: "" });
  expect(readFileSync(join(repository.root, file), "utf8")).toBe(out);
  const { code, err } = migrationSafety(repository.root, ...ask, "--output", "db/migrations");
  expect({ code, err }).toEqual({ code: 2, err: "migration-safety: db/migrations cannot be written (EISDIR).\n" });
});

test("SARIF of a real change: schema-valid, at the same places, with the same fingerprints after a comment above", () => {
  const repository = plainRepository({ "db/migrations/0002_next.sql": INDEX });
  const results = (): Result[] => {
    const { out, err } = migrationSafety(repository.root, "check", "--base", "main", "--format", "sarif");
    expect(err).toBe("");
    const log = JSON.parse(out) as Log;
    expect(sarifErrors(log)).toEqual([]);
    return log.runs[0]!.results!;
  };
  const [before] = results();
  expect(before!.locations![0]!.physicalLocation!.region).toEqual({
    startLine: 2,
    startColumn: 1,
    endLine: 2,
    endColumn: 55,
  });
  repository.write({ "db/migrations/0002_next.sql": `-- One more.\n\n${INDEX}` });
  const [after] = results();
  expect(after!.locations![0]!.physicalLocation!.region!.startLine).toBe(4);
  expect(after!.partialFingerprints).toEqual(before!.partialFingerprints);
});

test("github annotates files by themselves, too", () => {
  const repository = new TemporaryRepository({ "sql/1.sql": INDEX });
  const { out } = migrationSafety(repository.root, "check", "--format", "github", "sql/1.sql");
  expect(out).toMatch(/^::error title=no-blocking-index-build,file=sql\/1\.sql,line=2,endLine=2,col=1,endColumn=55::/);
});
