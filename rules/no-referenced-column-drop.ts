/** A column that code still names: its queries fail from the moment the column is gone. */
import {
  brokenBy,
  brokenUses,
  defineRule,
  formatName,
  listNames,
  migrationOf,
  quoteIdentifier,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
} from "../src/rule/index.js";
import type { DropRelation, RenameRelation } from "../src/model/operation.js";
import type { Reference } from "../src/model/reference.js";

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
      lostAtHead:
        "The code of this pull request still uses {{columns}} of {{table}} ({{places}}), and what takes the name of {{table}} has no such column: it fails then, in whatever order the two ship. Remove these uses and deploy that; leave the column out in a later pull request.",
      lostAtBase:
        "The running code uses {{columns}} of {{table}} ({{places}}), and what takes the name of {{table}} has no such column: it fails from then on until its last instance is gone. Deploy the code without it first; leave the column out in a later pull request.",
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
      DropRelation: reportLost,
      RenameRelation: reportLost,
    };

    /** The table is made anew under its name, without some of its columns. */
    function reportLost(op: DropRelation | RenameRelation): void {
      const uses = new Map<Reference, string>();
      for (const column of migration.columnsLost(op)) {
        for (const use of migration.usesOf(op, column)) if (!UNNAMED.has(use.kind ?? "")) uses.set(use, column);
      }
      const broken = brokenBy(migration, [...uses.keys()], least);
      if (!broken || broken.by === "release") return;
      const side = broken.by === "head" ? "head" : "base";
      const columns = new Set(broken.uses.filter((use) => use.side === side).map((use) => uses.get(use) ?? ""));
      context.report({
        node: op,
        messageId: broken.by === "head" ? "lostAtHead" : "lostAtBase",
        data: {
          columns: listNames([...columns].map(quoteIdentifier)),
          table: formatName(op.relation),
          places: broken.places,
        },
        evidence: broken.uses,
      });
    }
  },
});

/** What works on a table without naming its columns works on another one, too. */
const UNNAMED: ReadonlySet<string> = new Set(["star read", "insert that omits it", "positional write"]);
