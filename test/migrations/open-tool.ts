/** What a tool makes of a repository that exists in memory only. */
import { memoryTree } from "../../src/change/overlay-tree.js";
import { parseMigration } from "../../src/change/parse-migration.js";
import { transactionsOf } from "../../src/change/transactions.js";
import { detectMigrations } from "../../src/migrations/detect.js";
import type { Detection } from "../../src/migrations/detect.js";
import type { MigrationSource } from "../../src/migrations/tool.js";
import type { DatabaseSetting } from "../../src/model/configuration.js";
import type { TransactionMode } from "../../src/model/migration.js";

export type Files = Readonly<Record<string, string>>;

export function detected(files: Files, databases: Readonly<Record<string, DatabaseSetting>> = {}): Detection {
  return detectMigrations(memoryTree(new Map(Object.entries(files)), "head"), databases);
}

/** The only source of a repository. */
export function onlySource(files: Files, databases?: Readonly<Record<string, DatabaseSetting>>): MigrationSource {
  const sources = detected(files, databases).databases.flatMap((database) => database.sources);
  const [source] = sources;
  if (source === undefined || sources.length > 1) {
    throw new Error(`There are ${String(sources.length)} sources: ${sources.map(({ folder }) => folder).join(", ")}`);
  }
  return source;
}

/** Each statement that runs on the way up, and who opened its transaction: `tool: DROP TABLE a`. */
export function statementsOf(source: MigrationSource, file: string, text: string): readonly string[] {
  const { sql, parts } = parseMigration(text, file, source.read);
  const mode: TransactionMode = source.transactions?.get(file) ?? source.tool.transaction;
  const [transactions = []] = transactionsOf([
    { file, mode, statements: sql.statements, ...(parts === undefined ? {} : { parts }) },
  ]);
  return sql.statements.map((statement, index) => {
    const { inTransaction, openedBy } = transactions[index] ?? { inTransaction: "unknown" };
    const opened = inTransaction === true ? (openedBy ?? "") : inTransaction === false ? "outside" : "unknown";
    return `${opened}: ${text.slice(...statement.range)}`;
  });
}

/** A lockfile with one package in it. */
export function npmLock(name: string, version: string): Files {
  return { "package-lock.json": JSON.stringify({ packages: { [`node_modules/${name}`]: { version } } }) };
}
