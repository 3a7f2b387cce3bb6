import type { Reference, ReferenceGrade, ReferenceTarget } from "../model/reference.js";
import { placeCounter } from "../text/line-counter.js";
import { checkTime } from "../text/out-of-time.js";
import { spareLastTierFromHere } from "../text/short-run.js";
import { ACCEPT_REFERENCE, type AcceptComment, acceptComments } from "./accept-comments.js";
import {
  isForOtherSystem,
  isGenerated,
  isSentByPrisma,
  isSeed,
  isTest,
  isTypesOnly,
  languageOf,
  testsBegin,
  usesPrismaRaw,
} from "./application-files.js";
import { CandidateFiles, type CodeSides, SideTree, WordSearch } from "./candidate-files.js";
import { isSureEnough } from "./grades.js";
import { referencesToObjects } from "./object-references.js";
import { modelsInPrismaSchema } from "./prisma-schema.js";
import { LazyScript, NotInParts } from "./lazy-script.js";
import { bindsIn, modelsInScript, referencesInScript } from "./script-references.js";
import { MAY_DECLARE } from "./script-models.js";
import { scriptParts } from "./script-tree.js";
import type { Declaration, Found, SoughtTarget } from "./sought.js";
import { addTo, declares, Sought, targetKey } from "./sought.js";
import { referencesInSqlFile, referencesInText } from "./text-references.js";
import { mayUseModel } from "./unused-models.js";

export { targetKey } from "./sought.js";

/** A name in more lines than this is a common word: only what is bound to the table is reported. */
const COMMON_LINES = 100;
/** A name that this many tables declare is one too. */
const COMMON_TABLES = 3;

const MAX_EXCERPT = 160;

/** Reading so many files is a run of its own. */
const MANY_FILES = 500;

export interface SearchOptions {
  /** Whether statements that work on a column without naming it are references, too. Tables have none. */
  readonly unnamed: boolean;
  /** Called with each comment, in the files that are read, that declares a use harmless; the uses are found all the same. */
  readonly onAcceptComment?: (comment: PlacedAcceptComment) => void;
}

export interface PlacedAcceptComment extends AcceptComment, Pick<Reference, "side" | "release" | "file"> {}

/**
 * Finds the places in application code that name the given columns and tables, on both sides. The keys of the result
 * are `targetKey(target)`; each list is sorted by side (head first), grade, file and line. One search per side finds the
 * files, and only these are parsed, each text once. Never throws for what is in the files; throws `OutOfTime` where the
 * time of the check ends before every file is read.
 */
export function findReferences(
  targets: readonly ReferenceTarget[],
  sides: CodeSides,
  { unnamed, onAcceptComment }: SearchOptions = { unnamed: false },
): ReadonlyMap<string, readonly Reference[]> {
  const references = new Map<string, Reference[]>(targets.map((target) => [targetKey(target), []]));
  if (references.size === 0) return references;
  const head = new SideTree("head", sides.head, sides);
  const trees = [head];
  if (sides.base !== undefined) trees.push(new SideTree("base", sides.base, sides, head));
  if (sides.release !== undefined) {
    trees.push(new SideTree("base", sides.release.tree, sides, head, sides.release.tag));
  }

  const plain = new Sought(targets, [], unnamed);
  const candidates = trees.map((tree) => new CandidateFiles(tree));
  const plainSearch = new WordSearch(plain.words, plain);
  for (const one of candidates) one.add(plainSearch);
  const readers = readersOf(targets, candidates, plain);
  const work = new Map<string, { tree: SideTree; reader: Reader; keys: ReadonlySet<string> }[]>();
  for (const [index, { tree, files }] of candidates.entries()) {
    const reader = readers[index] as Reader;
    for (const [file, keys] of files) addTo(work, file, { tree, reader, keys });
  }
  if (work.size > MANY_FILES) spareLastTierFromHere();
  // File by file, so that what several sides have is parsed once, and not kept.
  for (const [file, sides] of work) {
    for (const { tree, reader, keys } of sides) {
      const text = tree.read(file);
      if (text === undefined) continue;
      const { side, release } = tree;
      const isOldSeed = side === "base" && isSeed(file);
      for (const { target, ...found } of reader.read(file, text, keys)) {
        if (isOldSeed && reader.sought.common.has(target)) continue;
        const reference: typeof found = isOldSeed ? { ...found, grade: "possible" } : found;
        references.get(target.key)?.push({ side, ...reference, ...(release !== undefined && { release }) });
      }
      if (onAcceptComment && text.includes(ACCEPT_REFERENCE) && reader.isOfConcern(text, keys)) {
        for (const comment of reader.acceptComments(file, text)) {
          onAcceptComment({ side, ...(release !== undefined && { release }), file, ...comment });
        }
      }
    }
    for (const reader of readers) reader.forget();
    // Behind it: what is read after the end is cut.
    checkTime();
  }
  for (const [index, { tree }] of candidates.entries()) {
    const { sought } = readers[index] as Reader;
    for (const target of sought.targets) {
      const list = references.get(target.key);
      if (list !== undefined && target.column === undefined)
        references.set(target.key, asUsed(list, tree, target, sought));
    }
  }
  for (const [key, list] of references) references.set(key, withoutReleased(list).sort(compare));
  return references;
}

/**
 * References to a table, where the declaration of a model that the running code uses nowhere is no more than possible. At
 * head a model without its table is a contradiction, whether or not code works with it.
 */
function asUsed(list: Reference[], tree: SideTree, target: SoughtTarget, sought: Sought): Reference[] {
  if (tree.side === "head") return list;
  const isOfTree = ({ side, release }: Reference): boolean => side === tree.side && release === tree.release;
  const sure = list.filter((one) => isOfTree(one) && isSureEnough(one));
  const isModel = ({ kind, file }: Reference): boolean =>
    kind === "declared" && /^(?:prisma|script)$/.test(languageOf(file));
  if (sure.length === 0 || !sure.every(isModel) || mayUseModel(tree, target, sought)) return list;
  return list.map((one) => (sure.includes(one) ? { ...one, grade: "possible" } : one));
}

/** What reads each side's files. With the same models on both sides they are read alike, a text that both have once. */
function readersOf(
  targets: readonly ReferenceTarget[],
  candidates: readonly CandidateFiles[],
  plain: Sought,
): readonly Reader[] {
  const scripts = new Scripts();
  // A model that one side has without the column is one that the other side has with it.
  const modelFiles = new Set(
    candidates.flatMap(({ files, tree }) =>
      Array.from(files).flatMap(([file, keys]) => {
        const text = tree.isHeads(file) ? undefined : scripts.mayDeclare(file, tree);
        if (text === undefined || !plain.mentions(text, plain.targetsOf(keys))) return [];
        return scripts.declarationsIn(file, tree).length > 0 ? file : [];
      }),
    ),
  );
  const declared = candidates.map(({ tree }) => [...modelFiles].flatMap((file) => scripts.declarationsIn(file, tree)));
  const searched = new Set(plain.words);
  const known = new Map<string, { readonly search: WordSearch; readonly declarations: readonly Declaration[] }>();
  const searches = candidates.map((one, side) => {
    const others = declared.filter((_, other) => other !== side).flat();
    const declarations = knownOn(declared[side] ?? [], others);
    const key = JSON.stringify(declarations);
    let found = known.get(key);
    if (found === undefined) {
      const sought = declarations.length === 0 ? plain : new Sought(targets, declarations, plain.unnamed);
      // Names that only a model's declaration told need a search of their own.
      const words = sought.words.filter((word) => !searched.has(word));
      known.set(key, (found = { search: new WordSearch(words, sought), declarations }));
    }
    one.add(found.search);
    return found;
  });
  const readers = new Map<WordSearch, Reader>();
  return searches.map(({ search, declarations }) => {
    const { sought } = search;
    let reader = readers.get(search);
    if (reader === undefined) {
      sought.common = commonTargets(sought, candidates, declarations);
      reader = new Reader(sought, scripts);
      readers.set(search, reader);
    }
    return reader;
  });
}

/** References of a release only where base does not have them: the same line of the same file is the same reference. */
function withoutReleased(references: Reference[]): Reference[] {
  if (references.every(({ release }) => release === undefined)) return references;
  const keyOf = ({ file, excerpt, kind }: Reference): string => [file, excerpt, kind].join("\0");
  const atBase = new Set(references.filter(({ side, release }) => side === "base" && release === undefined).map(keyOf));
  return references.filter((reference) => reference.release === undefined || !atBase.has(keyOf(reference)));
}

/**
 * The models that one side of the code knows: its own, and those that it no longer declares but may still use. A model
 * that it declares in another way, of another table or column, is what it says.
 */
function knownOn(own: readonly Declaration[], others: readonly Declaration[]): readonly Declaration[] {
  const keyOf = ({ models, property = "" }: Declaration): string => [property, ...models].join("\0");
  const keys = new Set(own.map(keyOf));
  const gone = others.filter((declaration) => !keys.has(keyOf(declaration)));
  return [...own, ...gone.map((declaration) => ({ ...declaration, gone: true as const }))];
}

/** Scripts, and the models that files declare; a text that both sides have is read once. */
class Scripts {
  readonly #scripts = new Map<string, LazyScript | "none">();
  readonly #declarations = new Map<string, readonly Declaration[]>();

  /** The text of a file that may declare models, by its words. */
  mayDeclare(file: string, tree: SideTree): string | undefined {
    const language = languageOf(file);
    if (language !== "prisma" && language !== "script") return undefined;
    const text = tree.read(file);
    return text !== undefined && (language === "prisma" || MAY_DECLARE.test(text)) ? text : undefined;
  }

  declarationsIn(file: string, tree: SideTree): readonly Declaration[] {
    const text = this.mayDeclare(file, tree);
    if (text === undefined) return [];
    checkTime();
    let declarations = this.#declarations.get(text);
    if (declarations === undefined) {
      declarations = this.#read(file, text);
      this.#declarations.set(text, declarations);
    }
    return declarations;
  }

  #read(file: string, text: string): readonly Declaration[] {
    if (isCapped(file, text) || isGenerated(text)) return [];
    if (languageOf(file) === "script") return this.#inScript(file, text);
    return modelsInPrismaSchema(text).map(({ offset: _, ...model }) => model);
  }

  #inScript(file: string, text: string): readonly Declaration[] {
    const models = modelsInScript(text, { jsx: hasJsx(file) });
    return models.map(({ node: _, offset: __, ...declaration }) => declaration);
  }

  /**
   * Reads a text as a script, of which each part is parsed once until `forget`; undefined where it is none.
   * @param read May be called again, for a script that is parsed as a whole.
   */
  read<Result>(file: string, text: string, read: (script: LazyScript) => Result): Result | undefined {
    const options = { jsx: hasJsx(file) };
    let script = this.#scripts.get(text);
    try {
      if (script === undefined) this.#scripts.set(text, (script = new LazyScript(text, options)));
      return script === "none" ? undefined : read(script);
    } catch (error) {
      if (!(error instanceof NotInParts)) throw error;
    }
    try {
      script = new LazyScript(text, options, true);
    } catch (error) {
      if (!(error instanceof NotInParts)) throw error;
      this.#scripts.set(text, "none");
      return undefined;
    }
    this.#scripts.set(text, script);
    return read(script);
  }

  forget(): void {
    if (this.#scripts.size > 0) this.#scripts.clear();
  }
}

type PlacedReference = Omit<Reference, "side"> & { readonly target: SoughtTarget };

/** Reads a file once for each text it has. */
class Reader {
  #known: { readonly text: string; readonly references: readonly PlacedReference[] }[] = [];

  constructor(
    readonly sought: Sought,
    readonly scripts: Scripts,
  ) {}

  /** `keys` are those of the targets whose names the file has. */
  read(file: string, text: string, keys: ReadonlySet<string>): readonly PlacedReference[] {
    const known = this.#known.find((one) => one.text === text);
    if (known !== undefined) return known.references;
    const references = this.#place(file, text, this.#find(file, text, keys));
    this.#known.push({ text, references });
    return references;
  }

  /** What was read is known until now: the same text in another file stands elsewhere. */
  forget(): void {
    if (this.#known.length > 0) this.#known = [];
    this.scripts.forget();
  }

  /** Whether a text has the name of a target and that of its table. */
  isOfConcern(text: string, keys: ReadonlySet<string>): boolean {
    return (
      this.sought.objects.some(({ key }) => keys.has(key)) || this.sought.mentions(text, this.sought.targetsOf(keys))
    );
  }

  acceptComments(file: string, text: string): readonly AcceptComment[] {
    const language = languageOf(file);
    const code = language === "vue" ? scriptParts(text) : text;
    return acceptComments(text, language, () =>
      this.scripts.read(file, code, (script) => {
        script.parseAll();
        return script.nodes;
      }),
    );
  }

  #find(file: string, text: string, keys: ReadonlySet<string>): readonly Found[] {
    const objects = this.sought.objects.filter(({ key }) => keys.has(key));
    const named = objects.length === 0 ? [] : referencesToObjects(text, languageOf(file), objects);
    return this.sought.targets.length === 0 ? named : [...this.#findRelations(file, text, keys), ...named];
  }

  #findRelations(file: string, text: string, keys: ReadonlySet<string>): readonly Found[] {
    const { sought } = this;
    const near = sought.targetsOf(keys);
    const isRare = (target: SoughtTarget): boolean => sought.isRare(target);
    const language = languageOf(file);
    const isScript = language === "script" || language === "vue";
    const code = language === "vue" ? scriptParts(text) : text;
    const isNamed = sought.namedBy(code);
    const named = near.filter(isNamed);
    // Most of the files that have a common name in them. In a language that is not known, nothing but the name counts.
    const mayBeBound = isScript ? named.length > 0 : language !== "other";
    if (!mayBeBound && !near.some(isRare)) return [];
    if (isCapped(file, text)) {
      // Nothing in it is more than possible: for columns, its words are enough.
      const isWords = sought.targets.every(({ column }) => column !== undefined);
      if (isWords) return near.some(isRare) ? referencesInText(text, "other", sought) : [];
    }
    if (!isScript && named.length === 0 && !near.some(sought.mentionedIn(text))) return [];
    if (language === "sql") return referencesInSqlFile(text, sought);
    if (language === "prisma") return prismaReferences(text, sought);
    if (isScript) {
      // Only a script that may have more than possible references is worth being parsed.
      if (named.some(bindsIn(code))) {
        const found = this.scripts.read(file, code, (script) => referencesInScript(script, sought));
        if (found !== undefined) return found;
      } else if (!named.some(({ distinctive }) => distinctive) && !near.filter(isRare).some(sought.mentionedIn(text))) {
        return [];
      } else return referencesInText(text, "script", sought);
    }
    return referencesInText(text, isScript ? "c-like" : language, sought);
  }

  #place(file: string, text: string, found: readonly Found[]): readonly PlacedReference[] {
    if (found.length === 0) return [];
    const placeOf = placeCounter(text);
    const capped = isCapped(file, text);
    const foreign = !capped && isForOtherSystem(file, text);
    const generated = !capped && isGenerated(text);
    const tests = testsBegin(file, text);
    const placed: PlacedReference[] = [];
    for (const { grade, offset, ...more } of found) {
      const { target } = more;
      // The queries of a generated client run; its models are written anew.
      const isModel = more.kind === undefined || more.kind === "declared";
      const breaksNothing =
        capped || offset >= tests || (generated && isModel) || (foreign && !isSentByPrisma(text, offset));
      const cappedGrade = breaksNothing ? "possible" : grade;
      if (cappedGrade === "possible" && this.sought.common.has(target)) continue;
      const { line, column } = placeOf(offset);
      placed.push({
        ...more,
        grade: cappedGrade,
        file,
        line,
        column,
        excerpt: excerptAt(text, offset, column),
      });
    }
    return bestOfEachLine(placed);
  }
}

function prismaReferences(text: string, sought: Sought): Found[] {
  const found: Found[] = [];
  for (const model of modelsInPrismaSchema(text)) {
    for (const target of sought.targets) {
      if (declares(model, target)) found.push({ target, grade: "certain", kind: "declared", offset: model.offset });
    }
  }
  return found;
}

/** Whether nothing in a file breaks running code, so that its references are possible ones at best. */
function isCapped(file: string, text: string): boolean {
  return isTest(file) || isTypesOnly(file) || (isForOtherSystem(file, text) && !usesPrismaRaw(text));
}

/** TypeScript's casts and JSX exclude each other. */
function hasJsx(file: string): boolean {
  return !/\.[cm]?ts$/.test(file);
}

/** On one line, the references of the best grade; of each kind the first. */
function bestOfEachLine(references: readonly PlacedReference[]): readonly PlacedReference[] {
  const best = new Map<string, number>();
  const lineOf = ({ target, line }: PlacedReference): string => `${line} ${target.key}`;
  for (const reference of references) {
    const line = lineOf(reference);
    best.set(line, Math.min(best.get(line) ?? Infinity, GRADES[reference.grade]));
  }
  const kept = new Map<string, PlacedReference>();
  for (const reference of [...references].sort((a, b) => a.line - b.line || a.column - b.column)) {
    const line = lineOf(reference);
    if (GRADES[reference.grade] !== best.get(line)) continue;
    const key = `${line} ${reference.kind}`;
    const first = kept.get(key);
    if (first === undefined) kept.set(key, reference);
    else kept.set(key, { ...reference, ...first, ...together(first, reference) });
  }
  return [...kept.values()];
}

/** The constants of two uses of one line. */
function together({ values: one }: PlacedReference, { values: other }: PlacedReference): Pick<Reference, "values"> {
  return one === undefined || other === undefined ? {} : { values: [...new Set([...one, ...other])] };
}

/** The line, or what is near the name: a bundle is one line of megabytes, with the name on it a thousand times. */
function excerptAt(text: string, offset: number, column: number): string {
  const lineStart = offset - column + 1;
  const after = text.slice(offset, offset + MAX_EXCERPT).search(/[\r\n]/);
  const line = text.slice(lineStart, after < 0 ? offset + MAX_EXCERPT : offset + after);
  if (line.length <= 2 * MAX_EXCERPT && line.trim().length <= MAX_EXCERPT) return line.trim();
  const start = Math.max(0, Math.min(column - 1 - MAX_EXCERPT / 2, line.length - MAX_EXCERPT));
  return line.slice(start, start + MAX_EXCERPT).trim();
}

function commonTargets(
  sought: Sought,
  candidates: readonly CandidateFiles[],
  declarations: readonly Declaration[],
): ReadonlySet<SoughtTarget> {
  const common = new Set<SoughtTarget>();
  for (const target of [...sought.targets, ...sought.objects]) {
    const owners = new Set<string | undefined>();
    for (const { table, models, property, column } of declarations) {
      if ([property, column].some((name) => name !== undefined && target.names.has(name))) {
        owners.add(table?.name ?? models[0]);
      }
    }
    const lines = Math.max(...candidates.map((one) => one.lines(target.names)));
    if (lines > COMMON_LINES || owners.size >= COMMON_TABLES) common.add(target);
  }
  return common;
}

const GRADES: Readonly<Record<ReferenceGrade, number>> = { certain: 0, likely: 1, possible: 2, unknown: 3 };

function compare(a: Reference, b: Reference): number {
  return (
    (a.side === b.side ? 0 : a.side === "head" ? -1 : 1) ||
    GRADES[a.grade] - GRADES[b.grade] ||
    (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
    a.line - b.line ||
    a.column - b.column
  );
}
