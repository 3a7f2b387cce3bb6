/**
 * Operations on what is no relation, and on what belongs to one without being a part of its shape: policies, rules,
 * triggers' names, privileges, owners, comments, statistics, publications. Kinds of objects that differ in nothing but
 * their name share `CreateObject` and its kin.
 */
import type { QualifiedName } from "./name.js";
import type { Expression, OperationBase, RelationKind } from "./operation.js";

/** What PostgreSQL calls its kinds of objects (ObjectType in its grammar), as they are written in SQL. */
export type ObjectKind =
  | RelationKind
  | "access method"
  | "aggregate"
  | "attribute"
  | "cast"
  | "collation"
  | "column"
  | "constraint"
  | "conversion"
  | "database"
  | "domain"
  | "domain constraint"
  | "event trigger"
  | "extension"
  | "foreign data wrapper"
  | "function"
  | "language"
  | "large object"
  | "operator"
  | "operator class"
  | "operator family"
  | "parameter"
  | "policy"
  | "procedure"
  | "publication"
  | "role"
  | "routine"
  | "rule"
  | "schema"
  | "server"
  | "statistics"
  | "subscription"
  | "tablespace"
  | "text search configuration"
  | "text search dictionary"
  | "text search parser"
  | "text search template"
  | "transform"
  | "trigger"
  | "type"
  | "user mapping";

interface ObjectOperationBase extends OperationBase {
  readonly kind: ObjectKind;
  /** Of a cast or transform: its types, as `int4 AS text`; of a user mapping: its server. */
  readonly name: QualifiedName;
  /** Whether PostgreSQL refuses it inside a transaction block (25001). */
  readonly refusedInTransaction?: true;
}

/** CREATE of a kind of object that has no operation of its own. */
export interface CreateObject extends ObjectOperationBase {
  readonly type: "CreateObject";
  readonly ifNotExists: boolean;
  /** Of a server: its foreign data wrapper. */
  readonly wrapper?: string;
}

/** ALTER of one, its name, schema and owner excepted. */
export interface AlterObject extends ObjectOperationBase {
  readonly type: "AlterObject";
}

/** DROP: one operation a name. */
export interface DropObject extends ObjectOperationBase {
  readonly type: "DropObject";
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface RenameObject extends ObjectOperationBase {
  readonly type: "RenameObject";
  readonly newName: string;
}

export interface SetObjectSchema extends ObjectOperationBase {
  readonly type: "SetObjectSchema";
  readonly newSchema: string;
}

/** What an operation is about that any kind of object may have: an owner, privileges, a comment. */
interface AboutObject extends OperationBase {
  readonly kind: ObjectKind;
  /** The table, view, sequence, index that it is, or that it is a part of. */
  readonly relation?: QualifiedName;
  /** Of a part of a relation: its bare name. Of any other object: its name; absent where all of a schema are meant. */
  readonly name?: QualifiedName;
}

/** OWNER TO, of every kind of object. */
export interface ChangeOwner extends AboutObject {
  readonly type: "ChangeOwner";
  /** Absent where only the server knows the name. */
  readonly owner?: string;
}

/** COMMENT ON and SECURITY LABEL ON. */
export interface Comment extends AboutObject {
  readonly type: "Comment";
  readonly securityLabel: boolean;
}

interface Privileges extends AboutObject {
  /** Lower case; `all` for ALL. Of a membership in a role: none. */
  readonly privileges: readonly string[];
  /** The columns that they are for, where not the whole relation is. */
  readonly columns?: readonly string[];
  /** Who gets or loses them, lower case unless quoted; `public` for PUBLIC. Names that only the server knows are left out. */
  readonly roles: readonly string[];
  /** ALL TABLES (SEQUENCES, …) IN SCHEMA: there is no `relation` and no `name` then. */
  readonly inSchema?: string;
}

/** GRANT, of privileges on an object or of membership in a role: one operation an object. */
export interface Grant extends Privileges {
  readonly type: "Grant";
}

export interface Revoke extends Privileges {
  readonly type: "Revoke";
  readonly cascade: boolean;
  /** REVOKE GRANT OPTION FOR: the privilege itself stays. */
  readonly grantOptionOnly: boolean;
}

/** ALTER DEFAULT PRIVILEGES: for objects that are created later. */
export interface AlterDefaultPrivileges extends OperationBase {
  readonly type: "AlterDefaultPrivileges";
  readonly kind: ObjectKind;
  readonly revoke: boolean;
  readonly privileges: readonly string[];
  readonly roles: readonly string[];
}

interface PolicyOperationBase extends OperationBase {
  readonly policy: string;
  readonly table: QualifiedName;
}

/** What a policy's expressions are. */
interface PolicyExpressions {
  readonly using?: Expression;
  readonly withCheck?: Expression;
  /** Other relations that their subqueries read. */
  readonly reads: readonly QualifiedName[];
}

export interface CreatePolicy extends PolicyOperationBase, PolicyExpressions {
  readonly type: "CreatePolicy";
  readonly command: "all" | "select" | "insert" | "update" | "delete";
  /** Every row must pass one permissive policy, and each restrictive one. */
  readonly permissive: boolean;
  readonly roles: readonly string[];
}

/** What it does not name stays as it is. */
export interface AlterPolicy extends PolicyOperationBase, PolicyExpressions {
  readonly type: "AlterPolicy";
  readonly roles?: readonly string[];
}

export interface DropPolicy extends PolicyOperationBase {
  readonly type: "DropPolicy";
  readonly ifExists: boolean;
}

export interface RenamePolicy extends PolicyOperationBase {
  readonly type: "RenamePolicy";
  readonly newName: string;
}

export interface CreateRule extends OperationBase {
  readonly type: "CreateRule";
  readonly rule: string;
  readonly table: QualifiedName;
  readonly event: "select" | "insert" | "update" | "delete";
  readonly instead: boolean;
  readonly replace: boolean;
  /** Other relations that its actions read, and those that they write to. */
  readonly reads: readonly QualifiedName[];
  readonly writes: readonly QualifiedName[];
}

export interface DropRule extends OperationBase {
  readonly type: "DropRule";
  readonly rule: string;
  readonly table: QualifiedName;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export interface RenameRule extends OperationBase {
  readonly type: "RenameRule";
  readonly rule: string;
  readonly table: QualifiedName;
  readonly newName: string;
}

export interface RenameTrigger extends OperationBase {
  readonly type: "RenameTrigger";
  readonly trigger: string;
  readonly table: QualifiedName;
  readonly newName: string;
}

/** CREATE STATISTICS; what is done with them later is `AlterObject`, `DropObject`, … of the kind `statistics`. */
export interface CreateStatistics extends OperationBase {
  readonly type: "CreateStatistics";
  /** Absent where PostgreSQL chooses the name. */
  readonly statistics?: QualifiedName;
  readonly table: QualifiedName;
  readonly columns: readonly string[];
  readonly ifNotExists: boolean;
}

/** With `only`, tables that inherit from it are not published. */
export type PublishedTable = QualifiedName & { readonly only?: true };

interface Published {
  readonly tables: readonly PublishedTable[];
  /** TABLES IN SCHEMA; empty for CURRENT_SCHEMA. */
  readonly schemas: readonly string[];
}

export interface CreatePublication extends OperationBase, Published {
  readonly type: "CreatePublication";
  readonly publication: string;
  readonly allTables: boolean;
}

export interface AlterPublication extends OperationBase, Published {
  readonly type: "AlterPublication";
  readonly publication: string;
  readonly action: "add" | "drop" | "set" | "set options";
}

export interface CreateExtension extends OperationBase {
  readonly type: "CreateExtension";
  readonly extension: string;
  /** Where its objects go, if the statement says so. */
  readonly schema?: string;
  readonly ifNotExists: boolean;
  readonly cascade: boolean;
}

/** ALTER EXTENSION … UPDATE, ADD, DROP, and ALTER … DEPENDS ON EXTENSION. */
export interface AlterExtension extends OperationBase {
  readonly type: "AlterExtension";
  readonly extension: string;
  readonly action: "update" | "add member" | "drop member" | "set dependent";
  /** The member or dependent, if that is a relation or stands on one. */
  readonly relation?: QualifiedName;
}

/** IMPORT FOREIGN SCHEMA: which tables it makes only the other server knows. */
export interface ImportForeignSchema extends OperationBase {
  readonly type: "ImportForeignSchema";
  readonly server: string;
  /** The schema that they go into. */
  readonly schema: string;
}

/** DROP OWNED BY: everything that the roles own, and their privileges. */
export interface DropOwned extends OperationBase {
  readonly type: "DropOwned";
  readonly roles: readonly string[];
  readonly cascade: boolean;
}

export interface ReassignOwned extends OperationBase {
  readonly type: "ReassignOwned";
  readonly roles: readonly string[];
  readonly owner: string;
}

/** ALTER TABLE, INDEX, MATERIALIZED VIEW ALL IN TABLESPACE … SET TABLESPACE: each of them is written anew. */
export interface MoveAllInTablespace extends OperationBase {
  readonly type: "MoveAllInTablespace";
  readonly kind: "table" | "index" | "materialized view";
  readonly tablespace: string;
  readonly newTablespace: string;
}

export type ObjectOperation =
  | AlterDefaultPrivileges
  | AlterExtension
  | AlterObject
  | AlterPolicy
  | AlterPublication
  | ChangeOwner
  | Comment
  | CreateExtension
  | CreateObject
  | CreatePolicy
  | CreatePublication
  | CreateRule
  | CreateStatistics
  | DropObject
  | DropOwned
  | DropPolicy
  | DropRule
  | Grant
  | ImportForeignSchema
  | MoveAllInTablespace
  | ReassignOwned
  | RenameObject
  | RenamePolicy
  | RenameRule
  | RenameTrigger
  | Revoke
  | SetObjectSchema;
