/**
 * What the words of a statement say where it cannot be parsed: with placeholders of some library, holes of a template,
 * or grammar that the parser does not know. Relations are those after FROM, JOIN, INTO, UPDATE and USING; scopes are
 * not told apart.
 */
import type { QualifiedName } from "../model/name.js";
import type { ConflictTarget, ReferenceKind } from "../model/reference.js";
import { tokensOf } from "../postgres/lexer.js";
import { HOLE } from "./query.js";
import type { Found, Sought, SoughtTarget } from "./sought.js";
import { isSameTable } from "./sought.js";

/** A token that names something: folded as PostgreSQL does. */
interface Word {
  readonly text: string;
  readonly quoted: boolean;
  /** Of the name itself, behind the quote. */
  readonly offset: number;
}

type Piece = Word | { readonly symbol: string; /** Of a string. */ readonly value?: string };

interface Relation {
  /** What introduces it: `from`, `into`, … */
  readonly by: string;
  /** Of the table's own name. */
  readonly offset: number;
  /** The index of the piece behind it. */
  readonly end: number;
  readonly table: QualifiedName;
  /** The name by which the statement's columns are qualified. */
  readonly alias: string;
}

/** Words after a relation that are no alias. */
const NO_ALIAS = new Set(
  (
    "where on set join left right inner outer full cross natural using group order limit returning values select " +
    "default overriding union except intersect for fetch offset window having when tablesample with do and or then " +
    "not lateral only as conflict loop end if from to"
  ).split(" "),
);

/** Words before an UPDATE that is no statement: `FOR UPDATE`, `DO UPDATE`, `ON UPDATE`. */
const NO_UPDATE = new Set(["for", "do", "key", "on"]);

const CLAUSES = new Set("select from where set values returning on group order having using join into".split(" "));

function piecesOf(sql: string): Piece[] {
  const pieces: Piece[] = [];
  for (const { kind, start, end } of tokensOf(sql, [0, sql.length])) {
    if (kind === "word") pieces.push({ text: sql.slice(start, end).toLowerCase(), quoted: false, offset: start });
    else if (kind === "quoted") {
      const text = sql.slice(start + 1, end - 1).replaceAll('""', '"');
      pieces.push({ text, quoted: true, offset: start + 1 });
    } else if (kind === "string") {
      const value = /^'((?:[^']|'')*)'$/.exec(sql.slice(start, end))?.[1]?.replaceAll("''", "'");
      pieces.push({ symbol: "''", ...(value !== undefined && { value }) });
    } else if (kind !== "comment") pieces.push({ symbol: sql.slice(start, end) });
  }
  return pieces;
}

function word(piece: Piece | undefined): Word | undefined {
  return piece !== undefined && "text" in piece ? piece : undefined;
}

function keyword(piece: Piece | undefined): string | undefined {
  const found = word(piece);
  return found === undefined || found.quoted ? undefined : found.text;
}

function symbol(piece: Piece | undefined): string | undefined {
  return piece !== undefined && "symbol" in piece ? piece.symbol : undefined;
}

/** The relations of a statement, with the indexes of the pieces that make up their names. */
function relationsOf(pieces: readonly Piece[]): { relations: Relation[]; own: ReadonlySet<number> } {
  const relations: Relation[] = [];
  const own = new Set<number>();
  for (let at = 0; at < pieces.length; at++) {
    const introducer = keyword(pieces[at]);
    const before = keyword(pieces[at - 1]);
    const introduces =
      introducer === "join" ||
      introducer === "into" ||
      (introducer === "from" && before !== "distinct") ||
      (introducer === "update" &&
        pieces.slice(at).some((piece) => keyword(piece) === "set") &&
        !NO_UPDATE.has(before ?? "")) ||
      (introducer === "using" && symbol(pieces[at + 1]) !== "(") ||
      introducer === "truncate" ||
      introducer === "copy";
    if (!introduces) continue;
    let next = at + 1;
    for (;;) {
      while (["only", "lateral", "table"].includes(keyword(pieces[next]) ?? "")) next++;
      const first = word(pieces[next]);
      if (first === undefined || (!first.quoted && NO_ALIAS.has(first.text))) break;
      let name: Word = first;
      let schema: string | undefined;
      own.add(next++);
      const second = word(pieces[next + 1]);
      if (symbol(pieces[next]) === "." && second !== undefined) {
        schema = first.text;
        name = second;
        own.add(next + 1);
        next += 2;
      }
      if (keyword(pieces[next]) === "as") next++;
      const alias = word(pieces[next]);
      const aliased = alias !== undefined && (alias.quoted || !NO_ALIAS.has(alias.text));
      if (aliased) own.add(next++);
      // A function in FROM is no relation.
      if (symbol(pieces[next]) !== "(" || introducer === "into" || introducer === "copy") {
        relations.push({
          by: introducer,
          offset: name.offset,
          end: next,
          table: { name: name.text, ...(schema !== undefined && { schema }) },
          alias: aliased ? alias.text : name.text,
        });
      }
      if (symbol(pieces[next]) !== "," || introducer === "into") break;
      next++;
    }
  }
  return { relations, own };
}

/** What stands in the brackets that begin at a piece: words, and whether there is nothing else. */
function listAt(pieces: readonly Piece[], at: number): { readonly words: readonly string[]; readonly plain: boolean } {
  const words: string[] = [];
  if (symbol(pieces[at]) !== "(") return { words, plain: false };
  for (let next = at + 1; next < pieces.length; next += 2) {
    const name = word(pieces[next]);
    if (name === undefined) return { words, plain: false };
    words.push(name.text);
    if (symbol(pieces[next + 1]) === ")") return { words, plain: true };
    if (symbol(pieces[next + 1]) !== ",") return { words, plain: false };
  }
  return { words, plain: false };
}

/** What may stand behind the table or the list of columns of an INSERT. */
const GIVES_ROWS = new Set(["values", "select", "default", "overriding", "with"]);

/** Uses of columns that the statement does not name. */
function unnamedUses(
  pieces: readonly Piece[],
  relations: readonly Relation[],
  sought: Sought,
  valid: boolean,
): Found[] {
  if (!sought.unnamed) return [];
  const grade = valid ? "certain" : "likely";
  const found: Found[] = [];
  const [only] = relations;
  const star = pieces.some(
    (piece, at) => symbol(piece) === "*" && /^(?:select|returning)$/.test(keyword(pieces[at - 1]) ?? ""),
  );
  for (const { by, offset, end, table } of relations) {
    for (const target of sought.columnsOf(table)) {
      const use = { target, grade, offset } as const;
      const next = keyword(pieces[end]);
      const list = listAt(pieces, end);
      if (by === "into" && next !== undefined && GIVES_ROWS.has(next)) {
        found.push({ ...use, kind: next === "default" ? "insert that omits it" : "positional write" });
      } else if (by === "into" && list.plain && !list.words.includes(target.column as string)) {
        // What an expression of the host language lists may be any column.
        const isOpen = list.words.some((name) => HOLE.test(name));
        found.push({ ...use, kind: "insert that omits it", ...(isOpen && { grade: "possible" }) });
      } else if (by === "copy" && next === "from") found.push({ ...use, kind: "positional write" });
      if (star && only?.table.name === table.name && only.table.schema === table.schema) {
        found.push({ ...use, kind: "star read" });
      }
    }
  }
  return found;
}

/** The columns of `ON CONFLICT (…)`, or its constraint. */
function conflictAt(pieces: readonly Piece[], at: number): ConflictTarget | undefined {
  if (keyword(pieces[at]) !== "conflict") return undefined;
  if (keyword(pieces[at + 1]) === "on" && keyword(pieces[at + 2]) === "constraint") {
    const constraint = word(pieces[at + 3])?.text;
    return constraint === undefined ? undefined : { constraint };
  }
  const { words, plain } = listAt(pieces, at + 1);
  return plain ? { columns: words } : undefined;
}

/** The constants that a column is compared with, or set to: those behind it. */
function constantsBehind(pieces: readonly Piece[], at: number): readonly string[] {
  const operator = symbol(pieces[at + 1]);
  if (operator === "=" || operator === "<>" || operator === "!=") return stringsAt(pieces.slice(at + 2, at + 3));
  const isIn = keyword(pieces[at + 1]) === "in" || keyword(pieces[at + 2]) === "in";
  if (!isIn) return [];
  const open = pieces.findIndex((piece, index) => index > at && symbol(piece) === "(");
  const close = pieces.findIndex((piece, index) => index > open && symbol(piece) === ")");
  return open < 0 || open > at + 3 || close < 0 ? [] : stringsAt(pieces.slice(open, close));
}

function stringsAt(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) => ("value" in piece && piece.value !== undefined ? [piece.value] : []));
}

/** The tables that a statement names, CTEs and all. */
export function tablesNamedIn(sql: string): readonly QualifiedName[] {
  return relationsOf(piecesOf(sql)).relations.map(({ table }) => table);
}

/** References in one statement; `certain` where a column is qualified or its table the only one, and `valid` is set. */
export function readTokens(sql: string, sought: Sought, valid: boolean): Found[] {
  const pieces = piecesOf(sql);
  const { relations, own } = relationsOf(pieces);
  const tables = new Set(relations.map(({ table }) => table.name));
  const found: Found[] = unnamedUses(pieces, relations, sought, valid);
  let conflict: ConflictTarget | undefined;
  const seen = (target: SoughtTarget, only: boolean, offset: number, kind: ReferenceKind, at?: number): void => {
    const grade = only ? (valid ? "certain" : "likely") : target.distinctive ? "likely" : "possible";
    const values = at === undefined ? [] : constantsBehind(pieces, at);
    found.push({
      target,
      grade,
      kind,
      offset,
      ...(values.length > 0 && { values }),
      ...(kind === "conflict target" && conflict !== undefined && { conflict }),
    });
  };
  let clause = "";
  let list: ReferenceKind | undefined;
  for (const [at, piece] of pieces.entries()) {
    const text = keyword(piece);
    if (text !== undefined && CLAUSES.has(text)) {
      clause = text;
      if (text !== "into") list = undefined;
    }
    if (text === "conflict") {
      list = "conflict target";
      conflict = conflictAt(pieces, at);
      if (conflict !== undefined && "constraint" in conflict) {
        for (const { by, table } of relations) {
          if (by !== "into") continue;
          for (const target of sought.columnsOf(table)) seen(target, true, word(piece)?.offset ?? 0, "conflict target");
        }
      }
    }
    const name = word(piece);
    if (symbol(piece) === ")") list = undefined;
    if (symbol(piece) === "(" && clause === "into") list = "write";
    if (name === undefined) continue;
    if (own.has(at)) {
      for (const target of sought.targets) {
        const named = relations.find(({ table }) => table.name === name.text && isSameTable(target.table, table));
        if (target.column === undefined && named !== undefined) seen(target, true, name.offset, "table");
      }
      continue;
    }
    if (keyword(pieces[at - 1]) === "as" || symbol(pieces[at + 1]) === "(" || symbol(pieces[at + 1]) === ".") continue;
    const kind = list ?? (clause === "set" && symbol(pieces[at + 1]) === "=" ? "write" : "read");
    const qualifier = symbol(pieces[at - 1]) === "." ? word(pieces[at - 2])?.text : undefined;
    for (const target of sought.targets) {
      if (target.column !== name.text) continue;
      const ours = relations.filter(({ table }) => isSameTable(target.table, table));
      if (ours.length === 0) continue;
      if (qualifier === undefined) seen(target, tables.size === 1, name.offset, kind, at);
      else if (
        ours.some(({ alias }) => alias === qualifier) ||
        (qualifier === "excluded" && ours[0] === relations[0])
      ) {
        seen(target, true, name.offset, kind, at);
      }
    }
  }
  return found;
}
