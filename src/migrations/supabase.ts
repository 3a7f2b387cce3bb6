import { createRequire } from "node:module";
import { splitStatements } from "../postgres/lexer.js";
import type { FileFacts, ToolFacts, TransactionMode } from "../model/migration.js";
import type { OperationType } from "../model/operation.js";
import { installedVersion, majorMinor, versionFacts, type InstalledVersion } from "./installed-version.js";
import { join, nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes } from "./name-order.js";
import type { LeftOutFile, MigrationPart, MigrationSource, MigrationTool, ReadMigrationText } from "./tool.js";

const require = createRequire(import.meta.url);

const CONFIGURATION = "config.toml";

/** `migrateFilePattern` of the CLI's `pkg/migration/file.go`. */
const VERSIONED = /^(\d+)_.*\.sql$/;

/** What `supabase migration new` calls a file. */
const AS_MADE = /^\d{14}_.+\.sql$/;

/** Supabase's CLI: `supabase/migrations/<14 digits>_<name>.sql`, as `supabase db push` runs them. */
export const supabase: MigrationTool = {
  name: "supabase",
  label: "Supabase",
  reads: [CONFIGURATION],

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      if (nameOf(folder) !== "migrations" || nameOf(parentOf(folder)) !== "supabase") continue;
      const parent = parentOf(folder);
      const configured = listing.has(parent, CONFIGURATION);
      if (configured ? isEnabled(listing.read(join(parent, CONFIGURATION))) : isAsMade(listing, folder)) {
        folders.push(folder);
      }
    }
    return folders;
  },

  open(listing, folder): MigrationSource {
    const files: string[] = [];
    const leftOut: LeftOutFile[] = [];
    const facts = new Map<string, FileFacts>();
    const names = listing.filesIn(folder).filter((name) => /\.sql$/i.test(name));
    for (const [index, name] of [...names].sort(byBytes).entries()) {
      const file = join(folder, name);
      const version = VERSIONED.exec(name)?.[1];
      if (version === undefined) {
        leftOut.push({ file, reason: "is not named <digits>_<name>.sql, so Supabase does not run it" });
      } else if (index === 0 && isEarlyInit(name)) {
        leftOut.push({ file, reason: "is the init file of an early version of the Supabase CLI, which is not run" });
      } else {
        files.push(file);
        facts.set(file, { version });
      }
    }
    const configuration = join(parentOf(folder), CONFIGURATION);
    const installed = installedVersion(listing, folder, "supabase");
    return {
      folder,
      tool: toolFacts(installed),
      because: listing.tree.has(configuration)
        ? `because ${configuration} stands beside it`
        : "because of its place and the names in it",
      files,
      facts,
      leftOut,
      resetsSession: true,
      read: reader(runsAlone(installed?.version)),
    };
  },

  sheet: {
    layout: "`supabase/migrations/<digits>_<name>.sql`; other files in the folder are not run",
    order: "By the bytes of the names, so by their 14 digits.",
    transaction: "One for each file, which also holds the entry in `supabase_migrations.schema_migrations`.",
    optOut:
      "`CREATE INDEX CONCURRENTLY`, `REINDEX … CONCURRENTLY`, `VACUUM`, `ALTER SYSTEM` and `CLUSTER` run by themselves " +
      "(CLI 2.109), `DROP INDEX CONCURRENTLY` too (2.116): what stands before them is committed first. Earlier versions " +
      "send a file as one pipeline, in which one of them is possible, as the first statement. A file with `BEGIN` or `COMMIT` of its " +
      "own is run statement by statement.",
    sends: "Statement by statement, in one pipeline.",
    checksum: "None: an edited migration is not noticed. A deleted or renumbered one makes `supabase db push` refuse.",
    outOfOrder: "`supabase db push` refuses, unless `--include-all` is given.",
    duplicate: "The second one fails on the primary key of `schema_migrations`.",
    callbacks: "`supabase/seed.sql` with `--include-seed`, `supabase/roles.sql` with `--include-roles`: not read.",
    configuration: "`supabase/config.toml`: `[db] major_version`, `[db.migrations] enabled`.",
    notRead: "`supabase/schemas/`: the declared schema, from which migrations are generated.",
    sources: [
      "https://github.com/supabase/cli/blob/develop/apps/cli-go/pkg/migration/file.go",
      "https://github.com/supabase/cli/blob/develop/apps/cli-go/pkg/migration/apply.go",
      "https://github.com/supabase/cli/blob/develop/apps/cli-go/pkg/migration/list.go",
      "https://github.com/supabase/cli/pull/6009",
      "https://github.com/supabase/cli/pull/6276",
    ],
  },
};

function isAsMade(listing: Listing, folder: string): boolean {
  const sql = listing.filesIn(folder).filter((name) => /\.sql$/i.test(name));
  return sql.length > 0 && sql.every((name) => AS_MADE.test(name));
}

/** Whether `[db.migrations] enabled` leaves the folder to the CLI; it does unless it says no. */
function isEnabled(text = ""): boolean {
  const { parse } = require("smol-toml") as typeof import("smol-toml");
  try {
    const { db } = parse(text) as { db?: { migrations?: { enabled?: unknown } } };
    return db?.migrations?.enabled !== false;
  } catch {
    return true;
  }
}

/** `shouldSkip` of the CLI's `pkg/migration/list.go`. */
function isEarlyInit(name: string): boolean {
  const digits = /^(\d{14})_init\.sql$/.exec(name)?.[1];
  return digits !== undefined && digits < "20211209000000";
}

/** Statements that no transaction may hold, by the first of the CLI's versions that run them by themselves. */
const ALONE: readonly (readonly [minor: number, statement: RegExp])[] = [
  [
    109,
    /^create\s+(?:unique\s+)?index\s+concurrently\b|^reindex\b.*?\bconcurrently\b|^vacuum\b|^alter\s+system\b|^cluster\b/is,
  ],
  [116, /^drop\s+index\s+concurrently\b/i],
];

type RunsAlone = (statement: string, isFirst: boolean) => boolean;

/** What a version runs outside of the transaction of the file; without a version the newest is assumed. */
function runsAlone(installed: string | undefined): RunsAlone {
  const [major, minor] = majorMinor(installed ?? "") ?? [2, Infinity];
  const since = major > 2 ? Infinity : major < 2 ? 0 : minor;
  const alone = ALONE.filter(([first]) => first <= since).map(([, statement]) => statement);
  if (alone.length > 0) return (statement) => alone.some((one) => one.test(statement));
  // In a pipeline PostgreSQL takes them as the first statement only (PreventInTransactionBlock in xact.c).
  return (statement, isFirst) => isFirst && ALONE.some(([, one]) => one.test(statement));
}

/** Words without which a file has nothing to run apart. */
const APART = /\b(?:concurrently|vacuum|cluster|system|begin|start|commit|end|abort|rollback|prepare)\b/i;

/** `hasTransactionControl` of the CLI's `migration-apply.ts`. */
const CONTROL =
  /^(?:begin|start\s+transaction|commit|end|abort|prepare\s+transaction)\b|^rollback\b(?!\s+(?:(?:work|transaction)\s+)?to\b)/i;

function reader(isAlone: RunsAlone): ReadMigrationText {
  return (text) => {
    if (!APART.test(text)) return { sql: text };
    const statements = splitStatements(text).map((range) => ({ range, sql: text.slice(...range) }));
    if (statements.some(({ sql }) => CONTROL.test(sql))) {
      return { sql: text, parts: [{ range: [0, text.length], transaction: "per-statement" }] };
    }
    const parts: MigrationPart[] = [];
    let isFirst = true;
    for (const { range, sql } of statements) {
      const alone = isAlone(sql, isFirst);
      isFirst = false;
      const transaction: TransactionMode = alone ? "per-statement" : "per-file";
      const last = parts.at(-1);
      if (last?.transaction === transaction)
        parts[parts.length - 1] = { range: [last.range[0], range[1]], transaction };
      else parts.push({ range, transaction });
    }
    return { sql: text, parts };
  };
}

/** What is not among those: it fails in a transaction as well, or commits in it. */
const INSIDE: readonly OperationType[] = ["Delete", "DetachPartition", "Insert", "Update"];

function toolFacts(installed: InstalledVersion | undefined): ToolFacts {
  const known = majorMinor(installed?.version ?? "");
  const early = known !== undefined && (known[0] < 2 || (known[0] === 2 && known[1] < 109));
  return {
    name: "supabase",
    label: "Supabase",
    ...(installed === undefined
      ? {
          assumption:
            "No lockfile says which version of the Supabase CLI is installed. Version 2.116 or later is assumed, which " +
            "runs CREATE INDEX CONCURRENTLY and its kin outside the transaction of the file.",
        }
      : versionFacts(installed)),
    transaction: "per-file",
    outsideTransaction: early
      ? "in a migration of its own with that single statement, which is not in a transaction then"
      : "in a migration of its own: Supabase runs it outside the transaction of the file",
    staysInside: early || (known !== undefined && known[0] === 2 && known[1] < 116) ? [...INSIDE, "DropIndex"] : INSIDE,
    checksums: false,
    outOfOrder: {
      does: "refuses",
      says:
        "supabase db push refuses to run: it finds local migrations to be inserted before the last one of the " +
        "database, and runs them with --include-all only.",
    },
    duplicate: {
      does: "refuses",
      says: "Supabase knows a migration by its digits, and those are the primary key of its history: the second one fails.",
    },
  };
}
