import { describe, expect, test } from "vitest";
import type { Operation, OperationOf, OperationType } from "../../src/model/operation.js";
import { parseSql } from "../../src/postgres/parse-sql.js";

type Read = Omit<Operation, "range" | "statement"> & { readonly text: string };

/** Every operation with the text of its range in place of its place. */
function read(sql: string): Read[] {
  const { text, statements } = parseSql(sql);
  return statements.flatMap(({ operations }) =>
    operations.map(({ range, statement: _, ...operation }) => ({ ...operation, text: text.slice(...range) })),
  );
}

/** The only operation of a statement, of this type. */
function one<Type extends OperationType>(sql: string, type: Type): OperationOf<Type> {
  const operations = parseSql(sql).statements.flatMap((statement) => statement.operations);
  expect(operations.map((operation) => operation.type)).toEqual([type]);
  return operations[0] as OperationOf<Type>;
}

function column(definition: string) {
  const sql = `alter table t add column ${definition}`;
  const operation = one(sql, "AddColumn");
  expect(operation.range).toEqual([0, sql.length]);
  expect(sql.slice(...operation.column.range)).toBe(definition);
  return { ...operation.column, text: (range: readonly [number, number]) => sql.slice(...range) };
}

function constraint(definition: string) {
  const sql = `alter table t add ${definition}`;
  const operation = one(sql, "AddConstraint");
  expect(sql.slice(...operation.constraint.range)).toBe(definition);
  return operation.constraint;
}

const PLAIN = { provesNotNull: [], notValid: false, notEnforced: false, deferrable: false };

describe("ALTER TABLE", () => {
  test("each of many subcommands has the range of its clause", () => {
    const sql = `
      ALTER TABLE ONLY "Shop".orders  -- the table, with a comment
        ADD COLUMN note text DEFAULT 'a, b' /* , */ CHECK (length(note, 1) > 0),
        ADD legacy numeric(10, 2)[] NOT NULL DEFAULT array[1, 2],
        DROP COLUMN IF EXISTS "old, name" CASCADE,
        ALTER COLUMN total SET DATA TYPE numeric(12, 2) USING round(total, 2),
        ALTER total SET DEFAULT coalesce(1, 2),
        ALTER total DROP DEFAULT,
        ALTER total SET NOT NULL,
        ALTER COLUMN total DROP NOT NULL,
        ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES r (c, d) ON DELETE SET NULL (a) NOT VALID,
        ADD UNIQUE (a, b),
        VALIDATE CONSTRAINT v,
        DROP CONSTRAINT IF EXISTS w RESTRICT,
        SET (fillfactor = 70, autovacuum_enabled = off),
        ALTER COLUMN a SET STATISTICS 100,
        ENABLE ROW LEVEL SECURITY,
        OWNER TO me;`;
    const table = { schema: "Shop", name: "orders" };
    expect(read(sql)).toMatchObject([
      { type: "AddColumn", table, text: "ADD COLUMN note text DEFAULT 'a, b' /* , */ CHECK (length(note, 1) > 0)" },
      { type: "AddColumn", table, text: "ADD legacy numeric(10, 2)[] NOT NULL DEFAULT array[1, 2]" },
      { type: "DropColumn", table, column: "old, name", text: 'DROP COLUMN IF EXISTS "old, name" CASCADE' },
      {
        type: "AlterColumnType",
        table,
        text: "ALTER COLUMN total SET DATA TYPE numeric(12, 2) USING round(total, 2)",
        newType: { sql: "numeric(12, 2)" },
        using: { sql: "round(total, 2)" },
      },
      { type: "SetDefault", table, column: "total", text: "ALTER total SET DEFAULT coalesce(1, 2)" },
      { type: "DropDefault", table, column: "total", text: "ALTER total DROP DEFAULT" },
      { type: "SetNotNull", table, column: "total", text: "ALTER total SET NOT NULL" },
      { type: "DropNotNull", table, column: "total", text: "ALTER COLUMN total DROP NOT NULL" },
      {
        type: "AddConstraint",
        table,
        text: "ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES r (c, d) ON DELETE SET NULL (a) NOT VALID",
      },
      { type: "AddConstraint", table, text: "ADD UNIQUE (a, b)" },
      { type: "ValidateConstraint", table, constraint: "v", text: "VALIDATE CONSTRAINT v" },
      { type: "DropConstraint", table, constraint: "w", ifExists: true, text: "DROP CONSTRAINT IF EXISTS w RESTRICT" },
      {
        type: "AlterTable",
        table,
        kind: "table",
        subcommand: "SetRelOptions",
        parameters: ["fillfactor", "autovacuum_enabled"],
        text: "SET (fillfactor = 70, autovacuum_enabled = off)",
      },
      { type: "AlterTable", subcommand: "SetStatistics", column: "a", text: "ALTER COLUMN a SET STATISTICS 100" },
      { type: "AlterTable", subcommand: "EnableRowSecurity", text: "ENABLE ROW LEVEL SECURITY" },
      { type: "ChangeOwner", kind: "table", relation: table, owner: "me", text: "OWNER TO me" },
    ]);
  });

  test.each(["t", "ONLY t", "ONLY (t)", "t *", 'IF EXISTS "a b"."c.d"', "IF EXISTS ONLY a . b", "db.a.b"])(
    "the first subcommand begins behind the table's name: %s",
    (table) => {
      expect(read(`alter table ${table} drop a, drop b`).map(({ text }) => text)).toEqual(["drop a", "drop b"]);
    },
  );

  test("a single subcommand stands for the whole statement", () => {
    expect(read("alter table a.t drop column b cascade")).toEqual([
      {
        type: "DropColumn",
        table: { schema: "a", name: "t" },
        column: "b",
        ifExists: false,
        cascade: true,
        text: "alter table a.t drop column b cascade",
      },
    ]);
  });

  test("names are folded and cut as PostgreSQL does", () => {
    const long = "x".repeat(70);
    expect(read(`alter table Orders drop "Total", drop ${long}`)).toMatchObject([
      { table: { name: "orders" }, column: "Total" },
      { table: { name: "orders" }, column: "x".repeat(63) },
    ]);
    expect(read(`drop table ${"ü".repeat(40)}`)).toMatchObject([{ relation: { name: "ü".repeat(31) } }]);
  });

  test("partitions", () => {
    expect(
      read(`
        alter table p attach partition s.c for values from (1) to (2);
        alter table p attach partition d default;
        alter table p detach partition c;
        alter table p detach partition c concurrently;
        alter table p detach partition c finalize;
        alter index i attach partition j`),
    ).toMatchObject([
      { type: "AttachPartition", table: { name: "p" }, partition: { schema: "s", name: "c" } },
      { type: "AttachPartition", partition: { name: "d" }, defaultPartition: true },
      { type: "DetachPartition", partition: { name: "c" }, concurrently: false },
      { type: "DetachPartition", partition: { name: "c" }, concurrently: true },
      { type: "DetachPartition", partition: { name: "c" }, concurrently: false, finalize: true },
      { type: "AlterTable", kind: "index", table: { name: "i" }, subcommand: "AttachPartition", other: { name: "j" } },
    ]);
  });

  test.each([
    ["set logged", { subcommand: "SetLogged" }],
    ["set unlogged", { subcommand: "SetUnLogged" }],
    ["set access method heap", { subcommand: "SetAccessMethod", name: "heap" }],
    ["set tablespace fast", { subcommand: "SetTableSpace", name: "fast" }],
    ["reset (fillfactor)", { subcommand: "ResetRelOptions", parameters: ["fillfactor"] }],
    ["cluster on i", { subcommand: "ClusterOn", name: "i" }],
    ["inherit s.p", { subcommand: "AddInherit", other: { schema: "s", name: "p" } }],
    ["no inherit p", { subcommand: "DropInherit", other: { name: "p" } }],
    ["disable trigger all", { subcommand: "DisableTrigAll" }],
    ["enable trigger tr", { subcommand: "EnableTrig", name: "tr" }],
    ["replica identity full", { subcommand: "ReplicaIdentity", replicaIdentity: "full" }],
    ["alter a set storage external", { subcommand: "SetStorage", column: "a" }],
    ["alter a add generated always as identity", { subcommand: "AddIdentity", column: "a", identity: "always" }],
    [
      "alter a set generated by default",
      { subcommand: "SetIdentity", parameters: ["generated"], column: "a", identity: "by default" },
    ],
    ["replica identity using index i", { subcommand: "ReplicaIdentity", replicaIdentity: "index", name: "i" }],
    [
      "alter constraint k not enforced",
      {
        subcommand: "AlterConstraint",
        name: "k",
        enforced: false,
        arrival: { since: 18, syntax: "ALTER CONSTRAINT … ENFORCED" },
      },
    ],
    ["alter a drop identity", { subcommand: "DropIdentity", column: "a" }],
    [
      "alter a set expression as (b + 1)",
      {
        subcommand: "SetExpression",
        column: "a",
        expression: { sql: "b + 1", range: [41, 46], kind: "expression", functions: [], columns: ["b"] },
      },
    ],
    ["alter a drop expression", { subcommand: "DropExpression", column: "a" }],
    ["alter constraint k deferrable", { subcommand: "AlterConstraint", name: "k", deferrable: true }],
  ])("%s", (subcommand, expected) => {
    const sql = `alter table t ${subcommand}`;
    expect(read(sql)).toEqual([{ type: "AlterTable", kind: "table", table: { name: "t" }, ...expected, text: sql }]);
  });

  test("a composite type is no table", () => {
    expect(read("alter type c add attribute a int")).toMatchObject([
      { type: "AlterType", name: { name: "c" }, subcommand: "AddAttribute", attribute: "a" },
    ]);
  });
});

describe("column definitions", () => {
  test("clauses in any order", () => {
    const { text, ...definition } = column(
      `"Code" character varying(20) COLLATE "C" DEFAULT 'x'::text CONSTRAINT nn NOT NULL CONSTRAINT u UNIQUE REFERENCES s.r (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED CHECK ("Code" <> '')`,
    );
    expect(definition).toMatchObject({
      name: "Code",
      type: { name: "varchar", modifiers: [20], arrayDimensions: 0, sql: "character varying(20)" },
      notNull: true,
      default: { sql: "'x'::text", kind: "constant", functions: [], columns: [] },
      collation: "C",
    });
    expect(definition.constraints.map(({ range, ...rest }) => ({ ...rest, text: text(range) }))).toMatchObject([
      { ...PLAIN, kind: "unique", name: "u", columns: ["Code"], text: "CONSTRAINT u UNIQUE" },
      {
        ...PLAIN,
        kind: "foreign key",
        columns: ["Code"],
        references: { table: { schema: "s", name: "r" }, columns: ["id"] },
        deferrable: true,
        text: "REFERENCES s.r (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
      },
      {
        ...PLAIN,
        kind: "check",
        columns: ["Code"],
        expression: { sql: `"Code" <> ''`, columns: ["Code"] },
        text: `CHECK ("Code" <> '')`,
      },
    ]);
  });

  test.each([
    ["int", { name: "int4", modifiers: [], arrayDimensions: 0 }],
    ["integer[]", { name: "int4", modifiers: [], arrayDimensions: 1 }],
    ["int array[3][4]", undefined],
    ["text[3][]", { name: "text", modifiers: [], arrayDimensions: 2 }],
    ["bigint", { name: "int8", modifiers: [], arrayDimensions: 0 }],
    ["serial", { name: "serial", modifiers: [], arrayDimensions: 0 }],
    ["serial8", { name: "bigserial", modifiers: [], arrayDimensions: 0 }],
    ["double precision", { name: "float8", modifiers: [], arrayDimensions: 0 }],
    ["decimal(10, 2)", { name: "numeric", modifiers: [10, 2], arrayDimensions: 0 }],
    ["char", { name: "bpchar", modifiers: [1], arrayDimensions: 0 }],
    ['"char"', { name: "char", modifiers: [], arrayDimensions: 0 }],
    ["timestamp(3) with time zone", { name: "timestamptz", modifiers: [3], arrayDimensions: 0 }],
    ["time without time zone", { name: "time", modifiers: [], arrayDimensions: 0 }],
    ["pg_catalog.int4", { name: "int4", modifiers: [], arrayDimensions: 0 }],
    ['"Shop"."Status"', { schema: "Shop", name: "Status", modifiers: [], arrayDimensions: 0 }],
    ["geometry(Point, 4326)", { name: "geometry", modifiers: [4326], arrayDimensions: 0 }],
  ])("type %s", (sql, expected) => {
    if (expected === undefined) {
      expect(read(`alter table t add c ${sql}`)[0]?.type).toBe("Unparsed");
      return;
    }
    expect(column(`c ${sql} not null`).type).toEqual({ ...expected, sql });
    expect(column(`c ${sql}`).type).toEqual({ ...expected, sql });
  });

  test.each([
    ["default null", { kind: "null", functions: [], columns: [] }],
    ["default null::text", { kind: "null", functions: [], columns: [] }],
    ["default -1", { kind: "constant", functions: [], columns: [] }],
    ["default '{}'::jsonb", { kind: "constant", functions: [], columns: [] }],
    ["default array[]::text[]", { kind: "constant", functions: [], columns: [] }],
    ["default ('a')", { kind: "constant", functions: [], columns: [] }],
    ["default 1 + 1", undefined],
    ["default (1 + 1)", { kind: "expression", functions: [], columns: [] }],
    ["default now()", { kind: "expression", functions: [{ name: "now" }], columns: [] }],
    ["default current_timestamp(3)", { kind: "expression", functions: [{ name: "now" }], columns: [] }],
    ["default current_date", { kind: "expression", functions: [{ name: "now" }], columns: [] }],
    ["default current_user", { kind: "expression", functions: [{ name: "current_user" }], columns: [] }],
    ["default nextval('s'::regclass)", { kind: "expression", functions: [{ name: "nextval" }], columns: [] }],
    [
      "default upper(ext.gen(now())::text) || lower('X')",
      {
        kind: "expression",
        functions: [{ name: "upper" }, { schema: "ext", name: "gen" }, { name: "now" }, { name: "lower" }],
        columns: [],
      },
    ],
  ])("%s", (sql, expected) => {
    if (expected === undefined) return;
    const definition = column(`c text ${sql} not null`);
    expect(definition).toMatchObject({ notNull: true, default: { ...expected, sql: sql.replace("default ", "") } });
    expect(definition.text(definition.default?.range ?? [0, 0])).toBe(sql.replace("default ", ""));
  });

  test.each([
    ["g int generated always as (a + f(b)) stored", "stored"],
    ["g int generated always as (a + f(b)) virtual", "virtual"],
    ["g int generated always as (a + f(b))", "virtual"],
  ])("%s", (sql, kind) => {
    expect(column(sql)).toMatchObject({
      notNull: false,
      generated: { kind, expression: { sql: "a + f(b)", functions: [{ name: "f" }], columns: ["a", "b"] } },
      constraints: [],
    });
  });

  test("identity", () => {
    expect(column("i bigint generated always as identity (start 5)").identity).toBe("always");
    expect(column("i bigint generated by default as identity primary key")).toMatchObject({
      identity: "by default",
      notNull: true,
      constraints: [{ kind: "primary key", columns: ["i"] }],
    });
  });

  test("NULL is no constraint, storage and compression are no part of the type", () => {
    expect(column("c text storage external compression pglz null")).toMatchObject({
      type: { name: "text", sql: "text" },
      notNull: false,
      constraints: [],
    });
  });
});

describe("constraints", () => {
  test.each([
    ["primary key (a, b)", { kind: "primary key", columns: ["a", "b"] }],
    [
      "constraint k unique (a) include (b)",
      { kind: "unique", name: "k", columns: ["a"], nameColumns: ["a", "b"], including: ["b"] },
    ],
    ["constraint k primary key using index i", { kind: "primary key", name: "k", columns: [], usingIndex: "i" }],
    ["unique using index i deferrable", { kind: "unique", columns: [], usingIndex: "i", deferrable: true }],
    [
      "foreign key (a, b) references s.r",
      { kind: "foreign key", columns: ["a", "b"], references: { table: { schema: "s", name: "r" }, columns: [] } },
    ],
    [
      "constraint k foreign key (a) references r (b) not valid",
      {
        kind: "foreign key",
        name: "k",
        columns: ["a"],
        references: { table: { name: "r" }, columns: ["b"] },
        notValid: true,
      },
    ],
    [
      "exclude using gist (room with =, during with &&) where (live)",
      {
        kind: "exclude",
        columns: ["room", "during"],
        nameColumns: ["room", "during"],
        mentions: ["room", "during", "live"],
        where: expect.objectContaining({ sql: "live", columns: ["live"] }) as unknown,
        method: "gist",
      },
    ],
    ["constraint k not null c", { kind: "not null", name: "k", columns: ["c"] }],
    ["constraint k not null c not valid", { kind: "not null", name: "k", columns: ["c"], notValid: true }],
  ])("%s", (sql, expected) => {
    const { range: _, ...definition } = constraint(sql);
    expect(definition).toEqual({ ...PLAIN, ...expected });
  });

  test("NOT ENFORCED is not checked against existing rows either", () => {
    expect(constraint("foreign key (a) references r not enforced")).toMatchObject({
      notEnforced: true,
      notValid: true,
    });
    expect(constraint("check (a > 0) not enforced")).toMatchObject({ notEnforced: true, notValid: true });
    expect(constraint("check (a > 0)")).toMatchObject({ notEnforced: false, notValid: false });
    expect(column("a int check (a > 0) not enforced references r").constraints).toMatchObject([
      { kind: "check", notEnforced: true, notValid: true },
      { kind: "foreign key", notEnforced: false, notValid: false },
    ]);
  });

  test("DEFERRABLE, also where only INITIALLY DEFERRED is written", () => {
    const references = (attributes: string) =>
      column(`a int references r ${attributes}`.trim()).constraints[0]?.deferrable;
    expect(["", "deferrable", "initially deferred", "not deferrable", "initially immediate"].map(references)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    ["a is not null", ["a"]],
    ["(a is not null)", ["a"]],
    ["a is not null and b > 0 and (t.c is not null and d is not null)", ["a", "c", "d"]],
    ["a is not null or b is not null", []],
    ["not (a is not null)", []],
    ["a is null", []],
    ["length(a) > 0", []],
    ["(a is not null) is true", []],
  ])("CHECK (%s) proves %j not null", (expression, columns) => {
    const definition = constraint(`check (${expression}) no inherit`);
    expect(definition.provesNotNull).toEqual(columns);
    expect(definition.expression?.sql).toBe(expression);
  });
});

describe("CREATE TABLE", () => {
  test("columns, constraints and LIKE", () => {
    const sql = `create unlogged table if not exists s.t (
      id serial primary key, -- the key, of course
      "b, c" numeric(10, 2) default (1) not null,
      like other including defaults including indexes,
      constraint k check (id > 0),
      foreign key (id) references r
    ) with (fillfactor = 70)`;
    const operation = one(sql, "CreateTable");
    expect(operation).toMatchObject({
      table: { schema: "s", name: "t" },
      ifNotExists: true,
      temporary: false,
      unlogged: true,
      partitioned: false,
      inherits: [],
      like: [{ name: "other", including: ["defaults", "indexes"] }],
    });
    expect(operation.columns.map(({ range }) => sql.slice(...range))).toEqual([
      "id serial primary key",
      '"b, c" numeric(10, 2) default (1) not null',
    ]);
    expect(operation.constraints.map(({ range }) => sql.slice(...range))).toEqual([
      "constraint k check (id > 0)",
      "foreign key (id) references r",
    ]);
  });

  test.each([
    ["create temp table t (a int)", { temporary: true }],
    ["create table pg_temp.t (a int)", { temporary: true }],
    ["create table t ()", { columns: [] }],
    ["create table t (a int) inherits (p, s.q)", { inherits: [{ name: "p" }, { schema: "s", name: "q" }] }],
    ["create table t (a int) partition by range (a)", { partitioned: true }],
    [
      "create table c partition of s.p for values in (1)",
      { partitionOf: { schema: "s", name: "p" }, inherits: [], columns: [] },
    ],
    ["create table c partition of p default", { partitionOf: { name: "p" }, defaultPartition: true }],
    ["create table c of s.kind (primary key (a))", { ofType: { schema: "s", name: "kind" } }],
    ["create foreign table f (a int) server x", { foreign: true, columns: [{ name: "a" }] }],
  ])("%s", (sql, expected) => {
    expect(one(sql, "CreateTable")).toMatchObject(expected);
  });

  test.each([
    ["create table t as select * from a join s.b using (x)", {}],
    ["create table if not exists t as select * from a, s.b with no data", { ifNotExists: true }],
    ["select * into temp t from a, s.b", { temporary: true }],
    ["create materialized view t as select 1 from a where exists (table s.b)", { materializedView: true }],
    ["create temp table t as with w as (select * from s.b) select * from a, w", { temporary: true }],
  ])("%s", (sql, expected) => {
    expect(one(sql, "CreateTableAs")).toMatchObject({
      table: { name: "t" },
      materializedView: false,
      ifNotExists: false,
      temporary: false,
      ...expected,
      reads: [{ name: "a" }, { schema: "s", name: "b" }],
    });
  });

  test("views", () => {
    expect(one("create or replace temp view s.v as select * from a union select * from b", "CreateView")).toMatchObject(
      {
        view: { schema: "s", name: "v" },
        replace: true,
        temporary: true,
        reads: [{ name: "a" }, { name: "b" }],
      },
    );
  });
});

describe("DROP, RENAME and SET SCHEMA", () => {
  test("a name each, with the range of the name", () => {
    const sql =
      'drop table if exists a, "b, c" . d , cascade cascade; drop view v; drop materialized view m, n restrict';
    expect(read(sql)).toEqual([
      { type: "DropRelation", kind: "table", relation: { name: "a" }, ifExists: true, cascade: true, text: "a" },
      {
        type: "DropRelation",
        kind: "table",
        relation: { schema: "b, c", name: "d" },
        ifExists: true,
        cascade: true,
        text: '"b, c" . d',
      },
      {
        type: "DropRelation",
        kind: "table",
        relation: { name: "cascade" },
        ifExists: true,
        cascade: true,
        text: "cascade",
      },
      {
        type: "DropRelation",
        kind: "view",
        relation: { name: "v" },
        ifExists: false,
        cascade: false,
        text: "drop view v",
      },
      {
        type: "DropRelation",
        kind: "materialized view",
        relation: { name: "m" },
        ifExists: false,
        cascade: false,
        text: "m",
      },
      {
        type: "DropRelation",
        kind: "materialized view",
        relation: { name: "n" },
        ifExists: false,
        cascade: false,
        text: "n",
      },
    ]);
  });

  test.each([
    ["drop foreign table a, b", ["a", "b"]],
    ["drop sequence if exists a, b cascade", ["a", "b"]],
    ["drop type a, b.c", ["a", "b.c"]],
    ["drop domain a, b", ["a", "b"]],
    ["drop schema a, b cascade", ["a", "b"]],
    ["drop index a, b.c", ["a", "b.c"]],
    ["drop function a, s.b(int, text), c()", ["a", "s.b(int, text)", "c()"]],
    ["drop table view, sequence", ["view", "sequence"]],
    ["drop table a, s.restrict", ["a", "s.restrict"]],
  ])("%s", (sql, texts) => {
    expect(read(sql).map(({ text }) => text)).toEqual(texts);
  });

  test("of other kinds", () => {
    expect(
      read(`
        drop index concurrently if exists s.i;
        drop type if exists s.e cascade;
        drop domain d;
        drop schema if exists x cascade;
        drop trigger tr on s.t;
        drop policy p on s.t;
        drop function if exists s.f(int, out text, variadic s.e[]) cascade;
        drop procedure f;
        drop routine f();
        drop aggregate a(*)`),
    ).toMatchObject([
      { type: "DropIndex", index: { schema: "s", name: "i" }, concurrently: true, ifExists: true, cascade: false },
      { type: "DropType", name: { schema: "s", name: "e" }, ifExists: true, cascade: true },
      { type: "DropType", name: { name: "d" } },
      { type: "DropSchema", schema: "x", ifExists: true, cascade: true },
      { type: "DropTrigger", trigger: "tr", table: { schema: "s", name: "t" } },
      { type: "DropPolicy", policy: "p", table: { schema: "s", name: "t" }, ifExists: false },
      {
        type: "DropFunction",
        kind: "function",
        function: { schema: "s", name: "f" },
        arguments: ["int4", "e[]"],
        ifExists: true,
        cascade: true,
      },
      { type: "DropFunction", kind: "procedure", function: { name: "f" }, ifExists: false, cascade: false },
      { type: "DropFunction", kind: "routine", arguments: [] },
      { type: "DropFunction", kind: "aggregate", function: { name: "a" }, arguments: [] },
    ]);
    expect(one("drop procedure f", "DropFunction").arguments).toBeUndefined();
  });

  test("renames", () => {
    expect(
      read(`
        alter table s.a rename to b;
        alter view a rename to b;
        alter index a rename to b;
        alter sequence a rename to b;
        alter table a rename column b to c;
        alter table a rename b to c;
        alter view a rename b to c;
        alter table a rename constraint b to c;
        alter type a rename to b;
        alter domain a rename to b;
        alter type a rename attribute b to c;
        alter trigger a on b rename to c;
        alter schema a rename to b;
        alter function s.a(int) rename to b;
        alter procedure a rename to b;
        alter aggregate a(int) rename to b`),
    ).toMatchObject([
      { type: "RenameRelation", kind: "table", relation: { schema: "s", name: "a" }, newName: "b" },
      { type: "RenameRelation", kind: "view", relation: { name: "a" }, newName: "b" },
      { type: "RenameRelation", kind: "index", relation: { name: "a" }, newName: "b" },
      { type: "RenameRelation", kind: "sequence", relation: { name: "a" }, newName: "b" },
      { type: "RenameColumn", table: { name: "a" }, column: "b", newName: "c" },
      { type: "RenameColumn", table: { name: "a" }, column: "b", newName: "c" },
      { type: "RenameColumn", table: { name: "a" }, column: "b", newName: "c" },
      { type: "RenameConstraint", table: { name: "a" }, constraint: "b", newName: "c" },
      { type: "RenameType", name: { name: "a" }, newName: "b" },
      { type: "RenameType", name: { name: "a" }, newName: "b" },
      { type: "AlterType", name: { name: "a" }, subcommand: "RenameAttribute", attribute: "b", newName: "c" },
      { type: "RenameTrigger", trigger: "a", table: { name: "b" }, newName: "c" },
      { type: "RenameSchema", schema: "a", newName: "b" },
      { type: "RenameFunction", kind: "function", function: { schema: "s", name: "a" }, newName: "b" },
      { type: "RenameFunction", kind: "procedure", function: { name: "a" }, newName: "b" },
      { type: "RenameFunction", kind: "aggregate", function: { name: "a" }, newName: "b" },
    ]);
  });

  test("sequences", () => {
    expect(one("create sequence if not exists s.q owned by t.c", "CreateSequence")).toMatchObject({
      sequence: { schema: "s", name: "q" },
      ifNotExists: true,
    });
  });

  test("schemas", () => {
    expect(
      read(`
        alter table a.t set schema b;
        alter materialized view m set schema b;
        alter type e set schema b;
        alter domain a.d set schema b;
        alter routine a.f set schema b;
        alter extension citext set schema b`),
    ).toMatchObject([
      { type: "SetSchema", kind: "table", relation: { schema: "a", name: "t" }, newSchema: "b" },
      { type: "SetSchema", kind: "materialized view", relation: { name: "m" }, newSchema: "b" },
      { type: "SetTypeSchema", name: { name: "e" }, newSchema: "b" },
      { type: "SetTypeSchema", name: { schema: "a", name: "d" }, newSchema: "b" },
      { type: "SetFunctionSchema", kind: "routine", function: { schema: "a", name: "f" }, newSchema: "b" },
      { type: "SetObjectSchema", kind: "extension", newSchema: "b" },
    ]);
    expect(read("create schema if not exists a; create schema authorization joe")).toMatchObject([
      { type: "CreateSchema", schema: "a", ifNotExists: true },
      { type: "CreateSchema", schema: "joe", ifNotExists: false },
    ]);
  });
});

describe("a view is updatable", () => {
  test.each([
    ["select a, b as c from t where a > 1 order by a", true],
    ["select * from s.t as x", true],
    ["select distinct a from t", false],
    ["select a from t group by a", false],
    ["select a from t having true", false],
    ["select a from t limit 1", false],
    ["select a from t offset 1", false],
    ["with x as (select 1) select a from t", false],
    ["select a from t union all select b from t", false],
    ["select t.a from t, u", false],
    ["select a from t join u using (a)", false],
    ["select a from (select * from t) x", false],
    ["select count(*) from t", false],
    ["select 1", false],
    ["values (1)", false],
  ])("%s: %s", (query, updatable) => {
    expect(one(`create view v as ${query}`, "CreateView").updatable ?? false).toBe(updatable);
  });
});

test("CREATE SCHEMA with what goes into it", () => {
  const sql = "create schema s create table t (a int) create index i on t (a) create view v as select * from t";
  expect(read(sql)).toMatchObject([
    { type: "CreateSchema", schema: "s", text: sql },
    { type: "CreateTable", table: { schema: "s", name: "t" }, columns: [{ name: "a", type: { sql: "int" } }] },
    { type: "CreateIndex", index: { schema: "s", name: "i" }, table: { schema: "s", name: "t" }, anchors: {} },
    { type: "CreateView", view: { schema: "s", name: "v" } },
  ]);
});

test("columns without a type: their table has it from elsewhere", () => {
  for (const from of ["of s.kind", "partition of p"]) {
    const sql = `create table c ${from} (a with options default 1 not null, primary key (a)) ${from === "partition of p" ? "default" : ""}`;
    const { columns, constraints } = one(sql, "CreateTable");
    expect(columns).toMatchObject([{ name: "a", type: { name: "", sql: "" }, notNull: true, default: { sql: "1" } }]);
    expect(constraints).toMatchObject([{ kind: "primary key", columns: ["a"] }]);
  }
});

describe("indexes", () => {
  test("CREATE INDEX", () => {
    const sql = `create unique /* x */ index concurrently if not exists "I" on only s.t using gin (a, lower(b) desc) include (c) where d is not null`;
    const operation = one(sql, "CreateIndex");
    expect(operation).toMatchObject({
      index: { schema: "s", name: "I" },
      table: { schema: "s", name: "t" },
      unique: true,
      concurrently: true,
      ifNotExists: true,
      only: true,
      method: "gin",
      columns: ["a"],
      nameColumns: ["a", "lower", "c"],
      mentions: ["a", "c", "b", "d"],
      hasExpression: true,
      where: { sql: "d is not null", columns: ["d"] },
    });
    expect(sql.slice(0, operation.anchors.afterIndexKeyword)).toBe("create unique /* x */ index");
  });

  test("with nothing but a column", () => {
    const operation = one("create index on t (a)", "CreateIndex");
    expect(operation).not.toHaveProperty("index");
    expect(operation).toMatchObject({
      unique: false,
      concurrently: false,
      only: false,
      method: "btree",
      columns: ["a"],
      hasExpression: false,
      anchors: { afterIndexKeyword: "create index".length },
    });
  });

  test("keys that are equal are written alike", () => {
    const keys = (list: string): readonly string[] | undefined =>
      one(`create index on t (${list})`, "CreateIndex").keys;
    expect(keys("a, b ASC, c NULLS LAST, d DESC NULLS FIRST")).toEqual(["a", "b", "c", "d DESC"]);
    expect(keys('a NULLS FIRST, b DESC NULLS LAST, c COLLATE "C" text_pattern_ops DESC')).toEqual([
      "a NULLS FIRST",
      "b DESC NULLS LAST",
      "c COLLATE C text_pattern_ops DESC",
    ]);
    expect(keys("lower( a )")).toEqual(keys("LOWER(a)"));
    expect(keys("lower(a)")).not.toEqual(keys("lower(b)"));
    expect(one("create unique index on t (a) include (b, c) nulls not distinct", "CreateIndex")).toMatchObject({
      keys: ["a"],
      including: ["b", "c"],
      nullsNotDistinct: true,
    });
    expect(
      one("alter table t add unique nulls not distinct (a) include (b)", "AddConstraint").constraint,
    ).toMatchObject({ including: ["b"], nullsNotDistinct: true });
  });

  test("DROP INDEX has the same anchor", () => {
    expect(one("drop /* x */ index i", "DropIndex").anchors.afterIndexKeyword).toBe("drop /* x */ index".length);
  });

  test("REINDEX", () => {
    expect(
      read(
        "reindex index concurrently s.i; reindex (verbose, concurrently off) table t; reindex schema s; reindex database",
      ),
    ).toMatchObject([
      { type: "Reindex", kind: "index", target: { schema: "s", name: "i" }, concurrently: true },
      { type: "Reindex", kind: "table", target: { name: "t" }, concurrently: false },
      { type: "Reindex", kind: "schema", target: { name: "s" } },
      { type: "Reindex", kind: "database" },
    ]);
  });
});

describe("types, functions and triggers", () => {
  test("enums", () => {
    expect(
      read(`
        create type s.e as enum ('a', 'b c');
        alter type s.e add value if not exists 'd' before 'a';
        alter type e add value 'e';
        alter type e rename value 'a' to 'z'`),
    ).toMatchObject([
      { type: "CreateEnum", enum: { schema: "s", name: "e" }, values: ["a", "b c"] },
      {
        type: "AddEnumValue",
        enum: { schema: "s", name: "e" },
        value: "d",
        ifNotExists: true,
        neighbor: { value: "a", position: "before" },
      },
      { type: "AddEnumValue", enum: { name: "e" }, value: "e", ifNotExists: false },
      { type: "RenameEnumValue", enum: { name: "e" }, value: "a", newValue: "z" },
    ]);
  });

  test("domains", () => {
    const sql = "create domain s.d as varchar(10) collate \"C\" default lower('X') not null check (value <> '')";
    expect(one(sql, "CreateDomain")).toMatchObject({
      domain: { schema: "s", name: "d" },
      baseType: { name: "varchar", modifiers: [10], sql: "varchar(10)" },
      notNull: true,
      hasCheck: true,
      default: { sql: "lower('X')", functions: [{ name: "lower" }] },
    });
    expect(
      read(`
        alter domain d add constraint k check (value > 0) not valid;
        alter domain d drop constraint k;
        alter domain d validate constraint k;
        alter domain d set not null;
        alter domain d drop not null;
        alter domain d set default 1;
        alter domain d drop default`).map((operation) => operation as Partial<OperationOf<"AlterDomain">>),
    ).toMatchObject([
      {
        subcommand: "AddConstraint",
        constraint: { kind: "check", name: "k", notValid: true, expression: { sql: "value > 0" } },
      },
      { subcommand: "DropConstraint", name: "k" },
      { subcommand: "ValidateConstraint", name: "k" },
      { subcommand: "SetNotNull" },
      { subcommand: "DropNotNull" },
      { subcommand: "SetDefault" },
      { subcommand: "DropDefault" },
    ]);
  });

  test("other types", () => {
    expect(
      read(
        "create type s.c as (a int); create type r as range (subtype = int4); create type b; create aggregate a (int) (sfunc = f, stype = int)",
      ),
    ).toMatchObject([
      { type: "CreateType", name: { schema: "s", name: "c" } },
      { type: "CreateType", name: { name: "r" } },
      { type: "CreateType", name: { name: "b" } },
      { type: "CreateObject", kind: "aggregate", name: { name: "a" } },
    ]);
  });

  test("functions are volatile unless they say otherwise", () => {
    expect(
      read(`
        create or replace function s.f(a int) returns int language sql immutable as 'select 1';
        create function f() returns int stable return 1;
        create function f() returns int language plpgsql as $$ begin end $$;
        create procedure p() language sql as ''`),
    ).toMatchObject([
      { type: "CreateFunction", function: { schema: "s", name: "f" }, replace: true, volatility: "immutable" },
      { type: "CreateFunction", volatility: "stable", procedure: false },
      { type: "CreateFunction", volatility: "volatile", replace: false },
      { type: "CreateFunction", procedure: true, volatility: "volatile" },
    ]);
  });

  test("triggers", () => {
    expect(
      one("create or replace trigger tr before update on s.t for each row execute function f()", "CreateTrigger"),
    ).toMatchObject({
      trigger: "tr",
      table: { schema: "s", name: "t" },
      replace: true,
    });
  });
});

describe("data", () => {
  test("writes", () => {
    expect(
      read(`
        insert into s.t (a) select b from x join y using (z) on conflict do nothing;
        insert into t default values;
        update t set a = 1, (b, c) = (2, 3) from u;
        update only t set a = 1 where b;
        delete from t using u where t.a = u.a;
        delete from t;
        merge into t using u on true when matched then delete;
        copy s.t from stdin;
        copy t to stdout`),
    ).toMatchObject([
      { type: "Insert", table: { schema: "s", name: "t" }, reads: [{ name: "x" }, { name: "y" }] },
      { type: "Insert", table: { name: "t" }, reads: [] },
      { type: "Update", table: { name: "t" }, columns: ["a", "b", "c"], hasWhere: false },
      { type: "Update", columns: ["a"], hasWhere: true },
      { type: "Delete", table: { name: "t" }, hasWhere: true },
      { type: "Delete", hasWhere: false },
      { type: "Merge", table: { name: "t" } },
      { type: "Copy", table: { schema: "s", name: "t" }, from: true },
      { type: "Copy", table: { name: "t" }, from: false },
    ]);
  });

  test.each([
    ["true", false],
    ["1 = 1", false],
    ["1 IS DISTINCT FROM 1", true],
    ["'a' = 'a' and true", false],
    ["a or true", false],
    ["false", true],
    ["null", true],
    ["null = null", true],
    ["1 = 2", true],
    ["1 <> 1", true],
    ["true and a", true],
    ["a or b", true],
    ["a = a", true],
  ])("WHERE %s", (condition, hasWhere) => {
    expect(read(`delete from t where ${condition}; update t set c = 1 where ${condition}`)).toMatchObject([
      { type: "Delete", hasWhere },
      { type: "Update", hasWhere },
    ]);
  });

  test("queries", () => {
    expect(
      read(
        "select setval('s', max(a)) from t, lateral s.f(t.b) for update of t; copy (select g() from t) to stdout; values (1)",
      ),
    ).toMatchObject([
      {
        type: "Select",
        reads: [{ name: "t" }],
        functions: [{ name: "setval" }, { name: "max" }, { schema: "s", name: "f" }],
      },
      { type: "Select", reads: [{ name: "t" }], functions: [{ name: "g" }] },
      { type: "Select", reads: [], functions: [] },
    ]);
  });

  test("writes inside WITH", () => {
    const sql = `with gone as materialized (delete from a where x returning *), kept as (select 1), new (c) as (insert into b select * from gone)
      update t set y = 1 from kept`;
    expect(read(sql)).toMatchObject([
      { type: "Delete", table: { name: "a" }, hasWhere: true, text: "delete from a where x returning *" },
      { type: "Insert", table: { name: "b" }, reads: [], text: "insert into b select * from gone" },
      { type: "Update", table: { name: "t" }, text: sql },
    ]);
    expect(read("with w as (delete from a) select 1")).toMatchObject([{ type: "Delete" }, { type: "Select" }]);
  });

  test("each table of a list", () => {
    expect(
      read("truncate only a, s.b * cascade; truncate table a; lock table a, b in share mode nowait; lock a"),
    ).toMatchObject([
      { type: "Truncate", table: { name: "a" }, cascade: true, text: "a" },
      { type: "Truncate", table: { schema: "s", name: "b" }, cascade: true, text: "s.b *" },
      { type: "Truncate", table: { name: "a" }, cascade: false, text: "truncate table a" },
      { type: "LockTable", table: { name: "a" }, mode: "SHARE", noWait: true, text: "a" },
      { type: "LockTable", table: { name: "b" }, mode: "SHARE", noWait: true, text: "b" },
      { type: "LockTable", table: { name: "a" }, mode: "ACCESS EXCLUSIVE", noWait: false, text: "lock a" },
    ]);
  });

  test.each([
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
  ])("LOCK TABLE IN %s MODE", (mode) => {
    expect(one(`lock table t in ${mode} mode`, "LockTable").mode).toBe(mode);
  });

  test("maintenance", () => {
    expect(
      read(`
        vacuum full s.t;
        vacuum (full off, analyze) a, b (c);
        vacuum;
        analyze t;
        cluster t using i;
        cluster;
        refresh materialized view concurrently s.m`),
    ).toMatchObject([
      { type: "Vacuum", table: { schema: "s", name: "t" }, full: true, analyzeOnly: false },
      { type: "Vacuum", table: { name: "a" }, full: false, text: "a" },
      { type: "Vacuum", table: { name: "b" }, full: false, text: "b" },
      { type: "Vacuum", full: false },
      { type: "Vacuum", table: { name: "t" }, full: false, analyzeOnly: true },
      { type: "Cluster", table: { name: "t" } },
      { type: "Cluster" },
      { type: "RefreshMaterializedView", view: { schema: "s", name: "m" }, concurrently: true },
    ]);
  });
});

describe("sessions and transactions", () => {
  test.each([
    ["set lock_timeout = '5s'", { variable: "lock_timeout", value: "5s", local: false }],
    ["SET LOCAL Lock_Timeout TO 500", { variable: "lock_timeout", value: "500", local: true }],
    ["set session lock_timeout to 1.5", { variable: "lock_timeout", value: "1.5", local: false }],
    ['set search_path to a, "B"', { variable: "search_path", value: "a, B", local: false }],
    ["set x to default", { variable: "x", local: false }],
    ["set local x to default", { variable: "x", local: true }],
    ["reset statement_timeout", { variable: "statement_timeout", local: false }],
    ["reset all", { variable: "*", local: false }],
    ["set role joe", { variable: "role", value: "joe", local: false }],
    ["set time zone 'UTC'", { variable: "timezone", value: "UTC", local: false }],
    ["set enable_seqscan to off", { variable: "enable_seqscan", value: "off", local: false }],
    ["select set_config('lock_timeout', '5s', true)", { variable: "lock_timeout", value: "5s", local: true }],
    ["select pg_catalog.set_config('search_path', '', false)", { variable: "search_path", value: "", local: false }],
    ["select set_config('a.b', f(), 't'::bool)", { variable: "a.b", local: true, unknown: true }],
    [
      "set transaction isolation level serializable",
      { variable: "transaction_isolation", value: "serializable", local: true },
    ],
    [
      "set session characteristics as transaction read only",
      { variable: "default_transaction_read_only", value: "1", local: false },
    ],
  ])("%s", (sql, expected) => {
    expect(read(sql)).toEqual([{ type: "SetVariable", ...expected, text: sql }]);
  });

  test("a query may set a variable beside other work", () => {
    expect(read("select set_config('lock_timeout', '5s', false), f() from t")).toMatchObject([
      { type: "SetVariable", variable: "lock_timeout", value: "5s" },
      { type: "Select", reads: [{ name: "t" }], functions: [{ name: "set_config" }, { name: "f" }] },
    ]);
    expect(read("select set_config('lock_timeout', x, y) from t").map(({ type }) => type)).toEqual(["Select"]);
  });

  test.each([
    ["begin", "begin"],
    ["start transaction isolation level serializable", "begin"],
    ["commit", "commit"],
    ["end", "commit"],
    ["rollback", "rollback"],
    ["abort", "rollback"],
    ["savepoint s", "savepoint"],
    ["release savepoint s", "release"],
    ["rollback to savepoint s", "rollback to"],
    ["prepare transaction 'x'", "prepare"],
  ])("%s", (sql, kind) => {
    expect(one(sql, "TransactionControl").kind).toBe(kind);
  });

  test("COMMIT AND CHAIN begins the next transaction", () => {
    expect(read("commit and chain")).toMatchObject([{ kind: "commit" }, { kind: "begin" }]);
  });

  test("DISCARD ALL resets every setting", () => {
    expect(read("discard all; discard plans")).toMatchObject([
      { type: "SetVariable", variable: "*", local: false },
      { type: "Discard", target: "all" },
      { type: "Discard", target: "plans" },
    ]);
  });

  test("settings of roles and databases", () => {
    expect(
      read("alter role app in database d set lock_timeout = '3s'; alter database d reset all; alter role app reset x"),
    ).toMatchObject([
      { type: "OtherStatement", node: "AlterRoleSetStmt", setting: { variable: "lock_timeout", value: "3s" } },
      { type: "OtherStatement", node: "AlterDatabaseSetStmt", setting: { variable: "*" } },
      { type: "OtherStatement", node: "AlterRoleSetStmt", setting: { variable: "x" } },
    ]);
  });

  test("DO blocks", () => {
    expect(read("do $$ begin execute x; end $$; do language plperl 'x'")).toMatchObject([
      { type: "DoBlock", language: "plpgsql", body: " begin execute x; end " },
      { type: "DoBlock", language: "plperl", body: "x" },
    ]);
  });
});
