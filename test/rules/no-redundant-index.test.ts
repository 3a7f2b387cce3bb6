import rule from "../../rules/no-redundant-index.js";
import { ruleTester } from "./rule-tester.js";
import { prisma6 } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, a int, b int, c int, note text);";
const withAb = `${orders} CREATE INDEX orders_ab ON orders (a, b);`;
const covered = (index: string, other: string): string =>
  `${index} finds nothing that ${other} does not, which begins with the same keys, and every INSERT into orders writes to both. Leave it out.`;
const coversOther = (index: string, other: string, remedy: string): string =>
  `${index} begins with the keys of ${other}, which finds nothing any more that ${index} does not, and every INSERT into orders writes to both. ${remedy}`;

ruleTester.run("no-redundant-index", rule, {
  valid: [
    { name: "other columns", history: [withAb], code: "CREATE INDEX orders_b ON orders (b);" },
    { name: "another order of the columns", history: [withAb], code: "CREATE INDEX orders_ba ON orders (b, a);" },
    { name: "another order of the rows", history: [withAb], code: "CREATE INDEX orders_mixed ON orders (a, b DESC);" },
    { name: "another place for NULL", history: [withAb], code: "CREATE INDEX orders_nulls ON orders (a NULLS FIRST);" },
    {
      name: "another operator class",
      history: [`${orders} CREATE INDEX orders_note ON orders (note);`],
      code: "CREATE INDEX orders_note_pattern ON orders (note text_pattern_ops);",
    },
    {
      name: "another collation",
      history: [`${orders} CREATE INDEX orders_note ON orders (note);`],
      code: 'CREATE INDEX orders_note_c ON orders (note COLLATE "C");',
    },
    { name: "another method", history: [withAb], code: "CREATE INDEX orders_a_hash ON orders USING hash (a);" },
    { name: "a predicate", history: [withAb], code: "CREATE INDEX orders_open ON orders (a) WHERE b IS NULL;" },
    {
      name: "another predicate",
      history: [`${orders} CREATE INDEX orders_open ON orders (a) WHERE b IS NULL;`],
      code: "CREATE INDEX orders_closed ON orders (a) WHERE b IS NOT NULL;",
    },
    {
      name: "an expression",
      history: [`${orders} CREATE INDEX orders_lower ON orders (lower(note));`],
      code: "CREATE INDEX orders_upper ON orders (upper(note));",
    },
    { name: "it refuses duplicates", history: [withAb], code: "CREATE UNIQUE INDEX orders_a_key ON orders (a);" },
    { name: "it carries columns", history: [withAb], code: "CREATE INDEX orders_a_c ON orders (a) INCLUDE (c);" },
    {
      name: "leading keys of another method are not sorted",
      history: [`${orders} CREATE INDEX orders_gist ON orders USING gin (a, b);`],
      code: "CREATE INDEX orders_gist_a ON orders USING gin (a);",
    },
    {
      name: "another table",
      history: [`${withAb} CREATE TABLE lines (a int);`],
      code: "CREATE INDEX lines_a ON lines (a);",
    },
    {
      name: "the other one goes",
      history: [withAb],
      code: "CREATE INDEX orders_abc ON orders (a, b, c);\nDROP INDEX orders_ab;",
    },
    {
      name: "it is there already",
      history: [`${withAb} CREATE INDEX orders_a ON orders (a);`],
      code: "CREATE INDEX IF NOT EXISTS orders_a ON orders (a);",
    },
    {
      name: "a constraint out of an index",
      history: [`${orders} CREATE UNIQUE INDEX orders_a ON orders (a);`],
      code: "ALTER TABLE orders ADD CONSTRAINT orders_a UNIQUE USING INDEX orders_a;",
    },
    {
      name: "part of the parent's index",
      history: [
        "CREATE TABLE events (id int) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events DEFAULT; CREATE INDEX events_id ON ONLY events (id);",
      ],
      code: "CREATE INDEX events_1_id ON events_1 (id);\nALTER INDEX events_id ATTACH PARTITION events_1_id;",
    },
  ],
  invalid: [
    {
      name: "the first of two columns",
      history: [withAb],
      code: "CREATE INDEX CONCURRENTLY orders_a ON orders (a);",
      errors: [{ message: covered("orders_a", "orders_ab"), line: 1, column: 1, endLine: 1, endColumn: 49 }],
    },
    {
      name: "the primary key again",
      history: [orders],
      code: 'CREATE INDEX ON orders USING btree ("id" DESC);',
      errors: [{ message: covered("orders_id_idx", "orders_pkey"), line: 1, column: 1, endLine: 1, endColumn: 47 }],
    },
    {
      name: "read backwards, with columns that the other carries",
      history: [`${orders} CREATE INDEX orders_ab ON orders (a DESC NULLS LAST, b) INCLUDE (c);`],
      code: "CREATE INDEX orders_a ON orders (a NULLS FIRST) INCLUDE (b, c);",
      errors: [{ message: covered("orders_a", "orders_ab"), line: 1, column: 1, endLine: 1, endColumn: 63 }],
    },
    {
      name: "the same unique key twice, in one change",
      history: [orders],
      code: "ALTER TABLE orders ADD CONSTRAINT first UNIQUE (a, b);\nALTER TABLE orders ADD CONSTRAINT second UNIQUE (a, b);",
      errors: [{ message: covered("second", "first"), line: 2, column: 1, endLine: 2, endColumn: 55 }],
    },
    {
      name: "the same predicate and the same expression, written otherwise",
      history: [`${orders} CREATE INDEX one ON orders (lower(note), a) WHERE b > 0;`],
      code: "CREATE INDEX two ON orders (LOWER( note )) WHERE b  >  0;",
      errors: [{ message: covered("two", "one"), line: 1, column: 1, endLine: 1, endColumn: 57 }],
    },
    {
      name: "a column that got another name",
      history: [`${withAb} ALTER TABLE orders RENAME COLUMN a TO buyer;`],
      code: "CREATE INDEX orders_buyer ON orders (buyer);",
      errors: [{ message: covered("orders_buyer", "orders_ab"), line: 1, column: 1, endLine: 1, endColumn: 44 }],
    },
    {
      name: "it makes an index of base needless",
      history: [withAb],
      code: "CREATE INDEX CONCURRENTLY orders_abc ON orders (a, b, c);",
      errors: [
        {
          message: coversOther(
            "orders_abc",
            "orders_ab",
            "Drop orders_ab afterwards with DROP INDEX CONCURRENTLY in a migration of its own that runs outside a transaction.",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 57,
        },
      ],
    },
    {
      name: "it makes one needless, in Prisma",
      history: [withAb],
      tool: prisma6,
      code: 'CREATE INDEX "orders_abc" ON "orders"("a", "b", "c");',
      errors: [
        {
          message: coversOther(
            "orders_abc",
            "orders_ab",
            "Drop orders_ab afterwards with DROP INDEX CONCURRENTLY in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 53,
        },
      ],
    },
    {
      name: "it refuses more: NULL twice",
      history: [`${orders} CREATE UNIQUE INDEX orders_a ON orders (a);`],
      code: "CREATE UNIQUE INDEX CONCURRENTLY orders_a_nulls ON orders (a) NULLS NOT DISTINCT;",
      errors: [
        {
          message: coversOther(
            "orders_a_nulls",
            "orders_a",
            "Drop orders_a afterwards with DROP INDEX CONCURRENTLY in a migration of its own that runs outside a transaction.",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 81,
        },
      ],
    },
    {
      name: "it refuses more: at once, and not at the end of the transaction",
      history: [`${orders} ALTER TABLE orders ADD UNIQUE (a) DEFERRABLE;`],
      code: "CREATE UNIQUE INDEX orders_a_now ON orders (a);",
      errors: [
        {
          message: coversOther("orders_a_now", "orders_a_key", "Drop the constraint orders_a_key afterwards."),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 47,
        },
      ],
    },
    {
      name: "a primary key takes the place of a constraint",
      history: ["CREATE TABLE orders (id bigint CONSTRAINT orders_id UNIQUE);"],
      code: "ALTER TABLE orders ADD PRIMARY KEY (id);",
      errors: [
        {
          message: coversOther("orders_pkey", "orders_id", "Drop the constraint orders_id afterwards."),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
  ],
});
