/**
 * `check` over 1,000 programs: migrations of Knex, which are followed and never run.
 *
 *   npm run build && node bench/programs.js
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "../scripts/node24.js";
import { cpuSeconds, printTable } from "./measure.js";

const program = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
const columns = ["string", "text", "integer", "boolean", "jsonb", "uuid"];

/**
 * Yields as many migrations, always the same ones: of ten, three create a table, four add columns with an index, one
 * fills a column with SQL, one goes through a list and one drops a column.
 * @param {number} length
 */
export function* programs(length) {
  for (let number = 0; number < length; number++) {
    const table = `orders_${Math.floor(number / 10)}`;
    const type = columns[number % columns.length];
    const [up, down] = change(number % 10, table, type ?? "text", number);
    yield {
      name: `${String(20200101000000 + number)}_change_${number}.js`,
      text: `exports.up = async function (knex) {\n  ${up}\n};\n\nexports.down = async function (knex) {\n  ${down}\n};\n`,
    };
  }
}

/**
 * @param {number} step @param {string} table @param {string} type @param {number} number
 * @returns {[up: string, down: string]}
 */
function change(step, table, type, number) {
  if (step < 3) {
    const name = step === 0 ? table : `${table}_part_${step}`;
    const parent =
      step === 0 ? "" : `\n    t.bigInteger("order_id").notNullable().references("id").inTable("${table}");`;
    const create = `await knex.schema.createTable("${name}", (t) => {
    t.bigIncrements("id");${parent}
    t.string("status", 40).notNullable().defaultTo("new");
    t.${type}("value");
    t.timestamps(true, true);
  });`;
    return [create, `await knex.schema.dropTable("${name}");`];
  }
  const drop = `await knex.schema.alterTable("${table}", (t) => t.dropColumn("field_${number}"));`;
  if (step < 7) {
    const add = `await knex.schema.alterTable("${table}", (t) => {
    t.${type}("field_${number}").nullable();
    t.index(["field_${number}"], "${table}_field_${number}_index");
  });`;
    return [add, drop];
  }
  if (step === 7) return [`await knex.raw("UPDATE ${table} SET status = ? WHERE status IS NULL", ["new"]);`, ""];
  if (step === 8) {
    const add = `for (const name of ["${table}_part_1", "${table}_part_2"]) {
    await knex.schema.alterTable(name, (t) => t.boolean("archived"));
  }`;
    return [add, ""];
  }
  return [`await knex.schema.alterTable("${table}", (t) => t.dropColumn("field_${number - 5}"));`, ""];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cwd = mkdtempSync(join(tmpdir(), "migration-safety-bench-"));
  try {
    mkdirSync(join(cwd, "migrations"));
    writeFileSync(join(cwd, "knexfile.js"), 'module.exports = { client: "pg" };\n');
    writeFileSync(join(cwd, "package.json"), '{ "dependencies": { "knex": "3.1.0", "pg": "8.16.0" } }\n');
    for (const { name, text } of programs(1000)) writeFileSync(join(cwd, "migrations", name), text);
    const files = readdirSync(join(cwd, "migrations")).map((name) => `migrations/${name}`);
    const command = [findNode24() ?? process.execPath, program, "check", "--format", "json", ...files];
    printTable(["", "CPU s"], [[`${files.length} Knex programs`, cpuSeconds(command, { runs: 5, cwd }).toFixed(2)]]);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
