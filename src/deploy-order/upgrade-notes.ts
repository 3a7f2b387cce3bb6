/**
 * Upgrade notes: what somebody has to know who stops the old version of a product, runs its migrations and starts the
 * new one. No order matters then; how long it takes, what can fail and how one comes back do.
 */
import { indexKeys } from "../change/index-keys.js";
import { countMisfits, misfitsOf } from "../change/misfits.js";
import { countAlike, countNulls, countOffenders } from "../change/offending-rows.js";
import { formatName } from "../change/object-names.js";
import type { UpgradeNotes, UpgradeWork } from "../model/plan.js";
import { estimateOf } from "./estimate.js";
import type { OperationFacts, StatementFacts } from "./statement-facts.js";
import { placeOf } from "./steps.js";
import { wayBackOf } from "./way-back.js";

/** @param postgres The major version of a database; where several are in use the lowest. */
export function upgradeNotesOf(
  statements: readonly StatementFacts[],
  postgres: (database: string) => number,
): UpgradeNotes | undefined {
  if (statements.length === 0) return undefined;
  const work = statements.flatMap((facts) =>
    facts.locks.flatMap((lock): UpgradeWork[] => {
      const estimate = estimateOf(lock);
      return estimate ? [{ ...estimate, lock, place: placeOf(facts) }] : [];
    }),
  );
  const mayFail = statements.flatMap((facts) => facts.operations.flatMap((one) => offendersOf(one, facts, postgres)));
  const wayBack = [
    ...new Set(
      statements.flatMap(({ operations }) =>
        operations.flatMap(({ placed, live }) => wayBackOf(placed, live, "the new version") ?? []),
      ),
    ),
  ];
  return { downtime: downtimeOf(work), work, mayFail, wayBack };
}

function downtimeOf(work: readonly UpgradeWork[]): readonly string[] {
  if (work.length === 0) return ["The migrations take a moment, whatever the size of the tables."];
  const unknown = work.filter(({ seconds }) => seconds === undefined);
  if (unknown.length > 0) {
    const tables = [...new Set(unknown.map(({ relation }) => relation.replace(/^public\./, "")))].join(", ");
    return [
      `The application is down while the migrations work through ${tables}; how long that is depends on the size.`,
    ];
  }
  return ["The application is down while the migrations work through the tables below."];
}

/** What existing rows can make fail. */
function offendersOf(
  { placed, live }: OperationFacts,
  facts: StatementFacts,
  postgres: (database: string) => number,
): UpgradeNotes["mayFail"] {
  if (!live) return [];
  const { operation, statement, migration } = placed;
  const stops = (where: string, query?: string): UpgradeNotes["mayFail"] => [
    { what: `It stops where ${where}.`, ...(query !== undefined && { query }), place: placeOf(facts) },
  ];
  switch (operation.type) {
    case "SetNotNull": {
      const { table, column } = operation;
      return stops(`${formatName(table)}.${column} is NULL`, countNulls(table, [column]));
    }
    case "AddConstraint": {
      const { table, constraint } = operation;
      if (constraint.notValid || constraint.notEnforced) return [];
      const query = countOffenders(table, constraint, statement.before);
      const name = constraint.name ?? `the new ${constraint.kind} constraint`;
      return stops(`rows of ${formatName(table)} violate ${name}`, query);
    }
    case "ValidateConstraint": {
      const { table, constraint } = operation;
      const known = statement.before.table(table)?.constraints.get(constraint);
      const query = known && countOffenders(table, known, statement.before);
      return stops(`rows of ${formatName(table)} violate ${constraint}`, query);
    }
    case "CreateIndex": {
      const { table, unique, where, nullsNotDistinct = false } = operation;
      if (!unique) return [];
      const keys = indexKeys(statement.statement.sql);
      const query = keys && countAlike(table, keys, { where: where?.sql, nullsNotDistinct });
      return stops(`${formatName(table)} has duplicates`, query);
    }
    case "AlterColumnType": {
      const { table, column, newType } = operation;
      const misfits = misfitsOf(operation, statement.before, postgres(migration.database));
      if (misfits?.kind !== "refused") return [];
      return stops(`${formatName(table)}.${column} does not fit ${newType.sql}`, countMisfits(table, misfits));
    }
    case "AddColumn": {
      const { notNull, default: value, identity, generated, type } = operation.column;
      if (!notNull || value || identity || generated || /serial$/.test(type.name)) return [];
      const table = formatName(operation.table);
      return stops(`${table} has rows: the new column has no value for them`, `SELECT count(*) FROM ${table}`);
    }
    default:
      return [];
  }
}
