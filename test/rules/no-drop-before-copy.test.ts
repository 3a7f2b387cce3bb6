import { expect, it } from "vitest";
import rule from "../../rules/no-drop-before-copy.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma7, unknownRunner } from "./tools.js";
import { startPGlite } from "../postgres/start-pglite.js";

const users = "CREATE TABLE users (id bigint PRIMARY KEY, full_name text, note text);";
const display = "ALTER TABLE users ADD COLUMN display_name text;";
const copy = "UPDATE users SET display_name = full_name;";
const drop = "ALTER TABLE users DROP COLUMN full_name;";

ruleTester.run("no-drop-before-copy", rule, {
  valid: [
    { name: "a drop without a copy", history: [users], code: drop },
    { name: "a copy that base has", history: [users, `${display} ${copy}`], code: drop },
    {
      name: "a transaction that keeps everybody out from before the copy on",
      history: [users],
      code: `${display}\n${copy}\n${drop}`,
    },
    {
      name: "a table that is locked first",
      history: [users],
      code: "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;\nCREATE TABLE people (id bigint, name text);\nINSERT INTO people SELECT id, full_name FROM users;\nDROP TABLE users;",
    },
    {
      name: "with downtime",
      history: [users],
      tool: prisma7,
      deploy: { model: "recreate" },
      code: `${display}\n${copy}\n${drop}`,
    },
    {
      name: "migrations that run after the deploy",
      history: [users],
      tool: prisma7,
      deploy: { migrations: "after" },
      code: `${display}\n${copy}\n${drop}`,
    },
    {
      name: "what is left over for a column that code fills since an earlier deploy",
      history: [users, display],
      tool: prisma7,
      code: `UPDATE users SET display_name = full_name WHERE display_name IS NULL;\n${drop}`,
    },
    {
      name: "a table of this change, a column of this change",
      history: [users],
      pending: ["CREATE TABLE drafts (a text); ALTER TABLE users ADD COLUMN nick text;"],
      tool: prisma7,
      code: `${display}\nUPDATE users SET display_name = nick;\nALTER TABLE users DROP COLUMN nick;\nCREATE TABLE b (a text);\nINSERT INTO b SELECT a FROM drafts;\nDROP TABLE drafts;`,
    },
    {
      name: "a copy to keep",
      history: [users, "CREATE TABLE archive (name text);"],
      tool: prisma7,
      code: "CREATE TABLE users_kept AS TABLE users;\nINSERT INTO archive SELECT full_name FROM users;\nDROP TABLE users;",
    },
    {
      name: "a column that only decides which rows are copied",
      history: [users],
      tool: prisma7,
      code: `${display}\nUPDATE users SET display_name = note WHERE full_name IS NULL;\n${drop}`,
    },
    {
      name: "a column of that name in another table",
      history: [users, "CREATE TABLE firms (id bigint, full_name text);"],
      tool: prisma7,
      code: `${display}\nUPDATE users SET display_name = f.full_name FROM firms f WHERE f.id = users.id;\n${drop}`,
    },
    {
      name: "a table that was put aside under another name",
      history: [users],
      tool: prisma7,
      code: "ALTER TABLE users RENAME TO users_old;\nCREATE TABLE users (id bigint, name text);\nINSERT INTO users SELECT id, full_name FROM users_old;\nDROP TABLE users_old;",
    },
  ],
  invalid: [
    {
      name: "statements that commit each",
      history: [users],
      tool: prisma7,
      code: `${display}\n${copy}\n${drop}`,
      errors: [
        {
          message:
            "full_name is dropped in the same deploy in which line 2 copies it into display_name: what running code writes to full_name behind the copy is lost. Drop it in a later deploy, once no running code writes to it.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 40,
        },
      ],
    },
    {
      name: "files that commit each, and a table that takes the column over",
      history: [users],
      pending: [
        "CREATE TABLE people (user_id bigint, name text);\nINSERT INTO people SELECT id, full_name FROM users;",
      ],
      code: drop,
      errors: [
        {
          message:
            "full_name is dropped in the same deploy in which db/migrations/0002.sql:2 copies it into people: what running code writes to full_name behind the copy is lost. Drop it in a later deploy, once no running code writes to it.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
    {
      name: "a table whose rows another one takes over, in one transaction that locks nobody out",
      history: [users],
      tool: drizzle,
      code: 'CREATE TABLE "people" ("id" bigint, "name" text);--> statement-breakpoint\nINSERT INTO "people" SELECT "id", "full_name" FROM "users";--> statement-breakpoint\nDROP TABLE "users";',
      errors: [
        {
          message:
            "users is dropped in the same deploy in which line 2 copies its rows into people: what running code writes to users behind the copy is lost. Drop it in a later deploy, once no running code writes to it.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 19,
        },
      ],
    },
    {
      name: "a table that is built anew",
      history: [users],
      tool: prisma7,
      code: "CREATE TABLE users_new AS SELECT id, full_name FROM users;\nDROP TABLE users;\nALTER TABLE users_new RENAME TO users;",
      errors: [
        {
          message:
            "users is dropped in the same deploy in which line 1 copies its rows into users_new: what running code writes to users behind the copy is lost. Drop it in a later deploy, once no running code writes to it.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 17,
        },
      ],
    },
    {
      name: "a column that is copied too late",
      history: [users],
      tool: prisma7,
      deploy: { model: "recreate" },
      code: `${drop}\n${display}\n${copy}`,
      errors: [
        {
          message:
            "full_name is dropped before line 3 copies it into display_name: the copy fails, and the values are gone. Copy first, and drop it in a later deploy.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
    {
      name: "too late in one transaction, and where that is not known",
      history: [users],
      code: `${drop}\nINSERT INTO names SELECT full_name FROM users;`,
      errors: [
        {
          message:
            "full_name is dropped before line 2 copies it into names: the copy fails, and undoes everything in its transaction. Copy first, and drop it in a later deploy.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
    {
      name: "a table whose rows are copied too late",
      history: [users],
      tool: unknownRunner,
      code: "DROP TABLE users;\nCREATE TABLE people AS SELECT * FROM users;",
      errors: [
        {
          message:
            "users is dropped before line 2 copies its rows into people: the copy fails, and unless both run in one transaction the values are gone. Copy first, and drop it in a later deploy.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 17,
        },
      ],
    },
  ],
});

it("PostgreSQL refuses the late copy, and the values are gone", async () => {
  const postgres = await startPGlite();
  try {
    await postgres.exec(`${users} INSERT INTO users VALUES (1, 'Ada');`);
    await postgres.exec(drop);
    await postgres.exec(display);
    await expect(postgres.exec(copy)).rejects.toMatchObject({ code: "42703" });
    expect((await postgres.query("TABLE users")).rows).toEqual([{ id: 1, note: null, display_name: null }]);
  } finally {
    await postgres.close();
  }
});
