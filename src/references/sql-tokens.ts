/**
 * What the words of a statement say where it cannot be parsed: with placeholders of some library, holes of a template,
 * or grammar that the parser does not know. Relations are those after FROM, JOIN, INTO, UPDATE and USING; scopes are
 * not told apart.
 */
import type { QualifiedName } from "../model/name.js";
import type { ReferenceKind } from "../model/reference.js";
import { tokensOf } from "../postgres/lexer.js";
import type { Found, Sought, SoughtTarget } from "./sought.js";
import { isSameTable } from "./sought.js";

/** A token that names something: folded as PostgreSQL does. */
interface Word {
  readonly text: string;
  readonly quoted: boolean;
  /** Of the name itself, behind the quote. */
  readonly offset: number;
}

type Piece = Word | { readonly symbol: string };

interface Relation {
  readonly table: QualifiedName;
  /** The name by which the statement's columns are qualified. */
  readonly alias: string;
}

/** Words after a relation that are no alias. */
const NO_ALIAS = new Set(
  (
    "where on set join left right inner outer full cross natural using group order limit returning values select " +
    "default overriding union except intersect for fetch offset window having when tablesample with do and or then " +
    "not lateral only as conflict loop end if"
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
    } else if (kind !== "string" && kind !== "comment") pieces.push({ symbol: sql.slice(start, end) });
    else pieces.push({ symbol: "''" });
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

/** The tables that a statement names, CTEs and all. */
export function tablesNamedIn(sql: string): readonly QualifiedName[] {
  return relationsOf(piecesOf(sql)).relations.map(({ table }) => table);
}

/** References in one statement; `certain` where a column is qualified or its table the only one, and `valid` is set. */
export function readTokens(sql: string, sought: Sought, valid: boolean): Found[] {
  const pieces = piecesOf(sql);
  const { relations, own } = relationsOf(pieces);
  const tables = new Set(relations.map(({ table }) => table.name));
  const found: Found[] = [];
  const seen = (target: SoughtTarget, only: boolean, offset: number, kind: ReferenceKind): void => {
    const grade = only ? (valid ? "certain" : "likely") : target.distinctive ? "likely" : "possible";
    found.push({ target, grade, kind, offset });
  };
  let clause = "";
  let list: ReferenceKind | undefined;
  for (const [at, piece] of pieces.entries()) {
    const text = keyword(piece);
    if (text !== undefined && CLAUSES.has(text)) {
      clause = text;
      if (text !== "into") list = undefined;
    }
    if (text === "conflict") list = "conflict target";
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
      if (qualifier === undefined) seen(target, tables.size === 1, name.offset, kind);
      else if (
        ours.some(({ alias }) => alias === qualifier) ||
        (qualifier === "excluded" && ours[0] === relations[0])
      ) {
        seen(target, true, name.offset, kind);
      }
    }
  }
  return found;
}
