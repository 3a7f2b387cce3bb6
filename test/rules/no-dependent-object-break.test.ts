import rule from "../../rules/no-dependent-object-break.js";
import { expect, it } from "vitest";
import { lint } from "../../src/check/lint.js";
import { memoryChange, type Surroundings } from "./memory-change.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6 } from "./tools.js";

const orders = `CREATE TYPE status AS ENUM ('new');
CREATE TABLE orders (
  id bigint PRIMARY KEY, total numeric, tax numeric GENERATED ALWAYS AS (total * 0.2) STORED, state status,
  tenant text, note text, code text UNIQUE
);`;
const around = `CREATE VIEW open_orders AS SELECT id, state FROM orders WHERE note IS NULL;
CREATE POLICY by_tenant ON orders USING (tenant = current_setting('app.tenant'));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER on_note BEFORE UPDATE OF note ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE lines (order_id bigint REFERENCES orders, order_code text CONSTRAINT by_code REFERENCES orders (code));
CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);`;
const history = [orders, around];
const functions = `CREATE TABLE lines (order_id bigint, price numeric, pieces int, spare text);
CREATE FUNCTION total_of(n bigint) RETURNS numeric LANGUAGE sql BEGIN ATOMIC
  SELECT sum(price * pieces) FROM lines WHERE order_id = n;
END;
CREATE VIEW totals AS SELECT id, total_of(id) FROM orders;
CREATE FUNCTION lines_of(n bigint) RETURNS SETOF lines LANGUAGE sql AS 'SELECT * FROM lines WHERE order_id = n';`;

ruleTester.run("no-dependent-object-break", rule, {
  valid: [
    {
      name: "columns that only go with indexes and constraints of their own table",
      history: [...history, "CREATE INDEX orders_total_idx ON lines (order_id);"],
      code: "ALTER TABLE lines DROP COLUMN order_code;\nALTER TABLE lines ALTER COLUMN order_id TYPE numeric;",
    },
    {
      name: "in the order in which PostgreSQL accepts it",
      history,
      code: "DROP VIEW open_orders;\nDROP TRIGGER on_note ON orders;\nALTER TABLE orders DROP COLUMN note;\nCREATE VIEW open_orders AS SELECT id, state FROM orders;",
    },
    {
      name: "in one statement",
      history,
      code: "ALTER TABLE orders DROP COLUMN tax, DROP COLUMN total;\nDROP TABLE lines, orders CASCADE;",
      pending: ["DROP VIEW open_orders;"],
    },
    {
      name: "columns that no function names, and a rename, which functions with a parsed body follow",
      history: [orders, functions],
      code: "ALTER TABLE lines DROP COLUMN spare;\nALTER TABLE lines RENAME COLUMN price TO cost;\nALTER FUNCTION total_of RENAME TO cost_of;",
    },
    {
      name: "a function that is made anew before, and one of this change that goes with CASCADE",
      history: [orders, "CREATE TABLE lines (price numeric, pieces int);"],
      pending: ["CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN (SELECT max(pieces) FROM lines);"],
      code: "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql RETURN (SELECT count(price) FROM lines);\nALTER TABLE lines DROP COLUMN pieces;\nALTER TABLE lines DROP COLUMN price CASCADE;",
    },
    {
      name: "a function of several of its name, of which the view calls one",
      history: [orders, functions, "CREATE FUNCTION total_of(n text) RETURNS numeric LANGUAGE sql RETURN 1;"],
      code: "DROP FUNCTION total_of(text);",
    },
    { name: "a rename, which views follow", history, code: "ALTER TABLE orders RENAME COLUMN note TO remark;" },
    {
      name: "what CASCADE takes along and the change makes again",
      history,
      code: "DROP VIEW open_orders CASCADE;\nALTER TABLE orders DROP COLUMN state CASCADE;\nCREATE VIEW open_orders AS SELECT id FROM orders;",
    },
    {
      name: "what CASCADE takes along of tables that go themselves",
      history,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_code_key CASCADE;\nDROP TABLE lines;",
    },
    {
      name: "foreign keys to a table that is gone",
      history: [orders, "CREATE TABLE lines (order_id bigint REFERENCES orders);"],
      tool: drizzle,
      code: 'DROP TABLE "orders" CASCADE;',
    },
    {
      name: "a table of this change",
      pending: history,
      code: "ALTER TABLE orders DROP COLUMN note CASCADE;",
    },
    {
      name: "a view that something unread may have dropped",
      history: [...history, "SELECT clean_up();"],
      code: "ALTER TABLE orders DROP COLUMN state;",
    },
    {
      name: "a name inside a policy's subquery, which may be another table's",
      history: [
        "CREATE TABLE docs (id bigint, owner text);\nCREATE POLICY p ON docs USING (EXISTS (SELECT FROM members WHERE owner = current_user));",
      ],
      code: "ALTER TABLE docs DROP COLUMN owner;",
    },
  ],
  invalid: [
    {
      name: "a column that a function with a parsed body names",
      history: [orders, functions],
      code: "ALTER TABLE lines DROP COLUMN price;\nALTER TABLE lines ALTER COLUMN pieces TYPE bigint;",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot drop column price of table lines because other objects depend on it (SQLSTATE 2BP01). The function total_of depends on it. The migration stops here. Before it, drop the function total_of, or create it anew without price.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 36,
        },
      ],
    },
    {
      name: "another type for a column of such a function",
      history: [orders, functions],
      code: "ALTER TABLE lines ALTER COLUMN pieces TYPE bigint;",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot alter type of a column used by a function or procedure (SQLSTATE 0A000). The function total_of depends on it. The migration stops here. Drop the function total_of before, and create it again behind it in the same transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
    {
      name: "a table that functions read and return",
      history: [orders, functions],
      code: "DROP TABLE lines;",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot drop table lines because other objects depend on it (SQLSTATE 2BP01). The function total_of and the function lines_of depend on it. The migration stops here. Before it, drop the function total_of and the function lines_of, or create them anew.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 17,
        },
      ],
    },
    {
      name: "a function that a view calls",
      history: [orders, functions],
      code: "DROP FUNCTION total_of(bigint);",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot drop function total_of(bigint) because other objects depend on it (SQLSTATE 2BP01). The view totals depends on it. The migration stops here. Before it, drop the view totals, or create it anew.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 31,
        },
      ],
    },
    {
      name: "functions that go with CASCADE",
      history: [orders, functions],
      code: "ALTER TABLE lines DROP COLUMN price CASCADE;\nDROP TABLE lines CASCADE;",
      errors: [
        {
          message:
            "CASCADE also drops the function total_of, whoever still needs it. Leave CASCADE out, and name what has to go in statements of its own: DROP FUNCTION total_of(int8).",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 44,
        },
        {
          message:
            "CASCADE also drops the function lines_of, whoever still needs it. Leave CASCADE out, and name what has to go in statements of its own: DROP FUNCTION lines_of(int8).",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 25,
        },
      ],
    },
    {
      name: "a column that a view and a trigger name",
      history,
      tool: prisma6,
      code: 'ALTER TABLE "orders" DROP COLUMN "note";',
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot drop column note of table orders because other objects depend on it (SQLSTATE 2BP01). The view open_orders and the trigger on_note on orders depend on it. The migration stops here. Before it, drop the view open_orders and the trigger on_note on orders, or create them anew without note.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
    {
      name: "columns that a policy, a generated column and a foreign key name, each in its own clause",
      history,
      code: "ALTER TABLE orders\n  DROP COLUMN tenant,\n  DROP COLUMN code;\nALTER TABLE orders ALTER COLUMN total TYPE bigint;",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot drop column tenant of table orders because other objects depend on it (SQLSTATE 2BP01). The policy by_tenant on orders depends on it. The migration stops here. Before it, drop the policy by_tenant on orders, or create it anew without tenant.",
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 21,
        },
      ],
    },
    {
      name: "another type for a column of a view, however wide",
      history,
      code: "ALTER TABLE orders ALTER COLUMN state TYPE text;",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot alter type of a column used by a view or rule (SQLSTATE 0A000). The view open_orders depends on it. The migration stops here. Drop the view open_orders before, and create it again behind it in the same transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 48,
        },
      ],
    },
    {
      name: "the key that foreign keys name",
      history,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_pkey;",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot drop constraint orders_pkey on table orders because other objects depend on it (SQLSTATE 2BP01). The constraint lines_order_id_fkey of lines depends on it. The migration stops here. Drop the constraint lines_order_id_fkey of lines before, and add it again behind the key that takes its place.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 47,
        },
      ],
    },
    {
      name: "a partition key, with CASCADE too",
      history,
      code: "ALTER TABLE events DROP COLUMN at CASCADE;",
      errors: [
        {
          message:
            'PostgreSQL refuses this: cannot drop column "at" because it is part of the partition key of relation "events" (SQLSTATE 42P16). The migration stops here. Create a table that is partitioned otherwise, and move the rows.',
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 42,
        },
      ],
    },
    {
      name: "a table, a type and a function",
      history,
      code: "DROP TABLE orders;",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot drop table orders because other objects depend on it (SQLSTATE 2BP01). The view open_orders, the constraint lines_order_id_fkey of lines and the constraint by_code of lines depend on it. The migration stops here. Before it, drop the view open_orders, the constraint lines_order_id_fkey of lines and the constraint by_code of lines, or create them anew.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 18,
        },
      ],
    },
    {
      name: "a function that a trigger calls",
      history,
      code: "DROP FUNCTION IF EXISTS touch();",
      errors: [
        {
          message:
            "PostgreSQL refuses this: cannot drop function touch() because other objects depend on it (SQLSTATE 2BP01). The trigger on_note on orders depends on it. The migration stops here. Before it, drop the trigger on_note on orders, or create it anew.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 32,
        },
      ],
    },
    {
      name: "what CASCADE takes along",
      history,
      code: "ALTER TABLE orders DROP COLUMN note CASCADE;\nALTER TABLE orders DROP CONSTRAINT orders_code_key CASCADE;\nDROP FUNCTION touch CASCADE;",
      errors: [
        {
          message:
            "CASCADE also drops the view open_orders and the trigger on_note on orders, whoever still needs them. Leave CASCADE out, and name what has to go in statements of its own: one for each.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 44,
        },
        {
          message:
            "CASCADE also drops the constraint by_code of lines, whoever still needs it. Leave CASCADE out, and name what has to go in statements of its own: ALTER TABLE lines DROP CONSTRAINT by_code.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 59,
        },
      ],
    },
    {
      name: "what two clauses of one statement would take along is named once",
      history,
      code: "ALTER TABLE orders DROP COLUMN state CASCADE, DROP COLUMN note CASCADE;",
      errors: [
        {
          message:
            "CASCADE also drops the view open_orders, whoever still needs it. Leave CASCADE out, and name what has to go in statements of its own: DROP VIEW open_orders.",
          line: 1,
          column: 20,
          endLine: 1,
          endColumn: 45,
        },
        {
          message:
            "CASCADE also drops the trigger on_note on orders, whoever still needs it. Leave CASCADE out, and name what has to go in statements of its own: DROP TRIGGER on_note ON orders.",
          line: 1,
          column: 47,
          endLine: 1,
          endColumn: 71,
        },
      ],
    },
    {
      name: "views of a table that goes with CASCADE",
      history,
      tool: drizzle,
      code: 'DROP TABLE "orders" CASCADE;',
      errors: [
        {
          message:
            "CASCADE also drops the view open_orders, whoever still needs it. Leave CASCADE out, and name what has to go in statements of its own: DROP VIEW open_orders.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 28,
        },
      ],
    },
  ],
});

it.each([
  ["a view", "CREATE VIEW open_orders AS\n  SELECT ref FROM orders;", "read"],
  ["a materialized view", "CREATE MATERIALIZED VIEW open_orders AS SELECT ref FROM orders;", "read"],
  ["a policy", "CREATE POLICY own ON orders USING (ref = current_user);", "read"],
  ["a generated column", "ALTER TABLE orders ADD COLUMN code text GENERATED ALWAYS AS (upper(ref)) STORED;", "read"],
  ["UPDATE OF", "CREATE TRIGGER t BEFORE UPDATE OF ref ON orders FOR EACH ROW EXECUTE FUNCTION touch();", "read"],
  [
    "WHEN",
    "CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW WHEN (NEW.ref = '') EXECUTE FUNCTION touch();",
    "read",
  ],
  ["a foreign key", "ALTER TABLE lines ADD CONSTRAINT by_ref FOREIGN KEY (ref) REFERENCES orders (ref);", "table"],
])("names the place of %s that PostgreSQL keeps", (_, made, kind) => {
  const base = `CREATE TABLE orders (id bigint PRIMARY KEY, ref text UNIQUE);
CREATE TABLE lines (ref text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;`;
  const places = (surroundings: Surroundings, code = "ALTER TABLE orders DROP COLUMN ref;"): string[] => {
    const { change } = memoryChange("/repository", code, surroundings);
    const found = lint(change).findings.filter(({ finding }) => finding.rule === "no-dependent-object-break");
    return found.flatMap(({ finding: { evidence } }) =>
      evidence.map(
        (one) => `${one.side} ${one.grade} ${one.kind ?? ""} ${one.file}:${String(one.line)} ${one.excerpt}`,
      ),
    );
  };
  const [firstLine = ""] = made.split("\n");
  const at = (side: string): string[] => [`${side} certain ${kind} db/migrations/0002.sql:2 ${firstLine}`];
  expect(places({ history: [base, `SELECT 1;\n${made}\n`] })).toEqual(at("base"));
  expect(places({ history: [base], pending: [`SELECT 1;\n${made}\n`] })).toEqual(at("head"));
  const cascade = "ALTER TABLE orders DROP COLUMN ref CASCADE;";
  expect(places({ history: [base, `SELECT 1;\n${made}\n`] }, cascade)).toEqual(at("base"));
});
