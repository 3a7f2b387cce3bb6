/** Triggers that keep two columns of a row, or two shapes of it, the same while code of both kinds writes. */
import type { RecipeContext } from "../recipe.js";
import { derivedName, dollarQuoted, type NamedTable, quote } from "./names.js";
import { shortly } from "./statements.js";

/** Types whose values PostgreSQL cannot compare. */
export const INCOMPARABLE: ReadonlySet<string> = new Set([
  "json",
  "xml",
  "point",
  "polygon",
  "line",
  "lseg",
  "box",
  "path",
  "circle",
]);

/** Whether two columns, or values, of the same type differ; NULL is a value here. */
export function differ(one: string, other: string, type: string | undefined): string {
  const cast = type !== undefined && INCOMPARABLE.has(type) ? "::text" : "";
  return `${one}${cast} IS DISTINCT FROM ${other}${cast}`;
}

export interface SyncTrigger {
  readonly create: string;
  readonly drop: string;
  /** Its name, which is also its function's. */
  readonly name: string;
}

/** Two columns of one type: whichever a write sets becomes the value of both. */
export function twoWaySync(
  context: RecipeContext,
  table: NamedTable,
  columns: { readonly old: string; readonly next: string },
): SyncTrigger {
  const type = table.known?.columns.get(columns.old)?.type;
  const compared = type === undefined || type.arrayDimensions > 0 ? undefined : type.name;
  const [old, next] = [quote(columns.old), quote(columns.next)];
  return trigger(context, table, `sync_${columns.next}`, [
    "  -- An INSERT gives one of the two; an UPDATE changes one of them.",
    `  IF (TG_OP = 'INSERT' AND NEW.${next} IS NOT NULL)`,
    `    OR (TG_OP = 'UPDATE' AND ${differ(`NEW.${next}`, `OLD.${next}`, compared)}) THEN`,
    `    NEW.${old} := NEW.${next};`,
    "  ELSE",
    `    NEW.${next} := NEW.${old};`,
    "  END IF;",
  ]);
}

/**
 * Columns that are made of others of the row, by expressions over its columns.
 * @param sources Where other code writes the new columns by itself: they follow only writes of these. Default: all writes.
 */
export function derivedSync(
  context: RecipeContext,
  table: NamedTable,
  values: readonly { readonly column: string; readonly expression: string }[],
  sources?: readonly string[],
): SyncTrigger {
  const expressions = values.map(({ expression }) => `(${expression})`).join(", ");
  const targets = values.map(({ column }) => `NEW.${quote(column)}`).join(", ");
  const end = `sync_${values.map(({ column }) => column).join("_")}`;
  const derive = `SELECT ${expressions} INTO ${targets} FROM (SELECT NEW.*) AS ${quote(table.name)};`;
  if (!sources) return trigger(context, table, end, [`  ${derive}`]);
  const empty = values.map(({ column }) => `NEW.${quote(column)} IS NULL`).join(" AND ");
  const changed = sources.map((column) => {
    const type = table.known?.columns.get(column)?.type?.name;
    return differ(`NEW.${quote(column)}`, `OLD.${quote(column)}`, type);
  });
  return trigger(context, table, end, [
    "  -- What writes the new columns alone keeps what it has written.",
    `  IF (${empty}) OR (TG_OP = 'UPDATE' AND (${changed.join(" OR ")})) THEN`,
    `    ${derive}`,
    "  END IF;",
  ]);
}

function trigger(context: RecipeContext, table: NamedTable, end: string, body: readonly string[]): SyncTrigger {
  const name = quote(
    derivedName(table.name, end, (taken) => table.known?.triggers?.some(({ name }) => name === taken) === true),
  );
  const routine = table.schema === "public" ? name : `${quote(table.schema)}.${name}`;
  return {
    name,
    create: shortly(
      context,
      `CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql AS ${dollarQuoted(["", "BEGIN", ...body, "  RETURN NEW;", "END "].join("\n"))};`,
      `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON ${table.sql} FOR EACH ROW EXECUTE FUNCTION ${routine}();`,
    ),
    drop: [`DROP TRIGGER ${name} ON ${table.sql};`, `DROP FUNCTION ${routine}();`].join("\n"),
  };
}
