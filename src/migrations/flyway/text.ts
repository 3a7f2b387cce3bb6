/** What Flyway makes of a file's text: whether it runs in a transaction, and placeholders (ParserSqlScript, PostgreSQLParser). */
import type { TransactionMode } from "../../model/migration.js";
import { Lexer } from "../../postgres/lexer.js";
import { type SettingValues, isOn, single } from "./settings.js";
import type { ReadMigrationText } from "../tool.js";

/** How a file is sent that says nothing else. */
export function modeOf(values: SettingValues): TransactionMode {
  if (isOn(values, "executeintransaction") === false) return "per-statement";
  return isOn(values, "group") === true ? "all-pending" : "per-file";
}

/** Which statements Flyway runs outside of a transaction by itself: the words that they start with (PostgreSQLParser). */
const NOT_TRANSACTIONAL =
  /^(?:(?:CREATE|DROP) (?:DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER SYSTEM|(?:CREATE|DROP)(?: UNIQUE)? INDEX CONCURRENTLY|REINDEX(?: VERBOSE)? (?:SCHEMA|DATABASE|SYSTEM)|VACUUM|DISCARD ALL)\b/;

/** A file of such statements alone runs without a transaction; so does one that mixes them, if `mixed` allows it. */
export function reader(values: SettingValues, transactions: ReadonlyMap<string, TransactionMode>): ReadMigrationText {
  const mixed = isOn(values, "mixed") === true;
  return (text, file) => {
    const sql = withPlaceholders(text, values);
    if (transactions.has(file) || modeOf(values) === "per-statement") return { sql };
    let some = false;
    let all = true;
    for (const words of statementStarts(sql)) {
      if (NOT_TRANSACTIONAL.test(words)) some = true;
      else all = false;
    }
    // Without `mixed` Flyway refuses the file, as PostgreSQL refuses the statement in the file's transaction.
    if (!some || !(all || mixed)) return { sql };
    return { sql, parts: [{ range: [0, text.length], transaction: "per-statement" }] };
  };
}

/** The first words of each statement, in capitals. */
function* statementStarts(sql: string): Generator<string> {
  const lexer = new Lexer(sql);
  let words = "";
  let count = 0;
  while (lexer.next()) {
    if (lexer.kind === "comment") continue;
    if (sql[lexer.start] === ";") {
      if (count > 0) yield words;
      words = "";
      count = 0;
    } else {
      if (lexer.kind === "word" && count < 5)
        words += `${words === "" ? "" : " "}${sql.slice(lexer.start, lexer.end).toUpperCase()}`;
      count++;
    }
  }
  if (count > 0) yield words;
}

/** Placeholders whose values the settings have and that fit in their place, so that all offsets stay what they were. */
function withPlaceholders(text: string, values: SettingValues): string {
  const prefix = single(values, "placeholderprefix") ?? "${";
  const suffix = single(values, "placeholdersuffix") ?? "}";
  if (isOn(values, "placeholderreplacement") === false || prefix === "" || !text.includes(prefix)) return text;
  let result = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf(prefix, at);
    const end = start < 0 ? -1 : text.indexOf(suffix, start + prefix.length);
    if (end < 0) return result + text.slice(at);
    const behind = end + suffix.length;
    const name = text.slice(start + prefix.length, end).toLowerCase();
    const value =
      name === "flyway:defaultschema" ? single(values, "defaultschema") : single(values, `placeholders.${name}`);
    const whole = text.slice(start, behind);
    const fits = value !== undefined && value.length <= whole.length && !/[${}\r\n]/.test(value);
    const gluedBefore = /[\w"'$]/.test(text[start - 1] ?? "");
    const gluedBehind = /[\w"'$]/.test(text[behind] ?? "");
    const possible = fits && !(gluedBefore && gluedBehind && value.length < whole.length);
    const replaced = !possible ? whole : gluedBehind ? value.padStart(whole.length) : value.padEnd(whole.length);
    result += text.slice(at, start) + replaced;
    at = behind;
  }
}
