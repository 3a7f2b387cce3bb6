/** A tool's call that changes a column describes all of it anew: what the call does not repeat, PostgreSQL drops. */
import {
  defineRule,
  endOfChange,
  listNames,
  migrationOf,
  quoteIdentifier,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Column } from "../src/model/catalog.js";
import type { AlterColumnType, DropDefault, DropNotNull, Operation } from "../src/model/operation.js";

type Drop = DropDefault | DropNotNull | AlterColumnType;

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow changing a column with a call that drops its default, NOT NULL or length as a side effect",
      recommended: "error",
      category: "Compatibility",
      harm: "breaks code",
    },
    messages: {
      lost: "{{column}} of {{table}} loses {{lost}}: {{tool}} drops what the call does not repeat. From here on {{effect}}. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return { AlterColumnType: check, DropDefault: check, DropNotNull: check };

    function check(op: Drop): void {
      if (!isImplied(op, migration) || !migration.isLive(op)) return;
      const lost = dropsOfCall(op, migration).filter((drop) => isLost(drop, migration));
      // One finding for the call, at the first thing that is lost.
      if (lost[0] !== op) return;
      const types = new Set(lost.map(({ type }) => type));
      const column = quoteIdentifier(op.column);
      const { default: value, type } = columnBefore(op, migration) ?? {};
      const { label: tool, name } = migration.migration.tool;
      context.report({
        node: op,
        messageId: "lost",
        also: lost.slice(1),
        data: {
          ...migration.describe(op),
          column,
          tool,
          lost: listNames([
            ...(types.has("DropDefault") && value ? [`its default ${value.sql}`] : []),
            ...(types.has("DropNotNull") ? ["NOT NULL"] : []),
            ...(types.has("AlterColumnType") ? [`its length of ${type?.modifiers.join() ?? ""}`] : []),
          ]),
          effect: types.has("DropDefault")
            ? withoutDefault(op, migration)
            : types.has("DropNotNull")
              ? "rows can have no value there"
              : `${column} takes values of any length`,
          remedy: remedyOf(name, types, value?.sql, type?.modifiers ?? []),
        },
      });
    }
  },
});

/** What an INSERT without the column does once the default is gone. */
function withoutDefault(op: Drop, migration: RuleMigration): string {
  const column = quoteIdentifier(op.column);
  return columnAtEnd(op, migration)?.notNull === true
    ? `an INSERT that leaves ${column} out fails`
    : `an INSERT that leaves ${column} out stores NULL`;
}

/** How the options of a tool's call say again what a column has. */
interface Options {
  readonly notNull: string;
  /** A default that is written as SQL. */
  readonly raw: (sql: string) => string;
}

const OPTIONS: Readonly<Record<string, Options>> = {
  sequelize: { notNull: "allowNull: false", raw: (sql) => `Sequelize.literal(${JSON.stringify(sql)})` },
  "db-migrate": { notNull: "notNull: true", raw: (sql) => `new String(${JSON.stringify(sql)})` },
};

function remedyOf(
  tool: string,
  lost: ReadonlySet<Drop["type"]>,
  value: string | undefined,
  length: readonly number[],
): string {
  if (tool === "knex") {
    const repeat = [
      ...(lost.has("DropDefault") && value !== undefined ? [defaultTo(value)] : []),
      ...(lost.has("DropNotNull") ? [".notNullable()"] : []),
    ];
    const leave = lost.has("DropNotNull") ? "; .alter({ alterNullable: false }) leaves NOT NULL as it is" : "";
    return `Repeat ${repeat.join("")} before .alter()${leave}.`;
  }
  const options = Object.hasOwn(OPTIONS, tool) ? OPTIONS[tool] : undefined;
  if (options === undefined) return "Say in the same call what the column keeps.";
  const repeat = [
    ...(lost.has("DropDefault") && value !== undefined
      ? [`defaultValue: ${isAlike(value) ? value : options.raw(value)}`]
      : []),
    ...(lost.has("DropNotNull") ? [options.notNull] : []),
    ...(lost.has("AlterColumnType")
      ? [`length: ${length.length === 1 ? String(length[0]) : `"${length.join()}"`}`]
      : []),
  ];
  return `Repeat ${listNames(repeat)} in the call.`;
}

/** Whether JavaScript writes a default as SQL does. */
function isAlike(value: string): boolean {
  return /^(?:-?[1-9]\d{0,14}|0|true|false|'[^'\\\n]*')$/.test(value);
}

/** The call that sets a default again: what JavaScript writes alike as it is, everything else as SQL. */
function defaultTo(value: string): string {
  return `.defaultTo(${isAlike(value) ? value : `knex.raw(${JSON.stringify(value)})`})`;
}

function isImplied(op: Drop, migration: RuleMigration): boolean {
  return migration.statementOf(op).statement.embedded?.implied === true;
}

/** What the same call drops of the same column, in order. */
function dropsOfCall(op: Drop, migration: RuleMigration): readonly Drop[] {
  const { range } = migration.statementOf(op).statement;
  const found: Drop[] = [];
  for (const { statement } of migration.migration.statements) {
    if (statement.range[0] !== range[0] || statement.range[1] !== range[1] || !statement.embedded?.implied) continue;
    for (const drop of statement.operations) {
      if (isDrop(drop) && drop.column === op.column) found.push(drop);
    }
  }
  return found;
}

function isDrop(operation: Operation): operation is Drop {
  return operation.type === "DropDefault" || operation.type === "DropNotNull" || operation.type === "AlterColumnType";
}

/** Whether the column has what is dropped, and no longer has it at the end of the change. */
function isLost(drop: Drop, migration: RuleMigration): boolean {
  const before = columnBefore(drop, migration);
  const after = columnAtEnd(drop, migration);
  if (!before || !after || !endOfChange(migration).isKnownFrom(migration.statementOf(drop))) return false;
  if (drop.type === "AlterColumnType")
    return hasLength(before, true) && hasLength(after, false) && isSameKind(before, after);
  return drop.type === "DropDefault"
    ? before.default !== undefined && after.default === undefined
    : before.notNull === true && after.notNull === false;
}

function hasLength({ type }: Column, wanted: boolean): boolean {
  return type !== undefined && type.modifiers.length > 0 === wanted;
}

function isSameKind({ type: one }: Column, { type: other }: Column): boolean {
  return one?.name === other?.name && one?.arrayDimensions === other?.arrayDimensions;
}

function columnBefore(op: Drop, migration: RuleMigration): Column | undefined {
  return migration.before(op).table(op.table)?.columns.get(op.column);
}

function columnAtEnd(op: Drop, migration: RuleMigration): Column | undefined {
  return endOfChange(migration).column(migration.statementOf(op), op.table, op.column);
}
