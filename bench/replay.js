/**
 * The catalog's replay of 1,000 and of 10,000 migrations: the time for one does not grow with those before it.
 *
 *   node bench/replay.js
 */
import { importTypeScript } from "../scripts/import-typescript.js";
import { printTable } from "./measure.js";
import { migrations } from "./migrations.js";

/** @param {number} length */
async function replay(length) {
  /** @type {typeof import("../src/postgres/parse-sql.js")} */
  const { parseSql } = await importTypeScript("src/postgres/parse-sql.ts");
  /** @type {typeof import("../src/postgres/replay.js")} */
  const { Replay } = await importTypeScript("src/postgres/replay.ts");
  const files = [...migrations(length)].map(({ sql }) => parseSql(sql));
  const run = (/** @type {typeof files} */ list) => {
    const state = new Replay({ postgres: 16 });
    list.forEach(({ statements }, order) => statements.forEach((statement) => state.apply(statement, order)));
    return state.catalog;
  };
  // Once before the clock starts, so that short and long histories both run compiled code.
  run(files.slice(0, 1000));
  const start = process.cpuUsage();
  const catalog = run(files);
  const { user, system } = process.cpuUsage(start);
  const statements = files.reduce((sum, file) => sum + file.statements.length, 0);
  return { length, statements, tables: [...catalog.tables()].length, milliseconds: (user + system) / 1000 };
}

const rows = [];
for (const length of [1000, 10_000]) {
  const { statements, tables, milliseconds } = await replay(length);
  rows.push([length, statements, tables, milliseconds.toFixed(0), ((milliseconds / statements) * 1000).toFixed(1)]);
}
printTable(["migrations", "statements", "tables", "CPU ms", "µs per statement"], rows);
