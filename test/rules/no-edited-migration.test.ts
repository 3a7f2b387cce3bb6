import { describe, expect, it } from "vitest";
import rule from "../../rules/no-edited-migration.js";
import { memoryChange, type Surroundings } from "./memory-change.js";
import { ruleTester } from "./rule-tester.js";
import {
  drizzle,
  flyway,
  goose,
  graphileMigrate,
  knex,
  knexProgram,
  postgresMigrations,
  prisma6,
  supabase,
  unknownRunner,
} from "./tools.js";

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
      name: "a new number for what may run twice, where the tool does not miss the old one",
      tool: goose,
      was: "ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01);",
      code: "ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01);\nCREATE INDEX IF NOT EXISTS i ON orders (id);",
      file: "m/20260724213257_vacuum.sql",
      previousFile: "m/20260724051130_vacuum.sql",
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
      name: "renamed, where a leading zero makes no other number, and the name is in the checksum",
      tool: postgresMigrations,
      was,
      code: was,
      file: "migrations/0056-search.sql",
      previousFile: "migrations/56-search.sql",
      errors: [
        {
          message:
            "This migration was merged as 56-search.sql, and the name is in its checksum: where it has run, postgres-migrations refuses to run. Give it its old name back.",
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
      deleted: {
        "supabase/migrations/20250101000000_init.sql": "CREATE TABLE orders (id bigint);",
        "supabase/migrations/20250102000000_more.sql": "CREATE INDEX i ON orders (id);",
      },
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
      deleted: {
        "prisma/migrations/20250101000000_init/migration.sql": "CREATE TABLE orders (id bigint, note text);",
        "prisma/migrations/20250102000000_more/migration.sql": "CREATE INDEX i ON orders (id);",
        "prisma/migrations/20250103000000_last/migration.sql": "ALTER TABLE orders DROP COLUMN note;",
      },
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

interface Gone {
  readonly file: string | undefined;
  readonly messageId: string;
  readonly data: Readonly<Record<string, string>> | undefined;
}

describe("migrations that are gone", () => {
  const findings = (code: string, surroundings: Surroundings): readonly Gone[] =>
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
      deleted: { "db/migration/V1__init.sql": was, "db/migration/V2__more.sql": "CREATE VIEW v AS SELECT 1;" },
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

  const messages = (code: string, surroundings: Surroundings): readonly string[] =>
    findings(code, surroundings).map(({ file: at, messageId, data }) => {
      const text = rule.definition.meta.messages[messageId as "edited"];
      return `${at}: ${text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => data?.[name] ?? "?")}`;
    });

  it("sees a squash into the first migration, which is edited for it", () => {
    const change: Surroundings = {
      history: ["CREATE TABLE payments (id bigint);"],
      was: "CREATE TABLE orders (id bigint);",
      deleted: {
        "drizzle/0001_a.sql": "CREATE TABLE payments (id bigint);",
        "drizzle/0002_b.sql": "ALTER TABLE orders ADD COLUMN note text NOT NULL;\nUPDATE orders SET note = '';",
      },
      file: "drizzle/0000_init.sql",
      tool: drizzle,
    };
    const code = "CREATE TABLE orders (id bigint, note text NOT NULL);\nCREATE TABLE payments (id bigint);";
    expect(messages(code, change)).toEqual([
      "drizzle/0000_init.sql: 0000_init.sql does now what 0001_a.sql and 0002_b.sql did, deleted here. Databases that have run 0000_init.sql do not run it again: one that lacks 0001_a.sql and 0002_b.sql never gets what they did. Bring every database up to 0002_b.sql before, and accept this finding with a reason.",
    ]);
  });

  it("sees what only changed a table in the one that creates it, and what the tool says to that", () => {
    const change: Surroundings = {
      was: "CREATE TABLE keys (id bigserial PRIMARY KEY, data bytea, period bigint);",
      deleted: {
        "db/V2__int.sql": "ALTER TABLE keys ALTER COLUMN period TYPE integer;",
        "db/V3__key.sql":
          "ALTER TABLE keys DROP COLUMN id;\nALTER TABLE keys ALTER COLUMN data SET NOT NULL;\nALTER TABLE keys ADD PRIMARY KEY (data);",
      },
      file: "db/V1__keys.sql",
      tool: flyway,
    };
    expect(messages("CREATE TABLE keys (data bytea PRIMARY KEY, period integer);", change)).toEqual([
      "db/V1__keys.sql: V1__keys.sql does now what V2__int.sql and V3__key.sql did, deleted here. Databases that have run V1__keys.sql do not run it again, and Flyway finds that its checksum is another: one that lacks V2__int.sql and V3__key.sql never gets what they did. Bring every database up to V3__key.sql before, run flyway repair there, and accept this finding with a reason.",
    ]);
  });

  it("takes for one squash what makes their tables again and leaves something out", () => {
    const change: Surroundings = {
      was: "CREATE TABLE account (id bigint);",
      deleted: {
        "p/02_events/migration.sql": "CREATE TABLE happening (id bigint, account_id bigint);",
        "p/03_data/migration.sql": "CREATE TABLE event_data (id bigint, value text);",
        "p/04_uuid/migration.sql": "ALTER TABLE account ADD COLUMN uuid uuid;",
      },
      file: "p/01_init/migration.sql",
      tool: prisma6,
    };
    const code = "CREATE TABLE event (id uuid);\nCREATE TABLE event_data (id uuid, value text);";
    expect(messages(code, change)).toEqual([
      "p/01_init/migration.sql: 01_init does now what 02_events, 03_data and 04_uuid did, deleted here. Databases that have run 01_init do not run it again, and Prisma finds that its checksum is another: one that lacks 02_events, 03_data and 04_uuid never gets what they did. Bring every database up to 04_uuid before, and accept this finding with a reason.",
    ]);
  });

  it("takes nothing along that has to do with other tables where none is made again", () => {
    const change: Surroundings = {
      was: "CREATE TABLE account (id bigint);",
      deleted: {
        "m/02_name.sql": "ALTER TABLE account ADD COLUMN name text;",
        "m/03_mail.sql": "ALTER TABLE account ADD COLUMN mail text;",
        "m/04_type.sql": "CREATE TYPE state AS ENUM ('open');",
      },
      file: "m/01_account.sql",
      tool: goose,
    };
    expect(messages("CREATE TABLE account (id bigint, name text, mail text);", change)).toEqual([
      "m/04_type.sql: 04_type.sql was merged before: databases that ran it keep what it made, and new ones never get it. Put it back, and undo it in a new migration.",
      "m/01_account.sql: 01_account.sql does now what 02_name.sql and 03_mail.sql did, deleted here. Databases that have run 01_account.sql do not run it again: one that lacks 02_name.sql and 03_mail.sql never gets what they did. Bring every database up to 03_mail.sql before, and accept this finding with a reason.",
    ]);
  });

  it("knows one that is written anew under another number", () => {
    const change: Surroundings = {
      history: ["CREATE TABLE log (id bigint);"],
      deleted: { "m/0002_note.sql": "ALTER TABLE log ADD COLUMN note text;" },
      file: "m/0003_note.sql",
      tool: goose,
    };
    expect(messages("ALTER TABLE log ADD COLUMN note varchar(20);", change)).toEqual([
      "m/0002_note.sql: 0002_note.sql was merged before, and 0003_note.sql does its work now: databases that ran 0002_note.sql run 0003_note.sql as well, and it fails where column note of log exists. Put 0002_note.sql back, and make the change in a new migration.",
    ]);
    expect(messages("ALTER TABLE log ADD COLUMN IF NOT EXISTS note text;", change)).toEqual([]);
    expect(messages("ALTER TABLE log ADD COLUMN other text;", change)).toEqual([
      "m/0002_note.sql: 0002_note.sql was merged before: databases that ran it keep what it made, and new ones never get it. Put it back, and undo it in a new migration.",
    ]);
    expect(messages("ALTER TABLE log ADD COLUMN IF NOT EXISTS note text;", { ...change, tool: flyway })).toEqual([
      "m/0002_note.sql: 0002_note.sql was merged before, and 0003_note.sql does its work now: where 0002_note.sql has run and is missing, Flyway refuses to run. Put 0002_note.sql back, and make the change in a new migration.",
    ]);
  });

  it("knows that graphile-migrate asks for the hash of a file where that has not run, and nowhere else", () => {
    const text = (hash: string, sql: string): string => `--! Previous: -\n--! Hash: sha1:${hash}\n\n${sql}\n`;
    const change: Surroundings = {
      was: text("1a", "CREATE TABLE log (id bigint);"),
      file: "m/committed/000001.sql",
      tool: graphileMigrate,
    };
    const edited = "CREATE TABLE log (id bigint, note text);";
    expect(messages(text("2b", edited), change)).toEqual([
      "m/committed/000001.sql: This migration was merged before, and databases that ran it keep what its old text made; graphile-migrate does not notice. Put the old text back, and make the change in a new migration.",
    ]);
    expect(messages(text("2b", "-- The log.\nCREATE TABLE log (id bigint);"), change)).toEqual([]);
    const refused =
      "m/committed/000001.sql: This migration was merged before, and databases that ran it keep what its old text made; where it has not run, graphile-migrate refuses it, because its hash is another. Put the old text back, and make the change in a new migration.";
    expect(messages(text("1a", edited), change)).toEqual([refused]);
    expect(messages(text("1a", "-- The log.\nCREATE TABLE log (id bigint);"), change)).toEqual([refused]);
  });

  it("takes no table for one of its name in another schema", () => {
    const change: Surroundings = {
      history: ["CREATE TABLE public.account (name text);"],
      was: "CREATE TABLE internal.account (id bigint);",
      deleted: { "m/0003_collate.sql": 'ALTER TABLE public.account ALTER COLUMN name TYPE text COLLATE "C";' },
      file: "m/0002_internal.sql",
      tool: goose,
    };
    expect(messages("CREATE TABLE internal.account (id bigint, mail text);", change)).toEqual([
      "m/0003_collate.sql: 0003_collate.sql was merged before: databases that ran it keep what it made, and new ones never get it. Put it back, and undo it in a new migration.",
      "m/0002_internal.sql: This migration was merged before, and databases that ran it keep what its old text made; goose does not notice. Put the old text back, and make the change in a new migration.",
    ]);
  });

  it("needs nothing in the place of two that take each other back, where the tool does not miss them", () => {
    const deleted = {
      "m/1_trigger.sql":
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\nCREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();",
      "m/2_revert.sql":
        "DROP TRIGGER t ON users;\nDROP FUNCTION f();\nALTER TABLE users ADD CONSTRAINT k CHECK (id > 0);",
    };
    const code =
      "DO $$ BEGIN\n  ALTER TABLE users ADD CONSTRAINT k CHECK (id > 0);\nEXCEPTION WHEN duplicate_object THEN NULL;\nEND $$;";
    const change: Surroundings = { history: ["CREATE TABLE users (id bigint);"], deleted, file: "m/3_k.sql" };
    expect(messages(code, { ...change, tool: goose })).toEqual([]);
    expect(messages(code, { ...change, tool: supabase })).toEqual([
      "m/1_trigger.sql: 1_trigger.sql was merged before: where it has run and is missing, Supabase refuses to run. Put it back.",
      "m/2_revert.sql: 2_revert.sql was merged before, and 3_k.sql does its work now: where 2_revert.sql has run and is missing, Supabase refuses to run. Put 2_revert.sql back, and make the change in a new migration.",
    ]);
  });
});
