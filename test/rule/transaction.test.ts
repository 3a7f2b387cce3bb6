import { expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { memorySource } from "../check/memory-source.js";

it("a statement that is a transaction of its own stands in its own file, whichever rule asks first", () => {
  const block = (first: string): string =>
    `DO $$\nBEGIN\n  ${first};\n  CREATE INDEX orders_${first.length}_idx ON orders (id);\nEND $$;\n`;
  const { findings } = check(
    memorySource(
      { "sql/0001_orders.sql": "CREATE TABLE orders (id bigint);\n" },
      {
        "sql/0002_note.sql": block("ALTER TABLE orders ADD COLUMN note text"),
        "sql/0003_paid.sql": `\n\n${block("ALTER TABLE orders ADD COLUMN paid boolean")}`,
      },
    ),
    DEFAULT_CONFIGURATION,
  );
  const since = findings
    .filter(({ rule }) => rule === "no-blocking-index-build")
    .map(({ file, message }) => `${file} ${/since (\S+ \d+|\S+:\d+) the/.exec(message)?.[1] ?? ""}`);
  expect(since).toEqual(["sql/0002_note.sql line 3", "sql/0003_paid.sql line 5"]);
});
