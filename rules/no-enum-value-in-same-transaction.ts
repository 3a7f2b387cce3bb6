/** A value that ALTER TYPE … ADD VALUE adds can be used once its transaction is committed, not before (SQLSTATE 55P04). */
import {
  defineRule,
  formatName,
  later,
  migrationOf,
  oncePerChange,
  outsideTransaction,
  placeOf,
  type PlacedStatement,
  type RuleMigration,
  sentSql,
  type Transaction,
  transactionOf,
  transactionOpenedBy,
  usesEnumValue,
} from "../src/rule/index.js";
import type { Migration } from "../src/model/migration.js";
import type { QualifiedName } from "../src/model/name.js";
import type { AddEnumValue, Operation } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow using an enum's new value in the transaction that adds it",
      recommended: "error",
      category: "Transactions",
      harm: "fails",
    },
    messages: {
      used: "This fails: it uses {{value}}, which {{place}} adds to {{enum}} in the same transaction, and PostgreSQL refuses that until the transaction is committed. Use it {{later}}.",
      refused:
        "ALTER TYPE … ADD VALUE fails here: before PostgreSQL 12 it is refused inside a transaction. {{opened}} {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      Migration() {
        for (const { operation, added } of usesOf(migration).get(migration.migration) ?? []) {
          const inside =
            added.operation.inBlock !== undefined && migration.statementOf(operation) === added.by.statement;
          context.report({
            node: operation,
            messageId: "used",
            data: {
              value: `'${added.operation.value.replaceAll("'", "''")}'`,
              place: placeOf(migration, added.by),
              enum: formatName(added.operation.enum),
              later: inside ? "in a statement behind the DO block" : later(migration, operation),
            },
          });
        }
      },
      AddEnumValue(op) {
        if (migration.postgres >= 12 || !isRefused(op, migration)) return;
        const opened = transactionOpenedBy(migration, op);
        const remedy = outsideTransaction(migration, op, "Run it");
        context.report({ node: op, messageId: "refused", data: { opened, remedy } });
      },
    };
  },
});

interface Added {
  readonly operation: AddEnumValue;
  readonly enum: Required<QualifiedName>;
  readonly by: PlacedStatement;
}

interface Use {
  readonly operation: Operation;
  readonly added: Added;
}

/** Every use of a value in the transaction that adds it, by migration. */
const usesOf = oncePerChange((migration): ReadonlyMap<Migration, readonly Use[]> => {
  const uses = new Map<Migration, Use[]>();
  if (migration.postgres < 12) return uses;
  const pending = new Map<Transaction, Added[]>();
  for (const placed of migration.judged()) {
    const { operations } = placed.statement.statement;
    const [first] = operations;
    const adds = operations.some(({ type }) => type === "AddEnumValue");
    if (!first || (pending.size === 0 && !adds)) continue;
    const transaction = transactionOf(migration, first);
    const added = pending.get(transaction) ?? [];
    for (const operation of operations) {
      if (operation.type === "AddEnumValue" && isNew(operation, placed, transaction)) {
        added.push({ operation, enum: placed.statement.before.qualify(operation.enum), by: placed });
      }
    }
    if (added.length === 0) continue;
    pending.set(transaction, added);
    const use = firstUse(placed, added);
    if (use) uses.set(placed.migration, [...(uses.get(placed.migration) ?? []), use]);
  }
  return uses;
});

/** Where a statement uses one of the values; a DO block may have added it in a statement of its own. */
function firstUse(
  { statement: { statement, before }, migration }: PlacedStatement,
  all: readonly Added[],
): Use | undefined {
  const sent = sentSql(migration, statement);
  for (const added of all) {
    const { value, range } = added.operation;
    const isOwn = added.by.statement.statement === statement;
    if (isOwn && added.operation.inBlock === undefined) continue;
    const place = { ...sent, ...(isOwn && !statement.embedded && { behind: range[1] }) };
    if (!usesEnumValue(place, { enum: added.enum, value }, before)) continue;
    const candidates = statement.operations.filter(({ type }) => type !== "AddEnumValue");
    const operation =
      candidates.find((one) => migration.sql.text.slice(...one.range).includes(value)) ?? statement.operations[0];
    if (operation) return { operation, added };
  }
  return undefined;
}

/** Whether the value was not there before, and the type was: one that is made in the transaction may be used at once. */
function isNew(op: AddEnumValue, { statement: { before } }: PlacedStatement, transaction: Transaction): boolean {
  const { schema, name } = before.qualify(op.enum);
  if (op.ifNotExists && before.enum(op.enum)?.values.includes(op.value)) return false;
  return !transaction.some(({ statement }) =>
    statement.statement.operations.some((other) => {
      if (other.type !== "CreateEnum") return false;
      const created = statement.before.qualify(other.enum);
      return created.name === name && created.schema === schema;
    }),
  );
}

function isRefused(op: AddEnumValue, migration: RuleMigration): boolean {
  const statement = migration.statementOf(op);
  if (statement.transaction.inTransaction !== true && op.inBlock === undefined) return false;
  return isNew(op, { statement, migration: migration.migration }, transactionOf(migration, op));
}
