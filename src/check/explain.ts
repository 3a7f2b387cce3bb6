/** What each statement of a file locks, blocks and does, in the transaction and on the schema that it meets. */
import type { ChangeSource } from "../change/change-source.js";
import { relationOf } from "../change/live.js";
import { loadChange } from "../change/load.js";
import { OverlayTree } from "../change/overlay-tree.js";
import { detectMigrations } from "../migrations/detect.js";
import type { Catalog, Table } from "../model/catalog.js";
import type { Change } from "../model/change.js";
import type { Configuration, DatabaseSetting, MigrationSourceSetting } from "../model/configuration.js";
import type {
  EffectAtVersions,
  ExplainedLock,
  ExplainedOperation,
  ExplainedStatement,
  ExplainedTransaction,
  Explanation,
} from "../model/explanation.js";
import type { Lock } from "../model/lock.js";
import type { AnalysedStatement } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import { refusedInTransaction } from "../postgres/refused-in-transaction.js";
import { refusalOf } from "../rule/certain-refusals.js";
import type { LocatedMigration } from "../rule/linted-migration.js";
import { migrationFor } from "../rule/migration-context.js";
import { placeCounter } from "../text/line-counter.js";
import { parsedOnce } from "./parsed-once.js";
import { reportedStatement } from "./report.js";
import { unknownEffect } from "./unknown-effects.js";
import { eachVersion } from "./versions.js";

export interface ExplainOptions {
  /** A tool's name, in place of the one that is detected. */
  readonly tool?: string;
  /** How the file is sent, in place of what is known of the tool. */
  readonly transaction?: "file" | "none";
}

/** Explains a file of the repository, on the schema that the migrations before it leave. */
export function explainFile(
  source: ChangeSource,
  configuration: Configuration,
  file: string,
  options: ExplainOptions = {},
): Explanation {
  const { head } = source;
  if (options.tool !== undefined || options.transaction !== undefined) {
    const asked = { ...configuration, databases: sentAs(options, file, source, configuration) };
    if (databaseWith(file, head, asked.databases)) return explainEachVersion(source, asked, file);
    const text = head.tree.read(file);
    if (text !== undefined) return explainAlone(source, configuration, { text, name: file, options });
  }
  return explainEachVersion(source, configuration, file);
}

/** @param name What a reader calls the file. */
function explainEachVersion(
  source: ChangeSource,
  configuration: Configuration,
  file: string,
  name = file,
): Explanation {
  const parse = parsedOnce();
  const explanations = eachVersion(configuration).map((one) =>
    explanationOf(loadChange(source, one, { files: [file], parse }), file, name),
  );
  return mergeExplanations(explanations);
}

/** Explains a text by itself: nothing is known of the tables that it names. */
export function explainText(
  source: ChangeSource,
  configuration: Configuration,
  text: string,
  options: ExplainOptions = {},
): Explanation {
  return explainAlone(source, configuration, { text, name: "standard input", options });
}

/** A text as the only migration that there is. */
function explainAlone(
  source: ChangeSource,
  configuration: Configuration,
  { text, name, options }: { readonly text: string; readonly name: string; readonly options: ExplainOptions },
): Explanation {
  const { head } = source;
  // A configured file must have a name of SQL.
  const file = `${name}.sql`;
  const tree = new OverlayTree(head.tree, new Map([[file, text]]), head.label);
  const databases = { main: { ...NO_SETTINGS, migrations: [{ path: file, ...options }] } };
  return explainEachVersion({ ...source, head: { ...head, tree } }, { ...configuration, databases }, file, name);
}

const NO_SETTINGS: DatabaseSetting = { migrations: [], code: [], session: {} };

/** The database of a file with the file's own folder read as it was asked for. */
function sentAs(
  options: ExplainOptions,
  file: string,
  { head }: ChangeSource,
  { databases }: Configuration,
): Configuration["databases"] {
  const found = databaseWith(file, head, databases);
  if (found === undefined) return {};
  const migrations = found.sources.map(({ folder, tool, files }): MigrationSourceSetting => ({
    path: folder === "" ? "." : folder,
    tool: tool.name,
    ...(files.includes(file) && options),
  }));
  return { [found.name]: { ...(databases[found.name] ?? NO_SETTINGS), migrations } };
}

function databaseWith(
  file: string,
  { tree }: ChangeSource["head"],
  databases: Configuration["databases"],
): ReturnType<typeof detectMigrations>["databases"][number] | undefined {
  return detectMigrations(tree, databases).databases.find(({ sources }) =>
    sources.some(({ files }) => files.includes(file)),
  );
}

function explanationOf(change: Change, file: string, name: string): Explanation {
  for (const database of change.databases) {
    const migration = database.migrations.find((one) => one.file === file);
    if (migration === undefined) continue;
    const { tool, transaction, order } = migration;
    const before = database.migrations.filter((one) => one.order < order);
    const notRun = whyNotRun(file, change);
    return {
      version: 1,
      file: name,
      postgres: database.postgres,
      tool: {
        name: tool.name,
        label: tool.label,
        ...(tool.version !== undefined && { version: tool.version }),
        ...(tool.assumption !== undefined && { assumption: tool.assumption }),
        transaction,
      },
      ...(notRun && { leftOut: `${notRun.file} ${notRun.reason}` }),
      history: {
        migrations: before.length,
        statements: before.reduce((sum, { statements }) => sum + statements.length, 0),
      },
      statements: new Explainer({ change, database, migration }, name).statements(),
    };
  }
  throw new TypeError(`The change has no file ${file}.`);
}

/** Why no tool runs a file: it was left out, or its folder was. A folder may also say what else stands in it. */
function whyNotRun(file: string, { leftOut, head, configuration }: Change): Change["leftOut"][number] | undefined {
  const own = leftOut.find((one) => one.file === file);
  const folder = leftOut.find((one) => file.startsWith(`${one.file}/`));
  if (own !== undefined || folder === undefined) return own;
  return databaseWith(file, head, configuration.databases) === undefined ? folder : undefined;
}

/** One explanation for several versions of PostgreSQL, in order: what differs stands at each statement. */
function mergeExplanations(all: readonly Explanation[]): Explanation {
  const [first, ...others] = all as [Explanation, ...Explanation[]];
  const last = others.at(-1);
  // What a migration sends may depend on the schema, and that on the version.
  if (!last || others.some(({ statements }) => statements.length !== first.statements.length)) return first;
  return {
    ...first,
    postgres: { ...first.postgres, until: last.postgres.version },
    statements: first.statements.map((statement, index) => {
      const effects = new Map<string, EffectAtVersions & { readonly postgres: number[] }>();
      for (const { postgres, statements } of all) {
        const { operations, locks, transaction, fails } = statements[index]!;
        const effect = { operations, locks, transaction, ...(fails !== undefined && { fails }) };
        const key = JSON.stringify(effect);
        const known = effects.get(key);
        if (known) known.postgres.push(postgres.version);
        else effects.set(key, { postgres: [postgres.version], ...effect });
      }
      const [own, ...otherwise] = effects.values();
      return otherwise.length === 0 ? statement : { ...statement, postgres: own!.postgres, otherwise };
    }),
  };
}

class Explainer {
  readonly #place: ReturnType<typeof placeCounter>;
  readonly #linesOfGroup = new Map<string, [first: number, last: number]>();
  readonly #located: LocatedMigration;

  constructor(
    located: LocatedMigration,
    readonly name: string,
  ) {
    this.#located = located;
    const { migration } = located;
    this.#place = placeCounter(migration.sql.text);
    for (const { statement, transaction } of migration.statements) {
      if (transaction.group === undefined) continue;
      const [first, last] = [statement.range[0], statement.range[1]].map((offset) => this.#place(offset).line);
      const lines = this.#linesOfGroup.get(transaction.group);
      if (lines) lines[1] = last!;
      else this.#linesOfGroup.set(transaction.group, [first!, last!]);
    }
  }

  statements(): ExplainedStatement[] {
    return this.#located.migration.statements.map((analysed) => this.#statement(analysed));
  }

  #statement(analysed: AnalysedStatement): ExplainedStatement {
    const { statement, locks, before, session } = analysed;
    const {
      operations,
      transactional: _transactional,
      locks: _locks,
      ...reported
    } = reportedStatement(this.#located.migration, analysed, (offset) => this.#place(offset).line);
    const fails = this.#fails(analysed);
    const error = this.#error(analysed);
    return {
      ...reported,
      column: this.#place(statement.range[0]).column,
      endColumn: this.#place(statement.range[1]).column,
      operations: operations.map((operation, index): ExplainedOperation => {
        const unknown =
          this.#unknownVersion(analysed, index) ??
          unknownEffect(statement.operations[index]!, before) ??
          this.#unknownRefusal(analysed, index);
        const refusal = this.#refusal(statement.operations[index]!);
        const about = relationOf({
          operation: statement.operations[index]!,
          statement: analysed,
          migration: this.#located.migration,
        });
        const onNew = about !== undefined && before.table(about)?.createdIn === this.#located.migration.order;
        return {
          ...operation,
          ...(onNew && { onNew }),
          ...(unknown !== undefined && { unknown }),
          ...(refusal && { refusal }),
        };
      }),
      locks: locks.map((lock) => this.#lock(lock, before)),
      transaction: this.#transaction(analysed),
      settings: Object.fromEntries([...session].filter(([name]) => TIMEOUTS.has(name))),
      ...(fails !== undefined && { fails }),
      ...(error && { error }),
    };
  }

  #transaction({ transaction }: AnalysedStatement): ExplainedTransaction {
    const lines = transaction.group === undefined ? undefined : this.#linesOfGroup.get(transaction.group);
    return { ...transaction, ...(lines && { lines }) };
  }

  #lock(lock: Lock, before: Catalog): ExplainedLock {
    const order = tableOf(lock.relation, before)?.createdIn;
    if (order === undefined) return { ...lock, origin: "unknown" };
    if (order === this.#located.migration.order) return { ...lock, origin: "created here", createdIn: this.name };
    const creator = this.#located.database.migrations.find((one) => one.order === order);
    return { ...lock, origin: "created earlier", ...(creator && { createdIn: creator.file }) };
  }

  #refusal(operation: Operation): ExplainedOperation["refusal"] {
    if (!this.#located.migration.judged) return undefined;
    const refusal = refusalOf(migrationFor(this.#located), operation);
    if (!refusal) return undefined;
    const { code, message, since } = refusal;
    return { code, message, ...(since !== undefined && { since }) };
  }

  /** Which version runs may not be known. */
  #unknownVersion({ refusals }: AnalysedStatement, index: number): string | undefined {
    const since = refusals[index]?.since;
    if (since === undefined || this.#located.database.postgres.source !== "default") return undefined;
    return `PostgreSQL refuses it before version ${String(since)}, and which version runs it is not known.`;
  }

  #fails(analysed: AnalysedStatement): string | undefined {
    for (const operation of analysed.statement.operations) {
      const refusal = this.#refusal(operation);
      if (!refusal) continue;
      const { code, message, since } = refusal;
      const before = since === undefined ? "this" : `this before version ${String(since)}`;
      return `PostgreSQL refuses ${before}: ${message} (SQLSTATE ${code}).`;
    }
    if (analysed.transaction.inTransaction !== true) return undefined;
    const [refused] = analysed.statement.operations.flatMap((_, index) => this.#refused(analysed, index) ?? []);
    return refused === undefined ? undefined : `PostgreSQL refuses ${refused} inside a transaction.`;
  }

  #unknownRefusal(analysed: AnalysedStatement, index: number): string | undefined {
    if (analysed.transaction.inTransaction !== "unknown") return undefined;
    const refused = this.#refused(analysed, index);
    if (refused === undefined) return undefined;
    return `PostgreSQL refuses ${refused} inside a transaction, and whether the runner opens one is not known.`;
  }

  #refused({ statement, before }: AnalysedStatement, index: number): string | undefined {
    const postgres = this.#located.database.postgres.version;
    return refusedInTransaction(statement.operations[index]!, { before, statement, postgres });
  }

  #error({ statement }: AnalysedStatement): ExplainedStatement["error"] {
    for (const operation of statement.operations) {
      if (operation.type !== "Unparsed") continue;
      return { ...this.#place(operation.position ?? operation.range[0]), reason: operation.reason };
    }
    return undefined;
  }
}

const TIMEOUTS: ReadonlySet<string> = new Set(["lock_timeout", "statement_timeout"]);

/** A relation by its qualified name, in which a schema's or a table's own name may have a dot. */
function tableOf(qualified: string, catalog: Catalog): Table | undefined {
  for (let dot = qualified.indexOf("."); dot >= 0; dot = qualified.indexOf(".", dot + 1)) {
    const table = catalog.table({ schema: qualified.slice(0, dot), name: qualified.slice(dot + 1) });
    if (table !== undefined) return table;
  }
  return undefined;
}
