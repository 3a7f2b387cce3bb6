/** A table or view that code uses: first the code goes, then, in a pull request of its own, the relation. */
import { before } from "../recipe-parts/moments.js";
import { literal, regclass, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "drop-table",
  summary: "Take it out of the code in this pull request, and drop it in the next one.",
  operation: "DropRelation",
  way({ relation, kind, cascade }, context) {
    const table = tableIn(context, relation);
    const holdsRows = kind === "table";
    return {
      steps: [
        {
          name: "drop",
          actor: "pipeline",
          title: `Drop \`${table.sql}\`.`,
          from: before(1),
          sql: shortly(context, `DROP ${kind.toUpperCase()} ${table.sql}${cascade ? " CASCADE" : ""};`),
          check: { sql: `SELECT to_regclass(${literal(table.sql)}) IS NULL;`, answer: "t" },
          wayBack: holdsRows
            ? `Its rows come back only from a backup: \`pg_dump --table=${literal(table.sql)}\` before it runs.`
            : "Create it again by its definition; nothing is lost.",
          stopCondition: holdsRows
            ? `It is still used: \`SELECT seq_scan, idx_scan, n_tup_ins FROM pg_stat_user_tables WHERE relid = ${regclass(table)};\` answers other numbers an hour later. Or: ${LOCK_STOP}`
            : LOCK_STOP,
        },
      ],
    };
  },
});
