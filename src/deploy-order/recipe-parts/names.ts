/** Names as the SQL of a recipe needs them: the reader's own in quotes where they need them, and new ones that are free. */
import { formatName } from "../../change/object-names.js";
import type { Table } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import { clip, maximumBytes } from "../../postgres/catalog/default-names.js";
import { quoteIdentifier } from "../../text/quote-identifier.js";
import { quoteLiteral as literal } from "../../text/quote-literal.js";
import type { RecipeContext } from "../recipe.js";

export { literal };

/** A table of the reader, as SQL and messages write it. */
export interface NamedTable extends Required<QualifiedName> {
  /** `orders`, `app."Order"` */
  readonly sql: string;
  /** The table before the operation's statement; undefined where no migration made it. */
  readonly known: Table | undefined;
  /** A column as messages write it: `orders.note`. */
  column(name: string): string;
}

export function tableIn({ placed }: RecipeContext, name: QualifiedName): NamedTable {
  const { before } = placed.statement;
  const qualified = before.qualify(name);
  const sql = formatName(qualified);
  return {
    ...qualified,
    sql,
    known: before.table(name),
    column: (column) => `${sql}.${quoteIdentifier(column)}`,
  };
}

/** A table and its schema as a string that PostgreSQL reads as `regclass`. */
export function regclass({ sql }: NamedTable): string {
  return `${literal(sql)}::regclass`;
}

/** A name made of another one: `orders_old`, cut so that PostgreSQL keeps the end, and numbered where it is taken. */
export function derivedName(name: string, end: string, taken: (name: string) => boolean = () => false): string {
  for (let number = 1; ; number++) {
    const tail = `_${end}${number === 1 ? "" : String(number)}`;
    const derived = clip(name, maximumBytes - Buffer.byteLength(tail)) + tail;
    if (!taken(derived)) return derived;
  }
}

/** A name for a new column of a table. */
export function newColumnName({ known }: NamedTable, column: string, end: string): string {
  return derivedName(column, end, (name) => known?.columns.has(name) === true);
}

/** An identifier in quotes where it needs them. */
export const quote = quoteIdentifier;

/** `a, b` */
export function quoteAll(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(", ");
}

/** A text between dollar quotes that do not occur in it. */
export function dollarQuoted(text: string): string {
  let tag = "$$";
  for (let number = 1; text.includes(tag); number++) tag = `$body${String(number)}$`;
  return `${tag}${text}${tag}`;
}
