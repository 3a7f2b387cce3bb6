import type { FileFacts, ToolFacts, TransactionMode } from "../model/migration.js";
import type { Range } from "../model/position.js";
import { dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { dialectOfGoProject, goRequirement } from "./go-modules.js";
import { versionFacts } from "./installed-version.js";
import { join } from "./listing.js";
import type { Listing } from "./listing.js";
import { byNumber, withoutLeadingZeros } from "./name-order.js";
import { foldersMarked } from "./numbered-folders.js";
import { goCode, runScript, RUN_SCRIPTS } from "./run-scripts.js";
import { blank, linesOf } from "./sections.js";
import type { LeftOutFile, MigrationPart, MigrationSource, MigrationText, MigrationTool } from "./tool.js";

/** `NumericComponent` of goose's migration.go: digits up to the first underscore, above zero. */
const VERSIONED = /^(0*[1-9]\d*)_.*\.sql$/s;

/** goose: `<version>_<name>.sql` with sections that annotations mark. */
export const goose: MigrationTool = {
  name: "goose",
  label: "goose",
  reads: ["go.mod", ...RUN_SCRIPTS],

  find(listing) {
    return foldersMarked(listing, /^[ \t]*--.*\+goose[ \t]+up\b/im);
  },

  open(listing, folder): MigrationSource {
    const leftOut: LeftOutFile[] = [];
    const facts = new Map<string, FileFacts>();
    const names = listing.filesIn(folder).filter((name) => name.endsWith(".sql"));
    for (const name of [...names].sort(byNumber)) {
      const file = join(folder, name);
      const version = VERSIONED.exec(name)?.[1];
      if (version !== undefined) facts.set(file, { version: withoutLeadingZeros(version) });
      else leftOut.push({ file, reason: "is not named <version>_<name>.sql, so goose does not run it" });
    }
    const files = [...facts.keys()];
    const dialect = dialectOfFolder(folder) ?? dialectOfFiles(listing, files) ?? dialectOfGoProject(listing, folder);
    return {
      folder,
      tool: toolFacts(listing, folder),
      because: "because its files have `-- +goose Up`",
      files,
      facts,
      leftOut,
      read: readGoose,
      downFile: (file) => file,
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout: "`<version>_<name>.sql` in one folder, with `-- +goose Up` and, behind it, `-- +goose Down`",
    order: "By version, as a number: `9_a.sql`, `10_b.sql`, `20240102030405_c.sql`.",
    transaction: "One for each file, with the entry in `goose_db_version`.",
    optOut: "`-- +goose NO TRANSACTION` anywhere in the file.",
    sends:
      "Statement by statement, split where a line ends with `;`. What stands between `-- +goose StatementBegin` and " +
      "`-- +goose StatementEnd` is sent as one query, so with `NO TRANSACTION` several statements in it share an implicit transaction.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "`goose up` refuses, unless `-allow-missing` is given; then it runs the missing ones first.",
    duplicate: "goose refuses to run.",
    undo: "What follows `-- +goose Down`.",
    placeholders: "`${NAME}` and `$NAME` between `-- +goose ENVSUB ON` and `ENVSUB OFF`, from the environment.",
    configuration:
      "The command line, `GOOSE_*` variables, or code: `-allow-missing` and `WithAllowMissing` are looked for in scripts and Go code.",
    notRead: "Migrations in Go.",
    sources: [
      "https://github.com/pressly/goose/blob/v3.27.3/internal/sqlparser/parser.go",
      "https://github.com/pressly/goose/blob/v3.27.3/migration_sql.go",
      "https://github.com/pressly/goose/blob/v3.27.3/migrate.go",
      "https://github.com/pressly/goose/blob/v3.27.3/up.go",
      "https://pressly.github.io/goose/documentation/annotations/",
    ],
  },
};

type Annotation = "up" | "down" | "statementbegin" | "statementend" | "no transaction" | "envsub on" | "envsub off";

/** `extractAnnotation` of goose's parser. One that is indented is refused; here it counts, so that down is never up. */
function annotationOf(line: string): Annotation | undefined {
  if (!/^\s*--/.test(line) || !line.includes("+goose")) return undefined;
  return line.replaceAll("--", "").replace("+goose", "").trim().toLowerCase() as Annotation;
}

function readGoose(text: string): MigrationText {
  let down: number | undefined;
  let usesTransaction = true;
  let substitutes = false;
  let from = 0;
  const parts: MigrationPart[] = [];
  const variables: Range[] = [];
  let isEmpty = true;
  const endPart = (end: number, transaction: TransactionMode): void => {
    if (!isEmpty) parts.push({ range: [from, end], transaction });
    from = end;
    isEmpty = true;
  };
  for (const { text: line, start, end } of linesOf(text)) {
    const annotation = annotationOf(line);
    if (annotation === "no transaction") usesTransaction = false;
    if (down !== undefined) continue;
    isEmpty &&= /^\s*(?:--|$)/.test(line);
    if (annotation === "down") down = start;
    else if (annotation === "statementbegin") endPart(start, "per-statement");
    else if (annotation === "statementend") endPart(end, "single-send");
    else if (annotation === "envsub on") substitutes = true;
    else if (annotation === "envsub off") substitutes = false;
    else if (substitutes) {
      for (const { index } of line.matchAll(VARIABLE)) variables.push([start + index, start + index + 1]);
    }
  }
  endPart(down ?? text.length, "per-statement");
  const up = down === undefined ? text : blank(text, [[down, text.length]]);
  return { sql: asNames(up, variables), ...(usesTransaction ? {} : { parts }) };
}

/** `$NAME`; what has braces is read as every other placeholder. */
const VARIABLE = /\$(?=[A-Za-z_]\w*(?![\w$]))/g;

/** Variables of the environment stand for names that are not known. */
function asNames(text: string, dollars: readonly Range[]): string {
  let result = "";
  let at = 0;
  for (const [start, end] of dollars) {
    result += `${text.slice(at, start)}_`;
    at = end;
  }
  return result + text.slice(at);
}

function toolFacts(listing: Listing, folder: string): ToolFacts {
  const required = goRequirement(listing, folder, /^github\.com\/pressly\/goose(?:\/|$)/);
  const allowed =
    runScript(listing, folder, /\bgoose\b[^\n]*\s--?allow-missing\b/) ??
    goCode(
      listing,
      folder,
      ["WithAllowMissing", "WithAllowOutofOrder"],
      /\bWithAllowMissing\(|\bWithAllowOutofOrder\(true\)/,
    );
  return {
    name: "goose",
    label: "goose",
    ...versionFacts(required),
    transaction: "per-file",
    outsideTransaction:
      "in a migration of its own with `-- +goose NO TRANSACTION` at the top, not between StatementBegin and " +
      "StatementEnd together with other statements",
    checksums: false,
    outOfOrder:
      allowed === undefined
        ? {
            does: "refuses",
            says: 'goose up refuses to run: "found 1 missing migrations before current version …". With -allow-missing it runs.',
          }
        : { does: "runs", says: `goose runs it, because ${allowed} allows missing migrations.` },
    duplicate: { does: "refuses", says: "goose refuses to run while two migrations have the same version." },
  };
}
