/** What is said where a model and the schema behind the migrations do not agree: each ORM in each situation. */
import { describe, expect, it } from "vitest";
import { lint } from "../../src/check/lint.js";
import { memoryChange } from "../rules/memory-change.js";

type Code = Readonly<Record<string, string>>;

/** A model of the table orders with the column `note` (or of another table), as an ORM has it. */
interface Declared {
  readonly table?: string;
  readonly note?: "required" | "optional";
}

const ORMS: Readonly<Record<string, (declared: Declared) => Code>> = {
  Prisma: ({ table = "orders", note }) => ({
    "prisma/schema.prisma": `datasource db {
  provider = "postgresql"
}

model Order {
  id BigInt @id
${note === undefined ? "" : `  note String${note === "optional" ? "?" : ""}\n`}
  @@map("${table}")
}
`,
  }),
  Drizzle: ({ table = "orders", note }) => ({
    "src/schema.ts": `import { bigint, pgTable, text } from "drizzle-orm/pg-core";
export const orders = pgTable("${table}", {
  id: bigint("id", { mode: "number" }).primaryKey(),
${note === undefined ? "" : `  note: text("note")${note === "required" ? ".notNull()" : ""},\n`}});
`,
  }),
  TypeORM: ({ table = "orders", note }) => ({
    "src/order.ts": `import { Column, Entity, PrimaryColumn } from "typeorm";
@Entity({ name: "${table}" })
export class Order {
  @PrimaryColumn()
  id: number;
${note === undefined ? "" : `  @Column({ nullable: ${String(note === "optional")} })\n  note: string;\n`}}
`,
  }),
  MikroORM: ({ table = "orders", note }) => ({
    "src/order.ts": `import { Entity, PrimaryKey, Property } from "@mikro-orm/core";
@Entity({ tableName: "${table}" })
export class Order {
  @PrimaryKey()
  id!: number;
${note === undefined ? "" : `  @Property(${note === "optional" ? "{ nullable: true }" : ""})\n  note?: string;\n`}}
`,
  }),
  Sequelize: ({ table = "orders", note }) => ({
    "src/order.js": `module.exports = (sequelize, DataTypes) =>
  sequelize.define("Order", {
    id: { type: DataTypes.BIGINT, primaryKey: true },
${note === undefined ? "" : `    note: { type: DataTypes.TEXT, allowNull: ${String(note === "optional")} },\n`}  }, { tableName: "${table}" });
`,
  }),
};

interface Situation {
  readonly history: string;
  readonly base: Declared;
  readonly head: Declared;
  readonly migration: string;
  /** The rules that find something, apart from what the statement blocks and risks whatever code does. */
  readonly finds: readonly string[];
}

const PLAIN = "CREATE TABLE orders (id bigint PRIMARY KEY);";
const WITH_NOTE = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);";
const REQUIRES_NOTE = "CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL);";
const UNRELATED = "CREATE TABLE visits (id bigint PRIMARY KEY);";

const SITUATIONS: Readonly<Record<string, Situation>> = {
  "a column that a migration adds": {
    history: PLAIN,
    base: {},
    head: { note: "optional" },
    migration: "ALTER TABLE orders ADD COLUMN note text;",
    finds: [],
  },
  "a column that no migration adds": {
    history: PLAIN,
    base: {},
    head: { note: "optional" },
    migration: UNRELATED,
    finds: ["require-migration-for-model"],
  },
  "a table that no migration creates": {
    history: PLAIN,
    base: {},
    head: { table: "purchases" },
    migration: UNRELATED,
    finds: ["require-migration-for-model"],
  },
  "a dropped column that the model still declares": {
    history: WITH_NOTE,
    base: { note: "optional" },
    head: { note: "optional" },
    migration: "ALTER TABLE orders DROP COLUMN note;",
    finds: ["no-referenced-column-drop"],
  },
  "a dropped column that only the running model declares": {
    history: WITH_NOTE,
    base: { note: "optional" },
    head: {},
    migration: "ALTER TABLE orders DROP COLUMN note;",
    finds: ["no-referenced-column-drop"],
  },
  "a dropped column that no model declares": {
    history: WITH_NOTE,
    base: {},
    head: {},
    migration: "ALTER TABLE orders DROP COLUMN note;",
    finds: [],
  },
  "a dropped table that the model still stands for": {
    history: WITH_NOTE,
    base: { note: "optional" },
    head: { note: "optional" },
    migration: "DROP TABLE orders;",
    finds: ["no-data-loss", "no-referenced-table-drop"],
  },
  "a renamed column that the model has by its old name": {
    history: WITH_NOTE,
    base: { note: "optional" },
    head: { note: "optional" },
    migration: "ALTER TABLE orders RENAME COLUMN note TO remark;",
    finds: ["no-rename"],
  },
  "NOT NULL that the model does not know": {
    history: WITH_NOTE,
    base: { note: "optional" },
    head: { note: "optional" },
    migration: "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;",
    finds: ["no-constraint-before-code"],
  },
  "NOT NULL that the model has, too": {
    history: WITH_NOTE,
    base: { note: "required" },
    head: { note: "required" },
    migration: "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;",
    finds: [],
  },
  "a column that is NOT NULL and the model now has as optional": {
    history: REQUIRES_NOTE,
    base: { note: "required" },
    head: { note: "optional" },
    migration: UNRELATED,
    finds: ["require-migration-for-model"],
  },
  "a required column that the model does not have": {
    history: PLAIN,
    base: {},
    head: {},
    migration: "ALTER TABLE orders ADD COLUMN note text NOT NULL;",
    finds: ["no-not-null-without-default"],
  },
};

/** What a statement does to others and to rows says nothing of models. */
const BESIDE: ReadonlySet<string> = new Set([
  "no-blocking-not-null",
  "no-constraint-before-data",
  "require-lock-timeout",
]);

describe.each(Object.entries(SITUATIONS))("%s", (_, { history, base, head, migration, finds }) => {
  it.each(Object.entries(ORMS))("%s", (_orm, model) => {
    const { change } = memoryChange("/repository", migration, {
      history: [history],
      baseCode: model(base),
      headCode: model(head),
    });
    const found = lint(change).findings.map(({ finding }) => finding.rule);
    expect([...new Set(found)].filter((rule) => !BESIDE.has(rule)).sort()).toEqual(finds);
  });
});
