import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Lock } from "../../src/model/lock.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { forms } from "./statement-forms.js";
import { MeasuredPostgres } from "./measured-postgres.js";

let postgres: MeasuredPostgres;
beforeAll(async () => {
  postgres = await MeasuredPostgres.start();
});
afterAll(async () => {
  await postgres.close();
});

/** What the replay claims for the statements of `sql`, together: as PostgreSQL holds them at the end. */
function claimed(before: string, sql: string): readonly Lock[] {
  const replay = new Replay({ postgres: 18 });
  for (const statement of parseSql(before).statements) replay.apply(statement, 0);
  const { statements } = parseSql(sql);
  expect(statements).toHaveLength(1);
  return replay.apply(statements[0]!, 1).locks;
}

describe("locks and work are those of PostgreSQL", () => {
  for (const { sql, before } of forms) {
    test(before.setup === "" ? sql : `${sql} (after: ${before.setup})`, async () => {
      const schema = `${before.schema};\n${before.setup}`;
      const { locks } = await postgres.measure(schema, sql);
      // TRUNCATE changes the file too, but writes nothing into it.
      if (sql.startsWith("TRUNCATE")) for (const lock of Object.values(locks)) lock.while = "instant";
      expect(
        Object.fromEntries(
          claimed(schema, sql).map(({ relation, mode, while: work }) => [relation, { mode, while: work }]),
        ),
      ).toEqual(locks);
    });
  }
});
