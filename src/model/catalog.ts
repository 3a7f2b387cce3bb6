/**
 * The schema as the migrations so far have made it. Open-world: what no migration created is unknown, not absent.
 * Every object is immutable; a change makes a new object.
 */
import type { ConstraintKind, Expression, ForeignKeyTarget, PartitionBound } from "./operation.js";
import type { QualifiedName, TypeName } from "./name.js";

export interface Column {
  readonly name: string;
  /** Absent where the catalog has seen the column but not its type. */
  readonly type?: TypeName;
  /** `unknown` where the table itself was not created by any migration. */
  readonly notNull: boolean | "unknown";
  readonly default?: Expression;
  /** The type that the column had when it got its default, where that is another one: the default still needs it. */
  readonly defaultType?: TypeName;
  readonly identity?: "always" | "by default";
  readonly generated?: "stored" | "virtual";
  /** What a generated column is made of. */
  readonly generation?: Expression;
  /** Absent: the type's own. */
  readonly collation?: string;
  /** The sequence that a serial or identity column owns. */
  readonly sequence?: QualifiedName;
  /** Whether the table has it from its parents alone: it goes when theirs does. */
  readonly inherited?: true;
}

export interface Constraint {
  /** PostgreSQL's default name where the statement gave none. */
  readonly name: string;
  readonly kind: ConstraintKind;
  readonly columns: readonly string[];
  readonly references?: ForeignKeyTarget;
  readonly expression?: Expression;
  readonly provesNotNull: readonly string[];
  /** Whether every existing row is known to satisfy it. */
  readonly valid: boolean;
  /** NOT ENFORCED: nothing checks it, so that it is not valid either. Absent: it is checked. */
  readonly notEnforced?: true;
  readonly deferrable?: true;
  /** NO INHERIT: children do not get it. */
  readonly noInherit?: true;
  /** Whether the table has it from its parents alone: it goes when theirs does. */
  readonly inherited?: true;
}

export interface Index {
  readonly schema: string;
  readonly name: string;
  readonly table: QualifiedName;
  readonly unique: boolean;
  readonly columns: readonly string[];
  /** Every column that keys, INCLUDE and predicate mention: dropping one drops the index. */
  readonly mentions: readonly string[];
  /** Whether a key is an expression or the index is partial. */
  readonly hasExpression: boolean;
  /** The condition of a partial index. */
  readonly where?: Expression;
  readonly method: string;
  /** What its default name is made of, where that is not `columns`. */
  readonly nameColumns?: readonly string[];
  /** As in `CreateIndex`; absent where they are not known. */
  readonly keys?: readonly string[];
  readonly including?: readonly string[];
  /** The index of the partitioned table that it is a part of; it is in the parent's schema. */
  readonly parent?: string;
  /** The constraint that owns it, if one does. */
  readonly constraint?: string;
  readonly nullsNotDistinct?: true;
  /** Of a partitioned table, where a partition has no part of it: made ON ONLY, and not whole yet. Absent: it is used. */
  readonly invalid?: true;
}

export interface Trigger {
  readonly name: string;
  readonly timing: "before" | "after" | "instead of";
  readonly events: readonly ("insert" | "update" | "delete" | "truncate")[];
  /** UPDATE OF: the columns that it waits for. Empty: all. */
  readonly columns: readonly string[];
  readonly forEach: "row" | "statement";
  /** Columns that its WHEN mentions. */
  readonly whenColumns: readonly string[];
  /** By its full name where a migration created it. */
  readonly function: QualifiedName;
  readonly disabled?: true;
  /** Whether the partition has it from its parent. */
  readonly inherited?: true;
}

/** A policy of row security. */
export interface Policy {
  readonly name: string;
  readonly command: "all" | "select" | "insert" | "update" | "delete";
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using?: Expression;
  readonly withCheck?: Expression;
}

/** A column of a relation; for a column of this very relation see `Column`. */
export interface UsedColumn {
  readonly table: QualifiedName;
  readonly column: string;
}

/** A relation's identity over renames, and the migration that made it. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "partitioned table" | "view" | "materialized view" | "foreign table" | "sequence";
  /**
   * Position of the creating migration in the replayed list; absent for a relation that statements name but no
   * migration created. Such a relation is treated as live, with unknown columns.
   */
  readonly createdIn?: number;
}

export interface Table extends Relation {
  readonly columns: ReadonlyMap<string, Column>;
  /** Whether `columns` is the whole list: false for a relation that no migration created, and for CREATE TABLE AS. */
  readonly columnsKnown: boolean;
  readonly constraints: ReadonlyMap<string, Constraint>;
  /** The columns that PARTITION BY mentions. Absent: it is not partitioned, or not known how. */
  readonly partitionKey?: readonly string[];
  /** Whether PARTITION BY has an expression. Absent: it has columns only. */
  readonly partitionExpressions?: true;
  /** Of a foreign table: where its rows are. */
  readonly server?: string;
  /** CREATE TABLE OF: the composite type that its columns follow. */
  readonly ofType?: QualifiedName;
  readonly partitionOf?: QualifiedName;
  readonly defaultPartition?: boolean;
  /** Which rows a partition holds. */
  readonly bound?: PartitionBound;
  readonly inherits: readonly QualifiedName[];
  /** What a view selects from. */
  readonly reads: readonly QualifiedName[];
  /** The columns that a view names, as far as it is known which relation has them. Absent: none are known. */
  readonly uses?: readonly UsedColumn[];
  /** The functions that a view calls, by their full names where migrations created them. Absent: none are known. */
  readonly calls?: readonly QualifiedName[];
  /** Absent: none. */
  readonly triggers?: readonly Trigger[];
  /** Absent: none. */
  readonly policies?: readonly Policy[];
  /** `forced`: for the table's owner too, if it is enabled. Absent: neither, as far as is known. */
  readonly rowSecurity?: { readonly enabled: boolean; readonly forced: boolean };
  readonly temporary: boolean;
  readonly unlogged: boolean;
  /** The column that a sequence goes with: that of serial and identity, and of OWNED BY. */
  readonly ownedBy?: UsedColumn;
}

/** What PostgreSQL remembers that a function is made of, and does not drop or retype without it. */
export interface RoutineParts {
  /** Relations and columns of a body that it has parsed: BEGIN ATOMIC and RETURN. */
  readonly reads: readonly QualifiedName[];
  readonly uses: readonly UsedColumn[];
  /** The functions that such a body calls, by their full names where migrations created them. */
  readonly calls: readonly QualifiedName[];
  /** The user's own types that it takes or returns, those of the rows of tables among them. */
  readonly types: readonly QualifiedName[];
}

/** A function or procedure. */
export interface Routine {
  readonly schema: string;
  readonly name: string;
  readonly procedure: boolean;
  /** As in `CreateFunction`. */
  readonly arguments: readonly string[];
  readonly volatility: "immutable" | "stable" | "volatile";
  /** Its own, in force while it runs. Absent: the caller's. */
  readonly searchPath?: string;
  /** What it runs; absent where that is no SQL or PL/pgSQL between quotes. */
  readonly runs?: { readonly language: string; readonly body: string; readonly definition: string };
  /** Absent: nothing of the user's own. */
  readonly parts?: RoutineParts;
}

export interface EnumType {
  readonly schema: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly createdIn?: number;
}

export interface DomainType {
  readonly schema: string;
  readonly name: string;
  readonly baseType: TypeName;
  readonly hasCheck: boolean;
  /** Its CHECK and, from 17 on, NOT NULL constraints by their names; `true` for those that hold for every value. */
  readonly constraints: ReadonlyMap<string, { readonly kind: "check" | "not null"; readonly valid: boolean }>;
  readonly notNull: boolean;
  /** A column of it without a default of its own gets this one. */
  readonly hasDefault: boolean;
}

/** A type of any other kind: composite, range, base. */
export interface OtherType {
  readonly schema: string;
  readonly name: string;
}

export type UserType =
  | ({ readonly kind: "enum" } & EnumType)
  | ({ readonly kind: "domain" } & DomainType)
  | ({ readonly kind: "other" } & OtherType);

/** The schema at one moment of a replay. */
export interface Catalog {
  /** Finds a relation as PostgreSQL would: by its schema, else along `search_path`. */
  table(name: QualifiedName): Table | undefined;
  index(name: QualifiedName): Index | undefined;
  /** The indexes of a table, those of constraints included. */
  indexesOf(table: QualifiedName): readonly Index[];
  /** The CHECKs of a table whose expression is written like this. */
  checksWith(table: QualifiedName, sql: string): readonly Constraint[];
  /** Tables whose foreign keys point at this one. */
  referencedBy(table: QualifiedName): readonly Table[];
  partitionsOf(table: QualifiedName): readonly Table[];
  defaultPartitionOf(table: QualifiedName): Table | undefined;
  /** Tables that inherit from this one, partitions not counted. */
  inheritedBy(table: QualifiedName): readonly Table[];
  /** Views and materialized views that select from this relation. */
  readBy(relation: QualifiedName): readonly Table[];
  enum(name: QualifiedName): EnumType | undefined;
  domain(name: QualifiedName): DomainType | undefined;
  /** A type that a migration created, of any kind. */
  type(name: QualifiedName): UserType | undefined;
  types(): Iterable<UserType>;
  /** Functions and procedures that migrations created. */
  functions(): Iterable<Routine>;
  /** Those of them that have `parts`. */
  functionsWithParts(): Iterable<Routine>;
  /** Declared volatility of a function that a migration created; of several of one name, the most volatile. */
  functionVolatility(name: QualifiedName): "immutable" | "stable" | "volatile" | undefined;
  /** The table that extended statistics are on. */
  tableOfStatistics(name: QualifiedName): Table | undefined;
  /** The tables that a publication names, not those of schemas that it names. */
  publishedBy(publication: string): readonly Table[];
  /** The foreign data wrapper of a server. */
  wrapperOf(server: string): string | undefined;
  /** Every relation but sequences. */
  tables(): Iterable<Table>;
  sequences(): Iterable<Table>;
  /** Names of the schemas that are known: `public` and those that migrations created. */
  schemas(): Iterable<string>;
  /** The name with its schema filled in: of the relation found, else the first of `search_path`. */
  qualify(name: QualifiedName): Required<QualifiedName>;
  /** Whether absence is a fact: history starts empty and every statement so far was analysed. */
  readonly complete: boolean;
}
