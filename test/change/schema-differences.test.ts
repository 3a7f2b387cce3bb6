import { expect, it } from "vitest";
import { schemaDifferences, type SchemaDifferences } from "../../src/change/schema-differences.js";
import type { Catalog } from "../../src/model/catalog.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";

function schema(sql: string): Catalog {
  const replay = new Replay({ postgres: 16 });
  for (const statement of parseSql(sql).statements) replay.apply(statement, 0);
  return replay.catalog;
}

const none: SchemaDifferences = { missing: [], added: [], changed: [] };
const table = "CREATE TABLE t (a int, b varchar(5) DEFAULT 'x' NOT NULL);";

it.each<readonly [was: string, is: string, differences: Partial<SchemaDifferences>]>([
  ["", "", {}],
  [table, "CREATE TABLE t (b varchar(5) DEFAULT 'y' NOT NULL, a integer);", {}],
  [table, "", { missing: ["table t"] }],
  [table, `${table} CREATE VIEW v AS TABLE t; CREATE TEMP TABLE u (a int);`, { added: ["view v"] }],
  [
    table,
    "CREATE TABLE t (b varchar(6), c int);",
    {
      missing: ["column a of t"],
      added: ["column c of t"],
      changed: ["the type of t.b", "NOT NULL of t.b", "the default of t.b"],
    },
  ],
  [`${table} CREATE INDEX i ON t (a);`, `${table} CREATE INDEX j ON t (a);`, {}],
  [
    `${table} CREATE INDEX i ON t (a);`,
    `${table} CREATE INDEX j ON t (b);`,
    { missing: ["index i of t"], added: ["index j of t"] },
  ],
  [`${table} ALTER TABLE t ADD UNIQUE (a);`, table, { missing: ["t_a_key of t"] }],
  [
    `${table} ALTER TABLE t ADD CONSTRAINT c CHECK (a IN (1, 2));`,
    `${table} ALTER TABLE t ADD CONSTRAINT c CHECK (a = 1 OR a = 2);`,
    {},
  ],
  [
    `${table} ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);`,
    `${table} ALTER TABLE t ADD CONSTRAINT d CHECK ((a>0));`,
    {},
  ],
  [`${table} ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);`, table, { missing: ["c of t"] }],
])("%s and %s", (was, is, differences) => {
  expect(schemaDifferences(schema(was), schema(is))).toEqual({ ...none, ...differences });
});
