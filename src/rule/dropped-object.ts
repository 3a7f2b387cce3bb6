import type { DropColumn, DropFunction, DropRelation, DropSchema, DropType } from "../model/operation.js";
import { formatName } from "../change/object-names.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import type { RuleMigration } from "./types.js";

/** What a statement drops, for a message: `the table orders`, `legacy_ref of orders`. */
export function droppedObject(
  migration: RuleMigration,
  op: DropColumn | DropFunction | DropRelation | DropSchema | DropType,
): string {
  switch (op.type) {
    case "DropColumn":
      return `${quoteIdentifier(op.column)} of ${formatName(op.table)}`;
    case "DropFunction":
      return `the ${op.kind} ${formatName(op.function)}`;
    case "DropRelation":
      return `the ${op.kind} ${formatName(op.relation)}`;
    case "DropSchema":
      return `the schema ${quoteIdentifier(op.schema)}`;
    case "DropType":
      return `the ${migration.before(op).domain(op.name) ? "domain" : "type"} ${formatName(op.name)}`;
  }
}
