/**
 * A column of another type in the place of one of the same name: it grows beside the old one, filled by a trigger and in
 * batches, and takes its name in one transaction. What hangs on the old one (keys, indexes, constraints, the sequence) is
 * made for the new one before, or added again without a look at the rows, and validated apart.
 */
import type { Constraint } from "../../model/catalog.js";
import type { Operation } from "../../model/operation.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { addColumn, buildIndexes, copyRows } from "./column-copy.js";
import { constraintsOn, isReadByItsTable } from "./column-ties.js";
import { addConstraint, constraintSql } from "./constraint-sql.js";
import { columnsThere, validated } from "./checks.js";
import { copiesOfIndexes, type IndexCopy, indexSql } from "./indexes.js";
import { after, backfill, before } from "./moments.js";
import { literal, type NamedTable, newColumnName, quote, regclass, tableIn } from "./names.js";
import { notNullSteps } from "./not-null.js";
import { codeOf, LOCK_STOP, shortly } from "./statements.js";
import { derivedSync } from "./sync-trigger.js";
import { madeBeside } from "./materialized-view.js";
import { addGrants } from "./privileges.js";
import { type DependentView, viewsOver } from "./views.js";

export interface Replacement {
  readonly table: NamedTable;
  readonly column: string;
  /** As ADD COLUMN needs it. */
  readonly newType: string;
  /** The new value, over the columns of the row. */
  readonly expression: string;
  /** The release that begins with the new column: 1 where code must come to terms with it first, else 0. */
  readonly start: 0 | 1;
  /** As in a recipe's step: which code the change of names leaves running. */
  readonly oldestCode: 0 | "any";
  /** Whether the column is NOT NULL at base although it is not when the statement runs. Absent: it is as it is. */
  readonly required?: boolean;
  /** The default, where it is not the old one's. */
  readonly newDefault?: string | undefined;
  /** Statements around the swap, in its transaction. */
  readonly afterSwap?: readonly string[];
  /** Statements that come with dropping the old column. */
  readonly atTheEnd?: readonly string[];
}

/** A foreign key of another table that names the column. */
interface Incoming {
  readonly table: NamedTable;
  readonly constraint: Constraint;
}

export interface Replaced {
  readonly steps: readonly RecipeStep[];
  /** What else of the pull request the steps do. */
  readonly covers: readonly Operation[];
}

/** The steps; undefined where the schema does not say enough, or something names the column that cannot follow. */
export function replaceColumn(context: RecipeContext, replacement: Replacement): Replaced | undefined {
  const { table, column, expression, start } = replacement;
  const known = table.known?.columns.get(column);
  if (!known || known.generated || known.notNull === "unknown" || table.known?.kind !== "table") return undefined;
  if (table.known.partitionOf || table.known.inherits.length > 0 || isReadByItsTable(table, column)) return undefined;
  const over = viewsOver(context, table, column);
  if (over === undefined) return undefined;
  const next = newColumnName(table, column, "new");
  const indexes = copiesOfIndexes(context, table, column, next);
  const own = constraintsOn(table, column);
  const incoming = incomingKeys(context, table, column);
  if (!indexes || !own.every((one) => canFollow(one, indexes)) || !incoming) return undefined;
  const sync = derivedSync(context, table, [{ column: next, expression }]);
  const required = known.notNull === true || replacement.required === true;
  // Of a key it is proven by NOT NULL; PostgreSQL would read the table for it while it makes the key.
  const isSet = `${quote(next)} IS NULL AND ${quote(column)} IS NOT NULL`;
  const steps: readonly RecipeStep[] = [
    addColumn(context, table, { name: next, type: replacement.newType }, { from: before(start) }, column),
    {
      name: "keep-filled",
      actor: "pipeline",
      title: `Fill \`${quote(next)}\` from \`${quote(column)}\` in every row that is written, by a trigger.`,
      from: before(start),
      sql: sync.create,
      wayBack: `${codeOf(sync.drop)}; nothing is lost.`,
      stopCondition: LOCK_STOP,
    },
    copyRows(table, {
      set: `${quote(next)} = ${expression}`,
      left: isSet,
      from: backfill(start),
      title: `Copy \`${quote(column)}\` to \`${quote(next)}\` in the rows that are there, in batches.`,
    }),
    ...buildIndexes(table, indexes, after(start)),
    ...(required ? notNullSteps(context, table, next, after(start), true) : []),
    swap(context, replacement, { next, indexes, own, incoming, drop: sync.drop, views: over.views }),
    ...over.materialized.flatMap((view) => madeBeside(context, view, start)),
    ...[...own.map((constraint) => ({ table, constraint })), ...incoming].flatMap((one) => validation(one, start)),
    dropOld(context, replacement),
  ];
  return { steps, covers: over.covers };
}

/** What keys of other tables need, or undefined where a table is not known well enough. */
function incomingKeys(context: RecipeContext, table: NamedTable, column: string): readonly Incoming[] | undefined {
  const { before: catalog } = context.placed.statement;
  const keys = catalog
    .referencedBy(table)
    .flatMap((other) =>
      [...other.constraints.values()]
        .filter(
          ({ references }) =>
            references?.table.name === table.name &&
            (references.table.schema ?? table.schema) === table.schema &&
            references.columns.includes(column),
        )
        .map((constraint): Incoming => ({ table: tableIn(context, other), constraint })),
    );
  return keys.every(({ constraint }) => constraintSql(constraint) !== undefined) ? keys : undefined;
}

/** Whether a constraint can be added again: by its text, or from an index that is built for it. */
function canFollow({ kind, name, deferrable, ...rest }: Constraint, indexes: readonly IndexCopy[]): boolean {
  if (kind === "primary key" || kind === "unique") return !deferrable && indexes.some((one) => one.constraint === name);
  return constraintSql({ kind, deferrable: deferrable === true, ...rest }) !== undefined;
}

interface Parts {
  readonly next: string;
  readonly indexes: readonly IndexCopy[];
  readonly own: readonly Constraint[];
  readonly incoming: readonly Incoming[];
  readonly drop: string;
  readonly views: readonly DependentView[];
}

function swap(
  context: RecipeContext,
  { table, column, newDefault, start, oldestCode, afterSwap = [] }: Replacement,
  { next, indexes, own, incoming, drop, views }: Parts,
): RecipeStep {
  const known = table.known?.columns.get(column);
  const old = oldName(table, column);
  const alter = `ALTER TABLE ${table.sql}`;
  const [name, oldColumn] = [quote(column), quote(old)];
  const dropKey = ({ table: { sql }, constraint }: Incoming): string =>
    `ALTER TABLE ${sql} DROP CONSTRAINT ${quote(constraint.name)};`;
  const isIndexed = ({ kind }: Constraint): boolean => kind === "primary key" || kind === "unique";
  const copies = new Map(indexes.flatMap((copy) => (copy.constraint === undefined ? [] : [[copy.constraint, copy]])));
  const sequence =
    known?.sequence &&
    (known.sequence.schema === "public"
      ? quote(known.sequence.name)
      : `${quote(known.sequence.schema ?? table.schema)}.${quote(known.sequence.name)}`);
  const made = views.filter(({ create }) => create !== undefined);
  const statements = [
    // One that reads another goes before it.
    ...made.toReversed().map(({ name: view }) => `DROP VIEW ${view};`),
    drop,
    ...incoming.map(dropKey),
    ...own.map((constraint) => dropKey({ table, constraint })),
    ...(known?.identity ? [`${alter} ALTER COLUMN ${name} DROP IDENTITY;`] : []),
    ...(known?.notNull === true ? [`${alter} ALTER COLUMN ${name} DROP NOT NULL;`] : []),
    `${alter} RENAME COLUMN ${name} TO ${oldColumn};`,
    `${alter} RENAME COLUMN ${quote(next)} TO ${name};`,
    ...(known?.identity
      ? [
          `${alter} ALTER COLUMN ${name} ADD GENERATED ${known.identity.toUpperCase()} AS IDENTITY;`,
          `SELECT setval(pg_get_serial_sequence(${literal(table.sql)}, ${literal(column)}), coalesce((SELECT max(${name}) FROM ${table.sql}), 1));`,
        ]
      : sequence !== undefined
        ? [
            `${alter} ALTER COLUMN ${oldColumn} DROP DEFAULT;`,
            `${alter} ALTER COLUMN ${name} SET DEFAULT nextval(${literal(sequence)});`,
            `ALTER SEQUENCE ${sequence} OWNED BY ${table.sql}.${name};`,
          ]
        : newDefault !== undefined || (known?.default && keepsDefault(context, table, column))
          ? [
              `${alter} ALTER COLUMN ${oldColumn} DROP DEFAULT;`,
              `${alter} ALTER COLUMN ${name} SET DEFAULT ${newDefault ?? known?.default?.sql ?? "NULL"};`,
            ]
          : []),
    ...own
      .filter(isIndexed)
      .map(({ name: constraint, kind }) =>
        addConstraint(
          table,
          constraint,
          `${kind.toUpperCase()} USING INDEX ${quote(copies.get(constraint)!.temporary)}`,
        ),
      ),
    ...own
      .filter((constraint) => !isIndexed(constraint))
      .map((constraint) => addConstraint(table, constraint.name, `${constraintSql(constraint) ?? ""} NOT VALID`)),
    ...incoming.map(({ table: other, constraint }) =>
      addConstraint(other, constraint.name, `${constraintSql(constraint) ?? ""} NOT VALID`),
    ),
    ...afterSwap,
    ...made.flatMap(({ create, about }) => [create ?? "", ...about]).map((sql) => `${sql};`),
  ];
  return {
    name: "swap",
    actor: "pipeline",
    title: `Let the new column take the name \`${name}\`, in one transaction; the old one stays as \`${oldColumn}\`.${viewWords(views)}`,
    from: before(start + 1),
    oldestCode,
    sql: shortly(context, ...statements),
    check: columnsThere(table, [column, old], 2),
    wayBack: `Change the names back in the same way; rows written since then have their value in \`${name}\` alone.`,
    stopCondition: `Code inserts into \`${table.sql}\` without naming the columns: their order changes. Or: ${LOCK_STOP}`,
  };
}

/** What becomes of the views over the column. */
function viewWords(views: readonly DependentView[]): string {
  const made = views.filter(({ create }) => create !== undefined).map(({ name }) => name);
  const others = views.filter(({ create }) => create === undefined).map(({ name }) => name);
  return [
    ...(made.length > 0
      ? [
          ` ${made.map((name) => `\`${name}\``).join(", ")} ${made.length === 1 ? "is" : "are"} made anew over it. ${addGrants(made)}`,
        ]
      : []),
    ...others.map(
      (name) =>
        ` No migration has \`${name}\` as it is now: put \`DROP VIEW ${name};\` in front, and behind it CREATE VIEW with what \`SELECT pg_get_viewdef(${literal(name)}::regclass);\` answers. ${addGrants([name])}`,
    ),
  ].join("");
}

/** Whether the pull request does not drop the default in the same statement. */
function keepsDefault({ placed: { statement } }: RecipeContext, table: NamedTable, column: string): boolean {
  return !statement.statement.operations.some(
    (operation) =>
      operation.type === "DropDefault" && operation.column === column && operation.table.name === table.name,
  );
}

/** Keys and checks that were added without a look at the rows. */
function validation({ table, constraint }: Incoming, start: number): readonly RecipeStep[] {
  if (constraint.kind === "primary key" || constraint.kind === "unique") return [];
  return [
    {
      name: `validate-${table.name}-${constraint.name}`,
      actor: "pipeline",
      title: `Check again that every row of \`${table.sql}\` satisfies \`${quote(constraint.name)}\`; reads and writes go on.`,
      from: before(start + 1),
      sql: `ALTER TABLE ${table.sql} VALIDATE CONSTRAINT ${quote(constraint.name)};`,
      check: validated(table, constraint.name),
      wayBack: "There is nothing to undo.",
      stopCondition: "It fails, because a row violates it. Nothing is changed then: mend the row, and run it again.",
    },
  ];
}

function dropOld(context: RecipeContext, { table, column, start, oldestCode, atTheEnd = [] }: Replacement): RecipeStep {
  const old = oldName(table, column);
  const catalog = context.placed.statement.before;
  const renamed = catalog
    .indexesOf(table)
    .filter(({ mentions, constraint }) => mentions.includes(column) && constraint === undefined);
  const copies = copiesOfIndexes(context, table, column, column) ?? [];
  return {
    name: "drop-old",
    actor: "pipeline",
    title: `Drop \`${table.column(old)}\`.`,
    from: before(start + 2),
    // No code names it.
    oldestCode,
    sql: shortly(
      context,
      `ALTER TABLE ${table.sql} DROP COLUMN ${quote(old)};`,
      ...renamed.map(({ name }) => {
        const temporary = copies.find((copy) => copy.name === name)?.temporary ?? name;
        return `ALTER INDEX ${indexSql(table, temporary)} RENAME TO ${quote(name)};`;
      }),
      ...atTheEnd,
    ),
    check: {
      sql: `SELECT count(*) FROM pg_attribute WHERE attrelid = ${regclass(table)} AND attname = ${literal(old)};`,
      answer: "0",
    },
    wayBack: `The values of before come back from a backup alone.`,
    stopCondition: LOCK_STOP,
  };
}

function oldName(table: NamedTable, column: string): string {
  return newColumnName(table, column, "old");
}
