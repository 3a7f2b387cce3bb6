/** Which tools run a part of the migrations that are pending, so that the rest can wait for a deploy. */

/** How a tool runs a part. */
export interface PartialRun {
  /** The command, or the call of its program. */
  readonly command: string;
  /** The first version that has it. Absent: all that are in use. */
  readonly since?: string;
  /** Where that stands. */
  readonly source: string;
}

/** By the tool's name. Those that are not listed run all that is pending, or how is not known. */
export const PARTIAL_RUNS: ReadonlyMap<string, PartialRun> = new Map([
  ["atlas", { command: "atlas migrate apply N", source: "atlasgo.io, Applying Schema Migrations" }],
  ["db-migrate", { command: "db-migrate up --count N", source: "api.js of db-migrate 0.11" }],
  ["flyway", { command: "flyway -target=VERSION migrate", source: "documentation.red-gate.com, Flyway: target" }],
  ["golang-migrate", { command: "migrate goto VERSION", source: "cmd/migrate/README.md of golang-migrate v4" }],
  ["goose", { command: "goose up-to VERSION", source: "pressly.github.io/goose, CLI commands" }],
  ["knex", { command: "npx knex migrate:up NAME", source: "bin/cli.js of Knex 3" }],
  ["kysely", { command: 'migrator.migrateTo("NAME")', source: "migration/migrator.d.ts of Kysely 0.28" }],
  [
    "sequelize",
    { command: "npx sequelize-cli db:migrate --to FILE", source: "lib/commands/migrate.js of sequelize-cli 6.6" },
  ],
  [
    "sql-migrate",
    {
      command: "sql-migrate up -version VERSION",
      since: "1.3.0",
      source: "sql-migrate/command_up.go of sql-migrate 1.8",
    },
  ],
  [
    "sqlx",
    {
      command: "sqlx migrate run --target-version VERSION",
      since: "0.7.2",
      source: "sqlx-cli/tests/migrate.rs of SQLx 0.7.2",
    },
  ],
  ["umzug", { command: 'umzug.up({ to: "NAME" })', source: "lib/umzug.js of Umzug 3.8" }],
]);

/** The command of the tool at the installed version; undefined where it has none. */
export function partialRun({
  name,
  version,
}: {
  readonly name: string;
  readonly version?: string;
}): string | undefined {
  const found = PARTIAL_RUNS.get(name);
  if (found === undefined) return undefined;
  const isTooOld = found.since !== undefined && version !== undefined && isBefore(version, found.since);
  return isTooOld ? undefined : found.command;
}

/** Whether a version is earlier than another; both are numbers with dots. */
function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, "en", { numeric: true }) < 0;
}
