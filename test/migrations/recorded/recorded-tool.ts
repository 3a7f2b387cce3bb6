/**
 * The SQL that a migration tool sends, and the SQL that we say it sends. Each fixture is the body of a migration: the
 * real library runs it on a PostgreSQL that writes down every query, and the evaluator follows the same text.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillHoles } from "../../../src/change/fill-holes.js";
import { memoryTree } from "../../../src/change/overlay-tree.js";
import { Listing } from "../../../src/migrations/listing.js";
import type { EvaluatedMigration, MigrationTool, SentSql } from "../../../src/migrations/tool.js";
import { parseSql } from "../../../src/postgres/parse-sql.js";
import { Replay } from "../../../src/postgres/replay.js";
import { startRecordingServer, type RecordingServer, type SentQuery } from "./recording-server.js";
import { isSameStatement, type ParsedStatement, statementsOf } from "./same-statements.js";

/** Bodies of a migration's function, by what they call as the tool's documentation names it. */
export type Fixtures = Readonly<Record<string, string | RefusedFixture>>;

/** What the tool sends and PostgreSQL refuses: the statements up to there are compared. */
interface RefusedFixture {
  readonly up: string;
  /** SQLSTATE. */
  readonly refused: string;
}

/** A migration library that is given a PostgreSQL which writes down what it is sent. */
export interface Recorder {
  /** The schema before each fixture. */
  readonly setup: string;
  /** Whether a migration's own calls begin and end transactions, so that those are compared, too. */
  readonly sendsTransactions?: boolean;
  /** What the library sends for itself around each migration. */
  readonly bookkeeping?: RegExp;
  /** A migration whose function has this body. */
  migration(body: string): string;
  /** Connects the library; `run` loads a migration's source and runs its function as the library does. */
  connect(server: RecordingServer): Library | Promise<Library>;
}

/** A library with the part of ours that reads its migrations. */
export interface RecordedTool extends Recorder {
  readonly tool: MigrationTool;
  /** The migration's path in the repository. */
  readonly file: string;
  /** Other files of the repository, by path. */
  readonly repository: Readonly<Record<string, string>>;
}

export interface Library {
  run(source: string): Promise<void>;
  close(): Promise<void>;
}

/** Leaves nothing of one fixture to the next. */
const RESET = `
ROLLBACK;
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  FOR name IN SELECT rolname FROM pg_roles WHERE rolname !~ '^(pg_|postgres$)' LOOP
    EXECUTE format('DROP OWNED BY %I CASCADE', name);
    EXECUTE format('DROP ROLE %I', name);
  END LOOP;
END $$;
CREATE SCHEMA public;
RESET ALL;
`;

/** Queries with which a library looks at the schema or at the server; they change nothing. */
function looksAround({ tree }: ParsedStatement): boolean {
  const text = JSON.stringify(tree);
  if (!text.startsWith('{"SelectStmt"')) return text.startsWith('{"VariableShowStmt"');
  const relations = [
    ...text.matchAll(/"RangeVar":\{(?:"catalogname":"[^"]*",)?(?:"schemaname":"([^"]*)",)?"relname":"([^"]*)"/g),
  ];
  return relations.length === 0
    ? /"sval":"(?:version|current_schema|current_database|pg_catalog)"|"SQLValueFunction"/.test(text)
    : relations.every(([, schema = "", name = ""]) => schema === "information_schema" || /^pg_/.test(schema || name));
}

/** Programs with statements that PostgreSQL refuses in a transaction. */
const REFUSED_INSIDE = /concurrently\b|vacuum/i;

/** What a migration itself does: its tool looks around, and opens the transaction that it runs in. */
function isCompared(statement: ParsedStatement, { sendsTransactions = false, bookkeeping }: Recorder): boolean {
  if (looksAround(statement) || bookkeeping?.test(statement.sql)) return false;
  return sendsTransactions || !JSON.stringify(statement.tree).startsWith('{"TransactionStmt"');
}

let started: Promise<RecordingServer> | undefined;

/** The libraries of one test file share a server: starting one takes longer than most of their migrations together. */
function sharedServer(): Promise<RecordingServer> {
  started ??= startRecordingServer();
  return started;
}

afterAll(async () => (await started)?.close());

/** Runs fixtures through a library. */
function fixtureRunner(recorder: Recorder): (fixture: Fixtures[string]) => Promise<readonly ParsedStatement[]> {
  let server: RecordingServer;
  let library: Library;
  let isClean = false;
  beforeAll(async () => {
    server = await sharedServer();
    await server.prepare(RESET + recorder.setup);
    isClean = true;
    library = await recorder.connect(server);
    server.sent();
  });
  afterAll(() => library.close());
  return async (fixture) => {
    const { up, refused } = partsOf(fixture);
    const source = recorder.migration(up);
    // What a migration does is taken back where it can be.
    const alone = REFUSED_INSIDE.test(source);
    if (!isClean) await server.prepare(RESET + recorder.setup);
    isClean = !alone;
    if (!alone) await server.hold();
    let error: string | undefined;
    try {
      await library.run(source);
    } catch (thrown) {
      error = sqlStateOf(thrown);
      if (error === undefined) throw thrown;
    } finally {
      if (!alone) await server.takeBack();
    }
    const sent = statementsOf(server.sent()).filter((statement) => isCompared(statement, recorder));
    expect(sent).not.toEqual([]);
    expect(error).toBe(refused);
    return sent;
  };
}

function partsOf(fixture: Fixtures[string]): { readonly up: string; readonly refused: string | undefined } {
  return typeof fixture === "string" ? { up: fixture, refused: undefined } : fixture;
}

/** The SQLSTATE of an error of PostgreSQL, also where a library has put it into one of its own. */
function sqlStateOf(error: unknown): string | undefined {
  for (let at = error as { code?: unknown; cause?: unknown; original?: unknown } | undefined; at;) {
    if (typeof at.code === "string" && at.code.length === 5) return at.code;
    at = (at.original ?? at.cause) as typeof at;
  }
  return undefined;
}

/** One test for each fixture: what is evaluated equals what is sent, statement by statement. */
export function describeRecorded(recorded: RecordedTool, fixtures: Fixtures): void {
  describe(`${recorded.tool.label} sends what we say it sends`, () => {
    const run = fixtureRunner(recorded);
    it.each(Object.entries(fixtures))("%s", async (_, fixture) => {
      const sent = await run(fixture);
      const { up, refused } = partsOf(fixture);
      const all = statementsOf(evaluatedQueries(recorded, recorded.migration(up)).up);
      const evaluated = refused === undefined ? all : all.slice(0, sent.length);
      // Where the two mean the same, how they are written makes no difference.
      const shown = evaluated.map((statement, index) => {
        const other = sent[index];
        return other && isSameStatement(other, statement) ? other.sql : statement.sql;
      });
      expect(shown).toEqual(sent.map(({ sql }) => sql));
    });
  });
}

/** One test for each fixture of a library that nothing here reads yet: it sends SQL, and PostgreSQL takes it. */
export function describeFixtures(label: string, recorder: Recorder, fixtures: Fixtures): void {
  describe(`${label} runs`, () => {
    const run = fixtureRunner(recorder);
    it.each(Object.entries(fixtures))("%s", async (_, fixture) => void (await run(fixture)));
  });
}

/**
 * The SQL that we say a migration sends, up and down, on the schema that the setup makes. What is not known is written as
 * a comment.
 */
function evaluatedQueries(
  { tool, file, repository, setup }: RecordedTool,
  source: string,
): { readonly up: readonly SentQuery[]; readonly down: readonly SentQuery[] } {
  const listing = new Listing(memoryTree(new Map(Object.entries({ ...repository, [file]: source })), "head"));
  const folder = tool.find(listing)[0];
  if (folder === undefined) throw new Error(`${tool.label} is not found.`);
  const { evaluate } = tool.open(listing, folder);
  const program = evaluate?.(source, file, {
    has: (path) => path in repository,
    read: (path) => repository[path],
  }) as EvaluatedMigration;
  return { up: queriesOf(program.up, setup), down: queriesOf(program.down?.() ?? [], setup) };
}

function queriesOf(sent: readonly SentSql[], setup: string): readonly SentQuery[] {
  const replay = new Replay({ postgres: 18 });
  const run = (sql: string): void => {
    for (const statement of parseSql(sql).statements) replay.apply(statement, 0);
  };
  run(setup);
  const queries: SentQuery[] = [];
  for (const one of sent) {
    const known = "sql" in one ? [one.sql] : (one.lookup?.(replay.catalog) ?? one);
    if ("reason" in known) queries.push({ sql: `-- not known: ${known.reason}`, values: [] });
    else {
      for (const { sql } of known.map(fillHoles)) {
        queries.push({ sql, values: [] });
        run(sql);
      }
    }
  }
  return queries;
}
