/** Ranges of PostgreSQL's major versions, as people write them. */

export function versionsBetween(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * `13`, `13 and 14`, `15 to 18`, `13, 15 and 18`.
 * @param every The whole range that they are of.
 */
export function versionWords(versions: readonly number[], every: readonly number[]): string {
  const [first, last] = [versions[0], versions.at(-1)];
  const between = every.filter((version) => version >= (first ?? 0) && version <= (last ?? 0));
  if (versions.length > 2 && versions.length === between.length) return `${String(first)} to ${String(last)}`;
  const words = versions.map(String);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
