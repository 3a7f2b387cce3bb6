/** What a statement's calls of the user's own functions run: what their bodies do, in the place of the calls. */
import type { Node } from "libpg-query";
import type { Routine } from "../model/catalog.js";
import type { QualifiedName } from "../model/name.js";
import type { DoBlock, Operation } from "../model/operation.js";
import type { Statement } from "../model/statement.js";
import { inBlockAt, nothingIn, operationsOfParts, tolerant } from "./block-operations.js";
import { partsOfDoBlock, type BlockPart } from "./do-block.js";
import { type KnownValues, textOf, truthOf, UNKNOWN_NAME } from "./folded-text.js";
import { builtinVolatility } from "./function-volatility.js";
import { splitStatements } from "./lexer.js";
import { parseTree } from "./libpg-query.js";

/** Functions that call functions; deeper, or in a circle, they stay calls. */
const DEEPEST = 8;

/** The functions of a name that migrations have made. */
type Lookup = (name: QualifiedName) => readonly Routine[];

/** The statement with what it calls; itself where nothing of that is known. */
export function withCalledFunctions(statement: Statement, lookup: Lookup): Statement {
  const operations = statement.operations.some((operation) => calledBy(operation).length > 0)
    ? inlined(statement.operations, { lookup, sql: statement.sql }, 0)
    : statement.operations;
  return operations === statement.operations ? statement : { ...statement, operations };
}

function calledBy(operation: Operation): readonly QualifiedName[] {
  if (operation.type === "Call") return [operation.procedure];
  return operation.type === "Select" ? operation.functions.filter((name) => builtinVolatility(name) === undefined) : [];
}

/** Where calls are looked up, and the statement that they stand in; absent inside of what is called. */
interface Calls {
  readonly lookup: Lookup;
  readonly sql?: string;
}

function inlined(operations: readonly Operation[], calls: Calls, depth: number): readonly Operation[] {
  if (depth > DEEPEST) return operations;
  const statements = byStatement(operations).map((statement) =>
    statement.map((operation) => callsOf(operation, calls, depth)),
  );
  if (statements.every((statement) => statement.every((run) => run === undefined))) return operations;
  return byStatement(operations)
    .flatMap((statement, index) => {
      const run = statements[index]?.[0];
      // Where a statement calls something it is a single operation.
      return run === undefined ? [statement] : byStatement(run);
    })
    .flatMap((statement, inBlock) => statement.map((operation) => inBlockAt(operation, inBlock)));
}

/** Neighbours of one statement of a block together. */
function byStatement(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const statements: Operation[][] = [];
  for (const operation of operations) {
    const last = statements.at(-1);
    if (last !== undefined && last[0]?.inBlock === operation.inBlock) last.push(operation);
    else statements.push([operation]);
  }
  return statements;
}

/** What an operation's calls run, and what is left of it; undefined where none of them is known. */
function callsOf(operation: Operation, calls: Calls, depth: number): readonly Operation[] | undefined {
  const unknown: QualifiedName[] = [];
  const run: Operation[] = [];
  const called = calledBy(operation);
  for (const name of called) {
    const inside = bodyOf(name, operation, calls, depth);
    if (inside === undefined) unknown.push(name);
    // Numbered from where those before it end.
    else run.push(...inside.map((part) => inBlockAt(part, run.length + (part.inBlock ?? 0))));
  }
  if (unknown.length === called.length) return undefined;
  if (operation.type !== "Select") return run.length > 0 ? run : [nothingIn(operation)];
  // One that reads from relations calls it for each row, and there may be none.
  const rows = operation.reads.length === 0 ? run : run.map(tolerant);
  return [...rows, { ...operation, functions: unknown, inBlock: run.length }];
}

/** Undefined where it is not known what it does. */
function bodyOf(
  name: QualifiedName,
  { range, statement }: Operation,
  { lookup, sql }: Calls,
  depth: number,
): readonly Operation[] | undefined {
  const [routine, ...overloads] = lookup(name);
  if (routine === undefined || overloads.length > 0) return undefined;
  // PostgreSQL lets it change nothing (PostgreSQL documentation, "Function Volatility Categories").
  if (routine.volatility !== "volatile") return [];
  const parts = routine.runs && partsOf(routine.runs, sql === undefined ? undefined : { name, sql });
  if (routine.runs === undefined || parts === undefined) return undefined;
  const { language, body } = routine.runs;
  const here = parts.map((part): BlockPart => ({ ...part, range, ...("sql" in part && { verbatim: false }) }));
  const call: DoBlock = { type: "DoBlock", language, body, range, statement };
  const operations = operationsOfParts(here, call).map((operation): Operation =>
    operation.type === "DoBlock" && operation.reason !== undefined
      ? { ...operation, reason: `In ${routine.name}, ${operation.reason}` }
      : operation,
  );
  const run = inlined(operations, { lookup }, depth + 1);
  const { searchPath } = routine;
  if (searchPath === undefined || run.length === 0) return run;
  const path = { type: "SetVariable", variable: "search_path", local: true, range, statement } as const;
  const last = run.at(-1)?.inBlock ?? 0;
  return [
    { ...path, value: searchPath, ofFunction: "entered", inBlock: 0 },
    ...run.map((operation) => inBlockAt(operation, (operation.inBlock ?? 0) + 1)),
    { ...path, ofFunction: "left", inBlock: last + 2 },
  ];
}

/** A statement that calls a function, and by which name. */
interface Call {
  readonly name: QualifiedName;
  readonly sql: string;
}

function partsOf(
  { language, body, definition }: NonNullable<Routine["runs"]>,
  call: Call | undefined,
): readonly BlockPart[] | undefined {
  if (language === "plpgsql") {
    const known = call && /\b(?:execute|if)\b/i.test(body) ? argumentsOf(call, definition) : undefined;
    return partsOfDoBlock(definition, [0, definition.length], known);
  }
  return splitStatements(body).map(([start, end]): BlockPart => ({
    sql: body.slice(start, end),
    range: [start, end],
    verbatim: false,
    guarded: false,
  }));
}

/** What the parameters hold that the only call of a function gives a literal, or leaves to a default that is one. */
function argumentsOf({ name, sql }: Call, definition: string): KnownValues {
  const known = new Map<string, string | boolean>();
  const calls = callsIn(parsedStatement(sql)).filter(({ FuncCall: { funcname } }) => lastOf(funcname) === name.name);
  const [only, ...others] = calls;
  const created = parsedStatement(definition);
  if (only === undefined || others.length > 0 || !created || !("CreateFunctionStmt" in created)) return known;
  const given = only.FuncCall.args ?? [];
  const named = new Map(
    given.flatMap((argument) =>
      "NamedArgExpr" in argument ? [[argument.NamedArgExpr.name, argument.NamedArgExpr.arg] as const] : [],
    ),
  );
  // Those with names stand behind the others.
  const places = given.length - named.size;
  for (const [place, parameter] of (created.CreateFunctionStmt.parameters ?? []).entries()) {
    if (!("FunctionParameter" in parameter)) continue;
    const { name: of, defexpr } = parameter.FunctionParameter;
    const value = (place < places ? given[place] : named.get(of)) ?? defexpr;
    const held = truthOf(value) ?? textOf(value);
    if (of === undefined || held === undefined) continue;
    if (typeof held === "boolean" || !held.includes(UNKNOWN_NAME)) known.set(of, held);
  }
  return known;
}

function parsedStatement(sql: string): Node | undefined {
  const outcome = parseTree(sql);
  return outcome.ok ? outcome.statements[0]?.stmt : undefined;
}

type FuncCall = Extract<Node, { FuncCall: unknown }>;

/** The calls that a SELECT is made of, and that of a CALL. */
function callsIn(statement: Node | undefined): readonly FuncCall[] {
  if (statement === undefined) return [];
  if ("CallStmt" in statement) {
    const { funccall } = statement.CallStmt;
    return funccall === undefined ? [] : [{ FuncCall: funccall }];
  }
  if (!("SelectStmt" in statement)) return [];
  return (statement.SelectStmt.targetList ?? []).flatMap((target) => {
    const value = "ResTarget" in target ? target.ResTarget.val : undefined;
    return value !== undefined && "FuncCall" in value ? [value] : [];
  });
}

function lastOf(name: readonly Node[] = []): string | undefined {
  const last = name.at(-1);
  return last !== undefined && "String" in last ? last.String.sval : undefined;
}
