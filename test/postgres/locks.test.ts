import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimedLocks, measuredLocks } from "./lock-claims.js";
import { MeasuredPostgres } from "./measured-postgres.js";
import { forms } from "./statement-forms.js";

let postgres: MeasuredPostgres;
beforeAll(async () => {
  postgres = await MeasuredPostgres.start();
});
afterAll(async () => {
  await postgres.close();
});

describe("locks and work are those of PostgreSQL", () => {
  for (const form of forms) {
    const { sql, before } = form;
    test(before.setup === "" ? sql : `${sql} (after: ${before.setup})`, async () => {
      expect(claimedLocks(form, 18)).toEqual(await measuredLocks(postgres, form));
    });
  }
});
