/**
 * What we say that PostgreSQL refuses, against PostgreSQL itself: the same statements on the same schema, with the same
 * SQLSTATE in the same words.
 */
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Refusal } from "../../src/model/refusal.js";
import type { Statement } from "../../src/model/statement.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { REFUSABLE } from "../../src/postgres/refusals.js";
import { BUILTIN_TYPES } from "../../src/postgres/refusals/builtin-types.js";
import { REFERENCES } from "../../src/postgres/refusals/comparable-types.js";
import { Replay } from "../../src/postgres/replay.js";
import { arriving, type Arriving } from "./arrivals.js";
import { startPGlite } from "./start-pglite.js";
import { forms } from "./statement-forms.js";

const schema = `
CREATE TABLE t (
  id bigint PRIMARY KEY, a int, b text, c int UNIQUE, g int GENERATED ALWAYS AS (1) STORED,
  i int GENERATED ALWAYS AS IDENTITY, d int DEFAULT 1 NOT NULL, u uuid, CONSTRAINT k CHECK (a > 0)
);
CREATE TABLE o (x int, y text, z uuid, w int UNIQUE);
CREATE VIEW v AS SELECT id FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
CREATE INDEX ix ON t (a);
CREATE UNIQUE INDEX ux ON t (a, b);
CREATE UNIQUE INDEX px ON t (b) WHERE a > 0;
CREATE UNIQUE INDEX ex ON t (lower(b));
CREATE SEQUENCE s;
CREATE TYPE e AS ENUM ('x', 'y');
CREATE DOMAIN dm AS int;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE pt (id int, k int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (0) TO (9);

CREATE TABLE used (
  id bigint PRIMARY KEY, star int, plain int, grouped int, watched int, checked int, guarded int,
  source int, made int GENERATED ALWAYS AS (source * 2) STORED, keyed int UNIQUE, free int, st e, dom dm,
  parent bigint REFERENCES used, CHECK (checked > 0), wide varchar(20), hidden int
);
CREATE VIEW names_some AS SELECT plain, wide FROM used u WHERE u.grouped > 0;
CREATE VIEW of_view AS SELECT plain FROM names_some;
CREATE MATERIALIZED VIEW kept AS SELECT st FROM used;
CREATE VIEW counts AS SELECT count(*) FROM used;
CREATE TABLE listed (a int, b int);
CREATE VIEW names_all AS SELECT * FROM listed;
CREATE TRIGGER of_column BEFORE UPDATE OF watched ON used FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER on_change BEFORE UPDATE ON used FOR EACH ROW WHEN (old.guarded <> new.guarded) EXECUTE FUNCTION f();
CREATE POLICY mine ON used USING (hidden = 1);
CREATE INDEX used_free ON used (free);
CREATE TABLE pointing (x bigint REFERENCES used, y int REFERENCES used (keyed), n int DEFAULT nextval('s'), q serial);
CREATE UNIQUE INDEX listed_a ON listed (a);
CREATE TABLE points (z int REFERENCES listed (a));
CREATE TABLE base (a int);
CREATE TABLE child (b int) INHERITS (base);
CREATE DOMAIN over_e AS e;
CREATE SCHEMA app;
CREATE TABLE app.things (id int);

CREATE TYPE mood AS ENUM ('glad');
CREATE TYPE state AS ENUM ('old');
CREATE TABLE priced (id int PRIMARY KEY, total numeric, note text, written text, sought text, shown int, unused int, m int);
CREATE TABLE log (first int, second text, third int);
CREATE TABLE jobs (id int, owner int);
CREATE TABLE given (id int);
CREATE TABLE listing (id int);
CREATE FUNCTION price(priced_id int) RETURNS numeric LANGUAGE sql BEGIN ATOMIC
  SELECT total FROM priced p WHERE p.id = priced_id;
END;
CREATE FUNCTION note_of(unused int) RETURNS text LANGUAGE sql RETURN (SELECT note FROM priced WHERE id = note_of.unused);
CREATE PROCEDURE put(third text) LANGUAGE sql BEGIN ATOMIC
  INSERT INTO log VALUES (1, third);
  UPDATE priced SET written = third WHERE sought IS NULL;
END;
CREATE PROCEDURE take() LANGUAGE sql BEGIN ATOMIC
  DELETE FROM jobs USING priced WHERE jobs.id = priced.id RETURNING owner;
  MERGE INTO priced USING log ON priced.id = log.first WHEN MATCHED THEN UPDATE SET m = 1;
END;
CREATE FUNCTION twice(a int, b varchar[]) RETURNS numeric LANGUAGE sql RETURN price(a) * 2;
CREATE TABLE whole (id int, plain int, rest int);
CREATE FUNCTION of_row(w whole) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION takes_row() RETURNS bigint LANGUAGE sql RETURN (SELECT count(w.*) + max(of_row(w.*)) FROM whole w WHERE w.* IS NOT NULL);
CREATE VIEW takes_rows AS SELECT of_row(w.*) AS one, w.plain FROM whole w WHERE w.id IS NOT NULL;
CREATE TABLE spread (id int, plain int);
CREATE VIEW spreads AS SELECT row_to_json(ROW(s.*)) AS row FROM spread s;
CREATE FUNCTION alone(a int) RETURNS int LANGUAGE sql RETURN a;
CREATE FUNCTION alone(a text) RETURNS text LANGUAGE sql RETURN alone(1)::text;
CREATE FUNCTION quoted() RETURNS numeric LANGUAGE sql AS 'SELECT total FROM priced';
CREATE FUNCTION quoted_again() RETURNS numeric LANGUAGE sql AS 'SELECT quoted()';
CREATE VIEW doubled AS SELECT shown, twice(shown, '{}') FROM priced;
CREATE FUNCTION feel(m mood[]) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION state_of() RETURNS TABLE (s state, t text) LANGUAGE sql AS 'SELECT NULL::state, NULL::text';
CREATE FUNCTION given_rows() RETURNS SETOF given LANGUAGE sql AS 'SELECT * FROM given';
CREATE FUNCTION like_listing(id listing.id%TYPE) RETURNS void LANGUAGE sql AS '';
`;

/** Refused, and known to be. */
const refused = `
CREATE TABLE t (x int)
CREATE TABLE v (x int)
CREATE TABLE ix (x int)
CREATE TABLE e (x int)
CREATE TABLE dm (x int)
CREATE TABLE n (a int, a int)
CREATE TABLE n (a int PRIMARY KEY, b int PRIMARY KEY)
CREATE TABLE n (a int PRIMARY KEY, PRIMARY KEY (a))
CREATE TABLE n (a int, PRIMARY KEY (zz))
CREATE TABLE n (a int, UNIQUE (zz))
CREATE TABLE n (a int, UNIQUE (a, a))
CREATE TABLE n (a int, FOREIGN KEY (zz) REFERENCES t)
CREATE TABLE n (a int, FOREIGN KEY (a) REFERENCES t (zz))
CREATE TABLE n (a int REFERENCES nope)
CREATE TABLE n (a int REFERENCES t (a))
CREATE TABLE n (a int REFERENCES t (b))
CREATE TABLE n (a int REFERENCES o)
CREATE TABLE n (a int REFERENCES v)
CREATE TABLE n (a bigint, FOREIGN KEY (a) REFERENCES t (a, b))
CREATE TABLE n (a int, b int REFERENCES n)
CREATE TABLE n (a int PRIMARY KEY, b int REFERENCES n (b))
CREATE TABLE n (a int, CHECK (zz > 1))
CREATE TABLE n (a int CHECK (zz > 1))
CREATE TABLE n (a nope)
CREATE TABLE n (a nope[])
CREATE TABLE n (a int, CONSTRAINT ix UNIQUE (a))
CREATE TABLE n (LIKE nope)
CREATE TABLE n () INHERITS (nope)
CREATE VIEW t AS SELECT 1
CREATE VIEW v AS SELECT 1
CREATE OR REPLACE VIEW t AS SELECT 1
CREATE VIEW n AS SELECT * FROM nope
CREATE MATERIALIZED VIEW mv AS SELECT 1
CREATE SEQUENCE s
CREATE SEQUENCE t
CREATE INDEX ix ON t (a)
CREATE INDEX t ON t (a)
CREATE INDEX ON nope (a)
CREATE INDEX ON t (nope)
CREATE INDEX ON t (lower(nope))
CREATE INDEX ON t (a) WHERE nope
CREATE INDEX ON v (id)
ALTER TABLE nope ADD x int
ALTER TABLE t ADD COLUMN a int
ALTER TABLE t ADD COLUMN ctid int
ALTER TABLE t ADD COLUMN z nope
ALTER TABLE t ADD COLUMN z int, ADD COLUMN z int
ALTER TABLE t ADD COLUMN z int REFERENCES nope
ALTER TABLE t ADD COLUMN z int REFERENCES o (x)
ALTER TABLE t ADD COLUMN z int PRIMARY KEY
ALTER TABLE t ADD COLUMN z int CHECK (zz > 0)
ALTER TABLE t DROP COLUMN nope
ALTER TABLE t DROP COLUMN a, DROP COLUMN a
ALTER TABLE t RENAME COLUMN nope TO x
ALTER TABLE t RENAME COLUMN a TO b
ALTER TABLE t RENAME TO o
ALTER TABLE t RENAME TO ix
ALTER TABLE t RENAME CONSTRAINT nope TO x
ALTER TABLE t ALTER COLUMN nope TYPE int
ALTER TABLE t ALTER COLUMN a TYPE nope
ALTER TABLE t ALTER COLUMN a TYPE int USING nope
ALTER TABLE t ALTER COLUMN nope SET NOT NULL
ALTER TABLE t ALTER COLUMN nope SET DEFAULT 1
ALTER TABLE t ALTER COLUMN nope DROP DEFAULT
ALTER TABLE t ALTER COLUMN nope DROP NOT NULL
ALTER TABLE t ALTER COLUMN id DROP NOT NULL
ALTER TABLE t ALTER COLUMN i DROP NOT NULL
ALTER TABLE t ALTER COLUMN i SET DEFAULT 1
ALTER TABLE t ALTER COLUMN i DROP DEFAULT
ALTER TABLE t ALTER COLUMN g SET DEFAULT 1
ALTER TABLE t ALTER COLUMN g DROP DEFAULT
ALTER TABLE t ALTER COLUMN nope SET STATISTICS 10
ALTER TABLE t DROP CONSTRAINT nope
ALTER TABLE t VALIDATE CONSTRAINT nope
ALTER TABLE t ADD CONSTRAINT k CHECK (a > 1)
ALTER TABLE t ADD CONSTRAINT k UNIQUE (b)
ALTER TABLE t ADD CONSTRAINT ix UNIQUE (b)
ALTER TABLE t ADD PRIMARY KEY (a)
ALTER TABLE t ADD UNIQUE (nope)
ALTER TABLE t ADD UNIQUE (a, a)
ALTER TABLE t ADD CHECK (nope > 1)
ALTER TABLE t ADD FOREIGN KEY (nope) REFERENCES o (w)
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES nope
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES o (x)
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES o
ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES o (w)
ALTER TABLE t ADD CONSTRAINT q UNIQUE USING INDEX nope
ALTER TABLE t ADD CONSTRAINT q UNIQUE USING INDEX ix
ALTER TABLE t ADD CONSTRAINT q UNIQUE USING INDEX px
ALTER TABLE t ADD CONSTRAINT q UNIQUE USING INDEX ex
ALTER TABLE t ADD CONSTRAINT q PRIMARY KEY USING INDEX ux
DROP INDEX nope
DROP INDEX t
DROP INDEX t_pkey
DROP TABLE nope
DROP TABLE v
DROP TABLE mv
DROP TABLE ix
DROP VIEW t
DROP VIEW mv
DROP SEQUENCE t
DROP TYPE nope
CREATE TYPE e AS ENUM ('x')
CREATE TYPE t AS ENUM ('x')
CREATE DOMAIN e AS int
CREATE DOMAIN n AS nope
ALTER TYPE e ADD VALUE 'x'
ALTER TYPE e ADD VALUE 'q' AFTER 'nope'
ALTER TYPE e RENAME VALUE 'nope' TO 'q'
ALTER TYPE e RENAME VALUE 'x' TO 'y'
ALTER TYPE nope ADD VALUE 'x'
ALTER TYPE e RENAME TO dm
INSERT INTO nope VALUES (1)
INSERT INTO o SELECT 1 FROM nope
UPDATE t SET nope = 1
UPDATE nope SET a = 1
DELETE FROM nope
TRUNCATE nope
CREATE TRIGGER t2 BEFORE UPDATE OF nope ON t FOR EACH ROW EXECUTE FUNCTION f()
CREATE TRIGGER t2 BEFORE UPDATE ON nope FOR EACH ROW EXECUTE FUNCTION f()
CREATE POLICY p ON nope
REFRESH MATERIALIZED VIEW t
ALTER TABLE pt ATTACH PARTITION nope FOR VALUES FROM (1) TO (2)
`;

/** Refused because of other objects. */
const dependedOn = `
ALTER TABLE used DROP COLUMN plain
ALTER TABLE used DROP COLUMN grouped
ALTER TABLE used DROP COLUMN st
ALTER TABLE used DROP COLUMN watched
ALTER TABLE used DROP COLUMN guarded
ALTER TABLE used DROP COLUMN hidden
ALTER TABLE used DROP COLUMN source
ALTER TABLE used DROP COLUMN keyed
ALTER TABLE used DROP COLUMN id
ALTER TABLE listed DROP COLUMN b
ALTER TABLE pt DROP COLUMN id
ALTER TABLE pt DROP COLUMN id CASCADE
ALTER TABLE pt ALTER COLUMN id TYPE bigint
ALTER TABLE used ALTER COLUMN plain TYPE bigint
ALTER TABLE used ALTER COLUMN wide TYPE varchar(40)
ALTER TABLE used ALTER COLUMN st TYPE text
ALTER TABLE used ALTER COLUMN watched TYPE bigint
ALTER TABLE used ALTER COLUMN guarded TYPE bigint
ALTER TABLE used ALTER COLUMN hidden TYPE bigint
ALTER TABLE used ALTER COLUMN source TYPE bigint
DROP TABLE used
DROP TABLE listed
DROP TABLE listed, o
DROP TABLE base
DROP VIEW names_some
DROP SEQUENCE s
DROP SEQUENCE pointing_q_seq
DROP TYPE e
DROP DOMAIN dm
DROP FUNCTION f
DROP FUNCTION f()
DROP SCHEMA app
ALTER TABLE priced DROP COLUMN id
ALTER TABLE priced DROP COLUMN total
ALTER TABLE priced DROP COLUMN note
ALTER TABLE priced DROP COLUMN written
ALTER TABLE priced DROP COLUMN sought
ALTER TABLE priced DROP COLUMN shown
ALTER TABLE log DROP COLUMN first
ALTER TABLE whole DROP COLUMN plain
ALTER TABLE spread DROP COLUMN plain
DROP TABLE whole
ALTER TABLE log DROP COLUMN second
ALTER TABLE jobs DROP COLUMN owner
ALTER TABLE priced ALTER COLUMN total TYPE int
ALTER TABLE priced ALTER COLUMN written TYPE varchar(9)
ALTER TABLE log ALTER COLUMN second TYPE varchar
DROP TABLE priced
DROP TABLE log
DROP TABLE jobs
DROP TABLE given
DROP FUNCTION price
DROP FUNCTION price(int)
DROP FUNCTION twice
DROP FUNCTION price(int), note_of(int)
DROP TYPE mood
DROP TYPE state
DROP INDEX listed_a
ALTER TABLE used DROP CONSTRAINT used_pkey
ALTER TABLE used DROP CONSTRAINT used_keyed_key
ALTER TABLE used DROP CONSTRAINT used_pkey, ADD PRIMARY KEY (id)
`;

/** Refused in other words than ours: a foreign key's types. */
const otherWords = `
CREATE TABLE n (a text REFERENCES t)
CREATE TABLE n (a uuid REFERENCES t)
CREATE TABLE n (a numeric REFERENCES t)
CREATE TABLE n (a varchar(9) REFERENCES t)
ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES o (w)
REFRESH MATERIALIZED VIEW v
`;

/** Accepted, or refused for a reason that we do not look for. */
const silent = `
ALTER TABLE priced DROP COLUMN unused
ALTER TABLE whole DROP COLUMN rest
ALTER TABLE priced DROP COLUMN m
ALTER TABLE log DROP COLUMN third
ALTER TABLE priced ALTER COLUMN unused TYPE bigint
ALTER TABLE priced RENAME COLUMN total TO amount
ALTER TABLE priced RENAME TO orders
ALTER TABLE priced ALTER COLUMN total SET NOT NULL
ALTER FUNCTION price RENAME TO cost
ALTER TYPE mood RENAME TO feeling
ALTER TABLE priced DROP COLUMN total CASCADE
DROP TABLE priced CASCADE
DROP FUNCTION price(int) CASCADE
DROP FUNCTION note_of
DROP FUNCTION quoted
DROP FUNCTION alone(text)
DROP PROCEDURE put
DROP TABLE listing
CREATE TABLE n (a int)
CREATE TABLE n (a int REFERENCES t, b int REFERENCES o (w))
CREATE TABLE n (a int PRIMARY KEY, b int REFERENCES n)
CREATE TABLE n (a int UNIQUE, b int REFERENCES n (a))
CREATE TABLE n (a int, b int, PRIMARY KEY (a, b), c int, FOREIGN KEY (b, c) REFERENCES n (b, a))
CREATE TABLE n (a e, b dm, c e[], d t, e v)
CREATE TABLE n (LIKE t, CHECK (a > c))
CREATE TABLE n () INHERITS (t)
CREATE TABLE n (a int, CHECK (n IS NOT NULL))
CREATE TABLE n (a serial, b bigserial, c timestamptz(3), d character varying(3), e double precision, f "char")
CREATE TABLE IF NOT EXISTS t (a int, a int)
CREATE TABLE IF NOT EXISTS v (x int)
CREATE TEMP TABLE t (x int)
CREATE TEMP VIEW t AS SELECT 1
CREATE OR REPLACE VIEW v AS SELECT id FROM t
CREATE VIEW n AS WITH q AS (SELECT 1) SELECT * FROM q, generate_series(1, 2), pg_class, information_schema.tables
CREATE TYPE ix AS ENUM ('x')
CREATE INDEX IF NOT EXISTS t ON t (a)
CREATE INDEX ON t (a) INCLUDE (b) WHERE c > 0
CREATE INDEX ON mv (id)
CREATE INDEX ON t ((t IS NULL))
ALTER TABLE IF EXISTS nope ADD x int
ALTER TABLE IF EXISTS nope RENAME TO x
ALTER TABLE IF EXISTS nope RENAME COLUMN a TO x
ALTER TABLE t ADD COLUMN IF NOT EXISTS a int
ALTER TABLE t DROP COLUMN IF EXISTS nope
ALTER TABLE t DROP COLUMN a, ADD COLUMN a text
ALTER TABLE t ADD COLUMN z int, ADD UNIQUE (z), ADD FOREIGN KEY (z) REFERENCES t
ALTER TABLE t ADD UNIQUE (b), ADD FOREIGN KEY (b) REFERENCES t (b)
ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE, ADD PRIMARY KEY (a)
ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (a > 1)
ALTER TABLE t DROP CONSTRAINT IF EXISTS nope
ALTER TABLE t ADD CONSTRAINT q UNIQUE USING INDEX ux
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t
ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES t (a, b)
ALTER TABLE v RENAME TO vv
ALTER TABLE ix RENAME TO ix2
ALTER INDEX t RENAME TO tt
ALTER VIEW IF EXISTS nope RENAME TO tt
ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN a DROP NOT NULL
ALTER TABLE t ALTER COLUMN d SET DEFAULT 2, ALTER COLUMN d DROP DEFAULT
DROP TABLE IF EXISTS nope
DROP VIEW IF EXISTS nope
DROP INDEX IF EXISTS nope
DROP INDEX ix, ux
DROP TYPE IF EXISTS nope
DROP TRIGGER IF EXISTS tr ON nope
ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'
ALTER TYPE e ADD VALUE 'z' BEFORE 'x'
ALTER TYPE e RENAME VALUE 'x' TO 'z'
INSERT INTO v VALUES (7)
WITH n AS (SELECT 1 AS q) INSERT INTO o (x) SELECT q FROM n
UPDATE t SET a = 1, (b, c) = ('x', 2)
TRUNCATE t
DELETE FROM t USING o WHERE t.a = o.x
ALTER TABLE used DROP COLUMN free
ALTER TABLE used DROP COLUMN checked
ALTER TABLE used DROP COLUMN parent
ALTER TABLE used DROP COLUMN made, DROP COLUMN source
ALTER TABLE used DROP COLUMN plain CASCADE
ALTER TABLE used RENAME COLUMN plain TO simple
ALTER TABLE used ALTER COLUMN free TYPE bigint
ALTER TABLE used ALTER COLUMN keyed TYPE bigint
ALTER TABLE used DROP CONSTRAINT used_checked_check
ALTER TABLE listed DROP CONSTRAINT IF EXISTS listed_pkey
ALTER TABLE listed ADD COLUMN c int
DROP TABLE listed, points CASCADE
DROP TABLE child, base
DROP TABLE pt
DROP TABLE used CASCADE
DROP VIEW of_view, names_some
DROP VIEW counts
DROP SEQUENCE s CASCADE
DROP TYPE e CASCADE
DROP SCHEMA app CASCADE
DROP TABLE pointing
`;

const lines = (text: string): readonly string[] => text.trim().split("\n");

let postgres: PGlite;
beforeAll(async () => {
  postgres = await startPGlite();
  await postgres.exec(schema);
});
afterAll(() => postgres.close());

async function truth(sql: string): Promise<Pick<Refusal, "code" | "message"> | undefined> {
  await postgres.exec("BEGIN");
  try {
    await postgres.exec(sql);
    return undefined;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  } finally {
    await postgres.exec("ROLLBACK");
  }
}

const { statements } = parseSql(schema);

/** The first refusal of a statement that stands behind the schema, as its second migration. */
function claim(sql: string): Refusal | undefined {
  const replay = new Replay({ postgres: 18 });
  for (const statement of statements) replay.apply(statement, 0);
  const [statement] = parseSql(sql).statements;
  return statement && replay.apply(statement, 1).refusals.find((refusal) => refusal !== undefined);
}

describe("PostgreSQL refuses it, in these words", () => {
  it.each(lines(refused))("%s", async (sql) => {
    const { code, message } = claim(sql) ?? {};
    expect({ code, message }).toEqual(await truth(sql));
  });
});

describe("PostgreSQL refuses it because of other objects", () => {
  it.each(lines(dependedOn))("%s", async (sql) => {
    const { code, message, dependents } = claim(sql) ?? {};
    expect({ code, message }).toEqual(await truth(sql));
    expect(dependents).not.toEqual([]);
  });
});

describe("PostgreSQL refuses it, in other words", () => {
  it.each(lines(otherWords))("%s", async (sql) => {
    expect(claim(sql)?.code).toBe((await truth(sql))?.code);
  });
});

describe("PostgreSQL accepts it", () => {
  it.each(lines(silent))("%s", async (sql) => {
    expect(await truth(sql)).toBeUndefined();
    expect(claim(sql)).toBeUndefined();
  });
});

it("knows the types of pg_catalog", async () => {
  const { rows } = await postgres.query<{ typname: string }>(
    `SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype <> 'c'
       AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = pg_type.oid) AND typname NOT LIKE 'pg\\_%'`,
  );
  const ours = [...BUILTIN_TYPES].filter((name) => !name.endsWith("serial"));
  expect(ours.sort()).toEqual(rows.map(({ typname }) => typname).sort());
});

it("knows which types a foreign key can join", async () => {
  const measured: Record<string, string[]> = {};
  for (const key of Object.keys(REFERENCES)) {
    await postgres.exec(`BEGIN; CREATE TABLE keys (k "${key}" PRIMARY KEY);`);
    for (const type of Object.keys(REFERENCES)) {
      const joins = await postgres.exec(`SAVEPOINT one; CREATE TABLE joined (k "${type}" REFERENCES keys);`).then(
        () => true,
        () => false,
      );
      await postgres.exec("ROLLBACK TO one");
      if (joins) (measured[type] ??= []).push(key);
    }
    await postgres.exec("ROLLBACK");
  }
  const sorted = (types: Readonly<Record<string, readonly string[]>>): object =>
    Object.fromEntries(Object.entries(types).map(([type, keys]) => [type, keys.toSorted()]));
  expect(sorted(REFERENCES)).toEqual(sorted(measured));
});

describe("what an older PostgreSQL does not know", () => {
  /** Many forms have one setup. */
  const texts = new Map<string, readonly Statement[]>();
  const parsed = (sql: string): readonly Statement[] => {
    const known = texts.get(sql) ?? parseSql(sql).statements;
    texts.set(sql, known);
    return known;
  };

  const refusalsAt = (postgres: number, { setup, sql }: Pick<Arriving, "setup" | "sql">): readonly unknown[] => {
    const replay = new Replay({ postgres });
    for (const part of setup.split(";\n\n")) for (const statement of parsed(part)) replay.apply(statement, 0);
    const [statement] = parsed(sql);
    return replay.apply(statement!, 1).refusals.flatMap((refusal) => (refusal ? [refusal.since] : []));
  };

  // The servers that know it, and those that do not, are asked in test/servers.
  it.each(arriving.map((form) => [form.since, form.sql, form] as const))("since %i: %s", (since, _, form) => {
    expect(refusalsAt(since, form)).toEqual([]);
    expect(refusalsAt(since - 1, form)).toEqual([since]);
    const types = parsed(form.sql).flatMap(({ operations }) => operations.map(({ type }) => type));
    expect(types.some((type) => REFUSABLE.includes(type))).toBe(true);
  });

  it("refuses none of the other forms at the oldest version", () => {
    const wrong = forms.flatMap(({ since, before, sql }) => {
      const found = since === undefined ? refusalsAt(13, { setup: `${before.schema};\n\n${before.setup}`, sql }) : [];
      return found.length > 0 ? [sql] : [];
    });
    expect(wrong).toEqual([]);
  });
});
