import { describe, expect, it, vi } from "vitest";
import { locateMigration } from "../../src/eslint/locate-migration.js";
import { sqlLanguage } from "../../src/eslint/sql-language.js";
import { SqlSourceCode } from "../../src/eslint/sql-source-code.js";
import { lintSql } from "./lint-sql.js";

function sourceCode(body: string): SqlSourceCode {
  const file = { path: "<text>", physicalPath: "<text>", body, bom: false };
  const parsed = sqlLanguage.parse(file, { languageOptions: {} });
  if (!parsed.ok) throw new Error("SQL is never refused.");
  return sqlLanguage.createSourceCode(file, parsed, { languageOptions: {} });
}

const SQL = "-- one\r\nALTER TABLE orders\n  DROP COLUMN a, -- 🐘 two\n  DROP COLUMN b;\n\nSELECT 1;";

describe("SQL as ESLint sees it", () => {
  it("is a migration with operations", () => {
    const source = sourceCode(SQL);
    expect(source.ast.type).toBe("Migration");
    expect(source.ast.body.map((operation) => [operation.type, source.getText(operation)])).toEqual([
      ["DropColumn", "DROP COLUMN a"],
      ["DropColumn", "DROP COLUMN b"],
      ["Select", "SELECT 1"],
    ]);
    expect(source.ast.body.map((operation) => source.getLoc(operation))).toEqual([
      { start: { line: 3, column: 2 }, end: { line: 3, column: 15 } },
      { start: { line: 4, column: 2 }, end: { line: 4, column: 15 } },
      { start: { line: 6, column: 0 }, end: { line: 6, column: 8 } },
    ]);
    expect(source.getLoc(source.ast)).toEqual({ start: { line: 1, column: 0 }, end: { line: 6, column: 9 } });
    expect(source.getAllComments().map(({ value }) => value)).toEqual([" one", " 🐘 two"]);
  });

  it("is walked from the migration to each operation and back", () => {
    const source = sourceCode(SQL);
    expect(
      [...source.traverse()].map(({ target, phase }) => `${(target as { type: string }).type} ${String(phase)}`),
    ).toEqual([
      "Migration 1",
      "DropColumn 1",
      "DropColumn 2",
      "DropColumn 1",
      "DropColumn 2",
      "Select 1",
      "Select 2",
      "Migration 2",
    ]);
    const [first] = source.ast.body;
    expect(first && source.getAncestors(first)).toEqual([source.ast]);
    expect(source.getParent(source.ast)).toBeUndefined();
  });

  it.each(["", "\n", "-- nothing", "CREATE TABEL", "'", "/*", "$$", "\0", "\\connect x", "SELECT 1", "🐘", "\ud800"])(
    "is never refused: %j",
    (text) => {
      const source = sourceCode(text);
      for (const operation of source.ast.body) {
        const { start, end } = source.getLoc(operation);
        expect(source.getIndexFromLoc(start)).toBe(operation.range[0]);
        expect(source.getIndexFromLoc(end)).toBe(operation.range[1]);
      }
      expect(
        lintSql(text, {
          config: {
            rules: { "migration-safety/no-unchecked-statement": "warn", "migration-safety/no-invalid-sql": "error" },
          },
        }).messages,
      ).toEqual(
        source.ast.body.flatMap(({ type }) =>
          type === "Unparsed" ? [expect.objectContaining({ line: 1 }) as unknown] : [],
        ),
      );
    },
  );

  it("has its statements parsed once, with the change that they belong to", () => {
    const located = locateMigration("<text>", SQL);
    expect(located.migration.judged).toBe(true);
    expect(located.migration.sql.text).toBe(SQL);
    expect(located.change.base).toBeUndefined();
  });

  it("counts no lines in a file without findings", () => {
    const lines = vi.spyOn(SqlSourceCode.prototype, "lines", "get");
    const places = vi.spyOn(SqlSourceCode.prototype, "getLocFromIndex");
    const config = { rules: { "migration-safety/no-blocking-index-build": "error" } } as const;
    expect(lintSql("CREATE TABLE a (id int);\nCREATE INDEX ON a (id);", { config }).messages).toEqual([]);
    expect(lines).not.toHaveBeenCalled();
    expect(places).not.toHaveBeenCalled();
    expect(lintSql("CREATE INDEX ON a (id);", { config }).messages).toHaveLength(1);
    expect(places).toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("takes options that are meant for other languages", () => {
    const languageOptions = { parser: {}, globals: { window: "readonly" }, ecmaVersion: 2024 };
    expect(lintSql("SELECT 1", { config: { languageOptions } }).messages).toEqual([]);
  });
});
