import { createRequire } from "node:module";
import type { FileFacts, ToolFacts, TransactionMode } from "../model/migration.js";
import type { Range } from "../model/position.js";
import { dialectOf, dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { dialectOfGoProject, goRequirement } from "./go-modules.js";
import { versionFacts } from "./installed-version.js";
import { join, parentOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes, withoutLeadingZeros } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import { foldersMarked } from "./numbered-folders.js";
import { goCode } from "./run-scripts.js";
import { blank, linesOf } from "./sections.js";
import type { MigrationPart, MigrationSource, MigrationText, MigrationTool } from "./tool.js";

const require = createRequire(import.meta.url);

const SETTINGS = "dbconfig.yml";

/** `sqlCmdPrefix` of sqlparse.go, which knows capitals from small letters. */
const UP = /^-- \+migrate\s+Up(?!\S)/m;

/** sql-migrate (rubenv/sql-migrate): `.sql` files with sections that `-- +migrate` lines mark. */
export const sqlMigrate: MigrationTool = {
  name: "sql-migrate",
  label: "sql-migrate",
  reads: ["go.mod", SETTINGS],

  find(listing) {
    return [...new Set([...foldersMarked(listing, UP), ...foldersOfSettings(listing)])];
  },

  open(listing, folder): MigrationSource {
    const names = listing.filesIn(folder).filter((name) => name.endsWith(".sql"));
    const files = [...names].sort(byId).map((name) => join(folder, name));
    const named = environmentsOf(listing, folder);
    const dialect =
      dialectOfFolder(folder) ??
      named.map(({ dialect }) => dialectOf(dialect)).find((one) => one !== undefined) ??
      dialectOfFiles(listing, files) ??
      dialectOfGoProject(listing, folder);
    const [environment] = named;
    return {
      folder,
      tool: toolFacts(listing, folder, named),
      because: environment ? `because ${environment.file} names it` : "because its files have `-- +migrate Up`",
      files,
      facts: new Map(
        files.map((file): [string, FileFacts] => [file, { version: file.slice(file.lastIndexOf("/") + 1) }]),
      ),
      leftOut: [],
      read: readSqlMigrate,
      downFile: (file) => file,
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout: "Every `.sql` file of one folder, with `-- +migrate Up` and, behind it, `-- +migrate Down`",
    order:
      "By the number at the beginning of the name, `9_a.sql` before `10_b.sql`; where two are equal, and behind them without a number, by the bytes of the names.",
    transaction: "One for each file, with the entry in `gorp_migrations`.",
    optOut: "`-- +migrate Up notransaction`, for the whole file.",
    sends:
      "Statement by statement, split where a line ends with `;`. What stands between `-- +migrate StatementBegin` and " +
      "`-- +migrate StatementEnd` is sent as one query, so with `notransaction` several statements in it share an implicit transaction.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder:
      "It runs, before those that come after the newest one that has run. Where one that has run is not there any more, nothing runs, unless `ignoreunknown` is set.",
    undo: "What follows `-- +migrate Down`.",
    configuration:
      "`dbconfig.yml` (`dir`, by default `migrations`; `dialect`; `ignoreunknown`), or code: `SetIgnoreUnknown(true)` and `IgnoreUnknown: true` are looked for in Go.",
    sources: [
      "https://github.com/rubenv/sql-migrate/blob/v1.8.0/migrate.go",
      "https://github.com/rubenv/sql-migrate/blob/v1.8.0/sqlparse/sqlparse.go",
      "https://github.com/rubenv/sql-migrate/blob/v1.8.0/sql-migrate/config.go",
    ],
  },
};

/** `Migration.Less` of migrate.go: the number at the beginning of the file's name, then the name. */
function byId(a: string, b: string): number {
  const [one, other] = [numberOf(a), numberOf(b)];
  if (one === undefined || other === undefined) {
    return Number(one === undefined) - Number(other === undefined) || byBytes(a, b);
  }
  return one.length - other.length || byBytes(one, other) || byBytes(a, b);
}

function numberOf(name: string): string | undefined {
  const digits = /^\d+/.exec(name)?.[0];
  return digits && withoutLeadingZeros(digits);
}

interface Environment {
  /** The file that has it. */
  readonly file: string;
  readonly folder: string;
  readonly dialect: string;
  readonly ignoresUnknown: boolean;
}

/** What a `dbconfig.yml` says of its environments; nothing where it is no such file. */
function environmentsIn(listing: Listing, at: string): readonly Environment[] {
  if (!listing.has(at, SETTINGS)) return [];
  const file = join(at, SETTINGS);
  const { parse } = require("yaml") as typeof import("yaml");
  let settings: unknown;
  try {
    settings = parse(listing.read(file) ?? "", { logLevel: "silent", merge: true });
  } catch {
    return [];
  }
  return valuesOf(settings).flatMap((environment) => {
    const { dialect, dir = "migrations", ignoreunknown } = environment as Readonly<Record<string, unknown>>;
    if (typeof dialect !== "string" || typeof dir !== "string") return [];
    const path = dir.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
    const folder = path === "" || path === "." ? at : join(at, path);
    return [{ file, folder, dialect, ignoresUnknown: ignoreunknown === true }];
  });
}

function valuesOf(value: unknown): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).filter((one) => typeof one === "object" && one !== null) as readonly object[];
}

/** The folders that settings name, with a migration in them: `dir` may be written for another program's file of the name. */
function foldersOfSettings(listing: Listing): readonly string[] {
  return [...listing.folders()]
    .filter((at) => listing.has(at, SETTINGS))
    .flatMap((at) => environmentsIn(listing, at))
    .map(({ folder }) => folder)
    .filter((folder) => !isNotDeployed(folder) && hasMarked(listing, folder));
}

function hasMarked(listing: Listing, folder: string): boolean {
  const name = listing.filesIn(folder).find((one) => one.endsWith(".sql"));
  return name !== undefined && UP.test(listing.read(join(folder, name)) ?? "");
}

/** The environments whose migrations stand in a folder; of nested settings those nearest to it. */
function environmentsOf(listing: Listing, folder: string): readonly Environment[] {
  for (const at of upwards(folder === "" ? "" : parentOf(folder))) {
    const named = environmentsIn(listing, at).filter((one) => one.folder === folder);
    if (named.length > 0) return named;
  }
  return [];
}

/** A line that sql-migrate takes for a command, by its first word, with the words behind it. */
function commandOf(line: string): readonly string[] | undefined {
  return line.startsWith("-- +migrate ") ? line.slice("-- +migrate ".length).trim().split(/\s+/) : undefined;
}

function readSqlMigrate(text: string): MigrationText {
  let isUp = false;
  let usesTransaction = true;
  let from = 0;
  let off: number | undefined = 0;
  let isEmpty = true;
  const others: Range[] = [];
  const parts: MigrationPart[] = [];
  const endPart = (end: number, transaction: TransactionMode): void => {
    if (!isEmpty) parts.push({ range: [from, end], transaction });
    from = end;
    isEmpty = true;
  };
  for (const { text: line, start, end } of linesOf(text)) {
    const [command, ...options] = commandOf(line) ?? [];
    if (command === "Up" || command === "Down") {
      if (isUp) endPart(start, "per-statement");
      if (command === "Up" && off !== undefined) {
        others.push([off, start]);
        off = undefined;
        from = start;
      } else if (command === "Down") off ??= start;
      isUp = command === "Up";
      if (isUp && options.includes("notransaction")) usesTransaction = false;
    } else if (isUp && command === "StatementBegin") endPart(start, "per-statement");
    else if (isUp && command === "StatementEnd") endPart(end, "single-send");
    else if (isUp) isEmpty &&= /^\s*(?:--|$)/.test(line);
  }
  if (isUp) endPart(text.length, "per-statement");
  // What comes before the first command is sent in neither direction.
  if (off !== undefined) others.push([off, text.length]);
  return { sql: blank(text, others), ...(usesTransaction ? {} : { parts }) };
}

function toolFacts(listing: Listing, folder: string, environments: readonly Environment[]): ToolFacts {
  const required = goRequirement(listing, folder, /^github\.com\/rubenv\/sql-migrate(?:\/|$)/);
  const ignores =
    environments.some(({ ignoresUnknown }) => ignoresUnknown) ||
    goCode(
      listing,
      folder,
      ["SetIgnoreUnknown", "IgnoreUnknown"],
      /\bSetIgnoreUnknown\(true\)|\bIgnoreUnknown(?::\s*|\s*=\s*)true\b/,
    ) !== undefined;
  return {
    name: "sql-migrate",
    label: "sql-migrate",
    ...versionFacts(required),
    transaction: "per-file",
    outsideTransaction:
      "in a migration of its own that starts with `-- +migrate Up notransaction`, not between StatementBegin and " +
      "StatementEnd together with other statements",
    checksums: false,
    ...(ignores && { ignoresMissing: true as const }),
    outOfOrder: {
      does: "runs",
      says: "sql-migrate runs it on databases that have run later ones already.",
    },
  };
}
