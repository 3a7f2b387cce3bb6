import { drizzle } from "./drizzle.js";
import { plainSql } from "./plain-sql.js";
import { prisma } from "./prisma.js";
import { supabase } from "./supabase.js";
import type { MigrationTool } from "./tool.js";

/** Most particular first: a folder belongs to the first tool that finds it. */
export const MIGRATION_TOOLS: readonly MigrationTool[] = [prisma, drizzle, supabase, plainSql];
