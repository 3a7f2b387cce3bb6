/**
 * Prisma's `upsert({ where: { accountId_email: { accountId, email } }, create: …, update: … })`. It becomes INSERT … ON
 * CONFLICT only where the query meets some conditions; otherwise Prisma reads the row first, and no index has to match
 * (Prisma's documentation, "Database upserts"; its engine, query_graph_builder/write/upsert.rs).
 */
import type { Node } from "./script-tree.js";
import { child, children, isMember, keyName, propertyOf, stringValue, unwrap } from "./script-tree.js";

export interface ConflictColumn {
  readonly name: string;
  readonly offset: number;
  /** Whether the query may do without ON CONFLICT. */
  readonly unsure?: boolean;
}

/** The columns of the ON CONFLICT that the query becomes; empty where it is known to become none. */
export function prismaConflict(query: Node | undefined): readonly ConflictColumn[] {
  const [property, another] = children(propertyOf(query, "where"), "properties");
  const create = propertyOf(query, "create");
  if (property === undefined || another !== undefined || create === undefined) return [];
  const value = unwrap(child(property, "value"));
  const keys = value?.type === "ObjectExpression" ? children(value, "properties") : [property];
  const met = all([
    allFlat(create),
    allFlat(propertyOf(query, "update"), { empty: false }),
    selectsFlat(query),
    ...keys.map((key) => isSameIn(create, key)),
  ]);
  if (met === false) return [];
  return keys.flatMap((key) => {
    const name = keyName(key);
    return name === undefined ? [] : [{ name, offset: key.start, ...(met === undefined && { unsure: true }) }];
  });
}

/** True, false, or undefined where it is not known. */
type Known = boolean | undefined;

function all(conditions: readonly Known[]): Known {
  if (conditions.includes(false)) return false;
  return conditions.includes(undefined) ? undefined : true;
}

/** What Prisma does to other models from within the data of one. */
const NESTED = /^(?:connect|connectOrCreate|create|createMany|delete|deleteMany|disconnect|update|updateMany|upsert)$/;

/** Whether the data of a query is of one model only. */
function allFlat(data: Node | undefined, { empty = true }: { readonly empty?: boolean } = {}): Known {
  if (data?.type !== "ObjectExpression") return undefined;
  const properties = children(data, "properties");
  if (properties.length === 0) return empty;
  return all(
    properties.map((property): Known => {
      if (property.type !== "ObjectProperty") return undefined;
      const value = unwrap(child(property, "value"));
      if (value?.type !== "ObjectExpression") return true;
      return !children(value, "properties").some((one) => NESTED.test(keyName(one) ?? ""));
    }),
  );
}

/** Whether the query reads no other models. */
function selectsFlat(query: Node | undefined): Known {
  if (propertyOf(query, "include") !== undefined) return false;
  const select = propertyOf(query, "select");
  if (select === undefined) return true;
  if (select.type !== "ObjectExpression") return undefined;
  return all(
    children(select, "properties").map((property): Known => {
      const value = unwrap(child(property, "value"));
      return value?.type === "BooleanLiteral" ? true : value?.type === "ObjectExpression" ? false : undefined;
    }),
  );
}

/** Whether a field has the same value in the data as in the condition. */
function isSameIn(data: Node, key: Node): Known {
  const name = keyName(key);
  if (name === undefined || data.type !== "ObjectExpression") return undefined;
  const given = propertyOf(data, name);
  // A spread may bring it along.
  if (given === undefined)
    return children(data, "properties").every(({ type }) => type === "ObjectProperty") ? false : undefined;
  return isSame(unwrap(child(key, "value")), unwrap(given));
}

function isSame(one: Node | undefined, other: Node | undefined): Known {
  if (one === undefined || other === undefined) return undefined;
  if (one.type === "Identifier" && other.type === "Identifier" && one["name"] === other["name"]) return true;
  if (isMember(one) && isMember(other)) {
    const same = keyName(one) !== undefined && keyName(one) === keyName(other);
    return same ? isSame(unwrap(child(one, "object")), unwrap(child(other, "object"))) : undefined;
  }
  if (one.type === "ThisExpression" && other.type === "ThisExpression") return true;
  const [text, otherText] = [constantOf(one), constantOf(other)];
  return text === undefined || otherText === undefined ? undefined : text === otherText;
}

function constantOf(node: Node): string | undefined {
  return node.type === "NumericLiteral" ? String(node["value"]) : stringValue(node);
}
