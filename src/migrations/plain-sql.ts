import type { FileFacts, ToolFacts } from "../model/migration.js";
import { runsOnFirstStart } from "./compose-files.js";
import { dialectOf, dialectOfFiles, dialectOfFolder, POSTGRESQL } from "./dialect.js";
import { join, nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { byNumber } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

/** `0001_x.sql`, `20240102030405-x.sql`, `1.up.sql`, `007.sql`, and `V1__x.sql` where nothing says that it is Flyway's. */
const NUMBERED = /^V?\d+(?:[._\- ].*)?\.sql$|^\d{3,}.*\.sql$/is;
/** In a folder that is not called for migrations `v1.sql` may as well be a version of the whole schema. */
const SURELY_NUMBERED = /^(?:V\d[\d._]*__.*|\d+(?:[._\- ].*)?|\d{3,}.*)\.sql$/is;
const NUMBERED_FOLDER = /^\d+[._\- ]|^\d{3,}/;

/** `3_x.down.sql` of `3_x.up.sql` and of `3_x.sql`, `down.sql` of `up.sql`. */
function downOf(file: string): string {
  const folder = parentOf(file);
  const name = nameOf(file);
  return join(folder, /^up\.sql$/i.test(name) ? "down.sql" : name.replace(/(?:\.up)?\.sql$/i, ".down.sql"));
}

/** Undoes a migration, and never runs on the way up. */
const DOWN = /(?:^|[._-])(?:down|undo|rollback|revert)\.sql$/i;
const DOWN_FOLDER = /^(?:down|downs|undo|rollback|rollbacks|revert)$/i;

/** A migration that is a folder, with its SQL in one of these. */
const UP_FILES = ["up.sql", "migration.sql"];

/** Folders whose numbered files are migrations. */
const MIGRATION_FOLDER = /^(?:schema[_-]?)?(?:migrations?|migrate)$/i;

/** Folders that may hold migrations: only where every SQL file in them is numbered. */
const SQL_FOLDER = /^(?:sql|sqls|db|database|schema|ddl|up|ups|postgres|postgresql|pg)$/i;

/** Numbered SQL files that a runner of the repository's own, or one that is not known, sends to PostgreSQL. */
export const plainSql: MigrationTool = {
  name: "sql",
  label: "SQL files",

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) if (holdsMigrations(listing, folder)) folders.push(folder);
    return folders;
  },

  open(listing, folder): MigrationSource {
    const names: string[] = [];
    const leftOut: LeftOutFile[] = [];
    const sql = listing.filesIn(folder).filter((name) => /\.sql$/i.test(name) && !DOWN.test(name));
    const numbered = sql.filter((name) => NUMBERED.test(name));
    for (const name of sql) {
      const other = dialectOfName(name);
      if (other !== undefined && other !== POSTGRESQL) {
        leftOut.push({ file: join(folder, name), reason: `is for ${other}; only PostgreSQL is checked` });
      } else if (numbered.length === 0 || NUMBERED.test(name)) names.push(name);
      else {
        leftOut.push({ file: join(folder, name), reason: "has no number, so its place among the others is not known" });
      }
    }
    for (const name of listing.foldersIn(folder)) {
      const up = NUMBERED_FOLDER.test(name) ? upFile(listing, join(folder, name)) : undefined;
      if (up !== undefined) names.push(`${name}/${up}`);
    }
    const files = names.sort(byNumber).map((name) => join(folder, name));
    const dialect = dialectOfFolder(folder) ?? dialectOfFiles(listing, files);
    const facts = new Map(files.map((file): [string, FileFacts] => [file, { version: numberOf(file, folder) }]));
    return {
      folder,
      tool: runsOnFirstStart(listing, folder) ? { ...FACTS, onFirstStart: true } : FACTS,
      because: "because of the numbers in the names of its files",
      files,
      facts,
      downFile: (file) => {
        const down = downOf(file);
        return listing.has(parentOf(down), nameOf(down)) ? down : undefined;
      },
      leftOut,
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout:
      "Numbered `.sql` files, or numbered folders with `up.sql` or `migration.sql`, in a folder that is called for migrations; in one called `sql`, `db`, `postgres`, … only where every file is numbered",
    order: "By the numbers: 9 before 10.",
    transaction: "Not known: `BEGIN` and `COMMIT` in the files are facts. The configuration can say `file` or `none`.",
    sends: "Not known.",
    checksum: "Not known.",
    outOfOrder: "Not known.",
    undo: "Files and folders named `down`, `undo`, `rollback` or `revert`, and the sections below the usual markers.",
    configuration: "`databases.*.migrations` of Migration Safety.",
    sources: [],
  },
};

/** The number that a file or its folder starts with, without zeros in front of it. */
function numberOf(file: string, folder: string): string {
  const digits = /^0*(\d+)/.exec(folder === "" ? file : file.slice(folder.length + 1))?.[1];
  return digits ?? file;
}

const FACTS: ToolFacts = {
  name: "sql",
  label: "SQL files",
  transaction: "unknown",
  outsideTransaction: "in a file of its own that your runner sends without a transaction",
  checksums: false,
};

function holdsMigrations(listing: Listing, folder: string): boolean {
  if (isNotDeployed(folder)) return false;
  const name = nameOf(folder);
  if (DOWN_FOLDER.test(name)) return false;
  if (MIGRATION_FOLDER.test(name) || MIGRATION_FOLDER.test(nameOf(parentOf(folder)))) {
    return (
      listing.filesIn(folder).some((file) => NUMBERED.test(file) && !DOWN.test(file)) ||
      (MIGRATION_FOLDER.test(name) &&
        listing
          .foldersIn(folder)
          .some((child) => NUMBERED_FOLDER.test(child) && upFile(listing, join(folder, child)) !== undefined))
    );
  }
  if (!SQL_FOLDER.test(name)) return false;
  const sql = listing.filesIn(folder).filter((file) => /\.sql$/i.test(file));
  return sql.length > 0 && sql.every((file) => SURELY_NUMBERED.test(file)) && !sql.every((file) => DOWN.test(file));
}

/** `0001_orders.mysql.up.sql`: a folder that has the same migrations for several systems. */
function dialectOfName(name: string): string | undefined {
  return dialectOf(/\.(\w+?)(?:\.up)?\.sql$/i.exec(name)?.[1] ?? "");
}

/** Whether a file undoes a migration, by its name or by that of its folder. */
export function isUndo(file: string): boolean {
  return DOWN.test(nameOf(file)) || DOWN_FOLDER.test(nameOf(parentOf(file)));
}

/** The other system that a file is for, as far as its name, its folder and its words tell. */
export function otherDialectOf(listing: Listing, file: string): string | undefined {
  const dialect = dialectOfName(nameOf(file)) ?? dialectOfFolder(parentOf(file)) ?? dialectOfFiles(listing, [file]);
  return dialect === POSTGRESQL ? undefined : dialect;
}

function upFile(listing: Listing, folder: string): string | undefined {
  return UP_FILES.find((name) => listing.has(folder, name));
}
