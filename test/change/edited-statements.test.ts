import { expect, test } from "vitest";
import { unchangedStatements } from "../../src/change/unchanged-statements.js";
import { parseSql } from "../../src/postgres/parse-sql.js";

test.each([
  ["the same", "SELECT 1; SELECT 2;", "SELECT 1; SELECT 2;", [0, 1]],
  ["formatted, and commented", "SELECT a FROM b;", "-- all\nselect  a\nfrom b /* now */;", [0]],
  ["one more in between", "SELECT 1; SELECT 2;", "SELECT 1; SELECT 3; SELECT 2;", [0, 2]],
  ["another order", "SELECT 1; SELECT 2;", "SELECT 2; SELECT 1;", [0, 1]],
  ["one of two that are the same", "SELECT 1;", "SELECT 1; SELECT 1;", [0]],
  ["a constant in another case", "SELECT 'a';", "SELECT 'A';", []],
  ["nothing before", "", "SELECT 1;", []],
])("%s", (_, before, now, unchanged) => {
  expect([...unchangedStatements(parseSql(before), parseSql(now))]).toEqual(unchanged);
});
