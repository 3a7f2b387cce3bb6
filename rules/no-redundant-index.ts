/** An index whose keys another one begins with finds nothing that the other does not, and every write pays for both. */
import {
  defineRule,
  endOfChange,
  formatName,
  migrationOf,
  outsideTransaction,
  quoteIdentifier,
  type RuleMigration,
  sameSql,
} from "../src/rule/index.js";
import type { Index, Table } from "../src/model/catalog.js";
import type { AddConstraint, CreateIndex } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow indexes that another index already covers",
      recommended: "strict",
      category: "Schema design",
      harm: "other",
    },
    messages: {
      covered:
        "{{index}} finds nothing that {{other}} does not, which begins with the same keys, and every INSERT into {{table}} writes to both. Leave it out.",
      coversOther:
        "{{index}} begins with the keys of {{other}}, which finds nothing any more that {{index}} does not, and every INSERT into {{table}} writes to both. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const end = endOfChange(migration);
    const visit = (op: CreateIndex | AddConstraint): void => {
      const statement = migration.statementOf(op);
      const table = end.table(statement, op.table);
      const made = madeBy(op, migration);
      const indexes = table ? (end.catalog?.indexesOf(table) ?? []) : [];
      const index = indexes.find(({ name }) => name === made?.name);
      if (!table || table.temporary || !index || index.parent !== undefined) return;
      const covering = indexes.find((other) => isNeedless(index, other, table, indexes));
      const atStart = new Set(end.before?.indexesOf(table).map(({ name }) => name));
      const covered = indexes.find((other) => atStart.has(other.name) && isNeedless(other, index, table, indexes));
      const other = covering ?? covered;
      if (!other) return;
      context.report({
        node: op,
        messageId: covering ? "covered" : "coversOther",
        data: {
          table: formatName(table),
          index: quoteIdentifier(index.name),
          other: quoteIdentifier(other.name),
          remedy: covering ? "" : dropOf(other, op, migration),
        },
      });
    };
    return {
      CreateIndex: visit,
      AddConstraint(op) {
        const { kind, usingIndex } = op.constraint;
        if ((kind === "unique" || kind === "primary key") && usingIndex === undefined) visit(op);
      },
    };
  },
});

/** The index that an operation makes; undefined where it makes none. */
function madeBy(op: CreateIndex | AddConstraint, migration: RuleMigration): Index | undefined {
  const before = new Set(
    migration
      .before(op)
      .indexesOf(op.table)
      .map(({ name }) => name),
  );
  const made = migration
    .after(op)
    .indexesOf(op.table)
    .filter(({ name }) => !before.has(name));
  const { name, columns } = op.type === "CreateIndex" ? { name: op.index?.name, columns: op.columns } : op.constraint;
  return name === undefined
    ? made.find((index) => index.columns.join("\0") === columns.join("\0"))
    : made.find((index) => index.name === name);
}

/** Whether an index is too much beside another one. Of two that do the same the primary key stays, else the first. */
function isNeedless(index: Index, other: Index, table: Table, all: readonly Index[]): boolean {
  if (index === other || !covers(other, index, table)) return false;
  if (!covers(index, other, table)) return true;
  if (isPrimaryKey(index, table)) return false;
  return isPrimaryKey(other, table) || all.indexOf(other) < all.indexOf(index);
}

/** Whether one index does all that another does: the same searches, and the same duplicates refused. */
function covers(one: Index, other: Index, table: Table): boolean {
  if (!one.keys || !other.keys || one.invalid || one.method !== other.method) return false;
  const length = other.keys.length;
  const leading = one.keys.slice(0, length);
  const sameLength = one.keys.length === length;
  if (!isSame(leading, other.keys) && !(one.method === "btree" && isSame(leading.map(reversed), other.keys)))
    return false;
  // Only the leading keys of a B-tree are sorted.
  if (!sameLength && one.method !== "btree") return false;
  if (other.unique && !(one.unique && sameLength && refusesAll(one, other, table))) return false;
  const has = [...one.columns, ...(one.including ?? [])];
  if (other.including?.some((column) => !has.includes(column))) return false;
  return one.where && other.where ? sameSql(one.where.sql, other.where.sql) : one.where === other.where;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, position) => key === other[position]);
}

const REVERSED: readonly (readonly [suffix: string, reversed: string])[] = [
  [" DESC NULLS LAST", " NULLS FIRST"],
  [" NULLS FIRST", " DESC NULLS LAST"],
  [" DESC", ""],
  ["", " DESC"],
];

/** A key as it is for who reads the index backwards. */
function reversed(key: string): string {
  const [suffix = "", other = ""] = REVERSED.find(([end]) => key.endsWith(end)) ?? [];
  return key.slice(0, key.length - suffix.length) + other;
}

/** Whether every row that one unique index refuses is refused by another, at once where it was. */
function refusesAll(one: Index, other: Index, table: Table): boolean {
  if (other.nullsNotDistinct && !one.nullsNotDistinct) return false;
  return !isDeferrable(one, table) || isDeferrable(other, table);
}

function isDeferrable({ constraint = "" }: Index, table: Table): boolean {
  return table.constraints.get(constraint)?.deferrable === true;
}

function isPrimaryKey({ constraint = "" }: Index, table: Table): boolean {
  return table.constraints.get(constraint)?.kind === "primary key";
}

function dropOf(index: Index, op: CreateIndex | AddConstraint, migration: RuleMigration): string {
  if (index.constraint !== undefined) return `Drop the constraint ${quoteIdentifier(index.constraint)} afterwards.`;
  const name = formatName({ schema: index.schema, name: index.name });
  if (!migration.isLive(op)) return `Drop ${name}.`;
  if (migration.before(op).table(op.table)?.kind === "partitioned table") return `Drop ${name} afterwards.`;
  return outsideTransaction(migration, op, `Drop ${name} afterwards with DROP INDEX CONCURRENTLY`, "beside");
}
