/** How sure a use of what a migration takes away must be: the plan asks for as much as the rule that reports it. */
import type { Configuration } from "../model/configuration.js";
import type { PlacedOperation } from "../model/migration.js";
import type { OperationType } from "../model/operation.js";
import type { LeastGrade } from "../model/reference.js";
import type { Rules } from "../eslint/rule-settings.js";
import { optionsOf } from "./rule-levels.js";

const REPORTED_BY: Readonly<Partial<Record<OperationType, string>>> = {
  DropColumn: "no-referenced-column-drop",
  DropFunction: "no-referenced-table-drop",
  DropRelation: "no-referenced-table-drop",
  DropSchema: "no-referenced-table-drop",
  DropType: "no-referenced-table-drop",
  RenameColumn: "no-rename",
  RenameFunction: "no-rename",
  RenameRelation: "no-rename",
  RenameSchema: "no-rename",
  RenameType: "no-rename",
  SetFunctionSchema: "no-rename",
  SetSchema: "no-rename",
  SetTypeSchema: "no-rename",
};

/** The option `report` of the rule that speaks of an operation; undefined where none does. */
export function leastGradeOf(
  { operation, migration: { database, file } }: PlacedOperation,
  configuration: Configuration,
  rules: Rules,
): LeastGrade | undefined {
  const rule = REPORTED_BY[operation.type];
  if (rule === undefined) return undefined;
  const options = optionsOf(configuration, rule, { database, file }, rules);
  return (options as { readonly report?: LeastGrade } | undefined)?.report;
}
