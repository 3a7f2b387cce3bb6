/** DROP TABLE, TRUNCATE and their kin delete rows for good as soon as their transaction is committed. */
import {
  copiesOfTable,
  defineRule,
  formatName,
  listNames,
  migrationOf,
  operationsOfChange,
  precedes,
  quoteIdentifier,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Table } from "../src/model/catalog.js";
import type { QualifiedName } from "../src/model/name.js";
import type { DropRelation, DropSchema, DropType, Operation, Truncate } from "../src/model/operation.js";

const WAY_OUT =
  "Only a backup brings them back. Copy what is still needed into another table before; if nothing is, accept this finding with that reason.";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow deleting all rows of tables in use",
      recommended: "warn",
      category: "Data",
      harm: "loses data",
      yieldsTo: ["no-column-recreate"],
    },
    messages: {
      dropTable: `DROP TABLE deletes every row of {{table}}{{along}}. ${WAY_OUT}`,
      truncate: `TRUNCATE deletes every row of {{table}}{{along}}. ${WAY_OUT}`,
      delete: `This DELETE has no condition and deletes every row of {{table}}. ${WAY_OUT}`,
      dropSchema: `DROP SCHEMA {{schema}} CASCADE deletes {{tables}}, with every row. ${WAY_OUT}`,
      dropColumns: `DROP {{kind}} {{name}} CASCADE deletes {{columns}}, with every value. ${WAY_OUT}`,
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const report = (
      node: DropRelation | Truncate,
      table: QualifiedName,
      messageId: "dropTable" | "truncate",
      cascaded: readonly Table[],
    ): void => {
      const also = cascaded.filter((other) => migration.isLive(node, other)).map(formatName);
      const along = also.length > 0 ? `, and by CASCADE of ${listNames(also)}` : "";
      context.report({ node, messageId, data: { table: formatName(table), along } });
    };
    return {
      DropRelation(op) {
        if (op.kind !== "table" || !holdsRows(op, op.relation, migration)) return;
        if (op.ifExists && !migration.before(op).table(op.relation) && isMadeLater(op, migration)) return;
        report(op, op.relation, "dropTable", op.cascade ? inheriting(op, op.relation, migration) : []);
      },
      Truncate(op) {
        if (!holdsRows(op, op.table, migration)) return;
        report(op, op.table, "truncate", op.cascade ? referencing(op, op.table, migration) : []);
      },
      Delete(op) {
        if (op.hasWhere || !holdsRows(op, op.table, migration) || isMoved(op, migration)) return;
        context.report({ node: op, messageId: "delete", data: { table: formatName(op.table) } });
      },
      DropSchema(op) {
        const tables = op.cascade ? tablesIn(op, migration) : [];
        if (tables) {
          const names = tables.map(formatName);
          if (names.length > 0) dropSchema(op, listNames(names));
        } else dropSchema(op, `every table of ${quoteIdentifier(op.schema)}`);
      },
      DropType(op) {
        const columns = op.cascade ? columnsOfType(op, migration) : [];
        if (columns.length === 0) return;
        const kind = migration.before(op).domain(op.name) ? "DOMAIN" : "TYPE";
        context.report({
          node: op,
          messageId: "dropColumns",
          data: { kind, name: formatName(op.name), columns: listNames(columns) },
        });
      },
    };

    function dropSchema(node: DropSchema, tables: string): void {
      context.report({ node, messageId: "dropSchema", data: { schema: quoteIdentifier(node.schema), tables } });
    }
  },
});

/** Whether rows that are in use are there, and nowhere else. */
function holdsRows(op: Operation, relation: QualifiedName, migration: RuleMigration): boolean {
  const before = migration.before(op);
  if (!before.table(relation) && before.complete) return false;
  return migration.isLive(op, relation) && copiesOfTable(migration, op, relation).before.length === 0;
}

function qualify(op: Operation, name: QualifiedName, migration: RuleMigration): string {
  const { schema, name: bare } = migration.before(op).qualify(name);
  return `${schema}.${bare}`;
}

/** Whether the deleted rows go elsewhere: `WITH moved AS (DELETE … RETURNING *) INSERT … SELECT … FROM moved`. */
function isMoved(op: Operation, migration: RuleMigration): boolean {
  const { operations } = migration.statementOf(op).statement;
  return operations.some(({ type }) => type === "Insert" || type === "CreateTableAs");
}

/** Whether the same file makes the table behind the drop, so that the drop clears the way for it and no more. */
function isMadeLater(op: DropRelation, migration: RuleMigration): boolean {
  const { statements } = migration.migration;
  return statements
    .slice(op.statement + 1)
    .some(({ statement }) =>
      statement.operations.some(
        (operation) =>
          (operation.type === "CreateTable" || operation.type === "CreateTableAs") &&
          qualify(operation, operation.table, migration) === qualify(op, op.relation, migration),
      ),
    );
}

/** Tables that inherit from a table, at any depth: CASCADE drops them. Partitions hold the table's own rows. */
function inheriting(op: Operation, relation: QualifiedName, migration: RuleMigration): readonly Table[] {
  return reached(relation, (table) => migration.before(op).inheritedBy(table));
}

/** Tables whose foreign keys lead to a table, at any depth: TRUNCATE … CASCADE empties them. */
function referencing(op: Operation, relation: QualifiedName, migration: RuleMigration): readonly Table[] {
  return reached(relation, (table) => migration.before(op).referencedBy(table));
}

function reached(start: QualifiedName, next: (table: QualifiedName) => readonly Table[]): readonly Table[] {
  const found = new Map<string, Table>();
  const pending = [...next(start)];
  for (let table = pending.shift(); table; table = pending.shift()) {
    const key = `${table.schema}.${table.name}`;
    if (found.has(key) || table.name === start.name) continue;
    found.set(key, table);
    pending.push(...next(table));
  }
  return [...found.values()];
}

/** The tables in use that a schema holds; undefined where it may hold others than those that migrations made. */
function tablesIn(op: DropSchema, migration: RuleMigration): readonly Table[] | undefined {
  const before = migration.before(op);
  const tables = [...before.tables()].filter(
    ({ schema, kind, partitionOf }) =>
      schema === op.schema && (kind === "table" || kind === "partitioned table") && !partitionOf,
  );
  const inUse = tables.filter((table) => migration.isLive(op, table));
  return inUse.length > 0 || before.complete || isNew(op, migration) ? inUse : undefined;
}

/** Whether this change created the schema. */
function isNew(op: DropSchema, migration: RuleMigration): boolean {
  return operationsOfChange(migration, "CreateSchema").some(
    ({ operation }) => operation.schema === op.schema && !operation.ifNotExists && precedes(operation, op, migration),
  );
}

/** The columns in use that have the type, as `orders.status`. */
function columnsOfType(op: DropType, migration: RuleMigration): readonly string[] {
  const { schema, name } = op.name;
  const found: string[] = [];
  for (const table of migration.before(op).tables()) {
    if ((table.kind !== "table" && table.kind !== "partitioned table") || table.partitionOf) continue;
    for (const { name: column, type } of table.columns.values()) {
      const isOfType = type?.name === name && (!type.schema || !schema || type.schema === schema);
      if (isOfType && migration.isLive(op, table)) found.push(`${formatName(table)}.${quoteIdentifier(column)}`);
    }
  }
  return found;
}
