/** What code of a change knows of an enum: the columns that have it, and the clients that check its values. */
import type { Catalog } from "../model/catalog.js";
import type { Change } from "../model/change.js";
import type { QualifiedName } from "../model/name.js";
import type { Reference, Side } from "../model/reference.js";
import { type ClientEnum, clientEnums, enumReference } from "../references/models/enums.js";
import type { RuleMigration } from "./types.js";

export type { ClientEnum } from "../references/models/enums.js";

const found = new WeakMap<Change, Map<string, readonly ClientEnum[]>>();

/** The enums of clients, on one side of the code, that stand for a type of the database. */
export function enumClients({ change }: RuleMigration, side: Side, type: string): readonly ClientEnum[] {
  const tree = treeOf(change, side);
  if (tree === undefined) return [];
  let known = found.get(change);
  if (known === undefined) found.set(change, (known = new Map<string, readonly ClientEnum[]>()));
  const key = `${side} ${type}`;
  let enums = known.get(key);
  if (enums === undefined) known.set(key, (enums = clientEnums(tree, type)));
  return enums;
}

/** The places where clients declare one of these values of an enum, on both sides. */
export function declaredEnumValues(
  migration: RuleMigration,
  type: string,
  values: readonly string[],
): readonly Reference[] {
  return (["head", "base"] as const).flatMap((side) =>
    enumClients(migration, side, type).flatMap((client) =>
      client.values
        .filter((one) => one.values.some((value) => values.includes(value)))
        .flatMap(({ offset }) => placeIn(migration, client, side, offset)),
    ),
  );
}

/** Where a client declares an enum, or what stands at an offset of its file. */
export function placeIn({ change }: RuleMigration, client: ClientEnum, side: Side, offset?: number): Reference[] {
  const tree = treeOf(change, side);
  return tree === undefined ? [] : [enumReference(client, offset, side, tree)];
}

function treeOf({ base, head, release }: Change, side: Side): Change["head"]["tree"] | undefined {
  return side === "head" ? head.tree : (release ?? base)?.tree;
}

/** The columns that have a type, or arrays of it. */
export function columnsOfType(
  catalog: Catalog,
  type: QualifiedName,
): readonly { table: QualifiedName; column: string }[] {
  const { schema, name } = catalog.type(type) ?? catalog.qualify(type);
  return [...catalog.tables()].flatMap(({ schema: inSchema, name: table, columns }) =>
    [...columns.values()]
      .filter(({ type: of }) => of?.name === name && (of.schema === undefined || of.schema === schema))
      .map((column) => ({ table: { schema: inSchema, name: table }, column: column.name })),
  );
}
