/**
 * A script of which only those top-level statements are parsed that somebody asks for: most of a file has nothing to do
 * with the names that are looked for, and parsing takes longer than everything else. Statements are told apart by their
 * lines: one begins where a line begins with a word, as formatters leave it. Where that is wrong, a part does not parse,
 * and the whole script is parsed instead.
 */
import { escapeRegExp } from "./escapes.js";
import { addTo } from "./sought.js";
import { type Binding, linkStatements, type Node, parseScript, parseStatements } from "./script-tree.js";

/** A part that is no statement by itself. */
export class NotInParts extends Error {
  override readonly name = "NotInParts";
}

/** A top-level statement, and what stands before the next one. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Names that it may declare. */
  names(): readonly string[];
}

const BEGINNING = /^[A-Za-z_$@]/gm;

/** Names in a statement that it may declare: its own, those of an import, those of a pattern. */
const DECLARED =
  /^(?:@[\s\S]*?\n(?=(?:export|declare|abstract|class)\b))?(?:(?:export|default|declare|async|abstract|const)\s+)*(?:import\s+(?<imported>[^;]*?)\sfrom\b|(?:const|let|var)\s+(?<variables>[{[][\s\S]*?[}\]]\s*(?=[=:])|[^\n]*(?:\n {2}\w+ = .*)*)|(?:class|enum|function\s*\*?)\s*(?<named>[\w$]+))/;

/** Statements that declare a function: what is in it says nothing about its name. */
const FUNCTION = /^(?:(?:export|default|declare|async)\s+)*function\s*\*?\s*(?<name>[\w$]+)/;
const ARROW_FUNCTION =
  /^(?:export\s+)?const\s+(?<name>[\w$]+)\s*=\s*(?:async\s*)?(?:function\b|\([^()]*\)\s*(?::[^=()]{0,200})?=>|[\w$]+\s*=>)/;

/** The name of the function that a statement declares. */
export function functionIn(statement: string): string | undefined {
  return (FUNCTION.exec(statement) ?? ARROW_FUNCTION.exec(statement))?.groups?.["name"];
}

export class LazyScript {
  readonly #program: Node;
  readonly #nodes: Node[];
  /** All of its top-level statements; none of a script that is parsed as a whole. */
  readonly parts: readonly Part[];
  readonly #missing: Set<Part>;
  #declaring: ReadonlyMap<string, readonly Part[]> | undefined;

  /** @param whole Whether to parse all of it at once; a text that is no script then throws a `NotInParts`. */
  constructor(
    readonly text: string,
    readonly options: { readonly jsx: boolean },
    whole = false,
  ) {
    const nodes = whole ? parseScript(text, options) : undefined;
    if (whole && nodes === undefined) throw new NotInParts();
    this.parts = whole ? [] : partsOf(text);
    this.#missing = new Set(this.parts);
    this.#program = nodes?.[0] ?? { type: "Program", start: 0, end: text.length };
    this.#nodes = nodes === undefined ? [this.#program] : [...nodes];
    if (!whole) this.#program.names = new LazyNames((name) => this.#declare(name));
  }

  /** What is parsed so far, the program first, parents before what is in them. It grows. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Parses those of some parts that are not parsed yet. Throws a `NotInParts`. */
  parse(parts: readonly Part[]): void {
    this.#parse(parts.filter((part) => this.#missing.has(part)));
  }

  /** Parses everything else. */
  parseAll(): void {
    this.#parse([...this.#missing]);
  }

  /** Parses the statements that have a name in them. */
  parseUsesOf(name: string): void {
    const word = new RegExp(`(?<![\\w$])${escapeRegExp(name)}(?![\\w$])`);
    this.#parse([...this.#missing].filter(({ text }) => word.test(text)));
  }

  /** What a name stands for that a statement declares which is not parsed yet. */
  #declare(name: string): Binding | undefined {
    this.#declaring ??= declaringParts(this.#missing);
    const parts = this.#declaring.get(name)?.filter((part) => this.#missing.has(part)) ?? [];
    const last = parts.at(-1);
    if (last === undefined) return undefined;
    if (FUNCTION.exec(last.text)?.groups?.["name"] === name) {
      return { kind: "other", node: standIn("FunctionDeclaration", last) };
    }
    if (ARROW_FUNCTION.exec(last.text)?.groups?.["name"] === name) {
      const init = standIn("ArrowFunctionExpression", last);
      return { kind: "variable", node: standIn("VariableDeclarator", last), init };
    }
    this.#parse(parts);
    return this.#program.names?.get(name);
  }

  /** Neighbours are parsed together. */
  #parse(parts: readonly Part[]): void {
    for (let at = 0; at < parts.length;) {
      const first = parts[at] as Part;
      let last = first;
      for (at++; parts[at]?.start === last.end; at++) last = parts[at] as Part;
      const statements = parseStatements(this.text.slice(first.start, last.end), first.start, this.options);
      if (statements === undefined) throw new NotInParts();
      linkStatements(statements, this.#program, this.#nodes);
    }
    for (const part of parts) this.#missing.delete(part);
  }
}

/** A node that is not looked into. */
function standIn(type: string, { start, end }: Part): Node {
  return { type, start, end };
}

/** The names of a program, of which a statement is parsed when its name is asked for. */
class LazyNames extends Map<string, Binding> {
  readonly #declare: (name: string) => Binding | undefined;

  constructor(declare: (name: string) => Binding | undefined) {
    super();
    this.#declare = declare;
  }

  override get(name: string): Binding | undefined {
    return super.get(name) ?? this.#declare(name);
  }
}

function partsOf(text: string): readonly Part[] {
  const starts: number[] = [0];
  let decorated = false;
  for (const { index } of text.matchAll(BEGINNING)) {
    // A class belongs to its decorators.
    if (!decorated && index > 0) starts.push(index);
    decorated = text[index] === "@";
  }
  return starts.map((start, at) => {
    const end = starts[at + 1] ?? text.length;
    let names: readonly string[] | undefined;
    const part = text.slice(start, end);
    return { start, end, text: part, names: () => (names ??= namesIn(part)) };
  });
}

function namesIn(statement: string): readonly string[] {
  const { imported, variables, named } = DECLARED.exec(statement)?.groups ?? {};
  // On each line of several variables, what stands before the value.
  const declared = variables?.replaceAll(/^([^={[\n]*)=.*$/gm, "$1");
  return (imported ?? declared ?? named ?? "").match(/[\w$]+/g) ?? [];
}

function declaringParts(parts: Iterable<Part>): ReadonlyMap<string, readonly Part[]> {
  const declaring = new Map<string, Part[]>();
  for (const part of parts) for (const name of part.names()) addTo(declaring, name, part);
  return declaring;
}
