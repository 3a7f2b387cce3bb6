/**
 * Functions of migrations that a file of SQL repeats: a schema for a code generator, or a dump. What their bodies use is
 * told of the migrations' own, in the definitions that are in force; a copy runs nowhere.
 */
import type { Change, Database } from "../model/change.js";
import type { Reference } from "../model/reference.js";
import type { Tree } from "../model/tree.js";
import { languageOf } from "../references/application-files.js";
import { lineCounter } from "../text/line-counter.js";
import { splitStatements } from "../postgres/lexer.js";
import { definesFunction } from "./function-bodies.js";

/** The references without those in such copies. */
export function withoutRepeatedFunctions(
  references: readonly Reference[],
  change: Change,
  database: Database,
): readonly Reference[] {
  return references.filter((reference) => {
    if (languageOf(reference.file) !== "sql") return true;
    const { head, base, release } = change;
    const side = reference.side === "head" ? head : reference.release === undefined ? base : release;
    const name = side && functionAt(side.tree, reference);
    return name === undefined || !definesFunction(database, name);
  });
}

const CREATE_FUNCTION =
  /^\s*(?:(?:--[^\n]*\n|\/\*[\s\S]{0,2000}?\*\/)\s*)*create\s+(?:or\s+replace\s+)?(?:function|procedure)\s+(?:"?\w+"?\s*\.\s*)?"?(\w+)/i;

interface Lines {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

const known = new WeakMap<Tree, Map<string, readonly Lines[]>>();

/** The bare name of the function whose definition has the line of a reference. */
function functionAt(tree: Tree, { file, line }: Reference): string | undefined {
  let files = known.get(tree);
  if (files === undefined) known.set(tree, (files = new Map<string, readonly Lines[]>()));
  let functions = files.get(file);
  if (functions === undefined) files.set(file, (functions = functionsIn(tree.read(file) ?? "")));
  return functions.find(({ first, last }) => first <= line && line <= last)?.name;
}

function functionsIn(text: string): readonly Lines[] {
  const lineOf = lineCounter(text);
  return splitStatements(text).flatMap(([start, end]) => {
    const name = CREATE_FUNCTION.exec(text.slice(start, end))?.[1];
    return name === undefined ? [] : { name, first: lineOf(start), last: lineOf(end) };
  });
}
