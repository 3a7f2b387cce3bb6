/**
 * A value that an enum loses, by another name or by a new type without it, and one that is rewritten in every row: code
 * that still writes it is refused, code that looks for it finds nothing.
 */
import {
  brokenBy,
  columnsOfType,
  declaredEnumValues,
  defineRule,
  formatName,
  listNames,
  migrationOf,
  quoteIdentifier,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
  rewrittenValues,
  type RuleMigration,
} from "../src/rule/index.js";
import type { QualifiedName } from "../src/model/name.js";
import type { Operation } from "../src/model/operation.js";
import type { Reference } from "../src/model/reference.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow taking away values of enums that code still uses",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
      yieldsTo: ["no-dependent-object-break"],
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      renamedAtHead:
        "The code of this pull request still uses {{values}} of the enum {{enum}} ({{places}}), and PostgreSQL refuses it once it is {{newValue}}, in whatever order the two ship. {{remedy}}",
      renamedAtBase:
        "The running code uses {{values}} of the enum {{enum}} ({{places}}), and PostgreSQL refuses it from the moment it is {{newValue}} until the last instance of that code is gone. {{remedy}}",
      removedAtHead:
        "The code of this pull request still uses {{values}} of the enum {{enum}} ({{places}}), which the new type of {{column}} does not have: it fails in whatever order the two ship. Remove these uses and deploy that; change the type in a later pull request.",
      removedAtBase:
        "The running code uses {{values}} of the enum {{enum}} ({{places}}), which the new type of {{column}} does not have: it fails from the moment the type is changed until the last instance of that code is gone. Deploy code without {{it}} first; change the type in a later pull request.",
      rewritten:
        "Every row of {{table}} with {{values}} in {{column}} gets {{newValue}} here, and the running code still uses {{values}} ({{places}}): until its last instance is gone it does not find these rows, and goes on to write {{it}}. Deploy code that knows both first; rewrite the rows in a later pull request.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    return {
      RenameEnumValue(op) {
        const type = migration.before(op).enum(op.enum)?.name ?? op.enum.name;
        const uses = [
          ...usesOfType(op, op.enum, [op.value], migration),
          ...declaredEnumValues(migration, type, [op.value]),
        ];
        const broken = brokenBy(migration, uses, least);
        if (!broken || !migration.isLive(op)) return;
        context.report({
          node: op,
          messageId: broken.by === "head" ? "renamedAtHead" : "renamedAtBase",
          data: {
            values: quoted([op.value]),
            enum: formatName(op.enum),
            places: broken.places,
            newValue: quoted([op.newValue]),
            remedy: `Add ${quoted([op.newValue])} beside it with ALTER TYPE ${formatName(op.enum)} ADD VALUE, deploy code that knows both, and rewrite the rows in a later pull request.`,
          },
          evidence: broken.uses,
        });
      },
      AlterColumnType(op) {
        const before = migration.before(op);
        const former = before.table(op.table)?.columns.get(op.column)?.type;
        const from = former && before.enum(former);
        const to = before.enum(op.newType);
        if (!from || !to || !migration.isLive(op)) return;
        const removed = from.values.filter((value) => !to.values.includes(value));
        if (removed.length === 0) return;
        const used = valuesUsed(migration.usesOf(op, op.column), removed);
        const uses = [...used, ...declaredEnumValues(migration, from.name, removed)];
        const broken = brokenBy(migration, uses, least);
        if (!broken) return;
        const named = removed.filter((value) => broken.uses.some((use) => use.values?.includes(value) === true));
        const values = named.length > 0 ? named : removed;
        context.report({
          node: op,
          messageId: broken.by === "head" ? "removedAtHead" : "removedAtBase",
          data: {
            values: quoted(values),
            it: values.length === 1 ? "it" : "them",
            enum: formatName(from),
            column: quoteIdentifier(op.column),
            places: broken.places,
          },
          evidence: broken.uses,
        });
      },
      Update(op) {
        if (!migration.isLive(op)) return;
        const rewritten = rewrittenValues(migration, op);
        if (!rewritten) return;
        const uses = valuesUsed(migration.usesOf(op, rewritten.column), rewritten.from);
        const broken = brokenBy(migration, uses, least);
        // Code that goes on to use the value says that it stays one: then only these rows are mended.
        if (!broken || broken.by === "head") return;
        const values = rewritten.from.filter((value) =>
          broken.uses.some((use) => use.values?.includes(value) === true),
        );
        context.report({
          node: op,
          messageId: "rewritten",
          data: {
            table: formatName(op.table),
            column: quoteIdentifier(rewritten.column),
            values: quoted(values),
            it: values.length === 1 ? "it" : "them",
            newValue: quoted([rewritten.to]),
            places: broken.places,
          },
          evidence: broken.uses,
        });
      },
    };
  },
});

/** The uses of values in any column of a type. */
function usesOfType(
  op: Operation,
  type: QualifiedName,
  values: readonly string[],
  migration: RuleMigration,
): readonly Reference[] {
  return columnsOfType(migration.before(op), type).flatMap(({ table, column }) =>
    valuesUsed(migration.usesOf(op, column, table), values),
  );
}

function valuesUsed(uses: readonly Reference[], values: readonly string[]): readonly Reference[] {
  return uses.filter((use) => use.values?.some((value) => value !== null && values.includes(value)) === true);
}

function quoted(values: readonly string[]): string {
  return listNames(values.map((value) => `'${value.replaceAll("'", "''")}'`));
}
