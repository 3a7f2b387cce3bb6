/** In which transaction each statement runs: what the tool opens, and what BEGIN and COMMIT in the file change. */
import type { MigrationPart } from "../migrations/tool.js";
import type { StatementTransaction, TransactionMode } from "../model/migration.js";
import type { TransactionControl } from "../model/operation.js";
import type { Statement } from "../model/statement.js";

export interface TransactionFile {
  /** Unique; names the groups. */
  readonly file: string;
  readonly mode: TransactionMode;
  /** Files of one run share the tool's transaction where it has one for all that is pending. Absent: runs alone. */
  readonly run?: string;
  readonly statements: readonly Statement[];
  /** Parts that the tool runs apart from each other, in order. Absent: the file is one. */
  readonly parts?: readonly MigrationPart[];
}

const OUTSIDE: StatementTransaction = { inTransaction: false };
const UNKNOWN: StatementTransaction = { inTransaction: "unknown" };

/** The transaction of every statement, file by file, in the order in which they run. */
export function transactionsOf(files: readonly TransactionFile[]): readonly (readonly StatementTransaction[])[] {
  /** Runs whose shared transaction a file has ended. */
  const ended = new Set<string>();
  return files.map((file) => {
    const transactions = transactionsOfFile(file, ended);
    const controlled = queriesWithControl(file.statements);
    return file.statements.map(({ embedded }, index) => {
      // A program can send a statement on another connection than the one with the transaction.
      const found = embedded?.transaction === "per-statement" ? OUTSIDE : (transactions[index] ?? UNKNOWN);
      const query = embedded?.query;
      if (found.inTransaction !== false || query === undefined || controlled.has(query)) return found;
      return { inTransaction: true, openedBy: "send", group: `${file.file}#query ${String(query)}` };
    });
  });
}

/** Queries of a program that begin or end transactions themselves. */
function queriesWithControl(statements: readonly Statement[]): ReadonlySet<number> {
  return new Set(
    statements.flatMap((statement) => {
      const query = statement.embedded?.query;
      return query !== undefined && (controls(statement, BEGINS) || controls(statement, ENDS)) ? query : [];
    }),
  );
}

function transactionsOfFile(file: TransactionFile, ended: Set<string>): readonly StatementTransaction[] {
  const { parts } = file;
  const name = groupNames(file.file);
  if (parts === undefined || parts.length === 0) return transactionsOfPart(file, ended, name);
  const byPart = parts.map((): Statement[] => []);
  let part = 0;
  for (const statement of file.statements) {
    while (part + 1 < parts.length && statement.range[0] >= (parts[part + 1]?.range[0] ?? Infinity)) part++;
    byPart[part]?.push(statement);
  }
  return byPart.flatMap((statements, index) =>
    transactionsOfPart({ ...file, mode: parts[index]?.transaction ?? file.mode, statements }, ended, name),
  );
}

function transactionsOfPart(
  file: TransactionFile,
  ended: Set<string>,
  name: () => string,
): readonly StatementTransaction[] {
  if (file.mode === "all-pending" && file.run !== undefined) return inSharedTransaction(file, file.run, ended, name);
  const { mode, statements } = file;
  // A query with a single statement needs no transaction block (exec_simple_query in PostgreSQL's postgres.c).
  const implicit = mode === "single-send" && statements.length > 1;
  const byTool = mode === "per-file" || mode === "all-pending";
  const between = (): StatementTransaction => {
    if (implicit) return { inTransaction: true, openedBy: "send", group: name() };
    return mode === "unknown" ? UNKNOWN : OUTSIDE;
  };
  const start: StatementTransaction = byTool ? { inTransaction: true, openedBy: "tool", group: name() } : between();
  return walk(statements, start, between, name);
}

function inSharedTransaction(
  file: TransactionFile,
  run: string,
  ended: Set<string>,
  name: () => string,
): readonly StatementTransaction[] {
  const start: StatementTransaction = ended.has(run)
    ? OUTSIDE
    : { inTransaction: true, openedBy: "tool", group: `all pending in ${run}` };
  const transactions = walk(file.statements, start, () => OUTSIDE, name);
  // What a file ends, the tool does not open again for the files behind it.
  if (file.statements.some((statement) => controls(statement, ENDS))) ended.add(run);
  return transactions;
}

/**
 * Follows BEGIN and COMMIT through a file. COMMIT belongs to the transaction that it ends, BEGIN to the one that it
 * opens; where a transaction is already open BEGIN only warns, and the implicit one of a query becomes explicit with
 * all that came before it (PostgreSQL documentation, 55.2.2.1).
 */
function walk(
  statements: readonly Statement[],
  start: StatementTransaction,
  between: () => StatementTransaction,
  name: () => string,
): readonly StatementTransaction[] {
  let current = start;
  return statements.map((statement) => {
    const before = current;
    const ends = controls(statement, ENDS);
    if (ends && current.inTransaction === true) current = between();
    if (controls(statement, BEGINS)) {
      if (current.inTransaction !== true) current = { inTransaction: true, openedBy: "file", group: name() };
      else if (current.openedBy === "send") current = { ...current, openedBy: "file" };
    }
    return ends ? before : current;
  });
}

function groupNames(file: string): () => string {
  let count = 0;
  return () => `${file}#${String(++count)}`;
}

const BEGINS: ReadonlySet<TransactionControl["kind"]> = new Set(["begin"]);
const ENDS: ReadonlySet<TransactionControl["kind"]> = new Set(["commit", "rollback", "prepare"]);

function controls(statement: Statement, kinds: ReadonlySet<TransactionControl["kind"]>): boolean {
  return statement.operations.some((operation) => operation.type === "TransactionControl" && kinds.has(operation.kind));
}
