/**
 * ON CONFLICT needs a unique index on exactly its columns, or the constraint that it names: without one, PostgreSQL
 * refuses the INSERT, also where there is no conflict.
 */
import {
  brokenBy,
  defineRule,
  formatName,
  listNames,
  migrationOf,
  quoteIdentifier,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
  type RuleMigration,
  transactionOf,
} from "../src/rule/index.js";
import type { Catalog } from "../src/model/catalog.js";
import type { QualifiedName } from "../src/model/name.js";
import type { AddConstraint, CreateIndex, DropColumn, DropConstraint, DropIndex } from "../src/model/operation.js";
import type { ConflictTarget, Reference } from "../src/model/reference.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow dropping unique indexes and constraints that ON CONFLICT needs",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
      yieldsTo: ["no-primary-key-loss"],
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      lostAtHead:
        "The code of this pull request inserts into {{table}} with {{target}} ({{places}}), and PostgreSQL refuses such an INSERT once {{name}} is gone, in whatever order the two ship. Change that and deploy it; drop {{name}} in a later pull request.",
      lostAtBase:
        "The running code inserts into {{table}} with {{target}} ({{places}}), and PostgreSQL refuses such an INSERT from the moment {{name}} is gone until the last instance of that code is. Deploy code without it first; drop {{name}} in a later pull request.",
      lostWithAtHead:
        "PostgreSQL drops {{name}} along with {{column}}. The code of this pull request inserts into {{table}} with {{target}} ({{places}}), and PostgreSQL refuses such an INSERT from then on, in whatever order the two ship. Build a unique index on the same columns without {{column}} before.",
      lostWithAtBase:
        "PostgreSQL drops {{name}} along with {{column}}. The running code inserts into {{table}} with {{target}} ({{places}}), and PostgreSQL refuses such an INSERT from then on until the last instance of that code is gone. Build a unique index on the same columns without {{column}} before.",
      noMatch:
        "The code of this pull request inserts into {{table}} with {{target}} ({{places}}), and after this migration no unique index or constraint is on exactly these columns: PostgreSQL refuses the INSERT. {{name}} is on {{columns}}.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    return {
      DropIndex(op) {
        const index = migration.before(op).index(op.index);
        if (index?.unique !== true) return;
        checkLoss(op, index.table, index.columns, quoteIdentifier(index.name), index.constraint);
      },
      DropConstraint(op) {
        const dropped = migration.before(op).table(op.table)?.constraints.get(op.constraint);
        if (!dropped || !KEYS.has(dropped.kind)) return;
        checkLoss(op, op.table, dropped.columns, quoteIdentifier(op.constraint), op.constraint);
      },
      // A column that an index only includes, or has in its condition, takes it along as a key's does.
      DropColumn(op) {
        const { table, column } = op;
        if (!migration.isLive(op)) return;
        for (const index of migration.before(op).indexesOf(table)) {
          const { unique, columns, mentions, schema, name, constraint } = index;
          if (!unique || columns.includes(column) || !mentions.includes(column)) continue;
          if (checkLoss(op, table, columns, quoteIdentifier(name), constraint, `${schema}.${name}`)) return;
        }
      },
      CreateIndex(op) {
        if (op.unique && !op.hasExpression) checkMatch(op, op.columns, migration.describe(op).index ?? "");
      },
      AddConstraint(op) {
        const { kind, columns, usingIndex } = op.constraint;
        if ((kind !== "unique" && kind !== "primary key") || usingIndex !== undefined) return;
        checkMatch(op, columns, migration.describe(op).constraint ?? "");
      },
    };

    /** Whether there was anything to report. */
    function checkLoss(
      node: DropColumn | DropConstraint | DropIndex,
      table: QualifiedName,
      columns: readonly string[],
      name: string,
      constraint: string | undefined,
      object?: string,
    ): boolean {
      const lost = usesOf(node, table, columns).filter(
        ({ conflict }) =>
          conflict !== undefined &&
          ("columns" in conflict ? isSameSet(conflict.columns, columns) : conflict.constraint === constraint) &&
          !endsOfTransaction(migration, node).some((catalog) => hasTarget(catalog, table, conflict)),
      );
      const broken = brokenBy(migration, lost, least);
      if (!broken) return false;
      const column = node.type === "DropColumn" ? quoteIdentifier(node.column) : undefined;
      const lostWith = column === undefined ? "" : "With";
      context.report({
        node,
        messageId: broken.by === "head" ? `lost${lostWith}AtHead` : `lost${lostWith}AtBase`,
        data: {
          table: formatName(table),
          target: targetOf(broken.uses),
          places: broken.places,
          name,
          ...(column !== undefined && { column }),
        },
        object,
        evidence: broken.uses,
      });
      return true;
    }

    /** Code that comes with a key names its columns in ON CONFLICT; one that differs has no key. */
    function checkMatch(node: AddConstraint | CreateIndex, columns: readonly string[], name: string): void {
      const end = endsOfTransaction(migration, node).at(-1);
      const table = end?.table(node.table);
      if (!end || table?.columnsKnown !== true) return;
      const unmatched = usesOf(node, node.table, columns).filter(
        ({ side, conflict }) =>
          side === "head" && conflict !== undefined && "columns" in conflict && !hasTarget(end, node.table, conflict),
      );
      const broken = brokenBy(migration, unmatched, least);
      if (!broken) return;
      context.report({
        node,
        messageId: "noMatch",
        data: {
          table: formatName(node.table),
          target: targetOf(broken.uses),
          places: broken.places,
          name,
          columns: listNames(columns.map(quoteIdentifier)),
        },
        evidence: broken.uses,
      });
    }

    /** The conflict targets that one of the columns is in, each place once. */
    function usesOf(
      node: AddConstraint | CreateIndex | DropColumn | DropConstraint | DropIndex,
      table: QualifiedName,
      columns: readonly string[],
    ): readonly Reference[] {
      const found = new Map<string, Reference>();
      for (const use of columns.flatMap((column) => migration.usesOf(node, column, table))) {
        if (use.conflict === undefined) continue;
        const { side, file, line } = use;
        found.set([side, file, line, use.release, JSON.stringify(use.conflict)].join("\0"), use);
      }
      return [...found.values()];
    }
  },
});

const KEYS: ReadonlySet<string> = new Set(["unique", "primary key", "exclude"]);

/** The schema behind a statement, and that at the end of its transaction, before which nobody sees anything. */
function endsOfTransaction(
  migration: RuleMigration,
  node: AddConstraint | CreateIndex | DropColumn | DropConstraint | DropIndex,
): readonly Catalog[] {
  const last = transactionOf(migration, node).at(-1)?.statement.after;
  return [migration.after(node), ...(last ? [last] : [])];
}

/** Whether a table has what a conflict target needs; an index with a condition may be what the target's own condition means. */
function hasTarget(catalog: Catalog, table: QualifiedName, target: ConflictTarget): boolean {
  if ("constraint" in target) return catalog.table(table)?.constraints.has(target.constraint) === true;
  return catalog.indexesOf(table).some(({ unique, columns }) => unique && isSameSet(columns, target.columns));
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((column) => other.includes(column));
}

/** `ON CONFLICT (account_id, email)` of the first place. */
function targetOf([first]: readonly Reference[]): string {
  const conflict = first?.conflict;
  if (conflict === undefined) return "ON CONFLICT";
  return "constraint" in conflict
    ? `ON CONFLICT ON CONSTRAINT ${quoteIdentifier(conflict.constraint)}`
    : `ON CONFLICT (${conflict.columns.map(quoteIdentifier).join(", ")})`;
}
