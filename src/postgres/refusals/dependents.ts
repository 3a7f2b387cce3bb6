/** DROP and ALTER TYPE of what other objects depend on. */
import type { Catalog, Table } from "../../model/catalog.js";
import type { Dependent } from "../../model/dependent.js";
import type { AlterColumnType, DropColumn } from "../../model/operation.js";
import type { Refusal } from "../../model/refusal.js";
import { dependentsOfColumn, functionsOfColumn, partsOfColumn, viewsOfColumn } from "../dependents.js";
import { nameOf } from "./names.js";

/** The refusal of a DROP without CASCADE while something depends on its object. */
export function dropRefusal(
  object: string,
  own: Refusal["about"],
  dependents: readonly Dependent[],
  desired = object,
): Refusal | undefined {
  if (dependents.length === 0) return undefined;
  return {
    code: "2BP01",
    message: `cannot drop ${desired} because other objects depend on ${desired === object ? "it" : "them"}`,
    about: [...own, ...aboutOf(dependents)],
    dependents,
  };
}

function aboutOf(dependents: readonly Dependent[]): Refusal["about"] {
  return dependents.map(({ kind, relation }) =>
    kind === "function" || kind === "procedure" ? { ...relation, name: `${relation.name}()` } : relation,
  );
}

export function dropColumnRefusal(op: DropColumn, catalog: Catalog): Refusal | undefined {
  const table = catalog.table(op.table);
  if (!table?.columns.has(op.column)) return undefined;
  const partitioned = partitionKeyRefusal(table, op.column, "drop");
  if (partitioned || op.cascade) return partitioned;
  const object = `column ${op.column} of table ${table.name}`;
  return dropRefusal(object, [nameOf(table)], dependentsOfColumn(catalog, table, op.column));
}

function partitionKeyRefusal(table: Table, column: string, verb: "drop" | "alter"): Refusal | undefined {
  if (!table.partitionKey?.includes(column)) return undefined;
  const message = `cannot ${verb} column "${column}" because it is part of the partition key of relation "${table.name}"`;
  return { code: "42P16", message, about: [nameOf(table)], dependents: [{ kind: "table", relation: nameOf(table) }] };
}

/** What the message calls the use of the column, by the first of these that there is. */
const USES: readonly (readonly [kinds: readonly Dependent["kind"][], use: string])[] = [
  [["trigger"], "used in a trigger definition"],
  [["view", "materialized view"], "used by a view or rule"],
  [["function", "procedure"], "used by a function or procedure"],
  [["policy"], "used in a policy definition"],
  [["column"], "used by a generated column"],
];

export function alterTypeRefusal(op: AlterColumnType, catalog: Catalog, postgres: number): Refusal | undefined {
  const table = catalog.table(op.table);
  if (!table?.columns.has(op.column)) return undefined;
  const partitioned = partitionKeyRefusal(table, op.column, "alter");
  if (partitioned) return partitioned;
  const dependents = [
    ...viewsOfColumn(catalog, table, op.column),
    ...functionsOfColumn(catalog, table, op.column),
    ...partsOfColumn(table, op.column),
  ];
  const [kinds, use] = USES.find(([kinds]) => dependents.some(({ kind }) => kinds.includes(kind))) ?? [];
  if (use === undefined) return undefined;
  return {
    // Of generated columns PostgreSQL 12 to 14 say that it is a syntax error.
    code: kinds?.[0] === "column" && postgres < 15 ? "42601" : "0A000",
    message: `cannot alter type of a column ${use}`,
    about: [nameOf(table), ...aboutOf(dependents)],
    dependents,
  };
}
