import rule from "../../rules/no-edited-migration.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, unknownRunner } from "./tools.js";

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
    { name: "Prisma, moved with its name", tool: prisma6, was, code: was, file, previousFile: `db/${file}` },
    {
      name: "Drizzle with a journal goes by the journal's time",
      tool: drizzle,
      was,
      code: was,
      file: "drizzle/0001_new.sql",
      previousFile: "drizzle/0001_old.sql",
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
