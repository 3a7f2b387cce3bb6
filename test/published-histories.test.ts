import { describe, expect, test } from "vitest";
import { parseSql } from "../src/postgres/parse-sql.js";
import { publishedHistories } from "./published-sql.js";

const histories = [...publishedHistories()];

describe("migration histories of published packages", () => {
  test.each(histories)("%s: every statement is analysed", (_, files) => {
    const unparsed = files.flatMap(({ name, sql }) =>
      parseSql(sql).statements.flatMap(({ operations }) =>
        operations.flatMap((operation) => (operation.type === "Unparsed" ? [`${name}: ${operation.reason}`] : [])),
      ),
    );
    expect(unparsed).toEqual([]);
  });

  test.each(histories)("%s: no statement is passed over", (_, files) => {
    for (const { name, sql } of files) {
      const { text, statements, comments } = parseSql(sql);
      // Whatever lies between statements and comments is blank or a semicolon.
      const covered = [...statements, ...comments].map(({ range }) => range).sort((a, b) => a[0] - b[0]);
      let end = 0;
      for (const [from, to] of covered) {
        if (from >= end) expect(text.slice(end, from), name).toMatch(/^[\s;]*$/);
        end = Math.max(end, to);
      }
      expect(text.slice(end), name).toMatch(/^[\s;]*$/);
    }
  });

  test("they are large enough to mean something", () => {
    const statements = histories.map(([, files]) =>
      files.reduce((count, { sql }) => count + parseSql(sql).statements.length, 0),
    );
    expect(Math.min(...statements)).toBeGreaterThanOrEqual(10);
    expect(statements.reduce((sum, count) => sum + count)).toBeGreaterThan(220);
  });

  test("a name that psql fills in stands for itself in every file", () => {
    const worker = publishedHistories().get("graphile-worker") ?? [];
    const schemas = new Set(
      worker
        .flatMap(({ sql }) => parseSql(sql).statements)
        .flatMap(({ operations }) => operations)
        .flatMap((operation) => (operation.type === "CreateTable" ? [operation.table.schema] : [])),
    );
    expect([...schemas]).toEqual(["graphile_worker_schema"]);
  });
});
