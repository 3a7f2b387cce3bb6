/**
 * What an ESLint message cannot carry: the object, the evidence and the statement of a finding. The check records it
 * while a file is linted and joins it to the messages afterwards; in an editor nobody listens and nothing is kept.
 */
import type { Linter } from "eslint";
import type { Operation } from "../model/operation.js";
import type { Range } from "../model/position.js";
import type { Reference } from "../model/reference.js";

export interface FindingRecord {
  /** As ESLint names it: `migration-safety/no-rename`. */
  readonly rule: string;
  readonly messageId: string;
  readonly data: Readonly<Record<string, string>>;
  readonly range: Range;
  /** Lines and columns are 1-based, as in ESLint's message. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Qualified: `public.orders.legacy_ref`. */
  readonly object?: string;
  readonly evidence: readonly Reference[];
  /** Index of the statement in its file; absent for a finding about the file as a whole. */
  readonly statement?: number;
  /** The operation that it is about; absent likewise. */
  readonly operation?: Operation;
  /** As in `RuleReport`. */
  readonly also?: readonly Operation[];
  /** As in `RuleReport`. */
  readonly isGuess?: boolean;
  /** As in `RuleReport`. */
  readonly isReminder?: boolean;
}

let listener: FindingRecord[] | undefined;

/** Whether anybody wants records just now. */
export function isRecording(): boolean {
  return listener !== undefined;
}

export function record(finding: FindingRecord): void {
  listener?.push(finding);
}

/** Runs ESLint on one file and returns what the rules recorded meanwhile. */
export function recordFindings<Result>(run: () => Result): { result: Result; records: readonly FindingRecord[] } {
  const outer = listener;
  const records: FindingRecord[] = [];
  listener = records;
  try {
    return { result: run(), records };
  } finally {
    listener = outer;
  }
}

type Placed = Pick<FindingRecord, "messageId" | "line" | "column" | "endLine" | "endColumn"> & {
  readonly rule: string;
};

const keyOf = ({ rule, messageId, line, column, endLine, endColumn }: Placed): string =>
  [rule, messageId, line, column, endLine, endColumn].join("\0");

/**
 * Joins ESLint's messages with their records by rule and place. Messages that share both are told apart by their
 * order, which ESLint keeps; call it once for each message, in order.
 */
export function joinRecords(
  records: readonly FindingRecord[],
): (message: Linter.LintMessage) => FindingRecord | undefined {
  const queues = new Map<string, FindingRecord[]>();
  for (const entry of records) {
    const queue = queues.get(keyOf(entry));
    if (queue) queue.push(entry);
    else queues.set(keyOf(entry), [entry]);
  }
  return ({ ruleId, messageId, line, column, endLine, endColumn }) => {
    if (ruleId === null || messageId === undefined || endLine == null || endColumn == null) return undefined;
    return queues.get(keyOf({ rule: ruleId, messageId, line, column, endLine, endColumn }))?.shift();
  };
}
