/**
 * A column of another type takes other values and gives other ones: what code writes to it or compares it with may be
 * refused, and what a driver makes of its values may be of another kind.
 */
import {
  brokenBy,
  defineRule,
  driverAt,
  formatName,
  listNames,
  migrationOf,
  quoteIdentifier,
  refusalOfConstant,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
  resultKind,
} from "../src/rule/index.js";
import type { AlterColumnType } from "../src/model/operation.js";
import type { Reference } from "../src/model/reference.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description:
        "Disallow changes of a type that code's values do not fit, or that its driver returns as another kind",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
      yieldsTo: ["no-enum-value-removal", "no-lost-column-attribute"],
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      refusedAtHead:
        "The code of this pull request uses {{values}} as {{column}} of {{table}} ({{places}}), which {{refusal}}: PostgreSQL refuses it once the type is changed, in whatever order the two ship. {{remedy}}",
      refusedAtBase:
        "The running code uses {{values}} as {{column}} of {{table}} ({{places}}), which {{refusal}}: PostgreSQL refuses it from the moment the type is changed until the last instance of that code is gone. Deploy code without it first; change the type in a later pull request.",
      returned:
        "{{driver}} returns {{column}} of {{table}} as {{newKind}} once it is {{type}}. The running code, which gets {{oldKind}} until then, reads it ({{places}}). Deploy code that takes both first; change the type in a later pull request.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    return {
      AlterColumnType(op) {
        if (!migration.isLive(op)) return;
        const uses = migration.usesOf(op, op.column);
        if (uses.length > 0 && !reportRefused(op, uses)) reportReturned(op, uses);
      },
    };

    /** Constants in code that the new type has not. */
    function reportRefused(op: AlterColumnType, uses: readonly Reference[]): boolean {
      const before = migration.before(op);
      const former = before.table(op.table)?.columns.get(op.column)?.type;
      const refused = uses.flatMap((reference) =>
        (reference.values ?? []).flatMap((value) => {
          if (value === null) return [];
          const written = reference.kind === "write";
          const refusal = refusalOfConstant(value, op.newType, before, written);
          // What the old type refuses, too, is a mistake already, or not this column.
          const isNew = refusal !== undefined && (!former || !refusalOfConstant(value, former, before, written));
          return isNew ? [{ reference, value, refusal }] : [];
        }),
      );
      const broken = brokenBy(
        migration,
        refused.map(({ reference }) => reference),
        least,
      );
      if (!broken) return false;
      const told = refused.filter(({ reference }) => broken.uses.includes(reference));
      const [first] = told;
      const values = told.filter(({ refusal }) => refusal === first?.refusal).map(({ value }) => value);
      context.report({
        node: op,
        messageId: broken.by === "head" ? "refusedAtHead" : "refusedAtBase",
        data: {
          values: listNames([...new Set(values)].map((value) => `'${value}'`)),
          column: quoteIdentifier(op.column),
          table: formatName(op.table),
          places: broken.places,
          refusal: first?.refusal ?? "",
          remedy: broken.uses.some(({ side }) => side === "base")
            ? "Deploy code without it first; change the type in a later pull request."
            : "Change that before you merge.",
        },
        evidence: [...new Set(broken.uses)],
      });
      return true;
    }

    /** Reads of the running code, whose driver hands on another kind of value. */
    function reportReturned(op: AlterColumnType, uses: readonly Reference[]): void {
      const before = migration.before(op);
      const former = before.table(op.table)?.columns.get(op.column)?.type;
      if (!former) return;
      const [oldKind, newKind] = [resultKind(former, before), resultKind(op.newType, before)];
      const tree = (migration.change.release ?? migration.change.base)?.tree;
      if (oldKind === newKind || tree === undefined) return;
      const reads = uses.filter(({ side, kind, values }) => side === "base" && READS.has(kind ?? "") && !values);
      const broken = brokenBy(
        migration,
        reads.filter(({ file }) => driverAt(file, tree) !== undefined),
        least,
      );
      const driver = broken?.uses[0] && driverAt(broken.uses[0].file, tree);
      if (!broken || !driver) return;
      context.report({
        node: op,
        messageId: "returned",
        data: {
          driver: driver.name,
          column: quoteIdentifier(op.column),
          table: formatName(op.table),
          type: op.newType.sql,
          oldKind,
          newKind,
          places: broken.places,
        },
        evidence: broken.uses,
      });
    }
  },
});

/** Kinds of uses that may take the value out of the database. */
const READS: ReadonlySet<string> = new Set(["read", "star read", "declared"]);
