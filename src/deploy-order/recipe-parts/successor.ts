/** The column that a pull request adds where it drops another, if it may be that one under another name: a guess. */
import { isLikeType, isShorter, isSimilarName } from "../../change/similar-columns.js";
import type { PlacedOperation } from "../../model/migration.js";
import type { DropColumn, OperationOf } from "../../model/operation.js";
import type { RecipeContext } from "../recipe.js";
import type { NamedTable } from "./names.js";

export interface Successor {
  readonly add: OperationOf<"AddColumn">;
  /** Whether the names speak for it, too, and not the types alone. */
  readonly isSimilar: boolean;
}

/**
 * Undefined where no column of its kind is added, or several are, or one is like several that are dropped, and where the
 * pull request fills one of them itself.
 */
export function successorOf({ column }: DropColumn, context: RecipeContext, table: NamedTable): Successor | undefined {
  const type = table.known?.columns.get(column)?.type;
  const ours = context.operations.filter((one) => isOn(one, table));
  if (type === undefined || ours.some(({ operation }) => operation.type === "Update")) return undefined;
  const dropped = ours.flatMap(({ operation }) => (operation.type === "DropColumn" ? operation.column : []));
  const alike = ours.flatMap(({ operation }) =>
    operation.type === "AddColumn" &&
    !operation.column.generated &&
    !operation.column.identity &&
    isLikeType(operation.column.type, type) &&
    !dropped.includes(operation.column.name)
      ? operation
      : [],
  );
  const similar = alike.filter((one) => isSimilarName(column, one.column.name));
  const [add, ...others] = similar.length > 0 ? similar : alike;
  if (add === undefined || others.length > 0) return undefined;
  const rivals = dropped.filter((one) => similar.length === 0 || isSimilarName(one, add.column.name));
  if (rivals.length > 1) return undefined;
  if (similar.length === 0 && isShorter(add.column.type, type)) return undefined;
  return { add, isSimilar: similar.length > 0 };
}

function isOn({ operation, statement }: PlacedOperation, table: NamedTable): boolean {
  if (!("table" in operation) || !operation.table) return false;
  const { schema, name } = statement.before.qualify(operation.table);
  return schema === table.schema && name === table.name;
}
