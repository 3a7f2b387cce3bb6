import type { Lock } from "../model/lock.js";
import type { AnalysedStatement } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import { parseQualified } from "../change/object-names.js";
import type { RuleMigration } from "./types.js";

/** A lock on a relation that other sessions use. */
export interface LiveLock extends Lock {
  readonly name: Required<QualifiedName>;
}

const found = new WeakMap<AnalysedStatement, readonly LiveLock[]>();

/** The locks that an operation's statement takes on tables and views in use. */
export function liveLocks(migration: RuleMigration, operation: Operation): readonly LiveLock[] {
  const statement = migration.statementOf(operation);
  let locks = found.get(statement);
  if (!locks) found.set(statement, (locks = findLiveLocks(migration, operation, statement)));
  return locks;
}

function findLiveLocks(migration: RuleMigration, operation: Operation, statement: AnalysedStatement): LiveLock[] {
  const { before } = statement;
  const live: LiveLock[] = [];
  for (const lock of statement.locks) {
    const name = parseQualified(lock.relation);
    if (before.index(name) || !migration.isLive(operation, name)) continue;
    // Changing a sequence keeps those waiting who take numbers from it, for an instant.
    if (before.table(name)?.kind === "sequence" && lock.mode !== "ACCESS EXCLUSIVE") continue;
    // Nobody writes to a materialized view; REFRESH counts as a change of the schema.
    const isReadOnly = before.table(name)?.kind === "materialized view" && !lock.blocks.includes("read");
    live.push({ ...lock, name, ...(isReadOnly && { blocks: lock.blocks.filter((one) => one !== "write") }) });
  }
  return live;
}
