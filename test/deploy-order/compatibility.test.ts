/**
 * Every answer is run on a PostgreSQL: the queries of the code that runs now on the new schema, and those of the code
 * of the pull request on the old one. Where we answer `yes` every query works, where we answer `no` at least one fails.
 * `unknown` is for what queries decide that nobody has read: then there is a query that works and one that fails.
 */
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compatibilityOf } from "../../src/deploy-order/compatibility.js";
import type { PlacedOperation } from "../../src/model/migration.js";
import type { Answer } from "../../src/model/plan.js";
import type { Reference, Side } from "../../src/model/reference.js";
import { memoryChange } from "../rules/memory-change.js";
import { startPGlite } from "../postgres/start-pglite.js";

interface Case {
  readonly migration: string;
  /** What the code that runs now sends. */
  readonly running: readonly string[];
  /** What the code of the pull request sends. */
  readonly next: readonly string[];
  /** Sides whose code names what goes away. */
  readonly used?: readonly Side[];
  readonly answers: readonly [running: Answer, next: Answer];
  readonly reasons?: readonly string[];
}

const SETUP = `
  CREATE TYPE status AS ENUM ('open', 'closed');
  CREATE TABLE accounts (id bigint PRIMARY KEY, name text);
  CREATE TABLE orders (
    id bigint PRIMARY KEY, account_id bigint, note varchar(10), legacy_ref text, code text NOT NULL,
    state status DEFAULT 'open'
  );
  CREATE FUNCTION touch() RETURNS integer LANGUAGE sql AS 'SELECT 1';
  CREATE COLLATION phonebook FROM "C";
  INSERT INTO orders (id, code) VALUES (1, 'a');`;

const INSERT = "INSERT INTO orders (id, code) VALUES (2, 'b')";

const CASES: readonly Case[] = [
  {
    migration: "ALTER TABLE orders ADD COLUMN seen_at timestamptz",
    running: ["SELECT id, note FROM orders", INSERT],
    next: ["SELECT seen_at FROM orders"],
    answers: ["yes", "no"],
  },
  {
    migration: "ALTER TABLE orders ADD COLUMN retries int NOT NULL DEFAULT 0",
    running: [INSERT],
    next: ["SELECT retries FROM orders"],
    answers: ["yes", "no"],
  },
  {
    migration: "DELETE FROM orders; ALTER TABLE orders ADD COLUMN region text NOT NULL",
    running: [INSERT],
    next: ["INSERT INTO orders (id, code, region) VALUES (2, 'b', 'eu')"],
    answers: ["no", "no"],
    reasons: ["Inserts of the code running now leave orders.region out, and it has no default."],
  },
  {
    migration: "ALTER TABLE orders DROP COLUMN legacy_ref",
    running: ["SELECT legacy_ref FROM orders"],
    next: [INSERT],
    used: ["base"],
    answers: ["no", "yes"],
    reasons: ["The code running now uses orders.legacy_ref."],
  },
  {
    migration: "ALTER TABLE orders DROP COLUMN legacy_ref",
    running: [INSERT],
    next: [INSERT],
    answers: ["yes", "yes"],
  },
  {
    migration: "ALTER TABLE orders DROP COLUMN code",
    running: ["SELECT code FROM orders"],
    next: ["INSERT INTO orders (id) VALUES (2)"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: [
      "The code running now uses orders.code.",
      "orders.code is NOT NULL without a default: inserts that leave it out fail until it is dropped.",
    ],
  },
  {
    migration: "ALTER TABLE orders RENAME COLUMN note TO remark",
    running: ["SELECT note FROM orders"],
    next: ["SELECT remark FROM orders"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses orders.note by its old name."],
  },
  {
    migration: "DROP TABLE accounts",
    running: ["SELECT name FROM accounts"],
    next: [INSERT],
    used: ["base"],
    answers: ["no", "yes"],
    reasons: ["The code running now uses accounts."],
  },
  {
    migration: "ALTER TABLE orders RENAME TO purchases",
    running: [INSERT],
    next: ["INSERT INTO purchases (id, code) VALUES (2, 'b')"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses orders by its old name."],
  },
  {
    migration: "ALTER TYPE status RENAME TO order_status",
    running: [INSERT, "SELECT 'open'::status"],
    next: [INSERT, "SELECT 'open'::order_status"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses status by its old name."],
  },
  {
    migration: "ALTER FUNCTION touch() RENAME TO touched",
    running: [INSERT, "SELECT touch()"],
    next: [INSERT, "SELECT touched()"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses touch by its old name."],
  },
  {
    migration: "DROP FUNCTION touch()",
    running: [INSERT],
    next: [INSERT],
    answers: ["yes", "yes"],
  },
  {
    migration: "ALTER SCHEMA public RENAME TO shop",
    running: ["INSERT INTO public.orders (id, code) VALUES (2, 'b')"],
    next: ["INSERT INTO shop.orders (id, code) VALUES (2, 'b')"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses public by its old name."],
  },
  {
    migration: "CREATE RULE keep AS ON DELETE TO accounts DO INSTEAD NOTHING",
    running: [INSERT, "DELETE FROM accounts RETURNING id"],
    next: [INSERT],
    answers: ["unknown", "yes"],
    reasons: ["The rule accounts.keep also rewrites what the code running now sends."],
  },
  {
    migration: "ALTER COLLATION phonebook RENAME TO book",
    running: [INSERT, "SELECT code COLLATE phonebook FROM orders"],
    next: [INSERT, "SELECT code COLLATE book FROM orders"],
    answers: ["unknown", "unknown"],
    reasons: ["Whether code uses what is dropped or renamed here was not looked for."],
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN note TYPE varchar(20)",
    running: ["INSERT INTO orders (id, code, note) VALUES (2, 'b', 'short')"],
    next: ["SELECT note FROM orders"],
    answers: ["yes", "yes"],
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN code DROP NOT NULL",
    running: [INSERT],
    next: ["INSERT INTO orders (id) VALUES (2)"],
    answers: ["yes", "no"],
  },
  {
    migration: "ALTER TYPE status ADD VALUE 'paid'",
    running: [INSERT],
    next: ["INSERT INTO orders (id, code, state) VALUES (2, 'b', 'paid')"],
    answers: ["yes", "no"],
  },
  {
    migration: "CREATE INDEX orders_note_idx ON orders (note)",
    running: [INSERT],
    next: ["SELECT id FROM orders WHERE note = 'x'"],
    answers: ["yes", "yes"],
  },
  {
    migration: "CREATE TABLE invoices (id bigint PRIMARY KEY, order_id bigint REFERENCES orders)",
    running: [INSERT],
    next: ["SELECT id FROM invoices"],
    answers: ["yes", "no"],
  },
  {
    migration: "CREATE VIEW open_orders AS SELECT id FROM orders WHERE state = 'open'",
    running: [INSERT],
    next: ["SELECT id FROM open_orders"],
    answers: ["yes", "no"],
  },
  {
    migration: "ALTER TABLE orders ADD CONSTRAINT note_long CHECK (length(note) > 2) NOT VALID",
    running: [
      "INSERT INTO orders (id, code, note) VALUES (2, 'b', 'long')",
      "INSERT INTO orders (id, code, note) VALUES (3, 'b', 'x')",
    ],
    next: [INSERT],
    answers: ["unknown", "yes"],
    reasons: ["With the new constraint on orders, the code running now fails where it may write rows that it refuses."],
  },
  {
    migration: "DELETE FROM orders; ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL",
    running: [
      "INSERT INTO orders (id, code, account_id) VALUES (2, 'b', 1)",
      "INSERT INTO orders (id, code) VALUES (3, 'b')",
    ],
    next: ["INSERT INTO orders (id, code, account_id) VALUES (2, 'b', 1)"],
    answers: ["unknown", "yes"],
    reasons: ["Inserts of the code running now fail where they leave orders.account_id out or send NULL."],
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN state DROP DEFAULT; ALTER TABLE orders ALTER COLUMN state SET NOT NULL",
    running: [
      "INSERT INTO orders (id, code, state) VALUES (2, 'b', 'open')",
      "INSERT INTO orders (id, code) VALUES (3, 'b')",
    ],
    next: ["INSERT INTO orders (id, code, state) VALUES (2, 'b', 'open')"],
    answers: ["unknown", "yes"],
    reasons: ["Inserts of the code running now fail where they leave orders.state out or send NULL."],
  },
  {
    migration: "CREATE UNIQUE INDEX orders_code_key ON orders (code)",
    running: ["INSERT INTO orders (id, code) VALUES (2, 'b')", "INSERT INTO orders (id, code) VALUES (3, 'a')"],
    next: [INSERT],
    answers: ["unknown", "yes"],
    reasons: ["The code running now may write duplicates, which orders_code_key refuses."],
  },
];

let postgres: PGlite;

beforeAll(async () => {
  postgres = await startPGlite();
});
afterAll(() => postgres.close());

/** How many of the queries work, each by itself. */
async function working(schema: readonly string[], queries: readonly string[]): Promise<number> {
  await postgres.exec("DROP SCHEMA IF EXISTS public, shop CASCADE; CREATE SCHEMA public;");
  for (const sql of schema) await postgres.exec(sql);
  let count = 0;
  for (const query of queries) {
    await postgres.query(query).then(
      () => count++,
      () => undefined,
    );
  }
  return count;
}

function reference(side: Side): Reference {
  return { side, grade: "certain", kind: "read", file: "src/repository.ts", line: 1, column: 1, excerpt: "" };
}

function agrees(answer: Answer, works: number, of: number): void {
  if (answer === "yes") expect(works).toBe(of);
  else expect(works).toBeLessThan(of);
  if (answer === "unknown") expect(works).toBeGreaterThan(0);
}

test.each(CASES)(
  "$migration ($answers)",
  async ({ migration: sql, running, next, used = [], answers, reasons = [] }) => {
    const { change } = memoryChange("/repository", sql, { history: [SETUP] });
    const migration = change.databases[0]!.migrations[1]!;
    const statement = migration.statements.at(-1)!;
    const placed: PlacedOperation = { operation: statement.statement.operations[0]!, statement, migration };
    const live = placed.operation.type !== "CreateTable" && placed.operation.type !== "CreateView";
    const compatibility = compatibilityOf(placed, { live, references: used.map(reference) });

    expect([compatibility.runningCodeOnNewSchema, compatibility.newCodeOnOldSchema]).toEqual(answers);
    expect(compatibility.reasons).toEqual(reasons);
    agrees(answers[0], await working([SETUP, sql], running), running.length);
    agrees(answers[1], await working([SETUP], next), next.length);
  },
);
