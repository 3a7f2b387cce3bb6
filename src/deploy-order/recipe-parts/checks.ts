/** Queries that show that a step is done; they read the catalog or count rows, and change nothing. */
import type { RecipeStep } from "../recipe.js";
import { literal, type NamedTable, quote, regclass } from "./names.js";

type Check = NonNullable<RecipeStep["check"]>;

/** Whether every row is known to satisfy a constraint. */
export function validated(table: NamedTable, constraint: string): Check {
  return {
    sql: `SELECT convalidated FROM pg_constraint WHERE conrelid = ${regclass(table)} AND conname = ${literal(constraint)};`,
    answer: "t",
  };
}

/** Whether an index was built to its end. */
export function indexValid(schema: string, index: string): Check {
  const name = schema === "public" ? quote(index) : `${quote(schema)}.${quote(index)}`;
  return { sql: `SELECT indisvalid FROM pg_index WHERE indexrelid = ${literal(name)}::regclass;`, answer: "t" };
}

/** How many rows are left; of many it counts so many only. */
export function rowsLeft({ sql }: NamedTable, where: string): Check {
  return { sql: `SELECT count(*) FROM (SELECT FROM ${sql} WHERE ${where} LIMIT 10001) AS rows;`, answer: "0" };
}

/** How many columns of these names a table has. */
export function columnsThere(table: NamedTable, columns: readonly string[], answer: number): Check {
  const names = columns.map(literal).join(", ");
  return {
    sql: `SELECT count(*) FROM pg_attribute WHERE attrelid = ${regclass(table)} AND attname IN (${names}) AND NOT attisdropped;`,
    answer: String(answer),
  };
}
