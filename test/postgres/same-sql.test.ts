import { describe, expect, it } from "vitest";
import { sameSql } from "../../src/postgres/same-sql.js";

const sql = "CREATE TABLE orders (id bigint);\nINSERT INTO orders VALUES (1);";

describe("sameSql", () => {
  it.each([
    ["comments", `-- orders\n${sql} /* done */`],
    ["white space and line ends", sql.replaceAll(" ", "\r\n\t")],
    ["the case of words", sql.toLowerCase()],
    ["semicolons that end nothing", `;${sql};;`],
    ["a last semicolon", sql.slice(0, -1)],
    ["a breakpoint of Drizzle's", sql.replace(";", ";--> statement-breakpoint")],
    ["timeouts", `SET lock_timeout = '2s'; set local statement_timeout to 0; ${sql} RESET lock_timeout;`],
    ["a table that may be there", sql.replace("TABLE", "TABLE IF NOT EXISTS")],
  ])("overlooks %s", (_, other) => {
    expect(sameSql(sql, other)).toBe(true);
    expect(sameSql(other, sql)).toBe(true);
  });

  it.each([
    ["DROP INDEX CONCURRENTLY IF EXISTS i", "DROP INDEX i"],
    ["CREATE UNIQUE INDEX CONCURRENTLY i ON orders (id)", "CREATE UNIQUE INDEX i ON orders (id)"],
  ])("overlooks how it is done: %s", (one, other) => {
    expect(sameSql(one, other)).toBe(true);
  });

  const body = "CREATE FUNCTION f(text) RETURNS public.triple AS $$ SELECT $1::public.triple $$ LANGUAGE sql;";

  it("overlooks the schema that is searched anyway", () => {
    expect(sameSql(sql, sql.replaceAll("orders", "public.orders"))).toBe(true);
    expect(sameSql('DROP TABLE "public"."Orders"', 'DROP TABLE "Orders"')).toBe(true);
    expect(sameSql(body, body.replaceAll("public.", ""))).toBe(true);
  });

  it("sees another schema, and public where the path is set", () => {
    expect(sameSql(sql, sql.replaceAll("orders", "app.orders"))).toBe(false);
    expect(sameSql("GRANT USAGE ON SCHEMA public TO a", "GRANT USAGE ON SCHEMA TO a")).toBe(false);
    expect(sameSql(body, body.replace("triple $$", "pair $$"))).toBe(false);
    const path = "SET search_path = app, public; ";
    expect(sameSql(path + sql, path + sql.replaceAll("orders", "public.orders"))).toBe(false);
  });

  it.each([
    ["a constant", sql.replace("1", "2")],
    ["a name in quotes", sql.replace("(id", '("ID"')],
    ["a statement more", `${sql} SELECT 1;`],
    ["another setting", `SET search_path = app; ${sql}`],
    ["a statement less", "CREATE TABLE orders (id bigint);"],
    ["a semicolon that ends something", sql.replace(";", "")],
    ["a text in quotes that looks like a comment", sql.replace("1", "'-- orders'")],
  ])("sees %s", (_, other) => {
    expect(sameSql(sql, other)).toBe(false);
  });

  it("sees EXISTS in a query", () => {
    expect(sameSql("SELECT 1 WHERE EXISTS (SELECT 2)", "SELECT 1 WHERE (SELECT 2)")).toBe(false);
  });

  it("compares texts without statements", () => {
    expect(sameSql("", "-- nothing\n;")).toBe(true);
    expect(sameSql("", "SELECT 1")).toBe(false);
  });
});
