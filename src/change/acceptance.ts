/** Findings that the configuration accepts. */
import type { Change } from "../model/change.js";
import type { Acceptance, Configuration } from "../model/configuration.js";
import { newStatements } from "./edited-statements.js";
import { objectOf } from "./object-names.js";
import { matcher } from "./overlay-tree.js";

/** As much of a finding as an entry of `accept` can name. */
export interface Acceptable {
  readonly rule: string;
  readonly object?: string | undefined;
  readonly file: string;
}

/** The entry that accepts a finding. Where each has expired, the one that did so last. */
export function acceptanceOf(
  configuration: Configuration,
  finding: Acceptable,
): { readonly entry: Acceptance; readonly expired: boolean } | undefined {
  const { accept = [] } = configuration;
  let last: Acceptance | undefined;
  for (const entry of accept) {
    if (!covers(entry, finding)) continue;
    if (!isOver(entry)) return { entry, expired: false };
    if (last?.until === undefined || (entry.until ?? "") > last.until) last = entry;
  }
  return last && { entry: last, expired: true };
}

/**
 * The entries among these that name something which the change is about: an object of one of its statements, or one of
 * its files by its own name. A glob stands for files to come.
 */
export function concernedEntries(entries: readonly Acceptance[], { databases }: Change): readonly Acceptance[] {
  if (entries.length === 0) return [];
  const migrations = databases.flatMap((database) => database.migrations.filter(({ judged }) => judged));
  const files = new Set([...migrations, ...databases.flatMap(({ deleted }) => deleted)].map(({ file }) => file));
  const objects = migrations.flatMap((migration) =>
    newStatements(migration).flatMap((statement) =>
      statement.statement.operations.map((operation) => ({
        object: objectOf({ operation, statement, migration }),
        file: migration.file,
      })),
    ),
  );
  return entries.filter((entry) => {
    const { rule, object, file } = entry;
    if (object === undefined) return file !== undefined && files.has(file);
    return objects.some((one) => covers(entry, { rule, ...one }));
  });
}

/** Whether the last day of an entry has passed, in UTC. */
export function isOver({ until }: Pick<Acceptance, "until">): boolean {
  return until !== undefined && until < new Date().toISOString().slice(0, 10);
}

function covers(entry: Acceptance, { rule, object, file }: Acceptable): boolean {
  if (entry.rule !== rule) return false;
  if (entry.object !== undefined && entry.object !== object && `public.${entry.object}` !== object) return false;
  return entry.file === undefined || matchesFile(entry.file, file);
}

const matchers = new Map<string, (file: string) => boolean>();

/** A file is named as it is, also where its name looks like a pattern. */
function matchesFile(pattern: string, file: string): boolean {
  let matches = matchers.get(pattern);
  if (!matches) matchers.set(pattern, (matches = matcher([pattern])));
  return file === pattern || matches(file);
}
