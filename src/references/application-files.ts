/** Which files are application code, and what is known of them by their path. */

/** Never code that runs: what other programs write, what people read, what others own. Globs as git understands them. */
export const NOT_APPLICATION_CODE: readonly string[] = [
  // Lock files.
  ..."package-lock.json npm-shrinkwrap.json pnpm-lock.yaml bun.lock bun.lockb deno.lock go.sum".split(" "),
  ..."*.lock *.lockfile *-lock.json packages.lock.json".split(" "),
  // Documents and data.
  ..."*.md *.mdx *.markdown *.rst *.adoc *.txt *.tex *.csv *.tsv *.log *.svg *.html *.htm".split(" "),
  ..."*.css *.scss *.less *.po *.pot *.xlf *.arb *.ipynb LICENSE* CHANGELOG* HISTORY* NOTICE*".split(" "),
  // Snapshots, minified and generated files.
  ..."*.snap *.map *.min.js *.min.cjs *.min.mjs *.bundle.js *.chunk.js *.generated.* *.gen.* *.g.dart".split(" "),
  ..."schema.sql schema.*.sql structure.sql".split(" "),
  ..."*_pb.js *_pb.d.ts *_pb2.py *.pb.go *_generated.* schema.graphql *.tsbuildinfo".split(" "),
  // What is said here about names of the database.
  ..."migration-safety.yml migration-safety.yaml migration-safety.json".split(" "),
  // Migrations that no tool was found for, in whatever language, and what undoes one.
  ..."up.sql down.sql *.up.sql *.down.sql *migration*/**/*.sql revert/**/*.sql verify/**/*.sql".split(" "),
  ..."*migration*/**/[0-9][0-9]*.* *migration*/**/[0-9][0-9]*/**".split(" "),
]
  .map((name) => `**/${name}`)
  .concat(
    // Folders.
    "node_modules vendor vendored third_party third-party bower_components dist build out coverage docs"
      .split(" ")
      .concat("generated __generated__ .prisma .next .nuxt .output .turbo .yarn __snapshots__ locales i18n".split(" "))
      .map((folder) => `**/${folder}/**`),
  );

const TEST_FOLDER =
  /(^|\/)(__tests__|__e2e__|__mocks__|__fixtures__|tests?|specs?|mocks?|fixtures?|testdata|test-utils|e2e|cypress|playwright|stories|storybook)\//i;
const TEST_FILE =
  /(^|\/)(test_[^/]*\.py|conftest\.py|[^/]*[._-](tests?|specs?|e2e|cy|mocks?|fixtures?|stories|bench)\.[^/]+|[^/]*Tests?\.(java|kt|cs|php|scala|swift))$/;

/** What fills a database for development: `prisma/seed.ts`, `db/seeds.rb`, `db/sample_data.sql`. Elsewhere a seed may be anything. */
const DATABASE_SEED =
  /(^|\/)(prisma|db|databases?|sequelize|knex|drizzle|typeorm|mikro-orm|supabase)\/(?:[^/]+\/)*(seeds?|seeders?|(?:sample|demo)[_-]?data)(\/|[._-][^/]*\.\w+$|\.\w+$)/i;

/** Tests, fixtures and mocks: what they name breaks no running code. */
export function isTest(file: string): boolean {
  return TEST_FOLDER.test(file) || TEST_FILE.test(file);
}

/**
 * What fills a database: it runs behind the migrations of its own tree, by hand or when a deploy has run them. An old one
 * never meets a newer schema, as running code does.
 */
export function isSeed(file: string): boolean {
  return DATABASE_SEED.test(file);
}

/** Where in a source file its tests begin: those of Rust are a module at its end. */
export function testsBegin(file: string, text: string): number {
  const found = file.endsWith(".rs")
    ? /^[ \t]*#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?mod\b/m.exec(text)
    : null;
  return found?.index ?? Infinity;
}

/** Systems that stand beside PostgreSQL, under tables of the same names. */
const OTHER_SYSTEM =
  /clickhouse|bigquery|snowflake|(?:^|\/)(?:mysql|mariadb|sqlite|mssql|sqlserver|mongodb)\/|[._-](?:mysql|mariadb|sqlite|mssql|sqlserver)\.\w+$/i;
const OTHER_SYSTEM_WORD = /clickhouse|bigquery|snowflake/i;
const USES_OTHER_SYSTEM =
  /\b(?:from|import|require)\s?\(?\s?["'][^"'\n]{0,200}(?:clickhouse|bigquery|snowflake)|^[ \t]*(?:from|import|use)[ \t]+[\w.:]{0,200}(?:clickhouse|bigquery|snowflake)|(?:clickhouse|bigquery|snowflake)\w{0,40}\s?[(<]/im;

/** The data source of a Prisma schema. */
const OTHER_PROVIDER = /^\s*datasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"(?!postgres|cockroachdb)\w+"/m;

/** Whether the SQL of a file is for another database system. */
export function isForOtherSystem(file: string, text: string): boolean {
  if (OTHER_SYSTEM.test(file)) return true;
  if (file.endsWith(".prisma")) return OTHER_PROVIDER.test(text);
  return OTHER_SYSTEM_WORD.test(text) && USES_OTHER_SYSTEM.test(text);
}

const SENT_BY_PRISMA = /(?:\bPrisma\.sql|\$(?:queryRaw|executeRaw)(?:<[^`]{0,200}>)?)\s?\(?\s*$/;

/** Whether a file hands SQL to Prisma, which is for Prisma's database, whatever else the file works on. */
export function usesPrismaRaw(text: string): boolean {
  return /\bPrisma\.sql\b|\$(?:queryRaw|executeRaw)\b/.test(text);
}

/** Whether a place stands in a template that Prisma sends. */
export function isSentByPrisma(text: string, offset: number): boolean {
  const start = text.lastIndexOf("`", offset);
  return start >= 0 && SENT_BY_PRISMA.test(text.slice(Math.max(0, start - 300), start));
}

/** How far into a file generators say that they have written it. */
const NOTICE_LENGTH = 1000;

/** Whether a program has written the file, and says so: it is written anew from the schema. */
export function isGenerated(text: string): boolean {
  return /@generated\b|\bdo not (?:edit|modify)\b|\b(?:code|file|automatically|auto)[ -]?(?:is )?generated\b/i.test(
    text.slice(0, NOTICE_LENGTH),
  );
}

/** Types alone: nothing of the file runs. */
export function isTypesOnly(file: string): boolean {
  return /\.d\.[cm]?ts$/.test(file);
}

export type Language = "script" | "vue" | "prisma" | "sql" | "python" | "ruby" | "php" | "c-like" | "other";

const LANGUAGES: Readonly<Record<string, Language>> = {
  js: "script",
  cjs: "script",
  mjs: "script",
  jsx: "script",
  ts: "script",
  cts: "script",
  mts: "script",
  tsx: "script",
  vue: "vue",
  svelte: "vue",
  prisma: "prisma",
  sql: "sql",
  py: "python",
  rb: "ruby",
  rake: "ruby",
  php: "php",
  go: "c-like",
  java: "c-like",
  kt: "c-like",
  kts: "c-like",
  scala: "c-like",
  groovy: "c-like",
  cs: "c-like",
  rs: "c-like",
  swift: "c-like",
  dart: "c-like",
  c: "c-like",
  cpp: "c-like",
  h: "c-like",
};

/** The language of a file after its extension. */
export function languageOf(file: string): Language {
  const extension = /\.([^./]+)$/.exec(file)?.[1]?.toLowerCase();
  return (extension === undefined ? undefined : LANGUAGES[extension]) ?? "other";
}
