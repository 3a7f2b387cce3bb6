/** How tools run a migration, as they are found in a repository that has them. */
import { memoryTree } from "../../src/change/overlay-tree.js";
import { drizzle as drizzleTool } from "../../src/migrations/drizzle.js";
import { flyway as flywayTool } from "../../src/migrations/flyway.js";
import { goose as gooseTool } from "../../src/migrations/goose.js";
import { knex as knexTool } from "../../src/migrations/knex.js";
import { Listing } from "../../src/migrations/listing.js";
import { plainSql } from "../../src/migrations/plain-sql.js";
import { graphileMigrate as graphileMigrateTool } from "../../src/migrations/graphile-migrate.js";
import { postgresMigrations as postgresMigrationsTool } from "../../src/migrations/postgres-migrations.js";
import { prisma } from "../../src/migrations/prisma.js";
import { sequelize as sequelizeTool } from "../../src/migrations/sequelize.js";
import { supabase as supabaseTool } from "../../src/migrations/supabase.js";
import type { MigrationSource, MigrationTool } from "../../src/migrations/tool.js";
import { typeorm as typeormTool } from "../../src/migrations/typeorm.js";
import type { ToolFacts } from "../../src/model/migration.js";

export function factsOf(tool: MigrationTool, packages: Readonly<Record<string, string>> = {}): ToolFacts {
  return opened(tool, packages).tool;
}

function opened(tool: MigrationTool, packages: Readonly<Record<string, string>>): MigrationSource {
  const lockfile = {
    lockfileVersion: 3,
    packages: Object.fromEntries(
      Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]),
    ),
  };
  const files = new Map([
    ["package-lock.json", JSON.stringify(lockfile, undefined, 2)],
    ["db/migrations/0001_init.sql", "SELECT 1;"],
  ]);
  return tool.open(new Listing(memoryTree(files, "head")), "db/migrations");
}

/** Sends a file as one query. */
export const prisma6 = factsOf(prisma, { prisma: "6.19.0" });
/** Sends each statement alone. */
export const prisma7 = factsOf(prisma, { prisma: "7.4.1" });
/** Runs all pending migrations in one transaction. */
export const drizzle = factsOf(drizzleTool, { "drizzle-orm": "0.45.1" });
/** A transaction for each file, and an order that it insists on. */
export const supabase = factsOf(supabaseTool, { supabase: "2.116.0" });
/** A transaction for each file, which also says what undoes it. */
export const goose = factsOf(gooseTool);
/** Refuses where a migration that has run is missing or another. */
export const flyway = factsOf(flywayTool);
/** Goes by the number, and by a checksum of name and text. */
export const postgresMigrations = factsOf(postgresMigrationsTool);
/** Files that say their own hash. */
export const graphileMigrate = factsOf(graphileMigrateTool);
/** Programs; all that are pending run in one transaction. */
export const { tool: knex, evaluate: knexProgram } = opened(knexTool, { knex: "3.1.0" });
/** Programs; all that are pending run in one transaction, unless the DataSource says otherwise. */
export const { tool: typeorm, evaluate: typeormProgram } = opened(typeormTool, { typeorm: "0.3.20" });
/** Programs, each call in no transaction but that which it is given. */
export const { tool: sequelize, evaluate: sequelizeProgram } = opened(sequelizeTool, { sequelize: "6.37.0" });
/** Numbered files whose runner is not known. */
export const unknownRunner = factsOf(plainSql);
