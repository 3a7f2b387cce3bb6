/** A new name takes the old one away: whatever names a column, table or function by it fails from that moment on. */
import {
  brokenUses,
  defineRule,
  formatName,
  migrationOf,
  quoteIdentifier,
  REPORT_DEFAULT,
  REPORT_SCHEMA,
  type RuleMigration,
} from "../src/rule/index.js";
import type { QualifiedName } from "../src/model/name.js";
import type {
  RenameColumn,
  RenameFunction,
  RenameRelation,
  RenameSchema,
  RenameType,
  SetFunctionSchema,
  SetSchema,
  SetTypeSchema,
} from "../src/model/operation.js";

type Rename =
  | RenameColumn
  | RenameFunction
  | RenameRelation
  | RenameSchema
  | RenameType
  | SetFunctionSchema
  | SetSchema
  | SetTypeSchema;

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow renaming and moving what code uses by its old name",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
    },
    schema: REPORT_SCHEMA,
    defaultOptions: REPORT_DEFAULT,
    messages: {
      usedAtHead:
        "The code of this pull request still uses {{what}} by this name ({{places}}) and fails once it is {{newName}}, in whatever order the two ship. {{remedy}}",
      usedAtBase:
        "The running code uses {{what}} by this name ({{places}}) and fails from the moment it is {{newName}} until its last instance is gone. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const least = context.options[0]?.report;
    const downtime = migration.change.configuration.deploy.model === "recreate";
    const check = (op: Rename): void => {
      const broken = brokenUses(migration, op, least);
      if (!broken) return;
      const names = namesOf(op, migration);
      context.report({
        node: op,
        messageId: broken.by === "head" ? "usedAtHead" : "usedAtBase",
        data: {
          what: names.what,
          newName: names.newName,
          places: broken.places,
          remedy: downtime ? `Use ${names.newName} there.` : remedyFor(names, migration),
        },
        evidence: broken.uses,
      });
    };
    return {
      RenameColumn: check,
      RenameFunction: check,
      RenameRelation: check,
      RenameSchema: check,
      RenameType: check,
      SetFunctionSchema: check,
      SetSchema: check,
      SetTypeSchema: check,
    };
  },
});

interface Names {
  /** What may stand in for it. */
  readonly kind: "column" | "table" | "repeatable" | "single";
  /** `the table orders` */
  readonly what: string;
  readonly name: string;
  readonly newName: string;
}

function namesOf(op: Rename, migration: RuleMigration): Names {
  const of = (kind: Names["kind"], noun: string, from: QualifiedName, to: Partial<QualifiedName>): Names => {
    const name = formatName(from);
    return { kind, what: `the ${noun} ${name}`, name, newName: formatName({ ...from, ...to }) };
  };
  switch (op.type) {
    case "RenameColumn": {
      const name = quoteIdentifier(op.column);
      const what = `the column ${name} of ${formatName(op.table)}`;
      return { kind: "column", what, name, newName: quoteIdentifier(op.newName) };
    }
    case "RenameFunction":
      return of("repeatable", op.kind, op.function, { name: op.newName });
    case "SetFunctionSchema":
      return of("repeatable", op.kind, op.function, { schema: op.newSchema });
    case "RenameRelation":
    case "SetSchema": {
      const to = op.type === "SetSchema" ? { schema: op.newSchema } : { name: op.newName };
      // ALTER TABLE renames whatever relation there is.
      const known = migration.before(op).table(op.relation)?.kind;
      const noun = known === undefined || known === "partitioned table" ? op.kind : known;
      const kind = noun === "sequence" ? "single" : noun.endsWith("view") ? "repeatable" : "table";
      return of(kind, noun, op.relation, to);
    }
    case "RenameSchema":
      return of("single", "schema", { name: op.schema }, { name: op.newName });
    case "RenameType":
    case "SetTypeSchema": {
      const noun = migration.before(op).domain(op.name) ? "domain" : "type";
      return of("single", noun, op.name, op.type === "SetTypeSchema" ? { schema: op.newSchema } : { name: op.newName });
    }
  }
}

/** How the old name can stay for as long as code uses it. */
function remedyFor({ kind, name, newName }: Names, { migration }: RuleMigration): string {
  switch (kind) {
    case "column":
      return `Keep ${name} in the database and map it in the code; or add ${newName} beside it, write both, copy the rows, read ${newName}, and drop ${name} in a later pull request.`;
    case "table": {
      const together =
        migration.transaction === "per-statement" ? "between one BEGIN and COMMIT" : "in one transaction";
      return `Put a view in its place, ${together} with this: CREATE VIEW ${name} AS SELECT * FROM ${newName}. Drop the view in a later pull request.`;
    }
    case "repeatable":
      return `Create ${newName} beside it, and drop ${name} in a later pull request.`;
    case "single":
      return `Keep ${name} in the database and map it in the code.`;
  }
}
