import rule from "../../rules/no-multi-table-lock.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const accounts = "CREATE TABLE accounts (id bigint PRIMARY KEY);";
const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, total numeric);";
const users = "CREATE TABLE users (id bigint PRIMARY KEY);";
const both = [accounts, orders];
const two = "ALTER TABLE accounts ALTER COLUMN id SET DEFAULT 1;\nALTER TABLE orders DROP COLUMN total;";

ruleTester.run("no-multi-table-lock", rule, {
  valid: [
    {
      name: "one table, twice",
      history: both,
      code: "ALTER TABLE orders ADD COLUMN a text;\nALTER TABLE public.orders ADD COLUMN b text;",
    },
    { name: "with a lock_timeout", history: both, code: `SET LOCAL lock_timeout = '5s';\n${two}` },
    { name: "with a lock_timeout of the connection", history: both, session: { lock_timeout: "3s" }, code: two },
    {
      name: "with a lock_timeout where the second waits",
      history: both,
      code: two.replace("\n", "\nSET lock_timeout = '5s';\n"),
    },
    {
      name: "files that commit each",
      history: both,
      pending: ["ALTER TABLE accounts ALTER COLUMN id SET DEFAULT 1;"],
      code: "ALTER TABLE orders DROP COLUMN total;",
    },
    { name: "a runner that sends each statement alone", history: both, tool: prisma7, code: two },
    { name: "a runner that is not known", history: both, tool: unknownRunner, code: two },
    {
      name: "COMMIT between the two",
      history: both,
      tool: unknownRunner,
      code: "BEGIN;\nALTER TABLE accounts ALTER COLUMN id SET DEFAULT 1;\nCOMMIT;\nBEGIN;\nALTER TABLE orders DROP COLUMN total;\nCOMMIT;",
    },
    {
      name: "what nearly every change does",
      history: both,
      code: "ALTER TABLE accounts ADD COLUMN note text;\nALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT '', ADD COLUMN due date;\nCREATE VIEW totals AS SELECT sum(total) FROM orders;",
    },
    { name: "one of them is new in this change", history: [orders], pending: [accounts], code: two },
    {
      name: "a new table with foreign keys to two tables in use, which block no reads",
      history: both,
      code: "CREATE TABLE items (account_id bigint REFERENCES accounts, order_id bigint REFERENCES orders);\nALTER TABLE orders DROP COLUMN total;",
    },
    {
      name: "one statement that locks several",
      history: [
        ...both,
        "CREATE TABLE items (account_id bigint REFERENCES accounts, order_id bigint REFERENCES orders);",
      ],
      code: "DROP TABLE items;",
    },
    {
      name: "tables that are dropped: who waits for them finds nothing in the end",
      history: both,
      code: "DROP TABLE accounts;\nDROP TABLE orders;",
    },
    {
      name: "a partitioned table and its partition",
      history: [
        "CREATE TABLE events (id bigint) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9);",
      ],
      code: "ALTER TABLE events ADD COLUMN note text;\nALTER TABLE events_1 ALTER COLUMN note SET DEFAULT '';",
    },
    {
      name: "locks that readers share",
      history: both,
      code: "CREATE INDEX i ON accounts (id);\nCREATE INDEX j ON orders (id);\nCOMMENT ON TABLE accounts IS 'x';",
    },
  ],
  invalid: [
    {
      name: "two tables, in the transaction of the runner",
      history: [accounts, orders],
      code: "ALTER TABLE accounts ALTER COLUMN id SET DEFAULT 1;\nALTER TABLE orders DROP COLUMN total;",
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on orders while its transaction holds that lock on accounts since line 1: until it gets it, every query on accounts and orders waits, and a session that has used orders and wants accounts next deadlocks with it. Do it in a later migration, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 37,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output:
                "ALTER TABLE accounts ALTER COLUMN id SET DEFAULT 1;\nSET lock_timeout = '5s';\nALTER TABLE orders DROP COLUMN total;",
            },
          ],
        },
      ],
    },
    {
      name: "as Prisma writes it, before 7.4",
      history: [accounts, orders],
      tool: prisma6,
      code: '-- AlterTable\nALTER TABLE "accounts" ADD COLUMN "note" TEXT;\n\n-- AlterTable\nALTER TABLE "orders" DROP COLUMN "total",\nADD COLUMN "due" DATE;',
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on orders while its transaction holds that lock on accounts since line 2: until it gets it, every query on accounts and orders waits, and a session that has used orders and wants accounts next deadlocks with it. Do it in a later migration, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 5,
          column: 1,
          endLine: 6,
          endColumn: 22,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output:
                '-- AlterTable\nALTER TABLE "accounts" ADD COLUMN "note" TEXT;\n\n-- AlterTable\nSET lock_timeout = \'5s\';\nALTER TABLE "orders" DROP COLUMN "total",\nADD COLUMN "due" DATE;',
            },
          ],
        },
      ],
    },
    {
      name: "over two files of one transaction",
      history: [accounts, orders],
      pending: ['ALTER TABLE "accounts" ADD COLUMN "note" text;'],
      tool: drizzle,
      code: 'ALTER TABLE "orders" DROP COLUMN "total";',
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on orders while its transaction holds that lock on accounts since db/migrations/0003.sql:1: until it gets it, every query on accounts and orders waits, and a session that has used orders and wants accounts next deadlocks with it. Do it in a migration of a later deploy, because Drizzle runs all pending migrations in one transaction, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 41,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output: 'SET lock_timeout = \'5s\';\n--> statement-breakpoint\nALTER TABLE "orders" DROP COLUMN "total";',
            },
          ],
        },
      ],
    },
    {
      name: "in a transaction that the file opens, once for each, new columns counted where there is more than that",
      history: [accounts, orders, users],
      tool: unknownRunner,
      code: "BEGIN;\nALTER TABLE accounts ADD COLUMN a text;\nALTER TABLE orders ADD COLUMN a text;\nALTER TABLE users ENABLE ROW LEVEL SECURITY;\nCOMMIT;\nBEGIN;\nALTER TABLE accounts DROP COLUMN a;\nALTER TABLE users ADD COLUMN b text;\nCOMMIT;",
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on users while its transaction holds that lock on accounts and orders since line 2: until it gets it, every query on accounts, orders and users waits, and a session that has used users and wants accounts and orders next deadlocks with it. Do it after COMMIT, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 4,
          column: 1,
          endLine: 4,
          endColumn: 44,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output:
                "BEGIN;\nALTER TABLE accounts ADD COLUMN a text;\nALTER TABLE orders ADD COLUMN a text;\nSET lock_timeout = '5s';\nALTER TABLE users ENABLE ROW LEVEL SECURITY;\nCOMMIT;\nBEGIN;\nALTER TABLE accounts DROP COLUMN a;\nALTER TABLE users ADD COLUMN b text;\nCOMMIT;",
            },
          ],
        },
        {
          message:
            "This waits for ACCESS EXCLUSIVE on users while its transaction holds that lock on accounts since line 7: until it gets it, every query on accounts and users waits, and a session that has used users and wants accounts next deadlocks with it. Do it after COMMIT, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 8,
          column: 1,
          endLine: 8,
          endColumn: 36,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output:
                "BEGIN;\nALTER TABLE accounts ADD COLUMN a text;\nALTER TABLE orders ADD COLUMN a text;\nALTER TABLE users ENABLE ROW LEVEL SECURITY;\nCOMMIT;\nBEGIN;\nALTER TABLE accounts DROP COLUMN a;\nSET lock_timeout = '5s';\nALTER TABLE users ADD COLUMN b text;\nCOMMIT;",
            },
          ],
        },
      ],
    },
    {
      name: "the table that the foreign key of a dropped one names",
      history: [accounts, orders, users, "CREATE TABLE sessions (account_id bigint REFERENCES accounts);"],
      code: "DROP TABLE sessions;\nALTER TABLE orders DROP CONSTRAINT orders_pkey;",
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on orders while its transaction holds that lock on accounts since line 1: until it gets it, every query on accounts and orders waits, and a session that has used orders and wants accounts next deadlocks with it. Do it in a later migration, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 47,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output: "DROP TABLE sessions;\nSET lock_timeout = '5s';\nALTER TABLE orders DROP CONSTRAINT orders_pkey;",
            },
          ],
        },
      ],
    },
    {
      name: "a dropped table is waited for, too",
      history: [accounts, orders],
      code: "ALTER TABLE accounts ADD COLUMN note text;\nDROP TABLE orders;",
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on orders while its transaction holds that lock on accounts since line 1: until it gets it, every query on accounts and orders waits, and a session that has used orders and wants accounts next deadlocks with it. Do it in a later migration, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 18,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output: "ALTER TABLE accounts ADD COLUMN note text;\nSET lock_timeout = '5s';\nDROP TABLE orders;",
            },
          ],
        },
      ],
    },
    {
      name: "an index and a table",
      history: [accounts, orders, "CREATE INDEX i ON orders (total);"],
      code: "ALTER TABLE accounts ADD COLUMN note text;\nDROP INDEX i;",
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on orders while its transaction holds that lock on accounts since line 1: until it gets it, every query on accounts and orders waits, and a session that has used orders and wants accounts next deadlocks with it. Do it in a later migration, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 13,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output: "ALTER TABLE accounts ADD COLUMN note text;\nSET lock_timeout = '5s';\nDROP INDEX i;",
            },
          ],
        },
      ],
    },
    {
      name: "a lock_timeout that is long, and set behind the first",
      history: [accounts, orders],
      code: "ALTER TABLE accounts ADD COLUMN note text;\nSET lock_timeout = '1min';\nALTER TABLE orders DROP COLUMN total;",
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on orders while its transaction holds that lock on accounts since line 1: until it gets it, every query on accounts and orders waits, and a session that has used orders and wants accounts next deadlocks with it. Do it in a later migration, or make lock_timeout 10s at most, which ends the waiting.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 37,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output:
                "ALTER TABLE accounts ADD COLUMN note text;\nSET lock_timeout = '1min';\nSET lock_timeout = '5s';\nALTER TABLE orders DROP COLUMN total;",
            },
          ],
        },
      ],
    },
    {
      name: "tables that no migration created",
      code: "ALTER TABLE auth.users DROP COLUMN a;\nALTER TABLE auth.sessions DROP COLUMN a;",
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on auth.sessions while its transaction holds that lock on auth.users since line 1: until it gets it, every query on auth.users and auth.sessions waits, and a session that has used auth.sessions and wants auth.users next deadlocks with it. Do it in a later migration, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 40,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output:
                "ALTER TABLE auth.users DROP COLUMN a;\nSET lock_timeout = '5s';\nALTER TABLE auth.sessions DROP COLUMN a;",
            },
          ],
        },
      ],
    },
    {
      name: "new columns on two tables, one of them hot",
      history: [accounts, orders],
      tables: { hot: ["orders"] },
      code: "ALTER TABLE accounts ADD COLUMN note text;\nALTER TABLE orders ADD COLUMN note text;",
      errors: [
        {
          message:
            "This waits for ACCESS EXCLUSIVE on orders while its transaction holds that lock on accounts since line 1: until it gets it, every query on accounts and orders waits, and a session that has used orders and wants accounts next deadlocks with it. Do it in a later migration, or put SET lock_timeout = '5s' before it, which ends the waiting.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 40,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output:
                "ALTER TABLE accounts ADD COLUMN note text;\nSET lock_timeout = '5s';\nALTER TABLE orders ADD COLUMN note text;",
            },
          ],
        },
      ],
    },
  ],
});
