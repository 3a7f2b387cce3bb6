/** Names of migrations: what a tool calls one, and what it must be called to come after another. */

/** What a tool calls a migration: its file, or the folder that holds it as `migration.sql` or `up.sql`. */
export function migrationName(file: string): string {
  const parts = file.split("/");
  const last = parts.pop() ?? file;
  return IN_A_FOLDER.test(last) ? (parts.pop() ?? last) : last;
}

const IN_A_FOLDER = /^(?:migration|up)\.sql$/;

/** What orders a name: `2024-01-31-235959`, `1.2` of `V1.2__x.sql`, or the first number. */
const VERSION = /\d{4}-\d\d-\d\d-\d{6}|\d+(?:[._]\d+)*(?=__)|\d+/;

/** The part of a name by which it is ordered; undefined where it has no number. */
export function migrationVersion(name: string): string | undefined {
  return VERSION.exec(name)?.[0];
}

/**
 * A name for a migration that comes after another one, in the same style: the version is the next number, or the next
 * second of a time. Undefined where one of them has no number.
 * @param taken Versions that other migrations have.
 */
export function nameAfter(name: string, last: string, taken: ReadonlySet<string | undefined>): string | undefined {
  let version = migrationVersion(last);
  if (version === undefined || !VERSION.test(name)) return undefined;
  do version = next(version);
  while (taken.has(version));
  return name.replace(VERSION, version);
}

function next(version: string): string {
  const digits = version.replace(/\D/g, "");
  const [, ...parts] = (/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits) ?? []).map(Number);
  const [year = 0, month = 1, ...rest] = parts;
  const time = Date.UTC(year, month - 1, ...rest);
  if (year >= 1990 && !/[._]/.test(version) && digitsOf(time) === digits) {
    const later = digitsOf(time + 1000);
    let at = 0;
    return version.replace(/\d/g, () => later[at++] ?? "0");
  }
  // Numbers of 17 digits are more than a double can tell apart.
  return version.replace(/\d+$/, (number) => (BigInt(number) + 1n).toString().padStart(number.length, "0"));
}

/** `20240131235959` */
function digitsOf(time: number): string {
  return new Date(time).toISOString().replace(/\D/g, "").slice(0, 14);
}
