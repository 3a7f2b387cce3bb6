/** A table, view, function, type, sequence or schema that code still names: what names it fails once it is gone. */
import {
  brokenBy,
  brokenUses,
  defineRule,
  droppedObject,
  endOfChange,
  migrationOf,
  placeOf,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
  type RuleMigration,
} from "../src/rule/index.js";
import type { DropFunction, DropRelation, DropSchema, DropType } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow dropping tables, views, functions, types, sequences and schemas that code still uses",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      usedAtHead:
        "The code of this pull request still uses {{what}} ({{places}}) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop it in a later pull request.",
      usedAtBase:
        "The running code uses {{what}} ({{places}}) and fails from the moment it is dropped until its last instance is gone. Deploy the code without it first; drop it in a later pull request.",
      usedMeanwhile:
        "The running code uses {{what}} ({{places}}) and fails from the moment it is dropped until {{place}} makes it again, in another transaction. Drop it and make it again in one.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    const check = (op: DropFunction | DropRelation | DropSchema | DropType): void => {
      const broken = brokenUses(migration, op, least);
      if (!broken || broken.by === "release") return;
      const what = droppedObject(migration, op);
      const place = op.type === "DropRelation" ? madeAgainAt(op, migration) : undefined;
      if (place === undefined) {
        context.report({
          node: op,
          messageId: broken.by === "head" ? "usedAtHead" : "usedAtBase",
          data: { what, places: broken.places },
          evidence: broken.uses,
        });
        return;
      }
      // The code of the pull request meets what is made again.
      const running = broken.uses.filter(({ side }) => side === "base");
      const meanwhile = brokenBy(migration, running, least);
      if (meanwhile?.by !== "base") return;
      const data = { what, places: meanwhile.places, place };
      context.report({ node: op, messageId: "usedMeanwhile", data, evidence: running });
    };
    return { DropFunction: check, DropRelation: check, DropSchema: check, DropType: check };
  },
});

/** Where a later statement of the change makes a relation of the name again; undefined where none does. */
function madeAgainAt(op: DropRelation, migration: RuleMigration): string | undefined {
  const name = migration.before(op).qualify(op.relation);
  const again = endOfChange(migration).catalog?.table(name);
  // A view in a table's place is another thing, which may refuse what code does.
  if (again?.createdIn === undefined || again.kind.endsWith("view") !== op.kind.endsWith("view")) return undefined;
  const dropping = migration.statementOf(op);
  let isBehind = false;
  for (const placed of migration.judged()) {
    const { statement } = placed;
    if (statement === dropping) isBehind = true;
    else if (isBehind && !statement.before.table(name) && statement.after.table(name))
      return placeOf(migration, placed);
  }
  return undefined;
}
