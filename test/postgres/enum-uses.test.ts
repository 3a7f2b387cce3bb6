/** Which statements use an enum's value: PostgreSQL refuses those in the transaction that adds it (55P04). */
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { usesEnumValue } from "../../src/postgres/enum-uses.js";
import { startPGlite } from "./start-pglite.js";

const SCHEMA = `
CREATE TYPE status AS ENUM ('new', 'paid');
CREATE TABLE orders (id bigint, status status, past status[], note text);
CREATE TABLE tasks (status text, state status DEFAULT 'new');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
`;
const ADD = "ALTER TYPE status ADD VALUE 'refunded'";

/** Statements that come behind it, and whether PostgreSQL refuses them. */
const uses: readonly string[] = [
  "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'refunded'",
  "ALTER TABLE orders ADD COLUMN before status DEFAULT 'refunded'",
  "ALTER TABLE orders ADD COLUMN before text CHECK (status <> 'refunded')",
  "ALTER TABLE orders ADD CHECK (status IN ('new', 'refunded'))",
  "ALTER TABLE orders ADD CHECK (status IS DISTINCT FROM 'refunded') NOT VALID",
  "ALTER TABLE orders ALTER COLUMN note TYPE status USING CASE WHEN note = 'r' THEN 'refunded'::status END",
  "CREATE TABLE returns (status status DEFAULT 'refunded')",
  "CREATE TABLE returns (status status NOT NULL CHECK (status = 'refunded'))",
  "CREATE TABLE returns (status status, CHECK (status = 'refunded'))",
  "CREATE INDEX ON orders (id) WHERE status = 'refunded'",
  "CREATE INDEX ON orders (id) WHERE status BETWEEN 'new' AND 'refunded'",
  "CREATE VIEW refunds AS SELECT id FROM orders WHERE status = 'refunded'",
  "CREATE POLICY p ON orders USING (status <> 'refunded')",
  "CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW WHEN (NEW.status = 'refunded') EXECUTE FUNCTION touch()",
  "INSERT INTO orders VALUES (1, 'refunded')",
  "INSERT INTO orders (note, status) VALUES ('a', 'new'), ('refunded', 'refunded')",
  "INSERT INTO orders (id, status) SELECT 1, 'refunded'",
  "INSERT INTO orders (id, past) VALUES (1, '{new,refunded}')",
  "INSERT INTO orders (id, past) VALUES (1, ARRAY['refunded']::status[])",
  "UPDATE orders SET status = 'refunded'",
  "UPDATE orders SET note = 'x' WHERE status = 'refunded'",
  "UPDATE orders SET status = CASE WHEN note = 'r' THEN 'refunded' ELSE status END",
  "UPDATE orders SET note = 'x' WHERE coalesce(status, 'refunded') = 'new'",
  "UPDATE orders o SET status = t.state FROM tasks t WHERE t.state = 'refunded'",
  "DELETE FROM orders WHERE status = ANY ('{refunded}')",
  "DELETE FROM orders WHERE status = ANY (ARRAY['new', 'refunded']::status[])",
  "SELECT 1 FROM orders WHERE 'refunded' = status",
  "SELECT CAST('refunded' AS status)",
  "SELECT 'refunded'::public.status",
  "DO $$ BEGIN UPDATE orders SET status = 'refunded'; END $$",
  "DO $$ BEGIN EXECUTE 'UPDATE orders SET status = ''refunded'''; END $$",
  "MERGE INTO orders o USING tasks t ON false WHEN NOT MATCHED THEN INSERT (id, status) VALUES (1, 'refunded')",
  "WITH gone AS (DELETE FROM orders WHERE status = 'refunded' RETURNING id) SELECT * FROM gone",
];

const harmless: readonly string[] = [
  "UPDATE orders SET note = 'refunded'",
  "UPDATE orders SET note = 'refunded' WHERE status = 'new'",
  "UPDATE orders SET status = 'paid' WHERE note = 'refunded'",
  "UPDATE tasks SET status = 'refunded'",
  "INSERT INTO orders (note) VALUES ('refunded')",
  "INSERT INTO orders (note, status) VALUES ('refunded', 'new')",
  "INSERT INTO tasks VALUES ('refunded', 'new')",
  "ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'refunded'",
  "ALTER TABLE orders ADD CHECK (note <> 'refunded')",
  "ALTER TABLE orders ADD COLUMN kind text DEFAULT 'refunded'",
  "CREATE TABLE refunded (note text DEFAULT 'refunded', status status DEFAULT 'new')",
  "COMMENT ON COLUMN orders.status IS 'refunded'",
  "ALTER TYPE status ADD VALUE 'late' AFTER 'refunded'",
  "CREATE FUNCTION refund() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET status = 'refunded'; END $$",
  "SELECT 'refunded', status FROM orders WHERE status::text = 'refunded'",
  "DO $$ BEGIN IF false THEN UPDATE tasks SET status = 'refunded'; END IF; END $$",
];

let postgres: PGlite;
beforeAll(async () => {
  postgres = await startPGlite();
  await postgres.exec(SCHEMA);
});
afterAll(() => postgres.close());

/** The SQLSTATE with which PostgreSQL refuses the statement in the transaction that adds the value. */
async function refusal(sql: string): Promise<unknown> {
  await postgres.exec(`BEGIN; ${ADD}`);
  try {
    await postgres.exec(sql);
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  } finally {
    await postgres.exec("ROLLBACK");
  }
}

function claim(sql: string): boolean {
  const replay = new Replay({ postgres: 18 });
  for (const text of [SCHEMA, ADD]) for (const statement of parseSql(text).statements) replay.apply(statement, 0);
  const [statement] = parseSql(sql).statements;
  const value = { enum: { schema: "public", name: "status" }, value: "refunded" };
  return usesEnumValue({ text: sql, range: statement?.range ?? [0, 0] }, value, replay.catalog);
}

describe("a statement that uses the value", () => {
  it.each(uses)("%s", async (sql) => {
    expect(claim(sql)).toBe(true);
    expect(await refusal(sql)).toBe("55P04");
  });
});

describe("a statement that does not", () => {
  it.each(harmless)("%s", async (sql) => {
    expect(claim(sql)).toBe(false);
    expect(await refusal(sql)).toBe(undefined);
  });
});
