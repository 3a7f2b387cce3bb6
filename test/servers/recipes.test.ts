/** Every recipe, as it is for that version, carried out on a real server: what PGlite shows of one version holds for each. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { carryOut } from "../deploy-order/recipes/carry-out.js";
import { CASES } from "../deploy-order/recipes/cases.js";
import { SharedPostgres } from "../deploy-order/shared-postgres.js";
import { MAJORS, RealPostgres } from "./real-postgres.js";

describe.each(MAJORS)("PostgreSQL %i", (major) => {
  let server: RealPostgres;
  let postgres: SharedPostgres;
  beforeAll(async () => {
    server = await RealPostgres.start(major);
    const client = await server.connect();
    postgres = new SharedPostgres({
      async exec(sql) {
        const results = await client.query(sql);
        return [results].flat().map(({ rowCount }) => ({ affectedRows: rowCount ?? 0 }));
      },
      async query<Row>(sql: string, _: never[] = [], options = { rowMode: "object" }) {
        const { rows }: { rows: unknown[] } =
          options.rowMode === "array" ? await client.query({ text: sql, rowMode: "array" }) : await client.query(sql);
        return { rows: rows as Row[] };
      },
      close: () => client.end(),
    });
  });
  afterAll(async () => {
    await postgres.close();
    await server.close();
  });

  const cases = CASES.filter(({ since = 0, postgres: version = 0 }) => major >= Math.max(since, version));
  test.each(cases.map((one) => [`${one.recipe}: ${one.title}`, one] as const))("%s", (_, one) =>
    carryOut(postgres, { ...one, postgres: major }),
  );

  test("a foreign key that is valid on every partition is taken over unread", async () => {
    await postgres.reset(`CREATE TABLE accounts (id bigint PRIMARY KEY);
      CREATE TABLE visits (id bigint, account_id bigint) PARTITION BY RANGE (id);
      CREATE TABLE visits_1 PARTITION OF visits DEFAULT;
      ALTER TABLE visits_1 ADD CONSTRAINT f FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;
      ALTER TABLE visits_1 VALIDATE CONSTRAINT f;`);
    // A row that the constraint would find if it looked.
    await postgres.database.exec(
      "SET session_replication_role = replica; INSERT INTO visits VALUES (1, 77); RESET session_replication_role;",
    );
    await postgres.database.exec("ALTER TABLE visits ADD CONSTRAINT f FOREIGN KEY (account_id) REFERENCES accounts;");
    expect(
      (await postgres.description())["public.visits"]?.filter((line) => line.startsWith("constraint f")),
    ).toHaveLength(1);
  });
});
