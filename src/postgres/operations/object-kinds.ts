import type { FunctionKind, RelationKind } from "../../model/operation.js";
import type { ObjectKind } from "../../model/object-operation.js";

/** The grammar's ObjectType as it is written in SQL. */
const OBJECT_KINDS: Readonly<Record<string, ObjectKind>> = {
  OBJECT_ACCESS_METHOD: "access method",
  OBJECT_AGGREGATE: "aggregate",
  OBJECT_ATTRIBUTE: "attribute",
  OBJECT_CAST: "cast",
  OBJECT_COLLATION: "collation",
  OBJECT_COLUMN: "column",
  OBJECT_CONVERSION: "conversion",
  OBJECT_DATABASE: "database",
  OBJECT_DOMAIN: "domain",
  OBJECT_DOMCONSTRAINT: "domain constraint",
  OBJECT_EVENT_TRIGGER: "event trigger",
  OBJECT_EXTENSION: "extension",
  OBJECT_FDW: "foreign data wrapper",
  OBJECT_FOREIGN_SERVER: "server",
  OBJECT_FOREIGN_TABLE: "foreign table",
  OBJECT_FUNCTION: "function",
  OBJECT_INDEX: "index",
  OBJECT_LANGUAGE: "language",
  OBJECT_LARGEOBJECT: "large object",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_OPCLASS: "operator class",
  OBJECT_OPERATOR: "operator",
  OBJECT_OPFAMILY: "operator family",
  OBJECT_PARAMETER_ACL: "parameter",
  OBJECT_POLICY: "policy",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_PUBLICATION: "publication",
  OBJECT_ROLE: "role",
  OBJECT_ROUTINE: "routine",
  OBJECT_RULE: "rule",
  OBJECT_SCHEMA: "schema",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_STATISTIC_EXT: "statistics",
  OBJECT_SUBSCRIPTION: "subscription",
  OBJECT_TABCONSTRAINT: "constraint",
  OBJECT_TABLE: "table",
  OBJECT_TABLESPACE: "tablespace",
  OBJECT_TRANSFORM: "transform",
  OBJECT_TRIGGER: "trigger",
  OBJECT_TSCONFIGURATION: "text search configuration",
  OBJECT_TSDICTIONARY: "text search dictionary",
  OBJECT_TSPARSER: "text search parser",
  OBJECT_TSTEMPLATE: "text search template",
  OBJECT_TYPE: "type",
  OBJECT_USER_MAPPING: "user mapping",
  OBJECT_VIEW: "view",
};

/** @throws TypeError for an object type that no statement of the grammar names. */
export function objectKind(objectType: string | undefined): ObjectKind {
  const kind = OBJECT_KINDS[objectType ?? ""];
  if (kind === undefined) throw new TypeError(`No kind of object: ${String(objectType)}`);
  return kind;
}

const RELATION_KINDS: ReadonlySet<ObjectKind> = new Set<RelationKind>([
  "table",
  "view",
  "materialized view",
  "foreign table",
  "sequence",
  "index",
]);

export function relationKind(objectType: string | undefined): RelationKind | undefined {
  const kind = OBJECT_KINDS[objectType ?? ""];
  return kind !== undefined && isRelation(kind) ? kind : undefined;
}

export function isRelation(kind: ObjectKind): kind is RelationKind {
  return RELATION_KINDS.has(kind);
}

const FUNCTION_KINDS: ReadonlySet<ObjectKind> = new Set<FunctionKind>([
  "function",
  "procedure",
  "routine",
  "aggregate",
]);

export function functionKind(objectType: string | undefined): FunctionKind | undefined {
  const kind = OBJECT_KINDS[objectType ?? ""];
  return kind !== undefined && FUNCTION_KINDS.has(kind) ? (kind as FunctionKind) : undefined;
}

/** How many parts a name has behind that of the relation which the object belongs to. */
const PARTS_OF_RELATION: { readonly [Kind in ObjectKind]?: number } = {
  column: 1,
  constraint: 1,
  policy: 1,
  rule: 1,
  trigger: 1,
};

/** The relation that parts of a name lead to, and what of it is meant; undefined for objects without a relation. */
export function splitName(
  kind: ObjectKind,
  parts: readonly string[],
): { readonly relation: readonly string[]; readonly part: string | undefined } | undefined {
  if (isRelation(kind)) return { relation: parts, part: undefined };
  if (PARTS_OF_RELATION[kind] === undefined) return undefined;
  return { relation: parts.slice(0, -1), part: parts.at(-1) };
}
