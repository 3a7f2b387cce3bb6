/** What a program sends, followed without executing it. The tool of these tests sends what `db.query` is given. */
import { describe, expect, it } from "vitest";
import { memoryTree } from "../../../src/change/overlay-tree.js";
import { parseProgram } from "../../../src/change/parse-program.js";
import { evaluator, exportedFunction } from "../../../src/migrations/evaluator/evaluate.js";
import { textOf } from "../../../src/migrations/evaluator/value.js";
import { Text } from "../../../src/migrations/evaluator/text.js";
import { Handle, Unknown } from "../../../src/migrations/evaluator/value.js";
import type { EvaluatedMigration } from "../../../src/migrations/tool.js";

const db = (): Handle =>
  new Handle("db", {
    query: ([sql], site) => {
      const reason = sql instanceof Unknown ? sql.reason : "is no text";
      site.run.send(textOf(sql) ?? Text.hole({ kind: "any", name: "sql", reason }), site);
      return new Unknown("comes from a query");
    },
  });

const evaluate = evaluator({
  entry(program) {
    const { site } = program;
    const [up, down] = [exportedFunction(program, "up"), exportedFunction(program, "down")];
    return {
      up: up && (() => up.call([db()], site, undefined)),
      down: down && (() => down.call([db()], site, undefined)),
    };
  },
});

const FILE = "db/migrations/1_change.ts";

function followed(text: string, files: Readonly<Record<string, string>> = {}): EvaluatedMigration {
  return evaluate(text, FILE, memoryTree(new Map(Object.entries({ ...files, [FILE]: text })), "head"));
}

/** The SQL of each statement, `?` before one that is conditional; `! reason` for what is not known. */
function sentBy(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const { up, comments } = followed(text, files);
  return up.flatMap((sent) =>
    parseProgram(text, FILE, { up: [sent], comments }).statements.map(({ sql, operations: [operation] }) => {
      const known = operation?.type === "Unparsed" ? `! ${operation.reason}` : sql;
      return sent.conditional ? `? ${known}` : known;
    }),
  );
}

/** A migration whose function has this body. */
const up = (body: string, before = ""): string => `${before}\nexport async function up(db) {\n${body}\n}\n`;

describe("values", () => {
  it.each([
    ["a constant", "const t = 'orders'; await db.query(`DROP TABLE ${t}`);", ["DROP TABLE orders"]],
    ["a concatenation", "await db.query('DROP ' + 'TABLE ' + 'a');", ["DROP TABLE a"]],
    ["+=", "let sql = 'DROP TABLE a'; sql += ', b'; await db.query(sql);", ["DROP TABLE a, b"]],
    ["an array that is joined", "await db.query(['DROP', 'TABLE', 'a'].join(' '));", ["DROP TABLE a"]],
    [
      "JSON",
      "await db.query(`UPDATE a SET b = '${JSON.stringify({ c: null, d: [1, 'x'] })}'`);",
      [`UPDATE a SET b = '{"c":null,"d":[1,"x"]}'`],
    ],
    ["a trimmed text", "await db.query(`\n  DROP TABLE a\n`.trim());", ["DROP TABLE a"]],
    [
      "a number",
      "const n = 2 * 3 + 1; await db.query(`ALTER TABLE a ALTER b TYPE varchar(${n})`);",
      ["ALTER TABLE a ALTER b TYPE varchar(7)"],
    ],
    ["letters changed", "await db.query(`DROP TABLE ${'A-b'.toLowerCase().replace('-', '_')}`);", ["DROP TABLE a_b"]],
    ["a default", "const f = ({ t = 'a' } = {}) => db.query(`DROP TABLE ${t}`); await f();", ["DROP TABLE a"]],
    [
      "destructuring",
      "const { t: [x, ...rest] } = { t: ['a', 'b', 'c'] }; await db.query(`DROP TABLE ${x}, ${rest.join(', ')}`);",
      ["DROP TABLE a, b, c"],
    ],
    [
      "spread",
      "const o = { ...{ t: 'a' } }; const l = [...['b'], o.t]; await db.query(`DROP TABLE ${l.join(',')}`);",
      ["DROP TABLE b,a"],
    ],
    ["an optional call", "await db?.query?.('DROP TABLE a');", ["DROP TABLE a"]],
    ["a template's tag that only indents", "await db.query(dedent`DROP TABLE a`);", ["DROP TABLE a"]],
    ["JSON", 'const { t } = JSON.parse(\'{"t": "a"}\'); await db.query(`DROP TABLE ${t}`);', ["DROP TABLE a"]],
    [
      "a cast",
      "await db.query('DROP TABLE a' as string); await (db as any).query(<string>'DROP TABLE b');",
      ["DROP TABLE a", "DROP TABLE b"],
    ],
  ])("%s", (_, body, expected) => {
    expect(sentBy(up(body))).toEqual(expected);
  });
});

describe("loops", () => {
  it.each([
    ["for … of", "for (const t of ['a', 'b']) await db.query(`DROP TABLE ${t}`);"],
    ["for … of entries", "for (const [k] of Object.entries({ a: 1, b: 2 })) await db.query(`DROP TABLE ${k}`);"],
    ["for … in", "for (const k in { a: 1, b: 2 }) await db.query(`DROP TABLE ${k}`);"],
    ["for", "const l = ['a', 'b']; for (let i = 0; i < l.length; i++) await db.query(`DROP TABLE ${l[i]}`);"],
    ["while", "const l = ['a', 'b']; while (l.length > 0) await db.query(`DROP TABLE ${l.shift()}`);"],
    ["forEach", "['a', 'b'].forEach((t) => db.query(`DROP TABLE ${t}`));"],
    ["map and Promise.all", "await Promise.all(['a', 'b'].map(async (t) => db.query(`DROP TABLE ${t}`)));"],
    [
      "reduce",
      "await ['a', 'b'].reduce((before, t) => before.then(() => db.query(`DROP TABLE ${t}`)), Promise.resolve());",
    ],
    ["filter", "for (const t of ['a', 'x', 'b'].filter((t) => t !== 'x')) await db.query(`DROP TABLE ${t}`);"],
    [
      "break and continue",
      "for (const t of ['x', 'a', 'b', 'y', 'z']) { if (t === 'x') continue; if (t === 'y') break; await db.query(`DROP TABLE ${t}`); }",
    ],
    ["a set", "for (const t of new Set(['a', 'b', 'a'])) await db.query(`DROP TABLE ${t}`);"],
  ])("%s", (_, body) => {
    expect(sentBy(up(body))).toEqual(["DROP TABLE a", "DROP TABLE b"]);
  });

  it("run once where what they go over is not known", () => {
    const body =
      "for (const row of await db.query('SELECT 1')) await db.query(`UPDATE a SET b = ${row.b} WHERE c = '${row.c}'`);";
    expect(sentBy(up(body))).toEqual(["SELECT 1", "? UPDATE a SET b = $1 WHERE c = '${row.c}'"]);
  });

  it("run once where only a run of the program knows when they end", () => {
    const body =
      "while (true) { const rows = await db.query('SELECT 1'); if (rows.length === 0) break; await db.query('DELETE FROM a'); }";
    expect(sentBy(up(body))).toEqual(["SELECT 1", "? DELETE FROM a"]);
  });

  it("run once where a condition that is not known decides what the next round has", () => {
    const body =
      "let more = true; while (more) { const rows = await db.query('SELECT 1'); if (rows.length === 0) { more = false; continue; } await db.query('DELETE FROM a'); }";
    expect(sentBy(up(body))).toEqual(["SELECT 1", "? DELETE FROM a"]);
  });

  it("end somewhere", () => {
    const [last, ...others] = [...sentBy(up("for (let i = 0; ; i++) await db.query('SELECT 1');"))].reverse();
    expect(last).toBe("SELECT 1");
    expect(others).toHaveLength(499);
  });
});

describe("programs that a migration starts", () => {
  it("are not known, unless they have nothing to do with a database", () => {
    const body =
      "const { execFileSync, execSync } = require('node:child_process'); execFileSync('node', ['backfill.js']); execSync('/usr/sbin/nginx -t'); execSync(process.env.COMMAND);";
    const unknown = "starts another program, and what that sends is not known";
    expect(sentBy(up(body))).toEqual([`! ${unknown}`, `! ${unknown}`]);
  });
});

describe("conditions", () => {
  it("are followed both ways where they are not known", () => {
    const body = "if (await db.query('SELECT 1')) await db.query('DROP TABLE a'); else await db.query('DROP TABLE b');";
    expect(sentBy(up(body))).toEqual(["SELECT 1", "? DROP TABLE a", "? DROP TABLE b"]);
  });

  it("hold for what is behind a conditional return", () => {
    const body = "if (!(await db.query('SELECT 1'))) return;\nawait db.query('DROP TABLE a');";
    expect(sentBy(up(body))).toEqual(["SELECT 1", "? DROP TABLE a"]);
  });

  it("do not hold for what is behind a conditional throw", () => {
    const body = "if (!(await db.query('SELECT 1'))) throw new Error();\nawait db.query('DROP TABLE a');";
    expect(sentBy(up(body))).toEqual(["SELECT 1", "DROP TABLE a"]);
  });

  it("do not leave their function", () => {
    const body =
      "const f = async () => { if (x()) return; await db.query('DROP TABLE a'); }; await f(); await db.query('DROP TABLE b');";
    expect(sentBy(up(body))).toEqual(["? DROP TABLE a", "DROP TABLE b"]);
  });

  it("leave a variable that they change unknown", () => {
    const body = "let t = 'a'; if (x()) t = 'b'; await db.query(`DROP TABLE ${t}`);";
    expect(sentBy(up(body))).toEqual(['DROP TABLE "${t}"']);
  });

  it("are followed where they are known", () => {
    const body =
      "const on = true; if (on && 'a' !== 'b') await db.query('DROP TABLE a'); else await db.query('DROP TABLE b');";
    expect(sentBy(up(body))).toEqual(["DROP TABLE a"]);
  });

  it.each([
    "process.env.DB_TYPE === 'postgres'",
    "process.env.DB_TYPE !== 'mysql'",
    "config.type === 'postgresql'",
    "['pg', 'postgres'].includes(config.client)",
    "config.client.startsWith('postgres')",
    "/postgres|pg/.test(config.client)",
    "!/mysql|maria/.test(config.client)",
  ])("that ask for the database system have PostgreSQL's answer: %s", (condition) => {
    expect(
      sentBy(up(`if (${condition}) await db.query('DROP TABLE a'); else await db.query('DROP TABLE b');`)),
    ).toEqual(["DROP TABLE a"]);
  });

  it("that ask for it in a switch, too", () => {
    const body =
      "switch (config.type) { case 'mysql': await db.query('DROP TABLE a'); break; case 'postgres': await db.query('DROP TABLE b'); break; default: await db.query('DROP TABLE c'); }";
    expect(sentBy(up(body))).toEqual(["DROP TABLE b"]);
  });

  it("of try and catch", () => {
    const body =
      "try { await db.query('DROP TABLE a'); } catch (error) { await db.query('DROP TABLE b'); } finally { await db.query('DROP TABLE c'); }";
    expect(sentBy(up(body))).toEqual(["DROP TABLE a", "? DROP TABLE b", "DROP TABLE c"]);
  });
});

describe("functions and classes", () => {
  it.each([
    [
      "a function of the file",
      up("await drop(db, 'a');", "async function drop(db, t) { await db.query(`DROP TABLE ${t}`); }"),
    ],
    [
      "one that is declared later",
      `${up("await drop(db, 'a');")}\nfunction drop(db, t) { return db.query(\`DROP TABLE \${t}\`); }`,
    ],
    ["a default export", "export default { up: async (db) => { await db.query('DROP TABLE a'); } };"],
    ["CommonJS", "module.exports = { async up(db) { await db.query('DROP TABLE a'); } };"],
    ["exports", "exports.up = (db) => db.query('DROP TABLE a');"],
    [
      "a class",
      up(
        "await new Dropper(db).drop();",
        "class Dropper { t = 'a'; constructor(db) { this.db = db; } drop() { return this.db.query(`DROP TABLE ${this.t}`); } }",
      ),
    ],
    [
      "an inherited method",
      up(
        "await new B().drop(db);",
        "class A { drop(db) { return db.query(this.sql()); } }\nclass B extends A { sql() { return 'DROP TABLE a'; } }",
      ),
    ],
    [
      "a renamed export",
      "const migrate = async (db) => { await db.query('DROP TABLE a'); };\nexport { migrate as up };",
    ],
    [".then", "exports.up = (db) => Promise.resolve().then(() => db.query('DROP TABLE a'));"],
    ["bind", up("await drop.bind(null, db)('a');", "function drop(db, t) { return db.query(`DROP TABLE ${t}`); }")],
  ])("%s", (_, text) => {
    expect(sentBy(text)).toEqual(["DROP TABLE a"]);
  });

  it("that call themselves are said to", () => {
    expect(
      sentBy(up("await again(db);", "async function again(db) { await db.query('SELECT 1'); await again(db); }")),
    ).toEqual(["SELECT 1", "! again calls itself, and what it runs is not followed"]);
  });
});

describe("files", () => {
  const files = {
    "db/tables.ts":
      "export const ORDERS = 'orders';\nexport enum Table { Users = 'users' }\nexport default { legacy: 'legacy' };",
    "db/index.ts": "export * from './tables';\nexport { ORDERS as RENAMED } from './tables.js';",
    "db/names.json": '{ "names": ["a", "b"] }',
    "db/helper.ts": "export const drop = (db, t) => db.query(`DROP TABLE ${t}`);",
    "db/migrations/sql/1.sql": "DROP TABLE a;\nDROP TABLE b;\n",
  };

  it.each([
    ["a constant", "import { ORDERS } from '../tables';", "`DROP TABLE ${ORDERS}`", ["DROP TABLE orders"]],
    ["an enum", "import { Table } from '../tables.js';", "`DROP TABLE ${Table.Users}`", ["DROP TABLE users"]],
    ["a default", "import tables from '../tables';", "`DROP TABLE ${tables.legacy}`", ["DROP TABLE legacy"]],
    ["a namespace", "import * as tables from '../tables';", "`DROP TABLE ${tables.ORDERS}`", ["DROP TABLE orders"]],
    [
      "an index",
      "import { RENAMED, Table } from '..';",
      "`DROP TABLE ${RENAMED}, ${Table.Users}`",
      ["DROP TABLE orders, users"],
    ],
    ["JSON", "const { names } = require('../names.json');", "`DROP TABLE ${names.join(', ')}`", ["DROP TABLE a, b"]],
    [
      "SQL",
      "import { readFileSync } from 'node:fs';\nimport path from 'path';",
      "readFileSync(path.join(__dirname, 'sql', '1.sql'), 'utf8')",
      ["DROP TABLE a", "DROP TABLE b"],
    ],
    [
      "SQL, read later",
      "import { readFile } from 'fs/promises';",
      "await readFile(new URL('sql/1.sql', import.meta.url), 'utf8')",
      ["DROP TABLE a", "DROP TABLE b"],
    ],
    [
      "SQL from the project's folder",
      "const fs = require('fs');",
      "fs.readFileSync('migrations/sql/1.sql').toString()",
      ["DROP TABLE a", "DROP TABLE b"],
    ],
  ])("are followed for %s", (_, before, sql, expected) => {
    expect(sentBy(up(`await db.query(${sql});`, before), files)).toEqual(expected);
  });

  it("are followed for functions, whose place is the call", () => {
    const text = up("  await drop(db, 'orders');", "import { drop } from '../helper';");
    const [sent] = followed(text, files).up;
    expect(sent && text.slice(...sent.range)).toBe("drop(db, 'orders')");
    expect(sentBy(text, files)).toEqual(["DROP TABLE orders"]);
  });

  it("that a program depends on are listed with their texts", () => {
    const { reads } = followed(
      up("await db.query(`DROP TABLE ${ORDERS}`);", "import { ORDERS } from '../tables';"),
      files,
    );
    expect(reads.get("db/tables.ts")).toBe(files["db/tables.ts"]);
  });

  it("that are not there are not known", () => {
    expect(sentBy(up("await db.query(`DROP TABLE ${T}`);", "import { T } from '../nowhere';"))).toEqual([
      'DROP TABLE "${T}"',
    ]);
    expect(
      sentBy(up("await db.query(fs.readFileSync(`${__dirname}/no.sql`, 'utf8'));", "import fs from 'fs';")),
    ).toEqual(["! sql is read from db/migrations/no.sql, which is not in the repository"]);
  });
});

describe("what is not known", () => {
  it.each([
    ["a name", "`ALTER TABLE ${t} ADD COLUMN note text`", 'ALTER TABLE "${t}" ADD COLUMN note text'],
    ["a name in quotes", '`DROP TABLE "${t}"`', 'DROP TABLE "${t}"'],
    ["a part of a name", "`DROP INDEX idx_${t}_Note`", 'DROP INDEX "idx_${t}_note"'],
    ["a schema", "`DROP TABLE ${t}.orders`", 'DROP TABLE "${t}".orders'],
    ["a value", "`UPDATE a SET b = ${t} WHERE c IN (${t})`", "UPDATE a SET b = $1 WHERE c IN ($2)"],
    ["a string", "`UPDATE a SET b = '${t}'`", "UPDATE a SET b = '${t}'"],
    ["a part of JSON", "`UPDATE a SET b = '${JSON.stringify([t])}'`", "UPDATE a SET b = '${JSON.stringify([t])}'"],
    ["a clause", "`CREATE TABLE a (b int) ${t}`", "CREATE TABLE a (b int)"],
  ])("is %s", (_, sql, expected) => {
    expect(sentBy(up(`const t = x();\nawait db.query(${sql});`))).toEqual([expected]);
  });

  it("is a statement as a whole", () => {
    expect(sentBy(up("await db.query(x());"))).toEqual(["! sql comes from a call that is not followed"]);
  });

  it("is a method of a handle", () => {
    expect(sentBy(up("await db.frobnicate('a');"))).toEqual([
      "! `db.frobnicate` is nothing of db that is known, so what it runs is not known",
    ]);
  });

  it("is a function of a package that is given the handle, said once", () => {
    const text = up("await migrate(db); console.log('done', db.name);", "import { migrate } from 'some-package';");
    expect(sentBy(text)).toEqual(["! `migrate` comes from the package some-package, so what it runs is not known"]);
  });

  it("is nothing where the database cannot be reached", () => {
    const text = up(
      "logger.info('start'); const id = uuid(); await sleep(5); await db.query('DROP TABLE a');",
      "import { logger, uuid, sleep } from 'x';",
    );
    expect(sentBy(text)).toEqual(["DROP TABLE a"]);
  });

  it("runs the functions that it is given", () => {
    const text = up(
      "await pMap(['a'], async (t) => { await db.query('DROP TABLE a'); });",
      "import pMap from 'p-map';",
    );
    expect(sentBy(text)).toEqual(["? DROP TABLE a"]);
  });
});

describe("places", () => {
  const placed = (text: string): readonly string[] => {
    const { up: sent, comments } = followed(text);
    return parseProgram(text, FILE, { up: sent, comments }).statements.flatMap(({ operations }) =>
      operations.map(({ type, range }) => `${type} ${text.slice(...range)}`),
    );
  };

  it.each([
    [
      "inside a string",
      "await db.query('DROP TABLE a; DROP TABLE b');",
      ["DropRelation DROP TABLE a", "DropRelation DROP TABLE b"],
    ],
    [
      "of a clause",
      "await db.query(`ALTER TABLE a\n  ADD b int,\n  DROP c`);",
      ["AddColumn ADD b int", "DropColumn DROP c"],
    ],
    [
      "around what is put into it",
      "const t = 'a'; await db.query(`DROP TABLE ${t} CASCADE`);",
      ["DropRelation DROP TABLE ${t} CASCADE"],
    ],
    [
      "of the call, where the string stands elsewhere",
      "const sql = 'DROP TABLE a'; await db.query(sql);",
      ["DropRelation db.query(sql)"],
    ],
    [
      "of the string, where it has escapes",
      "await db.query('DROP TABLE \"a\\u0062\"');",
      ["DropRelation 'DROP TABLE \"a\\u0062\"'"],
    ],
  ])("%s", (_, body, expected) => {
    expect(placed(up(body))).toEqual(expected);
  });
});

describe("bad programs", () => {
  it.each([
    ["no program", "DROP TABLE a;;)", "! the file is no JavaScript or TypeScript: Unexpected token"],
    ["nothing exported", "const up = 1;", "! the file exports no function up"],
    ["an empty file", "", "! the file exports no function up"],
  ])("%s", (_, text, expected) => {
    expect(sentBy(text)).toEqual([expected]);
  });

  it("end, whatever they do", () => {
    const body =
      "const l = [1]; for (const a of Array.from({ length: 900 })) for (const b of Array.from({ length: 900 })) l.push(b); await db.query('SELECT 1');";
    expect(sentBy(up(body))).toEqual(["! the program does more than is followed here"]);
    expect(sentBy(up(`await db.query(${"(".repeat(3_000)}'SELECT 1'${")".repeat(3_000)});`)).length).toBeGreaterThan(0);
  });

  it("reach nothing of ours", () => {
    const body =
      "const p = ({}).constructor.constructor('return process')(); __proto__.x = 1; db.constructor('a'); await db.query('DROP TABLE a');";
    expect(sentBy(up(body)).at(-1)).toBe("DROP TABLE a");
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe("the way down", () => {
  it("is another run", () => {
    const text = `let t = 'a';\nexport const up = async (db) => { t = 'b'; await db.query(\`DROP TABLE \${t}\`); };\nexport const down = (db) => db.query(\`CREATE TABLE \${t} ()\`);`;
    const { down } = followed(text);
    expect(down?.().map((sent) => ("sql" in sent ? sent.sql.toString() : sent.reason))).toEqual(["CREATE TABLE a ()"]);
  });

  it("need not be there", () => {
    expect(followed(up("")).down).toBeUndefined();
  });
});
