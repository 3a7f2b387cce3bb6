/**
 * Changes of many rows in batches that commit each: nobody waits for a row longer than one batch takes, and what is done
 * stays done if it is stopped. Batches walk along the table's key, so that each row is read once.
 */
import type { RecipeStep } from "../recipe.js";
import { dollarQuoted, type NamedTable, quote, quoteAll } from "./names.js";

/** Rows of one batch: some milliseconds to some tenths of a second. */
const BATCH = 1000;

export interface RowChange {
  readonly table: NamedTable;
  /** What begins the statement, with the table and its alias: `UPDATE orders SET note = ''`. */
  readonly statement: string;
  /** How the statement calls the table. Default: by its name. */
  readonly alias?: string;
  /** What stands behind its WHERE: ` ON CONFLICT DO NOTHING`. */
  readonly tail?: string;
  /** Rows that need the change; without it a stopped run starts from the beginning. */
  readonly where?: string;
}

/** The SQL of a change in batches, with how it runs. */
export function inBatches(change: RowChange): Pick<RecipeStep, "sql" | "transaction" | "repeat" | "batchesOf"> {
  const { schema, name } = change.table;
  const key = rowKey(change.table);
  return {
    ...(key === undefined ? { sql: batchByPlace(change), repeat: true } : { sql: batchesByKey(change, key) }),
    transaction: "outside",
    batchesOf: `${schema}.${name}`,
  };
}

/** Columns that are in an index together, and tell every row from all others. */
export function rowKey({ known }: NamedTable): readonly string[] | undefined {
  const constraints = [...(known?.constraints.values() ?? [])];
  const primary = constraints.find(({ kind }) => kind === "primary key");
  if (primary) return primary.columns;
  return constraints.find(
    ({ kind, columns, deferrable }) =>
      kind === "unique" && !deferrable && columns.every((column) => known?.columns.get(column)?.notNull === true),
  )?.columns;
}

function batchesByKey(
  { table, statement, alias = quote(table.name), where, tail = "" }: RowChange,
  key: readonly string[],
): string {
  const numbered = (name: string): readonly string[] => key.map((_, index) => `${name}_${String(index + 1)}`);
  const [first, last] = [numbered("first"), numbered("last")];
  const variables = (names: readonly string[]): string => names.map((name) => `batch.${name}`).join(", ");
  const row = (names: string): string => (key.length === 1 ? names : `(${names})`);
  const keys = quoteAll(key);
  const own = row(key.map((column) => `${alias}.${quote(column)}`).join(", "));
  const descending = key.map((column) => `${quote(column)} DESC`).join(", ");
  const types = [...first, ...last].map(
    (name, index) => `  ${name} ${table.sql}.${quote(key[index % key.length] ?? "")}%TYPE;`,
  );
  const range = `${own} >= ${row(variables(first))} AND ${own} <= ${row(variables(last))}`;
  const body = [
    "",
    "<<batch>>",
    "DECLARE",
    ...types,
    "BEGIN",
    `  SELECT ${keys} INTO ${variables(first)} FROM ${table.sql} ORDER BY ${keys} LIMIT 1;`,
    "  WHILE FOUND LOOP",
    `    SELECT ${keys} INTO ${variables(last)} FROM (`,
    `      SELECT ${keys} FROM ${table.sql} WHERE ${row(keys)} >= ${row(variables(first))} ORDER BY ${keys} LIMIT ${String(BATCH)}`,
    `    ) AS rows ORDER BY ${descending} LIMIT 1;`,
    `    ${statement} WHERE ${range}${where === undefined ? "" : ` AND (${where})`}${tail};`,
    "    COMMIT;",
    `    SELECT ${keys} INTO ${variables(first)} FROM ${table.sql} WHERE ${row(keys)} > ${row(variables(last))} ORDER BY ${keys} LIMIT 1;`,
    "  END LOOP;",
    "END ",
  ].join("\n");
  return `DO ${dollarQuoted(body)};`;
}

/** Where no key is known rows are found by their place; what is done must no longer match, or it would never end. */
function batchByPlace({ table, statement, alias = quote(table.name), where = "true" }: RowChange): string {
  return `${statement} WHERE (${alias}.tableoid, ${alias}.ctid) IN (SELECT tableoid, ctid FROM ${table.sql} WHERE ${where} LIMIT ${String(BATCH)} FOR UPDATE SKIP LOCKED);`;
}

export const BATCH_STOP =
  "Replicas fall behind, or queries become slow. Start it again later: what is done stays done.";
