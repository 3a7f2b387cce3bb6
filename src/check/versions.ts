/** One report for several versions of PostgreSQL: what is judged at each, and said once. */
import type { Configuration } from "../model/configuration.js";
import type { Finding } from "../model/finding.js";
import type { Report } from "../model/report.js";
import { versionsBetween, versionWords } from "../text/version-words.js";

/** A configuration for each version that one names; itself where it names one, or none. */
export function eachVersion(configuration: Configuration): readonly Configuration[] {
  const { postgres, postgresUntil } = configuration;
  if (postgres === undefined || postgresUntil === undefined) return [configuration];
  return versionsBetween(postgres, postgresUntil).map((version) => ({ ...configuration, postgres: version }));
}

/** What was found at one version. */
export interface AtVersion<Found> {
  readonly version: number;
  readonly found: readonly Found[];
}

/**
 * Findings that are the same at several versions become one. Those that hold for some versions only, or say something
 * else at each, name the versions.
 * @param all Every version, in order.
 */
export function mergeFindings<Kind extends Finding>(all: readonly AtVersion<Kind>[]): readonly Kind[] {
  const groups = new Map<string, AtVersion<Kind>[]>();
  for (const { version, found } of all) {
    const counts = new Map<string, number>();
    for (const finding of found) {
      const what = keyOf(finding);
      const count = (counts.get(what) ?? 0) + 1;
      counts.set(what, count);
      const key = `${what}${String(count)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ version, found: [finding] }]);
      else group.push({ version, found: [finding] });
    }
  }
  const every = all.map(({ version }) => version);
  return [...groups.values()].flatMap((group) => merged(group, every) ?? []);
}

/** What makes two findings of different versions the same. */
function keyOf({ database, rule, file, line, column, endLine, endColumn, messageId, object }: Finding): string {
  return JSON.stringify([database, rule, file, line, column, endLine, endColumn, messageId, object]);
}

function merged<Kind extends Finding>(group: readonly AtVersion<Kind>[], every: readonly number[]): Kind | undefined {
  const [first] = group.flatMap(({ found }) => found);
  if (first === undefined) return undefined;
  const messages = new Map<string, number[]>();
  for (const { version, found } of group) {
    for (const { message } of found) messages.set(message, [...(messages.get(message) ?? []), version]);
  }
  if (messages.size === 1 && group.length === every.length) return first;
  const message = Array.from(
    messages,
    ([text, versions]) => `On PostgreSQL ${versionWords(versions, every)}: ${text}`,
  ).join(" ");
  return { ...first, message, postgres: group.map(({ version }) => version) };
}

/** Notes that there are at every version: what one version has no use for, another one may. */
export function commonNotes(all: readonly Report["notes"][]): Report["notes"] {
  const [first = [], ...others] = all;
  const known = others.map((notes) => new Set(notes.map((note) => JSON.stringify(note))));
  return first.filter((note) => known.every((notes) => notes.has(JSON.stringify(note))));
}
