import { expect, it } from "vitest";
import rule from "../../rules/no-unbatched-backfill.js";
import { goose } from "../../src/migrations/goose.js";
import { ruleTester, type ExpectedError } from "./rule-tester.js";
import { drizzle, factsOf, prisma6, prisma7, supabase, unknownRunner } from "./tools.js";
import { startPGlite } from "../postgres/start-pglite.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, paid boolean);";
const archive = "CREATE TABLE archive (id bigint, total numeric);";

/** The finding about an UPDATE on one line. */
const updates = (table: string, remedy: string, end: string, [line, length]: [number, number]): ExpectedError => ({
  message: `This UPDATE changes every row of ${table} in one statement: each row stays locked until ${end}, and every UPDATE and DELETE of one waits as long. ${remedy}`,
  line,
  column: 1,
  endLine: line,
  endColumn: length + 1,
});

const byItself = "Do it in batches that commit each, with COMMIT in the loop of a DO block.";
const runnerOutside =
  "Do it in batches that commit each, with COMMIT in the loop of a DO block in a migration of its own that runs outside a transaction.";

/** A loop that remembers where a batch ended. */
const KEYSET = `DO $$
DECLARE
  done bigint := 0;
  upto bigint;
BEGIN
  LOOP
    SELECT max(id) INTO upto FROM (SELECT id FROM orders WHERE id > done ORDER BY id LIMIT 1000) AS batch;
    EXIT WHEN upto IS NULL;
    UPDATE orders SET paid = false WHERE id > done AND id <= upto AND paid IS NULL;
    COMMIT;
    done := upto;
  END LOOP;
END $$;`;

/** A loop that looks for what is left. */
const REST_OF_THE_TABLE = `DO $$
BEGIN
  LOOP
    UPDATE orders SET paid = false WHERE id IN (SELECT id FROM orders WHERE paid IS NULL LIMIT 1000);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;`;

/** The same for the rows of a condition, in batches along the key. */
const loop = (condition: string): string =>
  `DO $$
<<batch>>
DECLARE
  first_1 orders.id%TYPE;
  last_1 orders.id%TYPE;
BEGIN
  SELECT id INTO batch.first_1 FROM orders ORDER BY id LIMIT 1;
  WHILE FOUND LOOP
    SELECT id INTO batch.last_1 FROM (
      SELECT id FROM orders WHERE id >= batch.first_1 ORDER BY id LIMIT 1000
    ) AS rows ORDER BY id DESC LIMIT 1;
    UPDATE orders SET paid = false WHERE orders.id >= batch.first_1 AND orders.id <= batch.last_1 AND (${condition});
    COMMIT;
    SELECT id INTO batch.first_1 FROM orders WHERE id > batch.last_1 ORDER BY id LIMIT 1;
  END LOOP;
END $$`;

ruleTester.run("no-unbatched-backfill", rule, {
  valid: [
    { name: "some rows", history: [orders], code: "UPDATE orders SET paid = true WHERE id = 1;" },
    {
      name: "rows that an expression picks, whatever it is",
      history: [orders],
      code: "UPDATE orders SET paid = false WHERE paid IS NULL OR total > 1;\nDELETE FROM orders WHERE coalesce(total, 0) = 0;",
    },
    {
      name: "NULLs of a column that was there before: how many, nobody knows",
      history: [orders],
      code: "UPDATE orders SET paid = false WHERE paid IS NULL;",
    },
    {
      name: "NULLs of a new column that has a default: there are none",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN state text DEFAULT 'new';\nUPDATE orders SET state = 'old' WHERE state IS NULL;",
    },
    {
      name: "NULLs of a new column, and a condition on another",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN state text;\nUPDATE orders SET state = 'old' WHERE state IS NULL AND paid;",
    },
    {
      name: "values of a column that can be NULL",
      history: [orders],
      code: "UPDATE orders SET total = 0 WHERE paid IS NOT NULL;",
    },
    { name: "a table of this change", pending: [orders], code: "UPDATE orders SET paid = false;" },
    {
      name: "a table that is small",
      history: [orders, archive],
      tables: { small: ["orders"] },
      code: "UPDATE orders SET paid = false;\nINSERT INTO archive SELECT id, total FROM orders;",
    },
    {
      name: "into a small table, or one of this change",
      history: [orders, archive],
      tables: { small: ["archive"] },
      code: "CREATE TABLE copies (id bigint);\nINSERT INTO copies SELECT id FROM orders;\nINSERT INTO archive SELECT id, total FROM orders;",
    },
    {
      name: "some rows, an aggregate, and rows that the migration brings along",
      history: [orders, archive],
      code: "INSERT INTO archive SELECT id, total FROM orders WHERE paid;\nINSERT INTO archive SELECT id, total FROM orders LIMIT 10;\nINSERT INTO archive SELECT max(id), sum(total) FROM orders;\nINSERT INTO archive VALUES (1, 1), (2, 2);",
    },
    {
      name: "DELETE without a condition, which is about the rows",
      history: [orders],
      code: "DELETE FROM orders;\nDELETE FROM orders WHERE true;",
    },
    {
      name: "in batches along the key",
      history: [orders],
      tool: prisma7,
      code: KEYSET,
    },
    {
      name: "in batches that an index finds",
      history: [orders, "CREATE INDEX ON orders (id) WHERE paid IS NULL;"],
      tool: prisma7,
      code: REST_OF_THE_TABLE,
    },
    {
      name: "in batches of a table of which no index is known",
      tool: prisma7,
      code: REST_OF_THE_TABLE,
    },
    {
      name: "in batches of a small table",
      history: [orders],
      tables: { small: ["orders"] },
      tool: prisma7,
      code: REST_OF_THE_TABLE,
    },
    {
      name: "row by row, committing each; some rows in one transaction; a loop over something else",
      history: [orders],
      tool: prisma7,
      code: "DO $$ DECLARE r record; BEGIN\nFOR r IN SELECT id FROM orders LOOP UPDATE orders SET paid = true WHERE id = r.id; COMMIT; END LOOP;\nFOR r IN SELECT id FROM orders WHERE total = 0 LOOP UPDATE orders SET paid = true WHERE id = r.id; END LOOP;\nFOR r IN SELECT 1 AS id FROM generate_series(1, 3) LOOP UPDATE orders SET paid = true WHERE id = r.id; END LOOP;\nEND $$;",
    },
  ],
  invalid: [
    {
      name: "batches that read the table from its start again",
      history: [orders],
      tool: prisma7,
      code: REST_OF_THE_TABLE,
      errors: [
        {
          message:
            "Each step of this loop looks for its rows of orders from the table's start, past all that are done, because no index on paid finds them: the further it gets, the longer a step takes. Go through the key instead: remember the last one of a step, and take the rows behind it in the next.",
          line: 4,
          column: 5,
          endLine: 4,
          endColumn: 101,
        },
      ],
    },
    {
      name: "the same with WITH and a join, for DELETE",
      history: [orders],
      tool: prisma7,
      code: "DO $$ BEGIN LOOP\nWITH batch AS (SELECT id FROM orders WHERE paid IS NOT NULL LIMIT 10) DELETE FROM orders USING batch WHERE orders.id = batch.id;\nEXIT WHEN NOT FOUND; COMMIT; END LOOP; END $$;",
      errors: [
        {
          message:
            "Each step of this loop looks for its rows of orders from the table's start, past all that are done, because no index on paid finds them: the further it gets, the longer a step takes. Go through the key instead: remember the last one of a step, and take the rows behind it in the next.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 128,
        },
      ],
    },
    {
      name: "row by row, and in batches of a new column, in one transaction",
      history: [orders],
      tool: prisma7,
      code: "DO $$ DECLARE r record; BEGIN\nFOR r IN SELECT id, total FROM public.orders ORDER BY id LOOP\n  UPDATE orders SET paid = r.total > 0 WHERE id = r.id;\nEND LOOP; END $$;",
      errors: [
        {
          message:
            "This loop changes every row of orders in one transaction: each row stays locked until the block is done, and every UPDATE and DELETE of one waits as long. Commit in each step of the loop.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 55,
        },
      ],
    },
    {
      name: "batches without a COMMIT, of a column that this change adds",
      history: [orders],
      pending: ["ALTER TABLE orders ADD COLUMN state text;"],
      tool: prisma7,
      code: "DO $$ BEGIN LOOP\nUPDATE orders SET state = 'new' WHERE id IN (SELECT id FROM orders WHERE state IS NULL LIMIT 10);\nEXIT WHEN NOT FOUND; END LOOP; END $$;",
      errors: [
        {
          message:
            "This loop changes every row of orders in one transaction: each row stays locked until the block is done, and every UPDATE and DELETE of one waits as long. Commit in each step of the loop.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 97,
        },
      ],
    },
    {
      name: "no condition",
      history: [orders],
      code: "UPDATE orders SET paid = false;",
      errors: [updates("orders", runnerOutside, "the transaction ends", [1, 30])],
    },
    {
      name: "a condition that is always true, and one on a column that cannot be NULL",
      history: [orders],
      tool: prisma7,
      code: "UPDATE orders SET paid = false WHERE 1 = 1;\nUPDATE orders SET paid = false WHERE id IS NOT NULL;",
      errors: [
        {
          ...updates("orders", byItself, "it is done", [1, 42]),
          suggestions: [
            {
              desc: "Do it in batches that commit each",
              output: `${loop("1 = 1")};\nUPDATE orders SET paid = false WHERE id IS NOT NULL;`,
            },
          ],
        },
        {
          ...updates("orders", byItself, "it is done", [2, 51]),
          suggestions: [
            {
              desc: "Do it in batches that commit each",
              output: `UPDATE orders SET paid = false WHERE 1 = 1;\n${loop("id IS NOT NULL")};`,
            },
          ],
        },
      ],
    },
    {
      name: "NULLs of a column that this change adds, in an earlier file",
      history: [orders],
      pending: ["ALTER TABLE orders ADD COLUMN IF NOT EXISTS state text DEFAULT NULL;"],
      tool: drizzle,
      code: 'UPDATE "public"."orders" SET "state" = \'new\' WHERE "state" IS NULL AND "id" IS NOT NULL;',
      errors: [
        updates(
          "orders",
          "Do it in batches that commit each, in a script beside the migrations: Drizzle runs those in a transaction.",
          "the transaction ends",
          [1, 87],
        ),
      ],
    },
    {
      name: "a table that no migration made, and one behind a join without a condition",
      history: [orders],
      tool: unknownRunner,
      code: "UPDATE auth.users SET active = true;\nUPDATE orders SET total = r.rate FROM rates r;",
      errors: [
        updates(
          "auth.users",
          "Do it in batches that commit each, with COMMIT in the loop of a DO block in a file of its own that your runner sends without a transaction.",
          "it is done",
          [1, 35],
        ),
        updates(
          "orders",
          "Do it in batches that commit each, with COMMIT in the loop of a DO block in a file of its own that your runner sends without a transaction.",
          "it is done",
          [2, 45],
        ),
      ],
    },
    {
      name: "goose",
      history: [orders],
      tool: factsOf(goose),
      code: "UPDATE orders SET paid = false;",
      errors: [
        updates(
          "orders",
          "Do it in batches that commit each, with COMMIT in the loop of a DO block in a migration of its own with `-- +goose NO TRANSACTION` at the top, not between StatementBegin and StatementEnd together with other statements.",
          "the transaction ends",
          [1, 30],
        ),
      ],
    },
    {
      name: "Supabase, which runs a DO block in the transaction of its file",
      history: [orders],
      tool: supabase,
      code: "UPDATE orders SET paid = false;",
      errors: [
        updates(
          "orders",
          "Do it in batches that commit each, in a script beside the migrations: Supabase runs those in a transaction.",
          "the transaction ends",
          [1, 30],
        ),
      ],
    },
    {
      name: "a transaction that the file opens, inside of a DO block",
      history: [orders],
      tool: unknownRunner,
      code: "BEGIN;\nDO $$ BEGIN\n  UPDATE orders SET paid = false;\nEND $$;\nCOMMIT;",
      errors: [
        {
          ...updates(
            "orders",
            "Do it in batches that commit each, with COMMIT in the loop of a DO block outside BEGIN … COMMIT.",
            "the transaction ends",
            [3, 32],
          ),
          column: 3,
        },
      ],
    },
    {
      name: "rows that one statement moves elsewhere",
      history: [orders, archive],
      tool: prisma6,
      code: "WITH moved AS (DELETE FROM orders RETURNING id, total)\nINSERT INTO archive SELECT id, total FROM moved;",
      errors: [
        {
          message: `This DELETE removes every row of orders in one statement: each row stays locked until it is done, and every UPDATE and DELETE of one waits as long. ${byItself}`,
          line: 1,
          column: 16,
          endLine: 1,
          endColumn: 54,
        },
      ],
    },
    {
      name: "a copy",
      history: [orders, archive],
      code: "INSERT INTO archive (id, total)\nSELECT id, total FROM orders;",
      errors: [
        {
          message: `This INSERT copies every row of orders into archive in one statement: until the transaction ends, VACUUM can free the space of no row that dies meanwhile, in any table, and whoever inserts the same key waits. ${runnerOutside}`,
          line: 1,
          column: 1,
          endLine: 2,
          endColumn: 29,
        },
      ],
    },
  ],
});

it("a batch that commits leaves its rows, one statement keeps all of them until its end", async () => {
  const postgres = await startPGlite();
  try {
    await postgres.exec(`${orders} INSERT INTO orders (id) SELECT generate_series(1, 2500);`);
    await postgres.exec(KEYSET);
    const transactions = async (): Promise<unknown> =>
      (await postgres.query("SELECT count(DISTINCT xmin::text)::int AS count FROM orders")).rows;
    expect(await transactions()).toEqual([{ count: 3 }]);
    await postgres.exec("UPDATE orders SET paid = true;");
    expect(await transactions()).toEqual([{ count: 1 }]);
    await expect(postgres.exec("BEGIN; DO $$ BEGIN COMMIT; END $$;")).rejects.toMatchObject({ code: "2D000" });
  } finally {
    await postgres.close();
  }
});
