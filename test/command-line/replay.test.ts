import { expect, test } from "vitest";
import type { ExitCode } from "../../src/command-line/command.js";
import { run } from "../../src/command-line/run.js";
import type { Replay } from "../../src/model/replay.js";
import { temporaryFolder, TemporaryRepository } from "../change/temporary-repository.js";
import { replayErrors } from "../report/schema.js";

function replay(
  cwd: string,
  argv: readonly string[],
  stderrIsTTY = false,
): { code: ExitCode; out: string; err: string } {
  let out = "";
  let err = "";
  const code = run(["replay", ...argv], {
    cwd,
    env: {},
    stdout: { write: (text) => (out += text) },
    stderr: { isTTY: stderrIsTTY, write: (text) => (err += text) },
    version: "1.2.3",
  });
  return { code, out, err };
}

function repository(): TemporaryRepository {
  const made = new TemporaryRepository({
    "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, note text);\n",
  });
  made.commit("Index | of `accounts` (#2)", {
    "db/migrations/0002_index.sql":
      "ALTER TABLE orders DROP COLUMN note;\nCREATE INDEX orders_account_idx ON orders (account_id);\n",
  });
  return made;
}

test("text: the table, the rules, the totals; exit code 0 whatever was found", () => {
  const made = repository();
  const [index, start] = ["main", "main~1"].map((revision) => made.git("rev-parse", revision).slice(0, 9));
  const day = made.git("log", "-1", "--format=%cs");
  expect(replay(made.root, ["--last", "5"])).toEqual({
    code: 0,
    err: "",
    out: `commit     date        verdict     errors  warnings   title
${index}  ${day}  unsafe           1         1   Index | of \`accounts\` (#2)
    error    db/migrations/0002_index.sql:2  no-blocking-index-build
    warning  db/migrations/0002_index.sql:1  require-lock-timeout
${start}  ${day}  safe             -         -   start

Findings by rule
  no-blocking-index-build  error       1 in 1 merge
  require-lock-timeout     warning     1 in 1 merge

2 merges with migrations in all 2 commits of main.
  merges: 1 of 2 silent (50 %), 1 with errors, 0 with warnings only
  findings per merge: median 1, mean 1, most 2
  statements: 3, all analysed
  PostgreSQL 14 (the default, no version found), sql in \`db/migrations\`
  configuration, for all of them: default
`,
  });
});

test("markdown: titles from commits are text, not markup", () => {
  const made = repository();
  const { out, code } = replay(made.root, ["--format", "markdown", "--last", "all"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^### 2 merges with migrations in all 2 commits of main\.\n/);
  expect(out).toContain(
    "Index &#124; of &#96;accounts&#96; &#40;&#35;&#8203;2&#41; | unsafe | 1 | 1 | no-blocking-index-build, require-lock-timeout |",
  );
  expect(out).toContain("| no-blocking-index-build | error | 1 | 1 |");
});

test("json: the replay itself", () => {
  const made = repository();
  const { out } = replay(made.root, ["--format", "json", "--last", "1", "--base", "main~1"]);
  const printed = JSON.parse(out) as Replay;
  expect(replayErrors(printed)).toEqual([]);
  expect(replayErrors(JSON.parse(replay(made.root, ["--format", "json"]).out))).toEqual([]);
  expect(printed).toMatchObject({
    version: 1,
    branch: { label: "main~1", commit: made.git("rev-parse", "main~1") },
    looked: { commits: 1, until: "asked" },
    merges: [{ title: "start", verdict: "safe", files: ["db/migrations/0001_orders.sql"], findings: [] }],
    totals: { merges: 1, silent: 1 },
  });
});

test("a person sees how far it is", () => {
  const made = repository();
  expect(replay(made.root, ["--last", "2"], true).err).toBe(
    "\r\u001b[K0 of 2 merges checked\r\u001b[K1 of 2 merges checked\r\u001b[K",
  );
});

test("nothing to replay, and wrong usage", () => {
  const none = new TemporaryRepository({ "README.md": "x\n" });
  expect(replay(none.root, [])).toEqual({
    code: 0,
    err: "",
    out: "No merge with migrations in the one commit of main.\n  configuration, for all of them: default\n",
  });
  const wrong = replay(none.root, ["--last", "0"]);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("migration-safety: --last is a number of merges, 1 or more, or all.");
  const folder = temporaryFolder();
  expect(replay(folder, [])).toEqual({
    code: 2,
    out: "",
    err: `migration-safety: ${folder} is not in a git repository.\n`,
  });
});
