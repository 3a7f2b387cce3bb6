import { expect, test } from "vitest";
import { indexKeys } from "../../src/change/index-keys.js";

test.each([
  ["CREATE INDEX ON orders (code)", ["code"]],
  [
    `CREATE UNIQUE INDEX CONCURRENTLY "on" ON ONLY app.orders USING btree (lower(code) text_pattern_ops DESC, "Account Id" COLLATE "C" NULLS LAST) INCLUDE (a, b) WHERE (total > 0);`,
    ["lower(code)", `"Account Id"`],
  ],
  [
    "CREATE INDEX i ON t ((a || ',' || b) ASC, app.norm(c, ')'), d int4_ops(x = 1, y = 2), e)",
    ["(a || ',' || b)", "app.norm(c, ')')", "d", "e"],
  ],
  ["create index i on t /* on (x) */ (\n  a, -- first\n  b\n)", ["a", "b"]],
  ["CREATE INDEX i ON t", undefined],
])("%s", (sql, keys) => {
  expect(indexKeys(sql)).toEqual(keys);
});
