/**
 * The Action on a pull request with one migration, in SQL or as a program: the whole process with the git commands that it starts, from
 * Node's own start to its exit, with a GitHub on loopback.
 *
 *   node bench/action.js
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "../scripts/node24.js";
import { withExample, withPullRequest } from "../scripts/example-pull-request.js";
import { cpuSeconds, median, printTable } from "./measure.js";

const program =
  process.env["BENCH_PROGRAM"] ?? join(fileURLToPath(new URL("..", import.meta.url)), "dist", "action.cjs");
const node = findNode24() ?? process.execPath;
const runs = Number(process.env["BENCH_RUNS"] ?? 21);

/** A shop of 200 tables, each with its migration, and 5,000 files of code; three migrations more. */
function largeProject() {
  /** @type {Record<string, string>} */
  const before = {};
  for (let i = 0; i < 200; i++) {
    before[`migrations/${String(i + 1).padStart(4, "0")}_table.sql`] =
      `CREATE TABLE table_${i} (id bigint PRIMARY KEY, name text NOT NULL, state_${i} text, created_at timestamptz);\n` +
      `CREATE INDEX table_${i}_name_idx ON table_${i} (name);\n`;
  }
  for (let i = 0; i < 5000; i++) {
    before[`src/module-${i % 50}/file-${i}.ts`] =
      `import { db } from "../db";\n\nexport async function find${i}(id: number) {\n` +
      `  return db.query("SELECT id, name, created_at FROM table_${i % 200} WHERE id = $1", [id]);\n}\n\n` +
      `export const label${i} = (value: string) => value.trim().toLowerCase();\n`.repeat(20);
  }
  const change = {
    "migrations/0201_drop.sql": "ALTER TABLE table_7 DROP COLUMN state_7;\n",
    "migrations/0202_index.sql": "CREATE INDEX table_8_created_at_idx ON table_8 (created_at);\n",
    "migrations/0203_required.sql": "ALTER TABLE table_9 ADD COLUMN owner_id bigint NOT NULL;\n",
  };
  return { before, change };
}

/** Small projects whose migrations are programs, each with one more that builds an index on a table in use. */
function programs() {
  const lock = (/** @type {string} */ name, /** @type {string} */ version) => ({
    "package.json": JSON.stringify({ dependencies: { [name]: `^${version}`, pg: "^8" } }),
    "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { [`node_modules/${name}`]: { version } } }),
  });
  const knex = (/** @type {string} */ body) =>
    `import type { Knex } from "knex";\n\nexport async function up(knex: Knex): Promise<void> {\n${body}}\n\nexport async function down(knex: Knex): Promise<void> {}\n`;
  const typeorm = (/** @type {string} */ name, /** @type {string} */ body) =>
    `import { TableIndex, type MigrationInterface, type QueryRunner } from "typeorm";\n\nexport class ${name} implements MigrationInterface {\n  async up(queryRunner: QueryRunner): Promise<void> {\n${body}  }\n\n  async down(queryRunner: QueryRunner): Promise<void> {}\n}\n`;
  const table = "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint)";
  return {
    "one migration in TypeScript: an index, by Knex": {
      before: {
        ...lock("knex", "3.1.0"),
        "knexfile.ts": 'export default { client: "pg", migrations: { directory: "./migrations" } };\n',
        "migrations/20260101000000_orders.ts": knex(`  await knex.raw(\`${table}\`);\n`),
      },
      change: {
        "migrations/20260201000000_index.ts": knex(
          '  await knex.schema.alterTable("orders", (table) => {\n    table.index(["customer_id"]);\n  });\n',
        ),
      },
    },
    "one migration in TypeScript: an index, by TypeORM": {
      before: {
        ...lock("typeorm", "1.1.1"),
        "src/data-source.ts":
          'import { DataSource } from "typeorm";\n\nexport default new DataSource({ type: "postgres", migrations: ["src/migrations/*.ts"] });\n',
        "src/migrations/1700000000001-Orders.ts": typeorm(
          "Orders1700000000001",
          `    await queryRunner.query(\`${table}\`);\n`,
        ),
      },
      change: {
        "src/migrations/1700000000002-Index.ts": typeorm(
          "Index1700000000002",
          '    await queryRunner.createIndex("orders", new TableIndex({ name: "orders_idx", columnNames: ["customer_id"] }));\n',
        ),
      },
    },
  };
}

/** @type {[what: string, change?: Record<string, string>][]} */
const pullRequests = [
  [
    "one migration: an index on a table in use",
    {
      "prisma/migrations/20261118101200_index/migration.sql":
        'CREATE INDEX "orders_customer_id_idx" ON "orders"("customer_id");\n',
    },
  ],
  ["the example: three statements, one of them a drop that is looked for in the code"],
];

const folder = mkdtempSync(join(tmpdir(), "migration-safety-bench-"));
try {
  const rows = [["Node's own start", cpuSeconds([node, "--eval", "0"], { runs }).toFixed(2), "", "", ""]];
  /** @type {[what: string, start: (use: Parameters<typeof withExample<void>>[1]) => Promise<void>][]} */
  const projects = pullRequests.map(([what, change]) => [what, (use) => withExample("web-shop", use, change)]);
  const { before, change: three } = largeProject();
  for (const [what, start] of Object.entries(programs())) {
    projects.push([what, (use) => withPullRequest(start.before, start.change, use)]);
  }
  projects.push([
    "three migrations, 200 earlier ones, 5,000 files of code",
    (use) => withPullRequest(before, three, use),
  ]);
  for (const [index, [what, start]] of projects.entries()) {
    // In Node's place, a script that runs it and notes its time.
    const times = join(folder, `times-${index}`);
    const timed = join(folder, `node-${index}`);
    // Its own time without that of git, which it starts.
    const hook = join(folder, `hook-${index}.cjs`);
    writeFileSync(
      hook,
      'process.on("exit", () => { const { user, system } = process.cpuUsage(); ' +
        `require("fs").appendFileSync(${JSON.stringify(times)}, (user + system) / 1e6 + " "); });\n`,
    );
    writeFileSync(
      timed,
      `#!/usr/bin/env bash\nTIMEFORMAT='%3U %3S %3R'\n{ time "${node}" --require "${hook}" "$@" 2>&3; } 3>&2 2>>"${times}"\n`,
    );
    chmodSync(timed, 0o755);
    await start(async ({ run }) => {
      for (let i = 0; i < runs; i++) {
        const { outputs, stderr } = await run({ program, node: timed });
        if (outputs["verdict"] !== "unsafe") throw new Error(`${what}: the run reached no verdict\n${stderr}`);
      }
    });
    const measured = readFileSync(times, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number));
    const own = median(measured.map(([seconds = 0]) => seconds));
    const all = median(measured.map(([, user = 0, system = 0]) => user + system));
    const wall = median(measured.map(([, , , real = 0]) => real));
    const least = Math.min(...measured.map(([seconds = Infinity]) => seconds));
    rows.push([what, own.toFixed(2), least.toFixed(2), all.toFixed(2), wall.toFixed(2)]);
  }
  console.log(`Median of ${runs}\n`);
  printTable(["", "CPU s", "least", "with git", "wall s"], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
