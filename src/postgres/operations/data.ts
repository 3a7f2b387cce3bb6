/** Statements on rows and whole tables' contents. */
import type {
  CallStmt,
  ClusterStmt,
  CommonTableExpr,
  CopyStmt,
  DeclareCursorStmt,
  DeleteStmt,
  ExecuteStmt,
  ExplainStmt,
  InsertStmt,
  LockStmt,
  MergeStmt,
  Node,
  PrepareStmt,
  RangeVar,
  ResTarget,
  SelectStmt,
  TruncateStmt,
  UpdateStmt,
  VacuumRelation,
  VacuumStmt,
  WithClause,
} from "libpg-query";
import type { RowBatch, RowCondition } from "../../model/operation.js";
import type { Range } from "../../model/position.js";
import type { StatementSource } from "../statement-source.js";
import { reader, type Draft } from "./draft.js";
import { mentionsOf } from "./expressions.js";
import { all, nameOf, relationName, unwrap } from "./names.js";
import { LOCK_MODES } from "../lock-modes.js";
import { lockedRows, plannedBy } from "./planned.js";
import { createTableAs, isOn } from "./relations.js";
import { batchOf, conditionOf, selectedColumns, takesEveryRow, valuesOf } from "./row-source.js";
import { configuredVariables } from "./session.js";

const WRITES: Readonly<Record<string, (node: never) => Draft>> = {
  InsertStmt: (statement: InsertStmt): Draft => ({
    type: "Insert",
    table: relationName(statement.relation),
    reads: mentionsOf(statement.selectStmt, statement.withClause, statement.onConflictClause).relations,
    copies: selectedColumns([statement.selectStmt, statement.withClause]),
    ...(statement.withClause === undefined && takesEveryRow(statement.selectStmt) && { everyRow: true }),
  }),
  UpdateStmt: (statement: UpdateStmt): Draft => ({
    type: "Update",
    table: relationName(statement.relation),
    ...(statement.relation?.inh !== true && { only: true }),
    columns: all<ResTarget>(statement.targetList, "ResTarget").flatMap(({ name }) => name ?? []),
    ...conditioned(statement.whereClause),
    ...batch(statement.relation, statement.whereClause, statement.fromClause, statement.withClause),
    copies: [...valuesOf(statement.targetList), ...selectedColumns([statement.fromClause, statement.withClause])],
    reads: mentionsOf(statement.fromClause, statement.targetList, statement.whereClause, statement.withClause)
      .relations,
  }),
  DeleteStmt: (statement: DeleteStmt): Draft => ({
    type: "Delete",
    table: relationName(statement.relation),
    ...(statement.relation?.inh !== true && { only: true }),
    ...conditioned(statement.whereClause),
    ...batch(statement.relation, statement.whereClause, statement.usingClause, statement.withClause),
    reads: mentionsOf(statement.usingClause, statement.whereClause, statement.withClause).relations,
  }),
  MergeStmt: (statement: MergeStmt): Draft => ({
    type: "Merge",
    table: relationName(statement.relation),
    reads: mentionsOf(statement.sourceRelation, statement.mergeWhenClauses, statement.withClause).relations,
  }),
};

function conditioned(whereClause: Node | undefined): { hasWhere: boolean; where?: RowCondition } {
  const where = conditionOf(whereClause);
  return where === undefined ? { hasWhere: false } : { hasWhere: true, where };
}

function batch(table: RangeVar | undefined, ...clauses: readonly unknown[]): { batch?: RowBatch } {
  const found = batchOf(table, ...clauses);
  return found === undefined ? {} : { batch: found };
}

/** INSERT, UPDATE, DELETE and MERGE inside WITH; PostgreSQL allows them only at the top. */
function writesInWith(clause: WithClause | undefined, source: StatementSource): Draft[] {
  const drafts: Draft[] = [];
  const expressions = all<CommonTableExpr>(clause?.ctes, "CommonTableExpr");
  const names = new Set(expressions.map(({ ctename }) => ctename));
  for (const { ctequery, location } of expressions) {
    if (ctequery === undefined) continue;
    const [type, node] = unwrap(ctequery);
    const write = WRITES[type];
    if (write === undefined) continue;
    const from = source.tokenAt(source.offset(location));
    const open = source.find(source.find(from, ["as"]), ["("]);
    const draft = write(node as never);
    // What the others of the same WITH read is told of the statement itself.
    const reads = "reads" in draft ? draft.reads : [];
    const tables = reads?.filter(({ schema, name }) => schema !== undefined || !names.has(name)) ?? [];
    drafts.push({
      ...draft,
      ...("reads" in draft && { reads: tables }),
      range: source.rangeOf(open + 1, source.behindBracket(open) - 1),
    });
  }
  return drafts;
}

function write<Statement extends { withClause?: WithClause }>(type: string) {
  return reader<Statement>((statement, source) => [
    ...writesInWith(statement.withClause, source),
    (WRITES[type] as (node: Statement) => Draft)(statement),
  ]);
}

function select(statement: SelectStmt, source: StatementSource): Draft[] {
  const writes = writesInWith(statement.withClause, source);
  if (statement.intoClause !== undefined)
    return [...writes, createTableAs(statement.intoClause, { SelectStmt: statement })];
  const { variables, onlyVariables } = configuredVariables(statement);
  if (onlyVariables) return variables;
  const { relations, functions } = mentionsOf(statement);
  const locksRows = lockedRows(statement);
  return [
    ...variables,
    ...writes,
    { type: "Select", reads: relations, ...(locksRows.length > 0 && { locksRows }), functions },
  ];
}

function copy(statement: CopyStmt): Draft {
  if (statement.relation !== undefined) {
    return { type: "Copy", table: relationName(statement.relation), from: statement.is_from === true };
  }
  const [type, query] = statement.query === undefined ? [""] : unwrap(statement.query);
  const write = WRITES[type];
  if (write !== undefined) return write(query as never);
  const { relations, functions } = mentionsOf(query);
  return { type: "Select", reads: relations, functions };
}

/** Where each table of a list stands; one alone stands for the whole statement. */
function tableRanges(tables: readonly (RangeVar | undefined)[], source: StatementSource): readonly Range[] {
  if (tables.length === 1) return [source.range];
  return tables.map((table) => {
    const from = source.tokenAt(source.offset(table?.location));
    return source.rangeOf(from, source.behindName(from));
  });
}

function vacuum(statement: VacuumStmt, source: StatementSource): Draft[] {
  const common = {
    type: "Vacuum",
    full: isOn(statement.options, "full"),
    analyzeOnly: statement.is_vacuumcmd !== true,
  } as const;
  const tables = all<VacuumRelation>(statement.rels, "VacuumRelation").map(({ relation }) => relation);
  if (tables.length === 0) return [common];
  const ranges = tableRanges(tables, source);
  return tables.map((table, index) => ({
    ...common,
    table: relationName(table),
    range: ranges[index] ?? source.range,
  }));
}

function eachTable(
  nodes: readonly Node[] | undefined,
  source: StatementSource,
  make: (table: RangeVar) => Draft,
): Draft[] {
  const tables = all<RangeVar>(nodes, "RangeVar");
  const ranges = tableRanges(tables, source);
  return tables.map((table, index) => ({ ...make(table), range: ranges[index] ?? source.range }));
}

export const dataReaders = {
  InsertStmt: write<InsertStmt>("InsertStmt"),
  UpdateStmt: write<UpdateStmt>("UpdateStmt"),
  DeleteStmt: write<DeleteStmt>("DeleteStmt"),
  MergeStmt: write<MergeStmt>("MergeStmt"),
  SelectStmt: reader<SelectStmt>(select),
  CopyStmt: reader<CopyStmt>((statement) => [copy(statement)]),
  TruncateStmt: reader<TruncateStmt>((statement, source) =>
    eachTable(statement.relations, source, (table) => ({
      type: "Truncate",
      table: relationName(table),
      ...(table.inh !== true && { only: true }),
      cascade: statement.behavior === "DROP_CASCADE",
    })),
  ),
  LockStmt: reader<LockStmt>((statement, source) =>
    eachTable(statement.relations, source, (table) => ({
      type: "LockTable",
      table: relationName(table),
      ...(table.inh !== true && { only: true }),
      mode: LOCK_MODES[(statement.mode ?? 8) - 1] ?? "ACCESS EXCLUSIVE",
      noWait: statement.nowait === true,
    })),
  ),
  DeclareCursorStmt: reader<DeclareCursorStmt>(({ query }) => {
    const { relations, functions } = mentionsOf(query);
    return [{ type: "Select", reads: relations, functions }];
  }),
  CallStmt: reader<CallStmt>(({ funccall }) => [
    { type: "Call", procedure: nameOf(funccall?.funcname), reads: mentionsOf(funccall?.args).relations },
  ]),
  PrepareStmt: reader<PrepareStmt>(({ name = "", query }) => [
    { type: "Prepare", prepared: name, ...plannedBy(query) },
  ]),
  ExecuteStmt: reader<ExecuteStmt>(({ name = "" }) => [{ type: "Execute", prepared: name }]),
  // With ANALYZE it is what it explains.
  ExplainStmt: reader<ExplainStmt>(({ query }) => [{ type: "Explain", ...plannedBy(query) }]),
  VacuumStmt: reader<VacuumStmt>(vacuum),
  ClusterStmt: reader<ClusterStmt>((statement) => [
    { type: "Cluster", ...(statement.relation !== undefined && { table: relationName(statement.relation) }) },
  ]),
};
