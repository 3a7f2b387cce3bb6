/**
 * An enum that only gains values. Some tools make a second type, let the columns take it and drop the first, which
 * rewrites every table that has one; ALTER TYPE … ADD VALUE does the same in an instant.
 */
import type { Catalog } from "../model/catalog.js";
import type { QualifiedName } from "../model/name.js";
import type { AddEnumValue, AlterColumnType, Operation } from "../model/operation.js";
import { quoteLiteral } from "../text/quote-literal.js";
import { formatName } from "./object-names.js";
import { plainCasts } from "./plain-casts.js";

export type AddedValue = Pick<AddEnumValue, "value" | "neighbor">;

export interface ExtendedEnum {
  /** By the name that it has before the change and after it. */
  readonly type: Required<QualifiedName>;
  /** In the order in which they have to be added; never empty. */
  readonly added: readonly AddedValue[];
}

/**
 * What a new type of a column adds to the one that it takes the place of. Undefined where it is no other enum of that
 * name in the end, where values go or change their order, and where rows get other values.
 * @param before The schema before the operation's statement.
 * @param operations Those of the change, in the order in which they run.
 */
export function extendedEnum(
  operation: AlterColumnType,
  before: Catalog,
  operations: readonly Operation[],
): ExtendedEnum | undefined {
  const former = before.table(operation.table)?.columns.get(operation.column)?.type;
  const from = former && before.enum(former);
  const to = before.enum(operation.newType);
  if (!from || !to || from === to || from.schema !== to.schema) return undefined;
  if (former.arrayDimensions !== operation.newType.arrayDimensions || !isCast(operation)) return undefined;
  const added = addedValues(from.values, to.values);
  if (added === undefined || added.length === 0) return undefined;
  const at = operations.indexOf(operation);
  const name = operations.slice(0, at).reduceRight(nameBefore, from.name);
  return operations.slice(at + 1).reduce(nameAfter, to.name) === name
    ? { type: { schema: from.schema, name }, added }
    : undefined;
}

function nameBefore(name: string, operation: Operation): string {
  return operation.type === "RenameType" && operation.newName === name ? operation.name.name : name;
}

function nameAfter(name: string, operation: Operation): string {
  return operation.type === "RenameType" && operation.name.name === name ? operation.newName : name;
}

/** Whether the values are only read as text and as the new type again: `status::text::order_status`. */
function isCast(operation: AlterColumnType): boolean {
  const casts = plainCasts(operation);
  return casts?.every((type) => /^(?:text|(?:character)?varying|varchar)(?:\[\])*$/i.test(type)) === true;
}

/** What has to be added to the values of a type to have those of another; undefined where that is not all. */
function addedValues(from: readonly string[], to: readonly string[]): readonly AddedValue[] | undefined {
  const known = new Set(from);
  const kept = to.filter((value) => known.has(value));
  if (kept.length !== from.length || kept.some((value, index) => value !== from[index])) return undefined;
  const lastKept = to.findLastIndex((value) => known.has(value));
  return to.flatMap((value, index): AddedValue[] => {
    if (known.has(value)) return [];
    if (index > lastKept) return [{ value }];
    const previous = to[index - 1];
    const neighbor =
      previous === undefined
        ? ({ position: "before", value: to.find((one) => known.has(one)) ?? "" } as const)
        : ({ position: "after", value: previous } as const);
    return [{ value, neighbor }];
  });
}

/** `ALTER TYPE status ADD VALUE 'held' AFTER 'new'`. */
export function addValueSql(type: QualifiedName, { value, neighbor }: AddedValue): string {
  const place = neighbor ? ` ${neighbor.position.toUpperCase()} ${quoteLiteral(neighbor.value)}` : "";
  return `ALTER TYPE ${formatName(type)} ADD VALUE ${quoteLiteral(value)}${place}`;
}
