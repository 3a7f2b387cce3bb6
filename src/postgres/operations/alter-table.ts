import type {
  AlterTableCmd,
  AlterTableMoveAllStmt,
  AlterTableStmt,
  ATAlterConstraint,
  ColumnDef,
  Constraint,
  DefElem,
  Node,
  PartitionCmd,
  RangeVar,
  ReplicaIdentityStmt,
} from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { MoveAllInTablespace } from "../../model/object-operation.js";
import type { AlterTable, AlterTableSubcommand, AlterType, RelationKind } from "../../model/operation.js";
import type { StatementSource } from "../statement-source.js";
import { arrivalOfSubcommand } from "./arrivals.js";
import { collation, columnDefinition, parenthesized, tableConstraint } from "./definitions.js";
import { expression } from "./expressions.js";
import { reader, type Draft } from "./draft.js";
import { all, as, relationName, roleName, typeName } from "./names.js";
import { objectKind, relationKind } from "./object-kinds.js";
import { partitionBound } from "./partitions.js";
import { typeAttribute } from "./types-and-functions.js";

/** One subcommand with the tokens of its clause. */
interface Subcommand {
  readonly source: StatementSource;
  readonly table: QualifiedName;
  readonly kind: RelationKind;
  /** ALTER TABLE ONLY. */
  readonly only: boolean;
  /** ALTER TYPE. */
  readonly ofType: boolean;
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
  AT_AddConstraint: ({ source, table, command, to }) => ({
    type: "AddConstraint",
    table,
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
  AT_AttachPartition: (subcommand) => {
    const { table, command } = subcommand;
    const bound = as<PartitionCmd>(command.def, "PartitionCmd")?.bound;
    // ALTER INDEX … ATTACH PARTITION has none.
    if (bound === undefined) return alterTable(subcommand);
    return {
      type: "AttachPartition",
      table,
      partition: partition(command),
      ...(bound.is_default === true && { defaultPartition: true }),
      bound: partitionBound(bound),
    };
  },
  AT_DetachPartition: detachPartition,
  AT_DetachPartitionFinalize: detachPartition,
  AT_ChangeOwner: ({ table, kind, command }) => ({
    type: "ChangeOwner",
    kind,
    relation: table,
    owner: roleName(command.newowner),
  }),
};

function detachPartition({ table, command }: Subcommand): Draft {
  return {
    type: "DetachPartition",
    table,
    partition: partition(command),
    concurrently: as<PartitionCmd>(command.def, "PartitionCmd")?.concurrent === true,
    finalize: command.subtype === "AT_DetachPartitionFinalize",
  };
}

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

function alterTable({ source, table, kind, command, from, to }: Subcommand): Draft {
  const { subtype = "", def } = command;
  const subcommand = subtype.slice("AT_".length) as AlterTableSubcommand;
  const options = all<DefElem>(as<{ items?: Node[] }>(def, "List")?.items, "DefElem");
  const names = options.flatMap(({ defname }) => defname ?? []);
  const named = as<RangeVar>(def, "RangeVar") ?? as<PartitionCmd>(def, "PartitionCmd")?.name;
  const replica = as<ReplicaIdentityStmt>(def, "ReplicaIdentityStmt");
  const constraint = as<ATAlterConstraint>(def, "ATAlterConstraint");
  const identity = identityOf(command, options);
  const name = command.name ?? constraint?.conname ?? replica?.name;
  const arrival = arrivalOfSubcommand(command);
  return {
    type: "AlterTable",
    kind,
    table,
    subcommand,
    ...(name !== undefined && (OF_COLUMN.has(subtype) ? { column: name } : { name })),
    ...(named !== undefined && { other: relationName(named) }),
    ...(arrival && { arrival }),
    ...(names.length > 0 && { parameters: names }),
    ...(identity !== undefined && { identity }),
    ...(replica !== undefined && { replicaIdentity: REPLICA_IDENTITIES[replica.identity_type ?? ""] ?? "default" }),
    ...(constraint?.alterEnforceability === true && { enforced: constraint.is_enforced === true }),
    ...(constraint?.alterDeferrability === true && { deferrable: constraint.deferrable === true }),
    ...(subcommand === "SetExpression" &&
      def !== undefined && { expression: parenthesized(source, def, source.find(from + 3, ["as"], to), to) }),
  };
}

/** ReplicaIdentityStmt.identity_type (pg_class.h, REPLICA_IDENTITY_DEFAULT and its kin). */
const REPLICA_IDENTITIES: Readonly<Record<string, AlterTable["replicaIdentity"]>> = {
  d: "default",
  f: "full",
  n: "nothing",
  i: "index",
};

/** `a` and `d` stand for ALWAYS and BY DEFAULT (pg_attribute.h, ATTRIBUTE_IDENTITY_ALWAYS and its kin). */
function identityOf({ def }: AlterTableCmd, options: readonly DefElem[]): AlterTable["identity"] {
  const added = as<Constraint>(def, "Constraint")?.generated_when;
  const set = as<{ ival?: number }>(options.find(({ defname }) => defname === "generated")?.arg, "Integer")?.ival;
  const letter = added ?? (set === undefined ? undefined : String.fromCharCode(set));
  if (letter === undefined) return undefined;
  return letter === "a" ? "always" : "by default";
}

/** ALTER TABLE, INDEX, VIEW, …: one operation a subcommand. */
function alterTableStatement(statement: AlterTableStmt, source: StatementSource): Draft[] {
  const table = relationName(statement.relation);
  // A composite type's attributes are changed with the same subcommands.
  const kind = relationKind(statement.objtype) ?? "table";
  const ofType = objectKind(statement.objtype) === "type";
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
        ofType,
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
    const draft = readSubcommand({ source, table, kind, only, ofType, command, ...clause });
    return clauses.length === commands.length ? { ...draft, range: source.rangeOf(clause.from, clause.to) } : draft;
  });
}

/** What would go down to partitions and children without ONLY. */
const INHERITED: ReadonlySet<Draft["type"]> = new Set([
  "AddColumn",
  "AddConstraint",
  "AlterTable",
  "DropColumn",
  "DropConstraint",
  "DropDefault",
  "DropNotNull",
  "SetDefault",
  "SetNotNull",
]);

function readSubcommand(subcommand: Subcommand): Draft {
  if (subcommand.ofType) return alterType(subcommand);
  const draft = (READERS[subcommand.command.subtype ?? ""] ?? alterTable)(subcommand);
  return subcommand.only && INHERITED.has(draft.type) ? ({ ...draft, only: true } as Draft) : draft;
}

const ATTRIBUTE_SUBCOMMANDS: Readonly<Record<string, AlterType["subcommand"]>> = {
  AT_AddColumn: "AddAttribute",
  AT_DropColumn: "DropAttribute",
  AT_AlterColumnType: "AlterAttributeType",
};

function alterType({ source, table, command }: Subcommand): Draft {
  const definition = as<ColumnDef>(command.def, "ColumnDef");
  const attribute = command.name ?? definition?.colname;
  return {
    type: "AlterType",
    name: table,
    subcommand: ATTRIBUTE_SUBCOMMANDS[command.subtype ?? ""] ?? "AddAttribute",
    ...(attribute !== undefined && { attribute }),
    ...(definition?.typeName !== undefined && { attributeType: typeAttribute(definition, source).type }),
    cascade: command.behavior === "DROP_CASCADE",
  };
}

function firstSubcommand(statement: AlterTableStmt, source: StatementSource): number {
  return source.behindName(source.tokenAt(source.offset(statement.relation?.location)));
}

export const alterTableReaders = {
  AlterTableStmt: reader<AlterTableStmt>(alterTableStatement),
  AlterTableMoveAllStmt: reader<AlterTableMoveAllStmt>((statement) => [
    {
      type: "MoveAllInTablespace",
      kind: objectKind(statement.objtype) as MoveAllInTablespace["kind"],
      tablespace: statement.orig_tablespacename ?? "",
      newTablespace: statement.new_tablespacename ?? "",
    },
  ]),
};
