/** Statements without an operation of their own: what locks and transactions need to know about them. */
import type { DefElem, Node, PublicationObjSpec, RangeVar } from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import { other, type Draft } from "./draft.js";
import { all, objectParts, qualified, relationName } from "./names.js";
import { isOn } from "./relations.js";

interface AnyStatement {
  readonly relation?: RangeVar;
  readonly table?: RangeVar;
  readonly sequence?: RangeVar;
  readonly pubobjects?: Node[];
  readonly relations?: Node[];
  readonly objtype?: string;
  readonly objectType?: string;
  readonly object?: Node;
  readonly objects?: Node[];
  readonly options?: Node[];
  readonly kind?: string;
  readonly dbname?: string;
}

/**
 * Statements that PostgreSQL refuses inside a transaction block (calls of PreventInTransactionBlock). VACUUM, REINDEX,
 * CLUSTER and everything CONCURRENTLY have operations of their own.
 */
const REFUSED_IN_TRANSACTION: Readonly<Record<string, (statement: AnyStatement) => boolean>> = {
  AlterSystemStmt: () => true,
  CreatedbStmt: () => true,
  DropdbStmt: () => true,
  CreateTableSpaceStmt: () => true,
  DropTableSpaceStmt: () => true,
  AlterDatabaseStmt: ({ options }) => all<DefElem>(options, "DefElem").some(({ defname }) => defname === "tablespace"),
  // Only while it makes a replication slot, which is the default.
  CreateSubscriptionStmt: ({ options }) =>
    !isOff(options, "connect") && !isOff(options, "create_slot") && !isOff(options, "slot_name"),
  AlterSubscriptionStmt: ({ kind, options }) =>
    kind === "ALTER_SUBSCRIPTION_REFRESH" ||
    (/_(SET|ADD|DROP)_PUBLICATION$/.test(kind ?? "") && !isOff(options, "refresh")),
  // It drops the subscription's slot, unless that was set to NONE before.
  DropSubscriptionStmt: () => true,
};

function isOff(options: readonly Node[] | undefined, name: string): boolean {
  return all<DefElem>(options, "DefElem").some(
    ({ defname, arg }) =>
      defname === name && (name === "slot_name" ? objectParts(arg)[0] === "none" : !isOn(options, name)),
  );
}

/** COMMENT, SECURITY LABEL and OWNER TO name a column, constraint, trigger, … behind its relation. */
const PARTS_BEHIND_RELATION: Readonly<Record<string, number>> = {
  OBJECT_TABLE: 0,
  OBJECT_VIEW: 0,
  OBJECT_MATVIEW: 0,
  OBJECT_FOREIGN_TABLE: 0,
  OBJECT_SEQUENCE: 0,
  OBJECT_INDEX: 0,
  OBJECT_COLUMN: 1,
  OBJECT_TABCONSTRAINT: 1,
  OBJECT_TRIGGER: 1,
  OBJECT_POLICY: 1,
  OBJECT_RULE: 1,
};

function relationsOf(statement: AnyStatement): QualifiedName[] {
  const relation = statement.relation ?? statement.table ?? statement.sequence;
  if (relation !== undefined) return [relationName(relation)];
  const parts = PARTS_BEHIND_RELATION[statement.objtype ?? statement.objectType ?? ""];
  if (statement.object !== undefined && parts !== undefined) {
    const names = objectParts(statement.object);
    return [qualified(names.slice(0, names.length - parts))];
  }
  const published = all<PublicationObjSpec>(statement.pubobjects, "PublicationObjSpec");
  if (published.length > 0)
    return published.flatMap(({ pubtable }) => (pubtable ? relationName(pubtable.relation) : []));
  return all<RangeVar>(statement.relations ?? statement.objects, "RangeVar").map(relationName);
}

/** One operation for each relation that the statement names, one for a statement that names none. */
export function otherStatements(type: string, node: unknown): Draft[] {
  const statement = node as AnyStatement;
  const object = statement.objtype ?? statement.objectType;
  const refused = REFUSED_IN_TRANSACTION[type]?.(statement) ?? false;
  const relations = relationsOf(statement);
  if (relations.length === 0) return [other(type, { object, name: statement.dbname }, refused)];
  return relations.map((relation) => other(type, { object, relation }, refused));
}
