/** Without a primary key nothing names a row: logical replication refuses to change it, and no foreign key can point at it. */
import { defineRule, endOfChange, formatName, listNames, migrationOf, quoteIdentifier } from "../src/rule/index.js";
import type { Index, Table } from "../src/model/catalog.js";
import type { CreateTable, CreateTableAs } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Require a primary key for every table",
      recommended: "strict",
      category: "Schema design",
      harm: "other",
    },
    messages: {
      noKey:
        "{{table}} has no primary key: two equal rows cannot be told apart, and once {{table}} is part of a publication PostgreSQL refuses every UPDATE and DELETE on it. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const end = endOfChange(migration);
    const visit = (op: CreateTable | CreateTableAs): void => {
      const statement = migration.statementOf(op);
      if (op.ifNotExists && statement.before.table(op.table)) return;
      if (!end.isKnownFrom(statement)) return;
      const table = end.table(statement, op.table);
      if (!table || !needsKey(table) || copiesUnknown(op, (name) => statement.before.table(name))) return;
      const indexes = end.catalog?.indexesOf(table) ?? [];
      context.report({
        node: op,
        messageId: "noKey",
        data: { table: formatName(table), remedy: remedyFor(table, indexes) },
      });
    };
    return {
      CreateTable: visit,
      CreateTableAs(op) {
        if (!op.materializedView) visit(op);
      },
    };
  },
});

/** The key of a partition is its parent's; a foreign table has its own elsewhere. */
function needsKey({ kind, temporary, partitionOf, constraints }: Table): boolean {
  if (temporary || partitionOf || (kind !== "table" && kind !== "partitioned table")) return false;
  return ![...constraints.values()].some((constraint) => constraint.kind === "primary key");
}

/** Whether LIKE … INCLUDING INDEXES may bring a key along that no migration shows. */
function copiesUnknown(
  op: CreateTable | CreateTableAs,
  find: (name: CreateTable["like"][number]) => Table | undefined,
): boolean {
  if (op.type === "CreateTableAs") return false;
  return op.like.some((like) => like.including?.includes("indexes") === true && find(like)?.columnsKnown !== true);
}

function remedyFor({ columns }: Table, indexes: readonly Index[]): string {
  const unique = indexes.find(
    (index) =>
      index.unique &&
      !index.hasExpression &&
      index.columns.length > 0 &&
      index.columns.every((column) => columns.get(column)?.notNull === true),
  );
  if (unique) {
    const key = listNames(unique.columns.map(quoteIdentifier));
    return `${key} ${unique.columns.length === 1 ? "is" : "are"} unique and NOT NULL: make that the primary key.`;
  }
  if (columns.has("id")) return "Make id the primary key.";
  return "Declare the columns that name a row as its primary key, or give it one: id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY.";
}
