import type { FileFacts, ToolFacts } from "../model/migration.js";
import { goRequirement } from "./go-modules.js";
import { versionFacts } from "./installed-version.js";
import { join, nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { byNumber, withoutLeadingZeros } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import { foldersMarked } from "./numbered-folders.js";
import { blank } from "./sections.js";
import type { LeftOutFile, MigrationSource, MigrationText, MigrationTool } from "./tool.js";

const CONFIGURATION = "tern.conf";

/** `migrationPattern` of tern's migrate.go. */
const NUMBERED = /^(\d+)_.+\.sql$/s;

const SEPARATOR = "---- create above / drop below ----";
const DISABLE_TX = "---- tern: disable-tx ----";

/** tern: `<number>_<name>.sql`, numbered from 1 without gaps. */
export const tern: MigrationTool = {
  name: "tern",
  label: "tern",
  reads: ["go.mod"],

  find(listing) {
    const folders = new Set(foldersMarked(listing, /^---- (?:create above \/ drop below|tern: disable-tx) ----/m));
    for (const at of listing.folders()) {
      if (!listing.has(at, CONFIGURATION) || isNotDeployed(at)) continue;
      for (const folder of [at, ...listing.foldersIn(at).map((name) => join(at, name))]) {
        const isItsOwn = folder === at || /migrat/i.test(nameOf(folder));
        if (isItsOwn && listing.filesIn(folder).some((name) => NUMBERED.test(name))) folders.add(folder);
      }
    }
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const leftOut: LeftOutFile[] = [];
    const facts = new Map<string, FileFacts>();
    const names = listing.filesIn(folder).filter((name) => name.endsWith(".sql"));
    for (const name of [...names].sort(byNumber)) {
      const file = join(folder, name);
      const version = NUMBERED.exec(name)?.[1];
      if (version !== undefined) facts.set(file, { version: withoutLeadingZeros(version) });
      else leftOut.push({ file, reason: "is not named <number>_<name>.sql, so tern does not run it" });
    }
    const missing = firstMissing([...facts.values()]);
    if (missing !== undefined) {
      leftOut.push({ file: folder, reason: `has no migration ${String(missing)}, so tern refuses to run` });
    }
    const configuration = [folder, parentOf(folder)].find((at) => listing.has(at, CONFIGURATION));
    return {
      folder,
      tool: toolFacts(listing, folder),
      because:
        configuration === undefined
          ? `because its files have \`${SEPARATOR}\``
          : `because of ${join(configuration, CONFIGURATION)}`,
      files: [...facts.keys()],
      facts,
      leftOut,
      resetsSession: true,
      read: readTern,
      downFile: (file) => file,
      dialect: "PostgreSQL",
    };
  },

  sheet: {
    layout: "`<number>_<name>.sql` in one folder, numbered from 1 without gaps",
    order: "By number.",
    transaction: "One for each file, with the new version in `public.schema_version`. Settings are reset after each.",
    optOut: "The line `---- tern: disable-tx ----` (from 2.0 on).",
    sends: "The file in one query; with `disable-tx` statement by statement.",
    checksum: "None: it remembers only how many migrations have run.",
    outOfOrder:
      "It cannot be without another number being taken twice or changed: tern runs what stands behind as many as have run.",
    duplicate: "tern refuses to run: `Duplicate migration`.",
    undo: `What follows \`${SEPARATOR}\`.`,
    placeholders: "Go templates, with values from `[data]` in `tern.conf` and from the environment.",
    configuration: "`tern.conf`, which shows that a folder is tern's; its values are not read.",
    notRead: 'Migrations in Go, and templates in folders inside, which `{{ template "…" . }}` includes.',
    sources: [
      "https://github.com/jackc/tern/blob/v2.4.2/migrate/migrate.go",
      "https://github.com/jackc/tern/blob/v2.4.2/README.markdown",
    ],
  },
};

/** The first number that no migration has, below the last one. */
function firstMissing(facts: readonly FileFacts[]): number | undefined {
  const numbers = new Set(facts.map(({ version }) => Number(version)));
  for (let number = 1; number < facts.length + 1; number++) if (!numbers.has(number)) return number;
  return undefined;
}

function readTern(text: string): MigrationText {
  const separator = text.indexOf(SEPARATOR);
  const end = separator < 0 ? text.length : separator;
  // The line has to be exactly that: one that ends with a carriage return is not.
  const alone = text.slice(0, end).trim().split("\n").includes(DISABLE_TX);
  return {
    sql: separator < 0 ? text : blank(text, [[separator, text.length]]),
    ...(alone ? { parts: [{ range: [0, end], transaction: "per-statement" }] } : {}),
  };
}

function toolFacts(listing: Listing, folder: string): ToolFacts {
  const required = goRequirement(listing, folder, /^github\.com\/jackc\/tern(?:\/|$)/);
  return {
    name: "tern",
    label: "tern",
    ...versionFacts(required),
    transaction: "per-file",
    outsideTransaction: "in a migration of its own with the line `---- tern: disable-tx ----`",
    checksums: false,
    outOfOrder: {
      does: "skips",
      says:
        "tern remembers only how many migrations have run, so databases that have run as many never get this one, and " +
        "run the last one again under its new number.",
    },
    duplicate: {
      does: "refuses",
      says: 'tern refuses to run while two migrations have the same number: "Duplicate migration …".',
    },
  };
}
