/** A column that code still names: its queries fail from the moment the column is gone. */
import { defineRule, listPlaces, migrationOf } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow dropping columns that code still uses",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
    },
    messages: {
      usedAtHead:
        "The code of this pull request still uses {{column}} of {{table}} ({{places}}) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
      usedAtBase:
        "The running code uses {{column}} of {{table}} ({{places}}) and fails from the moment it is dropped until its last instance is gone. Deploy the code without it first; drop the column in a later pull request.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const { deploy } = migration.change.configuration;
    // With downtime, or with migrations after the deploy, the old code does not run any more when the column goes.
    const meetsRunningCode = deploy.model === "rolling" && deploy.migrations === "before";
    return {
      DropColumn(op) {
        if (!migration.isLive(op)) return;
        const uses = migration.referencesTo(op).filter(({ grade }) => grade === "certain" || grade === "likely");
        const atHead = uses.filter(({ side }) => side === "head");
        if (atHead.length === 0 && !(meetsRunningCode && uses.length > 0)) return;
        const places = listPlaces(atHead.length > 0 ? atHead : uses);
        context.report({
          node: op,
          messageId: atHead.length > 0 ? "usedAtHead" : "usedAtBase",
          data: { ...migration.describe(op), column: op.column, places },
          evidence: uses,
        });
      },
    };
  },
});
