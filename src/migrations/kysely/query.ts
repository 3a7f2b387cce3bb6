/**
 * Kysely's queries, as far as migrations use them to change rows. Which rows one picks is kept where the call says it
 * plainly; anything else is a condition that is not known.
 */
import { inlined, parameter, sqlText, Text } from "../evaluator/text.js";
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
import { aliasedName, bound, comparison, Expression, nameList, nameOf, plainSql, RESULT } from "./expressions.js";

interface Query {
  readonly kind: "select" | "insert" | "update" | "delete";
  readonly schema?: Text;
  readonly table?: Text;
  readonly with: readonly Text[];
  readonly columns: readonly Text[];
  readonly distinct?: boolean;
  readonly from?: Text;
  readonly joins: readonly Text[];
  readonly where: Text | undefined;
  readonly rest: readonly { readonly order: number; readonly sql: Text }[];
  readonly set: readonly Text[];
  readonly rows?: Text;
  readonly conflict?: Text;
  readonly returning: readonly Text[];
  readonly unions: readonly Text[];
}

const queries = new WeakMap<Handle, Query>();

function toSql(query: Query): Text {
  const { table = Text.EMPTY, where, rest, joins } = query;
  const before = query.with.length === 0 ? "" : sqlText`with ${Text.join(query.with, ", ")} `;
  const from = query.from === undefined ? "" : sqlText` from ${query.from}`;
  const joined = Text.join(joins.map((join) => sqlText` ${join}`));
  const condition = where === undefined ? "" : sqlText` where ${where}`;
  const back = query.returning.length === 0 ? "" : sqlText` returning ${Text.join(query.returning, ", ")}`;
  const after = Text.join([...rest].sort((a, b) => a.order - b.order).map(({ sql }) => sqlText` ${sql}`));
  switch (query.kind) {
    case "select": {
      const columns = query.columns.length === 0 ? "" : Text.join(query.columns, ", ");
      const distinct = query.distinct === true ? "distinct " : "";
      const unions = Text.join(query.unions.map((union) => sqlText` ${union}`));
      return sqlText`${before}select ${distinct}${columns}${from}${joined}${condition}${unions}${after}`;
    }
    case "insert":
      return sqlText`${before}insert into ${table} ${query.rows ?? "default values"}${query.conflict ?? ""}${back}`;
    case "update":
      return sqlText`${before}update ${table} set ${Text.join(query.set, ", ")}${from}${joined}${condition}${back}`;
    case "delete":
      return sqlText`${before}delete from ${table}${from}${joined}${condition}${back}`;
  }
}

/** The SQL of a query inside of another statement: an expression, a query, or a function that makes one. */
export function sqlOf(query: Value, site: Site): Text {
  const value = query instanceof Callable ? site.run.call(query, [expressionBuilder()], site) : query;
  if (value instanceof Expression) return value.sql;
  const known = value instanceof Handle ? queries.get(value) : undefined;
  if (known) return inlined(toSql(known));
  return plainSql(value);
}

function operand(value: Value, name: string, site: Site): Text {
  if (value instanceof Handle && queries.has(value)) return sqlText`(${toSql(queries.get(value)!)})`;
  if (value instanceof Callable) return operand(site.run.call(value, [expressionBuilder()], site), name, site);
  return bound(value, name);
}

function conditionOf(args: readonly Value[], site: Site): Text {
  const [left, operator, right] = args;
  if (args.length >= 3) return comparison(left, operator, right, (value) => operand(value, nameFor(left), site));
  if (left instanceof Dictionary && left.open === undefined) {
    return Text.join(
      [...left.properties].map(([name, value]) =>
        comparison(Text.of(name), Text.of("="), value, (of) => bound(of, name)),
      ),
      " and ",
    );
  }
  const made = left instanceof Callable ? site.run.call(left, [expressionBuilder()], site) : left;
  return made instanceof Expression ? made.sql : parameter("condition");
}

function nameFor(column: Value): string {
  return textOf(column)?.known?.split(".").at(-1) ?? "value";
}

/**
 * `eb` of `where((eb) => …)`.
 * @param value How a value is written.
 */
export function expressionBuilder(value: (of: Value) => Text = (of) => bound(of, "value")): Handle {
  const compared: Method = ([left, operator, right]) =>
    new Expression(comparison(left, operator, right, value), "eb()");
  const all =
    (word: string): Method =>
    ([conditions]) => {
      const list = conditions instanceof List ? conditions.items : [];
      return new Expression(sqlText`(${Text.join(list.map(plainSql), ` ${word} `)})`, "eb()");
    };
  const aggregate =
    (name: string): Method =>
    ([column]) => {
      const argument = column === undefined ? Text.of("*") : nameOf(column);
      return new Expression(sqlText`${name}(${argument})`, "eb.fn()");
    };
  const functions = new Dictionary(
    ["count", "sum", "avg", "min", "max", "coalesce", "countAll"].map((name) => [
      name,
      new Callable(name, aggregate(name === "countAll" ? "count" : name)),
    ]),
    undefined,
    "is Kysely's",
  );
  return new Handle(
    "the expression builder",
    {
      eb: compared,
      ref: ([name]) => new Expression(nameOf(name), "eb.ref()"),
      val: ([of]) => new Expression(value(of), "eb.val()"),
      lit: ([of]) => new Expression(value(of), "eb.lit()"),
      and: all("and"),
      or: all("or"),
      not: ([of]) => new Expression(sqlText`not ${plainSql(of)}`, "eb.not()"),
      exists: ([of], site) => new Expression(sqlText`exists ${operand(of, "query", site)}`, "eb.exists()"),
      selectFrom: ([table]) => query({ ...start("select"), from: tables(table) }),
    },
    { call: compared, get: (property) => (property === "fn" ? functions : undefined) },
  );
}

function start(kind: Query["kind"], schema?: Text): Query {
  return {
    kind,
    ...(schema && { schema }),
    with: [],
    columns: [],
    joins: [],
    where: undefined,
    rest: [],
    set: [],
    returning: [],
    unions: [],
  };
}

function tables(value: Value): Text {
  return Text.join((value instanceof List ? value.items : [value]).map(aliasedName), ", ");
}

function selection(value: Value): readonly Text[] {
  if (value instanceof Callable || value instanceof Unknown) return [parameter("columns")];
  return (value instanceof List ? value.items : [value]).map((item) =>
    item instanceof Expression ? item.sql : aliasedName(item),
  );
}

const JOINS: Readonly<Record<string, string>> = {
  innerJoin: "inner join",
  leftJoin: "left join",
  rightJoin: "right join",
  fullJoin: "full join",
};

type Change = (query: Query, args: readonly Value[], site: Site) => Query;

const and = (query: Query, condition: Text, word = "and"): Query => ({
  ...query,
  where: query.where === undefined ? condition : sqlText`${query.where} ${word} ${condition}`,
});

const rest =
  (order: number, make: (args: readonly Value[], site: Site) => Text): Change =>
  (query, args, site) => ({ ...query, rest: [...query.rest, { order, sql: make(args, site) }] });

/** What each call adds to a query. */
const CHANGES: Readonly<Record<string, Change>> = {
  where: (query, args, site) => and(query, conditionOf(args, site)),
  whereRef: (query, [left, operator, right]) => and(query, comparison(left, operator, right, nameOf)),
  orWhere: (query, args, site) => and(query, conditionOf(args, site), "or"),
  select: (query, [columns]) => ({ ...query, columns: [...query.columns, ...selection(columns)] }),
  selectAll: (query, [table]) => ({
    ...query,
    columns: [...query.columns, table === undefined ? Text.of("*") : sqlText`${nameOf(table)}.*`],
  }),
  distinct: (query) => ({ ...query, distinct: true }),
  from: (query, [table]) => ({ ...query, from: tables(table) }),
  using: (query, [table]) => ({ ...query, joins: [sqlText`using ${tables(table)}`, ...query.joins] }),
  ...Object.fromEntries(
    Object.entries(JOINS).map(([method, words]): [string, Change] => [
      method,
      (query, [table, left, right]) => {
        const condition = right === undefined ? parameter("condition") : comparison(left, Text.of("="), right, nameOf);
        return { ...query, joins: [...query.joins, sqlText`${words} ${tables(table)} on ${condition}`] };
      },
    ]),
  ),
  groupBy: rest(1, ([columns]) => sqlText`group by ${nameList(columns)}`),
  having: rest(2, (args, site) => sqlText`having ${conditionOf(args, site)}`),
  orderBy: rest(3, ([columns, direction]) => sqlText`order by ${nameList(columns)} ${textOf(direction) ?? "asc"}`),
  limit: rest(4, ([limit]) => sqlText`limit ${bound(limit, "limit")}`),
  offset: rest(5, ([offset]) => sqlText`offset ${bound(offset, "offset")}`),
  forUpdate: rest(6, () => Text.of("for update")),
  union: (query, [other], site) => ({ ...query, unions: [...query.unions, sqlText`union ${sqlOf(other, site)}`] }),
  unionAll: (query, [other], site) => ({
    ...query,
    unions: [...query.unions, sqlText`union all ${sqlOf(other, site)}`],
  }),
  values: (query, [rows]) => ({ ...query, rows: insertedRows(rows) }),
  defaultValues: (query) => ({ ...query, rows: Text.of("default values") }),
  columns: (query, [columns]) => ({ ...query, rows: sqlText`(${nameList(columns)}) ` }),
  expression: (query, [source], site) => ({ ...query, rows: sqlText`${query.rows ?? ""}${sqlOf(source, site)}` }),
  onConflict: (query, [build], site) => ({ ...query, conflict: sqlText` on conflict${conflictOf(build, site)}` }),
  set: (query, [changes, value], site) => ({ ...query, set: [...query.set, ...changesOf(changes, value, site)] }),
  returning: (query, [columns]) => ({ ...query, returning: [...query.returning, ...selection(columns)] }),
  returningAll: (query) => ({ ...query, returning: [...query.returning, Text.of("*")] }),
};

function changesOf(changes: Value, value: Value, site: Site): readonly Text[] {
  const made = changes instanceof Callable ? site.run.call(changes, [expressionBuilder()], site) : changes;
  if (made instanceof Dictionary) {
    const known = [...made.properties]
      .filter(([, to]) => to !== undefined)
      .map(([name, to]) => sqlText`${nameOf(Text.of(name))} = ${operand(to, name, site)}`);
    return made.open === undefined ? known : [...known, openColumn(made.open)];
  }
  if (value === undefined) return [openColumn(made instanceof Unknown ? made.reason : "is not known")];
  return [sqlText`${nameOf(made)} = ${operand(value, nameFor(made), site)}`];
}

function openColumn(reason: string): Text {
  return sqlText`${Text.hole({ kind: "identifier", name: "column", reason })} = ${parameter("value")}`;
}

function insertedRows(rows: Value): Text {
  const list = (rows instanceof List ? rows.items : [rows]).filter((row) => row instanceof Dictionary);
  const columns = [...new Set(list.flatMap((row) => [...row.properties.keys()]))];
  // Rows that only a run knows, into columns that only a run knows.
  if (columns.length === 0) return sqlText`values (${parameter("rows")})`;
  const tuples = list.map((row) =>
    Text.join(
      columns.map((name) => (row.get(name) === undefined ? Text.of("default") : bound(row.get(name), name))),
      ", ",
    ),
  );
  return sqlText`(${Text.join(
    columns.map((name) => nameOf(Text.of(name))),
    ", ",
  )}) values (${Text.join(tuples, "), (")})`;
}

/** What `onConflict((oc) => …)` builds. */
function conflictOf(build: Value, site: Site): Text {
  const state: { target: Text; action: Text } = { target: Text.EMPTY, action: Text.EMPTY };
  const chained =
    (change: (args: readonly Value[], at: Site) => void): Method =>
    (args, at) => {
      change(args, at);
      return handle;
    };
  const columns: string[] = [];
  const onColumns = (names: Value): void => {
    columns.push(...(names instanceof List ? names.items : [names]).flatMap((name) => textOf(name)?.known ?? []));
    state.target = sqlText` (${nameList(new List(columns.map((name) => Text.of(name))))})`;
  };
  const handle: Handle = new Handle("the conflict builder", {
    column: chained(([name]) => onColumns(name)),
    columns: chained(([names]) => onColumns(names)),
    constraint: chained(([name]) => (state.target = sqlText` on constraint ${nameOf(name)}`)),
    expression: chained(([expression]) => (state.target = sqlText` (${plainSql(expression)})`)),
    where: chained((args, at) => (state.target = sqlText`${state.target} where ${conditionOf(args, at)}`)),
    doNothing: chained(() => (state.action = Text.of(" do nothing"))),
    doUpdateSet: chained(
      ([changes], at) => (state.action = sqlText` do update set ${Text.join(changesOf(changes, undefined, at), ", ")}`),
    ),
  });
  site.run.call(build, [handle], site);
  return sqlText`${state.target}${state.action}`;
}

/** Calls that run a query. */
const RUNS = ["execute", "executeTakeFirst", "executeTakeFirstOrThrow", "stream"];

function query(state: Query): Handle {
  const methods: Record<string, Method> = {
    $call: ([change], site) => site.run.call(change, [handle], site),
    $if: ([condition, change], site) =>
      condition === false ? handle : site.run.conditionally(() => site.run.call(change, [handle], site)),
    $castTo: () => handle,
    as: ([alias]) => new Expression(sqlText`(${toSql(state)}) as ${nameOf(alias)}`, "a query"),
  };
  const handle: Handle = new Handle("the query builder", methods);
  queries.set(handle, state);
  for (const [name, change] of Object.entries(CHANGES))
    methods[name] = (args, site) => query(change(state, args, site));
  for (const name of RUNS) {
    methods[name] = (_, site) => {
      site.run.send(toSql(state), site);
      return RESULT;
    };
  }
  return handle;
}

/** The methods of `db` that begin a query. */
export function queryCreator(schema: Text | undefined, withs: readonly Text[] = []): Readonly<Record<string, Method>> {
  const begin = (kind: Query["kind"]): Query => ({ ...start(kind), with: withs });
  const within = (table: Value): Text => {
    const name = tables(table);
    return schema === undefined || name.toString().includes('"."') ? name : sqlText`${nameOf(schema)}.${name}`;
  };
  const withQuery: Method = ([name, build], site) => {
    const handle = new Handle("db", queryCreator(schema, withs));
    const made = build instanceof Callable ? site.run.call(build, [handle], site) : build;
    const known = made instanceof Handle ? queries.get(made) : undefined;
    const sql = known ? toSql(known) : plainSql(made);
    return new Handle("db", queryCreator(schema, [...withs, sqlText`${nameOf(name)} as (${sql})`]));
  };
  return {
    selectFrom: ([table]) => query({ ...begin("select"), from: within(table) }),
    insertInto: ([table]) => query({ ...begin("insert"), table: within(table) }),
    updateTable: ([table]) => query({ ...begin("update"), table: within(table) }),
    deleteFrom: ([table]) => query({ ...begin("delete"), table: within(table) }),
    with: withQuery,
    withRecursive: withQuery,
  };
}
