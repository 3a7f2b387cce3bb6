/** A foreign key has no index of its own: each DELETE of a row that can be named reads the whole table that names it. */
import {
  addedColumn,
  declaredForeignKeys,
  type DeclaredForeignKey,
  defineRule,
  endOfChange,
  formatName,
  migrationOf,
  outsideTransaction,
  quoteIdentifier,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Index, Table } from "../src/model/catalog.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Require an index that starts with the columns of each foreign key",
      recommended: "strict",
      category: "Schema design",
      harm: "other",
    },
    messages: {
      noIndex:
        "No index of {{table}} starts with {{columns}}: each DELETE on {{referenced}}, and each UPDATE of its key, reads all of {{table}} to find the rows that name the old one. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const end = endOfChange(migration);
    return declaredForeignKeys(migration, ({ node, range, table, constraint }) => {
      const { columns, references } = constraint;
      if (!end.isKnownFrom(migration.statementOf(node)) || migration.isSmall(node)) return;
      if (!knowsIndexes(node, table, columns, migration)) return;
      if (end.catalog?.indexesOf(table).some((index) => serves(index, columns)) === true) return;
      context.report({
        node,
        range,
        messageId: "noIndex",
        data: {
          table: formatName(table),
          columns: columns.map(quoteIdentifier).join(", "),
          referenced: formatName(references.table),
          remedy: remedyFor(node, table, columns, migration),
        },
      });
    });
  },
});

/** Whether all indexes with one of the columns are known: the migrations made the table, or this change the column. */
function knowsIndexes(
  node: DeclaredForeignKey["node"],
  table: Table,
  columns: readonly string[],
  migration: RuleMigration,
): boolean {
  if (table.createdIn !== undefined || node.type === "AddColumn") return true;
  return columns.some((column) => addedColumn(migration, node, node.table, column));
}

/** Access methods that find equal values. */
const FINDS_EQUAL: ReadonlySet<string> = new Set(["btree", "hash"]);

/** Whether the index finds rows by equal values of the columns, in whichever order it has them. */
function serves({ method, keys, columns: simple, where, invalid }: Index, columns: readonly string[]): boolean {
  if (!FINDS_EQUAL.has(method) || invalid === true) return false;
  // A predicate that a comparison with any value implies leaves nothing out.
  if (where && !(/^\(*\s*\S+\s+is\s+not\s+null\s*\)*$/iu.test(where.sql) && isSubset(where.columns, columns))) {
    return false;
  }
  const leading = (keys ?? simple).slice(0, columns.length);
  return (
    leading.length === columns.length &&
    columns.every((column) => leading.some((key) => key === column || key.startsWith(`${column} `)))
  );
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

function remedyFor(
  node: DeclaredForeignKey["node"],
  table: Table,
  columns: readonly string[],
  migration: RuleMigration,
): string {
  const target = `ON ${formatName(table)} (${columns.map(quoteIdentifier).join(", ")})`;
  if (!migration.isLive(node)) return `Add CREATE INDEX ${target}.`;
  if (table.kind === "partitioned table") {
    return `Build one on each partition with CREATE INDEX CONCURRENTLY, create it on the parent with CREATE INDEX … ON ONLY ${target.slice(3)}, and join them with ALTER INDEX … ATTACH PARTITION.`;
  }
  return outsideTransaction(migration, node, `Build one with CREATE INDEX CONCURRENTLY ${target}`, "beside");
}
