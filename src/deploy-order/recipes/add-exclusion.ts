/**
 * EXCLUDE: its index is built under the lock, whatever one writes; there is no NOT VALID, no CONCURRENTLY and no USING
 * INDEX. What can be known before is that it will work, and how long it takes.
 */
import { exclusionKeys } from "../../change/index-keys.js";
import { countExcluding } from "../../change/offending-rows.js";
import { validated } from "../recipe-parts/checks.js";
import { constraintName } from "../recipe-parts/constraint-sql.js";
import { after, backfill } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "add-exclusion",
  summary: "Mend the rows that exclude each other, then add it at a time when the table may be blocked.",
  operation: "AddConstraint",
  way({ table: named, constraint }, context) {
    const { statement } = context.placed.statement;
    if (constraint.kind !== "exclude" || statement.operations.length > 1) return undefined;
    const keys = exclusionKeys(statement.sql);
    if (keys === undefined) return undefined;
    const table = tableIn(context, named);
    const name = constraintName(table, constraint);
    const isUnique = keys.every(({ operator }) => operator === "=");
    return {
      otherWays: [
        ...(isUnique && constraint.where === undefined
          ? ["UNIQUE over the same keeps the same rows out, and its index can be built with CONCURRENTLY."]
          : []),
        `Create a table like \`${table.sql}\` that has the constraint, fill it by a trigger and in batches, and exchange the names: then nobody waits for the index, but foreign keys, views, policies and privileges follow the old table and have to be made anew.`,
      ],
      steps: [
        {
          name: "mend-rows",
          actor: "person",
          title: `Mend the rows of \`${table.sql}\` that \`${quote(name)}\` lets stand beside no other, until no pair is left.`,
          from: backfill(0),
          check: { sql: `${countExcluding(table, keys, constraint.where?.sql)};`, answer: "0" },
          stopCondition: "The count grows again: something still writes such rows. Find it before the next step.",
        },
        {
          name: "add-constraint",
          actor: "pipeline",
          title: `Add \`${quote(name)}\` at a time when nobody needs \`${table.sql}\`, and accept the finding about it with that reason: PostgreSQL builds the index of EXCLUDE while every query on the table waits, and knows no other way.`,
          from: after(0),
          sql: shortly(context, `${statement.sql.replace(/;\s*$/, "")};`),
          check: validated(table, name),
          wayBack: `\`ALTER TABLE ${table.sql} DROP CONSTRAINT ${quote(name)}\`; its index goes with it, no row does.`,
          stopCondition: `It takes longer than \`${table.sql}\` may be blocked: end it with \`pg_cancel_backend\`, nothing is changed then. Or: ${LOCK_STOP}`,
        },
      ],
    };
  },
});
