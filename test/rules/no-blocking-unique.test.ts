import rule from "../../rules/no-blocking-unique.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint NOT NULL, code text, seats tsrange, account_id bigint);";
const nullable = "CREATE TABLE orders (id bigint, code text, seats tsrange, account_id bigint);";
const partitioned =
  "CREATE TABLE events (id bigint NOT NULL) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9);";

ruleTester.run("no-blocking-unique", rule, {
  valid: [
    { name: "a table of this change", pending: [orders], code: "ALTER TABLE orders ADD UNIQUE (code);" },
    {
      name: "an index built before",
      history: [orders, "CREATE UNIQUE INDEX k ON orders (code);"],
      code: "ALTER TABLE orders ADD CONSTRAINT orders_code_key UNIQUE USING INDEX k;",
    },
    {
      name: "a primary key of an index over columns that are NOT NULL",
      history: [orders, "CREATE UNIQUE INDEX k ON orders (id);"],
      code: "ALTER TABLE orders ADD PRIMARY KEY USING INDEX k;",
    },
    {
      name: "a primary key of an index over a column that a valid CHECK proves",
      history: [orders, "CREATE UNIQUE INDEX k ON orders (code); ALTER TABLE orders ADD CHECK (code IS NOT NULL);"],
      code: "ALTER TABLE orders ADD PRIMARY KEY USING INDEX k;",
    },
    {
      name: "a primary key of an index that no migration created",
      code: "ALTER TABLE auth.users ADD PRIMARY KEY USING INDEX users_id;",
    },
    {
      name: "the partitioned table alone",
      history: [partitioned],
      code: "ALTER TABLE ONLY events ADD PRIMARY KEY (id);",
    },
    {
      name: "other constraints",
      history: [orders],
      code: "ALTER TABLE orders ADD CHECK (code <> ''), ADD COLUMN total int CHECK (total > 0);",
    },
    {
      name: "a column that is there",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN IF NOT EXISTS code text UNIQUE;",
    },
    {
      name: "a key without a value for old rows, which fails at the first of them",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN key bigint PRIMARY KEY;",
    },
    {
      name: "CREATE UNIQUE INDEX is another rule's",
      history: [orders],
      code: "CREATE UNIQUE INDEX k ON orders (code);",
    },
  ],
  invalid: [
    {
      name: "UNIQUE, in a clause of several",
      history: [orders],
      tool: unknownRunner,
      code: "ALTER TABLE orders\n  ADD COLUMN note text,\n  ADD CONSTRAINT orders_code_key UNIQUE (code);",
      errors: [
        {
          message:
            "Adding orders_code_key builds its index while every query on orders waits, SELECT too, until it is done. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_code_key ON orders (code) in a file of its own that your runner sends without a transaction. Then ADD CONSTRAINT orders_code_key UNIQUE USING INDEX orders_code_key is instant.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 47,
        },
      ],
    },
    {
      name: "the key that the migration drops before, under another name and under none",
      history: [`${orders}\nALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);`],
      tool: prisma6,
      code: 'ALTER TABLE "orders" RENAME COLUMN "code" TO "ref";\nALTER TABLE "orders" DROP CONSTRAINT "orders_pkey", ADD CONSTRAINT "Order_pkey" PRIMARY KEY ("id");\nALTER TABLE "orders" DROP CONSTRAINT "Order_pkey";\nALTER TABLE "orders" ADD PRIMARY KEY ("id");',
      errors: [
        {
          message:
            'Adding "Order_pkey" builds its index while every query on orders waits, SELECT too, until it is done. orders has it already, as orders_pkey: in place of dropping that and adding this, ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO "Order_pkey" is instant.',
          line: 2,
          column: 53,
          endLine: 2,
          endColumn: 99,
        },
        {
          message:
            'Adding the constraint builds its index while every query on orders waits, SELECT too, until it is done. orders has it already, as "Order_pkey": leave out that it is dropped, and this.',
          line: 4,
          column: 1,
          endLine: 4,
          endColumn: 44,
        },
      ],
    },
    {
      name: "a key over another column that gets the old one's name",
      history: [
        `${orders}\nALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id), ADD COLUMN new_id bigint NOT NULL;`,
      ],
      tool: unknownRunner,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;\nALTER TABLE orders RENAME COLUMN id TO old_id;\nALTER TABLE orders RENAME COLUMN new_id TO id;\nALTER TABLE orders ADD CONSTRAINT orders_key PRIMARY KEY (id);",
      errors: [
        {
          message:
            "Adding orders_key builds its index while every query on orders waits, SELECT too, until it is done. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_key ON orders (id) in a file of its own that your runner sends without a transaction. Then ADD CONSTRAINT orders_key PRIMARY KEY USING INDEX orders_key is instant.",
          line: 4,
          column: 1,
          endLine: 4,
          endColumn: 62,
        },
      ],
    },
    {
      name: "without a name, with NULLS NOT DISTINCT and INCLUDE, Prisma before 7.4",
      history: [orders],
      tool: prisma6,
      code: 'ALTER TABLE "orders" ADD UNIQUE NULLS NOT DISTINCT ("account_id", code) INCLUDE (id);',
      errors: [
        {
          message:
            "Adding the constraint builds its index while every query on orders waits, SELECT too, until it is done. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_account_id_code_id_key ON orders (account_id, code) INCLUDE (id) NULLS NOT DISTINCT in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction. Then ADD CONSTRAINT orders_account_id_code_id_key UNIQUE USING INDEX orders_account_id_code_id_key is instant.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 85,
        },
      ],
    },
    {
      name: "as Drizzle Kit writes it",
      history: [orders],
      tool: drizzle,
      code: 'ALTER TABLE "orders" ADD CONSTRAINT "orders_code_unique" UNIQUE("code");',
      errors: [
        {
          message:
            "Adding orders_code_unique builds its index while every query on orders waits, SELECT too, until it is done. Drizzle's migrate() runs all pending migrations in one transaction. Build the index by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in the migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table. It has to be UNIQUE: orders_code_unique ON orders (code). Then ADD CONSTRAINT orders_code_unique UNIQUE USING INDEX orders_code_unique is instant.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 72,
        },
      ],
    },
    {
      name: "a primary key over a column that can be NULL, Prisma from 7.4",
      history: [nullable],
      tool: prisma7,
      code: "ALTER TABLE orders ADD PRIMARY KEY (id);",
      errors: [
        {
          message:
            "Adding the constraint builds its index while every query on orders waits, SELECT too, until it is done. A primary key makes its columns NOT NULL: add CHECK (id IS NOT NULL) NOT VALID first, and VALIDATE CONSTRAINT after it. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_pkey ON orders (id). Then ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey is instant.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
    {
      name: "a primary key in the place of another, which has its name until then",
      history: [orders, "ALTER TABLE orders ADD PRIMARY KEY (id);"],
      tool: unknownRunner,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;\nALTER TABLE orders ADD PRIMARY KEY (id, account_id);",
      errors: [
        {
          message:
            "Adding the constraint builds its index while every query on orders waits, SELECT too, until it is done. A primary key makes its columns NOT NULL: add CHECK (account_id IS NOT NULL) NOT VALID first, and VALIDATE CONSTRAINT in a later transaction. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_pkey_new ON orders (id, account_id) in a file of its own that your runner sends without a transaction. Then ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey_new is instant.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 52,
        },
      ],
    },
    {
      name: "UNIQUE by the name of an index that it drops, in one statement with it",
      history: [orders, "ALTER TABLE orders ADD CONSTRAINT orders_key UNIQUE (code);"],
      tool: prisma7,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_key, ADD CONSTRAINT orders_key UNIQUE (code, account_id);",
      errors: [
        {
          message:
            "Adding orders_key builds its index while every query on orders waits, SELECT too, until it is done. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_key_new ON orders (code, account_id). Then ADD CONSTRAINT orders_key UNIQUE USING INDEX orders_key_new is instant.",
          line: 1,
          column: 48,
          endLine: 1,
          endColumn: 99,
        },
      ],
    },
    {
      name: "UNIQUE on columns that have such a constraint already, under the name that is next",
      history: [orders, "ALTER TABLE orders ADD UNIQUE (code);"],
      tool: prisma7,
      code: "ALTER TABLE orders ADD UNIQUE (code);",
      errors: [
        {
          message:
            "Adding the constraint builds its index while every query on orders waits, SELECT too, until it is done. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_code_key1 ON orders (code). Then ADD CONSTRAINT orders_code_key1 UNIQUE USING INDEX orders_code_key1 is instant.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 37,
        },
      ],
    },
    {
      name: "a table that no migration created, in a transaction that the file opens",
      tool: unknownRunner,
      code: "BEGIN;\nALTER TABLE auth.users ADD CONSTRAINT users_email_key UNIQUE (email);\nCOMMIT;",
      errors: [
        {
          message:
            "Adding users_email_key builds its index while every query on auth.users waits, SELECT too, until it is done. Build the index with CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON auth.users (email) outside BEGIN … COMMIT. Then ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key is instant.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 69,
        },
      ],
    },
    {
      name: "EXCLUDE",
      history: [orders],
      code: "ALTER TABLE orders ADD CONSTRAINT no_overlap EXCLUDE USING gist (seats WITH &&);",
      errors: [
        {
          message:
            "Adding no_overlap builds its index and compares the rows of orders while every query on orders waits, SELECT too, until it is done. PostgreSQL has no other form of it: create a table with the constraint, keep it up to date with a trigger, copy the rows in batches, and swap the names.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 80,
        },
      ],
    },
    {
      name: "WITHOUT OVERLAPS of PostgreSQL 18",
      postgres: 18,
      history: [orders],
      code: "ALTER TABLE orders ADD UNIQUE (id, seats WITHOUT OVERLAPS);",
      errors: [
        {
          message:
            "Adding the constraint builds its index and compares the rows of orders while every query on orders waits, SELECT too, until it is done. PostgreSQL has no other form of it: create a table with the constraint, keep it up to date with a trigger, copy the rows in batches, and swap the names.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 59,
        },
      ],
    },
    {
      name: "a partitioned table",
      history: [partitioned],
      code: "ALTER TABLE events ADD CONSTRAINT events_id_key UNIQUE (id);",
      errors: [
        {
          message:
            "Adding events_id_key builds an index on every partition while every query on events waits, SELECT too, until it is done on all of them. A partitioned table has no USING INDEX: add it with ALTER TABLE ONLY events, which builds nothing. On each partition build a unique index with CONCURRENTLY, make it a constraint with USING INDEX, and join it with ALTER INDEX … ATTACH PARTITION.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 60,
        },
      ],
    },
    {
      name: "a partitioned table, whose partitions are locked too from PostgreSQL 18 on",
      postgres: 18,
      history: [partitioned],
      code: "ALTER TABLE events ADD CONSTRAINT events_id_key UNIQUE (id);",
      errors: [
        {
          message:
            "Adding events_id_key builds an index on every partition while every query on events and events_1 waits, SELECT too, until it is done on all of them. A partitioned table has no USING INDEX: add it with ALTER TABLE ONLY events, which builds nothing. On each partition build a unique index with CONCURRENTLY, make it a constraint with USING INDEX, and join it with ALTER INDEX … ATTACH PARTITION.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 60,
        },
      ],
    },
    {
      name: "a primary key of an index over columns that can be NULL",
      history: [nullable, "CREATE UNIQUE INDEX k ON orders (id, code);"],
      code: "ALTER TABLE orders ADD PRIMARY KEY USING INDEX k;",
      errors: [
        {
          message:
            "A primary key makes its columns NOT NULL, and id and code can be NULL: PostgreSQL reads every row of orders while every query on it waits, SELECT too, until it is done. Add CHECK (id IS NOT NULL AND code IS NOT NULL) NOT VALID before it, and VALIDATE CONSTRAINT in a later migration; then USING INDEX reads nothing.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 49,
        },
      ],
    },
    {
      name: "UNIQUE on a new column",
      history: [nullable],
      code: "ALTER TABLE orders ADD COLUMN slug text UNIQUE;",
      errors: [
        {
          message:
            "UNIQUE on the new column slug builds an index while every query on orders waits, SELECT too, until it is done. Add the column alone, and the constraint in a later migration. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_slug_key ON orders (slug) in a migration of its own that runs outside a transaction. Then ADD CONSTRAINT orders_slug_key UNIQUE USING INDEX orders_slug_key is instant.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 47,
        },
      ],
    },
    {
      name: "UNIQUE with a name on a new column, Drizzle",
      history: [nullable],
      tool: drizzle,
      code: "ALTER TABLE orders ADD COLUMN slug text CONSTRAINT slugs UNIQUE;",
      errors: [
        {
          message:
            "UNIQUE on the new column slug builds an index while every query on orders waits, SELECT too, until it is done. Add the column alone, and the constraint in a migration of a later deploy, because Drizzle runs all pending migrations in one transaction. Drizzle's migrate() runs all pending migrations in one transaction. Build the index by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in the migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table. It has to be UNIQUE: slugs ON orders (slug). Then ADD CONSTRAINT slugs UNIQUE USING INDEX slugs is instant.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 64,
        },
      ],
    },
    {
      name: "a primary key that numbers the rows, where no-table-rewrite speaks in its place",
      history: [nullable],
      code: "ALTER TABLE orders ADD COLUMN pk bigserial PRIMARY KEY;",
      errors: [
        {
          message:
            "PRIMARY KEY on the new column pk builds an index while every query on orders waits, SELECT too, until it is done. Add the column alone, and the constraint in a later migration. Build the index with CREATE UNIQUE INDEX CONCURRENTLY orders_pkey ON orders (pk) in a migration of its own that runs outside a transaction. Then ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey is instant.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 55,
        },
      ],
    },
  ],
});
