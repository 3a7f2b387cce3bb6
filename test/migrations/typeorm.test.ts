import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

/** A migration whose class has this name. */
const migration = (name: string, body = 'await queryRunner.query("SELECT 1");', members = ""): string =>
  `import { type MigrationInterface, type QueryRunner, TableColumn } from "typeorm";\n\nexport class ${name} implements MigrationInterface {\n${members}  public async up(queryRunner: QueryRunner): Promise<void> {\n    ${body}\n  }\n\n  public async down(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.query("DROP TABLE a");\n  }\n}\n`;
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

  it("with those of other folders that the folder's index lists", () => {
    const source = onlySource({
      ...PROJECT,
      "src/migrations/postgres/index.ts":
        'import { A1700000000001 } from "../common/1700000000001-A";\nimport { B1700000000002 } from "./1700000000002-B";\nimport { rows } from "../../rows";\n\nexport const migrations = [A1700000000001, B1700000000002];\n',
      "src/migrations/common/1700000000001-A.ts": migration("A1700000000001"),
      "src/migrations/postgres/1700000000002-B.ts": migration("B1700000000002"),
      "src/rows.ts": "export const rows = [];\n",
    });
    expect(source.folder).toBe("src/migrations/postgres");
    expect(source.files).toEqual([
      "src/migrations/common/1700000000001-A.ts",
      "src/migrations/postgres/1700000000002-B.ts",
    ]);
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

describe("calls of TypeORM that look at the schema", () => {
  const table = migration(
    "M1700000000001",
    'await queryRunner.query("CREATE TABLE orders (id serial PRIMARY KEY, code varchar(20) NOT NULL, note text)");',
  );
  const base = { ...PROJECT, [at(1)]: table };
  const change = (call: string): readonly string[] => sent(`await queryRunner.${call};`, "", base).map(([sql]) => sql);

  it.each([
    [
      "that the migrations make",
      'changeColumn("orders", "note", new TableColumn({ name: "note", type: "text" }))',
      ['ALTER TABLE "orders" ALTER COLUMN "note" SET NOT NULL'],
    ],
    [
      "and find the type under another name",
      'changeColumn("orders", "note", new TableColumn({ name: "note", type: "varchar" }))',
      ['ALTER TABLE "orders" DROP COLUMN "note"', 'ALTER TABLE "orders" ADD "note" varchar NOT NULL'],
    ],
    [
      "and do not have to, where the type has another name in every database",
      'changeColumn("users", "age", new TableColumn({ name: "age", type: "int" }))',
      ['ALTER TABLE "users" DROP COLUMN "age"', 'ALTER TABLE "users" ADD "age" int NOT NULL'],
    ],
    [
      "and do not have to, where both columns are given",
      'changeColumn("users", new TableColumn({ name: "age", type: "int" }), new TableColumn({ name: "age", type: "int", isNullable: true }))',
      ['ALTER TABLE "users" ALTER COLUMN "age" DROP NOT NULL'],
    ],
    [
      "of which only the name changes",
      'renameColumn("users", "age", "years")',
      ['ALTER TABLE "users" RENAME COLUMN "age" TO "years"'],
    ],
    ["that goes as a whole", 'dropTable("users", true)', ['DROP TABLE IF EXISTS "users"']],
    ["whose column goes as a whole", 'dropColumn("users", "age")', ['ALTER TABLE "users" DROP COLUMN "age"']],
    ["that gets another name", 'renameTable("users", "people")', ['ALTER TABLE "users" RENAME TO "people"']],
  ])("have one %s", (_, call, statements) => {
    expect(change(call)).toEqual(statements);
  });

  it.each([
    [
      'changeColumn("users", "age", new TableColumn({ name: "age", type: "integer" }))',
      "what `changeColumn` sends depends on the table users, of which the migrations do not say all",
    ],
    [
      'dropPrimaryKey("users")',
      "what `dropPrimaryKey` sends depends on the table users, of which the migrations do not say all",
    ],
    ['dropView("totals")', "whether totals is a materialized view, the migrations do not say"],
    [
      'changeColumn("orders", "note", new TableColumn({ name: "note", type: process.env.TYPE }))',
      "`changeColumn` is given something that is not known",
    ],
    ['addColumns("orders", columns)', "the list that the call is given is not known"],
  ])("are not known otherwise: %s", (call, reason) => {
    const { databases } = changeOf(base, { [at(2)]: migration("M1700000000002", `await queryRunner.${call};`) });
    const [added] = databases.flatMap(({ migrations }) => migrations.filter(({ judged }) => judged));
    expect(added?.statements.map(({ statement }) => statement.operations)).toMatchObject([
      [{ type: "Unparsed", reason }],
    ]);
  });

  it("leave the numbers of statements in order, those of an edited migration too", () => {
    const first = 'await queryRunner.query("UPDATE orders SET note = NULL");';
    const second =
      'await queryRunner.changeColumn("orders", "note", new TableColumn({ name: "note", type: "int", isUnique: true }));';
    const third = 'await queryRunner.query("DELETE FROM orders");';
    const { databases } = changeOf(
      { ...base, [at(2)]: migration("M1700000000002", first + second) },
      { [at(2)]: migration("M1700000000002", first + second + third) },
    );
    const edited = databases.flatMap(({ migrations }) => migrations).at(-1);
    expect(
      edited?.statements.map(({ statement: { index, operations } }) => [
        index,
        operations[0]?.type,
        operations[0]?.statement,
      ]),
    ).toEqual([
      [0, "Update", 0],
      [1, "DropColumn", 1],
      [2, "AddColumn", 2],
      [3, "AddConstraint", 3],
      [4, "Delete", 4],
    ]);
    expect(edited?.sql.statements).toEqual(edited?.statements.map(({ statement }) => statement));
    expect([...(edited?.unchanged ?? [])]).toEqual([0, 1, 2, 3]);
  });

  it("are followed on the way down, on the schema that the way up leaves", () => {
    const up = 'await queryRunner.query("ALTER TABLE orders RENAME note TO remark");';
    const text = migration("M1700000000002", up).replace(
      'query("DROP TABLE a")',
      'changeColumn("orders", "remark", new TableColumn({ name: "note", type: "text", isNullable: true }))',
    );
    const database = changeOf(base, { [at(2)]: text }).databases[0];
    const added = database?.migrations.at(-1);
    const undone = added && database?.undo?.(added);
    expect(undone?.statements.map(({ statement }) => statement.sql)).toEqual([
      'ALTER TABLE "orders" RENAME COLUMN "remark" TO "note"',
    ]);
  });
});
