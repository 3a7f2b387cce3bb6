/**
 * Where a statement writes a string as a value of an enum: `status = 'paid'`, `DEFAULT 'paid'`, `'paid'::status`.
 * PostgreSQL reads such a string as soon as it analyses the statement, whether or not the statement comes to run.
 */
import type { Node } from "libpg-query";
import type { Catalog } from "../model/catalog.js";
import type { QualifiedName, TypeName } from "../model/name.js";
import type { Range } from "../model/position.js";
import { partsOfDoBlock } from "./do-block.js";
import { parseTree } from "./libpg-query.js";
import { all, as, nameOf, relationName, unwrap } from "./operations/names.js";

interface EnumValue {
  readonly enum: Required<QualifiedName>;
  readonly value: string;
}

/**
 * Whether a statement uses the value; false where the statement cannot be read.
 * @param text The file's text, and where the statement stands in it.
 * @param behind Of a DO block, only what stands behind this offset.
 */
export function usesEnumValue(
  { text, range, behind = 0 }: { readonly text: string; readonly range: Range; readonly behind?: number },
  value: EnumValue,
  catalog: Catalog,
): boolean {
  const sql = text.slice(...range);
  if (!sql.includes(value.value.replaceAll("'", "''"))) return false;
  if (/^\s*DO\b/iu.test(sql)) {
    const parts = partsOfDoBlock(text, range) ?? [];
    return parts.some((part) => "sql" in part && part.range[0] >= behind && isUsedIn(part.sql, value, catalog));
  }
  return isUsedIn(sql, value, catalog);
}

function isUsedIn(sql: string, value: EnumValue, catalog: Catalog): boolean {
  const parsed = parseTree(sql);
  return parsed.ok && parsed.statements.some(({ stmt }) => stmt !== undefined && new Search(value, catalog).find(stmt));
}

type Fields = Readonly<Record<string, unknown>>;

/** Operators that compare their sides, which have one type then. */
const COMPARES = new Set(["=", "<>", "!=", "<", ">", "<=", ">="]);

class Search {
  readonly #value: EnumValue;
  readonly #catalog: Catalog;
  /** Names of columns of the enum, of any table that the statement names. */
  #columns: ReadonlySet<string> = new Set();

  constructor(value: EnumValue, catalog: Catalog) {
    this.#value = value;
    this.#catalog = catalog;
  }

  /** Not recursive: machine-written SQL nests deeper than JavaScript's stack. */
  find(statement: Node): boolean {
    this.#columns = this.#columnsIn(statement);
    const pending: (readonly [node: unknown, expected: boolean])[] = [[statement, false]];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const [node, expected] = next;
      if (typeof node !== "object" || node === null) continue;
      if (Array.isArray(node)) {
        for (const element of node) pending.push([element, expected]);
        continue;
      }
      for (const [type, value] of Object.entries(node)) {
        if (type === "A_Const") {
          if (expected && this.#isValue(value as Fields)) return true;
          continue;
        }
        const rule = typeof value === "object" && value !== null ? this.#rules[type] : undefined;
        // What no rule knows expects nothing of what is in it.
        if (rule) pending.push(...rule(value as Fields, expected));
        else pending.push([value, PASSES.has(type) && expected]);
      }
    }
    return false;
  }

  /** What a node expects of the nodes in it: those that are values of the enum if they are strings. */
  readonly #rules: Readonly<
    Record<string, (node: Fields, expected: boolean) => (readonly [node: unknown, expected: boolean])[]>
  > = {
    TypeCast: ({ arg, typeName }) => [[arg, this.#isEnum(typeName as Fields)]],
    A_Expr: ({ kind, name, lexpr, rexpr }) => {
      const operator = nameOf(name as Node[]).name;
      // IN, BETWEEN and IS DISTINCT FROM compare under names of their own.
      const compares = COMPARES.has(operator) || (kind !== "AEXPR_OP" && kind !== "AEXPR_LIKE");
      const expected = compares && (this.#hasType(lexpr) || this.#hasType(rexpr));
      return [
        [lexpr, expected],
        [rexpr, expected],
      ];
    },
    CaseExpr: ({ arg, args, defresult }, expected) => {
      const results = [...nodesOf(args, "CaseWhen").map(({ result }) => result), defresult];
      const typed = expected || results.some((result) => this.#hasType(result));
      const compared = arg !== undefined && this.#hasType(arg);
      return [
        [arg, false],
        ...nodesOf(args, "CaseWhen").map(({ expr }): [unknown, boolean] => [expr, compared]),
        ...results.map((result): [unknown, boolean] => [result, typed]),
      ];
    },
    CoalesceExpr: ({ args }, expected) => [[args, expected || (args as Node[]).some((arg) => this.#hasType(arg))]],
    MinMaxExpr: ({ args }, expected) => [[args, expected || (args as Node[]).some((arg) => this.#hasType(arg))]],
    ColumnDef: ({ typeName, constraints, raw_default }) => {
      const isEnum = this.#isEnum(typeName as Fields);
      return [
        [raw_default, isEnum],
        ...nodesOf(constraints, "Constraint").map(({ contype, raw_expr }): [unknown, boolean] => [
          raw_expr,
          isEnum && contype === "CONSTR_DEFAULT",
        ]),
      ];
    },
    AlterTableCmd: ({ subtype, name, def }) => [
      [def, subtype === "AT_ColumnDefault" && this.#columns.has(name as string)],
    ],
    UpdateStmt: (node) => this.#assignments(node, node.relation as Fields),
    InsertStmt: (node) => [
      ...this.#inserted(node.selectStmt, this.#targets(node.relation as Fields, node.cols)),
      ...this.#assignments((node.onConflictClause ?? {}) as Fields, node.relation as Fields),
      [node.returningList, false],
      [node.withClause, false],
    ],
    MergeStmt: (node) => [
      ...nodesOf(node.mergeWhenClauses, "MergeWhenClause").flatMap((clause) => [
        ...this.#assignments(clause, node.relation as Fields),
        ...this.#inPlaces(clause.values, this.#targets(node.relation as Fields, clause.targetList)),
      ]),
      [node.joinCondition, false],
      [node.sourceRelation, false],
      [node.withClause, false],
    ],
  };

  /** Columns of the enum, of the tables that a statement names and of the one that it makes. */
  #columnsIn(statement: Node): ReadonlySet<string> {
    const columns = new Set<string>();
    const pending: unknown[] = [statement];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (typeof node !== "object" || node === null) continue;
      const { relname, schemaname, colname, typeName } = node as Fields;
      if (typeof relname === "string") {
        const relation = { name: relname, ...(typeof schemaname === "string" && { schema: schemaname }) };
        for (const column of this.#columnsOf(relation)) columns.add(column);
      } else if (typeof colname === "string" && this.#isEnum(typeName as Fields | undefined)) columns.add(colname);
      for (const value of Object.values(node as Fields)) if (typeof value === "object") pending.push(value);
    }
    return columns;
  }

  /** `SET column = value`; what else is in the node expects nothing. */
  #assignments({ targetList, ...rest }: Fields, relation: Fields): [unknown, boolean][] {
    const columns = new Set(this.#columnsOf(relationName(relation)));
    return [
      ...nodesOf(targetList, "ResTarget").map(({ name, val }): [unknown, boolean] => [
        val,
        columns.has(name as string),
      ]),
      [Object.entries(rest).flatMap(([key, value]) => (key === "values" ? [] : [value])), false],
    ];
  }

  /** Which of the columns of an INSERT have the enum, by place. */
  #targets(relation: Fields, columns: unknown): readonly boolean[] {
    const ofEnum = new Set(this.#columnsOf(relationName(relation)));
    const named = nodesOf(columns, "ResTarget").map(({ name }) => name as string);
    const all = this.#catalog.table(relationName(relation))?.columns.keys() ?? [];
    return (named.length > 0 ? named : [...all]).map((name) => ofEnum.has(name));
  }

  #inserted(query: unknown, targets: readonly boolean[]): (readonly [unknown, boolean])[] {
    const select = as<Fields>(query as Node, "SelectStmt") ?? (query as Fields | undefined);
    if (!select) return [];
    const { valuesLists, targetList, larg, rarg, ...rest } = select;
    return [
      ...nodesOf(valuesLists, "List").flatMap(({ items }) => this.#inPlaces(items, targets)),
      ...this.#inPlaces(
        nodesOf(targetList, "ResTarget").map(({ val }) => val),
        targets,
      ),
      ...(larg === undefined ? [] : this.#inserted(larg, targets)),
      ...(rarg === undefined ? [] : this.#inserted(rarg, targets)),
      [Object.values(rest), false],
    ];
  }

  #inPlaces(values: unknown, targets: readonly boolean[]): [unknown, boolean][] {
    return ((values ?? []) as unknown[]).map((value, place) => [value, targets[place] === true]);
  }

  #isValue({ sval }: Fields): boolean {
    const text = (sval as { sval?: string } | undefined)?.sval;
    if (text === undefined) return false;
    // An array as one string.
    const elements = /^\{(.*)\}$/su
      .exec(text)?.[1]
      ?.split(",")
      .map((element) => element.trim().replaceAll('"', ""));
    return text === this.#value.value || elements?.includes(this.#value.value) === true;
  }

  /** Whether an expression is known to be of the enum: a column of it, or a cast to it. */
  #hasType(node: unknown): boolean {
    if (typeof node !== "object" || node === null || Array.isArray(node)) return false;
    const [type, value] = unwrap(node as Node) as [string, Fields];
    if (type === "TypeCast") return this.#isEnum(value.typeName as Fields);
    return type === "ColumnRef" && this.#columns.has(nameOf(value.fields as Node[]).name);
  }

  #isEnum(type: Fields | undefined): boolean {
    return this.#isSame(nameOf(type?.names as Node[] | undefined));
  }

  #isSame({ schema, name }: QualifiedName | TypeName): boolean {
    const { enum: wanted } = this.#value;
    return name === wanted.name && (schema === undefined || schema === wanted.schema);
  }

  #columnsOf(relation: QualifiedName): readonly string[] {
    const columns = [...(this.#catalog.table(relation)?.columns.values() ?? [])];
    return columns.flatMap(({ name, type }) => (type && this.#isSame(type) ? name : []));
  }
}

/** Nodes that pass on to the nodes in them what is expected of them. */
const PASSES = new Set(["A_ArrayExpr", "elements", "List", "items", "CollateClause", "arg"]);

function nodesOf(nodes: unknown, type: string): Fields[] {
  return all<Fields>((nodes ?? []) as Node[], type);
}
