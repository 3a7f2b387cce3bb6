import { atlas } from "./atlas.js";
import { dbMigrate } from "./db-migrate.js";
import { dbmate } from "./dbmate.js";
import { diesel } from "./diesel.js";
import { drizzle } from "./drizzle.js";
import { flyway } from "./flyway.js";
import { golangMigrate } from "./golang-migrate.js";
import { goose } from "./goose.js";
import { graphileMigrate } from "./graphile-migrate.js";
import { knex } from "./knex.js";
import { kysely } from "./kysely.js";
import { liquibase } from "./liquibase.js";
import { mikroOrm } from "./mikro-orm.js";
import { nodePgMigrate } from "./node-pg-migrate.js";
import { payload } from "./payload.js";
import { plainSql } from "./plain-sql.js";
import { pop } from "./pop.js";
import { postgresMigrations } from "./postgres-migrations.js";
import { prisma } from "./prisma.js";
import { refinery } from "./refinery.js";
import { sequelize } from "./sequelize.js";
import { slonik } from "./slonik.js";
import { sqitch } from "./sqitch.js";
import { sqlMigrate } from "./sql-migrate.js";
import { sqlx } from "./sqlx.js";
import { supabase } from "./supabase.js";
import { tern } from "./tern.js";
import type { MigrationTool } from "./tool.js";
import { typeorm } from "./typeorm.js";
import { umzug } from "./umzug.js";

/** Most particular first: a folder belongs to the first tool that finds it. */
export const MIGRATION_TOOLS: readonly MigrationTool[] = [
  prisma,
  drizzle,
  supabase,
  sqitch,
  atlas,
  goose,
  sqlMigrate,
  dbmate,
  tern,
  diesel,
  refinery,
  golangMigrate,
  pop,
  sqlx,
  graphileMigrate,
  nodePgMigrate,
  dbMigrate,
  slonik,
  postgresMigrations,
  payload,
  mikroOrm,
  sequelize,
  umzug,
  knex,
  typeorm,
  kysely,
  flyway,
  liquibase,
  plainSql,
];
