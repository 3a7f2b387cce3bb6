import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PGlite } from "@electric-sql/pglite";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { readStatistics } from "../../src/change/statistics.js";
import { STATISTICS_QUERY } from "../../src/change/statistics-query.js";
import { run } from "../../src/command-line/run.js";
import { startPGlite } from "../postgres/start-pglite.js";
import { expectSizes, expectUnknownRows } from "./sized-tables.js";

const FILE = ".ci/stats.json";

function read(text: string | undefined): ReturnType<typeof readStatistics> {
  return readStatistics(memoryTree(new Map(text === undefined ? [] : [[FILE, text]]), "head"), FILE);
}

const ORDERS = { schema: "public", name: "orders", rows: 12_000_000, bytes: 3_328_599_654, index_bytes: 8192 };

function written(tables: unknown, rest: object = {}): string {
  return JSON.stringify({ version: 1, collected_at: "2026-11-01T08:00:00Z", tables, ...rest }, undefined, 2);
}

describe("the query", () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await startPGlite();
  });
  afterAll(() => database.close());

  it("is the one that the page has, and that the command prints", () => {
    const page = readFileSync(new URL("../../docs/statistics.md", import.meta.url), "utf8");
    expect(/<!-- query -->\n\n```sql\n([^`]*)```\n/.exec(page)?.[1]).toBe(STATISTICS_QUERY);
    let printed = "";
    const write = (text: string): unknown => (printed += text);
    const surroundings = { cwd: ".", env: {}, stdout: { write }, stderr: { write }, version: "1.2.3" };
    expect(run(["stats"], surroundings)).toBe(0);
    expect(printed).toBe(STATISTICS_QUERY);
  });

  it("says how large each table is, whatever it is called", async () => {
    await expectSizes(database);
    await expectUnknownRows(database);
  });
});

describe("the file", () => {
  it("is what the query prints", () => {
    const unknown = { ...ORDERS, name: "items", rows: null };
    expect(read(written([ORDERS, unknown], { database: "shop" }))).toEqual({
      file: FILE,
      collectedAt: "2026-11-01T08:00:00.000Z",
      sizes: new Map([
        ["public.orders", { rows: 12_000_000, bytes: 3_328_599_654, indexBytes: 8192 }],
        ["public.items", { bytes: 3_328_599_654, indexBytes: 8192 }],
      ]),
    });
  });

  it("may name tables as it likes", () => {
    const names = ["__proto__", "constructor", "a.b", "\u0000", "</details>"];
    const stats = read(written(names.map((name) => ({ ...ORDERS, name }))));
    expect("sizes" in stats && [...stats.sizes.keys()]).toEqual(names.map((name) => `public.${name}`));
  });

  it.each([
    [undefined, 1, "The file is not there."],
    ["", 1, "The file is not valid JSON."],
    ["{", 1, "The file is not valid JSON."],
    ['{\n"version": 1,\n}}', 3, "The file is not valid JSON."],
    ["[]", 1, "The file is a list, and must be a mapping."],
    ["{}", 1, "The file lacks the key `version`."],
    [written([], { version: 2 }), 2, "`version` is `2`, and must be `1`. Did you mean `1`?"],
    [
      written([], { collected_at: "yesterday" }),
      3,
      "`collected_at` is `yesterday`, and must look like `2026-11-22T08:00:00Z`.",
    ],
    [written([], { collected_at: "2026-99-99T08:00:00Z" }), 1, "The file is not what the query makes."],
    [written({}), 4, "`tables` is a mapping, and must be a list."],
    [written([ORDERS, { ...ORDERS, rows: "many" }]), 15, "`tables[1].rows` is text, and must be a number or empty."],
    [written([{ ...ORDERS, bytes: -1 }]), 9, "`tables[0].bytes` is `-1`, and must be at least 0."],
    [
      written([{ ...ORDERS, bytes: 1 }]).replace('"bytes": 1', '"bytes": 1e999'),
      1,
      "The file is not what the query makes.",
    ],
    [written([{ schema: "public" }]), 5, "`tables[0]` lacks the key `name`."],
    [written([{ ...ORDERS, name: 7 }]), 7, "`tables[0].name` is a whole number, and must be text."],
    ["x".repeat(4 * 1024 * 1024 + 1), 1, "The file has 4194305 characters; more than 4194304 are not read."],
    [`[${"[".repeat(100_000)}`, 1, "The file is not valid JSON."],
  ])("with a mistake costs nothing but the sizes: %#", (text, line, message) => {
    expect(read(text)).toEqual({ file: FILE, line, message: `${message} So no sizes are shown.` });
  });

  it("may have thirty thousand tables", () => {
    const tables = Array.from({ length: 30_000 }, (_, index) => ({ ...ORDERS, name: `t${String(index)}` }));
    const text = JSON.stringify(JSON.parse(written(tables)));
    const stats = read(text);
    expect("sizes" in stats && stats.sizes.size).toBe(30_000);
  });
});
