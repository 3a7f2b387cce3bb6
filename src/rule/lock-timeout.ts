import type { AnalysedStatement } from "../model/migration.js";
import { parseDuration } from "./duration.js";

/** What `lockTimeout` answers where a statement waits for its locks as long as it takes. */
export const NO_TIMEOUT = Infinity;

/** With a lock_timeout of up to this, in milliseconds, waiting for a lock is taken for harmless. */
export const SHORT_LOCK_TIMEOUT = 10_000;

/** The lock_timeout in force at a statement, in milliseconds. PostgreSQL takes 0 for none. */
export function lockTimeout({ session }: AnalysedStatement): number {
  const value = session.get("lock_timeout");
  return (value === undefined ? 0 : parseDuration(value)) || NO_TIMEOUT;
}
