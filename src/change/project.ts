import { findReferences, targetKey } from "../references/find-references.js";
import type { Change, Database } from "../model/change.js";
import type { TableLists } from "../model/configuration.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Reference, ReferenceTarget } from "../model/reference.js";
import { functionBodies } from "./function-bodies.js";
import { isLive, relationOf } from "./live.js";
import { isMadeAgain, leavesOverload, removedBy } from "./names.js";
import { memoryTree } from "./overlay-tree.js";
import { isListed } from "./table-lists.js";

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

  constructor(readonly change: Change) {
    projects.set(change, this);
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

  /** Places in application code that name what an operation takes away; empty where it takes nothing. */
  referencesOf(placed: PlacedOperation): readonly Reference[] {
    const target = removedBy(placed);
    const references = target === undefined ? [] : this.referencesTo(target, placed.migration.database);
    if (references.length === 0) return references;
    const database = databaseOf(this.change, placed);
    return leavesOverload(database, placed) || isMadeAgain(database, placed) ? [] : references;
  }

  /**
   * Places in application code that name a table or column that a judged migration takes away.
   * @param database Its name. Default: every database.
   */
  referencesTo(target: ReferenceTarget, database?: string): readonly Reference[] {
    this.#references ??= searchCode(this.change);
    const key = targetKey(target);
    const searches =
      database === undefined ? new Set([...this.#references.values()].flat()) : (this.#references.get(database) ?? []);
    return [...searches].flatMap((references) => references.get(key) ?? []);
  }
}

function databaseOf(change: Change, { migration }: PlacedOperation): Database {
  const database = change.databases.find(({ name }) => name === migration.database);
  if (database === undefined) throw new TypeError(`The change has no database ${migration.database}.`);
  return database;
}

/** By target's key. */
type FoundReferences = ReadonlyMap<string, readonly Reference[]>;

/**
 * Looks for everything that the judged migrations take away, in one search for each set of code folders, and in the
 * functions of each database.
 */
function searchCode(change: Change): ReadonlyMap<string, readonly FoundReferences[]> {
  const bySearch = new Map<string, { readonly code: readonly string[]; readonly databases: Database[] }>();
  for (const database of change.databases) {
    const code = change.configuration.databases[database.name]?.code ?? [];
    const key = JSON.stringify(code);
    const search = bySearch.get(key);
    if (search === undefined) bySearch.set(key, { code, databases: [database] });
    else search.databases.push(database);
  }
  const exclude = migrationFiles(change);
  const { head } = change;
  const running = change.release ?? change.base;
  const found = new Map<string, readonly FoundReferences[]>();
  for (const { code, databases } of bySearch.values()) {
    const targets = databases.flatMap(removedTargets);
    const references = findReferences(targets, {
      ...(running && { base: running.tree }),
      head: head.tree,
      exclude,
      code,
    });
    for (const database of databases) found.set(database.name, [references, searchFunctions(database)]);
  }
  return found;
}

function searchFunctions(database: Database): FoundReferences {
  const removed = removedTargets(database);
  if (removed.length === 0) return new Map();
  const bodies = [...functionBodies(database)];
  // SQL has no other spelling of a name than its own.
  const texts = bodies.map(([, text]) => text.toLowerCase()).join("\n");
  const targets = removed.filter(({ table, column = table.name }) => texts.includes(column.toLowerCase()));
  if (targets.length === 0) return new Map();
  // By number: in a search of the code, the paths of migrations are left out.
  const tree = memoryTree(new Map(bodies.map(([, text], index) => [`${String(index)}.sql`, text])), "functions");
  const found = findReferences(targets, { head: tree, exclude: [] });
  const inPlace = (reference: Reference): Reference => ({
    ...reference,
    file: bodies[Number.parseInt(reference.file)]?.[0] ?? reference.file,
  });
  return new Map([...found].map(([key, references]) => [key, references.map(inPlace)]));
}

function removedTargets({ migrations }: Database): readonly ReferenceTarget[] {
  const targets: ReferenceTarget[] = [];
  for (const migration of migrations) {
    if (!migration.judged) continue;
    for (const statement of migration.statements) {
      for (const operation of statement.statement.operations) {
        const target = removedBy({ operation, statement, migration });
        if (target !== undefined) targets.push(target);
      }
    }
  }
  return targets;
}

/** Globs of the migrations, those left out included: history names what is gone, and is no application code. */
function migrationFiles({ databases, leftOut }: Change): readonly string[] {
  const globs = new Set<string>();
  for (const { tools, migrations, deleted } of databases) {
    for (const { name, folder } of tools) {
      // A plain folder may be the place of code, too.
      if (folder !== "") globs.add(`${literal(folder)}/**${name === "sql" && !/migrat/i.test(folder) ? "/*.sql" : ""}`);
    }
    for (const { file } of [...migrations, ...deleted]) {
      if (!tools.some(({ folder }) => folder !== "" && file.startsWith(`${folder}/`))) globs.add(literal(file));
    }
  }
  for (const { file } of leftOut) globs.add(literal(file)).add(`${literal(file)}/**`);
  return [...globs];
}

/** A path as a glob that matches nothing else. */
function literal(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@]/g, "\\$&");
}
