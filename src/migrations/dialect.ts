import type { Listing } from "./listing.js";

export const POSTGRESQL = "PostgreSQL";

/** What tools and folders call a database system, and how a person calls it. */
const DIALECTS: Readonly<Record<string, string>> = {
  cassandra: "Cassandra",
  clickhouse: "ClickHouse",
  cockroach: "CockroachDB",
  cockroachdb: "CockroachDB",
  d1: "SQLite",
  db2: "Db2",
  derby: "Derby",
  duckdb: "DuckDB",
  exasol: "Exasol",
  firebird: "Firebird",
  h2: "H2",
  hiqlite: "SQLite",
  hsqldb: "HSQLDB",
  libsql: "SQLite",
  mariadb: "MariaDB",
  mongodb: "MongoDB",
  mssql: "SQL Server",
  mysql: "MySQL",
  mysql2: "MySQL",
  oracle: "Oracle",
  pg: POSTGRESQL,
  postgres: POSTGRESQL,
  postgresql: POSTGRESQL,
  singlestore: "SingleStore",
  snowflake: "Snowflake",
  rqlite: "SQLite",
  spanner: "Spanner",
  sqlite: "SQLite",
  sqlite3: "SQLite",
  sqlserver: "SQL Server",
  tidb: "TiDB",
  turso: "SQLite",
  vertica: "Vertica",
};

/** The system that a word of a tool's or of a folder's name means; undefined for words that say nothing. */
export function dialectOf(word: string): string | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(DIALECTS, key) ? DIALECTS[key] : undefined;
}

/**
 * The system that a folder's path names, the last name first: `db/mysql`, `packages/db/migrations-sqlite`. A name with
 * two systems in it (`clickhouse-postgres-sync`) does not tell.
 */
export function dialectOfFolder(folder: string): string | undefined {
  for (const name of folder.split("/").reverse()) {
    const [dialect, other] = new Set(name.split(/[^A-Za-z0-9]+/).flatMap((word) => dialectOf(word) ?? []));
    if (dialect !== undefined) return other === undefined ? dialect : undefined;
  }
  return undefined;
}

/** Words that PostgreSQL's grammar does not have, outside comments and strings. */
const TELLTALES: readonly (readonly [RegExp, string])[] = [
  [/\bENGINE\s*=\s*InnoDB\b/i, "MySQL"],
  [/\bAUTO_INCREMENT\b/i, "MySQL"],
  [/`[\w$]+`\s*(?:\(|,|[A-Za-z])/, "MySQL"],
  [/\bAUTOINCREMENT\b/i, "SQLite"],
  [/^\s*PRAGMA\s+\w+/im, "SQLite"],
  [/\bENGINE\s*=\s*\w*MergeTree\b/i, "ClickHouse"],
  [/\bIDENTITY\s*\(\s*\d+\s*,\s*\d+\s*\)|\bNVARCHAR\s*\(/i, "SQL Server"],
];

/** The other system that a text is written for, where its words leave no doubt. */
function dialectOfSql(sql: string): string | undefined {
  const code = sql.replace(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|\$(\w*)\$[^]*?\$\1\$/g, " ");
  return TELLTALES.find(([pattern]) => pattern.test(code))?.[1];
}

/** The other system that files are written for. Looks at the first ones only: a history that starts in a dialect is of that dialect. */
export function dialectOfFiles(listing: Listing, files: readonly string[]): string | undefined {
  for (const file of files.slice(0, 3)) {
    const text = listing.read(file);
    const dialect = text === undefined ? undefined : dialectOfSql(text.slice(0, 20_000));
    if (dialect !== undefined) return dialect;
  }
  return undefined;
}

/** Packages with which Node talks to a database system. */
const DRIVERS: readonly (readonly [name: string, dialect: string])[] = [
  ["pg", POSTGRESQL],
  ["pg-native", POSTGRESQL],
  ["pg-promise", POSTGRESQL],
  ["postgres", POSTGRESQL],
  ["slonik", POSTGRESQL],
  ["@neondatabase/serverless", POSTGRESQL],
  ["@vercel/postgres", POSTGRESQL],
  ["mysql2", "MySQL"],
  ["mysql", "MySQL"],
  ["mariadb", "MariaDB"],
  ["mssql", "SQL Server"],
  ["tedious", "SQL Server"],
  ["oracledb", "Oracle"],
  ["better-sqlite3", "SQLite"],
  ["sqlite3", "SQLite"],
];

/** The other system that a project is for, where its package.json has a driver, and none for PostgreSQL. */
export function dialectOfPackages(manifest: string): string | undefined {
  return DRIVERS.find(([name]) => manifest.includes(`"${name}"`))?.[1];
}
