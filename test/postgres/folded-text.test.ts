import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldText, foldTexts, foldTruth, UNKNOWN_NAME } from "../../src/postgres/folded-text.js";
import { startPGlite } from "./start-pglite.js";

const EXPRESSIONS = [
  "'a'",
  "'it''s'",
  "E'a\\nb'",
  "$$a'b$$",
  "'a' || 'b' || 'c'",
  "'a'::text || 1",
  "concat('a', 'b', 3)",
  "format('x')",
  "format('%s and %s', 'a', 'b')",
  "format('%I.%I', 'Public', 'orders')",
  "format('%I', 'select')",
  "format('%L', 'it''s')",
  "format('100%% of %s', 'it')",
  "format('%2$s %1$s %s', 'a', 'b')",
  "quote_ident('Order') || quote_literal('x''y')",
];

describe("foldText", () => {
  let postgres: PGlite;
  beforeAll(async () => {
    postgres = await startPGlite();
  });
  afterAll(() => postgres.close());

  it.each(EXPRESSIONS)("makes what PostgreSQL makes of %s", async (expression) => {
    const { rows } = await postgres.query<{ text: string }>(`SELECT ${expression} AS text`);
    expect(foldText(expression)).toBe(rows[0]?.text);
  });

  it.each(["ARRAY['a', 'b']", "'{a, b}'::text[]", "(ARRAY['a', 'b' || 'c'])::text[]"])(
    "makes the elements that PostgreSQL makes of %s",
    async (expression) => {
      const { rows } = await postgres.query<{ texts: string[] }>(`SELECT ${expression} AS texts`);
      expect(foldTexts(expression)).toEqual(rows[0]?.texts);
    },
  );

  it.each(["true", "false", "NOT true", "true = true", "NOT (true = false)"])("decides %s", async (condition) => {
    const { rows } = await postgres.query<{ truth: boolean }>(`SELECT ${condition} AS truth`);
    expect(foldTruth(condition)).toBe(rows[0]?.truth);
  });

  it.each(["a", "true IS DISTINCT FROM true", "true <> true", "NULL", "true AND false", "1 = 1"])(
    "leaves %s to the server",
    (condition) => {
      expect(foldTruth(condition)).toBeUndefined();
    },
  );

  it.each([
    ["name", UNKNOWN_NAME],
    ["'a ' || name", `a ${UNKNOWN_NAME}`],
    ["format('DROP TABLE %I.%I', 'app', name)", `DROP TABLE app.${UNKNOWN_NAME}`],
    ["'GRANT SELECT ON orders TO ' || quote_ident(role)", `GRANT SELECT ON orders TO ${UNKNOWN_NAME}`],
    ["upper('a')", UNKNOWN_NAME],
    ["'a' - 'b'", UNKNOWN_NAME],
    ["(SELECT 'a')", UNKNOWN_NAME],
  ])("puts a name where nothing is known: %s", (expression, folded) => {
    expect(foldText(expression)).toBe(folded);
  });

  it.each(["format('%s')", "format('%-10s|', 'a')", "'a', 'b'"])("knows nothing of %s", (expression) => {
    expect(foldText(expression)).toBeUndefined();
  });
});
