/** Runs a history on PostgreSQL and through the replay, and compares the two catalogs after every file. */
import type { Operation } from "../../../src/model/operation.js";
import type { Statement } from "../../../src/model/statement.js";
import { Replay } from "../../../src/postgres/replay.js";
import type { TestDatabase } from "../measured-postgres.js";
import { differencesOf, type Description } from "./description.js";
import { describePostgres } from "./postgres-catalog.js";
import { describeCatalog } from "./replayed-catalog.js";

export interface HistoryFile {
  readonly name: string;
  readonly statements: readonly Statement[];
}

export interface Comparison {
  /** What differs after a file and did not before it, with the file in front. */
  readonly differences: readonly string[];
  /** What PostgreSQL refused; the replay has not seen it either. */
  readonly refused: readonly { readonly file: string; readonly message: string }[];
  /** Statements that both have run. */
  readonly statements: number;
}

/** Drops what earlier histories made. */
async function empty(database: TestDatabase): Promise<void> {
  await database.exec(`
    DO $$
    DECLARE name text;
    BEGIN
      FOR name IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP
        EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', name);
      END LOOP;
      FOR name IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE ALL (ARRAY['pg\\_%', 'information\\_schema']) LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
      END LOOP;
    END $$;
    CREATE SCHEMA public;
    DISCARD TEMP;`);
}

/** Statements that belong to whoever sends them, and what this PostgreSQL cannot do: COPY waits for data for ever. */
function isLeftOut({ sql, operations }: Statement): boolean {
  return (
    operations.every(({ type }) => type === "TransactionControl" || type === "LockTable") ||
    /\bcopy\b[^;]*\bfrom\s+stdin\b/i.test(sql) ||
    /\bcreate\s+subscription\b/i.test(sql)
  );
}

/** Statements that change rows alone leave the catalog as it is: after them nothing is new to compare. */
const DATA: ReadonlySet<Operation["type"]> = new Set(["Insert", "Update", "Delete", "Merge", "TransactionControl"]);

function isData({ operations }: Statement): boolean {
  return operations.every(({ type }) => DATA.has(type));
}

/** Starts from an empty database. */
export async function compareHistory(database: TestDatabase, files: readonly HistoryFile[]): Promise<Comparison> {
  await empty(database);
  const replay = new Replay({ postgres: 18 });
  const seen = new Set<string>();
  const differences: string[] = [];
  const refused: { file: string; message: string }[] = [];
  let count = 0;
  for (const [order, { name, statements }] of files.entries()) {
    for (const statement of statements) {
      if (isLeftOut(statement)) continue;
      try {
        await database.exec(statement.sql);
      } catch (error) {
        refused.push({ file: name, message: (error as Error).message });
        continue;
      }
      replay.apply(statement, order);
      count++;
    }
    if (statements.every(isData)) continue;
    // Each file has a session of its own.
    await database.exec("RESET ALL; RESET SESSION AUTHORIZATION");
    const actual = await describePostgres({ query: async (sql) => (await database.query(sql)).rows as never });
    for (const difference of differencesOf(known(actual, replay), known(describeCatalog(replay.catalog), replay))) {
      if (seen.has(difference)) continue;
      seen.add(difference);
      differences.push(`${name}: ${difference}`);
    }
  }
  return { differences, refused, statements: count };
}

/** Without the columns of tables that a query made: they are the query's, which is not read. */
function known(description: Description, { catalog }: Replay): Description {
  const partly: Record<string, readonly string[]> = { ...description };
  for (const { schema, name, columnsKnown } of catalog.tables()) {
    const object = `${schema}.${name}`;
    if (!columnsKnown) partly[object] = description[object]?.filter((line) => !line.startsWith("column ")) ?? [];
  }
  return partly;
}
