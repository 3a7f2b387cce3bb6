import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, inForce, npmLock, onlySource } from "./open-tool.js";

/** A migration whose `up` has this body. */
const migration = (body = 'this.addSql("select 1;");', members = "", name = "Migration20260101000000"): string =>
  `import { Migration } from "@mikro-orm/migrations";\n\nexport class ${name} extends Migration {\n  override async up(): Promise<void> {\n    ${body}\n  }\n${members}}\n`;
const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "1"])) }),
});
const PROJECT: Files = { ...manifest("@mikro-orm/migrations", "@mikro-orm/postgresql") };
const config = (migrations: string, from = "@mikro-orm/postgresql"): string =>
  `import { defineConfig } from "${from}";\nexport default defineConfig({ dbName: "shop", migrations: { ${migrations} } });\n`;
const at = (number: number, folder = "src/migrations"): string =>
  `${folder}/Migration2026010100000${String(number)}.ts`;

describe("MikroORM's migrations are found", () => {
  it("by the dependency, the names of the files and their classes, in the order of the names", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("@mikro-orm/migrations", "6.6.16"),
      [at(2)]: migration(),
      [at(1)]: migration(),
      [at(3)]: "export const rows = [];\n",
      "src/migrations/Migration20260101000001.d.ts": "export {};\n",
      "src/migrations/.snapshot-shop.json": "{}\n",
    });
    expect(source.tool).toMatchObject({ name: "mikro-orm", version: "6.6.16", transaction: "all-pending" });
    expect(source.because).toBe("because package.json has mikro-orm");
    expect(source.files).toEqual([at(1), at(2)]);
    expect(source.leftOut).toEqual([{ file: at(3), reason: "has no class that extends `Migration`" }]);
  });

  it.each([
    ["pathTs", 'path: "dist/changes", pathTs: "src/changes"'],
    ["path, of what is built", 'path: "./dist/changes"'],
  ])("by the configuration's %s", (_, migrations) => {
    const source = onlySource({
      ...PROJECT,
      "mikro-orm.config.ts": config(migrations),
      "src/changes/first.ts": migration(),
    });
    expect(source).toMatchObject({
      folder: "src/changes",
      because: "because mikro-orm.config.ts names it",
      files: ["src/changes/first.ts"],
    });
  });

  it("beside the configuration of each package of a repository", () => {
    const files = {
      "packages/a/package.json": '{ "dependencies": { "@mikro-orm/postgresql": "6" } }',
      "packages/a/src/mikro-orm.config.ts": config('pathTs: "./src/migrations"'),
      [at(1, "packages/a/src/migrations")]: migration(),
      "packages/b/package.json": '{ "dependencies": { "@medusajs/framework": "2" } }',
      [at(1, "packages/b/src/migrations")]: migration().replace(
        "@mikro-orm/migrations",
        "@medusajs/framework/mikro-orm/migrations",
      ),
    };
    const folders = detected(files).databases.flatMap(({ sources }) => sources.map(({ folder }) => folder));
    expect(folders).toEqual(["packages/a/src/migrations", "packages/b/src/migrations"]);
  });

  it.each([
    ["without the dependency", { [at(1)]: migration() }],
    ["that are tests", { ...PROJECT, [at(1, "tests/migrations")]: migration() }],
    ["that are something else", { ...PROJECT, [at(1)]: "export const rows = [];\n" }],
  ])("not %s", (_, files) => {
    expect(detected(files).databases).toEqual([]);
  });

  it("and left out for another system", () => {
    const files = {
      ...manifest("@mikro-orm/migrations", "@mikro-orm/mysql"),
      "mikro-orm.config.ts": config('pathTs: "src/migrations"', "@mikro-orm/mysql"),
      [at(1)]: migration(),
    };
    expect(detected(files)).toMatchObject({
      databases: [],
      leftOut: [{ file: "src/migrations", reason: "holds migrations for MySQL; only PostgreSQL is checked" }],
    });
  });
});

/** What an added migration sends on the way up, and the transaction of each statement. */
function sent(text: string, base: Files = {}): readonly (readonly [sql: string, inTransaction: unknown])[] {
  const change = changeOf({ ...PROJECT, [at(1)]: migration(), ...base }, { [at(2)]: text });
  return change.databases.flatMap(({ migrations }) =>
    migrations
      .filter(({ status }) => status === "added")
      .flatMap(({ statements }) =>
        statements.map(
          ({ statement: { sql, operations }, transaction }) =>
            [
              operations[0]?.type === "Unparsed" ? operations[0].reason : sql,
              transaction.group ?? transaction.inTransaction,
            ] as const,
        ),
      ),
  );
}

const ALL = "all pending in src/migrations";

describe("the SQL of MikroORM's migrations", () => {
  it("is what addSql is given, behind what execute has sent at once", () => {
    const body = 'this.addSql("drop table a"); await this.execute("drop table b; drop table c");';
    expect(sent(migration(body))).toEqual([
      ["drop table b", ALL],
      ["drop table c", ALL],
      ["drop table a", ALL],
    ]);
  });

  it("is found behind a class of the project's own, and in its methods", () => {
    const base =
      'import { Migration } from "@mikro-orm/migrations";\nexport abstract class Base extends Migration {\n  protected drop(name: string) {\n    this.addSql(`drop table "${name}"`);\n  }\n}\n';
    const text =
      'import { Base } from "./base";\n\nexport class Migration20260101000002 extends Base {\n  async up() {\n    this.drop("a");\n  }\n}\n';
    expect(
      sent(text.replace("extends Base", "extends BaseMigration").replace("{ Base }", "{ Base as BaseMigration }"), {
        "src/migrations/base.ts": base,
      }),
    ).toEqual([['drop table "a"', ALL]]);
  });

  it("runs on another connection through getKnex, unless that is given the transaction", () => {
    const body =
      'const knex = this.getKnex();\n    await knex.raw("drop table a");\n    await knex.schema.dropTable("b");\n    await knex("c").del().transacting(this.ctx);\n    await this.ctx.raw("drop table d");\n    await this.driver.execute("drop table e");';
    expect(sent(migration(body))).toEqual([
      ["drop table a", false],
      ['drop table "b"', false],
      ['delete from "c"', ALL],
      ["drop table d", ALL],
      ["drop table e", false],
    ]);
  });

  it("runs in its transaction through getKysely of 7, but not by a fork of the entity manager", () => {
    const body =
      'const em = this.getEntityManager();\n    const db = em.getKysely();\n    await db.schema.dropTable("a").execute();\n    await sql`drop table b`.execute(db);\n    await em.fork({ keepTransactionContext: true }).execute("drop table c");\n    await em.fork().execute("drop table d");\n    await em.fork().getKysely().schema.dropTable("e").execute();\n    await em.getKysely({ tableNamingStrategy: "entity" }).deleteFrom("F").execute();';
    const text = `import { sql } from "kysely";\n${migration(body)}`;
    expect(sent(text)).toEqual([
      ['drop table "a"', ALL],
      ["drop table b", ALL],
      ["drop table c", ALL],
      ["drop table d", false],
      ["what a Kysely of another connection sends is not followed", ALL],
      ["what a Kysely with options sends is not followed", ALL],
    ]);
  });

  it("finds names in the schema that 7 puts on search_path", () => {
    const files = { "mikro-orm.config.ts": config('pathTs: "./src/migrations", schema: "tenant"') };
    const sessionOf = (version: string): unknown =>
      onlySource({ ...PROJECT, ...npmLock("@mikro-orm/migrations", version), ...files, [at(1)]: migration() }).session;
    expect(sessionOf("7.2.1")).toEqual(new Map([["search_path", '"tenant"']]));
    expect(sessionOf("6.6.16")).toBeUndefined();
  });

  it("is not known where entities are changed", () => {
    const body =
      "const em = this.getEntityManager();\n    await em.find(Order, {});\n    await em.nativeUpdate(Order, {}, { note: null });";
    expect(sent(migration(body))).toEqual([
      ["`em.nativeUpdate` is nothing of the entity manager that is known, so what it runs is not known", ALL],
    ]);
  });
});

describe("the transaction of MikroORM's migrations", () => {
  const drop = migration('this.addSql("drop table a");');

  it.each([
    ["", ALL],
    ["allOrNothing: false", `${at(2)}#1`],
    ["transactional: false", false],
  ])("is as the configuration says: %s", (setting, group) => {
    const settings = { "mikro-orm.config.ts": config(`pathTs: "src/migrations", ${setting}`) };
    expect(sent(drop, settings)).toEqual([["drop table a", group]]);
  });

  it("is none where the class says so", () => {
    const members = "  isTransactional() {\n    return false;\n  }\n";
    expect(sent(migration('this.addSql("drop table a");', members))).toEqual([["drop table a", false]]);
  });

  it.each([
    ["5.9.8", "", "replica"],
    ["5.9.8", "disableForeignKeys: false", undefined],
    ["6.6.16", "", undefined],
    ["6.6.16", "disableForeignKeys: true", "replica"],
  ])("is without foreign keys in %s with the setting %j: %s", (version, setting, role) => {
    const base = {
      ...PROJECT,
      ...npmLock("@mikro-orm/migrations", version),
      "mikro-orm.config.ts": config(`pathTs: "src/migrations", ${setting}`),
      [at(1)]: migration(),
    };
    expect(inForce(changeOf(base, { [at(2)]: drop }), "session_replication_role")).toEqual([role]);
  });
});

it("what undoes a migration of MikroORM is read, and is never on the way up", () => {
  const members = '  override async down(): Promise<void> {\n    this.addSql("drop table b");\n  }\n';
  const change = changeOf(
    { ...PROJECT, [at(1)]: migration() },
    { [at(2)]: migration('this.addSql("drop table a");', members) },
  );
  const [added] = change.databases.flatMap(({ migrations }) => migrations.filter(({ judged }) => judged));
  expect(added?.statements.map(({ statement }) => statement.sql)).toEqual(["drop table a"]);
  expect(added?.down?.sql?.statements.map(({ sql }) => sql)).toEqual(["drop table b"]);
});
