import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Catalog, Table } from "../../src/model/catalog.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay, type ReplayedStatement } from "../../src/postgres/replay.js";
import { forms } from "./statement-forms.js";

/** Replays migrations, each a text, and answers their statements in one list. */
function replayed(migrations: readonly string[], postgres = 16): ReplayedStatement[] {
  const replay = new Replay({ postgres });
  return migrations.flatMap((sql, order) =>
    parseSql(sql).statements.map((statement) => replay.apply(statement, order)),
  );
}

function last(migrations: readonly string[], postgres = 16): ReplayedStatement {
  return replayed(migrations, postgres).at(-1)!;
}

function catalogAfter(...migrations: string[]): Catalog {
  return last(migrations).after;
}

function columns(table: Table | undefined): readonly string[] {
  return [...(table?.columns.keys() ?? [])];
}

describe("a relation that no migration created", () => {
  test("becomes a table with unknown columns as soon as a statement names it", () => {
    const catalog = catalogAfter("ALTER TABLE accounts ADD COLUMN plan text NOT NULL DEFAULT 'free'");
    const accounts = catalog.table({ name: "accounts" })!;
    expect(accounts).toMatchObject({ schema: "public", name: "accounts", kind: "table", columnsKnown: false });
    expect(accounts.createdIn).toBeUndefined();
    expect(columns(accounts)).toEqual(["plan"]);
  });

  test("learns the columns that statements mention, without inventing what they are", () => {
    const catalog = catalogAfter(
      "CREATE INDEX ON accounts (email); ALTER TABLE accounts ALTER COLUMN name SET NOT NULL; UPDATE accounts SET seats = 1",
    );
    const { columns } = catalog.table({ name: "accounts" })!;
    expect([...columns.values()]).toEqual([
      { name: "email", notNull: "unknown" },
      { name: "name", notNull: true },
      { name: "seats", notNull: "unknown" },
    ]);
  });

  test("is known as the target of a foreign key", () => {
    const catalog = catalogAfter("CREATE TABLE orders (account_id int REFERENCES auth.users (id))");
    expect(catalog.table({ schema: "auth", name: "users" })).toMatchObject({ columnsKnown: false });
    expect(catalog.referencedBy({ schema: "auth", name: "users" }).map(({ name }) => name)).toEqual(["orders"]);
  });

  test("is not made up of system catalogs", () => {
    const catalog = catalogAfter("UPDATE pg_database SET datallowconn = false; DELETE FROM pg_catalog.pg_class");
    expect([...catalog.tables()]).toEqual([]);
  });

  test("is scanned by SET NOT NULL, and not known to be rewritten by a change to text", () => {
    const [notNull, text, bigint] = replayed([
      "ALTER TABLE a ALTER x SET NOT NULL; ALTER TABLE a ALTER y TYPE text; ALTER TABLE a ALTER z TYPE bigint",
    ]);
    expect([notNull!.work, text!.work, bigint!.work]).toEqual([["scan"], ["instant"], ["rewrite"]]);
  });
});

describe("snapshots", () => {
  test("stay as they are while the replay goes on", () => {
    const statements = replayed([
      "CREATE TABLE a (id int, name text); ALTER TABLE a DROP COLUMN name, ADD COLUMN title text; ALTER TABLE a RENAME TO b; DROP TABLE b",
    ]);
    expect(
      statements.map(({ before }) => [...before.tables()].map((table) => [table.name, ...columns(table)])),
    ).toEqual([[], [["a", "id", "name"]], [["a", "id", "title"]], [["b", "id", "title"]]]);
    expect([...statements.at(-1)!.after.tables()]).toEqual([]);
  });

  test("share a table that did not change", () => {
    const [, first, second] = replayed(["CREATE TABLE a (id int); CREATE TABLE b (id int); ALTER TABLE b ADD x int"]);
    expect(second!.after.table({ name: "a" })).toBe(first!.before.table({ name: "a" }));
  });

  test("give locks and work of the moment, also when they are asked for later", () => {
    const [, before, , after] = replayed([
      "CREATE TABLE a (x int); ALTER TABLE a ALTER x SET NOT NULL; ALTER TABLE a ADD CHECK (x > 0); ALTER TABLE a ALTER x SET NOT NULL",
    ]);
    expect([after!.work, before!.work]).toEqual([["instant"], ["scan"]]);
  });
});

describe("identity", () => {
  test("keeps the creating migration over renames and moves", () => {
    const catalog = catalogAfter(
      "CREATE TABLE first (id int)",
      "ALTER TABLE first RENAME TO second; ALTER TABLE second SET SCHEMA app",
    );
    expect(catalog.table({ schema: "app", name: "second" })).toMatchObject({ createdIn: 0 });
    expect(catalog.table({ name: "first" })).toBeUndefined();
  });

  test("is new for a table that was dropped and made again", () => {
    const catalog = catalogAfter("CREATE TABLE a (id int)", "DROP TABLE a; CREATE TABLE a (name text)");
    expect(catalog.table({ name: "a" })).toMatchObject({ createdIn: 1 });
    expect(columns(catalog.table({ name: "a" }))).toEqual(["name"]);
  });

  test("lets foreign keys, indexes and views follow a renamed table", () => {
    const catalog = catalogAfter(`
      CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (user_id int REFERENCES users);
      CREATE VIEW names AS SELECT id FROM users; ALTER TABLE users RENAME TO people`);
    const people = { schema: "public", name: "people" };
    expect(catalog.table({ name: "orders" })!.constraints.get("orders_user_id_fkey")!.references!.table).toEqual(
      people,
    );
    expect(catalog.indexesOf(people)).toMatchObject([{ name: "users_pkey", table: people }]);
    expect(catalog.index({ name: "users_pkey" })!.table).toEqual(people);
    expect(catalog.readBy(people).map(({ name }) => name)).toEqual(["names"]);
  });
});

describe("names", () => {
  test("are looked for along search_path, which lasts to the end of the file", () => {
    const statements = replayed([
      "CREATE TABLE public.a (id int); SET search_path TO app, public; CREATE TABLE b (id int); ALTER TABLE a ADD x int",
      "CREATE TABLE c (id int)",
    ]);
    const { after } = statements.at(-1)!;
    expect([...after.tables()].map((table) => `${table.schema}.${table.name}`)).toEqual([
      "public.a",
      "app.b",
      "public.c",
    ]);
    expect(columns(after.table({ name: "a" }))).toEqual(["id", "x"]);
    expect(after.table({ name: "b" })).toBeUndefined();
    expect(after.qualify({ name: "nowhere" })).toEqual({ schema: "public", name: "nowhere" });
    expect(statements[3]!.after.qualify({ name: "nowhere" })).toEqual({ schema: "app", name: "nowhere" });
  });

  test("of temporary tables come first", () => {
    const { locks } = last(["CREATE TABLE a (id int); CREATE TEMP TABLE a (id int); ALTER TABLE a ADD x int"]);
    expect(locks.map(({ relation }) => relation)).toEqual(["pg_temp.a"]);
  });

  test("may hold any character", () => {
    const catalog = catalogAfter('CREATE TABLE "a.b" (id int); CREATE TABLE "constructor" (id int); CREATE SCHEMA a');
    expect(catalog.table({ schema: "a", name: "b" })).toBeUndefined();
    expect(catalog.table({ name: "a.b" })).toBeDefined();
    expect(catalog.table({ name: "constructor" })).toBeDefined();
    expect(catalog.table({ name: "toString" })).toBeUndefined();
    expect(catalog.functionVolatility({ name: "constructor" })).toBeUndefined();
  });
});

describe("absence is a fact", () => {
  const history = ["CREATE TABLE a (id int)", "CREATE TABLE b (a_id int)"];

  test.each([
    ["where an earlier migration made tables and every statement was understood", [...history, "SELECT 1"], true],
    ["not in the first migration: a baseline may stand before it", ["CREATE TABLE a (id int); SELECT 1"], false],
    ["not on nothing", ["SELECT 1"], false],
    ["not after SQL that does not parse", [...history, "ALTER TABL a; SELECT 1"], false],
    ["after a DO block that is read", [...history, "DO $$ BEGIN END $$; SELECT 1"], true],
    ["not after one that is not", [...history, "DO $$ BEGIN EXECUTE (SELECT 'x'); END $$; SELECT 1"], false],
    ["not after an extension", [...history, "CREATE EXTENSION postgis; SELECT 1"], false],
    ["not after a function of the user's own", [...history, "SELECT make_tables(); SELECT 1"], false],
    ["after a function of PostgreSQL's", [...history, "SELECT setval('s', 1); SELECT 1"], true],
    ["not after a table that nobody made", [...history, "ALTER TABLE users ADD x int; SELECT 1"], false],
    ["not after a rollback", [...history, "BEGIN; CREATE TABLE c (id int); ROLLBACK; SELECT 1"], false],
  ])("%s", (_, migrations, complete) => {
    expect(last(migrations).before.complete).toBe(complete);
  });
});

describe("enums, domains and functions", () => {
  test("keep the order of enum values", () => {
    const catalog = catalogAfter(`
      CREATE TYPE mood AS ENUM ('sad', 'happy'); ALTER TYPE mood ADD VALUE 'ok' AFTER 'sad';
      ALTER TYPE mood ADD VALUE 'low' BEFORE 'sad'; ALTER TYPE mood RENAME VALUE 'happy' TO 'glad'; ALTER TYPE mood RENAME TO moods`);
    expect(catalog.enum({ name: "moods" })).toMatchObject({ values: ["low", "sad", "ok", "glad"], createdIn: 0 });
    expect(catalog.enum({ name: "mood" })).toBeUndefined();
  });

  test("know when a domain gets a check", () => {
    const catalog = catalogAfter("CREATE DOMAIN d AS text; ALTER DOMAIN d ADD CHECK (VALUE <> '')");
    expect(catalog.domain({ name: "d" })).toMatchObject({ hasCheck: true, notNull: false, baseType: { name: "text" } });
  });

  test.each([
    ["now()", "instant"],
    ["public.fixed()", "instant"],
    ["uuid_generate_v4()", "rewrite"],
    ["any_time()", "rewrite"],
    ["never_heard_of()", "rewrite"],
    ["coalesce(null, 1)", "instant"],
    ["lower('X') || upper('y')", "instant"],
  ])("decide what a default of %s costs", (value, work) => {
    const functions = `
      CREATE FUNCTION fixed() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT 1';
      CREATE FUNCTION any_time() RETURNS text LANGUAGE sql AS 'SELECT 1';`;
    expect(last([`${functions} CREATE TABLE a (id int)`, `ALTER TABLE a ADD x text DEFAULT ${value}`]).work).toEqual([
      work,
    ]);
  });
});

describe("the PostgreSQL version", () => {
  const shop = "CREATE TABLE a (x int CHECK (x IS NOT NULL)); CREATE INDEX i ON a (x)";
  const events = `
    CREATE TABLE events (id int, day date) PARTITION BY RANGE (day);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`;

  test.each([
    ["ALTER TABLE a ADD y int DEFAULT 1", 10, "rewrite"],
    ["ALTER TABLE a ADD y int DEFAULT 1", 11, "instant"],
    ["ALTER TABLE a ALTER x SET NOT NULL", 11, "scan"],
    ["ALTER TABLE a ALTER x SET NOT NULL", 12, "instant"],
  ])("decides the work of %s on %i", (sql, postgres, work) => {
    expect(last([shop, sql], postgres).work).toEqual([work]);
  });

  test.each([
    ["ALTER TABLE events DETACH PARTITION events_1", 13, "SHARE UPDATE EXCLUSIVE"],
    ["ALTER TABLE events DETACH PARTITION events_1", 14, "ACCESS EXCLUSIVE"],
    ["ALTER TABLE events ADD UNIQUE (id, day)", 17, "SHARE"],
    ["ALTER TABLE events ADD UNIQUE (id, day)", 18, "ACCESS EXCLUSIVE"],
    ["GRANT SELECT ON events_1 TO PUBLIC", 17, undefined],
    ["GRANT SELECT ON events_1 TO PUBLIC", 18, "ACCESS SHARE"],
  ])("decides the lock of %s on %i", (sql, postgres, mode) => {
    const { locks } = last([events, sql], postgres);
    expect(locks.find(({ relation }) => relation === "public.events_1")?.mode).toBe(mode);
  });

  test("decides whether NOT NULL is a constraint with a name", () => {
    const names = (postgres: number): string[] => [
      ...last(["CREATE TABLE a (x int NOT NULL)"], postgres).after.table({ name: "a" })!.constraints.keys(),
    ];
    expect([names(17), names(18)]).toEqual([[], ["a_x_not_null"]]);
  });
});

describe("locks that cannot be measured inside a transaction", () => {
  const shop = "CREATE TABLE orders (id int PRIMARY KEY, code text); CREATE INDEX orders_code_idx ON orders (code)";

  test.each([
    ["CREATE INDEX CONCURRENTLY ON orders (code)", "SHARE UPDATE EXCLUSIVE", ["ddl"], "index-build"],
    ["DROP INDEX CONCURRENTLY orders_code_idx", "SHARE UPDATE EXCLUSIVE", ["ddl"], "instant"],
    ["REINDEX INDEX CONCURRENTLY orders_code_idx", "SHARE UPDATE EXCLUSIVE", ["ddl"], "index-build"],
    ["REINDEX INDEX orders_code_idx", "SHARE", ["read", "write", "ddl"], "index-build"],
    ["VACUUM orders", "SHARE UPDATE EXCLUSIVE", ["ddl"], "scan"],
    ["VACUUM FULL orders", "ACCESS EXCLUSIVE", ["read", "write", "ddl"], "rewrite"],
    ["ALTER TABLE orders SET TABLESPACE fast", "ACCESS EXCLUSIVE", ["read", "write", "ddl"], "rewrite"],
    ["ALTER TABLE orders SET ACCESS METHOD heap2", "ACCESS EXCLUSIVE", ["read", "write", "ddl"], "rewrite"],
    ["LOCK TABLE orders IN ROW EXCLUSIVE MODE", "ROW EXCLUSIVE", [], "instant"],
    ["LOCK TABLE orders IN EXCLUSIVE MODE", "EXCLUSIVE", ["write", "ddl"], "instant"],
  ])("%s", (sql, mode, blocks, work) => {
    expect(last([shop, sql]).locks).toEqual([{ relation: "public.orders", mode, blocks, while: work }]);
  });
});

test("one statement's work is in the order of its operations, though the passes run in another", () => {
  const { work, locks } = last([
    "CREATE TABLE a (x int, y text)",
    "ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0), ALTER y TYPE varchar(9), DROP COLUMN x",
  ]);
  expect(work).toEqual(["scan", "rewrite", "instant"]);
  expect(locks).toEqual([
    { relation: "public.a", mode: "ACCESS EXCLUSIVE", blocks: ["read", "write", "ddl"], while: "rewrite" },
  ]);
});

test("a statement copies nothing of the history before it but what it changes", () => {
  const { before, after } = last([
    ...Array.from({ length: 300 }, (_, n) => `CREATE TABLE t${n} (id bigserial PRIMARY KEY, name text UNIQUE)`),
    "ALTER TABLE t7 ADD COLUMN note text",
  ]);
  const changed = [...after.tables()].filter((table) => before.table(table) !== table);
  expect(changed.map(({ name }) => name)).toEqual(["t7"]);
});

test("statements in any order, also such as PostgreSQL would refuse, leave a catalog that agrees with itself", () => {
  const texts = [...new Set(forms.flatMap(({ sql, before }) => [before.schema, before.setup, sql]))];
  const statements = texts.flatMap((text) => parseSql(text).statements);
  const partition = "CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')";
  const rename = "ALTER TABLE events RENAME TO happenings";
  const anyStatement = fc.integer({ min: 0, max: statements.length - 1 });
  fc.assert(
    fc.property(fc.array(anyStatement, { minLength: 20, maxLength: 200 }), (picks) => {
      const replay = new Replay({ postgres: 18 });
      for (const [position, pick] of picks.entries()) {
        const { after, locks, work } = replay.apply(statements[pick]!, position >> 3);
        expect(work).toHaveLength(statements[pick]!.operations.length);
        expect(new Set(locks.map(({ relation }) => relation)).size).toBe(locks.length);
        if (position % 10 === 0) expectConsistent(after);
      }
      expectConsistent(replay.catalog);
    }),
    {
      numRuns: 30,
      // A partition of a table that is renamed twice, the second time to a name that is taken.
      examples: [
        [[partition, rename, rename].map((sql) => statements.findIndex((statement) => statement.sql === sql))],
      ],
    },
  );
});

/** Names lead back and forth between tables, indexes and foreign keys. */
function expectConsistent(catalog: Catalog): void {
  for (const table of catalog.tables()) {
    expect(catalog.table(table)).toBe(table);
    for (const [name, column] of table.columns) expect(column.name).toBe(name);
    for (const index of catalog.indexesOf(table)) {
      expect(catalog.index(index)).toBe(index);
      expect(index.table).toMatchObject({ schema: table.schema, name: table.name });
      if (index.constraint !== undefined) expect([...table.constraints.keys()]).toContain(index.constraint);
    }
    for (const [name, constraint] of table.constraints) {
      expect(constraint.name).toBe(name);
      if (!constraint.references) continue;
      expect(catalog.referencedBy(constraint.references.table)).toContain(table);
    }
    if (table.partitionOf) expect(catalog.partitionsOf(table.partitionOf)).toContain(table);
  }
}

describe("what tables hang on", () => {
  const published = (catalog: Catalog, name: string): string[] => catalog.publishedBy(name).map((table) => table.name);

  test("a publication knows its tables under their names of today", () => {
    const catalog = catalogAfter(
      `CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int); CREATE TABLE child () INHERITS (a);
       CREATE PUBLICATION news FOR TABLE a, b; CREATE PUBLICATION other FOR TABLE ONLY a;
       ALTER PUBLICATION news ADD TABLE c; ALTER PUBLICATION news DROP TABLE b; ALTER TABLE c RENAME TO d;
       ALTER PUBLICATION news RENAME TO latest; ALTER PUBLICATION latest SET (publish = 'insert')`,
    );
    expect(published(catalog, "latest")).toEqual(["a", "child", "d"]);
    expect(published(catalog, "other")).toEqual(["a"]);
    expect(published(catalog, "news")).toEqual([]);
    expect(published(last(["CREATE PUBLICATION p FOR TABLE a; ALTER PUBLICATION p SET TABLE b"]).after, "p")).toEqual([
      "b",
    ]);
    expect(published(catalogAfter("CREATE PUBLICATION p FOR TABLE a; DROP PUBLICATION p"), "p")).toEqual([]);
  });

  const far =
    "CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE far (id int) SERVER s; CREATE VIEW v AS SELECT id FROM far;";

  test.each([
    ["DROP SERVER s CASCADE", []],
    ["DROP FOREIGN DATA WRAPPER w CASCADE", []],
    ["ALTER SERVER s RENAME TO t; DROP SERVER t CASCADE", []],
    ["ALTER FOREIGN DATA WRAPPER w RENAME TO x; DROP FOREIGN DATA WRAPPER x CASCADE", []],
    ["DROP SERVER IF EXISTS t CASCADE", ["far", "v"]],
  ])("foreign tables go with their server: %s", (sql, left) => {
    expect([...catalogAfter(`${far} ${sql}`).tables()].map(({ name }) => name)).toEqual(left);
  });
});
