import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../../src/change/configuration.js";
import { check } from "../../../src/check/check.js";
import { memorySource } from "../../check/memory-source.js";
import { changeOf, type Files, onlySource } from "../open-tool.js";

const SCHEMA = `datasource db {
  provider = "postgresql"
}

model User {
  id        Int     @id
  email     String
  fullName  String? @map("full_name")
  orders    Order[]

  @@map("users")
}

model Order {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id])
}
`;

const BASE: Files = {
  "package.json": '{ "dependencies": { "prisma": "^7.4.0", "@prisma/client": "^7.4.0" } }',
  "prisma/schema.prisma": SCHEMA,
  "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
  "prisma/migrations/20260101000000_init/migration.sql":
    'CREATE TABLE users (id int PRIMARY KEY, email text, full_name text);\nCREATE TABLE "Order" (id int PRIMARY KEY, "userId" int);\n',
};
const STEP = "prisma/migrations/20260201000000_names/data-migration.ts";
const script = (body: string): string =>
  `import { Prisma, PrismaClient } from "@prisma/client";\n\nconst prisma = new PrismaClient();\n\nasync function main() {\n${body}\n}\n\n` +
  `main()\n  .catch((error) => {\n    console.error(error);\n    process.exit(1);\n  })\n  .finally(async () => await prisma.$disconnect());\n`;

/** What a data step sends, with the transaction; or why it is not known. */
function sent(text: string, others: Files = {}): readonly string[] {
  const added = { ...others, [STEP]: text, [STEP.replace("data-migration.ts", "migration.sql")]: "SELECT 1;\n" };
  const [database] = changeOf(BASE, added).databases;
  return (database?.migrations ?? [])
    .filter(({ file }) => file === STEP)
    .flatMap(({ statements }) =>
      statements.map(({ statement: { sql, operations }, transaction }) => {
        const [operation] = operations;
        const said = operation?.type === "Unparsed" ? operation.reason : sql;
        return `${said} ${String(transaction.group ?? transaction.inTransaction)}`;
      }),
    );
}

describe("a data step beside Prisma's SQL", () => {
  it("comes behind the SQL of its folder, and nothing remembers its text", () => {
    const source = onlySource({
      ...BASE,
      [STEP]: script("await prisma.$executeRaw`SELECT 1`;"),
      "prisma/migrations/20260201000000_names/migration.sql": "SELECT 1;",
      "prisma/migrations/20260201000000_names/types.d.ts": "import type { PrismaClient } from '@prisma/client';",
      "prisma/migrations/20260201000000_names/notes.ts": "export const note = 'prisma';",
      "prisma/migrations/20260301000000_more/migration.sql": "SELECT 1;",
    });
    expect(source.files).toEqual([
      "prisma/migrations/20260101000000_init/migration.sql",
      "prisma/migrations/20260201000000_names/migration.sql",
      STEP,
      "prisma/migrations/20260301000000_more/migration.sql",
    ]);
    expect(source.facts?.get(STEP)).toEqual({ byHand: true });
  });

  it("sends its raw SQL as it is written, each statement by itself", () => {
    expect(
      sent(
        script(`
          const name = "x";
          await prisma.$executeRaw\`UPDATE users SET full_name = \${name} WHERE id IN (\${Prisma.join([1, 2])})\`;
          await prisma.$executeRaw(Prisma.sql\`DELETE FROM \${Prisma.raw('"Order"')}\`);
          await prisma.$executeRawUnsafe("TRUNCATE users");
          const rows = await prisma.$queryRaw\`SELECT id FROM users\`;
          for (const row of rows) await prisma.$executeRaw\`UPDATE users SET email = '' WHERE id = \${row.id}\`;`),
      ),
    ).toEqual([
      "UPDATE users SET full_name = 'x' WHERE id IN ('1','2') false",
      'DELETE FROM "Order" false',
      "TRUNCATE users false",
      "SELECT id FROM users false",
      "UPDATE users SET email = '' WHERE id = $1 false",
    ]);
  });

  it("writes models as the schema maps them, of which it need not have all rows", () => {
    expect(
      sent(
        script(`
          await prisma.$transaction(async (tx) => {
            await tx.user.updateMany({ data: { fullName: "x", orders: { set: [] } } });
            await tx.user.updateMany({ where: { fullName: null }, data: { fullName: "" } });
          });
          await prisma.order.deleteMany({ where: {} });
          await prisma.order.createMany({ data: [{ id: 1, userId: 2 }] });
          await prisma.user.findMany();
          await prisma.account.deleteMany();`),
      ),
    ).toEqual([
      `BEGIN ${STEP}#1`,
      `UPDATE "users" SET "full_name" = $1 ${STEP}#1`,
      `UPDATE "users" SET "full_name" = $1 WHERE $2 ${STEP}#1`,
      `COMMIT ${STEP}#1`,
      'DELETE FROM "Order" false',
      'INSERT INTO "Order" ("id", "userId") VALUES ($1, $2) false',
      "writes the model account, which the Prisma schema does not have false",
    ]);
  });

  it("is called by a runner of the project's own, in a transaction that is not known", () => {
    const step =
      'export const names: MigrationScript = {\n  type: "data",\n  run: async ({ tx }) => {\n' +
      "    await tx.$executeRaw`DELETE FROM users`;\n    await tx.user.deleteMany();\n  },\n};\n";
    expect(sent(step)).toEqual(["DELETE FROM users unknown", 'DELETE FROM "users" unknown']);
  });

  it("knows the client that Prisma 7 generates into the project, and a file that hands it on", () => {
    const step = (from: string): string =>
      `import { Prisma } from "${from}";\nexport async function run({ tx }) {\n` +
      "  const where = Prisma.sql`full_name IS NULL`;\n  await tx.$executeRaw`UPDATE users SET full_name = email WHERE ${where}`;\n}\n";
    const [update] = ["UPDATE users SET full_name = email WHERE full_name IS NULL unknown"];
    expect(sent(step("../../../src/generated/prisma/client"))).toEqual([update]);
    const facade =
      'import { Prisma as GeneratedPrisma } from "./generated/prisma/client";\nexport const Prisma = GeneratedPrisma;\n' +
      "export namespace Prisma {\n  export type InputJsonValue = Types.InputJsonValue;\n}\n";
    expect(sent(step("../../../src/prisma"), { "src/prisma.ts": facade })).toEqual([update]);
    const unknown = ["UPDATE users SET full_name = email WHERE $1 unknown"];
    expect(sent(step("../../../src/elsewhere"))).toEqual(unknown);
    expect(sent(step("../../../src/lib/prisma-helpers"))).toEqual(unknown);
    expect(sent(step("../../../node_modules/.prisma/client"))).toEqual([update]);
  });

  it.each(["prisma-client", "prisma-client-js"])("knows where the generator %s puts the client", (provider) => {
    const step = (from: string): string =>
      `import { Prisma } from "${from}";\nexport async function run({ tx }) {\n` +
      "  await tx.$executeRaw`UPDATE users SET full_name = email WHERE ${Prisma.sql`full_name IS NULL`}`;\n}\n";
    const schema = (output: string): Readonly<Record<string, string>> => ({
      "prisma/schema.prisma": `generator docs {\n  provider = "prisma-docs"\n  output   = "../docs"\n}\n\ngenerator client {\n  provider = "${provider}"\n  ${output}\n}\n\n${SCHEMA}`,
    });
    const [update] = ["UPDATE users SET full_name = email WHERE full_name IS NULL unknown"];
    const [unknown] = ["UPDATE users SET full_name = email WHERE $1 unknown"];
    const own = schema('output = "../src/database/orm/"');
    expect(sent(step("../../../src/database/orm/client"), own)).toEqual([update]);
    expect(sent(step("../../../src/database/orm"), own)).toEqual([update]);
    expect(sent(step("../../../src/database/ormolu"), own)).toEqual([unknown]);
    expect(sent(step("../../../src/generated/prisma/client"), own)).toEqual([unknown]);
    expect(sent(step("../../../docs/client"), own)).toEqual([unknown]);
    const ofEnvironment = schema('output = env("CLIENT")');
    expect(sent(step("../../../src/generated/prisma/client"), ofEnvironment)).toEqual([update]);
  });

  it("may be edited, as nothing runs it a second time or remembers it", () => {
    const base = { ...BASE, [STEP]: script("await prisma.$executeRaw`SELECT 1`;") };
    const edited = memorySource(base, { [STEP]: script("await prisma.$executeRaw`SELECT 2`;") });
    expect(check(edited, DEFAULT_CONFIGURATION).findings).toEqual([]);
    const sql = "prisma/migrations/20260101000000_init/migration.sql";
    const [finding] = check(
      memorySource(base, { [sql]: "CREATE TABLE users (id int);\n" }),
      DEFAULT_CONFIGURATION,
    ).findings;
    expect(finding?.rule).toBe("no-edited-migration");
  });
});
