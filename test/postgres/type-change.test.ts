import type { PGlite } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AlterColumnType } from "../../src/model/operation.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { typeChange } from "../../src/postgres/type-change.js";
import { startPGlite } from "./start-pglite.js";

let database: PGlite;
beforeAll(async () => {
  database = await startPGlite({ extensions: { citext } });
});
afterAll(async () => {
  await database.close();
});

const definitions = `
  CREATE TYPE mood AS ENUM ('sad', 'happy');
  CREATE TYPE feeling AS ENUM ('sad', 'happy', 'none');
  CREATE DOMAIN plain_text AS text;
  CREATE DOMAIN short_text AS varchar(10);
  CREATE DOMAIN checked_text AS text CHECK (VALUE <> '');
  CREATE DOMAIN filled_text AS text NOT NULL;
  CREATE DOMAIN narrow_text AS short_text;`;

/** Types between which a column may change without USING, a line for each family. */
const families = `
  text, varchar, varchar(10), varchar(20), char(4), char(8), bpchar, name, citext, mood, plain_text, short_text, checked_text, filled_text, narrow_text
  smallint, integer, bigint, real, double precision, numeric, numeric(10,2), numeric(12,2), numeric(12,3), numeric(8), money, oid, regclass, regtype, regproc, regprocedure, text
  date, timestamp, timestamp(3), timestamptz, timestamptz(3), time, time(3), timetz, interval, interval(3), interval(6)
  bit(4), bit(8), varbit, varbit(8), varbit(16)
  inet, cidr, uuid, json, jsonb, xml, boolean, text, varchar
  integer[], bigint[], text[], varchar[], varchar(10)[], varchar(20)[], numeric(10,2)[], numeric(12,2)[], mood[]`
  .trim()
  .split("\n")
  .map((line) => line.split(/,\s*(?![^(]*\))/).map((type) => type.trim()));

type Change = "free" | "index-build" | "rewrite";

/** Changes an indexed column between every two types and looks whose file changed; pairs without a cast are left out. */
async function measurePairs(types: readonly string[]): Promise<readonly string[]> {
  const list = types.map((type) => `'${type}'`).join(", ");
  await database.exec(`
    CREATE TABLE measured (source text, target text, change text);
    DO $$
    DECLARE source text; target text; before record; after record;
    BEGIN
      FOREACH source IN ARRAY ARRAY[${list}] LOOP
        FOREACH target IN ARRAY ARRAY[${list}] LOOP
          BEGIN
            EXECUTE format('CREATE TABLE t (c %s)', source);
            BEGIN EXECUTE 'CREATE INDEX i ON t (c)'; EXCEPTION WHEN undefined_object THEN NULL; END;
            SELECT pg_relation_filenode('t'::regclass) AS t, pg_relation_filenode(to_regclass('i')) AS i INTO before;
            EXECUTE format('ALTER TABLE t ALTER c TYPE %s', target);
            SELECT pg_relation_filenode('t'::regclass) AS t, pg_relation_filenode(to_regclass('i')) AS i INTO after;
            INSERT INTO measured VALUES (source, target, CASE
              WHEN before.t <> after.t THEN 'rewrite' WHEN before.i <> after.i THEN 'index-build' ELSE 'free' END);
          EXCEPTION WHEN datatype_mismatch OR undefined_object OR feature_not_supported THEN NULL;
          END;
          DROP TABLE IF EXISTS t;
        END LOOP;
      END LOOP;
    END $$;`);
  const { rows } = await database.query<{ source: string; target: string; change: string }>(
    "SELECT source, target, change FROM measured",
  );
  await database.exec("DROP TABLE measured");
  return rows.map(({ source, target, change }) => `${source} to ${target}: ${change}`);
}

function claimed(from: string, to: string, utc: boolean): Change {
  const replay = new Replay({ postgres: 18 });
  const sql = `${definitions} CREATE TABLE t (c ${from}); ALTER TABLE t ALTER c TYPE ${to};`;
  const statements = parseSql(sql).statements;
  for (const statement of statements.slice(0, -1)) replay.apply(statement, 0);
  const operation = statements.at(-1)!.operations[0] as AlterColumnType;
  return typeChange(operation, { catalog: replay.catalog, postgres: 18, utc });
}

async function expectClaims(types: readonly string[], utc: boolean): Promise<void> {
  const measured = await measurePairs(types);
  expect(measured.length).toBeGreaterThan(types.length);
  const pairs = measured.map((line) => line.split(/ to |: /) as [from: string, to: string]);
  expect(pairs.map(([from, to]) => `${from} to ${to}: ${claimed(from, to, utc)}`)).toEqual(measured);
}

describe("what a type change costs is what PostgreSQL does", () => {
  beforeAll(async () => {
    await database.exec(`CREATE EXTENSION citext; ${definitions}`);
  });

  test.each(families.map((types) => ({ types, family: types[0] })))("among $family and its kin", async ({ types }) => {
    await database.exec("SET TIME ZONE 'UTC'");
    await expectClaims(types, true);
  });

  test("among timestamps where the time zone is not UTC", async () => {
    await database.exec("SET TIME ZONE 'Europe/Berlin'");
    await expectClaims(["timestamp", "timestamp(3)", "timestamptz", "timestamptz(3)"], false);
  });
});
