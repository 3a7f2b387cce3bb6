import type { Catalog } from "../model/catalog.js";
import type { Operation } from "../model/operation.js";
import type { Statement } from "../model/statement.js";

/** What the answer depends on. */
export interface RefusalCircumstances {
  /** The schema before the statement. */
  readonly before: Catalog;
  /** The operation's statement. */
  readonly statement: Statement;
  /** PostgreSQL's major version. */
  readonly postgres: number;
}

/**
 * What a person calls a statement that PostgreSQL refuses inside a transaction block (SQLSTATE 25001), because it
 * starts transactions of its own; undefined for one that a transaction may hold.
 */
export function refusedInTransaction(
  operation: Operation,
  { before, statement, postgres }: RefusalCircumstances,
): string | undefined {
  switch (operation.type) {
    case "CreateIndex":
      return operation.concurrently ? "CREATE INDEX CONCURRENTLY" : undefined;
    case "DropIndex":
      return operation.concurrently ? "DROP INDEX CONCURRENTLY" : undefined;
    case "DetachPartition":
      return operation.concurrently ? "DETACH PARTITION … CONCURRENTLY" : undefined;
    case "Reindex":
      if (operation.concurrently) return "REINDEX CONCURRENTLY";
      if (operation.kind === "index") return undefined;
      if (operation.kind === "table") {
        const partitioned = before.table(operation.target)?.kind === "partitioned table";
        return partitioned && postgres >= 14 ? "REINDEX of a partitioned table" : undefined;
      }
      return `REINDEX ${operation.kind.toUpperCase()}`;
    case "Vacuum":
      return operation.analyzeOnly ? undefined : "VACUUM";
    case "Cluster":
      return operation.table ? undefined : "CLUSTER of every table";
    case "Discard":
      return operation.target === "all" ? "DISCARD ALL" : undefined;
    case "CreateObject":
    case "AlterObject":
    case "DropObject":
    case "OtherStatement": {
      if (operation.refusedInTransaction !== true) return undefined;
      if ("ends" in operation) return `${operation.ends} in PL/pgSQL`;
      const [firstWords = ""] = /^\w+(?:\s+\w+)?/u.exec(statement.sql) ?? [];
      return firstWords.replace(/\s+/u, " ").toUpperCase();
    }
    default:
      return undefined;
  }
}
