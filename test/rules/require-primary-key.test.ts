import rule from "../../rules/require-primary-key.js";
import { ruleTester } from "./rule-tester.js";

const noKey = (table: string, remedy: string): string =>
  `${table} has no primary key: two equal rows cannot be told apart, and once ${table} is part of a publication PostgreSQL refuses every UPDATE and DELETE on it. ${remedy}`;
const own =
  "Declare the columns that name a row as its primary key, or give it one: id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY.";

ruleTester.run("require-primary-key", rule, {
  valid: [
    { name: "in the column", code: "CREATE TABLE orders (id bigint PRIMARY KEY);" },
    { name: "of two columns", code: "CREATE TABLE lines (a int, b int, PRIMARY KEY (a, b));" },
    {
      name: "added afterwards, as pg_dump does",
      code: "CREATE TABLE public.orders (id bigint NOT NULL);\nALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);",
    },
    {
      name: "added with an index that a later statement builds",
      code: "CREATE TABLE orders (id bigint NOT NULL);\nCREATE UNIQUE INDEX orders_id ON orders (id);\nALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_id;",
    },
    {
      name: "added in another file of the change",
      pending: ["CREATE TABLE orders (id bigint);"],
      code: "ALTER TABLE orders ADD PRIMARY KEY (id);",
    },
    { name: "a temporary table", code: "CREATE TEMPORARY TABLE batch (id bigint);" },
    {
      name: "a partition",
      history: ["CREATE TABLE events (id bigint) PARTITION BY RANGE (id);"],
      code: "CREATE TABLE events_1 PARTITION OF events DEFAULT;",
    },
    {
      name: "a table that becomes a partition",
      history: ["CREATE TABLE events (id bigint PRIMARY KEY) PARTITION BY RANGE (id);"],
      code: "CREATE TABLE events_1 (id bigint NOT NULL);\nALTER TABLE events ATTACH PARTITION events_1 DEFAULT;",
    },
    { name: "a foreign table", code: "CREATE FOREIGN TABLE remote (id bigint) SERVER elsewhere;" },
    {
      name: "a materialized view",
      history: ["CREATE TABLE orders (id bigint PRIMARY KEY);"],
      code: "CREATE MATERIALIZED VIEW totals AS SELECT id FROM orders;",
    },
    {
      name: "copied with LIKE",
      history: ["CREATE TABLE orders (id bigint PRIMARY KEY);"],
      code: "CREATE TABLE orders_new (LIKE orders INCLUDING ALL);",
    },
    {
      name: "perhaps copied from a table that no migration made",
      code: "CREATE TABLE orders_new (LIKE legacy INCLUDING INDEXES);",
    },
    {
      name: "a table that is there already",
      history: ["CREATE TABLE log (line text);"],
      code: "CREATE TABLE IF NOT EXISTS log (line text);",
    },
    { name: "a table that the change drops again", code: "CREATE TABLE log (line text);\nDROP TABLE log;" },
    {
      name: "a table of base",
      history: ["CREATE TABLE log (line text);"],
      code: "ALTER TABLE log ADD COLUMN at timestamptz;",
    },
    {
      name: "what a block may do afterwards is not known",
      code: "CREATE TABLE log (line text);\nDO $$ BEGIN EXECUTE current_setting('app.ddl'); END $$;",
    },
    {
      name: "of a composite type",
      history: ["CREATE TYPE item AS (id bigint);"],
      code: "CREATE TABLE items OF item (PRIMARY KEY (id));",
    },
  ],
  invalid: [
    {
      name: "none",
      code: "CREATE TABLE log (\n  line text\n);",
      errors: [{ message: noKey("log", own), line: 1, column: 1, endLine: 3, endColumn: 2 }],
    },
    {
      name: "a column that is named like one",
      code: "CREATE UNLOGGED TABLE app.log (id bigint, line text);",
      errors: [
        { message: noKey("app.log", "Make id the primary key."), line: 1, column: 1, endLine: 1, endColumn: 53 },
      ],
    },
    {
      name: "unique columns that could be it",
      code: "CREATE TABLE members (team int NOT NULL, person int NOT NULL, UNIQUE (team, person));",
      errors: [
        {
          message: noKey("members", "team and person are unique and NOT NULL: make that the primary key."),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 85,
        },
      ],
    },
    {
      name: "a child does not inherit it",
      history: ["CREATE TABLE parent (id bigint PRIMARY KEY);"],
      code: "CREATE TABLE child () INHERITS (parent);",
      errors: [{ message: noKey("child", "Make id the primary key."), line: 1, column: 1, endLine: 1, endColumn: 40 }],
    },
    {
      name: "a partitioned table",
      code: "CREATE TABLE events (at date) PARTITION BY RANGE (at);",
      errors: [{ message: noKey("events", own), line: 1, column: 1, endLine: 1, endColumn: 54 }],
    },
    {
      name: "a copy of a query, that gets another name",
      history: ["CREATE TABLE orders (id bigint PRIMARY KEY);"],
      code: "CREATE TABLE copied AS SELECT * FROM orders;\nALTER TABLE copied RENAME TO orders_2025;",
      errors: [{ message: noKey("orders_2025", own), line: 1, column: 1, endLine: 1, endColumn: 44 }],
    },
    {
      name: "each file is a change of its own",
      base: false,
      history: ["CREATE TABLE other (id bigint PRIMARY KEY);"],
      code: "CREATE TABLE log (line text);",
      errors: [{ message: noKey("log", own), line: 1, column: 1, endLine: 1, endColumn: 29 }],
    },
  ],
});
