import type { Lock } from "../model/lock.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import { parseQualified } from "../change/object-names.js";
import type { RuleMigration } from "./types.js";

/** A lock on a relation that other sessions use. */
export interface LiveLock extends Lock {
  readonly name: Required<QualifiedName>;
}

/** The locks that an operation's statement takes on tables and views in use. */
export function liveLocks(migration: RuleMigration, operation: Operation): readonly LiveLock[] {
  const before = migration.before(operation);
  return migration
    .statementOf(operation)
    .locks.map((lock): LiveLock => ({ ...lock, name: parseQualified(lock.relation) }))
    .filter(({ name }) => !before.index(name) && migration.isLive(operation, name));
}
