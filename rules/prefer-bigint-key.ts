/** A key of 32 or 16 bits runs out, and widening it then rewrites its table and every table that names it. */
import {
  addedColumn,
  declaredColumns,
  type DeclaredColumn,
  declaredForeignKeys,
  type DeclaredForeignKey,
  defineRule,
  endOfChange,
  formatName,
  inModel,
  mergeVisitors,
  migrationOf,
  quoteIdentifier,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Catalog, Column, Table } from "../src/model/catalog.js";

/** The last value of each integer type, narrowest first. */
const LAST_VALUES = new Map([
  ["int2", 32767n],
  ["int4", 2147483647n],
  ["int8", 9223372036854775807n],
]);

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Prefer 64-bit keys",
      recommended: "strict",
      category: "Schema design",
      harm: "other",
    },
    hasSuggestions: true,
    messages: {
      narrowKey:
        "{{column}}, the key of {{table}}, is {{type}}: every INSERT behind {{last}} fails, and widening it then rewrites {{table}} and each table that names it while every query on them waits. Declare it as {{wider}}{{inModel}}.",
      narrowReference:
        "{{column}} of {{table}} is {{type}} and names {{key}} of {{referenced}}, which is {{keyType}}: no row of {{table}} can name one behind {{last}}. {{remedy}}",
      setBigint: "Make it {{wider}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const end = endOfChange(migration);

    const seeColumn = ({ node, range, table, name, type, column, typeRange }: DeclaredColumn): void => {
      const owner = end.table(migration.statementOf(node), table);
      const last = lastValue(column, end.catalog);
      if (!owner || last === undefined || column.type?.name === "int8") return;
      if (!isGeneratedKey(owner, column) || migration.isSmall(node)) return;
      const wider = type.name.endsWith("serial") ? "bigserial" : "bigint";
      context.report({
        node,
        range,
        messageId: "narrowKey",
        data: {
          table: formatName(owner),
          column: quoteIdentifier(name),
          type: type.sql,
          last: String(last),
          wider,
          inModel: inModel(migration, "bigint"),
        },
        suggest: typeRange && [
          { messageId: "setBigint", data: { wider }, fix: (fixer) => fixer.replaceTextRange([...typeRange], wider) },
        ],
      });
    };

    const seeForeignKey = ({ node, range, table, constraint }: DeclaredForeignKey): void => {
      const { references } = constraint;
      const referenced = end.catalog?.table(references.table);
      for (const [position, name] of constraint.columns.entries()) {
        const column = table.columns.get(name);
        const key = referenced?.columns.get(references.columns[position] ?? "");
        const last = lastValue(column, end.catalog);
        const lastKey = lastValue(key, end.catalog);
        if (!referenced || last === undefined || lastKey === undefined || last >= lastKey) continue;
        context.report({
          node,
          range,
          messageId: "narrowReference",
          data: {
            table: formatName(table),
            column: quoteIdentifier(name),
            type: column?.type?.sql ?? "",
            key: quoteIdentifier(key?.name ?? ""),
            referenced: formatName(referenced),
            keyType: key?.type?.sql ?? "",
            last: String(last),
            remedy: remedyFor(node, name, key?.type?.sql ?? "", migration),
          },
        });
      }
    };

    return mergeVisitors(declaredColumns(migration, seeColumn), declaredForeignKeys(migration, seeForeignKey));
  },
});

/** The last value of an integer column, also of a domain over one; undefined for every other type. */
function lastValue(column: Column | undefined, catalog: Catalog | undefined): bigint | undefined {
  const type = column?.type;
  if (!type || type.arrayDimensions > 0) return undefined;
  return LAST_VALUES.get(catalog?.domain(type)?.baseType.name ?? type.name);
}

/**
 * Whether the column is the whole primary key, or counts the rows in one of several columns. A column that names a row
 * of another table is as wide as that table's key.
 */
function isGeneratedKey({ constraints }: Table, { name, sequence }: Column): boolean {
  let key = false;
  for (const { kind, columns } of constraints.values()) {
    if (!columns.includes(name)) continue;
    if (kind === "foreign key") return false;
    if (kind === "primary key") key = columns.length === 1 || sequence !== undefined;
  }
  return key;
}

/** What to do about a column that is new, and about one that has rows. */
function remedyFor(node: DeclaredForeignKey["node"], column: string, type: string, migration: RuleMigration): string {
  const isNew =
    node.type !== "AddConstraint" || !migration.isLive(node) || addedColumn(migration, node, node.table, column);
  return isNew
    ? `Declare it as ${type}.`
    : `Widening it rewrites ${formatName(node.table)}: add a column of type ${type} beside it, fill that in batches, and give it the foreign key.`;
}
