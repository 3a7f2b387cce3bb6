/**
 * What to do in a tool that has no way to run CREATE INDEX CONCURRENTLY. IF NOT EXISTS locks the table before it looks
 * for the name, so that it waits for writers, and keeps others waiting, to find the index built.
 * @param because Why the tool has no way, as a clause: `Drizzle's migrate() runs all pending migrations in one transaction`.
 */
export function builtByHand(because: string): string {
  return (
    `${because}. Build the index by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT ` +
    "EXISTS in the migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on " +
    "the table."
  );
}
