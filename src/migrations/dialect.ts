import { nameOf } from "./listing.js";

/** What tools and folders call a database system that is not PostgreSQL, and how a person calls it. */
const OTHER_DIALECTS: Readonly<Record<string, string>> = {
  cassandra: "Cassandra",
  clickhouse: "ClickHouse",
  cockroach: "CockroachDB",
  cockroachdb: "CockroachDB",
  d1: "SQLite",
  duckdb: "DuckDB",
  libsql: "SQLite",
  mariadb: "MariaDB",
  mongodb: "MongoDB",
  mssql: "SQL Server",
  mysql: "MySQL",
  mysql2: "MySQL",
  oracle: "Oracle",
  singlestore: "SingleStore",
  snowflake: "Snowflake",
  spanner: "Spanner",
  sqlite: "SQLite",
  sqlite3: "SQLite",
  sqlserver: "SQL Server",
  turso: "SQLite",
};

/** The other system that a tool's word names; undefined for PostgreSQL and for words that say nothing. */
export function otherDialect(word: string): string | undefined {
  return Object.hasOwn(OTHER_DIALECTS, word.toLowerCase()) ? OTHER_DIALECTS[word.toLowerCase()] : undefined;
}

/** The other system that a folder's path names: `db/mysql`, `packages/db/migrations-sqlite`. */
export function dialectOfFolder(folder: string): string | undefined {
  for (let path = folder; path !== ""; path = path.slice(0, Math.max(path.lastIndexOf("/"), 0))) {
    const words = nameOf(path)
      .toLowerCase()
      .split(/[^a-z0-9]+/);
    if (words.some((word) => /^(postgres|postgresql|pg)$/.test(word))) return undefined;
    for (const word of words) {
      const dialect = otherDialect(word);
      if (dialect !== undefined) return dialect;
    }
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
export function dialectOfSql(sql: string): string | undefined {
  const code = sql.replace(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|\$(\w*)\$[^]*?\$\1\$/g, " ");
  return TELLTALES.find(([pattern]) => pattern.test(code))?.[1];
}
