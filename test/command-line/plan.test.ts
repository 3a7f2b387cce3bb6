import { expect, test } from "vitest";
import type { ExitCode } from "../../src/command-line/command.js";
import { run } from "../../src/command-line/run.js";
import type { PlanReport } from "../../src/model/report.js";
import { TemporaryRepository } from "../change/temporary-repository.js";
import { planErrors } from "../report/schema.js";

function plan(cwd: string, ...argv: readonly string[]): { code: ExitCode; out: string; err: string } {
  let out = "";
  let err = "";
  const code = run(["plan", ...argv], {
    cwd,
    env: {},
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    version: "1.2.3",
  });
  return { code, out, err };
}

const HISTORY = {
  "db/migrations/0001_orders.sql":
    "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, legacy_ref text, note varchar(10));\n",
  "src/orders.ts": 'export const all = () => db.query("SELECT id, legacy_ref FROM orders");\n',
};

test("text: the working tree against the default branch", () => {
  const made = new TemporaryRepository(HISTORY);
  made.git("checkout", "-qb", "drop");
  made.commit("drop", {
    "db/migrations/0002_drop.sql": "ALTER TABLE orders ADD COLUMN seen_at timestamptz;\n",
  });
  expect(plan(made.root)).toEqual({
    code: 0,
    err: "",
    out: `Migrations first, then the code: one pull request is enough.

Runs by itself
   -  Blocks reads and writes on orders for a moment (db/migrations/0002_drop.sql:1)
      Lock: ACCESS EXCLUSIVE on \`orders\`. Blocked: reads and writes. Duration: a moment, whatever the size of the table.
      Way back: \`ALTER TABLE orders DROP COLUMN seen_at\`, once nothing runs the code in this pull request: what was written to orders.seen_at is lost.
`,
  });
});

test("two released versions of a product that is stopped for the upgrade: upgrade notes", () => {
  const made = new TemporaryRepository({
    ...HISTORY,
    ".github/migration-safety.yml": "deploy:\n  model: recreate\n",
  });
  made.git("tag", "v2.8");
  made.commit("work", {
    "db/migrations/0002_work.sql":
      "ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL;\nALTER TABLE orders DROP COLUMN legacy_ref;\n",
    "src/orders.ts": 'export const all = () => db.query("SELECT id FROM orders");\n',
  });
  made.git("tag", "v2.9");
  made.commit("later", { "db/migrations/0003_later.sql": "CREATE TABLE later (id bigint PRIMARY KEY);\n" });

  const { code, out, err } = plan(made.root, "--base", "v2.8", "--head", "v2.9", "--format", "json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const report = JSON.parse(out) as PlanReport;
  expect(planErrors(report)).toEqual([]);
  expect(report.change.head.label).toBe("v2.9");
  // That it reads the whole table is no error where nobody waits.
  expect(report.verdict).toBe("warnings");
  expect(report.plan.sentence).toBe(
    "The application is down while the migrations work through orders; how long that is depends on the size. Existing data may stop 1 statement: count it before.",
  );
  expect(report.plan.phases.map(({ id }) => id)).toEqual(["automatic"]);
  expect(report.plan.upgradeNotes).toEqual({
    downtime: [
      "The application is down while the migrations work through orders; how long that is depends on the size.",
    ],
    work: [
      {
        relation: "public.orders",
        work: "scan",
        query: "SELECT pg_size_pretty(pg_table_size('public.orders'))",
        lock: {
          relation: "public.orders",
          mode: "ACCESS EXCLUSIVE",
          blocks: ["read", "write", "ddl"],
          while: "scan",
        },
        place: { file: "db/migrations/0002_work.sql", line: 1 },
      },
    ],
    mayFail: [
      {
        what: "It stops where orders.account_id is NULL.",
        query: "SELECT count(*) FROM orders WHERE account_id IS NULL",
        place: { file: "db/migrations/0002_work.sql", line: 1 },
      },
    ],
    wayBack: ["None for the values: what was in orders.legacy_ref comes back only from a backup."],
  });
  expect(plan(made.root, "--base", "v2.8", "--head", "v2.9", "--format", "markdown").out).toContain(
    "#### Upgrade notes\n\nThe application is down while the migrations work through orders;",
  );
});

test("a revision that is not there is wrong usage", () => {
  const made = new TemporaryRepository(HISTORY);
  expect(plan(made.root, "--head", "v9")).toEqual({
    code: 2,
    err: "migration-safety: There is no revision v9 in this clone.\n",
    out: "",
  });
});
