import rule from "../../rules/no-conflict-target-loss.js";
import { ruleTester } from "./rule-tester.js";

const users =
  "CREATE TABLE users (id bigint PRIMARY KEY, account_id bigint, email text, CONSTRAINT users_email_key UNIQUE (email));\nCREATE UNIQUE INDEX users_account_idx ON users (account_id, email);";
const code = (...sql: readonly string[]): Readonly<Record<string, string>> => ({
  "queries/users.sql": sql.map((one) => `${one};\n`).join(""),
});
const byEmail = code("INSERT INTO users (id, email) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING");
const byBoth = code("INSERT INTO users (id, email) VALUES ($1, $2) ON CONFLICT (email, account_id) DO NOTHING");
const byName = code(
  "INSERT INTO users (id, email) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT users_email_key DO NOTHING",
);
const plain = code("INSERT INTO users (id, email) VALUES ($1, $2)");
const dropKey = "ALTER TABLE users DROP CONSTRAINT users_email_key;";

ruleTester.run("no-conflict-target-loss", rule, {
  valid: [
    { name: "no ON CONFLICT", history: [users], baseCode: plain, headCode: plain, code: dropKey },
    { name: "another target", history: [users], baseCode: byBoth, headCode: byBoth, code: dropKey },
    {
      name: "another unique index is on the column",
      history: [users, "CREATE UNIQUE INDEX users_email_again ON users (email);"],
      baseCode: byEmail,
      headCode: byEmail,
      code: dropKey,
    },
    {
      name: "the same transaction makes another one",
      history: [users],
      baseCode: byEmail,
      headCode: byEmail,
      code: "ALTER TABLE users DROP CONSTRAINT users_email_key;\nCREATE UNIQUE INDEX users_email_idx ON users (email) WHERE email <> '';",
    },
    {
      name: "an index that is not unique",
      history: [users, "CREATE INDEX plain_idx ON users (email);"],
      baseCode: byEmail,
      headCode: byEmail,
      code: "DROP INDEX plain_idx;",
    },
    {
      name: "a column that no unique index mentions, and one whose index is made again",
      history: [
        users,
        "CREATE TABLE codes (code text, note text, plain text);\nCREATE UNIQUE INDEX codes_code_idx ON codes (code) INCLUDE (note);",
      ],
      baseCode: code("INSERT INTO codes (code) VALUES ($1) ON CONFLICT (code) DO NOTHING"),
      headCode: plain,
      code: "ALTER TABLE codes DROP COLUMN plain;\nCREATE UNIQUE INDEX codes_again_idx ON codes (code);\nALTER TABLE codes DROP COLUMN note;",
    },
    { name: "a table of this change", pending: [users], baseCode: byEmail, headCode: byEmail, code: dropKey },
    {
      name: "the old code is gone by then",
      history: [users],
      deploy: { model: "recreate" },
      baseCode: byEmail,
      headCode: plain,
      code: dropKey,
    },
    {
      name: "the key that comes is the target",
      history: ["CREATE TABLE users (id bigint PRIMARY KEY, email text);"],
      baseCode: plain,
      headCode: byEmail,
      code: "CREATE UNIQUE INDEX users_email_idx ON users (email);",
    },
    {
      name: "a table of which not all is known",
      history: ["ALTER TABLE users ADD COLUMN email text;"],
      baseCode: plain,
      headCode: byBoth,
      code: "CREATE UNIQUE INDEX users_email_idx ON users (email);",
    },
  ],
  invalid: [
    {
      name: "a column that a unique index includes",
      history: [
        users,
        "CREATE TABLE codes (code text, note text);\nCREATE UNIQUE INDEX codes_code_idx ON codes (code) INCLUDE (note);",
      ],
      baseCode: code("INSERT INTO codes (code) VALUES ($1) ON CONFLICT (code) DO NOTHING"),
      headCode: plain,
      code: "ALTER TABLE codes DROP COLUMN note;",
      errors: [
        {
          message:
            "PostgreSQL drops codes_code_idx along with note. The running code inserts into codes with ON CONFLICT (code) (queries/users.sql:1), and PostgreSQL refuses such an INSERT from then on until the last instance of that code is gone. Build a unique index on the same columns without note before.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 35,
        },
      ],
    },
    {
      name: "a column that a unique constraint includes, and one in the condition of an index",
      history: [
        "CREATE TABLE codes (code text, note text, gone boolean, CONSTRAINT codes_key UNIQUE (code) INCLUDE (note));\nCREATE UNIQUE INDEX codes_gone_idx ON codes (note) WHERE NOT gone;",
      ],
      baseCode: {},
      headCode: code(
        "INSERT INTO codes (code) VALUES ($1) ON CONFLICT ON CONSTRAINT codes_key DO NOTHING",
        "INSERT INTO codes (note) VALUES ($1) ON CONFLICT (note) WHERE NOT gone DO NOTHING",
      ),
      code: "ALTER TABLE codes DROP COLUMN gone;\nALTER TABLE codes DROP COLUMN note;",
      errors: [
        {
          message:
            "PostgreSQL drops codes_gone_idx along with gone. The code of this pull request inserts into codes with ON CONFLICT (note) (queries/users.sql:2), and PostgreSQL refuses such an INSERT from then on, in whatever order the two ship. Build a unique index on the same columns without gone before.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 35,
        },
        {
          message:
            "PostgreSQL drops codes_key along with note. The code of this pull request inserts into codes with ON CONFLICT ON CONSTRAINT codes_key (queries/users.sql:1), and PostgreSQL refuses such an INSERT from then on, in whatever order the two ship. Build a unique index on the same columns without note before.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 35,
        },
      ],
    },
    {
      name: "a primary key that moves, under an upsert of Diesel's",
      history: ["CREATE TABLE devices (id bigint PRIMARY KEY, user_id bigint NOT NULL);"],
      baseCode: {
        "src/device.rs":
          "diesel::insert_into(devices::table)\n    .values(&value)\n    .on_conflict(devices::id)\n    .do_update()\n    .set(&value)\n    .execute(conn)?;\n",
      },
      headCode: {
        "src/device.rs":
          "diesel::insert_into(devices::table)\n    .values(&value)\n    .on_conflict((devices::id, devices::user_id))\n    .do_update()\n    .set(&value)\n    .execute(conn)?;\n",
      },
      code: "ALTER TABLE devices DROP CONSTRAINT devices_pkey, ADD PRIMARY KEY (id, user_id);",
      errors: [
        {
          message:
            "The running code inserts into devices with ON CONFLICT (id) (src/device.rs:3), and PostgreSQL refuses such an INSERT from the moment devices_pkey is gone until the last instance of that code is. Deploy code without it first; drop devices_pkey in a later pull request.",
          line: 1,
          column: 21,
          endLine: 1,
          endColumn: 49,
        },
      ],
    },
    {
      name: "a constraint by its columns",
      history: [users],
      baseCode: byEmail,
      headCode: plain,
      code: dropKey,
      errors: [
        {
          message:
            "The running code inserts into users with ON CONFLICT (email) (queries/users.sql:1), and PostgreSQL refuses such an INSERT from the moment users_email_key is gone until the last instance of that code is. Deploy code without it first; drop users_email_key in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
    {
      name: "a constraint by its name",
      history: [users],
      baseCode: byName,
      headCode: byName,
      code: dropKey,
      errors: [
        {
          message:
            "The code of this pull request inserts into users with ON CONFLICT ON CONSTRAINT users_email_key (queries/users.sql:1), and PostgreSQL refuses such an INSERT once users_email_key is gone, in whatever order the two ship. Change that and deploy it; drop users_email_key in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
    {
      name: "an index, whatever the order of the columns",
      history: [users],
      baseCode: byBoth,
      headCode: plain,
      code: "DROP INDEX users_account_idx;",
      errors: [
        {
          message:
            "The running code inserts into users with ON CONFLICT (email, account_id) (queries/users.sql:1), and PostgreSQL refuses such an INSERT from the moment users_account_idx is gone until the last instance of that code is. Deploy code without it first; drop users_account_idx in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 29,
        },
      ],
    },
    {
      name: "another one that is made too late",
      history: [users],
      transaction: "per-statement",
      baseCode: byEmail,
      headCode: plain,
      code: "DROP INDEX users_account_idx;\nALTER TABLE users DROP CONSTRAINT users_email_key;\nCREATE UNIQUE INDEX CONCURRENTLY users_email_idx ON users (email);",
      errors: [
        {
          message:
            "The running code inserts into users with ON CONFLICT (email) (queries/users.sql:1), and PostgreSQL refuses such an INSERT from the moment users_email_key is gone until the last instance of that code is. Deploy code without it first; drop users_email_key in a later pull request.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 50,
        },
      ],
    },
    {
      name: "a key that is not the target of the code that comes with it",
      history: ["CREATE TABLE users (id bigint PRIMARY KEY, account_id bigint, email text);"],
      baseCode: plain,
      headCode: byBoth,
      code: "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);",
      errors: [
        {
          message:
            "The code of this pull request inserts into users with ON CONFLICT (email, account_id) (queries/users.sql:1), and after this migration no unique index or constraint is on exactly these columns: PostgreSQL refuses the INSERT. users_email_key is on email.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 64,
        },
      ],
    },
  ],
});
