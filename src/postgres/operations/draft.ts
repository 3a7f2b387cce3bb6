import type { Operation, OtherStatement } from "../../model/operation.js";
import type { Range } from "../../model/position.js";
import type { StatementSource } from "../statement-source.js";

type WithoutPlace<Kind> = Kind extends Operation
  ? Omit<Kind, "range" | "statement"> & { readonly range?: Range }
  : never;

/** An operation before its place is known. Without a `range` it is the whole statement. */
export type Draft = WithoutPlace<Operation>;

/** Reads one kind of statement. */
export type StatementReader = (node: unknown, source: StatementSource) => readonly Draft[];

/** Adapts a reader to its node's type: the table of readers is keyed by the very name that the node has in the tree. */
export function reader<Statement>(
  read: (node: Statement, source: StatementSource) => readonly Draft[],
): StatementReader {
  return read as StatementReader;
}

type Detail = { readonly [Key in "setting"]?: OtherStatement[Key] | undefined };

/** A statement that neither locks nor changes anything. */
export function other(node: string, detail: Detail = {}, refusedInTransaction = false): Draft {
  const known = Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined));
  return { type: "OtherStatement", node, refusedInTransaction, ...known };
}
