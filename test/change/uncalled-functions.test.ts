import { describe, expect, test } from "vitest";
import { projectOf } from "../../src/change/project.js";
import { memoryChange } from "../rules/memory-change.js";

const TABLES = "CREATE TABLE orders (id int); CREATE TABLE accounts (id int);";
const TOTAL = "CREATE FUNCTION order_total() RETURNS int LANGUAGE sql AS $$ SELECT count(*) FROM orders $$;";
const OTHER = { "src/accounts.ts": 'await db.query("SELECT id FROM accounts");\n' };

/** How sure the function's use of the dropped table is. */
function grade(
  headCode: Readonly<Record<string, string>>,
  { history = [], baseCode = {} }: { history?: readonly string[]; baseCode?: Readonly<Record<string, string>> } = {},
): readonly string[] {
  const { change } = memoryChange("/repo", "DROP TABLE orders;", {
    history: [TABLES, TOTAL, ...history],
    baseCode,
    headCode,
  });
  const references = projectOf(change).referencesTo({ table: { schema: "public", name: "orders" } }, "main");
  return references.filter(({ file }) => file === "db/migrations/0002.sql").map((one) => one.grade);
}

describe("what a function uses that nobody calls is no more than possible", () => {
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ["code without its name", OTHER, []],
    ["a test that calls it", { ...OTHER, "test/a.test.ts": 'await db.query("SELECT order_total()");\n' }, []],
    [
      "what is said of it",
      OTHER,
      ["COMMENT ON FUNCTION order_total() IS 'x'; REVOKE ALL ON FUNCTION order_total() FROM PUBLIC;"],
    ],
    ["its definition in another file of SQL", { ...OTHER, "sql/schema/tables.sql": `${TABLES}\n${TOTAL}\n` }, []],
    ["a longer name", { ...OTHER, "src/a.ts": 'await db.query("SELECT order_totals()");\n' }, []],
  ])("%s", (_, code, history) => {
    expect(grade(code, { history })).toEqual(["possible"]);
  });
});

describe("what a function uses that something may call counts", () => {
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ["SQL in code", { "src/a.ts": 'await db.query("SELECT order_total()");\n' }, []],
    ["a call by its name", { "src/a.ts": 'await db.rpc("order_total");\n' }, []],
    ["a query of GraphQL", { "src/a.ts": "const query = gql`{ orderTotal }`;\n" }, []],
    ["another file of SQL", { "sql/report.sql": "SELECT order_total();\n" }, []],
    ["a view", OTHER, ["CREATE VIEW totals AS SELECT order_total() AS total;"]],
    ["a trigger", OTHER, ["CREATE TRIGGER t AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION order_total();"]],
    ["another function", OTHER, ["CREATE FUNCTION report() RETURNS int LANGUAGE sql AS $$ SELECT order_total() $$;"]],
    ["a role that may call it", OTHER, ["CREATE ROLE web; GRANT EXECUTE ON FUNCTION order_total() TO web;"]],
    ["nothing but migrations, so that whoever calls it is elsewhere", {}, []],
  ])("%s", (_, code, history) => {
    expect(grade(code, { history })).toEqual(["likely"]);
  });

  test("the running code, which the pull request changes", () => {
    expect(grade(OTHER, { baseCode: { "src/a.ts": 'await db.query("SELECT order_total()");\n' } })).toEqual(["likely"]);
  });
});
