import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../src/rule/duration.js";
import { startPGlite } from "../postgres/start-pglite.js";

describe("parseDuration", () => {
  let postgres: PGlite;
  beforeAll(async () => {
    postgres = await startPGlite();
  });
  afterAll(() => postgres.close());

  it.each(
    "5s|500|500ms|1min|2h|1d|0|1.5s|.5s|5 s| 5s |1e3|2.5min|900us|1499us|1500us|5S|5 seconds|-1|five||1m|1 h|10000000s".split(
      "|",
    ),
  )("reads %j as PostgreSQL does", async (value) => {
    const asPostgres = await postgres
      .query<{ setting: string }>(
        `SELECT set_config('lock_timeout', $1, false), (SELECT setting FROM pg_settings WHERE name = 'lock_timeout')`,
        [value],
      )
      .then(
        async () =>
          (await postgres.query<{ setting: string }>(`SELECT setting FROM pg_settings WHERE name = 'lock_timeout'`))
            .rows[0]?.setting,
        () => "refused",
      );
    const read = parseDuration(value);
    expect(read === undefined ? "refused" : String(read)).toBe(asPostgres);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [500, "500ms"],
    [1_500, "1500ms"],
    [5_000, "5s"],
    [60_000, "1min"],
    [90_000, "90s"],
    [7_200_000, "2h"],
    [86_400_000, "1d"],
  ])("writes %d ms as %s", (milliseconds, written) => {
    expect(formatDuration(milliseconds)).toBe(written);
    expect(parseDuration(written)).toBe(milliseconds);
  });
});
