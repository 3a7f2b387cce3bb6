/** References in SQL: each column is bound to its table through aliases, joins, common table expressions and subqueries. */
import { createRequire } from "node:module";
import type * as ast from "pgsql-ast-parser";
import type { QualifiedName } from "../model/name.js";
import type { ConflictTarget, ReferenceGrade, ReferenceKind } from "../model/reference.js";
import { splitStatements, tokensOf } from "../postgres/lexer.js";
import { checkSyntax } from "../postgres/libpg-query.js";
import type { Found, Sought } from "./sought.js";
import { isCertainlyTable } from "./sought.js";
import { comparisonIn, constantsOf } from "./sql-constants.js";
import { readTokens } from "./sql-tokens.js";

const require = createRequire(import.meta.url);

/** pgsql-ast-parser takes time and memory that grow faster than the text. */
const MAX_PARSED_LENGTH = 20_000;
const MAX_PARSED_TOKENS = 2_500;

const STARTER =
  /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*(select|insert|update|delete|with|merge|copy|truncate|explain|declare|prepare|values|create|alter|drop|comment|grant|revoke|do|refresh|perform|call)\b/i;

/** Statements that make the schema rather than use it. */
const SCHEMA_STATEMENT = /^(alter|drop|comment|grant|revoke)$/i;

/** Whether a string begins as a SQL statement does. Prose may too: it binds to no table. */
export function looksLikeSql(text: string): boolean {
  return STARTER.test(text);
}

/** SQL inside other code. Everything that is no SQL is replaced so that offsets stay. */
export interface EmbeddedSql {
  readonly text: string;
  /** Names that stand for expressions of the host language, with the table where the expression is known to be one. */
  readonly holes?: ReadonlyMap<string, QualifiedName | undefined>;
  /** Whether the driver keeps the statement prepared under a name. */
  readonly prepared?: boolean;
}

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
  const plain = withoutPlaceholders(sql.text);
  // `?` may also be an operator of jsonb.
  for (const text of new Set([plain, sql.text])) {
    const statements = parse(text);
    if (statements === undefined) continue;
    const binder = new Binder(text, sql, sought);
    for (const statement of statements) binder.statement(statement);
    return binder.found;
  }
  return readTokens(sql.text, sought, sql.holes === undefined && checkSyntax(plain).ok);
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

function parse(text: string): readonly ast.Statement[] | undefined {
  if (text.length > MAX_PARSED_LENGTH) return undefined;
  if (tokensOf(text, [0, text.length]).length > MAX_PARSED_TOKENS) return undefined;
  const { parse } = require("pgsql-ast-parser") as typeof ast;
  try {
    return parse(text, { locationTracking: true });
  } catch {
    return undefined;
  }
}

/** The columns of a subquery or common table expression. */
interface Outputs {
  readonly names: ReadonlySet<string>;
  /** Relations of which it has all columns. */
  readonly stars: readonly Relation[];
}

interface Relation {
  /** The name by which columns are qualified; absent where it is not known. */
  readonly alias?: string;
  readonly table?: QualifiedName;
  /** Where the statement names the table. */
  readonly name?: ast.QNameAliased;
  readonly outputs?: Outputs;
}

class Scope {
  readonly relations: Relation[] = [];
  readonly queries = new Map<string, Outputs>();
  /** Names that the select list gives, which ORDER BY prefers to columns. */
  readonly given = new Set<string>();

  constructor(readonly outer?: Scope) {}

  query(name: string): Outputs | undefined {
    return this.queries.get(name) ?? this.outer?.query(name);
  }
}

const NO_OUTPUTS: Outputs = { names: new Set(), stars: [] };

/** What is known of a use beyond its place. */
type Details = Pick<Found, "values" | "conflict" | "fixedShape">;

/** Parts of an expression that are no expressions. */
const NOT_EXPRESSIONS = new Set(["_location", "function", "to", "dataType", "alias", "type", "op"]);

class Binder {
  readonly found: Found[] = [];
  readonly holes: ReadonlyMap<string, QualifiedName | undefined>;
  /** Why the rows of the statement that is read must keep their columns; `none` where nobody sees them. */
  #fixedShape: Details["fixedShape"] | "none";

  constructor(
    /** With placeholders replaced. */
    readonly text: string,
    readonly sql: EmbeddedSql,
    readonly sought: Sought,
  ) {
    this.holes = sql.holes ?? new Map();
    if (sql.prepared === true) this.#fixedShape = "prepared";
  }

  statement(statement: ast.Statement, outer?: Scope): Outputs {
    switch (statement.type) {
      case "select":
        return this.#select(statement, outer);
      case "union":
      case "union all": {
        const outputs = this.statement(statement.left, outer);
        this.statement(statement.right, outer);
        return outputs;
      }
      case "values":
        this.#expression(statement.values, new Scope(outer));
        return NO_OUTPUTS;
      case "with": {
        const scope = new Scope(outer);
        for (const { alias, statement: query } of statement.bind) {
          scope.queries.set(alias.name, this.statement(query, scope));
        }
        return this.statement(statement.in, scope);
      }
      case "with recursive": {
        const scope = new Scope(outer);
        const names = new Set(statement.columnNames?.map(({ name }) => name));
        // While its own query is read, it has the columns that it names, or those of its first part.
        scope.queries.set(statement.alias.name, { names, stars: [] });
        const outputs = this.statement(statement.bind, scope);
        scope.queries.set(statement.alias.name, names.size > 0 ? { names, stars: [] } : outputs);
        return this.statement(statement.in, scope);
      }
      case "insert":
        return this.#insert(statement, outer);
      case "update":
        return this.#update(statement, outer);
      case "delete": {
        const scope = new Scope(outer);
        this.#table(statement.from, scope);
        this.#expression(statement.where, scope);
        return this.#outputs(statement.returning, scope);
      }
      case "create view":
      case "create materialized view":
        return this.statement(statement.query, outer);
      case "prepare":
        this.#fixedShape = "prepared";
        return this.statement(statement.statement, outer);
      case "truncate table":
        for (const table of statement.tables) this.#table(table, new Scope(outer));
        return NO_OUTPUTS;
      case "refresh materialized view":
        this.#table(statement.name, new Scope(outer));
        return NO_OUTPUTS;
      default:
        return NO_OUTPUTS;
    }
  }

  #select(select: ast.SelectFromStatement, outer: Scope | undefined): Outputs {
    const scope = new Scope(outer);
    for (const from of select.from ?? []) this.#from(from, scope, outer);
    for (const { expr, alias } of select.columns ?? []) {
      if (alias !== undefined) scope.given.add(alias.name);
      else if (expr.type === "ref" && expr.name !== "*") scope.given.add(expr.name);
    }
    const outputs = this.#outputs(select.columns, scope);
    this.#expression([select.where, select.groupBy, select.having, select.limit], scope);
    if (Array.isArray(select.distinct)) this.#expression(select.distinct, scope);
    for (const { by } of select.orderBy ?? []) {
      const isOutput = by.type === "ref" && by.table === undefined && scope.given.has(by.name);
      if (!isOutput) this.#expression(by, scope);
    }
    return outputs;
  }

  #from(from: ast.From, scope: Scope, outer: Scope | undefined): void {
    if (from.type === "table") {
      this.#table(from.name, scope);
    } else if (from.type === "statement") {
      const outputs = this.statement(from.statement, from.lateral ? scope : outer);
      const names = from.columnNames?.map(({ name }) => name);
      scope.relations.push({
        alias: from.alias,
        outputs: names === undefined || names.length === 0 ? outputs : { names: new Set(names), stars: [] },
      });
    } else {
      this.#expression(from.args, scope);
      const alias = from.alias?.name ?? from.function.name;
      scope.relations.push({ alias, outputs: { names: new Set([alias]), stars: [] } });
    }
    this.#expression(from.join?.on, scope);
    for (const { name } of from.join?.using ?? []) {
      this.#bind(name, undefined, scope, "read", this.#usingLocation(name, from.join?._location));
    }
  }

  #insert(insert: ast.InsertStatement, outer: Scope | undefined): Outputs {
    const scope = new Scope(outer);
    const into = this.#table(insert.into, scope);
    // Where a text ends before VALUES, as one that is put together at run time may, the parser gives null.
    const rows = insert.insert as ast.InsertStatement["insert"] | null;
    const values = rows?.type === "values" ? rows.values : [];
    for (const [index, { name, _location }] of (insert.columns ?? []).entries()) {
      const given = values.flatMap((row) => (row[index] === undefined ? [] : this.#constants([row[index]])));
      this.#use(into, name, "certain", "write", _location, valuesOf(given));
    }
    // Without rows the list of columns may be what comes next.
    if (rows !== null || insert.columns) this.#insertWithout(insert, into);
    if (rows !== null) this.#withShape("inserted", () => this.statement(rows, outer));
    const { onConflict } = insert;
    if (onConflict?.on != null) this.#conflict(onConflict.on, insert, into, scope);
    if (onConflict != null && onConflict.do !== "do nothing") {
      const conflict = new Scope(scope);
      conflict.relations.push(into, { ...into, alias: "excluded" });
      this.#sets(onConflict.do.sets, into, conflict);
      this.#expression(onConflict.where, conflict);
    }
    return this.#outputs(insert.returning, scope);
  }

  /** What an INSERT does with the columns that it does not list. */
  #insertWithout({ into: name, columns }: ast.InsertStatement, { table }: Relation): void {
    if (table === undefined) return;
    const listed = new Set(columns?.map((column) => column.name));
    for (const target of this.sought.columnsOf(table)) {
      if (listed.has(target.column as string)) continue;
      this.#unnamed(target, table, name, listed.size === 0 ? "positional write" : "insert that omits it");
    }
  }

  /** A use of a column that does not name it stands where its table does. */
  #unnamed(
    target: Found["target"],
    table: QualifiedName,
    name: ast.QNameAliased,
    kind: ReferenceKind,
    details: Details = {},
  ): void {
    const grade = isCertainlyTable(target.table, table) ? "certain" : "likely";
    this.found.push({ target, grade, kind, offset: this.#tableOffset(name), ...details });
  }

  #conflict(
    on: NonNullable<NonNullable<ast.InsertStatement["onConflict"]>["on"]>,
    { into: name }: ast.InsertStatement,
    { table }: Relation,
    scope: Scope,
  ): void {
    if (on.type === "on expr") {
      const columns = on.exprs.flatMap((expression) => (expression.type === "ref" ? [expression.name] : []));
      const isPlain = columns.length === on.exprs.length;
      this.#expression(on.exprs, scope, "conflict target", isPlain ? { conflict: { columns } } : {});
      return;
    }
    if (table === undefined) return;
    const conflict: ConflictTarget = { constraint: on.constraint.name };
    for (const target of this.sought.columnsOf(table)) {
      this.#unnamed(target, table, name, "conflict target", { conflict });
    }
  }

  #withShape<Result>(shape: Details["fixedShape"] | "none", read: () => Result): Result {
    const outer = this.#fixedShape;
    this.#fixedShape = shape;
    const result = read();
    this.#fixedShape = outer;
    return result;
  }

  #constants(nodes: readonly ast.Expr[]): readonly (string | null)[] {
    return nodes.flatMap((node) => constantsOf(node, (offset) => this.sql.text[offset] === "?"));
  }

  #update(update: ast.UpdateStatement, outer: Scope | undefined): Outputs {
    const scope = new Scope(outer);
    const table = this.#table(update.table, scope);
    if (update.from != null) this.#from(update.from, scope, outer);
    this.#sets(update.sets, table, scope);
    this.#expression(update.where, scope);
    return this.#outputs(update.returning, scope);
  }

  #sets(sets: readonly ast.SetStatement[], table: Relation, scope: Scope): void {
    for (const { column, value } of sets) {
      this.#use(table, column.name, "certain", "write", column._location, valuesOf(this.#constants([value])));
      this.#expression(value, scope);
    }
  }

  #outputs(columns: readonly ast.SelectedColumn[] | null | undefined, scope: Scope): Outputs {
    const names = new Set<string>();
    const stars: Relation[] = [];
    for (const { expr, alias } of columns ?? []) {
      this.#expression(expr, scope);
      if (alias !== undefined) names.add(alias.name);
      else if (expr.type === "ref" && expr.name === "*") {
        const relations = expr.table === undefined ? scope.relations : this.#named(expr.table, scope);
        stars.push(...relations);
        this.#star(relations);
      } else if (expr.type === "ref") names.add(expr.name);
      else if (expr.type === "call") names.add(expr.function.name);
    }
    return { names, stars };
  }

  #star(relations: readonly Relation[]): void {
    if (this.#fixedShape === "none") return;
    for (const { table, name } of relations) {
      if (table === undefined || name === undefined) continue;
      for (const target of this.sought.columnsOf(table)) {
        const details = this.#fixedShape === undefined ? {} : { fixedShape: this.#fixedShape };
        this.#unnamed(target, table, name, "star read", details);
      }
    }
  }

  #table(name: ast.QNameAliased, scope: Scope): Relation {
    const query = name.schema === undefined ? scope.query(name.name) : undefined;
    const alias = name.alias === undefined || this.holes.has(name.alias) ? name.name : name.alias;
    const isHole = this.holes.has(name.name);
    const table = isHole ? this.holes.get(name.name) : { name: name.name, ...(name.schema && { schema: name.schema }) };
    const relation: Relation =
      query !== undefined ? { alias, outputs: query } : { alias, name, ...(table !== undefined && { table }) };
    scope.relations.push(relation);
    if (relation.table !== undefined) {
      for (const target of this.sought.inDatabase(relation.table)) {
        const grade = isCertainlyTable(target.table, relation.table) ? "certain" : "likely";
        this.found.push({ target, grade, kind: "table", offset: this.#tableOffset(name) });
      }
    }
    return relation;
  }

  #tableOffset({ name, schema, _location }: ast.QNameAliased): number {
    const start = _location?.start ?? 0;
    const at = schema === undefined ? start : this.text.indexOf(".", start) + 1;
    return this.text.startsWith('"', at) ? at + 1 : Math.max(at, this.text.indexOf(name, at));
  }

  #expression(
    node: unknown,
    scope: Scope,
    kind: ReferenceKind = "read",
    details: Details = {},
    /** A part that has been read. */
    known?: ast.Expr,
  ): void {
    if (Array.isArray(node)) {
      for (const child of node) this.#expression(child, scope, kind, details);
      return;
    }
    if (typeof node !== "object" || node === null || node === known) return;
    const { type } = node as { type?: string };
    if (type === "ref") {
      const { name, table, _location } = node as ast.ExprRef;
      if (name !== "*") this.#bind(name, table, scope, kind, _location, details);
      return;
    }
    const comparison = comparisonIn(node as ast.Expr);
    if (comparison !== undefined) {
      this.#expression(comparison.column, scope, kind, valuesOf(this.#constants(comparison.values)));
      for (const [key, child] of Object.entries(node)) {
        if (!NOT_EXPRESSIONS.has(key)) this.#expression(child, scope, kind, {}, comparison.column);
      }
      return;
    }
    if (type === "select" || type === "union" || type === "union all" || type === "with" || type === "with recursive") {
      this.#withShape(this.#fixedShape === "none" ? "none" : undefined, () =>
        this.statement(node as ast.Statement, scope),
      );
      return;
    }
    if (type === "call" && (node as ast.ExprCall).function.name === "exists") {
      this.#withShape("none", () => this.#expression((node as ast.ExprCall).args, scope));
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      if (typeof child === "object" && !NOT_EXPRESSIONS.has(key)) this.#expression(child, scope, kind, details, known);
    }
  }

  #named(qualifier: ast.QName, scope: Scope): readonly Relation[] {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const relation = at.relations.find(
        ({ alias, table }) =>
          (qualifier.schema === undefined && alias === qualifier.name) ||
          (qualifier.schema !== undefined && table?.name === qualifier.name && table.schema === qualifier.schema),
      );
      if (relation !== undefined) return [relation];
    }
    return [];
  }

  #bind(
    column: string,
    qualifier: ast.QName | undefined,
    scope: Scope,
    kind: ReferenceKind,
    location: ast.NodeLocation | undefined,
    details: Details = {},
  ): void {
    if (qualifier !== undefined) {
      for (const relation of this.#named(qualifier, scope)) {
        this.#use(relation, column, "certain", kind, location, details);
      }
      return;
    }
    let inner = false;
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const owners = at.relations.filter((relation) => mayHave(relation, column));
      if (owners.some(({ outputs }) => outputs?.names.has(column))) return;
      const before = this.found.length;
      // Two relations in scope: one of them has the column, or the query would be ambiguous.
      const grade = inner
        ? "possible"
        : new Set(owners.map(({ table }) => table?.name)).size === 1
          ? "certain"
          : "likely";
      for (const relation of owners) {
        this.#use(relation, column, grade, kind, location, details);
        if (this.found.length > before) return;
      }
      inner ||= owners.length > 0;
    }
  }

  #use(
    relation: Relation,
    column: string,
    grade: ReferenceGrade,
    kind: ReferenceKind,
    location: ast.NodeLocation | undefined,
    details: Details = {},
  ): void {
    const { table, outputs } = relation;
    if (outputs !== undefined && !outputs.names.has(column)) {
      for (const star of outputs.stars) {
        this.#use(star, column, outputs.stars.length === 1 ? grade : "likely", kind, location, details);
      }
    }
    if (table === undefined) return;
    for (const target of this.sought.inDatabase(table, column)) {
      const sure = grade === "certain" && isCertainlyTable(target.table, table);
      this.found.push({
        target,
        grade: grade === "certain" && !sure ? "likely" : grade,
        kind,
        offset: this.#columnOffset(location),
        ...details,
      });
    }
  }

  /** The parser does not say where the names of a USING clause are. */
  #usingLocation(name: string, clause: ast.NodeLocation | undefined): ast.NodeLocation | undefined {
    const start = this.text.toLowerCase().indexOf(name.toLowerCase(), clause?.start);
    return start < 0 ? clause : { start, end: start + name.length };
  }

  /** Of the column's own name: the location covers its qualifier too. */
  #columnOffset(location: ast.NodeLocation | undefined): number {
    const start = location?.start ?? 0;
    const source = this.text.slice(start, location?.end ?? start).trimEnd();
    const name = /"((?:[^"]|"")*)"$|([\w$\u0080-\uffff]+)$/.exec(source);
    return name === null ? start : start + name.index + (name[1] === undefined ? 0 : 1);
  }
}

function valuesOf(values: readonly (string | null)[]): Details {
  return values.length === 0 ? {} : { values };
}

/** Whether a relation may have a column of this name. */
function mayHave({ outputs }: Relation, column: string): boolean {
  return outputs === undefined || outputs.names.has(column) || outputs.stars.some((star) => mayHave(star, column));
}
