/** Syntax that an older PostgreSQL does not know yet (the "E.…" release notes of each version). */
import type {
  ColumnDefinition,
  ConstraintDefinition,
  Operation,
  OperationOf,
  OperationType,
} from "../../model/operation.js";
import type { Refusal } from "../../model/refusal.js";

/** What came with which version, and how it is written. */
interface Arrival {
  readonly since: number;
  readonly syntax: string;
}

type Row<Type extends OperationType> = (operation: OperationOf<Type>) => Arrival | undefined;

const ARRIVALS: { readonly [Type in OperationType]?: Row<Type> } = {
  AddColumn: ({ column }) => ofColumn(column),
  AddConstraint: ({ constraint }) => ofConstraint(constraint),
  AlterTable: ({ subcommand }) => SUBCOMMANDS[subcommand],
  CreateIndex: ({ nullsNotDistinct }) => (nullsNotDistinct ? NULLS_NOT_DISTINCT : undefined),
  CreateTable: ({ columns, constraints }) => first(columns, ofColumn) ?? first(constraints, ofConstraint),
  CreateTrigger: ({ replace }) => (replace ? { since: 14, syntax: "CREATE OR REPLACE TRIGGER" } : undefined),
  DetachPartition: ({ concurrently }) =>
    concurrently ? { since: 14, syntax: "DETACH PARTITION … CONCURRENTLY" } : undefined,
  Merge: () => ({ since: 15, syntax: "MERGE" }),
};

const NULLS_NOT_DISTINCT: Arrival = { since: 15, syntax: "NULLS NOT DISTINCT" };

const SUBCOMMANDS: Readonly<Record<string, Arrival>> = {
  DropExpression: { since: 13, syntax: "DROP EXPRESSION" },
  SetAccessMethod: { since: 15, syntax: "SET ACCESS METHOD" },
  SetCompression: { since: 14, syntax: "SET COMPRESSION" },
  SetExpression: { since: 17, syntax: "SET EXPRESSION" },
};

function ofColumn({ generated, constraints }: ColumnDefinition): Arrival | undefined {
  if (generated?.kind === "virtual") return { since: 18, syntax: "GENERATED ALWAYS AS … VIRTUAL" };
  return first(constraints, ofConstraint);
}

function ofConstraint({ kind, notEnforced, nullsNotDistinct }: ConstraintDefinition): Arrival | undefined {
  if (notEnforced) return { since: 18, syntax: "NOT ENFORCED" };
  if (nullsNotDistinct) return NULLS_NOT_DISTINCT;
  return kind === "not null" ? { since: 18, syntax: "a table's NOT NULL constraint" } : undefined;
}

function first<Item>(items: readonly Item[], arrival: (item: Item) => Arrival | undefined): Arrival | undefined {
  for (const item of items) {
    const found = arrival(item);
    if (found) return found;
  }
  return undefined;
}

/** The refusal of an operation that this version does not know. */
export function syntaxRefusal(operation: Operation, postgres: number): Refusal | undefined {
  const arrival = (ARRIVALS[operation.type] as Row<OperationType> | undefined)?.(operation);
  if (!arrival || postgres >= arrival.since) return undefined;
  return { code: "42601", message: `${arrival.syntax} is not known`, about: [], since: arrival.since };
}
