/** The columns to which a change gives a type: in CREATE TABLE, ADD COLUMN and ALTER COLUMN … TYPE. */
import type { Column } from "../model/catalog.js";
import type { QualifiedName, TypeName } from "../model/name.js";
import type { AddColumn, AlterColumnType, ColumnDefinition, CreateTable } from "../model/operation.js";
import type { Range } from "../model/position.js";
import { endOfChange } from "./end-of-change.js";
import type { OperationVisitors, RuleMigration } from "./types.js";

/** A type that a column has because of the change, and still has at its end. */
export interface DeclaredColumn {
  readonly node: CreateTable | AddColumn | AlterColumnType;
  /** The column's own clause. */
  readonly range: Range;
  readonly table: QualifiedName;
  readonly name: string;
  /** As written: `serial` is no type that a column can have. */
  readonly type: TypeName;
  /** The column as it is at the end of the change. */
  readonly column: Column;
  /** Where the type stands, for an edit; absent where that is not known, or where more than a definition has to change. */
  readonly typeRange?: Range;
}

/** Visitors that see each of them. A column of a temporary table lives as long as a session, and is left out. */
export function declaredColumns(migration: RuleMigration, see: (column: DeclaredColumn) => void): OperationVisitors {
  const end = endOfChange(migration);
  const visit = (
    node: DeclaredColumn["node"],
    { name, type, range }: Pick<ColumnDefinition, "name" | "type" | "range">,
    typeRange?: Range,
  ): void => {
    const statement = migration.statementOf(node);
    const declared = statement.after.table(node.table)?.columns.get(name)?.type;
    const column = end.column(statement, node.table, name);
    if (!declared || !column?.type || !isSameType(declared, column.type)) return;
    see({ node, range, table: node.table, name, type, column, ...(typeRange && { typeRange }) });
  };
  const define = (node: CreateTable | AddColumn, definition: ColumnDefinition): void => {
    visit(node, definition, typeRangeOf(migration.migration.sql.text, definition));
  };
  return {
    CreateTable(op) {
      if (op.temporary || (op.ifNotExists && migration.before(op).table(op.table))) return;
      for (const column of op.columns) if (column.type.name !== "") define(op, column);
    },
    AddColumn(op) {
      if (op.ifNotExists && migration.before(op).table(op.table)?.columns.has(op.column.name)) return;
      define(op, op.column);
    },
    AlterColumnType(op) {
      const former = migration.before(op).table(op.table)?.columns.get(op.column)?.type;
      if (former?.name !== op.newType.name) visit(op, { name: op.column, type: op.newType, range: op.range });
    },
  };
}

function isSameType(one: TypeName, other: TypeName): boolean {
  return (
    one.name === other.name &&
    one.schema === other.schema &&
    one.arrayDimensions === other.arrayDimensions &&
    one.modifiers.join() === other.modifiers.join()
  );
}

/** A column's name, and the space between it and the type. */
const NAME = /^(?:"(?:[^"]|"")*"|[^\s"]+)\s+/;

/** The type stands behind the column's name; undefined where the file does not have it so. */
function typeRangeOf(text: string, { range, type }: ColumnDefinition): Range | undefined {
  const clause = text.slice(...range);
  const start = NAME.exec(clause)?.[0].length;
  if (start === undefined || !clause.startsWith(type.sql, start)) return undefined;
  return [range[0] + start, range[0] + start + type.sql.length];
}
