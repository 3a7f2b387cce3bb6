/** What a tool makes of a repository that exists in memory only. */
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { loadChange } from "../../src/change/load.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { parseMigration } from "../../src/change/parse-migration.js";
import { transactionsOf } from "../../src/change/transactions.js";
import { detectMigrations } from "../../src/migrations/detect.js";
import type { Detection } from "../../src/migrations/detect.js";
import type { MigrationSource } from "../../src/migrations/tool.js";
import type { Change } from "../../src/model/change.js";
import type { DatabaseSetting } from "../../src/model/configuration.js";
import type { TransactionMode } from "../../src/model/migration.js";
import type { Tree } from "../../src/model/tree.js";

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

/** What a change looks like that adds files to a repository. */
export function changeOf(base: Files, added: Files): Change {
  const tree = (files: Files, label: string): Tree => memoryTree(new Map(Object.entries(files)), label);
  return loadChange(
    {
      root: "/repo",
      base: { label: "main", commit: "base", tree: tree(base, "main") },
      comparedWith: "base",
      head: { label: "work", tree: tree({ ...base, ...added }, "work") },
      changed: Object.keys(added).map((file) => ({ file, status: file in base ? "modified" : "added" })),
      incomplete: [],
    },
    DEFAULT_CONFIGURATION,
  );
}

/** The setting that is in force before each statement of the new migrations. */
export function inForce({ databases }: Change, setting: string): readonly (string | undefined)[] {
  return databases.flatMap(({ migrations }) =>
    migrations
      .filter(({ status }) => status === "added")
      .flatMap(({ statements }) => statements.map(({ session }) => session.get(setting))),
  );
}

/** A lockfile with one package in it. */
export function npmLock(name: string, version: string): Files {
  return { "package-lock.json": JSON.stringify({ packages: { [`node_modules/${name}`]: { version } } }) };
}
