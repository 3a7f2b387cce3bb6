/** What stands on a relation without being a part of its shape: triggers, rules, policies, statistics, publications. */
import type {
  AlterPolicyStmt,
  AlterPublicationStmt,
  CreatePolicyStmt,
  CreatePublicationStmt,
  CreateStatsStmt,
  CreateTrigStmt,
  Node,
  PublicationObjSpec,
  RangeVar,
  RuleStmt,
  StatsElem,
} from "libpg-query";
import type { AlterPolicy, AlterPublication, CreatePolicy, CreateRule } from "../../model/object-operation.js";
import type { QualifiedName } from "../../model/name.js";
import type { CreateTrigger, Expression } from "../../model/operation.js";
import type { StatementSource } from "../statement-source.js";
import { reader, type Draft } from "./draft.js";
import { expression, mentionsOf } from "./expressions.js";
import { plannedBy } from "./planned.js";
import { all, nameOf, relationName, roleNames, strings } from "./names.js";

/** Bits of CreateTrigStmt.events (pg_trigger.h, TRIGGER_TYPE_INSERT and its kin). */
const EVENTS: readonly (readonly [bit: number, event: CreateTrigger["events"][number]])[] = [
  [4, "insert"],
  [8, "delete"],
  [16, "update"],
  [32, "truncate"],
];

/** CreateTrigStmt.timing (pg_trigger.h, TRIGGER_TYPE_BEFORE and TRIGGER_TYPE_INSTEAD). */
const TIMINGS: Readonly<Record<number, CreateTrigger["timing"]>> = { 0: "after", 2: "before", 64: "instead of" };

function createTrigger(statement: CreateTrigStmt): Draft {
  const { events = 0, timing = 0 } = statement;
  return {
    type: "CreateTrigger",
    trigger: statement.trigname ?? "",
    table: relationName(statement.relation),
    replace: statement.replace === true,
    timing: TIMINGS[timing] ?? "after",
    events: EVENTS.filter(([bit]) => (events & bit) !== 0).map(([, event]) => event),
    columns: strings(statement.columns),
    forEach: statement.row === true ? "row" : "statement",
    whenColumns: statement.whenClause === undefined ? [] : mentionsOf(statement.whenClause).columns,
    function: nameOf(statement.funcname),
    constraint: statement.isconstraint === true,
    ...(statement.constrrel !== undefined && { referencedTable: relationName(statement.constrrel) }),
  };
}

const RULE_EVENTS: Readonly<Record<string, CreateRule["event"]>> = {
  CMD_SELECT: "select",
  CMD_INSERT: "insert",
  CMD_UPDATE: "update",
  CMD_DELETE: "delete",
};

/** Names under which a rule's actions know the rows of its own relation. */
const ROWS_OF_RULE: ReadonlySet<string> = new Set(["old", "new"]);

function createRule(statement: RuleStmt): Draft {
  const { reads, writes } = plannedBy(statement.whereClause, statement.actions);
  const isRelation = ({ schema, name }: QualifiedName): boolean => schema !== undefined || !ROWS_OF_RULE.has(name);
  return {
    type: "CreateRule",
    rule: statement.rulename ?? "",
    table: relationName(statement.relation),
    event: RULE_EVENTS[statement.event ?? ""] ?? "select",
    instead: statement.instead === true,
    replace: statement.replace === true,
    reads: reads.filter(isRelation),
    writes,
  };
}

/** The expressions of a policy: what stands in the parentheses behind USING and WITH CHECK. */
function policyExpressions(
  source: StatementSource,
  { qual, with_check: withCheck }: { readonly qual?: Node; readonly with_check?: Node },
): Pick<AlterPolicy, "using" | "withCheck" | "reads"> {
  const inParentheses = (node: Node, keyword: string): Expression => {
    const open = source.find(0, [keyword]) + 1;
    return expression(source, node, source.rangeOf(open + 1, source.behindBracket(open) - 1));
  };
  return {
    ...(qual !== undefined && { using: inParentheses(qual, "using") }),
    ...(withCheck !== undefined && { withCheck: inParentheses(withCheck, "check") }),
    reads: mentionsOf(qual, withCheck).relations,
  };
}

function createPolicy(statement: CreatePolicyStmt, source: StatementSource): Draft {
  return {
    type: "CreatePolicy",
    policy: statement.policy_name ?? "",
    table: relationName(statement.table),
    command: (statement.cmd_name ?? "all") as CreatePolicy["command"],
    permissive: statement.permissive === true,
    roles: roleNames(statement.roles),
    ...policyExpressions(source, statement),
  };
}

function alterPolicy(statement: AlterPolicyStmt, source: StatementSource): Draft {
  return {
    type: "AlterPolicy",
    policy: statement.policy_name ?? "",
    table: relationName(statement.table),
    ...(statement.roles !== undefined && { roles: roleNames(statement.roles) }),
    ...policyExpressions(source, statement),
  };
}

function createStatistics(statement: CreateStatsStmt): Draft {
  const elements = all<StatsElem>(statement.exprs, "StatsElem");
  const columns = elements.flatMap(({ name, expr }) => name ?? mentionsOf(expr).columns);
  return {
    type: "CreateStatistics",
    ...(statement.defnames !== undefined && { statistics: nameOf(statement.defnames) }),
    table: relationName(all<RangeVar>(statement.relations, "RangeVar")[0]),
    columns: [...new Set(columns)],
    ifNotExists: statement.if_not_exists === true,
  };
}

function published(objects: readonly Node[] | undefined): Pick<AlterPublication, "tables" | "schemas"> {
  const specifications = all<PublicationObjSpec>(objects, "PublicationObjSpec");
  return {
    tables: specifications.flatMap(({ pubtable }) =>
      pubtable
        ? { ...relationName(pubtable.relation), ...(pubtable.relation?.inh !== true && { only: true as const }) }
        : [],
    ),
    schemas: specifications.flatMap(({ pubtable, name }) => (pubtable ? [] : (name ?? []))),
  };
}

const PUBLICATION_ACTIONS: Readonly<Record<string, AlterPublication["action"]>> = {
  AP_AddObjects: "add",
  AP_DropObjects: "drop",
  AP_SetObjects: "set",
};

export const onRelationReaders = {
  CreateTrigStmt: reader<CreateTrigStmt>((statement) => [createTrigger(statement)]),
  RuleStmt: reader<RuleStmt>((statement) => [createRule(statement)]),
  CreatePolicyStmt: reader<CreatePolicyStmt>((statement, source) => [createPolicy(statement, source)]),
  AlterPolicyStmt: reader<AlterPolicyStmt>((statement, source) => [alterPolicy(statement, source)]),
  CreateStatsStmt: reader<CreateStatsStmt>((statement) => [createStatistics(statement)]),
  CreatePublicationStmt: reader<CreatePublicationStmt>((statement) => [
    {
      type: "CreatePublication",
      publication: statement.pubname ?? "",
      allTables: statement.for_all_tables === true,
      ...published(statement.pubobjects),
    },
  ]),
  AlterPublicationStmt: reader<AlterPublicationStmt>((statement) => [
    {
      type: "AlterPublication",
      publication: statement.pubname ?? "",
      action: statement.options === undefined ? (PUBLICATION_ACTIONS[statement.action ?? ""] ?? "set") : "set options",
      ...published(statement.pubobjects),
    },
  ]),
};
