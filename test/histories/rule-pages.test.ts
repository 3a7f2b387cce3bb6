/** The catalog is right for what people read and paste: the SQL of the rules' pages, each behind its page's history. */
import type { PGlite } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { readRulePage } from "../docs/rule-page.js";
import { compareHistory } from "../postgres/catalog/compare-history.js";
import { startPGlite } from "../postgres/start-pglite.js";

const pages = new URL("../../docs/rules/", import.meta.url);

/** Roles outlive the schemas that each history starts without. */
const FORGET_ROLES = `DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'reporting') THEN DROP OWNED BY reporting; DROP ROLE reporting; END IF;
END $$`;

let database: PGlite;
beforeAll(async () => void (database = await startPGlite({ extensions: { citext } })));
afterAll(() => database.close());

const pagesWithSql = readdirSync(pages).flatMap((file) => {
  const { examples } = readRulePage(readFileSync(new URL(file, pages), "utf8"));
  const sql = examples.filter(({ language }) => language === "sql");
  return sql.length > 0 ? { file, sql } : [];
});

describe.each(pagesWithSql)("$file", ({ sql }) => {
  it.each(sql)("$section: $sql", async ({ history, sql: text, settings }) => {
    await database.exec(FORGET_ROLES);
    const texts = Object.entries({ ...(settings["was"] === undefined && { history }), example: text });
    const files = texts.map(([name, of]) => ({ name, statements: parseSql(of).statements }));
    const { differences, refused } = await compareHistory(database, files);
    expect(differences).toEqual([]);
    // What the tools' transactions forbid, PostgreSQL runs here: each statement is sent alone.
    if (settings["fails"] === undefined) expect(refused).toEqual([]);
  });
});
