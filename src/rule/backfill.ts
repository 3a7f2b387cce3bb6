/** Statements that change, or copy, as many rows as a table in use has. */
import type { QualifiedName } from "../model/name.js";
import type { Delete, Insert, NullTest, Update } from "../model/operation.js";
import { addedColumn } from "./new-columns.js";
import { canRunOutside, outsideTransaction } from "./remedies.js";
import type { RecipeContext } from "../deploy-order/recipe.js";
import { deleteInBatches, updateInBatches } from "../deploy-order/recipes/batched-backfill.js";
import type { RuleMigration } from "./types.js";

/** Whether an UPDATE or DELETE changes every row of a table in use that is not small. */
export function changesEveryRow(op: Update | Delete, migration: RuleMigration): boolean {
  return migration.isLive(op) && !migration.isSmall(op) && holdsForEveryRow(op, migration);
}

/**
 * What is wrong with a statement that a loop repeats in batches:
 * - `one transaction`: nothing commits between the batches, so that the rows of all of them stay locked.
 * - `scan`: no index finds the rows of the next batch, so that each step reads the table anew, past all that are done.
 */
export function loopHazard(op: Update | Delete, migration: RuleMigration): "one transaction" | "scan" | undefined {
  const { loop, batch } = op;
  if (loop === undefined || !migration.isLive(op) || migration.isSmall(op)) return undefined;
  const tests = batch?.nullTests;
  if (!loop.commits) {
    const before = migration.before(op);
    const same = (name: QualifiedName): string => JSON.stringify(before.qualify(name));
    const everyRow = loop.over !== undefined && same(loop.over) === same(op.table);
    return everyRow || (tests && holdsForTests(tests, op, migration)) ? "one transaction" : undefined;
  }
  return tests?.some(({ column }) => !isIndexed(column, op, migration)) ? "scan" : undefined;
}

/** Whether an index finds the rows by a test of this column for NULL. */
function isIndexed(column: string, op: Update | Delete, migration: RuleMigration): boolean {
  const before = migration.before(op);
  // Of a table that was never seen whole, the indexes are not known.
  if (before.table(op.table)?.createdIn === undefined) return true;
  return before
    .indexesOf(op.table)
    .some(({ columns, mentions, where }) => (where === undefined ? columns[0] === column : mentions.includes(column)));
}

/** Whether an INSERT copies every row of a table in use that is not small. */
export function copiesEveryRow(op: Insert, migration: RuleMigration): boolean {
  return op.everyRow === true && op.reads.some((read) => migration.isLive(op, read) && !migration.isSmall(op, read));
}

/** Whether WHERE leaves no row out: there is none, or it asks what is known to be so. */
function holdsForEveryRow(op: Update | Delete, migration: RuleMigration): boolean {
  if (!op.hasWhere) return true;
  const tests = op.where?.nullTests;
  return tests !== undefined && holdsForTests(tests, op, migration);
}

function holdsForTests(tests: readonly NullTest[], op: Update | Delete, migration: RuleMigration): boolean {
  const columns = migration.before(op).table(op.table)?.columns;
  return tests.every(({ column, isNull }) =>
    isNull ? isStillNull(op, column, migration) : columns?.get(column)?.notNull === true,
  );
}

/** Whether this change adds a column without giving rows a value for it. */
function isStillNull(op: Update | Delete, column: string, migration: RuleMigration): boolean {
  const added = addedColumn(migration, op, op.table, column)?.column;
  if (!added || added.notNull || added.identity || added.generated) return false;
  return added.default === undefined || added.default.kind === "null";
}

/**
 * The loop that does the same in batches, as one statement; undefined where the rows cannot be told apart, and where the
 * statement stands where no loop can commit.
 */
export function loopOfBatches(migration: RuleMigration, op: Delete | Update): string | undefined {
  const statement = migration.statementOf(op);
  if (statement.transaction.inTransaction !== false || op.inBlock !== undefined || op.loop !== undefined)
    return undefined;
  if (statement.statement.operations.length > 1) return undefined;
  const context: RecipeContext = {
    placed: { operation: op, statement, migration: migration.migration },
    postgres: migration.postgres,
    references: [],
    operations: [],
  };
  const recipe = op.type === "Update" ? updateInBatches : deleteInBatches;
  const sql = recipe.way(op, context)?.steps[0]?.sql;
  // Without a key each run does one batch, and somebody has to run it again.
  return sql?.startsWith("DO ") === true ? sql.replace(/;\s*$/, "") : undefined;
}

/**
 * How to do it so that nobody waits for long, as a sentence.
 * @param place Whether other statements stay where it stands.
 */
export function inBatches(
  migration: RuleMigration,
  op: Delete | Insert | Update,
  place: "instead" | "beside" = "instead",
): string {
  const action = "Do it in batches that commit each, with COMMIT in the loop of a DO block";
  const { tool } = migration.migration;
  if (op.inBlock !== undefined && migration.statementOf(op).transaction.inTransaction === false) {
    return "loop" in op ? "Commit in each step of the loop." : `${action}.`;
  }
  return canRunOutside(migration, op)
    ? outsideTransaction(migration, op, action, place)
    : `Do it in batches that commit each, in a script beside the migrations: ${tool.label} runs those in a transaction.`;
}
