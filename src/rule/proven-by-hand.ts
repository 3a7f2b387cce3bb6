import type { SetNotNull } from "../model/operation.js";
import type { RuleMigration } from "./types.js";

/**
 * Whether the file of a SET NOT NULL drops, IF EXISTS, a constraint with the column's name in its own that no migration
 * has made: somebody has added and validated it by hand, so that no row has a NULL and none is read.
 */
export function isProvenByHand(op: SetNotNull, { migration }: RuleMigration): boolean {
  return migration.statements.some(({ statement, before }) =>
    statement.operations.some((other) => {
      if (other.type !== "DropConstraint" || !other.ifExists || !other.constraint.includes(op.column)) return false;
      const table = before.table(other.table);
      return other.table.name === op.table.name && table !== undefined && !table.constraints.has(other.constraint);
    }),
  );
}
