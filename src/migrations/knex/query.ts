/**
 * Knex's query builder, as far as migrations use it to change rows (`lib/query/querycompiler.js`). Which rows a query
 * picks is kept where the call says it plainly; anything else is a condition that is not known.
 */
import { inlined, parameter, quoted, sqlText, Text } from "../evaluator/text.js";
import {
  Callable,
  Dictionary,
  Handle,
  List,
  type Method,
  type Site,
  textOf,
  Unknown,
  type Value,
} from "../evaluator/value.js";
import type { SentSql } from "../tool.js";
import { columnized, RawSql, valueOf, withBindings, wrapped } from "./raw.js";

interface Condition {
  readonly bool: "and" | "or";
  readonly sql: Text;
}

interface Insertion {
  readonly rows: Value;
  conflict?: { readonly target: Value; updates?: Value; merges: boolean };
}

const RESULT = new Unknown("comes from a query");

/** What the SQL of a query is made of. */
class Query {
  kind: "select" | "insert" | "update" | "delete" | "truncate" = "select";
  schema: Text | undefined;
  with: Text[] = [];
  columns: Text[] = [];
  distinct = false;
  joins: Text[] = [];
  wheres: Condition[] = [];
  rest: { readonly order: number; readonly sql: Text }[] = [];
  returning: Value;
  insertion: Insertion | undefined;
  changes: (readonly [column: Text, value: Text])[] = [];
  unions: Text[] = [];

  constructor(public table: Value) {}

  get #table(): Text {
    if (this.table instanceof Handle && queries.has(this.table)) return sqlText`(${queries.get(this.table)!.toSql()})`;
    const name = wrapped(this.table);
    return this.schema === undefined ? name : sqlText`${quoted(this.schema)}.${name}`;
  }

  where(): Text {
    if (this.wheres.length === 0) return Text.EMPTY;
    const [first, ...others] = this.wheres;
    return Text.join([sqlText` where ${first?.sql ?? ""}`, ...others.map(({ bool, sql }) => sqlText` ${bool} ${sql}`)]);
  }

  toSql(): Text {
    const { returning } = this;
    const back = returning === undefined ? "" : sqlText` returning ${columnized(returning)}`;
    const before = this.with.length === 0 ? "" : sqlText`with ${Text.join(this.with, ", ")} `;
    switch (this.kind) {
      case "select": {
        const columns = this.columns.length === 0 ? Text.of("*") : Text.join(this.columns, ", ");
        const from = this.table === undefined ? "" : sqlText` from ${this.#table}`;
        const rest = [...this.rest].sort((a, b) => a.order - b.order).map(({ sql }) => sqlText` ${sql}`);
        return Text.join([
          before,
          "select ",
          this.distinct ? "distinct " : "",
          columns,
          from,
          ...this.joins,
          this.where(),
          ...this.unions,
          ...rest,
        ]);
      }
      case "insert":
        return sqlText`${before}insert into ${this.#table} ${this.#inserted()}${back}`;
      case "update": {
        const set = this.changes.map(([column, value]) => sqlText`${column} = ${value}`);
        return sqlText`${before}update ${this.#table} set ${Text.join(set, ", ")}${this.where()}${back}`;
      }
      case "delete":
        return sqlText`${before}delete from ${this.#table}${this.where()}${back}`;
      case "truncate":
        return sqlText`truncate ${this.#table} restart identity`;
    }
  }

  #inserted(): Text {
    const { rows, conflict } = this.insertion ?? { rows: undefined };
    const values = insertedRows(rows);
    if (!conflict) return values;
    const target = conflict.target === undefined ? "" : sqlText` (${columnized(conflict.target)})`;
    if (!conflict.merges) return sqlText`${values} on conflict${target} do nothing`;
    const { updates } = conflict;
    const set =
      updates instanceof Dictionary
        ? [...updates.properties].map(([name, value]) => sqlText`${wrapped(Text.of(name))} = ${valueOf(value, name)}`)
        : (updates instanceof List ? updates.items : columnsOf(rows).map((name) => Text.of(name))).map(
            (name) => sqlText`${wrapped(name)} = excluded.${wrapped(name)}`,
          );
    return sqlText`${values} on conflict${target} do update set ${Text.join(set, ", ")}${this.where()}`;
  }
}

/** The columns of rows, as Knex sorts them. */
function columnsOf(rows: Value): readonly string[] {
  const names = new Set<string>();
  for (const row of rows instanceof List ? rows.items : [rows]) {
    if (row instanceof Dictionary) for (const name of row.properties.keys()) names.add(name);
  }
  return [...names].sort();
}

function insertedRows(rows: Value): Text {
  if (rows instanceof RawSql) return rows.sql;
  if (rows instanceof Handle && queries.has(rows)) return queries.get(rows)!.toSql();
  const list = rows instanceof List ? rows.items : [rows];
  const columns = columnsOf(rows);
  const known = list.filter((row) => row instanceof Dictionary);
  // Rows that only a run knows, into columns that only a run knows.
  if (columns.length === 0)
    return known.length > 0 ? Text.of("default values") : sqlText`values (${parameter("rows")})`;
  const tuples = known.map((row) =>
    Text.join(
      columns.map((name) => (row.has(name) ? valueOf(row.get(name), name) : Text.of("DEFAULT"))),
      ", ",
    ),
  );
  return sqlText`(${columnized(new List(columns.map((name) => Text.of(name))))}) values (${Text.join(tuples, "), (")})`;
}

/** The queries behind the handles. */
const queries = new WeakMap<Handle, Query>();

/** ` where …` of the query that an index is partial by. */
export function predicateOf(query: Value): Text {
  return query instanceof Handle ? (queries.get(query)?.where() ?? Text.EMPTY) : Text.EMPTY;
}

/** The SQL of a query that a view is made of. */
export function queryText(query: Value): Text {
  if (query instanceof RawSql) return query.sql;
  const known = query instanceof Handle ? queries.get(query) : undefined;
  if (known) return inlined(known.toSql());
  return (
    textOf(query) ??
    Text.hole({ kind: "any", name: "query", reason: query instanceof Unknown ? query.reason : "is not known" })
  );
}

const OPERATOR = /^(?:[=<>!~*#&|@^?-]+|(?:not )?(?:i?like|in|between|similar to)|is(?: not)?(?: distinct from)?)$/i;

/** What is sent on another connection than the one with the migration's transaction says so. */
export type Connection = Pick<SentSql, "transaction">;

/** `knex("orders")`: a query that is sent when it is awaited. */
export function queryBuilder(table: Value, connection: Connection = {}): Handle {
  const query = new Query(table);
  let sent = false;
  let on = connection;
  const methods: Record<string, Method> = {};
  const handle: Handle = new Handle("the query builder", methods, {
    settle(site) {
      if (!sent) site.run.send(query.toSql(), site, on);
      sent = true;
      return RESULT;
    },
  });
  queries.set(handle, query);
  methods["toString"] = methods["toQuery"] = () => inlined(query.toSql());
  methods["transacting"] = () => {
    on = {};
    return handle;
  };
  const withQuery =
    (change: Change): Method =>
    (args, site) => {
      change(query, args, site);
      return handle;
    };

  for (const [name, change] of Object.entries(CHANGES)) methods[name] = withQuery(change);
  for (const bool of ["and", "or"] as const) {
    for (const prefix of bool === "and" ? ["where", "andWhere"] : ["orWhere"]) {
      for (const [suffix, make] of Object.entries(CONDITIONS)) {
        for (const not of ["", "Not"]) {
          methods[prefix + not + suffix] = withQuery((_, args, site) => {
            for (const sql of make(args, not !== "", site)) query.wheres.push({ bool, sql });
          });
        }
      }
    }
  }
  return handle;
}

/** What each call adds to a query. */
const CHANGES: Changes = {
  ...table("from", "into", "table"),
  withSchema: (query, [name]) => void (query.schema = textOf(name)),
  ...columns("select", "column", "columns", "pluck"),
  first: (query, args) => {
    addColumns(query, args);
    query.rest.push({ order: 4, sql: sqlText`limit ${parameter("limit")}` });
  },
  distinct: (query, args) => {
    query.distinct = true;
    addColumns(query, args);
  },
  ...aggregates("count", "min", "max", "sum", "avg"),
  countDistinct: (query, [column]) => void query.columns.push(sqlText`count(distinct ${wrapped(column)})`),
  insert: (query, [rows, returning]) => {
    query.kind = "insert";
    query.insertion = { rows };
    if (returning !== undefined) query.returning = returning;
  },
  onConflict: (query, [target]) => {
    if (query.insertion) query.insertion.conflict = { target, merges: false };
  },
  ignore: () => undefined,
  merge: (query, [updates]) => {
    if (query.insertion?.conflict) Object.assign(query.insertion.conflict, { updates, merges: true });
  },
  update: (query, [changes, second, third]) => {
    query.kind = "update";
    if (changes instanceof Dictionary) {
      for (const [name, value] of changes.properties) {
        if (value !== undefined) query.changes.push([wrapped(Text.of(name)), valueOf(value, name)]);
      }
      if (changes.open !== undefined) query.changes.push([openColumn(changes.open), parameter("value")]);
      if (second !== undefined) query.returning = second;
    } else if (changes instanceof Unknown) query.changes.push([openColumn(changes.reason), parameter("value")]);
    else {
      query.changes.push([wrapped(changes), valueOf(second, textOf(changes)?.known ?? "value")]);
      if (third !== undefined) query.returning = third;
    }
  },
  ...counters({ increment: "+", decrement: "-" }),
  ...kinds({ del: "delete", delete: "delete" }),
  truncate: (query) => void (query.kind = "truncate"),
  returning: (query, [returning]) => void (query.returning = returning),
  ...joins({
    join: "inner join",
    innerJoin: "inner join",
    leftJoin: "left join",
    leftOuterJoin: "left outer join",
    rightJoin: "right join",
    fullOuterJoin: "full outer join",
    crossJoin: "cross join",
  }),
  joinRaw: (query, [sql, bindings]) =>
    void query.joins.push(sqlText` ${withBindings(textOf(sql) ?? Text.EMPTY, bindings)}`),
  groupBy: (query, args) => void query.rest.push({ order: 1, sql: sqlText`group by ${columnized(listOf(args))}` }),
  groupByRaw: (query, [sql]) => void query.rest.push({ order: 1, sql: sqlText`group by ${textOf(sql) ?? ""}` }),
  having: (query, [column, operator, value]) =>
    void query.rest.push({
      order: 2,
      sql: sqlText`having ${wrapped(column)} ${textOf(operator) ?? "="} ${valueOf(value, "value")}`,
    }),
  havingRaw: (query, [sql, bindings]) =>
    void query.rest.push({ order: 2, sql: sqlText`having ${withBindings(textOf(sql) ?? Text.EMPTY, bindings)}` }),
  orderBy: (query, [column, direction]) => {
    const way = textOf(direction);
    query.rest.push({
      order: 3,
      sql: sqlText`order by ${columnized(column instanceof Dictionary ? column.get("column") : column)}${way === undefined ? "" : sqlText` ${way}`}`,
    });
  },
  orderByRaw: (query, [sql]) => void query.rest.push({ order: 3, sql: sqlText`order by ${textOf(sql) ?? ""}` }),
  limit: (query) => void query.rest.push({ order: 4, sql: sqlText`limit ${parameter("limit")}` }),
  offset: (query) => void query.rest.push({ order: 5, sql: sqlText`offset ${parameter("offset")}` }),
  with: (query, [name, source], site) =>
    void query.with.push(sqlText`${wrapped(name)} as (${subquery(source, site) ?? parameter("query")})`),
  union: (query, args, site) => addUnion(query, "union", args, site),
  unionAll: (query, args, site) => addUnion(query, "union all", args, site),
  as: () => undefined,
  timeout: () => undefined,
  debug: () => undefined,
  forUpdate: (query) => void query.rest.push({ order: 6, sql: Text.of("for update") }),
  forShare: (query) => void query.rest.push({ order: 6, sql: Text.of("for share") }),
  skipLocked: (query) => void query.rest.push({ order: 7, sql: Text.of("skip locked") }),
  modify: (query, [callee, ...args], site) => {
    for (const [handle, known] of [[handleOf(query), query]] as const)
      if (known === query) site.run.call(callee, [handle, ...args], site, handle);
  },
};

/** A handle for a query that has lost its own: its calls change the same query. */
function handleOf(query: Query): Handle {
  const handle = queryBuilder(query.table);
  queries.set(handle, query);
  return handle;
}

type Change = (query: Query, args: readonly Value[], site: Site) => unknown;
type Changes = Readonly<Record<string, Change>>;

function table(...names: readonly string[]): Changes {
  return Object.fromEntries(
    names.map((name) => [name, (query: Query, [value]: readonly Value[]) => void (query.table = value)]),
  );
}

function columns(...names: readonly string[]): Changes {
  return Object.fromEntries(names.map((name) => [name, addColumns]));
}

function addColumns(query: Query, args: readonly Value[]): void {
  for (const column of args.flatMap((one) => (one instanceof List ? one.items : [one]))) {
    if (column instanceof Dictionary) {
      for (const [alias, own] of column.properties) query.columns.push(sqlText`${wrapped(own)} as ${quoted(alias)}`);
    } else if (column !== undefined) query.columns.push(wrapped(column));
  }
}

function aggregates(...names: readonly string[]): Changes {
  return Object.fromEntries(
    names.map((name) => [
      name,
      (query: Query, [column]: readonly Value[]) => {
        const text = textOf(column)?.known ?? "*";
        const [of = "*", alias] = text.split(/ as /i);
        const called = sqlText`${name}(${wrapped(Text.of(of))})`;
        query.columns.push(alias === undefined ? called : sqlText`${called} as ${quoted(alias)}`);
      },
    ]),
  );
}

function counters(signs: Readonly<Record<string, string>>): Changes {
  return Object.fromEntries(
    Object.entries(signs).map(([name, sign]) => [
      name,
      (query: Query, [column]: readonly Value[]) => {
        query.kind = "update";
        const own = wrapped(column);
        query.changes.push([own, sqlText`${own} ${sign} ${parameter("amount")}`]);
      },
    ]),
  );
}

function kinds(names: Readonly<Record<string, Query["kind"]>>): Changes {
  return Object.fromEntries(
    Object.entries(names).map(([name, kind]) => [
      name,
      (query: Query, [returning]: readonly Value[]) => {
        query.kind = kind;
        if (returning !== undefined) query.returning = returning;
      },
    ]),
  );
}

function joins(names: Readonly<Record<string, string>>): Changes {
  return Object.fromEntries(
    Object.entries(names).map(([name, words]) => [
      name,
      (query: Query, [joined, first, second, third]: readonly Value[]) => {
        const [operator, right] = third === undefined ? ["=", second] : [textOf(second) ?? "=", third];
        const known = textOf(first) !== undefined && right !== undefined;
        const on = known
          ? sqlText` on ${wrapped(first)} ${operator} ${wrapped(right)}`
          : name === "crossJoin"
            ? ""
            : sqlText` on ${parameter("condition")}`;
        query.joins.push(sqlText` ${words} ${wrapped(joined)}${on}`);
      },
    ]),
  );
}

function addUnion(query: Query, words: string, [other]: readonly Value[], site: Site): void {
  const sql = subquery(other, site);
  if (sql !== undefined) query.unions.push(sqlText` ${words} ${sql}`);
}

function openColumn(reason: string): Text {
  return quoted(Text.hole({ kind: "identifier", name: "column", reason }));
}

function listOf(args: readonly Value[]): Value {
  return args.length === 1 ? args[0] : new List([...args]);
}

/** The SQL of a query that stands in another one; undefined where it is not known. */
function subquery(value: Value, site: Site): Text | undefined {
  if (value instanceof RawSql) return value.sql;
  if (value instanceof Handle) return queries.get(value)?.toSql();
  if (!(value instanceof Callable)) return undefined;
  const inner = queryBuilder(undefined);
  site.run.call(value, [inner], site, inner);
  return queries.get(inner)?.toSql();
}

/** Conditions by the end of the method's name. */
const CONDITIONS: Readonly<Record<string, (args: readonly Value[], not: boolean, site: Site) => readonly Text[]>> = {
  "": where,
  Null: ([column]: readonly Value[], not: boolean) => [sqlText`${wrapped(column)} is ${not ? "not " : ""}null`],
  In: ([column, values]: readonly Value[], not: boolean, site: Site) => {
    const inner =
      subquery(values, site) ??
      (values instanceof List && !values.open
        ? Text.join(
            values.items.map((value) => valueOf(value, "value")),
            ", ",
          )
        : parameter("values"));
    const own = column instanceof List ? sqlText`(${columnized(column)})` : wrapped(column);
    return [sqlText`${own} ${not ? "not " : ""}in (${inner})`];
  },
  Between: ([column]: readonly Value[], not: boolean) => [
    sqlText`${wrapped(column)} ${not ? "not " : ""}between ${parameter("from")} and ${parameter("to")}`,
  ],
  Raw: ([sql, bindings]: readonly Value[], not: boolean) => {
    const text = sql instanceof RawSql ? sql.sql : withBindings(textOf(sql) ?? parameter("condition"), bindings);
    return [not ? sqlText`not ${text}` : text];
  },
  Exists: ([query]: readonly Value[], not: boolean, site: Site) => [
    sqlText`${not ? "not " : ""}exists (${subquery(query, site) ?? sqlText`select ${parameter("query")}`})`,
  ],
  Like: compared("like"),
  ILike: compared("ilike"),
};

function compared(words: string) {
  return ([column, value]: readonly Value[], not: boolean): readonly Text[] => [
    sqlText`${wrapped(column)} ${not ? "not " : ""}${words} ${valueOf(value, "value")}`,
  ];
}

function where(args: readonly Value[], not: boolean, site: Site): readonly Text[] {
  const [column, second, third] = args;
  const negated = (sql: Text): Text => (not ? sqlText`not ${sql}` : sql);
  if (column instanceof RawSql && args.length === 1) return [negated(column.sql)];
  if (column instanceof Callable) {
    const inner = queryBuilder(undefined);
    site.run.call(column, [inner], site, inner);
    const [first, ...others] = queries.get(inner)?.wheres ?? [];
    if (first === undefined) return [];
    return [negated(sqlText`(${Text.join([first.sql, ...others.map(({ bool, sql }) => sqlText` ${bool} ${sql}`)])})`)];
  }
  if (column instanceof Dictionary) {
    const each = [...column.properties].map(([name, value]) => negated(equal(Text.of(name), value)));
    return column.open === undefined ? each : [...each, parameter("condition")];
  }
  if (typeof column === "boolean") return [negated(Text.of(column ? "1 = 1" : "1 = 0"))];
  if (column instanceof Unknown && args.length === 1) return [parameter("condition")];
  if (args.length < 3) return [negated(equal(column, second))];
  const operator = textOf(second)?.known ?? "=";
  if (!OPERATOR.test(operator)) return [parameter("condition")];
  if (/in$/i.test(operator)) return CONDITIONS["In"]?.([column, third], not !== /^not/i.test(operator), site) ?? [];
  const isNull = third === null && NULL_TESTS[operator.toLowerCase()];
  if (typeof isNull === "string") return [sqlText`${wrapped(column)} ${not ? NEGATED[isNull] : isNull}`];
  return [negated(sqlText`${wrapped(column)} ${operator} ${subqueryOrValue(third, site)}`)];
}

/** What a comparison with null becomes. */
const NULL_TESTS: Readonly<Record<string, "is null" | "is not null">> = {
  "=": "is null",
  is: "is null",
  "!=": "is not null",
  "is not": "is not null",
};

const NEGATED = { "is null": "is not null", "is not null": "is null" } as const;

function subqueryOrValue(value: Value, site: Site): Text {
  const sql = value instanceof RawSql ? undefined : subquery(value, site);
  return sql === undefined ? valueOf(value, "value") : sqlText`(${sql})`;
}

function equal(column: Value, value: Value): Text {
  return value === null
    ? sqlText`${wrapped(column)} is null`
    : sqlText`${wrapped(column)} = ${valueOf(value, textOf(column)?.known ?? "value")}`;
}
