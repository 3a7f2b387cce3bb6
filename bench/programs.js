/**
 * `check` over 1,000 programs: migrations of Knex and of TypeORM, which are followed and never run.
 *
 *   npm run build && node bench/programs.js
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "../scripts/node24.js";
import { cpuSeconds, printTable } from "./measure.js";

const program = process.env["BENCH_PROGRAM"] ?? fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
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

/**
 * The same for TypeORM, in TypeScript: half of them send strings of SQL, as its generator writes them.
 * @param {number} length
 */
function* typeormPrograms(length) {
  for (let number = 0; number < length; number++) {
    const table = `orders_${Math.floor(number / 10)}`;
    const name = `Change${1700000000000 + number}`;
    const [up, down] = typeormChange(number % 10, table, number);
    yield {
      name: `${1700000000000 + number}-Change.ts`,
      text:
        'import { Table, TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from "typeorm";\n\n' +
        `export class ${name} implements MigrationInterface {\n  public async up(queryRunner: QueryRunner): Promise<void> {\n    ${up}\n  }\n\n` +
        `  public async down(queryRunner: QueryRunner): Promise<void> {\n    ${down}\n  }\n}\n`,
    };
  }
}

/**
 * @param {number} step @param {string} table @param {number} number
 * @returns {[up: string, down: string]}
 */
function typeormChange(step, table, number) {
  const drop = `await queryRunner.query(\`ALTER TABLE "${table}" DROP COLUMN "field_${number}"\`);`;
  if (step === 0) {
    const create = `await queryRunner.query(\`CREATE TABLE "${table}" ("id" SERIAL NOT NULL, "status" character varying(40) NOT NULL DEFAULT 'new', CONSTRAINT "PK_${table}" PRIMARY KEY ("id"))\`);`;
    return [create, `await queryRunner.query(\`DROP TABLE "${table}"\`);`];
  }
  if (step < 3) {
    const name = `${table}_part_${step}`;
    const create = `await queryRunner.createTable(new Table({ name: "${name}", columns: [{ name: "id", type: "bigint", isPrimary: true }, { name: "order_id", type: "integer" }], foreignKeys: [{ columnNames: ["order_id"], referencedTableName: "${table}", referencedColumnNames: ["id"] }] }));`;
    return [create, `await queryRunner.dropTable("${name}");`];
  }
  if (step < 6) {
    return [`await queryRunner.query(\`ALTER TABLE "${table}" ADD "field_${number}" text\`);`, drop];
  }
  if (step < 8) {
    const add = `await queryRunner.addColumn("${table}", new TableColumn({ name: "field_${number}", type: "integer", isNullable: true }));`;
    const index = `\n    await queryRunner.createIndex("${table}", new TableIndex({ name: "IDX_${number}", columnNames: ["field_${number}"] }));`;
    return [add + index, `await queryRunner.dropColumn("${table}", "field_${number}");`];
  }
  return [`await queryRunner.query(\`UPDATE "${table}" SET "status" = $1 WHERE "status" IS NULL\`, ["new"]);`, ""];
}

/** @type {[what: string, project: Record<string, string>, files: Iterable<{ name: string, text: string }>][]} */
const projects = [
  [
    "Knex, in JavaScript",
    {
      "knexfile.js": 'module.exports = { client: "pg" };\n',
      "package.json": '{ "dependencies": { "knex": "3.1.0", "pg": "8.16.0" } }\n',
    },
    programs(1000),
  ],
  [
    "TypeORM, in TypeScript",
    {
      "data-source.ts":
        'import { DataSource } from "typeorm";\n\nexport default new DataSource({ type: "postgres", migrations: ["migrations/*.ts"] });\n',
      "package.json": '{ "dependencies": { "typeorm": "0.3.20", "pg": "8.16.0" } }\n',
    },
    typeormPrograms(1000),
  ],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = projects.map(([what, project, files]) => {
    const cwd = mkdtempSync(join(tmpdir(), "migration-safety-bench-"));
    try {
      mkdirSync(join(cwd, "migrations"));
      for (const [file, text] of Object.entries(project)) writeFileSync(join(cwd, file), text);
      for (const { name, text } of files) writeFileSync(join(cwd, "migrations", name), text);
      const all = readdirSync(join(cwd, "migrations")).map((name) => `migrations/${name}`);
      const command = [findNode24() ?? process.execPath, program, "check", "--format", "json", ...all];
      return [`${all.length} programs: ${what}`, cpuSeconds(command, { runs: 5, cwd }).toFixed(2)];
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  });
  printTable(["", "CPU s"], rows);
}
