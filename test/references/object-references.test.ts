import { describe, expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { NamedObject } from "../../src/model/reference.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

/** The references to an object as `grade kind line:column`. */
function find(object: NamedObject, name: string, file: string, text: string, schema = "public"): string[] {
  const target = { table: { schema: object === "schema" ? name : schema, name }, object };
  const head = memoryTree(new Map([[file, text]]), "memory");
  const found = findReferences([target], { head, exclude: [] }).get(targetKey(target)) ?? [];
  return found.map(({ grade, kind = "-", line, column }) => `${grade} ${kind} ${String(line)}:${String(column)}`);
}

test("keys tell an object from a relation of its name", () => {
  expect(targetKey({ table: { schema: "public", name: "total" }, object: "function" })).toBe("function public.total");
});

describe("functions", () => {
  const call = (sql: string): string[] => find("function", "order_total", "src/a.ts", `const q = "${sql}";\n`);

  test("called in SQL", () => {
    expect(call("SELECT order_total(id) FROM orders")).toEqual(["likely function call 1:19"]);
    expect(call("SELECT public.ORDER_TOTAL (id)")).toEqual(["likely function call 1:26"]);
    expect(call("CALL order_total()")).toEqual(["likely function call 1:17"]);
    expect(call("SELECT * FROM order_total(1) AS t")).toEqual(["likely function call 1:26"]);
  });

  test("not what has its name only", () => {
    expect(call("SELECT app.order_total(id)")).toEqual(["possible - 1:23"]);
    expect(call("INSERT INTO order_total (a) VALUES (1)")).toEqual(["possible - 1:24"]);
    expect(call("SELECT order_totals(id), my_order_total(id)")).toEqual([]);
    expect(find("function", "total", "src/a.ts", 'const q = "SELECT total FROM t"; total(1);\n')).toEqual([]);
  });

  test("called by libraries", () => {
    expect(find("function", "order_total", "src/a.ts", "await db.rpc('order_total', { id });\n")).toEqual([
      "likely function call 1:15",
    ]);
    expect(find("function", "total", "src/a.ts", "eb.fn<number>('total', [id]);\n")).toEqual([
      "likely function call 1:16",
    ]);
    expect(find("function", "total", "lib/a.py", 'requests.post(url + "/rest/v1/rpc/total")\n')).toEqual([
      "likely function call 1:35",
    ]);
  });

  test("in other languages, and not in comments", () => {
    expect(find("function", "total", "a.py", '# "SELECT total(1)"\nq = "SELECT total(1)"\n')).toEqual([
      "likely function call 2:13",
    ]);
    expect(find("function", "total", "a.go", "q := `SELECT total(id)\nFROM orders -- total(1)`\n")).toEqual([
      "likely function call 1:14",
      "likely function call 2:16",
    ]);
    expect(find("function", "total", "a.vue", "<p>total(1)</p>\n<script>\nq(`SELECT total(1)`)\n</script>\n")).toEqual([
      "likely function call 3:11",
    ]);
  });

  test("in files of SQL, where the schema's own statements do not count", () => {
    const sql = `CREATE FUNCTION total(int) RETURNS int AS 'SELECT 1' LANGUAGE sql;
DROP FUNCTION total(int);
GRANT EXECUTE ON FUNCTION total(int) TO joe;
CREATE TRIGGER t BEFORE INSERT ON orders EXECUTE FUNCTION total();
-- SELECT total(1);
SELECT total(1);
CREATE FUNCTION f() RETURNS void AS $$ BEGIN PERFORM total(2); END $$ LANGUAGE plpgsql;
`;
    expect(find("function", "total", "queries.sql", sql)).toEqual([
      "certain function call 6:8",
      "certain function call 7:54",
    ]);
    expect(find("function", "total", "queries.sql", sql, "app")).toEqual([
      "likely function call 6:8",
      "likely function call 7:54",
    ]);
  });

  test("tests break no running code", () => {
    expect(find("function", "total", "test/a.test.ts", 'q("SELECT total(1)");\n')).toEqual([
      "possible function call 1:11",
    ]);
  });
});

describe("types", () => {
  test("in casts", () => {
    const text = "const q = `SELECT $1::status,\nCAST(f($2) AS public.status),\nx AS status,\n'a'::app.status`;\n";
    expect(find("type", "status", "src/a.ts", text)).toEqual(["likely - 1:23", "likely - 2:22"]);
    expect(find("type", "Status", "src/a.ts", "const q = 'SELECT $1::\"Status\"[], $2::status';\n")).toEqual([
      "likely - 1:24",
    ]);
  });

  test("in schema files", () => {
    expect(find("type", "status", "src/schema.ts", 'export const status = pgEnum("status", ["new"]);\n')).toEqual([
      "likely declared 1:31",
    ]);
    expect(find("type", "status", "src/a.ts", '@Column({ type: "enum", enumName: "status" }) s;\n')).toEqual([
      "likely declared 1:36",
    ]);
    const prisma = 'enum Status {\n  NEW\n}\n\nenum Kind {\n  A\n  @@map("kind")\n}\n';
    expect(find("type", "Status", "prisma/schema.prisma", prisma)).toEqual(["likely declared 1:6"]);
    expect(find("type", "kind", "prisma/schema.prisma", prisma)).toEqual(["likely declared 7:10"]);
    expect(find("type", "Kind", "prisma/schema.prisma", prisma)).toEqual([]);
  });
});

test("schemas", () => {
  const at = (file: string, text: string): string[] => find("schema", "billing", file, text);
  expect(at("a.ts", 'const q = "SELECT billing.id FROM billing.orders JOIN x.billing";\n')).toEqual(["likely - 1:35"]);
  expect(at("a.ts", 'const q = "SELECT billing.total(1)" +\n "SELECT $1::billing.kind";\n')).toEqual([
    "likely - 1:19",
    "likely - 2:14",
  ]);
  expect(at("a.ts", 'const q = "SET search_path TO app, billing";\n')).toEqual(["likely - 1:36"]);
  expect(at("a.ts", 'const url = "postgres://h/db?options=-csearch_path%3Dapp,billing";\n')).toEqual(["likely - 1:58"]);
  expect(at("a.ts", 'export const b = pgSchema("billing");\ndb.withSchema("billing").from("x");\n')).toEqual([
    "likely declared 1:28",
    "likely declared 2:16",
  ]);
  expect(at("a.ts", '@Entity({ schema: "billing" }) class A {}\nconst billing = load();\n')).toEqual([
    "likely declared 1:20",
  ]);
  expect(at("s.prisma", 'model A {\n  @@schema("billing")\n}\n')).toEqual(["likely declared 2:13"]);
});

test("sequences", () => {
  const text = "const q = `SELECT nextval('invoice_no'),\n setval('app.invoice_no', 1), currval('other')`;\n";
  expect(find("sequence", "invoice_no", "a.ts", text)).toEqual(["likely - 1:28", "possible - 2:14"]);
  expect(find("sequence", "invoice_no", "a.ts", text, "app")).toEqual(["likely - 1:28", "likely - 2:14"]);
});

test("hostile text comes to an end, where a quadratic search would run out of the test's time", () => {
  const texts = ["cast(".repeat(50_000), "\n".repeat(200_000), "search_path = ".repeat(20_000), "a.".repeat(100_000)];
  for (const text of texts) {
    expect(find("type", "status", "a.sql", `SELECT 'status'; ${text}`)).toEqual([]);
    expect(find("schema", "status", "a.ts", `const a = "SELECT status ${text}";`)).toEqual([]);
    expect(find("function", "status", "a.ts", `const a = "SELECT status ${text}";`)).toEqual([]);
  }
});
