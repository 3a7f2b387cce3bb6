/**
 * References in SQL. A statement is read by the first that can: PostgreSQL's own parser, which takes a tenth of the time
 * of the second; pgsql-ast-parser, which reads what code leaves open (`IN ${ids}`, an INSERT before its rows); its words.
 */
import { splitStatements, tokensOf } from "../postgres/lexer.js";
import { checkSyntax } from "../postgres/libpg-query.js";
import { bindQueries, type QueryText } from "./query-binder.js";
import { queriesInAst } from "./query-in-ast.js";
import { queriesInPostgresTree } from "./query-in-postgres-tree.js";
import type { Query } from "./query.js";
import type { Found, Sought } from "./sought.js";
import { readTokens } from "./sql-tokens.js";

/** Longer statements are lists of values, as a rule: their words say as much. */
const MAX_PARSED = 100_000;

/** Statements that are read again: the two sides of the code have most of theirs in common. */
const MAX_KNOWN = 100;

/** Words that statements begin with, as a part of a regular expression. */
export const SQL_STARTERS =
  "select|insert|update|delete|with|merge|copy|truncate|explain|declare|prepare|values|create|alter|drop|comment|grant|" +
  "revoke|do|refresh|perform|call";
const STARTER = new RegExp(String.raw`^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*(${SQL_STARTERS})\b`, "i");

/** Statements that make the schema rather than use it. */
const SCHEMA_STATEMENT = /^(alter|drop|comment|grant|revoke)$/i;

/** Whether a string begins as a SQL statement does. Prose may too: it binds to no table. */
export function looksLikeSql(text: string): boolean {
  return STARTER.test(text);
}

/** SQL inside other code. Everything that is no SQL is replaced so that offsets stay. */
export type EmbeddedSql = QueryText;

/** References in SQL statements; offsets are those of `sql.text`. Never throws. */
export function readSql(sql: EmbeddedSql, sought: Sought): Found[] {
  const found: Found[] = [];
  const tables = sql.holes === undefined ? [] : [...sql.holes.values()].flatMap((table) => table?.name ?? []);
  // Cutting a text into statements costs more than looking at its words.
  if (!sought.mayUse(sql.text, tables)) return found;
  for (const [start, end] of splitStatements(sql.text)) {
    const text = sql.text.slice(start, end);
    if (!sought.mayUse(text, tables)) continue;
    for (const reference of readStatement({ ...sql, text }, sought)) {
      found.push({ ...reference, offset: reference.offset + start });
    }
  }
  return found;
}

/** What a statement uses: what its query names, what the body of its function names, or nothing, since it makes the schema. */
export function usesOf(statement: string): "query" | "body" | "none" {
  const starter = STARTER.exec(statement)?.[1]?.toLowerCase();
  if (starter === undefined || SCHEMA_STATEMENT.test(starter)) return "none";
  if (starter === "do") return "body";
  if (starter !== "create") return "query";
  const created = /^(?:\s|--[^\n]*\n)*create\s+(?:or\s+replace\s+)?(\w+)/i.exec(statement)?.[1]?.toLowerCase();
  if (created === "function" || created === "procedure") return "body";
  return created === "view" || created === "materialized" || created === "recursive" ? "query" : "none";
}

function readStatement(sql: EmbeddedSql, sought: Sought): Found[] {
  const uses = usesOf(sql.text);
  if (uses === "none") return [];
  if (uses === "body") return readBodies(sql.text, sought);
  const { queries, valid } = parse(sql.text);
  return queries === undefined
    ? readTokens(sql.text, sought, sql.holes === undefined && valid)
    : bindQueries(queries, sql, sought);
}

interface Parsed {
  /** Absent where only the words of the statement can be read. */
  readonly queries?: readonly Query[];
  /** Whether it is a statement that PostgreSQL can parse. */
  readonly valid: boolean;
}

const known = new Map<string, Parsed>();

function parse(sql: string): Parsed {
  let parsed = known.get(sql);
  if (parsed === undefined) {
    known.set(sql, (parsed = parseAnew(sql)));
    if (known.size > MAX_KNOWN) known.delete(known.keys().next().value as string);
  }
  return parsed;
}

function parseAnew(sql: string): Parsed {
  if (sql.length > MAX_PARSED) return { valid: checkSyntax(withoutPlaceholders(sql)).ok };
  const isPlaceholder = (offset: number): boolean => sql[offset] === "?";
  // `?` may also be an operator of jsonb.
  const texts = [...new Set([withoutPlaceholders(sql), sql])];
  for (const text of texts) {
    const queries = queriesInPostgresTree(text, isPlaceholder);
    if (queries !== undefined) return queries.length > 0 ? { queries, valid: true } : { valid: true };
  }
  for (const text of texts) {
    const queries = queriesInAst(text, isPlaceholder);
    if (queries !== undefined) return { queries, valid: false };
  }
  return { valid: false };
}

/** Bodies of functions and DO blocks: their language is not read, only the words of each statement in it. */
function readBodies(sql: string, sought: Sought): Found[] {
  const found: Found[] = [];
  for (const { kind, start, end } of tokensOf(sql, [0, sql.length])) {
    const quote = kind === "string" ? /^\$\w*\$/.exec(sql.slice(start, end))?.[0] : undefined;
    if (quote === undefined) continue;
    const bodyStart = start + quote.length;
    const body = sql.slice(bodyStart, end - quote.length);
    for (const [from, to] of splitStatements(body)) {
      for (const reference of readTokens(body.slice(from, to), sought, false)) {
        found.push({ ...reference, offset: reference.offset + bodyStart + from });
      }
    }
  }
  return found;
}

/** `:name`, `@name`, `?`, `%s` and `%(name)s` as values that PostgreSQL reads, of the same length. */
function withoutPlaceholders(sql: string): string {
  return sql.replaceAll(
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|(?<![:\w]):[A-Za-z_]\w*|(?<![@\w<>])@[A-Za-z_]\w*|%\(\w+\)s|%[sd]\b|\?(?![|&?])|\{\{?[\w.]+\}?\}/g,
    (match) => (/^['"-]/.test(match) ? match : match.length === 1 ? "0" : "$1".padEnd(match.length)),
  );
}
