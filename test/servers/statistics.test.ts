/** The query of the statistics on the real servers of all majors. */
import { expect, test } from "vitest";
import { STATISTICS_QUERY } from "../../src/change/statistics-query.js";
import { expectSizes, expectUnknownRows } from "../change/sized-tables.js";
import { MAJORS, RealPostgres } from "./real-postgres.js";

test.each(MAJORS)("PostgreSQL %i says how large its tables are, also to a role that may read none", async (major) => {
  const postgres = await RealPostgres.start(major);
  try {
    await expectSizes(postgres);
    await expectUnknownRows(postgres);
    await postgres.exec("CREATE ROLE guest; SET ROLE guest; SET default_transaction_read_only = on;");
    const { rows } = await postgres.query<{ json_build_object: { tables: unknown[] } }>(STATISTICS_QUERY);
    expect(rows[0]?.json_build_object.tables).toHaveLength(10);
  } finally {
    await postgres.close();
  }
});
