/** The column part of an index's default name, as PostgreSQL makes it (parse_target.c FigureColname, indexcmds.c). */
import type { IndexElem, Node } from "libpg-query";
import { nameOf, strings, unwrap } from "./names.js";

/** A name for an expression; `weak` ones give way to the name of an enclosing cast. */
interface ExpressionName {
  readonly name: string;
  readonly weak: boolean;
}

const FIXED_NAMES: Readonly<Record<string, string>> = {
  CoalesceExpr: "coalesce",
  NullIfExpr: "nullif",
  GroupingFunc: "grouping",
  RowExpr: "row",
  A_ArrayExpr: "array",
  XmlSerialize: "xmlserialize",
};

function expressionName(node: Node | undefined): ExpressionName | undefined {
  if (node === undefined) return undefined;
  const [type, value] = unwrap(node);
  const fixed = FIXED_NAMES[type];
  if (fixed !== undefined) return { name: fixed, weak: false };
  const inner = value as {
    arg?: Node;
    defresult?: Node;
    fields?: Node[];
    funcname?: Node[];
    indirection?: Node[];
    kind?: string;
    op?: string;
    typeName?: { names?: Node[] };
  };
  switch (type) {
    case "ColumnRef": {
      const name = strings(inner.fields).at(-1);
      return name === undefined ? undefined : { name, weak: false };
    }
    case "A_Indirection": {
      const name = strings(inner.indirection).at(-1);
      return name === undefined ? expressionName(inner.arg) : { name, weak: false };
    }
    case "FuncCall":
      return { name: nameOf(inner.funcname).name, weak: false };
    case "A_Expr":
      return inner.kind === "AEXPR_NULLIF" ? { name: "nullif", weak: false } : undefined;
    case "MinMaxExpr":
      return { name: inner.op === "IS_LEAST" ? "least" : "greatest", weak: false };
    case "SQLValueFunction":
      return { name: (inner.op ?? "").replace(/^SVFOP_|_N$/g, "").toLowerCase(), weak: false };
    case "CollateClause":
      return expressionName(inner.arg);
    case "TypeCast": {
      const named = expressionName(inner.arg);
      return named?.weak === false ? named : { name: nameOf(inner.typeName?.names).name, weak: true };
    }
    case "CaseExpr": {
      const named = expressionName(inner.defresult);
      return named?.weak === false ? named : { name: "case", weak: true };
    }
    default:
      return undefined;
  }
}

/** What a column of a query is called that gets no name; undefined for `*`. */
export function columnLabel(value: Node | undefined): string | undefined {
  const fields = (value as { ColumnRef?: { fields?: Node[] } } | undefined)?.ColumnRef?.fields;
  if (fields !== undefined && strings(fields).length < fields.length) return undefined;
  return expressionName(value)?.name ?? "?column?";
}

/** PostgreSQL refuses an index of more columns (INDEX_MAX_KEYS). */
const MOST_COLUMNS = 32;

/** Names of an index's keys and INCLUDE columns; one that comes twice gets a number. */
export function indexNameColumns(elements: readonly IndexElem[]): string[] {
  const names: string[] = [];
  for (const { name, expr } of elements.slice(0, MOST_COLUMNS)) {
    const wanted = name ?? expressionName(expr)?.name ?? "expr";
    let unique = wanted;
    for (let count = 1; names.includes(unique); count++) unique = `${wanted}${String(count)}`;
    names.push(unique);
  }
  return names;
}
