/** A constraint that existing rows violate is refused; the migration fails where it is deployed, not where it is tested. */
import {
  addedColumn,
  countDuplicates,
  countNulls,
  countOffenders,
  dataStepsBefore,
  defineRule,
  formatName,
  isProvenByHand,
  listNames,
  migrationOf,
  type PlacedDataStep,
  quoteIdentifier,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Catalog, Constraint } from "../src/model/catalog.js";
import type { QualifiedName } from "../src/model/name.js";
import type { AddConstraint, ConstraintDefinition, CreateIndex, SetNotNull } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow constraints on existing rows that nothing has made satisfy them",
      recommended: "warn",
      category: "Data",
      harm: "fails",
      yieldsTo: ["no-blocking-constraint", "no-blocking-not-null"],
    },
    messages: {
      unique:
        "Adding {{name}} fails if two rows of {{table}} have the same {{columns}}, and no earlier step of this change sees to that. {{check}}",
      foreignKey:
        "Adding {{name}} fails if {{columns}} of a row of {{table}} is not in {{referenced}}, and no earlier step of this change sees to that. {{check}}",
      check:
        "Adding {{name}} fails if a row of {{table}} violates it, and no earlier step of this change sees to that. {{check}}",
      notNull:
        "NOT NULL on {{columns}} fails if a row of {{table}} has no value there, and no earlier step of this change sees to that. {{check}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      AddConstraint(op) {
        const { constraint } = op;
        const messageId = MESSAGES[constraint.kind];
        if (!messageId || constraint.notValid || constraint.notEnforced || constraint.usingIndex !== undefined) return;
        const columns = constraint.kind === "check" ? (constraint.expression?.columns ?? []) : constraint.columns;
        if (!isUnproven(op, columns, constraint, migration)) return;
        const query = countOffenders(op.table, constraint, migration.before(op));
        report(op, messageId, columns, migration.describe(op).constraint ?? "", query);
      },
      CreateIndex(op) {
        // With CONCURRENTLY a duplicate stops nobody: the index stays invalid, and enforces nothing. With IF NOT EXISTS it
        // may have been built like that before.
        if (op.concurrently || op.ifNotExists) return;
        const { table, columns, where, nullsNotDistinct = false, keys = columns } = op;
        if (!op.unique || keys.length !== columns.length) return;
        if (!isUnproven(op, columns, { kind: "unique", columns }, migration)) return;
        const query = countDuplicates(table, columns, { where: where?.sql, nullsNotDistinct });
        report(op, "unique", columns, migration.describe(op).index ?? "", query);
      },
      SetNotNull(op) {
        const columns = [op.column];
        if (isProvenByHand(op, migration)) return;
        if (!isUnproven(op, columns, { kind: "not null", columns }, migration)) return;
        report(op, "notNull", columns, "", countNulls(op.table, columns));
      },
    };

    function report(
      node: AddConstraint | CreateIndex | SetNotNull,
      messageId: "check" | "foreignKey" | "notNull" | "unique",
      columns: readonly string[],
      name: string,
      query: string | undefined,
    ): void {
      const referenced = node.type === "AddConstraint" ? node.constraint.references?.table : undefined;
      const data = {
        ...migration.describe(node),
        name,
        columns: listNames(columns.map(quoteIdentifier)),
        ...(referenced && { referenced: formatName(referenced) }),
        check:
          query === undefined
            ? "Look for such rows before it ships, and mend them in an earlier deploy."
            : `Before it ships, ${query} has to answer 0: then accept this finding with that reason; otherwise mend those rows in an earlier deploy.`,
      };
      context.report({ node, messageId, data });
    }
  },
});

const MESSAGES: { readonly [Kind in ConstraintDefinition["kind"]]?: "check" | "foreignKey" | "notNull" | "unique" } = {
  check: "check",
  "foreign key": "foreignKey",
  "not null": "notNull",
  unique: "unique",
};

/** What rows have to satisfy. */
type Demand = Pick<ConstraintDefinition, "columns" | "expression" | "kind" | "references"> & {
  readonly provesNotNull?: readonly string[];
};

/** Whether nothing shows that the rows of a table in use satisfy it. */
function isUnproven(
  op: AddConstraint | CreateIndex | SetNotNull,
  columns: readonly string[],
  demand: Demand,
  migration: RuleMigration,
): boolean {
  // What is instant looks at no row, and what fills a materialized view is a query.
  if (!migration.isLive(op) || migration.work(op) === "instant") return false;
  if (migration.before(op).table(op.table)?.kind === "materialized view") return false;
  // A new column is NULL, or what this change gives it.
  if (columns.some((column) => addedColumn(migration, op, op.table, column))) return false;
  const before = migration.before(op);
  if (isProven(op.table, demand, before)) return false;
  const steps = dataStepsBefore(migration, op, op.table);
  if (steps.some((step) => mends(step, columns) || takesAway(step, demand))) return false;
  // Rows that are missing in the other table may be put there.
  const { references } = demand;
  return !references || !dataStepsBefore(migration, op, references.table).some(({ operation }) => addsRows(operation));
}

function mends({ operation }: PlacedDataStep, columns: readonly string[]): boolean {
  switch (operation.type) {
    case "Update":
      return operation.columns.some((column) => columns.includes(column));
    case "AlterColumnType":
      return columns.includes(operation.column);
    case "Delete":
    case "Merge":
    case "Truncate":
      return true;
    default:
      return false;
  }
}

function addsRows({ type }: PlacedDataStep["operation"]): boolean {
  return type === "Insert" || type === "Merge" || type === "Copy";
}

/** Whether it drops what has made the rows satisfy it until now: then it only comes back, perhaps with other actions. */
function takesAway({ operation, statement: { before } }: PlacedDataStep, demand: Demand): boolean {
  if (operation.type === "DropConstraint") {
    const dropped = before.table(operation.table)?.constraints.get(operation.constraint);
    return dropped !== undefined && dropped.valid && implies(dropped, demand, before);
  }
  const index = operation.type === "DropIndex" ? before.index(operation.index) : undefined;
  return index !== undefined && index.unique && !index.hasExpression && demandsKey(index.columns, demand);
}

/** Whether the schema proves it. */
function isProven(name: QualifiedName, demand: Demand, catalog: Catalog): boolean {
  const table = catalog.table(name);
  if (!table) return false;
  const { expression } = demand;
  if (demand.kind === "check" && expression) return catalog.checksWith(name, expression.sql).some(isValidCheck);
  const notNull = demand.kind === "not null" ? demand.columns : [];
  if (notNull.length > 0 && notNull.every((column) => table.columns.get(column)?.notNull === true)) return true;
  const keys = catalog
    .indexesOf(name)
    .filter(({ unique, hasExpression, invalid }) => unique && !hasExpression && !invalid);
  if (keys.some(({ columns }) => demandsKey(columns, demand))) return true;
  return [...table.constraints.values()].some((known) => known.valid && implies(known, demand, catalog));
}

function isValidCheck({ kind, valid }: Constraint): boolean {
  return kind === "check" && valid;
}

/** Whether rows that differ in these columns are all that is asked for. */
function demandsKey(columns: readonly string[], { kind, columns: wanted }: Demand): boolean {
  return kind === "unique" && columns.length > 0 && columns.every((column) => wanted.includes(column));
}

function implies(known: Constraint, demand: Demand, catalog: Catalog): boolean {
  switch (demand.kind) {
    case "not null":
      return demand.columns.every(
        (column) =>
          known.provesNotNull.includes(column) || (known.kind === "not null" && known.columns.includes(column)),
      );
    case "unique":
      return (known.kind === "unique" || known.kind === "primary key") && demandsKey(known.columns, demand);
    case "check":
      return known.kind === "check" && known.expression?.sql === demand.expression?.sql;
    case "foreign key": {
      if (known.kind !== "foreign key" || !known.references || !demand.references) return false;
      const [one, other] = [known.references.table, demand.references.table].map((table) => catalog.qualify(table));
      return (
        one?.name === other?.name && one?.schema === other?.schema && known.columns.join() === demand.columns.join()
      );
    }
    case "primary key":
    case "exclude":
      return false;
  }
}
