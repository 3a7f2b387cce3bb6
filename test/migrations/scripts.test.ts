import { expect, it } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { detectMigrations } from "../../src/migrations/detect.js";
import { scriptFolders } from "../../src/migrations/scripts.js";

function scripts(files: readonly (readonly [file: string, text: string])[]): readonly string[] {
  const { databases, listing } = detectMigrations(memoryTree(new Map(files), "head"));
  return scriptFolders(listing, databases).map((found) => `${found.language}: ${found.files.join(", ")}`);
}

const empty = (...files: readonly string[]) => files.map((file) => [file, ""] as const);

it.each([
  [["db/migrations/20240102030405_a.ts", "db/migrations/index.ts"], ["TypeScript: db/migrations/20240102030405_a.ts"]],
  [["app/migrations/0001_initial.py", "app/migrations/__init__.py"], ["Python: app/migrations/0001_initial.py"]],
  [
    ["migrations/V3__a.java", "migrations/U4__b.rs"],
    ["Rust: migrations/U4__b.rs", "Java or Kotlin: migrations/V3__a.java"],
  ],
  [
    ["migrations/20240102030405_a.up.fizz", "migrations/20240102030405_a.down.fizz"],
    ["Fizz: migrations/20240102030405_a.up.fizz"],
  ],
  [["migrations/001_a.go", "migrations/001_a_test.go"], ["Go: migrations/001_a.go"]],
  [["migration/src/m20240102_030405_a.rs", "migration/src/lib.rs"], ["Rust: migration/src/m20240102_030405_a.rs"]],
  [["src/m20240102_030405_a.rs", "reports/001_a.py", "test/migrations/001_a.py", "migrations/001_a.d.ts"], []],
])("%j", (files, expected) => {
  expect(scripts(empty(...files))).toEqual(expected);
});

it("finds them beside what a tool reads, whatever the folder is called", () => {
  const beside = empty("schema/2_b.go", "schema/helpers.go", "other/2_b.go");
  expect(scripts([["schema/1_a.sql", "-- +goose Up\nSELECT 1;\n"], ...beside])).toEqual(["Go: schema/2_b.go"]);
});
