/** The names that code uses for a column of the database, by what each library makes of them. */
import { describe, expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { ReferenceTarget } from "../../src/model/reference.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

type Files = Readonly<Record<string, string>>;

const target = (name: string, column?: string): ReferenceTarget => ({
  table: { schema: "public", name },
  ...(column !== undefined && { column }),
});
const LEGACY_REF = target("order_items", "legacy_ref");

/** What is certain or likely of the uses at head, as `grade kind file:line`. */
function uses(files: Files, of = LEGACY_REF, base?: Files): string[] {
  const tree = (texts: Files) => memoryTree(new Map(Object.entries(texts)), "memory");
  const sides = { head: tree(files), exclude: [], ...(base && { base: tree(base) }) };
  return (findReferences([of], sides).get(targetKey(of)) ?? [])
    .filter(({ side, grade }) => side === "head" && (grade === "certain" || grade === "likely"))
    .map(({ grade, kind, file, line }) => `${grade} ${kind ?? "-"} ${file}:${String(line)}`);
}

describe("Sequelize", () => {
  const use = {
    "src/items.js":
      'const { OrderItem } = require("./models");\nexports.find = (ref) => OrderItem.findAll({\n  where: { legacyRef: ref },\n});\nexports.add = (ref) => OrderItem.create({\n  legacyRef: ref,\n});\n',
  };
  const found = ["certain read src/items.js:3", "certain write src/items.js:6"];

  test.each([
    ["underscored", "    legacyRef: DataTypes.STRING,\n", "{ underscored: true }"],
    ["field", '    legacyRef: { type: DataTypes.STRING, field: "legacy_ref" },\n', '{ tableName: "order_items" }'],
  ])("%s", (_, column, options) => {
    const model = `module.exports = (sequelize, DataTypes) =>\n  sequelize.define("OrderItem", {\n${column}  }, ${options});\n`;
    expect(uses({ ...use, "src/models/item.js": model })).toEqual(
      ["certain declared src/models/item.js:3", ...found].sort(byFile),
    );
  });

  test("a name that only field tells", () => {
    const model = `module.exports = (sequelize, DataTypes) =>\n  sequelize.define("OrderItem", {\n    oldRef: { type: DataTypes.STRING, field: "legacy_ref" },\n  }, { tableName: "order_items" });\n`;
    const renamed = { "src/items.js": use["src/items.js"].replaceAll("legacyRef", "oldRef") };
    expect(uses({ ...renamed, "src/models/item.js": model })).toEqual(
      ["certain declared src/models/item.js:3", ...found].sort(byFile),
    );
  });
});

describe("TypeORM", () => {
  const entity = `import { Entity, Column } from "typeorm";\n@Entity()\nexport class OrderItem {\n  @Column()\n  legacyRef: string;\n}\n`;
  const use = `import { OrderItem } from "./order-item.entity";\nexport class Items {\n  constructor(private readonly items: Repository<OrderItem>) {}\n  find(ref: string) {\n    return this.items.find({ where: { legacyRef: ref } });\n  }\n  query(ref: string) {\n    return this.items.createQueryBuilder("i").where("i.legacyRef = :ref", { ref }).getMany();\n  }\n}\n`;
  const files = { "src/order-item.entity.ts": entity, "src/items.ts": use };
  const found = [
    "certain read src/items.ts:5",
    "certain read src/items.ts:8",
    "certain declared src/order-item.entity.ts:5",
  ];

  test("a naming strategy of snake case, and TypeORM's own", () => {
    expect(uses(files, target("order_item", "legacy_ref"))).toEqual(found);
    expect(uses(files, target("order_item", "legacyRef"))).toEqual(found);
  });

  test("name", () => {
    const named = {
      ...files,
      "src/order-item.entity.ts": entity.replace("@Column()", '@Column({ name: "legacy_ref" })'),
    };
    const other = Object.fromEntries(
      Object.entries(named).map(([file, text]) => [file, text.replaceAll("legacyRef", "oldRef")]),
    );
    expect(uses(other, target("order_item", "legacy_ref"))).toEqual(found);
  });
});

describe("MikroORM", () => {
  const use =
    'import { OrderItem } from "./order-item.js";\nexport const find = (em, ref) =>\n  em.find(OrderItem, {\n    legacyRef: ref,\n  });\n';

  test("its naming strategy, and fieldName", () => {
    const entity = (options: string): string =>
      `import { Entity, Property } from "@mikro-orm/core";\n@Entity()\nexport class OrderItem {\n  @Property(${options})\n  legacyRef!: string;\n}\n`;
    const found = ["certain read src/items.ts:4", "certain declared src/order-item.ts:5"];
    expect(uses({ "src/order-item.ts": entity(""), "src/items.ts": use }, target("order_item", "legacy_ref"))).toEqual(
      found,
    );
    const named = { "src/order-item.ts": entity('{ fieldName: "old_ref" }'), "src/items.ts": use };
    expect(uses(named, target("order_item", "old_ref"))).toEqual(found);
    expect(uses(named, target("order_item", "legacy_ref"))).toEqual([]);
  });

  test("defineEntity", () => {
    const entity = (more: string): string =>
      `import { defineEntity, p } from "@mikro-orm/core";\nexport const OrderItem = defineEntity({\n  name: "OrderItem",\n  tableName: "order_items",\n  properties: {\n    legacyRef: p.string()${more}.nullable(),\n  },\n});\n`;
    const found = ["certain read src/items.ts:4", "certain declared src/order-item.ts:6"];
    expect(uses({ "src/order-item.ts": entity(""), "src/items.ts": use })).toEqual(found);
    const named = { "src/order-item.ts": entity('.fieldName("old_ref")'), "src/items.ts": use };
    expect(uses(named, target("order_items", "old_ref"))).toEqual(found);
  });
});

test("Drizzle's casing, and a column with a name of its own", () => {
  const schema = (name: string): string =>
    `import { pgTable, text } from "drizzle-orm/pg-core";\nexport const orderItems = pgTable("order_items", {\n  legacyRef: text(${name}),\n});\n`;
  const use =
    'import { orderItems } from "./schema";\nexport const refs = (db) =>\n  db.select({ ref: orderItems.legacyRef }).from(orderItems);\nexport const add = (db, ref) =>\n  db.insert(orderItems).values({ legacyRef: ref });\n';
  const found = ["certain declared src/schema.ts:3", "certain read src/use.ts:3", "certain write src/use.ts:5"];
  expect(uses({ "src/schema.ts": schema(""), "src/use.ts": use })).toEqual(found);
  expect(uses({ "src/schema.ts": schema('"old_ref"'), "src/use.ts": use }, target("order_items", "old_ref"))).toEqual(
    found,
  );
});

describe("query builders with a plugin for names", () => {
  test("Kysely's CamelCasePlugin", () => {
    const db =
      'import { CamelCasePlugin, Kysely } from "kysely";\nexport const db = new Kysely({ dialect, plugins: [new CamelCasePlugin()] });\n';
    const use =
      'import { db } from "./db";\nexport const refs = () => db.selectFrom("orderItems").select("legacyRef").execute();\nexport const clear = () => db.updateTable("orderItems").set({ legacyRef: null }).execute();\nexport const find = (ref) => db.selectFrom("orderItems as i").where("i.legacyRef", "=", ref).execute();\n';
    expect(uses({ "src/db.ts": db, "src/use.ts": use })).toEqual([
      "likely read src/use.ts:2",
      "likely write src/use.ts:3",
      "likely read src/use.ts:4",
    ]);
    expect(uses({ "src/db.ts": db, "src/use.ts": use }, target("order_items"))).toEqual([
      "likely table src/use.ts:2",
      "likely table src/use.ts:3",
      "likely table src/use.ts:4",
    ]);
    expect(uses({ "src/db.ts": db, "src/use.ts": use }, target("order_lines", "legacy_ref"))).toEqual([]);
  });

  test.each([
    ["snake case mappers", "...knexSnakeCaseMappers()"],
    ["wrapIdentifier", "wrapIdentifier: (name, wrap) => wrap(snakeCase(name))"],
  ])("Knex's %s", (_, option) => {
    const knex = `const { knexSnakeCaseMappers } = require("objection");\nmodule.exports = require("knex")({ client: "pg", ${option} });\n`;
    const use =
      'const knex = require("./knex");\nexports.find = (ref) => knex("orderItems").where({ legacyRef: ref });\nexports.refs = () => knex("order_items").select("legacyRef");\n';
    expect(uses({ "src/knex.js": knex, "src/use.js": use })).toEqual([
      "likely read src/use.js:2",
      "likely read src/use.js:3",
    ]);
  });

  test("Objection's columnNameMappers", () => {
    const model =
      'const { Model, snakeCaseMappers } = require("objection");\nclass OrderItem extends Model {\n  static get tableName() { return "order_items"; }\n  static get columnNameMappers() { return snakeCaseMappers(); }\n}\nmodule.exports = OrderItem;\n';
    const use =
      'const OrderItem = require("./models/order-item");\nexports.find = (ref) => OrderItem.query().where("legacyRef", ref);\nexports.clear = () => OrderItem.query().patch({ legacyRef: null });\n';
    expect(uses({ "src/models/order-item.js": model, "src/use.js": use })).toEqual([
      "likely read src/use.js:2",
      "likely write src/use.js:3",
    ]);
  });
});

test("names come from base's models where head's has lost the column", () => {
  const schema = (field: string): string => `model OrderItem {\n  id Int @id\n${field}\n  @@map("order_items")\n}\n`;
  const use = "export const refs = (prisma) =>\n  prisma.orderItem.findMany({ where: { oldRef: null } });\n";
  const head = { "prisma/schema.prisma": schema(""), "src/use.ts": use };
  const base = { "prisma/schema.prisma": schema('  oldRef String? @map("legacy_ref")\n'), "src/use.ts": use };
  expect(uses(head, LEGACY_REF, base)).toEqual(["certain read src/use.ts:2"]);
  expect(uses(head)).toEqual([]);
});

function byFile(one: string, other: string): number {
  const key = (text: string): string => `${text.startsWith("certain") ? "0" : "1"} ${text.split(" ")[2] ?? ""}`;
  return key(one) < key(other) ? -1 : 1;
}
