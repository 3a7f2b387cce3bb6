/** A CHECK that rows and writers must come to satisfy first: NOT VALID, too, refuses every change of a row that does not. */
import { after, backfill, before } from "../recipe-parts/moments.js";
import { constraintName, constraintSql } from "../recipe-parts/constraint-sql.js";
import { rowsLeft } from "../recipe-parts/checks.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { validatedConstraint } from "../recipe-parts/validated-constraint.js";
import { defineRecipe, type RecipeStep } from "../recipe.js";
import { replacedChecks } from "../replaced-checks.js";

export default defineRecipe({
  name: "add-check",
  summary: "Mend the rows once only code that complies runs, then add it NOT VALID and validate it apart.",
  operation: "AddConstraint",
  way(operation, context) {
    const { table: named, constraint } = operation;
    const definition = constraintSql(constraint);
    if (constraint.kind !== "check" || !constraint.expression || definition === undefined) return undefined;
    const table = tableIn(context, named);
    const old = replacedChecks(context.operations).get(operation);
    const name = constraintName(table, constraint, old?.name);
    const offends = `NOT (${constraint.expression.sql})`;
    const [add, validate] = validatedConstraint(context, table, {
      name,
      definition,
      from: old?.allows === "more" ? before(0) : after(0),
      offenders: `mend what \`SELECT * FROM ${table.sql} WHERE ${offends};\` finds, and run it again.`,
    });
    const mend: RecipeStep = {
      name: "mend-rows",
      actor: "person",
      title: `Mend the rows of \`${table.sql}\` that \`${quote(name)}\` refuses, in batches that commit each, until none is left.`,
      from: backfill(0),
      check: rowsLeft(table, offends),
      stopCondition: `The count grows again: something still writes such rows. Find it before the next step.`,
    };
    if (old === undefined) return { steps: [mend, add, validate] };
    const drop = `ALTER TABLE ${table.sql} DROP CONSTRAINT ${quote(old.name)};`;
    const covers = [old.drop.operation];
    // Code of the pull request may write what the old one refuses.
    const free: RecipeStep = {
      name: `drop-${old.name}`,
      actor: "pipeline",
      title: `Drop the old \`${quote(old.name)}\` of \`${table.sql}\`, which refuses what code may write by then.`,
      from: before(0),
      until: before(0),
      oldestCode: "any",
      sql: shortly(context, drop),
      wayBack: "It can be added again, once no row violates it that was written meanwhile.",
      stopCondition: LOCK_STOP,
    };
    if (old.allows === "other") return { covers, steps: [free, mend, add, validate] };
    const exchange: RecipeStep = {
      ...add,
      title: `Let \`${quote(name)}\` take the place of ${name === old.name ? "the one before" : `\`${quote(old.name)}\``} on \`${table.sql}\`, for new and changed rows.`,
      sql: shortly(context, drop, `ALTER TABLE ${table.sql} ADD CONSTRAINT ${quote(name)} ${definition} NOT VALID;`),
      wayBack: "In the same way back to the old one, once no row violates it that was written meanwhile.",
    };
    if (old.allows === "less") return { covers, steps: [mend, exchange, validate] };
    return {
      covers,
      steps: [
        { ...exchange, until: before(0), oldestCode: "any" },
        { ...validate, oldestCode: "any" },
      ],
    };
  },
});
