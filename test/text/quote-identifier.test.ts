import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quoteIdentifier } from "../../src/text/quote-identifier.js";
import { startPGlite } from "../postgres/start-pglite.js";

describe("quoteIdentifier", () => {
  let postgres: PGlite;
  beforeAll(async () => void (postgres = await startPGlite()));
  afterAll(() => postgres.close());

  it("quotes what PostgreSQL would fold or not read as a name", async () => {
    const names = ["orders", "account_id", "accountId", "Order", "a b", 'say "hi"', "2fa", "naïve", "x2", "$x", ""];
    for (const name of names.filter(Boolean)) {
      await postgres.exec(`CREATE TEMP TABLE probe (${quoteIdentifier(name)} int)`);
      const { fields } = await postgres.query("SELECT * FROM probe");
      expect(fields.map((field) => field.name)).toEqual([name]);
      await postgres.exec("DROP TABLE probe");
    }
    expect(names.map(quoteIdentifier)).toContain("account_id");
  });

  it("quotes exactly the keywords that cannot name a column", async () => {
    const { rows } = await postgres.query<{ word: string; reserved: boolean }>(
      "SELECT word, catcode IN ('R', 'T') AS reserved FROM pg_get_keywords()",
    );
    expect(rows.length).toBeGreaterThan(400);
    for (const { word, reserved } of rows) expect(quoteIdentifier(word)).toBe(reserved ? `"${word}"` : word);
  });
});
