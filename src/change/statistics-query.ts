/**
 * The query that makes the file of `databases.*.stats`: the size of each table, as PostgreSQL's statistics have it. It
 * reads no row of any table and needs no more than a connection; it runs on PostgreSQL 12 and later. A partitioned table
 * has the sizes of its partitions together. `rows` is null where a table was never analysed.
 */
export const STATISTICS_QUERY = `SELECT json_build_object(
  'version', 1,
  'collected_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'tables', coalesce(json_agg(json_build_object(
    'schema', schema, 'name', name, 'rows', rows, 'bytes', bytes, 'index_bytes', index_bytes
  ) ORDER BY schema, name), '[]'))
FROM (
  SELECT
    namespace.nspname AS schema,
    tables.relname AS name,
    CASE WHEN count(part.oid) = count(part.rows) THEN coalesce(sum(part.rows), 0)::bigint END AS rows,
    coalesce(sum(part.bytes), 0) AS bytes,
    coalesce(sum(part.index_bytes), 0) AS index_bytes
  FROM pg_catalog.pg_class AS tables
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = tables.relnamespace
  LEFT JOIN LATERAL (
    SELECT
      parts.oid,
      CASE
        WHEN parts.reltuples > 0 THEN parts.reltuples::numeric
        WHEN activity.n_live_tup > 0 THEN activity.n_live_tup
        WHEN pg_catalog.pg_relation_size(parts.oid) = 0 THEN 0
      END AS rows,
      pg_catalog.pg_table_size(parts.oid) AS bytes,
      pg_catalog.pg_indexes_size(parts.oid) AS index_bytes
    FROM (
      SELECT tables.oid WHERE tables.relkind <> 'p'
      UNION ALL
      SELECT relid FROM pg_catalog.pg_partition_tree(tables.oid) WHERE tables.relkind = 'p' AND isleaf
    ) AS members
    JOIN pg_catalog.pg_class AS parts ON parts.oid = members.oid
    LEFT JOIN pg_catalog.pg_stat_all_tables AS activity ON activity.relid = parts.oid
  ) AS part ON true
  WHERE tables.relkind IN ('r', 'p', 'm')
    AND tables.relpersistence <> 't'
    AND namespace.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  GROUP BY namespace.nspname, tables.relname
) AS sizes;
`;
