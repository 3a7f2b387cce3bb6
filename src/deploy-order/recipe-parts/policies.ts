/** The policies that a pull request creates for a table, before row level security asks them. */
import type { Operation } from "../../model/operation.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { before } from "./moments.js";
import type { NamedTable } from "./names.js";
import { LOCK_STOP, shortly } from "./statements.js";

export function rowsOfPolicies(
  context: RecipeContext,
  table: NamedTable,
): { readonly operations: readonly Operation[]; readonly steps: readonly RecipeStep[] } {
  const created = context.operations.filter(({ operation, statement }) => {
    if (operation.type !== "CreatePolicy" || operation.inBlock !== undefined) return false;
    const { schema, name } = statement.before.qualify(operation.table);
    return schema === table.schema && name === table.name;
  });
  if (created.length === 0) return { operations: [], steps: [] };
  return {
    operations: created.map(({ operation }) => operation),
    steps: [
      {
        name: "create-policies",
        actor: "pipeline",
        title: `Create the policies of \`${table.sql}\`, which do nothing until row level security is on.`,
        from: before(0),
        until: before(0),
        sql: shortly(context, ...created.map(({ statement }) => `${statement.statement.sql};`)),
        wayBack: "`DROP POLICY` for each; nothing is lost.",
        stopCondition: LOCK_STOP,
      },
    ],
  };
}
