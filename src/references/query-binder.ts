/** Binds the columns of a query to their tables: through aliases, joins, common table expressions and subqueries. */
import type { QualifiedName } from "../model/name.js";
import type { ReferenceGrade, ReferenceKind } from "../model/reference.js";
import type {
  Assignment,
  Conflict,
  Constants,
  Expression,
  From,
  Insert,
  Output,
  Place,
  PlacedName,
  Query,
  TableName,
} from "./query.js";
import { HOLE, offsetOfName } from "./query.js";
import type { Found, Sought, SoughtTarget } from "./sought.js";
import { isCertainlyTable } from "./sought.js";

/** What is known of the text of a query beyond its words. */
export interface QueryText {
  readonly text: string;
  /** Names that stand for expressions of the host language, with the table where the expression is known to be one. */
  readonly holes?: ReadonlyMap<string, QualifiedName | undefined>;
  /** Whether the driver keeps the statement prepared under a name. */
  readonly prepared?: boolean;
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
  readonly place?: Place;
  readonly outputs?: Outputs;
  /** Whether it is a join, whose `*` is that of what it joins: that of a subquery has been read with it. */
  readonly joined?: true;
}

class Scope {
  readonly relations: Relation[] = [];
  /** Relations whose columns must be qualified: the versions of a row in RETURNING, what USING has joined. */
  readonly versions: Relation[] = [];
  readonly queries = new Map<string, Outputs>();

  constructor(readonly outer?: Scope) {}

  query(name: string): Outputs | undefined {
    return this.queries.get(name) ?? this.outer?.query(name);
  }
}

/** The bytes of a name that PostgreSQL keeps (NAMEDATALEN - 1). */
const LONGEST_NAME = 63;

const NO_OUTPUTS: Outputs = { names: new Set(), stars: [] };

/** What is known of a use beyond its place. */
type Details = Pick<Found, "values" | "conflict" | "fixedShape" | "gives">;

/** References in queries; offsets are those of the text. */
export function bindQueries(queries: readonly Query[], text: QueryText, sought: Sought): Found[] {
  const binder = new Binder(text, sought);
  for (const query of queries) binder.query(query);
  return binder.found;
}

class Binder {
  readonly found: Found[] = [];
  readonly #text: string;
  readonly #holes: ReadonlyMap<string, QualifiedName | undefined>;
  /** Why the rows of the statement that is read must keep their columns; `none` where nobody sees them. */
  #fixedShape: Details["fixedShape"] | "none";

  constructor(
    { text, holes = new Map(), prepared }: QueryText,
    readonly sought: Sought,
  ) {
    this.#text = text;
    // PostgreSQL cuts names.
    this.#holes = new Map([...holes].map(([name, table]) => [name.slice(0, LONGEST_NAME), table]));
    if (prepared === true) this.#fixedShape = "prepared";
  }

  query(query: Query, outer?: Scope): Outputs {
    switch (query.type) {
      case "with":
        return this.#with(query, outer);
      case "select":
        return this.#select(query, outer);
      case "combination": {
        const outputs = this.query(query.left, outer);
        this.query(query.right, outer);
        return outputs;
      }
      case "values":
        this.#expression(query.expression, new Scope(outer));
        return NO_OUTPUTS;
      case "insert":
        return this.#insert(query, outer);
      case "update":
      case "delete": {
        const scope = new Scope(outer);
        const table = this.#table(query.table, scope);
        this.#from(query.from, scope);
        this.#sets(query.sets, table, scope);
        this.#expression(query.where, scope);
        return this.#returning(query, table, scope);
      }
      case "merge": {
        const scope = new Scope(outer);
        const table = this.#table(query.into, scope);
        this.#from(query.from, scope);
        this.#expression(query.expression, scope);
        this.#sets(query.sets, table, scope);
        for (const insert of query.inserts) this.#writes(insert, query.into, table);
        return this.#returning(query, table, scope);
      }
      case "copy":
        this.#copy(query);
        return NO_OUTPUTS;
      case "prepare":
        this.#fixedShape = "prepared";
        return this.query(query.query, outer);
      case "tables":
        for (const table of query.tables) this.#table(table, new Scope(outer));
        return NO_OUTPUTS;
    }
  }

  #with({ tables, recursive, in: query }: Extract<Query, { type: "with" }>, outer: Scope | undefined): Outputs {
    const scope = new Scope(outer);
    for (const { name, columns, query: own } of tables) {
      const given = columns.length === 0 ? undefined : { names: new Set(columns), stars: [] };
      // While its own query is read, nothing is known of its columns but the names that it is given.
      if (recursive) scope.queries.set(name, given ?? NO_OUTPUTS);
      const outputs = this.query(own, scope);
      scope.queries.set(name, given ?? outputs);
    }
    return this.query(query, scope);
  }

  #select(select: Extract<Query, { type: "select" }>, outer: Scope | undefined): Outputs {
    const scope = new Scope(outer);
    this.#from(select.from, scope);
    const outputs = this.#outputs(select.outputs, scope);
    this.#expression(select.expression, scope);
    for (const { expression, output } of select.orderBy) {
      // ORDER BY prefers the names that the select list gives.
      if (output === undefined || !outputs.names.has(output)) this.#expression(expression, scope);
    }
    return outputs;
  }

  #from(parts: readonly From[], scope: Scope): void {
    for (const part of parts) {
      switch (part.type) {
        case "table":
          this.#table(part.table, scope);
          break;
        case "query": {
          const outputs = this.query(part.query, part.lateral ? scope : scope.outer);
          this.#derived(part, part.columns.length === 0 ? outputs : { names: new Set(part.columns), stars: [] }, scope);
          break;
        }
        case "function": {
          this.#expression(part.expression, scope);
          const names = new Set([...(part.alias === undefined ? [] : [part.alias]), ...part.columns]);
          this.#derived(part, { names, stars: [] }, scope);
          break;
        }
        case "join": {
          const joined = new Scope(scope.outer);
          this.#from(part.parts, joined);
          scope.relations.push({
            alias: part.alias,
            outputs: { names: new Set(), stars: joined.relations },
            joined: true,
          });
          break;
        }
        case "condition":
          this.#expression(part.on, scope);
          for (const column of part.using) this.#bind(column, undefined, scope, "read");
          if (part.alias !== undefined) {
            const stars = [...scope.relations];
            scope.versions.push({ alias: part.alias, outputs: { names: new Set(), stars } });
          }
      }
    }
  }

  #derived({ alias }: { readonly alias?: string }, outputs: Outputs, scope: Scope): void {
    scope.relations.push({ ...(alias !== undefined && { alias }), outputs });
  }

  #insert(insert: Extract<Query, { type: "insert" }>, outer: Scope | undefined): Outputs {
    const scope = new Scope(outer);
    const into = this.#table(insert.into, scope);
    this.#writes(insert, insert.into, into);
    const { rows, conflict } = insert;
    if (rows !== undefined && rows !== "default") this.#withShape("inserted", () => this.query(rows, outer));
    if (conflict !== undefined) this.#conflict(conflict, insert.into, into, scope);
    const update = new Scope(scope);
    update.relations.push(into, { ...into, alias: "excluded" });
    this.#sets(insert.sets, into, update);
    this.#expression(insert.where, update);
    return this.#returning(insert, into, scope);
  }

  #copy({ table: name, columns, direction }: Extract<Query, { type: "copy" }>): void {
    const table = this.#table(name, new Scope());
    if (direction === "to") {
      for (const column of columns) this.#use(table, column.name, "certain", "read", column);
      if (columns.length === 0) this.#star([table]);
    } else {
      const written = columns.map((column) => ({ ...column, values: [] }));
      const rows: Query = { type: "values", expression: [] };
      this.#writes({ rows, ...(written.length > 0 && { columns: written }) }, name, table);
    }
  }

  /** The columns that an INSERT names, and what it does with those that it does not. */
  #writes({ columns, rows }: Insert, name: TableName, into: Relation): void {
    for (const column of columns ?? []) {
      this.#use(into, column.name, "certain", "write", column, valuesOf(column.values));
    }
    // Without rows the list of columns may be what comes next.
    if (into.table === undefined || (rows === undefined && columns === undefined)) return;
    const listed = new Set(columns?.map((column) => column.name));
    const kind = listed.size === 0 && rows !== "default" ? "positional write" : "insert that omits it";
    // What an expression of the host language lists may be any column.
    const isOpen = [...listed].some((column) => this.#isHole(column) || HOLE.test(column));
    const gives = listed.size === 0 ? {} : { gives: [...listed] };
    for (const target of this.sought.columnsOf(into.table)) {
      if (listed.has(target.column as string)) continue;
      if (isOpen) this.found.push({ target, grade: "possible", kind, offset: offsetOfName(this.#text, name) });
      else this.#unnamed(target, into.table, name, kind, gives);
    }
  }

  /** A use of a column that does not name it stands where its table does. */
  #unnamed(target: SoughtTarget, table: QualifiedName, place: Place, kind: ReferenceKind, details: Details = {}): void {
    const grade = isCertainlyTable(target.table, table) ? "certain" : "likely";
    this.found.push({ target, grade, kind, offset: offsetOfName(this.#text, place), ...details });
  }

  #conflict(conflict: Conflict, name: TableName, { table }: Relation, scope: Scope): void {
    if ("keys" in conflict) {
      const { keys, columns, where } = conflict;
      this.#expression(keys, scope, "conflict target", columns === undefined ? {} : { conflict: { columns } });
      this.#expression(where, scope);
    } else if (table !== undefined) {
      for (const target of this.sought.columnsOf(table)) {
        this.#unnamed(target, table, name, "conflict target", { conflict });
      }
    }
  }

  #withShape<Result>(shape: Details["fixedShape"] | "none", read: () => Result): Result {
    const outer = this.#fixedShape;
    this.#fixedShape = shape;
    const result = read();
    this.#fixedShape = outer;
    return result;
  }

  #sets(sets: readonly Assignment[], table: Relation, scope: Scope): void {
    for (const set of sets) {
      this.#use(table, set.name, "certain", "write", set, valuesOf(set.values));
      this.#expression(set.expression, scope);
    }
  }

  #returning(
    {
      returning,
      versions = ["old", "new"],
    }: { readonly returning: readonly Output[]; readonly versions?: readonly string[] },
    table: Relation,
    scope: Scope,
  ): Outputs {
    scope.versions.push(...versions.map((alias) => ({ ...table, alias })));
    return this.#outputs(returning, scope);
  }

  #outputs(outputs: readonly Output[], scope: Scope): Outputs {
    const names = new Set<string>();
    const stars: Relation[] = [];
    for (const { expression, name, star } of outputs) {
      this.#expression(expression, scope);
      if (name !== undefined) names.add(name);
      if (star === undefined) continue;
      const relations = star.of === undefined ? scope.relations : this.#named(star.of, scope);
      stars.push(...relations);
      this.#star(relations);
    }
    return { names, stars };
  }

  #star(relations: readonly Relation[]): void {
    if (this.#fixedShape === "none") return;
    for (const { table, place, joined, outputs } of relations) {
      if (joined === true && outputs !== undefined) this.#star(outputs.stars);
      if (table === undefined || place === undefined) continue;
      for (const target of this.sought.columnsOf(table)) {
        const details = this.#fixedShape === undefined ? {} : { fixedShape: this.#fixedShape };
        this.#unnamed(target, table, place, "star read", details);
      }
    }
  }

  #table(name: TableName, scope: Scope): Relation {
    const query = name.schema === undefined ? scope.query(name.name) : undefined;
    const alias = name.alias === undefined || this.#isHole(name.alias) ? name.name : name.alias;
    const table = this.#isHole(name.name)
      ? this.#holes.get(name.name.slice(0, LONGEST_NAME))
      : { name: name.name, ...(name.schema && { schema: name.schema }) };
    const relation: Relation =
      query !== undefined ? { alias, outputs: query } : { alias, place: name, ...(table !== undefined && { table }) };
    scope.relations.push(relation);
    if (relation.table !== undefined) {
      for (const target of this.sought.inDatabase(relation.table)) this.#unnamed(target, relation.table, name, "table");
    }
    return relation;
  }

  #isHole(name: string): boolean {
    return this.#holes.has(name.slice(0, LONGEST_NAME));
  }

  #expression(expression: Expression, scope: Scope, kind: ReferenceKind = "read", details: Details = {}): void {
    for (const part of expression) {
      if ("query" in part) {
        const isUnseen = part.unseen || this.#fixedShape === "none";
        this.#withShape(isUnseen ? "none" : undefined, () => this.query(part.query, scope));
      } else this.#bind(part, part.qualifier, scope, kind, { ...details, ...valuesOf(part.values ?? []) });
    }
  }

  #named({ schema, name }: QualifiedName, scope: Scope): readonly Relation[] {
    const isNamed = ({ alias, table }: Relation): boolean =>
      schema === undefined ? alias === name : table?.name === name && table.schema === schema;
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const relation = at.relations.find(isNamed) ?? at.versions.find(isNamed);
      if (relation !== undefined) return [relation];
    }
    return [];
  }

  #bind(
    column: PlacedName,
    qualifier: QualifiedName | undefined,
    scope: Scope,
    kind: ReferenceKind,
    details: Details = {},
  ): void {
    const { name } = column;
    if (qualifier !== undefined) {
      for (const relation of this.#named(qualifier, scope)) {
        this.#use(relation, name, "certain", kind, column, details);
      }
      return;
    }
    let inner = false;
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const owners = at.relations.filter((relation) => mayHave(relation, name));
      if (owners.some(({ outputs }) => outputs?.names.has(name))) return;
      const before = this.found.length;
      // Two relations in scope: one of them has the column, or the query would be ambiguous.
      const isOnly = new Set(owners.map(({ table }) => table?.name)).size === 1;
      const grade = inner ? "possible" : isOnly ? "certain" : "likely";
      for (const relation of owners) {
        this.#use(relation, name, grade, kind, column, details);
        if (this.found.length > before) return;
      }
      inner ||= owners.length > 0;
    }
  }

  #use(
    { table, outputs }: Relation,
    column: string,
    grade: ReferenceGrade,
    kind: ReferenceKind,
    place: Place,
    details: Details = {},
  ): void {
    if (outputs !== undefined && !outputs.names.has(column)) {
      for (const star of outputs.stars) {
        this.#use(star, column, outputs.stars.length === 1 ? grade : "likely", kind, place, details);
      }
    }
    if (table === undefined) return;
    for (const target of this.sought.inDatabase(table, column)) {
      const sure = grade === "certain" && isCertainlyTable(target.table, table);
      this.found.push({
        target,
        grade: grade === "certain" && !sure ? "likely" : grade,
        kind,
        offset: offsetOfName(this.#text, place),
        ...details,
      });
    }
  }
}

function valuesOf(values: Constants): Details {
  return values.length === 0 ? {} : { values };
}

/** Whether a relation may have a column of this name. */
function mayHave({ outputs }: Relation, column: string): boolean {
  return outputs === undefined || outputs.names.has(column) || outputs.stars.some((star) => mayHave(star, column));
}
