import { expect, it } from "vitest";
import rule from "../../rules/require-down.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { loadChange } from "../../src/change/load.js";
import { check } from "../../src/check/check.js";
import { type Files, memorySource } from "../check/memory-source.js";
import { checkedMessages } from "./change-findings.js";

const up = "ALTER TABLE orders ADD COLUMN note text;";
const init = "CREATE TABLE orders (id bigint);";
const goModule = (path: string): string => `module example.com/shop\n\nrequire ${path} v1.0.0\n`;
const crate = (name: string): string =>
  `[package]\nname = "shop"\n\n[dependencies]\n${name} = { version = "1", features = ["postgres"] }\n`;

const wayOut =
  "cannot take this migration back. Write what undoes it; where nothing can, accept this finding with that reason.";

function messages(base: Files, added: Files): readonly string[] {
  return checkedMessages(rule, loadChange(memorySource(base, added), DEFAULT_CONFIGURATION));
}

const golang: Files = { "go.mod": goModule("github.com/golang-migrate/migrate/v4"), "db/1_init.up.sql": init };
const diesel: Files = {
  "Cargo.toml": crate("diesel"),
  "diesel.toml": "",
  "migrations/1_init/up.sql": init,
  "migrations/1_init/down.sql": "",
};
const sqlx: Files = { "Cargo.toml": crate("sqlx"), "migrations/1_init.up.sql": init, "migrations/1_init.down.sql": "" };
const node: Files = {
  "package.json": JSON.stringify({ dependencies: { "node-pg-migrate": "8.0.0" } }),
  "migrations/1_init.sql": `-- Up Migration\n${init}\n-- Down Migration\nDROP TABLE orders;\n`,
};
const sqitch: Files = {
  "sqitch.conf": "[core]\n\tengine = pg\n",
  "sqitch.plan": "%project=shop\n\ninit 2026-01-01T00:00:00Z A <a@example.com> # x\n",
  "deploy/init.sql": init,
  "revert/init.sql": "DROP TABLE orders;",
};
const sqitchNext: Files = {
  "sqitch.plan": `${sqitch["sqitch.plan"] ?? ""}next 2026-01-02T00:00:00Z A <a@example.com> # x\n`,
  "deploy/next.sql": up,
};

const formatted = "--liquibase formatted sql\n\n";
const liquibase: Files = {
  "db/changelog.yaml":
    "databaseChangeLog:\n" +
    "  - include: { file: db/old.sql }\n" +
    "  - changeSet: { id: 7, author: ann, changes: [{ sqlFile: { path: db/plain.sql } }] }\n" +
    "  - include: { file: db/new.sql }\n",
  "db/old.sql": `${formatted}--changeset ann:1\n${init}\n`,
};
const wayOutOfPart =
  "cannot take it back, nor what ran before it. Write what undoes it behind `--rollback`; where nothing has to be undone, write `--rollback empty`.";
const atlas: Files = { "db/atlas.sum": "h1:x=\n", "db/1_init.sql": init };

it.each<readonly [name: string, base: Files, added: Files, expected: readonly string[]]>([
  [
    "goose",
    { "go.mod": goModule("github.com/pressly/goose/v3"), "db/1_a.sql": `-- +goose Up\n${init}\n` },
    {
      "db/2_b.sql": `-- +goose Up\n${up}\n`,
      "db/3_c.sql": `-- +goose Up\n${up}\n-- +goose Down\n-- nothing\n`,
      "db/4_d.sql": `-- +goose Up\n${up}\n-- +goose Down\nSELECT 1;\n`,
    },
    [
      `db/2_b.sql: This file has nothing that undoes it: goose ${wayOut}`,
      `db/3_c.sql: This file has nothing that undoes it: goose ${wayOut}`,
    ],
  ],
  [
    "sql-migrate",
    { "db/1_a.sql": `-- +migrate Up\n${init}\n` },
    { "db/2_b.sql": `-- +migrate Up\n${up}\n`, "db/3_c.sql": `-- +migrate Up\n${up}\n-- +migrate Down\nSELECT 1;\n` },
    [`db/2_b.sql: This file has nothing that undoes it: sql-migrate ${wayOut}`],
  ],
  [
    "dbmate",
    { "db/migrations/1_a.sql": `-- migrate:up\n${init}\n-- migrate:down\n` },
    {
      "db/migrations/2_b.sql": `-- migrate:up\n${up}\n-- migrate:down\n`,
      "db/migrations/3_c.sql": `-- migrate:up\n${up}\n-- migrate:down\nSELECT 1;\n`,
    },
    [`db/migrations/2_b.sql: This file has nothing that undoes it: dbmate ${wayOut}`],
  ],
  [
    "tern",
    { "migrations/001_a.sql": `${init}\n---- create above / drop below ----\nDROP TABLE orders;\n` },
    { "migrations/002_b.sql": up, "migrations/003_c.sql": `${up}\n---- create above / drop below ----\nSELECT 1;\n` },
    [`migrations/002_b.sql: This file has nothing that undoes it: tern ${wayOut}`],
  ],
  [
    "node-pg-migrate",
    node,
    {
      "migrations/2_b.sql": `-- Up Migration\n${up}\n`,
      "migrations/3_c.sql": `-- Up Migration\n${up}\n-- Down Migration\nSELECT 1;\n`,
    },
    [`migrations/2_b.sql: This file has nothing that undoes it: node-pg-migrate ${wayOut}`],
  ],
  [
    "golang-migrate",
    golang,
    {
      "db/2_b.up.sql": up,
      "db/3_c.up.sql": up,
      "db/3_c.down.sql": "-- nothing\n",
      "db/4_d.up.sql": up,
      "db/4_d.down.sql": "SELECT 1;",
    },
    [
      `db/2_b.up.sql: There is no db/2_b.down.sql: golang-migrate ${wayOut}`,
      `db/3_c.up.sql: db/3_c.down.sql is empty: golang-migrate ${wayOut}`,
    ],
  ],
  [
    "Diesel",
    diesel,
    { "migrations/2_b/up.sql": up, "migrations/3_c/up.sql": up, "migrations/3_c/down.sql": "SELECT 1;" },
    [`migrations/2_b/up.sql: There is no migrations/2_b/down.sql: Diesel ${wayOut}`],
  ],
  [
    "sqlx, whose simple migrations have none",
    sqlx,
    { "migrations/2_b.up.sql": up, "migrations/3_c.sql": up },
    [`migrations/2_b.up.sql: There is no migrations/2_b.down.sql: sqlx ${wayOut}`],
  ],
  [
    "Liquibase, changeset by changeset",
    { ...liquibase, "db/old.sql": `${formatted}--changeset ann:1\n${init}\n` },
    {
      "db/old.sql": `${formatted}--changeset ann:1\n${init}\n--changeset ann:2\n${up}\n`,
      "db/new.sql":
        `${formatted}--changeset bob:1\n${up}\n--rollback ALTER TABLE orders DROP COLUMN note;\n` +
        "--changeset bob:2\nCREATE TABLE a ();\n" +
        "--changeset bob:3\nCREATE TABLE b ();\n--rollback empty\n" +
        "--changeset bob:4\nCREATE TABLE c ();\n--rollback not required\n" +
        "--changeset bob:5\nCREATE TABLE d ();\n/* liquibase rollback\nDROP TABLE d;\n*/\n" +
        "--changeset bob:6 dbms:oracle\nCREATE TABLE e ();\n",
    },
    [
      `db/old.sql: The changeset ann:2 has no rollback: Liquibase ${wayOutOfPart}`,
      `db/new.sql: The changeset bob:2 has no rollback: Liquibase ${wayOutOfPart}`,
    ],
  ],
  [
    "Liquibase, where another changeset undoes it",
    liquibase,
    {
      "db/new.sql": `${formatted}--changeset bob:1\n${up}\n--rollback changesetId:2 changesetAuthor:ann changesetPath:db/old.sql\n`,
    },
    [],
  ],
  ["Liquibase, where the changelog says how", liquibase, { "db/plain.sql": up }, []],
  [
    "Atlas, which plans it itself",
    atlas,
    { "db/2_b.sql": up, "db/3_c.sql": `-- atlas:txtar\n\n-- migration.sql --\n${up}\n` },
    [],
  ],
  [
    "Atlas, where the archive says nothing",
    atlas,
    { "db/2_b.sql": `-- atlas:txtar\n\n-- migration.sql --\n${up}\n-- down.sql --\n-- later\n` },
    [`db/2_b.sql: This file has nothing that undoes it: Atlas ${wayOut}`],
  ],
  ["Sqitch", sqitch, sqitchNext, [`deploy/next.sql: There is no revert/next.sql: Sqitch ${wayOut}`]],
  ["Sqitch, with one", sqitch, { ...sqitchNext, "revert/next.sql": "SELECT 1;" }, []],
  [
    "Flyway, where undo is for those who have paid",
    {
      "flyway.toml":
        '[flyway]\nlocations = ["filesystem:db"]\n[environments.default]\nurl = "jdbc:postgresql://localhost/shop"\n',
      "db/V1__init.sql": init,
    },
    { "db/V2__next.sql": up },
    [],
  ],
  [
    "files whose runner is not known",
    { "db/migrations/1_a.sql": init, "db/migrations/2_b.sql": up },
    { "db/migrations/3_c.up.sql": up },
    [],
  ],
  [
    "what runs nothing, and what was edited",
    { ...golang, "db/2_b.up.sql": "SELECT 1;" },
    { "db/2_b.up.sql": "SELECT 2;", "db/3_c.up.sql": "-- nothing yet\n" },
    [],
  ],
])("%s", (_, base, added, expected) => {
  expect(messages(base, added)).toEqual(expected);
});

it("stands on the first statement, in the strict preset", () => {
  const source = memorySource(golang, { "db/2_b.up.sql": `-- a note\n${up}\n` });
  const places = (preset: "recommended" | "strict"): readonly string[] =>
    check(source, { ...DEFAULT_CONFIGURATION, extends: preset })
      .findings.filter(({ rule }) => rule === "require-down")
      .map(({ file, line, column, endLine, endColumn, severity }) =>
        [file, line, column, endLine, endColumn, severity].join(" "),
      );
  expect(places("recommended")).toEqual([]);
  expect(places("strict")).toEqual(["db/2_b.up.sql 2 1 2 40 warning"]);
});
