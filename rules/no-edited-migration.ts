/** A migration that was merged may have run somewhere: those databases keep what its old text made of them. */
import {
  defineRule,
  formatName,
  isHarmlessEdit,
  migrationName,
  migrationVersion,
  type ChangeFinding,
} from "../src/rule/index.js";
import type { Change, Database } from "../src/model/change.js";
import type { Migration, ToolFacts } from "../src/model/migration.js";

type MessageId = "edited" | "editedPart" | "renamed" | "deleted" | "squashed";

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
      renamed: "This migration was merged as {{previous}}{{then}}. Give it its old name back.",
      deleted:
        "{{name}} was merged before: databases that ran it keep what it made, and new ones never get it. Put it back, and undo it in a new migration.",
      squashed:
        "{{name}} stands for {{count}} migrations that are deleted here, {{first}} to {{last}}. Databases that ran those run it as well, and it fails where {{table}} exists. Bring every database up to {{last}}, {{markAsApplied}}, and accept this finding with a reason.",
    },
  },
  *checkChange(change) {
    for (const database of change.databases) {
      const squash = squashOf(database);
      if (squash) yield squash;
      for (const migration of database.migrations) {
        if (migration.status !== "modified" || migration.file === squash?.file) continue;
        // Made to be edited: it runs again.
        if (migration.kind === "repeatable" || migration.byHand === true) continue;
        // Only new databases get what they say, and nobody brings anything new to the others.
        if (migration.tool.onFirstStart === true) continue;
        if (!hasShipped(database, migration.previousFile ?? migration.file)) continue;
        yield* editsOf(migration, database, change);
      }
      // A new baseline gives new databases what the deleted ones made, and no other database runs it.
      if (squash || database.migrations.some(({ kind, status }) => kind === "baseline" && status === "added")) continue;
      for (const { file } of shippedAndDeleted(database)) {
        if (isKeptElsewhere(file, database, change)) continue;
        yield { database, file, messageId: "deleted", data: { name: migrationName(file) } };
      }
    }
  },
});

/** Whether a database of a release may have run a migration of base. */
function hasShipped({ release }: Database, file: string): boolean {
  return release?.lacks(file) !== true;
}

function shippedAndDeleted(database: Database): Database["deleted"] {
  return database.deleted.filter(({ file }) => hasShipped(database, file));
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
  if (!isSameToTool(tool.name, file, name, previous)) {
    if (hadNoTurn(migration, database, change)) return [];
    const then = afterRename(tool, name);
    return [{ database, file, messageId: "renamed", data: { previous, then } }];
  }
  // A checksum is of the bytes; without one, only what it sends makes a difference.
  const harmless = tool.checksums ? ["none", "restored", "mended"] : ["none", "restored", "mended", "same"];
  if (edit && (harmless.includes(edit.effect) || isHarmlessEdit(change, database, migration))) return [];
  const notice = tool.checksums
    ? `; ${tool.label} finds that its checksum is another`
    : tool.name === "sql"
      ? ""
      : `; ${tool.label} does not notice`;
  const { editedParts } = migration;
  if (editedParts === undefined) return [{ database, file, messageId: "edited", data: { notice } }];
  return editedParts.map((part) => ({ database, file, messageId: "editedPart", data: { part, notice } }));
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
function afterRename({ name: tool, label, ignoresMissing }: ToolFacts, name: string): string {
  if (tool === "sql") return `; where it has run, a runner that goes by names runs it once more as ${name}`;
  const known = ", and databases that ran it know it by that name";
  return REFUSES_WHERE_MISSING.has(tool) && ignoresMissing !== true
    ? `${known}: where it is missing, ${label} refuses to run`
    : `${known}: as ${name} it runs there once more`;
}

/** Whether the tool takes a migration for the one that it was, under its new name. */
function isSameToTool(tool: string, file: string, name: string, previous: string): boolean {
  // With a journal Drizzle knows a migration by the time that the journal gives for it, whatever its file is called.
  if (tool === "drizzle" && !file.endsWith("/migration.sql")) return true;
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
  "sqlx",
  "supabase",
]);

/** Several deleted migrations, and one that makes their tables again. */
function squashOf(database: Database): ChangeFinding<MessageId> | undefined {
  const deleted = shippedAndDeleted(database);
  const { migrations } = database;
  const [first, last] = [deleted[0], deleted.at(-1)];
  if (!first || !last || first === last) return undefined;
  for (const migration of migrations) {
    const table = tableMadeAgain(migration, database);
    if (table === undefined) continue;
    const name = migrationName(migration.file);
    const data = {
      name,
      count: String(deleted.length),
      first: migrationName(first.file),
      last: migrationName(last.file),
      table,
      markAsApplied: MARK_AS_APPLIED[migration.tool.name]?.(name) ?? "enter it into your runner's history table there",
    };
    return { database, file: migration.file, messageId: "squashed", data };
  }
  return undefined;
}

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
  supabase: (name) => `run supabase migration repair ${migrationVersion(name) ?? name} --status applied there`,
};

/** A table that the migration creates though it exists at base, where another migration created it. */
function tableMadeAgain({ status, kind, edit, statements }: Migration, database: Database): string | undefined {
  if (kind === "baseline" || (status !== "added" && status !== "modified")) return undefined;
  const before = edit?.before ?? "";
  for (const { statement, after } of statements) {
    for (const op of statement.operations) {
      if (op.type !== "CreateTable" || before.includes(op.table.name)) continue;
      const { schema, name } = after.qualify(op.table);
      if (database.existsAtBase(`${schema}.${name}`) === true) return formatName({ schema, name });
    }
  }
  return undefined;
}
