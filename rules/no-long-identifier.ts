/** PostgreSQL keeps the first 63 bytes of a name and says so in a NOTICE, which nobody reads; two names can become one. */
import {
  defineRule,
  isMaybeCut,
  type LongIdentifier,
  longIdentifiers,
  migrationOf,
  placeOf,
  quoteIdentifier,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Catalog } from "../src/model/catalog.js";
import type { QualifiedName } from "../src/model/name.js";
import type { ColumnDefinition, ConstraintDefinition, Operation, OperationOf } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow names that PostgreSQL cuts at 63 bytes",
      recommended: "warn",
      category: "Schema design",
      harm: "other",
    },
    hasSuggestions: true,
    messages: {
      cut: "PostgreSQL keeps 63 bytes of a name: {{name}} becomes {{cut}}, and whoever looks for the whole name in the catalogs, a tool that compares schemas among them, does not find it. Choose a name of at most 63 bytes.",
      collides:
        "PostgreSQL keeps 63 bytes of a name: {{name}} becomes {{cut}}, and so did {{other}} ({{place}}): {{outcome}}. Choose a name that differs in its first 63 bytes.",
      setCut: "Write the name as PostgreSQL keeps it",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const visit = (op: Operation): void => {
      const given = givenNames(op).filter(({ name }) => isMaybeCut(name));
      if (given.length === 0) return;
      const long = longIdentifiers(op, migration.statementOf(op), migration.migration);
      for (const cut of new Set(given.map(({ name }) => name))) {
        const identifier = long.get(cut);
        if (!identifier) continue;
        const { range } = identifier;
        const taken = given.some(({ name, isTaken }) => name === cut && isTaken?.(migration.before(op)));
        const other = taken ? otherNameOf(identifier, op, migration) : undefined;
        const data = { name: quoteIdentifier(identifier.name), cut: quoteIdentifier(cut) };
        context.report({
          node: op,
          ...(range && { range }),
          ...(other
            ? { messageId: "collides", data: { ...data, ...other, outcome: outcomeOf(op) } }
            : { messageId: "cut", data }),
          ...(range &&
            !other && {
              suggest: [
                {
                  messageId: "setCut",
                  fix: (fixer) =>
                    fixer.replaceTextRange([...range], quotedAs(cut, migration.migration.sql.text[range[0]])),
                },
              ],
            }),
        });
      }
    };
    return {
      Migration() {
        for (const { statement } of migration.migration.statements) statement.operations.forEach(visit);
      },
    };
  },
});

/** A name that an operation gives to something. */
interface GivenName {
  readonly name: string;
  /** Whether something has it already in the place where two of one name cannot be. Absent: not known. */
  readonly isTaken?: (before: Catalog) => boolean;
}

type NamesOf<Type extends Operation["type"]> = (op: OperationOf<Type>) => readonly GivenName[];

/** What each operation names. */
const NAMES: { readonly [Type in Operation["type"]]?: NamesOf<Type> } = {
  AddColumn: ({ table, column }) => columnNames(table, column),
  AddConstraint: ({ table, constraint }) => constraintNames(table, constraint),
  CreateDomain: ({ domain }) => [domain],
  CreateEnum: ({ enum: name }) => [name],
  CreateFunction: ({ function: name }) => [name],
  CreateIndex: ({ table, index }) => (index ? [relationName(index, (before) => before.qualify(table).schema)] : []),
  CreateObject: ({ name }) => [name],
  CreatePolicy: ({ policy }) => [{ name: policy }],
  CreateRule: ({ rule }) => [{ name: rule }],
  CreateSchema: ({ schema }) => [{ name: schema }],
  CreateSequence: ({ sequence }) => [relationName(sequence)],
  CreateTable: ({ table, columns, constraints }) => [
    relationName(table),
    ...columns.flatMap((column) => columnNames(table, column)),
    ...constraints.flatMap((constraint) => constraintNames(table, constraint)),
  ],
  CreateTableAs: ({ table }) => [relationName(table)],
  CreateTrigger: ({ trigger }) => [{ name: trigger }],
  CreateType: ({ name }) => [name],
  CreateView: ({ view }) => [{ name: view.name }],
  RenameColumn: ({ table, newName }) => [columnName(table, newName)],
  RenameConstraint: ({ newName }) => [{ name: newName }],
  RenameFunction: ({ newName }) => [{ name: newName }],
  RenamePolicy: ({ newName }) => [{ name: newName }],
  RenameRule: ({ newName }) => [{ name: newName }],
  RenameTrigger: ({ newName }) => [{ name: newName }],
  RenameObject: ({ newName }) => [{ name: newName }],
  RenameRelation: ({ relation, newName }) => [
    relationName({ name: newName }, (before) => before.qualify(relation).schema),
  ],
  RenameSchema: ({ newName }) => [{ name: newName }],
  RenameType: ({ newName }) => [{ name: newName }],
};

function givenNames(op: Operation): readonly GivenName[] {
  return (NAMES[op.type] as ((op: Operation) => readonly GivenName[]) | undefined)?.(op) ?? [];
}

function relationName(relation: QualifiedName, schemaOf?: (before: Catalog) => string): GivenName {
  return {
    name: relation.name,
    isTaken: (before) => {
      const name = { ...relation, schema: schemaOf?.(before) ?? before.qualify(relation).schema };
      return before.table(name) !== undefined || before.index(name) !== undefined;
    },
  };
}

function columnName(table: QualifiedName, name: string): GivenName {
  return { name, isTaken: (before) => before.table(table)?.columns.has(name) ?? false };
}

function columnNames(table: QualifiedName, { name, constraints, notNullName }: ColumnDefinition): GivenName[] {
  return [
    columnName(table, name),
    ...(notNullName === undefined ? [] : [{ name: notNullName }]),
    ...constraints.flatMap((constraint) => constraintNames(table, constraint)),
  ];
}

function constraintNames(table: QualifiedName, { name }: ConstraintDefinition): GivenName[] {
  if (name === undefined) return [];
  return [{ name, isTaken: (before) => before.table(table)?.constraints.has(name) ?? false }];
}

/** A longer name that an earlier statement wrote, and of which the same is left. */
function otherNameOf(
  { name, cut }: LongIdentifier,
  op: Operation,
  migration: RuleMigration,
): { readonly other: string; readonly place: string } | undefined {
  const here = migration.statementOf(op);
  for (const placed of migration.database.migrations) {
    const file = placed.sql.text.toLowerCase();
    for (const statement of file.includes(cut.toLowerCase()) ? placed.statements : []) {
      if (statement === here) return undefined;
      for (const earlier of statement.statement.operations) {
        if (!givenNames(earlier).some((given) => given.name === cut)) continue;
        const other = longIdentifiers(earlier, statement, placed).get(cut)?.name;
        if (other === undefined || other === name) continue;
        return { other: quoteIdentifier(other), place: placeOf(migration, { migration: placed, statement }) };
      }
    }
    if (placed === migration.migration) return undefined;
  }
  return undefined;
}

function outcomeOf(op: Operation): string {
  return "ifNotExists" in op && op.ifNotExists === true
    ? "with IF NOT EXISTS PostgreSQL makes nothing and goes on"
    : "the statement fails";
}

/** A name in the quotes that the file has there. */
function quotedAs(name: string, first = ""): string {
  return first === '"' ? `"${name.replaceAll('"', '""')}"` : name;
}
