/**
 * One long file of statements that each depend on the one before: four times as many take four times as long.
 *
 *   npm run build && node bench/long-files.js
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cpuSeconds, printTable } from "./measure.js";

const CLI = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
const LENGTHS = [1000, 4000];

/** @type {Readonly<Record<string, (index: number) => string>>} */
const FILES = {
  "a column renamed again and again": (index) => `ALTER TABLE a RENAME COLUMN c${index} TO c${index + 1};`,
  "tables of which each takes the place of another": (index) =>
    `CREATE TABLE t${index} (id int);\nALTER TABLE t${index} RENAME TO u${index};`,
  "CHECK constraints on one table": (index) => `ALTER TABLE a ADD CONSTRAINT k${index} CHECK (b > ${index});`,
  "the same without names": (index) => `ALTER TABLE a ADD CHECK (b > ${index}) NOT VALID;`,
  "partitions attached to one table": (index) =>
    `CREATE TABLE p${index} (id int);\nALTER TABLE p ATTACH PARTITION p${index} FOR VALUES FROM (${index}) TO (${index + 1});`,
  "policies of one table": (index) => `CREATE POLICY p${index} ON a USING (b > ${index});`,
  "indexes, each accepted by a comment": (index) =>
    `-- migration-safety-disable-next-line no-blocking-index-build -- no ${index}\nCREATE INDEX i${index} ON a (b);`,
};

const folder = mkdtempSync(join(tmpdir(), "long-files-"));
const git = (/** @type {string[]} */ ...args) =>
  execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.test", ...args], { cwd: folder });
try {
  git("init", "--quiet", "--initial-branch=main");
  mkdirSync(join(folder, "migrations"));
  writeFileSync(
    join(folder, "migrations/001.sql"),
    "CREATE TABLE a (id bigint PRIMARY KEY, c0 int, b int);\nCREATE TABLE p (id int) PARTITION BY RANGE (id);\n",
  );
  git("add", ".");
  git("commit", "--quiet", "--message=base");
  const rows = Object.entries(FILES).map(([name, statement]) => {
    const times = LENGTHS.map((length) => {
      writeFileSync(
        join(folder, "migrations/002.sql"),
        Array.from({ length }, (_, index) => statement(index)).join("\n"),
      );
      const command = [process.execPath, CLI, "check", "--base", "main", "--format", "json"];
      return cpuSeconds(command, { runs: 3, cwd: folder }).toFixed(1);
    });
    return [name, ...times];
  });
  printTable(["CPU s of one file of", ...LENGTHS.map((length) => `${length} statements`)], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
