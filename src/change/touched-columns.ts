/** The columns about whose uses in code rules ask: looked for in one search, whichever rule asks first. */
import type { Catalog, Table } from "../model/catalog.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName, TypeName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { ReferenceTarget } from "../model/reference.js";
import { columnsLost } from "./names.js";

interface Touched {
  readonly table: QualifiedName;
  readonly columns: readonly string[];
}

type Touching = {
  readonly [Type in Operation["type"]]?: (
    operation: Extract<Operation, { readonly type: Type }>,
    before: Catalog,
  ) => readonly Touched[];
};

const one = ({ table, column }: { readonly table: QualifiedName; readonly column: string }): readonly Touched[] => [
  { table, columns: [column] },
];

const TOUCHING: Touching = {
  AddColumn: ({ table, column }) => [{ table, columns: [column.name] }],
  AlterColumnType: one,
  // A unique index goes with any of its columns, and ON CONFLICT names its keys.
  DropColumn: ({ table, column }, before) => [
    { table, columns: [column] },
    ...before
      .indexesOf(table)
      .filter(({ unique, columns, mentions }) => unique && !columns.includes(column) && mentions.includes(column))
      .map(({ columns }) => ({ table, columns })),
  ],
  SetNotNull: one,
  DropDefault: one,
  // What code sends to a foreign key is never seen.
  AddConstraint: ({ table, constraint: { kind, columns, expression } }) =>
    kind === "foreign key" ? [] : [{ table, columns: [...columns, ...(expression?.columns ?? [])] }],
  CreateIndex: ({ table, columns, unique }) => (unique ? [{ table, columns }] : []),
  DropConstraint: ({ table, constraint }, before) => {
    const found = before.table(table)?.constraints.get(constraint);
    return found === undefined ? [] : [{ table, columns: found.columns }];
  },
  DropIndex: ({ index }, before) => {
    const found = before.index(index);
    return found?.unique === true ? [{ table: found.table, columns: found.columns }] : [];
  },
  // Of one that may take a value out of use: it sets the column that it asks for.
  Update: ({ table, columns, where }) =>
    where?.columns.length === 1 ? [{ table, columns: columns.filter((column) => where.columns.includes(column)) }] : [],
  RenameEnumValue: (operation, before) => columnsOfType(operation.enum, before),
  AddEnumValue: (operation, before) => columnsOfType(operation.enum, before),
};

/** The columns that an operation touches, as targets of a search. */
export function touchedBy(placed: PlacedOperation): readonly ReferenceTarget[] {
  const { operation, statement } = placed;
  const { before } = statement;
  const touching = TOUCHING[operation.type] as ((one: Operation, catalog: Catalog) => readonly Touched[]) | undefined;
  const lost = "relation" in operation ? [{ table: operation.relation, columns: columnsLost(placed) }] : [];
  return [...(touching?.(operation, before) ?? []), ...lost].flatMap(({ table, columns }) => {
    const qualified = before.qualify(table);
    return columns.map((column) => ({ table: qualified, column }));
  });
}

function columnsOfType(type: QualifiedName, before: Catalog): readonly Touched[] {
  const { schema, name } = before.qualify(type);
  const isOurs = (of: TypeName | undefined): boolean =>
    of?.name === name && (of.schema === undefined || of.schema === schema);
  return [...before.tables()].flatMap((table: Table): Touched[] => {
    const columns = [...table.columns.values()].filter((column) => isOurs(column.type)).map((column) => column.name);
    return columns.length === 0 ? [] : [{ table, columns }];
  });
}
