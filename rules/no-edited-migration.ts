/** A migration that was merged may have run somewhere: those databases keep what its old text made of them. */
import {
  defineRule,
  isHarmlessEdit,
  listNames,
  mayRunTwice,
  migrationName,
  migrationVersion,
  type ChangeFinding,
} from "../src/rule/index.js";
import type { Change, Database, WrittenAnew } from "../src/model/change.js";
import type { Migration, ToolFacts } from "../src/model/migration.js";

type MessageId = "edited" | "editedPart" | "renamed" | "deleted" | "missing" | "replaced" | "squashed" | "squashedInto";

export default defineRule<MessageId>({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow editing, renaming or deleting a migration that was merged before",
      recommended: "error",
      category: "Migrations",
      harm: "other",
    },
    messages: {
      edited:
        "This migration was merged before, and databases that ran it keep what its old text made{{notice}}. Put the old text back, and make the change in a new migration.",
      editedPart:
        "{{part}} was merged before, and databases that ran it keep what its old text made{{notice}}. Put the old text back, and make the change in a new changeset.",
      renamed: "This migration was merged as {{previous}}{{then}}. Give it its old {{what}} back.",
      deleted:
        "{{name}} was merged before: databases that ran it keep what it made, and new ones never get it. Put it back, and undo it in a new migration.",
      missing: "{{name}} was merged before: where it has run and is missing, {{label}} refuses to run. Put it back.",
      replaced:
        "{{name}} was merged before, and {{other}} does its work now: {{then}}. Put {{name}} back, and make the change in a new migration.",
      squashedInto:
        "{{name}} does now what {{deleted}} did, deleted here. Databases that have run {{name}} do not run it again{{notice}}: one that lacks {{deleted}} never gets what {{they}} did. Bring every database up to {{last}} before{{forget}}, and accept this finding with a reason.",
      squashed:
        "{{name}} stands for {{count}} migrations that are deleted here, {{first}} to {{last}}. Databases that ran those run it as well, and it fails where {{object}} exists. Bring every database up to {{last}}, {{markAsApplied}}, and accept this finding with a reason.",
    },
  },
  *checkChange(change) {
    for (const database of change.databases) {
      const gone = goneOf(database, change);
      yield* gone.findings;
      for (const migration of database.migrations) {
        if (migration.status !== "modified" || gone.explained.has(migration.file)) continue;
        // Made to be edited: it runs again.
        if (migration.kind === "repeatable" || migration.byHand === true) continue;
        // Only new databases get what they say, and nobody brings anything new to the others.
        if (migration.tool.onFirstStart === true) continue;
        if (!hasShipped(database, migration.previousFile ?? migration.file)) continue;
        yield* editsOf(migration, database, change);
      }
    }
  },
});

/** Whether a database of a release may have run a migration of base. */
function hasShipped({ release }: Database, file: string): boolean {
  return release?.lacks(file) !== true;
}

interface Gone {
  readonly findings: readonly ChangeFinding<MessageId>[];
  /** Edited migrations of which a finding says already why they were edited. */
  readonly explained: ReadonlySet<string>;
}

/** What is to be said of migrations that are deleted, by what does their work instead. */
function goneOf(database: Database, change: Change): Gone {
  const findings: ChangeFinding<MessageId>[] = [];
  const explained = new Set<string>();
  const gone = database.deleted.filter(
    ({ file }) => hasShipped(database, file) && !isKeptElsewhere(file, database, change),
  );
  const anew = database.writtenAnew?.() ?? new Map<string, WrittenAnew>();
  const replaced = byReplacement(
    gone.map(({ file }) => file),
    anew,
  );
  const done = new Set([...replaced.values()].flat());
  for (const { file } of gone) {
    // A new baseline gives new databases what the deleted ones made, and no other database runs it.
    if (done.has(file) || hasNewBaseline(database)) continue;
    findings.push({ database, file, messageId: "deleted", data: { name: migrationName(file) } });
  }
  const byFile = new Map(database.migrations.map((migration) => [migration.file, migration]));
  for (const [by, files] of replaced) {
    const other = by === undefined ? undefined : byFile.get(by);
    if (other?.kind === "baseline") continue;
    if (other === undefined || (files.length === 1 && runsAnew(other))) {
      for (const file of files) findings.push(...goneFile(file, other, database, anew.get(file)));
      continue;
    }
    explained.add(other.file);
    findings.push(runsAnew(other) ? squashed(files, other, database, anew) : squashedInto(files, other, database));
  }
  return { findings, explained };
}

/** Deleted migrations by the one that does their work; where one does that of several, the rest went with them. */
function byReplacement(
  gone: readonly string[],
  anew: ReadonlyMap<string, WrittenAnew>,
): ReadonlyMap<string | undefined, readonly string[]> {
  const replaced = new Map<string | undefined, string[]>();
  for (const file of gone) {
    const found = anew.get(file);
    if (found) replaced.set(found.by, [...(replaced.get(found.by) ?? []), file]);
  }
  const isSquash = (files: readonly string[]): boolean =>
    gone.length > 1 && files.some((file) => anew.get(file)?.table === true);
  const squash = [...replaced].find(([by, files]) => by !== undefined && isSquash(files))?.[0];
  if (squash === undefined) {
    for (const [by, files] of replaced) if (files.some((file) => anew.get(file)?.inPart)) replaced.delete(by);
    return replaced;
  }
  const others = new Set([...replaced].flatMap(([by, files]) => (by === undefined || by === squash ? [] : files)));
  replaced.delete(undefined);
  return replaced.set(
    squash,
    gone.filter((file) => !others.has(file)),
  );
}

function hasNewBaseline({ migrations }: Database): boolean {
  return migrations.some(({ kind, status }) => kind === "baseline" && status === "added");
}

/** Whether databases that have run what it was before run it again. */
function runsAnew(migration: Migration): boolean {
  const { status, file, previousFile = file, tool } = migration;
  return status === "added" || !isSameToTool(tool.name, migration, migrationName(file), migrationName(previousFile));
}

/** One deleted migration whose work nobody does any more, or one other. */
function* goneFile(
  file: string,
  other: Migration | undefined,
  database: Database,
  { object, fails }: WrittenAnew = {},
): Generator<ChangeFinding<MessageId>> {
  const tool = other?.tool ?? database.migrations.find(({ tool: { name } }) => name === toolOf(file, database))?.tool;
  const name = migrationName(file);
  const refuses = tool !== undefined && refusesWhereMissing(tool);
  if (other === undefined) {
    if (refuses) yield { database, file, messageId: "missing", data: { name, label: tool.label } };
    return;
  }
  const next = migrationName(other.file);
  if (!refuses && fails !== true) return;
  const then = refuses
    ? `where ${name} has run and is missing, ${other.tool.label} refuses to run`
    : `databases that ran ${name} run ${next} as well, and it fails where ${object ?? "that"} exists`;
  yield { database, file, messageId: "replaced", data: { name, other: next, then } };
}

function toolOf(file: string, { deleted }: Database): string | undefined {
  return deleted.find((one) => one.file === file)?.tool;
}

/** Several deleted migrations, and a new one that does what they did. */
function squashed(
  files: readonly string[],
  { file, tool }: Migration,
  database: Database,
  anew: ReadonlyMap<string, WrittenAnew>,
): ChangeFinding<MessageId> {
  const [first = "", last = ""] = [files[0], files.at(-1)].map((one) => migrationName(one ?? ""));
  const name = migrationName(file);
  const again = files.map((one) => anew.get(one));
  const object = (again.find((one) => one?.fails === true) ?? again[0])?.object ?? "that";
  const markAsApplied = MARK_AS_APPLIED[tool.name]?.(name) ?? "enter it into your runner's history table there";
  const data = { name, count: String(files.length), first, last, object, markAsApplied };
  return { database, file, messageId: "squashed", data };
}

/** Deleted migrations, and one that was merged before them and is edited to do what they did. */
function squashedInto(
  files: readonly string[],
  { file, tool }: Migration,
  database: Database,
): ChangeFinding<MessageId> {
  const names = files.map(migrationName);
  const deleted =
    names.length > 3
      ? `${String(names.length)} migrations, ${names[0] ?? ""} to ${names.at(-1) ?? ""},`
      : listNames(names);
  const data = {
    name: migrationName(file),
    deleted,
    they: names.length > 1 ? "they" : "it",
    last: names.at(-1) ?? "",
    notice: comparesBytes(tool) ? `, and ${tool.label} finds that its checksum is another` : "",
    forget: refusesWhereMissing(tool) ? `, ${FORGET[tool.name] ?? ""}` : "",
  };
  return { database, file, messageId: "squashedInto", data };
}

/** Whether another migration, merged as well, has its text: then every database gets what it makes. */
function isKeptElsewhere(file: string, { migrations }: Database, { base, head }: Change): boolean {
  const text = base?.tree.read(file);
  if (text === undefined) return false;
  return migrations.some((other) => other.status === "existing" && head.tree.read(other.file) === text);
}

function editsOf(migration: Migration, database: Database, change: Change): readonly ChangeFinding<MessageId>[] {
  const { file, previousFile = file, tool, edit } = migration;
  const [name, previous] = [migrationName(file), migrationName(previousFile)];
  if (!isSameToTool(tool.name, migration, name, previous)) {
    if (hadNoTurn(migration, database, change)) return [];
    if (!refusesWhereMissing(tool) && mayRunTwice(migration)) return [];
    const what = tool.name === "drizzle" && migration.previousTime !== undefined ? '"when"' : "name";
    return [{ database, file, messageId: "renamed", data: { previous, then: afterRename(migration, name), what } }];
  }
  if (tool.name === "postgres-migrations" && name !== previous) {
    const then = ", and the name is in its checksum: where it has run, postgres-migrations refuses to run";
    return [{ database, file, messageId: "renamed", data: { previous, then, what: "name" } }];
  }
  // A checksum is of the bytes; without one, only what it sends makes a difference.
  const ofBytes = comparesBytes(tool) || hasOldSeal(migration);
  const harmless = ofBytes ? ["none", "restored", "mended"] : ["none", "restored", "mended", "same"];
  if (edit && (harmless.includes(edit.effect) || isHarmlessEdit(change, database, migration))) return [];
  const notice = noticeOf(migration);
  const { editedParts } = migration;
  if (editedParts === undefined) return [{ database, file, messageId: "edited", data: { notice } }];
  return editedParts.map((part) => ({ database, file, messageId: "editedPart", data: { part, notice } }));
}

/** Whether databases that have run a migration find that its text is another. */
function comparesBytes({ name, checksums }: ToolFacts): boolean {
  return checksums && name !== SEALS;
}

/** The tool whose files say their own hash: it asks whether that is right where a file has not run, and nowhere else. */
const SEALS = "graphile-migrate";

/** Whether the hash that the file says is still that of the old text. */
function hasOldSeal({ tool, edit, sql }: Migration): boolean {
  const seal = /^--! Hash:.*$/m;
  return tool.name === SEALS && seal.exec(edit?.before ?? "")?.[0] === seal.exec(sql.text)?.[0];
}

/** Who notices an edit: the end of a sentence. */
function noticeOf(migration: Migration): string {
  const { name, label } = migration.tool;
  if (comparesBytes(migration.tool)) return `; ${label} finds that its checksum is another`;
  if (hasOldSeal(migration)) return `; where it has not run, ${label} refuses it, because its hash is another`;
  return name === "sql" ? "" : `; ${label} does not notice`;
}

/** Whether no database has run it since it was merged: another one had its version first, so that the tool stopped, or skipped it. */
function hadNoTurn({ file, previousFile = file, tool }: Migration, database: Database, change: Change): boolean {
  const version = migrationVersion(migrationName(previousFile));
  if (version === undefined || (tool.duplicate?.does ?? "runs") === "runs") return false;
  return database.migrations.some(({ status, file: now, previousFile: other = now }) => {
    if (status === "added" || other === previousFile || migrationVersion(migrationName(other)) !== version)
      return false;
    return change.mergedBehind?.(previousFile, other) === true;
  });
}

/** What becomes of databases that have run a renamed migration: the middle of a sentence. */
function afterRename({ tool, previousTime }: Migration, name: string): string {
  if (tool.name === "sql") return `; where it has run, a runner that goes by names runs it once more as ${name}`;
  if (tool.name === "drizzle" && previousTime !== undefined) {
    return ' with another "when" in meta/_journal.json, by which Drizzle knows it: where it has run, it runs once more';
  }
  const known = ", and databases that ran it know it by that name";
  return refusesWhereMissing(tool)
    ? `${known}: where it is missing, ${tool.label} refuses to run`
    : `${known}: as ${name} it runs there once more`;
}

function refusesWhereMissing({ name, ignoresMissing }: ToolFacts): boolean {
  return REFUSES_WHERE_MISSING.has(name) && ignoresMissing !== true;
}

/** Whether the tool takes a migration for the one that it was, under its new name. */
function isSameToTool(
  tool: string,
  { file, time, previousTime = time }: Pick<Migration, "file" | "time" | "previousTime">,
  name: string,
  previous: string,
): boolean {
  // With a journal Drizzle knows a migration by the time that the journal gives for it, whatever its file is called.
  if (tool === "drizzle" && !file.endsWith("/migration.sql")) return time === previousTime;
  // The old text of a reworked change, under the name that Sqitch gives it.
  if (tool === "sqitch" && name.startsWith(`${previous.replace(/\.sql$/, "")}@`)) return true;
  if (tool === "postgres-migrations") return Number.parseInt(name, 10) === Number.parseInt(previous, 10);
  return name === previous || (KNOWN_BY_NUMBER.has(tool) && migrationVersion(name) === migrationVersion(previous));
}

/** Tools that remember the number of a migration and not what follows it. */
const KNOWN_BY_NUMBER: ReadonlySet<string> = new Set([
  "dbmate",
  "diesel",
  "golang-migrate",
  "goose",
  "graphile-migrate",
  "pop",
  "sqlx",
  "supabase",
  "tern",
]);

/** Tools that run nothing on a database that has run a migration which is not there any more. */
const REFUSES_WHERE_MISSING: ReadonlySet<string> = new Set([
  "flyway",
  "node-pg-migrate",
  "refinery",
  "sql-migrate",
  "sqlx",
  "supabase",
]);

/** How a database is told that it has run a migration, by tool; the middle of a sentence. */
const MARK_AS_APPLIED: Readonly<Record<string, (name: string) => string>> = {
  atlas: (name) => `run atlas migrate set ${migrationVersion(name) ?? name} there`,
  drizzle: () => "give it the time of the newest one that it stands for, so that Drizzle skips it there",
  flyway: () => "name it B<version>__<description>.sql, a baseline, which Flyway runs on empty databases only",
  "golang-migrate": (name) => `run migrate force ${migrationVersion(name) ?? name} there`,
  liquibase: () => "run liquibase changelog-sync there",
  "node-pg-migrate": () => "run node-pg-migrate up --fake there",
  prisma: (name) => `run prisma migrate resolve --applied ${name} there`,
  sqitch: () => "run sqitch deploy --log-only there",
  "sql-migrate": () => "run sql-migrate skip there",
  supabase: (name) => `run supabase migration repair ${migrationVersion(name) ?? name} --status applied there`,
};

/** How databases forget migrations that are not there any more, in tools that refuse to run otherwise; the middle of a sentence. */
const FORGET: Readonly<Record<string, string>> = {
  flyway: "run flyway repair there",
  "node-pg-migrate": "take them out of pgmigrations there",
  refinery: "take them out of refinery_schema_history there",
  "sql-migrate": "take them out of gorp_migrations there",
  sqlx: "take them out of _sqlx_migrations there",
  supabase: "run supabase migration repair --status reverted for them there",
};
