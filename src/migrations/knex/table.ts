/**
 * Knex's table builder: what a callback describes, and the statements that come of it. They are not in the order of the
 * calls: new columns come first, then altered ones, then everything else (`lib/schema/tablecompiler.js`).
 */
import { inlined, type Origin, quoted, sqlText, Text } from "../evaluator/text.js";
import {
  Dictionary,
  Handle,
  List,
  type Method,
  option,
  type Site,
  textOf,
  textsOf,
  truthOf,
  Unknown,
  type Value,
} from "../evaluator/value.js";
import {
  alterColumn,
  COLUMN_METHODS,
  type ColumnTable,
  compileColumn,
  type KnexColumn,
  MODIFIERS,
  typeOf,
} from "./columns.js";
import { predicateOf } from "./query.js";
import { columnized, RawSql, withBindings, wrapped } from "./raw.js";

export type TableMethod = "create" | "createIfNot" | "createLike" | "alter";

type Place = Omit<Origin, "verbatim">;

/** A call that becomes a statement of its own behind those of the columns. */
interface TableCall {
  readonly method: string;
  readonly args: readonly Value[];
  place: Place;
}

interface ForeignKey {
  readonly columns: Value;
  name: Value;
  references?: Value;
  table?: Value;
  onUpdate?: Value;
  onDelete?: Value;
  deferrable?: Value;
}

/** `dropColumn("name")` in its chain: from its own beginning to the end of what was called on it. */
function placeOf({ file, own }: Site): Place {
  return { file, range: own };
}

function longer(place: Place, { file, range }: Site): Place {
  return place.file === file ? { file, range: [place.range[0], Math.max(place.range[1], range[1])] } : place;
}

export class KnexTable {
  readonly #columns: KnexColumn[] = [];
  readonly #calls: TableCall[] = [];
  readonly #checks: Text[] = [];
  readonly #keys = new Map<TableCall, ForeignKey>();
  #comment: { readonly value: Value; readonly place: Place } | undefined;
  #inherits: Value;
  readonly handle: Handle;

  constructor(
    readonly method: TableMethod,
    readonly name: Value,
    readonly schema: Text | undefined,
    readonly like?: Value,
  ) {
    this.handle = new Handle("the table builder", this.#methods());
  }

  #methods(): Record<string, Method> {
    const call =
      (method: string): Method =>
      (args, site) => {
        this.#calls.push({ method, args, place: placeOf(site) });
        return this.handle;
      };
    const methods: Record<string, Method> = {
      timestamps: (args, site) => this.#timestamps(args, site),
      comment: ([value], site) => void (this.#comment = { value, place: placeOf(site) }),
      inherits: ([value]) => void (this.#inherits = value),
      engine: () => undefined,
      charset: () => undefined,
      collate: () => undefined,
      queryContext: () => this.handle,
      foreign: ([columns, name], site) => this.#foreign(columns, name, placeOf(site)),
    };
    for (const method of COLUMN_METHODS) {
      methods[method] = (args, site) => this.#column(method, args, site);
    }
    for (const method of Object.keys(STATEMENTS)) methods[method] = call(method);
    if (this.method === "alter") {
      methods["dropColumns"] = call("dropColumn");
      methods["dropTimestamps"] = ([camel], site) => {
        const names = camel === true ? ["createdAt", "updatedAt"] : ["created_at", "updated_at"];
        return call("dropColumn")(
          names.map((name) => Text.of(name)),
          site,
        );
      };
    } else {
      methods["check"] = ([predicate, bindings, name]) => {
        const constraint = textOf(name);
        const prefix = constraint === undefined ? "" : sqlText`constraint ${constraint} `;
        this.#checks.push(
          sqlText`${prefix}check (${inlined(withBindings(textOf(predicate) ?? Text.EMPTY, bindings))})`,
        );
        return this.handle;
      };
    }
    return methods;
  }

  #timestamps([first, second, third]: readonly Value[], site: Site): Value {
    const options = first instanceof Dictionary ? first : undefined;
    const [zone, now, camel] = options
      ? ["useTimestamps", "defaultToNow", "useCamelCase"].map((name) => option(options, name))
      : [first, second, third];
    const method = zone === true ? "timestamp" : "datetime";
    for (const name of truthOf(camel) === true ? ["createdAt", "updatedAt"] : ["created_at", "updated_at"]) {
      const column = this.#newColumn(method, [Text.of(name)], site);
      if (now !== true) continue;
      column.modifiers.set("nullable", [false]).set("defaultTo", [new RawSql(Text.of("CURRENT_TIMESTAMP"), {})]);
    }
    return undefined;
  }

  #newColumn(method: string, args: readonly Value[], site: Site): KnexColumn {
    const name = textOf(args[0])?.known;
    // Of two branches that describe the same column, one is taken.
    const other = this.#columns.findIndex((one) => one.conditional && textOf(one.args[0])?.known === name);
    if (site.run.conditional && other >= 0) this.#columns.splice(other, 1);
    const { conditional } = site.run;
    const column: KnexColumn = { type: typeOf(method), args, modifiers: new Map(), place: placeOf(site), conditional };
    this.#columns.push(column);
    return column;
  }

  #column(method: string, args: readonly Value[], site: Site): Handle {
    const column = this.#newColumn(method, args, site);
    const modify =
      (name: string): Method =>
      (values, at) => {
        column.modifiers.set(name, values);
        column.place = longer(column.place, at);
        return handle;
      };
    const index =
      (name: string): Method =>
      (values, at) => {
        if (!column.type.includes("increments")) {
          this.#calls.push({ method: name, args: [args[0], ...values], place: placeOf(at) });
        }
        column.place = longer(column.place, at);
        return handle;
      };
    const methods: Record<string, Method> = {
      default: modify("defaultTo"),
      defaultsTo: modify("defaultTo"),
      notNullable: (_, at) => modify("nullable")([false], at),
      notNull: (_, at) => modify("nullable")([false], at),
      index: index("index"),
      unique: index("unique"),
      primary: index("primary"),
      queryContext: () => handle,
      references: (values, at) => {
        const key = this.#foreign(args[0], undefined, placeOf(at), handle);
        // Its methods are those of the column from here on.
        Object.assign(methods, { ...key.methods, ...methods });
        column.place = longer(column.place, at);
        return key.methods["references"]?.(values, at);
      },
      alter: ([options], at) => {
        column.alter = {
          nullable: option(options, "alterNullable") !== false,
          type: option(options, "alterType") !== false,
        };
        column.place = longer(column.place, at);
        return handle;
      },
    };
    for (const modifier of MODIFIERS) methods[modifier] = modify(modifier);
    const handle = new Handle("the column builder", methods);
    return handle;
  }

  #foreign(columns: Value, name: Value, place: Place, column?: Handle): Handle {
    const key: ForeignKey = { columns, name };
    const entry: TableCall = { method: "foreign", args: [], place };
    this.#calls.push(entry);
    this.#keys.set(entry, key);
    const set =
      (property: keyof ForeignKey): Method =>
      ([value], site) => {
        Object.assign(key, { [property]: value });
        entry.place = longer(entry.place, site);
        return column ?? handle;
      };
    const handle: Handle = new Handle("the foreign key builder", {
      references: ([value], site) => {
        entry.place = longer(entry.place, site);
        const parts = value instanceof Text ? value.split(".") : [];
        if (parts.length < 2) key.references = value;
        else [key.table, key.references] = parts;
        return column ?? handle;
      },
      on: set("table"),
      inTable: set("table"),
      withKeyName: set("name"),
      onUpdate: set("onUpdate"),
      onDelete: set("onDelete"),
      deferrable: set("deferrable"),
    });
    return handle;
  }

  /** The statements, in the order in which Knex sends them. */
  statements(): readonly Text[] {
    const { schema, method } = this;
    const own = textOf(this.name);
    const name =
      own ??
      Text.hole({
        kind: "identifier",
        name: "table",
        reason: this.name instanceof Unknown ? this.name.reason : "is not known",
      });
    const full = schema === undefined ? name : sqlText`${schema}.${name}`;
    const before: Text[] = [];
    const primary = this.#calls.filter((call) => call.method === "primary");
    const table: ColumnTable & { readonly method: TableMethod } = {
      name,
      schema,
      method,
      wrapped: wrapped(full),
      hasPrimary: primary.length > 0,
      before: (sql) => void before.unshift(sql),
    };
    const added = this.#columns.filter(({ alter }) => !alter).map((column) => compileColumn(column, table));
    const altered = this.#columns.filter(({ alter }) => alter !== undefined);
    const statements: Text[] = [];
    const isCreated = method !== "alter";
    if (isCreated) {
      statements.push(
        this.#create(
          added.map(({ sql }) => sql),
          primary[0],
          table,
        ),
      );
      if (this.#comment) statements.push(commentOn(table, this.#comment));
    } else if (added.length > 0) {
      const places = added.map(({ sql }) => sql.pieces[0]?.origin ?? NO_PLACE);
      const columns = added.map(({ sql }, index) => sqlText`add column ${sql}`.at(places[index] ?? NO_PLACE));
      const sql = sqlText`alter table ${table.wrapped} ${Text.join(columns, ", ")}`;
      // A statement for one column is that column's.
      statements.push(places.length === 1 ? sql.at(places[0] ?? NO_PLACE) : sql);
    }
    const others = altered.map((column) => compileColumn(column, table));
    if (!isCreated) for (const column of altered) statements.push(...alterColumn(column, table));
    statements.push(...added.flatMap(({ after }) => after));
    if (!isCreated) statements.push(...others.flatMap(({ after }) => after));
    let checks = 0;
    for (const call of this.#calls) {
      const key = this.#keys.get(call);
      const made = key ? foreignKey(table, key) : STATEMENTS[call.method]?.(table, call.args, () => ++checks);
      if (made !== undefined) statements.push(made.at(call.place));
    }
    if (!isCreated && this.#comment) statements.push(commentOn(table, this.#comment));
    return [...before, ...statements];
  }

  #create(columns: readonly Text[], primary: TableCall | undefined, table: ColumnTable): Text {
    const ifNot = this.method === "createIfNot" ? "if not exists " : "";
    if (this.like !== undefined) {
      const like = wrapped(
        table.schema === undefined ? this.like : sqlText`${table.schema}.${textOf(this.like) ?? ""}`,
      );
      const parts = [sqlText`like ${like} including all`, ...columns];
      return sqlText`create table ${table.wrapped} (${Text.join(parts, ", ")})`;
    }
    const parts = [...columns];
    if (primary) parts.push(primaryKey(table, primary.args).at(primary.place));
    parts.push(...this.#checks);
    const inherits = this.#inherits === undefined ? "" : sqlText` inherits (${wrapped(this.#inherits)})`;
    return sqlText`create table ${ifNot}${table.wrapped} (${Text.join(parts, ", ")})${inherits}`;
  }
}

const NO_PLACE = { file: "", range: [0, 0] } as const;

function commentOn(table: ColumnTable, { value, place }: { readonly value: Value; readonly place: Place }): Text {
  // Knex does not double the quotes in it.
  return sqlText`comment on table ${table.wrapped} is '${textOf(value) ?? Text.EMPTY}'`.at(place);
}

/** `orders_account_id_index` */
function defaultName({ name }: ColumnTable, columns: Value, kind: string): Text {
  const names = (columns instanceof List ? columns.items : [columns]).map(
    (column) =>
      (column instanceof RawSql ? column.sql : textOf(column)) ??
      Text.hole({ kind: "identifier", name: "column", reason: "is not known" }),
  );
  const joined = Text.join([name.map((part) => part.replace(/[.-]/g, "_")), ...names, kind], "_");
  return wrapped(joined.map((part) => part.toLowerCase()));
}

/** Names and options of an index or a key: a name, or an object with one. */
function named(given: Value, key: "indexName" | "constraintName"): Value {
  return given instanceof Dictionary ? given.get(key) : given;
}

function deferred(options: Value): Text | string {
  const when = textOf(option(options, "deferrable"));
  return when === undefined ? "" : sqlText` deferrable initially ${when}`;
}

function primaryKey(table: ColumnTable, [columns, options]: readonly Value[]): Text {
  const given = named(options, "constraintName");
  const name = wrapped(given == null ? sqlText`${table.name}_pkey` : given);
  return sqlText`constraint ${name} primary key (${columnized(columns)})${deferred(options)}`;
}

function foreignKey(table: ColumnTable, key: ForeignKey): Text | undefined {
  if (key.table === undefined || key.references === undefined) return undefined;
  const name = key.name == null ? defaultName(table, key.columns, "foreign") : wrapped(key.name);
  const action = (words: string, value: Value): Text | string => {
    const text = textOf(value);
    return text === undefined ? "" : sqlText`${words}${text}`;
  };
  const when = textOf(key.deferrable);
  return Text.join([
    sqlText`alter table ${table.wrapped} add constraint ${name} foreign key (${columnized(key.columns)})`,
    sqlText` references ${wrapped(key.table)} (${columnized(key.references)})`,
    action(" on update ", key.onUpdate),
    action(" on delete ", key.onDelete),
    when === undefined ? "" : sqlText` deferrable initially ${when.map((part) => part.toLowerCase())} `,
  ]);
}

type Table = ColumnTable & { readonly method: TableMethod };

const dropConstraint =
  (kind: string, ifExists = ""): ((table: Table, args: readonly Value[]) => Text) =>
  (table, [columns, name]) =>
    sqlText`alter table ${table.wrapped} drop constraint ${ifExists}${name == null ? defaultName(table, columns, kind) : wrapped(name)}`;

const dropPrimary =
  (ifExists = ""): ((table: Table, args: readonly Value[]) => Text) =>
  (table, [name]) =>
    sqlText`alter table ${table.wrapped} drop constraint ${ifExists}${wrapped(name == null ? sqlText`${table.name}_pkey` : name)}`;

/** What each call becomes. */
const STATEMENTS: Readonly<
  Record<string, (table: Table, args: readonly Value[], count: () => number) => Text | undefined>
> = {
  primary: (table, args) =>
    table.method === "create" || table.method === "createIfNot"
      ? undefined
      : sqlText`alter table ${table.wrapped} add ${primaryKey(table, args)}`,
  unique: (table, [columns, options]) => {
    const predicate = option(options, "predicate");
    const asked = option(options, "useConstraint");
    const deferrable = option(options, "deferrable");
    const constraint = asked === undefined ? deferrable != null || predicate == null : asked === true;
    const given = named(options, "indexName");
    const name = given == null ? defaultName(table, columns, "unique") : wrapped(given);
    if (constraint) {
      return sqlText`alter table ${table.wrapped} add constraint ${name} unique (${columnized(columns)})${deferred(options)}`;
    }
    return sqlText`create unique index ${name} on ${table.wrapped} (${columnized(columns)})${predicateOf(predicate)}`;
  },
  index: (table, [columns, given, options]) => {
    const name = given == null ? defaultName(table, columns, "index") : wrapped(given);
    const method = textOf(options) ?? textOf(option(options, "storageEngineIndexType"));
    const kind = textOf(option(options, "indexType"))?.known?.toLowerCase() === "unique" ? " unique" : "";
    const using = method === undefined ? "" : sqlText` using ${method}`;
    return sqlText`create${kind} index ${name} on ${table.wrapped}${using} (${columnized(columns)})${predicateOf(option(options, "predicate"))}`;
  },
  dropPrimary: dropPrimary(),
  dropPrimaryIfExists: dropPrimary("if exists "),
  dropUnique: dropConstraint("unique"),
  dropUniqueIfExists: dropConstraint("unique", "if exists "),
  dropForeign: dropConstraint("foreign"),
  dropForeignIfExists: dropConstraint("foreign", "if exists "),
  dropIndex: (table, [columns, given]) => {
    const name = given == null ? defaultName(table, columns, "index") : wrapped(given);
    return sqlText`drop index ${table.schema === undefined ? "" : sqlText`${quoted(table.schema)}.`}${name}`;
  },
  dropColumn: (table, args) => {
    const columns = args[0] instanceof List ? args[0].items : args;
    return sqlText`alter table ${table.wrapped} ${Text.join(
      columns.map((column) => sqlText`drop column ${wrapped(column)}`),
      ", ",
    )}`;
  },
  renameColumn: (table, [from, to]) => sqlText`alter table ${table.wrapped} rename ${wrapped(from)} to ${wrapped(to)}`,
  setNullable: (table, [column]) => sqlText`alter table ${table.wrapped} alter column ${wrapped(column)} drop not null`,
  dropNullable: (table, [column]) => sqlText`alter table ${table.wrapped} alter column ${wrapped(column)} set not null`,
  check: (table, [predicate, , name], count) => {
    const constraint = textOf(name) ?? sqlText`${table.wrapped}_${count()}`;
    return sqlText`alter table ${table.wrapped} add constraint ${constraint} check(${textOf(predicate) ?? Text.EMPTY})`;
  },
  dropChecks: (table, args) => {
    const names = textsOf(args[0]);
    return sqlText`alter table ${table.wrapped} ${Text.join(
      names.map((name) => sqlText`drop constraint ${name}`),
      ", ",
    )}`;
  },
};
