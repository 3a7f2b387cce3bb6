/** From a parsed statement to its operations: a table from the parse tree's node types to their readers. */
import type { CreateSchemaStmt, ExplainStmt, Node, RangeVar } from "libpg-query";
import type { Operation } from "../model/operation.js";
import { alterTableReaders } from "./operations/alter-table.js";
import { arrivalOfStatement } from "./operations/arrivals.js";
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

const READERS: Readonly<Record<string, StatementReader>> = {
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
  const elements = statement.schemaElts ?? [];
  const created = new Set<string>();
  for (const element of elements) {
    const [, node] = unwrap(element) as [string, { relation?: RangeVar; view?: RangeVar; sequence?: RangeVar }];
    const name = node.relation ?? node.view ?? node.sequence;
    if (name === undefined) continue;
    name.schemaname ??= schema;
    created.add(name.relname ?? "");
  }
  placeInSchema(elements, created, schema);
  return elements.flatMap((element) => {
    const [type, node] = unwrap(element);
    // Anchors are found from the statement's first words, which are not these elements' own.
    return draftsOf(type, node, source).map((draft) => ("anchors" in draft ? { ...draft, anchors: {} } : draft));
  });
}

/** Names without a schema are looked for in the new one first. */
function placeInSchema(elements: readonly Node[], created: ReadonlySet<string>, schema: string): void {
  const pending: unknown[] = [...elements];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const value of Object.values(node as Record<string, unknown>)) {
      if (typeof value !== "object" || value === null) continue;
      const { relname, schemaname } = value as RangeVar;
      if (relname !== undefined && schemaname === undefined && created.has(relname)) {
        (value as RangeVar).schemaname = schema;
      }
      pending.push(value);
    }
  }
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
  const arrival = arrivalOfStatement(type, node);
  const mayMiss = (node as { missing_ok?: boolean }).missing_ok === true && ALTERS.has(type);
  return draftsOf(type, node, source).map((draft) => ({
    range: source.range,
    ...draft,
    statement: source.index,
    ...(arrival && { arrival }),
    // What a DROP names itself has `ifExists`.
    ...(mayMiss && ("table" in draft || !("ifExists" in draft)) && { ifTableExists: true }),
  }));
}

/** Statements that say IF EXISTS of what they alter. */
const ALTERS: ReadonlySet<string> = new Set(["AlterObjectSchemaStmt", "AlterTableStmt", "DropStmt", "RenameStmt"]);
