/**
 * Rewriting a table, or rebuilding its indexes for a new column type, happens under ACCESS EXCLUSIVE: no query on the
 * table runs until it is done, SELECT included.
 */
import {
  addValueSql,
  defineRule,
  type ExtendedEnum,
  extendedEnum,
  formatName,
  keepsValuesInUtc,
  later,
  listNames,
  lockedTables,
  migrationOf,
  operationsOfChange,
  outsideTransaction,
  quoteIdentifier,
  type RuleMigration,
  type RuleReport,
} from "../src/rule/index.js";
import type { AddColumn, AlterColumnType, AlterTable, Operation } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow rewriting a table, or rebuilding its indexes, while every query on it waits",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      addsColumn:
        "Adding {{column}} rewrites {{table}} and its indexes, because {{cause}}: every query on {{tables}} waits until it is done, SELECT too. {{remedy}}",
      changesType:
        "Changing {{column}} to {{type}} {{work}}: every query on {{tables}} waits until it is done, SELECT too. {{remedy}}",
      rewrites:
        "{{statement}} rewrites {{what}}: every query on {{table}} waits until it is done, SELECT too. {{remedy}}",
      movesIndex:
        "SET TABLESPACE copies {{index}}, without which no query on {{table}} is planned: every one waits until it is done, SELECT too. {{remedy}}",
      movesIndexes:
        "SET TABLESPACE copies every index in {{tablespace}}, without which no query on its table is planned: every one waits until it is done, SELECT too. {{remedy}}",
      defaultForNewRows: "Give the default to new rows only",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const reportForm = (op: Operation, form: RewritingForm | undefined): void => {
      if (!form || migration.work(op) !== "rewrite" || !migration.isLive(op)) return;
      const { table = "every table" } = migration.describe(op);
      context.report({ node: op, messageId: "rewrites", data: { table, ...wordsOf(form, table) } });
    };
    return {
      AddColumn(op) {
        if (migration.work(op) !== "rewrite" || !migration.isLive(op)) return;
        const tables = lockedTables(migration, op, "read");
        const data = { ...migration.describe(op), tables, ...causeOf(op, migration) };
        context.report({ node: op, messageId: "addsColumn", data, suggest: defaultForNewRows(op, migration) });
      },
      AlterColumnType(op) {
        const work = migration.work(op);
        if (work === "instant" || !migration.isLive(op)) return;
        const names = migration.describe(op);
        const inUtc = work === "rewrite" && keepsValuesInUtc(op, migration.before(op), migration.postgres);
        const does = {
          rewrite: `rewrites ${names.table} and its indexes${inUtc ? ", unless the session's time zone is UTC" : ""}`,
          "index-build": `rebuilds indexes of ${names.table}`,
          scan: `checks every row of ${names.table} for the constraints on it`,
        }[work];
        const anyway = work === "scan" ? remedyForConstraints(op, migration) : remedyForType(op, migration);
        const remedy = inUtc
          ? `${anyway} If the times in ${names.column ?? ""} are UTC, SET timezone = 'UTC' before it is enough: no row is rewritten then.`
          : anyway;
        const tables = lockedTables(migration, op, "read");
        context.report({
          node: op,
          messageId: "changesType",
          data: { ...names, type: typeAndCollation(op), work: does, tables, remedy },
        });
      },
      AlterTable(op) {
        const index = migration.before(op).index(op.table)?.name ?? (op.kind === "index" ? op.table.name : undefined);
        if (op.subcommand !== "SetTableSpace" || index === undefined) {
          return reportForm(op, rewritingSubcommands[op.subcommand]);
        }
        if (migration.work(op) === "instant" || !migration.isLive(op)) return;
        const table = migration.before(op).index(op.table)?.table;
        const data = {
          index: quoteIdentifier(index),
          table: table ? formatName(table) : "its table",
          remedy: remedyForIndex(op, index, migration),
        };
        context.report({ node: op, messageId: "movesIndex", data });
      },
      MoveAllInTablespace(op) {
        if (op.kind === "index") {
          const remedy =
            migration.postgres >= 14
              ? outsideTransaction(
                  migration,
                  op,
                  "Move one after the other with REINDEX (CONCURRENTLY, TABLESPACE …) INDEX",
                )
              : newIndexIn("the other tablespace");
          context.report({
            node: op,
            messageId: "movesIndexes",
            data: { tablespace: quoteIdentifier(op.tablespace), remedy },
          });
          return;
        }
        const form = rewritingSubcommands["SetTableSpace"];
        const table = `every ${op.kind} in ${quoteIdentifier(op.tablespace)}`;
        if (form) context.report({ node: op, messageId: "rewrites", data: { table, ...wordsOf(form, table) } });
      },
      Cluster: (op) => reportForm(op, cluster),
      Vacuum: (op) => reportForm(op, vacuumFull),
    };
  },
});

type Suggestions = NonNullable<RuleReport<"defaultForNewRows">["suggest"]>;

interface RewritingForm {
  readonly statement: string;
  readonly remedy: string;
  /** Whether the table's indexes stay as they are. */
  readonly withoutIndexes?: true;
}

function wordsOf({ statement, remedy, withoutIndexes }: RewritingForm, table: string): Record<string, string> {
  return { statement, remedy, what: withoutIndexes ? table : `${table} and its indexes` };
}

const cluster: RewritingForm = {
  statement: "CLUSTER",
  remedy: "pg_repack orders the rows as well, and locks the table for an instant only.",
};

const vacuumFull: RewritingForm = {
  statement: "VACUUM FULL",
  remedy:
    "VACUUM frees the space for new rows and blocks no query; pg_repack gives it back to the system, and locks the table for an instant only.",
};

/** By PostgreSQL's names for the subcommands of ALTER TABLE. */
const rewritingSubcommands: Readonly<Record<string, RewritingForm>> = {
  SetAccessMethod: { statement: "SET ACCESS METHOD", remedy: copyIntoTable("with that access method") },
  SetExpression: {
    statement: "SET EXPRESSION",
    remedy:
      "Add a plain column, keep it up to date with a trigger, fill existing rows in batches, and move the code to it.",
  },
  SetLogged: { statement: "SET LOGGED", remedy: copyIntoTable("that is logged") },
  SetTableSpace: {
    statement: "SET TABLESPACE",
    remedy: "pg_repack --tablespace moves the table as well, and locks it for an instant only.",
    withoutIndexes: true,
  },
  SetUnLogged: { statement: "SET UNLOGGED", remedy: copyIntoTable("that is unlogged") },
};

function copyIntoTable(kind: string): string {
  return `Create a table ${kind}, keep it up to date with a trigger, copy the rows in batches, and swap the names.`;
}

function remedyForIndex(op: AlterTable, index: string, migration: RuleMigration): string {
  const tablespace = quoteIdentifier(op.name ?? "");
  if (migration.postgres < 14) return newIndexIn(tablespace);
  const statement = `REINDEX (CONCURRENTLY, TABLESPACE ${tablespace}) INDEX ${quoteIdentifier(index)}`;
  return outsideTransaction(migration, op, `Move it with ${statement}, which builds it there while queries go on,`);
}

function newIndexIn(tablespace: string): string {
  return `Build the same index under another name in ${tablespace} with CREATE INDEX CONCURRENTLY, drop the old one with DROP INDEX CONCURRENTLY, and rename the new one.`;
}

/** Why adding a column rewrites its table, and the way that does not. */
function causeOf(op: AddColumn, migration: RuleMigration): { cause: string; remedy: string } {
  const { default: given, identity, generated, notNull, type } = op.column;
  const plain = notNull ? "without NOT NULL and without" : "without";
  const isKey = op.column.constraints.some(({ kind }) => kind === "primary key");
  if (generated) {
    return {
      cause: "PostgreSQL computes it for every row",
      remedy:
        migration.postgres >= 18
          ? "Make it VIRTUAL, which stores nothing."
          : "Add a plain column, keep it up to date with a trigger, and fill existing rows in batches.",
    };
  }
  if (identity || /^(small|big)?serial$/.test(type.name)) {
    return {
      cause: "PostgreSQL numbers every row",
      remedy: `Add a plain integer column, make a nextval(…) its default with SET DEFAULT, and number existing rows in batches.`,
    };
  }
  const domain = migration.before(op).domain(type);
  if (domain && (domain.hasCheck || domain.notNull)) {
    return {
      cause: `PostgreSQL checks ${type.sql} for every row`,
      remedy: `Add it as ${domain.baseType.sql}, add what ${type.sql} checks to the table as a CHECK that is NOT VALID, and VALIDATE CONSTRAINT ${later(migration, op)}.`,
    };
  }
  return {
    cause:
      migration.postgres < 11 && given?.kind === "constant"
        ? "before PostgreSQL 11 a default is written into every row"
        : "its default is computed for every row",
    remedy: isKey
      ? `Add it without PRIMARY KEY and without the default, give new rows the default with SET DEFAULT, fill existing rows in batches, and make it the key ${later(migration, op)}.`
      : `Add it ${plain} the default, give new rows the default with SET DEFAULT, and fill existing rows in batches.`,
  };
}

function remedyForConstraints(op: AlterColumnType, migration: RuleMigration): string {
  return `Drop these constraints before it, add them again after it with NOT VALID, and VALIDATE CONSTRAINT ${later(migration, op)}.`;
}

function remedyForType(op: AlterColumnType, migration: RuleMigration): string {
  const exchange = operationsOfChange(migration, "AlterColumnType", "RenameType").map(({ operation }) => operation);
  const extended = extendedEnum(op, migration.before(op), exchange);
  if (extended) return remedyForEnum(op, extended, migration);
  const [length] = op.newType.modifiers;
  const from = migration.before(op).table(op.table)?.columns.get(op.column)?.type;
  const onlyLimitsLength =
    from &&
    ["text", "varchar"].includes(from.name) &&
    op.newType.name === "varchar" &&
    op.newType.arrayDimensions === 0 &&
    !op.using;
  if (onlyLimitsLength && length !== undefined) {
    return `Keep the type and add CHECK (char_length(${quoteIdentifier(op.column)}) <= ${String(length)}) NOT VALID, and VALIDATE CONSTRAINT ${later(migration, op)}.`;
  }
  const added = op.collation === undefined ? "of the new type" : "of that type and collation";
  return `Add a column ${added}, keep it up to date with a trigger, fill existing rows in batches, and move the code to it.`;
}

/** A second type is not needed where the first only gains values. */
function remedyForEnum(op: AlterColumnType, { type, added }: ExtendedEnum, migration: RuleMigration): string {
  const statements = listNames(added.map((one) => addValueSql(type, one)));
  const [values, them] = added.length === 1 ? ["a value", "it"] : ["values", "them"];
  const action = `The type only gains ${values}: instead of making another, add ${them} in an instant with ${statements}`;
  return migration.postgres < 12 ? outsideTransaction(migration, op, action) : `${action}.`;
}

/** As it is written: a new collation alone rebuilds indexes, and the type says nothing of it. */
function typeAndCollation({ newType, collation }: AlterColumnType): string {
  return collation === undefined ? newType.sql : `${newType.sql} COLLATE ${quoteIdentifier(collation)}`;
}

/** Moves the default into a clause of its own, where it is for new rows only. */
function defaultForNewRows(op: AddColumn, { migration }: RuleMigration): Suggestions {
  const { default: given, notNull, generated, identity, range } = op.column;
  if (!given || notNull || generated || identity) return [];
  const { text } = migration.sql;
  const keyword = /\s+DEFAULT\s+$/iu.exec(text.slice(0, given.range[0]));
  if (!keyword) return [];
  const name = quoteIdentifier(op.column.name);
  return [
    {
      messageId: "defaultForNewRows",
      fix: (fixer) => [
        fixer.removeRange([keyword.index, given.range[1]]),
        fixer.insertTextAfterRange([...range], `, ALTER COLUMN ${name} SET DEFAULT ${given.sql}`),
      ],
    },
  ];
}
