import type { PlacedOperation } from "../../src/model/migration.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";

/** The last operation of a migration, with its place in a change that is made for it. */
export function lastOperation(sql: string, surroundings: Surroundings): PlacedOperation {
  const { change, file } = memoryChange("/repository", sql, surroundings);
  const migration = change.databases[0]?.migrations.find((candidate) => candidate.file === file);
  const statement = migration?.statements.at(-1);
  const operation = statement?.statement.operations.at(-1);
  if (!migration || !statement || !operation) throw new Error(`${sql} is no statement.`);
  return { migration, statement, operation };
}
