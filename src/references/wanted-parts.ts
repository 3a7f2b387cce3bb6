/** Which statements of a script may have a reference in them. */
import { functionIn, type Part } from "./lazy-script.js";
import { linkedWords } from "./linked-words.js";
import { MAY_DECLARE } from "./script-models.js";
import { prismaModelOf } from "./script-places.js";
import { addTo, type Sought, type SoughtTarget, type TableWords } from "./sought.js";
import { type Hit, valuesByPart } from "./words.js";

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

/** The parts of a whole text. */
export function wantedParts(text: string, parts: readonly Part[], sought: Sought): WantedParts {
  const tables = linkedWords(text, parts, sought.tablesIn(text));
  const names = new NamesOfTables(valuesByPart(parts, tables));
  const targetsIn = valuesByPart(parts, sought.wordsIn(text));
  const named = new Set<Part>();
  const others = new Map<Part, ReadonlySet<SoughtTarget>>();
  for (const part of parts) {
    const targets = targetsIn.get(part) ?? NONE;
    if (isWanted(part, targets, sought, names)) named.add(part);
    else if (targets.size > 0) others.set(part, targets);
  }
  const isLinked = linkedTargets(text, tables, sought);
  const variables = [...others].flatMap(([part, targets]) =>
    VARIABLE.test(part.text) && [...targets].some(isLinked) ? part : [],
  );
  if (variables.length > 0) {
    const users = parts.filter((part) => named.has(part) || names.in(part).size > 0);
    for (const part of usedBy(users, variables)) {
      named.add(part);
      others.delete(part);
    }
  }
  const unbound: Part[] = [];
  const columns = new Set<SoughtTarget>();
  for (const [part, targets] of others) {
    const distinctive = [...targets].filter((target) => target.distinctive && isLinked(target));
    if (distinctive.length > 0) unbound.push(part);
    for (const target of distinctive) columns.add(target);
  }
  return { named: parts.filter((part) => named.has(part)), unbound, columns };
}

/** Whether anything in a script may name the table of a target. */
function linkedTargets(
  text: string,
  tables: readonly Hit<TableWords>[],
  sought: Sought,
): (target: SoughtTarget) => boolean {
  const linked = new Set(tables.flatMap(({ values }) => values));
  const typed = prismaModelsIn(text);
  return (target) =>
    linked.has(sought.wordsOf(target) as TableWords) ||
    typed.some((model) => sought.naming(target, model) !== undefined);
}

const NONE: ReadonlySet<never> = new Set();

const VARIABLE = /^(?:export\s+)?(?:const|let|var)\s/;

/** Those of some variables that other statements use, which in turn may use others. */
function usedBy(users: readonly Part[], variables: readonly Part[]): ReadonlySet<Part> {
  const declaring = new Map<string, Part[]>();
  for (const variable of variables) for (const name of variable.names()) addTo(declaring, name, variable);
  const used = new Set<Part>();
  // The set grows while it is walked: a variable is a user as well.
  const using = new Set(users);
  for (const user of using) {
    for (const [name] of user.text.matchAll(/[\w$]+/g)) {
      for (const variable of declaring.get(name) ?? []) {
        if (variable === user) continue;
        used.add(variable);
        using.add(variable);
      }
    }
  }
  return used;
}

function isWanted(part: Part, targets: ReadonlySet<SoughtTarget>, sought: Sought, names: NamesOfTables): boolean {
  const { text } = part;
  if (MAY_DECLARE.test(text)) return true;
  for (const target of targets) if (target.column === undefined || sought.isRare(target)) return true;
  if (targets.size === 0 && !sought.unnamed) return false;
  // What works on a table may work on its columns without naming them.
  const wanted = targets.size === 0 ? sought.targets : [...targets];
  const isIn = (tables: ReadonlySet<TableWords>): boolean =>
    tables.size > 0 && wanted.some((target) => tables.has(sought.wordsOf(target) as TableWords));
  if (isIn(names.in(part))) return true;
  const typed = prismaModelsIn(text);
  if (wanted.some((target) => typed.some((model) => sought.naming(target, model) !== undefined))) return true;
  return isIn(names.besideIn(part));
}

/** Models in names of Prisma's types: `Prisma.OrderSelect`. */
function prismaModelsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(/\bPrisma\s*\.\s*(\w+)/g)).flatMap(([, type = ""]) => prismaModelOf(type) ?? []);
}

/** Names of a script's own, with the tables that they stand for. */
type OwnNames = ReadonlyMap<string, ReadonlySet<TableWords>>;

/** Which parts name a table: by one of its words, or by a name of the script's own that stands for something that does. */
class NamesOfTables {
  #own: OwnNames | undefined;

  constructor(readonly named: ReadonlyMap<Part, ReadonlySet<TableWords>>) {}

  /** The tables that words in a part name. */
  in(part: Part): ReadonlySet<TableWords> {
    return this.named.get(part) ?? NONE;
  }

  /** The tables that the script's own names in a part stand for. */
  besideIn({ text }: Part): ReadonlySet<TableWords> {
    this.#own ??= this.#readOwn();
    const found = new Set<TableWords>();
    for (const [name, tables] of this.#own) if (hasWord(text, name)) for (const table of tables) found.add(table);
    return found;
  }

  #readOwn(): OwnNames {
    const own = new Map<string, Set<TableWords>>();
    for (const [part, named] of this.named) {
      // What a function works on is nothing that its name stands for.
      if (functionIn(part.text) !== undefined) continue;
      for (const name of part.names()) own.set(name, new Set([...(own.get(name) ?? []), ...named]));
    }
    return own;
  }
}

/** A regular expression that only one file needs takes longer to be made than this. */
function hasWord(text: string, word: string): boolean {
  const isLetter = (at: number): boolean => /[\w$]/.test(text.charAt(at));
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isLetter(at - 1) && !isLetter(at + word.length)) return true;
  }
  return false;
}
