import { describe, expect, it } from "vitest";
import rule from "../../rules/no-constraint-before-code.js";
import { lint } from "../../src/check/lint.js";
import { refusedConstants } from "../../src/change/constant-checks.js";
import { memoryChange } from "./memory-change.js";
import { ruleTester } from "./rule-tester.js";

const orders =
  "CREATE TABLE accounts (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, note text, total numeric DEFAULT 0 NOT NULL, state text, account_id bigint);";
const SET_NOT_NULL = "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;";
const code = (...sql: readonly string[]): Readonly<Record<string, string>> => ({
  "queries/orders.sql": sql.map((one) => `${one};\n`).join(""),
});
const omits = code("INSERT INTO orders (id, state) VALUES ($1, $2)");
const fills = code("INSERT INTO orders (id, note, state, total) VALUES ($1, $2, $3, $4)");

ruleTester.run("no-constraint-before-code", rule, {
  valid: [
    { name: "every insert fills it", history: [orders], baseCode: fills, headCode: fills, code: SET_NOT_NULL },
    {
      name: "inserts into another database's table of the name, in SQL and by a query builder",
      history: [orders],
      headCode: {
        ...code("INSERT INTO orders (id, state, tenant_id) VALUES ($1, $2, $3)"),
        "src/add.ts": 'await knex("orders").insert({ id, state, shard_id: shard });\n',
      },
      code: SET_NOT_NULL,
    },
    { name: "a table of this change", pending: [orders], baseCode: omits, headCode: omits, code: SET_NOT_NULL },
    {
      name: "a default fills it",
      history: [orders, "ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';"],
      baseCode: omits,
      headCode: omits,
      code: SET_NOT_NULL,
    },
    {
      name: "a trigger may fill it",
      history: [
        orders,
        "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := ''; RETURN NEW; END $$;\nCREATE TRIGGER fill BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION fill();",
      ],
      baseCode: omits,
      headCode: omits,
      code: SET_NOT_NULL,
    },
    {
      name: "the old code is gone by then",
      history: [orders],
      deploy: { migrations: "after" },
      baseCode: omits,
      headCode: fills,
      code: SET_NOT_NULL,
    },
    {
      name: "nothing runs meanwhile",
      history: [orders],
      deploy: { model: "recreate" },
      baseCode: omits,
      headCode: fills,
      code: SET_NOT_NULL,
    },
    {
      name: "the same change drops the column, as one that it has renamed",
      history: [orders],
      baseCode: omits,
      headCode: omits,
      code: `${SET_NOT_NULL}\nALTER TABLE orders RENAME COLUMN note TO remark;\nALTER TABLE orders DROP COLUMN remark;`,
    },
    {
      name: "an insert into another table",
      history: [orders],
      baseCode: code("INSERT INTO parcels (id) VALUES ($1)"),
      headCode: code("INSERT INTO parcels (id) VALUES ($1)"),
      code: SET_NOT_NULL,
    },
    {
      name: "a test's insert",
      history: [orders],
      baseCode: { "test/orders.test.ts": `const add = ${JSON.stringify(omits["queries/orders.sql"])};\n` },
      headCode: { "test/orders.test.ts": `const add = ${JSON.stringify(omits["queries/orders.sql"])};\n` },
      code: SET_NOT_NULL,
    },
    {
      name: "a default that a nullable column loses",
      history: [orders, "ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';"],
      baseCode: omits,
      headCode: omits,
      code: "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;",
    },
    {
      name: "the default of a column that the change adds: that is another rule's",
      history: [orders],
      pending: ["ALTER TABLE orders ADD COLUMN slug text NOT NULL DEFAULT '';"],
      baseCode: omits,
      headCode: omits,
      code: "ALTER TABLE orders ALTER COLUMN slug DROP DEFAULT;",
    },
    {
      name: "values that the CHECK allows, and values that are not known",
      history: [orders],
      baseCode: code(
        "UPDATE orders SET state = 'new'",
        "UPDATE orders SET state = $1",
        "UPDATE orders SET state = NULL",
      ),
      headCode: code("UPDATE orders SET state = 'new'"),
      code: "ALTER TABLE orders ADD CONSTRAINT s CHECK (state IN ('new', 'paid')) NOT VALID;",
    },
    {
      name: "a value that is read, not written",
      history: [orders],
      baseCode: code("SELECT id FROM orders WHERE state = 'gone'"),
      headCode: code("SELECT id FROM orders WHERE state = 'gone'"),
      code: "ALTER TABLE orders ADD CONSTRAINT s CHECK (state IN ('new', 'paid')) NOT VALID;",
    },
    {
      name: "a constraint that nothing enforces",
      history: [orders],
      postgres: 18,
      baseCode: code("UPDATE orders SET state = 'gone'"),
      headCode: code("UPDATE orders SET state = 'gone'"),
      code: "ALTER TABLE orders ADD CONSTRAINT s CHECK (state = 'new') NOT ENFORCED;",
    },
  ],
  invalid: [
    {
      name: "an insert by a query builder that spells columns in its own way",
      history: [orders],
      headCode: { "src/add.ts": 'await knex("orders").insert({ id, state, accountId: account.id });\n' },
      code: SET_NOT_NULL,
      errors: [
        {
          message:
            "The code of this pull request inserts into orders without note (src/add.ts:1), which fails once note is NOT NULL, in whatever order the two ship. Change that before you merge.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
    {
      name: "SET NOT NULL, the running code only",
      history: [orders],
      baseCode: omits,
      headCode: fills,
      code: "ALTER TABLE orders\n  ADD COLUMN x int,\n  ALTER COLUMN note SET NOT NULL;",
      errors: [
        {
          message:
            "The running code inserts into orders without note (queries/orders.sql:1), which fails from the moment note is NOT NULL until its last instance is gone. Deploy code that does not first; set NOT NULL in a later pull request.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 33,
        },
      ],
    },
    {
      name: "SET NOT NULL, only code that comes with it",
      history: [orders],
      baseCode: fills,
      headCode: omits,
      code: SET_NOT_NULL,
      errors: [
        {
          message:
            "The code of this pull request inserts into orders without note (queries/orders.sql:1), which fails once note is NOT NULL, in whatever order the two ship. Change that before you merge.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
    {
      name: "a primary key over a column that is NOT NULL by then adds nothing to that",
      history: [orders],
      baseCode: omits,
      headCode: fills,
      code: `${SET_NOT_NULL}\nALTER TABLE orders DROP CONSTRAINT orders_pkey;\nALTER TABLE orders ADD PRIMARY KEY (id, note);`,
      errors: [
        {
          message:
            "The running code inserts into orders without note (queries/orders.sql:1), which fails from the moment note is NOT NULL until its last instance is gone. Deploy code that does not first; set NOT NULL in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
    {
      name: "NULL that is written, on both sides",
      history: [orders],
      baseCode: code("UPDATE orders SET note = NULL WHERE id = $1", "INSERT INTO orders (id) VALUES ($1)"),
      headCode: code("UPDATE orders SET note = NULL WHERE id = $1", "INSERT INTO orders (id) VALUES ($1)"),
      code: SET_NOT_NULL,
      errors: [
        {
          message:
            "The code of this pull request writes NULL into note of orders and inserts into orders without note (queries/orders.sql:1, queries/orders.sql:2), which fails once note is NOT NULL, in whatever order the two ship. Deploy code that does not first; set NOT NULL in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
    {
      name: "a column that the change adds, fills and makes NOT NULL: running code does not know it",
      history: [orders],
      pending: ["ALTER TABLE orders ADD COLUMN slug text;", "UPDATE orders SET slug = '';"],
      baseCode: omits,
      headCode: code("INSERT INTO orders (id, slug) VALUES ($1, $2)"),
      code: "ALTER TABLE orders ALTER COLUMN slug SET NOT NULL;",
      errors: [
        {
          message:
            "The running code inserts into orders without slug (queries/orders.sql:1), which fails from the moment slug is NOT NULL until its last instance is gone. Deploy code that does not first; set NOT NULL in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
    {
      name: "DROP DEFAULT of a required column",
      history: [orders],
      baseCode: omits,
      headCode: fills,
      code: "ALTER TABLE orders ALTER COLUMN total DROP DEFAULT;",
      errors: [
        {
          message:
            "The running code inserts into orders without total (queries/orders.sql:1), which fails from the moment total has no default any more until its last instance is gone. Deploy code that does not first; drop the default in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
    {
      name: "a CHECK that proves NOT NULL, NOT VALID too",
      history: [orders],
      baseCode: omits,
      headCode: fills,
      code: "ALTER TABLE orders ADD CONSTRAINT n CHECK (note IS NOT NULL) NOT VALID;",
      errors: [
        {
          message:
            "The running code inserts into orders without note (queries/orders.sql:1), which fails from the moment n holds until its last instance is gone. Deploy code that does not first; add the constraint in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 71,
        },
      ],
    },
    {
      name: "a literal outside the list",
      history: [orders],
      baseCode: code("INSERT INTO orders (id, state) VALUES ($1, 'draft')"),
      headCode: code("INSERT INTO orders (id, state) VALUES ($1, 'new')"),
      code: "ALTER TABLE orders ADD CONSTRAINT s CHECK (state IN ('new', 'paid')) NOT VALID;",
      errors: [
        {
          message:
            "The running code writes 'draft' into state of orders (queries/orders.sql:1), which fails from the moment s holds until its last instance is gone. Deploy code that does not first; add the constraint in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 79,
        },
      ],
    },
    {
      name: "a number out of range",
      history: [orders],
      baseCode: code("UPDATE orders SET total = 0 WHERE id = $1"),
      headCode: code("UPDATE orders SET total = 0 WHERE id = $1"),
      code: "ALTER TABLE orders ADD CONSTRAINT t CHECK (total > 0 AND note <> '') NOT VALID;",
      errors: [
        {
          message:
            "The code of this pull request writes '0' into total of orders (queries/orders.sql:1), which fails once t holds, in whatever order the two ship. Deploy code that does not first; add the constraint in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 79,
        },
      ],
    },
  ],
});

it("hands on the places of both sides", () => {
  const { change } = memoryChange("/repo", SET_NOT_NULL, { history: [orders], baseCode: omits, headCode: omits });
  const found = lint(change).findings.find(({ finding }) => finding.rule === "no-constraint-before-code")?.finding;
  expect(found?.object).toBe("public.orders.note");
  expect(found?.evidence.map(({ side, kind, file, line }) => `${side} ${kind ?? ""} ${file}:${String(line)}`)).toEqual([
    "head insert that omits it queries/orders.sql:1",
    "base insert that omits it queries/orders.sql:1",
  ]);
});

describe("constants that a CHECK refuses", () => {
  it.each<[check: string, column: string, refused: string[], allowed: string[]]>([
    ["state IN ('a', 'b')", "state", ["c", ""], ["a", "b"]],
    ["state = ANY (ARRAY['a'::text, 'b'::text])", "state", ["c"], ["a", "b"]],
    ["(state)::text = 'a'::text OR state = 'b'", "state", ["c"], ["a", "b"]],
    ["state <> 'a' AND state <> 'b'", "state", ["a", "b"], ["c"]],
    ["state NOT IN ('a', 'b')", "state", ["a", "b"], ["c"]],
    ["total > 0 AND total <= 10", "total", ["0", "-1", "10.5"], ["1", "10", "x"]],
    ["total >= 0.5", "total", ["0"], ["0.5", "1"]],
    ["state = 'a' AND total < 1", "state", ["b"], ["a"]],
    ["total = 1", "total", ["2"], ["1", "1.0"]],
  ])("%s", (check, column, refused, allowed) => {
    const refuses = refusedConstants(check).get(column);
    expect(refused.filter((value) => refuses?.(value) !== true)).toEqual([]);
    expect(allowed.filter((value) => refuses?.(value) !== false)).toEqual([]);
  });

  it.each([
    "state = 'a' OR total = 1",
    "lower(state) = 'a'",
    "state <> ANY (ARRAY['a', 'b'])",
    "state = other",
    "state IS DISTINCT FROM 'a'",
    "state IS NOT DISTINCT FROM 'a'",
    "state <> ALL (ARRAY['a', 'b'])",
    "state IS NOT NULL",
    "state ~ 'a'",
    "NOT (state = 'a')",
    "state IN ('a', other)",
    "not sql (",
  ])("nothing of %s", (check) => {
    expect([...refusedConstants(check)]).toEqual([]);
  });
});

describe("a model at head that has the column as optional", () => {
  const prisma = (note: string) => ({
    "prisma/schema.prisma": `datasource db {\n  provider = "postgresql"\n}\nmodel Order {\n  id BigInt @id\n  ${note}\n  @@map("orders")\n}\n`,
  });
  const messages = (
    note: string,
    sql = SET_NOT_NULL,
    { more = {}, history = [] }: { readonly more?: Readonly<Record<string, string>>; readonly history?: string[] } = {},
  ): readonly string[] => {
    const both = { ...prisma(note), ...more };
    const { change } = memoryChange("/repository", sql, {
      history: [orders, ...history],
      baseCode: both,
      headCode: both,
    });
    return lint(change).findings.flatMap(({ finding }) =>
      finding.rule === "no-constraint-before-code" || finding.rule === "require-migration-for-model"
        ? [
            `${finding.rule} ${finding.message} ${finding.evidence.map(({ file, line }) => `${file}:${String(line)}`).join(", ")}`,
          ]
        : [],
    );
  };
  const said = (property: string, condition: string): string =>
    `no-constraint-before-code Prisma's model Order still declares ${property} as optional (prisma/schema.prisma:6): what the code of this pull request writes without it, or with null, is refused once ${condition}. Make it required in the model before you merge. prisma/schema.prisma:6`;

  it.each([
    ["SET NOT NULL", SET_NOT_NULL, "note is NOT NULL"],
    ["a CHECK", "ALTER TABLE orders ADD CONSTRAINT note_there CHECK (note IS NOT NULL) NOT VALID;", "note_there holds"],
  ])("%s", (_, sql, condition) => {
    expect(messages("note String?", sql)).toEqual([said("note", condition)]);
    expect(messages('remark String? @map("note")', sql)).toEqual([said("remark", condition)]);
  });

  it("is silent where the model requires or fills it, or the database does", () => {
    expect(messages("note String")).toEqual([]);
    expect(messages('note String? @default("")')).toEqual([]);
    expect(
      messages("note String?", SET_NOT_NULL, { history: ["ALTER TABLE orders ALTER note SET DEFAULT '';"] }),
    ).toEqual([]);
  });

  it("says so only where no write is seen that fails", () => {
    expect(messages("note String?", SET_NOT_NULL, { more: omits })).toEqual([
      expect.stringContaining("inserts into orders without note (queries/orders.sql:1)"),
    ]);
  });

  it("of Drizzle, TypeORM, MikroORM and Sequelize", () => {
    const models = {
      "src/drizzle.ts": `import { bigint, pgTable, text } from "drizzle-orm/pg-core";\nexport const orders = pgTable("orders", {\n  id: bigint("id", { mode: "number" }).primaryKey(),\n  note: text("note"),\n});\n`,
      "src/typeorm.ts": `import { Column, Entity, PrimaryColumn } from "typeorm";\n@Entity("orders")\nexport class Order {\n  @PrimaryColumn()\n  id: number;\n  @Column({ nullable: true })\n  note: string;\n}\n`,
      "src/mikro-orm.ts": `import { Entity, PrimaryKey, Property } from "@mikro-orm/core";\n@Entity({ tableName: "orders" })\nexport class Order {\n  @PrimaryKey()\n  id!: number;\n  @Property({ nullable: true })\n  note?: string;\n}\n`,
      "src/sequelize.js": `module.exports = (sequelize, DataTypes) =>\n  sequelize.define("Order", {\n    note: { type: DataTypes.TEXT, allowNull: true },\n  }, { tableName: "orders" });\n`,
    };
    for (const [file, text] of Object.entries(models)) {
      const [message, ...others] = messages("total Decimal", SET_NOT_NULL, { more: { [file]: text } });
      expect(others).toEqual([]);
      expect(message).toMatch(/(Drizzle|TypeORM|MikroORM|Sequelize)'s model orders? still declares note as optional/i);
      expect(message).toContain(file);
    }
  });
});
