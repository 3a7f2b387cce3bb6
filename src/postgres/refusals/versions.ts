/** Syntax that an older PostgreSQL does not know yet (the "E.…" release notes of each version). */
import type { Catalog } from "../../model/catalog.js";
import type {
  AddConstraint,
  Arrival,
  ColumnDefinition,
  ConstraintDefinition,
  Operation,
  OperationOf,
  OperationType,
} from "../../model/operation.js";
import type { Refusal } from "../../model/refusal.js";

type Row<Type extends OperationType> = (operation: OperationOf<Type>, before: Catalog) => Arrival | undefined;

const ARRIVALS: { readonly [Type in OperationType]?: Row<Type> } = {
  AddColumn: ({ column }) => ofColumn(column),
  AddConstraint: (operation, before) => ofConstraint(operation.constraint) ?? ofPartitionedTable(operation, before),
  AlterDomain: ({ subcommand, constraint }) =>
    subcommand === "AddConstraint" && constraint?.kind === "not null"
      ? { since: 17, syntax: "a domain's NOT NULL constraint" }
      : undefined,
  AlterSequence: ({ options }) =>
    options.includes("logged") || options.includes("unlogged") ? LOGGED_SEQUENCE : undefined,
  AlterTable: ({ kind, subcommand }) =>
    kind === "sequence" && /^Set(?:Un)?Logged$/.test(subcommand) ? LOGGED_SEQUENCE : SUBCOMMANDS[subcommand],
  CreateFunction: ({ parsedBody }) =>
    parsedBody ? { since: 14, syntax: "a function's body without quotes" } : undefined,
  CreateIndex: ({ nullsNotDistinct }) => (nullsNotDistinct ? NULLS_NOT_DISTINCT : undefined),
  CreateTable: ({ columns, constraints }) => first(columns, ofColumn) ?? first(constraints, ofConstraint),
  CreateTrigger: ({ replace }) => (replace ? { since: 14, syntax: "CREATE OR REPLACE TRIGGER" } : undefined),
  DetachPartition: ({ concurrently, finalize }) =>
    concurrently || finalize
      ? { since: 14, syntax: `DETACH PARTITION … ${finalize ? "FINALIZE" : "CONCURRENTLY"}` }
      : undefined,
  Merge: () => ({ since: 15, syntax: "MERGE" }),
};

const NULLS_NOT_DISTINCT: Arrival = { since: 15, syntax: "NULLS NOT DISTINCT" };

const LOGGED_SEQUENCE: Arrival = { since: 15, syntax: "SET LOGGED or UNLOGGED of a sequence", code: "42809" };

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

function ofPartitionedTable({ table, constraint }: AddConstraint, before: Catalog): Arrival | undefined {
  const { kind, notValid } = constraint;
  if (kind !== "foreign key" || !notValid || before.table(table)?.kind !== "partitioned table") return undefined;
  return { since: 18, syntax: "NOT VALID on a foreign key of a partitioned table", code: "42809" };
}

function ofConstraint({ kind, notEnforced, nullsNotDistinct, arrival }: ConstraintDefinition): Arrival | undefined {
  if (arrival) return arrival;
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

/** Operations that some version may not know. */
export const ARRIVING = [
  ...(Object.keys(ARRIVALS) as OperationType[]),
  // They have `arrival`.
  ...(["AlterPublication", "CreatePublication", "CreateSequence", "CreateStatistics", "CreateView"] as const),
  ...(["Grant", "Reindex", "Revoke"] as const),
];

/** The refusal of an operation that this version does not know. */
export function syntaxRefusal(operation: Operation, before: Catalog, postgres: number): Refusal | undefined {
  const row = ARRIVALS[operation.type] as Row<OperationType> | undefined;
  const arrivals = [row?.(operation, before), operation.arrival];
  const arrival = arrivals.find((one) => one !== undefined && postgres < one.since);
  if (!arrival) return undefined;
  const { since, syntax, code = "42601" } = arrival;
  return { code, message: `${syntax} is not known`, about: [], since };
}
