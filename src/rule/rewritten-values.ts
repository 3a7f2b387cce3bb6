/** Values that an UPDATE takes out of a column: `SET state = 'paid' WHERE state = 'settled'`. */
import type { Node } from "libpg-query";
import type { Update } from "../model/operation.js";
import { parseTree } from "../postgres/libpg-query.js";
import { nameOf, unwrap } from "../postgres/operations/names.js";
import { columnIn, constantIn, constantsIn } from "../change/constant-checks.js";
import type { RuleMigration } from "./types.js";

export interface RewrittenValues {
  readonly column: string;
  /** No row has one of these afterwards. */
  readonly from: readonly string[];
  readonly to: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What an UPDATE replaces in every row that has it; undefined where its condition or its value is another one, and where
 * the column is unique: then the value names one row, and is no state that rows have.
 */
export function rewrittenValues(migration: RuleMigration, op: Update): RewrittenValues | undefined {
  if (op.where?.columns.length !== 1 || op.where.reads.length > 0 || op.inBlock !== undefined) return undefined;
  const parsed = parseTree(migration.statementOf(op).statement.sql);
  const statement = parsed.ok ? parsed.statements[0]?.stmt : undefined;
  const [type, update] = statement === undefined ? [] : (unwrap(statement) as [string, Fields]);
  if (type !== "UpdateStmt" || !update) return undefined;
  const condition = equalityIn(update["whereClause"]);
  if (!condition || namesOneRow(migration, op, condition.column)) return undefined;
  for (const target of update["targetList"] as Node[]) {
    const { name, val } = unwrap(target)[1] as Fields;
    const to = constantIn(val);
    if (name === condition.column && to !== undefined && !condition.values.includes(to)) {
      return { column: condition.column, from: condition.values, to };
    }
  }
  return undefined;
}

function namesOneRow(migration: RuleMigration, op: Update, column: string): boolean {
  return migration
    .before(op)
    .indexesOf(op.table)
    .some(({ unique, columns }) => unique && columns.length === 1 && columns[0] === column);
}

/** `column = 'x'` and `column IN ('x', 'y')`, and nothing beside it. */
function equalityIn(where: unknown): { readonly column: string; readonly values: readonly string[] } | undefined {
  if (typeof where !== "object" || where === null) return undefined;
  const [type, fields] = unwrap(where as Node) as [string, Fields];
  if (type !== "A_Expr" || nameOf(fields["name"] as Node[]).name !== "=") return undefined;
  const column = columnIn(fields["lexpr"]);
  const right = fields["kind"] === "AEXPR_OP" ? [constantIn(fields["rexpr"])] : constantsIn(fields["rexpr"]);
  const values = right?.flatMap((value) => value ?? []);
  return column === undefined || values === undefined || values.length === 0 || values.length !== right?.length
    ? undefined
    : { column, values };
}
