import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Surroundings } from "../../src/command-line/command.js";
import { run } from "../../src/command-line/run.js";
import type { Explanation } from "../../src/model/explanation.js";
import { temporaryFolder, TemporaryRepository } from "../change/temporary-repository.js";
import { explanationErrors } from "../report/schema.js";

function explain(
  cwd: string,
  argv: readonly string[],
  { stdin, ...stdout }: { stdin?: string | Uint8Array; isTTY?: boolean; columns?: number } = {},
): { code: number; out: string; err: string } {
  let out = "";
  let err = "";
  const surroundings: Surroundings = {
    cwd,
    env: {},
    stdin: () => Buffer.from(stdin ?? ""),
    stdout: { ...stdout, write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    version: "1.2.3",
  };
  const code = run(["explain", ...argv], surroundings);
  return { code, out, err };
}

function json(cwd: string, argv: readonly string[], stdin?: string): Explanation {
  const { code, out, err } = explain(cwd, ["--format", "json", ...argv], { ...(stdin !== undefined && { stdin }) });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const explanation = JSON.parse(out) as Explanation;
  expect(explanationErrors(explanation)).toEqual([]);
  return explanation;
}

const FILES = {
  "shop/db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, state text);\n",
  "shop/db/migrations/0002_index.sql": "CREATE INDEX orders_state_idx ON orders (state);\n",
};

test("a migration is explained on its history, from any folder", () => {
  const repository = new TemporaryRepository(FILES);
  for (const [cwd, file] of [
    [repository.root, "shop/db/migrations/0002_index.sql"],
    [join(repository.root, "shop/db"), "migrations/0002_index.sql"],
    [temporaryFolder(), join(repository.root, "shop/db/migrations/0002_index.sql")],
  ] as const) {
    const { file: explained, history, statements } = json(cwd, [file]);
    expect(explained).toBe("shop/db/migrations/0002_index.sql");
    expect(history).toEqual({ migrations: 1, statements: 1 });
    expect(statements[0]!.locks).toEqual([
      {
        relation: "public.orders",
        mode: "SHARE",
        blocks: ["write", "ddl"],
        while: "index-build",
        origin: "created earlier",
        createdIn: "shop/db/migrations/0001_orders.sql",
      },
    ]);
  }
});

test("standard input is explained by itself, with the repository's version of PostgreSQL", () => {
  const repository = new TemporaryRepository({ ...FILES, ".github/migration-safety.yml": "postgres: 17\n" });
  const { file, postgres, history, statements } = json(repository.root, ["-"], "DROP TABLE orders;\n");
  expect([file, history.migrations, statements[0]!.locks[0]!.origin]).toEqual(["standard input", 0, "unknown"]);
  const [, index] = json(repository.root, ["-"], "CREATE TABLE a (b int);\nCREATE INDEX ON a (b);\n").statements;
  expect(index!.locks[0]!.createdIn).toBe("standard input");
  expect(postgres).toEqual({ version: 17, source: ".github/migration-safety.yml" });
  expect(json(repository.root, ["--postgres", "12", "-"], "SELECT 1").postgres).toEqual({
    version: 12,
    source: "--postgres",
  });
});

test("a folder without git has a history, too", () => {
  const folder = temporaryFolder();
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const { history, tool } = json(folder, ["shop/db/migrations/0002_index.sql"]);
  expect([history, tool.name]).toEqual([{ migrations: 1, statements: 1 }, "sql"]);
});

test("a symbolic link is the file that it points to", () => {
  const repository = new TemporaryRepository(FILES);
  symlinkSync("0002_index.sql", join(repository.root, "shop/db/migrations/latest.sql"));
  expect(json(repository.root, ["shop/db/migrations/latest.sql"]).statements[0]!.sql).toBe(
    "CREATE INDEX orders_state_idx ON orders (state)",
  );
});

test("a file that git ignores, one outside any repository, and one without a name for SQL", () => {
  const repository = new TemporaryRepository({ ".gitignore": "scratch.sql\n" });
  repository.write({ "scratch.sql": "DROP TABLE orders;\n" });
  expect(json(repository.root, ["scratch.sql"]).statements).toHaveLength(1);
  const folder = new TemporaryRepository();
  folder.write({ "changes.txt": "\uFEFFDROP TABLE orders;\r\nDROP TABLE accounts;\r\n" });
  const { statements } = json(folder.root, ["--transaction", "file", "changes.txt"]);
  expect(statements.map(({ line, column, transaction }) => [line, column, transaction.inTransaction])).toEqual([
    [1, 1, true],
    [2, 1, true],
  ]);
});

test("a terminal gets colours and its width, a pipe and a file neither", () => {
  const repository = new TemporaryRepository(FILES);
  const file = "shop/db/migrations/0002_index.sql";
  const piped = explain(repository.root, [file]);
  expect(piped.out).not.toContain("\x1b");
  const shown = explain(repository.root, [file], { isTTY: true, columns: 50 });
  expect(shown.out).toContain("\x1b");
  const lines = shown.out.replaceAll(/\x1b\[\d+m/g, "").split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
  const written = explain(repository.root, [file, "-o", "out.txt"], { isTTY: true, columns: 50 });
  expect(written).toEqual({ code: 0, out: "", err: "" });
  expect(readFileSync(join(repository.root, "out.txt"), "utf8")).toBe(piped.out);
});

test("wrong usage says what is wrong", () => {
  const repository = new TemporaryRepository({ ...FILES, "latin1.sql": Buffer.from("-- caf\xe9\n", "latin1") });
  for (const [argv, problem] of [
    [[], "explain needs FILE|-."],
    [["shop"], "shop is a folder; explain takes one file."],
    [["nope.sql"], "There is no file nope.sql."],
    [["-", "more.sql"], "explain does not know what to do with 'more.sql'."],
    [["--tool", "django", "-"], "--tool is one of atlas, db-migrate, "],
    [["--transaction", "yes", "-"], "--transaction is one of file, none."],
    [["--config", "nope.yml", "-"], `There is no file ${join(repository.root, "nope.yml")}.`],
  ] as const) {
    const { code, out, err } = explain(repository.root, argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`migration-safety: ${problem}`);
  }
  const { code, err } = explain(repository.root, ["-"], { stdin: Buffer.from("-- caf\xe9\n", "latin1") });
  expect({ code, err }).toEqual({
    code: 2,
    err: "migration-safety: standard input is not valid UTF-8; save it as UTF-8.\n",
  });
  const [statement] = json(repository.root, ["latin1.sql"]).statements;
  expect(statement!.error!.reason).toContain("is not valid UTF-8");
});
