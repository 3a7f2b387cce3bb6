/** Syntax that only newer versions of PostgreSQL know and that operations do not show (the "E.…" release notes). */
import type {
  AlterPublicationStmt,
  AlterTableCmd,
  ATAlterConstraint,
  Constraint,
  CreatePublicationStmt,
  CreateSeqStmt,
  CreateStatsStmt,
  DefElem,
  GrantStmt,
  MergeStmt,
  MergeWhenClause,
  Node,
  PublicationObjSpec,
  ReindexStmt,
  AccessPriv,
  StatsElem,
  ViewStmt,
} from "libpg-query";
import type { Arrival } from "../../model/operation.js";
import { all, as } from "./names.js";

type Row = (node: never) => Arrival | undefined;

/** By the parse tree's node type. */
const ARRIVALS: Readonly<Record<string, Row>> = {
  AlterPublicationStmt: ({ pubobjects }: AlterPublicationStmt) => published(pubobjects),
  CreatePublicationStmt: ({ pubobjects }: CreatePublicationStmt) => published(pubobjects),
  CreateSeqStmt: ({ sequence }: CreateSeqStmt) =>
    sequence?.relpersistence === "u" ? { since: 15, syntax: "CREATE UNLOGGED SEQUENCE", code: "0A000" } : undefined,
  CreateStatsStmt: ({ exprs }: CreateStatsStmt) =>
    all<StatsElem>(exprs, "StatsElem").some(({ expr }) => expr !== undefined)
      ? { since: 14, syntax: "CREATE STATISTICS on an expression", code: "0A000" }
      : undefined,
  GrantStmt: ({ privileges }: GrantStmt) =>
    all<AccessPriv>(privileges, "AccessPriv").some(({ priv_name }) => priv_name === "maintain")
      ? { since: 17, syntax: "MAINTAIN" }
      : undefined,
  MergeStmt: ({ mergeWhenClauses, returningClause }: MergeStmt) => {
    if (returningClause !== undefined) return { since: 17, syntax: "MERGE … RETURNING" };
    const clauses = all<MergeWhenClause>(mergeWhenClauses, "MergeWhenClause");
    return clauses.some(({ matchKind }) => matchKind === "MERGE_WHEN_NOT_MATCHED_BY_SOURCE")
      ? { since: 17, syntax: "WHEN NOT MATCHED BY SOURCE" }
      : undefined;
  },
  ReindexStmt: ({ params }: ReindexStmt) =>
    named(params, "tablespace") ? { since: 14, syntax: "REINDEX (TABLESPACE …)" } : undefined,
  ViewStmt: ({ options }: ViewStmt) => securityInvoker(options),
};

export function arrivalOfStatement(type: string, node: unknown): Arrival | undefined {
  return (ARRIVALS[type] as ((node: unknown) => Arrival | undefined) | undefined)?.(node);
}

export function arrivalOfSubcommand({ subtype, def }: AlterTableCmd): Arrival | undefined {
  if (subtype === "AT_SetRelOptions") return securityInvoker(as<{ items?: Node[] }>(def, "List")?.items);
  const constraint = as<ATAlterConstraint>(def, "ATAlterConstraint");
  if (constraint?.alterEnforceability) return { since: 18, syntax: "ALTER CONSTRAINT … ENFORCED" };
  if (!constraint?.alterInheritability) return undefined;
  return constraint.noinherit
    ? { since: 18, syntax: "ALTER CONSTRAINT … NO INHERIT", code: "0A000" }
    : { since: 18, syntax: "ALTER CONSTRAINT … INHERIT" };
}

export function arrivalOfConstraint(constraint: Constraint): Arrival | undefined {
  if (constraint.without_overlaps) return { since: 18, syntax: "WITHOUT OVERLAPS" };
  if (constraint.fk_with_period) return { since: 18, syntax: "FOREIGN KEY … PERIOD" };
  return constraint.fk_del_set_cols === undefined
    ? undefined
    : { since: 15, syntax: "ON DELETE SET NULL or SET DEFAULT of some columns" };
}

function published(objects: readonly Node[] | undefined): Arrival | undefined {
  for (const { pubtable } of all<PublicationObjSpec>(objects, "PublicationObjSpec")) {
    if (pubtable === undefined) return { since: 15, syntax: "FOR TABLES IN SCHEMA" };
    if (pubtable.columns !== undefined) return { since: 15, syntax: "a publication of some columns" };
    if (pubtable.whereClause !== undefined) return { since: 15, syntax: "a publication of some rows" };
  }
  return undefined;
}

function securityInvoker(options: readonly Node[] | undefined): Arrival | undefined {
  return named(options, "security_invoker") ? { since: 15, syntax: "security_invoker", code: "22023" } : undefined;
}

function named(options: readonly Node[] | undefined, name: string): boolean {
  return all<DefElem>(options, "DefElem").some(({ defname }) => defname === name);
}
