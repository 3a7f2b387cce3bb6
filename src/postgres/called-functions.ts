/** What a statement's calls of the user's own functions run: what their bodies do, in the place of the calls. */
import type { Routine } from "../model/catalog.js";
import type { QualifiedName } from "../model/name.js";
import type { DoBlock, Operation } from "../model/operation.js";
import type { Statement } from "../model/statement.js";
import { inBlockAt, nothingIn, operationsOfParts, tolerant } from "./block-operations.js";
import { partsOfDoBlock, type BlockPart } from "./do-block.js";
import { builtinVolatility } from "./function-volatility.js";
import { splitStatements } from "./lexer.js";

/** Functions that call functions; deeper, or in a circle, they stay calls. */
const DEEPEST = 8;

/** The functions of a name that migrations have made. */
type Lookup = (name: QualifiedName) => readonly Routine[];

/** The statement with what it calls; itself where nothing of that is known. */
export function withCalledFunctions(statement: Statement, lookup: Lookup): Statement {
  const operations = statement.operations.some((operation) => calledBy(operation).length > 0)
    ? inlined(statement.operations, lookup, 0)
    : statement.operations;
  return operations === statement.operations ? statement : { ...statement, operations };
}

function calledBy(operation: Operation): readonly QualifiedName[] {
  if (operation.type === "Call") return [operation.procedure];
  return operation.type === "Select" ? operation.functions.filter((name) => builtinVolatility(name) === undefined) : [];
}

function inlined(operations: readonly Operation[], lookup: Lookup, depth: number): readonly Operation[] {
  if (depth > DEEPEST) return operations;
  const statements = byStatement(operations).map((statement) =>
    statement.map((operation) => callsOf(operation, lookup, depth)),
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
function callsOf(operation: Operation, lookup: Lookup, depth: number): readonly Operation[] | undefined {
  const unknown: QualifiedName[] = [];
  const run: Operation[] = [];
  const called = calledBy(operation);
  for (const name of called) {
    const inside = bodyOf(name, operation, lookup, depth);
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
  lookup: Lookup,
  depth: number,
): readonly Operation[] | undefined {
  const [routine, ...overloads] = lookup(name);
  if (routine === undefined || overloads.length > 0) return undefined;
  // PostgreSQL lets it change nothing (PostgreSQL documentation, "Function Volatility Categories").
  if (routine.volatility !== "volatile") return [];
  const parts = routine.runs && partsOf(routine.runs);
  if (routine.runs === undefined || parts === undefined) return undefined;
  const { language, body } = routine.runs;
  const here = parts.map((part): BlockPart => ({ ...part, range, ...("sql" in part && { verbatim: false }) }));
  const call: DoBlock = { type: "DoBlock", language, body, range, statement };
  const operations = operationsOfParts(here, call).map((operation): Operation =>
    operation.type === "DoBlock" && operation.reason !== undefined
      ? { ...operation, reason: `In ${routine.name}, ${operation.reason}` }
      : operation,
  );
  const run = inlined(operations, lookup, depth + 1);
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

function partsOf({ language, body, definition }: NonNullable<Routine["runs"]>): readonly BlockPart[] | undefined {
  if (language === "plpgsql") return partsOfDoBlock(definition, [0, definition.length]);
  return splitStatements(body).map(([start, end]): BlockPart => ({
    sql: body.slice(start, end),
    range: [start, end],
    verbatim: false,
    guarded: false,
  }));
}
