/** Extensions, and tables that another server lends. */
import type {
  AlterExtensionContentsStmt,
  AlterExtensionStmt,
  AlterObjectDependsStmt,
  CreateExtensionStmt,
  DefElem,
  ImportForeignSchemaStmt,
} from "libpg-query";
import { reader, type Draft } from "./draft.js";
import { all, objectParts, qualified, relationName, strings } from "./names.js";
import { isRelation, objectKind } from "./object-kinds.js";
import { isOn } from "./relations.js";

function createExtension({ extname = "", if_not_exists, options }: CreateExtensionStmt): Draft {
  const schema = all<DefElem>(options, "DefElem").find(({ defname }) => defname === "schema")?.arg;
  return {
    type: "CreateExtension",
    extension: extname,
    ...(schema !== undefined && { schema: strings([schema])[0] ?? "" }),
    ifNotExists: if_not_exists === true,
    cascade: isOn(options, "cascade"),
  };
}

function alterContents({ extname = "", action, objtype, object }: AlterExtensionContentsStmt): Draft {
  return {
    type: "AlterExtension",
    extension: extname,
    action: action === 1 ? "add member" : "drop member",
    ...(isRelation(objectKind(objtype)) && { relation: qualified(objectParts(object)) }),
  };
}

/** ALTER … DEPENDS ON EXTENSION: what depends goes when the extension is dropped. */
function dependsOn({ relation, extname }: AlterObjectDependsStmt): Draft {
  return {
    type: "AlterExtension",
    extension: extname?.sval ?? "",
    action: "set dependent",
    ...(relation !== undefined && { relation: relationName(relation) }),
  };
}

export const extensionReaders = {
  CreateExtensionStmt: reader<CreateExtensionStmt>((statement) => [createExtension(statement)]),
  AlterExtensionStmt: reader<AlterExtensionStmt>(({ extname = "" }) => [
    { type: "AlterExtension", extension: extname, action: "update" },
  ]),
  AlterExtensionContentsStmt: reader<AlterExtensionContentsStmt>((statement) => [alterContents(statement)]),
  AlterObjectDependsStmt: reader<AlterObjectDependsStmt>((statement) => [dependsOn(statement)]),
  ImportForeignSchemaStmt: reader<ImportForeignSchemaStmt>(({ server_name = "", local_schema = "" }) => [
    { type: "ImportForeignSchema", server: server_name, schema: local_schema },
  ]),
};
