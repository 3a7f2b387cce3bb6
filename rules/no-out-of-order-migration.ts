/** Tools run migrations in the order of their names or times, and know which ran: a place before those is a lost place. */
import { defineRule, migrationName, migrationVersion, nameAfter, type ChangeFinding } from "../src/rule/index.js";
import type { Change, Database } from "../src/model/change.js";
import type { Migration } from "../src/model/migration.js";

type MessageId = "outOfOrder" | "sameVersion" | "sameNumber";

export default defineRule<MessageId>({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow new migrations that their tool skips or refuses, because of their place in the order",
      recommended: "error",
      category: "Migrations",
      harm: "other",
    },
    messages: {
      outOfOrder: "{{name}} comes before {{last}}, which is merged already. {{says}} {{remedy}}",
      sameVersion: "{{name}} has the version of {{other}}. {{says}} {{remedy}}",
      sameNumber:
        "{{name}} has the number of {{other}}, as no two migrations had before. A runner that goes by the number runs only one of them, or refuses. {{remedy}}",
    },
  },
  *checkChange(change) {
    // Without a base nothing says which of the migrations have run.
    if (change.base === undefined || change.incomplete.length > 0) return;
    for (const database of change.databases) {
      for (const migrations of bySource(database)) yield* check(change, database, migrations);
    }
  },
});

/** The migrations of each folder: the order is between those that one run of a tool sees. */
function bySource({ migrations, tools }: Database): Iterable<readonly Migration[]> {
  const sources = new Map<string, Migration[]>();
  for (const migration of migrations) {
    if (migration.kind !== undefined) continue;
    const inside = tools.filter(({ folder }) => folder === "" || migration.file.startsWith(`${folder}/`));
    const folder = inside.reduce((longest, one) => (one.folder.length > longest.length ? one.folder : longest), "");
    const source = sources.get(folder);
    if (source === undefined) sources.set(folder, [migration]);
    else source.push(migration);
  }
  return sources.values();
}

function* check(
  change: Change,
  database: Database,
  migrations: readonly Migration[],
): Generator<ChangeFinding<MessageId>> {
  const merged = migrations.filter(wasMerged);
  const last = latest(merged.filter(({ file, previousFile = file }) => database.release?.lacks(previousFile) !== true));
  const byVersion = new Map<string, Migration>();
  for (const one of merged) if (one.version !== undefined) byVersion.set(one.version, one);
  const numbersAreUnique = byVersion.size > 2 && byVersion.size === merged.length;
  const taken = new Set(migrations.map(({ file }) => migrationVersion(migrationName(file))));
  for (const migration of migrations) {
    if (migration.status !== "added") continue;
    const { file, tool, version, judged, outOfOrder = tool.outOfOrder } = migration;
    const other = version === undefined ? undefined : byVersion.get(version);
    if (version !== undefined && other === undefined) byVersion.set(version, migration);
    if (!judged) continue;
    const report = (messageId: MessageId, data: Readonly<Record<string, string>>): ChangeFinding<MessageId> => ({
      database,
      file,
      messageId,
      data: {
        name: migrationName(file),
        remedy: remedyOf(change, migration, other?.status === "added" ? other : last, taken),
        ...data,
      },
    });
    if (other !== undefined && tool.duplicate !== undefined && tool.duplicate.does !== "runs") {
      yield report("sameVersion", { other: migrationName(other.file), says: tool.duplicate.says });
    } else if (other !== undefined && tool.name === "sql" && numbersAreUnique) {
      yield report("sameNumber", { other: migrationName(other.file) });
    } else if (last !== undefined && isBefore(migration, last) && (outOfOrder?.does ?? "runs") !== "runs") {
      yield report("outOfOrder", { last: migrationName(last.file), says: outOfOrder?.says ?? "" });
    }
  }
}

/** By the name that it has here; a renamed one is new to a tool that goes by names. */
function wasMerged({ status, time, file, previousFile = file }: Migration): boolean {
  return status !== "added" && (time !== undefined || migrationName(previousFile) === migrationName(file));
}

/** The one that runs last: by its time where the tool goes by times, else by its place. */
function latest(migrations: readonly Migration[]): Migration | undefined {
  return migrations.reduce<Migration | undefined>(
    (last, one) => (last !== undefined && isBefore(one, last) ? last : one),
    undefined,
  );
}

function isBefore(one: Migration, other: Migration): boolean {
  if (one.time !== undefined && other.time !== undefined) return one.time <= other.time;
  if (one.place !== undefined && other.place !== undefined) return one.place < other.place;
  return one.order < other.order;
}

function remedyOf(
  change: Change,
  migration: Migration,
  last: Migration | undefined,
  taken: Set<string | undefined>,
): string {
  const own = REMEDIES[migration.tool.name]?.(migration, last);
  if (own !== undefined) return own;
  const name = migrationName(migration.file);
  const newName = last === undefined ? undefined : nameAfter(name, migrationName(last.file), taken);
  if (newName === undefined)
    return `Give it a name that comes after ${last === undefined ? "the others" : migrationName(last.file)}.`;
  // The next one of this change comes after this one.
  taken.add(migrationVersion(newName));
  const commands = [...movesOf(change, migration.file, name, newName), ...(AFTERWARDS[migration.tool.name] ?? [])];
  return `Move it behind: ${commands.join(" && ")}`;
}

/** Commands that a tool needs after a migration got a new name. */
const AFTERWARDS: Readonly<Record<string, readonly string[]>> = { atlas: ["atlas migrate hash"] };

/** What to do in tools where a new name is not enough. */
const REMEDIES: Readonly<Record<string, (migration: Migration, last: Migration | undefined) => string | undefined>> = {
  drizzle: (migration, last) =>
    migration.time === undefined || last?.time === undefined
      ? undefined
      : `Set its "when" in meta/_journal.json to ${String(last.time + 1)} or later.`,
  sqitch: () => "Move its line to the end of the plan.",
  "graphile-migrate": () =>
    "Take it back with graphile-migrate uncommit, bring the base into this branch, and commit it again with graphile-migrate commit.",
};

/** The commands that rename a migration, and the file that undoes it where there is one. */
function movesOf({ head }: Change, file: string, name: string, newName: string): string[] {
  const folder = file.endsWith(`/${name}`)
    ? file.slice(0, -name.length)
    : file.slice(0, file.lastIndexOf(`/${name}/`) + 1);
  const pairs = [[name, newName]];
  for (const down of ["$1down", "$1undo"]) {
    const [undo, newUndo] = [name, newName].map((one) => one.replace(/([._-])up(?=\.sql$)/i, down));
    if (undo !== undefined && newUndo !== undefined && undo !== name && head.tree.has(folder + undo)) {
      pairs.push([undo, newUndo]);
    }
  }
  return pairs.map(([from = "", to = ""]) => `git mv ${quoted(folder + from)} ${quoted(folder + to)}`);
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
