import { describe, expect, it } from "vitest";
import rule from "../../rules/require-migration-for-model.js";
import { lint } from "../../src/check/lint.js";
import type { Finding } from "../../src/model/finding.js";
import type { ToolFacts } from "../../src/model/migration.js";
import { checkedMessages } from "./change-findings.js";
import { memoryChange, type Surroundings } from "./memory-change.js";
import { drizzle, prisma7 } from "./tools.js";

type Code = Readonly<Record<string, string>>;

const SCHEMA =
  "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\nCREATE TABLE accounts (id bigint PRIMARY KEY);";
const ACCOUNTS = "CREATE TABLE accounts (id bigint PRIMARY KEY);";
const NOTE = "ALTER TABLE orders ADD COLUMN note text;";
const UNRELATED = "CREATE TABLE visits (id bigint PRIMARY KEY);";

function messages(
  baseCode: Code,
  headCode: Code,
  code = UNRELATED,
  surroundings: Surroundings = {},
): readonly string[] {
  const around = { history: [SCHEMA], tool: prisma7, baseCode, headCode, ...surroundings };
  return checkedMessages(rule, memoryChange("/repo", code, around).change);
}

const prisma = (fields: string, rest = ""): Code => ({
  "prisma/schema.prisma": `datasource db {\n  provider = "postgresql"\n}\n\nmodel Order {\n  id BigInt @id\n  total Decimal?\n${fields}\n  @@map("orders")\n}\n\nmodel accounts {\n  id BigInt @id\n}\n${rest}`,
});

/** A file for each entity, as TypeORM projects have them. */
const typeorm = (fields: string, rest: Code = {}): Code => ({
  "src/account.ts": `import { Entity, PrimaryColumn } from "typeorm";\n@Entity("accounts")\nexport class Account {\n  @PrimaryColumn()\n  id: number;\n}\n`,
  "src/order.ts": `import { Column, Entity, PrimaryColumn, ManyToOne, JoinColumn, CreateDateColumn } from "typeorm";\n@Entity({ name: "orders" })\nexport class Order {\n  @PrimaryColumn()\n  id: number;\n  @Column({ nullable: true })\n  total: string;\n${fields}}\n`,
  ...rest,
});

const drizzleSchema = (fields: string, rest = ""): Code => ({
  "src/schema.ts": `import { bigint, numeric, pgSchema, pgTable, pgTableCreator, text } from "drizzle-orm/pg-core";\nimport { timestamps } from "./helpers";\nexport const orders = pgTable("orders", {\n  id: bigint("id", { mode: "number" }).primaryKey(),\n  total: numeric(),\n${fields}});\nexport const accounts = pgTable("accounts", { id: bigint("id", { mode: "number" }).primaryKey() });\n${rest}`,
});

describe("a column that no migration adds", () => {
  it("of Prisma", () => {
    expect(messages(prisma(""), prisma('  note String? @map("remark")'))).toEqual([
      "prisma/schema.prisma: Prisma's model Order declares note, and no migration adds the column remark to orders: every query that selects no columns of its own names it and fails. Write the migration that adds it with `npx prisma migrate dev --create-only`, and put it into this pull request.",
    ]);
  });

  it("of Drizzle", () => {
    expect(
      messages(drizzleSchema(""), drizzleSchema('  remark: text("note"),\n'), UNRELATED, { tool: drizzle }),
    ).toEqual([
      "src/schema.ts: Drizzle's model orders declares remark, and no migration adds the column note to orders: every select() and insert() of the table names it and fails. Write the migration that adds it with `npx drizzle-kit generate`, and put it into this pull request.",
    ]);
  });

  it("of TypeORM, whose migrations another tool runs", () => {
    expect(messages(typeorm(""), typeorm('  @Column({ name: "note" })\n  remark: string;\n'))).toEqual([
      "src/order.ts: TypeORM's model Order declares remark, and no migration adds the column note to orders: every find and save of the entity names it and fails. Put a migration that adds it into this pull request.",
    ]);
  });

  it("of TypeORM's relation", () => {
    const relation = '  @ManyToOne(() => Account)\n  @JoinColumn({ name: "account_id" })\n  account: Account;\n';
    expect(messages(typeorm(""), typeorm(relation))).toEqual([
      expect.stringContaining("declares account, and no migration adds the column account_id to orders"),
    ]);
  });

  it("of MikroORM", () => {
    const entity = (fields: string): Code => ({
      "src/order.ts": `import { Entity, PrimaryKey, Property } from "@mikro-orm/core";\n@Entity({ tableName: "orders" })\nexport class Order {\n  @PrimaryKey()\n  id!: number;\n${fields}}\n`,
    });
    const fields =
      "  @Property({ nullable: true })\n  shipNote?: string;\n  @Property({ persist: false })\n  age?: number;\n";
    expect(messages(entity(""), entity(fields))).toEqual([
      "src/order.ts: MikroORM's model Order declares shipNote, and no migration adds the column ship_note to orders: every find of the entity names it and fails. Put a migration that adds it into this pull request.",
    ]);
  });

  it("with the name that the model's other columns have", () => {
    const named = (column: string): readonly string[] => {
      const history = [
        `CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, "${column}" timestamptz);\n${ACCOUNTS}`,
      ];
      const at = "  @CreateDateColumn()\n  paidAt: Date;\n";
      return messages(typeorm(at), typeorm(`${at}  @Column()\n  shipNote: string;\n`), UNRELATED, { history });
    };
    const says = (column: string): unknown[] => [
      expect.stringContaining(`declares shipNote, and no migration adds the column ${column} to orders`),
    ];
    expect(named("paid_at")).toEqual(says("ship_note"));
    expect(named("paidAt")).toEqual(says('"shipNote"'));
  });

  it("with the name that Sequelize's option underscored makes", () => {
    const model = (fields: string): Code => ({
      "src/order.js": `module.exports = (sequelize, DataTypes) =>\n  sequelize.define("Order", {\n    id: { type: DataTypes.BIGINT, primaryKey: true },\n${fields}  }, { tableName: "orders", underscored: true });\n`,
    });
    expect(messages(model(""), model("    shipNote: { type: DataTypes.TEXT },\n"))).toEqual([
      expect.stringContaining("declares shipNote, and no migration adds the column ship_note to orders"),
    ]);
  });

  it("not of an index of MikroORM, nor of a relation whose column nobody names", () => {
    const entity = (fields: string): Code => ({
      "src/order.ts": `import { Entity, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/core";\n@Entity({ tableName: "orders" })\nexport class Order {\n  @PrimaryKey()\n  id!: number;\n${fields}}\n`,
    });
    const fields =
      '  @Index({ name: "orders_total_index" })\n  @Property({ nullable: true })\n  total?: string;\n  @ManyToOne({ entity: () => Person })\n  person!: Person;\n';
    expect(messages(entity(""), entity(fields))).toEqual([]);
  });

  it("of Sequelize", () => {
    const model = (fields: string): Code => ({
      "src/order.js": `module.exports = (sequelize, DataTypes) =>\n  sequelize.define("Order", {\n    id: { type: DataTypes.BIGINT, primaryKey: true },\n${fields}  }, { tableName: "orders" });\n`,
    });
    const fields = '    shipNote: { type: DataTypes.TEXT, field: "ship_note" },\n    label: DataTypes.VIRTUAL,\n';
    expect(messages(model(""), model(fields))).toEqual([
      "src/order.js: Sequelize's model Order declares shipNote, and no migration adds the column ship_note to orders: every find and create of the model names it and fails. Put a migration that adds it into this pull request.",
    ]);
  });

  it("where the migration adds another one", () => {
    expect(messages(prisma(""), prisma("  remark String?"), NOTE)).toEqual([
      expect.stringContaining("no migration adds the column remark to orders"),
    ]);
  });

  it("of a model that is new with its table", () => {
    const head = prisma("", 'model Payment {\n  id BigInt @id\n  sum Decimal\n  @@map("payments")\n}\n');
    expect(messages(prisma(""), head, "CREATE TABLE payments (id bigint PRIMARY KEY);")).toEqual([
      expect.stringContaining("Prisma's model Payment declares sum, and no migration adds the column sum to payments"),
    ]);
  });
});

describe("a table that no migration creates", () => {
  it("of Prisma", () => {
    const head = prisma("", 'model Payment {\n  id BigInt @id\n  @@map("payments")\n}\n');
    expect(messages(prisma(""), head)).toEqual([
      "prisma/schema.prisma: Prisma's model Payment is new and stands for the table payments, which no migration creates: every query of it fails. Write the migration that creates it with `npx prisma migrate dev --create-only`, and put it into this pull request.",
    ]);
  });

  it("of TypeORM, with the name that its naming strategy makes", () => {
    const payment = `import { Entity, PrimaryColumn } from "typeorm";\n@Entity()\nexport class PaymentSlip {\n  @PrimaryColumn()\n  id: number;\n}\n`;
    expect(messages(typeorm(""), typeorm("", { "src/payment.ts": payment }))).toEqual([
      "src/payment.ts: TypeORM's model PaymentSlip is new and stands for the table payment_slip, which no migration creates: every query of it fails. Put a migration that creates it into this pull request.",
    ]);
  });

  it("of the first schema of a project", () => {
    expect(
      messages({}, prisma("", "model visits {\n  id BigInt @id\n}\nmodel Payment {\n  id BigInt @id\n}\n")),
    ).toEqual([expect.stringContaining('Prisma\'s model Payment is new and stands for the table "Payment"')]);
  });

  it("in a schema of the database", () => {
    const table = '\nconst app = pgSchema("public");\nexport const slips = app.table("slips", { id: text("id") });\n';
    expect(messages(drizzleSchema(""), drizzleSchema("", table))).toEqual([
      expect.stringContaining("Drizzle's model slips is new and stands for the table slips"),
    ]);
  });
});

describe("a column that the model has as required and rows in use as empty", () => {
  const history = ["CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, ref text);", ACCOUNTS];
  const ADD = "ALTER TABLE orders ADD COLUMN note text;";

  it("of Prisma, whose client does not read such a row", () => {
    expect(messages(prisma(""), prisma("  note String"), ADD, { history })).toEqual([
      "prisma/schema.prisma: Prisma's model Order declares note as required, and the rows that orders has already get no value in the column note: every query that reads it from one of them fails (P2032). Declare it as optional until every row has a value.",
    ]);
    expect(messages(prisma(""), prisma('  remark String @map("note")'), ADD, { history })).toEqual([
      expect.stringContaining(
        "declares remark as required, and the rows that orders has already get no value in the column note",
      ),
    ]);
  });

  it.each<[string, Code, string]>([
    ["the model has it as optional", prisma("  note String?"), ADD],
    ["a list is empty, not NULL", prisma("  note String[]"), "ALTER TABLE orders ADD COLUMN note text[];"],
    ["a default gives them one", prisma("  note String"), "ALTER TABLE orders ADD COLUMN note text DEFAULT 'none';"],
    ["the change fills them", prisma("  note String"), `${ADD} UPDATE orders SET note = 'none';`],
    ["a block may fill them", prisma("  note String"), `${ADD} CALL fill_notes();`],
    ["base has the column", prisma("  ref String"), UNRELATED],
    [
      "the table is new",
      prisma("", 'model Payment {\n  id BigInt @id\n  sum Decimal\n  @@map("payments")\n}\n'),
      "CREATE TABLE payments (id bigint PRIMARY KEY, sum numeric);",
    ],
    ["NOT NULL is what fails", prisma("  note String"), "ALTER TABLE orders ADD COLUMN note text NOT NULL;"],
  ])("not where %s", (_, head, sql) => {
    expect(messages(prisma(""), head, sql, { history })).toEqual([]);
  });
});

describe("a column that the model has as optional and the schema as NOT NULL", () => {
  const history = [
    "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, note text NOT NULL, slug text NOT NULL DEFAULT '');",
    ACCOUNTS,
  ];
  const optional = "is NOT NULL without a default: a row that the code writes without it is refused.";

  it("of Prisma, as the change has it", () => {
    expect(messages(prisma("  note String"), prisma("  note String?"), UNRELATED, { history })).toEqual([
      `prisma/schema.prisma: Prisma's model Order declares note as optional, and the column note of orders ${optional} Make it required in the model, or write the migration that drops NOT NULL with \`npx prisma migrate dev --create-only\`, and put it into this pull request.`,
    ]);
    expect(messages(prisma(""), prisma('  remark String? @map("note")'), UNRELATED, { history })).toEqual([
      expect.stringContaining(
        "Prisma's model Order declares remark as optional, and the column note of orders is NOT NULL",
      ),
    ]);
  });

  it("of a table that the change makes", () => {
    const head = prisma("", 'model Payment {\n  id BigInt @id\n  sum Decimal?\n  @@map("payments")\n}\n');
    const create = "CREATE TABLE payments (id bigint PRIMARY KEY, sum numeric NOT NULL);";
    expect(messages(prisma(""), head, create)).toEqual([
      expect.stringContaining(
        "Prisma's model Payment declares sum as optional, and the column sum of payments is NOT NULL",
      ),
    ]);
  });

  it("of Drizzle", () => {
    const base = drizzleSchema('  note: text("note").notNull(),\n');
    expect(messages(base, drizzleSchema('  note: text("note"),\n'), UNRELATED, { history, tool: drizzle })).toEqual([
      `src/schema.ts: Drizzle's model orders declares note as optional, and the column note of orders ${optional} Make it required in the model, or write the migration that drops NOT NULL with \`npx drizzle-kit generate\`, and put it into this pull request.`,
    ]);
  });

  it("of TypeORM and MikroORM, where they say so", () => {
    const column = (options: string): Code => typeorm(`  @Column(${options})\n  note: string;\n`);
    expect(messages(column(""), column("{ nullable: true }"), UNRELATED, { history })).toEqual([
      `src/order.ts: TypeORM's model Order declares note as optional, and the column note of orders ${optional} Make it required in the model, or put a migration that drops NOT NULL into this pull request.`,
    ]);
    const entity = (options: string): Code => ({
      "src/order.ts": `import { Entity, PrimaryKey, Property } from "@mikro-orm/core";\n@Entity({ tableName: "orders" })\nexport class Order {\n  @PrimaryKey()\n  id!: number;\n  @Property(${options})\n  note?: string;\n}\n`,
    });
    expect(messages(entity(""), entity("{ nullable: true }"), UNRELATED, { history })).toEqual([
      expect.stringContaining("MikroORM's model Order declares note as optional"),
    ]);
  });

  it("of Sequelize, where it says so", () => {
    const model = (options: string): Code => ({
      "src/order.js": `module.exports = (sequelize, DataTypes) =>\n  sequelize.define("Order", {\n    note: { type: DataTypes.TEXT${options} },\n  }, { tableName: "orders" });\n`,
    });
    const at = { history };
    expect(messages(model(", allowNull: false"), model(", allowNull: true"), UNRELATED, at)).toEqual([
      expect.stringContaining("Sequelize's model Order declares note as optional"),
    ]);
    expect(messages(model(", allowNull: false"), model(""), UNRELATED, at)).toEqual([]);
  });

  it.each<[string, Code, Code, string?]>([
    ["base has it so, too", prisma("  note String?"), prisma("  note String? @db.Text")],
    [
      "the migration drops NOT NULL",
      prisma("  note String"),
      prisma("  note String?"),
      "ALTER TABLE orders ALTER note DROP NOT NULL;",
    ],
    [
      "the migration gives it a default",
      prisma("  note String"),
      prisma("  note String?"),
      "ALTER TABLE orders ALTER note SET DEFAULT '';",
    ],
    ["the database has a default", prisma("  slug String"), prisma("  slug String?")],
    ["the model has a value", prisma("  note String"), prisma('  note String? @default("")')],
    ["the model requires it", prisma(""), prisma("  note String")],
    [
      "the statement that adds it is what fails",
      prisma(""),
      prisma("  code String?"),
      "ALTER TABLE orders ADD COLUMN code text NOT NULL;",
    ],
    [
      "a key that the model declares as a whole",
      drizzleSchema(""),
      drizzleSchema(
        "",
        'export const shares = pgTable("shares", { order: bigint("order_id", { mode: "number" }), part: text("part") }, (t) => [primaryKey({ columns: [t.order, t.part] })]);\n',
      ),
      "CREATE TABLE shares (order_id bigint, part text, PRIMARY KEY (order_id, part));",
    ],
    [
      "a serial",
      drizzleSchema(""),
      drizzleSchema(
        "",
        'import { serial } from "drizzle-orm/pg-core";\nexport const logs = pgTable("logs", { id: serial("id"), n: serial() });\n',
      ),
      "CREATE TABLE logs (id serial, n serial);",
    ],
  ])("not where %s", (_, base, head, code = UNRELATED) => {
    expect(messages(base, head, code, { history })).toEqual([]);
  });

  it("not where a trigger fills it", () => {
    const trigger =
      "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\nCREATE TRIGGER fill BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION fill();";
    expect(
      messages(prisma("  note String"), prisma("  note String?"), UNRELATED, { history: [...history, trigger] }),
    ).toEqual([]);
  });
});

describe("silence", () => {
  const silent = (name: string, base: Code, head: Code, code?: string, surroundings?: Surroundings): void =>
    it(name, () => {
      expect(messages(base, head, code, surroundings)).toEqual([]);
    });
  const payment = 'model Payment {\n  id BigInt @id\n  @@map("payments")\n}\n';

  silent("the migration adds it", prisma(""), prisma("  note String?"), NOTE);
  silent("the migration creates it", prisma(""), prisma("", payment), "CREATE TABLE payments (id bigint PRIMARY KEY);");
  silent("base lacks it, too", prisma("  note String?"), prisma("  note String? @db.Text"));
  silent("it only moved to another file", prisma("", payment), {
    ...prisma(""),
    "prisma/payment.prisma": payment,
  });
  silent(
    "relations are no columns",
    prisma(""),
    prisma("  accounts accounts[]\n  parent Order? @relation(fields: [id], references: [id])"),
  );
  silent("a field of an enum that the table has", prisma(""), prisma("  note Kind?", "enum Kind {\n  a\n}\n"), NOTE);
  silent(
    "fields and models that Prisma leaves alone",
    prisma(""),
    prisma("  note String? @ignore", "model Old {\n  id BigInt @id\n  @@ignore\n}\nview Sums {\n  id BigInt\n}\n"),
  );
  silent("comments", prisma(""), prisma("  // note String?"));
  silent(
    "another database system",
    { "db/schema.prisma": 'datasource db {\n  provider = "mysql"\n}\nmodel orders {\n  id BigInt @id\n}\n' },
    {
      "db/schema.prisma":
        'datasource db {\n  provider = "mysql"\n}\nmodel orders {\n  id BigInt @id\n  note String\n}\n',
    },
  );
  silent(
    "the models around it are no tables of this database",
    { "other/schema.prisma": "model a {\n  id BigInt @id\n}\nmodel b {\n  id BigInt @id\n}\n" },
    {
      "other/schema.prisma":
        "model a {\n  id BigInt @id\n}\nmodel b {\n  id BigInt @id\n}\nmodel c {\n  id BigInt @id\n}\n",
    },
  );
  silent(
    "a schema that no migration makes",
    prisma(""),
    prisma("", 'model users {\n  id BigInt @id\n  @@schema("auth")\n}\n'),
  );
  silent("a statement that could not be read", prisma(""), prisma("", payment), "CREATE TABL payments (id bigint);");
  silent(
    "a DO block that may make it",
    prisma(""),
    prisma("  note String?"),
    "DO $$ BEGIN EXECUTE 'ALTER TABLE orders ADD note text' || current_user; END $$;",
  );
  silent("nothing is known of base", prisma(""), prisma("  note String?"), UNRELATED, { base: false });
  silent("tests", {}, { "test/order.ts": typeorm("  @Column()\n  note: string;\n")["src/order.ts"] ?? "" });
  silent(
    "a name that a naming strategy may make",
    typeorm(""),
    typeorm("  @Column()\n  shipNote: string;\n"),
    "ALTER TABLE orders ADD COLUMN ship_note text;",
  );
  silent(
    "embedded columns, columns of helpers, tables with a prefix",
    { ...typeorm(""), ...drizzleSchema("") },
    {
      ...typeorm("  @Column(() => Address)\n  address: Address;\n"),
      ...drizzleSchema(
        "  ...timestamps,\n  seen: timestamps.seen(),\n",
        'const shop = pgTableCreator((name) => `shop_${name}`);\nexport const slips = shop("slips", { id: text("id") });\nconst pgTable2 = shop;\nexport const more = pgTable2("more", { id: text("id") });\n',
      ),
    },
  );
  silent(
    "a table that is synchronized elsewhere",
    typeorm(""),
    typeorm("", {
      "src/far.ts": `import { Entity } from "typeorm";\n@Entity("far", { synchronize: false })\nexport class Far {}\n`,
    }),
  );
  silent("a table of which not all is known", prisma(""), prisma("  note String?"), UNRELATED, {
    history: ["ALTER TABLE orders ADD COLUMN total numeric;\nCREATE TABLE accounts (id bigint PRIMARY KEY);"],
  });
});

function found(baseCode: Code, headCode: Code, code: string, tool: ToolFacts = prisma7): readonly Finding[] {
  const { change } = memoryChange("/repo", code, { history: [SCHEMA], tool, baseCode, headCode });
  return lint(change)
    .findings.map(({ finding }) => finding)
    .filter(({ rule: name }) => name === "require-migration-for-model");
}

it("stands on the model", () => {
  const [finding, ...others] = found(prisma(""), prisma("  note String?"), UNRELATED);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    file: "prisma/schema.prisma",
    line: 8,
    column: 3,
    endLine: 8,
    endColumn: 7,
    severity: "error",
    object: "public.orders.note",
  });
});

it("speaks where a change has no migration at all", () => {
  const { change } = memoryChange("/repo", "", {
    history: [SCHEMA],
    tool: prisma7,
    baseCode: prisma(""),
    headCode: prisma("  note String?"),
  });
  const [database] = change.databases;
  const migrations = database?.migrations.filter(({ status }) => status === "existing") ?? [];
  const without = { ...change, databases: database ? [{ ...database, migrations }] : [] };
  expect(
    lint(without).findings.map(({ finding }) => `${finding.rule} ${finding.file}:${String(finding.line)}`),
  ).toEqual(["require-migration-for-model prisma/schema.prisma:8"]);
});
