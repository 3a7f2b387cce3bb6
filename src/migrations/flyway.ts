import type { FileFacts, OrderPolicy, ToolFacts, TransactionMode } from "../model/migration.js";
import { parseSql } from "../postgres/parse-sql.js";
import { dialectOf, dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { type Run, configuredRun, runsOf } from "./flyway/folders.js";
import {
  type FileKind,
  type Naming,
  type ParsedName,
  below,
  byVersion,
  misnamed,
  namingOf,
  parseName,
  plainVersion,
} from "./flyway/names.js";
import { NO_VALUES, type SettingValues, isOn, single } from "./flyway/settings.js";
import { modeOf, reader } from "./flyway/text.js";
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { RUN_SCRIPTS, runScript } from "./run-scripts.js";
import type { LeftOutFile, MigrationSource, MigrationTool, ToolSheet } from "./tool.js";

const SHEET: ToolSheet = {
  layout:
    "`V<version>__<description>.sql` anywhere below one of the `locations`: `src/main/resources/db/migration` by " +
    "default. Prefixes, separator and suffixes are read from the settings.",
  order: "By version, part by part as numbers: `V2` before `V10`, and `1.2`, `1_2`, `01.02` and `1.2.0` are the same.",
  transaction: "One around each file; with `group=true` one around all that is pending.",
  optOut:
    "By itself for a file that has only statements of these kinds: CREATE and DROP INDEX CONCURRENTLY, VACUUM, ALTER " +
    "SYSTEM, DISCARD ALL, REINDEX of a schema, database or system, CREATE and DROP of a database, tablespace or " +
    "subscription. With other statements beside them it refuses the file, unless `mixed=true`: then the file runs " +
    "without a transaction. Otherwise `executeInTransaction=false` in `<file>.conf` beside the file.",
  sends: "One statement after the other.",
  checksum: "Remembered for each file; an edited one is refused.",
  outOfOrder: 'Refused: "Detected resolved migration not applied to database". Runs with `outOfOrder=true`.',
  duplicate: 'Refused: "Found more than one migration with version".',
  repeatable: "`R__<description>.sql` after all versions, by description, whenever their text changes.",
  baseline:
    "`B<version>__<description>.sql` instead of everything up to its version, on an empty database only. Not replayed " +
    "where the versions that it stands for are still there.",
  undo: "`U<version>__<description>.sql`, never read.",
  placeholders: "`${name}`, by the values in the settings; others stay names.",
  callbacks:
    "`beforeEachMigrate.sql` runs in the migration's own connection and transaction: what it SETs is in force. " +
    "`beforeMigrate.sql` and `afterConnect.sql` have connections of their own, so what they SET is not. `initSql` " +
    "is in force everywhere.",
  configuration:
    "`flyway.conf`, `flyway.toml`, `spring.flyway.*`, `quarkus.flyway.*` and `flyway.datasources.*` in " +
    "`application.yml` or `.properties`, the Maven plugin in `pom.xml`, the Gradle plugin in `build.gradle`; `-outOfOrder` and " +
    "`FLYWAY_OUT_OF_ORDER` in scripts and compose files.",
  notRead: "Migrations in Java and Kotlin, and what the other callbacks run.",
  sources: [
    "https://documentation.red-gate.com/flyway",
    "https://github.com/flyway/flyway (PostgreSQLParser, ParserSqlScript, ResourceNameParser, MigrationVersion, DbMigrate, DefaultCallbackExecutor)",
    "https://github.com/flyway/flyway/issues/3682",
  ],
};

/** Flyway: `V<version>__<description>.sql` below its locations. What it does, and where that stands, is in its sheet. */
export const flyway: MigrationTool = {
  name: "flyway",
  label: "Flyway",
  // Those of frameworks and build tools are asked for where files are named as Flyway's are: a repository has many.
  reads: ["flyway.conf", "flyway.toml", ...RUN_SCRIPTS],
  sheet: SHEET,

  find: (listing) => runsOf(listing).map(({ folder }) => folder),

  open(listing, folder): MigrationSource {
    const run = runsOf(listing).find((candidate) => candidate.folder === folder) ?? configuredRun(listing, folder);
    const { folders, settings } = run;
    const values = settings?.values ?? NO_VALUES;
    const sorted = sortFiles(listing, folders, namingOf(values), run.leftOut);
    const transactions = new Map<string, TransactionMode>();
    for (const file of sorted.files) {
      const script = scriptSettings(listing, file);
      if (script.executeInTransaction !== undefined) {
        transactions.set(file, script.executeInTransaction ? modeOf(values) : "per-statement");
      }
    }
    const dialect = databaseDialect(values) ?? dialectOfFolder(folder) ?? dialectOfFiles(listing, sorted.files);
    const session = sessionOf(listing, values, sorted.callbacks);
    return {
      folder,
      tool: facts(listing, run),
      because: run.because,
      files: sorted.files,
      facts: sorted.facts,
      downFile: (file) => sorted.undos.get(sorted.facts.get(file)?.version ?? ""),
      transactions,
      leftOut: sorted.leftOut,
      ...(session.size === 0 ? {} : { session }),
      ...(dialect === undefined ? {} : { dialect }),
      read: reader(values, transactions),
    };
  },
};

interface Sorted {
  readonly files: readonly string[];
  readonly facts: ReadonlyMap<string, FileFacts>;
  readonly callbacks: readonly string[];
  /** What undoes a version. */
  readonly undos: ReadonlyMap<string, string>;
  readonly leftOut: readonly LeftOutFile[];
}

function sortFiles(
  listing: Listing,
  folders: readonly string[],
  naming: Naming,
  notRun: readonly LeftOutFile[],
): Sorted {
  const leftOut = [...notRun];
  const without = new Set(notRun.map(({ file }) => file));
  const found: { readonly file: string; readonly name: ParsedName }[] = [];
  const callbacks: string[] = [];
  const undos = new Map<string, string>();
  const seen = new Set<string>();
  for (const folder of folders) {
    for (const at of below(listing, folder)) {
      if (seen.has(at) || [...upwards(at)].some((above) => without.has(above))) continue;
      seen.add(at);
      for (const name of listing.filesIn(at)) {
        const parsed = parseName(name, naming);
        const file = join(at, name);
        if (parsed === "invalid") leftOut.push({ file, reason: misnamed(naming) });
        else if (parsed?.kind === "callback") {
          callbacks.push(file);
          leftOut.push({
            file,
            reason: "is a callback of Flyway, which runs around the migrations and is not checked",
          });
        } else if (parsed?.kind === "undo") {
          undos.set(plainVersion(parsed.version), file);
        } else if (parsed !== undefined) {
          if (scriptSettings(listing, file).shouldExecute === false) {
            leftOut.push({ file, reason: `is not run: ${name}.conf says shouldExecute=false` });
          } else found.push({ file, name: parsed });
        }
      }
    }
  }
  const of = (kind: FileKind): typeof found => found.filter(({ name }) => name.kind === kind);
  const versioned = of("versioned").map(({ file, name }) => ({ file, version: plainVersion(name.version) }));
  versioned.sort((a, b) => byVersion(a.version, b.version) || (a.file < b.file ? -1 : 1));
  const repeatable = of("repeatable").sort(
    (a, b) => compare(a.name.description, b.name.description) || compare(a.file, b.file),
  );
  const facts = new Map<string, FileFacts>();
  for (const { file, version } of versioned) facts.set(file, { version });
  for (const { file } of repeatable) facts.set(file, { kind: "repeatable" });
  const baselines: string[] = [];
  for (const { file, name } of of("baseline")) {
    const version = plainVersion(name.version);
    if (versioned.some((other) => byVersion(other.version, version) <= 0)) {
      leftOut.push({
        file,
        reason: `stands for the migrations up to ${version} on a new database; these are read themselves`,
      });
    } else {
      baselines.push(file);
      facts.set(file, { kind: "baseline", version });
    }
  }
  return {
    files: [...baselines.sort(), ...versioned.map(({ file }) => file), ...repeatable.map(({ file }) => file)],
    facts,
    callbacks,
    undos,
    leftOut,
  };
}

/** Java's `String.compareTo`: by UTF-16 units. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `<file>.conf` beside a migration (Flyway's documentation, "Script Configuration"). */
function scriptSettings(
  listing: Listing,
  file: string,
): { readonly executeInTransaction?: boolean; readonly shouldExecute?: boolean } {
  if (!listing.tree.has(`${file}.conf`)) return {};
  const text = listing.read(`${file}.conf`) ?? "";
  const value = (key: string): boolean | undefined => {
    const found = new RegExp(`^\\s*(?:flyway\\.)?${key}\\s*[=:]\\s*(true|false)\\s*$`, "im").exec(text)?.[1];
    return found === undefined ? undefined : found.toLowerCase() === "true";
  };
  const [executeInTransaction, shouldExecute] = [value("executeInTransaction"), value("shouldExecute")];
  return {
    ...(executeInTransaction === undefined ? {} : { executeInTransaction }),
    ...(shouldExecute === undefined ? {} : { shouldExecute }),
  };
}

function facts(listing: Listing, run: Run): ToolFacts {
  const values = run.settings?.values ?? NO_VALUES;
  const assumption = assumptionOf(run);
  return {
    name: "flyway",
    label: "Flyway",
    transaction: modeOf(values),
    outsideTransaction:
      "in a migration of its own, with executeInTransaction=false in a file of its name and .conf beside it",
    ...(!LOCK_SETTINGS.some((setting) => isOn(values, setting) === false) && {
      outsideWaiting:
        "; set flyway.postgresql.transactional.lock=false, too, or it can wait forever for the transaction that holds " +
        "Flyway's lock",
    }),
    checksums: isOn(values, "validateonmigrate") !== false,
    outOfOrder: outOfOrder(values, runScript(listing, run.folder, RUNS_OUT_OF_ORDER)),
    duplicate: {
      does: "refuses",
      says: 'Flyway refuses to migrate: "Found more than one migration with version …".',
    },
    ...(assumption === undefined ? {} : { assumption }),
  };
}

/** Whether Flyway's own lock is held by a transaction. */
const LOCK_SETTINGS = ["postgresql.transactional.lock", "postgresql.transactionallock"] as const;

/** The setting on a command line and in the environment. */
const RUNS_OUT_OF_ORDER = /-outOfOrder[= ]["']?true|FLYWAY_OUT_OF_ORDER["']?\s*[:=]\s*["']?true/i;

/**
 * MigrationInfoImpl.validate: an older version that did not run is `ignored`, which validation refuses.
 * @param script The file that lets Flyway run it, beside the settings.
 */
function outOfOrder(values: SettingValues, script: string | undefined): OrderPolicy {
  if (isOn(values, "outoforder") === true) {
    return { does: "runs", says: "Flyway runs it as any other, because outOfOrder=true." };
  }
  if (script !== undefined) {
    return { does: "runs", says: `Flyway runs it as any other, because ${script} sets outOfOrder=true.` };
  }
  const ignored = (values.get("ignoremigrationpatterns") ?? []).find((pattern) =>
    /^(?:\*|versioned):(?:\*|ignored)$/i.test(pattern),
  );
  if (ignored !== undefined || isOn(values, "validateonmigrate") === false) {
    const why = ignored === undefined ? "validateOnMigrate=false" : `ignoreMigrationPatterns=${ignored}`;
    return { does: "skips", says: `Flyway never runs it and says nothing, because of ${why}.` };
  }
  return {
    does: "refuses",
    says:
      'Flyway refuses to migrate: "Detected resolved migration not applied to database". It would run it with ' +
      "outOfOrder=true.",
  };
}

function assumptionOf({ settings, unknown, assumed }: Run): string | undefined {
  if (assumed === true) return "No settings of Flyway are in the repository, so its defaults are assumed.";
  if (settings === undefined || unknown.length === 0) return undefined;
  return `${settings.source} takes the location ${unknown.join(", ")} from the environment, so it is not among the migrations.`;
}

function databaseDialect(values: SettingValues): string | undefined {
  const written = single(values, "url") ?? single(values, "database");
  if (written === undefined) return undefined;
  return dialectOf(/^(?:jdbc:)?(?:p6spy:|tc:|otel:)*([a-z0-9]+)/i.exec(written)?.[1] ?? "");
}

/**
 * What is set on the connection that migrates: `initSql`, which Flyway runs on every connection, and the callback that
 * runs before each migration, in its transaction. Other callbacks have connections of their own (DefaultCallbackExecutor).
 */
function sessionOf(listing: Listing, values: SettingValues, callbacks: readonly string[]): ReadonlyMap<string, string> {
  const session = new Map<string, string>();
  const run = (sql: string): void => {
    if (!/\b(?:SET|RESET)\b/i.test(sql)) return;
    for (const { operations } of parseSql(sql).statements) {
      for (const operation of operations) {
        if (operation.type !== "SetVariable") continue;
        if (operation.value === undefined) session.delete(operation.variable);
        else session.set(operation.variable, operation.value);
      }
    }
  };
  for (const sql of values.get("initsqls") ?? values.get("initsql") ?? []) run(sql);
  for (const file of callbacks.filter((callback) => /\/beforeEachMigrate(?:__|\.)/.test(`/${callback}`)).sort()) {
    run(listing.read(file) ?? "");
  }
  return session;
}
