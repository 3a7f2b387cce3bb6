import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Session } from "../../src/change/session.js";
import { transactionsOf } from "../../src/change/transactions.js";
import type { TransactionMode } from "../../src/model/migration.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { startPGlite } from "../postgres/start-pglite.js";

const transactions = (mode: TransactionMode, ...texts: readonly string[]) =>
  transactionsOf(
    texts.map((text, index) => ({
      file: `${String(index + 1)}.sql`,
      mode,
      run: "migrations",
      statements: parseSql(text).statements,
    })),
  );

const brief = (mode: TransactionMode, ...texts: readonly string[]) =>
  transactions(mode, ...texts).map((file) =>
    file.map(({ inTransaction, openedBy, group }) => [inTransaction, openedBy, group].filter(Boolean).join(" ")),
  );

describe("transactionsOf", () => {
  it("puts one transaction around each file", () => {
    expect(brief("per-file", "SELECT 1; SELECT 2", "SELECT 3")).toEqual([
      ["true tool 1.sql#1", "true tool 1.sql#1"],
      ["true tool 2.sql#1"],
    ]);
  });

  it("puts one transaction around all pending files, and none behind a COMMIT of one of them", () => {
    expect(brief("all-pending", "SELECT 1", "SELECT 2; COMMIT; SELECT 3; BEGIN; SELECT 4; COMMIT", "SELECT 5")).toEqual(
      [
        ["true tool all pending in migrations"],
        [
          "true tool all pending in migrations",
          "true tool all pending in migrations",
          "",
          "true file 2.sql#1",
          "true file 2.sql#1",
          "true file 2.sql#1",
        ],
        [""],
      ],
    );
  });

  it("gives history a transaction for each file", () => {
    const statements = parseSql("SELECT 1").statements;
    expect(transactionsOf([{ file: "a.sql", mode: "all-pending", statements }])).toEqual([
      [{ inTransaction: true, openedBy: "tool", group: "a.sql#1" }],
    ]);
  });

  it("knows nothing of a runner that is not known, but for what the file says", () => {
    expect(brief("unknown", "SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3")).toEqual([
      ["unknown", "true file 1.sql#1", "true file 1.sql#1", "true file 1.sql#1", "unknown"],
    ]);
  });

  it("gives each part of a file its own transaction", () => {
    const text = "SELECT 1; SELECT 2;\nSELECT 3;\nSELECT 4; SELECT 5;";
    const [second, third] = [text.indexOf("SELECT 3"), text.indexOf("SELECT 4")];
    const [file] = transactionsOf([
      {
        file: "a.sql",
        mode: "per-file",
        statements: parseSql(text).statements,
        parts: [
          { range: [0, second], transaction: "per-file" },
          { range: [second, third], transaction: "per-statement" },
          { range: [third, text.length], transaction: "single-send" },
        ],
      },
    ]);
    expect(file).toEqual([
      { inTransaction: true, openedBy: "tool", group: "a.sql#1" },
      { inTransaction: true, openedBy: "tool", group: "a.sql#1" },
      { inTransaction: false },
      { inTransaction: true, openedBy: "send", group: "a.sql#2" },
      { inTransaction: true, openedBy: "send", group: "a.sql#2" },
    ]);
  });

  it("runs a single statement of a query outside a transaction block", () => {
    expect(brief("single-send", "-- a comment\nSELECT 1;\n")).toEqual([[""]]);
  });
});

/** Each is run on PostgreSQL with a question after every statement. */
const SCRIPTS = [
  ["SELECT 1", "SELECT 2"],
  ["SELECT 1", "COMMIT", "SELECT 2"],
  ["SELECT 1", "BEGIN", "SELECT 2", "COMMIT", "SELECT 3", "SELECT 4"],
  ["BEGIN", "SELECT 1", "COMMIT", "BEGIN", "SELECT 2", "ROLLBACK", "SELECT 3"],
  ["BEGIN", "BEGIN", "SELECT 1", "COMMIT", "SELECT 2", "COMMIT", "SELECT 3"],
  ["BEGIN", "SAVEPOINT a", "SELECT 1", "ROLLBACK TO a", "SELECT 2", "RELEASE a", "COMMIT", "SELECT 3"],
  ["BEGIN", "SELECT 1", "COMMIT AND CHAIN", "SELECT 2", "COMMIT", "SELECT 3"],
  ["BEGIN", "SET LOCAL lock_timeout = '5s'", "ROLLBACK AND CHAIN", "SELECT 1", "COMMIT"],
  ["SET lock_timeout = '5s'", "SELECT 1", "RESET lock_timeout", "SELECT 2"],
  ["SET LOCAL lock_timeout = '5s'", "SELECT 1", "COMMIT", "SELECT 2"],
  ["BEGIN", "SET LOCAL lock_timeout = '5s'", "SELECT 1", "COMMIT", "SELECT 2"],
  ["BEGIN", "SET lock_timeout = '5s'", "SELECT 1", "ROLLBACK", "SELECT 2"],
  ["BEGIN", "SET lock_timeout = '5s'", "SELECT 1", "COMMIT", "SELECT 2"],
  ["SET lock_timeout = '5s'", "BEGIN", "SET LOCAL lock_timeout = '2s'", "SELECT 1", "COMMIT", "SELECT 2"],
  ["BEGIN", "SET LOCAL lock_timeout = '2s'", "SET lock_timeout = '5s'", "SELECT 1", "COMMIT", "SELECT 2"],
  ["BEGIN", "SET lock_timeout = '5s'", "SET LOCAL lock_timeout = '2s'", "SELECT 1", "ROLLBACK", "SELECT 2"],
  ["SET lock_timeout = '5s'", "SET lock_timeout TO DEFAULT", "SELECT 1"],
  ["SET lock_timeout = '5s'", "RESET ALL", "SELECT 1"],
  ["SET lock_timeout = 0", "SELECT 1"],
  ["SELECT set_config('lock_timeout', '4s', false)", "SELECT 1"],
  ["BEGIN", "SELECT set_config('lock_timeout', '4s', true)", "SELECT 1", "COMMIT", "SELECT 2"],
  ["SET lock_timeout = '5s'", "BEGIN", "RESET lock_timeout", "SELECT 1", "ROLLBACK", "SELECT 2"],
];

describe("as PostgreSQL itself does", () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await startPGlite();
  });
  afterAll(() => database.close());

  const QUESTION = "SELECT pg_current_xact_id()::text AS id, current_setting('lock_timeout') AS lock_timeout";
  interface Answer {
    readonly id: string;
    readonly lock_timeout: string;
  }

  /** How a tool sends statements; the answers to the question, one after each statement. */
  const SENT: Readonly<Partial<Record<TransactionMode, (statements: readonly string[]) => Promise<Answer[]>>>> = {
    "single-send": async (statements) => answers(await database.exec(statements.join(";\n"))),
    "per-statement": async (statements) => {
      const results = [];
      for (const statement of statements) results.push(...(await database.exec(statement)));
      return answers(results);
    },
    "per-file": async (statements) => {
      const results = await database.exec("BEGIN");
      for (const statement of statements) results.push(...(await database.exec(statement)));
      results.push(...(await database.exec("COMMIT")));
      return answers(results);
    },
  };

  function answers(results: readonly { rows: unknown[] }[]): Answer[] {
    return results.flatMap(({ rows }) => rows as Answer[]).filter((row) => "lock_timeout" in row);
  }

  const cases = SCRIPTS.flatMap((script) =>
    (Object.keys(SENT) as TransactionMode[]).map((mode) => ({ mode, script, name: script.join("; ") })),
  );

  it.each(cases)("$mode: $name", async ({ mode, script }) => {
    await database.exec("RESET ALL");
    const asked = script.flatMap((statement) => [statement, QUESTION]);
    const real = (await SENT[mode]?.(asked)) ?? [];
    const { statements } = parseSql(asked.join(";\n"));
    const [found = []] = transactions(mode, asked.join(";\n"));
    const session = new Session(new Map());
    const settings = statements.map((statement, index) => session.run(statement, found[index]!));
    const ours = asked.flatMap((statement, index) =>
      statement === QUESTION
        ? [
            {
              group: found[index]?.group ?? `alone ${String(index)}`,
              lockTimeout: settings[index]?.get("lock_timeout") ?? "0",
            },
          ]
        : [],
    );
    expect(real).toHaveLength(script.length);
    expect(ours.map(({ lockTimeout }) => lockTimeout)).toEqual(real.map((answer) => answer.lock_timeout));
    // Same transaction for us exactly where PostgreSQL says the same transaction.
    const numbered = (keys: readonly string[]) => keys.map((key) => keys.indexOf(key));
    expect(numbered(ours.map(({ group }) => group))).toEqual(numbered(real.map(({ id }) => id)));
  });
});

describe("settings of the connection", () => {
  it("are in force from the start, and what RESET goes back to", () => {
    const session = new Session(new Map([["lock_timeout", "3s"]]));
    const seen = parseSql("SELECT 1; SET lock_timeout = '1s'; SELECT 2; RESET lock_timeout; SELECT 3").statements.map(
      (statement) => session.run(statement, { inTransaction: false }).get("lock_timeout"),
    );
    expect(seen).toEqual(["3s", "3s", "1s", "1s", "3s"]);
  });

  it("share one map until something changes", () => {
    const session = new Session(new Map());
    const [first, second, third] = parseSql("SELECT 1; SELECT 2; SELECT 3").statements.map((statement) =>
      session.run(statement, { inTransaction: false }),
    );
    expect(first).toBe(second);
    expect(second).toBe(third);
  });

  it("take the author's word for SET LOCAL where the runner is not known", () => {
    const session = new Session(new Map());
    const [, after] = parseSql("SET LOCAL lock_timeout = '5s'; SELECT 1").statements.map((statement) =>
      session.run(statement, { inTransaction: "unknown" }),
    );
    expect(after?.get("lock_timeout")).toBe("5s");
  });
});
