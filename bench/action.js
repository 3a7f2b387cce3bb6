/**
 * The Action on a pull request with one SQL migration: the whole process with the git commands that it starts, from
 * Node's own start to its exit, with a GitHub on loopback.
 *
 *   node bench/action.js
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "../scripts/node24.js";
import { withExample } from "../scripts/example-pull-request.js";
import { cpuSeconds, median, printTable } from "./measure.js";

const program = join(fileURLToPath(new URL("..", import.meta.url)), "dist", "action.cjs");
const node = findNode24() ?? process.execPath;
const runs = 21;

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
  const rows = [["Node's own start", cpuSeconds([node, "--eval", "0"], { runs }).toFixed(2)]];
  for (const [index, [what, change]] of pullRequests.entries()) {
    // In Node's place, a script that runs it and notes its time.
    const times = join(folder, `times-${index}`);
    const timed = join(folder, `node-${index}`);
    writeFileSync(
      timed,
      `#!/usr/bin/env bash\nTIMEFORMAT='%3U %3S'\n{ time "${node}" "$@" 2>&3; } 3>&2 2>>"${times}"\n`,
    );
    chmodSync(timed, 0o755);
    const measure = async (/** @type {Parameters<Parameters<typeof withExample>[1]>[0]} */ { run }) => {
      for (let i = 0; i < runs; i++) {
        const { outputs } = await run({ program, node: timed });
        if (outputs["verdict"] !== "unsafe") throw new Error("the run reached no verdict");
      }
    };
    await withExample("web-shop", measure, change);
    const seconds = readFileSync(times, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" ").reduce((sum, part) => sum + Number(part), 0));
    rows.push([what, median(seconds).toFixed(2)]);
  }
  console.log(`Median of ${runs}\n`);
  printTable(["", "CPU s"], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
