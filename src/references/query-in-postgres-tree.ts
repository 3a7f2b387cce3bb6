/** Queries in the trees of libpg-query, PostgreSQL's own parser. */
import type {
  A_Expr,
  A_Indirection,
  Alias,
  CaseExpr,
  ColumnRef,
  CommonTableExpr,
  CopyStmt,
  CreateTableAsStmt,
  DeclareCursorStmt,
  DeleteStmt,
  ExplainStmt,
  IndexElem,
  InferClause,
  InsertStmt,
  JoinExpr,
  MergeStmt,
  MergeWhenClause,
  MultiAssignRef,
  Node,
  PrepareStmt,
  RangeFunction,
  RangeSubselect,
  RangeTableSample,
  RangeVar,
  RefreshMatViewStmt,
  ResTarget,
  ReturningClause,
  SelectStmt,
  SortBy,
  SubLink,
  TruncateStmt,
  UpdateStmt,
  ViewStmt,
  WithClause,
} from "libpg-query";
import type { QualifiedName } from "../model/name.js";
import { parseTree } from "../postgres/libpg-query.js";
import { offsetsOf } from "../postgres/offsets.js";
import { columnLabel } from "../postgres/operations/index-names.js";
import { all, as, strings, unwrap } from "../postgres/operations/names.js";
import type {
  Assignment,
  ColumnUse,
  Constants,
  Expression,
  From,
  Insert,
  Output,
  Query,
  Subquery,
  TableName,
  WrittenColumn,
} from "./query.js";
import { constantsIn } from "./constants-in-postgres-tree.js";
import { ListPlaces } from "./list-places.js";

/**
 * The queries of a text that PostgreSQL can parse; undefined where it cannot. Statements that are no queries are left out.
 * @param isPlaceholder Whether a placeholder stood at this offset before the text was made readable.
 */
export function queriesInPostgresTree(
  text: string,
  isPlaceholder: (offset: number) => boolean,
): readonly Query[] | undefined {
  const outcome = parseTree(text);
  if (!outcome.ok) return undefined;
  const reader = new TreeReader(text, isPlaceholder);
  try {
    return outcome.statements.flatMap(({ stmt }) => (stmt === undefined ? [] : (reader.query(stmt) ?? [])));
  } catch (error) {
    // Machine-written SQL nests deeper than JavaScript's stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class TreeReader {
  readonly #fromByte: (byte: number) => number;
  readonly #lists: ListPlaces;

  constructor(
    text: string,
    readonly isPlaceholder: (offset: number) => boolean,
  ) {
    this.#fromByte = offsetsOf(text).fromByte;
    this.#lists = new ListPlaces(text);
  }

  /** Undefined for a statement that is no query. */
  query(node: Node): Query | undefined {
    const [type, statement] = unwrap(node);
    switch (type) {
      case "SelectStmt":
        return this.#select(statement as SelectStmt);
      case "InsertStmt":
        return this.#insert(statement as InsertStmt);
      case "UpdateStmt": {
        const update = statement as UpdateStmt;
        return this.#with(update.withClause, {
          type: "update",
          table: this.#table(update.relation),
          from: this.#from(update.fromClause),
          sets: this.#assignments(update.targetList),
          where: this.#expression(update.whereClause),
          ...this.#returning(update.returningClause),
        });
      }
      case "DeleteStmt": {
        const deletion = statement as DeleteStmt;
        return this.#with(deletion.withClause, {
          type: "delete",
          table: this.#table(deletion.relation),
          from: this.#from(deletion.usingClause),
          sets: [],
          where: this.#expression(deletion.whereClause),
          ...this.#returning(deletion.returningClause),
        });
      }
      case "MergeStmt":
        return this.#merge(statement as MergeStmt);
      case "CopyStmt":
        return this.#copy(statement as CopyStmt);
      case "PrepareStmt": {
        const query = this.#queryOf(statement as PrepareStmt);
        return query && { type: "prepare", query };
      }
      case "ViewStmt":
      case "CreateTableAsStmt":
      case "ExplainStmt":
      case "DeclareCursorStmt":
        return this.#queryOf(statement as ViewStmt | CreateTableAsStmt | ExplainStmt | DeclareCursorStmt);
      case "CallStmt":
        return { type: "values", expression: this.#expression(statement) };
      case "TruncateStmt": {
        const tables = all<RangeVar>((statement as TruncateStmt).relations, "RangeVar");
        return { type: "tables", tables: tables.map((table) => this.#table(table)) };
      }
      case "RefreshMatViewStmt":
        return { type: "tables", tables: [this.#table((statement as RefreshMatViewStmt).relation)] };
      default:
        return undefined;
    }
  }

  #queryOf({ query }: { readonly query?: Node }): Query | undefined {
    return query && this.query(query);
  }

  #with(clause: WithClause | undefined, query: Query): Query {
    if (clause === undefined) return query;
    const tables = all<CommonTableExpr>(clause.ctes, "CommonTableExpr").flatMap((table) => {
      const of = table.ctequery && this.query(table.ctequery);
      return of === undefined ? [] : { name: table.ctename ?? "", columns: strings(table.aliascolnames), query: of };
    });
    return { type: "with", tables, recursive: clause.recursive === true, in: query };
  }

  #select(select: SelectStmt): Query {
    return this.#with(select.withClause, this.#withoutWith(select));
  }

  #withoutWith(select: SelectStmt): Query {
    const { larg, rarg, valuesLists } = select;
    // ORDER BY of a combination names its outputs.
    if (larg !== undefined && rarg !== undefined) {
      return { type: "combination", left: this.#select(larg), right: this.#select(rarg) };
    }
    if (valuesLists !== undefined) return { type: "values", expression: this.#expression(valuesLists) };
    const { distinctClause, whereClause, groupClause, havingClause, windowClause, limitCount, limitOffset } = select;
    return {
      type: "select",
      outputs: this.#outputs(select.targetList),
      from: this.#from(select.fromClause),
      expression: this.#expression([
        distinctClause,
        whereClause,
        groupClause,
        havingClause,
        windowClause,
        limitCount,
        limitOffset,
      ]),
      orderBy: all<SortBy>(select.sortClause, "SortBy").map(({ node }) => {
        const parts = strings(as<ColumnRef>(node, "ColumnRef")?.fields);
        const [output] = parts;
        return { expression: this.#expression(node), ...(parts.length === 1 && output !== undefined && { output }) };
      }),
    };
  }

  #insert(insert: InsertStmt): Query {
    const { cols, selectStmt, onConflictClause: conflict } = insert;
    const rows = selectStmt === undefined ? "default" : this.query(selectStmt);
    return this.#with(insert.withClause, {
      type: "insert",
      into: this.#table(insert.relation),
      ...(cols && { columns: this.#writtenColumns(cols, rowsOf(selectStmt)) }),
      ...(rows !== undefined && { rows }),
      ...(conflict?.infer && { conflict: this.#conflict(conflict.infer) }),
      sets: this.#assignments(conflict?.targetList),
      where: this.#expression(conflict?.whereClause),
      ...this.#returning(insert.returningClause),
    });
  }

  #writtenColumns(columns: readonly Node[], rows: readonly (readonly Node[])[]): readonly WrittenColumn[] {
    return all<ResTarget>(columns, "ResTarget").map(({ name = "", location }, index) => ({
      name,
      ...this.#place(location),
      values: rows.flatMap((row) => this.#constants(row[index])),
    }));
  }

  #conflict({
    conname,
    indexElems = [],
    whereClause,
    location,
  }: InferClause): NonNullable<Extract<Query, { type: "insert" }>["conflict"]> {
    if (conname !== undefined) return { constraint: conname };
    const elements = all<IndexElem>(indexElems, "IndexElem");
    const starts = this.#lists.parts(this.#start(location));
    const keys = elements.flatMap(({ name, expr }, index) =>
      name === undefined ? this.#expression(expr) : { name, start: starts[index] ?? 0, qualifiers: 0 },
    );
    const columns = elements.flatMap(({ name }) => name ?? []);
    const where = this.#expression(whereClause);
    return columns.length === elements.length ? { keys, columns, where } : { keys, where };
  }

  #merge(merge: MergeStmt): Query {
    const clauses = all<MergeWhenClause>(merge.mergeWhenClauses, "MergeWhenClause");
    return this.#with(merge.withClause, {
      type: "merge",
      into: this.#table(merge.relation),
      from: this.#from(merge.sourceRelation && [merge.sourceRelation]),
      expression: this.#expression([merge.joinCondition, clauses.map(({ condition, values }) => [condition, values])]),
      sets: clauses.flatMap((clause) =>
        clause.commandType === "CMD_UPDATE" ? this.#assignments(clause.targetList) : [],
      ),
      inserts: clauses.flatMap((clause) => (clause.commandType === "CMD_INSERT" ? this.#mergedInsert(clause) : [])),
      ...this.#returning(merge.returningClause),
    });
  }

  #mergedInsert({ targetList, values }: MergeWhenClause): Insert {
    return {
      ...(targetList && { columns: this.#writtenColumns(targetList, values === undefined ? [] : [values]) }),
      rows: values === undefined ? "default" : { type: "values", expression: [] },
    };
  }

  #copy(copy: CopyStmt): Query | undefined {
    const { relation, query, attlist, is_from: isFrom } = copy;
    if (query !== undefined) return this.query(query);
    const table = this.#table(relation);
    const starts = attlist === undefined ? [] : this.#lists.parts(table.start);
    const columns = strings(attlist).map((name, index) => ({ name, start: starts[index] ?? 0, qualifiers: 0 }));
    return { type: "copy", table, columns, direction: isFrom === true ? "from" : "to" };
  }

  #assignments(targets: readonly Node[] | undefined): readonly Assignment[] {
    return all<ResTarget>(targets, "ResTarget").map(({ name = "", val, location }) => {
      const several = as<MultiAssignRef>(val, "MultiAssignRef");
      const { source, colno = 1 } = several ?? {};
      const row = as<{ args?: Node[] }>(source, "RowExpr")?.args;
      const value = several === undefined ? val : row?.[colno - 1];
      return {
        name,
        ...this.#place(location),
        values: this.#constants(value),
        // What gives several columns is there for each of them.
        expression: this.#expression(
          several === undefined || row !== undefined ? value : colno === 1 ? source : undefined,
        ),
      };
    });
  }

  #returning(clause: ReturningClause | undefined): { returning: readonly Output[]; versions?: readonly string[] } {
    const options = all<{ value?: string }>(clause?.options, "ReturningOption").flatMap(({ value }) => value ?? []);
    return { returning: this.#outputs(clause?.exprs), ...(options.length > 0 && { versions: options }) };
  }

  #outputs(targets: readonly Node[] | undefined): readonly Output[] {
    return all<ResTarget>(targets, "ResTarget").map(({ name: given, val }) => {
      const { fields = [] } = rowPart(val) ?? as<ColumnRef>(val, "ColumnRef") ?? {};
      if (fields.some((field) => "A_Star" in field)) {
        const of = qualifierOf(strings(fields));
        return { expression: [], star: of === undefined ? {} : { of } };
      }
      const name = given ?? columnLabel(val);
      return { expression: this.#expression(val), ...(name !== undefined && { name }) };
    });
  }

  #table(relation: RangeVar | undefined): TableName {
    const { relname = "", schemaname, catalogname, alias, location } = relation ?? {};
    return {
      name: relname,
      ...(schemaname !== undefined && { schema: schemaname }),
      ...(alias?.aliasname !== undefined && { alias: alias.aliasname }),
      start: this.#start(location),
      qualifiers: catalogname !== undefined ? 2 : schemaname !== undefined ? 1 : 0,
    };
  }

  #from(items: readonly Node[] | undefined): readonly From[] {
    return (items ?? []).flatMap((item) => this.#fromItem(item));
  }

  #fromItem(item: Node): readonly From[] {
    const [type, node] = unwrap(item);
    switch (type) {
      case "RangeVar":
        return [{ type: "table", table: this.#table(node as RangeVar) }];
      case "RangeSubselect": {
        const { subquery, lateral, alias } = node as RangeSubselect;
        const query = subquery && this.query(subquery);
        if (query === undefined) return [];
        return [{ type: "query", query, lateral: lateral === true, ...aliasOf(alias) }];
      }
      case "RangeTableSample": {
        const { relation, args, repeatable } = node as RangeTableSample;
        const on = this.#expression([args, repeatable]);
        return [...this.#from(relation && [relation]), { type: "condition", on, using: [] }];
      }
      case "JoinExpr":
        return this.#join(node as JoinExpr);
      default: {
        // A function, XMLTABLE or JSON_TABLE.
        const { alias, columns, coldeflist, functions } = node as RangeFunction & { columns?: Node[] };
        const given = aliasOf(alias);
        const [first] = all<{ items?: Node[] }>(functions, "List").flatMap(({ items }) => items ?? []);
        const name = given.alias ?? (first && columnLabel(first));
        const defined = [...(columns ?? []), ...(coldeflist ?? [])].flatMap((column) => {
          const { colname, name } = unwrap(column)[1] as { colname?: string; name?: string };
          return colname ?? name ?? [];
        });
        return [
          {
            type: "function",
            expression: this.#expression(node),
            ...(name !== undefined && { alias: name }),
            columns: [...given.columns, ...defined],
          },
        ];
      }
    }
  }

  #join({ larg, rarg, quals, usingClause, join_using_alias: usingAlias, alias }: JoinExpr): readonly From[] {
    const names = strings(usingClause);
    const parts: From[] = [...this.#from(larg && [larg]), ...this.#from(rarg && [rarg])];
    if (quals !== undefined || names.length > 0) {
      const using = names.length === 0 ? [] : this.#lists.using(names, this.#start(firstLocation(rarg)));
      const usingName = usingAlias?.aliasname;
      const named = usingName === undefined ? {} : { alias: usingName };
      parts.push({ type: "condition", on: this.#expression(quals), using, ...named });
    }
    return alias?.aliasname === undefined ? parts : [{ type: "join", parts, alias: alias.aliasname }];
  }

  /** The columns and subqueries in a part of the tree. */
  #expression(node: unknown): Expression {
    const found: (ColumnUse | Subquery)[] = [];
    this.#collect(node, found);
    return found;
  }

  #collect(node: unknown, found: (ColumnUse | Subquery)[], values?: Constants): void {
    if (typeof node !== "object" || node === null) return;
    if (Array.isArray(node)) {
      for (const element of node) this.#collect(element, found);
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      if (typeof child !== "object" || child === null) continue;
      switch (key) {
        case "ColumnRef":
          found.push(...this.#column(child as ColumnRef, values));
          break;
        case "A_Indirection": {
          const part = rowPart({ A_Indirection: child as A_Indirection });
          if (part !== undefined) found.push(...this.#column(part));
          this.#collect(child, found);
          break;
        }
        case "SubLink": {
          const { subLinkType, testexpr, subselect } = child as SubLink;
          this.#collect(testexpr, found);
          const query = subselect && this.query(subselect);
          if (query !== undefined) found.push({ query, unseen: subLinkType === "EXISTS_SUBLINK" });
          break;
        }
        case "A_Expr":
          this.#compared(child as A_Expr, found);
          break;
        case "CaseExpr": {
          const { arg, args, defresult } = child as CaseExpr;
          const whens = all<{ expr?: Node; result?: Node }>(args, "CaseWhen");
          const cases = whens.map(({ expr }) => expr);
          this.#operand(arg, found, cases);
          this.#collect([arg === undefined ? cases : [], whens.map(({ result }) => result), defresult], found);
          if (arg !== undefined) this.#collect(cases, found);
          break;
        }
        case "SelectStmt":
          found.push({ query: this.#select(child as SelectStmt), unseen: false });
          break;
        // Names of types and functions.
        case "typeName":
        case "funcname":
          break;
        default:
          this.#collect(child, found);
      }
    }
  }

  #compared({ kind, name, lexpr, rexpr }: A_Expr, found: (ColumnUse | Subquery)[]): void {
    const [operator] = strings(name);
    const isComparison =
      (kind === "AEXPR_OP" && (operator === "=" || operator === "<>")) ||
      kind === "AEXPR_IN" ||
      (kind === "AEXPR_OP_ANY" && operator === "=");
    if (!isComparison) return this.#collect([lexpr, rexpr], found);
    const isLeft = columnIn(lexpr) !== undefined;
    this.#operand(lexpr, found, isLeft ? [rexpr] : []);
    this.#operand(rexpr, found, isLeft ? [] : [lexpr]);
  }

  /** One side of a comparison, with what is on the other where it is a column. */
  #operand(node: Node | undefined, found: (ColumnUse | Subquery)[], others: readonly (Node | undefined)[]): void {
    const column = columnIn(node);
    if (column === undefined) return this.#collect(node, found);
    const values = others.flatMap((other) => this.#constants(other));
    found.push(...this.#column(column, values));
    // What stands in the brackets may itself be a column, of a composite type.
    if (rowPart(node) !== undefined) this.#collect(as<A_Indirection>(node, "A_Indirection")?.arg, found);
  }

  #column({ fields = [], location }: ColumnRef, values: Constants = []): readonly ColumnUse[] {
    const parts = strings(fields);
    const name = parts.at(-1);
    if (name === undefined || parts.length < fields.length) return [];
    const qualifier = qualifierOf(parts.slice(0, -1));
    return [
      {
        name,
        ...(qualifier !== undefined && { qualifier }),
        start: this.#start(location),
        qualifiers: parts.length - 1,
        ...(values.length > 0 && { values }),
      },
    ];
  }

  #constants(node: Node | undefined): Constants {
    return constantsIn(node, (byte) => this.isPlaceholder(this.#start(byte)));
  }

  /** A field that is 0 is left out of the tree. */
  #start(byte: number | undefined): number {
    return byte === undefined || byte < 0 ? 0 : this.#fromByte(byte);
  }

  #place(byte: number | undefined): { readonly start: number; readonly qualifiers: number } {
    return { start: this.#start(byte), qualifiers: 0 };
  }
}

function rowsOf(rows: Node | undefined): readonly (readonly Node[])[] {
  const lists = as<SelectStmt>(rows, "SelectStmt")?.valuesLists;
  return all<{ items?: Node[] }>(lists, "List").map(({ items }) => items ?? []);
}

function aliasOf(alias: Alias | undefined): { readonly alias?: string; readonly columns: readonly string[] } {
  const columns = strings(alias?.colnames);
  return alias?.aliasname === undefined ? { columns } : { alias: alias.aliasname, columns };
}

function qualifierOf(parts: readonly string[]): QualifiedName | undefined {
  const name = parts.at(-1);
  const schema = parts.at(-2);
  if (name === undefined) return undefined;
  return schema === undefined ? { name } : { schema, name };
}

/** `(o).legacy_ref` and `(o).*` as the column or columns that they are where `o` is a row: `o.legacy_ref`, `o.*`. */
function rowPart(node: Node | undefined): ColumnRef | undefined {
  const { arg, indirection: [part] = [] } = as<A_Indirection>(node, "A_Indirection") ?? {};
  const row = as<ColumnRef>(arg, "ColumnRef");
  if (row?.fields?.length !== 1 || part === undefined || !("String" in part || "A_Star" in part)) return undefined;
  return { ...row, fields: [...row.fields, part] };
}

/** A column, cast or not. */
function columnIn(node: Node | undefined): ColumnRef | undefined {
  const cast = as<{ arg?: Node }>(node, "TypeCast");
  if (cast !== undefined) return columnIn(cast.arg);
  const column = as<ColumnRef>(node, "ColumnRef") ?? rowPart(node);
  return column?.fields?.every((field) => "String" in field) === true ? column : undefined;
}

/** Of the first thing in a part of the tree that has one. */
function firstLocation(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  for (const [key, value] of Object.entries(node)) {
    if (key === "location" && typeof value === "number" && value >= 0) return value;
    const inside = firstLocation(value);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
