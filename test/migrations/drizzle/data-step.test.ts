import { describe, expect, it } from "vitest";
import { changeOf, type Files, onlySource } from "../open-tool.js";

const journal = (...tags: readonly string[]): string =>
  JSON.stringify({
    version: "7",
    dialect: "postgresql",
    entries: tags.map((tag, idx) => ({ idx, version: "7", when: idx + 1, tag, breakpoints: true })),
  });
const BASE: Files = {
  "package.json": '{ "dependencies": { "drizzle-orm": "0.45.1", "pg": "^8.0.0" } }',
  "drizzle/meta/_journal.json": journal("0000_init", "0001_names"),
  "drizzle/0000_init.sql": "CREATE TABLE users (id int PRIMARY KEY, full_name text);\n",
  "drizzle/0001_names.sql": "ALTER TABLE users ADD COLUMN name text;\n",
  "src/schema.ts":
    'import { integer, pgTable, text } from "drizzle-orm/pg-core";\n\n' +
    'export const users = pgTable("users", { id: integer("id").primaryKey(), fullName: text("full_name") });\n',
};
const STEP = "drizzle/0000_names.ts";
const script = (body: string): string =>
  'import { eq, isNull, sql } from "drizzle-orm";\nimport { drizzle } from "drizzle-orm/node-postgres";\nimport { users } from "../src/schema";\nimport { other } from "@shop/schema";\n\n' +
  `const db = drizzle(process.env.DATABASE_URL);\n\nasync function main() {\n${body}\n}\n\nmain();\n`;

/** What a data step sends, with the transaction; or why it is not known. */
function sent(text: string): readonly string[] {
  const [database] = changeOf(BASE, { [STEP]: text }).databases;
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

describe("a data step beside Drizzle's SQL", () => {
  it("comes behind the SQL that its name follows, and nothing remembers its text", () => {
    const source = onlySource({
      ...BASE,
      [STEP]: script("await db.execute(sql`SELECT 1`);"),
      "drizzle/0001_types.d.ts": 'import "drizzle-orm";',
      "drizzle/index.ts": "export {};",
    });
    expect(source.files).toEqual(["drizzle/0000_init.sql", STEP, "drizzle/0001_names.sql"]);
    expect(source.facts?.get(STEP)).toEqual({ byHand: true });
    expect(source.facts?.get("drizzle/0000_init.sql")).toEqual({ time: 1 });
  });

  it("comes behind the SQL of its folder", () => {
    const at = (name: string): string => `drizzle/20260101000000_init/${name}`;
    const source = onlySource({
      "package.json": '{ "dependencies": { "drizzle-orm": "1.0.0-rc.1", "pg": "^8.0.0" } }',
      [at("migration.sql")]: "CREATE TABLE users (id int);",
      [at("snapshot.json")]: "{}",
      [at("data.ts")]: script("await db.execute(sql`SELECT 1`);"),
    });
    expect(source.files).toEqual([at("migration.sql"), at("data.ts")]);
  });

  it("sends its SQL, and changes of tables that the schema declares", () => {
    expect(
      sent(
        script(`
          await db.execute(sql\`UPDATE users SET name = \${"x"} WHERE name IS NULL\`);
          await db.transaction(async (tx) => {
            await tx.update(users).set({ fullName: "x" });
            await tx.update(users).set({ fullName: "x" }).where(isNull(users.fullName));
          });
          await db.delete(users);
          await db.insert(users).values([{ id: 1 }]).onConflictDoNothing();
          await db.execute(sql\`TRUNCATE \${users}\`);
          await db.select().from(users).where(eq(users.id, 1));
          await db.delete(other);`),
      ),
    ).toEqual([
      "UPDATE users SET name = 'x' WHERE name IS NULL false",
      `begin ${STEP}#1`,
      `UPDATE "users" SET "\${column}" = $1 ${STEP}#1`,
      `UPDATE "users" SET "\${column}" = $1 WHERE $2 ${STEP}#1`,
      `commit ${STEP}#1`,
      'DELETE FROM "users" false',
      'INSERT INTO "users" ("${column}") VALUES ($1) false',
      'TRUNCATE "users" false',
      "what `delete` changes is a table that is not read false",
    ]);
  });

  it("is called by a runner of the project's own, in a transaction that is not known", () => {
    const step =
      'import { sql } from "drizzle-orm";\n\nexport async function up(db) {\n  await db.execute(sql`DELETE FROM users`);\n}\n';
    expect(sent(step)).toEqual(["DELETE FROM users unknown"]);
  });
});
