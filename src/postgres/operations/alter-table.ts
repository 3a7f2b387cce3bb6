import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  DefElem,
  PartitionCmd,
  RangeVar,
} from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { RelationKind } from "../../model/operation.js";
import type { StatementSource } from "../statement-source.js";
import { collation, columnDefinition, tableConstraint } from "./definitions.js";
import { expression } from "./expressions.js";
import { all, as, relationName, typeName } from "./names.js";
import { other, type Draft } from "./draft.js";

const RELATION_KINDS: Readonly<Record<string, RelationKind>> = {
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_FOREIGN_TABLE: "foreign table",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_INDEX: "index",
};

export function relationKind(objectType: string | undefined): RelationKind | undefined {
  return RELATION_KINDS[objectType ?? ""];
}

/** One subcommand with the tokens of its clause. */
interface Subcommand {
  readonly source: StatementSource;
  readonly table: QualifiedName;
  readonly kind: RelationKind;
  /** ALTER TABLE ONLY. */
  readonly only: boolean;
  readonly command: AlterTableCmd;
  readonly from: number;
  readonly to: number;
}

type Reader = (subcommand: Subcommand) => Draft;

function ofColumn(type: "SetNotNull" | "DropNotNull"): Reader {
  return ({ table, command }) => ({ type, table, column: command.name ?? "" });
}

/** Subcommands with an operation of their own; every other becomes `AlterTable`. */
const READERS: Readonly<Record<string, Reader>> = {
  AT_AddColumn: ({ source, table, command, to }) => ({
    type: "AddColumn",
    table,
    column: columnDefinition(source, as<ColumnDef>(command.def, "ColumnDef") ?? {}, to),
    ifNotExists: command.missing_ok === true,
  }),
  AT_DropColumn: ({ table, command }) => ({
    type: "DropColumn",
    table,
    column: command.name ?? "",
    ifExists: command.missing_ok === true,
    cascade: command.behavior === "DROP_CASCADE",
  }),
  AT_AlterColumnType: ({ source, table, command, from, to }) => {
    const definition = as<ColumnDef>(command.def, "ColumnDef") ?? {};
    const collate = definition.collClause && source.offset(definition.collClause.location);
    const using = source.find(from + 3, ["using"], to);
    return {
      type: "AlterColumnType",
      table,
      column: command.name ?? "",
      newType: typeName(source, definition.typeName, collate ?? source.tokens[using]?.start ?? source.range[1]),
      ...(definition.raw_default !== undefined && {
        using: expression(source, definition.raw_default, source.rangeOf(using + 1, to)),
      }),
      ...collation(definition),
    };
  },
  AT_ColumnDefault: ({ source, table, command, from, to }) => {
    const column = command.name ?? "";
    if (command.def === undefined) return { type: "DropDefault", table, column };
    const keyword = source.find(from + 1, ["default"], to);
    return {
      type: "SetDefault",
      table,
      column,
      default: expression(source, command.def, source.rangeOf(keyword + 1, to)),
    };
  },
  AT_SetNotNull: ofColumn("SetNotNull"),
  AT_DropNotNull: ofColumn("DropNotNull"),
  AT_AddConstraint: ({ source, table, only, command, to }) => ({
    type: "AddConstraint",
    table,
    ...(only && { only }),
    constraint: tableConstraint(source, as<Constraint>(command.def, "Constraint") ?? {}, to),
  }),
  AT_ValidateConstraint: ({ table, command }) => ({
    type: "ValidateConstraint",
    table,
    constraint: command.name ?? "",
  }),
  AT_DropConstraint: ({ table, command }) => ({
    type: "DropConstraint",
    table,
    constraint: command.name ?? "",
    ifExists: command.missing_ok === true,
    cascade: command.behavior === "DROP_CASCADE",
  }),
  AT_AttachPartition: (subcommand) =>
    subcommand.kind === "index"
      ? alterTable(subcommand)
      : {
          type: "AttachPartition",
          table: subcommand.table,
          partition: partition(subcommand.command),
          ...(as<PartitionCmd>(subcommand.command.def, "PartitionCmd")?.bound?.is_default === true && {
            defaultPartition: true,
          }),
        },
  AT_DetachPartition: ({ table, command }) => ({
    type: "DetachPartition",
    table,
    partition: partition(command),
    concurrently: as<PartitionCmd>(command.def, "PartitionCmd")?.concurrent === true,
  }),
};

function partition(command: AlterTableCmd): QualifiedName {
  return relationName(as<PartitionCmd>(command.def, "PartitionCmd")?.name);
}

/** Subcommands without a reader whose `name` is a column. */
const OF_COLUMN = new Set([
  "AT_SetExpression",
  "AT_DropExpression",
  "AT_SetStatistics",
  "AT_SetOptions",
  "AT_ResetOptions",
  "AT_SetStorage",
  "AT_SetCompression",
  "AT_AddIdentity",
  "AT_SetIdentity",
  "AT_DropIdentity",
  "AT_AlterColumnGenericOptions",
]);

function alterTable({ table, kind, command }: Subcommand): Draft {
  const subtype = command.subtype ?? "";
  const parameters = as<{ items?: { DefElem: DefElem }[] }>(command.def, "List")?.items ?? [];
  const names = all<DefElem>(parameters, "DefElem").flatMap(({ defname }) => (defname === undefined ? [] : [defname]));
  const named =
    as<RangeVar>(command.def, "RangeVar") ?? as<PartitionCmd>(command.def, "PartitionCmd")?.name ?? undefined;
  const name = command.name ?? as<{ conname?: string }>(command.def, "ATAlterConstraint")?.conname;
  return {
    type: "AlterTable",
    kind,
    table,
    subcommand: subtype.replace(/^AT_/, ""),
    ...(name !== undefined && (OF_COLUMN.has(subtype) ? { column: name } : { name })),
    ...(named !== undefined && { other: relationName(named) }),
    ...(names.length > 0 && { parameters: names }),
  };
}

/** ALTER TABLE, INDEX, VIEW, …: one operation a subcommand. */
export function alterTableStatement(statement: AlterTableStmt, source: StatementSource): Draft[] {
  const table = relationName(statement.relation);
  const kind = relationKind(statement.objtype);
  if (kind === undefined) return [other("AlterTableStmt", { object: statement.objtype })];
  const only = statement.relation?.inh !== true;
  const commands = all<AlterTableCmd>(statement.cmds, "AlterTableCmd");
  if (commands.length === 1) {
    const command = commands[0] as AlterTableCmd;
    // Only some subcommands look at the tokens: they are not made for the others.
    let first: number | undefined;
    return [
      readSubcommand({
        source,
        table,
        kind,
        only,
        command,
        get from() {
          return (first ??= firstSubcommand(statement, source));
        },
        get to() {
          return source.tokens.length;
        },
      }),
    ];
  }
  const clauses = source.elements(firstSubcommand(statement, source));
  return commands.map((command, index) => {
    const clause = clauses[index] ?? { from: 0, to: source.tokens.length };
    const draft = readSubcommand({ source, table, kind, only, command, ...clause });
    return clauses.length === commands.length ? { ...draft, range: source.rangeOf(clause.from, clause.to) } : draft;
  });
}

function readSubcommand(subcommand: Subcommand): Draft {
  return (READERS[subcommand.command.subtype ?? ""] ?? alterTable)(subcommand);
}

function firstSubcommand(statement: AlterTableStmt, source: StatementSource): number {
  return source.behindName(source.tokenAt(source.offset(statement.relation?.location)));
}
