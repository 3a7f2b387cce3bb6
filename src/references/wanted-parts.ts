/** Which statements of a script may have a reference in them. */
import { escapeRegExp } from "./escapes.js";
import type { Part } from "./lazy-script.js";
import { MAY_DECLARE } from "./script-models.js";
import { prismaModelOf } from "./script-places.js";
import type { Sought, SoughtTarget } from "./sought.js";

interface WantedParts {
  /**
   * Those that declare a model, or have a sought name in them. A name that says little by itself counts only beside its
   * table's, or beside what a statement declares that names the table: `const TABLE = "orders"`; or in the value of a
   * variable that such a statement uses.
   */
  readonly named: readonly Part[];
  /**
   * Those that have only the name of a column in them, one that says something by itself and yet is all over the code.
   * They matter where the script works on the column's table and on no other.
   */
  readonly unbound: readonly Part[];
  /** The columns of the latter. */
  readonly columns: ReadonlySet<SoughtTarget>;
}

/** @param word Any of the sought names. */
export function wantedParts(parts: readonly Part[], sought: Sought, word: RegExp): WantedParts {
  const names = new RegExp(word.source, "g");
  const beside = new NamesOfTables(parts, sought);
  const named = new Set<Part>();
  const others = new Map<Part, ReadonlySet<SoughtTarget>>();
  for (const part of parts) {
    const targets = targetsIn(part.text, names, sought);
    if (isWanted(part, targets, sought, beside)) named.add(part);
    else if (targets.size > 0) others.set(part, targets);
  }
  addVariablesUsedIn(named, others);
  const unbound: Part[] = [];
  const columns = new Set<SoughtTarget>();
  for (const [part, targets] of others) {
    const distinctive = [...targets].filter((target) => target.distinctive);
    if (distinctive.length > 0) unbound.push(part);
    for (const target of distinctive) columns.add(target);
  }
  return { named: parts.filter((part) => named.has(part)), unbound, columns };
}

const VARIABLE = /^(?:export\s+)?(?:const|let|var)\s/;

/** Takes from the others to the named ones what declares a variable that these use, which in turn may use others. */
function addVariablesUsedIn(named: Set<Part>, others: Map<Part, unknown>): void {
  const variables = [...others.keys()].filter(({ text }) => VARIABLE.test(text));
  if (variables.length === 0) return;
  const used = new Set<string>();
  const use = ({ text }: Part): void => text.match(/[\w$]+/g)?.forEach((name) => used.add(name));
  for (const part of named) use(part);
  // From the last one: a variable stands behind those that it uses.
  for (const part of variables.reverse()) {
    if (!part.names().some((name) => used.has(name))) continue;
    named.add(part);
    others.delete(part);
    use(part);
  }
}

function targetsIn(text: string, names: RegExp, sought: Sought): ReadonlySet<SoughtTarget> {
  const words = new Set<string>();
  names.lastIndex = 0;
  for (let match = names.exec(text); match !== null; match = names.exec(text)) words.add(match[0]);
  const targets = new Set<SoughtTarget>();
  for (const word of words) for (const target of sought.foundAs(word)) targets.add(target);
  return targets;
}

function isWanted({ text }: Part, targets: ReadonlySet<SoughtTarget>, sought: Sought, beside: NamesOfTables): boolean {
  if (MAY_DECLARE.test(text)) return true;
  for (const target of targets) if (target.column === undefined || sought.isRare(target)) return true;
  if (targets.size === 0 && !sought.unnamed) return false;
  const isNamed = sought.namedBy(text);
  const typed = prismaModelsIn(text);
  // What works on a table may work on its columns without naming them.
  for (const target of targets.size === 0 ? sought.targets : targets) {
    if (isNamed(target) || typed.some((model) => sought.naming(target, model)) || beside.isNamedIn(text, target)) {
      return true;
    }
  }
  return false;
}

/** Models in names of Prisma's types: `Prisma.OrderSelect`. */
function prismaModelsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(/\bPrisma\s*\.\s*(\w+)/g)).flatMap(([, type = ""]) => prismaModelOf(type) ?? []);
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
