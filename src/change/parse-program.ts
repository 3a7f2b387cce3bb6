/** The statements of a migration that is a program: what it sends, with places in the program. */
import { type Piece, Text } from "../migrations/evaluator/text.js";
import type { EvaluatedMigration, SchemaLookup, SentSql } from "../migrations/tool.js";
import type { Catalog } from "../model/catalog.js";
import type { Operation } from "../model/operation.js";
import type { Range } from "../model/position.js";
import type { ParsedSql, SqlComment, Statement } from "../model/statement.js";
import { tolerant } from "../postgres/block-operations.js";
import { parseSql } from "../postgres/parse-sql.js";
import { fillHoles, placer } from "./fill-holes.js";

/** @param text The program's. */
export function parseProgram(
  text: string,
  file: string,
  { up, comments }: Pick<EvaluatedMigration, "up" | "comments">,
): ParsedSql {
  const statements: Statement[] = [];
  const inStrings: SqlComment[] = [];
  for (const [query, sent] of up.entries()) {
    const parsed =
      "reason" in sent ? unknown(sent, sent, text, file, query) : sqlOf(sent.sql, sent, text, file, query, inStrings);
    for (const statement of parsed) statements.push(numbered(statement, statements.length));
  }
  const all = inStrings.length === 0 ? comments : [...comments, ...inStrings].sort((a, b) => a.range[0] - b.range[0]);
  return { text, statements, comments: all };
}

/** The statement at another place of the list. */
export function numbered(statement: Statement, index: number): Statement {
  const operations = statement.operations.map((operation): Operation => ({ ...operation, statement: index }));
  return { ...statement, index, operations };
}

function unknown(
  sent: SentSql,
  { reason, lookup }: { readonly reason: string; readonly lookup?: SchemaLookup },
  text: string,
  file: string,
  query: number,
): Statement[] {
  const { range, statement: within } = sent;
  const operations = [{ type: "Unparsed", range, statement: 0, reason } as const];
  const whole = { index: 0, sql: text.slice(...range), range, operations };
  if (!lookup) return [{ ...whole, embedded: { within } }];
  const found = (schema: Catalog): readonly Statement[] => {
    const known = lookup(schema);
    if ("reason" in known) return unknown(sent, known, text, file, query);
    return known.flatMap((sql) => sqlOf(sql, sent, text, file, query, []));
  };
  return [{ ...whole, embedded: { within, lookup: found } }];
}

function sqlOf(
  sql: Text,
  sent: SentSql,
  text: string,
  file: string,
  query: number,
  comments: SqlComment[],
): Statement[] {
  const filled = fillHoles(withValues(sql));
  const place = placer(filled.pieces, file, sent.range);
  const parsed = parseSql(filled.sql);
  const [hole] = filled.unknown;
  if (hole && parsed.statements.length === 0)
    return unknown(sent, { reason: `${hole.name} ${hole.reason}` }, text, file, query);
  for (const comment of parsed.comments) {
    const { range, verbatim } = place(comment.range);
    if (verbatim) comments.push({ ...comment, range });
  }
  return parsed.statements.map((statement) => {
    const { range, verbatim, quote } = place(statement.range);
    const uncertain = sent.conditional || filled.unknown.length > 0 ? { uncertain: true as const } : {};
    const operations = statement.operations.map((operation): Operation => {
      const placed = moved(operation, place);
      if (placed.type === "Unparsed" && "uncertain" in uncertain) {
        // It need not be what PostgreSQL gets to see.
        return { type: "Unparsed", range, statement: 0, reason: hole ? `${hole.name} ${hole.reason}` : placed.reason };
      }
      return sent.conditional ? tolerant(placed) : placed;
    });
    const transaction = sent.transaction === undefined ? {} : { transaction: sent.transaction };
    return {
      ...statement,
      range,
      operations,
      embedded: {
        within: sent.statement,
        ...(verbatim && quote !== undefined && { quote }),
        ...uncertain,
        ...(isImplied(filled.pieces, statement.range) && { implied: true }),
        ...transaction,
        ...(parsed.statements.length > 1 && { query }),
      },
    };
  });
}

/**
 * The SQL with the values that it is sent with, as far as they are known. A number is in quotes: as a parameter it has
 * no type of its own, and takes that of the column.
 */
function withValues(sql: Text): Text {
  return new Text(
    sql.pieces.map((piece): Piece => {
      const value = piece.hole?.kind === "value" ? piece.hole.inline?.known : undefined;
      if (value === undefined) return piece;
      const { origin } = piece;
      return {
        text: /^-?[\d.]/.test(value) ? `'${value}'` : value,
        ...(origin && { origin: { ...origin, verbatim: false } }),
      };
    }),
  );
}

/** Whether a stretch of SQL has something in it that no call asks for. */
function isImplied(pieces: readonly Piece[], [start, end]: Range): boolean {
  let at = 0;
  return pieces.some(({ text, implied }) => {
    const from = at;
    at += text.length;
    return implied === true && from < end && at > start;
  });
}

/** An operation with its places in the program. Places for edits are left only where the SQL stands there as it is. */
function moved(operation: Operation, place: ReturnType<typeof placer>): Operation {
  const inner = (value: unknown, key?: string): unknown => {
    if (key === "range") return place(value as Range).range;
    if (key === "anchors") {
      return Object.fromEntries(
        Object.entries(value as Record<string, number>).flatMap(([name, offset]) => {
          const { range, verbatim } = place([offset - 1, offset]);
          return verbatim ? [[name, range[1]]] : [];
        }),
      );
    }
    if (key === "position") return place([value as number, value as number]).range[0];
    if (Array.isArray(value)) return value.map((element) => inner(element));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inner(part, name)]));
  };
  return inner(operation) as Operation;
}
