import { describe, expect, test } from "vitest";
import { projectOf } from "../../src/change/project.js";
import { memoryChange } from "../rules/memory-change.js";

const ORDERS = "CREATE TABLE orders (id int);";
const total = (name: string): string =>
  `-- The total.\nCREATE OR REPLACE FUNCTION ${name}() RETURNS int LANGUAGE plpgsql AS $$ BEGIN\n  RETURN (SELECT count(*) FROM orders);\nEND $$;\n`;

/** `side file:line` of each sure use of the dropped table. */
function uses(history: readonly string[], code: Readonly<Record<string, string>>): readonly string[] {
  const { change } = memoryChange("/repo", "DROP TABLE orders;", { history, baseCode: code, headCode: code });
  const found = projectOf(change).referencesTo({ table: { schema: "public", name: "orders" } }, "main");
  return found
    .filter(({ grade }) => grade !== "possible")
    .map(({ side, file, line }) => `${side} ${file}:${String(line)}`);
}

const CALL = { "src/a.ts": 'await db.query("SELECT order_total()");\n' };

describe("a file of SQL that repeats a migration's function", () => {
  test("is no use of its own: the migration's is", () => {
    const code = {
      ...CALL,

      "sql/schema/core.sql": `SELECT 1;\n\n${total("order_total")}`,
    };
    expect(uses([ORDERS, total("order_total")], code)).toEqual(["head db/migrations/0002.sql:3"]);
  });

  test("is none either where migrations have dropped the function", () => {
    const code = { ...CALL, "sql/schema/core.sql": total("public.order_total") };
    expect(uses([ORDERS, `${total("order_total")}DROP FUNCTION order_total();`], code)).toEqual([]);
  });

  test("counts where no migration makes the function, and so does what stands beside it", () => {
    const code = { ...CALL, "sql/schema/core.sql": `${total("order_count")}SELECT id FROM orders;\n` };
    expect(uses([ORDERS, total("order_total")], code)).toEqual([
      "head sql/schema/core.sql:5",
      "head sql/schema/core.sql:3",
      "base sql/schema/core.sql:5",
      "base sql/schema/core.sql:3",
      "head db/migrations/0002.sql:3",
    ]);
  });
});
