/** What `detect` reports: which migrations there are, why, and the configuration that would say the same. */
import { createRequire } from "node:module";
import { lowestOnly, postgresVersion } from "../change/postgres-version.js";
import { detectMigrations } from "../migrations/detect.js";
import type { DetectedDatabase } from "../migrations/detect.js";
import { parentOf } from "../migrations/listing.js";
import { lookAlikes } from "../migrations/look-alikes.js";
import { scriptFolders } from "../migrations/scripts.js";
import type { MigrationSource } from "../migrations/tool.js";
import type { Configuration } from "../model/configuration.js";
import type { DetectedDatabaseReport, DetectedSource, DetectionReport } from "../model/detection.js";
import type { Tree } from "../model/tree.js";

const require = createRequire(import.meta.url);

/** Looks for migrations as a check does, and says more of what was found. */
export function detect(tree: Tree, configuration: Configuration): DetectionReport {
  const { databases, leftOut, listing } = detectMigrations(tree, configuration.databases);
  const scripts = scriptFolders(listing, databases);
  const known = new Set([
    ...databases.flatMap(({ sources }) => sources.map(({ folder }) => folder)),
    ...leftOut.flatMap(({ file }) => [file, parentOf(file)]),
    ...scripts.map(({ folder }) => folder),
  ]);
  const reported = databases.map(({ name, sources }): DetectedDatabaseReport => {
    const postgres = lowestOnly(postgresVersion(listing, configuration, sources[0]?.folder ?? ""));
    return { name, postgres, sources: sources.map(reportedSource) };
  });
  return {
    version: 1,
    configuration: configuration.source,
    configured: Object.values(configuration.databases).some(({ migrations }) => migrations.length > 0),
    databases: reported,
    leftOut: leftOut.map(({ file, reason }) => ({ file, reason })),
    unread: scripts.map(({ folder, language, files }) => ({ folder, language, files: files.length })),
    notTaken: lookAlikes(listing, known),
    yaml: databases.some(({ sources }) => sources.length > 0) ? yamlOf(databases, reported) : "",
  };
}

function reportedSource(source: MigrationSource): DetectedSource {
  const { folder, tool, because, files, transactions, session } = source;
  const { name, label, version, versionSource, assumption, transaction, checksums, outOfOrder, duplicate } = tool;
  return {
    folder,
    tool: {
      name,
      label,
      ...(version !== undefined && { version }),
      ...(versionSource !== undefined && { versionSource }),
      ...(assumption !== undefined && { assumption }),
    },
    ...(because !== undefined && { because }),
    files: files.length,
    first: files[0] ?? "",
    last: files.at(-1) ?? "",
    transaction,
    otherTransactions: files.filter((file) => (transactions?.get(file) ?? transaction) !== transaction).length,
    checksums,
    ...(outOfOrder !== undefined && { outOfOrder }),
    ...(duplicate !== undefined && { duplicate }),
    session: Object.fromEntries(session ?? []),
  };
}

/** The configuration with everything that was found in it, to paste and to change. */
function yamlOf(databases: readonly DetectedDatabase[], reported: readonly DetectedDatabaseReport[]): string {
  const { Document } = require("yaml") as typeof import("yaml");
  const found = reported
    .filter(({ postgres }) => postgres.source !== "default")
    .map(({ postgres }) => postgres.version);
  const [version] = found;
  const document = new Document({
    ...(found.length === reported.length && found.every((one) => one === version) && { postgres: version }),
    databases: Object.fromEntries(
      databases
        .filter(({ sources }) => sources.length > 0)
        .map(({ name, sources }) => [
          name,
          { migrations: sources.map(({ folder, tool }) => ({ path: folder === "" ? "." : folder, tool: tool.name })) },
        ]),
    ),
  });
  return document.toString();
}
