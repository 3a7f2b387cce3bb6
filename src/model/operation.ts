/**
 * Operations: what a statement does, in PostgreSQL's own terms.
 *
 * One statement makes one or more operations. A rule visits operations by `type` and never sees a parse tree; catalog
 * and locks are computed from them. Each operation's `range` is that of its own clause: `DROP COLUMN b` inside an
 * ALTER TABLE of many clauses, otherwise the whole statement.
 */
import type { QualifiedName, TypeName } from "./name.js";
import type { ObjectOperation } from "./object-operation.js";
import type { Range } from "./position.js";

/** What an older PostgreSQL does not know. */
export interface Arrival {
  /** The first major version that does. */
  readonly since: number;
  /** As it is written. */
  readonly syntax: string;
  /** SQLSTATE of the older ones. Absent: 42601, a syntax error. */
  readonly code?: string;
}

export interface OperationBase {
  readonly range: Range;
  /** Index of the statement in its file's list. */
  readonly statement: number;
  /** Position of its own statement among those that a DO block runs; absent outside of one. */
  readonly inBlock?: number;
  /** The statement says IF EXISTS of the relation that it alters: without one it does nothing. */
  readonly ifTableExists?: true;
  /** What only newer versions know of the statement, where no other field shows it. */
  readonly arrival?: Arrival;
}

/** An expression, with what the catalog and the lock facts need to know about it. */
export interface Expression {
  readonly sql: string;
  readonly range: Range;
  /** `null` is the constant NULL, also with a cast. */
  readonly kind: "constant" | "null" | "expression";
  /** Every function the expression calls; `CURRENT_TIMESTAMP` and its kin are listed as `{ name: "now" }`. */
  readonly functions: readonly QualifiedName[];
  /** Every column name the expression mentions. */
  readonly columns: readonly string[];
}

export type ConstraintKind = "primary key" | "unique" | "check" | "foreign key" | "exclude" | "not null";

/** What a foreign key does with its rows where the referenced one goes or changes; NO ACTION is not listed. */
export type ForeignKeyAction = "RESTRICT" | "CASCADE" | "SET NULL" | "SET DEFAULT";

export interface ForeignKeyTarget {
  readonly table: QualifiedName;
  /** Empty where the statement leaves them out: then the primary key is meant. */
  readonly columns: readonly string[];
  /** Absent: NO ACTION. */
  readonly onDelete?: ForeignKeyAction;
  readonly onUpdate?: ForeignKeyAction;
}

export interface ConstraintDefinition {
  readonly kind: ConstraintKind;
  /** Absent where PostgreSQL chooses the name. */
  readonly name?: string;
  readonly range: Range;
  /** Empty for a table CHECK. */
  readonly columns: readonly string[];
  /** What the default name of UNIQUE and EXCLUDE is made of, where that is not `columns`. */
  readonly nameColumns?: readonly string[];
  /** Columns of INCLUDE. Absent: none. */
  readonly including?: readonly string[];
  /** Of EXCLUDE: every column that the index mentions, in expressions and WHERE too. */
  readonly mentions?: readonly string[];
  /** Of EXCLUDE: the condition of its partial index. */
  readonly where?: Expression;
  /** Of EXCLUDE: the access method of the index. */
  readonly method?: string;
  /** UNIQUE NULLS NOT DISTINCT. */
  readonly nullsNotDistinct?: true;
  readonly references?: ForeignKeyTarget;
  readonly expression?: Expression;
  /** Columns that this CHECK proves to be not null: `c IS NOT NULL`, also as a part of an AND. */
  readonly provesNotNull: readonly string[];
  readonly usingIndex?: string;
  readonly notValid: boolean;
  readonly notEnforced: boolean;
  readonly deferrable: boolean;
  /** NO INHERIT of CHECK and NOT NULL: children do not get it. */
  readonly noInherit?: true;
  /** As of an operation. */
  readonly arrival?: Arrival;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: TypeName;
  readonly range: Range;
  /** NOT NULL or PRIMARY KEY written inline. */
  readonly notNull: boolean;
  /** The name that CONSTRAINT gives to NOT NULL; PostgreSQL keeps it from 18 on. */
  readonly notNullName?: string;
  readonly default?: Expression;
  readonly generated?: { readonly kind: "stored" | "virtual"; readonly expression: Expression };
  readonly identity?: "always" | "by default";
  readonly collation?: string;
  /** Constraints written inside the column's definition, NOT NULL and DEFAULT excepted. */
  readonly constraints: readonly ConstraintDefinition[];
}

/** LIKE in CREATE TABLE, with what it takes along beside columns and NOT NULL: `defaults`, `indexes`, … */
export interface LikeTable extends QualifiedName {
  readonly including?: readonly string[];
}

/** FOR VALUES … and DEFAULT of a partition. */
export type PartitionBound =
  | { readonly strategy: "default" }
  | { readonly strategy: "list"; readonly values: readonly PartitionBoundValue[] }
  | {
      readonly strategy: "range";
      /** FROM is in the range, TO is not. */
      readonly from: readonly PartitionBoundValue[];
      readonly to: readonly PartitionBoundValue[];
    }
  | { readonly strategy: "hash"; readonly modulus: number; readonly remainder: number };

/** A constant without its quotes, NULL, or an expression whose value is not known. */
export type PartitionBoundValue =
  | { readonly kind: "constant"; readonly value: string }
  | { readonly kind: "null" | "minvalue" | "maxvalue" | "expression" };

/** PARTITION BY. */
export interface PartitionKey {
  readonly strategy: "list" | "range" | "hash";
  /** Every column that it mentions, in expressions too. */
  readonly columns: readonly string[];
  readonly hasExpression: boolean;
}

export interface CreateTable extends OperationBase {
  readonly type: "CreateTable";
  readonly table: QualifiedName;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly unlogged: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
  readonly partitioned: boolean;
  readonly partitionBy?: PartitionKey;
  readonly partitionOf?: QualifiedName;
  readonly bound?: PartitionBound;
  /** PARTITION OF … DEFAULT. */
  readonly defaultPartition?: boolean;
  readonly inherits: readonly QualifiedName[];
  readonly like: readonly LikeTable[];
  /** CREATE TABLE … OF: its columns are that type's. */
  readonly ofType?: QualifiedName;
  /** CREATE FOREIGN TABLE. */
  readonly foreign?: boolean;
  /** Where the rows of a foreign table are. */
  readonly server?: string;
}

/** CREATE TABLE … AS, SELECT … INTO, CREATE MATERIALIZED VIEW. */
export interface CreateTableAs extends OperationBase {
  readonly type: "CreateTableAs";
  readonly table: QualifiedName;
  readonly materializedView: boolean;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly unlogged?: boolean;
  /** WITH NO DATA: nothing is read. */
  readonly withNoData?: true;
  readonly reads: readonly QualifiedName[];
  /** The columns whose values it takes from them; `*` for all. */
  readonly copies?: readonly string[];
  /** Of a materialized view: as in `CreateView`. */
  readonly uses?: readonly ColumnUse[];
  readonly functions?: readonly QualifiedName[];
  readonly columnNames?: readonly string[];
}

/** A column that a query names. */
export interface ColumnUse {
  /** `*` for all of them. */
  readonly column: string;
  /** The relations that it may be a column of, the likeliest first; which of them has it only the catalog knows. */
  readonly relations: readonly QualifiedName[];
  /** With `*`: only so many, from the first on. An INSERT without a list of columns writes by position. */
  readonly first?: number;
}

export interface CreateView extends OperationBase {
  readonly type: "CreateView";
  readonly view: QualifiedName;
  readonly replace: boolean;
  readonly temporary: boolean;
  readonly reads: readonly QualifiedName[];
  /** The columns of the relations that it reads. */
  readonly uses: readonly ColumnUse[];
  /** The functions that it calls, without those of PostgreSQL itself. */
  readonly functions?: readonly QualifiedName[];
  /** Its own columns, in their order; absent where a `*` stands for some. */
  readonly columnNames?: readonly string[];
  /** Whether INSERT, UPDATE and DELETE go through to the one relation that it selects from. Absent: no. */
  readonly updatable?: boolean;
}

export type RelationKind = "table" | "view" | "materialized view" | "foreign table" | "sequence" | "index";

/** DROP TABLE, VIEW, MATERIALIZED VIEW, FOREIGN TABLE, SEQUENCE: one operation a name. Indexes have `DropIndex`. */
export interface DropRelation extends OperationBase {
  readonly type: "DropRelation";
  readonly kind: Exclude<RelationKind, "index">;
  readonly relation: QualifiedName;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface RenameRelation extends OperationBase {
  readonly type: "RenameRelation";
  readonly kind: RelationKind;
  readonly relation: QualifiedName;
  readonly newName: string;
}

export interface SetSchema extends OperationBase {
  readonly type: "SetSchema";
  readonly kind: RelationKind;
  readonly relation: QualifiedName;
  readonly newSchema: string;
}

export interface AddColumn extends OperationBase {
  readonly type: "AddColumn";
  readonly table: QualifiedName;
  /** ALTER TABLE ONLY: PostgreSQL takes it where nothing inherits from the table, or it has the column. */
  readonly only?: true;
  readonly column: ColumnDefinition;
  readonly ifNotExists: boolean;
}

export interface DropColumn extends OperationBase {
  readonly type: "DropColumn";
  readonly table: QualifiedName;
  /** ALTER TABLE ONLY: what inherits from the table stays as it is. */
  readonly only?: true;
  readonly column: string;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface RenameColumn extends OperationBase {
  readonly type: "RenameColumn";
  readonly table: QualifiedName;
  readonly column: string;
  readonly newName: string;
}

export interface AlterColumnType extends OperationBase {
  readonly type: "AlterColumnType";
  readonly table: QualifiedName;
  readonly column: string;
  readonly newType: TypeName;
  readonly using?: Expression;
  readonly collation?: string;
}

export interface SetDefault extends OperationBase {
  readonly type: "SetDefault";
  readonly table: QualifiedName;
  /** ALTER TABLE ONLY: what inherits from the table stays as it is. */
  readonly only?: true;
  readonly column: string;
  readonly default: Expression;
}

export interface DropDefault extends OperationBase {
  readonly type: "DropDefault";
  readonly table: QualifiedName;
  /** ALTER TABLE ONLY: what inherits from the table stays as it is. */
  readonly only?: true;
  readonly column: string;
}

export interface SetNotNull extends OperationBase {
  readonly type: "SetNotNull";
  readonly table: QualifiedName;
  /** ALTER TABLE ONLY: what inherits from the table stays as it is. */
  readonly only?: true;
  readonly column: string;
}

export interface DropNotNull extends OperationBase {
  readonly type: "DropNotNull";
  readonly table: QualifiedName;
  /** ALTER TABLE ONLY: what inherits from the table stays as it is. */
  readonly only?: true;
  readonly column: string;
}

export interface AddConstraint extends OperationBase {
  readonly type: "AddConstraint";
  readonly table: QualifiedName;
  /** ALTER TABLE ONLY: the partitions get none. */
  readonly only?: true;
  readonly constraint: ConstraintDefinition;
}

export interface ValidateConstraint extends OperationBase {
  readonly type: "ValidateConstraint";
  readonly table: QualifiedName;
  readonly constraint: string;
}

export interface DropConstraint extends OperationBase {
  readonly type: "DropConstraint";
  readonly table: QualifiedName;
  /** ALTER TABLE ONLY: what inherits from the table stays as it is. */
  readonly only?: true;
  readonly constraint: string;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface RenameConstraint extends OperationBase {
  readonly type: "RenameConstraint";
  readonly table: QualifiedName;
  readonly constraint: string;
  readonly newName: string;
}

/** Any ALTER TABLE subcommand without a type of its own, under PostgreSQL's name for it without `AT_`. */
export interface AlterTable extends OperationBase {
  readonly type: "AlterTable";
  readonly kind: RelationKind;
  readonly table: QualifiedName;
  readonly subcommand: AlterTableSubcommand;
  /** ALTER TABLE ONLY: what inherits from the table stays as it is. */
  readonly only?: true;
  readonly column?: string;
  /** The other table that it names: the parent in INHERIT and NO INHERIT. */
  readonly other?: QualifiedName;
  /** The trigger, rule, index, constraint, tablespace, … that it names. */
  readonly name?: string;
  /** Names of the storage parameters or options that it sets or resets. */
  readonly parameters?: readonly string[];
  /** Of `AddIdentity`, and of `SetIdentity` where it sets it. */
  readonly identity?: "always" | "by default";
  /** Of `ReplicaIdentity`; `name` is the index then. */
  readonly replicaIdentity?: "default" | "full" | "nothing" | "index";
  /** Of `SetExpression`. */
  readonly expression?: Expression;
  /** Of `AlterConstraint`, as far as it sets them. */
  readonly enforced?: boolean;
  readonly deferrable?: boolean;
}

/** PostgreSQL's names (AlterTableType in its grammar) for the subcommands that have no operation of their own. */
export type AlterTableSubcommand =
  | "AddIdentity"
  | "AddInherit"
  | "AddOf"
  | "AlterColumnGenericOptions"
  | "AlterConstraint"
  // Of an index.
  | "AttachPartition"
  | "ClusterOn"
  | "DisableRowSecurity"
  | "DisableRule"
  | "DisableTrig"
  | "DisableTrigAll"
  | "DisableTrigUser"
  | "DropCluster"
  | "DropExpression"
  | "DropIdentity"
  | "DropInherit"
  | "DropOf"
  | "DropOids"
  | "EnableAlwaysRule"
  | "EnableAlwaysTrig"
  | "EnableReplicaRule"
  | "EnableReplicaTrig"
  | "EnableRowSecurity"
  | "EnableRule"
  | "EnableTrig"
  | "EnableTrigAll"
  | "EnableTrigUser"
  | "ForceRowSecurity"
  | "GenericOptions"
  | "NoForceRowSecurity"
  | "ReplicaIdentity"
  | "ResetOptions"
  | "ResetRelOptions"
  | "SetAccessMethod"
  | "SetCompression"
  | "SetExpression"
  | "SetIdentity"
  | "SetLogged"
  | "SetOptions"
  | "SetRelOptions"
  | "SetStatistics"
  | "SetStorage"
  | "SetTableSpace"
  | "SetUnLogged";

export interface AttachPartition extends OperationBase {
  readonly type: "AttachPartition";
  readonly table: QualifiedName;
  readonly partition: QualifiedName;
  /** FOR VALUES is DEFAULT. */
  readonly defaultPartition?: boolean;
  readonly bound: PartitionBound;
}

export interface DetachPartition extends OperationBase {
  readonly type: "DetachPartition";
  readonly table: QualifiedName;
  readonly partition: QualifiedName;
  readonly concurrently: boolean;
  /** FINALIZE: it ends a DETACH … CONCURRENTLY that was interrupted. */
  readonly finalize: boolean;
}

export interface CreateIndex extends OperationBase {
  readonly type: "CreateIndex";
  /** Absent where PostgreSQL chooses the name. */
  readonly index?: QualifiedName;
  readonly table: QualifiedName;
  readonly unique: boolean;
  readonly concurrently: boolean;
  readonly ifNotExists: boolean;
  /** ON ONLY: the partitions get none. */
  readonly only: boolean;
  readonly method: string;
  readonly columns: readonly string[];
  /** What the default name is made of: each key and INCLUDE column; for an expression its function, else `expr`. */
  readonly nameColumns?: readonly string[];
  /** Every column that keys, INCLUDE and WHERE mention: dropping one drops the index. */
  readonly mentions?: readonly string[];
  /**
   * Its keys in order, written so that equal ones are equal: a column's name, behind it collation, operator class and
   * order where they are not the default; an expression by its tree.
   */
  readonly keys?: readonly string[];
  /** Columns of INCLUDE. Absent: none. */
  readonly including?: readonly string[];
  /** Absent: two NULLs are no duplicates. */
  readonly nullsNotDistinct?: true;
  /** Whether a key is an expression or the index is partial. */
  readonly hasExpression: boolean;
  readonly where?: Expression;
  readonly anchors: {
    /** Just behind the keyword INDEX: where CONCURRENTLY goes. */ readonly afterIndexKeyword?: number;
  };
}

export interface DropIndex extends OperationBase {
  readonly type: "DropIndex";
  readonly index: QualifiedName;
  readonly concurrently: boolean;
  readonly ifExists: boolean;
  readonly cascade: boolean;
  readonly anchors: { readonly afterIndexKeyword?: number };
}

export interface Reindex extends OperationBase {
  readonly type: "Reindex";
  readonly kind: "index" | "table" | "schema" | "system" | "database";
  readonly target: QualifiedName;
  readonly concurrently: boolean;
}

export interface CreateEnum extends OperationBase {
  readonly type: "CreateEnum";
  readonly enum: QualifiedName;
  readonly values: readonly string[];
}

export interface AddEnumValue extends OperationBase {
  readonly type: "AddEnumValue";
  readonly enum: QualifiedName;
  readonly value: string;
  readonly ifNotExists: boolean;
  /** BEFORE or AFTER; without it the value goes to the end. */
  readonly neighbor?: { readonly value: string; readonly position: "before" | "after" };
}

export interface RenameEnumValue extends OperationBase {
  readonly type: "RenameEnumValue";
  readonly enum: QualifiedName;
  readonly value: string;
  readonly newValue: string;
}

export interface CreateDomain extends OperationBase {
  readonly type: "CreateDomain";
  readonly domain: QualifiedName;
  readonly baseType: TypeName;
  readonly notNull: boolean;
  readonly hasCheck: boolean;
  readonly default?: Expression;
  /** CHECK and NOT NULL, in the order in which they are written. */
  readonly constraints: readonly ConstraintDefinition[];
}

export interface AlterDomain extends OperationBase {
  readonly type: "AlterDomain";
  readonly domain: QualifiedName;
  readonly subcommand:
    | "AddConstraint"
    | "DropConstraint"
    | "ValidateConstraint"
    | "SetNotNull"
    | "DropNotNull"
    | "SetDefault"
    | "DropDefault"
    | "RenameConstraint";
  readonly constraint?: ConstraintDefinition;
  /** The constraint that DROP, VALIDATE or RENAME names. */
  readonly name?: string;
  /** Of `RenameConstraint`. */
  readonly newName?: string;
}

/** CREATE TYPE of any other kind. */
export interface CreateType extends OperationBase {
  readonly type: "CreateType";
  readonly name: QualifiedName;
  readonly kind: "composite" | "range" | "base";
  /** Of a composite type. */
  readonly attributes?: readonly TypeAttribute[];
}

export interface TypeAttribute {
  readonly name: string;
  readonly type: TypeName;
}

/** A subcommand of ALTER TYPE on a composite type, or ALTER TYPE … SET (…) on a base type. */
export interface AlterType extends OperationBase {
  readonly type: "AlterType";
  readonly name: QualifiedName;
  readonly subcommand: "AddAttribute" | "DropAttribute" | "AlterAttributeType" | "RenameAttribute" | "SetOptions";
  readonly attribute?: string;
  /** Of `RenameAttribute`. */
  readonly newName?: string;
  readonly attributeType?: TypeName;
  /** It changes typed tables (CREATE TABLE … OF) too. */
  readonly cascade: boolean;
}

export interface DropType extends OperationBase {
  readonly type: "DropType";
  readonly name: QualifiedName;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface RenameType extends OperationBase {
  readonly type: "RenameType";
  readonly name: QualifiedName;
  readonly newName: string;
}

/** ALTER TYPE and ALTER DOMAIN … SET SCHEMA. */
export interface SetTypeSchema extends OperationBase {
  readonly type: "SetTypeSchema";
  readonly name: QualifiedName;
  readonly newSchema: string;
}

export interface CreateSchema extends OperationBase {
  readonly type: "CreateSchema";
  readonly schema: string;
  readonly ifNotExists: boolean;
}

export interface DropSchema extends OperationBase {
  readonly type: "DropSchema";
  readonly schema: string;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface RenameSchema extends OperationBase {
  readonly type: "RenameSchema";
  readonly schema: string;
  readonly newName: string;
}

export interface CreateSequence extends OperationBase {
  readonly type: "CreateSequence";
  readonly sequence: QualifiedName;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly ownedBy?: SequenceOwner;
}

export interface SequenceOwner {
  readonly table: QualifiedName;
  readonly column: string;
}

export interface AlterSequence extends OperationBase {
  readonly type: "AlterSequence";
  readonly sequence: QualifiedName;
  readonly ifExists: boolean;
  /** Lower case: `restart`, `increment`, `maxvalue`, `as`, `logged`, … */
  readonly options: readonly string[];
  readonly ownedBy?: SequenceOwner | "none";
}

export interface CreateFunction extends OperationBase {
  readonly type: "CreateFunction";
  readonly function: QualifiedName;
  readonly procedure: boolean;
  readonly replace: boolean;
  /** Functions are volatile unless they say otherwise (PostgreSQL documentation, CREATE FUNCTION). */
  readonly volatility: "immutable" | "stable" | "volatile";
  /** Lower case. */
  readonly language: string;
  /** The text between its quotes. */
  readonly body?: string;
  /** The whole statement, where the body is a string of SQL or PL/pgSQL. */
  readonly definition?: string;
  /** BEGIN ATOMIC and RETURN: what it reads and writes, which columns, and the functions of the user that it calls. */
  readonly parsedBody?: {
    readonly reads: readonly QualifiedName[];
    readonly writes: readonly QualifiedName[];
    readonly uses?: readonly ColumnUse[];
    readonly functions?: readonly QualifiedName[];
  };
  /** The types of what it takes and returns, columns of a returned table among them; those of `%TYPE` are not. */
  readonly types?: readonly QualifiedName[];
  /** The functions of the user that the defaults of its arguments call. */
  readonly defaultCalls?: readonly QualifiedName[];
  /** Types of its input arguments, without their schemas (`int4`, `text[]`): what tells it from others of its name. */
  readonly arguments?: readonly string[];
  /** SET search_path: as of `SetVariable`. */
  readonly searchPath?: string;
}

/** ALTER FUNCTION, PROCEDURE, ROUTINE with new options; its body stays. */
export interface AlterFunction extends OperationBase {
  readonly type: "AlterFunction";
  readonly kind: FunctionKind;
  readonly function: QualifiedName;
  /** As in `DropFunction`. */
  readonly arguments?: readonly string[];
  /** Absent where it stays as it is. */
  readonly volatility?: CreateFunction["volatility"];
  /** SET search_path; `null` where it is RESET. Absent where it stays as it is. */
  readonly searchPath?: string | null;
}

export interface Call extends OperationBase {
  readonly type: "Call";
  readonly procedure: QualifiedName;
  /** What its arguments read. */
  readonly reads: readonly QualifiedName[];
}

interface PlannedStatement extends OperationBase {
  readonly reads: readonly QualifiedName[];
  /** What it would write to. */
  readonly writes: readonly QualifiedName[];
}

/** EXPLAIN without ANALYZE: the statement is planned and does not run. */
export interface Explain extends PlannedStatement {
  readonly type: "Explain";
}

export interface Prepare extends PlannedStatement {
  readonly type: "Prepare";
  readonly prepared: string;
}

/** EXECUTE of a prepared statement: what it does stands where it was prepared. */
export interface Execute extends OperationBase {
  readonly type: "Execute";
  readonly prepared: string;
}

export type FunctionKind = "function" | "procedure" | "routine" | "aggregate";

/** DROP FUNCTION, PROCEDURE, ROUTINE, AGGREGATE: one operation a name. */
export interface DropFunction extends OperationBase {
  readonly type: "DropFunction";
  readonly kind: FunctionKind;
  readonly function: QualifiedName;
  /** As in `CreateFunction`; absent where the statement gives none. */
  readonly arguments?: readonly string[];
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface RenameFunction extends OperationBase {
  readonly type: "RenameFunction";
  readonly kind: FunctionKind;
  readonly function: QualifiedName;
  /** As in `DropFunction`. */
  readonly arguments?: readonly string[];
  readonly newName: string;
}

export interface SetFunctionSchema extends OperationBase {
  readonly type: "SetFunctionSchema";
  readonly kind: FunctionKind;
  readonly function: QualifiedName;
  /** As in `DropFunction`. */
  readonly arguments?: readonly string[];
  readonly newSchema: string;
}

export interface CreateTrigger extends OperationBase {
  readonly type: "CreateTrigger";
  readonly trigger: string;
  readonly table: QualifiedName;
  readonly replace: boolean;
  readonly timing: "before" | "after" | "instead of";
  readonly events: readonly ("insert" | "update" | "delete" | "truncate")[];
  /** UPDATE OF. */
  readonly columns: readonly string[];
  readonly forEach: "row" | "statement";
  /** Columns of the row that WHEN mentions. */
  readonly whenColumns: readonly string[];
  readonly function: QualifiedName;
  /** CREATE CONSTRAINT TRIGGER. */
  readonly constraint: boolean;
  /** FROM, of a constraint trigger. */
  readonly referencedTable?: QualifiedName;
}

export interface DropTrigger extends OperationBase {
  readonly type: "DropTrigger";
  readonly trigger: string;
  readonly table: QualifiedName;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface Insert extends OperationBase {
  readonly type: "Insert";
  readonly table: QualifiedName;
  /** Tables that it reads. */
  readonly reads: readonly QualifiedName[];
  /** The columns whose values it takes from them; `*` for all. */
  readonly copies?: readonly string[];
  /** Whether every row of what it reads goes in: no condition, no limit, no aggregate. Absent: not as far as is known. */
  readonly everyRow?: true;
}

/** `c IS NULL`, or `c IS NOT NULL`. */
export interface NullTest {
  readonly column: string;
  readonly isNull: boolean;
}

/** The WHERE of an UPDATE or DELETE. */
export interface RowCondition {
  /** Every column name that it mentions. */
  readonly columns: readonly string[];
  /** Relations that its subqueries read. */
  readonly reads: readonly QualifiedName[];
  /** Where it is nothing but tests for NULL that AND joins: those. */
  readonly nullTests?: readonly NullTest[];
}

/** The rows of a batch: those that a query of the same table finds, up to a LIMIT. */
export interface RowBatch {
  /** As in `RowCondition`, of the query; empty where it has no condition, absent where it has another. */
  readonly nullTests?: readonly NullTest[];
}

/** The loop of PL/pgSQL that a statement is repeated by. */
export interface LoopAround {
  /** Whether it ends a transaction in each step. */
  readonly commits: boolean;
  /** The relation whose every row it goes through. */
  readonly over?: QualifiedName;
}

export interface Update extends OperationBase {
  readonly type: "Update";
  readonly table: QualifiedName;
  /** UPDATE ONLY: not the rows of its partitions and children. */
  readonly only?: true;
  readonly columns: readonly string[];
  /** Whether a WHERE leaves rows out; `WHERE true` does not. */
  readonly hasWhere: boolean;
  /** Absent where `hasWhere` is false. */
  readonly where?: RowCondition;
  /** The columns whose values it assigns to others; `*` for all. */
  readonly copies?: readonly string[];
  /** Other tables that it reads, as far as they are known. */
  readonly reads?: readonly QualifiedName[];
  readonly batch?: RowBatch;
  readonly loop?: LoopAround;
}

export interface Delete extends OperationBase {
  readonly type: "Delete";
  readonly table: QualifiedName;
  /** DELETE FROM ONLY: not the rows of its partitions and children. */
  readonly only?: true;
  /** Whether a WHERE leaves rows out; `WHERE true` does not. */
  readonly hasWhere: boolean;
  /** Absent where `hasWhere` is false. */
  readonly where?: RowCondition;
  readonly reads?: readonly QualifiedName[];
  readonly batch?: RowBatch;
  readonly loop?: LoopAround;
}

export interface Merge extends OperationBase {
  readonly type: "Merge";
  readonly table: QualifiedName;
  readonly reads?: readonly QualifiedName[];
}

export interface Copy extends OperationBase {
  readonly type: "Copy";
  readonly table: QualifiedName;
  readonly from: boolean;
}

/** A query; it matters for the functions that it calls (`setval`, `set_config`, one of the user's own). */
export interface Select extends OperationBase {
  readonly type: "Select";
  readonly reads: readonly QualifiedName[];
  /** FOR UPDATE, FOR SHARE and their kin: whose rows it locks. */
  readonly locksRows?: readonly QualifiedName[];
  readonly functions: readonly QualifiedName[];
}

export interface Truncate extends OperationBase {
  readonly type: "Truncate";
  readonly table: QualifiedName;
  /** TRUNCATE ONLY: not its partitions and children. */
  readonly only?: true;
  readonly cascade: boolean;
}

export interface LockTable extends OperationBase {
  readonly type: "LockTable";
  readonly table: QualifiedName;
  /** LOCK ONLY: not its partitions and children. */
  readonly only?: true;
  readonly mode: LockMode;
  readonly noWait: boolean;
}

export interface Vacuum extends OperationBase {
  readonly type: "Vacuum";
  /** Absent: every table. */
  readonly table?: QualifiedName;
  readonly full: boolean;
  readonly analyzeOnly: boolean;
}

export interface Cluster extends OperationBase {
  readonly type: "Cluster";
  readonly table?: QualifiedName;
}

export interface RefreshMaterializedView extends OperationBase {
  readonly type: "RefreshMaterializedView";
  readonly view: QualifiedName;
  readonly concurrently: boolean;
  /** WITH NO DATA: it is emptied, and cannot be read until the next refresh. */
  readonly withNoData?: true;
}

/** SET, SET LOCAL, RESET and `SELECT set_config(…)` with constants. */
export interface SetVariable extends OperationBase {
  readonly type: "SetVariable";
  /** Lower case: `lock_timeout`. `*` for RESET ALL and DISCARD ALL. */
  readonly variable: string;
  /** As written, without quotes; absent for RESET, SET … TO DEFAULT and values that are not constants. */
  readonly value?: string;
  /** SET LOCAL: until the end of the transaction, and without effect outside one. */
  readonly local: boolean;
  /** It gets a value that is not constant. */
  readonly unknown?: true;
  /** The SET of a function that is called: in force from where it is entered to where it is left. */
  readonly ofFunction?: "entered" | "left";
}

/** DISCARD; the settings that DISCARD ALL resets are a `SetVariable` of their own. */
export interface Discard extends OperationBase {
  readonly type: "Discard";
  readonly target: "all" | "plans" | "sequences" | "temporary tables";
}

/** BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their kin. */
export interface TransactionControl extends OperationBase {
  readonly type: "TransactionControl";
  readonly kind: "begin" | "commit" | "rollback" | "savepoint" | "release" | "rollback to" | "prepare";
}

/** A DO block, or the part of one, of which it cannot be known what it runs. */
export interface DoBlock extends OperationBase {
  readonly type: "DoBlock";
  readonly language: string;
  readonly body: string;
  /** Why the part of the block in `range` is not known, without a final stop; absent where nothing of it could be read. */
  readonly reason?: string;
}

/** A statement that locks no relation and changes neither schema nor data, under the grammar's name for it. */
export interface OtherStatement extends OperationBase {
  readonly type: "OtherStatement";
  /** The parse tree's node type: `AlterSystemStmt`, `ListenStmt`, `VariableShowStmt`, … */
  readonly node: string;
  /** Whether PostgreSQL refuses it inside a transaction block (25001; COMMIT in PL/pgSQL: 2D000). */
  readonly refusedInTransaction: boolean;
  /** COMMIT or ROLLBACK of PL/pgSQL, which ends the transaction that the block began; it has no `inBlock`. */
  readonly ends?: "COMMIT" | "ROLLBACK";
  /** ALTER ROLE … SET and ALTER DATABASE … SET; `value` as in `SetVariable`. */
  readonly setting?: { readonly variable: string; readonly value?: string };
}

/** Text that could not be analysed; the rest of the file still is. */
export interface Unparsed extends OperationBase {
  readonly type: "Unparsed";
  /** A sentence for the reader, without a final stop: `syntax error at or near "tabl"`. */
  readonly reason: string;
  /** Where PostgreSQL stopped reading, in UTF-16 units of the file; absent where that says nothing. */
  readonly position?: number;
  /** PostgreSQL refuses the text as it stands. Absent where it is not SQL yet (placeholders), or was not read. */
  readonly refused?: true;
}

export type Operation =
  | ObjectOperation
  | AddColumn
  | AddConstraint
  | AddEnumValue
  | AlterColumnType
  | AlterDomain
  | AlterFunction
  | AlterSequence
  | AlterTable
  | AlterType
  | AttachPartition
  | Call
  | Cluster
  | Copy
  | CreateDomain
  | CreateEnum
  | CreateFunction
  | CreateIndex
  | CreateSchema
  | CreateSequence
  | CreateTable
  | CreateTableAs
  | CreateTrigger
  | CreateType
  | CreateView
  | Delete
  | DetachPartition
  | Discard
  | DoBlock
  | DropColumn
  | DropConstraint
  | DropDefault
  | DropFunction
  | DropIndex
  | DropNotNull
  | DropRelation
  | DropSchema
  | DropTrigger
  | DropType
  | Execute
  | Explain
  | Insert
  | LockTable
  | Merge
  | OtherStatement
  | Prepare
  | RefreshMaterializedView
  | Reindex
  | RenameColumn
  | RenameConstraint
  | RenameEnumValue
  | RenameFunction
  | RenameRelation
  | RenameSchema
  | RenameType
  | Select
  | SetDefault
  | SetFunctionSchema
  | SetNotNull
  | SetSchema
  | SetTypeSchema
  | SetVariable
  | TransactionControl
  | Truncate
  | Unparsed
  | Update
  | Vacuum
  | ValidateConstraint;

export type OperationType = Operation["type"];

/** The operation of one type: `OperationOf<"AddColumn">` is `AddColumn`. */
export type OperationOf<Type extends OperationType> = Extract<Operation, { type: Type }>;

/** PostgreSQL's table-level lock modes, weakest first (PostgreSQL documentation, 13.3.1). */
export type LockMode =
  | "ACCESS SHARE"
  | "ROW SHARE"
  | "ROW EXCLUSIVE"
  | "SHARE UPDATE EXCLUSIVE"
  | "SHARE"
  | "SHARE ROW EXCLUSIVE"
  | "EXCLUSIVE"
  | "ACCESS EXCLUSIVE";
