/** What Sequelize gives a migration besides its connection: types of columns, pieces of SQL, operators. */
import { literal, quoted, sqlText, Text } from "../evaluator/text.js";
import { Callable, Dictionary, Handle, List, type Method, textOf, Unknown, type Value } from "../evaluator/value.js";

/** A type of a column: a class of Sequelize's, which makes one with a length where it is called. */
export class DataType extends Callable {
  constructor(
    name: string,
    readonly sql: Text,
    more: {
      readonly make?: (args: readonly Value[]) => DataType;
      readonly members?: Dictionary;
      /** The values of an enum, or of a list of one. */
      readonly values?: List | undefined;
      readonly isList?: boolean;
    } = {},
  ) {
    const make = more.make ?? (() => this);
    super(name, (args) => make(args), make, more.members);
    this.values = more.values;
    this.isList = more.isList ?? false;
  }

  readonly values: List | undefined;
  readonly isList: boolean;
}

/** SQL that is put into other SQL as it is: `Sequelize.literal("now()")`. */
export class Fragment extends Handle {
  constructor(readonly sql: Text) {
    super("Sequelize.literal()");
  }
}

/** A value that a model computes and no column has as its default: `Sequelize.NOW`, `Sequelize.UUIDV4`. */
export class ComputedByModel extends Callable {
  constructor(name: string) {
    super(name, () => this);
  }
}

/** A part of the SQL that is not known. */
export function hole(value: Value, kind: "value" | "identifier" | "any", name: string): Text {
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return Text.hole({ kind, name: (value instanceof Unknown ? value.expression : undefined) ?? name, reason });
}

/** A value in SQL text. */
export function escaped(value: Value): Text {
  if (value instanceof Fragment) return value.sql;
  if (value == null) return Text.of("NULL");
  if (value instanceof Text) return literal(value);
  if (value instanceof List) return sqlText`ARRAY[${Text.join(value.items.map(escaped), ",")}]`;
  if (value instanceof Dictionary) {
    const json = plain(value);
    return json === undefined ? hole(value, "value", "value") : literal(JSON.stringify(json));
  }
  return typeof value === "object" ? hole(value, "value", "value") : Text.of(String(value));
}

/** JavaScript's own value, where all of it is known. */
function plain(value: Value): unknown {
  if (value instanceof Text) return value.known;
  if (value instanceof List) {
    const items = value.items.map(plain);
    return value.open || items.includes(undefined) ? undefined : items;
  }
  if (value instanceof Dictionary) {
    const entries = [...value.properties].map(([key, inner]) => [key, plain(inner)] as const);
    const isKnown = value.open === undefined && entries.every(([, inner]) => inner !== undefined);
    return isKnown ? Object.fromEntries(entries) : undefined;
  }
  return typeof value === "object" || typeof value === "bigint" ? undefined : value;
}

function simple(name: string, sql = name): DataType {
  const type: DataType = new DataType(name, Text.of(sql));
  // PostgreSQL has no such numbers, and Sequelize leaves the words out.
  for (const word of ["UNSIGNED", "ZEROFILL"]) type.members.properties.set(word, type);
  return type;
}

function withLength(name: string, sql: string): DataType {
  const make = ([length]: readonly Value[]): DataType =>
    new DataType(
      name,
      sqlText`${sql}(${textOf(length) ?? (length === undefined ? "255" : hole(length, "any", "length"))})`,
      {
        members: BINARY,
      },
    );
  return new DataType(name, Text.of(`${sql}(255)`), { make, members: BINARY });
}

const BYTEA = new DataType("BINARY", Text.of("BYTEA"));
const BINARY = new Dictionary([["BINARY", BYTEA]]);

function decimal(name: string): DataType {
  const make = (args: readonly Value[]): DataType => {
    const numbers = args.flatMap((one) => textOf(one) ?? []);
    return new DataType(name, numbers.length === 0 ? Text.of("DECIMAL") : sqlText`DECIMAL(${Text.join(numbers, ",")})`);
  };
  return new DataType(name, Text.of("DECIMAL"), { make });
}

function list([of]: readonly Value[]): DataType {
  const element = of instanceof Dictionary ? of.get("type") : of;
  if (!(element instanceof DataType)) return new DataType("ARRAY", sqlText`${hole(element, "any", "type")}[]`);
  return new DataType("ARRAY", sqlText`${element.sql}[]`, { values: element.values, isList: true });
}

function enumeration(args: readonly Value[]): DataType {
  const [first] = args;
  const values =
    first instanceof List ? first : first instanceof Dictionary ? first.get("values") : new List([...args]);
  return new DataType("ENUM", Text.of("ENUM"), { values: values instanceof List ? values : undefined });
}

/** Ranges by what they are of (`lib/dialects/postgres/data-types.js`). */
const RANGES: Readonly<Record<string, string>> = {
  INTEGER: "int4range",
  BIGINT: "int8range",
  DECIMAL: "numrange",
  DATE: "tstzrange",
  DATEONLY: "daterange",
};

function range([of]: readonly Value[]): DataType {
  const sql = of instanceof DataType ? RANGES[of.name] : "int4range";
  return new DataType("RANGE", sql === undefined ? hole(of, "any", "type") : Text.of(sql));
}

const TYPES: readonly DataType[] = [
  withLength("STRING", "VARCHAR"),
  withLength("CHAR", "CHAR"),
  decimal("DECIMAL"),
  decimal("NUMERIC"),
  simple("INTEGER"),
  simple("BIGINT"),
  simple("SMALLINT"),
  simple("FLOAT"),
  simple("REAL"),
  simple("DOUBLE", "DOUBLE PRECISION"),
  simple("BOOLEAN"),
  simple("TEXT"),
  simple("CITEXT"),
  simple("DATE", "TIMESTAMP WITH TIME ZONE"),
  simple("DATEONLY", "DATE"),
  simple("TIME"),
  simple("JSON"),
  simple("JSONB"),
  simple("UUID"),
  simple("BLOB", "BYTEA"),
  simple("HSTORE"),
  simple("CIDR"),
  simple("INET"),
  simple("MACADDR"),
  simple("TSVECTOR"),
  new DataType("ARRAY", Text.of("ARRAY"), { make: list }),
  new DataType("ENUM", Text.of("ENUM"), { make: enumeration }),
  new DataType("RANGE", Text.of("int4range"), { make: range }),
];

/** As they stand in SQL; a condition's object has them with a dollar before the name. */
export const OPERATORS: Readonly<Record<string, string>> = {
  $eq: "=",
  $ne: "<>",
  $gt: ">",
  $gte: ">=",
  $lt: "<",
  $lte: "<=",
  $in: "IN",
  $notIn: "NOT IN",
  $is: "IS",
  $not: "IS NOT",
  $like: "LIKE",
  $notLike: "NOT LIKE",
  $iLike: "ILIKE",
  $notILike: "NOT ILIKE",
};

const FUNCTIONS: Readonly<Record<string, Method>> = {
  literal: ([sql]) => new Fragment(textOf(sql) ?? hole(sql, "any", "sql")),
  col: ([name]) => new Fragment(quotedName(textOf(name) ?? hole(name, "identifier", "column"))),
  fn: ([name, ...args]) =>
    new Fragment(sqlText`${textOf(name) ?? hole(name, "any", "function")}(${Text.join(args.map(escaped), ", ")})`),
};

/** `"app"."orders"` of `app.orders`. */
export function quotedName(name: Text): Text {
  return Text.join(name.split(".").map(quoted), ".");
}

const DEFERRABLE = new Dictionary(
  Object.entries({
    INITIALLY_DEFERRED: "DEFERRABLE INITIALLY DEFERRED",
    INITIALLY_IMMEDIATE: "DEFERRABLE INITIALLY IMMEDIATE",
    NOT: "NOT DEFERRABLE",
  }).map(([name, sql]) => [name, new Fragment(Text.of(sql))] as const),
);

const DATA_TYPES = new Dictionary(
  [...TYPES, ...["NOW", "UUIDV1", "UUIDV4"].map((name) => new ComputedByModel(name))].map(
    (type) => [type.name, type] as const,
  ),
  undefined,
  "is a type of Sequelize's",
);

/** `Sequelize`: the second argument of a migration, and what the package exports. */
export const SEQUELIZE: Dictionary = new Dictionary(
  [
    ...DATA_TYPES.properties,
    ...Object.entries(FUNCTIONS).map(([name, call]) => [name, new Callable(`Sequelize.${name}`, call)] as const),
    ["DataTypes", DATA_TYPES],
    ["Deferrable", DEFERRABLE],
    [
      "Op",
      new Dictionary(
        Object.keys(OPERATORS).map((name) => [name.slice(1), Text.of(name)] as const),
        undefined,
        "is an operator",
      ),
    ],
  ],
  undefined,
  "is Sequelize's own",
);
SEQUELIZE.properties.set("Sequelize", SEQUELIZE);
SEQUELIZE.properties.set("default", SEQUELIZE);
