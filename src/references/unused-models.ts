/**
 * Models that nothing works with. An ORM sends SQL about a table only where code asks it to: a model that stands in a
 * schema and is used nowhere breaks nothing when its table goes.
 */
import { isSeed, isTest, isTypesOnly, languageOf } from "./application-files.js";
import { type SideTree, WordSearch } from "./candidate-files.js";
import { escapeRegExp } from "./escapes.js";
import { MAY_DECLARE } from "./script-models.js";
import type { Declaration, Sought, SoughtTarget } from "./sought.js";
import { declares } from "./sought.js";
import { camelCase } from "./spelling.js";

/**
 * Whether code of a side may work with a model of a table: a script has the name that the client, a class or a variable
 * gives it, or that of a relation that leads to it, where such a name can stand. By words alone: one that means something
 * else counts, too. Also where no model is known by name.
 */
export function mayUseModel(tree: SideTree, target: SoughtTarget, sought: Sought): boolean {
  const own = sought.declarations.filter((declaration) => declares(declaration, { table: target.table }));
  const places = [...namesInPrisma(own, sought), ...own.filter((one) => !isPrismas(one)).flatMap(classOrVariable)];
  if (places.length === 0) return true;
  const pattern = new RegExp(places.map(({ source }) => source).join("|"));
  const search = new WordSearch([...new Set(places.map(({ word }) => word))], sought);
  return tree.filesWith(search).some((file) => {
    const language = languageOf(file);
    if ((language !== "script" && language !== "vue") || isTest(file) || isSeed(file) || isTypesOnly(file))
      return false;
    const text = tree.read(file);
    // What models say of each other sends nothing; a query beside them is found as one.
    return text !== undefined && !MAY_DECLARE.test(text) && pattern.test(text);
  });
}

interface NamePlace {
  readonly word: string;
  /** A regular expression for the places where the word may stand for the model. */
  readonly source: string;
}

/** `prisma.order`, `prisma["order"]`, and the relations in `include: { orders: true }`, `account.orders`. */
function namesInPrisma(own: readonly Declaration[], sought: Sought): readonly NamePlace[] {
  const models = new Set(own.filter(isPrismas).flatMap((one) => one.models));
  if (models.size === 0) return [];
  const relations = sought.declarations.flatMap((one) =>
    Object.entries(one.relations ?? {}).flatMap(([property, model]) => (models.has(model) ? property : [])),
  );
  return [...[...models].map(camelCase), ...relations].map((word) => {
    const name = escapeRegExp(word);
    return { word, source: `[.\\]"'\`]\\s*${name}(?![\\w$])|(?<![\\w$])${name}\\s*[:,}=]` };
  });
}

function classOrVariable({ models }: Declaration): readonly NamePlace[] {
  return models.map((word) => ({ word, source: `(?<![\\w$])${escapeRegExp(word)}(?![\\w$])` }));
}

/** Prisma's client gives a model a member; the models of other ORMs are imported by their names. */
function isPrismas({ relations }: Declaration): boolean {
  return relations !== undefined;
}
