/** Columns: their type, default, NOT NULL, identity. */
import type { Column } from "../../model/catalog.js";
import type { QualifiedName, TypeName } from "../../model/name.js";
import type { ColumnDefinition, Expression } from "../../model/operation.js";
import {
  addToTree,
  columnConstraints,
  dropConstraint,
  dropConstraintFromTree,
  inCreationOrder,
  notNullConstraint,
  setNotNull,
} from "./constraints.js";
import { dropFunctionsMadeOf } from "./functions.js";
import { dropRelation, inheritColumn } from "./relations.js";
import { learnColumn, mention, treeOf, withDescendants, type Changes, type Situation } from "./situation.js";
import { sameName, type TableHistory, type Timeline } from "./timeline.js";

export const columnChanges: Changes = {
  AddColumn(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    const existing = history.columns.get(operation.column.name, situation.timeline.time);
    if (existing && operation.ifNotExists) return;
    addColumn(situation, history, operation.column);
    const column = history.columns.get(operation.column.name, situation.timeline.time)!;
    for (const child of withDescendants(situation.timeline, history).slice(1)) {
      inheritColumn(situation.timeline, child, column);
    }
    for (const constraint of inCreationOrder(columnConstraints(operation.column, situation))) {
      addToTree(situation, history, constraint);
    }
  },
  DropColumn(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    dropColumnFromTree(situation.timeline, history, operation);
  },
  RenameColumn(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    for (const table of withDescendants(situation.timeline, history)) {
      learnColumn(situation.timeline, table, operation.column);
      situation.timeline.renameColumn(table, operation.column, operation.newName);
    }
  },
  AlterColumnType(operation, situation) {
    const { timeline } = situation;
    const { collation } = operation;
    eachColumn(operation, situation, (table) => {
      const { default: value, defaultType, type } = table.columns.get(operation.column, timeline.time)!;
      const isUsers = type !== undefined && timeline.typeOf(type, timeline.time) !== undefined;
      if (value && !defaultType && isUsers) timeline.updateColumn(table, operation.column, { defaultType: type });
    });
    const type = timeline.qualifyType(operation.newType);
    if (collation === undefined) changeColumn(operation, situation, { type }, ["collation"]);
    else changeColumn(operation, situation, { type, collation });
  },
  SetDefault: (operation, situation) =>
    changeColumn(operation, situation, { default: operation.default }, ["defaultType"]),
  DropDefault: (operation, situation) => changeColumn(operation, situation, {}, ["default", "defaultType"]),
  SetNotNull(operation, situation) {
    // From 18 on a child's constraint has the name of its parent's.
    let name: string | undefined;
    eachColumn(operation, situation, (table) => {
      setNotNull(situation, table, operation.column, true, name, name === undefined ? {} : { inherited: true });
      name ??= notNullConstraint(situation.timeline, table, operation.column)?.name;
    });
  },
  DropNotNull(operation, situation) {
    const { timeline, postgres } = situation;
    const history = mention(situation, operation.table);
    const constraint = history && notNullConstraint(timeline, history, operation.column);
    if (constraint) return dropConstraintFromTree(timeline, history, constraint.name, { ...operation, cascade: false });
    // Before 18 nothing tells a child's own NOT NULL from its parent's.
    const reached = postgres >= 18 ? { ...operation, only: true as const } : operation;
    eachColumn(reached, situation, (table) => timeline.updateColumn(table, operation.column, { notNull: false }));
  },
};

/** The integer types behind the serial pseudo-types, by their internal and their SQL name. */
const serialTypes: Readonly<Record<string, readonly [name: string, sql: string]>> = {
  smallserial: ["int2", "smallint"],
  serial: ["int4", "integer"],
  bigserial: ["int8", "bigint"],
};

/** The type that a column gets when it is declared as `serial` or one of its kin; undefined for every other type. */
export function serialType(type: TypeName): TypeName | undefined {
  const integer = type.schema === undefined && type.arrayDimensions === 0 ? serialTypes[type.name] : undefined;
  return integer && { name: integer[0], modifiers: [], arrayDimensions: 0, sql: integer[1] };
}

export function addColumn({ timeline }: Situation, history: TableHistory, definition: ColumnDefinition): void {
  const inherited = history.columns.get(definition.name, timeline.time);
  // A partition's own definition of an inherited column has no type.
  const type = definition.type.name === "" ? inherited?.type : definition.type;
  const serial = type && serialType(type);
  const ownsSequence = serial !== undefined || definition.identity !== undefined;
  const sequence = ownsSequence ? timeline.addOwnedSequence(history, definition.name) : undefined;
  const value = definition.default ?? (serial && sequence ? nextValue(definition, sequence) : inherited?.default);
  const primary = definition.constraints.some((constraint) => constraint.kind === "primary key");
  timeline.putColumn(history, {
    name: definition.name,
    ...(type ? { type: serial ?? timeline.qualifyType(type) } : {}),
    notNull: definition.notNull || primary || ownsSequence || inherited?.notNull === true,
    ...(value && value.kind !== "null" ? { default: value } : {}),
    ...(definition.identity ? { identity: definition.identity } : {}),
    ...(definition.collation === undefined ? {} : { collation: definition.collation }),
    ...(definition.generated
      ? { generated: definition.generated.kind, generation: definition.generated.expression }
      : {}),
    ...(sequence ? { sequence } : {}),
  });
}

function nextValue(definition: ColumnDefinition, sequence: QualifiedName): Expression {
  return {
    sql: `nextval('${sequence.name}'::regclass)`,
    range: definition.range,
    kind: "expression",
    functions: [{ name: "nextval" }],
    columns: [],
  };
}

function eachColumn(
  operation: { readonly table: QualifiedName; readonly column: string; readonly only?: true },
  situation: Situation,
  change: (table: TableHistory) => void,
): void {
  const history = mention(situation, operation.table);
  if (!history) return;
  for (const table of treeOf(situation.timeline, history, operation)) {
    learnColumn(situation.timeline, table, operation.column);
    if (table.columns.get(operation.column, situation.timeline.time)) change(table);
  }
}

export function changeColumn(
  operation: { readonly table: QualifiedName; readonly column: string; readonly only?: true },
  situation: Situation,
  change: Partial<Column>,
  remove: readonly (keyof Column)[] = [],
): void {
  const { timeline } = situation;
  eachColumn(operation, situation, (table) => {
    const column = { ...table.columns.get(operation.column, timeline.time)!, ...change } as {
      -readonly [K in keyof Column]: Column[K];
    };
    for (const field of remove) delete column[field];
    if (change.default?.kind === "null") delete column.default;
    timeline.putColumn(table, column);
  });
}

/** Children that have the column from this table alone lose it, too; with ONLY it becomes their own. */
function dropColumnFromTree(
  timeline: Timeline,
  history: TableHistory,
  operation: { readonly column: string; readonly cascade: boolean; readonly only?: true },
): void {
  const { column: name, cascade, only } = operation;
  for (const child of timeline.children(history)) {
    const column = child.columns.get(name, timeline.time);
    if (!column?.inherited || hasFromOthers(timeline, child, history, name)) continue;
    if (only) {
      const { inherited: _, ...own } = column;
      timeline.putColumn(child, own);
    } else dropColumnFromTree(timeline, child, operation);
  }
  dropColumn(timeline, history, name, cascade);
}

/** Whether a table inherits the column from another parent than this one. */
function hasFromOthers(timeline: Timeline, child: TableHistory, parent: TableHistory, column: string): boolean {
  return timeline.table(child).inherits.some((name) => {
    const other = timeline.history(name);
    return other !== undefined && other !== parent && other.columns.get(column, timeline.time) !== undefined;
  });
}

/**
 * Takes a column away with the indexes and constraints that involve it; with CASCADE also the foreign keys to it and the
 * views, generated columns, triggers and policies that name it.
 */
export function dropColumn(timeline: Timeline, history: TableHistory, name: string, cascade: boolean): void {
  const table = timeline.table(history);
  if (cascade) dropUsers(timeline, history, name);
  for (const constraint of [...table.constraints.values()]) {
    if (constraint.columns.includes(name) || constraint.expression?.columns.includes(name)) {
      dropConstraint(timeline, history, constraint.name, cascade);
    }
  }
  for (const index of timeline.indexes(history)) {
    if (!index.mentions.includes(name)) continue;
    if (index.constraint === undefined) timeline.removeIndex(history, index.name);
    else dropConstraint(timeline, history, index.constraint, cascade);
  }
  timeline.removeColumn(history, name);
}

/** What keeps a column from being dropped without CASCADE. */
function dropUsers(timeline: Timeline, history: TableHistory, name: string): void {
  const table = timeline.table(history);
  for (const view of timeline.readers(history)) {
    const uses = timeline.table(view).uses?.some((use) => use.column === name && sameName(use.table, table));
    if (uses) dropRelation(timeline, view, true);
  }
  dropFunctionsMadeOf(timeline, ({ uses }) => uses.some((use) => use.column === name && sameName(use.table, table)));
  const { triggers, policies } = table;
  const isFree = (...lists: readonly (readonly string[] | undefined)[]): boolean =>
    !lists.some((columns) => columns?.includes(name));
  if (triggers) {
    timeline.touch(history, { triggers: triggers.filter(({ columns, whenColumns }) => isFree(columns, whenColumns)) });
  }
  if (policies) {
    timeline.touch(history, {
      policies: policies.filter(({ using, withCheck }) => isFree(using?.columns, withCheck?.columns)),
    });
  }
  for (const { name: other, generation } of [...table.columns.values()]) {
    if (generation?.columns.includes(name)) dropColumn(timeline, history, other, true);
  }
}
