/** PostgreSQL's own catalog and ours, in one shape for comparison. */
import type { Catalog } from "../../../src/model/catalog.js";
import type { TypeName } from "../../../src/model/name.js";

/** Per relation, one line for each column, constraint and index; for types their values. */
export type Description = Record<string, readonly string[]>;

interface Rows {
  query<Row>(sql: string): Promise<Row[]>;
}

/** What PostgreSQL knows, in words of its own. */
export async function describePostgres(database: Rows): Promise<Description> {
  const description: Record<string, string[]> = {};
  const add = (rows: readonly { object: string; line: string | null }[]): void => {
    for (const { object, line } of rows) {
      const lines = (description[object] ??= []);
      if (line !== null) lines.push(line);
    }
  };
  const user = "NOT LIKE ALL (ARRAY['pg\\_%', 'information\\_schema'])";
  add(
    await database.query(`
      SELECT format('%s.%s', n.nspname, relname) AS object,
             CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                          WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' END AS line
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname ${user}`),
  );
  add(
    await database.query(`
      SELECT format('%s.%s', n.nspname, relname) AS object,
             concat_ws(' ', 'column', attname, coalesce(e.typname || '[]', t.typname),
               CASE WHEN c.relkind IN ('r', 'p') THEN '(' || coalesce(substring(format_type(atttypid, atttypmod) FROM '\\((.*?)\\)'), '') || ')' END,
               CASE WHEN attnotnull THEN 'not null' END,
               CASE WHEN atthasdef AND attgenerated = '' THEN 'default' END,
               CASE attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
               CASE attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END) AS line
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
      WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p') AND nspname ${user}
      ORDER BY attrelid, attnum`),
  );
  add(
    await database.query(`
      SELECT format('%s.%s', n.nspname, relname) AS object,
             concat_ws(' ', 'constraint', conname,
               CASE contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key'
                            WHEN 'x' THEN 'exclude' WHEN 'n' THEN 'not null' END,
               CASE WHEN contype NOT IN ('c', 'x') THEN (
                 SELECT '(' || string_agg(attname, ', ' ORDER BY place) || ')'
                 FROM unnest(conkey) WITH ORDINALITY AS k (number, place)
                   JOIN pg_attribute ON attrelid = conrelid AND attnum = number) END,
               CASE WHEN contype = 'f' THEN (
                 SELECT format('references %s.%s(%s)', tn.nspname, t.relname, string_agg(attname, ', ' ORDER BY place))
                 FROM pg_class t JOIN pg_namespace tn ON tn.oid = t.relnamespace,
                   unnest(confkey) WITH ORDINALITY AS k (number, place)
                   JOIN pg_attribute ON attrelid = confrelid AND attnum = number
                 WHERE t.oid = confrelid GROUP BY tn.nspname, t.relname) END,
               CASE WHEN NOT convalidated THEN 'not valid' END) AS line
      FROM pg_constraint JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE nspname ${user} AND (contype <> 'f' OR conparentid = 0 OR confrelid = (SELECT confrelid FROM pg_constraint p WHERE p.oid = pg_constraint.conparentid))
      ORDER BY conname`),
  );
  add(
    await database.query(`
      SELECT format('%s.%s', n.nspname, t.relname) AS object,
             concat_ws(' ', 'index', c.relname, CASE WHEN indisunique THEN 'unique' END, am.amname,
               (SELECT '(' || coalesce(string_agg(attname, ', ' ORDER BY place), '') || ')'
                FROM unnest(indkey[0:indnkeyatts - 1]) WITH ORDINALITY AS k (number, place)
                  JOIN pg_attribute ON attrelid = indrelid AND attnum = number),
               CASE WHEN indexprs IS NOT NULL OR indpred IS NOT NULL THEN 'expression' END,
               'of ' || conname) AS line
      FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = c.relam
        LEFT JOIN pg_constraint ON conindid = indexrelid AND contype IN ('p', 'u', 'x') AND conrelid = indrelid
      WHERE nspname ${user}
      ORDER BY c.relname`),
  );
  add(
    await database.query(`
      SELECT format('%s.%s', n.nspname, typname) AS object,
             'enum ' || string_agg(enumlabel, ', ' ORDER BY enumsortorder) AS line
      FROM pg_enum JOIN pg_type t ON t.oid = enumtypid JOIN pg_namespace n ON n.oid = typnamespace
      GROUP BY nspname, typname`),
  );
  return sorted(description);
}

/** What the replayed catalog says, in the same words. */
export function describeCatalog(catalog: Catalog, enums: readonly string[]): Description {
  const description: Record<string, string[]> = {};
  for (const table of catalog.tables()) {
    const lines: string[] = [table.kind];
    description[`${table.schema}.${table.name}`] = lines;
    const columns = table.kind === "table" || table.kind === "partitioned table" ? table.columns.values() : [];
    for (const column of columns) {
      lines.push(
        words(
          "column",
          column.name,
          typeName(column.type!, catalog),
          `(${typeModifiers(column.type!)})`,
          column.notNull === true && "not null",
          column.default && "default",
          column.identity && `identity ${column.identity}`,
          column.generated,
        ),
      );
    }
    const constraints = [...table.constraints.values()].sort(byName);
    for (const { name, kind, columns, references, valid } of constraints) {
      lines.push(
        words(
          "constraint",
          name,
          kind,
          kind !== "check" && kind !== "exclude" && `(${columns.join(", ")})`,
          references &&
            `references ${references.table.schema}.${references.table.name}(${references.columns.join(", ")})`,
          !valid && "not valid",
        ),
      );
    }
    for (const index of [...catalog.indexesOf(table)].sort(byName)) {
      lines.push(
        words(
          "index",
          index.name,
          index.unique && "unique",
          index.method,
          `(${index.columns.join(", ")})`,
          index.hasExpression && "expression",
          index.constraint && `of ${index.constraint}`,
        ),
      );
    }
  }
  for (const qualified of enums) {
    const [schema, name] = qualified.split(".") as [string, string];
    const found = catalog.enum({ schema, name });
    if (found) description[qualified] = [`enum ${found.values.join(", ")}`];
  }
  return sorted(description);
}

function words(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== false && part !== undefined).join(" ");
}

function typeName(type: TypeName, catalog: Catalog): string {
  const name = catalog.enum(type)?.name ?? catalog.domain(type)?.name ?? type.name;
  return type.arrayDimensions > 0 ? `${name}[]` : name;
}

function typeModifiers(type: TypeName): string {
  return type.modifiers.join(",");
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function sorted(description: Record<string, string[]>): Description {
  return Object.fromEntries(Object.entries(description).sort(([a], [b]) => (a < b ? -1 : 1)));
}
