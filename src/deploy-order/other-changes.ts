/**
 * Statements that change what this change changes, and have not shipped either: merged since the newest release, or of
 * other open pull requests. No file of this change has them, and yet they meet the code that runs now together with it,
 * or decide which schema it meets.
 */
import { newStatements } from "../change/edited-statements.js";
import type { Change } from "../model/change.js";
import type { Migration, PlacedOperation } from "../model/migration.js";
import type { OtherChange } from "../model/plan.js";
import type { ReferenceTarget } from "../model/reference.js";
import { targetKey } from "../references/find-references.js";
import { lineCounter } from "../text/line-counter.js";
import { checkTime } from "../text/out-of-time.js";
import { type Names, namesOf, nameWords } from "./dependencies.js";

/** More than these are no help to anybody. */
const LISTED = 20;

/** A statement, and what it is about. */
interface Subject extends Names {
  readonly database: string;
  readonly sql: string;
  readonly place: OtherChange["place"];
  /** Columns that are not the same behind it: made, dropped, renamed, of another kind, filled. */
  readonly changed: ReadonlyMap<string, ReferenceTarget>;
}

/** Merged statements that the newest release does not have. Empty where no release is known. */
export function unreleasedChanges(
  { release, databases }: Change,
  isLive: (placed: PlacedOperation) => boolean,
): readonly OtherChange[] {
  if (release === undefined) return [];
  const merged = databases.flatMap(({ migrations, release: released }) =>
    migrations.filter(({ file, status }) => status === "existing" && released?.lacks(file) === true),
  );
  if (merged.length === 0) return [];
  // What came with them is nobody's yet: that this change goes on with it concerns no running code.
  return sameObjects(subjectsOf(judgedIn(databases), isLive), subjectsOf(merged)).map((one) => ({
    ...one,
    mergedSince: release.tag,
  }));
}

/** Statements of another pull request, whose migrations are loaded as a change of the same base. */
export function changesOfPullRequest(ours: Change, theirs: Change, pullRequest: number): readonly OtherChange[] {
  const found = sameObjects(subjectsOf(judgedIn(ours.databases)), subjectsOf(judgedIn(theirs.databases)));
  return found.map((one) => ({ ...one, pullRequest }));
}

function judgedIn(databases: Change["databases"]): readonly Migration[] {
  return databases.flatMap(({ migrations }) => migrations.filter(({ judged }) => judged));
}

function subjectsOf(
  migrations: readonly Migration[],
  isMeant: (placed: PlacedOperation) => boolean = () => true,
): readonly Subject[] {
  return migrations.flatMap((migration) => {
    const { file, database } = migration;
    const lineOf = lineCounter(migration.sql.text);
    return newStatements(migration).flatMap((statement): Subject[] => {
      checkTime();
      const { sql, range, operations } = statement.statement;
      const placed = operations.map((operation) => ({ operation, statement, migration })).filter(isMeant);
      if (placed.length === 0) return [];
      const place = { file, line: lineOf(range[0]) };
      return [{ database, sql, place, changed: changedBy(placed), ...namesOf(placed) }];
    });
  });
}

function changedBy(placed: readonly PlacedOperation[]): Subject["changed"] {
  const { given, taken } = namesOf(placed);
  const own = placed.flatMap(({ operation, statement }): ReferenceTarget[] => {
    if (!("table" in operation) || operation.table === undefined) return [];
    const table = statement.before.qualify(operation.table);
    const columns =
      operation.type === "Update"
        ? operation.columns
        : "column" in operation && typeof operation.column === "string"
          ? [operation.column]
          : [];
    return columns.map((column) => ({ table, column }));
  });
  const made = [...given.values(), ...taken.values()].filter(({ column }) => column !== undefined);
  return new Map([...made, ...own].map((target) => [targetKey(target), target]));
}

/** Of each of their statements that is about the same as one of ours, the first such. */
function sameObjects(ours: readonly Subject[], theirs: readonly Subject[]): readonly OtherChange[] {
  const byName = new Map<string, Subject[]>();
  for (const one of ours) {
    for (const name of tablesOf(one)) {
      const list = byName.get(name);
      if (list) list.push(one);
      else byName.set(name, [one]);
    }
  }
  const found = theirs.flatMap((their): OtherChange[] => {
    const candidates = new Set([...tablesOf(their)].flatMap((name) => byName.get(name) ?? []));
    for (const one of candidates) {
      const object = one.database === their.database ? sharedBy(one, their) : undefined;
      if (object !== undefined)
        return [{ sql: their.sql, place: their.place, object: nameWords(object), here: one.place }];
    }
    return [];
  });
  return found.slice(0, LISTED);
}

/** What two statements share: only those are compared that share a table, a type or a function. */
function tablesOf({ given, taken, mentioned }: Subject): ReadonlySet<string> {
  return new Set([given, taken, mentioned].flatMap((names) => [...names.values()].map(tableKey)));
}

function tableKey({ column: _column, ...table }: ReferenceTarget): string {
  return targetKey(table);
}

/** What two statements are both about, so that neither is as if the other were not; undefined where nothing is. */
function sharedBy(one: Subject, other: Subject): ReferenceTarget | undefined {
  for (const [key, name] of one.changed) if (names(other, key)) return name;
  for (const [key, name] of other.changed) if (names(one, key)) return name;
  // A whole table, type or function: one takes it away, or each makes it.
  for (const [key, name] of one.given) if (other.given.has(key)) return name;
  for (const [key, name] of one.taken) if (names(other, key)) return name;
  for (const [key, name] of other.taken) if (names(one, key)) return name;
  return comesForAnother(one, other) ?? comesForAnother(other, one);
}

function names({ given, taken, mentioned }: Subject, key: string): boolean {
  return given.has(key) || taken.has(key) || mentioned.has(key);
}

/** A column comes and another of its table goes: most often they are one thing in two steps. */
function comesForAnother({ given }: Subject, { taken }: Subject): ReferenceTarget | undefined {
  const gone = new Map(
    [...taken.values()].flatMap((target) => (target.column === undefined ? [] : [[tableKey(target), target] as const])),
  );
  for (const target of given.values()) {
    const found = target.column === undefined ? undefined : gone.get(tableKey(target));
    if (found) return { table: found.table };
  }
  return undefined;
}
