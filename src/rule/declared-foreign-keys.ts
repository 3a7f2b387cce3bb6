/** The foreign keys that a change makes. */
import type { Constraint, Table } from "../model/catalog.js";
import type { AddColumn, AddConstraint, ConstraintDefinition, CreateTable } from "../model/operation.js";
import type { Range } from "../model/position.js";
import { endOfChange } from "./end-of-change.js";
import type { OperationVisitors, RuleMigration } from "./types.js";

/** A foreign key that is there because of the change, and still is at its end. */
export interface DeclaredForeignKey {
  readonly node: CreateTable | AddColumn | AddConstraint;
  /** Its own clause; for one that is written in a column's definition, that definition. */
  readonly range: Range;
  /** The table that has it, at the end of the change. */
  readonly table: Table;
  /** The constraint at the end of the change. */
  readonly constraint: Constraint & { readonly references: NonNullable<Constraint["references"]> };
}

/** Visitors that see each of them. Those of temporary tables and those that nothing enforces are left out. */
export function declaredForeignKeys(
  migration: RuleMigration,
  see: (foreignKey: DeclaredForeignKey) => void,
): OperationVisitors {
  const end = endOfChange(migration);
  const visit = (node: DeclaredForeignKey["node"], definition: ConstraintDefinition, range: Range): void => {
    if (definition.kind !== "foreign key" || definition.notEnforced) return;
    const statement = migration.statementOf(node);
    const table = end.table(statement, node.table);
    if (!table || table.temporary) return;
    for (const constraint of table.constraints.values()) {
      const { kind, name, columns, references } = constraint;
      if (kind !== "foreign key" || !references) continue;
      if (definition.name !== undefined && definition.name !== name) continue;
      if (columns.join("\0") !== definition.columns.join("\0")) continue;
      return see({ node, range, table, constraint: { ...constraint, references } });
    }
  };
  return {
    CreateTable(op) {
      if (op.ifNotExists && migration.before(op).table(op.table)) return;
      for (const column of op.columns) for (const inline of column.constraints) visit(op, inline, column.range);
      for (const constraint of op.constraints) visit(op, constraint, constraint.range);
    },
    AddColumn(op) {
      for (const inline of op.column.constraints) visit(op, inline, op.range);
    },
    AddConstraint(op) {
      visit(op, op.constraint, op.range);
    },
  };
}
