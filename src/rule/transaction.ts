/** The statements of one transaction, which hold their locks until it ends. */
import type { Database } from "../model/change.js";
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import type { RuleMigration } from "./types.js";

/** A statement with the migration that it stands in. */
export interface PlacedStatement {
  readonly migration: Migration;
  readonly statement: AnalysedStatement;
}

/** Judged statements that share a transaction, in the order in which they run, over all of its files. */
export type Transaction = readonly PlacedStatement[];

const transactions = new WeakMap<Database, ReadonlyMap<string, Transaction>>();
const alone = new WeakMap<AnalysedStatement, Transaction>();

/**
 * The transaction that an operation runs in; always the same object for the same transaction. A statement that commits
 * by itself, or whose runner is not known, is one of its own.
 */
export function transactionOf(migration: RuleMigration, operation: Operation): Transaction {
  const statement = migration.statementOf(operation);
  const { group } = statement.transaction;
  if (group !== undefined) return groupsOf(migration).get(group) ?? [];
  let single = alone.get(statement);
  if (!single) alone.set(statement, (single = [{ migration: migration.migration, statement }]));
  return single;
}

function groupsOf(migration: RuleMigration): ReadonlyMap<string, Transaction> {
  let known = transactions.get(migration.database);
  if (!known) {
    const groups = new Map<string, PlacedStatement[]>();
    for (const placed of migration.judged()) {
      const { group } = placed.statement.transaction;
      if (group === undefined) continue;
      const members = groups.get(group);
      if (members) members.push(placed);
      else groups.set(group, [placed]);
    }
    transactions.set(migration.database, (known = groups));
  }
  return known;
}
