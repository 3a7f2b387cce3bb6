import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "1"])) }),
});

/** A program that runs the migrations. */
const runner = (imports: string, context: string, around = (made: string) => `export const umzug = ${made};`): string =>
  `import { Umzug } from "umzug";\n${imports}\n` +
  `${around(`new Umzug({ migrations: { glob: "src/changes/*.ts" }, context: ${context}, storage, logger: console })`)}\n`;

const PG = runner('import { Pool } from "pg";\nconst pool = new Pool();', "pool");
const KNEX = runner('import knex from "knex";\nconst db = knex({ client: "pg" });', "db");
const KYSELY = runner(
  'import { Pool } from "pg";\nimport { Kysely, PostgresDialect } from "kysely";\nconst db = new Kysely({ dialect: new PostgresDialect({ pool: new Pool() }) });',
  "db",
);

const up = (body: string): string => `export const up = async ({ context }) => {\n${body}\n};\n`;

describe("which migrations", () => {
  it("are those that a program names, by path", () => {
    const source = onlySource({
      ...manifest("umzug", "pg"),
      ...npmLock("umzug", "3.8.2"),
      "src/migrate.ts": PG,
      "src/changes/9-b.ts": up('await context.query("SELECT 1");'),
      "src/changes/10-a.ts": up('await context.query("SELECT 1");'),
      "src/changes/types.d.ts": "",
    });
    expect(source).toMatchObject({
      folder: "src/changes",
      tool: { name: "umzug", label: "Umzug", version: "3.8.2", transaction: "per-statement" },
      because: "because src/migrate.ts names it",
      files: ["src/changes/10-a.ts", "src/changes/9-b.ts"],
    });
  });

  const typed =
    'import type { Knex } from "knex";\nexport const up = async ({ context: db }: { context: Knex }) => {};\n';
  it.each<readonly [string, Files, string, readonly string[]]>([
    ["Knex's object", { "src/migrate.ts": KNEX }, up(""), ["umzug context.raw()"]],
    ["Kysely's object, made of a pool", { "src/migrate.ts": KYSELY }, up(""), ["umzug sql`…`.execute(context)"]],
    [
      "an object with it inside",
      { "src/migrate.ts": PG.replace("context: pool", "context: { pool, now: Date.now }") },
      up(""),
      ["umzug context.query()"],
    ],
    [
      "one from another file",
      {
        "src/migrate.ts": runner('import { pool } from "./pool";', "pool"),
        "src/pool.ts": 'import pg from "pg";\nexport const pool = new pg.Pool();\n',
      },
      up(""),
      ["umzug context.query()"],
    ],
    [
      "a parameter, by what the migrations import",
      { "src/migrate.ts": runner("", "db", (made) => `export const make = (db) => ${made};`) },
      typed,
      ["umzug context.raw()"],
    ],
    [
      "Sequelize's",
      { "src/migrate.ts": runner("", "sequelize.getQueryInterface()") },
      "export const up = async ({ context: queryInterface }) => {};\n",
      ["sequelize queryInterface.sequelize.query()"],
    ],
    ["what is not known", { "src/migrate.ts": runner('import { db } from "somewhere";', "db") }, up(""), []],
  ])("with %s", (_, files, migration, expected) => {
    const { databases } = detected({
      ...manifest("umzug", "knex", "kysely", "pg"),
      ...files,
      "src/changes/1-a.ts": migration,
    });
    expect(
      databases.flatMap(({ sources }) => sources.map(({ tool }) => `${tool.name} ${String(tool.calls?.sql)}`)),
    ).toEqual(expected);
  });
});

describe("what a migration sends", () => {
  function sent(program: string, body: string, imports = ""): readonly string[] {
    const base = {
      ...manifest("umzug", "pg"),
      "src/migrate.ts": program,
      "src/changes/1-a.ts": up('await context.query("SELECT 1");'),
    };
    const [database] = changeOf(base, { "src/changes/2-b.ts": imports + up(body) }).databases;
    return (database?.migrations[1]?.statements ?? []).map(({ statement: { sql, operations }, transaction }) => {
      const [operation] = operations;
      const said = operation?.type === "Unparsed" ? operation.reason : sql;
      return `${said} ${String(transaction.group ?? transaction.inTransaction)}`;
    });
  }

  it("by node-postgres", () => {
    expect(
      sent(
        PG,
        `await context.query("ALTER TABLE a ADD b int");
         await context.query({ text: "UPDATE a SET b = $1", values: [1] });
         const client = await context.connect();
         await client.query("BEGIN");
         await client.query("DROP TABLE c");
         await client.query("COMMIT");
         client.release();
         await context.query("CREATE INDEX CONCURRENTLY i ON a (b)");`,
      ),
    ).toEqual([
      "ALTER TABLE a ADD b int false",
      "UPDATE a SET b = $1 false",
      "BEGIN src/changes/2-b.ts#1",
      "DROP TABLE c src/changes/2-b.ts#1",
      "COMMIT src/changes/2-b.ts#1",
      "CREATE INDEX CONCURRENTLY i ON a (b) false",
    ]);
  });

  it("by Knex, whose transactions are transactions", () => {
    expect(
      sent(
        KNEX,
        `await context.schema.dropTable("a");
         await context.transaction(async (trx) => { await trx.raw("DROP TABLE b"); await trx("c").delete(); });
         await context.raw("DROP TABLE d");`,
      ),
    ).toEqual([
      'drop table "a" false',
      "START TRANSACTION src/changes/2-b.ts#1",
      "DROP TABLE b src/changes/2-b.ts#1",
      'delete from "c" src/changes/2-b.ts#1',
      "COMMIT src/changes/2-b.ts#1",
      "DROP TABLE d false",
    ]);
  });

  it("by Kysely, whose transactions are transactions", () => {
    expect(
      sent(
        KYSELY,
        `await context.schema.dropTable("a").execute();
         await context.transaction().execute(async (trx) => { await sql\`DROP TABLE b\`.execute(trx); });
         await context.withSchema("x").transaction().execute(async (trx) => { await trx.schema.dropTable("c").execute(); });`,
        'import { sql } from "kysely";\n',
      ),
    ).toEqual([
      'drop table "a" false',
      "START TRANSACTION src/changes/2-b.ts#1",
      "DROP TABLE b src/changes/2-b.ts#1",
      "COMMIT src/changes/2-b.ts#1",
      "START TRANSACTION src/changes/2-b.ts#2",
      'drop table "c" src/changes/2-b.ts#2',
      "COMMIT src/changes/2-b.ts#2",
    ]);
  });

  it("by what stands in the context, and says once what is not known", () => {
    const program = PG.replace("context: pool", "context: { pool, tables }");
    expect(
      sent(program, 'await context.pool.query("DROP TABLE a");\nawait context.pool.query(context.tables.b);'),
    ).toEqual(["DROP TABLE a false", "sql is the program's that runs the migrations false"]);
  });
});
