/** Every statement and every ALTER TABLE subcommand of PostgreSQL's grammar is an operation, or said to have no effect. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AlterTableStmt, Node } from "libpg-query";
import { parseTree } from "../../src/postgres/libpg-query.js";
import { STATEMENTS_WITHOUT_EFFECT } from "../../src/postgres/operations/other.js";
import { parseSql } from "../../src/postgres/parse-sql.js";

/** The grammar's own list of its nodes and enumerations, as the parser's package publishes it. */
const require = createRequire(import.meta.url);
const published = dirname(createRequire(require.resolve("libpg-query")).resolve("@pgsql/types"));
const nodes = readFileSync(join(published, "types.d.ts"), "utf8");
const enums = readFileSync(join(published, "enums.d.ts"), "utf8");

/** Nodes that are called statements, and stand only inside of others. */
const INSIDE_OTHERS: Readonly<Record<string, string>> = {
  PLAssignStmt: "an assignment in PL/pgSQL",
  RawStmt: "the wrapper of every statement",
  ReplicaIdentityStmt: "in ALTER TABLE",
  ReturnStmt: "in the body of an SQL function",
  SetOperationStmt: "a query after its analysis",
};

/** SQL of each kind of statement, and the operations that it is. */
const STATEMENTS: Readonly<Record<string, readonly (readonly [sql: string, ...types: string[]])[]>> = {
  AlterCollationStmt: [["alter collation c refresh version", "AlterObject"]],
  AlterDatabaseRefreshCollStmt: [["alter database d refresh collation version", "AlterObject"]],
  AlterDatabaseSetStmt: [["alter database d set work_mem = '1MB'", "OtherStatement"]],
  AlterDatabaseStmt: [["alter database d connection limit 5", "AlterObject"]],
  AlterDefaultPrivilegesStmt: [["alter default privileges grant select on tables to r", "AlterDefaultPrivileges"]],
  AlterDomainStmt: [["alter domain d set not null", "AlterDomain"]],
  AlterEnumStmt: [
    ["alter type e add value 'x'", "AddEnumValue"],
    ["alter type e rename value 'x' to 'y'", "RenameEnumValue"],
  ],
  AlterEventTrigStmt: [["alter event trigger e disable", "AlterObject"]],
  AlterExtensionContentsStmt: [["alter extension e add table t", "AlterExtension"]],
  AlterExtensionStmt: [["alter extension e update", "AlterExtension"]],
  AlterFdwStmt: [["alter foreign data wrapper w no handler", "AlterObject"]],
  AlterForeignServerStmt: [["alter server s version '2'", "AlterObject"]],
  AlterFunctionStmt: [["alter function f(int) stable", "AlterFunction"]],
  AlterObjectDependsStmt: [["alter index i depends on extension e", "AlterExtension"]],
  AlterObjectSchemaStmt: [
    ["alter table t set schema s", "SetSchema"],
    ["alter function f() set schema s", "SetFunctionSchema"],
    ["alter type t set schema s", "SetTypeSchema"],
    ["alter collation c set schema s", "SetObjectSchema"],
  ],
  AlterOpFamilyStmt: [["alter operator family f using btree add operator 1 < (int, int)", "AlterObject"]],
  AlterOperatorStmt: [["alter operator + (int, int) set (join = none)", "AlterObject"]],
  AlterOwnerStmt: [["alter schema s owner to r", "ChangeOwner"]],
  AlterPolicyStmt: [["alter policy p on t using (true)", "AlterPolicy"]],
  AlterPublicationStmt: [["alter publication p add table t", "AlterPublication"]],
  AlterRoleSetStmt: [["alter role r set work_mem = '1MB'", "OtherStatement"]],
  AlterRoleStmt: [["alter role r nologin", "AlterObject"]],
  AlterSeqStmt: [["alter sequence s restart", "AlterSequence"]],
  AlterStatsStmt: [["alter statistics st set statistics 100", "AlterObject"]],
  AlterSubscriptionStmt: [["alter subscription s disable", "AlterObject"]],
  AlterSystemStmt: [["alter system set work_mem = '1MB'", "OtherStatement"]],
  AlterTSConfigurationStmt: [["alter text search configuration c add mapping for word with simple", "AlterObject"]],
  AlterTSDictionaryStmt: [["alter text search dictionary d (stopwords = x)", "AlterObject"]],
  AlterTableMoveAllStmt: [["alter table all in tablespace a set tablespace b", "MoveAllInTablespace"]],
  AlterTableSpaceOptionsStmt: [["alter tablespace t set (seq_page_cost = 2)", "AlterObject"]],
  AlterTableStmt: [
    ["alter table t add a int, drop b", "AddColumn", "DropColumn"],
    ["alter table t alter a drop default", "DropDefault"],
    ["alter type c add attribute a int", "AlterType"],
  ],
  AlterTypeStmt: [["alter type t set (storage = plain)", "AlterType"]],
  AlterUserMappingStmt: [["alter user mapping for r server s options (add a 'b')", "AlterObject"]],
  CallStmt: [["call p()", "Call"]],
  CheckPointStmt: [["checkpoint", "OtherStatement"]],
  ClosePortalStmt: [["close c", "OtherStatement"]],
  ClusterStmt: [["cluster t using i", "Cluster"]],
  CommentStmt: [["comment on table t is 'x'", "Comment"]],
  CompositeTypeStmt: [["create type c as (a int)", "CreateType"]],
  ConstraintsSetStmt: [["set constraints all deferred", "OtherStatement"]],
  CopyStmt: [["copy t from stdin", "Copy"]],
  CreateAmStmt: [["create access method m type index handler h", "CreateObject"]],
  CreateCastStmt: [["create cast (a as b) without function", "CreateObject"]],
  CreateConversionStmt: [["create conversion c for 'UTF8' to 'LATIN1' from f", "CreateObject"]],
  CreateDomainStmt: [["create domain d as int", "CreateDomain"]],
  CreateEnumStmt: [["create type e as enum ('x')", "CreateEnum"]],
  CreateEventTrigStmt: [["create event trigger e on sql_drop execute function f()", "CreateObject"]],
  CreateExtensionStmt: [["create extension e", "CreateExtension"]],
  CreateFdwStmt: [["create foreign data wrapper w", "CreateObject"]],
  CreateForeignServerStmt: [["create server s foreign data wrapper w", "CreateObject"]],
  CreateForeignTableStmt: [["create foreign table t (a int) server s", "CreateTable"]],
  CreateFunctionStmt: [["create function f() returns int language sql as 'select 1'", "CreateFunction"]],
  CreateOpClassStmt: [["create operator class c for type t using btree as operator 1 <", "CreateObject"]],
  CreateOpFamilyStmt: [["create operator family f using btree", "CreateObject"]],
  CreatePLangStmt: [["create language l handler h", "CreateObject"]],
  CreatePolicyStmt: [["create policy p on t", "CreatePolicy"]],
  CreatePublicationStmt: [["create publication p for table t", "CreatePublication"]],
  CreateRangeStmt: [["create type r as range (subtype = int)", "CreateType"]],
  CreateRoleStmt: [["create role r", "CreateObject"]],
  CreateSchemaStmt: [
    ["create schema s create table t (a int) create view v as select 1", "CreateSchema", "CreateTable", "CreateView"],
  ],
  CreateSeqStmt: [["create sequence s", "CreateSequence"]],
  CreateStatsStmt: [["create statistics on a, b from t", "CreateStatistics"]],
  CreateStmt: [["create table t (a int)", "CreateTable"]],
  CreateSubscriptionStmt: [["create subscription s connection '' publication p", "CreateObject"]],
  CreateTableAsStmt: [
    ["create table t as select 1", "CreateTableAs"],
    ["create materialized view m as select 1", "CreateTableAs"],
  ],
  CreateTableSpaceStmt: [["create tablespace t location '/x'", "CreateObject"]],
  CreateTransformStmt: [
    ["create transform for hstore language l (from sql with function f(internal))", "CreateObject"],
  ],
  CreateTrigStmt: [["create trigger tr after insert on t execute function f()", "CreateTrigger"]],
  CreateUserMappingStmt: [["create user mapping for r server s", "CreateObject"]],
  CreatedbStmt: [["create database d", "CreateObject"]],
  DeallocateStmt: [["deallocate p", "OtherStatement"]],
  DeclareCursorStmt: [["declare c cursor for select 1 from t", "Select"]],
  DefineStmt: [
    ["create type b", "CreateType"],
    ["create operator === (leftarg = int, rightarg = int, function = f)", "CreateObject"],
    ["create aggregate a (int) (sfunc = f, stype = int)", "CreateObject"],
    ["create collation c (locale = 'C')", "CreateObject"],
    ["create text search template t (lexize = f)", "CreateObject"],
  ],
  DeleteStmt: [["delete from t", "Delete"]],
  DiscardStmt: [["discard temp", "Discard"]],
  DoStmt: [["do language plperl 'x'", "DoBlock"]],
  DropOwnedStmt: [["drop owned by r", "DropOwned"]],
  DropRoleStmt: [["drop role a, b", "DropObject", "DropObject"]],
  DropStmt: [
    ["drop table a, b", "DropRelation", "DropRelation"],
    ["drop index i", "DropIndex"],
    ["drop type t", "DropType"],
    ["drop schema s", "DropSchema"],
    ["drop function f", "DropFunction"],
    ["drop trigger tr on t", "DropTrigger"],
    ["drop policy p on t", "DropPolicy"],
    ["drop rule r on t", "DropRule"],
    ["drop extension a, b", "DropObject", "DropObject"],
  ],
  DropSubscriptionStmt: [["drop subscription s", "DropObject"]],
  DropTableSpaceStmt: [["drop tablespace t", "DropObject"]],
  DropUserMappingStmt: [["drop user mapping for r server s", "DropObject"]],
  DropdbStmt: [["drop database d", "DropObject"]],
  ExecuteStmt: [["execute p", "Execute"]],
  ExplainStmt: [["explain update t set a = 1", "Explain"]],
  FetchStmt: [["fetch c", "OtherStatement"]],
  GrantRoleStmt: [["grant a to b", "Grant"]],
  GrantStmt: [
    ["grant select on t, u to r", "Grant", "Grant"],
    ["revoke all on schema s from r", "Revoke"],
  ],
  ImportForeignSchemaStmt: [["import foreign schema a from server s into b", "ImportForeignSchema"]],
  IndexStmt: [["create index on t (a)", "CreateIndex"]],
  InsertStmt: [["insert into t values (1)", "Insert"]],
  ListenStmt: [["listen x", "OtherStatement"]],
  LoadStmt: [["load 'x'", "OtherStatement"]],
  LockStmt: [["lock t, u", "LockTable", "LockTable"]],
  MergeStmt: [["merge into t using u on t.a = u.a when matched then delete", "Merge"]],
  NotifyStmt: [["notify x", "OtherStatement"]],
  PrepareStmt: [["prepare p as select 1", "Prepare"]],
  ReassignOwnedStmt: [["reassign owned by a to b", "ReassignOwned"]],
  RefreshMatViewStmt: [["refresh materialized view m", "RefreshMaterializedView"]],
  ReindexStmt: [["reindex table t", "Reindex"]],
  RenameStmt: [
    ["alter table t rename to u", "RenameRelation"],
    ["alter table t rename a to b", "RenameColumn"],
    ["alter table t rename constraint a to b", "RenameConstraint"],
    ["alter trigger a on t rename to b", "RenameTrigger"],
    ["alter policy a on t rename to b", "RenamePolicy"],
    ["alter rule a on t rename to b", "RenameRule"],
    ["alter type t rename attribute a to b", "AlterType"],
    ["alter type t rename to u", "RenameType"],
    ["alter domain d rename constraint a to b", "AlterDomain"],
    ["alter schema s rename to t", "RenameSchema"],
    ["alter function f() rename to g", "RenameFunction"],
    ["alter role a rename to b", "RenameObject"],
  ],
  RuleStmt: [["create rule r as on insert to t do nothing", "CreateRule"]],
  SecLabelStmt: [["security label on table t is 'x'", "Comment"]],
  SelectStmt: [["select 1", "Select"]],
  TransactionStmt: [
    ["begin", "TransactionControl"],
    ["commit prepared 'x'", "OtherStatement"],
  ],
  TruncateStmt: [["truncate t, u", "Truncate", "Truncate"]],
  UnlistenStmt: [["unlisten x", "OtherStatement"]],
  UpdateStmt: [["update t set a = 1", "Update"]],
  VacuumStmt: [
    ["vacuum t", "Vacuum"],
    ["analyze t", "Vacuum"],
  ],
  VariableSetStmt: [["set work_mem = '1MB'", "SetVariable"]],
  VariableShowStmt: [["show work_mem", "OtherStatement"]],
  ViewStmt: [["create view v as select 1", "CreateView"]],
};

/** Subcommands that PostgreSQL makes of others while it runs them: no statement is read as one. */
const INTERNAL: ReadonlySet<string> = new Set([
  "AT_AddColumnToView",
  "AT_AddIndex",
  "AT_AddIndexConstraint",
  "AT_CookedColumnDefault",
  "AT_ReAddComment",
  "AT_ReAddConstraint",
  "AT_ReAddDomainConstraint",
  "AT_ReAddIndex",
  "AT_ReAddStatistics",
  "AT_ReplaceRelOptions",
]);

/** What each other subcommand is written like, and its operation; `AlterTable` has its name for a subcommand. */
const SUBCOMMANDS: Readonly<Record<string, readonly [sql: string, type: string]>> = {
  AT_AddColumn: ["alter table t add a int", "AddColumn"],
  AT_AddConstraint: ["alter table t add check (true)", "AddConstraint"],
  AT_AddIdentity: ["alter table t alter a add generated always as identity", "AlterTable"],
  AT_AddInherit: ["alter table t inherit p", "AlterTable"],
  AT_AddOf: ["alter table t of c", "AlterTable"],
  AT_AlterColumnGenericOptions: ["alter foreign table t alter a options (x 'y')", "AlterTable"],
  AT_AlterColumnType: ["alter table t alter a type text", "AlterColumnType"],
  AT_AlterConstraint: ["alter table t alter constraint k deferrable", "AlterTable"],
  AT_AttachPartition: ["alter table t attach partition p default", "AttachPartition"],
  AT_ChangeOwner: ["alter table t owner to r", "ChangeOwner"],
  AT_ClusterOn: ["alter table t cluster on i", "AlterTable"],
  AT_ColumnDefault: ["alter table t alter a set default 1", "SetDefault"],
  AT_DetachPartition: ["alter table t detach partition p", "DetachPartition"],
  AT_DetachPartitionFinalize: ["alter table t detach partition p finalize", "DetachPartition"],
  AT_DisableRowSecurity: ["alter table t disable row level security", "AlterTable"],
  AT_DisableRule: ["alter table t disable rule r", "AlterTable"],
  AT_DisableTrig: ["alter table t disable trigger x", "AlterTable"],
  AT_DisableTrigAll: ["alter table t disable trigger all", "AlterTable"],
  AT_DisableTrigUser: ["alter table t disable trigger user", "AlterTable"],
  AT_DropCluster: ["alter table t set without cluster", "AlterTable"],
  AT_DropColumn: ["alter table t drop a", "DropColumn"],
  AT_DropConstraint: ["alter table t drop constraint k", "DropConstraint"],
  AT_DropExpression: ["alter table t alter a drop expression", "AlterTable"],
  AT_DropIdentity: ["alter table t alter a drop identity", "AlterTable"],
  AT_DropInherit: ["alter table t no inherit p", "AlterTable"],
  AT_DropNotNull: ["alter table t alter a drop not null", "DropNotNull"],
  AT_DropOf: ["alter table t not of", "AlterTable"],
  AT_DropOids: ["alter table t set without oids", "AlterTable"],
  AT_EnableAlwaysRule: ["alter table t enable always rule r", "AlterTable"],
  AT_EnableAlwaysTrig: ["alter table t enable always trigger x", "AlterTable"],
  AT_EnableReplicaRule: ["alter table t enable replica rule r", "AlterTable"],
  AT_EnableReplicaTrig: ["alter table t enable replica trigger x", "AlterTable"],
  AT_EnableRowSecurity: ["alter table t enable row level security", "AlterTable"],
  AT_EnableRule: ["alter table t enable rule r", "AlterTable"],
  AT_EnableTrig: ["alter table t enable trigger x", "AlterTable"],
  AT_EnableTrigAll: ["alter table t enable trigger all", "AlterTable"],
  AT_EnableTrigUser: ["alter table t enable trigger user", "AlterTable"],
  AT_ForceRowSecurity: ["alter table t force row level security", "AlterTable"],
  AT_GenericOptions: ["alter foreign table t options (x 'y')", "AlterTable"],
  AT_NoForceRowSecurity: ["alter table t no force row level security", "AlterTable"],
  AT_ReplicaIdentity: ["alter table t replica identity full", "AlterTable"],
  AT_ResetOptions: ["alter table t alter a reset (n_distinct)", "AlterTable"],
  AT_ResetRelOptions: ["alter table t reset (fillfactor)", "AlterTable"],
  AT_SetAccessMethod: ["alter table t set access method heap", "AlterTable"],
  AT_SetCompression: ["alter table t alter a set compression pglz", "AlterTable"],
  AT_SetExpression: ["alter table t alter a set expression as (b)", "AlterTable"],
  AT_SetIdentity: ["alter table t alter a restart", "AlterTable"],
  AT_SetLogged: ["alter table t set logged", "AlterTable"],
  AT_SetNotNull: ["alter table t alter a set not null", "SetNotNull"],
  AT_SetOptions: ["alter table t alter a set (n_distinct = 5)", "AlterTable"],
  AT_SetRelOptions: ["alter table t set (fillfactor = 70)", "AlterTable"],
  AT_SetStatistics: ["alter table t alter a set statistics 100", "AlterTable"],
  AT_SetStorage: ["alter table t alter a set storage plain", "AlterTable"],
  AT_SetTableSpace: ["alter table t set tablespace s", "AlterTable"],
  AT_SetUnLogged: ["alter table t set unlogged", "AlterTable"],
  AT_ValidateConstraint: ["alter table t validate constraint k", "ValidateConstraint"],
};

function nodeOf(sql: string): Node {
  const outcome = parseTree(sql);
  if (!outcome.ok) throw new Error(outcome.message);
  const node = outcome.statements[0]?.stmt;
  if (node === undefined) throw new Error(`No statement: ${sql}`);
  return node;
}

function typesOf(sql: string): string[] {
  return parseSql(sql).statements.flatMap(({ operations }) => operations.map(({ type }) => type));
}

describe("statements", () => {
  const kinds = [...nodes.matchAll(/^export interface (\w+Stmt) \{/gm)].map(([, kind]) => kind as string);

  test("the grammar's list is the one that this is about", () => {
    expect(kinds.length).toBeGreaterThan(110);
    expect(kinds.filter((kind) => !(kind in STATEMENTS) && !(kind in INSIDE_OTHERS))).toEqual([]);
  });

  test.each(Object.entries(STATEMENTS).flatMap(([kind, forms]) => forms.map((form) => [kind, ...form] as const)))(
    "%s: %s",
    (kind, sql, ...types) => {
      expect(Object.keys(nodeOf(sql))).toEqual([kind]);
      expect(typesOf(sql)).toEqual(types);
      expect(types.includes("OtherStatement") && !(kind in STATEMENTS_WITHOUT_EFFECT)).toBe(false);
    },
  );

  test("every type of operation is made of one of them", () => {
    const model = ["operation", "object-operation"].map((file) =>
      readFileSync(new URL(`../../src/model/${file}.ts`, import.meta.url), "utf8"),
    );
    const types = [...model.join("").matchAll(/^ {2}readonly type: "(\w+)";$/gm)].map(([, type]) => type as string);
    const made = [...Object.values(STATEMENTS).flat(2), ...Object.values(SUBCOMMANDS).flat(), "Unparsed"];
    expect(types.length).toBeGreaterThan(90);
    expect(types.filter((type) => !made.includes(type))).toEqual([]);
  });
});

describe("subcommands of ALTER TABLE", () => {
  const kinds = [...(/AlterTableType = ([^;]*);/.exec(enums)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
    ([, kind]) => kind as string,
  );

  test("the grammar's list is the one that this is about", () => {
    expect(kinds.length).toBeGreaterThan(60);
    expect(kinds.filter((kind) => !(kind in SUBCOMMANDS) && !INTERNAL.has(kind))).toEqual([]);
  });

  test.each(Object.entries(SUBCOMMANDS))("%s", (kind, [sql, type]) => {
    const { cmds } = (nodeOf(sql) as { AlterTableStmt: AlterTableStmt }).AlterTableStmt;
    expect(cmds).toMatchObject([{ AlterTableCmd: { subtype: kind } }]);
    const [operation] = parseSql(sql).statements[0]?.operations ?? [];
    expect(operation).toMatchObject({ type, ...(type === "AlterTable" && { subcommand: kind.slice(3) }) });
  });
});
