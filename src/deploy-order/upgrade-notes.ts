/**
 * Upgrade notes: what somebody has to know who stops the old version of a product, runs its migrations and starts the
 * new one. No order matters then; how long it takes, what can fail and how one comes back do.
 */
import { countNulls, countOffenders } from "../change/offending-rows.js";
import { formatName } from "../change/object-names.js";
import type { UpgradeNotes, UpgradeWork } from "../model/plan.js";
import { estimateOf } from "./estimate.js";
import type { OperationFacts, StatementFacts } from "./statement-facts.js";
import { placeOf } from "./steps.js";
import { wayBackOf } from "./way-back.js";

export function upgradeNotesOf(statements: readonly StatementFacts[]): UpgradeNotes | undefined {
  if (statements.length === 0) return undefined;
  const work = statements.flatMap((facts) =>
    facts.locks.flatMap((lock): UpgradeWork[] => {
      const estimate = estimateOf(lock);
      return estimate ? [{ ...estimate, lock, place: placeOf(facts) }] : [];
    }),
  );
  const mayFail = statements.flatMap((facts) => facts.operations.flatMap((one) => offendersOf(one, facts)));
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
function offendersOf({ placed, live }: OperationFacts, facts: StatementFacts): UpgradeNotes["mayFail"] {
  if (!live) return [];
  const { operation, statement } = placed;
  const place = placeOf(facts);
  if (operation.type === "SetNotNull") {
    const name = `${formatName(operation.table)}.${operation.column}`;
    return [{ what: `It stops where ${name} is NULL.`, query: countNulls(operation.table, [operation.column]), place }];
  }
  if (operation.type === "AddConstraint" && !operation.constraint.notValid && !operation.constraint.notEnforced) {
    const query = countOffenders(operation.table, operation.constraint, statement.before);
    const name = operation.constraint.name ?? `the new ${operation.constraint.kind} constraint`;
    return [
      {
        what: `It stops where rows of ${formatName(operation.table)} violate ${name}.`,
        ...(query !== undefined && { query }),
        place,
      },
    ];
  }
  if (operation.type === "ValidateConstraint") {
    return [{ what: `It stops where rows of ${formatName(operation.table)} violate ${operation.constraint}.`, place }];
  }
  if (operation.type === "CreateIndex" && operation.unique) {
    return [{ what: `It stops where ${formatName(operation.table)} has duplicates.`, place }];
  }
  if (operation.type === "AddColumn" && operation.column.notNull && operation.column.default === undefined) {
    if (operation.column.identity || operation.column.generated || /serial$/.test(operation.column.type.name))
      return [];
    return [
      { what: `It stops where ${formatName(operation.table)} has rows: the new column has no value for them.`, place },
    ];
  }
  return [];
}
