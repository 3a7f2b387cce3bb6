import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

/** A migration whose class has this name. */
const migration = (name: string, body = 'await queryRunner.query("SELECT 1");', members = ""): string =>
  `import type { MigrationInterface, QueryRunner } from "typeorm";\n\nexport class ${name} implements MigrationInterface {\n${members}  public async up(queryRunner: QueryRunner): Promise<void> {\n    ${body}\n  }\n\n  public async down(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.query("DROP TABLE a");\n  }\n}\n`;
const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "1"])) }),
});
const PROJECT: Files = manifest("typeorm", "pg");
const dataSource = (options: string): string =>
  `import { DataSource } from "typeorm";\nexport const AppDataSource = new DataSource({ type: "postgres", url: process.env.DATABASE_URL, ${options} });\n`;

describe("TypeORM's migrations are found", () => {
  it("by the dependency, the names of the files and what stands in them", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("typeorm", "1.1.1"),
      "src/migration/1700000000002-B.ts": migration("B1700000000002"),
      "src/migration/1700000000001-A.ts": migration("A1700000000001"),
      "src/migration/1700000000001-A.d.ts": "export {};",
      "src/migration/helper.ts": "export const rows = [];",
    });
    expect(source.tool).toMatchObject({ name: "typeorm", version: "1.1.1", transaction: "all-pending" });
    expect(source.files).toEqual(["src/migration/1700000000001-A.ts", "src/migration/1700000000002-B.ts"]);
  });

  it("in the order of their classes' names, whatever the files are called", () => {
    const source = onlySource({
      ...PROJECT,
      "migrations/1700000000001-A.ts": migration("A1700000000009"),
      "migrations/1700000000002-B.ts": migration("B", undefined, '  name = "B1700000000003";\n'),
      "migrations/1700000000003-C.ts": migration("C1700000000004"),
      "migrations/1700000000004-D.ts": "export const nothing = 1;",
    });
    expect(source.files).toEqual([
      "migrations/1700000000002-B.ts",
      "migrations/1700000000003-C.ts",
      "migrations/1700000000001-A.ts",
    ]);
    expect(source.leftOut).toEqual([
      { file: "migrations/1700000000004-D.ts", reason: "has no class with a method `up`" },
    ]);
  });

  it.each([
    ["beside the file", "server/db/data-source.ts", '__dirname + "/changes/*{.ts,.js}"', "server/db/changes"],
    ["from the package", "src/data-source.ts", '"src/changes/*.ts"', "src/changes"],
    ["that are built", "src/data-source.ts", '"dist/changes/*.js"', "src/changes"],
  ])("by the DataSource, %s", (_, file, glob, folder) => {
    const source = onlySource({
      ...PROJECT,
      [file]: dataSource(`migrations: [${glob}]`),
      [`${folder}/first.ts`]: migration("First1700000000001"),
    });
    expect(source).toMatchObject({ folder, because: `because ${file} names it`, files: [`${folder}/first.ts`] });
  });

  it.each([
    ["without the dependency", { "migrations/1700000000001-A.ts": migration("A1700000000001") }],
    ["that are tests", { ...PROJECT, "tests/migrations/1700000000001-A.ts": migration("A1700000000001") }],
    ["that are something else", { ...PROJECT, "migrations/1700000000001-A.ts": "export const rows = [];" }],
  ])("not %s", (_, files) => {
    expect(detected(files).databases).toEqual([]);
  });

  it("and left out for another system", () => {
    const files = { ...PROJECT, "src/migrations/mysql/1700000000001-A.ts": migration("A1700000000001") };
    expect(detected(files)).toMatchObject({
      databases: [],
      leftOut: [{ file: "src/migrations/mysql", reason: "holds migrations for MySQL; only PostgreSQL is checked" }],
    });
  });
});

const at = (number: number): string => `src/migrations/170000000000${String(number)}-M.ts`;
const BASE: Files = { ...PROJECT, [at(1)]: migration("M1700000000001") };

/** What an added migration sends on the way up, and the transaction of each statement. */
function sent(body: string, members = "", base = BASE): readonly (readonly [sql: string, inTransaction: unknown])[] {
  const change = changeOf(base, { [at(2)]: migration("M1700000000002", body, members) });
  return change.databases.flatMap(({ migrations }) =>
    migrations
      .filter(({ status }) => status === "added")
      .flatMap(({ statements }) =>
        statements.map(
          ({ statement: { sql }, transaction }) => [sql, transaction.group ?? transaction.inTransaction] as const,
        ),
      ),
  );
}

describe("the SQL of TypeORM's migrations", () => {
  it("is what query is given", () => {
    expect(
      sent('await queryRunner.query("DROP TABLE a; DROP TABLE b"); await queryRunner.query(`DROP TABLE c`);'),
    ).toEqual([
      ["DROP TABLE a", "all pending in src/migrations"],
      ["DROP TABLE b", "all pending in src/migrations"],
      ["DROP TABLE c", "all pending in src/migrations"],
    ]);
  });

  it("has its own transactions", () => {
    const body =
      'await queryRunner.commitTransaction();\nawait queryRunner.query("CREATE INDEX CONCURRENTLY i ON a (b)");\nawait queryRunner.startTransaction();';
    expect(sent(body)).toContainEqual(["CREATE INDEX CONCURRENTLY i ON a (b)", false]);
  });
});

describe("the transaction of TypeORM's migrations", () => {
  const query = 'await queryRunner.query("DROP TABLE a");';

  it.each([
    ["all", "all pending in src/migrations"],
    ["each", `${at(2)}#1`],
    ["none", false],
  ])("is as the DataSource's migrationsTransactionMode says: %s", (mode, group) => {
    const settings = dataSource(`migrations: ["src/migrations/*.ts"], migrationsTransactionMode: "${mode}"`);
    expect(sent(query, "", { ...BASE, "src/data-source.ts": settings })).toEqual([["DROP TABLE a", group]]);
  });

  it("is as the command says that runs them", () => {
    const scripts = { migrate: "typeorm migration:run -d src/data-source.ts -t each" };
    const base = { ...BASE, "package.json": JSON.stringify({ scripts, dependencies: { typeorm: "1", pg: "8" } }) };
    expect(sent(query, "", base)).toEqual([["DROP TABLE a", `${at(2)}#1`]]);
  });

  it("is none where the class says so", () => {
    const settings = dataSource('migrations: ["src/migrations/*.ts"], migrationsTransactionMode: "each"');
    expect(sent(query, "  transaction = false;\n", { ...BASE, "src/data-source.ts": settings })).toEqual([
      ["DROP TABLE a", false],
    ]);
  });
});
