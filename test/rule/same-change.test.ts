/** What other files of a change say, and that without a base each file is a change of its own. */
import { describe, expect, it } from "vitest";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import { memorySource } from "../check/memory-source.js";

const TIMEOUT = "SET lock_timeout = '2s';\n";

/** The places where a rule speaks: of migrations that follow one another, the first of which base has, or no base. */
function placesOf(rule: string, sql: readonly string[], { base }: { readonly base: boolean }): readonly string[] {
  const [first = "", ...others] = sql;
  const file = (index: number): string => `db/migrations/000${String(index + 1)}.sql`;
  const added = Object.fromEntries(others.map((text, index) => [file(index + 1), TIMEOUT + text]));
  const { base: side, ...source } = memorySource({ [file(0)]: first }, added);
  const configuration = configurationOf(source);
  const found = base
    ? check({ ...source, base: side! }, configuration)
    : check({ ...source, changed: [] }, configuration, { files: Object.keys(added) });
  return found.findings.filter((one) => one.rule === rule).map(({ file: path, line }) => `${path}:${String(line)}`);
}

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, note text, ref text);";

describe.each<{
  rule: string;
  what: string;
  sql: readonly string[];
  changed: readonly string[];
  alone: readonly string[];
}>([
  {
    rule: "no-data-loss",
    what: "an earlier file copies the rows",
    sql: [orders, "CREATE TABLE kept AS SELECT * FROM orders;", "TRUNCATE orders;"],
    changed: [],
    alone: ["db/migrations/0003.sql:2"],
  },
  {
    rule: "no-data-loss",
    what: "rows that are copied into their own table are copied nowhere",
    sql: [orders, "INSERT INTO orders SELECT id + 1, note, ref FROM orders;", "TRUNCATE orders;"],
    changed: ["db/migrations/0003.sql:2"],
    alone: ["db/migrations/0003.sql:2"],
  },
  {
    rule: "no-column-recreate",
    what: "another file drops a column of the same type: which one the new one stands for is not known",
    sql: [orders, "ALTER TABLE orders DROP COLUMN note;", "ALTER TABLE orders DROP COLUMN ref, ADD COLUMN label text;"],
    changed: [],
    alone: ["db/migrations/0003.sql:2"],
  },
  {
    rule: "no-trigger-change-on-live-table",
    what: "another file creates the table that the trigger fills",
    sql: [
      `${orders}
CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO Logs VALUES (1); RETURN NEW; END $$;`,
      "CREATE TABLE logs (id bigint);",
      "RESET lock_timeout;\nCREATE TRIGGER logged AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION log();",
    ],
    changed: [],
    alone: ["db/migrations/0003.sql:3"],
  },
  {
    rule: "no-trigger-change-on-live-table",
    what: "the name of that table is no word",
    sql: [
      `${orders}
CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "order-log" VALUES (1); RETURN NEW; END $$;`,
      'CREATE TABLE "order-log" (id bigint);',
      "RESET lock_timeout;\nCREATE TRIGGER logged AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION log();",
    ],
    changed: [],
    alone: ["db/migrations/0003.sql:3"],
  },
  {
    rule: "no-row-security-gap",
    what: "a later file creates a policy again",
    sql: [
      `${orders} ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON orders USING (true);
CREATE POLICY other ON orders USING (true);`,
      "DROP POLICY own ON orders;",
      "CREATE POLICY own ON orders USING (id > 0);",
    ],
    changed: ["db/migrations/0002.sql:2"],
    alone: [],
  },
  {
    rule: "no-concurrently-if-not-exists",
    what: "an earlier file drops what a failed build left",
    sql: [
      orders,
      "DROP INDEX CONCURRENTLY IF EXISTS orders_note;",
      "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note ON orders (note);",
    ],
    changed: [],
    alone: ["db/migrations/0003.sql:2"],
  },
  {
    rule: "no-not-null-without-default",
    what: "an earlier file adds the column whose default goes",
    sql: [
      orders,
      "ALTER TABLE orders ADD COLUMN kind text NOT NULL DEFAULT 'x';",
      "ALTER TABLE orders ALTER COLUMN kind DROP DEFAULT;",
    ],
    changed: ["db/migrations/0003.sql:2"],
    alone: [],
  },
  {
    rule: "no-database-drop",
    what: "an earlier file creates the database",
    sql: [orders, "CREATE DATABASE scratch;", "DROP DATABASE scratch;"],
    changed: [],
    alone: ["db/migrations/0003.sql:2"],
  },
  {
    rule: "require-lock-timeout",
    what: "is said once for all files that are checked together",
    sql: [
      orders,
      "RESET lock_timeout;\nALTER TABLE orders DROP COLUMN note;",
      "RESET lock_timeout;\nALTER TABLE orders DROP COLUMN ref;",
    ],
    changed: ["db/migrations/0002.sql:3"],
    alone: ["db/migrations/0002.sql:3"],
  },
])("$rule: $what", ({ rule, sql, changed, alone }) => {
  it("in a change", () => {
    expect(placesOf(rule, sql, { base: true })).toEqual(changed);
  });

  it("in files by themselves", () => {
    expect(placesOf(rule, sql, { base: false })).toEqual(alone);
  });
});
