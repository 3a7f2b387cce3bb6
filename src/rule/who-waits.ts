/** Who waits while a statement works that blocks writes alone: more than those, where its transaction holds a stronger lock. */
import { formatName } from "../change/object-names.js";
import type { Operation } from "../model/operation.js";
import { heldBefore } from "./held-before.js";
import { liveLocks, type LiveLock } from "./live-locks.js";
import { listNames, placeOf } from "./remedies.js";
import { heldLocks, type HeldLock } from "./transaction.js";
import type { RuleMigration } from "./types.js";

export interface WhoWaits {
  /** Behind what the statement does: `, and since line 3 the transaction holds ACCESS EXCLUSIVE on orders`. */
  readonly held: string;
  /** `every query on orders waits, SELECT too, and every INSERT, UPDATE and DELETE on users`; as a rule the last part alone. */
  readonly waits: string;
}

export function whoWaits(migration: RuleMigration, operation: Operation): WhoWaits {
  const locks = liveLocks(migration, operation).filter(({ blocks }) => blocks.includes("write"));
  const earlier = earlierLock(migration, operation);
  const isOwn = operation.inBlock === undefined;
  const isExclusive = ({ relation, mode }: LiveLock): boolean =>
    earlier(relation) !== undefined || (isOwn && mode === EXCLUSIVE);
  const exclusive = locks.filter(isExclusive);
  const writes = locks.filter((lock) => !isExclusive(lock));
  const ofWrites = `every INSERT, UPDATE and DELETE on ${listNames(writes.map(({ name }) => formatName(name)))}`;
  if (exclusive.length === 0) return { held: "", waits: `${ofWrites} waits` };
  const tables = listNames(exclusive.map(({ name }) => formatName(name)));
  // From the last of them on it holds them all.
  const last = exclusive
    .flatMap(({ relation }) => earlier(relation) ?? [])
    .sort(byPlace)
    .at(-1);
  const holder = last === undefined ? "its statement" : `since ${placeOf(migration, last.by, last)} the transaction`;
  return {
    held: `, and ${holder} holds ACCESS EXCLUSIVE on ${tables}`,
    waits: `every query on ${tables}, SELECT too,${writes.length === 0 ? "" : ` and ${ofWrites}`} waits`,
  };
}

const EXCLUSIVE = "ACCESS EXCLUSIVE";

/** The lock by which its transaction has kept everybody from a relation since before; none where it drops that in the end. */
function earlierLock(migration: RuleMigration, operation: Operation): (relation: string) => HeldLock | undefined {
  const { exclusiveLock } = heldLocks(migration, operation);
  const inBlock = operation.inBlock === undefined ? [] : heldBefore(migration, operation);
  return (relation) => {
    const lock = exclusiveLock(relation) ?? inBlock.find((one) => one.relation === relation && one.mode === EXCLUSIVE);
    return lock?.dropped === true ? undefined : lock;
  };
}

function byPlace({ by: one }: HeldLock, { by: other }: HeldLock): number {
  return one.migration.order - other.migration.order || one.statement.statement.index - other.statement.statement.index;
}
