/** A table, view, function, type, sequence or schema that code still names: what names it fails once it is gone. */
import {
  brokenUses,
  defineRule,
  droppedObject,
  migrationOf,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
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
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    const check = (op: DropFunction | DropRelation | DropSchema | DropType): void => {
      const broken = brokenUses(migration, op, least);
      if (!broken || broken.by === "release") return;
      context.report({
        node: op,
        messageId: broken.by === "head" ? "usedAtHead" : "usedAtBase",
        data: { what: droppedObject(migration, op), places: broken.places },
        evidence: broken.uses,
      });
    };
    return { DropFunction: check, DropRelation: check, DropSchema: check, DropType: check };
  },
});
