import rule from "../../rules/no-table-rewrite.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma7, supabase, unknownRunner } from "./tools.js";

const accounts = "CREATE TABLE accounts (id integer PRIMARY KEY);";
const orders = `${accounts}
CREATE TABLE orders (id bigint PRIMARY KEY, account_id integer REFERENCES accounts, note varchar(20), total numeric(10,2), body text, at timestamptz);`;
const waits = "every query on orders waits until it is done, SELECT too.";
const copy =
  "Add a column of the new type, keep it up to date with a trigger, fill existing rows in batches, and move the code to it.";

const states = "CREATE TYPE state AS ENUM ('new', 'paid');\nCREATE TABLE orders (id bigint PRIMARY KEY, state state);";
const exchange = (values: string, using = "state::text::state_new"): string =>
  `CREATE TYPE state_new AS ENUM (${values});
ALTER TABLE orders ALTER COLUMN state TYPE state_new USING (${using});
ALTER TYPE state RENAME TO state_old;
ALTER TYPE state_new RENAME TO state;`;
const toNew = `to state_new rewrites orders and its indexes: ${waits}`;
/** Enums by another type: what they gain is told, where gaining is all they do. */
const ENUMS = [
  {
    name: "an enum that gains a value at its end",
    code: exchange("'new', 'paid', 'it''s back'"),
    says: `${toNew} The type only gains a value: instead of making another, add it in an instant with ALTER TYPE state ADD VALUE 'it''s back'.`,
    at: [2, 1, 2, 84],
  },
  {
    name: "an enum that gains values in front and in between",
    code: exchange("'draft', 'new', 'held', 'paid'"),
    says: `${toNew} The type only gains values: instead of making another, add them in an instant with ALTER TYPE state ADD VALUE 'draft' BEFORE 'new' and ALTER TYPE state ADD VALUE 'held' AFTER 'new'.`,
    at: [2, 1, 2, 84],
  },
  {
    name: "the old type makes room first, as TypeORM writes it",
    code: `ALTER TYPE "public"."state" RENAME TO "state_old";
CREATE TYPE "public"."state" AS ENUM('new', 'paid', 'back');
ALTER TABLE "orders" ALTER COLUMN "state" TYPE "public"."state" USING "state"::"text"::"public"."state";`,
    says: `to "public"."state" rewrites orders and its indexes: ${waits} The type only gains a value: instead of making another, add it in an instant with ALTER TYPE state ADD VALUE 'back'.`,
    at: [3, 1, 3, 104],
  },
  {
    name: "before PostgreSQL 12, where ADD VALUE runs in no transaction",
    postgres: 11,
    tool: supabase,
    code: exchange("'new', 'paid', 'back'"),
    says: `${toNew} The type only gains a value: instead of making another, add it in an instant with ALTER TYPE state ADD VALUE 'back' in a migration of its own: Supabase runs it outside the transaction of the file.`,
    at: [2, 1, 2, 84],
  },
  {
    name: "an enum that loses a value as well",
    code: exchange("'new', 'back'"),
    says: `${toNew} ${copy}`,
    at: [2, 1, 2, 84],
  },
  {
    name: "an enum whose values change their order",
    code: exchange("'paid', 'new', 'back'"),
    says: `${toNew} ${copy}`,
    at: [2, 1, 2, 84],
  },
  {
    name: "rows that get other values",
    code: exchange("'new', 'paid', 'back'", "CASE WHEN id > 9 THEN 'back' ELSE state::text END::state_new"),
    says: `${toNew} ${copy}`,
    at: [2, 1, 2, 122],
  },
  {
    name: "another type that stays beside the first",
    code: "CREATE TYPE state_2 AS ENUM ('new', 'paid', 'back');\nALTER TABLE orders ALTER COLUMN state TYPE state_2 USING state::text::state_2;",
    says: `to state_2 rewrites orders and its indexes: ${waits} ${copy}`,
    at: [2, 1, 2, 78],
  },
] as const;

/** A finding on the whole of a statement in one line. */
function whole(code: string, message: string): object {
  return { message, line: 1, column: 1, endLine: 1, endColumn: code.length };
}

function rewrite(
  name: string,
  code: string,
  message: string,
  surroundings: { postgres?: number; history?: readonly string[] } = {},
) {
  return { name, history: [orders], ...surroundings, code, errors: [whole(code, message)] as never };
}

ruleTester.run("no-table-rewrite", rule, {
  valid: [
    { name: "a plain column", history: [orders], code: "ALTER TABLE orders ADD COLUMN x integer;" },
    { name: "a constant default", history: [orders], code: "ALTER TABLE orders ADD COLUMN x integer DEFAULT 0;" },
    {
      name: "now()",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN x timestamptz DEFAULT CURRENT_TIMESTAMP;",
    },
    {
      name: "the default in a clause of its own",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN token uuid, ALTER COLUMN token SET DEFAULT gen_random_uuid();",
    },
    {
      name: "a virtual column",
      postgres: 18,
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN x numeric GENERATED ALWAYS AS (total * 2) VIRTUAL;",
    },
    { name: "a wider varchar", history: [orders], code: "ALTER TABLE orders ALTER COLUMN note TYPE varchar(40);" },
    { name: "varchar to text", history: [orders], code: "ALTER TABLE orders ALTER COLUMN note TYPE text;" },
    { name: "more digits", history: [orders], code: "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);" },
    { name: "a table of this change", pending: [orders], code: "ALTER TABLE orders ALTER COLUMN id TYPE integer;" },
    {
      name: "a table that the transaction has emptied",
      tool: supabase,
      history: [orders],
      code: "TRUNCATE orders; ALTER TABLE orders ALTER COLUMN note TYPE char(9); ALTER TABLE orders ALTER COLUMN total TYPE text;",
    },
    {
      name: "a column that is there",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN IF NOT EXISTS total numeric DEFAULT random();",
    },
    {
      name: "SET TABLESPACE of a partitioned table and its indexes, which have no files",
      history: ["CREATE TABLE logs (id int PRIMARY KEY) PARTITION BY RANGE (id);"],
      code: "ALTER TABLE logs SET TABLESPACE fast; ALTER INDEX logs_pkey SET TABLESPACE fast;",
    },
    {
      name: "SET TABLESPACE of an index of a table of this change",
      pending: [orders],
      code: "ALTER INDEX orders_pkey SET TABLESPACE fast;",
    },
    { name: "logged already", history: [orders], code: "ALTER TABLE orders SET LOGGED;" },
    { name: "plain VACUUM", history: [orders], tool: unknownRunner, code: "VACUUM orders;" },
    {
      name: "a CHECK is another rule's",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN x int CHECK (x > 0);",
    },
  ],
  invalid: [
    {
      name: "a timestamp that gets a time zone, in a session of which the zone is not known, and in UTC",
      history: ["CREATE TABLE visits (id bigint PRIMARY KEY, at timestamp, left_at timestamp);"],
      code: "ALTER TABLE visits ALTER COLUMN at TYPE timestamptz USING at::timestamptz;\nSET timezone = 'UTC';\nALTER TABLE visits ALTER COLUMN left_at TYPE timestamptz;",
      errors: [
        {
          message:
            "Changing at to timestamptz rewrites visits and its indexes, unless the session's time zone is UTC: every query on visits waits until it is done, SELECT too. Add a column of the new type, keep it up to date with a trigger, fill existing rows in batches, and move the code to it. If the times in at are UTC, SET timezone = 'UTC' before it is enough: no row is rewritten then.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 74,
        },
      ],
    },
    {
      name: "a timestamp that gets a time zone by an expression",
      history: ["CREATE TABLE visits (id bigint PRIMARY KEY, at timestamp);"],
      code: "ALTER TABLE visits ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'UTC';",
      errors: [
        {
          message:
            "Changing at to timestamptz rewrites visits and its indexes: every query on visits waits until it is done, SELECT too. Add a column of the new type, keep it up to date with a trigger, fill existing rows in batches, and move the code to it.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 80,
        },
      ],
    },
    {
      name: "a volatile default, in a clause of several",
      history: [orders],
      code: "ALTER TABLE orders\n  ADD COLUMN n integer,\n  ADD COLUMN token uuid DEFAULT gen_random_uuid();",
      errors: [
        {
          message: `Adding token rewrites orders and its indexes, because its default is computed for every row: ${waits} Add it without the default, give new rows the default with SET DEFAULT, and fill existing rows in batches.`,
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 50,
          suggestions: [
            {
              desc: "Give the default to new rows only",
              output:
                "ALTER TABLE orders\n  ADD COLUMN n integer,\n  ADD COLUMN token uuid, ALTER COLUMN token SET DEFAULT gen_random_uuid();",
            },
          ],
        },
      ],
    },
    {
      name: "a volatile default of a quoted column, as Drizzle writes it",
      history: [orders],
      tool: drizzle,
      code: 'ALTER TABLE "orders" ADD COLUMN "publicId" uuid DEFAULT gen_random_uuid();',
      errors: [
        {
          message: `Adding "publicId" rewrites orders and its indexes, because its default is computed for every row: ${waits} Add it without the default, give new rows the default with SET DEFAULT, and fill existing rows in batches.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 74,
          suggestions: [
            {
              desc: "Give the default to new rows only",
              output:
                'ALTER TABLE "orders" ADD COLUMN "publicId" uuid, ALTER COLUMN "publicId" SET DEFAULT gen_random_uuid();',
            },
          ],
        },
      ],
    },
    ...ENUMS.map(({ name, code, says, at: [line, column, endLine, endColumn], ...surroundings }) => ({
      name,
      history: [states],
      code,
      ...surroundings,
      errors: [{ message: `Changing state ${says}`, line, column, endLine, endColumn }],
    })),
    rewrite(
      "a volatile default with NOT NULL: without the default it cannot stay",
      "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL;",
      `Adding token rewrites orders and its indexes, because its default is computed for every row: ${waits} Add it without NOT NULL and without the default, give new rows the default with SET DEFAULT, and fill existing rows in batches.`,
    ),
    rewrite(
      "a constant default before PostgreSQL 11",
      "ALTER TABLE orders ADD COLUMN n integer DEFAULT 0 NOT NULL;",
      `Adding n rewrites orders and its indexes, because before PostgreSQL 11 a default is written into every row: ${waits} Add it without NOT NULL and without the default, give new rows the default with SET DEFAULT, and fill existing rows in batches.`,
      { postgres: 10 },
    ),
    rewrite(
      "serial",
      "ALTER TABLE orders ADD COLUMN no bigserial;",
      `Adding no rewrites orders and its indexes, because PostgreSQL numbers every row: ${waits} Add a plain integer column, make a nextval(…) its default with SET DEFAULT, and number existing rows in batches.`,
    ),
    rewrite(
      "identity",
      "ALTER TABLE orders ADD COLUMN no bigint GENERATED BY DEFAULT AS IDENTITY;",
      `Adding no rewrites orders and its indexes, because PostgreSQL numbers every row: ${waits} Add a plain integer column, make a nextval(…) its default with SET DEFAULT, and number existing rows in batches.`,
    ),
    rewrite(
      "a stored column",
      "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) STORED;",
      `Adding gross rewrites orders and its indexes, because PostgreSQL computes it for every row: ${waits} Add a plain column, keep it up to date with a trigger, and fill existing rows in batches.`,
    ),
    rewrite(
      "a stored column on PostgreSQL 18",
      "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) STORED;",
      `Adding gross rewrites orders and its indexes, because PostgreSQL computes it for every row: ${waits} Make it VIRTUAL, which stores nothing.`,
      { postgres: 18 },
    ),
    rewrite(
      "a domain with a CHECK",
      "ALTER TABLE orders ADD COLUMN discount percent;",
      `Adding discount rewrites orders and its indexes, because PostgreSQL checks percent for every row: ${waits} Add it as integer, add what percent checks to the table as a CHECK that is NOT VALID, and VALIDATE CONSTRAINT in a later migration.`,
      { history: [orders, "CREATE DOMAIN percent AS integer CHECK (VALUE <= 100);"] },
    ),
    rewrite(
      "another type; the key's target is locked as well",
      "ALTER TABLE orders ALTER COLUMN account_id TYPE bigint;",
      `Changing account_id to bigint rewrites orders and its indexes: every query on orders and accounts waits until it is done, SELECT too. ${copy}`,
    ),
    rewrite(
      "USING",
      "ALTER TABLE orders ALTER COLUMN body SET DATA TYPE jsonb USING body::jsonb;",
      `Changing body to jsonb rewrites orders and its indexes: ${waits} ${copy}`,
    ),
    {
      name: "a limit for a column whose name needs quotes, and one for the elements of an array",
      history: ['CREATE TABLE links (id bigint PRIMARY KEY, "redirectUri" text, "redirectUris" varchar(255)[]);'],
      tool: prisma7,
      code:
        'ALTER TABLE links ALTER COLUMN "redirectUri" TYPE varchar(1024);\n' +
        'ALTER TABLE links ALTER COLUMN "redirectUris" TYPE varchar(1024)[];',
      errors: [
        {
          message:
            'Changing "redirectUri" to varchar(1024) rewrites links and its indexes: every query on links waits until it is done, SELECT too. Keep the type and add CHECK (char_length("redirectUri") <= 1024) NOT VALID, and VALIDATE CONSTRAINT after it.',
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 64,
        },
        {
          message: `Changing "redirectUris" to varchar(1024)[] rewrites links and its indexes: every query on links waits until it is done, SELECT too. ${copy}`,
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 67,
        },
      ],
    },
    {
      name: "a limit for a text, Prisma from 7.4",
      history: [orders],
      tool: prisma7,
      code: 'ALTER TABLE "orders" ALTER COLUMN "body" SET DATA TYPE VARCHAR(500);',
      errors: [
        {
          message: `Changing body to VARCHAR(500) rewrites orders and its indexes: ${waits} Keep the type and add CHECK (char_length(body) <= 500) NOT VALID, and VALIDATE CONSTRAINT after it.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 68,
        },
      ],
    },
    rewrite(
      "indexes only",
      "ALTER TABLE orders ALTER COLUMN body TYPE citext;",
      `Changing body to citext rebuilds indexes of orders: ${waits} ${copy}`,
      { history: [orders, "CREATE EXTENSION citext; CREATE INDEX i ON orders (body);"] },
    ),
    rewrite(
      "a volatile default of a new primary key: without values for all rows it cannot be one",
      "ALTER TABLE events ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY;",
      `Adding id rewrites events and its indexes, because its default is computed for every row: ${waits.replaceAll("orders", "events")} Add it without PRIMARY KEY and without the default, give new rows the default with SET DEFAULT, fill existing rows in batches, and make it the key in a later migration.`,
      { history: ["CREATE TABLE events (name text);"] },
    ),
    rewrite(
      "another collation alone",
      'ALTER TABLE orders ALTER COLUMN body TYPE text COLLATE "C";',
      `Changing body to text COLLATE "C" rebuilds indexes of orders: ${waits} Add a column of that type and collation, keep it up to date with a trigger, fill existing rows in batches, and move the code to it.`,
      { history: [orders, "CREATE INDEX i ON orders (body);"] },
    ),
    rewrite(
      "a free change of a column that a CHECK uses",
      "ALTER TABLE orders ALTER COLUMN note TYPE varchar(40);",
      `Changing note to varchar(40) checks every row of orders for the constraints on it: ${waits} Drop these constraints before it, add them again after it with NOT VALID, and VALIDATE CONSTRAINT in a later migration.`,
      { history: [orders, "ALTER TABLE orders ADD CHECK (note <> '');"] },
    ),
    rewrite(
      "a table that no migration created",
      "ALTER TABLE auth.users ALTER COLUMN id TYPE bigint;",
      `Changing id to bigint rewrites auth.users and its indexes: every query on auth.users waits until it is done, SELECT too. ${copy}`,
    ),
    rewrite(
      "SET UNLOGGED",
      "ALTER TABLE orders SET UNLOGGED;",
      `SET UNLOGGED rewrites orders and its indexes: ${waits} Create a table that is unlogged, keep it up to date with a trigger, copy the rows in batches, and swap the names.`,
    ),
    rewrite(
      "SET TABLESPACE",
      "ALTER TABLE orders SET TABLESPACE fast;",
      `SET TABLESPACE rewrites orders: ${waits} pg_repack --tablespace moves the table as well, and locks it for an instant only.`,
    ),
    rewrite(
      "SET TABLESPACE of all tables",
      "ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast;",
      "SET TABLESPACE rewrites every table in slow: every query on every table in slow waits until it is done, SELECT too. pg_repack --tablespace moves the table as well, and locks it for an instant only.",
    ),
    rewrite(
      "SET TABLESPACE of an index",
      "ALTER INDEX orders_pkey SET TABLESPACE fast;",
      "SET TABLESPACE copies orders_pkey, without which no query on orders is planned: every one waits until it is done, SELECT too. Move it with REINDEX (CONCURRENTLY, TABLESPACE fast) INDEX orders_pkey, which builds it there while queries go on, in a migration of its own that runs outside a transaction.",
    ),
    rewrite(
      "SET TABLESPACE of an index, with ALTER TABLE",
      "ALTER TABLE orders_pkey SET TABLESPACE fast;",
      "SET TABLESPACE copies orders_pkey, without which no query on orders is planned: every one waits until it is done, SELECT too. Move it with REINDEX (CONCURRENTLY, TABLESPACE fast) INDEX orders_pkey, which builds it there while queries go on, in a migration of its own that runs outside a transaction.",
    ),
    rewrite(
      "SET TABLESPACE of an index before 14",
      "ALTER INDEX orders_pkey SET TABLESPACE fast;",
      "SET TABLESPACE copies orders_pkey, without which no query on orders is planned: every one waits until it is done, SELECT too. Build the same index under another name in fast with CREATE INDEX CONCURRENTLY, drop the old one with DROP INDEX CONCURRENTLY, and rename the new one.",
      { postgres: 13 },
    ),
    rewrite(
      "SET TABLESPACE of all indexes",
      "ALTER INDEX ALL IN TABLESPACE slow SET TABLESPACE fast;",
      "SET TABLESPACE copies every index in slow, without which no query on its table is planned: every one waits until it is done, SELECT too. Move one after the other with REINDEX (CONCURRENTLY, TABLESPACE …) INDEX in a migration of its own that runs outside a transaction.",
    ),
    rewrite(
      "CLUSTER",
      "CLUSTER orders USING orders_pkey;",
      `CLUSTER rewrites orders and its indexes: ${waits} pg_repack orders the rows as well, and locks the table for an instant only.`,
    ),
    rewrite(
      "VACUUM FULL",
      "VACUUM (FULL, ANALYZE) orders;",
      `VACUUM FULL rewrites orders and its indexes: ${waits} VACUUM frees the space for new rows and blocks no query; pg_repack gives it back to the system, and locks the table for an instant only.`,
    ),
    rewrite(
      "VACUUM FULL of everything",
      "VACUUM FULL;",
      "VACUUM FULL rewrites every table and its indexes: every query on every table waits until it is done, SELECT too. VACUUM frees the space for new rows and blocks no query; pg_repack gives it back to the system, and locks the table for an instant only.",
    ),
  ],
});
