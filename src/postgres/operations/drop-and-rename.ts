/** DROP, RENAME TO and SET SCHEMA, of every kind of object. */
import type { AlterObjectSchemaStmt, DropStmt, Node, ObjectWithArgs, RenameStmt, TypeName } from "libpg-query";
import type { ObjectKind } from "../../model/object-operation.js";
import type { FunctionKind } from "../../model/operation.js";
import type { Range } from "../../model/position.js";
import type { StatementSource } from "../statement-source.js";
import { reader, type Draft } from "./draft.js";
import { all, argumentType, as, objectParts, qualified, relationName } from "./names.js";
import { functionKind, isRelation, objectKind, splitName } from "./object-kinds.js";
import { objectName } from "./objects.js";

/** Where each name of a DROP stands; one name alone stands for the whole statement. */
function droppedRanges(statement: DropStmt, kind: ObjectKind, source: StatementSource): readonly Range[] {
  const count = statement.objects?.length ?? 0;
  if (count === 1) return [source.range];
  let token = 1 + (source.has(1, "procedural") ? 1 : 0) + kind.split(" ").length;
  if (source.has(token, "concurrently")) token++;
  if (source.has(token, "if", "exists")) token += 2;
  return source.elements(token).map(({ from, to }) => {
    const last = source.word(to - 1);
    const behavior = (last === "cascade" || last === "restrict") && to - from > 1 && source.word(to - 2) !== ".";
    return source.rangeOf(from, behavior ? to - 1 : to);
  });
}

interface Dropped {
  readonly object: Node;
  readonly kind: ObjectKind;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

function dropped(statement: DropStmt, { object, kind, ifExists, cascade }: Dropped, source: StatementSource): Draft {
  const parts = objectParts(object);
  const name = qualified(parts);
  const split = splitName(kind, parts);
  const onTable = { table: qualified(split?.relation ?? []), ifExists };
  switch (kind) {
    case "table":
    case "view":
    case "materialized view":
    case "foreign table":
    case "sequence":
      return { type: "DropRelation", kind, relation: name, ifExists, cascade };
    case "index": {
      const concurrently = statement.concurrent === true;
      const anchors = { afterIndexKeyword: (source.tokens[1] as { end: number }).end };
      return { type: "DropIndex", index: name, concurrently, ifExists, cascade, anchors };
    }
    case "type":
    case "domain":
      return { type: "DropType", name, ifExists, cascade };
    case "schema":
      return { type: "DropSchema", schema: name.name, ifExists, cascade };
    case "function":
    case "procedure":
    case "routine":
    case "aggregate":
      return { type: "DropFunction", kind, function: name, ...argumentsOf(object), ifExists, cascade };
    case "trigger":
      return { type: "DropTrigger", trigger: split?.part ?? "", ...onTable, cascade };
    case "policy":
      return { type: "DropPolicy", policy: split?.part ?? "", ...onTable };
    case "rule":
      return { type: "DropRule", rule: split?.part ?? "", ...onTable, cascade };
    default:
      return { type: "DropObject", kind, name: objectName(kind, object), ifExists, cascade };
  }
}

/** One operation a name. */
function drop(statement: DropStmt, source: StatementSource): Draft[] {
  const kind = objectKind(statement.removeType);
  const ifExists = statement.missing_ok === true;
  const cascade = statement.behavior === "DROP_CASCADE";
  const ranges = droppedRanges(statement, kind, source);
  return (statement.objects ?? []).map((object, index) => ({
    ...dropped(statement, { object, kind, ifExists, cascade }, source),
    range: ranges[index] ?? source.range,
  }));
}

/** The argument types that a statement gives for a function; nothing where it gives none. */
export function argumentsOf(object: Node | undefined): { readonly arguments?: readonly string[] } {
  const { args_unspecified: unspecified, objargs } = as<ObjectWithArgs>(object, "ObjectWithArgs") ?? {};
  if (unspecified === true) return {};
  return { arguments: all<TypeName>(objargs, "TypeName").map(argumentType) };
}

function rename(statement: RenameStmt): Draft {
  const { renameType, object, newname: newName = "", subname: subject = "" } = statement;
  const kind = objectKind(renameType);
  const table = relationName(statement.relation);
  if (isRelation(kind)) return { type: "RenameRelation", kind, relation: table, newName };
  switch (kind) {
    case "column":
      return { type: "RenameColumn", table, column: subject, newName };
    case "constraint":
      return { type: "RenameConstraint", table, constraint: subject, newName };
    case "trigger":
      return { type: "RenameTrigger", trigger: subject, table, newName };
    case "policy":
      return { type: "RenamePolicy", policy: subject, table, newName };
    case "rule":
      return { type: "RenameRule", rule: subject, table, newName };
    case "attribute": {
      // A composite type stands where the others have a relation.
      const cascade = statement.behavior === "DROP_CASCADE";
      return { type: "AlterType", name: table, subcommand: "RenameAttribute", attribute: subject, newName, cascade };
    }
    case "type":
    case "domain":
      return { type: "RenameType", name: objectName(kind, object), newName };
    case "domain constraint": {
      const domain = qualified(objectParts(object));
      return { type: "AlterDomain", domain, subcommand: "RenameConstraint", name: subject, newName };
    }
    case "schema":
      return { type: "RenameSchema", schema: subject, newName };
    case "function":
    case "procedure":
    case "routine":
    case "aggregate":
      return { type: "RenameFunction", kind, function: objectName(kind, object), ...argumentsOf(object), newName };
    default: {
      const name = object === undefined ? { name: subject } : objectName(kind, object);
      return { type: "RenameObject", kind, name, newName };
    }
  }
}

function setSchema(statement: AlterObjectSchemaStmt): Draft {
  const { objectType, object, newschema: newSchema = "" } = statement;
  const kind = objectKind(objectType);
  if (isRelation(kind)) return { type: "SetSchema", kind, relation: relationName(statement.relation), newSchema };
  const name = objectName(kind, object);
  if (functionKind(objectType) !== undefined) {
    return { type: "SetFunctionSchema", kind: kind as FunctionKind, function: name, ...argumentsOf(object), newSchema };
  }
  return kind === "type" || kind === "domain"
    ? { type: "SetTypeSchema", name, newSchema }
    : { type: "SetObjectSchema", kind, name, newSchema };
}

export const dropAndRenameReaders = {
  DropStmt: reader<DropStmt>(drop),
  RenameStmt: reader<RenameStmt>((statement) => [rename(statement)]),
  AlterObjectSchemaStmt: reader<AlterObjectSchemaStmt>((statement) => [setSchema(statement)]),
};
