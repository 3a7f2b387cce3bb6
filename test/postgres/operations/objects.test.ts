/** What is read of statements about policies, privileges, sequences, views' columns, partitions' bounds and the like. */
import { describe, expect, test } from "vitest";
import { parseSql } from "../../../src/postgres/parse-sql.js";

/** Operations without their place. */
function read(sql: string): unknown[] {
  return parseSql(sql).statements.flatMap(({ operations }) =>
    operations.map(({ range: _, statement: __, ...operation }) => operation),
  );
}

const T = { name: "t" };

describe("policies", () => {
  test("roles, command and expressions with their places", () => {
    const sql = `create policy "All" on s.t as restrictive for update to public, current_user, joe using ( a > 1 ) with check ((b in (select c from u)))`;
    const [operation] = parseSql(sql).statements[0]?.operations ?? [];
    expect(operation).toMatchObject({
      type: "CreatePolicy",
      policy: "All",
      table: { schema: "s", name: "t" },
      command: "update",
      permissive: false,
      roles: ["public", "current_user", "joe"],
      using: { sql: "a > 1", columns: ["a"] },
      withCheck: { sql: "(b in (select c from u))", columns: ["b", "c"] },
      reads: [{ name: "u" }],
    });
    if (operation?.type !== "CreatePolicy") throw new Error("expected CreatePolicy");
    expect(sql.slice(...(operation.using?.range ?? [0, 0]))).toBe("a > 1");
  });

  test.each([
    [
      "create policy p on t",
      { type: "CreatePolicy", policy: "p", table: T, command: "all", permissive: true, roles: ["public"], reads: [] },
    ],
    ["alter policy p on t to joe", { type: "AlterPolicy", policy: "p", table: T, roles: ["joe"], reads: [] }],
    ["alter policy p on t rename to q", { type: "RenamePolicy", policy: "p", table: T, newName: "q" }],
    [
      "drop policy if exists p on t",
      { type: "DropPolicy", policy: "p", table: T, ifExists: true, ifTableExists: true },
    ],
  ])("%s", (sql, operation) => {
    expect(read(sql)).toEqual([operation]);
  });
});

describe("triggers and rules", () => {
  test("what a trigger waits for", () => {
    expect(
      read(
        "create trigger x after insert or update of a, b on t for each row when (new.a > old.c) execute function s.f()",
      ),
    ).toEqual([
      {
        type: "CreateTrigger",
        trigger: "x",
        table: T,
        replace: false,
        timing: "after",
        events: ["insert", "update"],
        columns: ["a", "b"],
        forEach: "row",
        whenColumns: ["a", "c"],
        function: { schema: "s", name: "f" },
        constraint: false,
      },
    ]);
    expect(
      read("create constraint trigger x after delete on t from u for each row execute function f()"),
    ).toMatchObject([{ timing: "after", events: ["delete"], constraint: true, referencedTable: { name: "u" } }]);
    expect(read("create or replace trigger x instead of truncate on t execute function f()")).toMatchObject([
      { timing: "instead of", events: ["truncate"], forEach: "statement", replace: true },
    ]);
  });

  test("the rows of a rule's own relation are no relations", () => {
    expect(
      read(
        "create or replace rule r as on insert to t do instead (insert into u select a from w where a = new.a; delete from v)",
      ),
    ).toMatchObject([
      {
        type: "CreateRule",
        rule: "r",
        table: T,
        event: "insert",
        instead: true,
        replace: true,
        reads: [{ name: "w" }],
        writes: expect.arrayContaining([{ name: "u" }, { name: "v" }]) as unknown,
      },
    ]);
    expect(read("drop rule if exists r on s.t cascade")).toEqual([
      {
        type: "DropRule",
        rule: "r",
        table: { schema: "s", name: "t" },
        ifExists: true,
        cascade: true,
        ifTableExists: true,
      },
    ]);
    expect(read("alter rule r on t rename to q")).toEqual([{ type: "RenameRule", rule: "r", table: T, newName: "q" }]);
  });
});

describe("privileges and owners", () => {
  test.each([
    [
      "grant select (a, b), update (a) on t to joe, public",
      {
        type: "Grant",
        kind: "table",
        relation: T,
        privileges: ["select", "update"],
        columns: ["a", "b"],
        roles: ["joe", "public"],
      },
    ],
    [
      "revoke all on all tables in schema s from joe cascade",
      {
        type: "Revoke",
        kind: "table",
        inSchema: "s",
        privileges: ["all"],
        roles: ["joe"],
        cascade: true,
        grantOptionOnly: false,
      },
    ],
    [
      "revoke grant option for execute on function s.f(int) from joe",
      {
        type: "Revoke",
        kind: "function",
        name: { schema: "s", name: "f" },
        privileges: ["execute"],
        roles: ["joe"],
        cascade: false,
        grantOptionOnly: true,
      },
    ],
    ["grant a to b", { type: "Grant", kind: "role", name: { name: "a" }, privileges: [], roles: ["b"] }],
    [
      "revoke admin option for a from b",
      {
        type: "Revoke",
        kind: "role",
        name: { name: "a" },
        privileges: [],
        roles: ["b"],
        cascade: false,
        grantOptionOnly: true,
      },
    ],
    ["alter table t owner to joe", { type: "ChangeOwner", kind: "table", relation: T, owner: "joe" }],
    [
      "alter large object 5 owner to current_user",
      { type: "ChangeOwner", kind: "large object", name: { name: "5" }, owner: "current_user" },
    ],
    [
      "comment on trigger x on s.t is 'x'",
      {
        type: "Comment",
        kind: "trigger",
        relation: { schema: "s", name: "t" },
        name: { name: "x" },
        securityLabel: false,
      },
    ],
    [
      "comment on operator class s.c using btree is 'x'",
      { type: "Comment", kind: "operator class", name: { schema: "s", name: "c" }, securityLabel: false },
    ],
    [
      "comment on cast (int as s.money2) is 'x'",
      { type: "Comment", kind: "cast", name: { name: "int4 AS money2" }, securityLabel: false },
    ],
  ])("%s", (sql, operation) => {
    expect(read(sql)).toEqual([operation]);
  });
});

describe("other objects", () => {
  test.each([
    [
      "drop transform if exists for hstore language l cascade",
      { type: "DropObject", kind: "transform", name: { name: "hstore LANGUAGE l" }, ifExists: true, cascade: true },
    ],
    [
      "create user mapping if not exists for joe server s",
      { type: "CreateObject", kind: "user mapping", name: { name: "s" }, ifNotExists: true },
    ],
    [
      "drop role if exists joe",
      { type: "DropObject", kind: "role", name: { name: "joe" }, ifExists: true, cascade: false },
    ],
    ["alter role joe rename to jane", { type: "RenameObject", kind: "role", name: { name: "joe" }, newName: "jane" }],
    [
      "alter operator family f using btree set schema s",
      { type: "SetObjectSchema", kind: "operator family", name: { name: "f" }, newSchema: "s" },
    ],
    [
      "create extension if not exists citext with schema ext cascade",
      { type: "CreateExtension", extension: "citext", schema: "ext", ifNotExists: true, cascade: true },
    ],
    [
      "alter extension e drop table s.t",
      { type: "AlterExtension", extension: "e", action: "drop member", relation: { schema: "s", name: "t" } },
    ],
    [
      "create publication p for table t (a), only s.u, tables in schema x",
      {
        type: "CreatePublication",
        publication: "p",
        allTables: false,
        tables: [T, { schema: "s", name: "u", only: true }],
        schemas: ["x"],
        arrival: { since: 15, syntax: "a publication of some columns" },
      },
    ],
    [
      "alter publication p set (publish = 'insert')",
      { type: "AlterPublication", publication: "p", action: "set options", tables: [], schemas: [] },
    ],
    [
      "create statistics if not exists s.st on a, (b + c) from t",
      {
        type: "CreateStatistics",
        statistics: { schema: "s", name: "st" },
        table: T,
        columns: ["a", "b", "c"],
        ifNotExists: true,
        arrival: { since: 14, syntax: "CREATE STATISTICS on an expression", code: "0A000" },
      },
    ],
    [
      "alter sequence if exists s.q owned by t.a restart 5",
      {
        type: "AlterSequence",
        sequence: { schema: "s", name: "q" },
        ifExists: true,
        options: ["owned_by", "restart"],
        ownedBy: { table: T, column: "a" },
      },
    ],
    [
      "alter sequence q owned by none",
      { type: "AlterSequence", sequence: { name: "q" }, ifExists: false, options: ["owned_by"], ownedBy: "none" },
    ],
    ["drop owned by joe cascade", { type: "DropOwned", roles: ["joe"], cascade: true }],
    ["reassign owned by joe to jane", { type: "ReassignOwned", roles: ["joe"], owner: "jane" }],
  ])("%s", (sql, operation) => {
    expect(read(sql)).toEqual([operation]);
  });

  test("each name of a DROP has its own place", () => {
    const sql = "drop text search configuration if exists a, s.b cascade";
    const operations = parseSql(sql).statements[0]?.operations ?? [];
    expect(operations.map(({ range }) => sql.slice(...range))).toEqual(["a", "s.b"]);
  });
});

describe("partitions", () => {
  const bound = (values: string): unknown => {
    const [operation] = parseSql(`create table p partition of t ${values}`).statements[0]?.operations ?? [];
    return operation?.type === "CreateTable" ? operation.bound : undefined;
  };

  test.each([
    ["default", { strategy: "default" }],
    ["for values with (modulus 3, remainder 0)", { strategy: "hash", modulus: 3, remainder: 0 }],
    [
      "for values in (1, 'x', null, upper('y'))",
      {
        strategy: "list",
        values: [
          { kind: "constant", value: "1" },
          { kind: "constant", value: "x" },
          { kind: "null" },
          { kind: "expression" },
        ],
      },
    ],
    [
      "for values from (minvalue, '2025-01-01'::date) to (1, maxvalue)",
      {
        strategy: "range",
        from: [{ kind: "minvalue" }, { kind: "constant", value: "2025-01-01" }],
        to: [{ kind: "constant", value: "1" }, { kind: "maxvalue" }],
      },
    ],
  ])("%s", (values, expected) => {
    expect(bound(values)).toEqual(expected);
  });
});

describe("the columns that a view uses", () => {
  const [t, u, v] = [{ name: "t" }, { schema: "s", name: "u" }, { name: "v" }];

  test.each([
    ["select a from t", [{ column: "a", relations: [t] }]],
    [
      "select x.a, u.b from t x join s.u on x.id = u.id",
      [
        { column: "a", relations: [t] },
        { column: "b", relations: [u] },
        { column: "id", relations: [t] },
        { column: "id", relations: [u] },
      ],
    ],
    ["select a from t, s.u", [{ column: "a", relations: [t, u] }]],
    ["select * from t", [{ column: "*", relations: [t] }]],
    ["select t.* from t, s.u", [{ column: "*", relations: [t] }]],
    ["select s.u.b from s.u", [{ column: "b", relations: [u] }]],
    ["select 1 from t join s.u using (id)", [{ column: "id", relations: [t, u] }]],
    // The subquery's own relation first, then that of the query around it.
    ["select 1 from t where exists (select from v where a = 1)", [{ column: "a", relations: [v, t] }]],
    ["with v as (select a from t) select v.b, c from v", [{ column: "a", relations: [t] }]],
    ["select x.a from (select b from t) x", [{ column: "b", relations: [t] }]],
    [
      "select a from t union select b from s.u",
      [
        { column: "a", relations: [t] },
        { column: "b", relations: [u] },
      ],
    ],
  ])("%s", (query, uses) => {
    const [operation] = read(`create view w as ${query}`) as { uses: unknown[] }[];
    expect(operation?.uses).toHaveLength(uses.length);
    expect(operation?.uses).toEqual(expect.arrayContaining(uses));
  });

  test.each([
    ["select a, b as c, count(*), a + 1, x::text from t", ["a", "c", "count", "?column?", "x"]],
    ["values (1, 2)", ["column1", "column2"]],
    ["select a from t union select b from t", ["a"]],
    ["select * from t", undefined],
  ])("is called as its query's: %s", (query, names) => {
    const [operation] = read(`create view w as ${query}`) as { columnNames?: unknown }[];
    expect(operation?.columnNames).toEqual(names);
  });

  test("or as it says itself", () => {
    expect(read("create materialized view w (x) as select a, b from t")).toMatchObject([{ columnNames: ["x", "b"] }]);
  });
});
