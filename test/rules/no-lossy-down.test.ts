import { describe, expect, it } from "vitest";
import rule from "../../rules/no-lossy-down.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { loadChange } from "../../src/change/load.js";
import { check } from "../../src/check/check.js";
import { type Files, memorySource } from "../check/memory-source.js";
import { checkedMessages } from "./change-findings.js";

const init =
  "CREATE TABLE accounts (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts, code varchar(20) NOT NULL DEFAULT '', total numeric);\nCREATE INDEX orders_code_idx ON orders (code);\nCREATE TYPE state AS ENUM ('new');";

const base: Files = {
  "go.mod": "module example.com/shop\n\nrequire github.com/pressly/goose/v3 v3.27.3\n",
  "migrations/00001_init.sql": `-- +goose Up\n${init}\n`,
};

/** `line:column-line:column message` of each finding on a new goose migration. */
function finds(up: string, down: string): readonly string[] {
  const text = `-- +goose Up\n${up}\n-- +goose Down\n${down}\n`;
  const { findings } = check(memorySource(base, { "migrations/00002_next.sql": text }), DEFAULT_CONFIGURATION);
  return findings
    .filter((finding) => finding.rule === "no-lossy-down")
    .map(
      ({ line, column, endLine, endColumn, message }) =>
        `${[line, column].join(":")}-${[endLine, endColumn].join(":")} ${message}`,
    );
}

const behind =
  "Running the migration again then fails, or makes something that nobody has tested. Take that back, too.";

describe("silent", () => {
  it.each([
    ["a column", "ALTER TABLE orders ADD COLUMN note text;", "ALTER TABLE orders DROP COLUMN note;"],
    ["a column that is there", "ALTER TABLE orders DROP COLUMN total;", "ALTER TABLE orders ADD COLUMN total numeric;"],
    [
      "a down that is none, on purpose",
      "CREATE TABLE IF NOT EXISTS old_names (a text);",
      "-- Not taken back.\nSELECT 1;",
    ],
    ["a table", "CREATE TABLE notes (a text);\nCREATE INDEX i ON notes (a);", "DROP TABLE notes;"],
    [
      "a table that is gone, with its name",
      "DROP TABLE accounts CASCADE;",
      "CREATE TABLE accounts (id bigint PRIMARY KEY);\nALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts;",
    ],
    [
      "names",
      "ALTER TABLE orders RENAME COLUMN code TO sku;\nALTER TABLE orders RENAME TO purchases;",
      "ALTER TABLE purchases RENAME TO orders;\nALTER TABLE orders RENAME COLUMN sku TO code;",
    ],
    [
      "a type",
      "ALTER TABLE orders ALTER COLUMN code TYPE text;",
      "ALTER TABLE orders ALTER COLUMN code TYPE varchar(20);",
    ],
    [
      "a default and NOT NULL",
      "ALTER TABLE orders ALTER COLUMN code DROP DEFAULT, ALTER COLUMN code DROP NOT NULL;",
      "ALTER TABLE orders ALTER COLUMN code SET DEFAULT 'x', ALTER COLUMN code SET NOT NULL;",
    ],
    [
      "a column that makes room for another one of its name",
      "ALTER TABLE orders RENAME COLUMN code TO sku;\nALTER TABLE orders ADD COLUMN code text;",
      "ALTER TABLE orders DROP COLUMN code;\nALTER TABLE orders RENAME COLUMN sku TO code;",
    ],
    [
      "what it copies first",
      "ALTER TABLE orders ADD COLUMN note text;",
      "ALTER TABLE orders DROP COLUMN note, ADD COLUMN amount numeric;\nUPDATE orders SET amount = total;\nALTER TABLE orders DROP COLUMN total;\nALTER TABLE orders RENAME COLUMN amount TO total;\nALTER TABLE accounts RENAME TO accounts_old;\nCREATE TABLE accounts (id bigint PRIMARY KEY);\nINSERT INTO accounts SELECT id FROM accounts_old;\nALTER TABLE orders DROP CONSTRAINT orders_account_id_fkey, ADD FOREIGN KEY (account_id) REFERENCES accounts;\nDROP TABLE accounts_old;",
    ],
    ["rows of a table that the migration empties, too", "DELETE FROM accounts;", "DELETE FROM accounts;"],
    [
      "an index that comes back under another name",
      "DROP INDEX orders_code_idx;",
      "CREATE INDEX orders_by_code ON orders (code);",
    ],
    [
      "a constraint",
      "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;",
      "ALTER TABLE orders DROP CONSTRAINT positive;",
    ],
    ["a view", "CREATE VIEW totals AS SELECT total FROM orders;", "DROP VIEW totals;"],
    ["an enum's value, which PostgreSQL cannot take away", "ALTER TYPE state ADD VALUE 'paid';", "SELECT 1;"],
    ["rows that it adds", "INSERT INTO accounts (id) VALUES (1);", "DELETE FROM accounts WHERE id = 1;"],
    [
      "the rows of its own table",
      "CREATE TABLE kinds (a text);",
      "DELETE FROM kinds;\nTRUNCATE kinds;\nDROP TABLE kinds;",
    ],
    [
      "what cannot be known",
      "ALTER TABLE orders ADD COLUMN note text;",
      "DO $$ BEGIN EXECUTE current_setting('app.down'); END $$;",
    ],
    ["nothing at all, which another rule is about", "ALTER TABLE orders ADD COLUMN note text;", ""],
  ])("%s", (_, up, down) => {
    expect(finds(up, down)).toEqual([]);
  });
});

it.each([
  [
    "a table that was there",
    "ALTER TABLE orders ADD COLUMN note text;",
    "DROP TABLE orders;",
    [
      "4:1-4:18 This down drops orders, which was there before the migration: every row of it is lost. Take back only what the migration does.",
    ],
  ],
  [
    "a column that was there",
    "ALTER TABLE orders ADD COLUMN note text;",
    "ALTER TABLE orders\n  DROP COLUMN note,\n  DROP COLUMN total;",
    [
      "6:3-6:20 This down drops total of orders, which was there before the migration: every value of it is lost. Take back only what the migration does.",
    ],
  ],
  [
    "a column that had another name",
    "ALTER TABLE orders RENAME COLUMN total TO amount;",
    "ALTER TABLE orders DROP COLUMN amount;\nALTER TABLE orders ADD COLUMN total numeric;",
    [
      "4:1-4:38 This down drops amount of orders, which was there before the migration: every value of it is lost. Take back only what the migration does.",
    ],
  ],
  [
    "rows that were there",
    "INSERT INTO accounts (id) VALUES (1);",
    "DELETE FROM accounts;\nTRUNCATE orders;",
    [
      "4:1-4:21 This down deletes every row of accounts, which was there before the migration. Delete only the rows that the migration adds.",
      "5:1-5:16 This down deletes every row of orders, which was there before the migration. Delete only the rows that the migration adds.",
    ],
  ],
  [
    "what stays",
    "CREATE TABLE notes (a text);\nALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX orders_note_idx ON orders (note);\nALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;",
    "DROP INDEX orders_note_idx;",
    [
      `7:1-7:27 Behind this down the schema is not what it was before the migration: column note of orders, positive of orders and table notes are still there. ${behind}`,
    ],
  ],
  [
    "what does not come back, or comes back as something else",
    "DROP INDEX orders_code_idx;\nALTER TABLE orders DROP COLUMN total, DROP COLUMN account_id, ALTER COLUMN code DROP NOT NULL;",
    "ALTER TABLE orders ADD COLUMN total int, ADD COLUMN account_id bigint;",
    [
      `5:1-5:70 Behind this down the schema is not what it was before the migration: orders_account_id_fkey of orders and index orders_code_idx of orders are missing; NOT NULL of orders.code and the type of orders.total are others. ${behind}`,
    ],
  ],
])("speaks: %s", (_, up, down, expected) => {
  expect([...finds(up, down)].sort()).toEqual([...expected].sort());
});

describe("a file of its own", () => {
  const go: Files = {
    "go.mod": "module example.com/shop\n\nrequire github.com/golang-migrate/migrate/v4 v4.19.1\n",
    "db/1_init.up.sql": init,
  };
  const next: Files = { "db/2_next.up.sql": "ALTER TABLE orders ADD COLUMN note text;" };
  const down: Files = { "db/2_next.down.sql": "-- back\nDROP TABLE orders;\nDROP TABLE IF EXISTS orders;\n" };
  const places = (source: Parameters<typeof check>[0]): readonly string[] =>
    check(source, DEFAULT_CONFIGURATION)
      .findings.filter((finding) => finding.rule === "no-lossy-down")
      .map(
        ({ file, line, column, endLine, endColumn, message }) =>
          `${file} ${[line, column, endLine, endColumn].join(":")} ${message}`,
      );

  it("is where the finding stands", () => {
    expect(places(memorySource(go, { ...next, ...down }))).toEqual([
      "db/2_next.down.sql 2:1:2:18 This down drops orders, which was there before db/2_next.up.sql: every row of it is lost. Take back only what the migration does.",
    ]);
  });

  it("unless it was there before: then the migration is", () => {
    expect(places(memorySource({ ...go, ...down }, next)).map((place) => place.split(" ").slice(0, 2))).toEqual([
      ["db/2_next.up.sql", "1:1:1:41"],
    ]);
  });
});

it("judges each migration by the schema that it meets, and no history", () => {
  const files = {
    "migrations/00002_a.sql":
      "-- +goose Up\nALTER TABLE orders ADD COLUMN a int;\n-- +goose Down\nALTER TABLE orders DROP COLUMN a;\n",
    "migrations/00003_b.sql":
      "-- +goose Up\nALTER TABLE orders RENAME COLUMN a TO b;\n-- +goose Down\nSET lock_timeout = '5s';\n",
    "migrations/00004_c.sql":
      "-- +goose Up\nALTER TABLE orders ADD COLUMN c int;\n-- +goose Down\nALTER TABLE orders DROP COLUMN b;\n",
  };
  expect(checkedMessages(rule, loadChange(memorySource(base, files), DEFAULT_CONFIGURATION))).toEqual([
    `migrations/00003_b.sql: Behind this down the schema is not what it was before the migration: column a of orders is missing; column b of orders is still there. ${behind}`,
    "migrations/00004_c.sql: This down drops b of orders, which was there before the migration: every value of it is lost. Take back only what the migration does.",
    `migrations/00004_c.sql: Behind this down the schema is not what it was before the migration: column c of orders is still there. ${behind}`,
  ]);
  expect(checkedMessages(rule, loadChange(memorySource({ ...base, ...files }, {}), DEFAULT_CONFIGURATION))).toEqual([]);
});

describe("changesets of Liquibase", () => {
  const header = "--liquibase formatted sql\n\n";
  const master = "databaseChangeLog:\n  - include: { file: db/1.sql }\n  - include: { file: db/2.sql }\n";
  const old = `${header}--changeset ann:1\n${init}\n--rollback empty\n`;
  const messages = (before: Files, after: Files): readonly string[] =>
    checkedMessages(
      rule,
      loadChange(
        memorySource({ "db/changelog.yaml": master, "db/1.sql": old, ...before }, after),
        DEFAULT_CONFIGURATION,
      ),
    );

  it("are undone the last one first", () => {
    const text =
      `${header}--changeset bob:1\nCREATE TABLE notes (id int);\n--rollback DROP TABLE notes\n` +
      "--changeset bob:2\nALTER TABLE notes ADD COLUMN a int;\n--rollback ALTER TABLE notes DROP COLUMN a;\n";
    expect(messages({}, { "db/2.sql": text })).toEqual([]);
  });

  it("lose what was there before, and leave what is theirs", () => {
    const text =
      `${header}--changeset bob:1\nALTER TABLE orders ADD COLUMN a int;\n--rollback ALTER TABLE orders DROP COLUMN total;\n` +
      "--changeset bob:2\nCREATE INDEX i ON orders (code);\n/* liquibase rollback\n  DROP INDEX i;\n*/\n";
    expect(messages({}, { "db/2.sql": text })).toEqual([
      "db/2.sql: This down drops total of orders, which was there before the migration: every value of it is lost. Take back only what the migration does.",
      `db/2.sql: Behind this down the schema is not what it was before the migration: column a of orders is still there. ${behind}`,
    ]);
  });

  it("may leave what they say is to be left", () => {
    const text =
      `${header}--changeset bob:1\nALTER TABLE orders ADD COLUMN a int;\n--rollback empty\n` +
      "--changeset bob:2\nCREATE INDEX i ON orders (code);\n--rollback DROP INDEX i;\n";
    expect(messages({}, { "db/2.sql": text })).toEqual([]);
  });

  it("are judged where they are new", () => {
    const first = `${header}--changeset bob:1\nALTER TABLE orders ADD COLUMN a int;\n--rollback ALTER TABLE orders DROP COLUMN total;\n`;
    const next =
      "--changeset bob:2\nALTER TABLE orders ADD COLUMN b int;\n--rollback ALTER TABLE orders DROP COLUMN code;\n";
    expect(messages({ "db/2.sql": first }, { "db/2.sql": first + next })).toEqual([
      "db/2.sql: This down drops code of orders, which was there before the migration: every value of it is lost. Take back only what the migration does.",
    ]);
  });
});

it("reads the down.sql of an archive of Atlas", () => {
  const text = (down: string): string =>
    `-- atlas:txtar\n\n-- checks.sql --\nSELECT NOT EXISTS (SELECT FROM orders);\n-- migration.sql --\nALTER TABLE orders ADD COLUMN a int;\n-- down.sql --\n${down}\n`;
  const messages = (down: string): readonly string[] =>
    checkedMessages(
      rule,
      loadChange(
        memorySource({ "db/atlas.sum": "h1:x=\n", "db/1_init.sql": init }, { "db/2_next.sql": text(down) }),
        DEFAULT_CONFIGURATION,
      ),
    );
  expect(messages("ALTER TABLE orders DROP COLUMN a;")).toEqual([]);
  expect(messages("ALTER TABLE orders DROP COLUMN total;")).toEqual([
    "db/2_next.sql: This down drops total of orders, which was there before the migration: every value of it is lost. Take back only what the migration does.",
    `db/2_next.sql: Behind this down the schema is not what it was before the migration: column a of orders is still there. ${behind}`,
  ]);
});
