import type { FileFacts, ToolFacts } from "../model/migration.js";
import type { Range } from "../model/position.js";
import { dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes } from "./name-order.js";
import { foldersMarked } from "./numbered-folders.js";
import { runScript, RUN_SCRIPTS } from "./run-scripts.js";
import { blank } from "./sections.js";
import type { LeftOutFile, MigrationPart, MigrationSource, MigrationText, MigrationTool } from "./tool.js";

/** `migrationFileRegexp` of dbmate's db.go. */
const VERSIONED = /^(\d+).*\.sql$/s;

/** `upRegExp` and `downRegExp` of dbmate's migration.go. */
const MARKER = /^--\s*migrate:(up|down)(?:[ \t]*$|[ \t]+(\S.*)$)/gm;

/** dbmate: `<version>_<name>.sql` with blocks that `-- migrate:up` and `-- migrate:down` start. */
export const dbmate: MigrationTool = {
  name: "dbmate",
  label: "dbmate",
  reads: RUN_SCRIPTS,

  find(listing) {
    return foldersMarked(listing, /^--\s*migrate:up\b/m);
  },

  open(listing, folder): MigrationSource {
    const leftOut: LeftOutFile[] = [];
    const facts = new Map<string, FileFacts>();
    const names = listing.filesIn(folder).filter((name) => name.endsWith(".sql"));
    for (const name of [...names].sort(byBytes)) {
      const file = join(folder, name);
      const version = VERSIONED.exec(name)?.[1];
      if (version !== undefined) facts.set(file, { version });
      else leftOut.push({ file, reason: "does not start with a version, so dbmate does not run it" });
    }
    const files = [...facts.keys()];
    const dialect = dialectOfFolder(folder) ?? dialectOfFiles(listing, files);
    return {
      folder,
      tool: toolFacts(listing, folder),
      because: "because its files have `-- migrate:up`",
      files,
      facts,
      leftOut,
      read: readDbmate,
      downFile: (file) => file,
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout: "`<digits>_<name>.sql` in `db/migrations`, with `-- migrate:up` and, behind it, `-- migrate:down`",
    order: "By the bytes of the names: `10_a.sql` before `9_b.sql`.",
    transaction:
      "One for each `migrate:up` block, with the entry in `schema_migrations`. From 2.29 on a file may have several blocks.",
    optOut: "`-- migrate:up transaction:false`, for that block.",
    sends: "A block in one query, so with `transaction:false` several statements in it share an implicit transaction.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "It runs like any other pending one; with `--strict` dbmate refuses.",
    duplicate: "The second one is skipped where the first has run, and fails on the primary key where it has not.",
    undo: "What follows `-- migrate:down`, up to the next `-- migrate:up`.",
    configuration:
      "The command line and `DBMATE_*` variables: `--strict` and `DBMATE_STRICT` are looked for in scripts.",
    notRead: "`db/schema.sql`: a dump that dbmate writes, not a migration.",
    sources: [
      "https://github.com/amacneil/dbmate/blob/v2.35.0/pkg/dbmate/migration.go",
      "https://github.com/amacneil/dbmate/blob/v2.35.0/pkg/dbmate/db.go",
      "https://github.com/amacneil/dbmate/blob/v2.35.0/README.md",
    ],
  },
};

function readDbmate(text: string): MigrationText {
  const markers = [...text.matchAll(MARKER)].map(({ index, 1: direction, 2: options = "" }) => ({
    start: index,
    isUp: direction === "up",
    isAlone: options.trim().split(/\s+/).includes("transaction:false"),
  }));
  const down: Range[] = [];
  const parts: MigrationPart[] = [];
  for (const [index, { start, isUp, isAlone }] of markers.entries()) {
    const range = [start, markers[index + 1]?.start ?? text.length] as const;
    if (isUp) parts.push({ range, transaction: isAlone ? "single-send" : "per-file" });
    else down.push(range);
  }
  return { sql: blank(text, down), parts };
}

function toolFacts(listing: Listing, folder: string): ToolFacts {
  const installed = installedVersion(listing, folder, "dbmate");
  const strict = runScript(
    listing,
    folder,
    /\bdbmate\b[^\n]*\s--strict\b|\bDBMATE_STRICT["']?\s*[:=]\s*["']?(?:true|1)\b/,
  );
  return {
    name: "dbmate",
    label: "dbmate",
    ...versionFacts(installed),
    transaction: "per-file",
    outsideTransaction:
      "in a migration of its own whose block starts with `-- migrate:up transaction:false` and has that single " +
      "statement, because dbmate sends a block as one query",
    checksums: false,
    outOfOrder:
      strict === undefined
        ? {
            does: "runs",
            says: "dbmate runs it on databases that have run later ones already, unless it is called with --strict.",
          }
        : {
            does: "refuses",
            says: `dbmate refuses to run, because ${strict} makes it strict: "migration … is out of order with already applied migrations".`,
          },
    duplicate: {
      does: "skips",
      says: "dbmate knows a migration by its version only: where one of the two has run, it never runs the other.",
    },
  };
}
