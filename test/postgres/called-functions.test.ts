import { describe, expect, it } from "vitest";
import type { Statement } from "../../src/model/statement.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";

const FUNCTIONS = `
CREATE TABLE orders (id bigint PRIMARY KEY, legacy_ref text);
CREATE FUNCTION drop_legacy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE orders DROP COLUMN legacy_ref; END $$;
CREATE FUNCTION twice() RETURNS void LANGUAGE sql AS 'SELECT drop_legacy(); CREATE INDEX i ON orders (id)';
CREATE PROCEDURE nothing() LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'none'; END $$;
CREATE FUNCTION total() RETURNS bigint STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM orders); END $$;
CREATE FUNCTION any_table(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE ' || t; END $$;
CREATE FUNCTION stamp(of text, key boolean DEFAULT true, users text DEFAULT 'users') RETURNS void LANGUAGE plpgsql AS $$
  DECLARE command text; other text;
  BEGIN
    IF key THEN
      command := concat('ALTER TABLE ', of, ' ADD COLUMN IF NOT EXISTS by int REFERENCES ', users, '; COMMENT ON TABLE ', of, ' IS ''it''');
      EXECUTE (command);
    ELSE
      other := 'SELECT 1';
    END IF;
    command := 'CREATE INDEX ON ' || of || ' (id)';
    EXECUTE command;
  END $$;
CREATE FUNCTION set_by_a_branch(of text) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE command text := 'x';
  BEGIN command := 'DROP TABLE ' || of; IF random() > 1 THEN command := 'SELECT 1'; END IF; EXECUTE command; END $$;
CREATE FUNCTION set_by_a_query(of text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN SELECT 'DROP TABLE x' INTO of; EXECUTE 'DROP TABLE ' || of; END $$;
CREATE FUNCTION set_in_a_loop(of text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN FOR i IN 1..2 LOOP EXECUTE 'DROP TABLE ' || of; of := 'b'; END LOOP; END $$;
CREATE FUNCTION hidden(of text) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE of text; BEGIN EXECUTE 'DROP TABLE ' || of; END $$;
CREATE FUNCTION circle() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM circle(); END $$;
CREATE FUNCTION many() RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION many(a int) RETURNS void LANGUAGE sql AS 'DROP TABLE orders';
CREATE FUNCTION in_c() RETURNS void LANGUAGE c AS 'file', 'name';
`;

/** What a statement does that runs behind the functions. */
function run(sql: string, functions = FUNCTIONS): Statement {
  const replay = new Replay({ postgres: 16 });
  for (const statement of parseSql(functions).statements) replay.apply(statement, 0);
  const [statement] = parseSql(sql).statements;
  if (statement === undefined) throw new Error("no statement");
  return replay.apply(statement, 1).statement;
}

const types = (sql: string): readonly string[] => run(sql).operations.map(({ type }) => type);

describe("what a called function does", () => {
  it.each<[sql: string, ...operations: readonly string[]]>([
    ["SELECT drop_legacy()", "DropColumn", "Select"],
    ["SELECT public.drop_legacy()", "DropColumn", "Select"],
    ["SELECT twice()", "DropColumn", "Select", "CreateIndex", "Select"],
    ["CALL nothing()", "OtherStatement"],
    ["SELECT total()", "Select"],
    [
      "DO $$ BEGIN CREATE TABLE t (a int); PERFORM drop_legacy(); DROP TABLE t; END $$",
      "CreateTable",
      "DropColumn",
      "Select",
      "DropRelation",
    ],
    ["SELECT any_table('orders')", "DropRelation", "Select"],
    ["SELECT any_table(current_user)", "DoBlock", "Select"],
    ["SELECT any_table(t => 'orders')", "DropRelation", "Select"],
    ["SELECT any_table('a'), any_table('b')", "DoBlock", "Select"],
    ["SELECT stamp('orders')", "AddColumn", "Comment", "CreateIndex", "Select"],
    ["SELECT stamp('orders', false)", "CreateIndex", "Select"],
    ["SELECT stamp('orders', key => false)", "CreateIndex", "Select"],
    ["SELECT stamp(users => 'people', of => 'orders')", "AddColumn", "Comment", "CreateIndex", "Select"],
    ["SELECT stamp('orders', random() > 1)", "AddColumn", "Comment", "CreateIndex", "Select"],
    ["SELECT set_by_a_branch('orders')", "DoBlock", "Select"],
    ["SELECT set_by_a_query('orders')", "Select", "DoBlock", "Select"],
    ["SELECT set_in_a_loop('orders')", "DoBlock", "Select"],
    ["SELECT hidden('orders')", "DoBlock", "Select"],
    ["SELECT now()", "Select"],
  ])("%s", (sql, ...operations) => expect(types(sql)).toEqual(operations));

  it("is placed at the call, in the order in which it runs", () => {
    expect(run("SELECT twice()").operations.map(({ inBlock, range }) => [inBlock, range])).toEqual([
      [0, [0, 14]],
      [1, [0, 14]],
      [2, [0, 14]],
      [3, [0, 14]],
    ]);
  });

  it("may be nothing where it is called for each row", () => {
    expect(run("SELECT drop_legacy() FROM orders").operations[0]).toMatchObject({ type: "DropColumn", ifExists: true });
    expect(run("SELECT drop_legacy()").operations[0]).toMatchObject({ type: "DropColumn", ifExists: false });
  });

  it("leaves the schema known", () => {
    const replay = new Replay({ postgres: 16 });
    for (const [order, sql] of [FUNCTIONS, "SELECT drop_legacy();"].entries()) {
      for (const statement of parseSql(sql).statements) replay.apply(statement, order);
    }
    expect(replay.catalog.complete).toBe(true);
    expect([...(replay.catalog.table({ name: "orders" })?.columns.keys() ?? [])]).toEqual(["id"]);
  });

  it("is named where it puts a statement together", () => {
    expect(run("SELECT any_table(current_user)").operations[0]).toMatchObject({
      reason: "In any_table, EXECUTE runs a statement that is only put together at run time",
    });
  });

  it.each(["SELECT circle()", "SELECT many(1)", "SELECT in_c()", "SELECT elsewhere()", "CALL elsewhere()"])(
    "stays a call where it is not known: %s",
    (sql) => {
      const last = run(sql).operations.at(-1);
      expect(last).toMatchObject(sql.startsWith("CALL") ? { type: "Call" } : { functions: [{}] });
    },
  );

  it("is what is in force when it is called", () => {
    const replaced = `${FUNCTIONS}CREATE OR REPLACE FUNCTION drop_legacy() RETURNS void LANGUAGE sql AS 'CREATE TABLE later ()';`;
    expect(run("SELECT drop_legacy()", replaced).operations.map(({ type }) => type)).toEqual(["CreateTable", "Select"]);
    const dropped = `${FUNCTIONS}DROP FUNCTION drop_legacy;`;
    expect(run("SELECT drop_legacy()", dropped).operations.map(({ type }) => type)).toEqual(["Select"]);
  });
});
