/** What nearly every pull request does must go through without a word, in every tool. */
import { describe, expect, it } from "vitest";
import { lint } from "../../src/check/lint.js";
import type { ToolFacts } from "../../src/model/migration.js";
import { memoryChange } from "./memory-change.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const history = [
  "CREATE TABLE accounts (id bigint PRIMARY KEY);",
  "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts, code varchar(20));",
  "CREATE TYPE status AS ENUM ('new', 'paid');",
];

const quiet = {
  "a new table": "CREATE TABLE payments (id bigint PRIMARY KEY, note text);",
  "a new table with foreign keys to two tables in use":
    "CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, account_id bigint REFERENCES accounts);",
  "a new table with foreign keys in statements of their own":
    'CREATE TABLE "payments" ("id" BIGINT NOT NULL, "order_id" BIGINT, "account_id" BIGINT, CONSTRAINT "payments_pkey" PRIMARY KEY ("id"));\nALTER TABLE "payments" ADD CONSTRAINT "payments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;\nALTER TABLE "payments" ADD CONSTRAINT "payments_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;',
  "a new table with foreign keys, as older versions of Drizzle Kit write it":
    'CREATE TABLE IF NOT EXISTS "payments" ("order_id" bigint);\n--> statement-breakpoint\nDO $$ BEGIN\n ALTER TABLE "payments" ADD CONSTRAINT "payments_order_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;',
  "a new enum, as older versions of Drizzle Kit write it":
    "DO $$ BEGIN\n CREATE TYPE \"public\".\"kind\" AS ENUM('a', 'b');\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;",
  "a nullable column": "ALTER TABLE orders ADD COLUMN note text;",
  "several nullable columns": "ALTER TABLE orders ADD COLUMN remark text, ADD COLUMN IF NOT EXISTS due date;",
  "nullable columns on two tables":
    "ALTER TABLE accounts ADD COLUMN nick text;\nALTER TABLE orders ADD COLUMN ref text;",
  "a column with a constant default": "ALTER TABLE orders ADD COLUMN paid boolean NOT NULL DEFAULT false;",
  "a column with the time as its default":
    "ALTER TABLE orders ADD COLUMN at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;",
  "an enum value": "ALTER TYPE status ADD VALUE 'refunded';",
  "a view": "CREATE VIEW open_orders AS SELECT id FROM orders;",
  "a view, replaced": "CREATE OR REPLACE VIEW open_orders AS SELECT id FROM orders;",
  "an index on a new table":
    "CREATE TABLE payments (id bigint, note text);\nCREATE UNIQUE INDEX payments_note_key ON payments (note);",
  "a comment": "COMMENT ON COLUMN orders.code IS 'what the customer sees';",
  "a grant": "GRANT SELECT ON orders TO PUBLIC;",
  "a widened varchar": "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);",
  "a widened varchar, as Prisma writes it": 'ALTER TABLE "orders" ALTER COLUMN "code" SET DATA TYPE VARCHAR(40);',
};

const tools = {
  "a runner that opens a transaction": undefined,
  "a runner that is not known": unknownRunner,
  "Prisma before 7.4": prisma6,
  "Prisma from 7.4": prisma7,
  Drizzle: drizzle,
};

/** The rules that speak, by the engine of the Action and the command line. */
function findings(code: string, tool: ToolFacts | undefined): string[] {
  const { change } = memoryChange("/repo", code, { history, ...(tool && { tool }) });
  return lint(change).findings.map(({ finding }) => `${finding.rule}: ${finding.message}`);
}

describe.each(Object.entries(tools))("%s", (_, tool) => {
  it.each(Object.entries(quiet))("%s", (_, code) => {
    expect(findings(code, tool)).toEqual([]);
  });

  it("all of it together", () => {
    const together = Object.entries(quiet).filter(([name]) => !name.includes("new table") || name === "a new table");
    expect(findings(together.map(([, code]) => code).join("\n"), tool)).toEqual([]);
  });

  it("and the same set-up sees a hazard", () => {
    const code = "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();";
    expect(findings(code, tool).join("\n")).toContain("no-table-rewrite: Adding token rewrites orders");
  });
});
