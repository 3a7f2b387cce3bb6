import { describe, expect, it } from "vitest";
import { functionBodies } from "../../src/change/function-bodies.js";
import { projectOf } from "../../src/change/project.js";
import { memoryChange } from "../rules/memory-change.js";
import { startPGlite } from "../postgres/start-pglite.js";

const total = "CREATE FUNCTION total(a int) RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM orders $$;";

/** The text of each file without its blanks. */
function bodies(...files: string[]): Record<string, string> {
  const { change } = memoryChange("/repo", files.at(-1) ?? "", { history: files.slice(0, -1) });
  return Object.fromEntries([...functionBodies(change.databases[0]!)].map(([file, text]) => [file, text.trim()]));
}

describe("functions in force at the end", () => {
  it("stand in their own places", () => {
    const text = `-- Ü\r\nSELECT 1;\r\n${total}\nSELECT 2;\n`;
    const { change } = memoryChange("/repo", text, {});
    const [body] = functionBodies(change.databases[0]!).values();
    expect(body).toBe(`    \r\n         \r\n${total}`);
  });

  it("are the last of their name and arguments", () => {
    const other = total.replace("a int", "a text");
    const replaced = total.replace("CREATE", "CREATE OR REPLACE").replace("orders", "purchases");
    expect(bodies(total, other, replaced)).toEqual({
      "db/migrations/0002.sql": other,
      "db/migrations/0003.sql": replaced,
    });
  });

  it("are gone when they are dropped", () => {
    expect(bodies(total, "DROP FUNCTION total(int);")).toEqual({});
    expect(bodies(total, "DROP FUNCTION total(text);")).toEqual({ "db/migrations/0001.sql": total });
    expect(bodies(total, "DROP FUNCTION total;")).toEqual({});
    expect(bodies(total.replace("total", "pg_temp.total"))).toEqual({});
    expect(bodies(`CREATE SCHEMA app; ${total.replace("total", "app.total")}`, "DROP SCHEMA app CASCADE;")).toEqual({});
  });

  it("keep their text when they are renamed or moved", () => {
    const moved = "ALTER FUNCTION total(int) RENAME TO sum_of; ALTER FUNCTION sum_of(int) SET SCHEMA app;";
    expect(bodies(total, moved)).toEqual({ "db/migrations/0001.sql": total });
    expect(bodies(total, moved, "DROP FUNCTION app.sum_of;")).toEqual({});
  });
});

it("are places that use what a migration takes away", () => {
  const { change } = memoryChange("/repo", "DROP TABLE orders;", {
    history: ["CREATE TABLE orders (id int);", `SELECT 1;\n${total}\nSELECT count(*) FROM orders;`],
  });
  const target = { table: { schema: "public", name: "orders" } };
  expect(projectOf(change).referencesTo(target, "main")).toEqual([
    {
      side: "head",
      grade: "likely",
      kind: "table",
      file: "db/migrations/0002.sql",
      line: 2,
      column: 75,
      excerpt: total.slice(0, -1) + ";",
    },
  ]);
});

it("PostgreSQL does not look into a body that is a string", async () => {
  const postgres = await startPGlite();
  try {
    await postgres.exec(`CREATE TABLE orders (id int); ${total} DROP TABLE orders;`);
    await expect(postgres.exec("SELECT total(1)")).rejects.toMatchObject({ code: "42P01" });
    await postgres.exec("CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS bigint RETURN (SELECT count(*) FROM t);");
    await expect(postgres.exec("DROP TABLE t")).rejects.toMatchObject({ code: "2BP01" });
  } finally {
    await postgres.close();
  }
});
