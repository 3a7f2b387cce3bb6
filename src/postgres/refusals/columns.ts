/** Columns that a statement names, against those that its table has. */
import type { Catalog, Table } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type { Expression } from "../../model/operation.js";
import type { Range } from "../../model/position.js";
import type { Refusal } from "../../model/refusal.js";
import { nameOf } from "./names.js";

/** Columns that every table has (PostgreSQL documentation, 5.6). */
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);

/** A table, the list of whose columns is known. */
export function tableWithColumns(catalog: Catalog, name: QualifiedName): Table | undefined {
  const table = catalog.table(name);
  return table?.columnsKnown === true ? table : undefined;
}

/**
 * The refusal of a column that the table does not have.
 * @param say PostgreSQL's words; they differ from statement to statement.
 */
export function undefinedColumn(
  table: Table | undefined,
  column: string,
  say: (column: string, table: string) => string,
  range?: Range,
): Refusal | undefined {
  if (!table || table.columns.has(column) || SYSTEM_COLUMNS.has(column)) return undefined;
  return {
    code: "42703",
    message: say(column, table.name),
    about: [nameOf(table)],
    instead: [...table.columns.keys()],
    ...(range && { range }),
  };
}

export const ofRelation = (column: string, table: string): string =>
  `column "${column}" of relation "${table}" does not exist`;
export const bare = (column: string): string => `column "${column}" does not exist`;
export const inKey = (column: string): string => `column "${column}" named in key does not exist`;
export const inForeignKey = (column: string): string =>
  `column "${column}" referenced in foreign key constraint does not exist`;

/** The first column of an expression that the table does not have. */
export function undefinedInExpression(
  table: Table | undefined,
  expression: Expression | undefined,
  range?: Range,
): Refusal | undefined {
  if (!table || !expression) return undefined;
  for (const column of expression.columns) {
    // A whole row goes by the table's name.
    if (column === table.name) continue;
    const refusal = undefinedColumn(table, column, bare, range ?? expression.range);
    if (refusal) return refusal;
  }
  return undefined;
}

export function duplicateColumn(table: Table | undefined, column: string): Refusal | undefined {
  if (!table) return undefined;
  if (SYSTEM_COLUMNS.has(column)) {
    return {
      code: "42701",
      message: `column name "${column}" conflicts with a system column name`,
      about: [],
    };
  }
  if (!table.columns.has(column)) return undefined;
  return {
    code: "42701",
    message: `column "${column}" of relation "${table.name}" already exists`,
    about: [nameOf(table)],
  };
}
