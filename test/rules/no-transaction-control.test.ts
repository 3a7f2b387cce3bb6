import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import rule from "../../rules/no-transaction-control.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";
import { startPGlite } from "../postgres/start-pglite.js";

const alter = "ALTER TABLE orders ADD COLUMN note text;";
const index = "CREATE INDEX CONCURRENTLY i ON orders (note);";
const inDrizzle =
  "COMMIT ends the transaction that Drizzle opened for all pending migrations. What is left of the pending migrations runs outside of it: if it fails, what ran before COMMIT stays.";
const neverCommits = (unless = ""): string =>
  `This BEGIN has no COMMIT: what runs behind it is undone when the connection closes${unless}. Add COMMIT at the end of the file.`;
const unless = ", unless whoever runs the file commits";

ruleTester.run("no-transaction-control", rule, {
  valid: [
    { name: "a runner that is not known, balanced", tool: unknownRunner, code: `BEGIN;\n${alter}\nCOMMIT;` },
    {
      name: "several transactions",
      tool: unknownRunner,
      code: `BEGIN;\n${alter}\nEND;\n${index}\nBEGIN;\n${alter}\nCOMMIT;`,
    },
    { name: "COMMIT alone, where nobody knows what it ends", tool: unknownRunner, code: `${alter}\nCOMMIT;` },
    { name: "COMMIT AND CHAIN", tool: unknownRunner, code: `BEGIN;\n${alter}\nCOMMIT AND CHAIN;\n${alter}\nCOMMIT;` },
    {
      name: "savepoints",
      tool: drizzle,
      code: `SAVEPOINT a;\n${alter}\nROLLBACK TO a;\nRELEASE a;`,
    },
    { name: "a query that is rolled back", tool: unknownRunner, code: "BEGIN;\nSELECT 1;\nROLLBACK;" },
    { name: "Prisma from 7.4, balanced", tool: prisma7, code: `BEGIN;\n${alter}\nCOMMIT;\n${index}` },
    {
      name: "Prisma before 7.4, as it writes changes of an enum",
      tool: prisma6,
      code: `BEGIN;\n${alter}\nCOMMIT;`,
    },
    { name: "Prisma before 7.4, BEGIN in the middle", tool: prisma6, code: `${alter}\nBEGIN;\n${alter}\nCOMMIT;` },
    { name: "Prisma before 7.4, COMMIT at the end", tool: prisma6, code: `${alter}\nCOMMIT;` },
    { name: "in a DO block", tool: drizzle, code: "DO $$ BEGIN PERFORM 1; END $$;" },
    {
      name: "the end of another transaction",
      tool: drizzle,
      code: "COMMIT PREPARED 'a';",
    },
  ],
  invalid: [
    {
      name: "a runner with a transaction for each file",
      code: `BEGIN;\n${alter}\nCOMMIT;`,
      errors: [
        {
          message:
            "COMMIT ends the transaction that your runner opened for this migration. What the runner still does for this migration runs outside of it: if it fails, what ran before COMMIT stays. Remove BEGIN and COMMIT.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 7,
        },
      ],
    },
    {
      name: "one statement behind COMMIT",
      code: `${alter}\nEND;\nDROP TABLE lines;`,
      errors: [
        {
          message:
            "COMMIT ends the transaction that your runner opened for this migration. The statement behind it runs outside of it: if it fails, what ran before COMMIT stays. Remove it.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 4,
        },
      ],
    },
    {
      name: "COMMIT to get out of the transaction, and BEGIN to get back in",
      code: `${alter}\nCOMMIT;\n${index}\n${index}\nBEGIN;`,
      errors: [
        {
          message:
            "COMMIT ends the transaction that your runner opened for this migration. The 2 statements behind it run outside of it: if one fails, what ran before COMMIT stays. Remove it, and run what no transaction may hold in a migration of its own that runs outside a transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 7,
        },
      ],
    },
    {
      name: "Drizzle",
      tool: drizzle,
      code: `${alter}\n--> statement-breakpoint\nCOMMIT;\n--> statement-breakpoint\n${index}`,
      errors: [{ message: `${inDrizzle} Remove it.`, line: 3, column: 1, endLine: 3, endColumn: 7 }],
    },
    {
      name: "the first COMMIT only: the second ends what the file began",
      tool: drizzle,
      code: `BEGIN;\n${alter}\nCOMMIT;\nBEGIN;\n${alter}\nCOMMIT;`,
      errors: [{ message: `${inDrizzle} Remove BEGIN and COMMIT.`, line: 3, column: 1, endLine: 3, endColumn: 7 }],
    },
    {
      name: "COMMIT AND CHAIN",
      tool: drizzle,
      code: `${alter}\nCOMMIT AND CHAIN;\n${alter}`,
      errors: [{ message: `${inDrizzle} Remove it.`, line: 2, column: 1, endLine: 2, endColumn: 17 }],
    },
    {
      name: "BEGIN alone",
      tool: drizzle,
      code: `START TRANSACTION;\n${alter}`,
      errors: [
        {
          message:
            "This BEGIN opens no transaction, because one is open: Drizzle 0.45.1 runs all pending migrations in one. Remove it.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 18,
        },
      ],
    },
    {
      name: "ROLLBACK",
      tool: drizzle,
      code: `${alter}\nROLLBACK;`,
      errors: [
        {
          message:
            "ROLLBACK ends the transaction that Drizzle opened for all pending migrations: what ran in it is undone, and this migration counts as run all the same. Remove it.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 9,
        },
      ],
    },
    {
      name: "Prisma before 7.4: COMMIT without BEGIN",
      tool: prisma6,
      code: `${alter}\nCOMMIT;\n${alter}\n${alter}`,
      errors: [
        {
          message:
            "COMMIT ends the transaction in which PostgreSQL runs this file, because Prisma sends it as one query. The 2 statements behind it run in another one: if one fails, what ran before COMMIT stays. Remove it.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 7,
        },
      ],
    },
    {
      name: "Prisma before 7.4: ROLLBACK without BEGIN",
      tool: prisma6,
      code: `${alter}\nROLLBACK;`,
      errors: [
        {
          message:
            "ROLLBACK ends the transaction in which PostgreSQL runs this file, because Prisma sends it as one query: what ran in it is undone, and this migration counts as run all the same. Remove it.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 9,
        },
      ],
    },
    {
      name: "Prisma before 7.4: BEGIN without COMMIT",
      tool: prisma6,
      code: `BEGIN;\n${alter}`,
      errors: [
        {
          message: neverCommits(),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 6,
          suggestions: [{ desc: "Add COMMIT at the end of the file", output: `BEGIN;\n${alter}\nCOMMIT;` }],
        },
      ],
    },
    {
      name: "Prisma from 7.4: the second BEGIN without COMMIT",
      tool: prisma7,
      code: `BEGIN;\n${alter}\nCOMMIT;\nBEGIN;\n${alter}\n-- the end\n`,
      errors: [
        {
          message: neverCommits(),
          line: 4,
          column: 1,
          endLine: 4,
          endColumn: 6,
          suggestions: [
            {
              desc: "Add COMMIT at the end of the file",
              output: `BEGIN;\n${alter}\nCOMMIT;\nBEGIN;\n${alter}\nCOMMIT;\n-- the end\n`,
            },
          ],
        },
      ],
    },
    {
      name: "a runner that is not known: BEGIN without COMMIT, and one inside it",
      tool: unknownRunner,
      code: `BEGIN;\n${alter}\nBEGIN;\nSELECT 1`,
      errors: [
        {
          message: neverCommits(unless),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 6,
          suggestions: [
            { desc: "Add COMMIT at the end of the file", output: `BEGIN;\n${alter}\nBEGIN;\nSELECT 1;\nCOMMIT;` },
          ],
        },
      ],
    },
    {
      name: "ROLLBACK of what the file began",
      tool: unknownRunner,
      code: `BEGIN;\n${alter}\nROLLBACK;`,
      errors: [
        {
          message:
            "ROLLBACK undoes what ran since BEGIN, and this migration counts as run all the same. End it with COMMIT.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 9,
        },
      ],
    },
  ],
});

describe("PostgreSQL", () => {
  let postgres: PGlite;
  beforeAll(async () => void (postgres = await startPGlite()));
  beforeEach(async () => void (await postgres.exec("ROLLBACK; DROP TABLE IF EXISTS log; CREATE TABLE log (n int);")));
  afterAll(() => postgres.close());

  /** What is left when the session ends. */
  async function left(queries: readonly string[]): Promise<readonly number[]> {
    for (const query of queries) {
      try {
        await postgres.exec(query);
      } catch (error) {
        expect((error as { code?: string }).code).toBe("22012");
        break;
      }
    }
    await postgres.exec("ROLLBACK");
    return (await postgres.query<{ n: number }>("TABLE log ORDER BY n")).rows.map(({ n }) => n);
  }
  const write = (n: number): string => `INSERT INTO log VALUES (${String(n)});`;
  const fail = "SELECT 1 / 0;";

  it("COMMIT ends a tool's transaction, and what ran before it stays", async () => {
    expect(await left(["BEGIN", write(1), "COMMIT", write(2), fail, "COMMIT"])).toEqual([1, 2]);
    expect(await left(["BEGIN", write(3), "BEGIN", write(4), fail, "COMMIT"])).toEqual([1, 2]);
  });

  it("one query is one transaction, until it says otherwise", async () => {
    expect(await left([`${write(1)} ${write(2)} ${fail}`])).toEqual([]);
    expect(await left([`${write(1)} COMMIT; ${write(2)} ${fail}`])).toEqual([1]);
    expect(await left([`${write(3)} BEGIN; ${write(4)} ${fail} COMMIT;`])).toEqual([1]);
    expect(await left([`${write(5)} ROLLBACK; ${write(6)}`])).toEqual([1, 6]);
    expect(await left([`BEGIN; ${write(7)} COMMIT;`])).toEqual([1, 6, 7]);
  });

  it("undoes what no COMMIT ends", async () => {
    expect(await left([`BEGIN; ${write(1)}`])).toEqual([]);
  });
});
