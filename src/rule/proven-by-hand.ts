import type { SetNotNull } from "../model/operation.js";
import type { RuleMigration } from "./types.js";

/**
 * Whether the file of a SET NOT NULL drops behind it, IF EXISTS, a constraint with the column's name in its own that no
 * migration has made: somebody has added and validated it by hand, so that no row has a NULL and none is read.
 */
export function isProvenByHand(op: SetNotNull, { migration }: RuleMigration): boolean {
  return migration.statements.some(({ statement, before }) =>
    statement.operations.some((other) => {
      if (other.type !== "DropConstraint" || !other.ifExists || other.statement <= op.statement) return false;
      if (!inWords(other.constraint).includes(inWords(op.column))) return false;
      const table = before.table(other.table);
      return other.table.name === op.table.name && table !== undefined && !table.constraints.has(other.constraint);
    }),
  );
}

/** `order_id` is a part of `orders_order_id_present`, and of no `border_idle`. */
function inWords(name: string): string {
  return `_${name.toLowerCase()}_`;
}
