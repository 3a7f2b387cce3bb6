import { expect, it } from "vitest";
import { plainCasts } from "../../src/change/plain-casts.js";
import { parseSql } from "../../src/postgres/parse-sql.js";

it.each<[clause: string, casts: readonly string[] | undefined]>([
  ["c TYPE bigint", []],
  ["c TYPE bigint USING c::bigint", []],
  ['"c" TYPE bigint USING ("c"::bigint)', []],
  ["c TYPE app.state USING t.c::text::app.state", ["text"]],
  ["c TYPE app.state[] USING (c::text[])::app.state[]", ["text[]"]],
  ["c TYPE numeric(10, 2) USING c::numeric(10, 2)", []],
  ["c TYPE bigint USING c", []],
  ["c TYPE bigint USING CAST(c AS BIGINT)", []],
  ["c TYPE bigint USING c + 1", undefined],
  ["c TYPE bigint USING length(c)::bigint", undefined],
  ["c TYPE bigint USING d::bigint", undefined],
  ["c TYPE bigint USING c::int", undefined],
])("%s", (clause, casts) => {
  const [operation] = parseSql(`ALTER TABLE t ALTER COLUMN ${clause};`).statements[0]!.operations;
  if (operation?.type !== "AlterColumnType") throw new Error("The statement was not read.");
  expect(plainCasts(operation)).toEqual(casts);
});
