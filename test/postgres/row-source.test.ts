/** What a statement on rows is read to do with rows: which of them, and whose values go where. */
import { expect, it } from "vitest";
import type { Operation } from "../../src/model/operation.js";
import { parseSql } from "../../src/postgres/parse-sql.js";

function last(sql: string): Operation | undefined {
  return parseSql(sql).statements.at(-1)?.operations.at(-1);
}

it.each([
  ["", undefined],
  ["where true", undefined],
  ["where a is null", { columns: ["a"], reads: [], nullTests: [{ column: "a", isNull: true }] }],
  [
    "where t.a is null and (b is not null and c is null)",
    {
      columns: ["a", "b", "c"],
      reads: [],
      nullTests: [
        { column: "c", isNull: true },
        { column: "b", isNull: false },
        { column: "a", isNull: true },
      ],
    },
  ],
  ["where a is null or b is null", { columns: ["a", "b"], reads: [] }],
  ["where a is null and b = 1", { columns: ["a", "b"], reads: [] }],
  ["where coalesce(a, b) is null", { columns: ["a", "b"], reads: [] }],
  [
    "where id in (select id from s.u where a is null limit 10)",
    { columns: ["id", "a"], reads: [{ schema: "s", name: "u" }] },
  ],
])("the condition of UPDATE and DELETE: %s", (where, expected) => {
  for (const sql of [`update t set x = 1 ${where}`, `delete from t ${where}`]) {
    const operation = last(sql);
    const condition = operation && "where" in operation ? operation.where : undefined;
    expect(condition && { ...condition, columns: [...condition.columns].sort().reverse() }).toEqual(
      expected && { ...expected, columns: [...expected.columns].sort().reverse() },
    );
  }
});

it.each([
  ["update t set a = b, c = lower(t.d) where e = f", ["b", "d"]],
  ["update t set a = s.x from (select y as x, id from u where z) s where s.id = t.id", ["x", "id", "y"]],
  ["update t set a = 1", []],
  ["insert into t select a, f(b) from u where c", ["a", "b"]],
  ["insert into t select * from u", ["*"]],
  ["insert into t select u.*, v.a from u join v on u.id = v.id", ["a", "*"]],
  ["insert into t values (1), (2)", []],
  ["with s as (select a from u where b) insert into t select x from s", ["a", "x"]],
  ["insert into t select a from u union all select b from v", ["b", "a"]],
  ["create table t as select a, b + 1 as c from u where d", ["a", "b"]],
  ["create table t as table u", ["*"]],
])("whose values go elsewhere: %s", (sql, columns) => {
  const operation = last(sql);
  const copies = operation && "copies" in operation ? operation.copies : undefined;
  expect([...(copies ?? [])].sort()).toEqual([...columns].sort());
});

it.each([
  ["insert into t select * from u", true],
  ["insert into t select a from u join v on u.id = v.id", true],
  ["insert into t select a from u left join unnest($1::text[]) as p(id) on u.id = p.id", true],
  ["insert into t select a from u join unnest($1::text[]) as p(id) on u.id = p.id", undefined],
  ["insert into t select a from unnest($1::text[]) as p(id) left join u on u.id = p.id", undefined],
  ["insert into t select a from u join (values (1)) as p(id) on u.id = p.id", undefined],
  ["insert into t select a from u where true", true],
  ["insert into t select a from u union select b from v", true],
  ["insert into t select a, count(*) from u group by a", true],
  ["insert into t select count(*) from u", undefined],
  ["insert into t select a from u where a > 1", undefined],
  ["insert into t select a from u limit 1", undefined],
  ["insert into t select a from u union select b from v where b", undefined],
  ["insert into t select a from (select a from u where a > 1) s", undefined],
  ["with s as (select 1) insert into t select a from u", undefined],
  ["insert into t values ((select max(a) from u))", undefined],
  ["insert into t select 1", undefined],
])("whether every row goes in: %s", (sql, everyRow) => {
  expect(last(sql)).toMatchObject({ type: "Insert" });
  expect((last(sql) as { everyRow?: true }).everyRow).toBe(everyRow);
});
