/** An index that is locked without its table keeps everybody from the table: planning a query locks every index. */
import { expect, test } from "vitest";
import { MeasuredPostgres } from "../postgres/measured-postgres.js";
import { schemas } from "../postgres/statement-forms.js";
import { MAJORS, RealPostgres } from "./real-postgres.js";

const LOCK_NOT_AVAILABLE = "55P03";

test.each(MAJORS)("PostgreSQL %i plans no query while an index is moved", async (major) => {
  const server = await RealPostgres.start(major);
  const postgres = await MeasuredPostgres.start(server);
  const other = await server.connect();
  try {
    await postgres.reset(schemas.shop);
    await other.query("SET lock_timeout = '100ms'");
    for (const moved of ["INDEX orders_code_idx SET TABLESPACE other", "TABLE orders_code_idx RENAME TO by_code"]) {
      await postgres.exec(`BEGIN; ALTER ${moved}`);
      for (const query of ["SELECT label FROM orders WHERE id = 1", "UPDATE orders SET label = '' WHERE id = 1"]) {
        await expect(other.query(query), `${moved}: ${query}`).rejects.toMatchObject({ code: LOCK_NOT_AVAILABLE });
      }
      await postgres.exec("ROLLBACK");
    }
  } finally {
    await other.end();
    await postgres.close();
  }
});
