/** Folders of migrations that the project's own programs give to Umzug, with what each migration is given. */
import { createRequire } from "node:module";
import { option, textOf, textsOf, List, type Value } from "../evaluator/value.js";
import { join } from "../listing.js";
import type { Listing } from "../listing.js";
import { oncePerListing } from "../once-per-listing.js";
import { folderOfPath, type PackageUse, usesOfPackage } from "../package-uses.js";

import { CONTEXT_PACKAGES } from "./context.js";

const require = createRequire(import.meta.url);

const PACKAGE = "umzug";
const MANIFEST = "package.json";

export interface UmzugFolder {
  /** The program that names it. */
  readonly file: string;
  readonly folder: string;
  /** In Umzug's order: by path. */
  readonly files: readonly string[];
  /** `context`: what every migration is given. */
  readonly context: Value;
}

/** Those of every program; read once for all tools. */
export const umzugFolders = oncePerListing((listing): readonly UmzugFolder[] => {
  const isUsed = [...listing.folders()].some(
    (folder) => listing.has(folder, MANIFEST) && (listing.read(join(folder, MANIFEST)) ?? "").includes(`"${PACKAGE}"`),
  );
  if (!isUsed) return [];
  return usesOfPackage(listing.tree, PACKAGE, ["Umzug"], CONTEXT_PACKAGES).flatMap(
    (use) => folderOfUse(listing, use) ?? [],
  );
});

/** `glob: "migrations/*.ts"`, with `["*.ts", { cwd, ignore }]` beside it; in older versions `path` and `pattern`. */
function folderOfUse(listing: Listing, { file, args: [options] }: PackageUse): UmzugFolder | undefined {
  const migrations = option(options, "migrations");
  const glob = option(migrations, "glob");
  const [pattern, more] = glob instanceof List ? glob.items : [glob];
  const path = textOf(option(migrations, "path"))?.known;
  const known = textOf(pattern)?.known ?? (path === undefined ? undefined : `${path}/*.{js,ts}`);
  if (known === undefined) return undefined;
  const cwd = option(more, "cwd");
  const start = cwd === undefined ? "" : textOf(cwd)?.known;
  if (start === undefined) return undefined;
  const found = folderOfGlob(listing, file, `${start && `${start}/`}${known}`, option(more, "ignore"));
  return found && { ...found, context: option(options, "context") };
}

function folderOfGlob(
  listing: Listing,
  file: string,
  glob: string,
  ignore: Value,
): Omit<UmzugFolder, "context"> | undefined {
  const segments = glob.split("/");
  const end = segments.findIndex((segment) => /[*?[\]{}!()]/.test(segment));
  if (end < 0) return undefined;
  const picomatch = require("picomatch") as typeof import("picomatch");
  const ignored = textsOf(ignore).flatMap((text) => text.known ?? []);
  const matches = picomatch(segments.slice(end).join("/"), { ignore: ignored });
  const filesOf = (folder: string): readonly string[] => {
    const inside = [...listing.filesUnder(folder)].map((path) => path.slice(folder === "" ? 0 : folder.length + 1));
    return inside
      .filter((path) => matches(path) && !/\.d\.[cm]?ts$|\.sql$/.test(path))
      .map((path) => join(folder, path));
  };
  const base = segments.slice(0, end).join("/");
  // From the program's own folder upwards, as it is not known where it is started.
  const folder = folderOfPath(file, base, (at) => isThere(listing, at) && filesOf(at).length > 0);
  return folder === undefined ? undefined : { file, folder, files: [...filesOf(folder)].sort() };
}

function isThere(listing: Listing, folder: string): boolean {
  return listing.filesIn(folder).length > 0 || listing.foldersIn(folder).length > 0;
}
