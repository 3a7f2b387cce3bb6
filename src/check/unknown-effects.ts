/** What of an operation cannot be known without the database. */
import type { Catalog } from "../model/catalog.js";
import type { Operation, OperationOf, OperationType } from "../model/operation.js";
import { builtinVolatility } from "../postgres/function-volatility.js";

type Unknown<Type extends OperationType> = (operation: OperationOf<Type>, before: Catalog) => string | false;

const FOUND_ROWS = "How many rows its WHERE finds, and whether an index finds them, is not known.";

/** Operations that are not listed do what they say. */
const UNKNOWN: { readonly [Type in OperationType]?: Unknown<Type> } = {
  Update: ({ hasWhere }) => hasWhere && FOUND_ROWS,
  Delete: ({ hasWhere }) => hasWhere && FOUND_ROWS,
  Insert: ({ reads }) => reads.length > 0 && "How many rows it inserts is not known.",
  Merge: () => "How many rows it changes is not known.",
  Copy: () => "How many rows it copies is not known.",
  AlterColumnType: ({ table, column }, before) =>
    before.table(table)?.columns.get(column)?.type === undefined &&
    "The column's type so far is not known, and whether the table is rewritten depends on it.",
  Select({ functions }) {
    const own = functions.filter((name) => builtinVolatility(name) === undefined);
    return own.length > 0 && `What ${own.map(({ name }) => name).join(", ")} does is not read.`;
  },
  DoBlock: ({ reason }) => (reason === undefined ? "What the DO block runs is not known." : `${reason}.`),
  Call: () => "What the procedure does is not read.",
  MoveAllInTablespace: ({ kind, tablespace }) =>
    `Which ${kind === "index" ? "indexes" : `${kind}s`} are in ${tablespace} is not known.`,
  Execute: () => "What the prepared statement does is not read.",
};

/** A sentence; undefined where the operation does what it says. */
export function unknownEffect(operation: Operation, before: Catalog): string | undefined {
  const row = UNKNOWN[operation.type] as Unknown<OperationType> | undefined;
  return row?.(operation, before) || undefined;
}
