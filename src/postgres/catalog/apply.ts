/** What each operation does to the schema: one row per operation, in terms of the timeline's single changes. */
import type { Column, Constraint, Index, Table } from "../../model/catalog.js";
import type { QualifiedName, TypeName } from "../../model/name.js";
import type {
  ColumnDefinition,
  ConstraintDefinition,
  CreateIndex,
  CreateTable,
  Expression,
  LikeTable,
  Operation,
  OperationOf,
  OperationType,
} from "../../model/operation.js";
import { builtinVolatility } from "../function-volatility.js";
import { sameName, temporarySchema, type TableHistory, type Timeline } from "./timeline.js";

export interface Situation {
  readonly timeline: Timeline;
  /** Position of the migration that is being replayed. */
  readonly order: number;
  /** PostgreSQL's major version. */
  readonly postgres: number;
}

type Change<Type extends OperationType> = (operation: OperationOf<Type>, situation: Situation) => void;

/** Operations that are not listed leave the schema as it is. */
const changes: { readonly [Type in OperationType]?: Change<Type> } = {
  CreateTable: createTable,
  CreateTableAs(operation, situation) {
    const { timeline } = situation;
    if (operation.ifNotExists && timeline.history(operation.table)) return;
    const reads = knownReads(situation, operation.reads);
    newRelation(situation, operation.table, operation.materializedView ? "materialized view" : "table", {
      reads: operation.materializedView ? reads : [],
      temporary: operation.temporary,
      unlogged: operation.unlogged ?? false,
    });
  },
  CreateView(operation, situation) {
    const { timeline } = situation;
    const existing = timeline.history(operation.view);
    const reads = knownReads(situation, operation.reads);
    if (existing && operation.replace) {
      timeline.touch(existing, { reads });
      for (const read of reads) timeline.history(read)?.namedBy(existing, "reader");
    } else {
      newRelation(situation, operation.view, "view", { reads, temporary: operation.temporary });
    }
  },
  DropRelation(operation, { timeline }) {
    const history = timeline.history(operation.relation);
    if (history) dropRelation(timeline, history, operation.cascade);
  },
  RenameRelation(operation, situation) {
    const { timeline } = situation;
    const index = timeline.index(operation.relation);
    if (index) return renameIndex(timeline, index, operation.newName);
    if (operation.kind === "index") return;
    const history = mention(situation, operation.relation);
    if (history) timeline.moveTable(history, { schema: timeline.table(history).schema, name: operation.newName });
  },
  SetSchema(operation, situation) {
    const { timeline } = situation;
    if (operation.kind === "index") return;
    const history = mention(situation, operation.relation);
    if (history) timeline.moveTable(history, { schema: operation.newSchema, name: timeline.table(history).name });
  },

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
    for (const table of withDescendants(situation.timeline, history)) {
      dropColumn(situation.timeline, table, operation.column, operation.cascade);
    }
  },
  RenameColumn(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    for (const table of withDescendants(situation.timeline, history)) {
      learnColumn(situation.timeline, table, operation.column);
      situation.timeline.renameColumn(table, operation.column, operation.newName);
    }
  },
  AlterColumnType: (operation, situation) =>
    operation.collation === undefined
      ? changeColumn(operation, situation, { type: operation.newType }, ["collation"])
      : changeColumn(operation, situation, { type: operation.newType, collation: operation.collation }),
  SetDefault: (operation, situation) => changeColumn(operation, situation, { default: operation.default }),
  DropDefault: (operation, situation) => changeColumn(operation, situation, {}, ["default"]),
  SetNotNull(operation, situation) {
    // From 18 on a child's constraint has the name of its parent's.
    let name: string | undefined;
    eachColumn(operation, situation, (table) => {
      setNotNull(situation, table, operation.column, true, name);
      name ??= notNullConstraint(situation.timeline, table, operation.column)?.name;
    });
  },
  DropNotNull(operation, situation) {
    eachColumn(operation, situation, (table) => {
      situation.timeline.updateColumn(table, operation.column, { notNull: false });
      const constraint = notNullConstraint(situation.timeline, table, operation.column);
      if (constraint) situation.timeline.removeConstraint(table, constraint.name);
    });
  },

  AddConstraint(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    // ALTER TABLE ONLY is refused for every other kind where there are partitions or children.
    if (operation.only && isIndexed(operation.constraint)) addConstraint(situation, history, operation.constraint);
    else addToTree(situation, history, operation.constraint);
  },
  ValidateConstraint(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    for (const table of withDescendants(situation.timeline, history)) {
      const constraint = table.constraints.get(operation.constraint, situation.timeline.time);
      if (constraint) situation.timeline.putConstraint(table, { ...constraint, valid: true });
    }
  },
  DropConstraint(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    for (const table of withDescendants(situation.timeline, history)) {
      dropConstraint(situation.timeline, table, operation.constraint, operation.cascade);
    }
  },
  RenameConstraint(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    for (const table of withDescendants(situation.timeline, history)) {
      situation.timeline.renameConstraint(table, operation.constraint, operation.newName);
    }
  },
  AlterTable(operation, situation) {
    const { timeline } = situation;
    const index = timeline.index(operation.table);
    if (index && operation.subcommand === "AttachPartition") return attachIndex(timeline, index, operation.other);
    if (operation.kind === "index" || index) return;
    const history = mention(situation, operation.table);
    if (!history) return;
    const column = operation.column;
    switch (operation.subcommand) {
      case "SetLogged":
        return timeline.touch(history, { unlogged: false });
      case "SetUnLogged":
        return timeline.touch(history, { unlogged: true });
      case "DropExpression":
        return changeColumn({ table: operation.table, column: column! }, situation, {}, ["generated"]);
      case "DropIdentity":
        return changeColumn({ table: operation.table, column: column! }, situation, {}, ["identity"]);
      case "AddIdentity": {
        if (column === undefined) return;
        learnColumn(timeline, history, column);
        const sequence = timeline.addOwnedSequence(history, column);
        return timeline.updateColumn(history, column, { identity: "by default", sequence });
      }
      case "AddInherit":
      case "DropInherit": {
        const parent = operation.other && mention(situation, operation.other);
        if (!parent) return;
        const name = nameOf(timeline.table(parent));
        const others = timeline.table(history).inherits.filter((inherited) => !sameName(inherited, name));
        parent.namedBy(history, "child");
        return timeline.touch(history, {
          inherits: operation.subcommand === "AddInherit" ? [...others, name] : others,
        });
      }
      default:
        if (column !== undefined) learnColumn(timeline, history, column);
    }
  },

  AttachPartition(operation, situation) {
    const { timeline } = situation;
    const parent = mention(situation, operation.table);
    const partition = mention(situation, operation.partition);
    if (!parent || !partition) return;
    parent.namedBy(partition, "child");
    timeline.touch(partition, {
      partitionOf: nameOf(timeline.table(parent)),
      ...(operation.defaultPartition ? { defaultPartition: true } : {}),
    });
    for (const { name, identity } of timeline.table(parent).columns.values()) {
      if (identity) timeline.updateColumn(partition, name, { identity });
    }
    inheritIndexes(situation, parent, partition);
    inheritForeignKeys(timeline, parent, partition);
  },
  DetachPartition(operation, situation) {
    const { timeline } = situation;
    mention(situation, operation.table);
    const partition = mention(situation, operation.partition);
    if (!partition) return;
    const { partitionOf: _, defaultPartition: __, ...facts } = timeline.table(partition);
    timeline.replaceFacts(partition, facts);
    for (const { name, identity, sequence } of [...timeline.table(partition).columns.values()]) {
      if (identity && !sequence)
        changeColumn({ table: operation.partition, column: name }, situation, {}, ["identity"]);
    }
    for (const index of timeline.indexes(partition)) {
      const { parent: ___, ...own } = index;
      timeline.replaceIndex(partition, index, own);
    }
  },

  CreateIndex: createIndex,
  DropIndex(operation, { timeline }) {
    const index = timeline.index(operation.index);
    const history = index && timeline.history(index.table);
    if (history) dropIndexTree(timeline, history, index);
  },

  CreateEnum(operation, { timeline, order }) {
    timeline.putType({ kind: "enum", ...timeline.place(operation.enum), values: operation.values, createdIn: order });
  },
  AddEnumValue({ enum: name, value, neighbor }, { timeline }) {
    const type = timeline.typeOf(name, timeline.time);
    if (type?.kind !== "enum" || type.values.includes(value)) return;
    const beside = neighbor ? type.values.indexOf(neighbor.value) : -1;
    const place = beside < 0 ? type.values.length : neighbor!.position === "after" ? beside + 1 : beside;
    timeline.putType({ ...type, values: type.values.toSpliced(place, 0, value) });
  },
  RenameEnumValue(operation, { timeline }) {
    const type = timeline.typeOf(operation.enum, timeline.time);
    if (type?.kind !== "enum") return;
    const values = type.values.map((value) => (value === operation.value ? operation.newValue : value));
    timeline.putType({ ...type, values });
  },
  CreateDomain(operation, { timeline }) {
    const { baseType, hasCheck, notNull, default: given } = operation;
    const hasDefault = given !== undefined && given.kind !== "null";
    timeline.putType({ kind: "domain", ...timeline.place(operation.domain), baseType, hasCheck, notNull, hasDefault });
  },
  AlterDomain(operation, { timeline }) {
    const type = timeline.typeOf(operation.domain, timeline.time);
    if (type?.kind !== "domain") return;
    switch (operation.subcommand) {
      case "AddConstraint":
        return timeline.putType({
          ...type,
          [operation.constraint?.kind === "not null" ? "notNull" : "hasCheck"]: true,
        });
      case "SetNotNull":
        return timeline.putType({ ...type, notNull: true });
      case "DropNotNull":
        return timeline.putType({ ...type, notNull: false });
      case "SetDefault":
        return timeline.putType({ ...type, hasDefault: true });
      case "DropDefault":
        return timeline.putType({ ...type, hasDefault: false });
    }
  },
  CreateType(operation, { timeline }) {
    timeline.putType({ kind: "other", ...timeline.place(operation.name) });
  },
  DropType(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (!type) return;
    if (operation.cascade) {
      for (const { history, column } of [...timeline.columnsOfType(type)])
        dropColumn(timeline, history, column.name, true);
    }
    timeline.removeType(type);
  },
  RenameType(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (type) timeline.moveType(type, { schema: type.schema, name: operation.newName });
  },
  SetTypeSchema(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (type) timeline.moveType(type, { schema: operation.newSchema, name: type.name });
  },
  DropSchema(operation, { timeline }) {
    for (const [, relation] of [...timeline.relations.entries(timeline.time)]) {
      if ("versions" in relation && relation.at(timeline.time)?.schema === operation.schema) {
        dropRelation(timeline, relation, true);
      }
    }
    for (const [, type] of [...timeline.types.entries(timeline.time)]) {
      if (type.schema === operation.schema) timeline.removeType(type);
    }
  },
  RenameSchema({ schema, newName }, { timeline }) {
    for (const [, relation] of [...timeline.relations.entries(timeline.time)]) {
      const table = "versions" in relation ? relation.at(timeline.time) : undefined;
      if (table?.schema === schema) timeline.moveTable(relation as TableHistory, { schema: newName, name: table.name });
    }
    for (const [, type] of [...timeline.types.entries(timeline.time)]) {
      if (type.schema === schema) timeline.moveType(type, { schema: newName, name: type.name });
    }
    timeline.moveFunctions(schema, newName);
  },
  CreateSequence(operation, situation) {
    if (operation.ifNotExists && situation.timeline.history(operation.sequence)) return;
    newRelation(situation, operation.sequence, "sequence", {});
  },
  CreateFunction(operation, { timeline }) {
    const { schema, name } = timeline.place(operation.function);
    const declared = operation.replace ? undefined : timeline.find(timeline.functions, { schema, name }, timeline.time);
    timeline.putFunction({ schema, name }, declared === "volatile" ? declared : operation.volatility);
  },
  // Under its old name there may be another one, with other arguments.
  RenameFunction({ function: name, newName }, { timeline }) {
    timeline.copyFunction(name, { ...timeline.place(name), name: newName });
  },
  SetFunctionSchema({ function: name, newSchema }, { timeline }) {
    timeline.copyFunction(name, { ...timeline.place(name), schema: newSchema });
  },

  Insert: (operation, situation) => void mention(situation, operation.table),
  Update(operation, situation) {
    const history = mention(situation, operation.table);
    for (const column of history ? operation.columns : []) learnColumn(situation.timeline, history!, column);
  },
  Delete: (operation, situation) => void mention(situation, operation.table),
  Merge: (operation, situation) => void mention(situation, operation.table),
  Copy: (operation, situation) => void mention(situation, operation.table),
  Truncate: (operation, situation) => void mention(situation, operation.table),
  LockTable: (operation, situation) => void mention(situation, operation.table),
  CreateTrigger: (operation, situation) => void mention(situation, operation.table),
  Cluster: (operation, situation) => void (operation.table && mention(situation, operation.table)),
  RefreshMaterializedView: (operation, situation) => void mention(situation, operation.view),
  Select(operation, { timeline }) {
    // A function of the user's own may change the schema.
    if (operation.functions.some((name) => builtinVolatility(name) === undefined)) timeline.markIncomplete();
  },

  SetVariable(operation, { timeline }) {
    if (operation.variable === "search_path" || operation.variable === "*") {
      timeline.setSearchPath(operation.value === undefined ? undefined : parseSearchPath(operation.value));
    }
  },
  TransactionControl(operation, { timeline }) {
    // What a rollback takes back was replayed already.
    if (operation.kind === "rollback" || operation.kind === "rollback to") timeline.markIncomplete();
  },
  DoBlock: (_, { timeline }) => timeline.markIncomplete(),
  Unparsed: (_, { timeline }) => timeline.markIncomplete(),
  OtherStatement(operation, { timeline }) {
    if (unreadDefinitions.has(operation.node)) timeline.markIncomplete();
  },
};

/** Statements that make or rename objects without an operation of their own. */
const unreadDefinitions: ReadonlySet<string> = new Set([
  "AlterExtensionStmt",
  "AlterObjectSchemaStmt",
  "CallStmt",
  "CreateExtensionStmt",
  "CreateForeignTableStmt",
  "ExecuteStmt",
  "ImportForeignSchemaStmt",
  "RenameStmt",
]);

/** Folds one operation into the timeline's latest moment. */
export function applyOperation(operation: Operation, situation: Situation): void {
  const change = changes[operation.type] as Change<OperationType> | undefined;
  change?.(operation, situation);
}

// Relations

function nameOf(table: Table): Required<QualifiedName> {
  return { schema: table.schema, name: table.name };
}

/**
 * The relation that a statement names. One that no migration created exists all the same: it becomes an entry with
 * unknown columns. System catalogs stay outside.
 */
function mention(situation: Situation, name: QualifiedName): TableHistory | undefined {
  const { timeline } = situation;
  const known = timeline.history(name);
  if (known) return known;
  if (timeline.index(name) || isSystem(name)) return undefined;
  timeline.markIncomplete();
  return timeline.addTable({
    ...timeline.place(name),
    kind: "table",
    columnsKnown: false,
    inherits: [],
    reads: [],
    temporary: false,
    unlogged: false,
  });
}

function isSystem(name: QualifiedName): boolean {
  const { schema } = name;
  return schema === undefined
    ? name.name.startsWith("pg_")
    : schema === "information_schema" || schema.startsWith("pg_");
}

function newRelation(
  { timeline, order }: Situation,
  name: QualifiedName,
  kind: Table["kind"],
  facts: Partial<Omit<Table, "columns" | "constraints" | "schema" | "name" | "kind">>,
): TableHistory {
  const place = facts.temporary ? { schema: temporarySchema, name: name.name } : timeline.place(name);
  const existing = timeline.history(place);
  if (existing) dropRelation(timeline, existing, true);
  return timeline.addTable({
    ...place,
    kind,
    createdIn: order,
    columnsKnown: false,
    inherits: [],
    reads: [],
    temporary: false,
    unlogged: false,
    ...facts,
  });
}

/** What a view selects from, by full names; relations that no migration created become entries. */
function knownReads(situation: Situation, reads: readonly QualifiedName[]): Required<QualifiedName>[] {
  return reads.flatMap((read) => {
    const history = mention(situation, read);
    return history ? [nameOf(situation.timeline.table(history))] : [];
  });
}

/** Partitions always go with their parent; views and inheriting tables with CASCADE. */
function dropRelation(timeline: Timeline, history: TableHistory, cascade: boolean): void {
  const table = history.at(timeline.time);
  if (!table) return;
  for (const child of timeline.children(history)) {
    if (cascade || timeline.table(child).partitionOf) dropRelation(timeline, child, cascade);
  }
  if (cascade) for (const view of timeline.readers(history)) dropRelation(timeline, view, true);
  timeline.removeTable(history);
}

/** The table and everything that inherits from it, parents first. */
function withDescendants(timeline: Timeline, history: TableHistory): TableHistory[] {
  const tables = [history];
  for (let index = 0; index < tables.length; index++) {
    for (const child of timeline.children(tables[index]!)) if (!tables.includes(child)) tables.push(child);
  }
  return tables;
}

function createTable(operation: CreateTable, situation: Situation): void {
  const { timeline } = situation;
  if (operation.ifNotExists && timeline.history(operation.table)) return;
  const parents = [...(operation.partitionOf ? [operation.partitionOf] : []), ...operation.inherits];
  const parentHistories = parents.flatMap((parent) => mention(situation, parent) ?? []);
  const likes = operation.like.map((like) => ({ like, source: mention(situation, like) }));
  const sources = [...parentHistories, ...likes.flatMap(({ source }) => source ?? [])];
  const parentNames = parentHistories.map((parent) => nameOf(timeline.table(parent)));

  const kind = operation.foreign ? "foreign table" : operation.partitioned ? "partitioned table" : "table";
  const history = newRelation(situation, operation.table, kind, {
    columnsKnown: operation.ofType === undefined && sources.every((source) => timeline.table(source).columnsKnown),
    temporary: operation.temporary,
    unlogged: operation.unlogged,
    ...(operation.partitionOf && parentNames[0] ? { partitionOf: parentNames[0] } : {}),
    ...(operation.defaultPartition ? { defaultPartition: true } : {}),
    inherits: operation.partitionOf ? [] : parentNames,
  });

  const constraints: ConstraintDefinition[] = [];
  for (const parent of parentHistories) {
    for (const column of timeline.table(parent).columns.values()) inheritColumn(timeline, history, column);
    for (const constraint of timeline.table(parent).constraints.values()) {
      if (constraint.kind === "check" || constraint.kind === "not null") timeline.putConstraint(history, constraint);
    }
  }
  for (const { like, source } of likes) if (source) copyLike(situation, like, source, history);
  for (const column of operation.columns) {
    addColumn(situation, history, column);
    constraints.push(...columnConstraints(column, situation));
  }
  for (const constraint of inCreationOrder([...constraints, ...operation.constraints])) {
    addConstraint(situation, history, constraint);
  }
  if (operation.partitionOf && parentHistories[0]) {
    inheritIndexes(situation, parentHistories[0], history);
    inheritForeignKeys(timeline, parentHistories[0], history);
  }
  timeline.tableCreated(situation.order);
}

/** A child's copy of a parent's column: same type, default and NOT NULL; identity belongs to the parent. */
function inheritColumn(timeline: Timeline, child: TableHistory, column: Column): void {
  const { sequence: _, ...inherited } = column;
  const own = child.columns.get(column.name, timeline.time);
  timeline.putColumn(child, { ...inherited, ...(own?.notNull === true ? { notNull: true } : {}) });
}

/** LIKE copies columns and NOT NULL; the rest only where INCLUDING names it. */
function copyLike(situation: Situation, like: LikeTable, source: TableHistory, target: TableHistory): void {
  const { timeline } = situation;
  const including = (what: string): boolean => like.including?.includes(what) ?? false;
  for (const column of timeline.table(source).columns.values()) {
    const { default: value, identity, generated, sequence: _, ...plain } = column;
    timeline.putColumn(target, {
      ...plain,
      ...(value && including("defaults") ? { default: value } : {}),
      ...(generated && including("generated") ? { generated } : {}),
    });
    if (identity && including("identity")) {
      timeline.updateColumn(target, column.name, {
        identity,
        sequence: timeline.addOwnedSequence(target, column.name),
      });
    }
  }
  for (const constraint of timeline.table(source).constraints.values()) {
    if (constraint.kind === "not null" || (constraint.kind === "check" && including("constraints"))) {
      timeline.putConstraint(target, { ...constraint, valid: true });
    }
  }
  if (including("indexes")) inheritIndexes(situation, source, target, { attach: false });
}

// Columns

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

function addColumn({ timeline }: Situation, history: TableHistory, definition: ColumnDefinition): void {
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
    ...(type ? { type: serial ?? type } : {}),
    notNull: definition.notNull || primary || ownsSequence || inherited?.notNull === true,
    ...(value && value.kind !== "null" ? { default: value } : {}),
    ...(definition.identity ? { identity: definition.identity } : {}),
    ...(definition.collation === undefined ? {} : { collation: definition.collation }),
    ...(definition.generated ? { generated: definition.generated.kind } : {}),
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

/** A column of a table that no migration created, known from now on because a statement names it. */
function learnColumn(timeline: Timeline, history: TableHistory, name: string): void {
  if (timeline.table(history).columnsKnown || history.columns.get(name, timeline.time)) return;
  timeline.putColumn(history, { name, notNull: "unknown" });
}

function eachColumn(
  operation: { readonly table: QualifiedName; readonly column: string },
  situation: Situation,
  change: (table: TableHistory) => void,
): void {
  const history = mention(situation, operation.table);
  if (!history) return;
  for (const table of withDescendants(situation.timeline, history)) {
    learnColumn(situation.timeline, table, operation.column);
    if (table.columns.get(operation.column, situation.timeline.time)) change(table);
  }
}

function changeColumn(
  operation: { readonly table: QualifiedName; readonly column: string },
  situation: Situation,
  change: Partial<Column>,
  remove: readonly (keyof Column)[] = [],
): void {
  const { timeline } = situation;
  eachColumn(operation, situation, (table) => {
    const column = { ...table.columns.get(operation.column, timeline.time)!, ...change } as {
      -readonly [K in keyof Column]: Column[K];
    };
    for (const field of change.default?.kind === "null" ? (["default"] as const) : remove) delete column[field];
    timeline.putColumn(table, column);
  });
}

/** Takes a column away with the indexes and constraints that involve it; with CASCADE also the foreign keys to it. */
function dropColumn(timeline: Timeline, history: TableHistory, name: string, cascade: boolean): void {
  const table = timeline.table(history);
  for (const constraint of [...table.constraints.values()]) {
    if (constraint.columns.includes(name) || constraint.expression?.columns.includes(name)) {
      dropConstraint(timeline, history, constraint.name, cascade);
    }
  }
  for (const index of timeline.indexes(history)) {
    if (index.mentions.includes(name)) timeline.removeIndex(history, index.name);
  }
  timeline.removeColumn(history, name);
}

function notNullConstraint(timeline: Timeline, history: TableHistory, column: string): Constraint | undefined {
  for (const constraint of timeline.table(history).constraints.values()) {
    if (constraint.kind === "not null" && constraint.columns[0] === column) return constraint;
  }
  return undefined;
}

/** From 18 on NOT NULL is a constraint with a name. */
function setNotNull(
  { timeline, postgres }: Situation,
  history: TableHistory,
  column: string,
  valid: boolean,
  name?: string,
): void {
  timeline.updateColumn(history, column, { notNull: true });
  if (postgres < 18) return;
  const existing = notNullConstraint(timeline, history, column);
  if (existing) {
    if (valid && !existing.valid) timeline.putConstraint(history, { ...existing, valid });
    return;
  }
  timeline.putConstraint(history, {
    name: name ?? timeline.chooseConstraintName(history, [column], "not_null"),
    kind: "not null",
    columns: [column],
    provesNotNull: [],
    valid,
  });
}

// Constraints

/** The order in which CREATE TABLE makes constraints, which decides who gets the default name without a number. */
const creationOrder: readonly Constraint["kind"][] = [
  "check",
  "not null",
  "primary key",
  "unique",
  "exclude",
  "foreign key",
];

function inCreationOrder(constraints: readonly ConstraintDefinition[]): readonly ConstraintDefinition[] {
  const rank = (constraint: ConstraintDefinition): number => creationOrder.indexOf(constraint.kind);
  return [...constraints].sort((a, b) => rank(a) - rank(b));
}

/** The constraints in a column's definition, the implied NOT NULL of 18 among them. */
function columnConstraints(column: ColumnDefinition, { postgres }: Situation): readonly ConstraintDefinition[] {
  const implied = column.notNull || serialType(column.type) !== undefined || column.identity !== undefined;
  if (!implied || postgres < 18 || column.constraints.some((constraint) => constraint.kind === "not null")) {
    return column.constraints;
  }
  const notNull: ConstraintDefinition = {
    kind: "not null",
    ...(column.notNullName === undefined ? {} : { name: column.notNullName }),
    range: column.range,
    columns: [column.name],
    provesNotNull: [],
    notValid: false,
    notEnforced: false,
    deferrable: false,
  };
  return [...column.constraints, notNull];
}

/** Adds a constraint to a table and, where PostgreSQL does, to its partitions and children. */
function addToTree(situation: Situation, history: TableHistory, constraint: ConstraintDefinition): void {
  const { timeline } = situation;
  const name = addConstraint(situation, history, constraint);
  for (const child of timeline.children(history)) {
    const partition = timeline.table(child).partitionOf !== undefined;
    if (isIndexed(constraint)) {
      if (partition) inheritIndexes(situation, history, child, { only: name });
    } else if (constraint.kind !== "foreign key" || partition) {
      addToTree(situation, child, name === undefined ? constraint : { ...constraint, name });
    }
  }
}

/** Whether an index of its own enforces it. */
function isIndexed({ kind }: ConstraintDefinition): boolean {
  return kind === "primary key" || kind === "unique" || kind === "exclude";
}

/** Adds a constraint to one table and answers its name. */
function addConstraint(
  situation: Situation,
  history: TableHistory,
  definition: ConstraintDefinition,
): string | undefined {
  const { timeline } = situation;
  const { kind } = definition;
  for (const column of definition.columns) learnColumn(timeline, history, column);
  switch (kind) {
    case "not null":
      setNotNull(situation, history, definition.columns[0]!, !definition.notValid, definition.name);
      return definition.name ?? notNullConstraint(timeline, history, definition.columns[0]!)?.name;
    case "primary key":
    case "unique":
    case "exclude":
      return addIndexConstraint(situation, history, definition);
    case "check":
    case "foreign key": {
      const references = definition.references && foreignKeyTarget(situation, definition.references);
      const named =
        kind === "check" ? [...new Set(definition.expression?.columns ?? definition.columns)] : definition.columns;
      const name =
        definition.name ??
        (kind === "check"
          ? timeline.chooseConstraintName(history, named.length === 1 ? named : [], "check")
          : timeline.chooseConstraintName(history, named, "fkey"));
      const existing = history.constraints.get(name, timeline.time);
      // A child that has the parent's CHECK already merges the two.
      if (existing) return name;
      timeline.putConstraint(history, {
        name,
        kind,
        columns: definition.columns,
        ...(references ? { references } : {}),
        ...(definition.expression ? { expression: definition.expression } : {}),
        provesNotNull: definition.provesNotNull,
        valid: !definition.notValid && !definition.notEnforced,
      });
      return name;
    }
  }
}

/** PRIMARY KEY, UNIQUE and EXCLUDE: the constraint and its index, which share a name. */
function addIndexConstraint(situation: Situation, history: TableHistory, definition: ConstraintDefinition): string {
  const { timeline } = situation;
  const kind = definition.kind as "primary key" | "unique" | "exclude";
  const { schema } = timeline.table(history);
  const existing =
    definition.usingIndex === undefined ? undefined : history.indexes.get(definition.usingIndex, timeline.time);
  const columns = definition.usingIndex === undefined ? definition.columns : (existing?.columns ?? []);
  const label = { "primary key": "pkey", unique: "key", exclude: "excl" } as const;
  const name =
    definition.name ??
    definition.usingIndex ??
    timeline.chooseIndexName(
      history,
      kind === "primary key" ? [] : uniqueNames(definition.nameColumns ?? columns),
      label[kind],
    );
  if (existing) {
    timeline.updateIndex(history, existing, { name, constraint: name });
  } else {
    timeline.addIndex(history, {
      schema,
      name,
      table: nameOf(timeline.table(history)),
      unique: kind !== "exclude",
      columns,
      mentions: columns,
      ...(definition.nameColumns ? { nameColumns: definition.nameColumns } : {}),
      hasExpression: kind === "exclude" && (definition.nameColumns?.length ?? 0) > columns.length,
      method: kind === "exclude" ? "gist" : "btree",
      constraint: name,
    });
  }
  timeline.putConstraint(history, { name, kind, columns, provesNotNull: [], valid: true });
  if (kind === "primary key") for (const column of columns) setNotNull(situation, history, column, true);
  return name;
}

/** The referenced table by its full name, and the columns of its primary key where the statement names none. */
function foreignKeyTarget(
  situation: Situation,
  target: NonNullable<Constraint["references"]>,
): NonNullable<Constraint["references"]> {
  const { timeline } = situation;
  const history = mention(situation, target.table);
  if (!history) return target;
  const table = timeline.table(history);
  for (const column of target.columns) learnColumn(timeline, history, column);
  if (target.columns.length > 0) return { table: nameOf(table), columns: target.columns };
  const primary = [...table.constraints.values()].find((constraint) => constraint.kind === "primary key");
  return { table: nameOf(table), columns: primary?.columns ?? [] };
}

/** Takes a constraint away; with CASCADE also the foreign keys that rest on it. */
function dropConstraint(timeline: Timeline, history: TableHistory, name: string, cascade: boolean): void {
  const constraint = history.constraints.get(name, timeline.time);
  if (!constraint) return;
  if (cascade && (constraint.kind === "primary key" || constraint.kind === "unique")) {
    const table = timeline.table(history);
    const key = [...constraint.columns].sort().join("\0");
    for (const other of timeline.referencing(history)) {
      for (const candidate of [...timeline.table(other).constraints.values()]) {
        const { references } = candidate;
        if (references && sameName(references.table, table) && [...references.columns].sort().join("\0") === key) {
          timeline.removeConstraint(other, candidate.name);
        }
      }
    }
  }
  timeline.removeConstraint(history, name);
  if (constraint.kind === "not null") timeline.updateColumn(history, constraint.columns[0]!, { notNull: false });
}

// Indexes

function createIndex(operation: CreateIndex, situation: Situation): void {
  const { timeline } = situation;
  const history = mention(situation, operation.table);
  if (!history) return;
  const { schema } = timeline.table(history);
  if (operation.index && operation.ifNotExists && timeline.relationTaken(schema, operation.index.name)) return;
  const mentions = operation.mentions ?? [...operation.columns, ...(operation.where?.columns ?? [])];
  for (const column of mentions) learnColumn(timeline, history, column);
  const name =
    operation.index?.name ??
    timeline.chooseIndexName(history, uniqueNames(operation.nameColumns ?? operation.columns), "idx");
  timeline.addIndex(history, {
    schema,
    name,
    table: nameOf(timeline.table(history)),
    unique: operation.unique,
    columns: operation.columns,
    mentions,
    nameColumns: operation.nameColumns ?? operation.columns,
    hasExpression: operation.hasExpression,
    method: operation.method,
  });
  if (operation.only) return;
  for (const child of timeline.children(history)) {
    if (timeline.table(child).partitionOf) inheritIndexes(situation, history, child, { only: name });
  }
}

/** Numbers repeated names, as PostgreSQL does for `expr`, `expr1`. */
function uniqueNames(names: readonly string[]): string[] {
  const unique: string[] = [];
  for (const name of names) {
    let candidate = name;
    for (let number = 1; unique.includes(candidate); number++) candidate = `${name}${number}`;
    unique.push(candidate);
  }
  return unique;
}

/**
 * Gives a partition its own copy of each index of its parent, unless it has a matching one that is free to be
 * attached. LIKE … INCLUDING INDEXES copies in the same way, without the tie.
 */
function inheritIndexes(
  situation: Situation,
  parent: TableHistory,
  child: TableHistory,
  { attach = true, only }: { attach?: boolean; only?: string | undefined } = {},
): void {
  const { timeline } = situation;
  const { schema } = timeline.table(child);
  const own = timeline.indexes(child);
  const constraints = timeline.table(parent).constraints;
  for (const index of timeline.indexes(parent)) {
    if (only !== undefined && index.name !== only) continue;
    if (attach && own.some((candidate) => candidate.parent === index.name)) continue;
    const kind = index.constraint === undefined ? undefined : constraints.get(index.constraint)?.kind;
    const match = attach && own.find((candidate) => candidate.parent === undefined && matches(index, candidate));
    if (match) {
      timeline.updateIndex(child, match, { parent: index.name });
      continue;
    }
    const label = kind === "primary key" ? "pkey" : kind === "unique" ? "key" : kind === "exclude" ? "excl" : "idx";
    const columns = kind === "primary key" ? [] : uniqueNames(index.nameColumns ?? index.columns);
    const name = timeline.chooseIndexName(child, columns, label);
    const { parent: _, constraint: __, ...copied } = index;
    timeline.addIndex(child, {
      ...copied,
      schema,
      name,
      table: nameOf(timeline.table(child)),
      ...(attach ? { parent: index.name } : {}),
      ...(kind ? { constraint: name } : {}),
    });
    if (kind) {
      timeline.putConstraint(child, { name, kind, columns: index.columns, provesNotNull: [], valid: true });
      if (kind === "primary key") for (const column of index.columns) setNotNull(situation, child, column, true);
    }
    if (attach)
      for (const grandchild of timeline.children(child)) inheritIndexes(situation, child, grandchild, { only: name });
  }
}

/** Whether an index of a partition serves as its part of the parent's index. */
function matches(parent: Index, candidate: Index): boolean {
  return (
    parent.unique === candidate.unique &&
    parent.method === candidate.method &&
    parent.hasExpression === candidate.hasExpression &&
    parent.columns.join("\0") === candidate.columns.join("\0") &&
    (parent.constraint === undefined || candidate.constraint !== undefined)
  );
}

/** A partition has the foreign keys of its parent, under the same names. */
function inheritForeignKeys(timeline: Timeline, parent: TableHistory, child: TableHistory): void {
  for (const constraint of timeline.table(parent).constraints.values()) {
    if (constraint.kind !== "foreign key") continue;
    const has = [...timeline.table(child).constraints.values()].some(
      (own) =>
        own.references &&
        sameName(own.references.table, constraint.references!.table) &&
        own.columns.join("\0") === constraint.columns.join("\0"),
    );
    if (!has) timeline.putConstraint(child, constraint);
  }
}

function renameIndex(timeline: Timeline, index: Index, newName: string): void {
  const history = timeline.history(index.table);
  if (!history) return;
  if (index.constraint === undefined) timeline.updateIndex(history, index, { name: newName });
  else timeline.renameConstraint(history, index.constraint, newName);
}

/** ALTER INDEX … ATTACH PARTITION. */
function attachIndex(timeline: Timeline, parent: Index, name: QualifiedName | undefined): void {
  const index = name && timeline.index(name);
  const history = index && timeline.history(index.table);
  if (history) timeline.updateIndex(history, index, { parent: parent.name });
}

/** An index of a partitioned table takes those of the partitions along. */
function dropIndexTree(timeline: Timeline, history: TableHistory, index: Index): void {
  for (const child of timeline.children(history)) {
    for (const own of timeline.indexes(child)) if (own.parent === index.name) dropIndexTree(timeline, child, own);
  }
  timeline.removeIndex(history, index.name);
}

// Settings

/** The schemas of a `search_path`; `"$user"` is left out, since a schema of that name is rare. */
function parseSearchPath(value: string): string[] {
  return value
    .split(",")
    .map((schema) => schema.trim().replace(/^"(.*)"$/, "$1"))
    .filter((schema) => schema !== "" && schema !== "$user");
}
