/** A column that code still names: its queries fail from the moment the column is gone. */
import { brokenUses, defineRule, migrationOf, REPORT_DEFAULT, REPORT_SCHEMA } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow dropping columns that code still uses",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
      yieldsTo: ["no-column-recreate"],
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      usedAtHead:
        "The code of this pull request still uses {{column}} of {{table}} ({{places}}) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
      usedAtBase:
        "The running code uses {{column}} of {{table}} ({{places}}) and fails from the moment it is dropped until its last instance is gone. Deploy the code without it first; drop the column in a later pull request.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    return {
      DropColumn(op) {
        const broken = brokenUses(migration, op, least);
        if (!broken || broken.by === "release") return;
        context.report({
          node: op,
          messageId: broken.by === "head" ? "usedAtHead" : "usedAtBase",
          data: { ...migration.describe(op), column: op.column, places: broken.places },
          evidence: broken.uses,
        });
      },
    };
  },
});
