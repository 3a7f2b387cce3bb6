/** What only newer servers take, at every major: those before refuse it with the SQLSTATE that we say. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { arriving, type Arriving } from "../postgres/arrivals.js";
import { MeasuredPostgres } from "../postgres/measured-postgres.js";
import { MAJORS, RealPostgres } from "./real-postgres.js";

describe.each(MAJORS)("PostgreSQL %i", (major) => {
  let postgres: MeasuredPostgres;
  beforeAll(async () => {
    postgres = await MeasuredPostgres.start(await RealPostgres.start(major));
  });
  afterAll(() => postgres.close());

  test.each(arriving.map((form) => [major < form.since ? "refuses" : "takes", form.sql, form] as const))(
    "%s %s",
    async (_, sql, form) => {
      const run = async (): Promise<void> => {
        await postgres.reset(form.setup);
        await postgres.exec(sql);
      };
      // Where the schema itself is new, so is the refusal.
      const [code] = codesAt(major, form);
      if (code === undefined) await run();
      else await expect(run()).rejects.toMatchObject({ code });
      expect(code !== undefined).toBe(major < form.since);
    },
  );
});

/** Of what we say is refused, first of all in the setup. */
function codesAt(postgres: number, { setup, sql }: Arriving): readonly string[] {
  const replay = new Replay({ postgres });
  return parseSql(`${setup};\n${sql}`).statements.flatMap((statement) =>
    replay.apply(statement, 0).refusals.flatMap((refusal) => (refusal ? [refusal.code] : [])),
  );
}
