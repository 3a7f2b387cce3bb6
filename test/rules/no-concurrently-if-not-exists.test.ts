import { expect, it } from "vitest";
import rule from "../../rules/no-concurrently-if-not-exists.js";
import { lint } from "../../src/check/lint.js";
import { oneFindingPerHarm } from "../../src/check/one-finding-per-harm.js";
import { memoryChange } from "./memory-change.js";
import { ruleTester } from "./rule-tester.js";
import { prisma6, prisma7, unknownRunner } from "./tools.js";
import { startPGlite } from "../postgres/start-pglite.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);";
const build = "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_account_idx ON orders (account_id);";
const drop = "DROP INDEX CONCURRENTLY IF EXISTS orders_account_idx;";
const message = (remedy: string, unique = ""): string =>
  `If this build fails or is cut off, it leaves orders_account_idx behind as an invalid index, and a rerun skips it because of IF NOT EXISTS: no query uses orders_account_idx${unique}. ${remedy}`;
const dropFirst = `Put ${drop.slice(0, -1)} before it in this file.`;

ruleTester.run("no-concurrently-if-not-exists", rule, {
  valid: [
    { name: "dropped before", history: [orders], tool: unknownRunner, code: `${drop}\n${build}` },
    {
      name: "dropped before, without CONCURRENTLY, by its full name",
      history: [orders],
      tool: unknownRunner,
      code: `DROP INDEX IF EXISTS public.orders_account_idx;\n${build}`,
    },
    { name: "dropped in a migration before", history: [orders], tool: prisma6, pending: [drop], code: build },
    {
      name: "in another schema, which its table decides",
      history: ["CREATE SCHEMA app; CREATE TABLE app.orders (account_id bigint);"],
      tool: unknownRunner,
      code: "DROP INDEX CONCURRENTLY IF EXISTS app.i;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON app.orders (account_id);",
    },
    {
      name: "looked at afterwards",
      history: [orders],
      tool: prisma7,
      code: `${build}\nDO $$ BEGIN\n  IF NOT (SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_account_idx'::regclass) THEN\n    RAISE EXCEPTION 'drop orders_account_idx and run this again';\n  END IF;\nEND $$;`,
    },
    {
      name: "looked at before",
      history: [orders],
      tool: unknownRunner,
      code: `SELECT count(*) FROM pg_index JOIN pg_class ON oid = indexrelid WHERE relname = 'orders_account_idx' AND NOT indisvalid;\n${build}`,
    },
    {
      name: "without IF NOT EXISTS",
      history: [orders],
      tool: unknownRunner,
      code: build.replace("IF NOT EXISTS ", ""),
    },
    { name: "without CONCURRENTLY", history: [orders], code: build.replace("CONCURRENTLY ", "") },
  ],
  invalid: [
    {
      name: "a runner that is not known",
      history: [orders],
      tool: unknownRunner,
      code: `SET lock_timeout = 0;\n${build}`,
      errors: [
        {
          message: message(dropFirst),
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 82,
          suggestions: [
            {
              desc: "Drop what a failed build left, first",
              output: `SET lock_timeout = 0;\n${drop}\n${build}`,
            },
          ],
        },
      ],
    },
    {
      name: "a unique index",
      history: [orders],
      tool: prisma7,
      code: build.replace("INDEX", "UNIQUE INDEX"),
      errors: [
        {
          message: message(dropFirst, ", and it keeps no duplicates out"),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 89,
          suggestions: [
            {
              desc: "Drop what a failed build left, first",
              output: `${drop}\n${build.replace("INDEX", "UNIQUE INDEX")}`,
            },
          ],
        },
      ],
    },
    {
      name: "Prisma before 7.4, where the build has to stay alone",
      history: [orders],
      tool: prisma6,
      code: build,
      errors: [
        {
          message: message(
            "Leave IF NOT EXISTS out: the rerun then fails until DROP INDEX CONCURRENTLY orders_account_idx has run.",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 82,
        },
      ],
    },
    {
      name: "another index dropped, and this one afterwards",
      history: [orders],
      tool: unknownRunner,
      code: `DROP INDEX CONCURRENTLY IF EXISTS account_idx;\n${build}\n${drop}`,
      errors: [
        {
          message: message(dropFirst),
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 82,
          suggestions: [
            {
              desc: "Drop what a failed build left, first",
              output: `DROP INDEX CONCURRENTLY IF EXISTS account_idx;\n${drop}\n${build}\n${drop}`,
            },
          ],
        },
      ],
    },
    {
      name: "another index looked at",
      history: [orders],
      tool: unknownRunner,
      code: `${build}\nSELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_account_idx2'::regclass;`,
      errors: [
        {
          message: message(dropFirst),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 82,
          suggestions: [
            {
              desc: "Drop what a failed build left, first",
              output: `${drop}\n${build}\nSELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_account_idx2'::regclass;`,
            },
          ],
        },
      ],
    },
  ],
});

it("leaves the word to no-concurrently-in-transaction where the build is refused", () => {
  const { change } = memoryChange("/repo", `SELECT 1;\n${build}`, { history: [orders], tool: prisma6 });
  expect(oneFindingPerHarm(lint(change).findings).map(({ rule: name }) => name)).toEqual([
    "no-concurrently-in-transaction",
  ]);
});

it("PostgreSQL takes what a failed build left for the index", async () => {
  const postgres = await startPGlite();
  try {
    await postgres.exec("CREATE TABLE orders (account_id bigint); INSERT INTO orders VALUES (1), (1);");
    const unique = build.replace("INDEX", "UNIQUE INDEX");
    await expect(postgres.exec(unique)).rejects.toMatchObject({ code: "23505" });
    await postgres.exec(unique);
    await postgres.exec("INSERT INTO orders VALUES (1);");
    const { rows } = await postgres.query("SELECT indisvalid FROM pg_index WHERE indrelid = 'orders'::regclass");
    expect(rows).toEqual([{ indisvalid: false }]);
    // What the finding proposes: the rerun builds again, and says what is wrong.
    await postgres.exec(drop);
    await expect(postgres.exec(unique)).rejects.toMatchObject({ code: "23505" });
  } finally {
    await postgres.close();
  }
});
