/** Row level security: its policies first, which do nothing yet; then, once the code says who it is, the switch. */
import { rowsOfPolicies } from "../recipe-parts/policies.js";
import { after, deploy } from "../recipe-parts/moments.js";
import { tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "enable-row-security",
  summary: "Create the policies first, and turn row level security on once only code runs that they let in.",
  operation: "AlterTable",
  way(operation, context) {
    const { subcommand } = operation;
    if (subcommand !== "EnableRowSecurity" && subcommand !== "ForceRowSecurity") return undefined;
    const table = tableIn(context, operation.table);
    const force = subcommand === "ForceRowSecurity";
    const policies = rowsOfPolicies(context, table);
    return {
      covers: policies.operations,
      steps: [
        ...policies.steps,
        {
          name: "say-who",
          actor: "code",
          title: `Set in each connection what the policies of \`${table.sql}\` ask for, in the code of this pull request.`,
          from: deploy(0),
          until: deploy(0),
        },
        {
          name: force ? "force-row-security" : "enable-row-security",
          actor: "pipeline",
          title: force
            ? `Hold the owner of \`${table.sql}\` to its policies, too.`
            : `Turn row level security on for \`${table.sql}\`.`,
          from: after(0),
          sql: shortly(context, `ALTER TABLE ${table.sql} ${force ? "FORCE" : "ENABLE"} ROW LEVEL SECURITY;`),
          check: {
            sql: `SELECT ${force ? "relforcerowsecurity" : "relrowsecurity"} FROM pg_class WHERE oid = '${table.sql.replaceAll("'", "''")}'::regclass;`,
            answer: "t",
          },
          wayBack: `\`ALTER TABLE ${table.sql} ${force ? "NO FORCE" : "DISABLE"} ROW LEVEL SECURITY\`; nothing is lost.`,
          stopCondition: `The application's role counts no rows in \`${table.sql}\` right after: a role that no policy lets in reads none, without an error. Or: ${LOCK_STOP}`,
        },
      ],
    };
  },
});
