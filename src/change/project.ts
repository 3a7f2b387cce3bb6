import { findReferences, type SearchOptions, targetKey } from "../references/find-references.js";
import { NOT_APPLICATION_CODE } from "../references/application-files.js";
import type { Table } from "../model/catalog.js";
import type { Change, Database } from "../model/change.js";
import type { TableLists } from "../model/configuration.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { AcceptedReference, Reference, ReferenceTarget } from "../model/reference.js";
import type { Report } from "../model/report.js";
import { AcceptedReferences } from "./accepted-references.js";
import { literalGlob } from "../text/glob.js";
import { functionAt, functionBodies, functionsMention } from "./function-bodies.js";
import { isLive, relationOf } from "./live.js";
import { doubtMoved } from "./moved-columns.js";
import { isMadeAgain, leavesOverload, nameGiven, removedBy } from "./names.js";
import { memoryTree, notSearched } from "./overlay-tree.js";
import { withoutRepeatedFunctions } from "./repeated-functions.js";
import { isListed } from "./table-lists.js";
import { touchedBy } from "./touched-columns.js";
import { usesInTriggers } from "./trigger-functions.js";
import { uncalledAmong } from "./uncalled-functions.js";

const projects = new WeakMap<Change, Project>();

/** The project of a change; one for all who ask. */
export function projectOf(change: Change): Project {
  let project = projects.get(change);
  if (project === undefined) projects.set(change, (project = new Project(change)));
  return project;
}

/** A change together with the application code on both of its sides. The code is searched when first asked about. */
export class Project {
  /** By database; databases with the same code share one search. */
  #references: ReadonlyMap<string, readonly FoundReferences[]> | undefined;
  readonly #uses = new Map<"columns" | "values", ReadonlyMap<string, readonly FoundReferences[]>>();
  #new: ReadonlyMap<string, readonly FoundReferences[]> | undefined;
  readonly #accepted: AcceptedReferences;

  constructor(readonly change: Change) {
    projects.set(change, this);
    this.#accepted = new AcceptedReferences(change);
  }

  /** Whether a relation is in use while the migration runs. */
  isLive(placed: PlacedOperation, relation?: QualifiedName): boolean {
    return isLive(this.change, databaseOf(this.change, placed), placed, relation);
  }

  /**
   * Whether the configuration lists a relation as hot, or as small.
   * @param relation Default: the operation's own.
   */
  isListed(list: keyof TableLists, placed: PlacedOperation, relation = relationOf(placed)): boolean {
    if (relation === undefined) return false;
    const lists = this.change.configuration.databases[placed.migration.database]?.tables;
    return lists !== undefined && isListed(list, lists, placed.statement.before.qualify(relation));
  }

  /** The references, of those that were asked for so far, that somebody declares harmless, and notes on who does. */
  acceptedReferences(): { readonly accepted: readonly AcceptedReference[]; readonly notes: Report["notes"] } {
    return this.#accepted.report();
  }

  /** Those of them that somebody declares harmless. */
  acceptedUsesOf(placed: PlacedOperation): readonly AcceptedReference[] {
    const target = removedBy(placed);
    return target === undefined ? [] : this.#accepted.usesOf(targetKey(target));
  }

  /** Places in application code that name what an operation takes away; empty where it takes nothing. */
  referencesOf(placed: PlacedOperation): readonly Reference[] {
    const target = removedBy(placed);
    if (target === undefined) return [];
    const database = databaseOf(this.change, placed);
    const references = onTable(this.referencesTo(target, database.name), target.table, placed, database);
    if (references.length === 0) return references;
    if (leavesOverload(database, placed) || isMadeAgain(database, placed)) return [];
    const shipped = isUnreleasedColumn(database, target) ? references.filter(runsOrWillRun) : references;
    return doubtMoved(shipped, target, database);
  }

  /**
   * Places in application code that name a table or column that a judged migration takes away.
   * @param database Its name. Default: every database.
   */
  referencesTo(target: ReferenceTarget, database?: string): readonly Reference[] {
    this.#references ??= this.#search(removedTargets, { unnamed: false });
    const key = targetKey(target);
    const searches =
      database === undefined ? new Set([...this.#references.values()].flat()) : (this.#references.get(database) ?? []);
    return [...searches].flatMap((references) => references.get(key) ?? []);
  }

  /** What judged migrations take away of what is in use, where the code has not been searched for it. */
  unsearched(): readonly PlacedOperation[] {
    if (this.#references !== undefined) return [];
    return this.change.databases.flatMap((database) =>
      judgedOperations(database).filter((placed) => removedBy(placed) !== undefined && this.isLive(placed)),
    );
  }

  /** Places in application code that name what an operation makes; empty where it makes nothing. */
  referencesToNew(placed: PlacedOperation): readonly Reference[] {
    const target = nameGiven(placed);
    if (target === undefined) return [];
    this.#new ??= this.#search(newTargets, { unnamed: false });
    const searches = this.#new.get(placed.migration.database) ?? [];
    return searches.flatMap((references) => references.get(targetKey(target)) ?? []);
  }

  /**
   * What code does with a column of a live relation: where it names it, and where it works on it without naming it.
   * @param relation Default: the operation's own.
   */
  usesOf(placed: PlacedOperation, column: string, relation = relationOf(placed)): readonly Reference[] {
    if (relation === undefined || !this.isLive(placed, relation)) return [];
    const { migration, statement } = placed;
    const target: ReferenceTarget = { table: statement.before.qualify(relation), column };
    const key = targetKey(target);
    const concern = concernOf(placed);
    let known = this.#uses.get(concern);
    if (known === undefined) this.#uses.set(concern, (known = this.#searchUses(concern)));
    let searches = known.get(migration.database) ?? [];
    // What is no target although it comes or goes is on a table that no SQL names.
    if (concern === "values" && !searches.some((references) => references.has(key))) {
      const more = this.#search(({ name }) => (name === migration.database ? [target] : []), { unnamed: true });
      const all = new Map([...more].map(([name, found]) => [name, [...(known.get(name) ?? []), ...found]]));
      this.#uses.set(concern, all);
      searches = all.get(migration.database) ?? [];
    }
    const database = databaseOf(this.change, placed);
    return searches.flatMap((references) => onTable(references.get(key) ?? [], relation, placed, database));
  }

  /** Looks for everything that the operations of a concern touch on tables in use. */
  #searchUses(concern: "columns" | "values"): ReadonlyMap<string, readonly FoundReferences[]> {
    const touched = oncePer((database: Database): readonly ReferenceTarget[] =>
      judgedOperations(database)
        .filter((placed) => concernOf(placed) === concern)
        .flatMap((placed) => touchedBy(placed).filter(({ table }) => this.isLive(placed, table))),
    );
    if (concern === "values") return this.#search(touched, { unnamed: true });
    const named = namedInSql(
      this.change,
      new Set(this.change.databases.flatMap(touched).map(({ table }) => table.name)),
    );
    const inSql = (database: Database): readonly ReferenceTarget[] =>
      touched(database).filter(({ table }) => named.has(table.name));
    const files = new Set([...named.values()].flatMap((one) => [...one]));
    return this.#search(inSql, { unnamed: true, only: [...files].map(literalGlob) });
  }

  /** Searches the code of every database, and leaves out what somebody accepts. */
  #search(targetsOf: TargetsOf, options: CodeSearchOptions): ReadonlyMap<string, readonly FoundReferences[]> {
    const onAcceptComment = this.#accepted.see.bind(this.#accepted);
    const found = searchCode(this.change, targetsOf, { ...options, onAcceptComment });
    const standing = ([key, references]: readonly [string, readonly Reference[]]) =>
      [key, this.#accepted.without(key, references)] as const;
    return new Map(
      [...found].map(([name, searches]) => [name, searches.map((one) => new Map([...one].map(standing)))]),
    );
  }
}

/** A column that comes or goes concerns only the SQL that does not name columns; for everything else values matter. */
function concernOf({ operation }: PlacedOperation): "columns" | "values" {
  return operation.type === "AddColumn" || operation.type === "DropColumn" ? "columns" : "values";
}

/** Where SQL in the code names these tables: a search of lines, much cheaper than reading the files. */
function namedInSql(change: Change, tables: ReadonlySet<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const named = new Map<string, Set<string>>();
  const migrations = migrationFiles(change);
  if (tables.size === 0 || !hasCode(change, migrations)) return named;
  const exclude = [...migrations, ...NOT_APPLICATION_CODE];
  // Base has what head has, except in the files that differ.
  const differing = change.changed?.flatMap(({ file, status, previousFile = file }) =>
    status === "added" ? [] : literalGlob(previousFile),
  );
  const { head, base, release } = change;
  const hits = [
    ...head.tree.grep([...tables], exclude),
    ...(base && differing?.length !== 0 ? base.tree.grep([...tables], exclude, differing) : []),
    ...(release?.tree.grep([...tables], exclude) ?? []),
  ];
  for (const { file, text } of hits) {
    for (const [, name = ""] of text.matchAll(
      /\b(?:from|into|copy|join|only|update)\s+(?:["\\]*\w+["\\]*\.)?["\\`]*(\w+)/gi,
    )) {
      if (!tables.has(name)) continue;
      const files = named.get(name);
      if (files) files.add(file);
      else named.set(name, new Set([file]));
    }
  }
  return named;
}

/** Of rows that are written by the table's name those on this table: another database has a table of the name with other columns. */
function onTable(
  references: readonly Reference[],
  relation: QualifiedName,
  { statement: { before, after } }: PlacedOperation,
  { migrations }: Database,
): readonly Reference[] {
  if (references.every(({ gives }) => gives === undefined)) return references;
  const judged = migrations.filter((migration) => migration.judged && migration.statements.length > 0);
  // What the change drops before, or adds behind, is the table's as well.
  const catalogs = [before, after, judged[0]?.statements[0]?.before, judged.at(-1)?.statements.at(-1)?.after];
  const sides = catalogs.flatMap((catalog) => catalog?.table(relation) ?? []);
  const isKnown = sides.length > 0 && sides.every(({ columnsKnown }) => columnsKnown);
  return references.flatMap(({ gives = [], ...reference }) => {
    const isOther = isKnown && gives.some((column) => !sides.some((table) => mayHave(table, column)));
    return isOther ? [] : [reference];
  });
}

/** Whether a table has a column, as PostgreSQL spells it or as a library does. */
function mayHave({ columns }: Table, column: string): boolean {
  if (columns.has(column)) return true;
  const plain = plainName(column);
  return [...columns.keys()].some((name) => plainName(name) === plain);
}

function plainName(column: string): string {
  return column.replaceAll("_", "").toLowerCase();
}

/** Whether a target is a column that was merged and has not shipped. */
function isUnreleasedColumn({ release }: Database, target: ReferenceTarget): boolean {
  return target.column !== undefined && release?.hasColumn?.(target.table, target.column) === false;
}

/** Not what base uses and no release does: of two things that have not shipped the later one takes the other's place. */
function runsOrWillRun({ side, release }: Reference): boolean {
  return side === "head" || release !== undefined;
}

function databaseOf(change: Change, { migration }: PlacedOperation): Database {
  const database = change.databases.find(({ name }) => name === migration.database);
  if (database === undefined) throw new TypeError(`The change has no database ${migration.database}.`);
  return database;
}

type TargetsOf = (database: Database) => readonly ReferenceTarget[];
type CodeSearchOptions = SearchOptions & { readonly only?: readonly string[] };

/** By target's key. */
type FoundReferences = ReadonlyMap<string, readonly Reference[]>;

/**
 * Looks for the targets of each database in one search for each set of code folders, and in the functions of each
 * database.
 */
function searchCode(
  change: Change,
  targetsOf: TargetsOf,
  { only, ...options }: CodeSearchOptions,
): ReadonlyMap<string, readonly FoundReferences[]> {
  const bySearch = new Map<string, { readonly code: readonly string[]; readonly databases: Database[] }>();
  for (const database of change.databases) {
    const code = change.configuration.databases[database.name]?.code ?? [];
    const key = JSON.stringify(code);
    const search = bySearch.get(key);
    if (search === undefined) bySearch.set(key, { code, databases: [database] });
    else search.databases.push(database);
  }
  const exclude = migrationFiles(change);
  const { base, head, release } = change;
  const isAnywhere = hasCode(change, exclude);
  const found = new Map<string, readonly FoundReferences[]>();
  for (const { code, databases } of bySearch.values()) {
    const targetsIn = oncePer(targetsOf);
    const targets = databases.flatMap(targetsIn);
    const references = isAnywhere
      ? findReferences(
          targets,
          {
            ...(base && { base: base.tree }),
            ...(release && { release: { tag: release.tag, tree: release.tree } }),
            head: head.tree,
            exclude,
            code,
            ...(only && { only }),
          },
          options,
        )
      : new Map(targets.map((target) => [targetKey(target), []]));
    for (const database of databases) {
      const inFunctions = searchFunctions(database, targetsIn(database), options);
      // Without code, whoever calls the functions is elsewhere.
      const called = isAnywhere ? ifCalled(inFunctions, change, database, exclude) : inFunctions;
      const own = new Map(
        [...references].map(([key, list]) => [key, withoutRepeatedFunctions(list, change, database)] as const),
      );
      found.set(database.name, [own, called]);
    }
  }
  return found;
}

const withCode = new WeakMap<Change, boolean>();

/** Whether there is any application code: some repositories hold migrations only. */
function hasCode(change: Change, exclude: readonly string[]): boolean {
  let known = withCode.get(change);
  if (known === undefined) {
    const isNoCode = notSearched([...exclude, ...NOT_APPLICATION_CODE]);
    const trees = [change.head, change.base, change.release].flatMap((side) => side?.tree ?? []);
    known = trees.some((tree) => tree.files().some((file) => !isNoCode(file)));
    withCode.set(change, known);
  }
  return known;
}

function searchFunctions(
  database: Database,
  sought: readonly ReferenceTarget[],
  { unnamed, onAcceptComment }: SearchOptions,
): FoundReferences {
  if (sought.length === 0) return new Map();
  const targets = sought.filter(
    ({ table, column = table.name }) =>
      functionsMention(database, column) || (unnamed && functionsMention(database, table.name)),
  );
  if (targets.length === 0) return new Map();
  const bodies = [...functionBodies(database)];
  // By number: in a search of the code, the paths of migrations are left out.
  const tree = memoryTree(new Map(bodies.map(([, text], index) => [`${String(index)}.sql`, text])), "functions");
  const inPlace = <Placed extends { readonly file: string }>(placed: Placed): Placed => ({
    ...placed,
    file: bodies[Number.parseInt(placed.file)]?.[0] ?? placed.file,
  });
  const found = findReferences(
    targets,
    { head: tree, exclude: [] },
    { unnamed, onAcceptComment: (comment) => onAcceptComment?.(inPlace(comment)) },
  );
  const inTriggers = new Map(targets.map((target) => [targetKey(target), usesInTriggers(database, target)]));
  return new Map(
    [...found].map(([key, references]) => [key, [...references.map(inPlace), ...(inTriggers.get(key) ?? [])]]),
  );
}

/** What functions use, which is no more than possible where nobody calls them. */
function ifCalled(
  found: FoundReferences,
  change: Change,
  database: Database,
  migrationFiles: readonly string[],
): FoundReferences {
  const functions = new Map<Reference, string>();
  for (const reference of [...found.values()].flat()) {
    const name = functionAt(database, reference.file, reference.line);
    if (name !== undefined) functions.set(reference, name);
  }
  if (functions.size === 0) return found;
  const uncalled = uncalledAmong(new Set(functions.values()), change, database, migrationFiles);
  if (uncalled.size === 0) return found;
  const graded = (reference: Reference): Reference =>
    uncalled.has(functions.get(reference) ?? "") ? { ...reference, grade: "possible" } : reference;
  return new Map([...found].map(([key, references]) => [key, references.map(graded)]));
}

function removedTargets(database: Database): readonly ReferenceTarget[] {
  return judgedOperations(database).flatMap((placed) => removedBy(placed) ?? []);
}

function newTargets(database: Database): readonly ReferenceTarget[] {
  return judgedOperations(database).flatMap((placed) => nameGiven(placed) ?? []);
}

/** A function of a database whose answers are remembered. */
function oncePer<Answer>(ask: (database: Database) => Answer): (database: Database) => Answer {
  const answers = new Map<Database, Answer>();
  return (database) => {
    let answer = answers.get(database);
    if (answer === undefined) answers.set(database, (answer = ask(database)));
    return answer;
  };
}

function judgedOperations({ migrations }: Database): readonly PlacedOperation[] {
  return migrations
    .filter(({ judged }) => judged)
    .flatMap((migration) =>
      migration.statements.flatMap((statement) =>
        statement.statement.operations.map((operation) => ({ operation, statement, migration })),
      ),
    );
}

/** Globs of the migrations, those left out included: history names what is gone, and is no application code. */
function migrationFiles({ databases, leftOut }: Change): readonly string[] {
  const globs = new Set<string>();
  for (const { tools, migrations, deleted } of databases) {
    for (const { name, folder } of tools) {
      // A plain folder may be the place of code, too.
      if (folder !== "")
        globs.add(`${literalGlob(folder)}/**${name === "sql" && !/migrat/i.test(folder) ? "/*.sql" : ""}`);
    }
    for (const { file } of [...migrations, ...deleted]) {
      if (!tools.some(({ folder }) => folder !== "" && file.startsWith(`${folder}/`))) globs.add(literalGlob(file));
    }
  }
  for (const { file } of leftOut) globs.add(literalGlob(file)).add(`${literalGlob(file)}/**`);
  return [...globs];
}
