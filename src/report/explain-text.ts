/** What each statement of a file does, for a terminal: statements by transaction, because locks are held until its end. */
import picocolors from "picocolors";
import type {
  EffectAtVersions,
  ExplainedLock,
  ExplainedOperation,
  ExplainedStatement,
  Explanation,
} from "../model/explanation.js";
import type { Work } from "../model/lock.js";
import type { TransactionMode } from "../model/migration.js";
import type { LockMode } from "../model/operation.js";
import { LOCK_MODES } from "../postgres/lock-modes.js";
import { versionsBetween, versionWords } from "../text/version-words.js";
import { wrap } from "../text/wrap.js";
import { cut, oneLine, splitCommands } from "./escape.js";
import { counted, lockWords, postgresWords, shortName, whoWaits } from "./words.js";

export interface ExplainTextOptions {
  readonly color: boolean;
  /** Columns of the terminal; absent: text goes to a file or a pipe, and lines are as long as they are. */
  readonly width?: number;
}

/** Below this, wrapping makes a text longer and no easier to read. */
const LEAST_WIDTH = 40;

/** How much of a statement stands above what it does. */
const STATEMENT_LENGTH = 160;

/** How the file is sent, as a sentence. */
const RUNS: Readonly<Record<TransactionMode, (label: string) => string>> = {
  "all-pending": (label) => `${label} runs all pending migrations in one transaction.`,
  "per-file": (label) => `${label} runs the file in one transaction.`,
  "single-send": (label) => `${label} sends the file as one query; several statements in it are one transaction.`,
  "per-statement": (label) => `${label} sends statement by statement, without a transaction around them.`,
  unknown: () => "What runs the file is not known; --tool or --transaction says it.",
};

/** What is done with rows, by the operation; of all others the work says it. */
const ROWS: Readonly<Record<string, string>> = {
  Insert: "adds rows",
  Update: "changes rows; who writes the same rows waits until they are committed",
  Delete: "deletes rows; who writes the same rows waits until that is committed",
  Merge: "changes rows; who writes the same rows waits until they are committed",
  Copy: "copies rows",
  Select: "reads",
};

/** Of these, work on the whole table is work on the table that they are about. */
const WHOLE_TABLE: ReadonlySet<string> = new Set(["Update", "Delete", "Merge"]);

/** Operations of which the statement itself says more than their name and work would. */
const TELLS_ITSELF: ReadonlySet<string> = new Set([
  "AlterDefaultPrivileges",
  "AlterObject",
  "Call",
  "Comment",
  "CreateObject",
  "Discard",
  "DoBlock",
  "DropObject",
  "DropOwned",
  "Execute",
  "Explain",
  "Grant",
  "OtherStatement",
  "Prepare",
  "ReassignOwned",
  "RenameObject",
  "Revoke",
  "SetObjectSchema",
  "SetVariable",
  "TransactionControl",
]);

const WORKS: Readonly<Record<Work, string>> = {
  instant: "instant, whatever the size of the table",
  scan: "reads the whole table",
  "index-build": "builds an index",
  rewrite: "rewrites the whole table",
};

/** Renders the explanation: the file and who runs it, its statements by transaction, and what is not known. */
export function renderExplanation(explanation: Explanation, { color, width }: ExplainTextOptions): string {
  const colors = picocolors.createColors(color);
  const columns = width === undefined ? Infinity : Math.max(width, LEAST_WIDTH);
  const several = (text: string, indent = ""): string[] =>
    wrap(oneLine(text), columns - indent.length).map((line) => indent + line);

  const labelled = (label: string, text: string, paint = (line: string): string => line): string[] => {
    const indent = " ".repeat(STATEMENT_INDENT + LABEL_WIDTH);
    return several(text, indent).map((line, index) => {
      const words = line.slice(indent.length);
      return index === 0
        ? " ".repeat(STATEMENT_INDENT) + colors.dim(label.padEnd(LABEL_WIDTH)) + paint(words)
        : indent + paint(words);
    });
  };

  const lock = (one: ExplainedLock, until: string | undefined, short: boolean): string[] => {
    const paint = one.blocks.includes("read") ? colors.red : one.blocks.includes("write") ? colors.yellow : undefined;
    if (one.origin === "created here")
      return labelled("locks", `${one.mode} on \`${shortName(one.relation)}\`, which is new here`);
    if (one.blocks.length > 0)
      return labelled("locks", lockWords(short ? { ...one, while: "instant" } : one, until), paint);
    return labelled("locks", `${one.mode} on \`${shortName(one.relation)}\`: ${whoWaits(one.blocks)}`);
  };

  const statement = (one: ExplainedStatement): string[] => {
    const place = `${String(one.line)}:${String(one.column)}`;
    const head = `  ${colors.dim(place.padEnd(STATEMENT_INDENT - 4))}  `;
    const sql = cut(oneLine(one.sql), Math.min(STATEMENT_LENGTH, columns - STATEMENT_INDENT));
    if (one.error) {
      const { line, column, reason } = one.error;
      return [
        head + colors.bold(sql),
        ...labelled("error", `${String(line)}:${String(column)}: ${reason}`, colors.red),
      ];
    }
    const { postgres, otherwise = [] } = one;
    return [
      head + colors.bold(sql),
      ...(postgres ? onVersions(postgres) : []),
      ...effect(one),
      ...otherwise.flatMap((other) => [...onVersions(other.postgres), ...effect(withEffect(one, other))]),
    ];
  };

  const onVersions = (versions: readonly number[]): string[] => {
    const { version, until = version } = explanation.postgres;
    return labelled("on", `PostgreSQL ${versionWords(versions, versionsBetween(version, until))}`);
  };

  const effect = (one: ExplainedStatement): string[] => {
    const waits = Object.entries(one.settings).map(([name, value]) => `${name} ${value}`);
    const waiting = one.locks.some(({ blocks, origin }) => blocks.length > 0 && origin !== "created here");
    const fails = one.fails === undefined ? [] : labelled("fails", one.fails, colors.red);
    if (one.operations.some(({ refusal }) => refusal)) return fails;
    return [
      ...one.operations.flatMap((operation) =>
        TELLS_ITSELF.has(operation.type) ? [] : labelled("does", operationWords(operation)),
      ),
      ...one.locks.flatMap((taken) => lock(taken, heldUntil(one, explanation), worksOnNew(one))),
      ...(locksNoTable(one) ? labelled("locks", "no table") : []),
      ...(waiting && waits.length > 0 ? labelled("waits", `at most ${waits.join(", ")}`) : []),
      ...fails,
      ...one.operations.flatMap(({ unknown }) => (unknown === undefined ? [] : labelled("unknown", unknown))),
    ];
  };

  const transaction = (statements: readonly ExplainedStatement[]): string[] => [
    ...several(transactionWords(statements[0]!, explanation)).map((line) => colors.underline(line)),
    ...statements.flatMap((one) => ["", ...statement(one)]),
    ...heldWords(statements).flatMap((words, index) => [...(index === 0 ? [""] : []), ...several(words, "  ")]),
  ];

  const { file, tool, postgres, history, leftOut, statements } = explanation;
  const label = tool.name === "sql" ? "The runner" : `${tool.label}${tool.version ? ` ${tool.version}` : ""}`;
  const sections = [
    [
      colors.bold(oneLine(file)),
      ...several(`${postgresWords(postgres)}. ${RUNS[tool.transaction](label)}`),
      ...(tool.assumption === undefined ? [] : several(tool.assumption)),
      ...(leftOut === undefined ? [] : several(`Not run: ${leftOut}.`)),
      ...several(historyWords(history)),
    ],
    ...(statements.length === 0 ? [["There is no statement in it."]] : byTransaction(statements).map(transaction)),
    several(unknownTables(statements)),
  ];
  const text = sections
    .map((lines) => lines.join("\n"))
    .filter((section) => section !== "")
    .join("\n\n");
  return `${splitCommands(text)}\n`;
}

const STATEMENT_INDENT = 10;
const LABEL_WIDTH = 9;

/** The statement as it is at other versions. */
function withEffect({ fails: _, ...statement }: ExplainedStatement, effect: EffectAtVersions): ExplainedStatement {
  return { ...statement, ...effect };
}

function operationWords({ type, object, work, onNew }: ExplainedOperation): string {
  const what = `${type}${object === undefined ? "" : ` \`${shortName(object)}\``}`;
  const rows = ROWS[type];
  if (rows !== undefined) return `${what}: ${work === "scan" && WHOLE_TABLE.has(type) ? `${WORKS.scan}, ` : ""}${rows}`;
  // What is new has no size.
  if (work === "instant") return `${what}: ${onNew || type.startsWith("Create") ? "instant" : WORKS.instant}`;
  return `${what}: ${WORKS[work]}${onNew ? "; the table is new here" : ""}`;
}

function historyWords({ migrations, statements }: Explanation["history"]): string {
  return migrations === 0
    ? "Nothing was replayed before it."
    : `Replayed before it: ${counted(migrations, "migration")}, ${counted(statements, "statement")}.`;
}

/** Neighbours that run in one transaction, or each by itself for the same reason. */
function byTransaction(statements: readonly ExplainedStatement[]): ExplainedStatement[][] {
  const groups: ExplainedStatement[][] = [];
  for (const statement of statements) {
    const last = groups.at(-1);
    if (last && sameTransaction(last[0]!, statement)) last.push(statement);
    else groups.push([statement]);
  }
  return groups;
}

function sameTransaction(
  { transaction: one }: ExplainedStatement,
  { transaction: other }: ExplainedStatement,
): boolean {
  return one.inTransaction === other.inTransaction && one.group === other.group;
}

/** Whether all its work is on tables that the file has just created: then locks on others are short. */
function worksOnNew({ operations }: ExplainedStatement): boolean {
  return operations.every(({ work, onNew }) => work === "instant" || onNew);
}

/** Whether no table is locked, as far as that is known and not said by the statement itself. */
function locksNoTable({ locks, operations }: ExplainedStatement): boolean {
  const saysSo = ({ type, unknown }: ExplainedOperation): boolean =>
    unknown !== undefined || type === "SetVariable" || type === "TransactionControl";
  return locks.length === 0 && !operations.every(saysSo);
}

/** How long a transaction holds its locks, as a sentence above its statements. */
function transactionWords(statement: ExplainedStatement, { tool }: Explanation): string {
  const { inTransaction, openedBy, lines } = statement.transaction;
  if (inTransaction === "unknown") {
    return "Whether a transaction is open is not known. In one, every lock is held until its end.";
  }
  if (!inTransaction) return "No transaction: each statement commits by itself.";
  const [first, last] = (lines ?? [1, 1]).map(String) as [string, string];
  if (openedBy === "file")
    return `A transaction, from line ${first} to line ${last}: every lock is held until its end.`;
  if (openedBy === "send") return "A transaction, because the file is one query: every lock is held until its end.";
  const opener = tool.name === "sql" ? "the runner" : tool.label;
  return tool.transaction === "all-pending"
    ? `A transaction of ${opener}'s around all pending migrations: every lock is held until its end.`
    : `A transaction of ${opener}'s: every lock is held until its end.`;
}

/** Until when a statement's locks are held once it is done; undefined where that is until then, or not known. */
function heldUntil({ transaction, endLine }: ExplainedStatement, { tool }: Explanation): string | undefined {
  const { inTransaction, openedBy, lines } = transaction;
  if (inTransaction !== true || lines === undefined) return undefined;
  if (openedBy === "tool" && tool.transaction === "all-pending") return "until all pending migrations have run";
  return lines[1] > endLine ? `until line ${String(lines[1])} has run` : undefined;
}

/** Who waits until the end of a transaction, and since which statement: a line for each lock that blocks more. */
function heldWords(statements: readonly ExplainedStatement[]): string[] {
  if (statements.length < 2 || statements[0]!.transaction.inTransaction !== true) return [];
  const held = new Map<string, number>();
  return statements.flatMap(({ locks, line }) =>
    locks.flatMap(({ relation, mode, blocks, origin }) => {
      if (origin === "created here" || !blocks.includes("write")) return [];
      if (strength(mode) <= (held.get(relation) ?? -1)) return [];
      held.set(relation, strength(mode));
      return `\`${shortName(relation)}\` from line ${String(line)} to its end: ${whoWaits(blocks)}.`;
    }),
  );
}

function strength(mode: LockMode): number {
  return LOCK_MODES.indexOf(mode);
}

/** Tables that nothing creates, once for all statements; empty where there are none. */
function unknownTables(statements: readonly ExplainedStatement[]): string {
  const names = new Set(
    statements.flatMap(({ locks }) =>
      locks.filter(({ origin }) => origin === "unknown").map(({ relation }) => relation),
    ),
  );
  if (names.size === 0) return "";
  const list = [...names].map((name) => `\`${shortName(name)}\``).join(", ");
  const one = names.size === 1;
  return `Nothing that was read creates ${list}: ${one ? "it is" : "they are"} assumed to exist and to hold rows.`;
}
