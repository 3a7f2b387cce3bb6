/**
 * References in languages that are not parsed: SQL in their strings, and names in a file, class or function that names
 * the table. Comments are left out where the language's are easy to tell.
 */
import type { Range } from "../model/position.js";
import type { ReferenceGrade } from "../model/reference.js";
import type { Language } from "./application-files.js";
import { withoutEscapes } from "./escapes.js";
import type { Found, Sought, SoughtTarget } from "./sought.js";
import { isSameTable } from "./sought.js";
import { looksLikeSql, readSql } from "./sql-references.js";
import { tablesNamedIn } from "./sql-tokens.js";

const C_LIKE =
  /(?<comment>\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*)|(?<string>"""(?:[\s\S]*?"""|[\s\S]*)|`[^`]*`|@"(?:[^"]|"")*"|r#+"(?:[\s\S]*?"#+|[\s\S]*)|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\.)*')/g;

/** Comments and strings of a language; one that is not closed goes to the end, so that no text takes long. */
const LEXICONS: Readonly<Partial<Record<Language, RegExp>>> = {
  script: C_LIKE,
  python:
    /(?<comment>#[^\n]*)|(?<string>"""(?:[\s\S]*?"""|[\s\S]*)|'''(?:[\s\S]*?'''|[\s\S]*)|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/g,
  ruby: /(?<comment>#(?!\{)[^\n]*|^=begin(?:[\s\S]*?^=end|[\s\S]*))|(?<string><<[~-]?(['"]?)([A-Z_]+)\3[^\n]*\n(?:[\s\S]*?^\s*\4\b|[\s\S]*)|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')/gm,
  php: /(?<comment>\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*|#(?!\[)[^\n]*)|(?<string><<<(['"]?)(\w+)\3\n(?:[\s\S]*?^\s*\4\b|[\s\S]*)|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')/gm,
  "c-like": C_LIKE,
};

/** Lines that begin something with a name of its own: a class, a struct, a function, a table. */
const HEADING =
  /\b(?:class|struct|interface|trait|record|impl|object|module|type(?=\s+\w+\s+struct\b))\s+([A-Za-z_]\w*)|(?:__tablename__|db_table|self\.table_name|\$table|\$this->table)\s*=\s*["']([\w.]+)["']|@Table\s*\((?:[^)]{0,200}?\bname\s*=)?\s*"([\w.]+)"|\[Table\("([\w.]+)"|#\[diesel\([^\]]{0,200}?\btable_name\s*=\s*(?:\w+::)*(\w+)|(?:table_name|tableName)\s*[=:(]\s*["']([\w.]+)["']|\bTable\(\s*["'](\w+)["']|TableName\(\)\s*string\s*\{\s*return\s*"([\w.]+)"/g;

/**
 * Columns that a class says it has: in an annotation, an attribute or a tag of a field, by SQLAlchemy's and its kin's
 * descriptors, and as a field of a class of JPA's.
 */
const MAPPED =
  /Column\s*\((?:[^()"']{0,200}?\bname\s*[=:])?\s*["'](\w+)["']|\b(?:db|bun|pg):"(\w+)[",]|\bgorm:"[^"]*\bcolumn:(\w+)|^[ \t]*(\w+)[ \t]*(?::[ \t]*Mapped\[|(?::[^=\n]+)?=[ \t]*(?:\w+\.)?(?:Column|mapped_column)\s*\()|^[ \t]*(?:@(?!\w*Column\()\w+(?:\([^)\n]*\))?[ \t]+)*(?:(?:private|protected)[ \t]+(?:final[ \t]+)?[\w<>,.?[\]]+[ \t]+(\w+)[ \t]*[;=]|(?:private[ \t]+)?va[lr][ \t]+(\w+)[ \t]*:)/gm;

/** A string of a language, with blanks in place of quotes, prefixes and escapes: offsets in it are those of the file. */
interface Literal {
  readonly text: string;
  readonly range: Range;
}

/** A text without its comments, of the same length, and the strings in it; nothing of it where its language is not known. */
export function readLiterals(
  text: string,
  language: Language,
): { readonly code: string; readonly literals: Literal[] } {
  const lexicon = LEXICONS[language];
  const literals: Literal[] = [];
  if (lexicon === undefined) return { code: text, literals };
  const code = text.replaceAll(lexicon, (whole: string, ...rest: unknown[]) => {
    const offset = rest.find((part) => typeof part === "number") as number;
    const groups = rest.at(-1) as { comment?: string };
    if (groups.comment !== undefined) return blank(whole);
    const literal: Literal = { text: contentOf(whole), range: [offset, offset + whole.length] };
    const last = literals.at(-1);
    const between = last && text.slice(last.range[1], offset);
    if (between !== undefined && JOINED.test(between.trim()))
      literals[literals.length - 1] = join(last!, between, literal);
    else literals.push(literal);
    return whole;
  });
  return { code, literals };
}

/** What stands between strings that make one: an operator, or nothing at all. */
const JOINED = /^[+.\\]?$/;

function join(one: Literal, between: string, other: Literal): Literal {
  return { text: one.text + blank(between) + other.text, range: [one.range[0], other.range[1]] };
}

export function referencesInText(text: string, language: Language, sought: Sought): Found[] {
  const found: Found[] = [];
  const covered: Range[] = [];
  const { code, literals } = readLiterals(text, language);
  const inSql: { readonly name: string; readonly schema?: string }[] = [];
  for (const { text: sql, range } of literals) {
    if (!looksLikeSql(sql)) continue;
    covered.push(range);
    inSql.push(...tablesNamedIn(sql));
    for (const reference of readSql({ text: sql }, sought)) {
      const grade = reference.grade === "certain" ? "likely" : reference.grade;
      found.push({ ...reference, grade, offset: reference.offset + range[0] });
    }
  }
  if (LEXICONS[language] !== undefined) found.push(...declaredTables(code, sought), ...conflictTargets(code, sought));
  // In a language that is not known, nothing but the name counts.
  const targets = language === "other" ? sought.targets.filter((target) => sought.isRare(target)) : sought.targets;
  if (targets.length === 0) return found;
  const mentioned = new Set(targets.filter(sought.mentionedIn(code)));
  const plain = [...mentioned].filter((target) => target.column !== undefined && !target.distinctive);
  if (LEXICONS[language] !== undefined && plain.length > 0) {
    found.push(...declaredColumns(code, new Set(plain), sought));
  }
  // Of a name that is all over the code no more counts than what its table is named beside.
  const isNamed = sought.namedBy(code);
  const near = new Set(
    [...mentioned].filter((target) => sought.isRare(target) || (target.distinctive && isNamed(target))),
  );
  if (near.size === 0) return found;
  let headings: readonly Heading[] | undefined;
  for (const { 0: word, index } of code.matchAll(sought.columnWord)) {
    const targets = sought.named(word).filter((target) => near.has(target));
    if (targets.length === 0 || covered.some(([start, end]) => index >= start && index < end)) continue;
    headings ??= headingsOf(code);
    for (const target of targets) {
      if (target.column === undefined) continue;
      let grade = gradeOf(target, word, index, headings, code, sought, inSql, language);
      if (grade === "likely" && isProse(literalAt(literals, index), index, word)) grade = "possible";
      if (grade !== undefined) found.push({ target, grade, offset: index });
    }
  }
  return found;
}

/** References in a file of SQL statements. */
export function referencesInSqlFile(text: string, sought: Sought): Found[] {
  return readSql({ text }, sought);
}

/** Models that say which table they are of. */
function declaredTables(code: string, sought: Sought): Found[] {
  if (sought.targets.every(({ column }) => column !== undefined)) return [];
  return [...code.matchAll(HEADING)].flatMap((match) => {
    const written = match.slice(2).find((name) => name !== undefined);
    if (written === undefined) return [];
    const [name = "", schema] = written.split(".").reverse();
    const offset = match.index + match[0].lastIndexOf(name);
    return sought
      .inDatabase({ name, ...(schema !== undefined && { schema }) })
      .map((target): Found => ({ target, grade: "likely", kind: "declared", offset }));
  });
}

/** Diesel's upserts: `.on_conflict(devices::uuid)`, `.on_conflict((members::user_id, members::team_id))`. */
function conflictTargets(code: string, sought: Sought): Found[] {
  return [...code.matchAll(/\.on_conflict\(\s*\(?((?:\s*\w+::\w+\s*,?){1,32})/g)].flatMap(
    ({ 0: call, 1: list = "", index }) => {
      const named = [...list.matchAll(/(\w+)::(\w+)/g)];
      const conflict = { columns: named.map(([, , column = ""]) => column) };
      return named.flatMap(([, table, column], place) =>
        sought.targets
          .filter((target) => target.table.name === table && target.column === column)
          .map((target): Found => {
            const offset = index + call.length - list.length + (named[place]?.index ?? 0);
            return { target, grade: "likely", kind: "conflict target", offset, conflict };
          }),
      );
    },
  );
}

/** Columns whose names say little by themselves, where a class that names its table declares them. */
function declaredColumns(code: string, targets: ReadonlySet<SoughtTarget>, sought: Sought): Found[] {
  let headings: readonly Heading[] | undefined;
  return [...code.matchAll(MAPPED)].flatMap((match) => {
    const name = match.slice(1).find((group) => group !== undefined) as string;
    const named = sought.named(name).filter((target) => targets.has(target) && target.ownNames.has(name));
    if (named.length === 0) return [];
    const offset = match.index + match[0].lastIndexOf(name);
    headings ??= headingsOf(code);
    const { names = [], hasTable } = headings.findLast((one) => one.offset <= offset) ?? {};
    return named
      .filter((target) => hasTable === true && names.some((one) => sought.naming(target, lastPart(one)) === "exact"))
      .map((target): Found => ({ target, grade: "likely", kind: "declared", offset }));
  });
}

/** Words of SQL that stand beside a column: all others make the string a sentence. */
const BEHIND_COLUMN =
  /^\s+(?:(?:and|as|asc|between|collate|desc|else|end|from|group|having|i?like|in|limit|not|nulls|on|or|order|similar|then|using|when|where)\b|is\s+(?:not\s+)?(?:distinct|false|null|true|unknown)\b|[^\w%\s]|%\(|$)/i;
const BEFORE_COLUMN =
  /(?:^|[^\w\s]|\b(?:all|and|any|as|between|by|case|distinct|else|from|having|i?like|in|not|null|on|or|returning|select|set|then|when|where))\s+$/i;

/** Whether a name stands in a text for people, as in `"client_id is required"`. */
function isProse(literal: Literal | undefined, offset: number, word: string): boolean {
  if (literal === undefined) return false;
  const at = offset - literal.range[0];
  const [before, behind] = [literal.text.slice(0, at).trimStart(), literal.text.slice(at + word.length).trimEnd()];
  return (/^\s/.test(behind) && !BEHIND_COLUMN.test(behind)) || (/\w\s+$/.test(before) && !BEFORE_COLUMN.test(before));
}

const SELECT_EXPRESSION = /select_expression\b[^\]]{0,200}\]\s{0,40}(?:#\[[^\]]{0,100}\]\s{0,40}){0,4}(?:pub )?$/;

interface Heading {
  readonly offset: number;
  readonly names: readonly string[];
  /** Whether one of the names is said to be the table's. */
  readonly hasTable?: true;
}

function headingsOf(code: string): readonly Heading[] {
  const headings: Heading[] = [];
  let annotated = false;
  for (const match of code.matchAll(HEADING)) {
    const [whole, type, ...tables] = match;
    const table = tables.find((name) => name !== undefined);
    const previous = headings.at(-1);
    const isAnnotation = /^[@[#]/.test(whole);
    // `class Order` with `__tablename__ = "orders"` in it, or `@Table("orders")` above it, is one thing with two names.
    if (previous !== undefined && (type !== undefined ? annotated : !isAnnotation)) {
      const name = (type ?? table) as string;
      headings[headings.length - 1] = {
        ...previous,
        names: [...previous.names, name],
        ...(table !== undefined && { hasTable: true }),
      };
    } else {
      headings.push({
        offset: match.index,
        names: [(type ?? table) as string],
        ...(table !== undefined && { hasTable: true }),
      });
    }
    annotated = isAnnotation;
  }
  return headings;
}

function gradeOf(
  target: SoughtTarget,
  word: string,
  offset: number,
  headings: readonly Heading[],
  code: string,
  sought: Sought,
  inSql: readonly { readonly name: string; readonly schema?: string }[],
  language: Language,
): ReferenceGrade | undefined {
  if (!target.distinctive) return undefined;
  // A script that works on no database: a type or an object of its table's name is what it gets or sends.
  if (language === "other" || language === "script" || !target.ownNames.has(word)) return "possible";
  // Diesel's field for an expression of its own.
  if (SELECT_EXPRESSION.test(code.slice(Math.max(0, offset - 300), offset))) return "possible";
  // Go's name of a field in a message, not in the database.
  if (/json:"$/.test(code.slice(Math.max(0, offset - 6), offset))) return "possible";
  // `post_report::reason` in Diesel, `Order.legacy_ref` and `orders.c.legacy_ref` in SQLAlchemy.
  const owner = /(?:(\w+)::|\b([A-Z]\w*)\.|(\w+)\.c\.)$/.exec(code.slice(Math.max(0, offset - 70), offset));
  const owned = owner?.slice(1).find((word) => word !== undefined);
  if (owned !== undefined && sought.naming(target, owned) !== undefined) return "likely";
  const heading = headings.findLast((one) => one.offset <= offset);
  const named = [...(heading?.names ?? []), ...(heading === undefined ? inSql.map(({ name }) => name) : [])];
  if (named.some((name) => sought.naming(target, lastPart(name)) !== undefined)) {
    return named.every((name) => name === named[0] || heading !== undefined) ? "likely" : "possible";
  }
  const sqlIsOurs = inSql.length > 0 && inSql.every((table) => isSameTable(target.table, table));
  return sqlIsOurs ? "likely" : "possible";
}

/** `orders` of `shop.orders`. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** The string around an offset, of strings in their order. */
function literalAt(literals: readonly Literal[], offset: number): Literal | undefined {
  let [low, high] = [0, literals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (literals[middle]!.range[1] <= offset) low = middle + 1;
    else high = middle;
  }
  const found = literals[low];
  return found !== undefined && found.range[0] <= offset ? found : undefined;
}

/** A string's content at its own offset: quotes, prefixes and escapes are blank. */
function contentOf(literal: string): string {
  const opening = /^(?:"""|'''|<<[<~-]?['"]?\w+['"]?[^\n]*\n|@"|r#+"|["'`])/.exec(literal)?.[0] ?? "";
  const heredoc = opening.startsWith("<<");
  const closing = heredoc
    ? (/\n\s*\w+$/.exec(literal)?.[0].length ?? 0)
    : opening.length === 3
      ? 3
      : /^r#/.test(opening)
        ? opening.length - 1
        : 1;
  const content = literal.slice(opening.length, literal.length - closing);
  const plain = withoutEscapes(content).replaceAll(/#\{[^}]*\}|\$\{[^}]*\}/g, (hole) => "h".padEnd(hole.length, "_"));
  return blank(opening) + plain + blank(literal.slice(literal.length - closing));
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}
