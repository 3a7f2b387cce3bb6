/**
 * Which words of a script may stand for a table, by what is beside them: a look at a few characters, before anything is
 * parsed. Most words that are called like a table are prose, parts of a path or of a style's name, or variables in a file
 * that never names the table to a database. A word that might name it is kept.
 */
import type { Part } from "./lazy-script.js";
import { MAY_DECLARE } from "./script-models.js";
import { mayBeTableName, mayHaveRows, REPOSITORY } from "./table-methods.js";
import type { Hit } from "./words.js";

/** How far beside a word is looked. */
const BESIDE = 120;

/** Of a longer line it is not known what in it is a string. */
const LINE = 500;

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Words of SQL that stand before a table. */
const BEFORE_TABLE = words("from join into update using table lateral copy truncate");
const ONLY_TABLE = /\b(?:from|join|into|update|using|table|copy|truncate)\s+only[\s("\\]*$/i;

/** Words of a program that stand before a name, and behind it. Other words that are next to each other are prose. */
const BEFORE_NAME = words(
  "abstract as asserts async await case class const default delete do else enum export extends function get implements " +
    "import in infer instanceof interface is keyof let module namespace new of override private protected public " +
    "readonly return satisfies set static throw type typeof var void yield",
);
const BEHIND_NAME = /^[ \t]+(?:as|extends|from|implements|in|instanceof|is|of|satisfies)\b/;

/** What stands behind a word of which a method is called. */
const CALLED = /^[\s!?)\]"'`]*(?:as\s[\w$\s.<>[\]]*\)*\s*)?(?:\.|\[)\s*["'`#]?[\w$]+["'`\]]*\s*(?:\?\.)?\s*[(<]/;

/** What has tables as its properties: `schema.orders`, `models.Order`. */
const OWNER = /(?:schema|tables?|models?|entities|db)\s*[!?]*\s*\.\s*$/i;

/** Statements whose words are names of modules and models. */
const NAMES_MODELS = /^import\b|\brequire\(/;

const WORD = /[\w$]+/y;

/**
 * What a word may be: the table's name for a database; a variable, which is its row or the table itself where something
 * else of the script says so; or nothing of the kind.
 */
type Role = "name" | "variable" | "prose";

/** The words that may stand for a table. Those of a table that none of its words names are left out. */
export function linkedWords<Value>(
  text: string,
  parts: readonly Part[],
  hits: readonly Hit<Value>[],
): readonly Hit<Value>[] {
  const roles = new Roles(text);
  const named = new Set<Value>();
  const left: Hit<Value>[] = [];
  let at = 0;
  for (const part of parts) {
    if ((hits[at]?.offset ?? Infinity) >= part.end) continue;
    const namesModels = NAMES_MODELS.test(part.text) || MAY_DECLARE.test(part.text);
    for (let hit = hits[at]; hit !== undefined && hit.offset < part.end; hit = hits[++at]) {
      const role = namesModels ? "name" : roles.of(part, hit.offset);
      if (role === "name") for (const value of hit.values) named.add(value);
      if (role !== "prose") left.push(hit);
    }
  }
  return left.filter(({ values }) => values.some((value) => named.has(value)));
}

class Roles {
  #hasRows: boolean | undefined;
  readonly #templates = new OpenTemplates();

  constructor(readonly script: string) {}

  /** Whether there may be rows, of which a property leads to those of another table. */
  get #mayHaveRows(): boolean {
    return (this.#hasRows ??= mayHaveRows(this.script));
  }

  of({ text, start }: Part, offset: number): Role {
    const at = offset - start;
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0] ?? "";
    const end = at + word.length;
    const before = text.slice(Math.max(0, at - BESIDE), at);
    const behind = text.slice(end, end + BESIDE);
    const beside = before.trimEnd().at(-1) ?? "";
    if (isInComment(before) || /^-[a-z]/.test(behind)) return "prose";
    if (REPOSITORY.test(word) || isBehindTableWord(before)) return "name";
    if (isProse(before, behind)) return "prose";
    if (/["'`]/.test(beside)) return roleInString(before.trimEnd(), behind);
    // What is left of these are an escape and the end of a comment.
    if (/[\\/]/.test(beside)) return "name";
    const isClass = /^[A-Z]/.test(word);
    if (CALLED.test(behind) && (beside === "." || isClass)) return "name";
    if (beside === ".") return OWNER.test(before) || this.#mayHaveRows ? "name" : "variable";
    const isKey = /^["'`]?\s*\??:/.test(behind) || (/[{,]/.test(beside) && /^\s*[,}=]/.test(behind));
    if (isKey && this.#mayHaveRows) return "name";
    if (isClass) return beside === ":" && !/\bmodel\s*:\s*$/.test(before) ? "variable" : "name";
    // In SQL, a list of tables and a column with its table.
    const isListed = /[,(]/.test(beside) || /\n\s*$/.test(before);
    const isOwner = behind.startsWith(".") && !/\$\{\s*$/.test(before);
    return (isListed || isOwner) && this.#isInString(text, at) ? "name" : "variable";
  }

  /** Whether an offset may be in a string: quotes before it are left open. */
  #isInString(text: string, at: number): boolean {
    const near = text.slice(Math.max(0, at - LINE), at);
    const line = near.slice(near.lastIndexOf("\n") + 1);
    return line.length === LINE || isOpen('"', line) || isOpen("'", line) || this.#templates.isIn(text, at);
  }
}

function isOpen(quote: string, before: string): boolean {
  return before.split(quote).length % 2 === 0;
}

/** Whether offsets of a text, one behind the other, are in a template. */
class OpenTemplates {
  #text = "";
  #at = 0;
  #open = false;

  isIn(text: string, at: number): boolean {
    if (text !== this.#text || at < this.#at) [this.#text, this.#at, this.#open] = [text, 0, false];
    if (isOpen("`", text.slice(this.#at, at))) this.#open = !this.#open;
    this.#at = at;
    return this.#open;
  }
}

/** The word before an offset, with nothing but blanks and the beginning of a quoted name between. */
function wordBefore(before: string): string {
  return /[\w$]*$/.exec(before.replace(/[\s("\\]+$/, "").slice(-20))?.[0] ?? "";
}

function isBehindTableWord(before: string): boolean {
  const word = wordBefore(before).toLowerCase();
  return BEFORE_TABLE.has(word) || (word === "only" && ONLY_TABLE.test(before));
}

/** Whether two slashes begin a comment before an offset; those of an address have no blank behind them. */
function isInComment(before: string): boolean {
  const slashes = before.lastIndexOf("// ");
  return slashes > before.lastIndexOf("\n") && (slashes === 0 || /\s/.test(before.charAt(slashes - 1)));
}

function isProse(before: string, behind: string): boolean {
  // `user-settings`, `/orders/new`
  if (/[A-Za-z]-$|(?:^|[^*])\/$/.test(before.slice(-2)) || behind.startsWith("/")) return true;
  const isBehindWord = /[\w$][ \t]+$/.test(before.slice(-20));
  if (isBehindWord) return !BEFORE_NAME.has(wordBefore(before));
  // A component of a page, and the beginning of its text.
  if (/(?:^|[^\w$])<$/.test(before.slice(-2))) return true;
  return /^[ \t]+[A-Za-z]/.test(behind) && />\s*$/.test(before) && !BEHIND_NAME.test(behind);
}

/** Of the first word of a string. */
function roleInString(before: string, behind: string): Role {
  if (behind.startsWith(".")) return "name";
  const isSentence = /^[ \t]+(?!as\b)[\w$]+[ \t]+[\w$]/.test(behind);
  return !isSentence && mayBeTableName(before) ? "name" : "prose";
}
