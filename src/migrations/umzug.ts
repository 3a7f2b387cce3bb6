import type { ToolFacts } from "../model/migration.js";
import { dialectOfFolder, dialectOfPackages } from "./dialect.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { Text } from "./evaluator/text.js";
import { Dictionary, Unknown, type Value } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { KYSELY_MODULE } from "./kysely/database.js";
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import type { MigrationSource, MigrationTool } from "./tool.js";
import { CONTEXT_LIBRARIES, type ContextLibrary, contextOf } from "./umzug/context.js";
import { type UmzugFolder, umzugFolders } from "./umzug/folders.js";

const PACKAGE = "umzug";
const MANIFEST = "package.json";

interface Context {
  readonly library: ContextLibrary;
  readonly make: () => Value;
}

/**
 * Umzug by itself: programs with functions `up` and `down`, which are given `{ name, path, context }`. It knows no
 * database; what it runs is read where the context is an object of Knex, Kysely or node-postgres. With Sequelize it is
 * Sequelize's.
 */
export const umzug: MigrationTool = {
  name: PACKAGE,
  label: "Umzug",
  reads: [MANIFEST],

  find(listing) {
    return umzugFolders(listing).flatMap((one) => (contextIn(listing, one) === undefined ? [] : one.folder));
  },

  open(listing, folder): MigrationSource {
    const named = umzugFolders(listing).find((one) => one.folder === folder);
    const context = named && contextIn(listing, named);
    const dialect = dialectOfFolder(folder) ?? dialectOfPackages(manifestOf(listing, folder));
    return {
      folder,
      tool: toolFacts(listing, folder, context?.library),
      because: named === undefined ? "because package.json has umzug" : `because ${named.file} names it`,
      files: named?.files ?? [],
      leftOut: [],
      evaluate: evaluatorFor(context),
      ...(dialect !== undefined && { dialect }),
    };
  },

  sheet: {
    layout:
      "What `new Umzug({ migrations: { glob } })` names in a program of the project: programs with functions `up` and `down`",
    order: "By path, as strings.",
    transaction: "None, unless the migration begins one.",
    optOut: "Nothing is needed: no transaction is open, unless the migration has begun one.",
    sends: "Each call's statements one by one.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Runs it.",
    undo: "The function `down`.",
    configuration: "`new Umzug({ migrations, context })` in the project's programs, which are read and not executed.",
    versions:
      "Umzug knows no database: what it runs is read where `context` is an object of Knex, Kysely or node-postgres, or an object with one in it, by what the program makes or by what the migrations import. With a `queryInterface` it is [Sequelize](#sequelize)'s. Known from its source, 3.8.",
    sources: ["https://github.com/sequelize/umzug#readme", "https://github.com/sequelize/umzug/blob/main/src/umzug.ts"],
  },
};

/** By what the program gives Umzug; where that is a parameter of its own, by what the migrations import. */
function contextIn(listing: Listing, { files, context }: UmzugFolder): Context | undefined {
  const texts = [files[0], files.at(-1)].map((file = "") => listing.read(file) ?? "");
  if (texts.some((text) => /\b(?:queryInterface|sequelize)\b/i.test(text))) return undefined;
  const given = contextOf(context);
  if (given !== undefined) return given;
  const imported = CONTEXT_LIBRARIES.find((library) => texts.some((text) => imports(text, library.package)));
  return imported && { library: imported, make: imported.handle };
}

function imports(text: string, name: string): boolean {
  return new RegExp(`\\b(?:from|require\\(|import\\()\\s*["']${name}["']`).test(text);
}

function evaluatorFor(context: Context | undefined): ReturnType<typeof evaluator> {
  return evaluator({
    modules: { kysely: KYSELY_MODULE },
    entry(program) {
      const { file, site } = program;
      const call = (name: "up" | "down") => {
        const found = exportedFunction(program, name);
        const given = (): Value =>
          new Dictionary([
            ["name", Text.of(file.slice(file.lastIndexOf("/") + 1))],
            ["path", new Unknown("is the migration's path")],
            ["context", context === undefined ? new Unknown("is Umzug's context") : context.make()],
          ]);
        return found && ((): ReturnType<typeof found.call> => found.call([given()], site, undefined));
      };
      return { up: call("up"), down: call("down") };
    },
  });
}

function manifestOf(listing: Listing, folder: string): string {
  for (const at of upwards(folder)) {
    const text = listing.has(at, MANIFEST) ? (listing.read(join(at, MANIFEST)) ?? "") : "";
    if (text.includes(`"${PACKAGE}"`)) return text;
  }
  return "";
}

function toolFacts(listing: Listing, folder: string, library: ContextLibrary | undefined): ToolFacts {
  return {
    name: PACKAGE,
    label: "Umzug",
    ...versionFacts(installedVersion(listing, folder, PACKAGE)),
    transaction: "per-statement",
    outsideTransaction: "in a call of its own, outside of a transaction that the migration begins",
    ...(library && { calls: { sql: library.sql } }),
    checksums: false,
    outOfOrder: { does: "runs", says: "Umzug runs it after the others." },
  };
}
