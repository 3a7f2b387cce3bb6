import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { checkSyntax, parseTree } from "../../src/postgres/libpg-query.js";

describe("libpg-query", () => {
  test("the version whose inner module this was written for", () => {
    const require = createRequire(import.meta.url);
    const manifest = JSON.parse(readFileSync(require.resolve("libpg-query/package.json"), "utf8")) as object;
    expect(manifest).toMatchObject({ version: "18.1.5" });
  });

  test("parses in the tick in which it starts", () => {
    // No await before this: the module is compiled and used at once.
    const outcome = parseTree("select 1");
    expect(outcome).toMatchObject({ ok: true, statements: [{ stmt: { SelectStmt: {} } }] });
  });

  test("tells what is wrong and where, in code points", () => {
    expect(parseTree("select '😀'; alter tabl x")).toEqual({
      ok: false,
      message: 'syntax error at or near "tabl"',
      codePoint: 18,
    });
  });

  test("empty text has no statements", () => {
    expect(parseTree("")).toEqual({ ok: true, statements: [] });
    expect(parseTree("-- nothing")).toEqual({ ok: true, statements: [] });
  });

  test("a message does not quote the rest of the file", () => {
    const outcome = parseTree(`select '${"x".repeat(1000)}`);
    expect(outcome).toEqual({
      ok: false,
      message: `unterminated quoted string at or near "'${"x".repeat(59)}…"`,
      codePoint: 7,
    });
  });

  test.each([
    ["parentheses", `select ${"(".repeat(20_000)}1${")".repeat(20_000)}`, 'memory exhausted at or near "("'],
    ["operators", `select 1${"+1".repeat(20_000)}`, "nested too deeply or too large to be parsed"],
    ["casts", `select 1${"::int".repeat(20_000)}`, "nested too deeply or too large to be parsed"],
  ])("deeply nested %s are refused, and the module goes on", (_, sql, message) => {
    expect(parseTree(sql)).toMatchObject({ ok: false, message });
    expect(checkSyntax(sql)).toMatchObject({ ok: false, message });
    expect(parseTree("select 1")).toMatchObject({ ok: true });
  });

  test("memory does not grow with the number of files", () => {
    const sql = `insert into t values ${Array.from({ length: 20_000 }, (_, row) => `(${String(row)}, 'value')`).join()}`;
    for (let round = 0; round < 5; round++) checkSyntax(sql);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 40; round++) checkSyntax(sql);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });
});
