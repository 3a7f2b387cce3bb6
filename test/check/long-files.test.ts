/** One long file: what it costs grows with its length, and not faster. */
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { memorySource } from "./memory-source.js";

const TABLE = { "migrations/001.sql": "CREATE TABLE a (id bigint PRIMARY KEY, c0 int, b int);" };

/** Statements that each depend on the one before, or that the plan compares with each other. */
const FILES: Readonly<Record<string, (index: number) => string>> = {
  "a column that is renamed again and again": (index) =>
    `ALTER TABLE a RENAME COLUMN c${String(index)} TO c${String(index + 1)};`,
  "tables of which each takes the place of another": (index) =>
    `CREATE TABLE t${String(index)} (id int);\nALTER TABLE t${String(index)} RENAME TO u${String(index)};`,
};

function seconds(text: string): number {
  const before = process.cpuUsage();
  check(memorySource(TABLE, { ...TABLE, "migrations/002.sql": text }), DEFAULT_CONFIGURATION);
  return process.cpuUsage(before).user / 1e6;
}

describe.each(Object.entries(FILES))("%s", (_, statement) => {
  it("costs four times as much where there is four times as much of it", () => {
    const text = (count: number): string => Array.from({ length: count }, (_one, index) => statement(index)).join("\n");
    seconds(text(50));
    // Where each statement was compared with every other one, it would be sixteen times.
    expect(seconds(text(1000)) / seconds(text(250))).toBeLessThan(9);
  });
});
