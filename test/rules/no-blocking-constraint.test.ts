import rule from "../../rules/no-blocking-constraint.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const accounts = "CREATE TABLE accounts (id bigint PRIMARY KEY, parent_id bigint);";
const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, total numeric);";
const partitioned =
  "CREATE TABLE events (id bigint, account_id bigint) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9);";
const both = [accounts, orders];

ruleTester.run("no-blocking-constraint", rule, {
  valid: [
    {
      name: "a foreign key with NOT VALID",
      history: both,
      code: "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;",
    },
    { name: "a CHECK with NOT VALID", history: both, code: "ALTER TABLE orders ADD CHECK (total > 0) NOT VALID;" },
    {
      name: "NOT ENFORCED",
      postgres: 18,
      history: both,
      code: "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT ENFORCED;",
    },
    {
      name: "VALIDATE",
      history: [...both, "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;"],
      code: "ALTER TABLE orders VALIDATE CONSTRAINT positive;",
    },
    { name: "a table of this change", pending: both, code: "ALTER TABLE orders ADD CHECK (total > 0);" },
    {
      name: "the foreign key of a table of this change",
      history: [accounts],
      code: `${orders}\nALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts (id);`,
    },
    {
      name: "a new column with a foreign key and no default",
      history: both,
      code: "ALTER TABLE orders ADD COLUMN seller_id bigint REFERENCES accounts (id);",
    },
    { name: "UNIQUE is another rule's", history: both, code: "ALTER TABLE orders ADD UNIQUE (account_id);" },
    {
      name: "a domain that no table uses",
      history: ["CREATE DOMAIN email AS text;"],
      code: "ALTER DOMAIN email ADD CHECK (VALUE LIKE '%@%');",
    },
    {
      name: "a domain, NOT VALID",
      history: ["CREATE DOMAIN email AS text; CREATE TABLE users (email email);"],
      code: "ALTER DOMAIN email ADD CHECK (VALUE LIKE '%@%') NOT VALID;",
    },
    {
      name: "the foreign key of a partitioned table whose partitions have it",
      history: [
        accounts,
        partitioned,
        "ALTER TABLE events_1 ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;",
        "ALTER TABLE events_1 VALIDATE CONSTRAINT fk;",
      ],
      code: "ALTER TABLE events ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts (id);",
    },
  ],
  invalid: [
    {
      name: "a foreign key on tables that the transaction keeps readers from since two lines",
      history: both,
      code: "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE accounts ADD COLUMN note text;\nALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (account_id) REFERENCES accounts (id);",
      errors: [
        {
          message:
            "Adding k looks up every row of orders in accounts, and since line 2 the transaction holds ACCESS EXCLUSIVE on orders and accounts: every query on orders and accounts, SELECT too, waits until it is done. Add it with NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 86,
          suggestions: [
            {
              desc: "Add it with NOT VALID",
              output:
                "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE accounts ADD COLUMN note text;\nALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;",
            },
          ],
        },
      ],
    },
    {
      name: "a foreign key, in a clause of several",
      history: both,
      tool: unknownRunner,
      code: "ALTER TABLE orders\n  ADD COLUMN note text,\n  ADD CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE;",
      errors: [
        {
          message:
            "Adding orders_account_fk looks up every row of orders in accounts, and its statement holds ACCESS EXCLUSIVE on orders: every query on orders, SELECT too, and every INSERT, UPDATE and DELETE on accounts waits until it is done. Add it with NOT VALID, and VALIDATE CONSTRAINT in a later transaction.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 103,
          suggestions: [
            {
              desc: "Add it with NOT VALID",
              output:
                "ALTER TABLE orders\n  ADD COLUMN note text,\n  ADD CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE NOT VALID;",
            },
          ],
        },
      ],
    },
    {
      name: "a foreign key as Prisma writes it, before 7.4",
      history: both,
      tool: prisma6,
      code: '-- AddForeignKey\nALTER TABLE "orders" ADD CONSTRAINT "orders_account_fk" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;',
      errors: [
        {
          message:
            "Adding orders_account_fk looks up every row of orders in accounts: every INSERT, UPDATE and DELETE on orders and accounts waits until it is done. Add it with NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 148,
          suggestions: [
            {
              desc: "Add it with NOT VALID",
              output:
                '-- AddForeignKey\nALTER TABLE "orders" ADD CONSTRAINT "orders_account_fk" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;',
            },
          ],
        },
      ],
    },
    {
      name: "a foreign key to itself, Prisma from 7.4",
      history: both,
      tool: prisma7,
      code: "ALTER TABLE accounts ADD FOREIGN KEY (parent_id) REFERENCES accounts (id);",
      errors: [
        {
          message:
            "Adding the constraint looks up every row of accounts in accounts: every INSERT, UPDATE and DELETE on accounts waits until it is done. Add it with NOT VALID, and VALIDATE CONSTRAINT after it.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 74,
          suggestions: [
            {
              desc: "Add it with NOT VALID",
              output: "ALTER TABLE accounts ADD FOREIGN KEY (parent_id) REFERENCES accounts (id) NOT VALID;",
            },
          ],
        },
      ],
    },
    {
      name: "a foreign key to a table of this change locks only the table in use",
      history: [orders],
      pending: [accounts],
      tool: drizzle,
      code: 'ALTER TABLE "orders" ADD CONSTRAINT "fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;',
      errors: [
        {
          message:
            "Adding fk looks up every row of orders in accounts: every INSERT, UPDATE and DELETE on orders waits until it is done. Add it with NOT VALID, and VALIDATE CONSTRAINT in a migration of a later deploy, because Drizzle runs all pending migrations in one transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 145,
          suggestions: [
            {
              desc: "Add it with NOT VALID",
              output:
                'ALTER TABLE "orders" ADD CONSTRAINT "fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action NOT VALID;',
            },
          ],
        },
      ],
    },
    {
      name: "a CHECK, in a transaction that the file opens",
      history: both,
      tool: unknownRunner,
      code: "BEGIN;\nALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);\nCOMMIT;",
      errors: [
        {
          message:
            "Adding positive reads every row of orders: every query on orders waits until it is done, SELECT too. Add it with NOT VALID, and VALIDATE CONSTRAINT after COMMIT.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 61,
          suggestions: [
            {
              desc: "Add it with NOT VALID",
              output: "BEGIN;\nALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;\nCOMMIT;",
            },
          ],
        },
      ],
    },
    {
      name: "a CHECK on a table that no migration created",
      code: "ALTER TABLE auth.users ADD CONSTRAINT adult CHECK (age >= 18);",
      errors: [
        {
          message:
            "Adding adult reads every row of auth.users: every query on auth.users waits until it is done, SELECT too. Add it with NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 62,
          suggestions: [
            {
              desc: "Add it with NOT VALID",
              output: "ALTER TABLE auth.users ADD CONSTRAINT adult CHECK (age >= 18) NOT VALID;",
            },
          ],
        },
      ],
    },
    {
      name: "the CHECK of a new column",
      history: both,
      code: "ALTER TABLE orders ADD COLUMN discount numeric CHECK (discount < 100);",
      errors: [
        {
          message:
            "The CHECK on the new column discount reads every row of orders: every query on orders waits until it is done, SELECT too. Add the column without it, add it to the table with NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 70,
        },
      ],
    },
    {
      name: "the foreign key of a new column with a default, be it NULL",
      history: both,
      code: "ALTER TABLE orders ADD COLUMN seller_id bigint DEFAULT NULL REFERENCES accounts (id);",
      errors: [
        {
          message:
            "With a default, REFERENCES on the new column seller_id looks up every row of orders in accounts: every query on orders and every INSERT, UPDATE and DELETE on accounts waits until it is done. Add the column without it, add the foreign key with NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 85,
        },
      ],
    },
    {
      name: "a partitioned table before PostgreSQL 18",
      history: [accounts, partitioned],
      postgres: 17,
      code: "ALTER TABLE events ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts (id);",
      errors: [
        {
          message:
            "Adding fk looks up every row of events in accounts: every INSERT, UPDATE and DELETE on events, events_1 and accounts waits until it is done. Before PostgreSQL 18 a partitioned table has no NOT VALID for it: add it to each partition with NOT VALID and VALIDATE CONSTRAINT in a later migration; then add it to events, which takes the valid ones over.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 87,
        },
      ],
    },
    {
      name: "a domain",
      history: ["CREATE DOMAIN email AS text; CREATE TABLE users (email email); CREATE TABLE leads (email email);"],
      code: "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%');",
      errors: [
        {
          message:
            "A constraint of email is checked for every row of users and leads: every INSERT, UPDATE and DELETE on users and leads waits until it is done. Add it to the tables instead, as a CHECK with NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 66,
        },
      ],
    },
    {
      name: "SET NOT NULL of a domain",
      history: ["CREATE DOMAIN email AS text; CREATE TABLE users (email email);"],
      code: "ALTER DOMAIN email SET NOT NULL;",
      errors: [
        {
          message:
            "A constraint of email is checked for every row of users: every INSERT, UPDATE and DELETE on users waits until it is done. Add it to the tables instead, as a CHECK with NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 32,
        },
      ],
    },
  ],
});
