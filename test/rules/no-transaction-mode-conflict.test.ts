/** The rule is about what tools do with whole runs, so each case is a repository through the whole check. */
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { type Files, memorySource } from "../check/memory-source.js";

const packages = (dependencies: Readonly<Record<string, string>>): Files => ({
  "package.json": JSON.stringify({ dependencies: { pg: "8.11.0", ...dependencies } }),
});

/** `file place message` of each finding of the rule. */
function found(base: Files, added: Files): readonly string[] {
  return check(memorySource(base, added), DEFAULT_CONFIGURATION)
    .findings.filter(({ rule }) => rule === "no-transaction-mode-conflict")
    .map(({ file, line, column, endLine, endColumn, message }) =>
      [file, [line, column, endLine, endColumn].join(":"), message].join(" "),
    );
}

const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, state text)";
const BUILD = "CREATE INDEX CONCURRENTLY orders_state_idx ON orders (state)";

describe("TypeORM", () => {
  const migration = (name: string, sql: string, members = ""): string =>
    `export class ${name} {\n${members}  async up(queryRunner) {\n    await queryRunner.query("${sql}");\n  }\n  async down() {}\n}\n`;
  const base = {
    ...packages({ typeorm: "0.3.20" }),
    "src/migrations/1700000000001-Init.ts": migration("Init1700000000001", ORDERS),
  };
  const next = (members: string): Files => ({
    "src/migrations/1700000000002-Next.ts": migration("Next1700000000002", BUILD, members),
  });
  const dataSource = (mode: string): Files => ({
    "src/data-source.ts": `import { DataSource } from "typeorm";\nexport const source = new DataSource({ type: "postgres", migrations: ["src/migrations/*.ts"], migrationsTransactionMode: "${mode}" });\n`,
  });
  const refused =
    'TypeORM refuses everything that is pending, with ForbiddenTransactionModeOverrideError: no migration may set `transaction` while all of them share one. Set migrationsTransactionMode to "each" in the DataSource, or run them with --transaction each.';

  it.each([
    ["false", "  transaction = false;\n", "4:30:4:90"],
    ["true, too", "  transaction = true;\n", "4:30:4:90"],
    ["with a type", "  readonly transaction: boolean = false;\n", "4:30:4:90"],
  ])("refuses %s", (_, members, place) => {
    expect(found(base, next(members))).toEqual([`src/migrations/1700000000002-Next.ts ${place} ${refused}`]);
  });

  it("takes it in the other modes, and a class without it", () => {
    expect(found(base, next(""))).toEqual([]);
    for (const mode of ["each", "none"]) {
      expect(found({ ...base, ...dataSource(mode) }, next("  transaction = false;\n"))).toEqual([]);
    }
    expect(found({ ...base, ...dataSource("all") }, next("  transaction = false;\n"))).toHaveLength(1);
  });
});

describe("MikroORM", () => {
  const migration = (name: string, sql: string, members = ""): string =>
    `import { Migration } from "@mikro-orm/migrations";\nexport class ${name} extends Migration {\n${members}  async up() {\n    this.addSql("${sql}");\n  }\n}\n`;
  const outside = "  isTransactional() { return false; }\n";
  const base = {
    ...packages({ "@mikro-orm/migrations": "6.4.0", "@mikro-orm/postgresql": "6.4.0" }),
    "migrations/Migration20240101000000_init.ts": migration("Migration20240101000000", ORDERS),
  };
  const note = {
    "migrations/Migration20240102000000_note.ts": migration(
      "Migration20240102000000",
      "ALTER TABLE orders ADD COLUMN note text",
    ),
  };
  const build = {
    "migrations/Migration20240103000000_build.ts": migration("Migration20240103000000", BUILD, outside),
  };

  it("waits for the transaction that another file of the run has its lock in", () => {
    expect(found(base, { ...note, ...build })).toEqual([
      "migrations/Migration20240103000000_build.ts 5:18:5:78 This waits without end for ACCESS EXCLUSIVE on orders, which migrations/Migration20240102000000_note.ts:4 has taken in a transaction on another connection: that one ends only after this. PostgreSQL cannot tell that it is a deadlock. Set `allOrNothing: false` among the settings of the migrations, or ship this one in a later deploy.",
    ]);
  });

  it("does not where it comes first, is alone, or is about another table", () => {
    expect(found(base, build)).toEqual([]);
    const first = {
      "migrations/Migration20240101500000_build.ts": build["migrations/Migration20240103000000_build.ts"],
    };
    expect(found(base, { ...note, ...first })).toEqual([]);
    const others = {
      "migrations/Migration20240102000000_note.ts": migration("Migration20240102000000", "CREATE TABLE notes (id int)"),
    };
    expect(found(base, { ...others, ...build })).toEqual([]);
  });

  it("does not where each file has a transaction of its own", () => {
    const settings = {
      "mikro-orm.config.ts":
        'import { defineConfig } from "@mikro-orm/postgresql";\nexport default defineConfig({ migrations: { path: "migrations", allOrNothing: false } });\n',
    };
    expect(found({ ...base, ...settings }, { ...note, ...build })).toEqual([]);
  });
});

describe("Sequelize", () => {
  const migration = (up: string): string =>
    `module.exports = { async up(queryInterface) {\n${up}\n}, async down() {} };\n`;
  const base = {
    ...packages({ sequelize: "6.37.0" }),
    "migrations/20240101000000-init.js": migration(`await queryInterface.sequelize.query("${ORDERS}");`),
  };
  const next = (call: string): Files => ({
    "migrations/20240102000000-next.js": migration(
      `await queryInterface.sequelize.transaction(async (transaction) => {\nawait queryInterface.sequelize.query("ALTER TABLE orders ADD COLUMN note text", { transaction });\n${call}\nawait queryInterface.sequelize.query("UPDATE orders SET note = '' WHERE id = 1", { transaction });\n});`,
    ),
  });

  it("waits with a call that leaves the transaction out", () => {
    expect(found(base, next('await queryInterface.removeColumn("orders", "state");'))).toEqual([
      "migrations/20240102000000-next.js 4:7:4:53 This waits without end for ACCESS EXCLUSIVE on orders, which line 3 has taken in a transaction on another connection: that one ends only after this. PostgreSQL cannot tell that it is a deadlock. Give this call the transaction of the others: `{ transaction }` among its options.",
    ]);
  });

  it("waits once with a call that sends several statements, and with options among the attributes", () => {
    const waits =
      "This waits without end for ACCESS EXCLUSIVE on orders, which line 3 has taken in a transaction on another connection: that one ends only after this. PostgreSQL cannot tell that it is a deadlock. Give this call the transaction of the others: `{ transaction }` among its options.";
    expect(
      found(base, next('await queryInterface.changeColumn("orders", "state", { type: "TEXT", transaction });')),
    ).toEqual([`migrations/20240102000000-next.js 4:7:4:84 ${waits}`]);
  });

  it("does not where it has it, or is about another table", () => {
    expect(found(base, next('await queryInterface.removeColumn("orders", "state", { transaction });'))).toEqual([]);
    expect(found(base, next('await queryInterface.createTable("notes", { id: "int" });'))).toEqual([]);
  });
});

it("nobody else has such settings: Knex gives each of the others a transaction of its own", () => {
  const migration = (sql: string, config = ""): string => `exports.up = (knex) => knex.raw("${sql}");\n${config}`;
  const base = {
    ...packages({ knex: "3.1.0" }),
    "migrations/20240101000000_init.js": migration(ORDERS),
  };
  const added = {
    "migrations/20240102000000_note.js": migration("ALTER TABLE orders ADD COLUMN note text"),
    "migrations/20240103000000_build.js": migration(BUILD, "exports.config = { transaction: false };\n"),
  };
  expect(found(base, added)).toEqual([]);
});
