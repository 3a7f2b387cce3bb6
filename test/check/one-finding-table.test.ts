/**
 * What a reviewer is told of a statement: every finding that stands, and the one that speaks beside the line. Each row
 * is a branch that adds one migration, run through the whole check: at most one finding for an operation and a harm, and
 * one annotation for a statement.
 */
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import type { Configuration } from "../../src/model/configuration.js";
import { check } from "../../src/check/check.js";
import type { Report } from "../../src/model/report.js";
import { pickAnnotations } from "../../src/report/annotations.js";
import type { DefinedRule } from "../../src/rule/define-rule.js";
import { type Files, memorySource } from "./memory-source.js";

const SCHEMA = `
CREATE TYPE status AS ENUM ('new', 'paid');
CREATE TABLE accounts (id bigint PRIMARY KEY, email text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, account_id bigint, total numeric, code varchar(20), legacy_ref text, note text,
  state text NOT NULL DEFAULT 'new'
);
CREATE INDEX orders_code_idx ON orders (code);
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total > 0) NOT VALID;
CREATE TABLE visits (id bigint, seen tsrange);
CREATE UNIQUE INDEX visits_id_idx ON visits (id);
CREATE TABLE sessions (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts);
CREATE TABLE events (id bigint NOT NULL, at date) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (1000);
CREATE INDEX events_at_idx ON events (at);
CREATE TABLE invoices (id bigint PRIMARY KEY, amount numeric, sent boolean);
CREATE TABLE users (id bigint, email text CONSTRAINT users_email_key UNIQUE, kind status);
CREATE TABLE imports (line text);
CREATE VIEW sent_invoices AS SELECT id, amount FROM invoices WHERE sent;
CREATE MATERIALIZED VIEW totals AS SELECT sum(amount) AS total FROM invoices;
`;

const CODE: Files = {
  "src/orders.ts": 'export const find = (db) => db.query("SELECT legacy_ref FROM orders WHERE id = $1");\n',
  "queries/imports.sql": "COPY imports FROM STDIN;\nSELECT count(*) FROM imports WHERE line = 'none';\n",
  "src/client.prisma": 'enum Status {\n  new\n  paid\n\n  @@map("status")\n}\n',
  "queries/users.sql": "INSERT INTO users (email, kind) VALUES ($1, 'new') ON CONFLICT (email) DO NOTHING;\n",
  "src/invoices.ts":
    'export const add = (db) => db.query("INSERT INTO invoices (id) VALUES ($1) ON CONFLICT (id) DO NOTHING");\n',
};

interface Repository {
  readonly base: Files;
  /** The files of a branch that adds a migration with this text. */
  readonly next: (sql: string) => Files;
}

function npm(name: string, version: string): Files {
  return {
    "package.json": JSON.stringify({ dependencies: { [name]: `^${version}` } }),
    "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { [`node_modules/${name}`]: { version } } }),
  };
}

function prisma(version: string): Repository {
  return {
    base: {
      ...npm("prisma", version),
      "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
      "prisma/migrations/20260101000000_init/migration.sql": SCHEMA,
    },
    next: (sql) => ({ "prisma/migrations/20260201000000_next/migration.sql": sql }),
  };
}

function journal(...tags: readonly string[]): string {
  const entries = tags.map((tag, idx) => ({ idx, when: idx + 1, tag }));
  return JSON.stringify({ version: "7", dialect: "postgresql", entries });
}

const repositories = {
  /** The runner is not known. */
  sql: { base: { "db/migrations/0001_init.sql": SCHEMA }, next: (sql) => ({ "db/migrations/0002_next.sql": sql }) },
  /** One transaction around each file. */
  flyway: {
    base: {
      "flyway.toml":
        '[environments.default]\nurl = "jdbc:postgresql://localhost/shop"\n[flyway]\nlocations = ["filesystem:db/migration"]\n',
      "db/migration/V1__init.sql": SCHEMA,
    },
    next: (sql) => ({ "db/migration/V2__next.sql": sql }),
  },
  /** One transaction around all that is pending. */
  drizzle: {
    base: {
      ...npm("drizzle-orm", "0.45.1"),
      "drizzle/meta/_journal.json": journal("0000_init"),
      "drizzle/0000_init.sql": SCHEMA,
    },
    next: (sql) => ({ "drizzle/meta/_journal.json": journal("0000_init", "0001_next"), "drizzle/0001_next.sql": sql }),
  },
  /** A file is one query. */
  prisma6: prisma("6.19.0"),
  /** Each statement commits by itself. */
  prisma7: prisma("7.4.1"),
  /** A program: a row has the calls of its `up`. */
  knex: {
    base: {
      ...npm("knex", "3.1.0"),
      "knexfile.js": 'module.exports = { client: "pg" };\n',
      "migrations/20260101000000_init.js": `exports.up = (knex) => knex.raw(${JSON.stringify(SCHEMA)});\n`,
    },
    next: (calls) => ({ "migrations/20260201000000_next.js": `exports.up = (knex) =>\n${calls};\n` }),
  },
} satisfies Readonly<Record<string, Repository>>;

interface Row {
  readonly sql: string;
  /** Default: `sql`. */
  readonly tool?: keyof typeof repositories;
  /** Of the connection; five seconds of lock_timeout unless said, so that a row is about its own statement. */
  readonly session?: Readonly<Record<string, string>>;
  /** Default: `recommended`. */
  readonly preset?: "recommended" | "strict";
  /** `rule severity harm place`, in the order of the report. */
  readonly finds: readonly string[];
  /** `line rule` of each annotation; none unless said. */
  readonly annotations?: readonly string[];
}

const table: readonly Row[] = [
  {
    tool: "flyway",
    sql: "CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, account_id bigint REFERENCES accounts);\nCREATE INDEX items_order_idx ON items (order_id);",
    finds: [],
  },
  {
    tool: "prisma6",
    sql: 'ALTER TABLE "orders" ADD COLUMN "paid_at" TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP,\nALTER COLUMN "code" SET DATA TYPE VARCHAR(40);',
    finds: [],
  },
  { tool: "drizzle", sql: 'ALTER TYPE "public"."status" ADD VALUE \'refunded\';', finds: [] },
  { session: {}, sql: "CREATE INDEX CONCURRENTLY orders_account_idx ON orders (account_id);", finds: [] },
  {
    sql: "ALTER TABLE orders ADD CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT orders_account_fk;",
    finds: [],
  },
  { sql: "DROP INDEX events_at_idx;", finds: [] },
  { sql: "ALTER TABLE ONLY events ADD PRIMARY KEY (id);", finds: [] },
  { sql: "UPDATE orders SET note = '' WHERE id = 1;", finds: [] },
  {
    sql: "CREATE INDEX orders_account_idx ON orders (account_id);",
    finds: ["no-blocking-index-build error blocks 1:1-1:55"],
    annotations: ["1 no-blocking-index-build"],
  },
  {
    tool: "drizzle",
    sql: 'CREATE UNIQUE INDEX IF NOT EXISTS "orders_code_key" ON "orders" USING btree ("code");',
    finds: ["no-blocking-index-build error blocks 1:1-1:85"],
    annotations: ["1 no-blocking-index-build"],
  },
  {
    sql: "CREATE INDEX events_id_idx ON events (id);",
    finds: ["no-blocking-index-build error blocks 1:1-1:42"],
    annotations: ["1 no-blocking-index-build"],
  },
  {
    sql: "DROP INDEX orders_code_idx;",
    finds: ["no-blocking-index-drop warning blocks 1:1-1:27"],
    annotations: ["1 no-blocking-index-drop"],
  },
  {
    sql: "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    finds: ["no-table-rewrite error blocks 1:1-1:67"],
    annotations: ["1 no-table-rewrite"],
  },
  {
    sql: "ALTER TABLE visits ADD COLUMN key bigserial PRIMARY KEY;",
    finds: ["no-table-rewrite error blocks 1:1-1:56"],
    annotations: ["1 no-table-rewrite"],
  },
  {
    sql: "ALTER TABLE orders ADD COLUMN slug text UNIQUE;",
    finds: ["no-blocking-unique error blocks 1:1-1:47"],
    annotations: ["1 no-blocking-unique"],
  },
  {
    sql: "ALTER TABLE orders ADD COLUMN paid boolean DEFAULT false CHECK (paid OR total > 0);",
    finds: ["no-blocking-constraint error blocks 1:1-1:83"],
    annotations: ["1 no-blocking-constraint"],
  },
  {
    sql: "ALTER TABLE orders ADD COLUMN weight int GENERATED ALWAYS AS (1) STORED CHECK (weight > 0);",
    finds: ["no-table-rewrite error blocks 1:1-1:91"],
    annotations: ["1 no-table-rewrite"],
  },
  {
    tool: "prisma7",
    sql: 'ALTER TABLE "orders" ALTER COLUMN "account_id" SET DATA TYPE TEXT;',
    finds: ["no-table-rewrite error blocks 1:1-1:66"],
    annotations: ["1 no-table-rewrite"],
  },
  {
    sql: "ALTER TABLE orders ADD CHECK (code <> '');",
    finds: ["no-blocking-constraint error blocks 1:1-1:42"],
    annotations: ["1 no-blocking-constraint"],
  },
  {
    tool: "prisma6",
    sql: '-- AddForeignKey\nALTER TABLE "orders" ADD CONSTRAINT "orders_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE SET NULL ON UPDATE CASCADE;',
    finds: ["no-blocking-constraint error blocks 2:1-2:153"],
    annotations: ["2 no-blocking-constraint"],
  },
  {
    sql: "ALTER TABLE orders ALTER COLUMN code SET NOT NULL;",
    finds: ["no-blocking-not-null error blocks 1:1-1:50"],
    annotations: ["1 no-blocking-not-null"],
  },
  {
    sql: "ALTER TABLE orders ADD UNIQUE (code);",
    finds: ["no-blocking-unique error blocks 1:1-1:37", "no-constraint-before-data warning fails 1:1-1:37"],
    annotations: ["1 no-blocking-unique"],
  },
  {
    sql: "ALTER TABLE visits ADD PRIMARY KEY USING INDEX visits_id_idx;",
    finds: ["no-blocking-unique error blocks 1:1-1:61"],
    annotations: ["1 no-blocking-unique"],
  },
  {
    sql: "ALTER TABLE visits ADD EXCLUDE USING gist (seen WITH &&);",
    finds: ["no-blocking-unique error blocks 1:1-1:57"],
    annotations: ["1 no-blocking-unique"],
  },
  {
    sql: "VACUUM FULL orders;",
    finds: ["no-table-rewrite error blocks 1:1-1:19"],
    annotations: ["1 no-table-rewrite"],
  },
  { sql: "TRUNCATE visits;", finds: ["no-data-loss warning loses data 1:1-1:16"], annotations: ["1 no-data-loss"] },
  { sql: "DROP TABLE visits;", finds: ["no-data-loss warning loses data 1:1-1:18"], annotations: ["1 no-data-loss"] },
  { sql: "DELETE FROM orders;", finds: ["no-data-loss warning loses data 1:1-1:19"], annotations: ["1 no-data-loss"] },
  {
    sql: "ALTER TABLE orders ADD COLUMN paid boolean NOT NULL;",
    finds: ["no-not-null-without-default error fails 1:1-1:52"],
    annotations: ["1 no-not-null-without-default"],
  },
  {
    sql: "ALTER TABLE visits ADD COLUMN key bigint PRIMARY KEY;",
    finds: ["no-not-null-without-default error fails 1:1-1:53"],
    annotations: ["1 no-not-null-without-default"],
  },
  {
    sql: "ALTER TABLE orders DROP COLUMN legacy_ref;",
    finds: ["no-referenced-column-drop error breaks code 1:1-1:42"],
    annotations: ["1 no-referenced-column-drop"],
  },
  {
    sql: "DROP TABLE orders;",
    finds: ["no-data-loss warning loses data 1:1-1:18", "no-referenced-table-drop error breaks code 1:1-1:18"],
    annotations: ["1 no-referenced-table-drop"],
  },
  {
    sql: "ALTER TABLE orders RENAME COLUMN legacy_ref TO old_ref;",
    finds: ["no-rename error breaks code 1:1-1:55"],
    annotations: ["1 no-rename"],
  },
  {
    sql: "ALTER TABLE orders RENAME TO purchases;",
    finds: ["no-rename error breaks code 1:1-1:39"],
    annotations: ["1 no-rename"],
  },
  { sql: "ALTER TABLE visits RENAME COLUMN seen TO during;", finds: [] },
  {
    sql: "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_account_idx ON orders (account_id);",
    finds: ["no-concurrently-if-not-exists warning fails 1:1-1:82", "require-lock-timeout warning blocks 1:1-1:82"],
    annotations: ["1 no-concurrently-if-not-exists"],
  },
  {
    sql: "DROP DATABASE shop;",
    finds: ["no-database-drop error loses data 1:1-1:19"],
    annotations: ["1 no-database-drop"],
  },
  {
    sql: "ALTER TABEL orders ADD COLUMN note text;",
    finds: ["no-invalid-sql error fails 1:1-1:40"],
    annotations: ["1 no-invalid-sql"],
  },
  {
    sql: "ALTER TABLE invoices DROP COLUMN amount;",
    finds: ["no-dependent-object-break error fails 1:1-1:40"],
    annotations: ["1 no-dependent-object-break"],
  },
  {
    sql: "ALTER TABLE invoices DROP COLUMN sent CASCADE;",
    finds: ["no-dependent-object-break error fails 1:1-1:46"],
    annotations: ["1 no-dependent-object-break"],
  },
  {
    sql: "ALTER TABLE sessions DROP CONSTRAINT sessions_pkey;",
    finds: ["no-primary-key-loss error breaks code 1:1-1:51"],
    annotations: ["1 no-primary-key-loss"],
  },
  {
    sql: "ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;",
    finds: ["no-row-security-gap warning breaks code 1:1-1:47"],
    annotations: ["1 no-row-security-gap"],
  },
  {
    sql: "ALTER TABLE orders DROP COLUMN totl;",
    finds: ["no-invalid-sql error fails 1:1-1:36"],
    annotations: ["1 no-invalid-sql"],
  },
  {
    sql: "DO $$ BEGIN EXECUTE 'ALTER TABLE ' || current_setting('app.table') || ' ADD COLUMN x int'; END $$;",
    finds: ["no-unchecked-statement warning other 1:21-1:90"],
    annotations: ["1 no-unchecked-statement"],
  },
  {
    sql: "ALTER TABLE orders\n  ADD CONSTRAINT orders_code_set CHECK (code <> '') NOT VALID,\n  VALIDATE CONSTRAINT orders_code_set;",
    finds: ["no-validate-in-same-transaction error blocks 3:3-3:38"],
    annotations: ["3 no-validate-in-same-transaction"],
  },
  {
    tool: "prisma6",
    sql: 'ALTER TABLE "orders" ADD CONSTRAINT "orders_code_set" CHECK (code <> \'\') NOT VALID;\nALTER TABLE "orders" VALIDATE CONSTRAINT "orders_code_set";',
    finds: ["no-validate-in-same-transaction error blocks 2:1-2:59"],
    annotations: ["2 no-validate-in-same-transaction"],
  },
  {
    tool: "drizzle",
    sql: 'ALTER TABLE "accounts" ADD COLUMN "note" text;\n--> statement-breakpoint\nALTER TABLE "orders" VALIDATE CONSTRAINT "orders_total_positive";',
    finds: ["no-work-under-lock warning blocks 3:1-3:65"],
    annotations: ["3 no-work-under-lock"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE orders ADD COLUMN paid boolean;\nUPDATE orders SET paid = false;",
    finds: ["no-backfill-with-ddl error blocks 2:1-2:31"],
    annotations: ["2 no-backfill-with-ddl"],
  },
  {
    sql: "UPDATE orders SET note = '';",
    finds: ["no-unbatched-backfill warning blocks 1:1-1:28"],
    annotations: ["1 no-unbatched-backfill"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE accounts ADD COLUMN note text;\nALTER TABLE events ATTACH PARTITION visits FOR VALUES FROM (1000) TO (2000);",
    finds: ["no-blocking-partition-change error blocks 2:1-2:76"],
    annotations: ["2 no-blocking-partition-change"],
  },
  {
    session: {},
    sql: "ALTER TABLE events DETACH PARTITION events_1;",
    finds: ["no-blocking-partition-change error blocks 1:1-1:45"],
    annotations: ["1 no-blocking-partition-change"],
  },
  {
    preset: "strict",
    tool: "prisma7",
    sql: 'ALTER TABLE "orders" ADD COLUMN "due" DATE;\nALTER TABLE "accounts" ADD COLUMN "nick" TEXT;',
    finds: ["no-partial-apply warning fails 2:1-2:46"],
    annotations: ["2 no-partial-apply"],
  },
  {
    preset: "strict",
    session: { lock_timeout: "5s", statement_timeout: "1min" },
    sql: "ALTER TABLE orders ADD CONSTRAINT orders_code_set CHECK (code <> '') NOT VALID;",
    finds: ["no-unvalidated-constraint warning other 1:1-1:79"],
    annotations: ["1 no-unvalidated-constraint"],
  },
  {
    sql: "ALTER TABLE orders DROP COLUMN legacy_ref, ADD COLUMN legacy_ref int NOT NULL;",
    finds: ["no-column-recreate error loses data 1:20-1:42"],
    annotations: ["1 no-column-recreate"],
  },
  {
    sql: "ALTER TABLE orders DROP COLUMN legacy_ref, ADD COLUMN channel text NOT NULL;",
    finds: [
      "no-referenced-column-drop error breaks code 1:20-1:42",
      "no-not-null-without-default error fails 1:44-1:76",
    ],
    annotations: ["1 no-referenced-column-drop"],
  },
  {
    sql: "ALTER TABLE orders DROP COLUMN note, ADD COLUMN channel text NOT NULL;",
    finds: ["no-column-recreate error loses data 1:20-1:36", "no-not-null-without-default error fails 1:38-1:70"],
    annotations: ["1 no-column-recreate"],
  },
  {
    tool: "prisma7",
    sql: 'ALTER TABLE "orders" ADD COLUMN "remark" TEXT;\nUPDATE "orders" SET "remark" = "note" WHERE "note" <> \'\';\nALTER TABLE "orders" DROP COLUMN "note";',
    finds: ["no-drop-before-copy error loses data 3:1-3:40"],
    annotations: ["3 no-drop-before-copy"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE orders ADD COLUMN paid boolean;\nCREATE INDEX orders_paid_idx ON orders (paid);",
    finds: ["no-blocking-index-build error blocks 2:1-2:46"],
    annotations: ["2 no-blocking-index-build"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE orders ADD COLUMN paid boolean;\nALTER TABLE orders ADD CONSTRAINT orders_paid CHECK (paid);",
    finds: ["no-blocking-constraint error blocks 2:1-2:59"],
    annotations: ["2 no-blocking-constraint"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE orders ADD COLUMN paid boolean;\nALTER TABLE orders ALTER COLUMN code SET NOT NULL;",
    finds: ["no-blocking-not-null error blocks 2:1-2:50"],
    annotations: ["2 no-blocking-not-null"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE orders ADD COLUMN paid boolean;\nALTER TABLE orders ADD UNIQUE (code);",
    finds: ["no-blocking-unique error blocks 2:1-2:37", "no-constraint-before-data warning fails 2:1-2:37"],
    annotations: ["2 no-blocking-unique"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE orders ADD COLUMN paid boolean;\nALTER TABLE orders ALTER COLUMN account_id TYPE int;",
    finds: ["no-table-rewrite error blocks 2:1-2:52"],
    annotations: ["2 no-table-rewrite"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE accounts ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN note;",
    finds: [],
  },
  {
    tool: "prisma6",
    session: {},
    sql: 'ALTER TABLE "accounts" ADD COLUMN "note" TEXT;\n\nALTER TABLE "orders" ADD COLUMN "paid" BOOLEAN NOT NULL DEFAULT false;',
    finds: [],
  },
  {
    tool: "flyway",
    session: {},
    sql: "ALTER TABLE accounts ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN note;",
    finds: ["no-multi-table-lock warning blocks 2:1-2:36"],
    annotations: ["2 no-multi-table-lock"],
  },
  {
    tool: "flyway",
    session: {},
    sql: "ALTER TABLE accounts DROP COLUMN email;\nALTER TABLE orders DROP COLUMN note;",
    finds: ["require-lock-timeout warning blocks 1:1-1:39", "no-multi-table-lock warning blocks 2:1-2:36"],
    annotations: ["1 require-lock-timeout", "2 no-multi-table-lock"],
  },
  {
    session: {},
    sql: "DROP INDEX orders_code_idx;",
    finds: ["no-blocking-index-drop warning blocks 1:1-1:27"],
    annotations: ["1 no-blocking-index-drop"],
  },
  {
    session: {},
    sql: "ALTER TABLE orders DROP COLUMN note;",
    finds: ["require-lock-timeout warning blocks 1:1-1:36"],
    annotations: ["1 require-lock-timeout"],
  },
  {
    session: {},
    sql: "ALTER TABLE orders ALTER COLUMN code SET NOT NULL;",
    finds: ["no-blocking-not-null error blocks 1:1-1:50"],
    annotations: ["1 no-blocking-not-null"],
  },
  {
    session: {},
    sql: "ALTER TABLE orders DROP COLUMN legacy_ref;",
    finds: ["no-referenced-column-drop error breaks code 1:1-1:42", "require-lock-timeout warning blocks 1:1-1:42"],
    annotations: ["1 no-referenced-column-drop"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE accounts ADD COLUMN note text;\nDELETE FROM orders;",
    finds: ["no-data-loss warning loses data 2:1-2:19", "no-work-under-lock warning blocks 2:1-2:19"],
    annotations: ["2 no-data-loss"],
  },
  {
    tool: "flyway",
    session: {},
    sql: "DROP TABLE sessions;\nALTER TABLE orders ADD COLUMN paid boolean;",
    finds: [
      "no-data-loss warning loses data 1:1-1:20",
      "require-lock-timeout warning blocks 1:1-1:20",
      "no-multi-table-lock warning blocks 2:1-2:43",
    ],
    annotations: ["1 no-data-loss", "2 no-multi-table-lock"],
  },
  {
    sql: "BEGIN;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS orders_account_idx ON orders (account_id);\nCOMMIT;",
    finds: ["no-concurrently-in-transaction error fails 2:1-2:82"],
    annotations: ["2 no-concurrently-in-transaction"],
  },
  {
    tool: "flyway",
    sql: "COMMIT;\nALTER TABLE orders ADD COLUMN paid boolean;",
    finds: ["no-transaction-control error fails 1:1-1:7"],
    annotations: ["1 no-transaction-control"],
  },
  {
    tool: "drizzle",
    sql: 'ALTER TABLE "orders" ADD COLUMN "paid" boolean NOT NULL DEFAULT random() > 0.5;\n--> statement-breakpoint\nDROP TABLE "visits";',
    finds: ["no-table-rewrite error blocks 1:1-1:79", "no-data-loss warning loses data 3:1-3:20"],
    annotations: ["1 no-table-rewrite", "3 no-data-loss"],
  },
  {
    sql: "ALTER TABLE orders\n  ADD COLUMN token uuid DEFAULT gen_random_uuid(),\n  ADD COLUMN paid boolean NOT NULL,\n  ALTER COLUMN code SET NOT NULL,\n  ADD UNIQUE (code),\n  DROP COLUMN legacy_ref;",
    finds: [
      "no-table-rewrite error blocks 2:3-2:50",
      "no-not-null-without-default error fails 3:3-3:35",
      "no-blocking-not-null error blocks 4:3-4:33",
      "no-blocking-unique error blocks 5:3-5:20",
      "no-constraint-before-data warning fails 5:3-5:20",
      "no-referenced-column-drop error breaks code 6:3-6:25",
    ],
    annotations: ["2 no-table-rewrite"],
  },
  {
    sql: "BEGIN;\nDROP DATABASE shop;\nCOMMIT;",
    finds: ["no-concurrently-in-transaction error fails 2:1-2:19", "no-database-drop error loses data 2:1-2:19"],
    annotations: ["2 no-concurrently-in-transaction"],
  },
  {
    sql: "REINDEX TABLE orders;",
    finds: ["no-blocking-reindex error blocks 1:1-1:21"],
    annotations: ["1 no-blocking-reindex"],
  },
  {
    tool: "flyway",
    sql: "ALTER TABLE accounts ADD COLUMN note text;\nREINDEX INDEX orders_code_idx;",
    finds: ["no-blocking-reindex error blocks 2:1-2:30"],
    annotations: ["2 no-blocking-reindex"],
  },
  {
    tool: "flyway",
    session: {},
    sql: "ALTER TABLE orders ADD COLUMN paid boolean;\nREFRESH MATERIALIZED VIEW totals;",
    finds: ["no-blocking-refresh error blocks 2:1-2:33"],
    annotations: ["2 no-blocking-refresh"],
  },
  {
    tool: "flyway",
    session: {},
    sql: "LOCK TABLE orders IN SHARE MODE;\nINSERT INTO accounts (id) VALUES (1);",
    finds: ["no-explicit-table-lock error blocks 1:1-1:32"],
    annotations: ["1 no-explicit-table-lock"],
  },
  {
    session: {},
    sql: "CREATE CONSTRAINT TRIGGER noted AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note();",
    finds: ["no-trigger-change-on-live-table warning blocks 1:1-1:92"],
    annotations: ["1 no-trigger-change-on-live-table"],
  },
  {
    tool: "flyway",
    sql: "ALTER TYPE status ADD VALUE 'sent';\nALTER TABLE orders ADD COLUMN state status DEFAULT 'sent';",
    finds: [
      "no-unknown-enum-value warning breaks code 1:1-1:35",
      "no-enum-value-in-same-transaction error fails 2:1-2:58",
    ],
    annotations: ["2 no-enum-value-in-same-transaction", "1 no-unknown-enum-value"],
  },
  {
    sql: "ALTER TABLE invoices ADD CONSTRAINT amount_given CHECK (amount IS NOT NULL) NOT VALID;",
    finds: ["no-constraint-before-code error breaks code 1:1-1:86"],
    annotations: ["1 no-constraint-before-code"],
  },
  {
    sql: "ALTER TABLE users DROP CONSTRAINT users_email_key;",
    finds: ["no-conflict-target-loss error breaks code 1:1-1:50"],
    annotations: ["1 no-conflict-target-loss"],
  },
  {
    sql: "ALTER TYPE status RENAME VALUE 'new' TO 'open';",
    finds: ["no-enum-value-removal error breaks code 1:1-1:47"],
    annotations: ["1 no-enum-value-removal"],
  },
  {
    sql: "ALTER TABLE imports ADD COLUMN at timestamptz;",
    finds: ["no-select-star-break warning breaks code 1:1-1:46"],
    annotations: ["1 no-select-star-break"],
  },
  {
    sql: "ALTER TABLE imports ALTER COLUMN line TYPE bigint USING line::bigint;",
    finds: ["no-incompatible-type-change error breaks code 1:1-1:69", "no-table-rewrite error blocks 1:1-1:69"],
    annotations: ["1 no-incompatible-type-change"],
  },
  {
    tool: "prisma7",
    sql: "ALTER TYPE status ADD VALUE 'refunded';\nALTER TABLE users ALTER COLUMN kind SET DEFAULT 'refunded';",
    finds: ["no-unknown-enum-value warning breaks code 1:1-1:39"],
    annotations: ["1 no-unknown-enum-value"],
  },
  {
    preset: "strict",
    sql: "ALTER TABLE orders DROP COLUMN note;",
    finds: ["require-statement-timeout warning blocks 1:1-1:36"],
    annotations: ["1 require-statement-timeout"],
  },
  {
    preset: "strict",
    session: {},
    sql: "ALTER TABLE orders DROP COLUMN note;",
    finds: ["require-lock-timeout warning blocks 1:1-1:36"],
    annotations: ["1 require-lock-timeout"],
  },
  {
    preset: "strict",
    sql: "CREATE TABLE log (line text);",
    finds: ["require-primary-key warning other 1:1-1:29"],
    annotations: ["1 require-primary-key"],
  },
  {
    preset: "strict",
    sql: "CREATE TABLE log (\n  id serial PRIMARY KEY,\n  at timestamp,\n  code char(2),\n  data json,\n  price real\n);",
    finds: [
      "prefer-bigint-key warning other 2:3-2:24",
      "prefer-identity warning other 2:3-2:24",
      "prefer-timestamptz warning other 3:3-3:15",
      "prefer-text warning other 4:3-4:15",
      "prefer-jsonb warning other 5:3-5:12",
      "prefer-numeric warning other 6:3-6:13",
    ],
    annotations: ["2 prefer-bigint-key"],
  },
  {
    preset: "strict",
    sql: "CREATE TABLE items (id bigint PRIMARY KEY, order_id int REFERENCES orders);",
    finds: ["prefer-bigint-key warning other 1:44-1:74", "require-foreign-key-index warning other 1:44-1:74"],
    annotations: ["1 prefer-bigint-key"],
  },
  {
    preset: "strict",
    session: { lock_timeout: "5s", statement_timeout: "1h" },
    sql: "CREATE TABLE items (id bigint PRIMARY KEY);\nCREATE INDEX items_id_idx ON items (id);",
    finds: ["no-redundant-index warning other 2:1-2:40"],
    annotations: ["2 no-redundant-index"],
  },
  {
    sql: `CREATE TABLE items (id bigint PRIMARY KEY, "${"long ".repeat(13)}" text);`,
    finds: ["no-long-identifier warning other 1:44-1:111"],
    annotations: ["1 no-long-identifier"],
  },
  {
    tool: "knex",
    sql: 'knex.schema.alterTable("orders", (t) => t.text("state").alter())',
    finds: ["no-lost-column-attribute error breaks code 2:43-2:64"],
    annotations: ["2 no-lost-column-attribute"],
  },
];

/** Chosen, they speak also where nothing else does. */
const REMINDERS: Configuration["rules"] = {
  "no-trigger-change-on-live-table": ["warn"],
  "require-lock-timeout": ["warn"],
};

function reportOf({ sql, tool = "sql", session = { lock_timeout: "5s" }, preset = "recommended" }: Row): Report {
  const { base, next } = repositories[tool];
  const configuration = {
    ...DEFAULT_CONFIGURATION,
    extends: preset,
    rules: REMINDERS,
    databases: { main: { migrations: [], code: [], session } },
  };
  return check(memorySource({ ...CODE, ...base }, next(sql)), configuration);
}

describe("each row has its findings and annotations, and no others", () => {
  it.each(table)("$sql", (row) => {
    const report = reportOf(row);
    const finds = report.findings.map(
      ({ rule, severity, harm, line, column, endLine, endColumn }) =>
        `${rule} ${severity} ${harm} ${[line, column].join(":")}-${[endLine, endColumn].join(":")}`,
    );
    expect(finds).toEqual(row.finds);
    const annotations = pickAnnotations(report, {
      addedLines: (file) => (file in CODE ? undefined : () => true),
      rest: "in the summary of this run",
    });
    expect(annotations).toHaveLength(new Set(report.findings.map(({ statement }) => statement)).size);
    expect(annotations.map(({ line, title }) => `${String(line)} ${title}`)).toEqual(row.annotations ?? []);
  });

  it("has no rule that never speaks", () => {
    const speaking = new Set(table.flatMap(({ finds }) => finds.map((one) => one.split(" ")[0])));
    const elsewhere = new Set([
      // About files, not statements.
      "no-edited-migration",
      "no-out-of-order-migration",
      "require-migration-for-model",
      // About migrations after the deploy.
      "no-code-before-migration",
      // About what has been released.
      "no-drop-in-same-release",
      // About tools that run programs, and their settings.
      "no-transaction-mode-conflict",
      // About what is not sent on the way up.
      "no-lossy-down",
      "require-down",
    ]);
    expect(Object.keys(rules).filter((name) => !speaking.has(name) && !elsewhere.has(name))).toEqual([]);
  });

  it("has one finding for an operation and a harm", () => {
    for (const row of table) {
      const seen = row.finds.map((one) => one.split(" ").slice(2).join(" "));
      // `other` is about different things; every other harm is told once for a place.
      const told = seen.filter((one) => !one.startsWith("other"));
      expect(new Set(told).size, row.sql).toBe(told.length);
    }
  });
});

/** Who speaks where two rules find the same harm in the same operation; rows apply once both rules exist. */
const YIELDS: readonly (readonly [speaks: string, silent: string])[] = [
  ["no-backfill-with-ddl", "no-work-under-lock"],
  ["no-blocking-constraint", "no-work-under-lock"],
  ["no-blocking-index-build", "no-work-under-lock"],
  ["no-blocking-index-drop", "no-work-under-lock"],
  ["no-blocking-not-null", "no-work-under-lock"],
  ["no-blocking-partition-change", "no-work-under-lock"],
  ["no-blocking-refresh", "no-work-under-lock"],
  ["no-blocking-reindex", "no-work-under-lock"],
  ["no-blocking-unique", "no-work-under-lock"],
  ["no-validate-in-same-transaction", "no-work-under-lock"],
  ["no-backfill-with-ddl", "no-unbatched-backfill"],
  ["no-blocking-constraint", "no-constraint-before-data"],
  ["no-blocking-not-null", "no-constraint-before-data"],
  ["no-column-recreate", "no-data-loss"],
  ["no-column-recreate", "no-not-null-without-default"],
  ["no-column-recreate", "no-referenced-column-drop"],
  ["no-dependent-object-break", "no-invalid-sql"],
];

describe("who speaks", () => {
  const catalogue = rules as unknown as Readonly<Record<string, DefinedRule | undefined>>;
  const pairs = YIELDS.filter(([speaks, silent]) => catalogue[speaks] && catalogue[silent]);

  it.each(pairs)("%s rather than %s", (speaks, silent) => {
    expect(catalogue[silent]?.meta.docs.yieldsTo).toContain(speaks);
  });
});
