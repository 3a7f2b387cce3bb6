/** Prisma Client, as a data step uses it: raw SQL as it is written, and writes of models as the SQL that they come to. */
import { literal, parameter, quoted, sqlText, Text } from "../evaluator/text.js";
import {
  Callable,
  Dictionary,
  Handle,
  List,
  type Method,
  option,
  type Site,
  textOf,
  Unknown,
  type Value,
} from "../evaluator/value.js";
import type { Model } from "./models.js";

const RESULT = new Unknown("comes from a query");

/** ``Prisma.sql`…` `` */
class Sql extends Handle {
  constructor(readonly sql: Text) {
    super("Prisma.sql``");
  }
}

/** What stands in a template for a value. */
function embedded(value: Value, name: string): Text {
  if (value instanceof Sql) return value.sql;
  const known = value instanceof Text ? value.known : undefined;
  if (known !== undefined) return parameter(name, literal(known));
  // It may well be SQL that comes from elsewhere.
  if (value instanceof Unknown) return Text.hole({ kind: "any", name: value.expression ?? name, reason: value.reason });
  const isPlain = value === null || typeof value === "number" || typeof value === "boolean";
  return parameter(name, isPlain ? Text.of(String(value)) : undefined);
}

function templateOf([strings, ...values]: readonly Value[]): Text {
  if (strings instanceof Sql) return strings.sql;
  const parts = strings instanceof List ? strings.items : [];
  return Text.join(
    parts.flatMap((part, index) => [
      textOf(part) ?? "",
      index < values.length ? embedded(values[index], `value${String(index + 1)}`) : "",
    ]),
  );
}

const template: Method = (args) => new Sql(templateOf(args));

function raw(value: Value): Text {
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return textOf(value) ?? Text.hole({ kind: "any", name: "sql", reason });
}

/** `Prisma` of `@prisma/client`. */
export const PRISMA = new Dictionary(
  [
    ["sql", new Callable("Prisma.sql", template)],
    ["raw", new Callable("Prisma.raw", ([text]) => new Sql(raw(text)))],
    ["empty", new Sql(Text.EMPTY)],
    [
      "join",
      new Callable("Prisma.join", ([list, separator]) => {
        const items = list instanceof List ? list.items : [list];
        return new Sql(
          Text.join(
            items.map((item) => embedded(item, "value")),
            textOf(separator) ?? ",",
          ),
        );
      }),
    ],
  ],
  undefined,
  "is Prisma's",
);

/** What the fields of `data` are called in the database; other models' are not the table's. */
function columnsOf(data: Value, { columns }: Model): readonly (readonly [column: string, field: string])[] {
  if (!(data instanceof Dictionary)) return [];
  return [...data.properties.keys()].flatMap((field) => {
    const column = columns.get(field);
    return column === undefined ? [] : [[column, field] as const];
  });
}

function update(model: Model, args: Value): Text {
  const data = option(args, "data") ?? option(args, "update");
  const set = columnsOf(data, model).map(([column, field]) => sqlText`${quoted(column)} = ${parameter(field)}`);
  const values =
    set.length > 0 ? Text.join(set, ", ") : Text.hole({ kind: "any", name: "data", reason: "is not known" });
  return sqlText`UPDATE ${quoted(model.table)} SET ${values}${where(args)}`;
}

function insert(model: Model, data: Value): Text {
  const rows = data instanceof List ? data.items[0] : data;
  const columns = columnsOf(rows, model);
  if (columns.length === 0) return sqlText`INSERT INTO ${quoted(model.table)} DEFAULT VALUES`;
  const names = Text.join(
    columns.map(([column]) => quoted(column)),
    ", ",
  );
  const values = Text.join(
    columns.map(([, field]) => parameter(field)),
    ", ",
  );
  return sqlText`INSERT INTO ${quoted(model.table)} (${names}) VALUES (${values})`;
}

/** Which rows: a condition, whatever it is, or all of them. */
function where(args: Value): Text | string {
  const condition = option(args, "where");
  const isAll =
    condition === undefined ||
    (condition instanceof Dictionary && condition.properties.size === 0 && condition.open === undefined);
  return isAll ? "" : sqlText` WHERE ${parameter("where")}`;
}

/** The statements of a call that writes; those that only read are no concern of a migration's. */
const WRITES: Readonly<Record<string, (model: Model, args: Value) => readonly Text[]>> = {
  create: (model, args) => [insert(model, option(args, "data"))],
  createMany: (model, args) => [insert(model, option(args, "data"))],
  createManyAndReturn: (model, args) => [insert(model, option(args, "data"))],
  delete: (model, args) => [sqlText`DELETE FROM ${quoted(model.table)}${where(args)}`],
  deleteMany: (model, args) => [sqlText`DELETE FROM ${quoted(model.table)}${where(args)}`],
  update: (model, args) => [update(model, args)],
  updateMany: (model, args) => [update(model, args)],
  updateManyAndReturn: (model, args) => [update(model, args)],
  upsert: (model, args) => [update(model, args), insert(model, option(args, "create"))],
};

const READS = [
  "aggregate",
  "count",
  "findFirst",
  "findFirstOrThrow",
  "findMany",
  "findUnique",
  "findUniqueOrThrow",
  "groupBy",
];

function modelCalls(name: string, model: Model | undefined): Handle {
  const methods: Record<string, Method> = Object.fromEntries(READS.map((call) => [call, () => RESULT]));
  for (const [call, sqlOf] of Object.entries(WRITES)) {
    methods[call] = ([args], site) => {
      if (model === undefined)
        site.run.unknown(`writes the model ${name}, which the Prisma schema does not have`, site);
      else for (const sql of sqlOf(model, args)) site.run.send(sql, site);
      return RESULT;
    };
  }
  return new Handle(`prisma.${name}`, methods);
}

/** The client, or the one of a transaction. */
export function client(models: ReadonlyMap<string, Model>, isInside: boolean): Handle {
  const tagged: Method = (args, site) => {
    site.run.send(templateOf(args), site);
    return RESULT;
  };
  const unsafe: Method = ([sql], site) => {
    site.run.send(raw(sql), site);
    return RESULT;
  };
  const handle: Handle = new Handle(
    "prisma",
    {
      $executeRaw: tagged,
      $queryRaw: tagged,
      $executeRawUnsafe: unsafe,
      $queryRawUnsafe: unsafe,
      $connect: () => undefined,
      $disconnect: () => undefined,
      $on: () => undefined,
      $extends: () => handle,
      $transaction: ([work], site) => {
        if (!isInside) site.run.send(Text.of("BEGIN"), site);
        const result =
          work instanceof List
            ? new List(work.items.map((item) => site.run.settle(item, site)))
            : site.run.settle(site.run.call(work, [client(models, true)], site), site);
        if (!isInside) site.run.send(Text.of("COMMIT"), site);
        return result;
      },
    },
    {
      get: (property: string, _site: Site) =>
        /^[a-z]\w*$/.test(property) ? modelCalls(property, models.get(property)) : undefined,
    },
  );
  return handle;
}
