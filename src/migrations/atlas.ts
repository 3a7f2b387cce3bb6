import type { FileFacts, OrderPolicy, TransactionMode } from "../model/migration.js";
import { POSTGRESQL, dialectOf, dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { join, parentOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { oncePerListing } from "./once-per-listing.js";
import { byBytes } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import { RUN_SCRIPTS, runScript } from "./run-scripts.js";
import { blank, linesOf } from "./sections.js";
import type { DownText, LeftOutFile, MigrationSource, MigrationText, MigrationTool, ToolSheet } from "./tool.js";
import { upSection } from "./up-section.js";

const CONFIGURATION = "atlas.hcl";
const SUMS = "atlas.sum";

const SHEET: ToolSheet = {
  layout: "`<version>[_<name>].sql` directly in the folder, beside `atlas.sum`.",
  order: "By the bytes of the file names: `10_x.sql` before `9_x.sql`.",
  transaction: "One around each file, unless a script says `--tx-mode all` or `none`.",
  optOut:
    "`-- atlas:txmode none` at the top of the file, with an empty line behind it: without that line it belongs to the " +
    "first statement and is ignored.",
  sends: "One statement after the other.",
  checksum:
    "`atlas.sum` holds a hash of every file; when it does not fit, Atlas runs nothing until `atlas migrate hash`. A " +
    "database that ran a file is not compared with it again.",
  outOfOrder:
    "Refused: “migration … added out of order”. Skipped with `exec_order = LINEAR_SKIP`, run with `NON_LINEAR`.",
  duplicate: "Skipped where the first of the two has run.",
  baseline: "A file with `-- atlas:checkpoint` stands for those before it, on an empty database only.",
  undo: "The `down.sql` of a `-- atlas:txtar` file; without one `atlas migrate down` plans itself how to go back.",
  configuration:
    "`migration` blocks of `atlas.hcl`: `dir`, `format`, `exec_order`, and the `url` and `dev` beside them; " +
    "`--exec-order` and `--tx-mode` in scripts.",
  notRead: "The checks of a `-- atlas:txtar` file. Directories of the Atlas registry (`atlas://`).",
  sources: [
    "https://atlasgo.io/versioned/apply",
    "https://atlasgo.io/versioned/checks",
    "https://atlasgo.io/versioned/checkpoint",
    "https://github.com/ariga/atlas (sql/migrate/dir.go, sql/migrate/migrate.go, sql/migrate/lex.go, cmd/atlas/internal/cmdapi/migrate.go, sql/sqltool/tool.go)",
  ],
};

/** Atlas's versioned migrations: `<version>_<name>.sql` beside `atlas.sum`. What it does is in its sheet. */
export const atlas: MigrationTool = {
  name: "atlas",
  label: "Atlas",
  reads: [CONFIGURATION, SUMS, ...RUN_SCRIPTS],
  sheet: SHEET,

  find(listing) {
    const configured = directories(listing);
    const found = new Set<string>();
    for (const [folder, { format }] of configured) {
      if (format === "atlas" && hasOwnFormat(listing, folder)) found.add(folder);
    }
    for (const folder of listing.folders()) {
      if (!listing.has(folder, SUMS) || isNotDeployed(folder) || configured.has(folder)) continue;
      if (hasOwnFormat(listing, folder)) found.add(folder);
    }
    return [...found];
  },

  open(listing, folder): MigrationSource {
    const directory = directories(listing).get(folder);
    const format = directory?.format ?? "atlas";
    const names = listing
      .filesIn(folder)
      .filter((name) => (format === "golang-migrate" ? name.endsWith(".up.sql") : /(?<!\.down)\.sql$/.test(name)))
      .sort(byBytes);
    const leftOut = sumProblems(listing, folder, names);
    const facts = new Map<string, FileFacts>();
    const files: string[] = [];
    for (const [index, name] of names.entries()) {
      const file = join(folder, name);
      const version = name.replace(/\.sql$/, "").split("_", 1)[0] ?? name;
      // Its name is the default of `atlas migrate checkpoint`; another one is blank when it is read.
      const checkpoint = (index === 0 || /checkpoint/i.test(name)) && isCheckpoint(listing.read(file) ?? "");
      if (checkpoint && index > 0) {
        leftOut.push({
          file,
          reason: "stands for the migrations before it on a new database; these are read themselves",
        });
        continue;
      }
      files.push(file);
      facts.set(file, { version, ...(checkpoint ? { kind: "baseline" } : {}) });
    }
    const dialect = directory?.dialect ?? dialectOfFolder(folder) ?? dialectOfFiles(listing, files);
    return {
      folder,
      tool: {
        name: "atlas",
        label: "Atlas",
        transaction: transactionIn(listing, folder),
        outsideTransaction:
          "in a migration of its own with `-- atlas:txmode none` as its first line and an empty line behind it",
        checksums: false,
        outOfOrder: ORDER[orderIn(listing, folder) ?? directory?.order ?? "linear"],
        duplicate: {
          does: "skips",
          says: "Atlas knows migrations by their version, so it takes the second for run where the first has run.",
        },
      },
      because:
        directory === undefined ? `because ${join(folder, SUMS)} is there` : `because ${directory.because} names it`,
      files,
      facts,
      leftOut,
      ...(dialect === undefined ? {} : { dialect }),
      read: (text, file) => readFile(text, format, file === files[0]),
      readDown: (text) => (fileDirectives(text).has("txtar") ? archivedDown(text) : undefined),
    };
  },
};

type ExecutionOrder = "linear" | "linear-skip" | "non-linear";

/** Executor.Pending in sql/migrate/migrate.go. */
const ORDER: Readonly<Record<ExecutionOrder, OrderPolicy>> = {
  linear: {
    does: "refuses",
    says: 'Atlas refuses to run anything: "migration … added out of order", unless it is told --exec-order non-linear.',
  },
  "linear-skip": { does: "skips", says: "Atlas never runs it, because it is told the execution order linear-skip." },
  "non-linear": {
    does: "runs",
    says: "Atlas runs it as any other, because it is told the execution order non-linear.",
  },
};

/** What a script tells `atlas migrate apply`; that comes before what `atlas.hcl` says. */
function orderIn(listing: Listing, folder: string): ExecutionOrder | undefined {
  return (["linear-skip", "non-linear"] as const).find(
    (order) => runScript(listing, folder, new RegExp(`--exec-order[= ]["']?${order}\\b`)) !== undefined,
  );
}

function transactionIn(listing: Listing, folder: string): TransactionMode {
  const told = (mode: string): boolean =>
    runScript(listing, folder, new RegExp(`--tx-mode[= ]["']?${mode}\\b`)) !== undefined;
  return told("all") ? "all-pending" : told("none") ? "per-statement" : "per-file";
}

/** What `atlas.hcl` says of a directory of migrations. */
interface Directory {
  readonly because: string;
  /** `atlas`, or the tool whose files these are: `goose`, `golang-migrate`, `flyway`, `liquibase`, `dbmate`. */
  readonly format: string;
  readonly order: ExecutionOrder;
  readonly dialect?: string;
}

const directories = oncePerListing(readConfigurations);

function readConfigurations(listing: Listing): ReadonlyMap<string, Directory> {
  const found = new Map<string, Directory>();
  for (const folder of listing.folders()) {
    if (!listing.has(folder, CONFIGURATION) || isNotDeployed(folder)) continue;
    const because = join(folder, CONFIGURATION);
    const text = (listing.read(because) ?? "").replace(/^\s*(?:\/\/|#).*$/gm, "");
    const locals = new Map([...text.matchAll(/^\s*(\w+)\s*=\s*"([^"$]*)"/gm)].map(([, key, value]) => [key, value]));
    const dialect = dialectOfUrls(text);
    for (const block of blocks(text, /\bmigration\s*\{/g)) {
      const written = /\bdir\s*=\s*"file:\/\/([^"]*)"/.exec(block)?.[1];
      const path = written?.replace(/\$\{local\.(\w+)\}/g, (whole, name: string) => locals.get(name) ?? whole);
      // What only the environment knows is not looked for.
      if (path === undefined || path.includes("${")) continue;
      const [directory = "", query = ""] = path.split("?");
      const at = relativeTo(listing, folder, directory);
      const format = /\bformat\s*=\s*"?([\w-]+)"?/.exec(block)?.[1] ?? /\bformat=([\w-]+)/.exec(query)?.[1] ?? "atlas";
      const order = /\bexec_order\s*=\s*"?([\w-]+)"?/.exec(block)?.[1]?.toLowerCase().replaceAll("_", "-") ?? "linear";
      found.set(at, {
        because,
        format: format.toLowerCase(),
        order: order === "linear-skip" || order === "non-linear" ? order : "linear",
        ...(dialect === undefined ? {} : { dialect }),
      });
    }
  }
  return found;
}

/** The system of the environments' databases; one of them may well be a small one for developers. */
function dialectOfUrls(text: string): string | undefined {
  const found = [...text.matchAll(/\b(?:dev|url)\s*=\s*"(?:docker(?:\+\w+)?:\/\/)?(\w+)/g)].flatMap(
    ([, word = ""]) => dialectOf(word) ?? [],
  );
  return found.find((dialect) => dialect === POSTGRESQL) ?? found[0];
}

/** What stands between the braces of the blocks that start so. */
function* blocks(text: string, start: RegExp): Generator<string> {
  for (const match of text.matchAll(start)) {
    const from = match.index + match[0].length;
    let depth = 1;
    let at = from;
    for (; at < text.length && depth > 0; at++) {
      if (text[at] === "{") depth++;
      else if (text[at] === "}") depth--;
    }
    yield text.slice(from, at - 1);
  }
}

/** Atlas looks from where it is started, which mostly is beside its file, and sometimes above it. */
function relativeTo(listing: Listing, folder: string, path: string): string {
  const plain = path.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
  for (const start of upwards(folder)) {
    let at = start;
    let rest = plain;
    for (; rest.startsWith("../"); rest = rest.slice(3)) at = parentOf(at);
    const found = join(at, rest);
    if (listing.filesIn(found).length > 0) return found;
  }
  return join(folder, plain);
}

/** Whether the files are Atlas's own kind, and not another tool's for which Atlas only keeps the sums. */
function hasOwnFormat(listing: Listing, folder: string): boolean {
  const names = listing.filesIn(folder).filter((name) => name.endsWith(".sql"));
  if (names.length === 0 || names.some((name) => /\.(?:up|down)\.sql$|^V\d[\d._]*__/.test(name))) return false;
  const first = listing.read(join(folder, [...names].sort(byBytes)[0] ?? ""))?.slice(0, 5000) ?? "";
  return !/^--\s*(?:\+goose\b|migrate:up\b|liquibase formatted sql)/m.test(first);
}

/** Files that `atlas.sum` does not have, and lines in it without a file. The hashes themselves are not compared. */
function sumProblems(listing: Listing, folder: string, names: readonly string[]): LeftOutFile[] {
  if (!listing.has(folder, SUMS)) return [];
  const file = join(folder, SUMS);
  const text = listing.read(file) ?? "";
  const summed = new Set([...text.matchAll(/^(\S.*) h1:\S+\s*$/gm)].map(([, name = ""]) => name));
  const refuses = "so Atlas refuses to run until `atlas migrate hash` has written it anew";
  const problems: LeftOutFile[] = [];
  for (const name of names) {
    if (summed.delete(name) || /^-- atlas:sum ignore/.test(listing.read(join(folder, name)) ?? "")) continue;
    problems.push({ file, reason: `has no line for ${name}, ${refuses}` });
  }
  for (const name of summed)
    problems.push({ file, reason: `has a line for ${name}, which does not exist, ${refuses}` });
  return problems;
}

/**
 * The directives of the file itself: comments at its top, with an empty line between them and the first statement. If
 * there is none, they belong to that statement (LocalFile.comments in sql/migrate/dir.go).
 */
function fileDirectives(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { text: line } of linesOf(text)) {
    if (!/^(?:--|#)/.test(line)) return line.trim() === "" ? found : new Map();
    const [, name, value = ""] = /^[ -~]*?atlas:(\w+)(?: +(.+))?$/.exec(line.trim()) ?? [];
    if (name !== undefined) found.set(name, value);
  }
  return found;
}

function isCheckpoint(text: string): boolean {
  return fileDirectives(text.replace(/^\uFEFF/, "")).has("checkpoint");
}

function readFile(text: string, format: string, first: boolean): MigrationText {
  const directives = fileDirectives(text);
  if (directives.has("checkpoint") && !first) return { sql: blank(text, [[0, text.length]]) };
  let sql = format === "atlas" ? text : upSection(text);
  if (directives.has("txtar")) sql = archived(sql);
  const delimiter = /^-- atlas:delimiter +(\S.*)/.exec(text)?.[1];
  if (delimiter !== undefined) sql = withSemicolons(sql, delimiter.trimEnd());
  const mode = TRANSACTION[directives.get("txmode") ?? ""];
  return mode === undefined ? { sql } : { sql, parts: [{ range: [0, text.length], transaction: mode }] };
}

const TRANSACTION: Readonly<Record<string, TransactionMode | undefined>> = {
  file: "per-file",
  none: "per-statement",
};

/** Of an archive, the member that holds the migration; its checks only read, and `down.sql` undoes. */
function archived(text: string): string {
  return memberOf(text, "migration.sql").sql;
}

/** Without it Atlas plans itself how to go back. */
function archivedDown(text: string): DownText | undefined {
  const { sql, found } = memberOf(text, "down.sql");
  return found ? { sql } : undefined;
}

/** One member of an archive, everything else blank. */
function memberOf(text: string, wanted: string): { readonly sql: string; readonly found: boolean } {
  let found = false;
  const hidden: [number, number][] = [];
  let member = "";
  let from = 0;
  for (const { text: line, start, end } of linesOf(text)) {
    const name = /^-- (\S+) --$/.exec(line)?.[1];
    if (name === undefined) continue;
    if (member !== wanted) hidden.push([from, end]);
    else hidden.push([start, end]);
    member = name;
    found ||= name === wanted;
    from = end;
  }
  if (member !== wanted) hidden.push([from, text.length]);
  return { sql: blank(text, hidden), found };
}

/** A delimiter of the file's own, such as `\n\n` or `-- end`, as the one that SQL has. */
function withSemicolons(text: string, written: string): string {
  const delimiter = written.replace(
    /\\([nrt])/g,
    (_, character: string) => ({ n: "\n", r: "\r", t: "\t" })[character] ?? "",
  );
  const replacement = `${delimiter.slice(0, -1).replace(/[^\r\n]/g, " ")};`;
  const start = text.indexOf("\n") + 1;
  return text.slice(0, start) + text.slice(start).replaceAll(delimiter, () => replacement);
}
