/** Values that an enum gets: the steps that add them, and what code may do with them until every instance knows them. */
import { type AddedValue, addValueSql } from "../../change/extended-enums.js";
import { formatName } from "../../change/object-names.js";
import type { QualifiedName } from "../../model/name.js";
import type { RecipeStep } from "../recipe.js";
import { before, deploy } from "./moments.js";

/** @param index Of several values. */
export function addValue(type: QualifiedName, added: AddedValue, index = 0): RecipeStep {
  return {
    name: index === 0 ? "add-value" : `add-value-${String(index + 1)}`,
    actor: "pipeline",
    title: `Add \`${added.value}\` to \`${formatName(type)}\`; nothing may use it in the same transaction.`,
    from: before(0),
    until: before(0),
    sql: `${addValueSql(type, added)};`,
    wayBack: "There is none: PostgreSQL cannot drop a value. Unused it harms nobody.",
  };
}

export function writeLater(values: readonly string[]): RecipeStep {
  const [it, one] = values.length === 1 ? ["it", "the value"] : ["them", "one of the values"];
  return {
    name: "write-later",
    actor: "code",
    title: `Let the code in this pull request read ${values.map((value) => `\`${value}\``).join(", ")}, and write ${it} only once every instance runs it: behind a setting that is off, or in the next pull request.`,
    from: deploy(0),
    until: deploy(0),
    wayBack: `Deploy the code before it again, as long as no row has ${one}.`,
  };
}
