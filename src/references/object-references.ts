/**
 * References to what is no relation: functions, types, schemas and sequences. They are found by their names, in the
 * places of SQL and of database libraries where such a name can stand. Nothing is bound: two functions of one name are
 * the same here.
 */
import type { NamedObject, ReferenceGrade, ReferenceKind } from "../model/reference.js";
import { splitStatements } from "../postgres/lexer.js";
import type { Language } from "./application-files.js";
import { scriptParts } from "./script-tree.js";
import type { Found, SoughtTarget } from "./sought.js";
import { escapeRegExp } from "./escapes.js";
import { isCertainlyTable } from "./sought.js";
import { looksLikeSql, usesOf } from "./sql-references.js";
import { readLiterals } from "./text-references.js";

/**
 * Where a name stands for an object; in `source`, `NAME` is the object's name. What repeats has a bound, so that no text
 * takes long.
 */
interface Pattern {
  readonly source: string;
  /** What does not stand before it. */
  readonly notBehind?: RegExp;
  readonly kind?: ReferenceKind;
}

/** An identifier of SQL, quoted or not. */
const NAME = '(?<!\\w)"?(?<name>NAME)"?(?!\\w)';
const QUALIFIED = `(?:(?<!\\w)"?(?<schema>\\w{1,63})"?\\s{0,9}\\.\\s{0,9}|(?<![\\w".]))${NAME}`;

/** In front of a bracket, a name behind these words is that of a relation or of a new function. */
const DEFINES =
  /\b(?:into|table|join|references|as|(?:create|replace|alter|drop|on)\s+(?:function|procedure|routine|aggregate))\s+(?:if\s+(?:not\s+)?exists\s+)?$/i;

const IN_SQL: Readonly<Record<NamedObject, readonly Pattern[]>> = {
  function: [{ source: `${QUALIFIED}\\s*\\(`, notBehind: DEFINES, kind: "function call" }],
  type: [
    { source: `::\\s*${QUALIFIED}` },
    { source: `\\bcast\\s*\\([^()]{0,200}(?:\\([^()]{0,200}\\)[^()]{0,200}){0,9}\\bas\\s+${QUALIFIED}` },
  ],
  schema: [
    { source: `\\b(?:from|join|into|update|only|table|call|using|truncate|copy)\\s+${NAME}\\s*\\.\\s*["\\w]` },
    { source: `::\\s*${NAME}\\s*\\.` },
    { source: `(?<![.\\w"])${NAME}\\s*\\.\\s*"?\\w+"?\\s*\\(` },
  ],
  sequence: [{ source: `\\b(?:nextval|currval|setval)\\s*\\(\\s*'(?:"?(?<schema>\\w+)"?\\.)?${NAME}` }],
};

const QUOTED = "[\"'`](?<name>NAME)[\"'`]";

/** The same in calls of database libraries, in their schema files and in connection strings. */
const IN_CODE: Readonly<Record<NamedObject, readonly Pattern[]>> = {
  function: [
    // PostgREST's clients; Kysely's `fn`.
    { source: `\\.\\s*(?:rpc|fn)\\s*(?:<[^<>()]*>)?\\(\\s*${QUOTED}`, kind: "function call" },
    { source: "/rpc/(?<name>NAME)(?!\\w)", kind: "function call" },
  ],
  type: [
    // Drizzle, TypeORM and MikroORM, Prisma.
    { source: `\\bpgEnum\\s*\\(\\s*${QUOTED}`, kind: "declared" },
    { source: `\\b(?:enumName|nativeEnumName)\\s*:\\s*${QUOTED}`, kind: "declared" },
    { source: "^[ \\t]*enum[ \\t]+(?<name>NAME)\\s*\\{(?![^}]{0,5000}@@map)", kind: "declared" },
    { source: `^[ \\t]*enum\\s[^{}]{0,200}\\{[^}]{0,5000}@@map\\(\\s*(?:name:\\s*)?${QUOTED}`, kind: "declared" },
  ],
  schema: [
    { source: `(?:\\b(?:pgSchema|withSchema|schema)|@@schema)\\s*\\(\\s*${QUOTED}`, kind: "declared" },
    { source: `\\b(?:schemas?|searchPath)\\s*[:=]\\s*\\[?[^\\]\\n]{0,200}?${QUOTED}`, kind: "declared" },
    { source: "(?:\\b|-c)search_path[\"']?\\s*(?:=|:|%3D|to\\b)[^;\\n]{0,200}?(?<!\\w)(?<name>NAME)(?!\\w)" },
  ],
  sequence: [],
};

/** Places that name one of the objects. Never throws. */
export function referencesToObjects(text: string, language: Language, objects: readonly SoughtTarget[]): Found[] {
  return language === "sql" ? inSqlFile(text, objects) : inCode(text, language, objects);
}

function inSqlFile(text: string, objects: readonly SoughtTarget[]): Found[] {
  const found: Found[] = [];
  for (const [start, end] of splitStatements(text)) {
    const statement = withoutComments(text.slice(start, end));
    if (usesOf(statement) === "none") continue;
    for (const target of objects) found.push(...match(statement, IN_SQL[kindOf(target)], target, start, "certain"));
  }
  return found;
}

function inCode(text: string, language: Language, objects: readonly SoughtTarget[]): Found[] {
  const found: Found[] = [];
  const cLike = language === "script" || language === "vue" || language === "prisma";
  const own = language === "vue" ? scriptParts(text) : text;
  const { code, literals } = readLiterals(own, cLike ? "c-like" : language);
  const queries = literals.filter((literal) => looksLikeSql(literal.text));
  for (const target of objects) {
    const kind = kindOf(target);
    const sure = queries.flatMap((literal) => match(literal.text, IN_SQL[kind], target, literal.range[0], "likely"));
    sure.push(...match(code, IN_CODE[kind], target, 0, "likely"));
    const offsets = new Set(sure.map(({ offset }) => offset));
    // A rare name anywhere else is worth a look.
    const rest = target.distinctive ? match(code, [{ source: NAME }], target, 0, "possible") : [];
    found.push(...sure, ...rest.filter(({ offset }) => !offsets.has(offset)));
  }
  return found;
}

function kindOf({ object }: SoughtTarget): NamedObject {
  return object as NamedObject;
}

/** The places of `text` that one of the patterns fits, each once; `start` is where the text itself stands. */
function match(
  text: string,
  patterns: readonly Pattern[],
  target: SoughtTarget,
  start: number,
  grade: ReferenceGrade,
): Found[] {
  const { name, schema } = target.table;
  // Without quotes, names are written in any case.
  const folded = name === name.toLowerCase();
  if (!(folded ? text.toLowerCase() : text).includes(name)) return [];
  const found = new Map<number, Found>();
  for (const { source, notBehind, kind } of patterns) {
    for (const hit of text.matchAll(new RegExp(source.replace("NAME", escapeRegExp(name)), "dgim"))) {
      const written = hit.groups?.["schema"];
      if (written !== undefined && written.toLowerCase() !== schema.toLowerCase() && !isHole(written)) continue;
      if (!folded && hit.groups?.["name"] !== name) continue;
      if (notBehind?.test(text.slice(Math.max(0, hit.index - 100), hit.index)) === true) continue;
      const offset = hit.indices?.groups?.["name"]?.[0] ?? hit.index;
      const isOurs = written !== undefined || target.object === "schema" || isCertainlyTable(target.table, { name });
      const graded = grade === "certain" && !isOurs ? "likely" : grade;
      if (!found.has(offset))
        found.set(offset, { target, grade: graded, offset: start + offset, ...(kind && { kind }) });
    }
  }
  return [...found.values()];
}

/** What stands for an expression of the host language in a template. */
function isHole(name: string): boolean {
  return /^h_+$/.test(name);
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (part) =>
    part.startsWith("'") ? part : part.replaceAll(/[^\n]/g, " "),
  );
}
