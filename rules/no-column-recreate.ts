/**
 * A column that is dropped and added is empty, whatever its name: tools write a renamed or changed column like that, and
 * the values are gone.
 */
import {
  type AddedColumn,
  addedColumn,
  addedColumns,
  ByName,
  copiesOfColumn,
  dataStepsBefore,
  defineRule,
  formatName,
  isLikeType,
  isShorter,
  isSimilarName,
  listNames,
  mayCopyBetween,
  migrationOf,
  oncePerChange,
  operationsOfChange,
  placeOf,
  precedes,
  quoteIdentifier,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Column } from "../src/model/catalog.js";
import type { TypeName } from "../src/model/name.js";
import type { ColumnDefinition, DropColumn } from "../src/model/operation.js";
import type { Range } from "../src/model/position.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow dropping a column and adding it again, or one like it",
      recommended: "error",
      category: "Compatibility",
      harm: "loses data",
    },
    messages: {
      byCall:
        "This call of {{tool}} drops {{column}} of {{table}} and adds {{added}}: every value of {{column}} is lost. {{instead}}",
      again:
        "{{column}} of {{table}} is dropped here and added again in {{place}}: every value of it is lost. To change it, use ALTER COLUMN {{column}}; nothing has to be dropped.",
      otherType:
        "{{column}} of {{table}} is dropped here and added again in {{place}}, as {{newType}}: every value of it is lost. {{keep}}",
      renamed:
        "{{column}} of {{table}} is dropped here, and {{place}} adds {{newColumn}}, which looks like {{column}} under another name: every value of it is lost. To rename it, leave it in place, copy its values into {{newColumn}}, and drop it in a later deploy, once no running code uses it.",
      related:
        "{{column}} of {{table}} is dropped here, and {{place}} adds {{newColumn}}, which by name could take up its values: nothing copies them, so they are lost. Fill {{newColumn}} first, and drop {{column}} in a later deploy, once no running code uses it; if they have nothing to do with each other, accept this finding with that reason.",
      alike:
        "{{column}} of {{table}} is dropped here, and {{place}} adds {{newColumn}}, which could hold its values: if one takes the place of the other, every value is lost. Then copy the values into {{newColumn}}, and drop {{column}} in a later deploy; if they have nothing to do with each other, accept this finding with that reason.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      DropColumn(op) {
        const added = addedColumns(migration, op, op.table);
        if (added.length === 0 || !migration.isLive(op) || !holdsValues(op, migration)) return;
        if (copiesOfColumn(migration, op).before.length > 0 || isEmptied(op, migration)) return;
        const successors = successorsOf(op, added, migration);
        const [found] = successors;
        if (!found) return;
        const { operation: add } = found;
        const { type } = columnOf(op, migration) ?? {};
        const { type: newType, name } = add.column;
        const isSame = type !== undefined && type.sql.toLowerCase() === newType.sql.toLowerCase();
        const isRenamed = name !== op.column;
        const messageId = isOneCall(op, found, migration)
          ? "byCall"
          : isRenamed
            ? isSimilarName(op.column, name)
              ? successors.length > 1 || rivalsFor(found, op, migration).length > 1
                ? "related"
                : "renamed"
              : "alike"
            : isSame
              ? "again"
              : "otherType";
        context.report({
          node: op,
          messageId,
          also: successors.map(({ operation }) => operation),
          // They may have nothing to do with each other.
          isGuess: messageId === "alike" || messageId === "related",
          data: {
            ...migration.describe(op),
            place: placeOf(migration, found),
            newColumn: listNames(successors.map(({ operation }) => quoteIdentifier(operation.column.name))),
            newType: newType.sql,
            tool: migration.migration.tool.label,
            added: isRenamed ? quoteIdentifier(name) : `it again as ${newType.sql}`,
            instead: insteadOf(op, add.column, type),
            keep: keepsValues(type, newType)
              ? `To keep them, use ALTER COLUMN ${quoteIdentifier(op.column)} TYPE ${newType.sql}.`
              : `To keep them, add the new column under another name, copy the values, and drop ${quoteIdentifier(op.column)} in a later deploy.`,
          },
        });
      },
    };
  },
});

/** Whether a single call of the tool does both, and its SQL stands nowhere. */
function isOneCall(op: DropColumn, { statement: { statement: add } }: AddedColumn, migration: RuleMigration): boolean {
  const { range, embedded } = migration.statementOf(op).statement;
  const isMade = embedded !== undefined && embedded.quote === undefined;
  return (
    isMade && migration.migration.statements.some(({ statement }) => statement === add) && isSameRange(add.range, range)
  );
}

const isSameRange = (one: Range, other: Range): boolean => one[0] === other[0] && one[1] === other[1];

/** What to do instead of the call. */
function insteadOf({ table, column }: DropColumn, added: ColumnDefinition, type: TypeName | undefined): string {
  const own = quoteIdentifier(column);
  const newName = quoteIdentifier(added.name);
  if (added.name !== column) {
    return `Leave ${own} in place, copy its values into ${newName}, and drop it in a later deploy, once no running code uses it.`;
  }
  const alter = `ALTER TABLE ${formatName(table)} ALTER COLUMN ${own}`;
  if (type !== undefined && isOneType(type, added.type)) return `Send what is to change as SQL instead: ${alter} ….`;
  if (keepsValues(type, added.type)) return `Send ${alter} TYPE ${added.type.sql} as SQL instead.`;
  return `To keep them, add the new column under another name, copy the values, and drop ${own} in a later deploy.`;
}

function isOneType(one: TypeName, other: TypeName): boolean {
  return (
    one.name === other.name &&
    one.arrayDimensions === other.arrayDimensions &&
    one.modifiers.join() === other.modifiers.join()
  );
}

function columnOf(op: DropColumn, migration: RuleMigration): Column | undefined {
  return migration.before(op).table(op.table)?.columns.get(op.column);
}

/** Whether the column has values of its own, from before this change. */
function holdsValues(op: DropColumn, migration: RuleMigration): boolean {
  if (columnOf(op, migration)?.generated) return false;
  return addedColumn(migration, op, op.table, op.column) === undefined;
}

/** Whether this change has deleted every row before: then there is no value left to lose. */
function isEmptied(op: DropColumn, migration: RuleMigration): boolean {
  return dataStepsBefore(migration, op, op.table).some(
    ({ operation }) => operation.type === "Truncate" || (operation.type === "Delete" && !operation.hasWhere),
  );
}

/**
 * The added columns that may stand for the dropped one: that of its name, those like it in name, or the only one of its
 * type in the file.
 */
function successorsOf(op: DropColumn, added: readonly AddedColumn[], migration: RuleMigration): readonly AddedColumn[] {
  const own = migration.statementOf(op);
  // Within one statement PostgreSQL drops first, whatever is written first.
  const again = added.find(
    ({ operation, statement }) =>
      operation.column.name === op.column && (statement === own || precedes(op, operation, migration)),
  );
  if (again) return again.operation.column.generated ? [] : [again];
  const wanted = columnOf(op, migration)?.type;
  if (wanted === undefined) return [];
  const dropped = droppedColumns(migration).of(migration.before(op).qualify(op.table));
  const alike = added.filter(({ operation: { column } }) => {
    const { type, generated, identity } = column;
    return !generated && !identity && isLikeType(type, wanted) && !dropped.some(({ name }) => name === column.name);
  });
  const similar = alike.filter(({ operation }) => isSimilarName(op.column, operation.column.name));
  const found = similar.length > 0 ? similar : alike;
  if (similar.length === 0) {
    const [only, ...others] = alike;
    if (only === undefined || others.length > 0 || isShorter(only.operation.column.type, wanted)) return [];
    // Two files may have nothing to do with each other.
    if (rivalsFor(only, op, migration).length > 1 || only.migration !== migration.migration) return [];
  }
  const drop = { operation: op, statement: migration.statementOf(op), migration: migration.migration };
  return found.some((one) => mayCopyBetween(migration, one, drop)) ? [] : found;
}

/** The dropped columns that an added one may stand for, as much as for this one. */
function rivalsFor({ operation }: AddedColumn, op: DropColumn, migration: RuleMigration): readonly DroppedColumn[] {
  const wanted = columnOf(op, migration)?.type;
  const byName = isSimilarName(op.column, operation.column.name);
  return droppedColumns(migration)
    .of(migration.before(op).qualify(op.table))
    .filter(
      ({ name, type }) =>
        type !== undefined &&
        wanted !== undefined &&
        isLikeType(type, wanted) &&
        (!byName || isSimilarName(name, operation.column.name)),
    );
}

interface DroppedColumn {
  readonly name: string;
  readonly type: TypeName | undefined;
}

/** The columns that this change drops, by their tables. */
const droppedColumns = oncePerChange((migration) => {
  const found = new ByName<DroppedColumn>();
  for (const { operation, statement } of operationsOfChange(migration, "DropColumn")) {
    const { table, column: name } = operation;
    const type = statement.before.table(table)?.columns.get(name)?.type;
    found.add(statement.before.qualify(table), { name, type });
  }
  return found;
});

/** Whether ALTER COLUMN … TYPE makes one of the other in an instant: a longer text. */
function keepsValues(type: TypeName | undefined, newType: TypeName): boolean {
  if (type?.name !== "varchar" || type.arrayDimensions > 0 || newType.arrayDimensions > 0) return false;
  const [length, newLength] = [type.modifiers[0] ?? Infinity, newType.modifiers[0] ?? Infinity];
  return newType.name === "text" || (newType.name === "varchar" && newLength >= length);
}
