/**
 * The last use of a column or table is removed by one pull request and the thing itself by the next, and both ship
 * together: what is merged is clean, and what runs is not.
 */
import {
  brokenUses,
  defineRule,
  droppedObject,
  migrationOf,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
} from "../src/rule/index.js";
import type { DropColumn, DropFunction, DropRelation, DropSchema, DropType } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow drops that ship in the release that removes the last use",
      recommended: "warn",
      category: "Compatibility",
      harm: "breaks code",
      yieldsTo: ["no-column-recreate"],
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      usedInRelease:
        "{{release}} uses {{what}} ({{places}}). What is merged since does not, but it has not been released: the instances of {{release}} fail from the moment it is dropped until the last of them is gone, and so does a rollback to {{release}}. Release the code without it first, and drop it in the release after.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    const check = (op: DropColumn | DropFunction | DropRelation | DropSchema | DropType): void => {
      if (migration.change.release === undefined) return;
      const broken = brokenUses(migration, op, least);
      if (broken?.by !== "release") return;
      context.report({
        node: op,
        messageId: "usedInRelease",
        data: {
          release: migration.change.release.tag,
          what: droppedObject(migration, op),
          places: broken.places,
        },
        evidence: broken.uses,
      });
    };
    return { DropColumn: check, DropFunction: check, DropRelation: check, DropSchema: check, DropType: check };
  },
});
