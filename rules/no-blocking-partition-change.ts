/**
 * A partitioned table that gets a partition has PostgreSQL read rows to see that they belong there, under ACCESS
 * EXCLUSIVE, unless a valid CHECK proves it. DETACH without CONCURRENTLY waits for every query on the whole table.
 */
import {
  canRunOutside,
  defineRule,
  excludesBound,
  formatName,
  heldBefore,
  later,
  liveLocks,
  lockTimeout,
  migrationOf,
  outsideTransaction,
  partitionCheck,
  provesBound,
  type RuleMigration,
  type RuleReport,
  setTimeoutBefore,
  SHORT_LOCK_TIMEOUT,
} from "../src/rule/index.js";
import type { Table } from "../src/model/catalog.js";
import type { QualifiedName } from "../src/model/name.js";
import type { AttachPartition, CreateTable, DetachPartition, PartitionBound } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow partition changes that read rows, or wait for all queries, while others wait",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      attach:
        "Attaching {{partition}} {{work}}: every query on {{partition}} waits until it is done, SELECT too. {{remedy}}",
      defaultPartition:
        "This reads every row of {{default}}, the default partition, for rows that belong to {{partition}}: every query on {{waiting}} waits until it is done, SELECT too. Add {{check}} NOT VALID to {{default}} before, and VALIDATE CONSTRAINT {{later}}; then it reads nothing.",
      detach:
        "Detaching {{partition}} waits for every query that uses {{table}}, and every query that comes later waits behind it, SELECT too. {{remedy}}",
      addConcurrently: "Detach it with CONCURRENTLY",
      setTimeout: "Put SET lock_timeout = {{value}} before it",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const checkDefault = (op: AttachPartition | CreateTable, parent: QualifiedName, bound: PartitionBound): void => {
      const table = migration.before(op).table(parent);
      const other = table && readDefaultPartition(op, table, bound, migration);
      if (!other) return;
      const attached = op.type === "AttachPartition" ? op.partition : op.table;
      context.report({
        node: op,
        messageId: "defaultPartition",
        data: {
          default: formatName(other),
          partition: formatName(attached),
          waiting: op.type === "CreateTable" ? formatName(parent) : formatName(other),
          check: partitionCheck(table, bound, "outside"),
          later: later(migration, op),
        },
      });
    };
    return {
      AttachPartition(op) {
        const { work, remedy } = workOnAttached(op, migration);
        if (work === "") checkDefault(op, op.table, op.bound);
        else
          context.report({
            node: op,
            messageId: "attach",
            data: { partition: formatName(op.partition), work, remedy },
          });
      },
      CreateTable(op) {
        if (op.partitionOf && op.bound) checkDefault(op, op.partitionOf, op.bound);
      },
      DetachPartition(op) {
        if (!couldDetachConcurrently(op, migration)) return;
        const data = { partition: formatName(op.partition), table: formatName(op.table) };
        const form = `ALTER TABLE ${data.table} DETACH PARTITION ${data.partition} CONCURRENTLY`;
        if (canRunOutside(migration, op)) {
          const remedy = outsideTransaction(migration, op, `Use ${form}`);
          context.report({
            node: op,
            messageId: "detach",
            data: { ...data, remedy },
            suggest: concurrently(op, migration),
          });
          return;
        }
        if (lockTimeout(migration.statementOf(op)) <= SHORT_LOCK_TIMEOUT) return;
        const { label } = migration.migration.tool;
        const remedy = `${label} has no way to run ${form}: put SET lock_timeout = '5s' before it. It then gives up, and can be run again.`;
        const suggest = setTimeoutBefore(migration, op, "lock_timeout", "'5s'");
        context.report({ node: op, messageId: "detach", data: { ...data, remedy }, suggest });
      },
    };
  },
});

/** What ATTACH does on a table in use while it holds its lock, as the middle of a sentence, and what spares it. */
function workOnAttached(op: AttachPartition, migration: RuleMigration): { work: string; remedy: string } {
  const before = migration.before(op);
  const [parent, partition] = [before.table(op.table), before.table(op.partition)];
  const nothing = { work: "", remedy: "" };
  const work = migration.work(op);
  // Of a table that no migration created it is not known what CHECKs it has.
  if (work === "instant" || partition?.createdIn === undefined || !parent) return nothing;
  if (!migration.isLive(op, op.partition) || migration.isSmall(op, op.partition)) return nothing;
  const after = later(migration, op);
  if (work === "index-build") {
    const build = outsideTransaction(migration, op, "Build them on it with CREATE INDEX CONCURRENTLY before", "beside");
    return { work: `builds the indexes of ${formatName(op.table)} that it lacks`, remedy: build };
  }
  if (provesBound(partition, parent, op.bound, before)) {
    const remedy = `Add them to it with NOT VALID before, and VALIDATE CONSTRAINT ${after}; then it reads nothing.`;
    return { work: `checks the foreign keys of ${formatName(op.table)} that it lacks for every row`, remedy };
  }
  const reads = "reads every row of it, to see that they belong there";
  if (op.bound.strategy === "hash") {
    return { work: reads, remedy: "No CHECK proves a hash: attach an empty table, and copy the rows in batches." };
  }
  const check = partitionCheck(parent, op.bound, "inside", partition);
  const remedy = `Add ${check} NOT VALID to it before, and VALIDATE CONSTRAINT ${after}; then it reads nothing.`;
  return { work: reads, remedy };
}

/** The default partition in use that PostgreSQL reads for a new partition beside it. */
function readDefaultPartition(
  op: AttachPartition | CreateTable,
  parent: Table,
  bound: PartitionBound,
  migration: RuleMigration,
): Table | undefined {
  const before = migration.before(op);
  const other = before.defaultPartitionOf(parent);
  if (!other || migration.isSmall(op, other) || excludesBound(other, parent, bound, before)) return undefined;
  const name = `${other.schema}.${other.name}`;
  return liveLocks(migration, op).some(({ relation }) => relation === name) ? other : undefined;
}

/** Whether DETACH … CONCURRENTLY exists, and a query could wait for this one. */
function couldDetachConcurrently(op: DetachPartition, migration: RuleMigration): boolean {
  if (op.concurrently || op.finalize || migration.postgres < 14 || !migration.isLive(op)) return false;
  const before = migration.before(op);
  // PostgreSQL refuses it where there is a default partition, and in a DO block.
  if (before.defaultPartitionOf(op.table)) return false;
  const { schema, name } = before.qualify(op.table);
  return !heldBefore(migration, op).some(
    (held) => held.relation === `${schema}.${name}` && held.mode === "ACCESS EXCLUSIVE",
  );
}

function concurrently(
  op: DetachPartition,
  migration: RuleMigration,
): NonNullable<RuleReport<"addConcurrently">["suggest"]> {
  const { transaction } = migration.statementOf(op);
  if (transaction.inTransaction === true || op.inBlock !== undefined) return [];
  return [{ messageId: "addConcurrently", fix: (fixer) => fixer.insertTextAfterRange([...op.range], " CONCURRENTLY") }];
}
