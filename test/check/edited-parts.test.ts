import { expect, test } from "vitest";
import { replayMerges } from "../../src/check/replay-merges.js";
import { TemporaryRepository } from "../change/temporary-repository.js";

const TABLE =
  "--liquibase formatted sql\n\n--changeset ann:1\nCREATE TABLE orders (id bigint PRIMARY KEY, ref text);\n";
const VIEW = "--changeset ann:view runOnChange:true\nCREATE OR REPLACE VIEW refs AS SELECT id FROM orders;\n";
const INDEX = "--changeset bob:2\nCREATE INDEX orders_ref ON orders (ref);\n";

/** What is found in the last commit. */
function found(repository: TemporaryRepository): string[] {
  return replayMerges({ root: repository.root, last: 1 }).merges.flatMap(({ findings }) =>
    findings.map(({ rule, line, message }) => `${String(line)} ${rule}: ${message}`),
  );
}

test("Liquibase runs a changeset that is new in an old file, on tables that are in use by then", () => {
  const file = "db/changelog/orders.sql";
  const repository = new TemporaryRepository({
    "liquibase.properties":
      "changeLogFile=db/changelog/db.changelog-master.yaml\nurl=jdbc:postgresql://localhost/shop\n",
    "db/changelog/db.changelog-master.yaml": "databaseChangeLog:\n  - include:\n      file: db/changelog/orders.sql\n",
    [file]: TABLE + VIEW,
  });

  repository.commit("a new changeset", { [file]: TABLE + VIEW + INDEX });
  expect(found(repository)).toEqual([
    "8 no-blocking-index-build: Building orders_ref blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a changeset of its own with runInTransaction:false.",
  ]);

  repository.commit("a changeset that runs on change", {
    [file]: TABLE + VIEW.replace("id FROM", "id, ref FROM") + INDEX,
  });
  expect(found(repository)).toEqual([]);

  repository.commit("an edited changeset", {
    [file]: TABLE.replace("ref text", "ref text NOT NULL") + VIEW.replace("id FROM", "id, ref FROM") + INDEX,
  });
  expect(found(repository)).toEqual([
    "1 no-edited-migration: ann:1 was merged before, and databases that ran it keep what its old text made; Liquibase finds that its checksum is another. Put the old text back, and make the change in a new changeset.",
  ]);
});

test("Flyway's repeatable migrations are made to be edited", () => {
  const repository = new TemporaryRepository({
    "flyway.toml":
      '[flyway]\nlocations = ["filesystem:sql"]\n\n[environments.default]\nurl = "jdbc:postgresql://localhost/shop"\n',
    "sql/V1__orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);\n",
    "sql/R__refs.sql": "CREATE OR REPLACE VIEW refs AS SELECT id FROM orders;\n",
  });
  repository.commit("edited", {
    "sql/R__refs.sql": "CREATE OR REPLACE VIEW refs AS SELECT id, 1 AS one FROM orders;\n",
  });
  expect(found(repository)).toEqual([]);
  repository.commit("made again", {
    "src/refs.sql": "SELECT id FROM refs;\n",
    "sql/V2__drop.sql": "DROP VIEW refs;\n",
    "sql/R__refs.sql": "CREATE OR REPLACE VIEW refs AS SELECT id FROM orders;\n",
  });
  expect(found(repository)).toEqual([]);
  repository.commit("not made again", { "sql/V3__drop.sql": "SET lock_timeout = '2s';\nDROP VIEW IF EXISTS refs;\n" });
  expect(found(repository).map((finding) => finding.split(":")[0])).toEqual(["2 no-referenced-table-drop"]);
  repository.commit("edited", { "sql/V1__orders.sql": "CREATE TABLE orders (id int PRIMARY KEY);\n" });
  expect(found(repository)).toEqual([
    "1 no-edited-migration: This migration was merged before, and databases that ran it keep what its old text made; Flyway finds that its checksum is another. Put the old text back, and make the change in a new migration.",
  ]);
});

test("a repeatable migration that stays has run before a new version: what it made is in the way", () => {
  const repository = new TemporaryRepository({
    "flyway.toml":
      '[flyway]\nlocations = ["filesystem:sql"]\n\n[environments.default]\nurl = "jdbc:postgresql://localhost/shop"\n',
    "sql/V1__orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, ref varchar(20));\n",
    "sql/R__refs.sql": "CREATE OR REPLACE VIEW refs AS SELECT id, replace(ref, '_', ' ') AS ref FROM orders;\n",
  });
  const retype = "SET lock_timeout = '2s';\nALTER TABLE orders ALTER COLUMN ref TYPE varchar(50);\n";
  repository.commit("wider", { "sql/V2__wider.sql": retype });
  expect(found(repository)).toEqual([
    "2 no-dependent-object-break: PostgreSQL refuses this: cannot alter type of a column used by a view or rule (SQLSTATE 0A000). The view refs depends on it. The migration stops here. Drop the view refs before, and create it again behind it in the same transaction.",
  ]);
  // No database has run that: what is put in its place is no edit.
  repository.commit("with the view", {
    "sql/V2__wider.sql": `DROP VIEW refs;\n${retype}CREATE VIEW refs AS SELECT id, replace(ref, '_', ' ') AS ref FROM orders;\n`,
  });
  expect(found(repository)).toEqual([]);
});

test("a migration that gets another name was not merged under it: nothing is out of order before it", () => {
  const repository = new TemporaryRepository({
    "go.mod": "module example.com/shop\n\nrequire github.com/golang-migrate/migrate/v4 v4.18.1\n",
    "migrations/01_orders.up.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);\n",
    "migrations/02_notes.up.sql": "CREATE TABLE notes (id bigint PRIMARY KEY, text text NOT NULL);\n",
  });
  repository.git("mv", "migrations/02_notes.up.sql", "migrations/05_notes.up.sql");
  repository.commit("new names", { "migrations/03_items.up.sql": "CREATE TABLE items (id bigint);\n" });
  expect(found(repository).map((finding) => finding.split(":")[0])).toEqual(["1 no-edited-migration"]);
  repository.commit("too late", { "migrations/04_lines.up.sql": "CREATE TABLE lines (id bigint);\n" });
  expect(found(repository).map((finding) => finding.split(":")[0])).toEqual(["1 no-out-of-order-migration"]);
});
