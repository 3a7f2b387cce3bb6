/**
 * Writes `src/postgres/builtin-functions.ts`: the functions of PostgreSQL and of its contrib extensions, read from
 * `pg_proc`. Run it with `node --experimental-strip-types` (Node 22.6 and later) after an update of PGlite.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PGlite, type Extension } from "@electric-sql/pglite";

const contrib = join(dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite")), "contrib");
const target = join(import.meta.dirname, "../src/postgres/builtin-functions.ts");

const extensions: Record<string, Extension> = {};
for (const file of readdirSync(contrib).filter((file) => file.endsWith(".js"))) {
  const exported = (await import(join(contrib, file))) as Record<string, Extension>;
  extensions[file.slice(0, -".js".length)] = Object.values(exported)[0]!;
}
const database = await PGlite.create({ extensions });
for (const name of Object.keys(extensions)) {
  // `auto_explain` and its kin are libraries without SQL.
  await database
    .exec(`CREATE EXTENSION IF NOT EXISTS "${name.replace("uuid_ossp", "uuid-ossp")}" CASCADE`)
    .catch(() => {});
}

const { rows } = await database.query<{ name: string; volatile: boolean }>(`
  SELECT proname AS name, bool_or(provolatile = 'v') AS volatile
  FROM pg_proc
  WHERE pronamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace)
    AND NOT proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
    AND prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype)
  GROUP BY proname
  ORDER BY proname`);
const { rows: versions } = await database.query<{ version: string }>(
  "SELECT current_setting('server_version') AS version",
);
await database.close();

const names = (volatile: boolean): string =>
  rows
    .filter((row) => row.volatile === volatile)
    .map((row) => row.name)
    .join(" ");

writeFileSync(
  target,
  `// Written by scripts/generate-function-volatility.ts from PostgreSQL ${versions[0]!.version}.

/** Functions of which at least one overload is volatile. */
export const volatileFunctions =
  "${names(true)}";

/** Functions that are immutable or stable in every overload. */
export const otherFunctions =
  "${names(false)}";
`,
);
