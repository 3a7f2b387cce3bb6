/** In which order PostgreSQL runs the subcommands of one ALTER TABLE: not as written, but pass by pass. */
import type { ConstraintKind, Operation, OperationType } from "../model/operation.js";

/** The passes of `tablecmds.c` (`AT_PASS_*`), in their order. Index rebuilds after a type change are left out. */
const passes = [
  "drop",
  "alter type",
  "add column",
  "column attributes",
  "index constraint",
  "other constraint",
  "miscellaneous",
] as const;
type Pass = (typeof passes)[number];

/** Operations that are not listed run in the last pass. */
const passOfOperation: { readonly [Type in OperationType]?: Pass } = {
  DropColumn: "drop",
  DropConstraint: "drop",
  DropDefault: "drop",
  DropNotNull: "drop",
  AlterColumnType: "alter type",
  AddColumn: "add column",
  SetNotNull: "column attributes",
  SetDefault: "other constraint",
};

const passOfSubcommand: Readonly<Record<string, Pass>> = {
  DropExpression: "drop",
  DropIdentity: "drop",
  SetExpression: "alter type",
  AddIdentity: "other constraint",
};

const passOfConstraint: Readonly<Record<ConstraintKind, Pass>> = {
  "not null": "column attributes",
  "primary key": "index constraint",
  unique: "index constraint",
  exclude: "index constraint",
  check: "other constraint",
  "foreign key": "other constraint",
};

function passOf(operation: Operation): Pass {
  if (operation.type === "AddConstraint") return passOfConstraint[operation.constraint.kind];
  if (operation.type === "AlterTable") return passOfSubcommand[operation.subcommand] ?? "miscellaneous";
  return passOfOperation[operation.type] ?? "miscellaneous";
}

/** The operations of one statement in the order in which they take effect. Only ALTER TABLE has an order of its own; a DO block is as many statements. */
export function inPassOrder(operations: readonly Operation[]): readonly Operation[] {
  if (operations.length < 2) return operations;
  return [...operations].sort(
    (a, b) => (a.inBlock ?? 0) - (b.inBlock ?? 0) || passes.indexOf(passOf(a)) - passes.indexOf(passOf(b)),
  );
}
