/**
 * NEW and OLD in a trigger's function are rows of the trigger's table. PostgreSQL looks for their columns when the
 * function runs: once one is gone or has another name, every write to the table that runs the function fails.
 */
import type { Catalog, Trigger } from "../model/catalog.js";
import type { Database } from "../model/change.js";
import type { QualifiedName } from "../model/name.js";
import type { Reference, ReferenceTarget } from "../model/reference.js";
import { placeCounter } from "../text/line-counter.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import { definitionsNamed } from "./function-bodies.js";

/** A column in the functions of its table's triggers, as they are once all migrations have run. */
export function usesInTriggers(database: Database, { table, column }: ReferenceTarget): readonly Reference[] {
  const catalog = database.migrations.findLast(({ statements }) => statements.length > 0)?.statements.at(-1)?.after;
  const known = catalog?.table(table);
  if (catalog === undefined || column === undefined || known?.triggers === undefined) return [];
  const found: Reference[] = [];
  const read = new Set<string>();
  for (const trigger of known.triggers) {
    const name = qualified(catalog, trigger.function);
    const key = `${name.schema}.${name.name}`;
    if (read.has(key)) continue;
    read.add(key);
    for (const { migration, range } of definitionsNamed(database, name)) {
      const { text } = migration.sql;
      const placeOf = placeCounter(text);
      const body = text.slice(...range);
      // What asks for the table's name may do so before it takes the column.
      const asks =
        /\bTG_(?:TABLE_NAME|RELNAME|RELID|TABLE_SCHEMA|ARGV)\b/i.test(body) && servesOthers(catalog, trigger, known);
      for (const { offset, kind } of rowsColumn(body, column)) {
        const start = range[0] + offset;
        const { line, column: at } = placeOf(start);
        const excerpt = (text.split("\n")[line - 1] ?? "").trim().slice(0, MAX_EXCERPT);
        found.push({
          side: "head",
          grade: asks ? "possible" : "certain",
          kind,
          file: migration.file,
          line,
          column: at,
          excerpt,
        });
      }
    }
  }
  return found;
}

const MAX_EXCERPT = 160;

function qualified(catalog: Catalog, { schema, name }: QualifiedName): Required<QualifiedName> {
  return schema === undefined ? catalog.qualify({ name }) : { schema, name };
}

/** Whether the function of a trigger has triggers on other tables as well. */
function servesOthers(catalog: Catalog, { function: own }: Trigger, table: Required<QualifiedName>): boolean {
  for (const other of catalog.tables()) {
    if (other.schema === table.schema && other.name === table.name) continue;
    if (other.triggers?.some(({ function: its }) => its.name === own.name && its.schema === own.schema)) return true;
  }
  return false;
}

/** Comments, and then NEW and OLD with a column. */
const ROW = /--[^\n]*|\/\*[\s\S]*?\*\/|\b(?:new|old)\s*\.\s*("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)/giu;

/** Where a function's text names the column of NEW or OLD. */
function rowsColumn(
  text: string,
  column: string,
): readonly { readonly offset: number; readonly kind: "read" | "write" }[] {
  return [...text.matchAll(ROW)].flatMap(({ 0: whole, 1: name, index }) => {
    if (name === undefined) return [];
    const isOurs = name.startsWith('"')
      ? name === quoteIdentifier(column) || name === `"${column}"`
      : name.toLowerCase() === column;
    if (!isOurs) return [];
    const behind = text.slice(index + whole.length);
    const before = text.slice(0, index);
    const isSet =
      /^\s*:=/.test(behind) || (/^\s*=/.test(behind) && /(?:;|\b(?:begin|then|else|loop))\s*$/i.test(before));
    return [{ offset: index + whole.length - name.length, kind: isSet ? ("write" as const) : ("read" as const) }];
  });
}
