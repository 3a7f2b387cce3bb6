/**
 * What calls of database libraries are called, and what a script has in it where there may be one: cheap looks at a text
 * before anything is parsed. They may say yes where there is nothing, and never no where there is something.
 */
import { escapeRegExp } from "./escapes.js";
import { SQL_STARTERS } from "./sql-references.js";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Methods whose first argument is a table. */
export const TABLE_METHODS = words(
  "from into table selectFrom insertInto updateTable deleteFrom mergeInto replaceInto join innerJoin leftJoin rightJoin " +
    "fullJoin crossJoin outerJoin leftOuterJoin rightOuterJoin fullOuterJoin innerJoinAndSelect leftJoinAndSelect " +
    "innerJoinLateral leftJoinLateral joinRaw using batchInsert",
);

/** Methods whose first argument is an entity class, or its name. */
export const ENTITY_METHODS = words(
  "getRepository getTreeRepository getCustomRepository getMongoRepository getModel model",
);

/** Methods whose first argument is a table object in Drizzle and an entity class in an entity manager. */
export const OBJECT_METHODS = words("insert update delete upsert $count");

/** Methods that only Prisma's models have. */
export const PRISMA_METHODS = words(
  "findMany findUnique findUniqueOrThrow findFirst findFirstOrThrow createMany createManyAndReturn updateMany " +
    "updateManyAndReturn upsert deleteMany aggregate groupBy",
);

/** Methods that Prisma's models share with many others. */
export const SHARED_PRISMA_METHODS = words("create update delete count");

/** Methods of models, repositories and entity managers. */
export const MODEL_METHODS = words(
  "find findOne findOneBy findOneOrFail findOneByOrFail findBy findAndCount findAndCountBy findByIds findOneById findAll " +
    "findAllBy findByPk findOrCreate findOrBuild findAndCountAll findById query save insert update upsert delete remove " +
    "softDelete softRemove restore create preload merge count countBy sum average minimum maximum min max exists existsBy " +
    "exist increment decrement bulkCreate build destroy truncate createQueryBuilder qb nativeUpdate nativeDelete " +
    "nativeInsert insertMany upsertMany findOneOrCreate assign scope unscoped aggregate schema",
);

const KNEX_NAMES = "k|db|trx|tx|transaction|qb|conn|connection|database|pg";
export const KNEX_ROOT = new RegExp(`^(?:knex\\w*|\\w*[kK]nex|\\w*Db|${KNEX_NAMES})$`);

/** What variables and properties are called that hold a repository or a model. */
const REPOSITORY_NAMES = "Repository|Repo|Model|Dao|Collection";
export const REPOSITORY = new RegExp(`(?:${REPOSITORY_NAMES})$`);

/** Functions that put an identifier into SQL. */
const IDENTIFIER_NAMES = "sql|raw|identifier|id|ref|table|escapeIdentifier|quoteIdent\\w*|ident";
export const IDENTIFIER_FUNCTION = new RegExp(`^(?:${IDENTIFIER_NAMES})$`);

/** Objects of JavaScript whose methods are called like those of models and query builders: `Math.max`, `Array.from`. */
export const BUILT_INS = words("Array Buffer JSON Map Math Number Object Promise Reflect Set String Iterator");

const anyOf = (...names: readonly ReadonlySet<string>[]): string =>
  names.flatMap((one) => Array.from(one, escapeRegExp)).join("|");

/** What stands before the name of a method, and behind it where it is called. */
const OF = String.raw`(?:\.\s*#?|\[\s*["'\`])`;
const CALLED = String.raw`["'\`\]]*\s*(?:\?\.\s*)?[(<!]`;

/** What every call that names a table has in it: the method of a library, the library itself being called, or SQL. */
const NAMES_TABLE = new RegExp(
  [
    String.raw`${OF}(?:${anyOf(TABLE_METHODS, ENTITY_METHODS, OBJECT_METHODS, PRISMA_METHODS, SHARED_PRISMA_METHODS, MODEL_METHODS)})(?![\w$])`,
    String.raw`(?:knex\w{0,40}|db|(?<![\w$])(?:${KNEX_NAMES}))${CALLED}`,
    String.raw`["'\`](?:\\.|[\s(]|--[^\n]*\n|\/\*[\s\S]{0,2000}?\*\/)*(?:${SQL_STARTERS})\b`,
  ].join("|"),
  "i",
);

/** Whether a call in a script may name a table. */
export function mayNameTable(script: string): boolean {
  return NAMES_TABLE.test(script);
}

/**
 * What gives rows, or says of a value that it is one. Methods that arrays and sets have, too, count by what is beside
 * them. One expression each: in one of all, V8 looks at each letter for every one of them.
 */
const HAS_ROWS = [
  // `path.join("a")` and `.join(", ")` name no table.
  String.raw`(?<!\b(?:Array|Buffer|path))${OF}(?:${anyOf(TABLE_METHODS)})${CALLED}(?!["'\`](?:\W|$)|\))`,
  String.raw`${OF}(?:${anyOf(ENTITY_METHODS, PRISMA_METHODS)}|createQueryBuilder|qb)${CALLED}`,
  String.raw`(?:[pP]risma\w{0,40}|\b(?:tx|trx)|[dD]b|[cC]lient)["'\`\])!?\s]*${OF}\w+["'\`\]!?\s]*${OF}(?:${anyOf(SHARED_PRISMA_METHODS)})${CALLED}`,
  String.raw`(?:\bthis\s*\.\s*#?\w+|(?<![\w$])(?!(?:${anyOf(BUILT_INS)})\b)[A-Z][\w$]*|${REPOSITORY_NAMES})["'\`\])!?\s]*${OF}(?:${anyOf(MODEL_METHODS)})${CALLED}`,
  String.raw`${OF}(?:${anyOf(OBJECT_METHODS, MODEL_METHODS)})${CALLED}\s*[A-Z]`,
  String.raw`${OF}(?:insert|update|upsert|\$count|delete(?=[^()]{0,200}\)\s*\.))${CALLED}\s*[\w$.]+\s*[),]`,
  String.raw`(?:[kK]nex\w{0,40}|[dD]b|(?<![\w$])(?:${KNEX_NAMES}))["'\`\]]*(?:\?\.)?[(<!]`,
  String.raw`\b(?:FROM|JOIN|INTO)\s|["'\`\n(][ \t]*(?:[sS]elect|[wW]ith|[dD]elete)\s[^;]{0,500}?\bfrom\s|\b(?:[iI]nsert|[mM]erge)\s+into\b|\b(?:[uU]pdate|UPDATE)\s+[\w".$\{\}\\]+\s+(?:\w+\s+){0,2}?(?:set|SET)\b`,
  // Types of what is given, and models.
  String.raw`\b(?:Repository|Model|ModelStatic|ModelCtor|Collection)\s*<|:\s*typeof\s+[A-Z]|\bPrisma\s*\.|\bclass\s+[A-Z]`,
  String.raw`\bfrom\s*["'][^"'\n]*(?:entit|[mM]odel|schema|[pP]risma|drizzle|database|repositor|[/@-]db["'/-])`,
].map((pattern) => new RegExp(pattern));

/** Whether a script may know rows of any table, of which a property leads to those of another one. */
export function mayHaveRows(script: string): boolean {
  return HAS_ROWS.some((pattern) => pattern.test(script));
}

/** What stands before a string that is a table's name: a function that takes one, a list, or the name of a constant. */
const TAKES_TABLE = new RegExp(
  String.raw`(?:(?:${anyOf(TABLE_METHODS, ENTITY_METHODS)}|createQueryBuilder|qb|\w*[kK]nex\w*|\w*[dD]b|${KNEX_NAMES}|${IDENTIFIER_NAMES}|Inject\w*)["'\`\]]*(?:\?\.)?!?(?:<[^()]*>)?\(\s*(?:\{[^{}()]*:\s*)?|[,[]\s*|\btable\w*\s*:\s*|(?<![=!])=\s+)["'\`]$`,
);

/** Whether a string may be the name of a table, by what stands before it and its opening quote. */
export function mayBeTableName(before: string): boolean {
  return TAKES_TABLE.test(before);
}
