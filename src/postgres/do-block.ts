/**
 * The statements that a DO block runs, each with its place. PL/pgSQL's own parser says what is a statement and what is
 * control flow, but gives lines only; the tokens say where it stands.
 */
import type { Range } from "../model/position.js";
import { Lexer, tokensOf, type Token } from "./lexer.js";
import { parsePlPgSql } from "./libpg-query.js";
import { type LoopRow, numbersBetween, rowsOfQuery } from "./loop-rows.js";
import { foldText, foldTexts, foldTruth, type KnownValue, type KnownValues, UNKNOWN_NAME } from "./folded-text.js";

/** SQL that the block runs. */
export interface BlockSql {
  readonly sql: string;
  /** Where it stands in the file; where `verbatim` is false, what stands there only makes it. */
  readonly range: Range;
  readonly verbatim: boolean;
  /** Whether something decides if it runs: IF, CASE, a loop, an EXCEPTION clause that overlooks its failure. */
  readonly guarded: boolean;
  /** Whether an `UNKNOWN_NAME` stands for a part of it. */
  readonly unknownName?: true;
  readonly loop?: BlockLoop;
}

/** The innermost loop that stands around it. */
export interface BlockLoop {
  /** Whether a COMMIT stands in it. */
  readonly commits: boolean;
  /** The query whose rows it goes through. */
  readonly query?: string;
}

/** A part of the block that cannot be known before it runs. */
export interface OpaquePart {
  readonly range: Range;
  /** As the end of a sentence: `EXECUTE runs a text that …`. */
  readonly reason: string;
}

/** COMMIT or ROLLBACK. */
export interface BlockEnd {
  readonly range: Range;
  readonly ends: "COMMIT" | "ROLLBACK";
}

export type BlockPart = BlockSql | BlockEnd | OpaquePart;

/** Why an EXECUTE is not known. */
export const DYNAMIC = "EXECUTE runs a statement that is only put together at run time";

/**
 * In the order in which they stand there; undefined where the block cannot be read.
 * @param range The DO statement, or a CREATE FUNCTION, in PL/pgSQL.
 * @param known The arguments of a function's call, by its parameters.
 */
export function partsOfDoBlock(text: string, range: Range, known?: KnownValues): readonly BlockPart[] | undefined {
  const body = bodyOf(text, range) ?? quotedBodyOf(text, range);
  if (body === undefined) return undefined;
  const parsed = parsePlPgSql(text.slice(...range));
  return parsed === undefined ? undefined : new BlockReader(text, body, known).read(parsed);
}

/** What stands between the dollar quotes. */
export function bodyOf(text: string, [start, end]: Range): Range | undefined {
  const lexer = new Lexer(text, start, end);
  while (lexer.next()) {
    if (lexer.kind !== "string") continue;
    const quote = /^\$\w*\$/.exec(text.slice(lexer.start, lexer.end))?.[0];
    // A function's arguments have defaults in other quotes.
    if (quote !== undefined) return [lexer.start + quote.length, lexer.end - quote.length];
  }
  return undefined;
}

/**
 * What stands between the quotes of `DO '…'`. What has escapes there is not what PostgreSQL reads: of such a statement
 * only the line is known.
 */
function quotedBodyOf(text: string, [start, end]: Range): Range | undefined {
  const lexer = new Lexer(text, start, end);
  let before = "";
  while (lexer.next()) {
    const token = text.slice(lexer.start, lexer.end);
    if (before === "" && !/^do$/i.test(token)) return undefined;
    if (lexer.kind === "string" && !/^language$/i.test(before))
      return [lexer.start + token.indexOf("'") + 1, lexer.end - 1];
    before = token;
  }
  return undefined;
}

/** Whatever stands below these may not run, or more than once. */
const GUARDS = /^PLpgSQL_(?:stmt_(?:if|case|loop|while|fori|fors|forc|dynfors|foreach_a)|exception_block)$/;

/** What stands in one of these may have run or not when what stands behind it does. */
const BRANCHES =
  /^PLpgSQL_(?:stmt_(?:if|case|loop|while|fori|fors|forc|dynfors|foreach_a|block)|if_elsif|case_when|exception)$/;

const LOOP = /^PLpgSQL_stmt_(?:loop|while|fori|fors|forc|dynfors|foreach_a)$/;

/** Nodes that run SQL; expressions and queries that are only read from make no difference to the schema. */
const EXECUTES: ReadonlySet<string> = new Set([
  "PLpgSQL_stmt_call",
  "PLpgSQL_stmt_dynexecute",
  "PLpgSQL_stmt_execsql",
  "PLpgSQL_stmt_perform",
]);

const ENDS: Readonly<Record<string, BlockEnd["ends"]>> = {
  PLpgSQL_stmt_commit: "COMMIT",
  PLpgSQL_stmt_rollback: "ROLLBACK",
};

interface Statement {
  readonly lineno?: number;
  /** SQL as it stands. */
  readonly sqlstmt?: Expression;
  /** Of CALL: as it stands. Of PERFORM: with SELECT in its place. */
  readonly expr?: Expression;
  /** Of EXECUTE: what makes the text that it runs. */
  readonly query?: Expression;
}

interface Expression {
  readonly PLpgSQL_expr?: { readonly query?: string };
}

interface Condition {
  readonly cond?: Expression;
  readonly elsif_list?: unknown;
}

/** What an IF comes to where an argument decides it: parts that never run, and the one that does. */
interface Decided {
  readonly dead: readonly string[];
  readonly taken?: string;
}

const UNDECIDED: Decided = { dead: [] };

interface Loop {
  /** What FOR goes through: a query, or the numbers between two. */
  readonly query?: Expression;
  readonly lower?: Expression;
  readonly upper?: Expression;
  readonly step?: Expression;
  /** Of FOR, what it sets. */
  readonly var?: LoopTarget;
  /** Of FOREACH: the array, and the number of the variable that it sets. */
  readonly expr?: Expression;
  readonly varno?: number;
  readonly body?: unknown;
}

interface LoopTarget {
  readonly PLpgSQL_rec?: { readonly refname?: string };
  readonly PLpgSQL_var?: { readonly refname?: string };
  readonly PLpgSQL_row?: { readonly fields?: readonly { readonly name?: string }[] };
}

/** What stands around a statement. */
interface Around {
  readonly guarded?: boolean;
  readonly loop?: BlockLoop;
}

/** Loops of a block are followed row by row up to so many rows together. */
const MOST_TURNS = 1000;

class BlockReader {
  readonly #text: string;
  readonly #start: number;
  readonly #tokens: readonly Token[];
  readonly #parts: BlockPart[] = [];
  /** Everything before this token is read. */
  #at = 0;
  /** What variables hold at this place. */
  #known: Map<string, KnownValue>;
  /** Whether it is inside the block. */
  #entered = false;
  #datums: readonly Datum[] = [];
  /** How often the bodies of loops have been followed. */
  #turns = 0;

  constructor(text: string, body: Range, known?: KnownValues) {
    this.#text = text;
    this.#start = body[0];
    this.#tokens = tokensOf(text, body);
    this.#known = new Map(known);
  }

  read(tree: unknown): readonly BlockPart[] {
    this.#datums = datumsOf(tree);
    this.#declare();
    this.#walk(tree, {});
    return this.#parts;
  }

  /** Variables start with their defaults, and hide a parameter of their name; one of several blocks is not followed. */
  #declare(): void {
    const declared = new Set<string>();
    for (const { PLpgSQL_var: { refname, lineno, default_val: value } = {} } of this.#datums) {
      // Parameters have no line.
      if (refname === undefined || lineno === undefined) continue;
      if (value === undefined || declared.has(refname)) this.#known.delete(refname);
      else this.#set(refname, value.PLpgSQL_expr?.query ?? "");
      declared.add(refname);
    }
  }

  /** The tree's order is that of the text. */
  #walk(node: unknown, around: Around): void {
    if (Array.isArray(node)) for (const element of node) this.#walk(element, around);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "PLpgSQL_stmt_assign") this.#assign(value as Statement);
      if (key === "PLpgSQL_stmt_fetch") this.#forget(value);
      if (EXECUTES.has(key)) {
        this.#execute(value as Statement, around);
        this.#forget(value);
        continue;
      }
      const ends = ENDS[key];
      if (ends !== undefined) this.#parts.push({ range: this.#statementAt((value as Statement).lineno ?? 1), ends });
      const guarded = around.guarded === true || GUARDS.test(key) || hasHandlers(value);
      const loop = LOOP.test(key) ? loopOf(value as Loop) : around.loop;
      const inside = { guarded, ...(loop && { loop }) };
      if (BRANCHES.test(key)) this.#branch(key, value, inside);
      else this.#walk(value, inside);
    }
  }

  /** Each part starts with what was known before all of them; what one of them sets is not known behind them. */
  #branch(key: string, node: unknown, around: Around): void {
    if (LOOP.test(key)) this.#forget(node);
    const before = this.#known;
    const isWhole = !this.#entered && !hasHandlers(node);
    this.#entered = true;
    const rows = LOOP.test(key) ? this.#turnsOf(node as Loop) : undefined;
    const { dead, taken } = key === "PLpgSQL_stmt_if" ? this.#decided(node as Condition) : UNDECIDED;
    let behind = before;
    if (rows !== undefined) this.#repeat((node as Loop).body, rows, before, around);
    else {
      for (const [name, part] of Object.entries(node as object)) {
        this.#known = new Map(before);
        const { length } = this.#parts;
        this.#walk(part, around);
        if (name === taken) behind = this.#known;
        // What stands there is passed over, so that nothing behind it is looked for in it.
        if (dead.includes(name)) this.#parts.length = length;
      }
    }
    if (isWhole) return;
    this.#known = behind;
    if (taken === undefined) this.#forget(node);
  }

  #decided({ cond, elsif_list: others }: Condition): Decided {
    const truth = this.#known.size === 0 ? undefined : foldTruth(cond?.PLpgSQL_expr?.query ?? "", this.#known);
    if (truth === undefined) return UNDECIDED;
    if (truth) return { dead: ["elsif_list", "else_body"], taken: "then_body" };
    return { dead: ["then_body"], ...(others === undefined && { taken: "else_body" }) };
  }

  /** A loop's body, once for each row; what does not depend on the row is not said again. */
  #repeat(body: unknown, rows: readonly LoopRow[], before: KnownValues, around: Around): void {
    const [start, first] = [this.#at, this.#parts.length];
    const said = new Set<string>();
    for (const row of rows) {
      this.#at = start;
      this.#known = new Map([...before, ...row]);
      this.#walk(body, around);
      for (const part of this.#parts.splice(first + said.size)) {
        const key = `${String(part.range[0])} ${"sql" in part ? part.sql : ""}`;
        if (said.has(key)) continue;
        said.add(key);
        this.#parts.push(part);
      }
    }
  }

  /** The rows of a loop, as long as those in loops around it do not multiply them. */
  #turnsOf(loop: Loop): readonly LoopRow[] | undefined {
    if (this.#turns > MOST_TURNS) return undefined;
    const rows = this.#rowsOf(loop);
    this.#turns += rows?.length ?? 0;
    return rows;
  }

  /** What a loop's variables hold in each of its turns; undefined where only a run knows. */
  #rowsOf({ query, lower, upper, step, var: target, expr, varno }: Loop): readonly LoopRow[] | undefined {
    const sql = (expression: Expression | undefined): string => expression?.PLpgSQL_expr?.query ?? "";
    const name = target?.PLpgSQL_var?.refname ?? this.#datums[varno ?? -1]?.PLpgSQL_var?.refname;
    if (query !== undefined) return rowsOfQuery(sql(query), this.#known)?.map((row) => variablesOf(row, target));
    const values = lower && !step ? numbersBetween(sql(lower), sql(upper)) : expr && foldTexts(sql(expr), this.#known);
    return name === undefined ? undefined : values?.map((value) => [[name, value]]);
  }

  #assign({ expr }: Statement): void {
    const [, name = "", value = ""] = /^\s*(\w+)\s*:?=(.*)$/s.exec(expr?.PLpgSQL_expr?.query ?? "") ?? [];
    this.#set(name.toLowerCase(), value);
  }

  #set(name: string, expression: string): void {
    const text = expression === "" ? undefined : foldText(expression, this.#known);
    const value =
      text === undefined || text === UNKNOWN_NAME
        ? (foldTruth(expression, this.#known) ?? foldTexts(expression, this.#known))
        : text;
    if (value === undefined) this.#known.delete(name);
    else this.#known.set(name, value);
  }

  /** Variables that a node sets, whatever to. */
  #forget(node: unknown): void {
    for (const name of setIn(node)) this.#known.delete(name);
  }

  #execute({ lineno = 1, sqlstmt, expr, query }: Statement, { guarded = false, loop }: Around): void {
    const circumstances = { guarded, ...(loop && { loop }) };
    const sql = (sqlstmt ?? expr)?.PLpgSQL_expr?.query;
    if (sql !== undefined) {
      const token = this.#find((index) => this.#startsStatement(index) && this.#has(index, sql));
      this.#parts.push(
        token === undefined
          ? { sql, range: this.#statementAt(lineno), verbatim: false, ...circumstances }
          : { sql, range: this.#take(token, sql), verbatim: true, ...circumstances },
      );
      return;
    }
    const expression = query?.PLpgSQL_expr?.query ?? "";
    const token = this.#find((index) => this.#word(index - 1) === "execute" && this.#has(index, expression));
    const range = token === undefined ? this.#statementAt(lineno) : this.#take(token, expression);
    const literal = token === undefined ? undefined : this.#literal(token, range);
    if (literal !== undefined) {
      this.#parts.push({ sql: this.#text.slice(...literal), range: literal, verbatim: true, ...circumstances });
      return;
    }
    const folded = foldText(expression, this.#known);
    const unknownName = folded?.includes(UNKNOWN_NAME) === true;
    this.#parts.push(
      folded === undefined || folded === UNKNOWN_NAME
        ? { range, reason: DYNAMIC }
        : { sql: folded, range, verbatim: false, ...circumstances, ...(unknownName && { unknownName }) },
    );
  }

  /** What stands between the quotes of a string without escapes that is the whole of an expression. */
  #literal(index: number, [start, end]: Range): Range | undefined {
    const token = this.#tokens[index];
    if (token?.kind !== "string" || token.start !== start || token.end !== end) return undefined;
    const quote = /^(?:'|\$\w*\$)/.exec(this.#text.slice(start, end))?.[0];
    if (quote === undefined) return undefined;
    const inside = [start + quote.length, end - quote.length] as const;
    return quote === "'" && this.#text.slice(...inside).includes("'") ? undefined : inside;
  }

  #find(matches: (index: number) => boolean): number | undefined {
    for (let index = this.#at; index < this.#tokens.length; index++) if (matches(index)) return index;
    return undefined;
  }

  #has(index: number, sql: string): boolean {
    return this.#text.startsWith(sql, this.#tokens[index]?.start);
  }

  /** Where it stands; what is looked for afterwards stands behind it. */
  #take(index: number, sql: string): Range {
    const start = this.#tokens[index]?.start ?? this.#start;
    const end = start + sql.trimEnd().length;
    this.#skipTo(end);
    return [start, end];
  }

  #skipTo(offset: number): void {
    while (this.#at < this.#tokens.length && (this.#tokens[this.#at]?.start ?? 0) < offset) this.#at++;
  }

  #word(index: number): string {
    const token = this.#tokens[index];
    return token === undefined ? "" : this.#text.slice(token.start, token.end).toLowerCase();
  }

  #startsStatement(index: number): boolean {
    return index === 0 || [";", "begin", "then", "else", "loop", ">>"].includes(this.#word(index - 1));
  }

  /** The statement that begins on a line, counted from the body's first. PL/pgSQL keeps an INTO apart from its SQL. */
  #statementAt(line: number): Range {
    let from = this.#start;
    for (let at = 1; at < line; at++) {
      const end = this.#text.indexOf("\n", from);
      if (end < 0) break;
      from = end + 1;
    }
    const first = this.#find((index) => (this.#tokens[index]?.start ?? 0) >= from) ?? this.#at;
    const semicolon = this.#find((index) => index > first && this.#word(index) === ";") ?? this.#tokens.length;
    const [start, end] = [this.#tokens[first]?.start, this.#tokens[semicolon - 1]?.end];
    if (start === undefined || end === undefined) return [this.#start, this.#start];
    this.#skipTo(end);
    return [start, end];
  }
}

interface Datum {
  readonly PLpgSQL_var?: { readonly refname?: string; readonly lineno?: number; readonly default_val?: Expression };
}

function datumsOf(tree: unknown): readonly Datum[] {
  const { plpgsql_funcs = [] } = tree as {
    readonly plpgsql_funcs?: readonly { readonly PLpgSQL_function?: { readonly datums?: readonly Datum[] } }[];
  };
  return plpgsql_funcs[0]?.PLpgSQL_function?.datums ?? [];
}

/** A row's columns by the names that the loop's body has for them. */
function variablesOf(row: LoopRow, target: LoopTarget | undefined): LoopRow {
  const record = target?.PLpgSQL_rec?.refname;
  const fields = target?.PLpgSQL_row?.fields ?? [];
  return row.flatMap(([column, value], index): LoopRow => {
    const name = record === undefined ? fields[index]?.name : `${record}.${column}`;
    return name === undefined ? [] : [[name, value]];
  });
}

/** The variables that assignments, INTO and FOR set somewhere in a node. */
function setIn(node: unknown, isTarget = false): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (typeof value === "string") return isTarget && (key === "refname" || key === "name") ? [value] : [];
    if (key === "PLpgSQL_stmt_assign") {
      return /^\s*(\w+)/.exec((value as Statement).expr?.PLpgSQL_expr?.query ?? "")?.[1]?.toLowerCase() ?? [];
    }
    return setIn(value, isTarget || key === "target" || key === "var");
  });
}

function hasHandlers(node: unknown): boolean {
  return typeof node === "object" && node !== null && "exceptions" in node;
}

function loopOf({ query, body }: Loop): BlockLoop {
  const sql = query?.PLpgSQL_expr?.query;
  return { commits: hasCommit(body), ...(sql !== undefined && { query: sql }) };
}

function hasCommit(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  return "PLpgSQL_stmt_commit" in node || Object.values(node).some(hasCommit);
}
