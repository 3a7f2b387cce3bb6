/** Parts of messages that depend on how the migration's tool runs a file: a remedy must be possible in that tool. */
import type { AnalysedStatement, Migration, ToolFacts, TransactionMode } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Rule } from "eslint";
import type { Blocked } from "../model/lock.js";
import type { Reference } from "../model/reference.js";
import { formatName } from "../change/object-names.js";
import { locksOf } from "../postgres/locks.js";
import { refusedInTransaction } from "../postgres/refused-in-transaction.js";
import { lineCounter } from "../text/line-counter.js";
import { type LiveLock, liveLocks } from "./live-locks.js";
import type { PlacedStatement } from "./transaction.js";
import type { RuleMigration } from "./types.js";

/** `Prisma 6.19.0`; without a version where the lockfile does not say. */
function toolName({ label, version }: ToolFacts): string {
  return version === undefined ? label : `${label} ${version}`;
}

/** Operations that are asked about because of an index that they build: `withoutOutside` is about those. */
const BUILDS_INDEX: ReadonlySet<Operation["type"]> = new Set(["AddColumn", "AddConstraint", "CreateIndex"]);

/**
 * How to run a statement outside a transaction, in sentences.
 * @param action What to do, as the start of a sentence: `Build it with CREATE INDEX CONCURRENTLY`.
 * @param place Whether that takes the operation's place, or comes in addition to it.
 */
export function outsideTransaction(
  migration: RuleMigration,
  operation: Operation,
  action: string,
  place: "instead" | "beside" = "instead",
): string {
  const { inTransaction, openedBy } = migration.statementOf(operation).transaction;
  const { tool, transaction: mode } = migration.migration;
  const becomesTwo = mode === "single-send" && place === "beside";
  const alone = operation.inBlock === undefined ? "" : " as a statement of its own, because no DO block can run it";
  if (inTransaction === false && !becomesTwo) return `${action}${alone}.`;
  // Where a file goes out in one query, statements behind a COMMIT are still refused: they need a file of their own.
  if (openedBy === "file" && mode !== "single-send") return `${action} outside BEGIN … COMMIT.`;
  const way = wayOut(tool, operation);
  if (way !== undefined) return `${action} ${way}.`;
  if (BUILDS_INDEX.has(operation.type) && tool.withoutOutside !== undefined) return tool.withoutOutside;
  return `${tool.label} has no way to run it outside one: run it by hand, and keep it out of the migrations.`;
}

/**
 * How a form of SQL is written where a call made the statement, behind that form: the option of the call, or the call that
 * sends SQL as it stands. Empty where the reader has the SQL before them.
 * @param form What the tool may have an option for.
 */
export function inCalls(migration: RuleMigration, operation: Operation, form?: "concurrently"): string {
  const { embedded } = migration.statementOf(operation).statement;
  const { calls } = migration.migration.tool;
  if (!embedded || embedded.quote !== undefined || !calls) return "";
  const option = form && calls[form];
  const code = option ?? calls.sql;
  const ticks = code.includes("`") ? "``" : "`";
  return option === undefined ? ` (through ${ticks}${code}${ticks})` : ` (${ticks}${code}${ticks})`;
}

/** Whether the tool has a way to run the statement of an operation outside a transaction. */
export function canRunOutside(migration: RuleMigration, operation: Operation): boolean {
  const { inTransaction, openedBy } = migration.statementOf(operation).transaction;
  if (inTransaction !== true || openedBy === "file") return true;
  return wayOut(migration.migration.tool, operation) !== undefined;
}

/** Operations on rows and values, which wait for no other transaction that has not touched the same ones. */
const WAITS_FOR_NONE: ReadonlySet<Operation["type"]> = new Set(["Update", "Delete", "Insert", "Merge", "AddEnumValue"]);

/** How a tool runs an operation outside of its transaction; undefined where it cannot. */
function wayOut(
  { outsideTransaction: way, outsideWaiting = "", staysInside }: ToolFacts,
  { type }: Operation,
): string | undefined {
  if (way === undefined || staysInside?.includes(type) === true) return undefined;
  return WAITS_FOR_NONE.has(type) ? way : way + outsideWaiting;
}

/** Who opened the transaction that a statement runs in, as a sentence. */
export function transactionOpenedBy(migration: RuleMigration, operation: Operation): string {
  const { openedBy } = migration.statementOf(operation).transaction;
  const { tool, transaction: mode } = migration.migration;
  if (operation.inBlock !== undefined) return "A DO block always runs in one.";
  if (openedBy === "file") return "BEGIN in this file opened one.";
  if (openedBy === "send") {
    const isProgram = migration.statementOf(operation).statement.embedded !== undefined;
    const sent = isProgram
      ? "the statements of this call"
      : mode === "single-send"
        ? "the file"
        : "this part of the file";
    return `${toolName(tool)} sends ${sent} as one query, and PostgreSQL runs the statements of one query in one transaction.`;
  }
  // The runner of plain files is not known; that it opens a transaction is what the configuration says.
  if (tool.name === "sql") return "By the configuration each file runs in one.";
  return mode === "all-pending"
    ? `${toolName(tool)} runs all pending migrations in one.`
    : `${toolName(tool)} runs each ${unitOf(tool)} in one.`;
}

/** What a tool runs by itself, as its makers call it. */
function unitOf({ name }: ToolFacts): string {
  return name === "liquibase" ? "changeset" : "migration";
}

/** Where a statement must stand so that the locks of the one before it are released: the end of a sentence. */
const LATER: Readonly<Record<TransactionMode, (tool: ToolFacts) => string>> = {
  "all-pending": (tool) =>
    `in a migration of a later deploy, because ${tool.label} runs all pending migrations in one transaction`,
  "per-file": (tool) => `in a later ${unitOf(tool)}`,
  "single-send": () => "in a later migration",
  "per-statement": () => "after it",
  unknown: () => "in a later transaction",
};

/** Where to put the second step of a recipe whose first step must have released its locks: the end of a sentence. */
export function later(migration: RuleMigration, operation: Operation): string {
  const { openedBy } = migration.statementOf(operation).transaction;
  const { tool, transaction: mode } = migration.migration;
  return openedBy === "file" && mode !== "single-send" ? "after COMMIT" : LATER[mode](tool);
}

const lineCounters = new WeakMap<Migration, (offset: number) => number>();

/**
 * Where a statement stands, seen from the migration that a finding is in: `line 3`, or `db/0002.sql:3` in another file.
 * @param lock One that it takes: of a DO block, the place where the block takes it.
 */
export function placeOf(
  { migration, postgres }: RuleMigration,
  { migration: other, statement }: PlacedStatement,
  lock?: LiveLock,
): string {
  let counter = lineCounters.get(other);
  if (!counter) lineCounters.set(other, (counter = lineCounter(other.sql.text)));
  const { operations, range } = statement.statement;
  const inBlock = lock && operations.find((one) => takesInBlock(one, lock, statement, postgres));
  const line = String(counter((inBlock?.range ?? range)[0]));
  return other === migration ? `line ${line}` : `${other.file}:${line}`;
}

function takesInBlock(operation: Operation, lock: LiveLock, { before }: AnalysedStatement, postgres: number): boolean {
  if (operation.inBlock === undefined) return false;
  const situation = { catalog: before, postgres, utc: false, work: "instant" } as const;
  const { schema, name } = lock.name;
  return locksOf(operation, situation).some(
    ({ relation, mode }) => mode === lock.mode && relation.name === name && relation.schema === schema,
  );
}

/** The first places of a list of references, for a message: `src/repo.ts:88, src/api.ts:12 and 3 more`. */
export function listPlaces(references: readonly Reference[], shown = 3): string {
  const places = [...new Set(references.map(({ file, line }) => `${file}:${String(line)}`))];
  const rest = places.length - shown;
  return places.slice(0, shown).join(", ") + (rest > 0 ? ` and ${String(rest)} more` : "");
}

/**
 * The tables in use that a statement locks so that other sessions cannot read or write them: `orders and customers`.
 * @param only Which of them. Default: all.
 */
export function lockedTables(
  migration: RuleMigration,
  operation: Operation,
  blocked: Blocked,
  only: (table: QualifiedName) => boolean = () => true,
): string {
  const locked = liveLocks(migration, operation).filter(({ blocks, name }) => blocks.includes(blocked) && only(name));
  return listNames(locked.map(({ name }) => formatName(name)));
}

/**
 * Whether a statement before that of an operation would make it fail: what goes out in one query, as a file or in one
 * string of a program, is a transaction as soon as it has two statements.
 */
export function mustBeAlone(migration: RuleMigration, operation: Operation): boolean {
  const { statement, before, transaction } = migration.statementOf(operation);
  const isOneQuery = migration.migration.transaction === "single-send" || statement.embedded !== undefined;
  if (!isOneQuery || transaction.inTransaction === true) return false;
  return refusedInTransaction(operation, { before, statement, postgres: migration.postgres }) !== undefined;
}

/** An edit that puts a statement before the one that an operation belongs to. */
export function statementBefore(migration: RuleMigration, operation: Operation, sql: string): Rule.ReportFixer {
  const { range } = migration.statementOf(operation).statement;
  // Some of Drizzle's drivers take one statement at a time.
  const separator = migration.migration.tool.name === "drizzle" ? "\n--> statement-breakpoint\n" : "\n";
  return (fixer) => fixer.insertTextBeforeRange([...range], sql + separator);
}

/**
 * Names for a message: `orders`, `orders and accounts`, `orders, accounts, events and 2 more`.
 * @param names At least the first four.
 * @param count How many there are in all.
 */
export function listNames(names: readonly string[], count = names.length): string {
  const shown = count > 4 ? [...names.slice(0, 3), `${String(count - 3)} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}
