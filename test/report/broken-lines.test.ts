/** Each code line of a pull request that is left broken has an annotation of its own, besides that of the migration. */
import { expect, test } from "vitest";
import { addedLinesOf } from "../../src/change/added-lines.js";
import { gitChangeSource } from "../../src/change/change-source.js";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import { pickAnnotations } from "../../src/report/annotations.js";
import { TemporaryRepository } from "../change/temporary-repository.js";

const DROP = "SET lock_timeout = '2s';\nALTER TABLE orders DROP COLUMN legacy_ref;\n";
const query = (columns: string): string => `(db) => db.query("SELECT ${columns} FROM orders");\n`;

test("in the files that it changes, on both lines that name the column", () => {
  const repository = new TemporaryRepository({
    "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, legacy_ref text, note text);\n",
    "src/orders.ts": `export const one = ${query("id, legacy_ref")}`,
    "src/unchanged.ts": `export const other = ${query("legacy_ref")}`,
  });
  repository.branch("work");
  repository.commit("Drop", {
    "db/migrations/0002_drop.sql": DROP,
    // One use is mended, one is left, and one is new.
    "src/orders.ts": `export const one = ${query("id")}export const two = ${query("legacy_ref, note")}`,
    "src/new.ts": `\nexport const three = ${query("note, legacy_ref")}`,
  });
  const source = gitChangeSource({ root: repository.root, base: "main" });
  const report = check(source, configurationOf(source));
  const annotations = pickAnnotations(report, { addedLines: addedLinesOf(source), rest: "elsewhere" });
  expect(annotations.map(({ level, file, line }) => `${level} ${file}:${String(line)}`)).toEqual([
    "error db/migrations/0002_drop.sql:2",
    "error src/new.ts:2",
    "error src/orders.ts:2",
  ]);
  expect(annotations[1]?.message).toBe(
    "Because of db/migrations/0002_drop.sql:2: The code of this pull request still uses legacy_ref of orders (src/new.ts:2, src/orders.ts:2, src/unchanged.ts:1) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
  );
});
