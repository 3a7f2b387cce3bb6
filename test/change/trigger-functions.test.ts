import { describe, expect, it } from "vitest";
import { projectOf } from "../../src/change/project.js";
import { startPGlite } from "../postgres/start-pglite.js";
import { memoryChange } from "../rules/memory-change.js";

const ORDERS = "CREATE TABLE orders (id int, legacy_ref text, note text);";
const touch = (body: string, name = "touch"): string =>
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  ${body}\n  RETURN NEW;\nEND $$;`;
const trigger = (table = "orders", name = "touch"): string =>
  `CREATE TRIGGER ${name} BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}();`;

/** The uses of orders.legacy_ref, dropped or renamed by the last migration. */
function uses(...files: string[]): string[] {
  const { change } = memoryChange("/repo", files.at(-1) ?? "", { history: [ORDERS, ...files.slice(0, -1)] });
  const target = { table: { schema: "public", name: "orders" }, column: "legacy_ref" };
  return projectOf(change)
    .referencesTo(target, "main")
    .map(
      ({ side, grade, kind, file, line, column }) =>
        `${side} ${grade} ${kind ?? ""} ${file}:${String(line)}:${String(column)}`,
    );
}

const DROP = "ALTER TABLE orders DROP COLUMN legacy_ref;";

describe("NEW and OLD in the function of a trigger", () => {
  it.each([
    ["an assignment", "NEW.legacy_ref := 'x';", ["head certain write db/migrations/0002.sql:3:7"]],
    ["an assignment with =", "NEW.legacy_ref = 'x';", ["head certain write db/migrations/0002.sql:3:7"]],
    [
      "a condition",
      "IF NEW.legacy_ref = OLD.legacy_ref THEN NULL; END IF;",
      ["head certain read db/migrations/0002.sql:3:10", "head certain read db/migrations/0002.sql:3:27"],
    ],
    ["quotes and capitals", `perform new."legacy_ref";`, ["head certain read db/migrations/0002.sql:3:15"]],
    ["another column", "NEW.note := 'x'; NEW.legacy_reference := 1;", []],
    ["quotes that keep capitals", `PERFORM NEW."Legacy_Ref";`, []],
    ["a comment", "-- NEW.legacy_ref\n  /* OLD.legacy_ref */", []],
  ])("%s", (_, body, expected) => {
    expect(uses(`${touch(body)}\n${trigger()}`, DROP)).toEqual(expected);
  });

  it("are looked for where a column gets another name, too", () => {
    const rename = "ALTER TABLE orders RENAME COLUMN legacy_ref TO old_ref;";
    expect(uses(`${touch("NEW.legacy_ref := '';")}\n${trigger()}`, rename)).toHaveLength(1);
    const replaced = touch("NEW.old_ref := '';").replace("CREATE", "CREATE OR REPLACE");
    expect(uses(`${touch("NEW.legacy_ref := '';")}\n${trigger()}`, `${rename}\n${replaced}`)).toEqual([]);
  });

  it("are those of the trigger's table", () => {
    const function_ = touch("NEW.legacy_ref := '';");
    const others = "CREATE TABLE others (legacy_ref text);";
    expect(uses(`${function_}\n${others}\n${trigger("others")}`, DROP)).toEqual([]);
    expect(uses(function_, DROP)).toEqual([]);
    expect(uses(`${function_}\n${trigger()}`, `DROP TRIGGER touch ON orders;\n${DROP}`)).toEqual([]);
    const both = `${others}\n${trigger()}\n${trigger("others")}`;
    expect(uses(`${function_}\n${both}`, DROP)).toEqual(["head certain write db/migrations/0002.sql:3:7"]);
    const asks = touch("IF TG_TABLE_NAME = 'others' THEN NEW.legacy_ref := ''; END IF;");
    expect(uses(`${asks}\n${both}`, DROP)).toEqual(["head possible write db/migrations/0002.sql:3:40"]);
    expect(uses(`${asks}\n${trigger()}`, DROP)).toEqual(["head certain write db/migrations/0002.sql:3:40"]);
  });
});

it("PostgreSQL drops and renames the column, and the next write fails", async () => {
  const postgres = await startPGlite();
  try {
    for (const change of [DROP, "ALTER TABLE orders RENAME COLUMN legacy_ref TO old_ref;"]) {
      await postgres.exec(`${ORDERS} ${touch("NEW.legacy_ref := '';")} ${trigger()} INSERT INTO orders VALUES (1);`);
      await postgres.exec(change);
      await expect(postgres.exec("INSERT INTO orders (id) VALUES (2)")).rejects.toMatchObject({
        message: 'record "new" has no field "legacy_ref"',
        code: "42703",
      });
      await postgres.exec("DROP TABLE orders; DROP FUNCTION touch;");
    }
  } finally {
    await postgres.close();
  }
});
