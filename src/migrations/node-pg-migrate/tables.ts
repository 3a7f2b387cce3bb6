/** Tables, their columns, constraints and indexes as node-pg-migrate writes them (`src/operations/` of the package). */
import { quoted, sqlText, Text } from "../evaluator/text.js";
import { Dictionary, List, option, textOf, truthOf, type Value } from "../evaluator/value.js";
import {
  adapted,
  appliedType,
  bareName,
  clause,
  escapeValue,
  isLiteral,
  isOn,
  listOf,
  nameOf,
  names,
  sqlOf,
  when,
} from "./values.js";

/** The statements of a call. */
export type Operation = (args: readonly Value[], shorthands: Value) => readonly Text[];

function comment(kind: string, name: Text, text: Value): Text {
  return sqlText`COMMENT ON ${kind} ${name} IS ${escapeValue(text ?? null)}`;
}

function references(options: Value): Text {
  const to = option(options, "references");
  const text = textOf(to)?.toString();
  const table = text !== undefined && (text.startsWith('"') || text.endsWith(")")) ? sqlOf(to) : nameOf(to);
  return Text.join([
    sqlText`REFERENCES ${table}`,
    clause(options, "match", (match) => sqlText` MATCH ${match}`),
    clause(options, "onDelete", (action) => sqlText` ON DELETE ${action}`),
    clause(options, "onUpdate", (action) => sqlText` ON UPDATE ${action}`),
  ]);
}

function deferrable(options: Value): string {
  return `DEFERRABLE INITIALLY ${isOn(options, "deferred") ? "DEFERRED" : "IMMEDIATE"}`;
}

/** A bound of a sequence: a number, none where it is null or false. */
function bound(options: Value, name: string, words: string): Text | undefined {
  const value = option(options, name);
  if (value === undefined) return undefined;
  return value === null || value === false ? Text.of(`NO ${words}`) : sqlText`${words} ${sqlOf(value)}`;
}

export function sequenceOptions(options: Value, shorthands: Value): readonly Text[] {
  const owner = option(options, "owner");
  const cycle = option(options, "cycle");
  const type = option(options, "type");
  const some = (name: string, words: string): Text | undefined =>
    truthOf(option(options, name)) === true ? sqlText`${words} ${sqlOf(option(options, name))}` : undefined;
  const clauses = [
    type === undefined ? undefined : sqlText`AS ${sqlOf(appliedType(type, shorthands).get("type"))}`,
    some("increment", "INCREMENT BY"),
    bound(options, "minvalue", "MINVALUE"),
    bound(options, "maxvalue", "MAXVALUE"),
    some("start", "START WITH"),
    some("cache", "CACHE"),
    cycle === undefined ? undefined : Text.of(truthOf(cycle) === true ? "CYCLE" : "NO CYCLE"),
    owner === undefined
      ? undefined
      : owner === null || owner === false
        ? Text.of("OWNED BY NONE")
        : sqlText`OWNED BY ${sqlOf(owner)}`,
  ];
  return clauses.flatMap((one) => one ?? []);
}

function identity(generated: Value, shorthands: Value): Text {
  const options = sequenceOptions(generated, shorthands);
  const inside = options.length > 0 ? sqlText` (${Text.join(options, " ")})` : "";
  return sqlText`GENERATED ${sqlOf(option(generated, "precedence"))} AS IDENTITY${inside}`;
}

interface Columns {
  readonly lines: readonly Text[];
  /** Where several columns say that they are the primary key. */
  readonly primaryKey: readonly string[];
  readonly comments: readonly Text[];
}

function columnsOf(table: Value, columns: Value, shorthands: Value): Columns {
  const definitions = columns instanceof Dictionary ? [...columns.properties] : [];
  const applied = definitions.map(([name, definition]) => [name, appliedType(definition, shorthands)] as const);
  const primary = applied.filter(([, options]) => isOn(options, "primaryKey")).map(([name]) => name);
  const comments: Text[] = [];
  const lines = applied.map(([name, options], index) => {
    const own = nameOf(Text.of(name));
    const note = options.get("comment");
    if (note !== undefined) comments.push(comment("COLUMN", sqlText`${nameOf(table)}.${own}`, note));
    const line = sqlText`${own} ${columnDefinition(name, options, primary.length > 1, table, shorthands, comments)}`;
    // The place of a column is that of the strings in its definition.
    const origin = originIn(definitions[index]?.[1]);
    return origin === undefined ? line : line.at(origin);
  });
  if (columns instanceof Dictionary && columns.open !== undefined) {
    lines.push(Text.hole({ kind: "identifier", name: "columns", reason: columns.open }));
  }
  return { lines, primaryKey: primary.length > 1 ? primary : [], comments };
}

function originIn(definition: Value): NonNullable<Text["pieces"][number]["origin"]> | undefined {
  const texts = definition instanceof Dictionary ? [...definition.properties.values()] : [definition];
  const origins = texts.flatMap((text) =>
    text instanceof Text ? text.pieces.flatMap(({ origin }) => origin ?? []) : [],
  );
  const [first] = origins;
  if (first === undefined || origins.some(({ file }) => file !== first.file)) return undefined;
  const start = Math.min(...origins.map(({ range }) => range[0]));
  const end = Math.max(...origins.map(({ range }) => range[1]));
  return { file: first.file, range: [start, end], verbatim: false };
}

function columnDefinition(
  column: string,
  options: Dictionary,
  severalPrimary: boolean,
  table: Value,
  shorthands: Value,
  comments: Text[],
): Text {
  const type = options.get("type");
  const array = options.get("array");
  const suffix = array === true ? " ARRAY" : typeof array === "number" ? ` ARRAY[${String(array)}]` : "";
  const parts: (Text | string)[] = [sqlText`${type instanceof Dictionary ? nameOf(type) : sqlOf(type)}${suffix}`];
  const value = options.get("default");
  const generated = options.get("sequenceGenerated");
  parts.push(
    clause(options, "collation", (sql) => sqlText` COLLATE ${sql}`),
    value === undefined ? "" : sqlText` DEFAULT ${escapeValue(value)}`,
    when(options, "unique", " UNIQUE"),
    severalPrimary ? "" : when(options, "primaryKey", " PRIMARY KEY"),
    when(options, "notNull", " NOT NULL"),
    clause(options, "check", (sql) => sqlText` CHECK (${sql})`),
  );
  if (truthOf(options.get("references") ?? false) !== false) {
    const note = options.get("referencesConstraintComment");
    const given =
      options.get("referencesConstraintName") ??
      (note === undefined ? undefined : sqlText`${bareName(table)}_fk_${column}`);
    parts.push(given === undefined ? " " : sqlText` CONSTRAINT ${nameOf(given)} `, references(options));
    if (note !== undefined) comments.push(comment(`CONSTRAINT`, sqlText`${nameOf(given)} ON ${nameOf(table)}`, note));
  }
  parts.push(
    isOn(options, "deferrable") ? ` ${deferrable(options)}` : "",
    generated === undefined || generated === null ? "" : sqlText` ${identity(generated, shorthands)}`,
    clause(options, "expressionGenerated", (sql) => sqlText` GENERATED ALWAYS AS (${sql}) STORED`),
  );
  return Text.join(parts);
}

interface Constraints {
  readonly lines: readonly Text[];
  readonly comments: readonly Text[];
}

function constraintsOf(table: Value, options: Value, given: Value): Constraints {
  const bare = bareName(table);
  const named = textOf(given)?.toString() === "" ? undefined : (given ?? undefined);
  const name = (otherwise: Text): Text => nameOf(named ?? otherwise);
  const lines: Text[] = [];
  const comments: Text[] = [];
  const check = option(options, "check");
  if (check instanceof List) {
    for (const [index, one] of check.items.entries()) {
      lines.push(sqlText`CONSTRAINT ${name(sqlText`${bare}_chck_${index + 1}`)} CHECK (${sqlOf(one)})`);
    }
  } else if (check !== undefined)
    lines.push(sqlText`CONSTRAINT ${name(sqlText`${bare}_chck`)} CHECK (${sqlOf(check)})`);
  const unique = option(options, "unique");
  if (unique !== undefined) {
    const nested = listOf(unique).some((one) => one instanceof List);
    for (const set of nested ? listOf(unique) : [new List([...listOf(unique)])]) {
      const columns = Text.join(listOf(set).map(bareName), "_");
      lines.push(sqlText`CONSTRAINT ${name(sqlText`${bare}_uniq_${columns}`)} UNIQUE (${names(set)})`);
    }
  }
  const primary = option(options, "primaryKey");
  if (primary !== undefined)
    lines.push(sqlText`CONSTRAINT ${name(sqlText`${bare}_pkey`)} PRIMARY KEY (${names(primary)})`);
  for (const key of listOf(option(options, "foreignKeys"))) {
    const columns = option(key, "columns");
    const own = nameOf(
      option(key, "referencesConstraintName") ??
        named ??
        sqlText`${bare}_fk_${Text.join(listOf(columns).map(bareName), "_")}`,
    );
    lines.push(sqlText`CONSTRAINT ${own} FOREIGN KEY (${names(columns)}) ${references(key)}`);
    const note = option(key, "referencesConstraintComment");
    if (note !== undefined) comments.push(comment("CONSTRAINT", sqlText`${own} ON ${nameOf(table)}`, note));
  }
  const exclude = option(options, "exclude");
  if (exclude !== undefined) lines.push(sqlText`CONSTRAINT ${name(sqlText`${bare}_excl`)} EXCLUDE ${sqlOf(exclude)}`);
  const note = option(options, "comment");
  if (note !== undefined && named !== undefined) {
    comments.push(comment("CONSTRAINT", sqlText`${nameOf(named)} ON ${nameOf(table)}`, note));
  }
  return {
    lines: isOn(options, "deferrable") ? lines.map((line) => sqlText`${line} ${deferrable(options)}`) : lines,
    comments,
  };
}

function like(value: Value): Text {
  const table = option(value, "table");
  const words = (name: string, key: string): Text[] =>
    listOf(option(option(value, "options"), key)).map((one) => sqlText` ${name} ${sqlOf(one)}`);
  return Text.join([
    sqlText`LIKE ${nameOf(table ?? value)}`,
    ...(table === undefined ? [] : [...words("INCLUDING", "including"), ...words("EXCLUDING", "excluding")]),
  ]);
}

function partition(value: Value): Text {
  const columns = listOf(option(value, "columns")).map((column) =>
    column instanceof Dictionary
      ? Text.join([
          nameOf(column.get("name")),
          clause(column, "collate", (sql) => sqlText` COLLATE ${sql}`),
          clause(column, "opclass", (sql) => sqlText` ${sql}`),
        ])
      : nameOf(column),
  );
  return sqlText` PARTITION BY ${sqlOf(option(value, "strategy"))} (${Text.join(columns, ", ")})`;
}

const createTable: Operation = ([table, columns, options], shorthands) => {
  const own = columnsOf(table, columns, shorthands);
  const given = option(options, "constraints");
  const merged = new Dictionary(given instanceof Dictionary ? given.properties : []);
  if (own.primaryKey.length > 0)
    merged.properties.set("primaryKey", new List(own.primaryKey.map((name) => Text.of(name))));
  const constraints = constraintsOf(table, merged, undefined);
  const copied = option(options, "like");
  const inherits = option(options, "inherits");
  const parts = option(options, "partition");
  const lines = [...own.lines, ...constraints.lines, ...(copied === undefined ? [] : [like(copied)])];
  const note = option(options, "comment");
  return [
    Text.join([
      `CREATE${when(options, "temporary", " TEMPORARY")}${when(options, "unlogged", " UNLOGGED")} TABLE${when(options, "ifNotExists", " IF NOT EXISTS")} `,
      sqlText`${nameOf(table)} (${Text.join(lines, ", ")})`,
      inherits === undefined ? "" : sqlText` INHERITS (${nameOf(inherits)})`,
      parts === undefined ? "" : partition(parts),
    ]),
    ...own.comments,
    ...constraints.comments,
    ...(note === undefined ? [] : [comment("TABLE", nameOf(table), note)]),
  ];
};

const addColumns: Operation = ([table, columns, options], shorthands) => {
  const { lines, comments } = columnsOf(table, columns, shorthands);
  const words = `ADD ${when(options, "ifNotExists", "IF NOT EXISTS ")}`;
  const added = lines.map((line) => {
    const origin = line.pieces[0]?.origin;
    return origin === undefined ? sqlText`${words}${line}` : sqlText`${words}${line}`.at(origin);
  });
  return [sqlText`ALTER TABLE ${nameOf(table)} ${Text.join(added, ", ")}`, ...comments];
};

const dropColumns: Operation = ([table, columns, options]) => {
  const dropped =
    columns instanceof Dictionary ? [...columns.properties.keys()].map((name) => Text.of(name)) : listOf(columns);
  const lines = dropped.map(
    (column) =>
      sqlText`DROP ${when(options, "ifExists", "IF EXISTS ")}${nameOf(column)}${when(options, "cascade", " CASCADE")}`,
  );
  return [sqlText`ALTER TABLE ${nameOf(table)} ${Text.join(lines, ", ")}`];
};

const alterColumn: Operation = ([table, column, options], shorthands) => {
  const actions: Text[] = [];
  const value = option(options, "default");
  const type = option(options, "type");
  const notNull = option(options, "notNull");
  const generated = option(options, "sequenceGenerated");
  const expression = option(options, "expressionGenerated");
  if (value === null) actions.push(Text.of("DROP DEFAULT"));
  else if (value !== undefined) actions.push(sqlText`SET DEFAULT ${escapeValue(value)}`);
  if (type !== undefined) {
    const collation = clause(options, "collation", (sql) => sqlText` COLLATE ${sql}`);
    actions.push(
      sqlText`SET DATA TYPE ${adapted(type)}${collation}${clause(options, "using", (sql) => sqlText` USING ${sql}`)}`,
    );
  }
  if (truthOf(notNull) === true) actions.push(Text.of("SET NOT NULL"));
  else if (notNull === false || isOn(options, "allowNull")) actions.push(Text.of("DROP NOT NULL"));
  if (generated !== undefined) {
    actions.push(
      truthOf(generated) === true ? sqlText`ADD ${identity(generated, shorthands)}` : Text.of("DROP IDENTITY"),
    );
  }
  if (expression === null) actions.push(Text.of("DROP EXPRESSION"));
  else if (expression !== undefined) actions.push(sqlText`SET EXPRESSION AS (${sqlOf(expression)})`);
  const statements: Text[] = [];
  const lines = actions.map((action) => sqlText`ALTER ${nameOf(column)} ${action}`);
  if (lines.length > 0) statements.push(sqlText`ALTER TABLE ${nameOf(table)} ${Text.join(lines, ", ")}`);
  const note = option(options, "comment");
  if (note !== undefined) statements.push(comment("COLUMN", sqlText`${nameOf(table)}.${nameOf(column)}`, note));
  return statements;
};

const addConstraint: Operation = ([table, name, options]) => {
  if (options instanceof Text) {
    const own = name == null ? "" : sqlText`CONSTRAINT ${nameOf(name)} `;
    return [sqlText`ALTER TABLE ${nameOf(table)} ADD ${own}${options}`];
  }
  const { lines, comments } = constraintsOf(table, options, name);
  const added = lines.map((line) => sqlText`ADD ${line}`);
  return [sqlText`ALTER TABLE ${nameOf(table)} ${Text.join(added, ", ")}`, ...comments];
};

const alterTable: Operation = ([table, options]) => {
  const security = option(options, "levelSecurity");
  const unlogged = option(options, "unlogged");
  const lines = [
    ...(security === undefined ? [] : [sqlText`${sqlOf(security)} ROW LEVEL SECURITY`]),
    ...(unlogged === undefined ? [] : [Text.of(truthOf(unlogged) === true ? "SET UNLOGGED" : "SET LOGGED")]),
  ];
  return [sqlText`ALTER TABLE ${nameOf(table)} ${Text.join(lines, ", ")}`];
};

/** What an index column is taken for: an expression where it has more than a name's letters. */
const EXPRESSION = /->>|->|#>>|#>|@\?|@@|@>|<@|\?\||\?&|\?|#-|\|\||::|^[\w.]+\(|\s+[+*/-]\s+|[=<>!]/;

function schemalized(column: Value): Text {
  const text = bareName(column);
  return EXPRESSION.test(text.known ?? "") ? sqlText`(${text})` : text;
}

function indexName(table: Value, columns: Value, options: Value): Value {
  const given = option(options, "name");
  const schema = option(table, "schema");
  if (given !== undefined)
    return schema === undefined
      ? given
      : new Dictionary([
          ["schema", schema],
          ["name", given],
        ]);
  const joined = Text.join(listOf(columns).map(schemalized), "_");
  const name = sqlText`${bareName(table)}_${joined}${when(options, "unique", "_unique")}_index`;
  return schema === undefined
    ? name
    : new Dictionary([
        ["schema", schema],
        ["name", name],
      ]);
}

function indexColumn(column: Value): Text {
  const isObject = column instanceof Dictionary && !isLiteral(column);
  const name = isObject ? column.get("name") : column;
  if (isLiteral(name)) return sqlOf(name);
  const text = schemalized(name);
  const written = text.toString();
  const own =
    text.holes.length > 0 || !/[^\w".]/.test(written)
      ? nameOf(text)
      : written.endsWith(")")
        ? text
        : sqlText`(${text})`;
  if (!isObject) return own;
  return Text.join([
    own,
    clause(column, "opclass", (opclass) => sqlText` ${opclass}`, nameOf),
    clause(column, "sort", (sort) => sqlText` ${sort}`),
  ]);
}

const createIndex: Operation = ([table, columns, options]) => [
  Text.join([
    `CREATE${when(options, "unique", " UNIQUE")} INDEX${when(options, "concurrently", " CONCURRENTLY")}${when(options, "ifNotExists", " IF NOT EXISTS")} `,
    sqlText`${quoted(bareName(indexName(table, columns, options)))} ON ${nameOf(table)}`,
    clause(options, "method", (method) => sqlText` USING ${method}`),
    sqlText` (${Text.join(listOf(columns).map(indexColumn), ", ")})`,
    clause(options, "include", (include) => sqlText` INCLUDE (${include})`, names),
    clause(options, "nulls", (nulls) => sqlText` NULLS ${nulls.map((text) => text.toUpperCase())}`),
    clause(options, "where", (where) => sqlText` WHERE ${where}`),
  ]),
];

const dropIndex: Operation = ([table, columns, options]) => [
  sqlText`DROP INDEX${when(options, "concurrently", " CONCURRENTLY")}${when(options, "ifExists", " IF EXISTS")} ${nameOf(indexName(table, columns, options))}${when(options, "cascade", " CASCADE")}`,
];

export const TABLE_OPERATIONS: Readonly<Record<string, Operation>> = {
  createTable,
  addColumns,
  addColumn: addColumns,
  dropColumns,
  dropColumn: dropColumns,
  alterColumn,
  alterTable,
  addConstraint,
  createConstraint: addConstraint,
  createIndex,
  addIndex: createIndex,
  dropIndex,
};
