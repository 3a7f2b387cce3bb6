/** Compares SQL by what PostgreSQL's parser makes of it. */
import { parseTree } from "../../../src/postgres/libpg-query.js";
import { statementTokens } from "../../../src/postgres/statement-tokens.js";
import type { SentQuery } from "./recording-server.js";

/** One statement: its tree without places, with the parameters that it was sent with. */
export interface ParsedStatement {
  readonly sql: string;
  readonly tree: unknown;
  readonly values: readonly (string | null)[];
}

/** The statements of queries one by one. SQL that does not parse is a statement of the same tokens. */
export function statementsOf(queries: readonly SentQuery[]): ParsedStatement[] {
  return queries.flatMap(({ sql, values }): ParsedStatement[] => {
    const outcome = parseTree(sql);
    if (!outcome.ok) return [{ sql, tree: statementTokens(sql), values }];
    return outcome.statements.map((statement) => ({ sql: sourceOf(sql, statement), tree: statement.stmt, values }));
  });
}

/** libpg-query counts bytes. */
function sourceOf(
  sql: string,
  { stmt_location: start = 0, stmt_len: length }: { stmt_location?: number; stmt_len?: number },
): string {
  const bytes = Buffer.from(sql);
  return bytes.toString("utf8", start, length === undefined ? bytes.length : start + length).trim();
}

/** Keys of the trees that say where something stands. */
const PLACE = /(?:^|_)(?:location|list_start|list_end|len)$/;

/**
 * Whether what was evaluated is what was sent. A parameter that was sent equals one whose value is not known, and the
 * constant that it was sent with.
 */
export function isSameStatement(sent: ParsedStatement, evaluated: ParsedStatement): boolean {
  return isSame(sent.tree, evaluated.tree, sent.values);
}

function isSame(sent: unknown, evaluated: unknown, values: readonly (string | null)[]): boolean {
  if (Array.isArray(sent)) {
    return (
      Array.isArray(evaluated) &&
      sent.length === evaluated.length &&
      sent.every((one, index) => isSame(one, evaluated[index], values))
    );
  }
  if (typeof sent !== "object" || sent === null) return sent === evaluated;
  if (typeof evaluated !== "object" || evaluated === null) return false;
  const [one, other] = [sent as Tree, evaluated as Tree];
  if (one.ParamRef) return other.ParamRef !== undefined || isValue(values[(one.ParamRef.number ?? 0) - 1], other);
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => !PLACE.test(key));
  return keys.every((key) => isSame(one[key], other[key], values));
}

interface Tree {
  readonly [key: string]: unknown;
  readonly ParamRef?: { readonly number?: number };
  readonly A_Const?: Constant;
}

interface Constant {
  readonly isnull?: boolean;
  readonly sval?: { readonly sval?: string };
  readonly ival?: { readonly ival?: number };
  readonly fval?: { readonly fval?: string };
  readonly boolval?: { readonly boolval?: boolean };
}

/** Whether a constant in SQL is the value of a parameter, as it was sent in text. */
function isValue(value: string | null | undefined, { A_Const: constant }: Tree): boolean {
  if (!constant || value === undefined) return false;
  if (value === null) return constant.isnull === true;
  const { sval, ival, fval, boolval } = constant;
  if (sval) return value === (sval.sval ?? "");
  if (ival) return value === String(ival.ival ?? 0);
  if (fval) return value === fval.fval;
  return boolval !== undefined && value === String(boolval.boolval ?? false);
}
