/** What belongs to an exchange of types: the columns' old type makes room, a new one comes, and defaults go and come back. */
import { restoredColumns } from "../../change/restored-columns.js";
import type { PlacedOperation } from "../../model/migration.js";
import type { QualifiedName } from "../../model/name.js";
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
  const restored = restoredColumns(operations);
  const belongs = ({ operation }: PlacedOperation): boolean => {
    switch (operation.type) {
      case "CreateEnum":
        return names.has(operation.enum.name);
      case "RenameType":
        return names.has(operation.name.name) || names.has(operation.newName);
      case "DropType":
        return names.has(operation.name.name);
      case "SetNotNull":
      case "DropNotNull":
        return restored.has(operation) && columns.some((one) => isOn(operation, one));
      case "SetDefault":
      case "DropDefault":
        return columns.some((one) => isOn(operation, one));
      default:
        return false;
    }
  };
  return operations.filter(belongs).map(({ operation }) => operation);
}

interface OfColumn {
  readonly table: QualifiedName;
  readonly column: string;
}

function isOn(one: OfColumn, other: OfColumn): boolean {
  return one.column === other.column && one.table.name === other.table.name;
}

/** Whether the pull request takes NOT NULL from the column only to give it back. */
export function isRequiredAgain({ operations }: RecipeContext, own: AlterColumnType): boolean {
  return [...restoredColumns(operations).keys()].some((one) => one.type === "DropNotNull" && isOn(one, own));
}

/** The default that the pull request gives a column once it has its new type. */
export function defaultAtEnd({ operations }: RecipeContext, own: AlterColumnType): string | undefined {
  for (const { operation } of operations) {
    if (operation.type === "SetDefault" && isOn(operation, own)) return operation.default.sql;
  }
  return undefined;
}
