/** Which statements of a script may have a reference in them. */
import { escapeRegExp } from "./escapes.js";
import type { Part } from "./lazy-script.js";
import { MAY_DECLARE } from "./script-models.js";
import type { Sought, SoughtTarget } from "./sought.js";

/**
 * Statements that declare a model, or have a sought name in them. A name that says little by itself counts only beside
 * its table's, or beside what a statement declares that names the table: `const TABLE = "orders"`.
 * @param word Any of the sought names.
 */
export function wantedParts(parts: readonly Part[], sought: Sought, word: RegExp): readonly Part[] {
  const names = new RegExp(word.source, "g");
  const beside = new NamesOfTables(parts, sought);
  return parts.filter(({ text }) => {
    if (MAY_DECLARE.test(text)) return true;
    const found = new Set(Array.from(text.matchAll(names), ([name]) => name));
    if (found.size === 0) return sought.unnamed && sought.targets.some(sought.namedBy(text));
    const targets = new Set([...found].flatMap((name) => sought.foundAs(name)));
    if ([...targets].some(({ distinctive, column }) => distinctive || column === undefined)) return true;
    const isNamed = sought.namedBy(text);
    return [...targets].some((target) => isNamed(target) || beside.isNamedIn(text, target));
  });
}

/** Names of a script's own that stand for something with a table's name in it. */
class NamesOfTables {
  readonly #patterns = new Map<string, RegExp | undefined>();
  #named: readonly (readonly [names: readonly string[], isNamed: (target: SoughtTarget) => boolean])[] | undefined;

  constructor(
    readonly parts: readonly Part[],
    readonly sought: Sought,
  ) {}

  isNamedIn(text: string, target: SoughtTarget): boolean {
    const key = `${target.table.schema}.${target.table.name}`;
    if (!this.#patterns.has(key)) this.#patterns.set(key, this.#patternOf(target));
    return this.#patterns.get(key)?.test(text) === true;
  }

  #patternOf(target: SoughtTarget): RegExp | undefined {
    this.#named ??= this.parts
      .filter((part) => part.names().length > 0)
      .map((part) => [part.names(), this.sought.namedBy(part.text)]);
    const names = this.#named.flatMap(([own, isNamed]) => (isNamed(target) ? own : []));
    return names.length === 0 ? undefined : new RegExp(`(?<![\\w$])(?:${names.map(escapeRegExp).join("|")})(?![\\w$])`);
  }
}
