import { afterAll, beforeAll, expect, test } from "vitest";
import { grantsOf } from "../../../src/deploy-order/recipe-parts/privileges.js";
import { SharedPostgres } from "../shared-postgres.js";

let postgres: SharedPostgres;
beforeAll(async () => {
  postgres = await SharedPostgres.start();
});
afterAll(() => postgres.close());

test("the query prints GRANTs that give what there was, and none of the owner's", async () => {
  const views = `CREATE VIEW dear AS SELECT 1 AS a; CREATE VIEW app."Dearest" AS SELECT 2 AS b;`;
  await postgres.reset("CREATE SCHEMA app;", views);
  const { database } = postgres;
  await database.exec(`CREATE ROLE reporter; CREATE ROLE "Mr. X";
    GRANT SELECT, UPDATE ON dear TO reporter; GRANT SELECT ON dear TO PUBLIC;
    GRANT SELECT ON app."Dearest" TO "Mr. X" WITH GRANT OPTION;`);
  const asked = async (): Promise<string[]> => {
    const { rows } = await database.query<{ format: string }>(grantsOf(["dear", 'app."Dearest"']));
    return rows.map(({ format }) => format).sort();
  };
  const printed = await asked();
  expect(printed).toEqual([
    'GRANT SELECT ON app."Dearest" TO "Mr. X" WITH GRANT OPTION;',
    "GRANT SELECT ON dear TO PUBLIC;",
    "GRANT SELECT ON dear TO reporter;",
    "GRANT UPDATE ON dear TO reporter;",
  ]);
  await database.exec(`DROP VIEW dear, app."Dearest"; ${views}`);
  expect(await asked()).toEqual([]);
  await database.exec(printed.join("\n"));
  expect(await asked()).toEqual(printed);
});
