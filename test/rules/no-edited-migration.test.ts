import { describe, expect, it } from "vitest";
import rule from "../../rules/no-edited-migration.js";
import { memoryChange, type Surroundings } from "./memory-change.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, goose, knex, knexProgram, prisma6, supabase, unknownRunner } from "./tools.js";

const was = "CREATE TABLE orders (id bigint);\nCREATE INDEX i ON orders (id);";
const file = "prisma/migrations/20260101000000_orders/migration.sql";

ruleTester.run("no-edited-migration", rule, {
  valid: [
    { name: "a new migration", history: [was], code: "ALTER TABLE orders ADD COLUMN note text;" },
    {
      name: "comments and white space, where nobody keeps a checksum",
      tool: unknownRunner,
      was,
      code: "-- Orders, one a purchase.\ncreate table orders\n  (id bigint);\n\nCREATE INDEX i ON orders (id)",
    },
    {
      name: "a breakpoint of Drizzle's",
      tool: drizzle,
      was,
      code: "CREATE TABLE orders (id bigint);\n--> statement-breakpoint\nCREATE INDEX i ON orders (id);",
    },
    {
      name: "its down alone, where nobody keeps a checksum",
      tool: goose,
      was: `-- +goose Up\n${was}\n-- +goose Down\nDROP TABLE order;\n`,
      code: `-- +goose Up\n${was}\n-- +goose Down\nDROP TABLE orders;\n`,
      sections: true,
    },
    {
      name: "how it copes with what is there",
      tool: goose,
      was: "DROP INDEX i;",
      code: "DROP INDEX CONCURRENTLY IF EXISTS i;",
    },
    {
      name: "what PostgreSQL refused, so that no database has run it",
      tool: prisma6,
      was: "CREATE TABLE orders (id bigint,);",
      code: "CREATE TABLE orders (id bigint);",
    },
    {
      name: "a program that sends the same, where nobody keeps a checksum",
      tool: knex,
      program: knexProgram,
      file: "migrations/20260101000000_orders.js",
      was: "exports.up = async (knex) => {\n  await knex.schema.dropTable('orders');\n};\n",
      code: "exports.up = (knex) => knex.schema.dropTable('orders');\n",
    },
    { name: "Prisma, moved with its name", tool: prisma6, was, code: was, file, previousFile: `db/${file}` },
    {
      name: "Drizzle with a journal goes by the journal's time",
      tool: drizzle,
      was,
      code: was,
      file: "drizzle/0001_new.sql",
      previousFile: "drizzle/0001_old.sql",
    },
    {
      name: "Supabase goes by the digits",
      tool: supabase,
      was,
      code: was,
      file: "supabase/migrations/20260101000000_orders.sql",
      previousFile: "supabase/migrations/20260101000000_order.sql",
    },
    {
      name: "what PostgreSQL's image runs on an empty data directory alone",
      tool: { ...unknownRunner, onFirstStart: true },
      was,
      code: "CREATE TABLE orders (id bigint, note text);",
    },
    { name: "base is not known", base: false, was, code: "CREATE TABLE orders (id bigint, note text);" },
  ],
  invalid: [
    {
      name: "edited; the runner is not known",
      tool: unknownRunner,
      was,
      code: "CREATE TABLE orders (id bigint, note text);\nCREATE INDEX i ON orders (id);",
      errors: [
        {
          message:
            "This migration was merged before, and databases that ran it keep what its old text made. Put the old text back, and make the change in a new migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 44,
        },
      ],
    },
    {
      name: "a condition that Prisma's checksum covers, too",
      tool: prisma6,
      was: "DROP INDEX i;",
      code: "DROP INDEX IF EXISTS i;",
      errors: [
        {
          message:
            "This migration was merged before, and databases that ran it keep what its old text made; Prisma finds that its checksum is another. Put the old text back, and make the change in a new migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 24,
        },
      ],
    },
    {
      name: "a constant in quotes",
      tool: drizzle,
      was: "INSERT INTO roles VALUES ('admin');",
      code: "INSERT INTO roles VALUES ('Admin');",
      errors: [
        {
          message:
            "This migration was merged before, and databases that ran it keep what its old text made; Drizzle does not notice. Put the old text back, and make the change in a new migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 36,
        },
      ],
    },
    {
      name: "a comment, with Prisma's checksum",
      tool: prisma6,
      was,
      code: `-- CreateTable\n${was}`,
      errors: [
        {
          message:
            "This migration was merged before, and databases that ran it keep what its old text made; Prisma finds that its checksum is another. Put the old text back, and make the change in a new migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 15,
        },
      ],
    },
    {
      name: "renamed",
      tool: prisma6,
      was,
      code: was,
      file,
      previousFile: "prisma/migrations/20251231000000_orders/migration.sql",
      errors: [
        {
          message:
            "This migration was merged as 20251231000000_orders, and databases that ran it know it by that name: as 20260101000000_orders it runs there once more. Give it its old name back.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
        },
      ],
    },
    {
      name: "renamed; the runner is not known",
      tool: unknownRunner,
      was,
      code: was,
      file: "migrations/0056-search.sql",
      previousFile: "migrations/56-search.sql",
      errors: [
        {
          message:
            "This migration was merged as 56-search.sql; where it has run, a runner that goes by names runs it once more as 0056-search.sql. Give it its old name back.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
        },
      ],
    },
    {
      name: "renumbered, where the tool misses what it ran",
      tool: supabase,
      was,
      code: was,
      file: "supabase/migrations/20260201000000_orders.sql",
      previousFile: "supabase/migrations/20260101000000_orders.sql",
      errors: [
        {
          message:
            "This migration was merged as 20260101000000_orders.sql, and databases that ran it know it by that name: where it is missing, Supabase refuses to run. Give it its old name back.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
        },
      ],
    },
    {
      name: "renumbered, where the project tells the tool not to mind",
      tool: { ...supabase, ignoresMissing: true },
      was,
      code: was,
      file: "supabase/migrations/20260201000000_orders.sql",
      previousFile: "supabase/migrations/20260101000000_orders.sql",
      errors: [
        {
          message:
            "This migration was merged as 20260101000000_orders.sql, and databases that ran it know it by that name: as 20260201000000_orders.sql it runs there once more. Give it its old name back.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
        },
      ],
    },
    {
      name: "squashed, Supabase",
      tool: supabase,
      history: [was],
      deleted: ["supabase/migrations/20250101000000_init.sql", "supabase/migrations/20250102000000_more.sql"],
      file: "supabase/migrations/20260101000000_all.sql",
      code: was,
      errors: [
        {
          message:
            "20260101000000_all.sql stands for 2 migrations that are deleted here, 20250101000000_init.sql to 20250102000000_more.sql. Databases that ran those run it as well, and it fails where orders exists. Bring every database up to 20250102000000_more.sql, run supabase migration repair 20260101000000 --status applied there, and accept this finding with a reason.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
        },
      ],
    },
    {
      name: "squashed, Prisma",
      tool: prisma6,
      history: [was],
      deleted: [
        "prisma/migrations/20250101000000_init/migration.sql",
        "prisma/migrations/20250102000000_more/migration.sql",
        "prisma/migrations/20250103000000_last/migration.sql",
      ],
      file,
      code: was,
      errors: [
        {
          message:
            "20260101000000_orders stands for 3 migrations that are deleted here, 20250101000000_init to 20250103000000_last. Databases that ran those run it as well, and it fails where orders exists. Bring every database up to 20250103000000_last, run prisma migrate resolve --applied 20260101000000_orders there, and accept this finding with a reason.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
        },
      ],
    },
  ],
});

describe("migrations that are gone", () => {
  const findings = (code: string, surroundings: Surroundings): unknown[] =>
    [...(rule.definition.checkChange?.(memoryChange("/repo", code, surroundings).change) ?? [])].map(
      ({ file: at, messageId, data }) => ({ file: at, messageId, data }),
    );

  it("places each at the path that it had", () => {
    const change = { history: [was], deleted: ["db/migrations/0002_note.sql"], tool: unknownRunner };
    expect(findings("SELECT 1;", change)).toEqual([
      { file: "db/migrations/0002_note.sql", messageId: "deleted", data: { name: "0002_note.sql" } },
    ]);
  });

  it("takes several with nothing in their place for deletions", () => {
    const change = { history: [was], deleted: ["m/1.sql", "m/2.sql"], tool: unknownRunner };
    expect(findings("CREATE TABLE payments (id bigint);", change)).toEqual([
      { file: "m/1.sql", messageId: "deleted", data: { name: "1.sql" } },
      { file: "m/2.sql", messageId: "deleted", data: { name: "2.sql" } },
    ]);
  });

  it("says nothing of what a new baseline stands for", () => {
    const { change } = memoryChange("/repo", was, {
      history: [was],
      deleted: ["db/migration/V1__init.sql", "db/migration/V2__more.sql"],
      file: "db/migration/B2__baseline.sql",
    });
    const databases = change.databases.map((database) => ({
      ...database,
      migrations: database.migrations.map((migration) =>
        migration.file.includes("B2__") ? { ...migration, kind: "baseline" as const, judged: false } : migration,
      ),
    }));
    expect([...(rule.definition.checkChange?.({ ...change, databases }) ?? [])]).toEqual([]);
  });

  it("sees a squash into the first migration, which is edited for it", () => {
    const change: Surroundings = {
      history: ["CREATE TABLE payments (id bigint);"],
      was: "CREATE TABLE orders (id bigint);",
      deleted: ["drizzle/0001_a.sql", "drizzle/0002_b.sql"],
      file: "drizzle/0000_init.sql",
      tool: drizzle,
    };
    const code = "CREATE TABLE orders (id bigint);\nCREATE TABLE payments (id bigint);";
    expect(findings(code, change)).toEqual([
      {
        file: "drizzle/0000_init.sql",
        messageId: "squashed",
        data: {
          name: "0000_init.sql",
          count: "2",
          first: "0001_a.sql",
          last: "0002_b.sql",
          table: "payments",
          markAsApplied: "give it the time of the newest one that it stands for, so that Drizzle skips it there",
        },
      },
    ]);
  });
});
