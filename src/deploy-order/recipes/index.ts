/** All recipes. Where several fit an operation, the first is the plan's and the others are named as other ways. */
import type { Recipe } from "../recipe.js";
import addCheck from "./add-check.js";
import addColumnWithDefault from "./add-column-with-default.js";
import addExclusion from "./add-exclusion.js";
import addForeignKey from "./add-foreign-key.js";
import { addIndex, addIndexOnPartitions } from "./add-index.js";
import addRequiredColumn from "./add-required-column.js";
import addUniqueColumn from "./add-unique-column.js";
import addUnique from "./add-unique.js";
import { deleteInBatches, updateInBatches } from "./batched-backfill.js";
import { changeDefault, dropDefault } from "./change-default.js";
import { addEnumValue, renameEnumValue } from "./change-enum-value.js";
import changePrimaryKey from "./change-primary-key.js";
import changeType from "./change-type.js";
import dropColumn from "./drop-column.js";
import dropTable from "./drop-table.js";
import enableRowSecurity from "./enable-row-security.js";
import extendEnum from "./extend-enum.js";
import partitionTable from "./partition-table.js";
import removeEnumValue from "./remove-enum-value.js";
import renameByAddAndDrop from "./rename-by-add-and-drop.js";
import renameColumnByDualWrite from "./rename-column-by-dual-write.js";
import renameColumnByTrigger from "./rename-column-by-trigger.js";
import renameColumnByView from "./rename-column-by-view.js";
import { renameColumnInCode, renameTableInCode } from "./rename-in-code.js";
import { moveTableByView, renameTableByView } from "./rename-table-by-view.js";
import replaceTable from "./replace-table.js";
import reshapeColumns from "./reshape-columns.js";
import setNotNull from "./set-not-null.js";

export const RECIPES: readonly Recipe[] = [
  addRequiredColumn,
  addColumnWithDefault,
  addUniqueColumn,
  setNotNull,
  changeDefault,
  dropDefault,
  reshapeColumns,
  renameByAddAndDrop,
  dropColumn,
  renameColumnByTrigger,
  renameColumnByView,
  renameColumnByDualWrite,
  renameColumnInCode,
  partitionTable,
  renameTableByView,
  moveTableByView,
  renameTableInCode,
  replaceTable,
  dropTable,
  extendEnum,
  removeEnumValue,
  changeType,
  addEnumValue,
  renameEnumValue,
  addCheck,
  addForeignKey,
  addUnique,
  addExclusion,
  changePrimaryKey,
  addIndex,
  addIndexOnPartitions,
  enableRowSecurity,
  updateInBatches,
  deleteInBatches,
];
