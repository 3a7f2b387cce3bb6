/**
 * A constraint that code does not keep to yet: its inserts and updates are refused from the moment it holds, NOT VALID or
 * not.
 */
import {
  addedColumn,
  brokenBy,
  defineRule,
  endOfChange,
  formatName,
  listNames,
  migrationOf,
  type OptionalInModel,
  optionalInModels,
  quoteIdentifier,
  refusedConstants,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
  type RuleMigration,
} from "../src/rule/index.js";
import type { AddConstraint, ConstraintDefinition, Operation, SetNotNull } from "../src/model/operation.js";
import type { QualifiedName } from "../src/model/name.js";
import type { Reference } from "../src/model/reference.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow constraints that the writes of code violate",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
      yieldsTo: ["no-column-recreate", "no-lost-column-attribute", "no-not-null-without-default"],
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      brokenAtHead:
        "The code of this pull request {{does}} ({{places}}), which fails once {{condition}}, in whatever order the two ship. {{remedy}}",
      brokenAtBase:
        "The running code {{does}} ({{places}}), which fails from the moment {{condition}} until its last instance is gone. {{remedy}}",
      optionalInModel:
        "{{orm}}'s model {{model}} still declares {{property}} as optional ({{places}}): what the code of this pull request writes without it, or with null, is refused once {{condition}}. Make it required in the model before you merge.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    return {
      SetNotNull(op) {
        if (isDroppedLater(op, migration)) return;
        const condition = `${quoteIdentifier(op.column)} is NOT NULL`;
        const refused = missing(op, op.table, op.column, migration);
        if (!report(op, condition, "set NOT NULL", refused)) reportModels(op, condition, [op.column]);
      },
      DropDefault(op) {
        const column = migration.after(op).table(op.table)?.columns.get(op.column);
        if (column?.notNull !== true || fillsItself(op, op.table, op.column, migration)) return;
        // That of a column of this change is another rule's, whatever code does.
        if (addedColumn(migration, op, op.table, op.column)) return;
        const omits = missing(op, op.table, op.column, migration).filter(({ reference }) => isOmission(reference));
        report(op, `${quoteIdentifier(op.column)} has no default any more`, "drop the default", omits);
      },
      AddConstraint(op) {
        const { constraint } = op;
        if (constraint.notEnforced || !migration.isLive(op)) return;
        const condition = `${migration.describe(op).constraint ?? "the constraint"} holds`;
        const refused = [
          ...columnsNotNull(constraint).flatMap((column) => missing(op, op.table, column, migration)),
          ...violations(op, op.table, constraint, migration),
        ];
        if (report(op, condition, "add the constraint", refused) || constraint.kind === "primary key") return;
        reportModels(op, condition, columnsNotNull(constraint));
      },
    };

    /** Code that is not seen to write such a row may still do so, as long as the model lets it. */
    function reportModels(node: SetNotNull | AddConstraint, condition: string, columns: readonly string[]): void {
      if (!migration.isLive(node)) return;
      const optional = columns
        .filter((column) => !fillsItself(node, node.table, column, migration))
        .flatMap((column) => optionalInModels(migration, node, node.table, column));
      const [first] = optional;
      if (first === undefined) return;
      const evidence = optional.map(({ reference }) => reference);
      const places = brokenBy(migration, evidence)?.places ?? "";
      context.report({
        node,
        messageId: "optionalInModel",
        data: { ...modelNames(first), places, condition },
        evidence,
      });
    }

    /** Whether there was anything to report. */
    function report(node: Operation, condition: string, step: string, refused: readonly Refused[]): boolean {
      const broken = brokenBy(
        migration,
        refused.map(({ reference }) => reference),
        least,
      );
      if (!broken) return false;
      const side = broken.by === "head" ? "head" : "base";
      const told = refused.filter(({ reference }) => broken.uses.includes(reference) && reference.side === side);
      const runs = broken.uses.some((use) => use.side === "base");
      context.report({
        node,
        messageId: broken.by === "head" ? "brokenAtHead" : "brokenAtBase",
        data: {
          does: listNames([...new Set(told.map(({ does }) => does))]),
          places: broken.places,
          condition,
          remedy:
            broken.by === "head" && !runs
              ? "Change that before you merge."
              : `Deploy code that does not first; ${step} in a later pull request.`,
        },
        evidence: broken.uses,
      });
      return true;
    }
  },
});

/** Whether the same change drops the column: that is what code fails of then, and another rule's. */
function isDroppedLater(op: SetNotNull, migration: RuleMigration): boolean {
  const statement = migration.statementOf(op);
  const end = endOfChange(migration);
  const isThere = statement.after.table(op.table)?.columns.has(op.column) === true;
  return isThere && end.catalog !== undefined && end.column(statement, op.table, op.column) === undefined;
}

function modelNames({ model, column }: OptionalInModel): { orm: string; model: string; property: string } {
  return { orm: model.orm, model: model.name, property: column.property };
}

/** A write that a constraint refuses. */
interface Refused {
  readonly reference: Reference;
  /** What the code does: `inserts into orders without note`. */
  readonly does: string;
}

function isOmission({ kind }: Reference): boolean {
  return kind === "insert that omits it";
}

/** Writes that leave a column out, or send NULL for it. */
function missing(op: Operation, table: QualifiedName, column: string, migration: RuleMigration): readonly Refused[] {
  const names = { table: formatName(table), column: quoteIdentifier(column) };
  const filled = fillsItself(op, table, column, migration);
  // What has no NULL before it refuses no more than it did.
  if (migration.before(op).table(table)?.columns.get(column)?.notNull === true && op.type !== "DropDefault") return [];
  return migration.usesOf(op, column, table).flatMap((reference): Refused[] => {
    if (isOmission(reference)) {
      return filled ? [] : [{ reference, does: `inserts into ${names.table} without ${names.column}` }];
    }
    const isNull = reference.kind === "write" && reference.values?.includes(null) === true;
    return isNull ? [{ reference, does: `writes NULL into ${names.column} of ${names.table}` }] : [];
  });
}

/** Whether the database has a value where an INSERT gives none. */
function fillsItself(op: Operation, name: QualifiedName, column: string, migration: RuleMigration): boolean {
  const table = migration.after(op).table(name);
  const known = table?.columns.get(column);
  // A trigger may fill it.
  const isFilled = table?.triggers?.some(({ timing, events }) => timing === "before" && events.includes("insert"));
  if (isFilled === true) return true;
  if (!known) return false;
  const domain = known.type && migration.after(op).domain(known.type);
  const hasDefault = known.default !== undefined && known.default.kind !== "null";
  return hasDefault || known.identity !== undefined || known.generated !== undefined || domain?.hasDefault === true;
}

/** The columns that a constraint requires to be not null. */
function columnsNotNull({ kind, columns, provesNotNull, usingIndex }: ConstraintDefinition): readonly string[] {
  if (kind === "primary key") return usingIndex === undefined ? columns : [];
  return kind === "not null" ? columns : kind === "check" ? provesNotNull : [];
}

/** Writes of constants that a CHECK refuses. */
function violations(
  op: Operation,
  table: QualifiedName,
  { kind, expression }: ConstraintDefinition,
  migration: RuleMigration,
): readonly Refused[] {
  if (kind !== "check" || expression === undefined) return [];
  return [...refusedConstants(expression.sql)].flatMap(([column, refuses]) =>
    migration.usesOf(op, column, table).flatMap((reference): Refused[] => {
      const value =
        reference.kind === "write" ? reference.values?.find((one) => one !== null && refuses(one)) : undefined;
      return value === undefined || value === null
        ? []
        : [{ reference, does: `writes '${value}' into ${quoteIdentifier(column)} of ${formatName(table)}` }];
    }),
  );
}
