import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "1"])) }),
});
const PROJECT = manifest("slonik", "@slonik/migrator");
const migrator = (options: string): string =>
  `import path from "node:path";\nimport { SlonikMigrator } from "@slonik/migrator";\nimport { pool } from "./pool";\n\n` +
  `export const migrator = new SlonikMigrator({ migrationTableName: "migration", slonik: pool, ${options} });\n`;
const up = (body: string, parameter = "{ context: { connection, sql } }"): string =>
  `import type { Migration } from "@slonik/migrator";\n\nexport const up: Migration = async (${parameter}) => {\n  ${body}\n};\n`;

/** Statements of the added files, with what is said of the transaction. */
function sent(files: Files, base: Files) {
  return changeOf(base, files).databases.flatMap(({ migrations }) =>
    migrations
      .filter(({ status }) => status === "added")
      .flatMap(({ file, statements }) =>
        statements.map(
          ({ statement, transaction }) =>
            `${file} ${statement.sql} ${String(transaction.group ?? transaction.inTransaction)}`,
        ),
      ),
  );
}

describe("migrations of @slonik/migrator are found", () => {
  it("by the folder that a program names, in the order of their names", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("@slonik/migrator", "0.12.0"),
      "src/db/migrate.ts": migrator('migrationsPath: path.join(__dirname, "changes")'),
      "src/db/changes/2024.02.01.b.ts": up(""),
      "src/db/changes/2024.01.01.a.sql": "CREATE TABLE a (id int);",
      "src/db/changes/down/2024.01.01.a.sql": "DROP TABLE a;",
      "src/db/changes/types.d.ts": "export {};",
    });
    expect(source).toMatchObject({
      folder: "src/db/changes",
      because: "because src/db/migrate.ts names it",
      tool: { name: "slonik", label: "@slonik/migrator", version: "0.12.0", transaction: "per-statement" },
      files: ["src/db/changes/2024.01.01.a.sql", "src/db/changes/2024.02.01.b.ts"],
    });
    expect(source.downFile?.("src/db/changes/2024.01.01.a.sql")).toBe("src/db/changes/down/2024.01.01.a.sql");
  });

  it("by a path from where the program is started, in a function that it exports", () => {
    const source = onlySource({
      "api/package.json": PROJECT["package.json"] ?? "",
      "api/src/migrate.js":
        'const { SlonikMigrator } = require("@slonik/migrator");\n' +
        'exports.migrate = async (slonik) => new SlonikMigrator({ migrationsPath: "./migrations", slonik }).up();\n',
      "api/migrations/1.sql": "SELECT 1;",
    });
    expect(source).toMatchObject({ folder: "api/migrations", because: "because api/src/migrate.js names it" });
  });

  it("as programs of a runner of the project's own, in the order of the times in their names", () => {
    const program = `import { sql } from "slonik";\n\nexport default { up: async (pool) => { await pool.query(sql\`SELECT 1\`); } };\n`;
    const source = onlySource({
      ...manifest("slonik"),
      "alterations/next-1700000003-c.ts": program,
      "alterations/1.10.0-1700000002-b.ts": program,
      "alterations/1.9.0-1700000001-a.ts": program,
      "alterations/utils.ts": "export {};",
    });
    expect(source).toMatchObject({
      tool: { label: "Slonik", transaction: "unknown" },
      because: "because its files import Slonik",
      files: [
        "alterations/1.9.0-1700000001-a.ts",
        "alterations/1.10.0-1700000002-b.ts",
        "alterations/next-1700000003-c.ts",
      ],
    });
    expect(source.tool.assumption).toBe(
      "Nothing says what runs these migrations, which send SQL by way of Slonik. They are taken to run in the order of their names.",
    );
  });

  it.each([
    ["without the dependency", { ...manifest("pg"), "migrate.ts": migrator('migrationsPath: "db"'), "db/1.sql": "" }],
    ["in a folder that is not there", { ...PROJECT, "migrate.ts": migrator('migrationsPath: "none"') }],
    [
      "in a folder whose name is computed",
      { ...PROJECT, "migrate.ts": migrator("migrationsPath: process.env.FOLDER"), "db/1.sql": "" },
    ],
    ["where the programs import something else", { ...PROJECT, "db/1.ts": "export const up = () => undefined;" }],
  ])("not %s", (_, files) => {
    const sources = detected(files).databases.flatMap((database) => database.sources);
    expect(sources.filter(({ tool }) => tool.name === "slonik")).toEqual([]);
  });
});

describe("what migrations of @slonik/migrator send", () => {
  const base = (options = ""): Files => ({
    ...PROJECT,
    "migrate.ts": migrator(`migrationsPath: "db"${options}`),
    "db/1.sql": "CREATE TABLE a (id int);",
  });

  it("as one query of a file, and one by one of a program", () => {
    expect(
      sent(
        {
          "db/2.sql": "CREATE TABLE b (id int);\nCREATE TABLE c (id int);\n",
          "db/3.ts": up("await connection.query(sql`DROP TABLE b`); await connection.query(sql`DROP TABLE c`);"),
          "db/4.ts": up("await slonik.query(sql`SELECT ${1}`);", "{ slonik, sql }"),
          "db/5.ts": up("await connection.transaction(async (trx) => { await trx.query(sql`DROP TABLE a`); });"),
        },
        base(),
      ),
    ).toEqual([
      "db/2.sql CREATE TABLE b (id int) db/2.sql#1",
      "db/2.sql CREATE TABLE c (id int) db/2.sql#1",
      "db/3.ts DROP TABLE b false",
      "db/3.ts DROP TABLE c false",
      "db/4.ts SELECT '1' false",
      "db/5.ts START TRANSACTION db/5.ts#1",
      "db/5.ts DROP TABLE a db/5.ts#1",
      "db/5.ts COMMIT db/5.ts#1",
    ]);
  });

  it("in one transaction with singleTransaction, but for what the pool sends", () => {
    expect(
      sent(
        {
          "db/2.sql": "CREATE TABLE b (id int);\nCREATE TABLE c (id int);\n",
          "db/3.ts": up(
            "await context.connection.transaction((trx) => trx.query(sql`DROP TABLE b`)); await context.parent.query(sql`DROP TABLE c`);",
            "{ context, sql }",
          ),
        },
        base(", singleTransaction: true"),
      ),
    ).toEqual([
      "db/2.sql CREATE TABLE b (id int) all pending in db",
      "db/2.sql CREATE TABLE c (id int) all pending in db",
      "db/3.ts DROP TABLE b all pending in db",
      "db/3.ts DROP TABLE c false",
    ]);
  });
});
