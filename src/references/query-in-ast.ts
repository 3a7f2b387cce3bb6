/** Queries in the trees of pgsql-ast-parser, which reads some text that PostgreSQL refuses. */
import { createRequire } from "node:module";
import type * as ast from "pgsql-ast-parser";
import { tokensOf } from "../postgres/lexer.js";
import type {
  Assignment,
  ColumnUse,
  Constants,
  Expression,
  From,
  Output,
  PlacedName,
  Query,
  Subquery,
  TableName,
} from "./query.js";
import { HOLE } from "./query.js";

const require = createRequire(import.meta.url);

/** The parser takes time and memory that grow faster than the text. */
const MAX_LENGTH = 20_000;
const MAX_TOKENS = 2_500;

const COMPARISONS = new Set(["=", "!=", "IN", "NOT IN", "<>"]);

/** Parts of an expression that are no expressions. */
const NOT_EXPRESSIONS = new Set(["_location", "function", "to", "dataType", "alias", "type", "op"]);

/** The queries of a text that the parser can read; undefined where it cannot. Parameters are those of `queriesInPostgresTree`. */
export function queriesInAst(text: string, isPlaceholder: (offset: number) => boolean): readonly Query[] | undefined {
  if (text.length > MAX_LENGTH || tokensOf(text, [0, text.length]).length > MAX_TOKENS) return undefined;
  const { parse } = require("pgsql-ast-parser") as typeof ast;
  let statements;
  try {
    statements = parse(text, { locationTracking: true });
  } catch {
    return undefined;
  }
  const reader = new AstReader(text, isPlaceholder);
  return statements.flatMap((statement) => reader.query(statement) ?? []);
}

class AstReader {
  constructor(
    readonly text: string,
    readonly isPlaceholder: (offset: number) => boolean,
  ) {}

  /** Undefined for a statement that is no query. */
  query(statement: ast.Statement): Query | undefined {
    switch (statement.type) {
      case "select":
        return this.#select(statement);
      case "union":
      case "union all":
        return { type: "combination", left: this.#rows(statement.left), right: this.#rows(statement.right) };
      case "values":
        return { type: "values", expression: this.#expression(statement.values) };
      case "with":
        return {
          type: "with",
          tables: statement.bind.map(({ alias: { name }, statement: query }) => ({
            name,
            columns: [],
            query: this.#rows(query),
          })),
          recursive: false,
          in: this.#rows(statement.in),
        };
      case "with recursive": {
        const { alias, columnNames, bind } = statement;
        const table = { name: alias.name, columns: namesOf(columnNames), query: this.#rows(bind) };
        return { type: "with", tables: [table], recursive: true, in: this.#rows(statement.in) };
      }
      case "insert":
        return this.#insert(statement);
      case "update":
        return {
          type: "update",
          table: this.#table(statement.table),
          from: statement.from == null ? [] : this.#from(statement.from),
          sets: this.#assignments(statement.sets),
          where: this.#expression(statement.where),
          returning: this.#outputs(statement.returning),
        };
      case "delete":
        return {
          type: "delete",
          table: this.#table(statement.from),
          from: [],
          sets: [],
          where: this.#expression(statement.where),
          returning: this.#outputs(statement.returning),
        };
      case "create view":
      case "create materialized view":
        return this.query(statement.query);
      case "prepare":
        return { type: "prepare", query: this.#rows(statement.statement) };
      case "truncate table":
        return { type: "tables", tables: statement.tables.map((table) => this.#table(table)) };
      case "refresh materialized view":
        return { type: "tables", tables: [this.#table(statement.name)] };
      default:
        return undefined;
    }
  }

  #rows(statement: ast.Statement): Query {
    return this.query(statement) ?? { type: "values", expression: [] };
  }

  #select(select: ast.SelectFromStatement): Query {
    const { where, groupBy, having, limit, distinct, orderBy } = select;
    return {
      type: "select",
      outputs: this.#outputs(select.columns),
      from: (select.from ?? []).flatMap((from) => this.#from(from)),
      expression: this.#expression([where, groupBy, having, limit, Array.isArray(distinct) ? distinct : []]),
      orderBy: (orderBy ?? []).map(({ by }) => ({
        expression: this.#expression(by),
        ...(by.type === "ref" && by.table === undefined && { output: by.name }),
      })),
    };
  }

  #from(from: ast.From): readonly From[] {
    const condition: From[] =
      from.join == null
        ? []
        : [{ type: "condition", on: this.#expression(from.join.on), using: this.#using(from.join) }];
    if (from.type === "table") return [{ type: "table", table: this.#table(from.name) }, ...condition];
    if (from.type === "statement") {
      const { alias, lateral, columnNames } = from;
      const query = this.#rows(from.statement);
      return [{ type: "query", query, lateral: lateral === true, alias, columns: namesOf(columnNames) }, ...condition];
    }
    const alias = from.alias?.name ?? from.function.name;
    return [
      { type: "function", expression: this.#expression(from.args), alias, columns: namesOf(from.alias?.columns) },
      ...condition,
    ];
  }

  /** The parser does not say where the names are. */
  #using({ using, _location }: ast.JoinClause): readonly PlacedName[] {
    const from = startOf(_location);
    return (using ?? []).map(({ name }) => {
      const start = this.text.toLowerCase().indexOf(name.toLowerCase(), from);
      return { name, start: start < 0 ? from : start, qualifiers: 0 };
    });
  }

  #insert(insert: ast.InsertStatement): Query {
    // Where a text ends before VALUES, as one that is put together at run time may, the parser gives null.
    const rows = insert.insert as ast.InsertStatement["insert"] | null;
    const values = rows?.type === "values" ? rows.values : [];
    const columns = insert.columns?.map(({ name, _location }, index) => ({
      name,
      start: startOf(_location),
      qualifiers: 0,
      values: values.flatMap((row) => (row[index] === undefined ? [] : this.#constants(row[index]))),
    }));
    const { onConflict } = insert;
    const on = onConflict?.on;
    const changes = onConflict != null && onConflict.do !== "do nothing" ? onConflict.do.sets : [];
    return {
      type: "insert",
      into: this.#table(insert.into),
      ...(columns && { columns }),
      ...(rows !== null && { rows: this.#rows(rows) }),
      ...(on != null && { conflict: this.#conflict(on) }),
      sets: this.#assignments(changes),
      where: this.#expression(onConflict?.where),
      returning: this.#outputs(insert.returning),
    };
  }

  #conflict(
    on: ast.OnConflictOnExpr | ast.OnConflictOnConstraint,
  ): NonNullable<Extract<Query, { type: "insert" }>["conflict"]> {
    if (on.type === "on constraint") return { constraint: on.constraint.name };
    const keys = this.#expression(on.exprs);
    const columns = on.exprs.flatMap((expression) => (expression.type === "ref" ? [expression.name] : []));
    return columns.length === on.exprs.length ? { keys, columns, where: [] } : { keys, where: [] };
  }

  #assignments(sets: readonly ast.SetStatement[]): readonly Assignment[] {
    return sets.map(({ column, value }) => ({
      name: column.name,
      start: startOf(column._location),
      qualifiers: 0,
      values: this.#constants(value),
      expression: this.#expression(value),
    }));
  }

  #outputs(columns: readonly ast.SelectedColumn[] | null | undefined): readonly Output[] {
    return (columns ?? []).map(({ expr, alias }) => {
      if (expr.type === "ref" && expr.name === "*") {
        return { expression: [], star: expr.table === undefined ? {} : { of: expr.table } };
      }
      const implied = expr.type === "ref" ? expr.name : expr.type === "call" ? expr.function.name : undefined;
      const name = alias?.name ?? implied;
      return { expression: this.#expression(expr), ...(name !== undefined && { name }) };
    });
  }

  #table({ name, schema, alias, _location }: ast.QNameAliased): TableName {
    return {
      name,
      ...(schema !== undefined && { schema }),
      ...(alias !== undefined && { alias }),
      start: startOf(_location),
      qualifiers: schema === undefined ? 0 : 1,
    };
  }

  #expression(node: unknown): Expression {
    const found: (ColumnUse | Subquery)[] = [];
    this.#collect(node, found);
    return found;
  }

  /** @param known A part that has been read. */
  #collect(node: unknown, found: (ColumnUse | Subquery)[], known?: ast.Expr): void {
    if (Array.isArray(node)) {
      for (const child of node) this.#collect(child, found);
      return;
    }
    if (typeof node !== "object" || node === null || node === known) return;
    const expression = node as ast.Expr;
    switch (expression.type) {
      case "ref":
        if (expression.name !== "*") found.push(columnOf(expression));
        return;
      case "select":
      case "union":
      case "union all":
      case "values":
      case "with":
      case "with recursive":
        found.push({ query: this.#rows(expression), unseen: false });
        return;
      case "call":
        if (expression.function.name === "exists") {
          for (const use of this.#expression(expression.args)) {
            found.push("query" in use ? { ...use, unseen: true } : use);
          }
          return;
        }
    }
    const comparison = comparisonIn(expression);
    if (comparison !== undefined) {
      const values = comparison.values.flatMap((one) => this.#constants(one));
      found.push({ ...columnOf(comparison.column), ...(values.length > 0 && { values }) });
    }
    for (const [key, child] of Object.entries(node)) {
      if (typeof child === "object" && !NOT_EXPRESSIONS.has(key))
        this.#collect(child, found, comparison?.column ?? known);
    }
  }

  /** The constants that an expression is or lists; empty where none is known. */
  #constants(node: ast.Expr): Constants {
    switch (node.type) {
      case "string":
        return HOLE.test(node.value) ? [] : [node.value];
      case "integer":
      case "numeric":
        return this.isPlaceholder(startOf(node._location)) ? [] : [String(node.value)];
      case "boolean":
        return [String(node.value)];
      case "null":
        return [null];
      case "cast":
        return this.#constants(node.operand);
      case "list":
      case "array":
        return node.expressions.flatMap((one) => this.#constants(one));
      case "call":
        return node.function.name === "any" ? node.args.flatMap((one) => this.#constants(one)) : [];
      default:
        return [];
    }
  }
}

function startOf(location: ast.NodeLocation | undefined): number {
  return location?.start ?? 0;
}

function namesOf(names: readonly { readonly name: string }[] | null | undefined): readonly string[] {
  return (names ?? []).map(({ name }) => name);
}

function columnOf({ name, table, _location }: ast.ExprRef): ColumnUse {
  const qualifiers = table === undefined ? 0 : table.schema === undefined ? 1 : 2;
  return { name, ...(table && { qualifier: table }), start: startOf(_location), qualifiers };
}

/** The column that an expression compares, with what it is compared with: `status IN ('new', 'open')`, `CASE status WHEN …`. */
function comparisonIn(
  node: ast.Expr,
): { readonly column: ast.ExprRef; readonly values: readonly ast.Expr[] } | undefined {
  if (node.type === "case") {
    const column = columnIn(node.value);
    return column && { column, values: node.whens.map(({ when }) => when) };
  }
  if (node.type !== "binary" || !COMPARISONS.has(node.op)) return undefined;
  const left = columnIn(node.left);
  if (left !== undefined) return { column: left, values: [node.right] };
  const right = columnIn(node.right);
  return right && { column: right, values: [node.left] };
}

/** A column, cast or not. */
function columnIn(node: ast.Expr | null | undefined): ast.ExprRef | undefined {
  if (node?.type === "cast") return columnIn(node.operand);
  return node?.type === "ref" && node.name !== "*" ? node : undefined;
}
