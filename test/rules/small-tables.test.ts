/** What takes long on a large table is over in an instant on a small one: rules about long work are silent there. */
import { describe, expect, it } from "vitest";
import { checkChange } from "../../src/check/check.js";
import { memoryChange } from "./memory-change.js";

const history = [
  "CREATE TABLE regions (id bigint PRIMARY KEY, name text);",
  "CREATE TABLE countries (id bigint PRIMARY KEY, region_id bigint, code text, size integer);",
  "CREATE DOMAIN code AS text; CREATE TABLE codes (value code);",
  "ALTER TABLE countries ADD CONSTRAINT countries_code_check CHECK (code <> '') NOT VALID;",
];

const longWork = {
  "no-blocking-index-build": "CREATE INDEX countries_code ON countries (code);",
  "no-table-rewrite": "ALTER TABLE countries ALTER COLUMN size TYPE bigint;",
  "no-table-rewrite, by a new column": "ALTER TABLE countries ADD COLUMN token uuid DEFAULT gen_random_uuid();",
  "no-blocking-constraint": "ALTER TABLE countries ADD CHECK (size > 0);",
  "no-blocking-constraint, a foreign key": "ALTER TABLE countries ADD FOREIGN KEY (region_id) REFERENCES regions;",
  "no-blocking-constraint, of a domain": "ALTER DOMAIN code ADD CHECK (VALUE <> '');",
  "no-blocking-not-null": "ALTER TABLE countries ALTER COLUMN code SET NOT NULL;",
  "no-blocking-unique": "ALTER TABLE countries ADD UNIQUE (id, code);",
  "no-blocking-reindex": "REINDEX TABLE countries;",
  "no-validate-in-same-transaction":
    "ALTER TABLE countries ADD CHECK (size > 0) NOT VALID;\nALTER TABLE countries VALIDATE CONSTRAINT countries_size_check;",
  "no-backfill-with-ddl": "ALTER TABLE regions DROP COLUMN name;\nUPDATE countries SET size = 0;",
  "no-unbatched-backfill": "UPDATE countries SET size = 0;",
  "no-work-under-lock, by a copy":
    "ALTER TABLE regions DROP COLUMN name;\nCREATE TABLE copies AS SELECT code FROM countries;",
};

const rulesThatSpeak = (code: string, small: readonly string[]): string[] => {
  const { change } = memoryChange("/repository", `SET lock_timeout = '2s';\n${code}`, { history, tables: { small } });
  return checkChange(change).findings.map(({ rule }) => rule);
};

describe.each(Object.entries(longWork))("%s", (name, code) => {
  it("speaks of a table that is not listed, and is silent on a small one", () => {
    const [rule] = name.split(",");
    expect(rulesThatSpeak(code, ["regions"])).toEqual([rule]);
    expect(rulesThatSpeak(code, ["countries", "codes"])).toEqual([]);
    expect(rulesThatSpeak(code, ["public.co*"])).toEqual([]);
  });
});

it("nothing else is silenced", () => {
  const small = ["countries"];
  const { change } = memoryChange("/repository", "ALTER TABLE countries DROP COLUMN region_id;", {
    history,
    tables: { small },
    baseCode: { "src/countries.ts": 'export const all = (db) => db.query("SELECT region_id FROM countries");\n' },
  });
  expect(checkChange(change).findings.map(({ rule }) => rule)).toEqual([
    "no-referenced-column-drop",
    "require-lock-timeout",
  ]);
});

it("what a statement does to a large table is said, though it names a small one", () => {
  const code = "ALTER TABLE countries ADD FOREIGN KEY (region_id) REFERENCES regions;";
  expect(rulesThatSpeak(code, ["regions"])).toEqual(["no-blocking-constraint"]);
});
