/** PostgreSQL's own catalog, one line for each thing that it knows of an object. */
import { sorted, type Description } from "./description.js";

interface Database {
  query<Row>(sql: string): Promise<Row[]>;
}

/** What the extensions bring is theirs: no migration says it. */
const ofExtension = (catalog: string, oid: string): string =>
  `EXISTS (SELECT FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${oid} AND deptype = 'e')`;
const USER = "NOT LIKE ALL (ARRAY['pg\\_%', 'information\\_schema'])";

/** A type with the schema of a user's own: `int4`, `public.mood`, `text[]`. */
const typeName = (type: string): string => `(
  SELECT concat(CASE WHEN n.nspname <> 'pg_catalog' AND NOT ${ofExtension("pg_type", "b.oid")} THEN n.nspname || '.' END,
                b.typname, CASE WHEN b.oid <> a.oid THEN '[]' END)
  FROM pg_type a JOIN pg_type b ON b.oid = CASE WHEN a.typcategory = 'A' AND a.typelem <> 0 THEN a.typelem ELSE a.oid END
    JOIN pg_namespace n ON n.oid = b.typnamespace
  WHERE a.oid = ${type})`;

/** The columns of a table by their numbers, in the order of the numbers. */
const columnNames = (numbers: string, table: string): string => `(
  SELECT '(' || coalesce(string_agg(attname, ', ' ORDER BY place), '') || ')'
  FROM unnest(${numbers}) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute ON attrelid = ${table} AND attnum = number)`;

/** What a function is made of: columns, relations without columns, functions, types. Row types are those of tables. */
const functionParts = (oid: string): string => `(
  SELECT 'of ' || string_agg(DISTINCT part, ', ' ORDER BY part)
  FROM pg_depend CROSS JOIN LATERAL (
    SELECT format('%s.%s', n.nspname, r.relname) || coalesce('.' || attname, '') AS part
    FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace
      LEFT JOIN pg_attribute ON attrelid = r.oid AND attnum = refobjsubid AND refobjsubid > 0
    WHERE refclassid = 'pg_class'::regclass AND r.oid = refobjid AND r.relkind <> 'S' AND nspname ${USER}
    UNION ALL
    SELECT format('%s.%s()', n.nspname, f.proname)
    FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE refclassid = 'pg_proc'::regclass AND f.oid = refobjid AND nspname ${USER}
    UNION ALL
    SELECT 'type ' || format('%s.%s', n.nspname, coalesce(e.typname, t.typname))
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
    WHERE refclassid = 'pg_type'::regclass AND t.oid = refobjid AND nspname ${USER}
  ) AS parts
  WHERE classid = 'pg_proc'::regclass AND objid = ${oid} AND deptype = 'n')`;

const QUERIES: readonly string[] = [
  `SELECT nspname AS object, 'schema' AS line FROM pg_namespace WHERE nspname ${USER}`,

  `SELECT format('%s.%s', n.nspname, relname) AS object,
          concat_ws(' ',
            CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence'
                         WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' END,
            CASE WHEN relpersistence = 'u' AND relkind IN ('r', 'm', 'S') THEN 'unlogged' END,
            (SELECT concat('owned by ', rn.nspname, '.', r.relname, '.', attname)
             FROM pg_depend JOIN pg_class r ON r.oid = refobjid JOIN pg_namespace rn ON rn.oid = r.relnamespace
               JOIN pg_attribute ON attrelid = r.oid AND attnum = refobjsubid
             WHERE c.relkind = 'S' AND classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('a', 'i')),
            (SELECT concat(CASE WHEN c.relispartition THEN 'partition of ' ELSE 'inherits ' END,
                           string_agg(format('%s.%s', rn.nspname, r.relname), ', ' ORDER BY inhseqno))
             FROM pg_inherits JOIN pg_class r ON r.oid = inhparent JOIN pg_namespace rn ON rn.oid = r.relnamespace
             WHERE inhrelid = c.oid HAVING count(*) > 0),
            CASE WHEN pg_get_expr(relpartbound, c.oid) = 'DEFAULT' THEN 'default' END,
            CASE WHEN relrowsecurity THEN 'row security' END,
            CASE WHEN relforcerowsecurity THEN 'forced row security' END) AS line
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND nspname ${USER} AND NOT ${ofExtension("pg_class", "c.oid")}`,

  `SELECT format('%s.%s', n.nspname, relname) AS object,
          concat_ws(' ', 'column', attname, ${typeName("atttypid")},
            '(' || coalesce(substring(format_type(atttypid, atttypmod) FROM '\\((.*?)\\)'), '') || ')',
            CASE WHEN attcollation <> 0 AND attcollation <> t.typcollation
                 THEN (SELECT 'collate ' || collname FROM pg_collation o WHERE o.oid = attcollation) END,
            CASE WHEN attnotnull THEN 'not null' END,
            -- To have NULL for a default is to have none.
            CASE WHEN atthasdef AND attgenerated = '' AND pg_get_expr(adbin, adrelid) !~ '^NULL::' THEN 'default' END,
            CASE attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
            CASE attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END) AS line
   FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'f') AND nspname ${USER}
     AND NOT ${ofExtension("pg_class", "c.oid")}
   ORDER BY attrelid, attnum`,

  // Columns that a server of an older major version does not have are read through the row as a whole.
  // The parts that a foreign key has for the partitions of the table that it points at are PostgreSQL's own affair.
  `SELECT format('%s.%s', n.nspname, relname) AS object,
          concat_ws(' ', 'constraint', conname,
            CASE contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key'
                         WHEN 'x' THEN 'exclude' WHEN 'n' THEN 'not null' END,
            CASE WHEN contype <> 'x' THEN CASE WHEN contype = 'c' THEN (
                   SELECT '(' || coalesce(string_agg(attname, ', ' ORDER BY attname), '') || ')'
                   FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey))
                 ELSE ${columnNames("conkey", "conrelid")} END END,
            CASE WHEN contype = 'f' THEN (
              SELECT format('references %s.%s', tn.nspname, t.relname)
              FROM pg_class t JOIN pg_namespace tn ON tn.oid = t.relnamespace WHERE t.oid = confrelid)
              || ${columnNames("confkey", "confrelid")} END,
            CASE WHEN NOT convalidated THEN 'not valid' END,
            CASE WHEN to_jsonb(pg_constraint) ->> 'conenforced' = 'false' THEN 'not enforced' END,
            CASE WHEN condeferrable THEN 'deferrable' END) AS line
   FROM pg_constraint JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE nspname ${USER} AND contype <> 't' AND NOT ${ofExtension("pg_class", "c.oid")} AND (contype <> 'f' OR conparentid = 0
     OR confrelid = (SELECT confrelid FROM pg_constraint p WHERE p.oid = pg_constraint.conparentid))
   ORDER BY conname`,

  `SELECT format('%s.%s', n.nspname, t.relname) AS object,
          concat_ws(' ', 'index', c.relname, CASE WHEN indisunique THEN 'unique' END, am.amname,
            ${columnNames("indkey[0:indnkeyatts - 1]", "indrelid")},
            CASE WHEN indpred IS NOT NULL THEN 'partial' WHEN indexprs IS NOT NULL THEN 'expression' END,
            'mentions (' || (
              SELECT string_agg(attname, ', ' ORDER BY attname) FROM pg_attribute
              WHERE attrelid = indrelid AND attnum > 0 AND (attnum = ANY (indkey) OR EXISTS (
                SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = indexrelid
                  AND refclassid = 'pg_class'::regclass AND refobjid = indrelid AND refobjsubid = attnum))) || ')',
            'of ' || conname,
            (SELECT 'part of ' || p.relname FROM pg_inherits JOIN pg_class p ON p.oid = inhparent WHERE inhrelid = c.oid),
            CASE WHEN to_jsonb(pg_index) ->> 'indnullsnotdistinct' = 'true' THEN 'nulls not distinct' END,
            CASE WHEN NOT indisvalid THEN 'invalid' END) AS line
   FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = c.relam
     LEFT JOIN pg_constraint ON conindid = indexrelid AND contype IN ('p', 'u', 'x') AND conrelid = indrelid
   WHERE nspname ${USER} AND NOT ${ofExtension("pg_class", "t.oid")}
   ORDER BY c.relname`,

  `SELECT format('%s.%s', n.nspname, typname) AS object,
          CASE typtype
            WHEN 'e' THEN 'enum ' || (SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
            WHEN 'd' THEN concat_ws(' ', 'domain', ${typeName("t.typbasetype")},
              '(' || coalesce(substring(format_type(typbasetype, typtypmod) FROM '\\((.*?)\\)'), '') || ')',
              CASE WHEN typnotnull THEN 'not null' END,
              (SELECT string_agg(concat_ws(' ', 'constraint', conname, CASE contype WHEN 'c' THEN 'check' ELSE 'not null' END,
                                           CASE WHEN NOT convalidated THEN 'not valid' END), ' ' ORDER BY conname)
               FROM pg_constraint WHERE contypid = t.oid),
              CASE WHEN typdefault IS NOT NULL THEN 'default' END)
            ELSE 'type' END AS line
   FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid
   WHERE nspname ${USER} AND (typtype IN ('d', 'e', 'r') OR c.relkind = 'c') AND NOT ${ofExtension("pg_type", "t.oid")}`,

  // Of a view that reads another view it is known that it does, of a table also the columns.
  `SELECT format('%s.%s', n.nspname, v.relname) AS object,
          format('reads %s.%s', tn.nspname, t.relname) || coalesce(
            CASE WHEN t.relkind IN ('r', 'p', 'f') THEN
              ' (' || string_agg(DISTINCT attname, ', ') FILTER (WHERE refobjsubid > 0) || ')' END, '') AS line
   FROM pg_rewrite JOIN pg_class v ON v.oid = ev_class JOIN pg_namespace n ON n.oid = v.relnamespace
     JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid AND refclassid = 'pg_class'::regclass
     JOIN pg_class t ON t.oid = refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
     LEFT JOIN pg_attribute ON attrelid = t.oid AND attnum = refobjsubid
   WHERE rulename = '_RETURN' AND t.oid <> v.oid AND n.nspname ${USER} AND tn.nspname ${USER}
     AND NOT ${ofExtension("pg_class", "v.oid")}
   GROUP BY n.nspname, v.relname, tn.nspname, t.relname, t.relkind
   ORDER BY line`,

  `SELECT format('%s.%s', n.nspname, relname) AS object,
          concat_ws(' ', 'trigger', tgname,
            CASE WHEN tgtype & 2 > 0 THEN 'before' WHEN tgtype & 64 > 0 THEN 'instead of' ELSE 'after' END,
            concat_ws(' or ', CASE WHEN tgtype & 4 > 0 THEN 'insert' END, CASE WHEN tgtype & 16 > 0 THEN 'update' END,
              CASE WHEN tgtype & 8 > 0 THEN 'delete' END, CASE WHEN tgtype & 32 > 0 THEN 'truncate' END),
            CASE WHEN tgattr <> '' THEN 'of ' || (
              SELECT '(' || string_agg(attname, ', ' ORDER BY attname) || ')'
              FROM pg_attribute WHERE attrelid = tgrelid AND attnum = ANY (tgattr)) END,
            CASE WHEN tgtype & 1 > 0 THEN 'row' ELSE 'statement' END,
            'calls ' || proname,
            CASE WHEN tgenabled IN ('D', 'R') THEN 'disabled' END,
            CASE WHEN tgparentid <> 0 THEN 'inherited' END) AS line
   FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_proc p ON p.oid = tgfoid
   WHERE NOT tgisinternal AND nspname ${USER} AND NOT ${ofExtension("pg_class", "c.oid")}
   ORDER BY tgname`,

  `SELECT format('%s.%s', schemaname, tablename) AS object,
          concat_ws(' ', 'policy', policyname, lower(permissive), lower(cmd), CASE WHEN qual <> '' THEN 'using' END,
            CASE WHEN with_check <> '' THEN 'check' END) AS line
   FROM pg_policies WHERE schemaname ${USER} ORDER BY policyname`,

  `SELECT format('%s.%s', n.nspname, proname) AS object,
          concat_ws(' ', CASE prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
            '(' || coalesce((
              SELECT string_agg(CASE WHEN e.oid IS NULL THEN t.typname ELSE e.typname || '[]' END, ', ' ORDER BY place)
              FROM unnest(proargtypes) WITH ORDINALITY AS a (type, place) JOIN pg_type t ON t.oid = type
                LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'), '') || ')',
            CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
            ${functionParts("p.oid")}) AS line
   FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
   WHERE prokind IN ('f', 'p') AND nspname ${USER} AND NOT ${ofExtension("pg_proc", "p.oid")}
     -- The constructors of range types come with them.
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
   ORDER BY line`,
];

/** What PostgreSQL knows, in words of its own: for each object its lines, first what kind of object it is. */
export async function describePostgres(database: Database): Promise<Description> {
  const description: Record<string, string[]> = {};
  for (const query of QUERIES) {
    for (const { object, line } of await database.query<{ object: string; line: string }>(query)) {
      (description[object] ??= []).push(line);
    }
  }
  return sorted(description);
}
