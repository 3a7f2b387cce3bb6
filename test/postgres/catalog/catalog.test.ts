import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSql } from "../../../src/postgres/parse-sql.js";
import { Replay } from "../../../src/postgres/replay.js";
import { MeasuredPostgres } from "../measured-postgres.js";
import { describeCatalog, describePostgres } from "./postgres-catalog.js";

let postgres: MeasuredPostgres;
beforeAll(async () => {
  postgres = await MeasuredPostgres.start();
});
afterAll(async () => {
  await postgres.close();
});

const folder = new URL("histories/", import.meta.url);

describe("the replayed catalog equals PostgreSQL's after every file", () => {
  for (const history of readdirSync(folder)) {
    test(history, async () => {
      await postgres.reset("");
      const replay = new Replay({ postgres: 18 });
      const files = readdirSync(new URL(`${history}/`, folder)).sort();
      for (const [order, file] of files.entries()) {
        const sql = readFileSync(new URL(`${history}/${file}`, folder), "utf8");
        for (const statement of parseSql(sql).statements) {
          try {
            await postgres.exec(statement.sql);
          } catch (error) {
            throw new Error(`${file}: ${statement.sql}`, { cause: error });
          }
          replay.apply(statement, order);
        }
        await postgres.exec("RESET search_path");
        const actual = await describePostgres(postgres);
        for (const table of replay.catalog.tables()) {
          // CREATE TABLE AS: the columns are the query's, which is not read.
          const name = `${table.schema}.${table.name}`;
          if (!table.columnsKnown) actual[name] = actual[name]?.filter((line) => !line.startsWith("column ")) ?? [];
        }
        const enums = Object.entries(actual).flatMap(([name, [line]]) => (line?.startsWith("enum ") ? [name] : []));
        expect({ file, ...describeCatalog(replay.catalog, enums) }).toEqual({ file, ...actual });
      }
    });
  }
});
