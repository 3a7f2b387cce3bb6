/**
 * Statements that do not name the columns they work on: a column that comes, goes or changes its type makes PostgreSQL
 * refuse them, or puts values into the wrong column.
 */
import {
  brokenBy,
  defineRule,
  formatName,
  migrationOf,
  quoteIdentifier,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
} from "../src/rule/index.js";
import type { AddColumn, AlterColumnType, DropColumn } from "../src/model/operation.js";
import type { Reference } from "../src/model/reference.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow changing the columns of tables that code reads or writes without naming them",
      recommended: "warn",
      category: "Compatibility",
      harm: "breaks code",
      yieldsTo: [
        "no-column-recreate",
        "no-drop-in-same-release",
        "no-enum-value-removal",
        "no-incompatible-type-change",
        "no-lost-column-attribute",
        "no-not-null-without-default",
        "no-referenced-column-drop",
      ],
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      prepared:
        "The running code keeps a prepared statement that reads * of {{table}} ({{places}}). On every connection that has it PostgreSQL refuses it from here on (cached plan must not change result type), until the connection is closed. Name the columns there and deploy that first, or restart the instances when this has run.",
      copied:
        "{{code}} copies the rows of {{table}} with INSERT … SELECT * ({{places}}), which fails or fills other columns once {{column}} {{changes}}. Name the columns there, and deploy that first.",
      positional:
        "{{code}} writes to {{table}} without naming its columns ({{places}}): once {{column}} is gone the statement fails, or each value behind it goes into the column to its left. Name the columns there, and deploy that first.",
      loaded:
        "{{code}} loads {{table}} with COPY and no list of columns ({{places}}), which fails once {{column}} is there: its data has no value for it. Name the columns there, and deploy that first.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    const check = (op: AddColumn | AlterColumnType | DropColumn): void => {
      if (!migration.isLive(op)) return;
      const column = op.type === "AddColumn" ? op.column.name : op.column;
      if (op.type === "AddColumn" && op.ifNotExists && migration.before(op).table(op.table)?.columns.has(column))
        return;
      const uses = migration.usesOf(op, column);
      for (const [messageId, isBroken] of BREAKS[op.type]) {
        const broken = brokenBy(migration, uses.filter(isBroken), least);
        if (!broken) continue;
        context.report({
          node: op,
          messageId,
          data: {
            code: broken.by === "head" ? "The code of this pull request" : "The running code",
            table: formatName(op.table),
            column: quoteIdentifier(column),
            changes: op.type === "AddColumn" ? "is there" : "is gone",
            places: broken.places,
          },
          evidence: broken.uses,
        });
        return;
      }
    };
    return { AddColumn: check, AlterColumnType: check, DropColumn: check };
  },
});

type Break = readonly ["copied" | "loaded" | "positional" | "prepared", (use: Reference) => boolean];

/** What is prepared by code that comes later is prepared on the new table. */
const PREPARED: Break = ["prepared", ({ side, fixedShape }) => side === "base" && fixedShape === "prepared"];
const COPIED: Break = ["copied", ({ fixedShape }) => fixedShape === "inserted"];
const isPositional = ({ kind }: Reference): boolean => kind === "positional write";
const isCopy = ({ excerpt }: Reference): boolean => /\bcopy\b/i.test(excerpt);

/** What fails because of each operation, the surest first. An INSERT leaves columns out at its end. */
const BREAKS: Readonly<Record<"AddColumn" | "AlterColumnType" | "DropColumn", readonly Break[]>> = {
  AddColumn: [PREPARED, COPIED, ["loaded", (use) => isPositional(use) && isCopy(use)]],
  DropColumn: [["positional", isPositional], COPIED, PREPARED],
  AlterColumnType: [PREPARED],
};
