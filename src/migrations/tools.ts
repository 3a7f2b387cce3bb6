import { dbmate } from "./dbmate.js";
import { drizzle } from "./drizzle.js";
import { golangMigrate } from "./golang-migrate.js";
import { goose } from "./goose.js";
import { flyway } from "./flyway.js";
import { graphileMigrate } from "./graphile-migrate.js";
import { nodePgMigrate } from "./node-pg-migrate.js";
import { plainSql } from "./plain-sql.js";
import { prisma } from "./prisma.js";
import { sqitch } from "./sqitch.js";
import { supabase } from "./supabase.js";
import type { MigrationTool } from "./tool.js";

/** Most particular first: a folder belongs to the first tool that finds it. */
export const MIGRATION_TOOLS: readonly MigrationTool[] = [
  prisma,
  drizzle,
  supabase,
  goose,
  dbmate,
  golangMigrate,
  graphileMigrate,
  nodePgMigrate,
  sqitch,
  flyway,
  plainSql,
];
