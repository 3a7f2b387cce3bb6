/**
 * What a query says of tables and columns, whichever parser has read it. Names are as PostgreSQL knows them: in small
 * letters where they have no quotes.
 */
import type { QualifiedName } from "../model/name.js";
import { Lexer } from "../postgres/lexer.js";

/** Where a name stands. */
export interface Place {
  /** UTF-16 offset of its first part: of `o` in `o.legacy_ref`. */
  readonly start: number;
  /** How many parts are in front of the name itself. */
  readonly qualifiers: number;
}

export interface PlacedName extends Place {
  readonly name: string;
}

export interface TableName extends PlacedName, QualifiedName {
  readonly alias?: string;
}

/** What stands for an expression of the host language inside of a string; names and values may have it in them. */
export const HOLE = /h\w*__/;

/** Null for NULL. */
export type Constants = readonly (string | null)[];

/** A column in an expression. */
export interface ColumnUse extends PlacedName {
  readonly qualifier?: QualifiedName;
  /** The constants that it is compared with. */
  readonly values?: Constants;
}

export interface Subquery {
  readonly query: Query;
  /** Whether nobody sees its rows: EXISTS asks if there are any. */
  readonly unseen: boolean;
}

/** The columns and subqueries in one or more expressions, in any depth. */
export type Expression = readonly (ColumnUse | Subquery)[];

/** What SELECT or RETURNING gives: an expression under a name, or all columns of one or all relations. */
export interface Output {
  readonly expression: Expression;
  readonly name?: string;
  readonly star?: { readonly of?: QualifiedName };
}

/** A part of FROM, in the order of the text. `columns` are the names that an alias gives. */
export type From =
  | { readonly type: "table"; readonly table: TableName }
  | {
      readonly type: "query";
      readonly query: Query;
      readonly lateral: boolean;
      readonly alias?: string;
      readonly columns: readonly string[];
    }
  | {
      readonly type: "function";
      readonly expression: Expression;
      readonly alias?: string;
      readonly columns: readonly string[];
    }
  /** A join with an alias, which hides what it joins. */
  | { readonly type: "join"; readonly parts: readonly From[]; readonly alias: string }
  /** ON or USING of what stands before it; `alias` is the name of the columns that USING joins: `USING (id) AS x`. */
  | {
      readonly type: "condition";
      readonly on: Expression;
      readonly using: readonly PlacedName[];
      readonly alias?: string;
    };

export interface CommonTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

/** A column that a statement writes to, and the constants that it gives. */
export interface WrittenColumn extends PlacedName {
  readonly values: Constants;
}

/** `column = expression` */
export interface Assignment extends WrittenColumn {
  readonly expression: Expression;
}

/** `ON CONFLICT (…)` or `ON CONFLICT ON CONSTRAINT …`; `columns` are absent where some key is an expression. */
export type Conflict =
  | { readonly keys: Expression; readonly columns?: readonly string[]; readonly where: Expression }
  | { readonly constraint: string };

/** The rows of an INSERT; absent where the text ends before them, as one that is put together at run time may. */
export interface Insert {
  readonly columns?: readonly WrittenColumn[];
  readonly rows?: Query | "default";
}

interface Returning {
  readonly returning: readonly Output[];
  /** The names of the row before and after, where they have others than `old` and `new`. */
  readonly versions?: readonly string[];
}

export type Query =
  | { readonly type: "with"; readonly tables: readonly CommonTable[]; readonly recursive: boolean; readonly in: Query }
  | {
      readonly type: "select";
      readonly outputs: readonly Output[];
      readonly from: readonly From[];
      /** WHERE, GROUP BY and all that is no other part. */
      readonly expression: Expression;
      /** `output` is a bare name, which may be that of an output. */
      readonly orderBy: readonly { readonly expression: Expression; readonly output?: string }[];
    }
  /** UNION, INTERSECT, EXCEPT. */
  | { readonly type: "combination"; readonly left: Query; readonly right: Query }
  /** VALUES, and what only works on expressions. */
  | { readonly type: "values"; readonly expression: Expression }
  | ({
      readonly type: "insert";
      readonly into: TableName;
      readonly conflict?: Conflict;
      readonly sets: readonly Assignment[];
      readonly where: Expression;
    } & Insert &
      Returning)
  | ({
      readonly type: "update" | "delete";
      readonly table: TableName;
      readonly from: readonly From[];
      readonly sets: readonly Assignment[];
      readonly where: Expression;
    } & Returning)
  | ({
      readonly type: "merge";
      readonly into: TableName;
      readonly from: readonly From[];
      readonly expression: Expression;
      readonly sets: readonly Assignment[];
      readonly inserts: readonly Insert[];
    } & Returning)
  | {
      readonly type: "copy";
      readonly table: TableName;
      readonly columns: readonly PlacedName[];
      readonly direction: "from" | "to";
    }
  | { readonly type: "prepare"; readonly query: Query }
  /** TRUNCATE, REFRESH. */
  | { readonly type: "tables"; readonly tables: readonly TableName[] };

/** The UTF-16 offset of a name itself, behind its qualifiers and its quote. */
export function offsetOfName(text: string, { start, qualifiers }: Place): number {
  const lexer = new Lexer(text, start);
  let left = qualifiers;
  // Between two parts there is a point, and a bracket in `(o).legacy_ref`.
  while (lexer.next()) if ((lexer.kind === "word" || lexer.kind === "quoted") && left-- === 0) break;
  if (lexer.kind !== "quoted") return lexer.start;
  return text.indexOf('"', lexer.start) + 1;
}
