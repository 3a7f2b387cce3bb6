/** CREATE, ALTER and DROP of kinds of objects that differ in nothing but their name: a row for each statement. */
import type {
  CreateForeignServerStmt,
  DefElem,
  DropRoleStmt,
  Node,
  ObjectWithArgs,
  RoleSpec,
  TypeName,
} from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { ObjectKind } from "../../model/object-operation.js";
import { reader, type Draft, type StatementReader } from "./draft.js";
import { all, nameOf, objectParts, qualified, roleName } from "./names.js";
import { isOn } from "./relations.js";

/** What the statements of this file have, each under its own field. */
type Statement = { readonly [Field in NameField]?: string | Node[] | ObjectWithArgs | RoleSpec } & {
  readonly if_not_exists?: boolean;
  readonly missing_ok?: boolean;
  readonly behavior?: string;
  readonly options?: Node[];
  readonly kind?: string;
};

type NameField =
  | "amname"
  | "cfgname"
  | "collname"
  | "conversion_name"
  | "dbname"
  | "defnames"
  | "dictname"
  | "fdwname"
  | "opclassname"
  | "opername"
  | "opfamilyname"
  | "role"
  | "servername"
  | "subname"
  | "tablespacename"
  | "trigname";

function nameIn(statement: Statement, field: NameField): QualifiedName {
  const name = statement[field];
  if (name === undefined || typeof name === "string") return { name: name ?? "" };
  if (Array.isArray(name)) return nameOf(name);
  return "roletype" in name ? { name: roleName(name) } : nameOf((name as ObjectWithArgs).objname);
}

type Refused = (statement: Statement) => boolean;
const always: Refused = () => true;
const never: Refused = () => false;

/** @param refused Whether PostgreSQL refuses it inside a transaction block (calls of PreventInTransactionBlock). */
function create(kind: ObjectKind, field: NameField, refused = never): StatementReader {
  return reader<Statement>((statement) => [
    {
      type: "CreateObject",
      kind,
      name: nameIn(statement, field),
      ifNotExists: statement.if_not_exists === true,
      ...(refused(statement) && { refusedInTransaction: true as const }),
    },
  ]);
}

function alter(kind: ObjectKind, field: NameField, refused = never): StatementReader {
  return reader<Statement>((statement) => [
    {
      type: "AlterObject",
      kind,
      name: nameIn(statement, field),
      ...(refused(statement) && { refusedInTransaction: true as const }),
    },
  ]);
}

function drop(kind: ObjectKind, field: NameField, refused = never): StatementReader {
  return reader<Statement>((statement) => [
    {
      type: "DropObject",
      kind,
      name: nameIn(statement, field),
      ifExists: statement.missing_ok === true,
      cascade: statement.behavior === "DROP_CASCADE",
      ...(refused(statement) && { refusedInTransaction: true as const }),
    },
  ]);
}

/** The name of a cast or a transform is what it is between. */
function castName(source: TypeName | undefined, target: string): QualifiedName {
  return { name: `${nameOf(source?.names).name} AS ${target}` };
}

function transformName(type: TypeName | undefined, language: string): QualifiedName {
  return { name: `${nameOf(type?.names).name} LANGUAGE ${language}` };
}

function isOff(options: readonly Node[] | undefined, name: string): boolean {
  return all<DefElem>(options, "DefElem").some(
    ({ defname, arg }) =>
      defname === name && (name === "slot_name" ? objectParts(arg)[0] === "none" : !isOn(options, name)),
  );
}

const named = (name: QualifiedName): { readonly name: QualifiedName; readonly ifNotExists: boolean } => ({
  name,
  ifNotExists: false,
});

export const objectReaders: Readonly<Record<string, StatementReader>> = {
  CreateAmStmt: create("access method", "amname"),
  CreateConversionStmt: create("conversion", "conversion_name"),
  CreateEventTrigStmt: create("event trigger", "trigname"),
  CreateFdwStmt: create("foreign data wrapper", "fdwname"),
  CreateForeignServerStmt: reader<CreateForeignServerStmt>(({ servername = "", fdwname = "", if_not_exists }) => [
    {
      type: "CreateObject",
      kind: "server",
      name: { name: servername },
      ifNotExists: if_not_exists === true,
      wrapper: fdwname,
    },
  ]),
  CreateOpClassStmt: create("operator class", "opclassname"),
  CreateOpFamilyStmt: create("operator family", "opfamilyname"),
  CreatePLangStmt: reader<{ plname?: string }>(({ plname = "" }) => [
    { type: "CreateObject", kind: "language", ...named({ name: plname }) },
  ]),
  CreateRoleStmt: create("role", "role"),
  CreateTableSpaceStmt: create("tablespace", "tablespacename", always),
  CreateUserMappingStmt: create("user mapping", "servername"),
  CreatedbStmt: create("database", "dbname", always),
  // Only while it makes a replication slot, which is the default.
  CreateSubscriptionStmt: create(
    "subscription",
    "subname",
    ({ options }) => !isOff(options, "connect") && !isOff(options, "create_slot") && !isOff(options, "slot_name"),
  ),
  CreateCastStmt: reader<{ sourcetype?: TypeName; targettype?: TypeName }>(({ sourcetype, targettype }) => [
    { type: "CreateObject", kind: "cast", ...named(castName(sourcetype, nameOf(targettype?.names).name)) },
  ]),
  CreateTransformStmt: reader<{ type_name?: TypeName; lang?: string }>(({ type_name, lang = "" }) => [
    { type: "CreateObject", kind: "transform", ...named(transformName(type_name, lang)) },
  ]),

  AlterCollationStmt: alter("collation", "collname"),
  AlterDatabaseRefreshCollStmt: alter("database", "dbname"),
  AlterDatabaseStmt: alter("database", "dbname", ({ options }) =>
    all<DefElem>(options, "DefElem").some(({ defname }) => defname === "tablespace"),
  ),
  AlterEventTrigStmt: alter("event trigger", "trigname"),
  AlterFdwStmt: alter("foreign data wrapper", "fdwname"),
  AlterForeignServerStmt: alter("server", "servername"),
  AlterOpFamilyStmt: alter("operator family", "opfamilyname"),
  AlterOperatorStmt: alter("operator", "opername"),
  AlterRoleStmt: alter("role", "role"),
  AlterStatsStmt: alter("statistics", "defnames"),
  AlterSubscriptionStmt: alter(
    "subscription",
    "subname",
    ({ kind, options }) =>
      kind === "ALTER_SUBSCRIPTION_REFRESH" ||
      (/_(SET|ADD|DROP)_PUBLICATION$/.test(kind ?? "") && !isOff(options, "refresh")),
  ),
  AlterTSConfigurationStmt: alter("text search configuration", "cfgname"),
  AlterTSDictionaryStmt: alter("text search dictionary", "dictname"),
  AlterTableSpaceOptionsStmt: alter("tablespace", "tablespacename"),
  AlterUserMappingStmt: alter("user mapping", "servername"),

  DropRoleStmt: reader<DropRoleStmt>(({ roles, missing_ok }) =>
    all<RoleSpec>(roles, "RoleSpec").map((role): Draft => ({
      type: "DropObject",
      kind: "role",
      name: { name: roleName(role) },
      ifExists: missing_ok === true,
      cascade: false,
    })),
  ),
  // It drops the subscription's slot, unless that was set to NONE before.
  DropSubscriptionStmt: drop("subscription", "subname", always),
  DropTableSpaceStmt: drop("tablespace", "tablespacename", always),
  DropUserMappingStmt: drop("user mapping", "servername"),
  DropdbStmt: drop("database", "dbname", always),
};

/** The name in a DROP, COMMENT or ALTER of an object that is no part of a relation. */
export function objectName(kind: ObjectKind, object: Node | undefined): QualifiedName {
  const parts = objectParts(object);
  const items = ((object as { List?: { items?: Node[] } } | undefined)?.List?.items ?? []).map(
    (item) => (item as { TypeName?: TypeName }).TypeName,
  );
  switch (kind) {
    case "cast":
      return castName(items[0], nameOf(items[1]?.names).name);
    case "transform":
      return transformName(items[0], parts.at(-1) ?? "");
    case "domain constraint":
      return { name: parts.at(-1) ?? "" };
    // The access method stands in front.
    case "operator class":
    case "operator family":
      return qualified(parts.slice(1));
    default:
      return qualified(parts);
  }
}
