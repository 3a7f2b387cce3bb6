/** What belongs to an exchange of types: the columns' old type makes room, a new one comes, and defaults go and come back. */
import type { PlacedOperation } from "../../model/migration.js";
import type { AlterColumnType, Operation } from "../../model/operation.js";
import type { RecipeContext } from "../recipe.js";

/**
 * The operations of the pull request beside the columns' own.
 * @param types Names that the types have at some moment.
 */
export function partsOfExchange(
  { operations }: RecipeContext,
  types: readonly string[],
  columns: readonly AlterColumnType[],
): readonly Operation[] {
  const names = new Set(types);
  for (const { operation } of operations) {
    if (operation.type === "RenameType" && names.has(operation.name.name)) names.add(operation.newName);
  }
  const belongs = ({ operation }: PlacedOperation): boolean => {
    switch (operation.type) {
      case "CreateEnum":
        return names.has(operation.enum.name);
      case "RenameType":
        return names.has(operation.name.name) || names.has(operation.newName);
      case "DropType":
        return names.has(operation.name.name);
      case "SetDefault":
      case "DropDefault":
        return columns.some(({ table, column }) => operation.column === column && operation.table.name === table.name);
      default:
        return false;
    }
  };
  return operations.filter(belongs).map(({ operation }) => operation);
}

/** The default that the pull request gives a column once it has its new type. */
export function defaultAtEnd({ operations }: RecipeContext, own: AlterColumnType): string | undefined {
  for (const { operation } of operations) {
    if (operation.type !== "SetDefault" || operation.column !== own.column) continue;
    if (operation.table.name === own.table.name) return operation.default.sql;
  }
  return undefined;
}
