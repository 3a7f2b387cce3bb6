import type { FileFacts, OrderPolicy, ToolFacts, TransactionMode } from "../model/migration.js";
import { Lexer } from "../postgres/lexer.js";
import { parseSql } from "../postgres/parse-sql.js";
import { dialectOf, dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { FLYWAY_FILES, flywaySettings, isOn, locationsOf, single } from "./flyway-settings.js";
import type { FlywaySettings, SettingValues } from "./flyway-settings.js";
import { join, nameOf, parentOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { manifestNaming } from "./manifests.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool, ReadMigrationText, ToolSheet } from "./tool.js";

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
    "`application.yml` or `.properties`, the Maven plugin in `pom.xml`, the Gradle plugin in `build.gradle`.",
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
  reads: FLYWAY_FILES,
  sheet: SHEET,

  find: (listing) => runsOf(listing).map(({ folder }) => folder),

  open(listing, folder): MigrationSource {
    const run = runsOf(listing).find((candidate) => candidate.folder === folder) ?? runOf(listing, [folder]);
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
      transactions,
      leftOut: sorted.leftOut,
      ...(session.size === 0 ? {} : { session }),
      ...(dialect === undefined ? {} : { dialect }),
      read: reader(values, transactions),
    };
  },
};

const NO_VALUES: SettingValues = new Map();

/** Folders that Flyway migrates together, because their versions are one order. */
interface Run {
  /** The first of them. */
  readonly folder: string;
  readonly folders: readonly string[];
  readonly settings?: FlywaySettings;
  readonly because: string;
  /** Locations that only the environment knows. */
  readonly unknown: readonly string[];
  readonly leftOut: readonly LeftOutFile[];
}

const RUNS = new WeakMap<Listing, readonly Run[]>();

function runsOf(listing: Listing): readonly Run[] {
  let runs = RUNS.get(listing);
  if (runs === undefined) RUNS.set(listing, (runs = findRuns(listing)));
  return runs;
}

function findRuns(listing: Listing): readonly Run[] {
  const named: string[] = [];
  let configured = false;
  for (const folder of listing.folders()) {
    for (const name of listing.filesIn(folder)) {
      if (DEFAULT_NAME.test(name)) {
        if (!isNotDeployed(folder)) named.push(folder);
        break;
      }
      configured ||= name === "flyway.conf" || name === "flyway.toml";
    }
  }
  if (named.length === 0 && !configured) return [];
  const settings = flywaySettings(listing);
  const runs: Run[] = [];
  const taken = new Set<string>();
  for (const of of settings.values()) {
    const { folders, unknown } = locationsOf(listing, of);
    const holding = folders.filter((folder) => holdsVersions(listing, folder, namingOf(of.values)));
    if (holding.length === 0) continue;
    for (const folder of holding) taken.add(folder);
    runs.push({ ...runOf(listing, holding), settings: of, because: `because ${of.source} names it`, unknown });
  }
  const roots = new Map<string, string[]>();
  for (const folder of named.sort()) {
    if ([...upwards(folder)].some((at) => taken.has(at))) continue;
    const root = rootOf(folder, new Set(roots.keys()));
    roots.set(root, [...(roots.get(root) ?? []), folder]);
  }
  for (const [root, folders] of roots) runs.push(...inferred(listing, root, folders, settings));
  return runs;
}

/** `V1__x.sql`: no other tool's files are named so. Refinery's are, and it is asked before. */
const DEFAULT_NAME = /^V\d[\d._]*__.*\.sql$/i;

/** The location that a folder with migrations belongs to: `db/migration` above it, else the highest that has some. */
function rootOf(folder: string, known: ReadonlySet<string>): string {
  const standard = /^(?:.*\/)?db\/migrations?(?=\/|$)/.exec(folder)?.[0];
  if (standard !== undefined) return standard;
  return [...upwards(folder)].findLast((at) => known.has(at) && at !== "") ?? folder;
}

/** One run where all versions below the root differ; else each folder below it is a database's, or a vendor's. */
function inferred(
  listing: Listing,
  root: string,
  folders: readonly string[],
  settings: ReadonlyMap<string, FlywaySettings>,
): readonly Run[] {
  const nearest = [...upwards(root)].find((at) => settings.has(at));
  const of = settings.get(nearest ?? "") ?? (settings.size === 1 ? [...settings.values()][0] : undefined);
  const naming = namingOf(of?.values ?? NO_VALUES);
  const run = (at: string, leftOut: readonly LeftOutFile[] = []): Run => ({
    ...runOf(listing, [at]),
    ...(of === undefined ? {} : { settings: of }),
    leftOut,
  });
  const versions = folders.flatMap((folder) => versionsIn(listing, folder, naming));
  if (new Set(versions).size === versions.length) return [run(root)];
  if (folders.includes(root)) {
    const others = folders.filter((folder) => folder !== root);
    const own = new Set(versionsIn(listing, root, naming));
    const clash = others.filter((folder) => versionsIn(listing, folder, naming).some((version) => own.has(version)));
    return [
      run(
        root,
        clash.map((file) => ({
          file,
          reason: `has versions that ${root} has too, and nothing says which of the two Flyway runs`,
        })),
      ),
    ];
  }
  const children = new Map<string, string[]>();
  for (const folder of folders) {
    const child = join(root, folder.slice(root === "" ? 0 : root.length + 1).split("/")[0] ?? "");
    children.set(child, [...(children.get(child) ?? []), folder]);
  }
  return [...children].flatMap(([child, inside]) => inferred(listing, child, inside, settings));
}

function runOf(listing: Listing, folders: readonly [string, ...string[]] | readonly string[]): Run {
  const folder = folders[0] ?? "";
  const manifest = manifestNaming(listing, folder, BUILD_FILES, /flyway/);
  const because =
    manifest === undefined
      ? "because its files are named as Flyway's are"
      : `because ${manifest} uses Flyway and its files are named so`;
  return { folder, folders, because, unknown: [], leftOut: [] };
}

const BUILD_FILES = ["pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml", "package.json"];

/** How files are named: `V`, `__` and `.sql`, or what the settings make of it. */
interface Naming {
  readonly prefixes: readonly (readonly [prefix: string, kind: FileKind])[];
  readonly separator: string;
  readonly suffixes: readonly string[];
}

type FileKind = "versioned" | "repeatable" | "undo" | "baseline" | "callback";

/** Callbacks around `flyway migrate` (Event.java); the others belong to other commands. */
const CALLBACKS = [
  "beforeMigrate",
  "beforeEachMigrate",
  "beforeEachMigrateStatement",
  "afterEachMigrateStatement",
  "afterEachMigrateStatementError",
  "afterEachMigrate",
  "afterEachMigrateError",
  "beforeRepeatables",
  "afterVersioned",
  "afterMigrateApplied",
  "afterMigrate",
  "afterMigrateError",
  "createSchema",
  "beforeCreateSchema",
  "beforeConnect",
  "afterConnect",
];

function namingOf(values: SettingValues): Naming {
  const prefixes: [string, FileKind][] = [
    [single(values, "sqlmigrationprefix") ?? "V", "versioned"],
    [single(values, "repeatablesqlmigrationprefix") ?? "R", "repeatable"],
    [single(values, "undosqlmigrationprefix") ?? "U", "undo"],
    [single(values, "baselinemigrationprefix") ?? "B", "baseline"],
    ...CALLBACKS.map((event): [string, FileKind] => [event, "callback"]),
  ];
  return {
    // As Flyway does, the longest first: `beforeEachMigrate` before `beforeMigrate`, and an empty prefix last.
    prefixes: prefixes.sort(([a], [b]) => b.length - a.length),
    separator: single(values, "sqlmigrationseparator") ?? "__",
    suffixes: values.get("sqlmigrationsuffixes") ?? [".sql"],
  };
}

interface ParsedName {
  readonly kind: FileKind;
  /** `1.2`, as written with dots. */
  readonly version: string;
  readonly description: string;
}

/** Undefined for a file that is no migration of Flyway's; `invalid` for one that has the prefix and not the form. */
function parseName(name: string, { prefixes, separator, suffixes }: Naming): ParsedName | "invalid" | undefined {
  const suffix = suffixes.find((ending) => name.toLowerCase().endsWith(ending.toLowerCase()));
  if (suffix === undefined) return undefined;
  const stem = name.slice(0, name.length - suffix.length);
  const found = prefixes.find(([prefix]) => stem.startsWith(prefix));
  if (found === undefined) return undefined;
  const [prefix, kind] = found;
  const rest = stem.slice(prefix.length);
  const at = rest.indexOf(separator);
  const before = at < 0 ? rest : rest.slice(0, at);
  const description = at < 0 ? "" : rest.slice(at + separator.length).replaceAll("_", " ");
  if (kind === "repeatable" || kind === "callback") {
    if (before === "") return { kind, version: "", description };
    return /^_/.test(before) && kind === "repeatable" ? "invalid" : undefined;
  }
  const version = before.replaceAll("_", ".");
  if (/^\d+(?:\.\d+)*$/.test(version)) return { kind, version, description };
  return /^\d/.test(before) ? "invalid" : undefined;
}

/** The same for versions that Flyway takes for equal: without zeros in front, nor parts of zero at the end. */
function plainVersion(version: string): string {
  return version
    .split(".")
    .map((part) => part.replace(/^0+(?=\d)/, ""))
    .join(".")
    .replace(/(?:\.0)+$/, "");
}

function byVersion(a: string, b: string): number {
  const [one, other] = [a.split("."), b.split(".")];
  for (let part = 0; part < Math.max(one.length, other.length); part++) {
    const [left, right] = [one[part] ?? "0", other[part] ?? "0"];
    const difference = left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionsIn(listing: Listing, folder: string, naming: Naming): readonly string[] {
  return listing.filesIn(folder).flatMap((name) => {
    const parsed = parseName(name, naming);
    return parsed !== undefined && parsed !== "invalid" && parsed.kind === "versioned"
      ? [plainVersion(parsed.version)]
      : [];
  });
}

function holdsVersions(listing: Listing, folder: string, naming: Naming): boolean {
  for (const at of below(listing, folder)) if (versionsIn(listing, at, naming).length > 0) return true;
  return false;
}

/** The folder and all those inside it. */
function* below(listing: Listing, folder: string): Generator<string> {
  yield folder;
  for (const name of listing.foldersIn(folder)) yield* below(listing, join(folder, name));
}

interface Sorted {
  readonly files: readonly string[];
  readonly facts: ReadonlyMap<string, FileFacts>;
  readonly callbacks: readonly string[];
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
        } else if (parsed !== undefined && parsed.kind !== "undo") {
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
    leftOut,
  };
}

/** Java's `String.compareTo`: by UTF-16 units. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function misnamed({ prefixes, separator, suffixes }: Naming): string {
  const prefix = prefixes.find(([, kind]) => kind === "versioned")?.[0] ?? "V";
  const form = `${prefix}<version>${separator}<description>${suffixes[0] ?? ".sql"}`;
  return `is not named ${form}, so Flyway does not run it`;
}

/** `<file>.conf` beside a migration (Flyway's documentation, "Script Configuration"). */
function scriptSettings(
  listing: Listing,
  file: string,
): { readonly executeInTransaction?: boolean; readonly shouldExecute?: boolean } {
  if (!listing.has(parentOf(file), `${nameOf(file)}.conf`)) return {};
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

function modeOf(values: SettingValues): TransactionMode {
  if (isOn(values, "executeintransaction") === false) return "per-statement";
  return isOn(values, "group") === true ? "all-pending" : "per-file";
}

function facts(listing: Listing, { folder, settings, unknown }: Run): ToolFacts {
  const values = settings?.values ?? NO_VALUES;
  const assumption = assumed(listing, folder, settings, unknown);
  return {
    name: "flyway",
    label: "Flyway",
    transaction: modeOf(values),
    outsideTransaction:
      "in a migration of its own, without any other statement in it, and with executeInTransaction=false in a file " +
      "beside it that is named like it with .conf at the end" +
      (isOn(values, "postgresql.transactional.lock") === false || isOn(values, "postgresql.transactionallock") === false
        ? ""
        : ", and set flyway.postgresql.transactional.lock=false, because CREATE INDEX CONCURRENTLY waits for the " +
          "transaction that holds Flyway's lock"),
    checksums: isOn(values, "validateonmigrate") !== false,
    outOfOrder: outOfOrder(values),
    duplicate: {
      does: "refuses",
      says: 'Flyway refuses to migrate: "Found more than one migration with version …".',
    },
    ...(assumption === undefined ? {} : { assumption }),
  };
}

/** MigrationInfoImpl.validate: an older version that did not run is `ignored`, which validation refuses. */
function outOfOrder(values: SettingValues): OrderPolicy {
  if (isOn(values, "outoforder") === true) {
    return { does: "runs", says: "Flyway runs it as any other, because outOfOrder=true." };
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

function assumed(
  listing: Listing,
  folder: string,
  settings: FlywaySettings | undefined,
  unknown: readonly string[],
): string | undefined {
  if (unknown.length > 0 && settings !== undefined) {
    return `${settings.source} takes the location ${unknown.join(", ")} from the environment, so it is not among the migrations.`;
  }
  if (settings !== undefined || manifestNaming(listing, folder, BUILD_FILES, /flyway/) !== undefined) return undefined;
  return "Nothing in the repository configures Flyway, so its defaults are assumed.";
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

/** Which statements Flyway runs outside of a transaction by itself: the words that they start with (PostgreSQLParser). */
const NOT_TRANSACTIONAL =
  /^(?:(?:CREATE|DROP) (?:DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER SYSTEM|(?:CREATE|DROP)(?: UNIQUE)? INDEX CONCURRENTLY|REINDEX(?: VERBOSE)? (?:SCHEMA|DATABASE|SYSTEM)|VACUUM|DISCARD ALL)\b/;

/** A file of such statements alone runs without a transaction; so does one that mixes them, if `mixed` allows it. */
function reader(values: SettingValues, transactions: ReadonlyMap<string, TransactionMode>): ReadMigrationText {
  const mixed = isOn(values, "mixed") === true;
  return (text, file) => {
    const sql = withPlaceholders(text, values);
    if (transactions.has(file) || modeOf(values) === "per-statement") return { sql };
    let some = false;
    let all = true;
    for (const words of statementStarts(sql)) {
      if (NOT_TRANSACTIONAL.test(words)) some = true;
      else all = false;
    }
    // Without `mixed` Flyway refuses the file, as PostgreSQL refuses the statement in the file's transaction.
    if (!some || !(all || mixed)) return { sql };
    return { sql, parts: [{ range: [0, text.length], transaction: "per-statement" }] };
  };
}

/** The first words of each statement, in capitals. */
function* statementStarts(sql: string): Generator<string> {
  const lexer = new Lexer(sql);
  let words = "";
  let count = 0;
  while (lexer.next()) {
    if (lexer.kind === "comment") continue;
    if (sql[lexer.start] === ";") {
      if (count > 0) yield words;
      words = "";
      count = 0;
    } else {
      if (lexer.kind === "word" && count < 5)
        words += `${words === "" ? "" : " "}${sql.slice(lexer.start, lexer.end).toUpperCase()}`;
      count++;
    }
  }
  if (count > 0) yield words;
}

/** Placeholders whose values the settings have and that fit in their place, so that all offsets stay what they were. */
function withPlaceholders(text: string, values: SettingValues): string {
  const prefix = single(values, "placeholderprefix") ?? "${";
  const suffix = single(values, "placeholdersuffix") ?? "}";
  if (isOn(values, "placeholderreplacement") === false || prefix === "" || !text.includes(prefix)) return text;
  let result = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf(prefix, at);
    const end = start < 0 ? -1 : text.indexOf(suffix, start + prefix.length);
    if (end < 0) return result + text.slice(at);
    const behind = end + suffix.length;
    const name = text.slice(start + prefix.length, end).toLowerCase();
    const value =
      name === "flyway:defaultschema" ? single(values, "defaultschema") : single(values, `placeholders.${name}`);
    const whole = text.slice(start, behind);
    const fits = value !== undefined && value.length <= whole.length && !/[${}\r\n]/.test(value);
    const gluedBefore = /[\w"'$]/.test(text[start - 1] ?? "");
    const gluedBehind = /[\w"'$]/.test(text[behind] ?? "");
    const possible = fits && !(gluedBefore && gluedBehind && value.length < whole.length);
    const replaced = !possible ? whole : gluedBehind ? value.padStart(whole.length) : value.padEnd(whole.length);
    result += text.slice(at, start) + replaced;
    at = behind;
  }
}
