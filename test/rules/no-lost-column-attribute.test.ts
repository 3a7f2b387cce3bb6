/** The rule is about what a program's calls leave out, so each case is a migration of Knex through the whole check. */
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { memorySource } from "../check/memory-source.js";

const SCHEMA =
  "CREATE TABLE orders (id bigint PRIMARY KEY, state varchar(20) NOT NULL DEFAULT 'new', made timestamptz NOT NULL DEFAULT now(), rank int DEFAULT 1, note text);";

const base = {
  "package.json": JSON.stringify({ dependencies: { knex: "3.1.0", pg: "8.11.0" } }),
  "knexfile.js": 'module.exports = { client: "pg" };\n',
  "migrations/20260101000000_init.js": `exports.up = (knex) => knex.raw(${JSON.stringify(SCHEMA)});\n`,
};

/** `place message` of each finding of the rule; the calls stand on the second line. */
function found(calls: string, later?: string): readonly string[] {
  const program = (up: string): string => `exports.up = async (knex) => {\n${up}\n};\n`;
  const added = {
    "migrations/20260201000000_next.js": program(calls),
    ...(later !== undefined && { "migrations/20260202000000_later.js": program(later) }),
  };
  return check(memorySource(base, added), DEFAULT_CONFIGURATION)
    .findings.filter(({ rule }) => rule === "no-lost-column-attribute")
    .map(
      ({ line, column, endLine, endColumn, message }) => `${[line, column, endLine, endColumn].join(":")} ${message}`,
    );
}

const alter = (chain: string): string => `await knex.schema.alterTable("orders", (t) => { ${chain}; });`;

describe("no-lost-column-attribute", () => {
  it.each([
    [
      "default and NOT NULL, in one finding",
      't.text("state").alter()',
      "2:51:2:72 state of orders loses its default 'new' and NOT NULL: Knex drops what the call does not repeat. From here on an INSERT that leaves state out stores NULL. Repeat .defaultTo('new').notNullable() before .alter(); .alter({ alterNullable: false }) leaves NOT NULL as it is.",
    ],
    [
      "NOT NULL",
      't.text("state").defaultTo("new").alter()',
      "2:51:2:89 state of orders loses NOT NULL: Knex drops what the call does not repeat. From here on rows can have no value there. Repeat .notNullable() before .alter(); .alter({ alterNullable: false }) leaves NOT NULL as it is.",
    ],
    [
      "a default that JavaScript does not write alike",
      't.timestamp("made").notNullable().alter()',
      '2:51:2:90 made of orders loses its default now(): Knex drops what the call does not repeat. From here on an INSERT that leaves made out fails. Repeat .defaultTo(knex.raw("now()")) before .alter().',
    ],
    [
      "the default where NOT NULL is left alone",
      't.text("state").alter({ alterNullable: false })',
      "2:51:2:96 state of orders loses its default 'new': Knex drops what the call does not repeat. From here on an INSERT that leaves state out fails. Repeat .defaultTo('new') before .alter().",
    ],
    [
      "the default where the column is made nullable on purpose",
      't.text("state").nullable().alter()',
      "2:51:2:83 state of orders loses its default 'new': Knex drops what the call does not repeat. From here on an INSERT that leaves state out stores NULL. Repeat .defaultTo('new') before .alter().",
    ],
    [
      "a default that is all the column has",
      't.bigInteger("rank").alter()',
      "2:51:2:77 rank of orders loses its default 1: Knex drops what the call does not repeat. From here on an INSERT that leaves rank out stores NULL. Repeat .defaultTo(1) before .alter().",
    ],
  ])("reports %s", (_, chain, message) => {
    expect(found(alter(chain))).toEqual([message]);
  });

  it("has a finding for each column", () => {
    const lines = found(alter('t.text("state").notNullable().alter(); t.bigInteger("rank").alter()'));
    expect(lines.map((line) => line.split(":").slice(0, 4).join(":").split(" loses")[0])).toEqual([
      "2:51:2:86 state of orders",
      "2:90:2:116 rank of orders",
    ]);
  });

  it.each([
    ["the call repeats both", alter('t.text("state").notNullable().defaultTo("new").alter()')],
    ["it sets another default", alter('t.text("state").notNullable().defaultTo("open").alter()')],
    ["the column is to have neither", alter('t.text("state").nullable().defaultTo(null).alter()')],
    ["the column has nothing to lose", alter('t.string("note").alter()')],
    ["no migration made the column", alter('t.text("other").alter()')],
    [
      "SQL says so",
      'await knex.raw("ALTER TABLE orders ALTER state DROP DEFAULT; ALTER TABLE orders ALTER state DROP NOT NULL");',
    ],
    ["a call of its own says so", alter('t.setNullable("state")')],
    [
      "the table is new",
      'await knex.schema.createTable("n", (t) => { t.text("a").notNullable(); }); await knex.schema.alterTable("n", (t) => { t.string("a").alter(); });',
    ],
  ])("is silent where %s", (_, calls) => {
    expect(found(calls)).toEqual([]);
  });

  it("is silent where a later migration of the change sets it again", () => {
    const again = 'await knex.raw("ALTER TABLE orders ALTER rank SET DEFAULT 2");';
    expect(found(alter('t.bigInteger("rank").alter()'), again)).toEqual([]);
    expect(found(alter('t.bigInteger("rank").alter()'), 'await knex.raw("SELECT 1");')).toHaveLength(1);
  });
});

describe("no-lost-column-attribute in TypeORM", () => {
  const program = (name: string, up: string): string =>
    `import { TableColumn } from "typeorm";\n\nexport class ${name} {\n  async up(queryRunner) {\n${up}\n  }\n}\n`;
  const files = {
    "package.json": JSON.stringify({ dependencies: { typeorm: "1.1.1", pg: "8.11.0" } }),
    "migrations/1700000000001-A.ts": program("A1700000000001", `await queryRunner.query(${JSON.stringify(SCHEMA)});`),
  };
  const messages = (column: string): readonly string[] => {
    const up = `await queryRunner.changeColumn("orders", "state", new TableColumn(${column}));`;
    return check(
      memorySource(files, { "migrations/1700000000002-B.ts": program("B1700000000002", up) }),
      DEFAULT_CONFIGURATION,
    )
      .findings.filter(({ rule }) => rule === "no-lost-column-attribute")
      .map(({ line, message }) => `${String(line)} ${message}`);
  };

  it("is told of a default that changeColumn leaves out", () => {
    expect(messages('{ name: "state", type: "character varying", length: "20" }')).toEqual([
      "5 state of orders loses its default 'new': TypeORM drops what the call does not repeat. From here on an INSERT that leaves state out fails. Say in the same call what the column keeps.",
    ]);
  });

  it.each([
    ["repeats it", `{ name: "state", type: "character varying", length: "20", default: "'new'" }`],
    ["says that there is none", '{ name: "state", type: "character varying", length: "20", default: null }'],
  ])("is silent where the call %s", (_, column) => {
    expect(messages(column)).toEqual([]);
  });
});

describe("no-lost-column-attribute in other tools", () => {
  interface Tool {
    readonly manifest: object;
    readonly program: (body: string) => string;
    readonly send: (sql: string) => string;
  }
  const SEQUELIZE: Tool = {
    manifest: { sequelize: "6.37.8", pg: "8.11.0" },
    program: (body) => `exports.up = async (queryInterface, Sequelize) => {\n${body}\n};\n`,
    send: (sql) => `await queryInterface.sequelize.query(${JSON.stringify(sql)});`,
  };
  const DB_MIGRATE: Tool = {
    manifest: { "db-migrate": "0.11.14", "db-migrate-pg": "1.5.2" },
    program: (body) => `exports.up = async (db) => {\n${body}\n};\nexports._meta = { version: 1 };\n`,
    send: (sql) => `await db.runSql(${JSON.stringify(sql)});`,
  };

  function lostBy({ manifest, program, send }: Tool, call: string): readonly string[] {
    const files = {
      "package.json": JSON.stringify({ dependencies: manifest }),
      "migrations/20260101000000-init.js": program(send(SCHEMA)),
    };
    return check(memorySource(files, { "migrations/20260201000000-next.js": program(call) }), DEFAULT_CONFIGURATION)
      .findings.filter(({ rule }) => rule === "no-lost-column-attribute")
      .map(
        ({ line, column, endLine, endColumn, message }) => `${[line, column, endLine, endColumn].join(":")} ${message}`,
      );
  }

  it.each([
    [
      "Sequelize's changeColumn, default and NOT NULL",
      SEQUELIZE,
      'await queryInterface.changeColumn("orders", "state", { type: Sequelize.STRING(40) });',
      [
        "2:7:2:85 state of orders loses its default 'new' and NOT NULL: Sequelize drops what the call does not repeat. From here on an INSERT that leaves state out stores NULL. Repeat defaultValue: 'new' and allowNull: false in the call.",
      ],
    ],
    [
      "Sequelize's changeColumn, a default that JavaScript does not write alike",
      SEQUELIZE,
      'await queryInterface.changeColumn("orders", "made", { type: Sequelize.DATE, allowNull: false });',
      [
        '2:7:2:96 made of orders loses its default now(): Sequelize drops what the call does not repeat. From here on an INSERT that leaves made out fails. Repeat defaultValue: Sequelize.literal("now()") in the call.',
      ],
    ],
    [
      "Sequelize's changeColumn, NOT NULL on purpose",
      SEQUELIZE,
      'await queryInterface.changeColumn("orders", "state", { type: Sequelize.STRING(40), allowNull: true, defaultValue: "new" });',
      [],
    ],
    [
      "Sequelize's changeColumn with references, which changes nothing of them",
      SEQUELIZE,
      'await queryInterface.changeColumn("orders", "rank", { type: Sequelize.INTEGER, references: { model: "orders" } });',
      [],
    ],
    [
      "db-migrate's changeColumn, everything",
      DB_MIGRATE,
      'await db.changeColumn("orders", "state", { type: "string" });',
      [
        "2:7:2:61 state of orders loses its default 'new', NOT NULL and its length of 20: db-migrate drops what the call does not repeat. From here on an INSERT that leaves state out stores NULL. Repeat defaultValue: 'new', notNull: true and length: 20 in the call.",
      ],
    ],
    [
      "db-migrate's changeColumn, the length",
      DB_MIGRATE,
      'await db.changeColumn("orders", "state", { type: "string", notNull: true, defaultValue: "old" });',
      [
        "2:7:2:97 state of orders loses its length of 20: db-migrate drops what the call does not repeat. From here on state takes values of any length. Repeat length: 20 in the call.",
      ],
    ],
    [
      "db-migrate's changeColumn that repeats all, and one to another type",
      DB_MIGRATE,
      'await db.changeColumn("orders", "state", { type: "string", length: 40, notNull: true, defaultValue: "new" }); await db.changeColumn("orders", "made", { type: "date", notNull: true, defaultValue: new String("now()") });',
      [],
    ],
  ])("%s", (_, tool, call, findings) => {
    expect(lostBy(tool, call)).toEqual(findings);
  });
});
