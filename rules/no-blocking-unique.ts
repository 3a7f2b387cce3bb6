/** UNIQUE, PRIMARY KEY and EXCLUDE build an index under ACCESS EXCLUSIVE, and so does a key that makes columns NOT NULL. */
import {
  defineRule,
  derivedName,
  formatName,
  inCalls,
  later,
  listNames,
  lockedTables,
  migrationOf,
  outsideTransaction,
  quoteIdentifier,
  type RuleMigration,
  sentText,
} from "../src/rule/index.js";
import type { QualifiedName } from "../src/model/name.js";
import type { Constraint } from "../src/model/catalog.js";
import type { AddColumn, AddConstraint, ConstraintDefinition, OperationType } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description:
        "Disallow UNIQUE, PRIMARY KEY and EXCLUDE constraints that work while every query on the table waits",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
      yieldsTo: ["no-table-rewrite"],
    },
    messages: {
      buildsIndex:
        "Adding {{constraint}} builds its index while every query on {{tables}} waits, SELECT too, until it is done. {{remedy}}",
      newColumn:
        "{{kind}} on the new column {{column}} builds an index while every query on {{tables}} waits, SELECT too, until it is done. Add the column alone, and the constraint {{later}}. {{remedy}}",
      partitioned:
        "Adding {{constraint}} builds an index on every partition while every query on {{tables}} waits, SELECT too, until it is done on all of them. A partitioned table has no USING INDEX: add it with ALTER TABLE ONLY {{table}}, which builds nothing. On each partition build a unique index with CONCURRENTLY, make it a constraint with USING INDEX, and join it with ALTER INDEX … ATTACH PARTITION.",
      noOtherForm:
        "Adding {{constraint}} builds its index and compares the rows of {{table}} while every query on {{tables}} waits, SELECT too, until it is done. PostgreSQL has no other form of it: create a table with the constraint, keep it up to date with a trigger, copy the rows in batches, and swap the names.",
      readsForNotNull:
        "A primary key makes its columns NOT NULL, and {{columns}} can be NULL: PostgreSQL reads every row of {{table}} while every query on it waits, SELECT too, until it is done. Add {{proof}} NOT VALID before it, and VALIDATE CONSTRAINT {{later}}; then USING INDEX reads nothing.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      AddConstraint(op) {
        const { constraint } = op;
        if (!isKey(constraint) || migration.work(op) === "instant" || !migration.isLive(op)) return;
        const data = { ...migration.describe(op), tables: lockedTables(migration, op, "read") };
        if (constraint.usingIndex !== undefined) {
          const columns = nullable(op, columnsOfIndex(op, migration), migration);
          context.report({
            node: op,
            messageId: "readsForNotNull",
            data: {
              ...data,
              columns: listNames(columns.map(quoteIdentifier)),
              ...proofOf(columns),
              later: later(migration, op),
            },
          });
        } else if (constraint.kind === "exclude" || comparesRanges(op, migration)) {
          context.report({ node: op, messageId: "noOtherForm", data });
        } else if (migration.before(op).table(op.table)?.kind === "partitioned table") {
          context.report({ node: op, messageId: "partitioned", data });
        } else {
          const dropped = droppedBefore(op, migration);
          if (dropped !== undefined) {
            context.report({
              node: op,
              messageId: "buildsIndex",
              data: { ...data, remedy: keep(op, dropped) },
            });
            return;
          }
          const columns = constraint.kind === "primary key" ? nullable(op, constraint.columns, migration) : [];
          const proven =
            columns.length === 0
              ? ""
              : `A primary key makes its columns NOT NULL: add ${proofOf(columns).proof} NOT VALID first, and VALIDATE CONSTRAINT ${later(migration, op)}. `;
          const remedy = proven + buildBefore(op, op.table, constraint, migration);
          context.report({ node: op, messageId: "buildsIndex", data: { ...data, remedy } });
        }
      },
      AddColumn(op) {
        const { column } = op;
        const constraint = column.constraints.find(isKey);
        // As a primary key without a value for old rows it fails before anything is built.
        if (!constraint || !hasValue(op) || migration.work(op) === "instant" || !migration.isLive(op)) return;
        context.report({
          node: op,
          messageId: "newColumn",
          data: {
            ...migration.describe(op),
            kind: constraint.kind.toUpperCase(),
            tables: lockedTables(migration, op, "read"),
            later: later(migration, op),
            remedy: buildBefore(op, op.table, constraint, migration),
          },
        });
      },
    };
  },
});

function isKey({ kind }: ConstraintDefinition): boolean {
  return kind === "unique" || kind === "primary key" || kind === "exclude";
}

/** Whether old rows get a value where the column needs one. */
function hasValue({ column: { notNull, default: given, identity, generated, type } }: AddColumn): boolean {
  return !notNull || (given ?? identity ?? generated) !== undefined || /^(small|big)?serial$/.test(type.name);
}

/** The same constraint that the migration drops before: its index could have stayed. */
function droppedBefore(op: AddConstraint, migration: RuleMigration): Constraint | undefined {
  const { kind, columns, deferrable, range } = op.constraint;
  const { statement, before } = migration.statementOf(op);
  if (deferrable || /\b(?:INCLUDE|NULLS)\b/iu.test(sentText(migration.migration, statement, range))) return undefined;
  const table = before.table(op.table);
  let dropped: Constraint | undefined;
  for (const one of migration.migration.statements) {
    for (const other of one.statement.operations) {
      if (other === op) return dropped;
      if (!("table" in other) || other.table === undefined || one.before.table(other.table) === undefined) continue;
      const { schema, name } = one.before.qualify(other.table);
      if (schema !== table?.schema || name !== table.name) continue;
      if (other.type === "DropConstraint") {
        const found = one.before.table(other.table)?.constraints.get(other.constraint);
        const isSame = found?.kind === kind && found.columns.join() === columns.join() && !found.deferrable;
        const index = one.before.indexesOf(other.table).find(({ constraint }) => constraint === other.constraint);
        const isPlain = index?.nullsNotDistinct !== true && (index?.including ?? []).length === 0;
        if (isSame && isPlain) dropped = found;
      } else if (CHANGES_COLUMNS.has(other.type)) dropped = undefined;
    }
  }
  return undefined;
}

/** What may make another column of one name. */
const CHANGES_COLUMNS: ReadonlySet<string> = new Set<OperationType>([
  "AddColumn",
  "AlterColumnType",
  "DropColumn",
  "RenameColumn",
]);

function keep(op: AddConstraint, { name: old }: Constraint): string {
  const name = op.constraint.name ?? old;
  const has = `${formatName(op.table)} has it already, as ${quoteIdentifier(old)}`;
  return name === old
    ? `${has}: leave out that it is dropped, and this.`
    : `${has}: in place of dropping that and adding this, ALTER TABLE ${formatName(op.table)} RENAME CONSTRAINT ${quoteIdentifier(old)} TO ${quoteIdentifier(name)} is instant.`;
}

/** The way that blocks nothing but for an instant: the index first, with CONCURRENTLY, and the constraint out of it. */
function buildBefore(
  op: AddConstraint | AddColumn,
  table: QualifiedName,
  constraint: ConstraintDefinition,
  migration: RuleMigration,
): string {
  const { kind, columns, range } = constraint;
  const keyword = kind === "primary key" ? "PRIMARY KEY" : "UNIQUE";
  const name = constraint.name ?? chosenName(op, table, constraint, migration);
  const index = quoteIdentifier(freeIndexName(name, table, migration));
  const clause = sentText(migration.migration, migration.statementOf(op).statement, range);
  const [include = ""] = /\sINCLUDE\s*\([^)]*\)/iu.exec(clause) ?? [];
  const nulls = /\sNULLS\s+NOT\s+DISTINCT\b/iu.test(clause) ? " NULLS NOT DISTINCT" : "";
  const key = `${index} ON ${formatName(table)} (${columns.map(quoteIdentifier).join(", ")})${include}${nulls}`;
  const build = `Build the index with CREATE UNIQUE INDEX CONCURRENTLY ${key}${inCalls(migration, op)}`;
  const way = outsideTransaction(migration, op, build, "beside");
  const byHand = way === migration.migration.tool.withoutOutside ? ` It has to be UNIQUE: ${key}.` : "";
  return `${way}${byHand} Then ADD CONSTRAINT ${quoteIdentifier(name)} ${keyword} USING INDEX ${index} is instant.`;
}

/** The name that PostgreSQL chooses; of a table that is not known, up to its length and to what has the name already. */
function chosenName(
  op: AddConstraint | AddColumn,
  table: QualifiedName,
  { kind, columns }: ConstraintDefinition,
  migration: RuleMigration,
): string {
  const made = [...(migration.after(op).table(op.table)?.constraints.values() ?? [])].findLast(
    (constraint) => constraint.kind === kind && constraint.columns.join() === columns.join(),
  );
  return made?.name ?? (kind === "primary key" ? `${table.name}_pkey` : `${[table.name, ...columns].join("_")}_key`);
}

/**
 * A name for an index that is built before the migration: what has the constraint's name until the migration drops it
 * has the name still.
 */
function freeIndexName(name: string, table: QualifiedName, { migration }: RuleMigration): string {
  const start = migration.statements[0]?.before;
  if (!start) return name;
  const { schema } = start.qualify(table);
  const isTaken = (other: string): boolean => start.index({ schema, name: other }) !== undefined;
  return isTaken(name) ? derivedName(name, "new", isTaken) : name;
}

/** WITHOUT OVERLAPS, of PostgreSQL 18, is enforced like EXCLUDE. */
function comparesRanges(op: AddConstraint, migration: RuleMigration): boolean {
  const { statement } = migration.statementOf(op);
  return /\bWITHOUT\s+OVERLAPS\b/iu.test(sentText(migration.migration, statement, op.constraint.range));
}

function columnsOfIndex(op: AddConstraint, migration: RuleMigration): readonly string[] {
  const indexes = migration.before(op).indexesOf(op.table);
  return indexes.find(({ name }) => name === op.constraint.usingIndex)?.columns ?? [];
}

/** Those of a key's columns that are known to take NULL, with no valid CHECK against it. */
function nullable(op: AddConstraint, columns: readonly string[], migration: RuleMigration): readonly string[] {
  const table = migration.before(op).table(op.table);
  const proofs = [...(table?.constraints.values() ?? [])].filter(({ valid }) => valid);
  return columns.filter(
    (column) =>
      table?.columns.get(column)?.notNull === false &&
      !proofs.some(({ provesNotNull }) => provesNotNull.includes(column)),
  );
}

function proofOf(columns: readonly string[]): { proof: string } {
  return { proof: `CHECK (${columns.map((column) => `${quoteIdentifier(column)} IS NOT NULL`).join(" AND ")})` };
}
