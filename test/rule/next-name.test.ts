import { expect, it } from "vitest";
import { migrationName, nameAfter } from "../../src/rule/next-name.js";

it.each([
  ["0007_note.sql", "0009_z.sql", "0010_note.sql"],
  ["7_note.sql", "9_z.sql", "10_note.sql"],
  ["7_note.sql", "0099_z.sql", "0100_note.sql"],
  ["20260101000000_note", "20261231235959_z", "20270101000000_note"],
  ["2026-01-01-000000_note", "2026-02-28-235959_z", "2026-03-01-000000_note"],
  ["1600000000000_note.sql", "1700000000999_z.sql", "1700000001000_note.sql"],
  ["20200513070724505_note.sql", "20200613070724999_z.sql", "20200613070725000_note.sql"],
  ["V1.2__note.sql", "V1.10__z.sql", "V1.11__note.sql"],
  ["V3__note_2.sql", "V1_2_9__z.sql", "V1_2_10__note_2.sql"],
  ["0007_2024_report.sql", "0008.sql", "0009_2024_report.sql"],
  ["99999999999999_note.sql", "99999999999999_z.sql", "100000000000000_note.sql"],
  ["U1__undo.sql", "no-number.sql", undefined],
  ["note.sql", "0001_z.sql", undefined],
])("%s after %s is %s", (name, last, expected) => {
  expect(nameAfter(name, last, new Set())).toBe(expected);
});

it("passes over versions that are taken", () => {
  expect(nameAfter("1_a.sql", "2_b.sql", new Set(["3", "04", "4", undefined]))).toBe("5_a.sql");
});

it.each([
  ["a/0001_x.sql", "0001_x.sql"],
  ["a/0001_x.up.sql", "0001_x.up.sql"],
  ["a/0001_x/migration.sql", "0001_x"],
  ["a/2026-01-01-000000_x/up.sql", "2026-01-01-000000_x"],
  ["up.sql", "up.sql"],
])("%s is called %s", (file, name) => {
  expect(migrationName(file)).toBe(name);
});
