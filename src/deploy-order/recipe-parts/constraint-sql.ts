/** Constraints as the SQL that adds them. */
import { formatName } from "../../change/object-names.js";
import type { ConstraintDefinition } from "../../model/operation.js";
import { chooseName } from "../../postgres/catalog/default-names.js";
import { type NamedTable, quote, quoteAll } from "./names.js";

interface Definition extends Pick<
  ConstraintDefinition,
  "kind" | "columns" | "references" | "expression" | "noInherit"
> {
  readonly deferrable?: boolean;
}

/** `FOREIGN KEY (a) REFERENCES t (id) ON DELETE CASCADE`; undefined for kinds that an index makes. */
export function constraintSql(constraint: Definition): string | undefined {
  const { kind, columns, references, expression } = constraint;
  if (kind === "check" && expression) {
    return `CHECK (${expression.sql})${constraint.noInherit === true ? " NO INHERIT" : ""}`;
  }
  if (kind !== "foreign key" || !references) return undefined;
  const target = references.columns.length > 0 ? ` (${quoteAll(references.columns)})` : "";
  return [
    `FOREIGN KEY (${quoteAll(columns)}) REFERENCES ${formatName(references.table)}${target}`,
    ...(references.onDelete ? [`ON DELETE ${references.onDelete}`] : []),
    ...(references.onUpdate ? [`ON UPDATE ${references.onUpdate}`] : []),
    ...(constraint.deferrable === true ? ["DEFERRABLE"] : []),
  ].join(" ");
}

/** The ends of PostgreSQL's own names. */
const LABELS: Readonly<Partial<Record<Definition["kind"], string>>> = {
  "foreign key": "fkey",
  check: "check",
  unique: "key",
  "primary key": "pkey",
  exclude: "excl",
};

/** A constraint's name, PostgreSQL's own where the statement gives none. */
export function constraintName(
  table: NamedTable,
  { kind, name, columns, nameColumns = columns, expression }: ConstraintDefinition,
  /** A name that is free by then. */
  freed?: string,
): string {
  if (name !== undefined) return name;
  const taken = (other: string): boolean => other !== freed && table.known?.constraints.has(other) === true;
  const named =
    kind === "primary key" ? [] : kind === "check" ? columnsOfCheck(expression?.columns ?? []) : nameColumns;
  return chooseName(table.name, named, LABELS[kind] ?? "constraint", taken);
}

/** PostgreSQL names a CHECK after its column where it has one only. */
function columnsOfCheck(columns: readonly string[]): readonly string[] {
  const distinct = [...new Set(columns)];
  return distinct.length === 1 ? distinct : [];
}

/** A name in quotes where it needs them, for ADD CONSTRAINT. */
export function addConstraint(table: NamedTable, name: string, definition: string): string {
  return `ALTER TABLE ${table.sql} ADD CONSTRAINT ${quote(name)} ${definition};`;
}
