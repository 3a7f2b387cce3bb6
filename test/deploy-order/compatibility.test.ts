/**
 * Every answer is run on a PostgreSQL: the queries of the code that runs now on the new schema, and those of the code
 * of the pull request on the old one. Where we answer `yes` every query works, where we answer `no` at least one fails.
 * `unknown` is for what queries decide that nobody has read: then there is a query that works and one that fails.
 *
 * Then both ways back: the running code's queries once the new code has written, and the migration undone and run again.
 * `yes` leaves every row as it was, `loses data` does not, `no` is refused or leaves other rows than before, and
 * `unknown` works until the new code writes.
 */
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compatibilityOf } from "../../src/deploy-order/compatibility.js";
import type { PlacedOperation } from "../../src/model/migration.js";
import type { Answer, Undo } from "../../src/model/plan.js";
import type { Reference, Side } from "../../src/model/reference.js";
import { memoryChange } from "../rules/memory-change.js";
import { startPGlite } from "../postgres/start-pglite.js";

interface Case {
  readonly migration: string;
  /** What the schema has beside `SETUP`. */
  readonly setup?: string;
  /** What the code that runs now sends. */
  readonly running: readonly string[];
  /** What the code of the pull request sends. */
  readonly next: readonly string[];
  /** Sides whose code names what goes away. */
  readonly used?: readonly Side[];
  readonly answers: readonly [running: Answer, next: Answer];
  readonly reasons?: readonly string[];
  /** Whether the running code works again behind the new code. Default: as the first answer. */
  readonly codeRollback?: Answer;
  /** Whether the schema comes back by `down` behind the new code. Default: yes. */
  readonly undo?: Undo;
  readonly down: string;
  readonly meaning?: string;
  /** Why one query after another does not show it. */
  readonly unmeasured?: string;
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
  INSERT INTO orders (id, code, legacy_ref) VALUES (1, 'a', 'x');
  INSERT INTO accounts VALUES (1, 'one');`;

const INSERT = "INSERT INTO orders (id, code) VALUES (2, 'b')";

const CASES: readonly Case[] = [
  {
    migration: "ALTER TABLE orders ADD COLUMN seen_at timestamptz",
    running: ["SELECT id, note FROM orders", INSERT],
    next: ["UPDATE orders SET seen_at = now() WHERE id = 1"],
    answers: ["yes", "no"],
    undo: "loses data",
    down: "ALTER TABLE orders DROP COLUMN seen_at",
  },
  {
    migration: "ALTER TABLE orders ADD COLUMN retries int NOT NULL DEFAULT 0",
    running: [INSERT],
    next: ["UPDATE orders SET retries = 3"],
    answers: ["yes", "no"],
    undo: "loses data",
    down: "ALTER TABLE orders DROP COLUMN retries",
  },
  {
    setup: "DELETE FROM orders",
    migration: "ALTER TABLE orders ADD COLUMN region text NOT NULL",
    running: [INSERT],
    next: ["INSERT INTO orders (id, code, region) VALUES (2, 'b', 'eu')"],
    answers: ["no", "no"],
    reasons: ["Inserts of the code running now leave orders.region out, and it has no default."],
    undo: "loses data",
    down: "ALTER TABLE orders DROP COLUMN region",
  },
  {
    migration: "ALTER TABLE orders DROP COLUMN legacy_ref",
    running: ["SELECT legacy_ref FROM orders"],
    next: [INSERT],
    used: ["base"],
    answers: ["no", "yes"],
    reasons: ["The code running now uses orders.legacy_ref."],
    undo: "loses data",
    down: "ALTER TABLE orders ADD COLUMN legacy_ref text",
  },
  {
    migration: "ALTER TABLE orders DROP COLUMN legacy_ref",
    running: [INSERT],
    next: [INSERT],
    answers: ["yes", "yes"],
    undo: "loses data",
    down: "ALTER TABLE orders ADD COLUMN legacy_ref text",
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
    undo: "loses data",
    down: "ALTER TABLE orders ADD COLUMN code text",
  },
  {
    migration: "ALTER TABLE orders RENAME COLUMN note TO remark",
    running: ["SELECT note FROM orders"],
    next: ["SELECT remark FROM orders"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses orders.note by its old name."],
    down: "ALTER TABLE orders RENAME COLUMN remark TO note",
  },
  {
    migration: "DROP TABLE accounts",
    running: ["SELECT name FROM accounts"],
    next: [INSERT],
    used: ["base"],
    answers: ["no", "yes"],
    reasons: ["The code running now uses accounts."],
    undo: "loses data",
    down: "CREATE TABLE accounts (id bigint PRIMARY KEY, name text)",
  },
  {
    migration: "ALTER TABLE orders RENAME TO purchases",
    running: [INSERT],
    next: ["INSERT INTO purchases (id, code) VALUES (2, 'b')"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses orders by its old name."],
    down: "ALTER TABLE purchases RENAME TO orders",
  },
  {
    migration: "ALTER TYPE status RENAME TO order_status",
    running: [INSERT, "SELECT 'open'::status"],
    next: [INSERT, "SELECT 'open'::order_status"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses status by its old name."],
    down: "ALTER TYPE order_status RENAME TO status",
  },
  {
    migration: "ALTER FUNCTION touch() RENAME TO touched",
    running: [INSERT, "SELECT touch()"],
    next: [INSERT, "SELECT touched()"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses touch by its old name."],
    down: "ALTER FUNCTION touched() RENAME TO touch",
  },
  {
    migration: "DROP FUNCTION touch()",
    running: [INSERT],
    next: [INSERT],
    answers: ["yes", "yes"],
    down: "CREATE FUNCTION touch() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
  },
  {
    migration: "ALTER SCHEMA public RENAME TO shop",
    running: ["INSERT INTO public.orders (id, code) VALUES (2, 'b')"],
    next: ["INSERT INTO shop.orders (id, code) VALUES (2, 'b')"],
    used: ["base"],
    answers: ["no", "no"],
    reasons: ["The code running now uses public by its old name."],
    down: "ALTER SCHEMA shop RENAME TO public",
  },
  {
    migration: "CREATE RULE keep AS ON DELETE TO accounts DO INSTEAD NOTHING",
    running: [INSERT, "DELETE FROM accounts RETURNING id"],
    next: [INSERT],
    answers: ["unknown", "yes"],
    reasons: ["The rule accounts.keep also rewrites what the code running now sends."],
    down: "DROP RULE keep ON accounts",
  },
  {
    migration: "ALTER COLLATION phonebook RENAME TO book",
    running: [INSERT, "SELECT code COLLATE phonebook FROM orders"],
    next: [INSERT, "SELECT code COLLATE book FROM orders"],
    answers: ["unknown", "unknown"],
    reasons: ["Whether code uses what is dropped or renamed here was not looked for."],
    undo: "unknown",
    down: "ALTER COLLATION book RENAME TO phonebook",
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN note TYPE varchar(20)",
    running: ["INSERT INTO orders (id, code, note) VALUES (2, 'b', 'short')"],
    next: ["SELECT note FROM orders", "INSERT INTO orders (id, code, note) VALUES (3, 'c', 'longer than ten')"],
    answers: ["yes", "unknown"],
    reasons: ["The code in this pull request may write values of orders.note that the old type refuses."],
    undo: "unknown",
    down: "ALTER TABLE orders ALTER COLUMN note TYPE varchar(10)",
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN code DROP NOT NULL",
    running: [INSERT],
    next: ["INSERT INTO orders (id) VALUES (2)"],
    answers: ["yes", "no"],
    codeRollback: "unknown",
    undo: "unknown",
    down: "ALTER TABLE orders ALTER COLUMN code SET NOT NULL",
    meaning:
      "Code that was written before reads NULL in orders.code as soon as the code in this pull request writes it.",
  },
  {
    migration: "ALTER TYPE status ADD VALUE 'paid'",
    running: [INSERT],
    next: ["INSERT INTO orders (id, code, state) VALUES (2, 'b', 'paid')"],
    answers: ["yes", "no"],
    codeRollback: "unknown",
    undo: "no",
    down: "ALTER TYPE status DROP VALUE 'paid'",
    meaning: "Code that was written before reads 'paid' of status as soon as the code in this pull request writes it.",
  },
  {
    migration: "CREATE INDEX orders_note_idx ON orders (note)",
    running: [INSERT],
    next: ["SELECT id FROM orders WHERE note = 'x'"],
    answers: ["yes", "yes"],
    down: "DROP INDEX orders_note_idx",
  },
  {
    migration: "CREATE TABLE invoices (id bigint PRIMARY KEY, order_id bigint REFERENCES orders)",
    running: [INSERT],
    next: ["SELECT id FROM invoices"],
    answers: ["yes", "no"],
    down: "DROP TABLE invoices",
  },
  {
    migration: "CREATE VIEW open_orders AS SELECT id FROM orders WHERE state = 'open'",
    running: [INSERT],
    next: ["SELECT id FROM open_orders"],
    answers: ["yes", "no"],
    down: "DROP VIEW open_orders",
  },
  {
    migration: "ALTER TABLE orders ADD CONSTRAINT note_long CHECK (length(note) > 2) NOT VALID",
    running: [
      "INSERT INTO orders (id, code, note) VALUES (2, 'b', 'long')",
      "INSERT INTO orders (id, code, note) VALUES (3, 'b', 'x')",
    ],
    next: [INSERT],
    answers: ["unknown", "yes"],
    reasons: ["The code running now may write rows that note_long refuses."],
    down: "ALTER TABLE orders DROP CONSTRAINT note_long",
  },
  {
    setup: "DELETE FROM orders",
    migration: "ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL",
    running: [
      "INSERT INTO orders (id, code, account_id) VALUES (2, 'b', 1)",
      "INSERT INTO orders (id, code) VALUES (3, 'b')",
    ],
    next: ["INSERT INTO orders (id, code, account_id) VALUES (2, 'b', 1)"],
    answers: ["unknown", "yes"],
    reasons: ["Inserts of the code running now fail where they leave orders.account_id out or send NULL."],
    down: "ALTER TABLE orders ALTER COLUMN account_id DROP NOT NULL",
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
    down: "ALTER TABLE orders ALTER COLUMN state DROP NOT NULL; ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'open'",
  },
  {
    migration: "CREATE UNIQUE INDEX orders_code_key ON orders (code)",
    running: ["INSERT INTO orders (id, code) VALUES (2, 'b')", "INSERT INTO orders (id, code) VALUES (3, 'a')"],
    next: [INSERT, "INSERT INTO orders (id, code) VALUES (4, 'c') ON CONFLICT (code) DO NOTHING"],
    answers: ["unknown", "unknown"],
    reasons: ["The code running now may write duplicates, which orders_code_key refuses."],
    down: "DROP INDEX orders_code_key",
  },
  {
    setup: "ALTER TABLE orders ADD CONSTRAINT code_key UNIQUE (code)",
    migration: "ALTER TABLE orders DROP CONSTRAINT code_key",
    running: [INSERT],
    next: ["INSERT INTO orders (id, code) VALUES (2, 'b')"],
    answers: ["yes", "yes"],
    undo: "unknown",
    down: "ALTER TABLE orders ADD CONSTRAINT code_key UNIQUE (code)",
    meaning: "PostgreSQL no longer refuses duplicates of code in orders, and an ON CONFLICT that names them fails.",
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'closed'",
    running: [INSERT],
    next: [INSERT],
    answers: ["yes", "yes"],
    down: "ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'open'",
    meaning: "Inserts of the code running now that leave orders.state out get the new default at once.",
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN code SET DEFAULT ''",
    running: [INSERT],
    next: [INSERT, "INSERT INTO orders (id) VALUES (3)"],
    answers: ["yes", "unknown"],
    reasons: ["Inserts of the code in this pull request may leave orders.code out."],
    down: "ALTER TABLE orders ALTER COLUMN code DROP DEFAULT",
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN account_id ADD GENERATED BY DEFAULT AS IDENTITY",
    setup: "UPDATE orders SET account_id = 1; ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL",
    running: ["INSERT INTO orders (id, code, account_id) VALUES (2, 'b', 7)"],
    next: [
      "INSERT INTO orders (id, code, account_id) VALUES (2, 'b', 7)",
      "INSERT INTO orders (id, code) VALUES (3, 'b')",
    ],
    answers: ["yes", "unknown"],
    reasons: ["Inserts of the code in this pull request may leave orders.account_id out."],
    down: "ALTER TABLE orders ALTER COLUMN account_id DROP IDENTITY",
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN account_id ADD GENERATED ALWAYS AS IDENTITY",
    setup: "UPDATE orders SET account_id = 1; ALTER TABLE orders ALTER COLUMN account_id SET NOT NULL",
    running: [
      "INSERT INTO orders (id, code, account_id) VALUES (2, 'b', 7)",
      "INSERT INTO orders (id, code) VALUES (3, 'b')",
    ],
    next: ["SELECT id FROM orders", "INSERT INTO orders (id, code) VALUES (2, 'b')"],
    answers: ["unknown", "unknown"],
    reasons: [
      "PostgreSQL refuses values that the code running now sends for orders.account_id.",
      "Inserts of the code in this pull request may leave orders.account_id out.",
    ],
    down: "ALTER TABLE orders ALTER COLUMN account_id DROP IDENTITY",
  },
  {
    migration: "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
    running: ["SELECT id FROM orders"],
    next: ["SELECT id FROM orders"],
    answers: ["unknown", "yes"],
    unmeasured: "The role of the tests owns the table, and a policy never makes an error.",
    reasons: ["With row level security on, a role without a policy reads no rows of orders, without an error."],
    down: "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
  },
  {
    migration: "CREATE OR REPLACE FUNCTION touch() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
    running: ["SELECT touch()"],
    next: ["SELECT 1 / (touch() - 1)"],
    answers: ["yes", "no"],
    down: "CREATE OR REPLACE FUNCTION touch() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    meaning: "What touch does changes at once for the code running now, too.",
  },
  {
    migration: "UPDATE orders SET legacy_ref = 'y'",
    running: ["SELECT legacy_ref FROM orders"],
    next: [INSERT],
    answers: ["yes", "yes"],
    undo: "no",
    down: "SELECT 1",
  },
  {
    migration: "DELETE FROM orders",
    running: [INSERT],
    next: [INSERT],
    answers: ["yes", "yes"],
    undo: "no",
    down: "SELECT 1",
  },
  {
    migration: "TRUNCATE orders",
    running: [INSERT],
    next: [INSERT],
    answers: ["yes", "yes"],
    undo: "no",
    down: "SELECT 1",
  },
  {
    migration: "ALTER TABLE orders ALTER COLUMN account_id TYPE text",
    running: ["SELECT account_id + 1 FROM orders", "SELECT account_id FROM orders"],
    next: ["SELECT upper(account_id) FROM orders", "UPDATE orders SET account_id = '1' WHERE id = 1"],
    answers: ["unknown", "unknown"],
    reasons: ["Values of orders.account_id come back as text, and values that do not fit it are refused."],
    undo: "unknown",
    down: "ALTER TABLE orders ALTER COLUMN account_id TYPE bigint USING account_id::bigint",
  },
  {
    migration: "REVOKE SELECT ON orders FROM PUBLIC",
    running: ["SELECT id FROM orders"],
    next: ["SELECT id FROM orders"],
    answers: ["unknown", "unknown"],
    unmeasured: "The role of the tests owns the table.",
    reasons: ["Code fails that connects with the role and needs the privilege on orders."],
    down: "GRANT SELECT ON orders TO PUBLIC",
  },
];

let postgres: PGlite;

beforeAll(async () => {
  postgres = await startPGlite();
});
afterAll(() => postgres.close());

/** Starts anew, with a schema. */
async function start(schema: readonly string[]): Promise<void> {
  await postgres.exec("DROP SCHEMA IF EXISTS public, shop CASCADE; CREATE SCHEMA public;");
  for (const sql of schema) await postgres.exec(sql);
}

/** How many of the queries work, each by itself. */
async function working(queries: readonly string[]): Promise<number> {
  let count = 0;
  for (const query of queries) if (await runs(query)) count++;
  return count;
}

async function runs(sql: string): Promise<boolean> {
  return postgres.exec(sql).then(
    () => true,
    () => false,
  );
}

/** Every row of every table, columns by name. */
async function rows(): Promise<readonly string[]> {
  const { rows: tables } = await postgres.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'shop') ORDER BY 1",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows: all } = await postgres.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} AS t`);
    found.push(name, ...all.map(({ row }) => row).sort());
  }
  return found;
}

interface WayBack {
  readonly schema: readonly string[];
  readonly migration: string;
  readonly next: readonly string[];
  readonly down: string;
}

/** What becomes of the rows when the migration is undone behind the new code, and run again. */
async function measuredUndo({ schema, migration, next, down }: WayBack): Promise<Undo> {
  await start(schema);
  const before = await rows();
  await postgres.exec(migration);
  const untouched = await rows();
  if (!(await runs(down))) return "no";
  const restored = String(await rows()) === String(before);
  await start([...schema, migration]);
  await working(next);
  const written = await rows();
  if (!(await runs(down))) return "unknown";
  if (!(await runs(migration))) return "loses data";
  const kept = String(await rows()) === String(written);
  if (restored && kept) return "yes";
  return String(untouched) !== String(before) && down === "SELECT 1" ? "no" : "loses data";
}

function reference(side: Side): Reference {
  return { side, grade: "certain", kind: "read", file: "src/repository.ts", line: 1, column: 1, excerpt: "" };
}

function agrees(answer: Answer, works: number, of: number): void {
  if (answer === "yes") expect(works).toBe(of);
  else expect(works).toBeLessThan(of);
  if (answer === "unknown") expect(works).toBeGreaterThan(0);
}

test.each(CASES)("$migration ($answers)", async (one) => {
  const { migration: sql, setup = "", running, next, used = [], answers, reasons = [], meaning, down } = one;
  const { codeRollback = answers[0], undo = "yes" } = one;
  const { change } = memoryChange("/repository", sql, { history: [SETUP, setup] });
  const migration = change.databases[0]!.migrations[2]!;
  const statement = migration.statements.at(-1)!;
  const placed: PlacedOperation = { operation: statement.statement.operations[0]!, statement, migration };
  const live = placed.operation.type !== "CreateTable" && placed.operation.type !== "CreateView";
  const compatibility = compatibilityOf(placed, { live, references: used.map(reference) });

  expect([compatibility.runningCodeOnNewSchema, compatibility.newCodeOnOldSchema]).toEqual(answers);
  expect(compatibility.reasons).toEqual(reasons);
  expect(compatibility.codeRollback).toBe(codeRollback);
  expect(compatibility.migrationRollback).toBe(undo);
  expect(compatibility.meaning).toEqual(meaning === undefined ? undefined : [meaning]);
  if (one.unmeasured !== undefined) return;

  const schema = [SETUP, setup];
  await start([...schema, sql]);
  agrees(answers[0], await working(running), running.length);
  await start(schema);
  agrees(answers[1], await working(next), next.length);
  await start([...schema, sql]);
  // Rows of its own: that both would write the same one is no question of the schema.
  await working(next.map((query) => query.replace(/VALUES \((\d)/, "VALUES (10$1")));
  const back = await working(running);
  // Reading a value that it does not know is no query's failure.
  if (codeRollback === "no") expect(back).toBeLessThan(running.length);
  if (codeRollback === "yes") expect(back).toBe(running.length);
  const measured = await measuredUndo({ schema, migration: sql, next, down });
  if (undo !== "unknown") expect(measured).toBe(undo);
  else expect(measured).not.toBe("loses data");
});
