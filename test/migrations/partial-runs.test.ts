import { expect, test } from "vitest";
import { PARTIAL_RUNS, partialRun } from "../../src/migrations/partial-runs.js";
import { MIGRATION_TOOLS } from "../../src/migrations/tools.js";

test("every entry is a tool that is read", () => {
  const names = MIGRATION_TOOLS.map(({ name }) => name);
  expect([...PARTIAL_RUNS.keys()].filter((name) => !names.includes(name))).toEqual([]);
});

test("a tool runs a part from the version on that has the command", () => {
  expect(partialRun({ name: "goose" })).toBe("goose up-to VERSION");
  expect(partialRun({ name: "sqlx", version: "0.8.6" })).toBe("sqlx migrate run --target-version VERSION");
  expect(partialRun({ name: "sqlx", version: "0.7.10" })).toBe("sqlx migrate run --target-version VERSION");
  expect(partialRun({ name: "sqlx", version: "0.7.1" })).toBeUndefined();
  expect(partialRun({ name: "prisma" })).toBeUndefined();
});
