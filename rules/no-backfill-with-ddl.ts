/** A backfill takes as long as there are rows; in the transaction of a schema change it holds that one's lock as long. */
import {
  changesEveryRow,
  copiesEveryRow,
  defineRule,
  formatName,
  heldBefore,
  type HeldLock,
  inBatches,
  listNames,
  migrationOf,
  placeOf,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Insert, Operation, Update } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow backfills in a transaction that holds a lock others wait for",
      recommended: "error",
      category: "Data",
      harm: "blocks",
    },
    messages: {
      backfill:
        "{{backfill}} takes as long as there are rows, and since {{since}} the transaction holds {{mode}} on {{locked}}: {{queries}} until it ends. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const check = (op: Insert | Update): void => {
      const lock = heldAt(op, migration);
      if (!lock) return;
      const locked = formatName(lock.name);
      const blocksReads = lock.blocks.includes("read");
      context.report({
        node: op,
        messageId: "backfill",
        data: {
          backfill: nameOf(op, migration),
          since: placeOf(migration, lock.by, lock),
          mode: lock.mode,
          locked,
          queries: `every ${blocksReads ? "query" : "INSERT, UPDATE and DELETE"} on ${locked} waits`,
          remedy: inBatches(migration, op, "beside"),
        },
      });
    };
    return {
      Update(op) {
        if (changesEveryRow(op, migration)) check(op);
      },
      Insert(op) {
        if (copiesEveryRow(op, migration)) check(op);
      },
    };
  },
});

/** The lock that keeps the most from others: the first ACCESS EXCLUSIVE, else the first. */
function heldAt(op: Operation, migration: RuleMigration): HeldLock | undefined {
  const locks = heldBefore(migration, op).filter(({ dropped }) => !dropped);
  return locks.find(({ mode }) => mode === "ACCESS EXCLUSIVE") ?? locks[0];
}

function nameOf(op: Insert | Update, migration: RuleMigration): string {
  const { table = "" } = migration.describe(op);
  return op.type === "Update"
    ? `Updating every row of ${table}`
    : `Copying every row of ${listNames(op.reads.map(formatName))} into ${table}`;
}
