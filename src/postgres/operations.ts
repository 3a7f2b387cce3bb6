/** From a parsed statement to its operations: a table from the parse tree's node types to their readers. */
import type { CreateSchemaStmt, ExplainStmt, RangeVar } from "libpg-query";
import type { Operation } from "../model/operation.js";
import { alterTableReaders } from "./operations/alter-table.js";
import { dataReaders } from "./operations/data.js";
import type { Draft, StatementReader } from "./operations/draft.js";
import { dropAndRenameReaders } from "./operations/drop-and-rename.js";
import { extensionReaders } from "./operations/extensions.js";
import { unwrap } from "./operations/names.js";
import { objectReaders } from "./operations/objects.js";
import { onRelationReaders } from "./operations/on-relations.js";
import { otherStatement } from "./operations/other.js";
import { privilegeReaders } from "./operations/privileges.js";
import { isOn, relationReaders } from "./operations/relations.js";
import { sessionReaders } from "./operations/session.js";
import { typeAndFunctionReaders } from "./operations/types-and-functions.js";
import type { StatementSource } from "./statement-source.js";

export const READERS: Readonly<Record<string, StatementReader>> = {
  ...relationReaders,
  ...alterTableReaders,
  ...onRelationReaders,
  ...typeAndFunctionReaders,
  ...objectReaders,
  ...extensionReaders,
  ...privilegeReaders,
  ...dropAndRenameReaders,
  ...dataReaders,
  ...sessionReaders,
};

/** The statements inside CREATE SCHEMA; what they create without a schema's name goes into the new one. */
function schemaElements(statement: CreateSchemaStmt, schema: string, source: StatementSource): Draft[] {
  return (statement.schemaElts ?? []).flatMap((element) => {
    const [type, node] = unwrap(element);
    const created = node as { relation?: RangeVar; view?: RangeVar; sequence?: RangeVar };
    const name = created.relation ?? created.view ?? created.sequence;
    if (name !== undefined) name.schemaname ??= schema;
    // Anchors are found from the statement's first words, which are not these elements' own.
    return draftsOf(type, node, source).map((draft) => ("anchors" in draft ? { ...draft, anchors: {} } : draft));
  });
}

function draftsOf(type: string, node: unknown, source: StatementSource): readonly Draft[] {
  // EXPLAIN ANALYZE runs what it explains.
  if (type === "ExplainStmt" && isOn((node as ExplainStmt).options, "analyze")) {
    const { query } = node as ExplainStmt;
    if (query !== undefined) return draftsOf(...unwrap(query), source);
  }
  const drafts = READERS[type]?.(node, source) ?? [otherStatement(type)];
  const [first] = drafts;
  if (first?.type !== "CreateSchema") return drafts;
  return [...drafts, ...schemaElements(node as CreateSchemaStmt, first.schema, source)];
}

/** At least one operation. */
export function operationsOf(source: StatementSource): Operation[] {
  const [type, node] = unwrap(source.node);
  const mayMiss = (node as { missing_ok?: boolean }).missing_ok === true && ALTERS.has(type);
  return draftsOf(type, node, source).map((draft) => ({
    range: source.range,
    ...draft,
    statement: source.index,
    // What a DROP names itself has `ifExists`.
    ...(mayMiss && ("table" in draft || !("ifExists" in draft)) && { ifTableExists: true }),
  }));
}

/** Statements that say IF EXISTS of what they alter. */
const ALTERS: ReadonlySet<string> = new Set(["AlterObjectSchemaStmt", "AlterTableStmt", "DropStmt", "RenameStmt"]);
