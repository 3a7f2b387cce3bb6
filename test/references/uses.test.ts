import { describe, expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

/** What a file does with a column: `kind`, then what more is known of the place. */
function uses(column: string, file: string, text: string): string[] {
  const target = { table: { schema: "public", name: "orders" }, column };
  const head = memoryTree(new Map([[file, text]]), "head");
  const found = findReferences([target], { head, exclude: [] }, { unnamed: true }).get(targetKey(target)) ?? [];
  return found
    .filter(({ grade }) => grade === "certain" || grade === "likely")
    .map(({ kind, line, values, conflict, fixedShape }) =>
      [`${kind} ${line}`, values, conflict, fixedShape]
        .filter((part) => part !== undefined)
        .map((part) => (typeof part === "string" ? part : JSON.stringify(part)))
        .join(" "),
    );
}

const inSql = (column: string, sql: string): string[] => uses(column, "queries/orders.sql", sql);

describe("SQL", () => {
  test.each<[sql: string, column: string, expected: string[]]>([
    ["INSERT INTO orders (id, note) VALUES (1, 'x')", "status", ["insert that omits it 1"]],
    ["INSERT INTO orders (id, status) VALUES (1, 'new'), (2, NULL)", "status", ['write 1 ["new",null]']],
    ["INSERT INTO orders (id, status) VALUES ($1, $2)", "status", ["write 1"]],
    ["INSERT INTO orders (id, status) VALUES (?, ?)", "status", ["write 1"]],
    ["INSERT INTO orders VALUES (1, 'new')", "status", ["positional write 1"]],
    ["INSERT INTO orders DEFAULT VALUES", "status", ["insert that omits it 1"]],
    ["INSERT INTO parcels (id) VALUES (1)", "status", []],
    ["INSERT INTO parcels SELECT * FROM orders", "status", ["star read 1 inserted"]],
    ["INSERT INTO orders SELECT id, kind FROM parcels", "status", ["positional write 1"]],
    ["UPDATE orders SET status = 'done' WHERE id = 1", "status", ['write 1 ["done"]']],
    ["UPDATE orders SET status = NULL", "status", ["write 1 [null]"]],
    ["SELECT id FROM orders WHERE status IN ('new', 'open')", "status", ['read 1 ["new","open"]']],
    ["SELECT id FROM orders WHERE 'open' <> status::text", "status", ['read 1 ["open"]']],
    ["SELECT CASE o.status WHEN 'new' THEN 1 END FROM orders o", "status", ['read 1 ["new"]']],
    ["SELECT * FROM orders o JOIN parcels p USING (id)", "status", ["star read 1"]],
    ["SELECT count(*) FROM orders", "status", []],
    ["SELECT 1 FROM parcels WHERE EXISTS (SELECT * FROM orders)", "status", []],
    ["DELETE FROM orders WHERE id = 1 RETURNING *", "status", ["star read 1"]],
    ["PREPARE q AS SELECT * FROM orders", "status", ["star read 1 prepared"]],
    ["COPY orders FROM STDIN", "status", ["positional write 1"]],
    ["COPY orders (id, note) FROM STDIN", "status", []],
    [
      "INSERT INTO orders (id, ref) VALUES (1, 'x') ON CONFLICT (account_id, ref) DO UPDATE SET ref = excluded.ref",
      "account_id",
      ["insert that omits it 1", 'conflict target 1 {"columns":["account_id","ref"]}'],
    ],
    [
      "INSERT INTO orders (id, ref) VALUES (1, 'x') ON CONFLICT (ref) WHERE deleted_at IS NULL DO NOTHING",
      "ref",
      ["write 1", 'conflict target 1 {"columns":["ref"]}'],
    ],
    [
      "INSERT INTO orders (id, ref) VALUES (1, 'x') ON CONFLICT ON CONSTRAINT orders_ref_key DO NOTHING",
      "id",
      ['conflict target 1 {"constraint":"orders_ref_key"}', 'write 1 ["1"]'],
    ],
    ["WITH orders AS (SELECT 1 AS id) SELECT * FROM orders", "status", []],
    ["INSERT INTO archive.orders (id) VALUES (1)", "status", []],
  ])("%s", (sql, column, expected) => {
    expect(inSql(column, sql)).toEqual(expected);
  });
});
