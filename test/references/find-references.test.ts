import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { GitTree } from "../../src/change/git-tree.js";
import { Git } from "../../src/change/git.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { Reference, ReferenceTarget } from "../../src/model/reference.js";
import type { Tree } from "../../src/model/tree.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

const LEGACY_REF: ReferenceTarget = { table: { schema: "public", name: "orders" }, column: "legacy_ref" };
const QUERY = 'export const q = "SELECT legacy_ref FROM orders";\n';

function tree(files: Readonly<Record<string, string>>): Tree {
  return memoryTree(new Map(Object.entries(files)), "memory");
}

function find(files: Readonly<Record<string, string>>, target = LEGACY_REF): readonly Reference[] {
  return findReferences([target], { head: tree(files), exclude: [] }).get(targetKey(target)) ?? [];
}

const brief = ({ side, grade, kind, file, line, column }: Reference): string =>
  `${side} ${grade} ${kind ?? "-"} ${file}:${line}:${column}`;

test("keys", () => {
  expect(targetKey(LEGACY_REF)).toBe("public.orders.legacy_ref");
  expect(targetKey({ table: { schema: "public", name: "orders" } })).toBe("public.orders");
  expect(targetKey({ table: { schema: "public", name: 'a."b' }, column: "c" })).toBe('public."a.""b".c');
});

test("migrations are no application code, whoever runs them", () => {
  const sql = "SELECT legacy_ref FROM orders;\n";
  const files = ["old/1/up.sql", "old/1/down.sql", "old/2.up.sql", "old/2.down.sql", "db/migrations_testing/a/1.sql"];
  files.push("schema/revert/tables/orders.sql", "schema/verify/orders.sql", "db/migration/20260101_orders/run.sql");
  expect(find(Object.fromEntries([...files, "src/queries/orders.sql"].map((file) => [file, sql])))).toMatchObject([
    { file: "src/queries/orders.sql", line: 1 },
  ]);
});

test("a table that is called otherwise than its model, with a column that is called alike", () => {
  const column = { table: { schema: "public", name: "tbl_purchase_orders" }, column: "legacy_ref" };
  const files = {
    "prisma/schema.prisma": 'model Sale {\n  id Int @id\n  legacy_ref String?\n\n  @@map("tbl_purchase_orders")\n}\n',
    "src/sales.ts": "export const refs = () => prisma.sale.findMany({ select: { legacy_ref: true } });\n",
    "src/guests.ts": "export const refs = () => prisma.guest.findMany({ select: { legacy_ref: true } });\n",
  };
  expect(find(files, column).map(brief)).toEqual([
    "head certain declared prisma/schema.prisma:3:3",
    "head certain read src/sales.ts:1:60",
  ]);
});

test("what JavaScript's own objects are asked for is on no table, unless a model has the name", () => {
  const file = (call: string): string =>
    [
      "export async function limits(db) {",
      '  const rows = await db("orders").select("id");',
      `  const most = ${call};`,
      "  return [rows.length, most, current().legacy_ref];",
      "}",
      "",
    ].join("\n");
  const gradeWith = (call: string, imported = ""): string | undefined =>
    find({ "src/limits.ts": imported + file(call) }).find(({ excerpt }) => excerpt.includes("legacy_ref"))?.grade;
  expect(gradeWith("1")).toBe("likely");
  for (const call of ["Math.max(1, 2)", "Object.assign({}, limit)", 'Buffer.from("invoices")']) {
    expect(gradeWith(call), call).toBe("likely");
  }
  expect(gradeWith("Invoice.max(1, 2)")).toBe("possible");
  expect(gradeWith("Map.count({})", 'import { Map } from "./models";\n')).toBe("possible");
});

test("dumps of the schema and scripts for another system are no application code", () => {
  const sql = "SELECT legacy_ref FROM orders;\n";
  const files = ["sql/schema.sql", "sql/schema.postgresql.sql", "db/structure.sql"];
  expect(find(Object.fromEntries(files.map((file) => [file, sql])))).toEqual([]);
  expect(find({ "sql/orders.mysql.sql": sql }).map(brief)).toEqual(["head possible - sql/orders.mysql.sql:1:8"]);
});

test("the tests at the end of a source file of Rust break nothing that runs", () => {
  const query = 'fn q() { sqlx::query("SELECT legacy_ref FROM orders"); }\n';
  const text = (attribute: string): string => `${query}\n#[cfg(test)]\n${attribute}mod tests {\n    ${query}}\n`;
  expect(find({ "src/orders.rs": text("") }).map(brief)).toEqual([
    "head likely read src/orders.rs:1:30",
    "head possible read src/orders.rs:5:34",
  ]);
  expect(
    find({ "src/orders.rs": text("#[expect(clippy::unwrap_used, clippy::indexing_slicing)]\n") }).map(brief),
  ).toEqual(["head likely read src/orders.rs:1:30", "head possible read src/orders.rs:6:34"]);
});

/** Statements that are not worth being parsed, so that the others are not parsed for being most of a script. */
const UNRELATED = "export const label = (text: string) => text.trim().toUpperCase().padEnd(80);\n\n".repeat(20);

test.each([
  ["a variable's value that a statement uses which names the table", "const shown = { status: true };", 17],
  ["what has a type of Prisma's", "const open = { status: true } satisfies Prisma.OrderSelect;", 16],
])("a common name counts in %s", (_, variable, column) => {
  const query = "export const all = () => db.order.findMany({ select: shown });\n";
  const status = { table: { schema: "public", name: "orders" }, column: "status" };
  const text = `${variable}\n\n${query}\n${UNRELATED}`;
  expect(find({ "src/orders.ts": text }, status).map(brief)).toEqual([
    `head likely read src/orders.ts:1:${String(column)}`,
  ]);
  expect(find({ "src/orders.ts": `const other = { status: true };\n\n${query}\n${UNRELATED}` }, status)).toEqual([]);
});

test("a name in more than a hundred lines counts without its table only where the script works on no other", () => {
  const show = "export const show = (row: Row) => row.legacy_ref;\n\n";
  const load = (table: string): string => `export const ${table} = () => db("${table}").where({ id: 1 }).first();\n\n`;
  const found = find({
    "src/words.ts": "words.push(word.legacy_ref);\n".repeat(101),
    "src/one.ts": show + load("orders") + UNRELATED,
    "src/two.ts": show + load("orders") + load("accounts") + UNRELATED,
    "test/one.test.ts": show + load("orders"),
  });
  expect(found.map(brief)).toEqual(["head likely read src/one.ts:1:39"]);
});

test("a script whose only word of a database is an UPDATE is read as such, however it is written", () => {
  for (const query of ["UPDATE orders SET legacy_ref = NULL", "update orders set legacy_ref = null"]) {
    const text = `export const forget = (run: (query: string) => void) => run("${query}");\n`;
    expect(find({ "src/forget.ts": text }).map(brief)).toEqual(["head certain write src/forget.ts:1:80"]);
  }
});

test("every target has a list, and nothing is searched for nothing", () => {
  expect(findReferences([], { head: tree({}), exclude: [] })).toEqual(new Map());
  expect(findReferences([LEGACY_REF], { head: tree({}), exclude: [] })).toEqual(
    new Map([["public.orders.legacy_ref", []]]),
  );
});

describe("places", () => {
  test("count UTF-16 units, and every line ending", () => {
    const text = '// 😀 first\r\nexport const q = `\r\n  SELECT "é😀", legacy_ref\r\n    FROM orders`;\r\n';
    expect(find({ "a.ts": text })).toEqual([
      {
        side: "head",
        grade: "certain",
        kind: "read",
        file: "a.ts",
        line: 3,
        column: 17,
        excerpt: 'SELECT "é😀", legacy_ref',
      },
    ]);
  });

  test("of escapes and concatenations", () => {
    const text = 'const q = "SELECT \\"legacy_ref\\"\\n" +\n  "FROM orders WHERE legacy_ref = " + ref;\n';
    expect(find({ "a.js": text }).map(brief)).toEqual(["head certain read a.js:1:21", "head certain read a.js:2:22"]);
  });

  test("of Vue and Svelte scripts are those of the file", () => {
    const text = `<template>\n  <p>legacy_ref of orders</p>\n</template>\n<script lang="ts">\n${QUERY}</script>\n`;
    expect(find({ "a.vue": text }).map(brief)).toEqual(["head certain read a.vue:5:26"]);
  });

  test("show a long line around the name", () => {
    const [reference] = find({ "a.ts": `const a = "${"x".repeat(300)}"; ${QUERY}` });
    expect(reference?.excerpt).toContain("SELECT legacy_ref FROM orders");
    expect(reference?.excerpt.length).toBeLessThanOrEqual(160);
  });

  test("one for each kind of use on a line", () => {
    const text = 'db.query("UPDATE orders SET legacy_ref = upper(legacy_ref) WHERE legacy_ref IS NOT NULL");';
    expect(find({ "a.ts": text }).map(brief)).toEqual(["head certain write a.ts:1:29", "head certain read a.ts:1:48"]);
  });
});

describe("files", () => {
  test("that are no application code are left out, tests are capped", () => {
    const files = [
      "package-lock.json",
      "CHANGELOG.md",
      "docs/a.ts",
      "node_modules/a/index.js",
      "src/generated/a.ts",
      "dist/a.js",
      "a.min.js",
      "test/a.ts",
      "src/a.spec.ts",
      "src/a.ts",
    ];
    expect(find(Object.fromEntries(files.map((file) => [file, QUERY]))).map(brief)).toEqual([
      "head certain read src/a.ts:1:26",
      "head possible - src/a.spec.ts:1:26",
      "head possible - test/a.ts:1:26",
    ]);
  });

  test("of migrations and outside of the code folders are left out", () => {
    const head = tree({
      "db/migrations/1.sql": "SELECT legacy_ref FROM orders",
      "api/a.ts": QUERY,
      "apis/b.ts": QUERY,
    });
    const found = findReferences([LEGACY_REF], { head, exclude: ["db/migrations/**"], code: ["./api/", "db"] });
    expect(found.get(targetKey(LEGACY_REF))?.map(brief)).toEqual(["head certain read api/a.ts:1:26"]);
  });

  test("that cannot be parsed are read as text", () => {
    expect(find({ "a.ts": `const = ;;; {{{ orders\nrow.legacy_ref` }).map(brief)).toEqual(["head possible - a.ts:2:5"]);
    expect(find({ "a.rb": "class Order\n  # legacy_ref\n  validates :legacy_ref\nend\n" }).map(brief)).toEqual([
      "head likely - a.rb:3:14",
    ]);
  });
});

test("a model's own names are looked for, wherever they are", () => {
  const files = {
    "prisma/schema.prisma": 'model Purchase {\n  ref String? @map("legacy_ref")\n  @@map("orders")\n}\n',
    "src/a.ts": "prisma.purchase.findMany({ where: { ref } });\nprisma.parcel.findMany({ where: { ref } });\n",
  };
  expect(find(files).map(brief)).toEqual([
    "head certain declared prisma/schema.prisma:2:3",
    "head certain read src/a.ts:1:37",
  ]);
  // The model is gone at head, and the code that still uses it is not.
  const found = findReferences([LEGACY_REF], {
    base: tree(files),
    head: tree({ "src/a.ts": files["src/a.ts"] }),
    exclude: [],
  });
  expect(found.get(targetKey(LEGACY_REF))?.map(brief)).toEqual([
    "head certain read src/a.ts:1:37",
    "base certain declared prisma/schema.prisma:2:3",
    "base certain read src/a.ts:1:37",
  ]);
});

test.each(["countries", "order_items", "boxes", "people", "category", "statuses", "OrderEntries"])(
  "the table may be called %s",
  (name) => {
    const target = { table: { schema: "public", name }, column: "legacy_ref" };
    const files = { "a.ts": `export const q = 'SELECT legacy_ref FROM "${name}"';\n` };
    expect(find(files, target).map(brief)).toEqual(["head certain read a.ts:1:26"]);
  },
);

test("a common name is reported only where it is bound", () => {
  const target = { table: { schema: "public", name: "orders" }, column: "order_state" };
  const uses = Array.from({ length: 101 }, (_, index): [string, string] => [
    `src/ui-${index}.ts`,
    "orders; view.order_state;\n",
  ]);
  const files = { ...Object.fromEntries(uses), "src/a.ts": 'db("orders").where("order_state", 1);\n' };
  expect(find(files, target).map(brief)).toEqual(["head certain read src/a.ts:1:21"]);
});

test("finds who uses a table", () => {
  const target = { table: { schema: "public", name: "order_items" } };
  const files = {
    "src/a.ts": 'knex("order_items").select("id");\npool.query("DELETE FROM order_items");\n',
    "src/b.ts": 'import { orderItems } from "./schema";\ndb.select().from(orderItems);\nt("order_items");\n',
    "src/schema.ts": 'export const orderItems = pgTable("order_items", { id: serial("id") });\n',
  };
  expect(find(files, target).map(brief)).toEqual([
    "head certain table src/a.ts:1:7",
    "head certain table src/a.ts:2:25",
    "head certain table src/b.ts:2:18",
    "head certain declared src/schema.ts:1:36",
  ]);
});

test("finds models of a table in other languages", () => {
  const target = { table: { schema: "public", name: "order_items" } };
  const files = {
    "a.py": 'class Item(Base):\n    __tablename__ = "order_items"\n',
    "b.go": 'func (Item) TableName() string { return "public.order_items" }\n',
    "c.java": '@Entity\n@Table(name = "order_items")\nclass Item {}\n// @Table(name = "order_items")\n',
    "d.rb": 'class Item\n  self.table_name = "items"\nend\n',
    "e.php": "class Item { protected $table = 'app.order_items'; }\n",
  };
  expect(find(files, target).map(brief)).toEqual([
    "head likely declared a.py:2:22",
    "head likely declared b.go:1:49",
    "head likely declared c.java:2:16",
  ]);
});

test("hostile names and texts neither throw nor match what they do not name", () => {
  const column = "a.*+?^${}()|[]\\b";
  const target = { table: { schema: "public", name: "$& orders" }, column };
  expect(find({ "a.ts": 'const q = "SELECT ab FROM orders";', "b.py": "ab = '''" }, target)).toEqual([]);
  const deep = `const a = ${"[".repeat(20_000)}"legacy_ref"${"]".repeat(20_000)}; db("orders");`;
  expect(() => find({ "deep.ts": deep, "orders.py": `legacy_ref '''${'"'.repeat(9999)}` })).not.toThrow();
  const unclosed = `orders legacy_ref ${"/*".repeat(100_000)}`;
  expect(
    find({ "a.go": unclosed, "a.php": unclosed, "a.rb": `orders legacy_ref\n${"<<A\n".repeat(50_000)}` }),
  ).toHaveLength(3);
});

describe("in a git repository", () => {
  const folder = mkdtempSync(join(tmpdir(), "references-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: folder,
      encoding: "utf8",
    }).trim();
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };

  test("both sides are searched", () => {
    git("init", "-q", "-b", "main");
    write("src/gone.ts", QUERY);
    write("src/kept.ts", `// kept\n${QUERY}`);
    write("src/noise.ts", "export const legacy_ref = 1; // of orders\n");
    write("migrations/1.sql", "SELECT legacy_ref FROM orders;\n");
    git("add", "-A");
    git("commit", "-q", "-m", "base");
    const base = git("rev-parse", "HEAD");
    git("rm", "-q", "src/gone.ts");
    write("src/new.ts", `${QUERY}`);
    git("add", "-A");
    git("commit", "-q", "-m", "head");
    const head = git("rev-parse", "HEAD");
    const found = findReferences([LEGACY_REF], {
      base: new GitTree(new Git(folder), base, "base"),
      head: new GitTree(new Git(folder), head, "head"),
      exclude: ["migrations/**"],
    });
    expect(found.get(targetKey(LEGACY_REF))?.map(brief)).toEqual([
      "head certain read src/kept.ts:2:26",
      "head certain read src/new.ts:1:26",
      "base certain read src/gone.ts:1:26",
      "base certain read src/kept.ts:2:26",
    ]);
  });
});

test("SQL for another system that has tables of the same name is no certain use", () => {
  const target = { table: { schema: "public", name: "order_items" } };
  const files = {
    "src/a.ts": 'import { query } from "./clickhouse";\nquery("SELECT count() FROM order_items FINAL");\n',
    "src/bigquery/b.ts": 'query("SELECT id FROM order_items");\n',
    "src/queries.ts": 'const rows = await queryClickhouse<Row>("SELECT id FROM order_items");\n',
    "src/c.ts": '// copied from clickhouse\npool.query("SELECT id FROM order_items");\n',
  };
  expect(find(files, target).map(brief)).toEqual([
    "head certain table src/c.ts:2:28",
    "head possible table src/a.ts:2:28",
    "head possible table src/bigquery/b.ts:1:23",
    "head possible table src/queries.ts:1:57",
  ]);
});

test("what Prisma sends is for its own database, beside what copies it into another system", () => {
  const target = { table: { schema: "public", name: "order_items" } };
  const files = {
    "src/copyToClickhouse.ts":
      "const rows = await prisma.$queryRaw<Row[]>(Prisma.sql`\n  SELECT id FROM order_items\n  LIMIT ${size}`);\n" +
      'await clickhouse.query("SELECT id FROM order_items");\n',
  };
  expect(find(files, target).map(brief)).toEqual([
    "head certain table src/copyToClickhouse.ts:2:18",
    "head possible table src/copyToClickhouse.ts:4:40",
  ]);
});

test("migrations in any language are no application code", () => {
  const use = 'pool.query("SELECT legacy_ref FROM orders");\n';
  const files = {
    "db/data-migrations/20240102_copy/data-migration.ts": use,
    "src/migrations/1700000000000-Copy.ts": use,
    "src/migrations/runner.ts": use,
    "src/backgroundMigrations/copy.ts": use,
  };
  expect(find(files).map(({ file }) => file)).toEqual(["src/backgroundMigrations/copy.ts", "src/migrations/runner.ts"]);
});

describe("each side means what its own models say", () => {
  const sides = (target: ReferenceTarget, base: string, head: string): readonly string[] => {
    const code = 'db.team.findMany({ select: { ownerId: true } });\nq("SELECT owner_id FROM \\"Team\\"");\n';
    const trees = [base, head].map((schema) => tree({ "schema.prisma": schema, "src/a.ts": code }));
    const found = findReferences([target], { base: trees[0]!, head: trees[1]!, exclude: [] });
    return found.get(targetKey(target))?.map(brief) ?? [];
  };
  const schema = (field: string, map = ""): string => `model Team {\n  id Int\n  ${field}\n${map}}\n`;
  const mapped = schema('ownerId Int @map("owner_id")');

  test("a property that is another column now", () => {
    const target = { table: { schema: "public", name: "Team" }, column: "owner_id" };
    expect(sides(target, mapped, schema("ownerId Int"))).toEqual([
      "head certain read src/a.ts:2:11",
      "base certain declared schema.prisma:3:3",
      "base certain read src/a.ts:1:30",
      "base certain read src/a.ts:2:11",
    ]);
  });

  test("a model that is of another table now", () => {
    const target = { table: { schema: "public", name: "Team" } };
    expect(sides(target, mapped, schema("ownerId Int", '  @@map("teams")\n'))).toEqual([
      "head certain table src/a.ts:2:27",
      "base certain declared schema.prisma:1:7",
      "base certain table src/a.ts:1:4",
      "base certain table src/a.ts:2:27",
    ]);
  });

  test("a model that is not declared any more is still what it was", () => {
    const target = { table: { schema: "public", name: "Team" }, column: "owner_id" };
    expect(sides(target, mapped, "")).toContain("head certain read src/a.ts:1:30");
  });
});

describe("the column of a relation", () => {
  const entity = (decorators: string): string =>
    `@Entity("orders")\nexport class Order {\n  ${decorators}\n  account: Account;\n}\n`;
  const declared = (decorators: string, column: string): string[] =>
    find({ "src/order.entity.ts": entity(decorators) }, { table: { schema: "public", name: "orders" }, column }).map(
      ({ kind, line }) => `${kind ?? ""} ${String(line)}`,
    );

  test("is the key of the other side", () => {
    expect(declared("@ManyToOne(() => Account)", "account_id")).toEqual(["declared 4"]);
    expect(declared("@ManyToOne(() => Account)", "accountId")).toEqual(["declared 4"]);
    expect(declared("@ManyToOne(() => Account)", "account")).toEqual([]);
  });

  test("is the one that the relation names", () => {
    expect(declared('@ManyToOne(() => Account) @JoinColumn({ name: "owner" })', "owner")).toEqual(["declared 4"]);
    expect(declared('@ManyToOne(() => Account) @JoinColumn({ name: "owner" })', "account_id")).toEqual([]);
  });

  test("is on the side that joins", () => {
    expect(declared("@OneToOne(() => Account) @JoinColumn()", "account_id")).toEqual(["declared 4"]);
    expect(declared("@OneToOne(() => Account)", "account_id")).toEqual([]);
  });
});

describe("what real drops have taught", () => {
  const users = (column: string): ReferenceTarget => ({ table: { schema: "public", name: "users" }, column });
  const sure = (files: Readonly<Record<string, string>>, target = LEGACY_REF): string[] =>
    find(files, target)
      .filter(({ grade }) => grade !== "possible")
      .map(brief);

  test("a getter in the column's place is no column", () => {
    const model = `@Table({ tableName: "users" })
export class User extends Model {
  @Column
  role: string;

  get isAdmin() {
    return this.role === "admin";
  }
}
`;
    const reader = `import User from "../models/User";\nexport const can = async () => (await User.findByPk(1)).isAdmin;\n`;
    const kept = model.replace(
      'get isAdmin() {\n    return this.role === "admin";\n  }',
      "@Column\n  isAdmin: boolean;",
    );
    expect(sure({ "models/User.ts": model, "src/can.ts": reader }, users("isAdmin"))).toEqual([]);
    expect(sure({ "models/User.ts": kept, "src/can.ts": reader }, users("isAdmin"))).toEqual([
      "head certain declared models/User.ts:7:3",
      "head likely read src/can.ts:2:57",
    ]);
  });

  test("what a model does not declare is left out where it makes a row, and not where it looks for one", () => {
    const model = (column: string): string =>
      `@Table({ tableName: "users" })\nexport class User extends Model {\n  @Column\n  role: string;\n${column}}\n`;
    const code = `import User from "../models/User";
export const add = () => User.create({ legacyFlag: true });
export const find = () => User.findOne({ where: { legacyFlag: true } });
export const one = () => User.findByPk(1, { legacyFlag: true });
export const read = async () => (await User.findByPk(1)).legacyFlag;
`;
    const base = { "models/User.ts": model("\n  @Column\n  legacyFlag: boolean;\n"), "src/users.ts": code };
    const head = { "models/User.ts": model(""), "src/users.ts": code };
    const target = users("legacyFlag");
    const found = findReferences([target], { base: tree(base), head: tree(head), exclude: [] }).get(targetKey(target));
    expect(found?.filter(({ grade }) => grade !== "possible").map(brief)).toEqual([
      "head certain read src/users.ts:3:51",
      "base certain declared models/User.ts:7:3",
      "base certain write src/users.ts:2:40",
      "base certain read src/users.ts:3:51",
      "base likely read src/users.ts:5:58",
    ]);
  });

  test("models for another database system are not PostgreSQL's", () => {
    const schema = (provider: string): string =>
      `datasource db {\n  provider = "${provider}"\n}\n\nmodel Order {\n  id Int @id\n  legacyRef String? @map("legacy_ref")\n\n  @@map("orders")\n}\n`;
    expect(sure({ "db/one/schema.prisma": schema("mysql") })).toEqual([]);
    expect(sure({ "db/mysql/schema.prisma": schema("postgresql") })).toEqual([]);
    expect(sure({ "db/one/schema.prisma": schema("postgresql") })).toEqual([
      "head certain declared db/one/schema.prisma:7:3",
    ]);
  });

  test("the models of generated code are written anew, its queries run", () => {
    const notice = "// Code generated by sqlc. DO NOT EDIT.\npackage store\n\n";
    const model = 'type Order struct {\n\tLegacyRef string `db:"legacy_ref"`\n}\n';
    expect(sure({ "store/models.go": notice + model })).toEqual([]);
    expect(sure({ "store/models.go": model })).toEqual(["head likely - store/models.go:2:24"]);
    expect(sure({ "store/query.go": `${notice}const all = \`SELECT legacy_ref FROM orders\`\n` })).toEqual([
      "head likely read store/query.go:4:21",
    ]);
  });

  test("a field of a message, or of an expression, is no column", () => {
    expect(sure({ "api/order.go": 'type Order struct {\n\tRef string `json:"legacy_ref"`\n}\n' })).toEqual([]);
    const field = "    pub legacy_ref: Option<String>,\n}\n";
    const model = "#[diesel(table_name = orders)]\npub struct Order {\n";
    expect(sure({ "src/order.rs": model + field })).toEqual(["head likely - src/order.rs:3:9"]);
    const inserted =
      "#[derive(Insertable)]\n#[diesel(table_name = crate::schema::orders, check_for_backend(diesel::pg::Pg))]\npub struct Draft<'a> {\n";
    expect(sure({ "src/draft.rs": inserted + field })).toEqual(["head likely - src/draft.rs:4:9"]);
    const other = "#[diesel(table_name = visits)]\npub struct Visit {\n";
    expect(sure({ "src/both.rs": `${inserted}}\n${other}${field}` })).toEqual([]);
    const expression = "    #[diesel(select_expression = old::reference.nullable())]\n    #[serde(skip)]\n";
    expect(sure({ "src/order.rs": model + expression + field })).toEqual([]);
  });

  test("in a text for people a column's name is no use of it", () => {
    const head = 'type Order struct {\n\tRef string `db:"other"`\n}\n';
    const go = (call: string): string => `${head}func f() {\n\t${call}\n}\n`;
    for (const text of ["legacy_ref is required", "missing legacy_ref", "the legacy_ref %q", "a legacy_ref: none"]) {
      expect([text, sure({ "order.go": go(`return fmt.Errorf("${text}")`) })]).toEqual([text, []]);
    }
    for (const part of [
      "legacy_ref",
      "legacy_ref = ?",
      "o.legacy_ref IS NOT NULL",
      "id, legacy_ref",
      "id = ? AND legacy_ref = ?",
      "legacy_ref DESC",
      "DISTINCT legacy_ref",
      "legacy_ref AS ref",
      "legacy_ref in (?)",
    ]) {
      const column = 5 + part.indexOf("legacy_ref");
      expect([part, sure({ "order.go": go(`q("${part}")`) })]).toEqual([
        part,
        [`head likely - order.go:5:${String(column)}`],
      ]);
    }
  });

  test("a column behind its table's name is that table's", () => {
    const rust = (table: string): string => `pub fn old() {\n    ${table}::legacy_ref.eq(\"x\"); // orders\n}\n`;
    expect(sure({ "src/old.rs": rust("orders") })).toEqual(["head likely - src/old.rs:2:13"]);
    expect(sure({ "src/old.rs": rust("parcels") })).toEqual([]);
    const python = (owner: string): string =>
      `def old(session):\n    return session.query(orders).filter(${owner}legacy_ref == 1)\n`;
    expect(sure({ "app/old.py": python("Order.") })).toEqual(["head likely - app/old.py:2:47"]);
    expect(sure({ "app/old.py": python("orders.c.") })).toEqual(["head likely - app/old.py:2:50"]);
    expect(sure({ "app/old.py": python("Parcel.") })).toEqual([]);
  });

  test("a common name that a class with a table declares as its column is one", () => {
    const java = (table: string): string =>
      `@Entity\n@Table(schema = "shop", name = "${table}")\npublic class Entry {\n    @Column(name = "status") private String state;\n    private String type;\n}\n`;
    const column = (name: string): ReferenceTarget => ({ table: { schema: "public", name: "orders" }, column: name });
    const both = (files: Readonly<Record<string, string>>): string[] => [
      ...sure(files, column("status")),
      ...sure(files, column("type")),
    ];
    expect(both({ "Order.java": java("orders") })).toEqual([
      "head likely declared Order.java:4:21",
      "head likely declared Order.java:5:20",
    ]);
    expect(both({ "Order.java": `// orders\n${java("parcels")}` })).toEqual([]);
    const other = "class Order {\n    private String type;\n}\n";
    expect(both({ "Orders.java": `${java("parcels")}${other}` })).toEqual([]);
    const python = (table: string): string =>
      `class Entry(Base):\n    __tablename__ = "${table}"\n    status = Column(String)\n    type: Mapped[str]\n    note = status\n`;
    expect(both({ "models.py": python("orders") })).toEqual([
      "head likely declared models.py:3:5",
      "head likely declared models.py:4:5",
    ]);
    expect(both({ "orders.py": python("parcels") })).toEqual([]);
    const go =
      'type Entry struct {\n\tState string `gorm:"size:9;column:status"`\n\tKind string `json:"type" db:"type"`\n}\n\nfunc (Entry) TableName() string { return "orders" }\n';
    expect(both({ "entry.go": go })).toEqual([
      "head likely declared entry.go:2:36",
      "head likely declared entry.go:3:31",
    ]);
  });

  test("an object for the caller is no row", () => {
    const code = `export async function one(db, id) {
  const order = await db("orders").where({ id }).first();
  const legacy = { legacy_ref: toLegacy(order.id), kind: "legacy_ref" };
  return { ...order, ...legacy, legacy_ref: toLegacy(order.id) };
}
`;
    expect(sure({ "src/orders.js": code })).toEqual([]);
  });
});

test("what fills a database runs behind the migrations of its own tree: an old one breaks nothing", () => {
  const seeds = ["packages/database/src/seed.ts", "prisma/seeds/a.ts", "api/db/sample_data.ts", "supabase/seed.sql"];
  // Elsewhere a seed may be anything.
  const files = Object.fromEntries(
    [...seeds, "wallet/seed.ts"].map((file) => [
      file,
      file.endsWith(".sql") ? "SELECT legacy_ref FROM orders;\n" : QUERY,
    ]),
  );
  const base = tree(Object.fromEntries(Object.entries(files).map(([file, text]) => [file, `\n${text}`])));
  const release = { tag: "v1.2", tree: tree({ "db/seed.ts": QUERY }) };
  const references = findReferences([LEGACY_REF], { head: tree(files), base, release, exclude: [] });
  expect(references.get(targetKey(LEGACY_REF))?.map(brief)).toEqual([
    "head certain read api/db/sample_data.ts:1:26",
    "head certain read packages/database/src/seed.ts:1:26",
    "head certain read prisma/seeds/a.ts:1:26",
    "head certain read supabase/seed.sql:1:8",
    "head certain read wallet/seed.ts:1:26",
    "base certain read wallet/seed.ts:2:26",
    "base possible read api/db/sample_data.ts:2:26",
    "base possible read db/seed.ts:1:26",
    "base possible read packages/database/src/seed.ts:2:26",
    "base possible read prisma/seeds/a.ts:2:26",
    "base possible read supabase/seed.sql:2:8",
  ]);
});

test("what only a release has is marked with its tag", () => {
  const gone = "export const q = 1;\n";
  const references = findReferences([LEGACY_REF], {
    head: tree({ "src/a.js": gone, "src/b.js": gone }),
    base: tree({ "src/a.js": QUERY, "src/b.js": gone }),
    release: { tag: "v1.2", tree: tree({ "src/a.js": `\n${QUERY}`, "src/b.js": QUERY }) },
    exclude: [],
  }).get(targetKey(LEGACY_REF));
  expect(references).toMatchObject([
    { side: "base", file: "src/a.js", line: 1 },
    { side: "base", file: "src/b.js", line: 1, release: "v1.2" },
  ]);
  expect(references?.[0]).not.toHaveProperty("release");
});
