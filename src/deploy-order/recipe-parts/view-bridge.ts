/** Views that stand in for a table under a name that code still uses. */
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { before } from "./moments.js";
import type { NamedTable } from "./names.js";
import { grantsOf } from "./privileges.js";

/**
 * What stands behind the name of a view that takes the place of a table: `` or ` WITH (…)`; undefined where no view can.
 * Policies are asked for the one who reads, and not for the owner of the view, only since PostgreSQL 15.
 */
export function optionsOfView({ known }: NamedTable, { postgres }: RecipeContext): string | undefined {
  if (known?.rowSecurity?.enabled !== true) return "";
  return postgres >= 15 ? " WITH (security_invoker = true)" : undefined;
}

/** Privileges are the table's own: a view in its place has none of them. */
export function grantOnView({ sql, known }: NamedTable): RecipeStep {
  const policies =
    known === undefined ? `, and WITH (security_invoker = true) where \`${sql}\` has row level security` : "";
  return {
    name: "grant-on-view",
    actor: "person",
    title: `Add to the proposed step the GRANTs on \`${sql}\`, of which the view in its place has none${policies}. This prints them: \`${grantsOf([sql])}\``,
    from: before(0),
    until: before(0),
  };
}
