/** The spellings under which code knows a name of the database: ORMs and naming plugins change case and number. */

/** `legacyRef` and `LegacyRef` → `legacy_ref`; `userID` → `user_id`. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** `legacy_ref` and `LegacyRef` → `legacyRef`. */
export function camelCase(name: string): string {
  const joined = name.replaceAll(/(?<=[A-Za-z0-9])_+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

/** `order_items` and `orderItems` → `OrderItems`. */
function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** Whether the name is made of several words: `legacy_ref`, `legacyRef`. A single word says little by itself. */
export function isCompound(name: string): boolean {
  return /[A-Za-z0-9]_[A-Za-z0-9]|[a-z0-9][A-Z]/.test(name);
}

type Inflection = readonly [ending: RegExp, replacement: string];

const SINGULARS: readonly Inflection[] = [
  [/people$/i, "person"],
  [/children$/i, "child"],
  [/ies$/i, "y"],
  [/(ss|x|ch|sh|z|us|is|as)es$/i, "$1"],
  [/([^sui])s$/i, "$1"],
];

const PLURALS: readonly Inflection[] = [
  [/person$/i, "people"],
  [/child$/i, "children"],
  [/([^aeiou])y$/i, "$1ies"],
  [/(s|x|ch|sh|z)$/i, "$1es"],
  [/$/, "s"],
];

function inflect(word: string, inflections: readonly Inflection[]): string {
  const inflection = inflections.find(([ending]) => ending.test(word));
  return inflection === undefined ? word : word.replace(...inflection);
}

/** A column's name and its twin in the other case: `legacy_ref` ↔ `legacyRef`. */
export function columnSpellings(column: string): readonly string[] {
  return [...new Set([column, camelCase(column), snakeCase(column)])];
}

/** A table's name as such, in the cases that code writes it: `order_items`, `orderItems`, `OrderItems`. */
export function tableSpellings(table: string): readonly string[] {
  return [...new Set([table, snakeCase(table), camelCase(table), pascalCase(table)])];
}

/** The names of a table's rows and models: `order_item`, `orderItem`, `OrderItem`, and the plural of a singular name. */
export function modelSpellings(table: string): readonly string[] {
  const one = inflect(table, SINGULARS);
  // `houses` has two readings, and only a dictionary would know the right one.
  const words = one === table ? [inflect(table, PLURALS)] : [one, table.replace(/s$/i, "")];
  const own = new Set(tableSpellings(table));
  return [...new Set(words.flatMap(tableSpellings))].filter((spelling) => !own.has(spelling));
}
