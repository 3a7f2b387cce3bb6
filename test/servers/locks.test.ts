/** Locks and work on the real servers of all majors, for the same statements as on the one in this process. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimedLocks, measuredLocks } from "../postgres/lock-claims.js";
import { MeasuredPostgres } from "../postgres/measured-postgres.js";
import { forms } from "../postgres/statement-forms.js";
import { MAJORS, RealPostgres } from "./real-postgres.js";

describe.each(MAJORS)("PostgreSQL %i", (major) => {
  let postgres: MeasuredPostgres;
  beforeAll(async () => {
    postgres = await MeasuredPostgres.start(await RealPostgres.start(major));
  });
  afterAll(() => postgres.close());

  for (const form of forms) {
    const { sql, before, since = 0 } = form;
    const name = before.setup === "" ? sql : `${sql} (after: ${before.setup})`;
    if (major < since) {
      test(`refuses ${name}`, async () => {
        // Syntax, an object or a parameter that it lacks; a server that is gone has no SQLSTATE.
        const refusal = { code: expect.stringMatching(/^(?:(?:42|0A)\w{3}|22023)$/) as string };
        await expect(measuredLocks(postgres, form)).rejects.toMatchObject(refusal);
      });
    } else {
      test(name, async () => {
        expect(claimedLocks(form, major)).toEqual(await measuredLocks(postgres, form));
      });
    }
  }
});
