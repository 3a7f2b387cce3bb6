/** Whatever a migration holds, its tool reads it: the text keeps its length, and its parts stand in it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { readChangelog } from "../../src/migrations/liquibase/changelog.js";
import { readWholeSql } from "../../src/migrations/liquibase/sql.js";
import { Listing } from "../../src/migrations/listing.js";
import type { ReadMigrationText } from "../../src/migrations/tool.js";
import { MIGRATION_TOOLS } from "../../src/migrations/tools.js";

const FILES = {
  "flyway.conf": "flyway.placeholders.x=abc\nflyway.placeholders.empty=\n",
  "m/atlas.sum": "h1:x\n",
  "m/1_a.sql": "",
  "m/2_a.sql": "",
  "m/V3__a.sql": "",
};
const listing = new Listing(memoryTree(new Map(Object.entries(FILES)), "head"));

const READERS = MIGRATION_TOOLS.flatMap((tool): (readonly [string, ReadMigrationText])[] => {
  const { read } = tool.open(listing, "m");
  return read === undefined ? [] : [[tool.name, read]];
});

const PIECES = [
  ...[
    "\n",
    "\r\n",
    " ",
    ";",
    "/",
    "go",
    "\\",
    "(",
    "[",
    "é",
    "\u{1F418}",
    "$$",
    "'",
    '"',
    "/*",
    "*/",
    "${",
    "${x}",
    "}",
  ],
  ...["${empty}", "SELECT 1", "CREATE INDEX CONCURRENTLY i ON t (a)", "BEGIN", "COMMIT", "--", "-- "],
  ...["--changeset a:1", " runInTransaction:false", " endDelimiter:/", " endDelimiter:(", " endDelimiter:\\n/"],
  ...["--ignoreLines:start", "--ignoreLines:end", "--ignoreLines:3", "--ignoreLines:x", "--liquibase formatted sql"],
  ...["-- atlas:txtar", "-- atlas:delimiter \\n", "-- atlas:delimiter  ", "-- migration.sql --", "-- down.sql --"],
  ...["-- atlas:txmode none", "-- atlas:checkpoint", "-- +goose Up", "-- +goose Down", "-- +goose StatementBegin"],
  ...["-- +migrate Up", "-- +migrate Up notransaction", "-- +migrate Down", "-- +migrate StatementBegin"],
  ...[
    "-- +migrate StatementEnd",
    "-- +goose StatementEnd",
    "-- +goose NO TRANSACTION",
    "-- migrate:up transaction:false",
    "-- migrate:down",
  ],
  ...["-- Up Migration", "-- Down Migration", "--! no-transaction", "---- create above / drop below ----"],
];
const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(""));

function expectInside(text: string, { sql, parts = [] }: ReturnType<ReadMigrationText>): void {
  expect(sql).toHaveLength(text.length);
  let at = 0;
  for (const { range } of parts) {
    expect(range[0]).toBeGreaterThanOrEqual(at);
    expect(range[1]).toBeGreaterThanOrEqual(range[0]);
    at = range[1];
  }
  expect(at).toBeLessThanOrEqual(text.length);
}

describe("any text", () => {
  it.each(READERS)("is read as %s reads it", (_, read) => {
    fc.assert(fc.property(texts, (text) => expectInside(text, read(text, "m/2_a.sql"))));
  });

  it("is split at any delimiter of Liquibase's", () => {
    const delimiter = fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(texts, delimiter, (text, endDelimiter) => {
        expectInside(text, readWholeSql(text, { runInTransaction: true, splitStatements: true, endDelimiter }));
      }),
    );
  });

  it("may stand in a changelog", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const file of ["a.xml", "a.yaml", "a.json"]) readChangelog(`databaseChangeLog: ${text}`, file);
        readChangelog(`<databaseChangeLog ${text}`, "a.xml");
      }),
    );
  });

  it.each([
    ["changesets", "--changeset a:1\nSELECT 1\n/\n".repeat(20_000)],
    ["placeholders", "${".repeat(200_000)],
    ["archives", `-- atlas:txtar\n\n${"-- x --\n".repeat(100_000)}`],
    ["sections", "-- +goose Up\n-- migrate:up\n".repeat(20_000)],
  ])("does not take longer than it is long: %s", { timeout: 20_000 }, (_, text) => {
    for (const [, read] of READERS) expectInside(text, read(text, "m/2_a.sql"));
    for (const piece of ["<a b='", "<!-- ", "a = ", "<x>", "<![CDATA["]) {
      readChangelog(`<databaseChangeLog>${piece.repeat(20_000)}`, "a.xml");
    }
  });
});
