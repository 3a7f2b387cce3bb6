/** A change that exists in memory only. */
import type { Change } from "../../src/model/change.js";
import type { Configuration, TableLists } from "../../src/model/configuration.js";
import type { Migration, MigrationStatus, ToolFacts, TransactionMode } from "../../src/model/migration.js";
import type { EvaluateMigration, SourceFiles } from "../../src/migrations/tool.js";
import type { Tree } from "../../src/model/tree.js";
import { editOf } from "../../src/change/edited-statements.js";
import { parseDown, parseMigration, readAnyText, type ParsedMigration } from "../../src/change/parse-migration.js";
import { rehearse } from "../../src/change/rehearse.js";
import { Session } from "../../src/change/session.js";
import { transactionsOf } from "../../src/change/transactions.js";
import { undoAll } from "../../src/change/undo.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { writtenAnew } from "../../src/change/written-anew.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";

/** What the repository looks like around a migration. */
export interface Surroundings {
  /** Migrations that base has already, each a file's text. */
  readonly history?: readonly string[];
  /** Earlier migrations of the same change. */
  readonly pending?: readonly string[];
  /** Migrations that base has got and that run after the linted one. */
  readonly meanwhile?: readonly string[];
  /** The migration's text at base: it exists there, and the change edits it. */
  readonly was?: string;
  /** `false`: nothing is known of base. */
  readonly base?: boolean;
  /** PostgreSQL's major version; 16 unless said. */
  readonly postgres?: number;
  /** What says so; nothing unless said. */
  readonly postgresSource?: string;
  /** Default: a runner that opens a transaction for each file. */
  readonly tool?: ToolFacts;
  /** How the tool sends the linted migration. Default: its own way. */
  readonly transaction?: TransactionMode;
  /** Session settings of the connection: `lock_timeout` → `3s`. */
  readonly session?: Readonly<Record<string, string>>;
  /** Tables that the configuration lists. */
  readonly tables?: Partial<TableLists>;
  /** How the project ships; rolling deploys with the migrations first unless said. */
  readonly deploy?: Partial<Configuration["deploy"]>;
  /** Migrations of base that the change deletes, by path; what is known of them is their text. */
  readonly deleted?: readonly string[] | Readonly<Record<string, string>>;
  /** Whether its text has a section that undoes it, marked as the tools do that keep both in one file. */
  readonly sections?: boolean;
  /** The tool that follows the linted migration, which is a program. */
  readonly program?: EvaluateMigration | undefined;
  /** The path of the linted migration, and its path at base where the change renames it. */
  readonly file?: string;
  readonly previousFile?: string;
  /** Application code on the two sides, by path. */
  readonly baseCode?: Readonly<Record<string, string>>;
  readonly headCode?: Readonly<Record<string, string>>;
  /** That of the newest release, v1.0.0. Default: what is merged counts as released. */
  readonly releaseCode?: Readonly<Record<string, string>>;
}

/** A runner that opens a transaction for each file. */
const runner: ToolFacts = {
  name: "sql",
  label: "SQL",
  transaction: "per-file",
  checksums: false,
  outsideTransaction: "in a migration of its own that runs outside a transaction",
};

const NO_IMPORTS: SourceFiles = { has: () => false, read: () => undefined };

export function memoryChange(root: string, code: string, surroundings: Surroundings): { change: Change; file: string } {
  const {
    history = [],
    pending = [],
    meanwhile = [],
    was,
    base = true,
    postgres = 16,
    session = {},
    baseCode = {},
    headCode = {},
    releaseCode,
    deleted = [],
    previousFile,
    tool = runner,
    sections = false,
    program,
  } = surroundings;
  const files: { text: string; status: MigrationStatus }[] = [
    ...history.map((text) => ({ text, status: base ? ("existing" as const) : ("added" as const) })),
    ...pending.map((text) => ({ text, status: "added" as const })),
    { text: code, status: base && was !== undefined ? "modified" : "added" },
    ...meanwhile.map((text) => ({ text, status: "existing" as const })),
  ];
  const linted = history.length + pending.length;
  const nameOf = (index: number): string =>
    (index === linted ? surroundings.file : undefined) ?? `db/migrations/${String(index + 1).padStart(4, "0")}.sql`;
  const own = program && parseMigration(code, nameOf(linted), readAnyText, { evaluate: program, files: NO_IMPORTS });
  const modeOf = (index: number): TransactionMode =>
    (index === linted ? (surroundings.transaction ?? own?.program?.transaction) : undefined) ?? tool.transaction;
  const parsed = files.map(({ text }, index) =>
    index === linted && own
      ? own.sql
      : index === linted && sections
        ? parseMigration(text, nameOf(index)).sql
        : parseSql(text),
  );
  const run = (index: number): string => (files[index]?.status === "existing" ? `run ${String(index)}` : "run");
  const transactions = transactionsOf(
    parsed.map(({ statements }, index) => ({
      file: nameOf(index),
      mode: modeOf(index),
      run: run(index),
      statements,
    })),
  );
  const parse = (text: string): ParsedMigration =>
    parseMigration(text, nameOf(linted), readAnyText, program && { evaluate: program, files: NO_IMPORTS });
  const now = parsed[linted];
  const edited = base && was !== undefined && now ? editOf(parse(was), { ...parse(code), sql: now }) : undefined;
  const replay = new Replay({ postgres });
  const migrations = files.map(({ status }, order): Migration => {
    const sql = parsed[order] ?? parseSql("");
    const settings = new Session(new Map(Object.entries(session)));
    return {
      file: nameOf(order),
      status,
      ...(previousFile !== undefined && order === linted ? { previousFile } : {}),
      ...(order === linted && edited ? edited : {}),
      tool,
      database: "main",
      transaction: modeOf(order),
      order,
      judged: status !== "existing" && (base || order === linted),
      ...(order === linted && sections
        ? { down: { file: nameOf(order), sql: parseDown(code, nameOf(order), readAnyText) } }
        : {}),
      sql,
      statements: sql.statements.map((sent, index) => {
        const transaction = transactions[order]?.[index] ?? { inTransaction: "unknown" };
        const replayed = replay.apply(sent, order, transaction.group);
        return { ...replayed, transaction, session: settings.run(replayed.statement, transaction) };
      }),
    };
  });
  const baseReplay = new Replay({ postgres });
  for (const [order, text] of [...history, ...(was === undefined ? [] : [was])].entries()) {
    for (const statement of parseSql(text).statements) baseReplay.apply(statement, order);
  }
  const side = (label: string, code: Readonly<Record<string, string>>): { label: string; tree: Tree } => ({
    label,
    tree: memoryTree(new Map(Object.entries(code)), label),
  });
  const gone = isList(deleted) ? deleted.map((path): [string, string] => [path, ""]) : Object.entries(deleted);
  const texts = gone.map(([path, text]) => ({ file: path, sql: parseSql(text) }));
  const file = nameOf(linted);
  const change: Change = {
    root,
    configuration: {
      extends: "recommended",
      rules: {},
      overrides: [],
      deploy: { model: "rolling", migrations: "before", ...surroundings.deploy },
      databases:
        surroundings.tables === undefined
          ? {}
          : { main: { migrations: [], code: [], session, tables: { hot: [], small: [], ...surroundings.tables } } },
      ignore: [],
      source: "default",
    },
    ...(base ? { base: side("main", baseCode) } : {}),
    head: side("the working tree", headCode),
    ...(releaseCode && { release: { tag: "v1.0.0", commit: "", tree: side("v1.0.0", releaseCode).tree } }),
    databases: [
      {
        name: "main",
        tools: [{ name: tool.name, folder: "db/migrations" }],
        postgres: { version: postgres, source: surroundings.postgresSource ?? "default" },
        migrations,
        deleted: gone.map(([path]) => ({ file: path, tool: tool.name })),
        writtenAnew: () => writtenAnew(texts, migrations),
        existsAtBase: (qualified) => {
          if (!base) return "unknown";
          const [schema = "public", name = ""] = qualified.split(".");
          return baseReplay.catalog.table({ schema, name }) !== undefined;
        },
        undo: (migration) => undoAll(migrations, () => new Replay({ postgres })).get(migration),
        rehearse: (statements) => rehearse(statements, migrations, new Replay({ postgres })),
      },
    ],
    changed: changedBetween(baseCode, headCode),
    incomplete: [],
    leftOut: [],
  };
  return { change, file };
}

/** What differs between the application code of the two sides. */
function changedBetween(
  base: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
): NonNullable<Change["changed"]> {
  const files = [...new Set([...Object.keys(base), ...Object.keys(head)])].filter((file) => base[file] !== head[file]);
  return files.map((file) => ({
    file,
    status: head[file] === undefined ? "deleted" : base[file] === undefined ? "added" : "modified",
  }));
}

function isList(value: readonly string[] | Readonly<Record<string, string>>): value is readonly string[] {
  return Array.isArray(value);
}
