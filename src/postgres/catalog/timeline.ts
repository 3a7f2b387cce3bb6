/**
 * The schema over the time of a replay: an append-only record of every object's versions. `CatalogAt` reads it at any
 * moment; the methods here write the latest one. They change single objects and keep what names them in step: indexes
 * follow their table, foreign keys the table they point at. What a statement means is in `apply.ts`.
 */
import type {
  Column,
  Constraint,
  Index,
  Policy,
  Routine,
  RoutineParts,
  Table,
  Trigger,
  UsedColumn,
  UserType,
} from "../../model/catalog.js";
import type { QualifiedName, TypeName } from "../../model/name.js";
import type { Expression } from "../../model/operation.js";
import { chooseName } from "./default-names.js";
import { VersionedMap, Versions } from "./versioned.js";

/** Where PostgreSQL puts temporary tables; it looks here first. */
export const temporarySchema = "pg_temp";
const defaultSearchPath: readonly string[] = ["public"];

/** What names another relation: a table with a foreign key, a partition or child, a view, an owned sequence. */
type NamedAs = "foreign key" | "child" | "default partition" | "reader" | "sequence";

/** One relation under all the names it ever had. */
export class TableHistory {
  readonly versions = new Versions<Table>();
  readonly columns = new VersionedMap<Column>();
  readonly constraints = new VersionedMap<Constraint>();
  readonly indexes = new VersionedMap<Index>();
  /** Relations that named this one at some time; whether they still do is read from themselves. */
  readonly #namedBy: { [Kind in NamedAs]?: Set<TableHistory> } = {};
  /** By a CHECK's text, the names under which one of it has ever been here. */
  readonly #checks = new Map<string, Set<string>>();
  lastWritten = -1;

  at(time: number): Table | undefined {
    return this.versions.at(time);
  }

  /** To be told of everything that names this relation. */
  namedBy(other: TableHistory, as: NamedAs): void {
    (this.#namedBy[as] ??= new Set()).add(other);
  }

  /** To be told of every constraint, and of its new name. */
  hasConstraint({ name, expression }: Constraint): void {
    if (expression === undefined) return;
    const names = this.#checks.get(expression.sql);
    if (names) names.add(name);
    else this.#checks.set(expression.sql, new Set([name]));
  }

  /** Constraints whose expression is written like this. */
  checksAt(sql: string, time: number): Constraint[] {
    return [...(this.#checks.get(sql) ?? [])].flatMap((name) => {
      const constraint = this.constraints.get(name, time);
      return constraint?.expression?.sql === sql ? constraint : [];
    });
  }

  /** Tables with a foreign key to this one, itself included. */
  referencingAt(time: number): TableHistory[] {
    return this.#still("foreign key", time, ({ constraints }, self) => {
      for (const { references } of constraints.values()) if (sameName(references?.table, self)) return true;
      return false;
    });
  }

  /** Partitions and inheriting tables, one level down. */
  childrenAt(time: number): TableHistory[] {
    return this.#still(
      "child",
      time,
      ({ partitionOf, inherits }, self) =>
        sameName(partitionOf, self) || inherits.some((parent) => sameName(parent, self)),
    );
  }

  /** The partition for all rows that belong into no other one. */
  defaultPartitionAt(time: number): TableHistory | undefined {
    return this.#still("default partition", time, ({ partitionOf, defaultPartition }, self) => {
      return defaultPartition === true && sameName(partitionOf, self);
    })[0];
  }

  /** Views that select from this relation. */
  readersAt(time: number): TableHistory[] {
    return this.#still("reader", time, ({ reads }, self) => reads.some((read) => sameName(read, self)));
  }

  /** Sequences that one of its columns owns. */
  sequencesAt(time: number): TableHistory[] {
    return this.#still("sequence", time, ({ ownedBy }, self) => sameName(ownedBy?.table, self));
  }

  #still(as: NamedAs, time: number, names: (other: Table, self: Table) => boolean) {
    const candidates = this.#namedBy[as];
    const self = candidates && this.at(time);
    if (!self) return [];
    return [...candidates].filter((candidate) => {
      const other = candidate.at(time);
      return other !== undefined && names(other, self);
    });
  }
}

function key(schema: string, name: string): string {
  return `${schema}\0${name}`;
}

/** An index's key after its column got another name: the name stands at its start. */
function renameInKey(indexKey: string, name: string, newName: string): string {
  return indexKey === name || indexKey.startsWith(`${name} `) ? newName + indexKey.slice(name.length) : indexKey;
}

export function sameName(a: QualifiedName | undefined, b: QualifiedName): boolean {
  return a !== undefined && a.name === b.name && a.schema === b.schema;
}

/** An expression after a column was renamed. Its text stays as it was written. */
function renamedIn(expression: Expression, renamed: (column: string) => string): Expression {
  return { ...expression, columns: expression.columns.map(renamed) };
}

function renamedInPolicy(policy: Policy, renamed: (column: string) => string): Policy {
  const { using, withCheck } = policy;
  return {
    ...policy,
    ...(using && { using: renamedIn(using, renamed) }),
    ...(withCheck && { withCheck: renamedIn(withCheck, renamed) }),
  };
}

export class Timeline {
  /** The latest moment. Each operation that is applied gets its own. */
  time = 0;
  readonly relations = new VersionedMap<TableHistory | Index>();
  readonly types = new VersionedMap<UserType>();
  /** By name, all that have it. */
  readonly functions = new VersionedMap<readonly Routine[]>();
  /** `false`: one that is known to be gone. */
  readonly schemas = new VersionedMap<boolean>();
  /** Extended statistics, by the table that they are on. */
  readonly statistics = new VersionedMap<TableHistory>();
  /** The tables that a publication names. */
  readonly publications = new VersionedMap<readonly TableHistory[]>();
  /** Servers of foreign tables, by their foreign data wrapper. */
  readonly servers = new VersionedMap<string>();
  readonly #foreignTables = new Set<TableHistory>();
  #hasTemporary = false;
  readonly #searchPath = new Versions<readonly string[]>();
  #connectionPath: readonly string[] | undefined;
  /** What COMMIT makes of `search_path`, once SET LOCAL has been run. */
  #afterTransaction: { readonly path: readonly string[] | undefined } | undefined;
  /** The paths of those that have called functions with one of their own. */
  readonly #callers: (readonly string[] | undefined)[] = [];
  /** Tables that had a trigger which calls this function at some time, by the function's bare name. */
  readonly #triggerUsers = new Map<string, Set<TableHistory>>();
  /** Views that called a function of the user's at some time. */
  readonly #callingViews = new Set<TableHistory>();
  /** Functions that had parts at some time, by their keys. */
  readonly #withParts = new Set<string>();
  /** Tables that had a column of this type at some time, by the type's bare name. */
  readonly #typeUsers = new Map<string, Set<TableHistory>>();
  /** How many constraints of a schema have a name: PostgreSQL's default names avoid them all. */
  readonly #constraintNames = new Map<string, number>();
  /** By schema, where searches for a free name ended, since a name became free. */
  readonly #searches = new Map<string, Map<string, number>>();
  #firstOrder: number | undefined;
  #completeFrom = Infinity;
  #completeUntil = Infinity;

  constructor() {
    this.schemas.set("public", true, this.time);
  }

  // Completeness

  /**
   * Whether absence is a fact: an earlier migration created a table, so history does not start behind a baseline that
   * is not here, and every statement since was understood.
   */
  complete(time: number): boolean {
    return this.#completeFrom <= time && time < this.#completeUntil;
  }

  /**
   * Told at each migration's start.
   * @param connectionPath The `search_path` that its connection starts with; absent: the default.
   */
  startMigration(order: number, connectionPath?: readonly string[]): void {
    if (this.#firstOrder !== undefined && order !== this.#firstOrder) {
      this.#completeFrom = Math.min(this.#completeFrom, this.time);
    }
    this.#afterTransaction = undefined;
    this.#callers.length = 0;
    this.#connectionPath = connectionPath;
    if (this.#searchPath.at(this.time) !== connectionPath) this.#searchPath.set(this.time, connectionPath);
  }

  tableCreated(order: number): void {
    this.#firstOrder ??= order;
  }

  markIncomplete(): void {
    this.#completeUntil = Math.min(this.#completeUntil, this.time);
  }

  // Names

  searchPath(time: number): readonly string[] {
    return this.#searchPath.at(time) ?? defaultSearchPath;
  }

  /** @param path Absent: that of the connection, to which RESET goes back. */
  setSearchPath(path: readonly string[] | undefined, local: boolean): void {
    const before = this.#searchPath.at(this.time);
    // A later SET in the same transaction stays behind it.
    this.#afterTransaction = local ? (this.#afterTransaction ?? { path: before }) : undefined;
    this.#searchPath.set(this.time, path && path.length > 0 ? path : this.#connectionPath);
  }

  /** What SET LOCAL has set is as it was before. */
  endTransaction(): void {
    if (this.#afterTransaction) this.#searchPath.set(this.time, this.#afterTransaction.path);
    this.#afterTransaction = undefined;
  }

  /** A function with a `search_path` of its own is called. */
  enterFunction(path: readonly string[] | undefined): void {
    this.#callers.push(this.#searchPath.at(this.time));
    this.#searchPath.set(this.time, path && path.length > 0 ? path : undefined);
  }

  leaveFunction(): void {
    this.#searchPath.set(this.time, this.#callers.pop());
  }

  /** Looks a name up in one of the namespaces, as PostgreSQL does: in its schema, else along `search_path`. */
  find<Value>(map: VersionedMap<Value>, name: QualifiedName, time: number): Value | undefined {
    if (name.schema !== undefined) return map.get(key(name.schema, name.name), time);
    if (this.#hasTemporary) {
      const temporary = map.get(key(temporarySchema, name.name), time);
      if (temporary !== undefined) return temporary;
    }
    for (const schema of this.searchPath(time)) {
      const found = map.get(key(schema, name.name), time);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Where a new object of this name goes: the first schema of `search_path` that exists. */
  place(name: QualifiedName): Required<QualifiedName> {
    if (name.schema !== undefined) return { schema: name.schema, name: name.name };
    const path = this.searchPath(this.time);
    return {
      schema: path.find((schema) => this.schemas.get(schema, this.time) !== false) ?? path[0]!,
      name: name.name,
    };
  }

  relationTaken(schema: string, name: string): boolean {
    return this.relations.get(key(schema, name), this.time) !== undefined;
  }

  /** Constraints of domains share the names of those of tables. */
  countDomainConstraint(schema: string, name: string, change: 1 | -1): void {
    this.#countConstraint(schema, name, change);
  }

  constraintTaken(schema: string, name: string): boolean {
    return (this.#constraintNames.get(key(schema, name)) ?? 0) > 0;
  }

  // Tables

  history(name: QualifiedName): TableHistory | undefined {
    const found = this.find(this.relations, name, this.time);
    return found instanceof TableHistory ? found : undefined;
  }

  table(history: TableHistory): Table {
    return history.versions.at(this.time)!;
  }

  addTable(facts: Omit<Table, "columns" | "constraints">): TableHistory {
    const history = new TableHistory();
    this.#write(history, facts);
    this.relations.set(key(facts.schema, facts.name), history, this.time);
    if (facts.temporary) this.#hasTemporary = true;
    for (const parent of [facts.partitionOf, ...facts.inherits]) {
      if (parent) this.history(parent)?.namedBy(history, "child");
    }
    if (facts.defaultPartition && facts.partitionOf) {
      this.history(facts.partitionOf)?.namedBy(history, "default partition");
    }
    for (const read of facts.reads) this.history(read)?.namedBy(history, "reader");
    if (facts.ownedBy) this.history(facts.ownedBy.table)?.namedBy(history, "sequence");
    if (facts.server !== undefined) this.#foreignTables.add(history);
    return history;
  }

  foreignTables(server: string): TableHistory[] {
    return [...this.#foreignTables].filter((history) => history.at(this.time)?.server === server);
  }

  /** Records that a table has changed, with new values for some of its facts. */
  touch(history: TableHistory, changes?: Partial<Omit<Table, "columns" | "constraints">>): void {
    if (history.lastWritten === this.time && !changes) return;
    this.#write(history, { ...this.table(history), ...changes });
  }

  /** Gives a table new facts as a whole, so that some can go. */
  replaceFacts(history: TableHistory, facts: Omit<Table, "columns" | "constraints">): void {
    this.#write(history, facts);
  }

  #write(history: TableHistory, facts: Omit<Table, "columns" | "constraints">): void {
    history.lastWritten = this.time;
    if (facts.calls) this.#callingViews.add(history);
    history.versions.set(this.time, {
      ...facts,
      columns: history.columns.at(this.time),
      constraints: history.constraints.at(this.time),
    });
  }

  /** Takes a table away with its indexes, its owned sequences and the foreign keys that point at it. */
  removeTable(history: TableHistory): void {
    const table = this.table(history);
    for (const sequence of this.sequences(history)) this.removeTable(sequence);
    for (const index of [...history.indexes.at(this.time).values()]) this.removeIndex(history, index.name);
    for (const other of this.referencing(history)) {
      if (other === history) continue;
      for (const constraint of [...this.table(other).constraints.values()]) {
        if (constraint.references && sameName(constraint.references.table, table))
          this.removeConstraint(other, constraint.name);
      }
    }
    for (const constraint of table.constraints.keys()) this.#countConstraint(table.schema, constraint, -1);
    this.relations.delete(key(table.schema, table.name), this.time);
    this.#searches.clear();
    history.versions.set(this.time, undefined);
  }

  /** Gives a table another name or schema. Everything that names it follows. PostgreSQL refuses a name that is taken. */
  moveTable(history: TableHistory, to: Required<QualifiedName>): void {
    const from = this.table(history);
    if (this.relations.get(key(to.schema, to.name), this.time)) return;
    this.relations.rename(key(from.schema, from.name), key(to.schema, to.name), history, this.time);
    this.#searches.clear();
    const named = [
      ...this.referencing(history),
      ...this.children(history),
      ...this.readers(history),
      ...this.sequences(history),
    ];
    for (const other of new Set(named)) this.#follow(other, from, to);
    if (from.kind === "sequence") this.#followSequence(from, to);
    this.#followInParts(from, to, "relation");
    this.touch(history, to);
    for (const index of [...history.indexes.at(this.time).values()]) {
      this.replaceIndex(history, index, { ...index, schema: to.schema, table: to });
    }
    if (from.schema === to.schema) return;
    for (const constraint of this.table(history).constraints.keys()) {
      this.#countConstraint(from.schema, constraint, -1);
      this.#countConstraint(to.schema, constraint, 1);
    }
    for (const sequence of this.sequences(history)) {
      this.moveTable(sequence, { schema: to.schema, name: this.table(sequence).name });
    }
  }

  /** Rewrites the old name of a relation wherever `other` has it. */
  #follow(other: TableHistory, from: Table, to: QualifiedName): void {
    const table = this.table(other);
    for (const constraint of [...table.constraints.values()]) {
      if (constraint.references && sameName(constraint.references.table, from)) {
        other.constraints.set(
          constraint.name,
          { ...constraint, references: { ...constraint.references, table: to } },
          this.time,
        );
      }
    }
    const renamed = (name: QualifiedName): QualifiedName => (sameName(name, from) ? to : name);
    this.touch(other, {
      ...(table.partitionOf ? { partitionOf: renamed(table.partitionOf) } : {}),
      inherits: table.inherits.map(renamed),
      reads: table.reads.map(renamed),
      ...(table.uses ? { uses: table.uses.map((use) => ({ ...use, table: renamed(use.table) })) } : {}),
      ...(table.ownedBy ? { ownedBy: { ...table.ownedBy, table: renamed(table.ownedBy.table) } } : {}),
    });
  }

  referencing(history: TableHistory): TableHistory[] {
    return history.referencingAt(this.time);
  }

  children(history: TableHistory): TableHistory[] {
    return history.childrenAt(this.time);
  }

  readers(history: TableHistory): TableHistory[] {
    return history.readersAt(this.time);
  }

  sequences(history: TableHistory): TableHistory[] {
    return history.sequencesAt(this.time);
  }

  // Columns

  putColumn(history: TableHistory, column: Column): void {
    history.columns.set(column.name, column, this.time);
    for (const type of [column.type, column.defaultType]) {
      if (!type) continue;
      const users = this.#typeUsers.get(type.name);
      if (users) users.add(history);
      else this.#typeUsers.set(type.name, new Set([history]));
    }
    this.touch(history);
  }

  updateColumn(history: TableHistory, name: string, changes: Partial<Column>): void {
    const column = history.columns.get(name, this.time);
    if (column) this.putColumn(history, { ...column, ...changes });
  }

  removeColumn(history: TableHistory, name: string): void {
    const column = history.columns.get(name, this.time);
    if (!column) return;
    for (const sequence of this.sequencesOf(history, name)) this.removeTable(sequence);
    history.columns.delete(name, this.time);
    this.touch(history);
  }

  /** Renames a column; constraints, indexes and foreign keys of other tables follow. */
  renameColumn(history: TableHistory, name: string, newName: string): void {
    const table = this.table(history);
    const column = history.columns.get(name, this.time);
    if (!column) return;
    const renamed = (column: string): string => (column === name ? newName : column);
    history.columns.rename(name, newName, { ...column, name: newName }, this.time);
    const { policies, triggers, partitionKey } = table;
    if (partitionKey?.includes(name)) this.touch(history, { partitionKey: partitionKey.map(renamed) });
    if (policies?.some(({ using, withCheck }) => using?.columns.includes(name) || withCheck?.columns.includes(name))) {
      this.touch(history, { policies: policies.map((policy) => renamedInPolicy(policy, renamed)) });
    }
    if (triggers?.some(({ columns, whenColumns }) => columns.includes(name) || whenColumns.includes(name))) {
      this.touch(history, {
        triggers: triggers.map((trigger) => ({
          ...trigger,
          columns: trigger.columns.map(renamed),
          whenColumns: trigger.whenColumns.map(renamed),
        })),
      });
    }
    for (const reader of this.readers(history)) {
      const { uses } = this.table(reader);
      if (!uses?.some((use) => use.column === name && sameName(use.table, table))) continue;
      this.touch(reader, {
        uses: uses.map((use) => (sameName(use.table, table) ? { ...use, column: renamed(use.column) } : use)),
      });
    }
    this.#changeWithParts(({ uses, ...parts }, routine) => {
      if (!uses.some((use) => use.column === name && sameName(use.table, table))) return undefined;
      const follow = (use: UsedColumn): UsedColumn =>
        sameName(use.table, table) ? { ...use, column: renamed(use.column) } : use;
      return { ...routine, parts: { ...parts, uses: uses.map(follow) } };
    });
    for (const other of [...table.columns.values()]) {
      if (!other.generation?.columns.includes(name)) continue;
      this.updateColumn(history, other.name, { generation: renamedIn(other.generation, renamed) });
    }
    for (const sequence of this.sequencesOf(history, name)) {
      this.setOwner(sequence, { table: { schema: table.schema, name: table.name }, column: newName });
    }
    for (const constraint of [...table.constraints.values()]) {
      const expression = constraint.expression && renamedIn(constraint.expression, renamed);
      history.constraints.set(
        constraint.name,
        {
          ...constraint,
          ...(expression ? { expression } : {}),
          columns: constraint.columns.map(renamed),
          provesNotNull: constraint.provesNotNull.map(renamed),
        },
        this.time,
      );
    }
    for (const index of [...history.indexes.at(this.time).values()]) {
      const { columns, mentions, keys, including } = index;
      this.replaceIndex(history, index, {
        ...index,
        columns: columns.map(renamed),
        mentions: mentions.map(renamed),
        ...(keys && { keys: keys.map((key) => renameInKey(key, name, newName)) }),
        ...(including && { including: including.map(renamed) }),
      });
    }
    for (const other of this.referencing(history)) {
      for (const constraint of [...this.table(other).constraints.values()]) {
        const { references } = constraint;
        if (!references || !sameName(references.table, table)) continue;
        other.constraints.set(
          constraint.name,
          { ...constraint, references: { ...references, columns: references.columns.map(renamed) } },
          this.time,
        );
      }
      this.touch(other);
    }
    this.touch(history);
  }

  // Constraints

  putConstraint(history: TableHistory, constraint: Constraint): void {
    const { schema } = this.table(history);
    if (!history.constraints.get(constraint.name, this.time)) this.#countConstraint(schema, constraint.name, 1);
    history.constraints.set(constraint.name, constraint, this.time);
    history.hasConstraint(constraint);
    if (constraint.references) this.history(constraint.references.table)?.namedBy(history, "foreign key");
    this.touch(history);
  }

  /** Takes a constraint away, with the index that it owns. */
  removeConstraint(history: TableHistory, name: string): void {
    if (!history.constraints.get(name, this.time)) return;
    history.constraints.delete(name, this.time);
    this.#countConstraint(this.table(history).schema, name, -1);
    this.touch(history);
    for (const index of [...history.indexes.at(this.time).values()]) {
      if (index.constraint === name) this.removeIndex(history, index.name);
    }
  }

  /** Renames a constraint and the index that it owns. */
  renameConstraint(history: TableHistory, name: string, newName: string): void {
    const constraint = history.constraints.get(name, this.time);
    if (!constraint) return;
    const { schema } = this.table(history);
    const renamed = { ...constraint, name: newName };
    history.constraints.rename(name, newName, renamed, this.time);
    history.hasConstraint(renamed);
    this.#countConstraint(schema, name, -1);
    this.#countConstraint(schema, newName, 1);
    for (const index of [...history.indexes.at(this.time).values()]) {
      if (index.constraint === name) this.updateIndex(history, index, { name: newName, constraint: newName });
    }
    this.touch(history);
  }

  chooseConstraintName(history: TableHistory, columns: readonly string[], label: string): string {
    const { schema, name } = this.table(history);
    return chooseName(name, columns, label, (choice) => this.constraintTaken(schema, choice), this.#ended(schema));
  }

  /** The name of a constraint's index, which is free both as a relation and as a constraint. */
  chooseIndexName(history: TableHistory, columns: readonly string[], label: "pkey" | "key" | "excl" | "idx"): string {
    const { schema, name } = this.table(history);
    return chooseName(
      name,
      columns,
      label,
      (choice) => this.relationTaken(schema, choice) || (label !== "idx" && this.constraintTaken(schema, choice)),
      this.#ended(schema),
    );
  }

  #ended(schema: string): Map<string, number> {
    let ended = this.#searches.get(schema);
    if (ended === undefined) this.#searches.set(schema, (ended = new Map<string, number>()));
    return ended;
  }

  #countConstraint(schema: string, name: string, change: 1 | -1): void {
    if (change < 0) this.#searches.clear();
    const constraint = key(schema, name);
    this.#constraintNames.set(constraint, (this.#constraintNames.get(constraint) ?? 0) + change);
  }

  // Indexes

  index(name: QualifiedName): Index | undefined {
    const found = this.find(this.relations, name, this.time);
    return found instanceof TableHistory ? undefined : found;
  }

  indexes(history: TableHistory): Index[] {
    return [...history.indexes.at(this.time).values()];
  }

  addIndex(history: TableHistory, index: Index): void {
    this.relations.set(key(index.schema, index.name), index, this.time);
    history.indexes.set(index.name, index, this.time);
    this.touch(history);
  }

  removeIndex(history: TableHistory, name: string): void {
    const index = history.indexes.get(name, this.time);
    if (!index) return;
    this.relations.delete(key(index.schema, name), this.time);
    this.#searches.clear();
    history.indexes.delete(name, this.time);
    this.touch(history);
  }

  updateIndex(history: TableHistory, index: Index, changes: Partial<Index>): void {
    this.replaceIndex(history, index, { ...index, ...changes });
    for (const child of changes.name === undefined ? [] : this.children(history)) {
      for (const own of this.indexes(child)) {
        if (own.parent === index.name) this.replaceIndex(child, own, { ...own, parent: changes.name! });
      }
    }
  }

  replaceIndex(history: TableHistory, from: Index, to: Index): void {
    this.touch(history);
    this.relations.rename(key(from.schema, from.name), key(to.schema, to.name), to, this.time);
    this.#searches.clear();
    history.indexes.rename(from.name, to.name, to, this.time);
  }

  // Sequences

  /** Makes the sequence of a serial or identity column. */
  addOwnedSequence(history: TableHistory, column: string): Required<QualifiedName> {
    const table = this.table(history);
    const name = chooseName(table.name, [column], "seq", (choice) => this.relationTaken(table.schema, choice));
    this.addTable({
      schema: table.schema,
      name,
      kind: "sequence",
      ...(table.createdIn === undefined ? {} : { createdIn: table.createdIn }),
      columnsKnown: true,
      inherits: [],
      reads: [],
      temporary: table.temporary,
      unlogged: table.unlogged,
      ownedBy: { table: { schema: table.schema, name: table.name }, column },
    });
    return { schema: table.schema, name };
  }

  /** Sequences that a column owns. */
  sequencesOf(history: TableHistory, column: string): TableHistory[] {
    return this.sequences(history).filter((sequence) => this.table(sequence).ownedBy?.column === column);
  }

  /** Gives a sequence an owner, or takes it away. */
  setOwner(sequence: TableHistory, owner: Table["ownedBy"]): void {
    const { ownedBy: _, ...facts } = this.table(sequence);
    this.replaceFacts(sequence, { ...facts, ...(owner && { ownedBy: owner }) });
    if (owner) this.history(owner.table)?.namedBy(sequence, "sequence");
  }

  /** A column names the sequence that it was made with. */
  #followSequence(from: Table, to: Required<QualifiedName>): void {
    const owner = from.ownedBy && this.history(from.ownedBy.table);
    const column = owner?.columns.get(from.ownedBy!.column, this.time);
    if (column?.sequence && sameName(column.sequence, from)) this.updateColumn(owner!, column.name, { sequence: to });
  }

  // Functions

  /** The function's full name if a migration created it, else as it is. */
  qualifyFunction(name: QualifiedName): QualifiedName {
    if (name.schema !== undefined) return name;
    const schema = this.searchPath(this.time).find((schema) => this.functions.get(key(schema, name.name), this.time));
    return schema === undefined ? name : { schema, name: name.name };
  }

  routines(name: QualifiedName): readonly Routine[] {
    return this.find(this.functions, name, this.time) ?? [];
  }

  putRoutines({ schema, name }: Required<QualifiedName>, routines: readonly Routine[]): void {
    if (routines.some(({ parts }) => parts)) this.#withParts.add(key(schema, name));
    if (routines.length > 0) this.functions.set(key(schema, name), routines, this.time);
    else this.functions.delete(key(schema, name), this.time);
  }

  *functionsWithParts(time: number): Generator<Routine, void> {
    for (const qualified of this.#withParts) {
      for (const routine of this.functions.get(qualified, time) ?? []) if (routine.parts) yield routine;
    }
  }

  /** @param change Undefined: a function stays as it is. */
  #changeWithParts(change: (parts: RoutineParts, routine: Routine) => Routine | undefined): void {
    for (const qualified of this.#withParts) {
      const routines = this.functions.get(qualified, this.time);
      const changed = routines?.map((routine) => (routine.parts && change(routine.parts, routine)) ?? routine);
      if (changed?.some((routine, index) => routine !== routines?.[index])) {
        this.functions.set(qualified, changed, this.time);
      }
    }
  }

  /** Rewrites the old name of a relation, a function or a type in what functions are made of. */
  #followInParts(from: QualifiedName, to: Required<QualifiedName>, kind: "relation" | "function" | "type"): void {
    const renamed = (other: QualifiedName): QualifiedName =>
      sameName(other, from) ? { schema: to.schema, name: to.name } : other;
    const isNamed = (names: readonly QualifiedName[]): boolean => names.some((name) => sameName(name, from));
    this.#changeWithParts((parts, routine) => {
      const { reads, calls, types, uses } = parts;
      if (kind === "function") {
        return isNamed(calls) ? { ...routine, parts: { ...parts, calls: calls.map(renamed) } } : undefined;
      }
      // A table's rows have a type of its name.
      const isTaken = isNamed(types);
      if (!isTaken && (kind === "type" || !isNamed(reads))) return undefined;
      const followed = {
        reads: reads.map(renamed),
        uses: uses.map((use) => ({ ...use, table: renamed(use.table) })),
        types: types.map(renamed),
      };
      const given = (type: string): string =>
        type.replace("[]", "") === from.name ? type.replace(from.name, to.name) : type;
      const { arguments: before } = routine;
      return { ...routine, arguments: isTaken ? before.map(given) : before, parts: { ...parts, ...followed } };
    });
  }

  /** Tables with a trigger that calls this function. */
  callers(name: QualifiedName): TableHistory[] {
    const calls = (table: Table | undefined): boolean =>
      table?.triggers?.some((trigger) => sameName(trigger.function, name)) ?? false;
    return [...(this.#triggerUsers.get(name.name) ?? [])].filter((history) => calls(history.at(this.time)));
  }

  /** Triggers, views and functions keep calling a function that gets another name. */
  moveCalls(from: QualifiedName, to: Required<QualifiedName>): void {
    this.#followInParts(from, to, "function");
    for (const history of this.viewsCalling(from)) {
      const { calls = [] } = this.table(history);
      this.touch(history, { calls: calls.map((name) => (sameName(name, from) ? { ...to } : name)) });
    }
    for (const history of this.callers(from)) {
      this.putTriggers(
        history,
        (this.table(history).triggers ?? []).map((trigger) =>
          sameName(trigger.function, from) ? { ...trigger, function: { ...to } } : trigger,
        ),
      );
    }
  }

  /** Views that call this function. */
  viewsCalling(name: QualifiedName): TableHistory[] {
    const calls = (table: Table | undefined): boolean =>
      table?.calls?.some((called) => sameName(called, name)) ?? false;
    return [...this.#callingViews].filter((history) => calls(history.at(this.time)));
  }

  putTriggers(history: TableHistory, triggers: readonly Trigger[]): void {
    this.touch(history, { triggers });
    for (const { function: called } of triggers) {
      const users = this.#triggerUsers.get(called.name);
      if (users) users.add(history);
      else this.#triggerUsers.set(called.name, new Set([history]));
    }
  }

  removeRoutinesOf(schema: string): void {
    const start = key(schema, "");
    for (const [qualified] of [...this.functions.entries(this.time)]) {
      if (qualified.startsWith(start)) this.functions.delete(qualified, this.time);
    }
  }

  moveRoutinesOf(schema: string, newSchema: string): void {
    const start = key(schema, "");
    for (const [qualified, routines] of [...this.functions.entries(this.time)]) {
      const [first] = routines;
      if (!first || !qualified.startsWith(start)) continue;
      const to = { schema: newSchema, name: first.name };
      const moved = routines.map((routine) => ({ ...routine, schema: newSchema }));
      this.functions.rename(qualified, key(newSchema, first.name), moved, this.time);
      if (this.#withParts.has(qualified)) this.#withParts.add(key(newSchema, first.name));
      this.moveCalls(first, to);
    }
  }

  // Statistics

  putStatistics(name: Required<QualifiedName>, table: TableHistory): void {
    this.statistics.set(key(name.schema, name.name), table, this.time);
  }

  removeStatistics(name: QualifiedName): TableHistory | undefined {
    const found = this.find(this.statistics, name, this.time);
    for (const schema of name.schema === undefined ? this.searchPath(this.time) : [name.schema]) {
      this.statistics.delete(key(schema, name.name), this.time);
    }
    return found;
  }

  // Types

  putType(type: UserType): void {
    this.types.set(key(type.schema, type.name), type, this.time);
  }

  removeType(type: UserType): void {
    this.types.delete(key(type.schema, type.name), this.time);
  }

  /** Gives a type another name or schema; the columns that have it follow. */
  moveType(type: UserType, to: Required<QualifiedName>): void {
    const users = [...this.columnsOfType(type)];
    this.types.rename(key(type.schema, type.name), key(to.schema, to.name), { ...type, ...to }, this.time);
    this.#followInParts(type, to, "type");
    const moved = to.schema === type.schema ? { name: to.name } : to;
    for (const { history, column } of users) {
      this.updateColumn(history, column.name, { type: { ...column.type!, ...moved } });
    }
  }

  /** Columns whose default was made when the column had this type. */
  *defaultsOfType(type: UserType): Generator<{ history: TableHistory; column: Column }, void> {
    for (const history of this.#typeUsers.get(type.name) ?? []) {
      for (const column of history.versions.at(this.time)?.columns.values() ?? []) {
        if (column.defaultType && this.typeOf(column.defaultType, this.time) === type) yield { history, column };
      }
    }
  }

  /** A type with the schema in which it is found now: later on another one may be found under its bare name. */
  qualifyType(type: TypeName): TypeName {
    if (type.schema !== undefined) return type;
    const found = this.typeOf(type, this.time);
    return found ? { ...type, schema: found.schema } : type;
  }

  /** Columns whose type this is, in all tables. */
  *columnsOfType(type: UserType): Generator<{ history: TableHistory; column: Column }, void> {
    for (const history of this.#typeUsers.get(type.name) ?? []) {
      for (const column of history.versions.at(this.time)?.columns.values() ?? []) {
        if (column.type && this.typeOf(column.type, this.time) === type) yield { history, column };
      }
    }
  }

  typeOf(name: QualifiedName | TypeName, time: number): UserType | undefined {
    return this.find(this.types, name, time);
  }
}
