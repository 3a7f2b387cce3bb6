/** How an operation is undone once code has worked with it, and which data that costs. */
import { formatName } from "../change/object-names.js";
import type { PlacedOperation } from "../model/migration.js";
import type { Operation, OperationOf, OperationType } from "../model/operation.js";
import type { Answer } from "../model/plan.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import { nameOf } from "./compatibility.js";

/** @param next The code that works with the new schema. */
type Row<Type extends OperationType> = (operation: OperationOf<Type>, name: string, next: string) => string;

const LOST = "comes back only from a backup";

const ROWS: { readonly [Type in OperationType]?: Row<Type> } = {
  AddColumn: ({ table, column }, name, next) =>
    `\`ALTER TABLE ${formatName(table)} DROP COLUMN ${quoteIdentifier(column.name)}\`, once nothing runs ${next}: what was written to ${name} is lost.`,
  CreateTable: ({ table }, name, next) =>
    `\`DROP TABLE ${formatName(table)}\`, once nothing runs ${next}: what was written to ${name} is lost.`,
  DropColumn: (_, name) => `None for the values: what was in ${name} ${LOST}.`,
  DropRelation: ({ kind }, name) =>
    kind === "view"
      ? `${name} can be made again: a view holds no rows.`
      : `None for the rows: what was in ${name} ${LOST}.`,
  Truncate: (_, name) => `None for the rows: what was in ${name} ${LOST}.`,
  Delete: (_, name) => `None for the rows: what is deleted from ${name} ${LOST}.`,
  Update: (_, name) => `None for the values: what is overwritten in ${name} ${LOST}.`,
  AddEnumValue: ({ value }, name) =>
    `None: PostgreSQL cannot take '${value}' out of ${name} again. Without code that writes it, it does no harm.`,
  RenameColumn: ({ table, column, newName }) =>
    `\`ALTER TABLE ${formatName(table)} RENAME COLUMN ${quoteIdentifier(newName)} TO ${quoteIdentifier(column)}\`; nothing is lost.`,
  DropNotNull: ({ table, column }, name) =>
    `\`ALTER TABLE ${formatName(table)} ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL\`, once no row has NULL in ${name}.`,
  AlterColumnType: (_, name) =>
    `Back to the old type of ${name}, as far as the values that were written meanwhile fit it.`,
  DropConstraint: (operation) =>
    `Add ${operation.constraint} again, once no row violates it that was written meanwhile.`,
};

/** A sentence; undefined where undoing it loses nothing and takes no thought. */
export function wayBackOf(
  placed: PlacedOperation,
  live: boolean,
  next = "the code in this pull request",
): string | undefined {
  const { operation } = placed;
  if (!live && operation.type !== "CreateTable") return undefined;
  const row = ROWS[operation.type] as Row<OperationType> | undefined;
  return row?.(operation, nameOf(placed), next);
}

/** What code that was written before does not survive: it cannot be rolled back to. */
const ENDS_OLD_CODE: ReadonlySet<OperationType> = new Set<OperationType>([
  "AddConstraint",
  "DropColumn",
  "DropDefault",
  "DropFunction",
  "DropRelation",
  "DropType",
  "RenameColumn",
  "RenameRelation",
  "RenameType",
  "SetNotNull",
  "SetSchema",
]);

/**
 * The oldest code that still runs behind a step, as a sentence; undefined where the code running now does.
 * @param oldest The pull request whose code that is, as `Moment` counts them.
 * @param survives Whether the code from before works behind it.
 */
export function rollbackFloorOf(
  operations: readonly Operation[],
  oldest: number,
  survives: Answer,
): string | undefined {
  if (survives === "yes" || !operations.some(({ type }) => ENDS_OLD_CODE.has(type))) return undefined;
  const whose = oldest <= 0 ? "of this pull request" : `of pull request ${String(oldest + 1)}`;
  return survives === "no"
    ? `From here on the code ${whose} is the oldest that runs: roll back no further.`
    : `From here on code from before that ${whose} may fail: roll back no further.`;
}
