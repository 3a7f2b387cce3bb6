/** Columns that a change takes from one table and gives another by the same name. */
import type { Database } from "../model/change.js";
import type { QualifiedName } from "../model/name.js";
import type { Reference, ReferenceTarget } from "../model/reference.js";

/**
 * The references to a column that is taken away. Where the code of the pull request has nothing but its name, in a field
 * of a struct say, it may find it in the table that gets it: such a place is possible, and the running code's stays.
 */
export function doubtMoved(
  references: readonly Reference[],
  { table, column }: ReferenceTarget,
  database: Database,
): readonly Reference[] {
  const isDoubtful = ({ side, kind, grade }: Reference): boolean =>
    side === "head" && kind === undefined && grade === "likely";
  if (column === undefined || !references.some(isDoubtful)) return references;
  const elsewhere =
    givenTo(database)
      .get(column)
      ?.some(({ name }) => name !== table.name) === true;
  if (!elsewhere) return references;
  return references.map((one) => (isDoubtful(one) ? { ...one, grade: "possible" as const } : one));
}

const known = new WeakMap<Database, ReadonlyMap<string, readonly QualifiedName[]>>();

/** The tables that the change gives a column, by the column's name. */
function givenTo(database: Database): ReadonlyMap<string, readonly QualifiedName[]> {
  let given = known.get(database);
  if (given === undefined) known.set(database, (given = findGiven(database)));
  return given;
}

function findGiven({ migrations }: Database): ReadonlyMap<string, readonly QualifiedName[]> {
  const given = new Map<string, QualifiedName[]>();
  for (const { judged, statements } of migrations) {
    if (!judged) continue;
    for (const operation of statements.flatMap(({ statement }) => statement.operations)) {
      if (operation.type !== "AddColumn" && operation.type !== "CreateTable") continue;
      for (const { name } of operation.type === "AddColumn" ? [operation.column] : operation.columns) {
        const tables = given.get(name);
        if (tables) tables.push(operation.table);
        else given.set(name, [operation.table]);
      }
    }
  }
  return given;
}
