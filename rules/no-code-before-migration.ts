/** Where the pipeline runs migrations after the deploy, code that needs what they make fails until they have run. */
import {
  defineRule,
  formatName,
  isSureEnough,
  listPlaces,
  migrationOf,
  quoteIdentifier,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
} from "../src/rule/index.js";
import type {
  AddColumn,
  CreateEnum,
  CreateFunction,
  CreateSequence,
  CreateTable,
  CreateTableAs,
  CreateView,
} from "../src/model/operation.js";

type Create = AddColumn | CreateEnum | CreateFunction | CreateSequence | CreateTable | CreateTableAs | CreateView;

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow code that needs what migrations make only after its deploy",
      recommended: "warn",
      category: "Compatibility",
      harm: "breaks code",
      yieldsTo: ["no-column-recreate"],
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      madeLater:
        "The code of this pull request uses {{what}} ({{places}}), and the configuration says that migrations run after the deploy: it fails from its first instance on until this has run. Ship this migration in a pull request before the code that uses it.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    const check = (op: Create): void => {
      if (migration.change.configuration.deploy.migrations !== "after") return;
      if (op.type === "AddColumn" && !migration.isLive(op)) return;
      if (isThere(op)) return;
      const uses = migration.referencesToNew(op).filter((use) => use.side === "head" && isSureEnough(use, least));
      if (uses.length === 0) return;
      context.report({
        node: op,
        messageId: "madeLater",
        data: { what: nameOf(op), places: listPlaces(uses) },
        evidence: uses,
      });
    };
    return {
      AddColumn: check,
      CreateEnum: check,
      CreateFunction: check,
      CreateSequence: check,
      CreateTable: check,
      CreateTableAs: check,
      CreateView: check,
    };

    /** Whether it only takes the place of what has its name, or does nothing. */
    function isThere(op: Create): boolean {
      const before = migration.before(op);
      switch (op.type) {
        case "AddColumn":
          return before.table(op.table)?.columns.has(op.column.name) === true;
        case "CreateFunction": {
          const { schema, name } = before.qualify(op.function);
          return [...before.functions()].some((known) => known.name === name && known.schema === schema);
        }
        case "CreateView":
          return before.table(op.view) !== undefined;
        case "CreateTable":
        case "CreateTableAs":
          return before.table(op.table) !== undefined;
        case "CreateEnum":
        case "CreateSequence":
          return false;
      }
    }
  },
});

function nameOf(op: Create): string {
  switch (op.type) {
    case "AddColumn":
      return `${quoteIdentifier(op.column.name)} of ${formatName(op.table)}`;
    case "CreateEnum":
      return `the type ${formatName(op.enum)}`;
    case "CreateFunction":
      return `the ${op.procedure ? "procedure" : "function"} ${formatName(op.function)}`;
    case "CreateSequence":
      return `the sequence ${formatName(op.sequence)}`;
    case "CreateTable":
      return `the table ${formatName(op.table)}`;
    case "CreateTableAs":
      return `the ${op.materializedView ? "materialized view" : "table"} ${formatName(op.table)}`;
    case "CreateView":
      return `the view ${formatName(op.view)}`;
  }
}
