import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

/** A migration whose `up` has this body. */
const migration = (body = "await db.execute(sql`SELECT 1`);", from = "@payloadcms/db-postgres"): string =>
  `import { type MigrateDownArgs, type MigrateUpArgs, sql } from "${from}";\n\nexport async function up({ db, payload, req }: MigrateUpArgs): Promise<void> {\n  ${body}\n}\n\nexport async function down({ db }: MigrateDownArgs): Promise<void> {\n  await db.execute(sql\`DROP TABLE b\`);\n}\n`;
const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "3"])) }),
});
const PROJECT: Files = manifest("payload", "@payloadcms/db-postgres");
const at = (number: number, folder = "src/migrations"): string => `${folder}/20260101_00000${String(number)}_change.ts`;
const config = (options: string): string =>
  `import path from "path";\nimport { fileURLToPath } from "url";\nimport { postgresAdapter } from "@payloadcms/db-postgres";\nimport { buildConfig } from "payload";\nimport { Orders } from "./collections/Orders";\n\nconst dirname = path.dirname(fileURLToPath(import.meta.url));\n\nexport default buildConfig({\n  collections: [Orders],\n  db: postgresAdapter({ pool: { connectionString: process.env.DATABASE_URI }, ${options} }),\n});\n`;

describe("Payload's migrations are found", () => {
  it("by the dependencies and the names of the files, without their index", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("payload", "3.90.2"),
      [at(2)]: migration(),
      [at(1)]: migration(),
      "src/migrations/20260101_000001_change.json": "{}\n",
      "src/migrations/index.ts": 'import * as first from "./20260101_000001_change";\nexport const migrations = [];\n',
    });
    expect(source.tool).toMatchObject({ name: "payload", version: "3.90.2", transaction: "per-file" });
    expect(source.because).toBe("because package.json has payload");
    expect(source.files).toEqual([at(1), at(2)]);
    expect(source.leftOut).toEqual([]);
  });

  it("by the config's migrationDir", () => {
    const source = onlySource({
      ...PROJECT,
      "src/payload.config.ts": config('migrationDir: path.resolve(dirname, "changes")'),
      "src/changes/first.ts": migration(),
    });
    expect(source).toMatchObject({
      folder: "src/changes",
      because: "because src/payload.config.ts names it",
      files: ["src/changes/first.ts"],
    });
  });

  it("as the index lists them, where the server runs them when it starts", () => {
    const source = onlySource({
      ...PROJECT,
      "src/payload.config.ts": config("prodMigrations: migrations"),
      [at(1)]: migration(),
      [at(2)]: migration(),
      "src/migrations/index.ts":
        'import * as migration_1 from "./20260101_000001_change";\n\nexport const migrations = [\n  { up: migration_1.up, down: migration_1.down, name: "20260101_000001_change" },\n];\n',
    });
    expect(source.files).toEqual([at(1)]);
    expect(source.leftOut).toEqual([
      { file: at(2), reason: "is not in the folder's index.ts, so Payload does not run it when the server starts" },
    ]);
  });

  it.each([
    ["without the dependency", { [at(1)]: migration() }],
    ["for another system", { ...manifest("payload", "@payloadcms/db-sqlite"), [at(1)]: migration() }],
    ["for another system beside it", { ...PROJECT, [at(1)]: migration(undefined, "@payloadcms/db-sqlite") }],
    ["that are tests", { ...PROJECT, [at(1, "test/migrations")]: migration() }],
  ])("not %s", (_, files) => {
    expect(detected(files).databases).toEqual([]);
  });
});

/** What an added migration sends on the way up, and the transaction of each statement. */
function sent(body: string, base: Files = {}): readonly (readonly [sql: string, inTransaction: unknown])[] {
  const change = changeOf({ ...PROJECT, [at(1)]: migration(), ...base }, { [at(2)]: migration(body) });
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

const OWN = `${at(2)}#1`;

describe("the SQL of Payload's migrations", () => {
  it("is what the database is given, in the migration's transaction or on another connection", () => {
    const body = [
      "await db.execute(sql`DROP TABLE a; DROP TABLE b`);",
      "await payload.db.drizzle.execute(sql`DROP TABLE c`);",
      'await payload.db.execute({ drizzle: db, raw: "DROP TABLE d" });',
      "await payload.db.sessions[await req.transactionID].db.execute(sql`DROP TABLE e`);",
      "await req.payload.db.drizzle.execute(sql.raw(`DROP TABLE f`));",
    ].join("\n  ");
    expect(sent(body)).toEqual([
      ["DROP TABLE a", OWN],
      ["DROP TABLE b", OWN],
      ["DROP TABLE c", false],
      ["DROP TABLE d", OWN],
      ["DROP TABLE e", OWN],
      ["DROP TABLE f", false],
    ]);
  });

  it("is not known where documents are changed, or tables that are values", () => {
    const body = [
      'const { docs } = await payload.find({ collection: "orders", req });',
      'payload.logger.info("orders");',
      'for (const doc of docs) await payload.update({ collection: "orders", id: doc.id, data: {}, req });',
      "await db.update(orders).set({ note: null });",
      "await db.select().from(orders);",
    ].join("\n  ");
    expect(sent(body)).toEqual([
      ["`payload.update` is nothing of payload that is known, so what it runs is not known", OWN],
      ["what `update` changes is a table of the program's that is not read", OWN],
    ]);
  });

  it("is in no transaction where the adapter has none", () => {
    const settings = { "src/payload.config.ts": config("transactionOptions: false") };
    expect(sent("await db.execute(sql`DROP TABLE a`);", settings)).toEqual([["DROP TABLE a", false]]);
  });
});

it("what undoes a migration of Payload is read, and is never on the way up", () => {
  const change = changeOf(
    { ...PROJECT, [at(1)]: migration() },
    { [at(2)]: migration("await db.execute(sql`DROP TABLE a`);") },
  );
  const [added] = change.databases.flatMap(({ migrations }) => migrations.filter(({ judged }) => judged));
  expect(added?.statements.map(({ statement }) => statement.sql)).toEqual(["DROP TABLE a"]);
  expect(added?.down?.sql?.statements.map(({ sql }) => sql)).toEqual(["DROP TABLE b"]);
});
