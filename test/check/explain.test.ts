import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderChangeSource } from "../../src/change/change-source.js";
import { versionRange } from "../../src/change/configuration.js";
import { configurationOf } from "../../src/check/configuration.js";
import { explainFile, type ExplainOptions, explainText } from "../../src/check/explain.js";
import type { ExplainedStatement, Explanation } from "../../src/model/explanation.js";
import { LOCK_MODES } from "../../src/postgres/lock-modes.js";
import { TemporaryRepository } from "../change/temporary-repository.js";
import { MeasuredPostgres } from "../postgres/measured-postgres.js";
import { explanationErrors } from "../report/schema.js";

const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, state text, total integer);\n";

function inRepository(
  files: Readonly<Record<string, string>>,
  file: string,
  options: ExplainOptions & { postgres?: number } = {},
): Explanation {
  const source = folderChangeSource(new TemporaryRepository(files).root);
  const { postgres, ...rest } = options;
  const configuration = { ...configurationOf(source), ...(postgres !== undefined && { postgres }) };
  const explanation = explainFile(source, configuration, file, rest);
  expect(explanationErrors(JSON.parse(JSON.stringify(explanation)))).toEqual([]);
  return explanation;
}

function byItself(sql: string, options: ExplainOptions = {}): Explanation {
  const source = folderChangeSource(new TemporaryRepository().root);
  const explanation = explainText(source, configurationOf(source), sql, options);
  expect(explanationErrors(JSON.parse(JSON.stringify(explanation)))).toEqual([]);
  return explanation;
}

const locksOf = ({ locks }: ExplainedStatement): string[] =>
  locks.map(({ mode, relation, while: work, origin }) => `${mode} ${relation} ${work}, ${origin}`);

const plain = (next: string): Readonly<Record<string, string>> => ({
  "db/migrations/0001_orders.sql": ORDERS,
  "db/migrations/0002_next.sql": next,
});

const NEXT = "db/migrations/0002_next.sql";

test("a migration meets the schema that those before it leave, and says who created what", () => {
  const { history, statements, tool } = inRepository(
    plain(
      "CREATE TABLE notes (order_id bigint REFERENCES orders);\n" +
        "CREATE INDEX notes_order_idx ON notes (order_id);\n" +
        "ALTER TABLE orders ALTER COLUMN id SET NOT NULL;\n" +
        "ALTER TABLE elsewhere ADD CHECK (x > 0);\n",
    ),
    NEXT,
  );
  expect(tool).toMatchObject({ name: "sql", transaction: "unknown" });
  expect(history).toEqual({ migrations: 1, statements: 1 });
  expect(statements.map(locksOf)).toEqual([
    ["SHARE ROW EXCLUSIVE public.orders instant, created earlier"],
    ["SHARE public.notes index-build, created here"],
    // It is a primary key's column already: there is nothing to look for.
    ["ACCESS EXCLUSIVE public.orders instant, created earlier"],
    ["ACCESS EXCLUSIVE public.elsewhere scan, unknown"],
  ]);
  expect(statements[0]!.locks[0]!.createdIn).toBe("db/migrations/0001_orders.sql");
  expect(statements[1]!.locks[0]!.createdIn).toBe(NEXT);
  expect(statements[3]!.locks[0]).not.toHaveProperty("createdIn");
});

test("work on a table that the file creates is work on what it has put in", () => {
  const { statements } = inRepository(
    plain(
      "CREATE TABLE notes (order_id bigint);\n" +
        "ALTER TABLE notes ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders;\n" +
        "ALTER TABLE orders ADD CHECK (id > 0);\n",
    ),
    NEXT,
  );
  expect(statements.map(({ operations }) => operations.map(({ work, onNew }) => [work, onNew]))).toEqual([
    [["instant", undefined]],
    [["scan", true]],
    [["scan", undefined]],
  ]);
});

test("places, operations and objects are those of the file", () => {
  const sql = "-- two lines\n  ALTER TABLE orders\n    ADD COLUMN note text,\n    DROP COLUMN state;\n";
  const [statement] = inRepository(plain(sql), NEXT).statements;
  expect(statement).toMatchObject({ line: 2, column: 3, endLine: 4, endColumn: 22 });
  expect(statement!.operations.map(({ type, object, work }) => [type, object, work])).toEqual([
    ["AddColumn", "public.orders.note", "instant"],
    ["DropColumn", "public.orders.state", "instant"],
  ]);
});

describe("the transaction", () => {
  const sql = "CREATE INDEX a ON orders (state);\nALTER TABLE orders DROP COLUMN total;\n";
  const DRIZZLE = {
    "package.json": '{"dependencies":{"drizzle-orm":"^0.45.0"},"devDependencies":{"drizzle-kit":"^0.31.0"}}',
    "drizzle.config.ts": 'export default { dialect: "postgresql", out: "./drizzle" };\n',
    "drizzle/meta/_journal.json":
      '{"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1700000000000,"tag":"0000_init","breakpoints":true}]}',
    "drizzle/0000_init.sql": `${ORDERS}--> statement-breakpoint\n${sql}`,
  };

  test("is the tool's where the file belongs to one", () => {
    const { tool, statements } = inRepository(DRIZZLE, "drizzle/0000_init.sql");
    expect(tool).toMatchObject({ name: "drizzle", transaction: "all-pending" });
    expect(statements.map(({ transaction }) => transaction)).toEqual(
      Array.from({ length: 3 }, () => ({
        inTransaction: true,
        openedBy: "tool",
        group: expect.any(String),
        lines: [1, 4],
      })),
    );
  });

  test("is the file's between BEGIN and COMMIT", () => {
    const { statements } = inRepository(plain(`BEGIN;\n${sql}COMMIT;\nSELECT 1;\n`), NEXT);
    expect(
      statements.map(({ transaction: { inTransaction, openedBy, lines } }) => [inTransaction, openedBy, lines]),
    ).toEqual([...Array.from({ length: 4 }, () => [true, "file", [1, 4]]), ["unknown", undefined, undefined]]);
  });

  test("is what is asked for", () => {
    const inOne = inRepository(plain(sql), NEXT, { transaction: "file" });
    expect(inOne.tool.transaction).toBe("per-file");
    expect(inOne.history.migrations).toBe(1);
    expect(inOne.statements.map(({ transaction }) => transaction.inTransaction)).toEqual([true, true]);
    const alone = inRepository(plain(sql), NEXT, { transaction: "none" });
    expect(alone.statements.map(({ transaction }) => transaction.inTransaction)).toEqual([false, false]);
    const asPrisma = inRepository(plain(sql), NEXT, { tool: "prisma" });
    expect(asPrisma.tool).toMatchObject({ name: "prisma", transaction: "single-send" });
    expect(asPrisma.statements[0]!.transaction).toMatchObject({ openedBy: "send", lines: [1, 2] });
    expect(byItself(sql, { tool: "prisma" }).tool.name).toBe("prisma");
    expect(byItself(sql, { transaction: "none" }).statements[0]!.transaction).toEqual({ inTransaction: false });
  });

  test("a file that its tool does not run says why", () => {
    const stray = inRepository({ ...DRIZZLE, "drizzle/0009_stray.sql": sql }, "drizzle/0009_stray.sql");
    expect(stray.leftOut).toContain("drizzle/0009_stray.sql");
    expect(stray.leftOut).toContain("journal");
  });

  test("a file that its tool does run has none of its folder's remarks", () => {
    const files = { ...plain(sql), "db/migrations/0003_fill.go": "package migrations\n" };
    expect(inRepository(files, NEXT)).not.toHaveProperty("leftOut");
    const other = { "mysql/migrations/0001_a.sql": "CREATE TABLE `a` (b int) ENGINE=InnoDB;\n" };
    expect(inRepository(other, "mysql/migrations/0001_a.sql").leftOut).toMatch(/^mysql\/migrations .*MySQL/i);
  });

  test("what PostgreSQL refuses inside one fails, or may fail", () => {
    const build = "CREATE INDEX CONCURRENTLY a ON orders (state);\n";
    expect(inRepository(plain(build), NEXT, { transaction: "file" }).statements[0]!.fails).toBe(
      "PostgreSQL refuses CREATE INDEX CONCURRENTLY inside a transaction.",
    );
    const [unknown] = inRepository(plain(build), NEXT).statements;
    expect(unknown!.fails).toBeUndefined();
    expect(unknown!.operations[0]!.unknown).toBe(
      "PostgreSQL refuses CREATE INDEX CONCURRENTLY inside a transaction, and whether the runner opens one is not known.",
    );
    const [outside] = inRepository(plain(build), NEXT, { transaction: "none" }).statements;
    expect([outside!.fails, outside!.operations[0]!.unknown]).toEqual([undefined, undefined]);
  });
});

test("PostgreSQL's version decides, and its source is named", () => {
  const add = "ALTER TABLE orders ADD COLUMN paid boolean DEFAULT false;\n";
  const work = (postgres: number): string =>
    inRepository(plain(add), NEXT, { postgres }).statements[0]!.locks[0]!.while;
  expect([10, 11].map(work)).toEqual(["rewrite", "instant"]);
  const composed = inRepository(
    { ...plain(add), "docker-compose.yml": "services:\n  db:\n    image: postgres:16\n" },
    NEXT,
  );
  expect(composed.postgres).toEqual({ version: 16, source: "docker-compose.yml:3" });
});

test("a text by itself knows no table, whatever the repository has", () => {
  const source = folderChangeSource(new TemporaryRepository(plain("SELECT 1;\n")).root);
  const explanation = explainText(source, configurationOf(source), "ALTER TABLE orders DROP COLUMN state;\n");
  expect(explanation.file).toBe("standard input");
  expect(explanation.history).toEqual({ migrations: 0, statements: 0 });
  expect(explanation.statements.map(locksOf)).toEqual([["ACCESS EXCLUSIVE public.orders instant, unknown"]]);
});

test("a statement that cannot be read costs itself only", () => {
  const { statements } = byItself("ALTER TABLE orders\n  ADD COLUM;\nALTER TABEL x;\nDROP TABLE orders;\n");
  expect(statements.map(({ error }) => error)).toEqual([
    { line: 2, column: 12, reason: "syntax error at end of input" },
    { line: 3, column: 7, reason: 'syntax error at or near "TABEL"' },
    undefined,
  ]);
  expect(locksOf(statements[2]!)).toEqual(["ACCESS EXCLUSIVE public.orders instant, unknown"]);
  expect(byItself("").statements).toEqual([]);
});

test("what cannot be known is said", () => {
  const unknown = (sql: string): (string | undefined)[] =>
    byItself(sql).statements.flatMap(({ operations }) => operations.map((operation) => operation.unknown));
  const rows = "How many rows its WHERE finds, and whether an index finds them, is not known.";
  expect(unknown("UPDATE orders SET a = 1 WHERE b; DELETE FROM orders WHERE b; UPDATE orders SET a = 1")).toEqual([
    rows,
    rows,
    undefined,
  ]);
  expect(unknown("INSERT INTO a SELECT * FROM b; INSERT INTO a VALUES (1)")).toEqual([
    "How many rows it inserts is not known.",
    undefined,
  ]);
  expect(unknown("SELECT setval('s', 1); SELECT app.tidy(); CALL tidy()")).toEqual([
    undefined,
    "What tidy does is not read.",
    "What the procedure does is not read.",
  ]);
  expect(unknown("ALTER TABLE orders ALTER COLUMN total TYPE bigint")).toEqual([
    "The column's type so far is not known, and whether the table is rewritten depends on it.",
  ]);
  const [known] = inRepository(plain("ALTER TABLE orders ALTER COLUMN total TYPE bigint;\n"), NEXT).statements;
  expect(known!.operations).toEqual([expect.not.objectContaining({ unknown: expect.anything() })]);
});

test("the time-outs in force are those of the session", () => {
  const { statements } = byItself(
    "SET lock_timeout = '3s';\nSET statement_timeout = '1min';\nALTER TABLE orders DROP COLUMN a;\nRESET lock_timeout;\nDROP TABLE orders;\n",
    { transaction: "none" },
  );
  expect([statements[2]!.settings, statements[4]!.settings]).toEqual([
    { lock_timeout: "3s", statement_timeout: "1min" },
    { statement_timeout: "1min" },
  ]);
});

describe("what a transaction holds at its end", () => {
  let postgres: MeasuredPostgres;
  beforeAll(async () => {
    postgres = await MeasuredPostgres.start();
  });
  afterAll(() => postgres.close());

  const HISTORY =
    "CREATE TABLE accounts (id bigint PRIMARY KEY, name text);\n" +
    "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, state text, total integer);\n";

  test.each([
    "CREATE INDEX a ON orders (state);\nALTER TABLE orders ADD COLUMN note text;\n",
    "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;\nUPDATE accounts SET name = '';\n",
    "CREATE TABLE notes (order_id bigint REFERENCES orders);\nCREATE INDEX ON notes (order_id);\nINSERT INTO notes SELECT id FROM orders;\n",
    "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c;\nDROP TABLE accounts;\n",
    "COMMENT ON TABLE orders IS 'o';\nCREATE VIEW open_orders AS SELECT id FROM orders;\nTRUNCATE accounts;\n",
  ])("is what PostgreSQL holds: %s", async (sql) => {
    const { statements } = inRepository({ "db/migrations/0001_start.sql": HISTORY, [NEXT]: sql }, NEXT, {
      transaction: "file",
      postgres: 18,
    });
    const held: Record<string, string> = {};
    for (const { relation, mode, origin } of statements.flatMap(({ locks }) => locks)) {
      if (origin === "created here") continue;
      const known = LOCK_MODES.findIndex((one) => one === held[relation]);
      if (LOCK_MODES.indexOf(mode) > known) held[relation] = mode;
    }
    const { locks } = await postgres.measure(HISTORY, sql);
    expect(held).toEqual(Object.fromEntries(Object.entries(locks).map(([relation, { mode }]) => [relation, mode])));
  });
});

describe("versions of PostgreSQL", () => {
  const explained = (sql: string, versions: string, before = ORDERS): Explanation => {
    const files = { "db/migrations/0001_orders.sql": before, [NEXT]: sql };
    const source = folderChangeSource(new TemporaryRepository(files).root);
    const explanation = explainFile(
      source,
      { ...configurationOf(source), ...versionRange(versions), postgresSource: "--postgres" },
      NEXT,
    );
    expect(explanationErrors(JSON.parse(JSON.stringify(explanation)))).toEqual([]);
    return explanation;
  };

  test("what a version refuses is said with its SQLSTATE and the version that knows it", () => {
    const sql = "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT ENFORCED;\n";
    const [old] = explained(sql, "17").statements;
    const message = "NOT ENFORCED is not known";
    expect(old).toMatchObject({
      fails: `PostgreSQL refuses this before version 18: ${message} (SQLSTATE 42601).`,
      operations: [{ type: "AddConstraint", refusal: { code: "42601", message, since: 18 } }],
    });
    const [current] = explained(sql, "18").statements;
    expect(current).not.toHaveProperty("fails");
    expect(current!.operations[0]).not.toHaveProperty("refusal");
  });

  test("what every version refuses is, too, where the tables are known", () => {
    const [, column, table] = explained(
      "CREATE TABLE notes (id int);\nALTER TABLE notes DROP COLUMN x;\nALTER TABLE elsewhere DROP COLUMN x;\n",
      "18",
    ).statements;
    expect(column!.fails).toBe(
      'PostgreSQL refuses this: column "x" of relation "notes" does not exist (SQLSTATE 42703).',
    );
    expect(table!.fails).toBe('PostgreSQL refuses this: relation "elsewhere" does not exist (SQLSTATE 42P01).');
    expect(byItself("ALTER TABLE elsewhere DROP COLUMN x;").statements[0]).not.toHaveProperty("fails");
  });

  test("that a version is refused is no fact where no version is known", () => {
    const [statement] = byItself("MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE;").statements;
    expect(statement).not.toHaveProperty("fails");
    expect(statement!.operations[0]!.unknown).toBe(
      "PostgreSQL refuses it before version 15, and which version runs it is not known.",
    );
  });

  test("a range is explained for each version, and what is the same is said once", () => {
    const partitioned =
      "CREATE TABLE events (id int, day date) PARTITION BY RANGE (day);\n" +
      "CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n";
    const { postgres, statements } = explained(
      "ALTER TABLE events ADD UNIQUE (id, day);\nALTER TABLE events ADD COLUMN x int;\n" +
        "CREATE UNIQUE INDEX ON events (day) NULLS NOT DISTINCT;\n",
      "13-18",
      partitioned,
    );
    expect(postgres).toEqual({ version: 13, until: 18, source: "--postgres" });
    const [unique, column, index] = statements;
    const locks = ({ locks }: Pick<ExplainedStatement, "locks">): string[] =>
      locks.map(({ relation, mode }) => `${mode} ${relation}`);
    expect(unique!.postgres).toEqual([13, 14, 15, 16, 17]);
    expect(locks(unique!)).toEqual(["ACCESS EXCLUSIVE public.events", "SHARE public.events_2025"]);
    expect(unique!.otherwise!.map((one) => [one.postgres, locks(one)])).toEqual([
      [[18], ["ACCESS EXCLUSIVE public.events", "ACCESS EXCLUSIVE public.events_2025"]],
    ]);
    expect(column).not.toHaveProperty("postgres");
    expect(column).not.toHaveProperty("otherwise");
    expect(index).toMatchObject({
      postgres: [13, 14],
      fails: "PostgreSQL refuses this before version 15: NULLS NOT DISTINCT is not known (SQLSTATE 42601).",
    });
    expect(index!.otherwise).toHaveLength(1);
    expect(index!.otherwise![0]).toMatchObject({ postgres: [15, 16, 17, 18] });
    expect(index!.otherwise![0]).not.toHaveProperty("fails");
  });
});
