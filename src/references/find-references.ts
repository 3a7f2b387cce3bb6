import type { Reference, ReferenceGrade, ReferenceTarget, Side } from "../model/reference.js";
import type { Tree, WordHit } from "../model/tree.js";
import { placeCounter } from "../text/line-counter.js";
import { ACCEPT_REFERENCE, type AcceptComment, acceptComments } from "./accept-comments.js";
import {
  isForOtherSystem,
  isGenerated,
  isTest,
  isTypesOnly,
  languageOf,
  NOT_APPLICATION_CODE,
  testsBegin,
} from "./application-files.js";
import { referencesToObjects } from "./object-references.js";
import { modelsInPrismaSchema } from "./prisma-schema.js";
import type { Script } from "./script-references.js";
import { mayBind, readScript, referencesInScript } from "./script-references.js";
import { MAY_DECLARE } from "./script-models.js";
import { scriptParts } from "./script-tree.js";
import type { Declaration, Found, SoughtTarget } from "./sought.js";
import { addTo, declares, Sought, squash, targetKey } from "./sought.js";
import { referencesInSqlFile, referencesInText } from "./text-references.js";

export { targetKey } from "./sought.js";

/** A name in more lines than this is a common word: only what is bound to the table is reported. */
const COMMON_LINES = 100;
/** A name that this many tables declare is one too. */
const COMMON_TABLES = 3;

const MAX_EXCERPT = 160;

/** The code of a change. */
export interface CodeSides {
  /** Absent where there is none to compare with. */
  readonly base?: Tree;
  /** What has shipped, where that is not base. */
  readonly release?: { readonly tag: string; readonly tree: Tree };
  readonly head: Tree;
  /** Globs of what is no application code: the migrations. */
  readonly exclude: readonly string[];
  /** Folders with application code; absent or empty: all of the tree. */
  readonly code?: readonly string[];
  /** Globs of the only files that matter. Absent: all. */
  readonly only?: readonly string[];
}

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
 * files, and only these are parsed, each text once. Never throws for what is in the files.
 */
export function findReferences(
  targets: readonly ReferenceTarget[],
  sides: CodeSides,
  { unnamed, onAcceptComment }: SearchOptions = { unnamed: false },
): ReadonlyMap<string, readonly Reference[]> {
  const references = new Map<string, Reference[]>(targets.map((target) => [targetKey(target), []]));
  if (references.size === 0) return references;
  const trees: [Side, Tree, string?][] = [["head", sides.head]];
  if (sides.base !== undefined) trees.push(["base", sides.base]);
  if (sides.release !== undefined) trees.push(["base", sides.release.tree, sides.release.tag]);

  const plain = new Sought(targets, [], unnamed);
  const searches = trees.map(([side, tree, release]) => new Search(side, tree, sides, plain, release));
  const scripts = new Scripts();
  // A model that one side has without the column is one that the other side has with it.
  const modelFiles = new Set(searches.flatMap((search) => search.filesThatDeclare(scripts)));
  const declared = searches.map((search) => search.declarations(scripts, modelFiles));
  const readers = searches.map((search, side) => {
    const others = declared.filter((_, other) => other !== side).flat();
    const declarations = knownOn(declared[side] ?? [], others);
    const sought = declarations.length === 0 ? plain : new Sought(targets, declarations, unnamed);
    // Names that only a model's declaration told need a search of their own.
    const searched = new Set(plain.words);
    if (sought !== plain)
      search.extend(
        sought.words.filter((word) => !searched.has(word)),
        sought,
      );
    return { search, declarations, sought };
  });
  const known = new Map<string, Reader>();
  const work = new Map<string, { search: Search; reader: Reader; keys: ReadonlySet<string> }[]>();
  for (const { search, declarations, sought } of readers) {
    // With the same models on both sides, a text that both have is read once.
    const key = JSON.stringify(declarations);
    const reader = known.get(key) ?? new Reader(sought, scripts, commonTargets(sought, searches, declarations));
    known.set(key, reader);
    for (const [file, keys] of search.files) addTo(work, file, { search, reader, keys });
  }
  // File by file, so that what several sides have is parsed once, and not kept.
  for (const [file, sides] of work) {
    for (const { search, reader, keys } of sides) {
      const text = search.tree.read(file);
      if (text === undefined) continue;
      for (const { target, ...reference } of reader.read(file, text, keys)) {
        const { side, release } = search;
        references.get(target.key)?.push({ side, ...reference, ...(release !== undefined && { release }) });
      }
      if (onAcceptComment && text.includes(ACCEPT_REFERENCE)) {
        const { side, release } = search;
        for (const comment of reader.acceptComments(file, text)) {
          onAcceptComment({ side, ...(release !== undefined && { release }), file, ...comment });
        }
      }
    }
    scripts.forget();
  }
  for (const [key, list] of references) references.set(key, withoutReleased(list).sort(compare));
  return references;
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

/** The files of one side that have a name in them. */
class Search {
  readonly #lines = new Map<string, number>();
  /** The keys of the targets that each file may name. */
  readonly #files = new Map<string, Set<string>>();

  constructor(
    readonly side: Side,
    readonly tree: Tree,
    readonly sides: CodeSides,
    sought: Sought,
    /** The tag, where what is searched is a released version. */
    readonly release?: string,
  ) {
    this.extend(sought.words, sought);
  }

  get files(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#files;
  }

  /** In how many lines one of the names is. */
  lines(names: Iterable<string>): number {
    let lines = 0;
    for (const name of names) lines = Math.max(lines, this.#lines.get(name) ?? 0);
    return lines;
  }

  extend(words: readonly string[], sought: Sought): void {
    if (words.length === 0) return;
    const hits = this.tree
      .grep(words, [...this.sides.exclude, ...NOT_APPLICATION_CODE], this.sides.only)
      .filter(({ file }) => this.#isCode(file));
    const wanted = new Set(words);
    const found = new Map<string, Set<SoughtTarget>>();
    for (const hit of hits) this.#count(hit, wanted, sought, found);
    this.tree.prefetch?.([...found.keys()]);
    for (const [file, targets] of found) {
      const text = this.tree.read(file);
      if (text === undefined) continue;
      // Without its table's name near it, a column's name says nothing.
      const squashed = squash(text);
      const named = [...targets].filter((target) => sought.mentions(target, squashed)).map(({ key }) => key);
      if (named.length === 0) continue;
      const known = this.#files.get(file);
      if (known === undefined) this.#files.set(file, new Set(named));
      else for (const key of named) known.add(key);
    }
  }

  #isCode(file: string): boolean {
    const { code } = this.sides;
    if (code === undefined || code.length === 0) return true;
    return code.some((folder) => {
      const path = folder.replace(/^\.\//, "").replace(/\/+$/, "");
      return path === "" || path === "." || file === path || file.startsWith(`${path}/`);
    });
  }

  #count(hit: WordHit, wanted: ReadonlySet<string>, sought: Sought, found: Map<string, Set<SoughtTarget>>): void {
    const words = new Set(hit.text.match(/[\p{L}\p{N}_$]+/gu));
    for (const word of words) {
      if (!wanted.has(word)) continue;
      this.#lines.set(word, (this.#lines.get(word) ?? 0) + 1);
      let targets = found.get(hit.file);
      if (targets === undefined) found.set(hit.file, (targets = new Set()));
      for (const target of sought.foundAs(word)) targets.add(target);
    }
  }

  filesThatDeclare(scripts: Scripts): readonly string[] {
    return [...this.files.keys()].filter((file) => this.#declarationsIn(file, scripts).length > 0);
  }

  /** The models that the files declare. */
  declarations(scripts: Scripts, files: Iterable<string>): readonly Declaration[] {
    return [...files].flatMap((file) => this.#declarationsIn(file, scripts));
  }

  #declarationsIn(file: string, scripts: Scripts): readonly Declaration[] {
    const text = this.tree.read(file);
    return text === undefined ? [] : scripts.declarationsIn(file, text);
  }
}

/** Scripts that declare models; a text that both sides have is read once. */
class Scripts {
  readonly #scripts = new Map<string, Script | undefined>();
  readonly #declarations = new Map<string, readonly Declaration[]>();

  declarationsIn(file: string, text: string): readonly Declaration[] {
    if (isCapped(file, text) || isGenerated(text)) return [];
    const language = languageOf(file);
    const key = `${language} ${text}`;
    let declarations = this.#declarations.get(key);
    if (declarations === undefined) {
      declarations =
        language === "prisma"
          ? modelsInPrismaSchema(text).map(({ offset: _, ...model }) => model)
          : language === "script"
            ? this.#inScript(file, text)
            : [];
      this.#declarations.set(key, declarations);
    }
    return declarations;
  }

  #inScript(file: string, text: string): readonly Declaration[] {
    if (!MAY_DECLARE.test(text)) return [];
    const script = readScript(text, { jsx: hasJsx(file) });
    return (script?.models ?? []).map(({ node: _, offset: __, ...declaration }) => declaration);
  }

  /** A text as a script; known until `forget`. */
  script(file: string, text: string): Script | undefined {
    if (!this.#scripts.has(text)) this.#scripts.set(text, readScript(text, { jsx: hasJsx(file) }));
    return this.#scripts.get(text);
  }

  forget(): void {
    this.#scripts.clear();
  }
}

type PlacedReference = Omit<Reference, "side"> & { readonly target: SoughtTarget };

/** Reads a file once for each text it has. */
class Reader {
  readonly #known = new Map<string, readonly PlacedReference[]>();

  constructor(
    readonly sought: Sought,
    readonly scripts: Scripts,
    readonly common: ReadonlySet<SoughtTarget>,
  ) {}

  /** `keys` are those of the targets that the file may name. */
  read(file: string, text: string, keys: ReadonlySet<string>): readonly PlacedReference[] {
    const key = `${file}\n${text}`;
    let references = this.#known.get(key);
    if (references === undefined) {
      references = this.#place(file, text, this.#find(file, text, keys));
      this.#known.set(key, references);
    }
    return references;
  }

  acceptComments(file: string, text: string): readonly AcceptComment[] {
    const language = languageOf(file);
    const code = language === "vue" ? scriptParts(text) : text;
    return acceptComments(text, language, () => this.scripts.script(file, code)?.nodes);
  }

  #find(file: string, text: string, keys: ReadonlySet<string>): readonly Found[] {
    const objects = this.sought.objects.filter(({ key }) => keys.has(key));
    const named = objects.length === 0 ? [] : referencesToObjects(text, languageOf(file), objects);
    return this.sought.targets.length === 0 ? named : [...this.#findRelations(file, text, keys), ...named];
  }

  #findRelations(file: string, text: string, keys: ReadonlySet<string>): readonly Found[] {
    const { sought } = this;
    // Nothing in it is more than possible: for columns, its words are enough.
    const named = sought.targets.every(({ column }) => column !== undefined);
    if (named && isCapped(file, text)) return referencesInText(text, "other", sought);
    const language = languageOf(file);
    if (language === "sql") return referencesInSqlFile(text, sought);
    if (language === "prisma") return prismaReferences(text, sought);
    if (language === "script" || language === "vue") {
      const code = language === "vue" ? scriptParts(text) : text;
      const script = this.#parse(file, code, keys);
      if (script !== undefined) return referencesInScript(script, sought);
      if (!sought.targets.some(({ key, distinctive }) => distinctive && keys.has(key))) return [];
    }
    return referencesInText(text, language === "script" || language === "vue" ? "c-like" : language, sought);
  }

  /** Only a script that may have more than possible references is worth being parsed. */
  #parse(file: string, code: string, keys: ReadonlySet<string>): Script | undefined {
    const binds = this.sought.targets.some(
      (target) => keys.has(target.key) && mayBind(code, target) && this.sought.names(target, code),
    );
    return binds ? this.scripts.script(file, code) : undefined;
  }

  #place(file: string, text: string, found: readonly Found[]): readonly PlacedReference[] {
    const placeOf = placeCounter(text);
    const capped = isCapped(file, text);
    const generated = !capped && isGenerated(text);
    const tests = testsBegin(file, text);
    const placed: PlacedReference[] = [];
    for (const { grade, offset, ...more } of found) {
      const { target } = more;
      // The queries of a generated client run; its models are written anew.
      const isModel = more.kind === undefined || more.kind === "declared";
      const cappedGrade = capped || offset >= tests || (generated && isModel) ? "possible" : grade;
      if (cappedGrade === "possible" && this.common.has(target)) continue;
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
  return isTest(file) || isTypesOnly(file) || isForOtherSystem(file, text);
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
  searches: readonly Search[],
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
    const lines = Math.max(...searches.map((search) => search.lines(target.names)));
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
