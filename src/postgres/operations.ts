/** From a parsed statement to its operations: a table from the parse tree's node types to their readers. */
import type { Operation } from "../model/operation.js";
import { alterTableStatement } from "./operations/alter-table.js";
import { dataReaders } from "./operations/data.js";
import { reader, type StatementReader } from "./operations/draft.js";
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

/** At least one operation. */
export function operationsOf(source: StatementSource): Operation[] {
  const [type, node] = unwrap(source.node);
  const drafts = READERS[type]?.(node, source) ?? otherStatements(type, node);
  return drafts.map((draft) => ({ range: source.range, ...draft, statement: source.index }) as Operation);
}
