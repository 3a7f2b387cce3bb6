/** From a parsed statement to its operations: a table from the parse tree's node types to their readers. */
import type { CreateSchemaStmt, RangeVar } from "libpg-query";
import type { Operation } from "../model/operation.js";
import { alterTableStatement } from "./operations/alter-table.js";
import { dataReaders } from "./operations/data.js";
import { reader, type Draft, type StatementReader } from "./operations/draft.js";
import { unwrap } from "./operations/names.js";
import { otherStatements } from "./operations/other.js";
import { relationReaders } from "./operations/relations.js";
import { sessionReaders } from "./operations/session.js";
import { typeAndFunctionReaders } from "./operations/types-and-functions.js";
import type { StatementSource } from "./statement-source.js";

const READERS: Readonly<Record<string, StatementReader>> = {
  AlterTableStmt: reader(alterTableStatement),
  ...relationReaders,
  ...typeAndFunctionReaders,
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
  const drafts = READERS[type]?.(node, source) ?? otherStatements(type, node);
  const [first] = drafts;
  if (first?.type !== "CreateSchema") return drafts;
  return [...drafts, ...schemaElements(node as CreateSchemaStmt, first.schema, source)];
}

/** At least one operation. */
export function operationsOf(source: StatementSource): Operation[] {
  const [type, node] = unwrap(source.node);
  return draftsOf(type, node, source).map((draft) => ({ range: source.range, ...draft, statement: source.index }));
}
