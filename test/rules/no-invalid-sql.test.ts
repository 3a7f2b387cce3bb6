import { expect, it } from "vitest";
import rule from "../../rules/no-invalid-sql.js";
import { startPGlite } from "../postgres/start-pglite.js";
import { ruleTester, type ExpectedError } from "./rule-tester.js";
import { drizzle, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, state text);";
/** Absence is a fact from the second migration on. */
const history = [
  orders,
  "CREATE TYPE status AS ENUM ('new', 'paid');\nCREATE VIEW open_orders AS SELECT id FROM orders;",
];

const at = (line: number, column: number, endLine: number, endColumn: number, message: string): ExpectedError => ({
  message,
  line,
  column,
  endLine,
  endColumn,
});
const refused = (reason: string, code: string, instead = ""): string =>
  `PostgreSQL refuses this: ${reason} (SQLSTATE ${code}). The migration stops here.${instead}`;

ruleTester.run("no-invalid-sql", rule, {
  valid: [
    { name: "what PostgreSQL accepts", history, code: "ALTER TABLE orders DROP COLUMN total, ADD COLUMN total int;" },
    {
      name: "what needs a transaction block, in that of the tool",
      history,
      code: "LOCK TABLE orders IN SHARE MODE;\nSAVEPOINT s;\nRELEASE SAVEPOINT s;",
    },
    {
      name: "what needs a transaction block, in the file's own, and in a DO block",
      history,
      tool: prisma7,
      code: "BEGIN;\nSAVEPOINT s;\nROLLBACK TO SAVEPOINT s;\nCOMMIT;\nDO $$ BEGIN LOCK TABLE orders; END $$;",
    },
    {
      name: "with IF EXISTS",
      history,
      code: "ALTER TABLE orders DROP COLUMN IF EXISTS note;\nDROP TABLE IF EXISTS lines;",
    },
    { name: "a table that no migration made", code: "ALTER TABLE orders DROP COLUMN note;" },
    {
      name: "history that begins behind a baseline",
      history: ["ALTER TABLE accounts ADD COLUMN note text;", orders],
      code: "DROP TABLE lines;",
    },
    {
      name: "an extension may bring tables and types",
      history: [...history, "CREATE EXTENSION postgis;"],
      code: "UPDATE spatial_ref_sys SET srid = 1 WHERE srid = 2;\nALTER TABLE orders ADD COLUMN place geography;",
    },
    {
      name: "a block whose statements are not known",
      history: [orders, "DO $$ BEGIN EXECUTE current_setting('app.sql'); END $$;"],
      code: "ALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders ADD COLUMN total int;",
    },
    {
      name: "a function of the user's own may change the schema",
      history: [orders, "SELECT add_note();"],
      code: "ALTER TABLE orders DROP COLUMN note;",
    },
    {
      name: "a table that IF NOT EXISTS may have left as it was",
      history: ["ALTER TABLE accounts ADD COLUMN note text;", "CREATE TABLE IF NOT EXISTS lines (id bigint);"],
      code: "ALTER TABLE lines DROP COLUMN note;",
    },
    {
      name: "a condition decides in the block",
      history,
      code: "DO $$ BEGIN IF EXISTS (SELECT FROM pg_class) THEN ALTER TABLE orders RENAME COLUMN note TO remark; END IF; END $$;",
    },
    {
      name: "a condition decided about the table before",
      history: [orders, "DO $$ BEGIN IF true THEN ALTER TABLE orders DROP COLUMN total; END IF; END $$;"],
      code: "ALTER TABLE orders DROP COLUMN total;",
    },
    {
      name: "history that ran although it looks refused",
      history: [orders, "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;"],
      code: "ALTER TABLE orders ALTER COLUMN remark SET NOT NULL;",
    },
    {
      name: "a schema and a search_path that others make",
      history: ["CREATE TABLE app.orders (id bigint);", "SELECT 1;"],
      code: "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE auth.users ADD COLUMN note text;",
    },
    {
      name: "the name of another schema's relation, which the search_path of the connection may have put elsewhere",
      history: ["CREATE TABLE app.orders (id bigint); CREATE TABLE lines (id bigint);", "SELECT 1;"],
      code: "ALTER TABLE app.lines ADD COLUMN note text;\nALTER TABLE public.orders ADD COLUMN note text;\nDROP TABLE orders;",
    },
    {
      name: "a relation that history makes behind it, and has made",
      history: [orders],
      meanwhile: ["CREATE VIEW open_orders AS SELECT id FROM orders;"],
      code: "DROP VIEW open_orders;",
    },
    {
      name: "the table of a migration tool",
      history,
      code: "DELETE FROM schema_migrations WHERE version = '1';\nDELETE FROM _prisma_migrations WHERE id = '1';",
    },
    {
      name: "placeholders",
      history,
      code: "ALTER TABLE ${table} ADD COLUMN note text;\nDROP TABLE {{old}};\nSELECT * FROM :name;",
    },
    { name: "another language", code: "<% if (x) { %>\nALTER TABLE orders ADD COLUMN note text;\n<% } %>" },
    {
      name: "new syntax, where no version is known",
      code: "MERGE INTO orders o USING lines l ON o.id = l.id WHEN MATCHED THEN DELETE;",
      postgres: 14,
    },
    {
      name: "only the first of two that rest on each other",
      history,
      code: "ALTER TABLE orders DROP COLUMN IF EXISTS note;",
    },
  ],
  invalid: [
    {
      name: "what needs a transaction block, outside of one",
      history,
      tool: prisma7,
      code: "LOCK TABLE orders IN SHARE MODE;\nSAVEPOINT s;\nRELEASE SAVEPOINT s;\nROLLBACK TO SAVEPOINT s;",
      errors: [
        at(1, 1, 1, 32, refused("LOCK TABLE can only be used in transaction blocks", "25P01", " Open one with BEGIN.")),
        at(2, 1, 2, 12, refused("SAVEPOINT can only be used in transaction blocks", "25P01", " Open one with BEGIN.")),
        at(
          3,
          1,
          3,
          20,
          refused("RELEASE SAVEPOINT can only be used in transaction blocks", "25P01", " Open one with BEGIN."),
        ),
        at(
          4,
          1,
          4,
          24,
          refused("ROLLBACK TO SAVEPOINT can only be used in transaction blocks", "25P01", " Open one with BEGIN."),
        ),
      ],
    },
    {
      name: "a syntax error costs one statement",
      history,
      code: "ALTER TABLE orders ADD COLUMN note text;\nALTER TABEL orders ADD COLUMN remark text;\nALTER TABLE orders ADD COLUMN comment text;",
      errors: [
        at(
          2,
          1,
          2,
          42,
          'PostgreSQL refuses this statement: syntax error at or near "TABEL". The migration stops here.',
        ),
      ],
    },
    {
      name: "a syntax error far down in a statement",
      history,
      code: "SELECT 1;\nCREATE TABLE tenants (\n  id bigint,\n  name text,\n);",
      errors: [
        at(
          2,
          1,
          5,
          2,
          'PostgreSQL refuses this statement: syntax error at or near ")" in line 5. The migration stops here.',
        ),
      ],
    },
    {
      name: "what the grammar itself refuses in words of its own",
      history,
      tool: drizzle,
      code: 'ALTER TABLE "orders" ADD CONSTRAINT "orders_state_key" UNIQUE ("state") NOT VALID;',
      errors: [
        at(
          1,
          1,
          1,
          82,
          "PostgreSQL refuses this statement: UNIQUE constraints cannot be marked NOT VALID. The migration stops here.",
        ),
      ],
    },
    {
      name: "a column that is not there, in the clause that names it",
      history,
      tool: unknownRunner,
      code: "ALTER TABLE orders\n  ADD COLUMN note text,\n  DROP COLUMN totl;",
      errors: [
        at(3, 3, 3, 19, refused('column "totl" of relation "orders" does not exist', "42703", " Did you mean total?")),
      ],
    },
    {
      name: "what there is, where nothing comes close",
      history,
      code: "UPDATE orders SET customer_reference = 'x' WHERE id = 1;",
      errors: [
        at(
          1,
          1,
          1,
          56,
          refused(
            'column "customer_reference" of relation "orders" does not exist',
            "42703",
            " There is id, total and state.",
          ),
        ),
      ],
    },
    {
      name: "tables and types that are nowhere",
      history,
      tool: prisma7,
      code: 'ALTER TABLE "order" ADD COLUMN "note" TEXT;',
      errors: [at(1, 1, 1, 43, refused('relation "order" does not exist', "42P01", " Did you mean orders?"))],
    },
    {
      name: "a relation that is nowhere in a schema that migrations made",
      history: ["CREATE TABLE app.orders (id bigint);", "SELECT 1;"],
      code: "ALTER TABLE app.lines ADD COLUMN note text;",
      errors: [at(1, 1, 1, 43, refused('relation "app.lines" does not exist', "42P01"))],
    },
    {
      name: "a relation that history makes before it, and has dropped",
      history: [orders, "CREATE VIEW open_orders AS SELECT id FROM orders;", "DROP VIEW open_orders;"],
      code: "DROP VIEW open_orders;",
      errors: [at(1, 1, 1, 22, refused('view "open_orders" does not exist', "42P01", " There is orders."))],
    },
    {
      name: "of what it casts doubt on, nothing more is said",
      history,
      code: "ALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders DROP COLUMN remark;\nALTER TYPE status ADD VALUE 'new';",
      errors: [
        at(
          1,
          1,
          1,
          36,
          refused('column "note" of relation "orders" does not exist', "42703", " There is id, total and state."),
        ),
        at(3, 1, 3, 34, refused('enum label "new" already exists', "42710")),
      ],
    },
    {
      name: "an index that is dropped as a constraint",
      history: [...history, "CREATE UNIQUE INDEX orders_state ON orders (state);"],
      code: "ALTER TABLE orders DROP CONSTRAINT orders_state;",
      errors: [
        at(
          1,
          1,
          1,
          48,
          refused(
            'constraint "orders_state" of relation "orders" does not exist',
            "42704",
            " It is an index: DROP INDEX orders_state.",
          ),
        ),
      ],
    },
    {
      name: "names that are taken",
      history,
      code: "CREATE TABLE open_orders (id bigint);\nCREATE INDEX CONCURRENTLY orders_pkey ON orders (state);\nALTER TABLE orders ADD COLUMN state text;",
      errors: [
        at(1, 1, 1, 37, refused('relation "open_orders" already exists', "42P07")),
        at(2, 1, 2, 56, refused('relation "orders_pkey" already exists', "42P07")),
      ],
    },
    {
      name: "the constraint inside a new table",
      history,
      code: "CREATE TABLE lines (\n  id bigint PRIMARY KEY,\n  order_state text REFERENCES orders (state),\n  order_id uuid REFERENCES orders\n);",
      errors: [
        at(
          3,
          20,
          3,
          45,
          refused('there is no unique constraint matching given keys for referenced table "orders"', "42830"),
        ),
      ],
    },
    {
      name: "types that cannot be compared",
      history,
      code: "ALTER TABLE orders\n  ADD COLUMN parent_id uuid,\n  ADD FOREIGN KEY (parent_id) REFERENCES orders NOT VALID;",
      errors: [
        at(
          3,
          7,
          3,
          58,
          refused('foreign key columns "parent_id" and "id" are of incompatible types: uuid and bigint', "42804"),
        ),
      ],
    },
    {
      name: "another kind of relation",
      history,
      code: "DROP TABLE open_orders;",
      errors: [at(1, 1, 1, 23, refused('"open_orders" is not a table', "42809"))],
    },
    {
      name: "a table that a squashed file cannot have left out, since it made it",
      history: ["ALTER TABLE accounts ADD COLUMN note text;", orders],
      code: "ALTER TABLE orders DROP COLUMN note;",
      errors: [
        at(
          1,
          1,
          1,
          36,
          refused('column "note" of relation "orders" does not exist', "42703", " There is id, total and state."),
        ),
      ],
    },
    {
      name: "syntax of a later version, where the version is known",
      postgres: 14,
      postgresSource: "compose.yaml:4",
      code: "CREATE UNIQUE INDEX CONCURRENTLY orders_state_idx ON orders (state) NULLS NOT DISTINCT;",
      errors: [
        at(
          1,
          1,
          1,
          87,
          "PostgreSQL refuses this before version 15: NULLS NOT DISTINCT is not known (SQLSTATE 42601). The migration stops here.",
        ),
      ],
    },
  ],
});

it("PostgreSQL says so of what needs a transaction block", async () => {
  const postgres = await startPGlite();
  try {
    await postgres.exec(orders);
    for (const [sql, statement] of [
      ["LOCK TABLE orders IN ACCESS SHARE MODE", "LOCK TABLE"],
      ["SAVEPOINT s", "SAVEPOINT"],
      ["RELEASE SAVEPOINT s", "RELEASE SAVEPOINT"],
      ["ROLLBACK TO SAVEPOINT s", "ROLLBACK TO SAVEPOINT"],
    ] as const) {
      const message = `${statement} can only be used in transaction blocks`;
      await expect(postgres.query(sql)).rejects.toMatchObject({ code: "25P01", message });
    }
    await expect(postgres.exec("DO $$ BEGIN LOCK TABLE orders; END $$")).resolves.toBeDefined();
  } finally {
    await postgres.close();
  }
});
