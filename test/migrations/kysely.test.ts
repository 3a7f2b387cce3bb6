import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

const UP = `import { sql, type Kysely } from "kysely";
export async function up(db: Kysely<any>): Promise<void> {
  await sql\`SELECT 1\`.execute(db);
}
`;
const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "1"])) }),
});
const PROJECT: Files = manifest("kysely", "pg");

describe("Kysely's migrations are found", () => {
  it("by the dependency, the folder and what stands in the files", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("kysely", "0.28.18"),
      "src/db/migrations/2024-02-01_b.ts": UP,
      "src/db/migrations/2024-01-01_a.mjs": UP.replaceAll(/: Kysely<any>|: Promise<void>|, type Kysely/g, ""),
      "src/db/migrations/2024-01-01_a.d.mts": "export {};",
      "src/db/migrations/index.ts": "export const folder = import.meta.dirname;",
    });
    expect(source).toMatchObject({
      folder: "src/db/migrations",
      tool: { name: "kysely", label: "Kysely", version: "0.28.18", transaction: "all-pending" },
      because: "because package.json has kysely",
      files: ["src/db/migrations/2024-01-01_a.mjs", "src/db/migrations/2024-02-01_b.ts"],
      leftOut: [
        {
          file: "src/db/migrations/index.ts",
          reason: "has no function `up`, so Kysely does not take it for a migration",
        },
      ],
    });
  });

  it("by kysely-ctl", () => {
    expect(onlySource({ ...manifest("kysely-ctl"), "migrations/1_a.ts": UP }).tool.name).toBe("kysely");
  });

  it("in the order of their names without extensions", () => {
    const source = onlySource({
      ...PROJECT,
      "migrations/10_c.ts": UP,
      "migrations/2_d.ts": UP,
      "migrations/1_a.ts": UP,
      "migrations/1_a-b.ts": UP,
    });
    expect(source.files).toEqual([
      "migrations/10_c.ts",
      "migrations/1_a.ts",
      "migrations/1_a-b.ts",
      "migrations/2_d.ts",
    ]);
  });

  it.each([
    [
      "a constant",
      UP.replace("async function up(db: Kysely<any>): Promise<void>", "const up = async (db: Kysely<any>) =>"),
    ],
    ["a list of names", `${UP.replace("export ", "")}export { up };\n`],
    ["a property", UP.replace("export async function up", "exports.up = async function")],
    [
      "what a call returns",
      'import { migration } from "./kysely-steps";\nexport const { up, down } = migration("orders");\n',
    ],
    [
      "the default export",
      `import { Migration, sql } from "kysely";
export default { async up(db) { await sql\`SELECT 1\`.execute(db); } } satisfies Migration;
`,
    ],
    [
      "a named default export",
      `import { Migration, sql } from "kysely";
const first: Migration = {
  up: async (db) => void (await sql\`SELECT 1\`.execute(db)),
};
export default first;
`,
    ],
  ])("by a function up that is %s", (_, text) => {
    expect(onlySource({ ...PROJECT, "migrations/1_a.ts": text })).toMatchObject({
      tool: { name: "kysely" },
      files: ["migrations/1_a.ts"],
    });
  });

  it.each([
    ["without the dependency", { ...manifest("pg"), "migrations/1_a.ts": UP }],
    ["that are tests", { ...PROJECT, "tests/migrations/1_a.ts": UP }],
    ["in a folder of another name", { ...PROJECT, "src/queries/1_a.ts": UP }],
    ["that are something else", { ...PROJECT, "migrations/1_a.ts": "export const rows = [];" }],
    [
      "that only speak of migrations",
      {
        ...PROJECT,
        "src/migrations/migrate.ts":
          'import { Migrator } from "kysely";\n\n/** Brings the schema up to date. */\nexport async function migrate(migrator: Migrator) {\n  const { up } = await steps();\n  return up ? migrator.migrateToLatest() : undefined;\n}\n',
        "src/migrations/steps.ts":
          'import type { Kysely } from "kysely";\n\nconst up = 1;\nexport { up as direction };\nexport const set = async (db: Kysely<any>) => db.updateTable("orders").set({ up: true }).execute();\n',
      },
    ],
    ["that do not use Kysely", { ...PROJECT, "migrations/1_a.ts": "export async function up() {}" }],
  ])("not %s", (_, files) => {
    expect(detected(files).databases).toEqual([]);
  });

  it("and left out for another system by the folder", () => {
    expect(detected({ ...PROJECT, "db/migrations-sqlite/1_a.ts": UP })).toMatchObject({
      databases: [],
      leftOut: [{ file: "db/migrations-sqlite", reason: "holds migrations for SQLite; only PostgreSQL is checked" }],
    });
  });
});

describe("what the project tells the migrator", () => {
  const tool = (files: Files) => onlySource({ ...PROJECT, "migrations/1_a.ts": UP, ...files }).tool;

  it.each<[string, Files]>([
    [
      "in a program",
      {
        "src/migrate.ts":
          "export const migrator = new Migrator({\n  db,\n  provider,\n  disableTransactions: true,\n});\n",
      },
    ],
    [
      "of kysely-ctl in a script",
      {
        "package.json": JSON.stringify({
          dependencies: { kysely: "1" },
          scripts: { migrate: "kysely migrate:latest --no-transaction" },
        }),
      },
    ],
  ])("%s switches its transactions off", (_, files) => {
    expect(tool(files)).toMatchObject({
      transaction: "per-statement",
      outsideTransaction: "in a migration of its own, so that nothing else is half done if it fails",
    });
    expect(tool(files).withoutOutside).toBeUndefined();
  });

  it.each<[string, Files]>([
    ["that is off", { "src/migrate.ts": "new Migrator({ db, provider, disableTransactions: false });\n" }],
    ["in a comment", { "src/migrate.ts": "// disableTransactions: true\nnew Migrator({ db, provider });\n" }],
    ["in a test", { "src/migrate.test.ts": "new Migrator({ db, provider, disableTransactions: true });\n" }],
    ["of another command", { Makefile: "seed:\n\tkysely seed run --no-transaction\n" }],
  ])("an option %s does not", (_, files) => {
    expect(tool(files)).toMatchObject({ transaction: "all-pending" });
    expect(tool(files).outsideTransaction).toBeUndefined();
  });

  it("allows any order", () => {
    expect(tool({}).outOfOrder).toMatchObject({ does: "refuses" });
    expect(tool({ "src/migrate.ts": "new Migrator({ allowUnorderedMigrations: true });\n" }).outOfOrder).toEqual({
      does: "runs",
      says: "Kysely runs it after the others, because `allowUnorderedMigrations` is set.",
    });
  });
});

describe("Kysely's migrations are read", () => {
  const added = (files: Files) =>
    changeOf({ ...PROJECT, "migrations/1_a.ts": UP }, files).databases.flatMap(({ migrations }) =>
      migrations.filter(({ status }) => status === "added"),
    );
  const program = (body: string): string =>
    `import { sql, type Kysely } from "kysely";\nexport async function up(db: Kysely<any>) {\n${body}\n}\n`;
  const placesOf = (text: string): readonly string[] =>
    added({ "migrations/2_b.ts": text }).flatMap(({ statements }) =>
      statements.flatMap(({ statement }) =>
        statement.operations.map(({ type, range }) => `${type}: ${text.slice(...range)}`),
      ),
    );

  it("with one transaction for all that are pending", () => {
    const groups = added({ "migrations/2_b.ts": UP, "migrations/3_c.ts": UP }).flatMap(({ statements }) =>
      statements.map(({ transaction }) => transaction.group),
    );
    expect(groups).toEqual(["all pending in migrations", "all pending in migrations"]);
  });

  it("with the place of each call", () => {
    const text = program(
      'await db.schema.alterTable("orders").addColumn("note", "text").dropColumn("old").execute();\n' +
        "await sql`CREATE INDEX i ON orders (note)`.execute(db);",
    );
    expect(placesOf(text)).toEqual([
      'AddColumn: addColumn("note", "text")',
      'DropColumn: dropColumn("old")',
      "CreateIndex: CREATE INDEX i ON orders (note)",
    ]);
  });

  it("as an object that is the default export", () => {
    const text =
      'export default { async up(db: import("kysely").Kysely<any>) { await db.schema.dropTable("orders").execute(); } };\n';
    expect(placesOf(text)).toEqual(['DropRelation: db.schema.dropTable("orders").execute()']);
  });

  it("without what nobody executes", () => {
    expect(placesOf(program('db.schema.dropTable("orders");'))).toEqual([]);
  });
});
