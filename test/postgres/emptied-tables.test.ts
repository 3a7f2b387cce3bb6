import { describe, expect, test } from "vitest";
import type { Work } from "../../src/model/lock.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";

const history = `CREATE TABLE accounts (id bigint PRIMARY KEY, note text);
CREATE TABLE orders (id bigint, account_id bigint REFERENCES accounts, note text);
CREATE TABLE logs (id bigint) PARTITION BY RANGE (id);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (9);
CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE current_setting(''app.fill''); END';`;

/** The work of the last statement, behind the others in one transaction unless there is another name for it. */
function workOf(sql: string, transactions: readonly (string | undefined)[] = []): Work | undefined {
  const replay = new Replay({ postgres: 16 });
  for (const statement of parseSql(history).statements) replay.apply(statement, 0);
  const replayed = parseSql(sql).statements.map((statement, index) =>
    replay.apply(statement, 1, index in transactions ? transactions[index] : "one"),
  );
  return replayed.at(-1)?.work[0];
}

describe("behind TRUNCATE in one transaction nothing is left to read or write", () => {
  test.each([
    "ALTER TABLE orders ALTER note TYPE integer USING 1",
    "ALTER TABLE orders ALTER note SET NOT NULL",
    "ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES accounts",
    "ALTER TABLE orders ADD UNIQUE (id)",
    "CREATE INDEX ON orders (note)",
  ])("%s", (sql) => {
    expect(workOf(`TRUNCATE orders; ${sql}`)).toBe("instant");
    expect(workOf(sql)).not.toBe("instant");
  });

  test("its partitions, and with CASCADE the tables that refer to it", () => {
    expect(workOf("TRUNCATE logs; CREATE INDEX ON logs_1 (id)")).toBe("instant");
    expect(workOf("TRUNCATE ONLY logs; CREATE INDEX ON logs_1 (id)")).toBe("index-build");
    expect(workOf("TRUNCATE accounts CASCADE; CREATE INDEX ON orders (id)")).toBe("instant");
    expect(workOf("TRUNCATE accounts, orders; CREATE INDEX ON orders (id)")).toBe("instant");
  });

  test("its locks do no work either", () => {
    const replay = new Replay({ postgres: 16 });
    const statements = parseSql(`${history} TRUNCATE orders; CREATE INDEX ON orders (id);`).statements;
    const locks = statements.map((statement) => replay.apply(statement, 0, "one")).at(-1)?.locks;
    expect(locks).toMatchObject([{ relation: "public.orders", mode: "SHARE", while: "instant" }]);
  });
});

describe("rows may be there again", () => {
  test.each([
    ["behind the end of the transaction", "TRUNCATE orders; CREATE INDEX ON orders (id)", ["one", "two"]],
    ["outside of one", "TRUNCATE orders; CREATE INDEX ON orders (id)", [undefined, undefined]],
    ["behind an INSERT", "TRUNCATE orders; INSERT INTO orders VALUES (1); CREATE INDEX ON orders (id)"],
    ["behind COPY", "TRUNCATE orders; COPY orders FROM '/tmp/orders'; CREATE INDEX ON orders (id)"],
    ["behind a function", "TRUNCATE orders; SELECT fill(); CREATE INDEX ON orders (id)"],
    [
      "behind a block that runs what nobody can read",
      "TRUNCATE orders; DO $$ BEGIN EXECUTE (SELECT q FROM saved); END $$; CREATE INDEX ON orders (id)",
    ],
    ["behind ROLLBACK TO", "SAVEPOINT a; TRUNCATE orders; ROLLBACK TO a; CREATE INDEX ON orders (id)"],
    [
      "in another table that takes the name",
      "TRUNCATE orders; DROP TABLE orders; ALTER TABLE accounts RENAME TO orders; CREATE INDEX ON orders (id)",
    ],
    [
      "where a condition decides",
      "DO $$ BEGIN IF now() > '2026-01-01' THEN TRUNCATE orders; END IF; END $$; CREATE INDEX ON orders (id)",
    ],
  ])("%s", (_name, sql, transactions?: (string | undefined)[]) => {
    expect(workOf(sql, transactions)).toBe("index-build");
  });
});
