import { describe, expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

/** Models make known what Prisma's accessor and a class are called. */
const MODELS: readonly (readonly [string, string])[] = [
  ["prisma/schema.prisma", 'model Order {\n  id Int @id\n\n  @@map("orders")\n}\n'],
];

/** What a file does with a column: `kind`, then what more is known of the place. */
function uses(column: string, file: string, text: string): string[] {
  const target = { table: { schema: "public", name: "orders" }, column };
  const head = memoryTree(new Map([[file, text], ...MODELS]), "head");
  const found = findReferences([target], { head, exclude: [] }, { unnamed: true }).get(targetKey(target)) ?? [];
  return found
    .filter((use) => use.file === file && (use.grade === "certain" || use.grade === "likely"))
    .map(({ kind, line, values, conflict, fixedShape }) =>
      [`${kind} ${line}`, values, conflict, fixedShape]
        .filter((part) => part !== undefined)
        .map((part) => (typeof part === "string" ? part : JSON.stringify(part)))
        .join(" "),
    );
}

const inSql = (column: string, sql: string): string[] => uses(column, "queries/orders.sql", sql);

describe("SQL", () => {
  test.each<[sql: string, column: string, expected: string[]]>([
    ["INSERT INTO orders (id, note) VALUES (1, 'x')", "status", ["insert that omits it 1"]],
    ["INSERT INTO orders (id, status) VALUES (1, 'new'), (2, NULL)", "status", ['write 1 ["new",null]']],
    ["INSERT INTO orders (id, status) VALUES ($1, $2)", "status", ["write 1"]],
    ["INSERT INTO orders (id, status) VALUES (?, ?)", "status", ["write 1"]],
    ["INSERT INTO orders VALUES (1, 'new')", "status", ["positional write 1"]],
    ["INSERT INTO orders DEFAULT VALUES", "status", ["insert that omits it 1"]],
    ["INSERT INTO orders", "status", []],
    ["INSERT INTO orders (id)", "status", ["insert that omits it 1"]],
    ["INSERT INTO parcels (id) VALUES (1)", "status", []],
    ["INSERT INTO parcels SELECT * FROM orders", "status", ["star read 1 inserted"]],
    ["INSERT INTO orders SELECT id, kind FROM parcels", "status", ["positional write 1"]],
    ["UPDATE orders SET status = 'done' WHERE id = 1", "status", ['write 1 ["done"]']],
    ["UPDATE orders SET status = NULL", "status", ["write 1 [null]"]],
    ["SELECT id FROM orders WHERE status IN ('new', 'open')", "status", ['read 1 ["new","open"]']],
    ["SELECT id FROM orders WHERE 'open' <> status::text", "status", ['read 1 ["open"]']],
    ["SELECT CASE o.status WHEN 'new' THEN 1 END FROM orders o", "status", ['read 1 ["new"]']],
    ["SELECT * FROM orders o JOIN parcels p USING (id)", "status", ["star read 1"]],
    ["SELECT count(*) FROM orders", "status", []],
    ["SELECT 1 FROM parcels WHERE EXISTS (SELECT * FROM orders)", "status", []],
    ["DELETE FROM orders WHERE id = 1 RETURNING *", "status", ["star read 1"]],
    ["PREPARE q AS SELECT * FROM orders", "status", ["star read 1 prepared"]],
    ["COPY orders FROM STDIN", "status", ["positional write 1"]],
    ["COPY orders (id, note) FROM STDIN", "status", ["insert that omits it 1"]],
    ["COPY orders (id, status) FROM STDIN", "status", ["write 1"]],
    ["COPY orders (id, status) TO STDOUT", "status", ["read 1"]],
    ["COPY orders (id, note) TO STDOUT", "status", []],
    ["COPY orders TO STDOUT", "status", ["star read 1"]],
    ["COPY (SELECT * FROM orders) TO STDOUT", "status", ["star read 1"]],
    [
      "MERGE INTO orders o USING parcels p ON p.id = o.id WHEN NOT MATCHED THEN INSERT (id) VALUES (p.id)",
      "status",
      ["insert that omits it 1"],
    ],
    [
      "MERGE INTO orders o USING parcels p ON p.id = o.id WHEN NOT MATCHED THEN INSERT VALUES (1)",
      "status",
      ["positional write 1"],
    ],
    [
      "MERGE INTO orders o USING parcels p ON true WHEN MATCHED THEN UPDATE SET status = 'x'",
      "status",
      ['write 1 ["x"]'],
    ],
    [
      "INSERT INTO orders (id, ref) VALUES (1, 'x') ON CONFLICT (account_id, ref) DO UPDATE SET ref = excluded.ref",
      "account_id",
      ["insert that omits it 1", 'conflict target 1 {"columns":["account_id","ref"]}'],
    ],
    [
      "INSERT INTO orders (id, ref) VALUES (1, 'x') ON CONFLICT (ref) WHERE deleted_at IS NULL DO NOTHING",
      "ref",
      ['write 1 ["x"]', 'conflict target 1 {"columns":["ref"]}'],
    ],
    [
      "INSERT INTO orders (id, ref) VALUES (1, 'x') ON CONFLICT ON CONSTRAINT orders_ref_key DO NOTHING",
      "id",
      ['conflict target 1 {"constraint":"orders_ref_key"}', 'write 1 ["1"]'],
    ],
    ["WITH orders AS (SELECT 1 AS id) SELECT * FROM orders", "status", []],
    ["INSERT INTO archive.orders (id) VALUES (1)", "status", []],
  ])("%s", (sql, column, expected) => {
    expect(inSql(column, sql)).toEqual(expected);
  });
});

describe("an INSERT whose columns an expression lists", () => {
  test.each([
    ["all of them", 'pool.query(`INSERT INTO orders (${columns.join(", ")}) VALUES (1, 2)`)', []],
    ["some of them", "pool.query(`INSERT INTO orders (id, ${column}) VALUES (1, 2)`)", []],
    [
      "in SQL that only its words can be read of",
      "pool.query(`INSERT INTO orders (id, ${column}) VALUES ${rows}`)",
      [],
    ],
    ["their values", "pool.query(`INSERT INTO orders (id, ref) VALUES (${id}, ${ref})`)", ["insert that omits it 1"]],
  ])("%s", (_, code, expected) => {
    expect(uses("status", "src/orders.ts", code)).toEqual(expected);
  });
});

describe("database libraries", () => {
  const of = (column: string, code: string): string[] => uses(column, "src/orders.ts", code);

  test.each<[name: string, code: string, column: string, expected: string[]]>([
    ["Knex", 'knex("orders").insert({ id: 1, note })', "status", ["insert that omits it 1"]],
    ["Knex", 'knex("orders").insert({ id: 1, status: "new" })', "status", ['write 1 ["new"]']],
    [
      "Knex",
      'knex("orders").insert([{ id: 1 }, { id: 2, status: null }])',
      "status",
      ["insert that omits it 1", "write 1 [null]"],
    ],
    ["Knex", 'knex("orders").insert({ ...row, id: 1 })', "status", []],
    ["Knex", 'knex("orders").insert(row)', "status", []],
    ["Knex", 'knex("parcels").insert({ id: 1 })', "status", []],
    ["Knex", 'knex.batchInsert("orders", rows.map((row) => ({ id: row.id })))', "status", ["insert that omits it 1"]],
    [
      "Knex",
      'knex("orders").insert({ ref }).onConflict(["account_id", "ref"]).merge()',
      "ref",
      ["write 1", 'conflict target 1 {"columns":["account_id","ref"]}'],
    ],
    [
      "Knex",
      'knex("orders").where("status", "open").whereIn("status", ["new", "late"])',
      "status",
      ['read 1 ["open","new","late"]'],
    ],
    [
      "Knex",
      'knex("orders").where("status", "<>", "open").update({ status: "done" })',
      "status",
      ['read 1 ["open"]', 'write 1 ["done"]'],
    ],
    ["Knex", 'knex("orders").select("*").first()', "status", ["star read 1"]],
    ["Kysely", 'db.insertInto("orders").values({ id: 1 }).execute()', "status", ["insert that omits it 1"]],
    ["Kysely", 'db.insertInto("orders").values((eb) => ({ id: eb.val(1) })).execute()', "status", []],
    [
      "Kysely",
      'db.insertInto("orders").values({ ref }).onConflict((oc) => oc.columns(["account_id", "ref"]).doNothing()).execute()',
      "account_id",
      ["insert that omits it 1", 'conflict target 1 {"columns":["account_id","ref"]}'],
    ],
    [
      "Kysely",
      'db.selectFrom("orders").selectAll().where("status", "=", "open").execute()',
      "status",
      ["star read 1", 'read 1 ["open"]'],
    ],
    [
      "Prisma",
      "prisma.order.create({ data: { id: 1, account: { connect: { id: 2 } } } })",
      "status",
      ["insert that omits it 1"],
    ],
    ["Prisma", "prisma.order.create({ data: { id: 1, account: { connect: { id: 2 } } } })", "account_id", []],
    [
      "Prisma",
      "prisma.order.createMany({ data: rows.map((row) => ({ id: row.id })) })",
      "status",
      ["insert that omits it 1"],
    ],
    ["Prisma", 'prisma.order.update({ where: { id: 1 }, data: { note: "x" } })', "status", []],
    [
      "Prisma",
      "prisma.order.upsert({ where: { accountId_ref: { accountId, ref } }, create: { accountId, ref }, update: { note } })",
      "ref",
      ['conflict target 1 {"columns":["accountId","ref"]}', "write 1"],
    ],
    [
      "Prisma",
      'prisma.order.findMany({ where: { status: { in: ["new", "open"] } } })',
      "status",
      ['read 1 ["new","open"]'],
    ],
    [
      "Sequelize",
      'const { Order } = require("./models"); module.exports = async () => { await Order.create({ id: 1 }); };',
      "status",
      ["insert that omits it 1"],
    ],
    ["Sequelize", "Order.build({ id: 1 })", "status", []],
    [
      "TypeORM",
      "class Orders {\n  constructor(private repository: Repository<Order>) {}\n  make() {\n    const order = this.repository.create({ id: 1 });\n  }\n}",
      "status",
      [],
    ],
    [
      "TypeORM",
      "(repository: Repository<Order>) => repository.insert({ id: 1 })",
      "status",
      ["insert that omits it 1"],
    ],
    [
      "TypeORM",
      '(repository: Repository<Order>) => repository.upsert({ ref, accountId }, ["accountId", "ref"])',
      "ref",
      ["write 1", 'conflict target 1 {"columns":["accountId","ref"]}'],
    ],
    ["Supabase", 'supabase.from("orders").insert({ id: 1 })', "status", ["insert that omits it 1"]],
    [
      "Supabase",
      'supabase.from("orders").select("*").eq("status", "open")',
      "status",
      ["star read 1", 'read 1 ["open"]'],
    ],
    [
      "Supabase",
      'supabase.from("orders").upsert({ id: 1, ref }, { onConflict: "id,ref" })',
      "ref",
      ["write 1", 'conflict target 1 {"columns":["id","ref"]}'],
    ],
    ["node-postgres", 'pool.query({ name: "all", text: "SELECT * FROM orders" })', "status", ["star read 1 prepared"]],
    ["node-postgres", 'pool.query({ text: "SELECT * FROM orders" })', "status", ["star read 1"]],
    [
      "an enum of the same file",
      'enum Status { Open = "open" }\nknex("orders").where({ status: Status.Open })',
      "status",
      ['read 2 ["open"]'],
    ],
    [
      "a row",
      'async () => {\n  const order = await knex("orders").where({ id: 1 }).first();\n  if (order.status === "open") order.status = "done";\n}',
      "status",
      ['read 3 ["open"]', 'write 3 ["done"]'],
    ],
  ])("%s: %s", (_, code, column, expected) => {
    expect(of(column, code)).toEqual(expected);
  });

  test("a column of a model that fills it itself is not left out", () => {
    const model = (column: string): string =>
      `export const orders = pgTable("orders", { id: serial("id"), status: ${column} });\ndb.insert(orders).values({ id: 1 });`;
    expect(of("status", model('text("status").notNull()'))).toEqual(["declared 1", "insert that omits it 2"]);
    expect(of("status", model('text("status").notNull().default("new")'))).toEqual([
      "declared 1",
      "insert that omits it 2",
    ]);
    expect(of("status", model('text("status").$defaultFn(() => "new")'))).toEqual(["declared 1"]);
  });
});

describe("strings of other languages", () => {
  const java = (...strings: readonly string[]): string =>
    `class Orders {\n  @Query(nativeQuery = true, value =\n${strings.map((one) => `    "${one}"`).join("\n      + ")})\n  void save();\n}\n`;

  test.each<[name: string, file: string, text: string, column: string, expected: string[]]>([
    [
      "are one where an operator joins them",
      "src/Orders.java",
      java("INSERT INTO orders", "(id, note)", " VALUES (?, ?) ON CONFLICT DO NOTHING"),
      "status",
      ["insert that omits it 3"],
    ],
    [
      "name the column in a later part",
      "src/Orders.java",
      java("SELECT id, ", "status ", "FROM orders"),
      "status",
      ["read 4"],
    ],
    [
      "are one where nothing parts them",
      "app/orders.py",
      'SQL = (\n    "INSERT INTO orders "\n    "(id, note) "\n    "VALUES (%s, %s)"\n)\n',
      "status",
      ["insert that omits it 2"],
    ],
    [
      "are several in a list",
      "app/orders.py",
      'PARTS = ["DELETE FROM orders", "SELECT status FROM parcels"]\n',
      "status",
      [],
    ],
  ])("%s", (_, file, text, column, expected) => {
    expect(uses(column, file, text)).toEqual(expected);
  });
});

describe("Prisma's upsert becomes ON CONFLICT", () => {
  /** The grades of the conflict targets of `prisma.order.upsert(…)`, on a line of its own. */
  const grades = (parts: string): string[] => {
    const target = { table: { schema: "public", name: "orders" }, column: "ref" };
    const text = `prisma.order.upsert({ where: {\nref: ref,\n}, ${parts} })`;
    const head = memoryTree(new Map([["a.ts", text], ...MODELS]), "head");
    const found = findReferences([target], { head, exclude: [] }, { unnamed: true }).get(targetKey(target)) ?? [];
    return found.filter(({ file, conflict }) => file === "a.ts" && conflict).map(({ grade }) => grade);
  };

  test.each([
    ["the same value in create", "create: { ref, note }, update: { note }"],
    [
      "fields of the row alone",
      "create: { ref }, update: { total: { increment: 1 }, tags: { push: tag } }, select: { id: true }",
    ],
  ])("with %s", (_, parts) => {
    expect(grades(parts)).toEqual(["certain"]);
  });

  test.each([
    ["an update that is empty", "create: { ref }, update: {}"],
    ["another model in create", "create: { ref, account: { connect: { id } } }, update: { note }"],
    ["another model in update", "create: { ref }, update: { lines: { create: { note } } }"],
    ["another model in what it reads", "create: { ref }, update: { note }, include: { account: true }"],
    [
      "another model in what it selects",
      "create: { ref }, update: { note }, select: { account: { select: { id: true } } }",
    ],
    ["no value in create", "create: { note }, update: { note }"],
  ])("not with %s", (_, parts) => {
    expect(grades(parts)).toEqual([]);
  });

  test("not with another value in create", () => {
    const text = 'prisma.order.upsert({ where: {\nref: "a",\n}, create: { ref: "b" }, update: { note } })';
    expect(uses("ref", "a.ts", text).filter((use) => use.startsWith("conflict"))).toEqual([]);
  });

  test.each([
    ["data from elsewhere", "create: data, update: { note }"],
    ["a spread", "create: { ...data }, update: { note }"],
    ["a value from elsewhere", "create: { ref: data.ref }, update: { note }"],
    ["a selection from elsewhere", "create: { ref }, update: { note }, select: fields"],
  ])("perhaps, with %s: only possibly", (_, parts) => {
    // On the line of a certain read only certain uses are kept, so the grade is that of no finding.
    expect(grades(parts).filter((grade) => grade !== "possible")).toEqual([]);
  });
});

describe("enums of Prisma's client", () => {
  test.each([
    [
      "its own export",
      'import { OrderStatus } from "@prisma/client";\nprisma.order.update({ where: { id }, data: { status: OrderStatus.CANCELLED } })',
      ['write 2 ["CANCELLED"]'],
    ],
    [
      "under $Enums",
      'import { $Enums } from "../generated/prisma";\nprisma.order.findMany({ where: { status: { in: [$Enums.OrderStatus.OPEN, "NEW"] } } })',
      ['read 2 ["OPEN","NEW"]'],
    ],
    [
      "of another module, whose values are not known",
      'import { OrderStatus } from "./status";\nprisma.order.update({ where: { id }, data: { status: OrderStatus.CANCELLED } })',
      ["write 2"],
    ],
  ])("%s", (_, text, expected) => {
    expect(uses("status", "a.ts", text)).toEqual(expected);
  });
});
