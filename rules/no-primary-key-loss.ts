/** The primary key tells logical replication which row an UPDATE means, and an upsert which row is there already. */
import {
  defineRule,
  formatName,
  migrationOf,
  quoteIdentifier,
  type RuleMigration,
  statementsTogether,
} from "../src/rule/index.js";
import type { Constraint, Table } from "../src/model/catalog.js";
import type { AlterTable, DropColumn, DropConstraint } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow taking the primary key or replica identity from tables in use",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
    },
    messages: {
      lost: "Without its primary key {{table}} has no replica identity: if it is published for logical replication, every UPDATE and DELETE on it fails until it has one again, and so does an upsert that names {{columns}} in ON CONFLICT. {{remedy}}",
      noIdentity:
        "With {{identity}} {{table}} has no replica identity{{because}}: if it is published for logical replication, every UPDATE and DELETE on it fails from then on. Name a unique index over NOT NULL columns (REPLICA IDENTITY USING INDEX), or FULL.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const told = new Set<object>();
    const check = (op: DropConstraint | DropColumn, key: Constraint | undefined): void => {
      if (!key || told.has(key) || !migration.isLive(op)) return;
      // Dropping its column and dropping it in one statement is one loss.
      told.add(key);
      const end = statementsTogether(migration, op).at(-1)?.after ?? migration.after(op);
      const table = end.table(op.table);
      // Another key is a replica identity, too, and whether code needs the old one is no-conflict-target-loss's question.
      if (!table || primaryKeyOf(table) || hasOtherIdentity(op, key, migration)) return;
      const columns = key.columns.map(quoteIdentifier).join(", ");
      const data = { ...migration.describe(op), columns: `(${columns})`, remedy: swap(op, key, migration) };
      context.report({ node: op, messageId: "lost", data });
    };
    return {
      DropConstraint(op) {
        const found = migration.before(op).table(op.table)?.constraints.get(op.constraint);
        check(op, found?.kind === "primary key" ? found : undefined);
      },
      DropColumn(op) {
        const table = migration.before(op).table(op.table);
        const key = table && primaryKeyOf(table);
        check(op, key?.columns.includes(op.column) ? key : undefined);
      },
      AlterTable(op) {
        const because = noIdentityBecause(op, migration);
        if (because === undefined || !migration.isLive(op)) return;
        const identity = `REPLICA IDENTITY ${(op.replicaIdentity ?? "").toUpperCase()}`;
        context.report({ node: op, messageId: "noIdentity", data: { ...migration.describe(op), identity, because } });
      },
    };
  },
});

/** Why a table has no replica identity after the subcommand, as the end of a clause; undefined where it has one. */
function noIdentityBecause(op: AlterTable, migration: RuleMigration): string | undefined {
  if (op.subcommand !== "ReplicaIdentity") return undefined;
  if (op.replicaIdentity === "nothing") return "";
  const table = op.replicaIdentity === "default" ? migration.after(op).table(op.table) : undefined;
  return table?.columnsKnown && !primaryKeyOf(table) ? ", because it has no primary key" : undefined;
}

function primaryKeyOf({ constraints }: Table): Constraint | undefined {
  for (const constraint of constraints.values()) if (constraint.kind === "primary key") return constraint;
  return undefined;
}

function swap(op: DropConstraint | DropColumn, { name }: Constraint, migration: RuleMigration): string {
  const { table = formatName(op.table) } = migration.describe(op);
  const key = quoteIdentifier(name);
  return `Build the new key's unique index before, and swap in one statement: ALTER TABLE ${table} DROP CONSTRAINT ${key}, ADD CONSTRAINT ${key} PRIMARY KEY USING INDEX …. A table that is to have no key keeps a replica identity with ALTER TABLE ${table} REPLICA IDENTITY FULL before it.`;
}

/** Whether the table was told to be known by all of its columns, or by an index that is not the key's. */
function hasOtherIdentity(op: DropConstraint | DropColumn, { name }: Constraint, migration: RuleMigration): boolean {
  const dropping = migration.statementOf(op);
  const table = dropping.before.table(op.table);
  let has = false;
  for (const { statements } of migration.database.migrations) {
    for (const one of statements) {
      if (one === dropping) return has;
      for (const told of one.statement.operations) {
        if (told.type !== "AlterTable" || told.subcommand !== "ReplicaIdentity") continue;
        const { schema, name: other } = one.before.qualify(told.table);
        if (schema !== table?.schema || other !== table.name) continue;
        const isIndex = told.replicaIdentity === "index" && !one.statement.sql.includes(name);
        has = told.replicaIdentity === "full" || isIndex;
      }
    }
  }
  return has;
}
