/** The names that PostgreSQL chooses for indexes, constraints and sequences when a statement gives none. */

/** PostgreSQL cuts identifiers at this many bytes (`NAMEDATALEN - 1`). */
export const maximumBytes = 63;

/** The longest prefix of whole characters that fits. */
export function clip(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** `name1_name2_label`, the longer of the two names shortened until it fits (`makeObjectName` in indexcmds.c). */
function objectName(name1: string, name2: string | undefined, label: string): string {
  let bytes1 = Buffer.byteLength(name1);
  let bytes2 = name2 === undefined ? 0 : Buffer.byteLength(name2);
  const available = maximumBytes - label.length - 1 - (name2 === undefined ? 0 : 1);
  while (bytes1 + bytes2 > available) {
    if (bytes1 > bytes2) bytes1--;
    else bytes2--;
  }
  return [clip(name1, bytes1), ...(name2 === undefined ? [] : [clip(name2, bytes2)]), label].join("_");
}

/**
 * The first free one of `t_c_label`, `t_c_label1`, `t_c_label2`, …
 * @param ended Where earlier searches in the same schema ended, while no name has become free since: a thousand
 *   constraints of one table would else be looked through for the next one.
 */
export function chooseName(
  table: string,
  columns: readonly string[],
  label: string,
  taken: (name: string) => boolean,
  ended?: Map<string, number>,
): string {
  const addition = columns.length > 0 ? joinColumns(columns) : undefined;
  const search = [table, addition, label].join("\0");
  for (let pass = ended?.get(search) ?? 0; ; pass++) {
    const name = objectName(table, addition, pass === 0 ? label : `${label}${pass}`);
    if (taken(name)) continue;
    ended?.set(search, pass);
    return name;
  }
}

/**
 * A free name for a constraint that says that a column has no NULL: from 18 on the one that PostgreSQL gives, before it
 * a name of its own for the CHECK, since `_check` is what any other CHECK of the column is called.
 * @param taken The names of the table's constraints.
 * @param postgres The major version.
 */
export function chooseNotNullName(
  table: string,
  column: string,
  taken: { has(name: string): boolean } | undefined,
  postgres: number,
): string {
  return chooseName(table, [column], postgres >= 18 ? "not_null" : "nonnull", (name) => taken?.has(name) === true);
}

/** Column names joined with `_`, up to the column that passes the limit (`ChooseIndexNameAddition`). */
function joinColumns(columns: readonly string[]): string {
  let joined = "";
  for (const column of columns) {
    if (joined !== "") joined += "_";
    joined += column;
    if (Buffer.byteLength(joined) > maximumBytes) break;
  }
  return joined;
}
