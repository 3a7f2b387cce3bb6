import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { memorySource } from "../check/memory-source.js";
import rule from "../../rules/no-column-recreate.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7 } from "./tools.js";

const related = (column: string, adds: string, added: string): string =>
  `${column} of people is dropped here, and ${adds}, which by name could take up its values: nothing copies them, so they are lost. Fill ${added} first, and drop ${column} in a later deploy, once no running code uses it; if they have nothing to do with each other, accept this finding with that reason.`;
const users = "CREATE TABLE users (id bigint PRIMARY KEY, full_name varchar(80), age int, born date, tags text[]);";

ruleTester.run("no-column-recreate", rule, {
  valid: [
    { name: "a drop alone", history: [users], code: "ALTER TABLE users DROP COLUMN full_name;" },
    {
      name: "an added column of another type",
      history: [users],
      code: "ALTER TABLE users DROP COLUMN full_name, ADD COLUMN name_parts jsonb;",
    },
    {
      name: "an added column of another name that is too short for the values",
      history: [users],
      code: "ALTER TABLE users DROP COLUMN full_name, ADD COLUMN currency char(3) NOT NULL DEFAULT 'EUR';",
    },
    {
      name: "an array of the type",
      history: [users],
      code: "ALTER TABLE users DROP COLUMN full_name, ADD COLUMN nicknames text[];",
    },
    {
      name: "an added column on another table",
      history: [users, "CREATE TABLE people (id bigint);"],
      code: "ALTER TABLE users DROP COLUMN full_name;\nALTER TABLE people ADD COLUMN full_name varchar(80);",
    },
    {
      name: "a copy in between",
      history: [users],
      code: "ALTER TABLE users ADD COLUMN display_name text;\nUPDATE users SET display_name = full_name;\nALTER TABLE users DROP COLUMN full_name;",
    },
    {
      name: "a copy elsewhere first",
      history: [users],
      pending: ["CREATE TABLE names AS SELECT id, full_name FROM users;"],
      code: "ALTER TABLE users DROP COLUMN full_name;\nALTER TABLE users ADD COLUMN full_name text;",
    },
    {
      name: "a table that this change empties first",
      history: [users],
      code: "DELETE FROM users;\nALTER TABLE users DROP COLUMN age, ADD COLUMN age bigint;",
    },
    {
      name: "a table of this change",
      pending: [users],
      code: "ALTER TABLE users DROP COLUMN age, ADD COLUMN age bigint;",
    },
    {
      name: "a column of this change",
      history: [users],
      pending: ["ALTER TABLE users ADD COLUMN nick text;"],
      code: "ALTER TABLE users DROP COLUMN nick;\nALTER TABLE users ADD COLUMN nick varchar(20);",
    },
    {
      name: "columns that are computed",
      history: [users, "ALTER TABLE users ADD COLUMN upper_name text GENERATED ALWAYS AS (upper(full_name)) STORED;"],
      code: "ALTER TABLE users DROP COLUMN upper_name;\nALTER TABLE users ADD COLUMN upper_name text GENERATED ALWAYS AS (lower(full_name)) STORED;\nALTER TABLE users DROP COLUMN age, ADD COLUMN age int GENERATED ALWAYS AS (2026 - extract(year from born)::int) STORED;",
    },
    {
      name: "a key that numbers itself",
      history: [users],
      code: "ALTER TABLE users DROP COLUMN age, ADD COLUMN number int GENERATED ALWAYS AS IDENTITY;",
    },
    {
      name: "several of the type, with names that have nothing in common",
      history: [users],
      code: "ALTER TABLE users DROP COLUMN full_name, ADD COLUMN bio text, ADD COLUMN city text;",
    },
    {
      name: "in two files, with names that have nothing in common",
      history: [users],
      pending: ["ALTER TABLE users ADD COLUMN points bigint;"],
      code: "ALTER TABLE users DROP COLUMN age;",
    },
    {
      name: "a block in between may have copied the values",
      history: [users],
      pending: [
        "ALTER TABLE users ADD COLUMN display_name text;",
        "DO $$ BEGIN EXECUTE current_setting('app.copy'); END $$;",
      ],
      code: "ALTER TABLE users DROP COLUMN full_name;",
    },
    {
      name: "a function in between may have copied the values",
      history: [users],
      code: "ALTER TABLE users ADD COLUMN points bigint;\nSELECT copy_points();\nALTER TABLE users DROP COLUMN age;",
    },
    {
      name: "a column of a table that is not known, and another name",
      code: "ALTER TABLE auth.users DROP COLUMN full_name, ADD COLUMN display_name text;",
    },
  ],
  invalid: [
    {
      name: "added before it is dropped in one statement, which PostgreSQL does the other way round",
      history: [users],
      code: "ALTER TABLE users ADD COLUMN age text, DROP COLUMN age;",
      errors: [
        {
          message:
            "age of users is dropped here and added again in line 1, as text: every value of it is lost. To keep them, add the new column under another name, copy the values, and drop age in a later deploy.",
          line: 1,
          column: 40,
          endLine: 1,
          endColumn: 55,
        },
      ],
    },
    {
      name: "with another type, as Prisma writes it",
      history: [users],
      tool: prisma6,
      code: '-- AlterTable\nALTER TABLE "users" DROP COLUMN "age",\nADD COLUMN     "age" TEXT NOT NULL;',
      errors: [
        {
          message:
            "age of users is dropped here and added again in line 2, as TEXT: every value of it is lost. To keep them, add the new column under another name, copy the values, and drop age in a later deploy.",
          line: 2,
          column: 21,
          endLine: 2,
          endColumn: 38,
        },
      ],
    },
    {
      name: "with another length, as TypeORM writes it",
      history: [users],
      code: "ALTER TABLE users DROP COLUMN full_name;\nALTER TABLE users ADD full_name character varying(200);",
      errors: [
        {
          message:
            "full_name of users is dropped here and added again in line 2, as character varying(200): every value of it is lost. To keep them, use ALTER COLUMN full_name TYPE character varying(200).",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
    {
      name: "with its own type, in a later file",
      history: [users],
      pending: ["ALTER TABLE users DROP COLUMN IF EXISTS age;"],
      tool: prisma7,
      code: 'ALTER TABLE "users" ADD COLUMN "age" int;\nALTER TABLE "users" DROP COLUMN "born", ADD COLUMN "born" date NOT NULL;',
      errors: [
        {
          message:
            "born of users is dropped here and added again in line 2: every value of it is lost. To change it, use ALTER COLUMN born; nothing has to be dropped.",
          line: 2,
          column: 21,
          endLine: 2,
          endColumn: 39,
        },
      ],
    },
    {
      name: "a column of a table that no migration made",
      code: 'ALTER TABLE auth.users DROP COLUMN "fullName";\nALTER TABLE auth.users ADD COLUMN "fullName" text;',
      errors: [
        {
          message:
            '"fullName" of auth.users is dropped here and added again in line 2, as text: every value of it is lost. To keep them, add the new column under another name, copy the values, and drop "fullName" in a later deploy.',
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 46,
        },
      ],
    },
    {
      name: "what looks like a rename, in Drizzle",
      history: [users],
      pending: ['ALTER TABLE "users" ADD COLUMN "display_name" text;'],
      tool: drizzle,
      code: 'ALTER TABLE "users" ADD COLUMN "city" text;--> statement-breakpoint\nALTER TABLE "users" DROP COLUMN "full_name";',
      errors: [
        {
          message:
            "full_name of users is dropped here, and db/migrations/0002.sql:1 adds display_name, which looks like full_name under another name: every value of it is lost. To rename it, leave it in place, copy its values into display_name, and drop it in a later deploy, once no running code uses it.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 44,
        },
      ],
    },
    {
      name: "two columns that become one, by their names",
      history: ["CREATE TABLE people (id bigint PRIMARY KEY, first_name text, last_name text, born date);"],
      code: 'ALTER TABLE people DROP COLUMN first_name;\nALTER TABLE people DROP COLUMN last_name;\nALTER TABLE people ADD COLUMN "fullName" text;',
      errors: [
        {
          message: related("first_name", 'line 3 adds "fullName"', '"fullName"'),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 42,
        },
        {
          message: related("last_name", 'line 3 adds "fullName"', '"fullName"'),
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 41,
        },
      ],
    },
    {
      name: "one column that becomes two, by their names",
      history: ["CREATE TABLE people (id bigint PRIMARY KEY, full_name text, note text);"],
      code: "ALTER TABLE people ADD COLUMN first_name text, ADD COLUMN last_name text;\nALTER TABLE people DROP COLUMN full_name;",
      errors: [
        {
          message: related("full_name", "line 1 adds first_name and last_name", "first_name and last_name"),
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 41,
        },
      ],
    },
    {
      name: "a block before both copies nothing",
      history: [users],
      pending: [
        "DO $$ BEGIN EXECUTE current_setting('app.sql'); END $$;",
        "ALTER TABLE users ADD COLUMN display_name text;\nSELECT count(*) FROM users;",
      ],
      code: "ALTER TABLE users DROP COLUMN full_name;",
      errors: [
        {
          message:
            "full_name of users is dropped here, and db/migrations/0003.sql:1 adds display_name, which looks like full_name under another name: every value of it is lost. To rename it, leave it in place, copy its values into display_name, and drop it in a later deploy, once no running code uses it.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
    {
      name: "the only two of the type",
      history: [users],
      code: "ALTER TABLE users DROP COLUMN age, ADD COLUMN points bigint, ADD COLUMN bio text;",
      errors: [
        {
          message:
            "age of users is dropped here, and line 1 adds points, which could hold its values: if one takes the place of the other, every value is lost. Then copy the values into points, and drop age in a later deploy; if they have nothing to do with each other, accept this finding with that reason.",
          line: 1,
          column: 19,
          endLine: 1,
          endColumn: 34,
        },
      ],
    },
  ],
});

/** Calls of TypeORM that drop a column and add it again: a migration each, through the whole check. */
describe("no-column-recreate in TypeORM", () => {
  const program = (name: string, up: string): string =>
    `import { TableColumn } from "typeorm";\n\nexport class ${name} {\n  async up(queryRunner) {\n${up}\n  }\n}\n`;
  const base = {
    "package.json": JSON.stringify({ dependencies: { typeorm: "1.1.1", pg: "8.11.0" } }),
    "migrations/1700000000001-A.ts": program("A1700000000001", `await queryRunner.query(${JSON.stringify(users)});`),
  };
  /** `place message` of each finding of the rule; the calls stand on the fifth line. */
  const found = (up: string): readonly string[] =>
    check(memorySource(base, { "migrations/1700000000002-B.ts": program("B1700000000002", up) }), DEFAULT_CONFIGURATION)
      .findings.filter(({ rule: name }) => name === "no-column-recreate")
      .map(
        ({ line, column, endLine, endColumn, message }) => `${[line, column, endLine, endColumn].join(":")} ${message}`,
      );
  const change = (column: string, to: string): string =>
    `await queryRunner.changeColumn("users", "${column}", new TableColumn(${to}));`;

  it.each([
    [
      "to the same type by another name",
      change("age", '{ name: "age", type: "int" }'),
      "This call of TypeORM drops age of users and adds it again as int: every value of age is lost. Send what is to change as SQL instead: ALTER TABLE users ALTER COLUMN age ….",
    ],
    [
      "to a longer one",
      change("full_name", '{ name: "full_name", type: "character varying", length: "200", isNullable: true }'),
      "This call of TypeORM drops full_name of users and adds it again as character varying(200): every value of full_name is lost. Send ALTER TABLE users ALTER COLUMN full_name TYPE character varying(200) as SQL instead.",
    ],
    [
      "to another type",
      change("born", '{ name: "born", type: "text", isNullable: true }'),
      "This call of TypeORM drops born of users and adds it again as text: every value of born is lost. To keep them, add the new column under another name, copy the values, and drop born in a later deploy.",
    ],
    [
      "to another name as well",
      change("full_name", '{ name: "name", type: "varchar", isNullable: true }'),
      "This call of TypeORM drops full_name of users and adds name: every value of full_name is lost. Leave full_name in place, copy its values into name, and drop it in a later deploy, once no running code uses it.",
    ],
  ])("is told of a changed column: %s", (_, up, finding) => {
    // The call stands between `await ` and the semicolon.
    expect(found(up)).toEqual([`5:7:5:${String(up.length)} ${finding}`]);
  });

  it.each([
    ["as SQL", 'await queryRunner.query("ALTER TABLE users ALTER COLUMN full_name TYPE character varying(200)");'],
    ["in nullability alone", change("age", '{ name: "age", type: "integer" }')],
    ["in name alone", 'await queryRunner.renameColumn("users", "full_name", "name");'],
  ])("is silent where a column changes %s", (_, up) => {
    expect(found(up)).toEqual([]);
  });

  it("is told of two calls as of two statements", () => {
    const up =
      'await queryRunner.dropColumn("users", "age");\nawait queryRunner.addColumn("users", new TableColumn({ name: "age", type: "bigint", isNullable: true }));';
    expect(found(up)).toEqual([
      "5:7:5:45 age of users is dropped here and added again in line 6, as bigint: every value of it is lost. To keep them, add the new column under another name, copy the values, and drop age in a later deploy.",
    ]);
  });
});
