/** The built plugin in the plain `eslint` command line, in git repositories like those of its users. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ESLint, Linter } from "eslint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const project = join(import.meta.dirname, "../..");
const INDEX = "migration-safety/no-blocking-index-build";
const COLUMN = "migration-safety/no-not-null-without-default";
const TIMEOUT = "migration-safety/require-lock-timeout";

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "migration-safety-eslint-")));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

function write(root: string, files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

function git(cwd: string, ...args: string[]): void {
  const identity = ["-c", "user.name=A Person", "-c", "user.email=person@example.org", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "ignore" });
}

const HISTORY = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n";
const CONFIG = `
import migrationSafety from "migration-safety";
export default [...migrationSafety.configs.recommended];
`;

/** A repository whose main branch has `base`, and whose working tree adds `files` on another branch. */
function repository(files: Files, base: Files = { "db/migrations/0001_orders.sql": HISTORY }): string {
  const root = mkdtempSync(join(folder, "repository-"));
  git(root, "init", "--quiet", "--initial-branch=main");
  write(root, { "package.json": `{ "type": "module" }`, ".gitignore": "node_modules\n.eslintcache\n", ...base });
  git(root, "add", ".");
  git(root, "commit", "--quiet", "--message=base");
  git(root, "switch", "--quiet", "--create", "feature");
  mkdirSync(join(root, "node_modules/@eslint"), { recursive: true });
  symlinkSync(project, join(root, "node_modules/migration-safety"));
  symlinkSync(join(project, "node_modules/@eslint/js"), join(root, "node_modules/@eslint/js"));
  write(root, { "eslint.config.js": CONFIG, ...files });
  return root;
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const versions = { "ESLint 9": "eslint9", "ESLint 10": "eslint" };
type Version = (typeof versions)[keyof typeof versions];

function eslint(version: Version, cwd: string, args: readonly string[], input = "", node = process.execPath): Run {
  const bin = join(project, "node_modules", version, "bin/eslint.js");
  const { status, stdout, stderr } = spawnSync(node, [bin, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: folder },
  });
  return { status, stdout, stderr };
}

/** The results of a run that linted something, by file. */
function lint(version: Version, cwd: string, args: readonly string[] = ["."], input = "", node = process.execPath) {
  const { stdout, stderr } = eslint(version, cwd, [...args, "--format", "json"], input, node);
  expect(stderr).toBe("");
  const results = JSON.parse(stdout) as ESLint.LintResult[];
  const of = (file: string): ESLint.LintResult => {
    const result = results.find(({ filePath }) => filePath === join(cwd, file));
    if (!result) throw new Error(`${file} was not linted; ${results.map(({ filePath }) => filePath).join(", ")} were.`);
    return result;
  };
  return { results, messages: (file: string) => of(file).messages, of };
}

const short = ({ line, column, ruleId, message }: Linter.LintMessage): string =>
  `${String(line)}:${String(column)} ${ruleId ?? message}`;

const BUILD = "SET lock_timeout = '2s';\nCREATE INDEX orders_account_idx ON orders (account_id);\n";
const FILE = "db/migrations/0002_index.sql";

describe.each(Object.entries(versions))("%s", (_name, version) => {
  it("reports what the change adds, at its place and with a suggestion", () => {
    const root = repository({ [FILE]: BUILD });
    const { messages, results } = lint(version, root);
    expect(results.map(({ filePath }) => filePath.slice(root.length + 1))).toEqual([
      "db/migrations/0001_orders.sql",
      FILE,
      "eslint.config.js",
    ]);
    expect(messages("db/migrations/0001_orders.sql")).toEqual([]);
    expect(messages(FILE)).toMatchObject([
      {
        ruleId: INDEX,
        severity: 2,
        message: expect.stringMatching(
          /^Building orders_account_idx blocks every INSERT, UPDATE and DELETE on orders until it is done\. /,
        ) as string,
        messageId: "blocksWrites",
        line: 2,
        column: 1,
        endLine: 2,
        endColumn: 55,
        suggestions: [
          {
            desc: "Build it with CONCURRENTLY",
            messageId: "addConcurrently",
            fix: { range: [37, 37], text: " CONCURRENTLY" },
          },
        ],
      },
    ]);
    expect(eslint(version, root, ["."]).status).toBe(1);
  });

  it.each([
    ["eslint.config.mjs", CONFIG],
    ["eslint.config.cjs", `module.exports = require("migration-safety").configs.recommended;`],
    [
      "eslint.config.cjs",
      `const { defineConfig } = require("eslint/config");
       const migrationSafety = require("migration-safety");
       module.exports = defineConfig([{ extends: [migrationSafety.configs.recommended] }]);`,
    ],
  ])("takes %s", (file, text) => {
    const root = repository({ [FILE]: BUILD, [file]: text });
    rmSync(join(root, "eslint.config.js"));
    symlinkSync(join(project, "node_modules", version), join(root, "node_modules/eslint"));
    expect(lint(version, root, [FILE]).messages(FILE).map(short)).toEqual([`2:1 ${INDEX}`]);
  });

  it("takes levels and options from eslint.config.js", () => {
    const root = repository({
      [FILE]: BUILD,
      "eslint.config.js": `
        import migrationSafety from "migration-safety";
        const [recommended] = migrationSafety.configs.recommended;
        export default [
          recommended,
          { files: recommended.files, rules: { "${INDEX}": "off", "${TIMEOUT}": ["error", { max: "1s" }] } },
        ];`,
    });
    const found = lint(version, root, [FILE]).messages(FILE);
    expect(found.map(({ severity }) => severity)).toEqual([2]);
    expect(found.map(short)).toEqual([`2:1 ${TIMEOUT}`]);
  });

  it("refuses options that a rule does not have", () => {
    const root = repository({
      [FILE]: BUILD,
      "eslint.config.js": CONFIG.replace("];", `, { files: ["**/*.sql"], rules: { "${INDEX}": ["error", 1] } }];`),
    });
    const { status, stderr } = eslint(version, root, [FILE]);
    expect(stderr).toContain(`Key "rules": Key "${INDEX}":`);
    expect(status).toBe(2);
  });

  it("starts from the configuration file of the repository", () => {
    const root = repository({
      [FILE]: BUILD,
      "legacy/migrations/0001_orders.sql": HISTORY.replace("orders", "old_orders"),
      "legacy/migrations/0002_index.sql": "CREATE INDEX old_idx ON accounts (id);\n",
      ".github/migration-safety.yml": `
rules:
  no-blocking-index-build: warn
  require-lock-timeout: off
overrides:
  - files: ["legacy/**"]
    rules: { no-blocking-index-build: off }
`,
    });
    const { messages } = lint(version, root);
    expect(messages(FILE).map(({ severity, ruleId }) => [severity, ruleId])).toEqual([[1, INDEX]]);
    expect(messages("legacy/migrations/0002_index.sql")).toEqual([]);
  });

  it("says what is wrong with the configuration file", () => {
    const root = repository({
      [FILE]: BUILD,
      ".github/migration-safety.yml": "rules:\n  no-blocking-index-buil: warn\n",
    });
    const { status, stderr } = eslint(version, root, [FILE]);
    expect(stderr).toContain(".github/migration-safety.yml:2:3: ");
    expect(stderr).toContain("no-blocking-index-build");
    expect(status).toBe(2);
  });

  it("honours directives, reports unused ones and removes them with --fix", () => {
    const directive = "-- migration-safety-disable-next-line no-blocking-index-build -- 200 rows\n";
    const text = `${directive}${BUILD.replace("SET", "/* eslint-disable-next-line semi */ SET").replace("ON", "\n  ON")}`;
    const root = repository({
      [FILE]: text.replace(directive, "").replace("CREATE", `${directive}CREATE`) + directive,
    });
    const { of } = lint(version, root, [FILE]);
    expect(of(FILE).suppressedMessages.map(({ line, suppressions }) => ({ line, suppressions }))).toEqual([
      { line: 3, suppressions: [{ kind: "directive", justification: "200 rows" }] },
    ]);
    expect(of(FILE).messages.map(short)).toEqual([
      "1:1 Unused eslint-disable directive (no problems were reported from 'semi').",
      `5:1 Unused eslint-disable directive (no problems were reported from '${INDEX}').`,
    ]);
    expect(eslint(version, root, ["--fix", FILE]).status).toBe(0);
    expect(readFileSync(join(root, FILE), "utf8")).toBe(
      `  SET lock_timeout = '2s';\n${directive}CREATE INDEX orders_account_idx \n  ON orders (account_id);\n \n`,
    );
  });

  it("leaves the directives of history alone", () => {
    const shipped = `-- migration-safety-disable-next-line no-blocking-index-build -- 200 rows\n${BUILD}`;
    const root = repository({}, { "db/migrations/0001_orders.sql": HISTORY, [FILE]: shipped });
    expect(lint(version, root).results.flatMap(({ messages }) => messages)).toEqual([]);
  });

  it("does not serve stale results from --cache", () => {
    const root = repository({
      [FILE]: BUILD,
      "db/migrations/0003_ref.sql": "ALTER TABLE refs ADD COLUMN a int NOT NULL;",
    });
    const file = "db/migrations/0003_ref.sql";
    const run = () =>
      lint(version, root, [".", "--cache"])
        .messages(file)
        .filter(({ ruleId }) => ruleId === COLUMN);
    expect(run().map(short)).toEqual([`1:1 ${COLUMN}`]);
    expect(run().map(short)).toEqual([`1:1 ${COLUMN}`]);
    // The table is new in this change, so nobody inserts into it yet.
    write(root, { [FILE]: `CREATE TABLE refs (id bigint);\n${BUILD}` });
    expect(run()).toEqual([]);
    git(root, "switch", "--quiet", "main");
    git(root, "commit", "--quiet", "--allow-empty", "--message=another");
    expect(run()).toEqual([]);
  });

  it("stands beside the recommended rules for JavaScript, also where those name no files", () => {
    const root = repository({
      [FILE]: `${BUILD}SELECT '\u00a0', U&'\\0061' /* \u00a0 */;\n`,
      "eslint.config.js": `
        import js from "@eslint/js";
        import migrationSafety from "migration-safety";
        export default [js.configs.recommended, ...migrationSafety.configs.recommended];`,
      "src/code.js": "const unused = 1;\n",
    });
    const { messages } = lint(version, root);
    expect(messages(FILE).map(short)).toEqual([`2:1 ${INDEX}`]);
    expect(messages("src/code.js").map(short)).toEqual(["1:7 no-unused-vars"]);
  });

  it("counts lines and columns as editors do", () => {
    const cases = {
      emoji: ["-- 🐘\nSELECT '🐘🐘'; CREATE INDEX i ON orders (account_id);", "2:16", 33],
      crlf: ["-- one\r\n-- two\r\nCREATE INDEX i\r\n  ON orders (account_id);\r\n", "3:1", 28],
      "byte-order-mark": ["\uFEFFCREATE INDEX i ON orders (account_id);", "1:1", 12],
      "line-separator": ["/* \u2028 */ CREATE INDEX i ON orders (account_id);", "1:9", 20],
    } as const;
    const files = Object.entries(cases).map(([name, [text]]) => [`db/migrations/0002_${name}.sql`, text]);
    const { messages } = lint(version, repository(Object.fromEntries(files) as Files));
    for (const [name, [, place, behindIndex]] of Object.entries(cases)) {
      const [found] = messages(`db/migrations/0002_${name}.sql`).filter(({ ruleId }) => ruleId === INDEX);
      expect(found && short(found), name).toBe(`${place} ${INDEX}`);
      expect(found?.suggestions?.[0]?.fix.range, name).toEqual([behindIndex, behindIndex]);
    }
  });

  it("judges the text of an editor's buffer", () => {
    const root = repository({ [FILE]: "SELECT 1;\n" });
    const args = ["--stdin", "--stdin-filename", FILE];
    expect(lint(version, root, args, BUILD).messages(FILE).map(short)).toEqual([`2:1 ${INDEX}`]);
    const added = ["--stdin", "--stdin-filename", "db/migrations/0003_new.sql"];
    expect(lint(version, root, added, BUILD).messages("db/migrations/0003_new.sql").map(short)).toEqual([
      `2:1 ${INDEX}`,
    ]);
  });

  it("judges a file that no tool is known to run by itself", () => {
    const root = repository({
      "eslint.config.js": CONFIG.replace(
        "];",
        `, { ...migrationSafety.configs.recommended[0], files: ["**/*.sql"] }];`,
      ),
      "scripts/repair.sql": `CREATE TABLE fresh (id bigint);\nCREATE INDEX i ON fresh (id);\n${BUILD}`,
    });
    const file = "scripts/repair.sql";
    expect(lint(version, root, [file]).messages(file).map(short)).toEqual([`4:1 ${INDEX}`]);
  });

  it("reports a statement that PostgreSQL refuses, and reads on", () => {
    const root = repository({ [FILE]: `CREATE TABEL x ();\n${BUILD}` });
    const found = lint(version, root, [FILE]).messages(FILE);
    expect(found.map((message) => `${String(message.severity)} ${short(message)}`)).toEqual([
      "2 1:1 migration-safety/no-invalid-sql",
      `2 3:1 ${INDEX}`,
    ]);
    expect(found.some(({ fatal }) => fatal)).toBe(false);
  });

  it("starts from the repository's configuration: accepted findings, listed tables, rules of a database", () => {
    const configuration = `databases:
  main:
    migrations: [{ path: db/migrations }]
    tables: { small: [countries], hot: [orders] }
    schema: db/baseline.sql
  stats:
    migrations: [{ path: stats/migrations }]
    rules: { no-blocking-index-build: warn }
accept:
  - { rule: no-blocking-index-build, object: orders_account_idx, reason: built at night }
`;
    const root = repository({
      [FILE]: `ALTER TABLE orders ADD COLUMN due date;\n${BUILD}CREATE INDEX countries_code ON countries (code);\n`,
      "stats/migrations/0001_events.sql": BUILD.replaceAll("orders", "events"),
      "db/baseline.sql": "CREATE TABLE countries (id bigint, code text);\n",
      ".github/migration-safety.yml": configuration,
    });
    const { messages } = lint(version, root);
    expect(messages(FILE).map(short)).toEqual([`1:1 ${TIMEOUT}`]);
    expect(messages("stats/migrations/0001_events.sql").map(({ ruleId, severity }) => [ruleId, severity])).toEqual([
      [INDEX, 1],
    ]);
  });

  it("works in a package of a larger repository", () => {
    const root = repository(
      {
        "packages/api/eslint.config.js": CONFIG,
        "packages/api/db/migrations/0002_index.sql": BUILD,
      },
      { "packages/api/db/migrations/0001_orders.sql": HISTORY },
    );
    const cwd = join(root, "packages/api");
    expect(lint(version, cwd).messages(FILE).map(short)).toEqual([`2:1 ${INDEX}`]);
  });

  it("judges every migration where there is no git", () => {
    const root = repository({ [FILE]: BUILD });
    rmSync(join(root, ".git"), { recursive: true });
    expect(lint(version, root).messages(FILE).map(short)).toEqual([`2:1 ${INDEX}`]);
  });

  it("says once what a shallow clone does not tell", () => {
    const origin = repository({ [FILE]: BUILD, "db/migrations/0003_more.sql": BUILD.replaceAll("orders", "items") });
    git(origin, "add", ".");
    git(origin, "commit", "--quiet", "--message=feature");
    const root = mkdtempSync(join(folder, "clone-"));
    // As actions/checkout does for a pull request.
    git(root, "init", "--quiet", "--initial-branch=main");
    git(root, "fetch", "--quiet", "--depth=1", `file://${origin}`, "+refs/heads/feature:refs/remotes/pull/1/merge");
    git(root, "checkout", "--quiet", "--detach", "refs/remotes/pull/1/merge");
    symlinkSync(join(origin, "node_modules"), join(root, "node_modules"));
    const { status, stderr } = eslint(version, root, ["."]);
    expect(stderr.match(/MigrationSafetyWarning: .*/g)).toEqual([
      "MigrationSafetyWarning: The default branch is not in this clone, so it is not known which migrations are new. " +
        "Set `fetch-depth: 0` on actions/checkout, or run `git fetch origin main`.",
    ]);
    expect(status).toBe(0);
  });

  it("reports a configuration file that is broken while an editor runs", () => {
    const root = repository({
      [FILE]: BUILD,
      ".github/migration-safety.yml": "rules: [\n",
      "eslint.config.js": `
        import migrationSafety from "migration-safety";
        export default [{
          files: ["**/*.sql"],
          plugins: { "migration-safety": migrationSafety },
          language: "migration-safety/sql",
          rules: { "${INDEX}": "error" },
        }];`,
    });
    const [found, ...others] = lint(version, root, [FILE]).messages(FILE);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ fatal: true, line: 1, column: 1 });
    expect(found?.message).toMatch(/^Parsing error: \.github\/migration-safety\.yml:\d+:\d+: /);
  });

  it("reports an edited migration on its first line, where a directive can silence it", () => {
    const edited = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, ref text);\n";
    const base = { "db/migrations/0001_orders.sql": HISTORY, "db/migrations/0002_more.sql": "SELECT 1;" };
    const root = repository({ "db/migrations/0001_orders.sql": edited }, base);
    const rule = "migration-safety/no-edited-migration";
    const file = "db/migrations/0001_orders.sql";
    expect(lint(version, root).messages(file).map(short)).toEqual([`1:1 ${rule}`]);
    write(root, {
      [file]: `-- Orders.\n\n-- migration-safety-disable no-edited-migration -- never deployed\n${edited}`,
    });
    const { of } = lint(version, root);
    expect(of(file).messages).toEqual([]);
    expect(of(file).suppressedMessages.map(short)).toEqual([`1:1 ${rule}`]);
  });

  it("runs alone", () => {
    const node = process.execPath;
    const root = repository({ [FILE]: BUILD });
    expect(lint(version, root, [FILE], "", node).messages(FILE).map(short)).toEqual([`2:1 ${INDEX}`]);
  });
});

describe("the package", () => {
  it("has types for eslint.config.ts", () => {
    const root = repository({
      "eslint.config.ts": `
        import { defineConfig } from "eslint/config";
        import type { Linter } from "eslint";
        import migrationSafety from "migration-safety";
        export default defineConfig([
          migrationSafety.configs.recommended,
          { extends: [migrationSafety.configs.strict], plugins: { "migration-safety": migrationSafety } },
        ]) satisfies Linter.Config[];
        // @ts-expect-error: there is no such configuration.
        migrationSafety.configs.best;`,
      "tsconfig.json": JSON.stringify({
        compilerOptions: { module: "nodenext", target: "es2023", strict: true, noEmit: true, types: [] },
        files: ["eslint.config.ts"],
      }),
    });
    symlinkSync(join(project, "node_modules/eslint"), join(root, "node_modules/eslint"));
    const tsc = join(project, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "--project", root], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  it("starts no process and reads no file when it is imported", () => {
    const root = repository({ [FILE]: BUILD });
    const script = `
      const calls = [];
      for (const [name, functions] of [["node:child_process", ["spawnSync", "execFileSync"]], ["node:fs", ["readdirSync", "lstatSync"]]]) {
        const module = require(name);
        for (const key of functions) { const own = module[key]; module[key] = (...args) => { calls.push(key); return own(...args); }; }
      }
      require("node:module").syncBuiltinESMExports();
      const plugin = require("migration-safety");
      const before = calls.length;
      const config = plugin.configs.recommended;
      console.log(JSON.stringify([before, calls.length > 0, config.length, Object.keys(plugin), plugin.meta]));`;
    const printed = execFileSync(process.execPath, ["--eval", script], { cwd: root, encoding: "utf8" });
    const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { version: string };
    expect(JSON.parse(printed)).toEqual([
      0,
      true,
      // One for SQL, one for programs.
      2,
      ["meta", "rules", "languages", "configs"],
      { name: "migration-safety", namespace: "migration-safety", version },
    ]);
  });
});
