/**
 * What a reviewer is told in each tool: a migration that is new in a repository of that tool, through the whole check.
 * A row has the repository at base, the files that the branch adds, and every finding with its full message.
 */
import { expect, test } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { TemporaryRepository } from "../change/temporary-repository.js";

type Files = Readonly<Record<string, string>>;

interface ToolRow {
  readonly name: string;
  readonly base: Files;
  readonly head: Files;
  /** `rule place message`, in order; only those of `rules`. */
  readonly findings: readonly string[];
}

/** Rules that depend on the tool; what others find is shown in their own tests. */
const RULES = new Set(["no-blocking-index-build", "no-concurrently-in-transaction", "no-out-of-order-migration"]);

const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n";
const BUILD = "CREATE INDEX orders_account_idx ON orders (account_id);\n";
const CONCURRENTLY = "CREATE INDEX CONCURRENTLY orders_account_idx ON orders (account_id);\n";

const npm = (name: string, version: string): Files => ({
  "package.json": JSON.stringify({ dependencies: { [name]: `^${version}` } }),
  "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { [`node_modules/${name}`]: { version } } }),
});

const journal = (...tags: readonly (readonly [tag: string, when: number])[]): string =>
  JSON.stringify({
    version: "7",
    dialect: "postgresql",
    entries: tags.map(([tag, when], idx) => ({ idx, when, tag })),
  });

const PRISMA: Files = {
  ...npm("prisma", "6.19.0"),
  "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
  "prisma/migrations/20260101000000_init/migration.sql": ORDERS,
};

const DRIZZLE: Files = {
  ...npm("drizzle-orm", "0.45.1"),
  "drizzle/meta/_journal.json": journal(["0000_init", 1000]),
  "drizzle/0000_init.sql": ORDERS,
};

const ROWS: readonly ToolRow[] = [
  {
    name: "Prisma: an index that blocks",
    base: PRISMA,
    head: { "prisma/migrations/20260201000000_index/migration.sql": BUILD },
    findings: [
      "no-blocking-index-build prisma/migrations/20260201000000_index/migration.sql:1 Building orders_account_idx " +
        "blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY.",
    ],
  },
  {
    name: "Drizzle: CONCURRENTLY in its transaction",
    base: DRIZZLE,
    head: {
      "drizzle/meta/_journal.json": journal(["0000_init", 1000], ["0001_index", 2000]),
      "drizzle/0001_index.sql": CONCURRENTLY,
    },
    findings: [
      "no-concurrently-in-transaction drizzle/0001_index.sql:1 CREATE INDEX CONCURRENTLY fails here: PostgreSQL " +
        "refuses it inside a transaction. Drizzle's migrate() runs all pending migrations in one transaction. Build " +
        "the index by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in " +
        "the migration, which then finds it built. Accept no-blocking-index-build there, with that reason.",
    ],
  },
];

test.each(ROWS)("$name", ({ base, head, findings }) => {
  const repository = new TemporaryRepository({ "README.md": "A shop.\n", ...base });
  repository.branch("work");
  repository.commit("work", head);
  const report = check(gitChangeSource({ root: repository.root }), DEFAULT_CONFIGURATION);
  expect(
    report.findings
      .filter(({ rule }) => RULES.has(rule))
      .map(({ rule, file, line, message }) => `${rule} ${file}:${String(line)} ${message}`),
  ).toEqual(findings);
});
