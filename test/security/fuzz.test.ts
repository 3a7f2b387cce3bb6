/**
 * Random inputs for what reads a pull request: whatever it holds, the run reaches a verdict, reports it within the
 * contract, and lets nothing be interpreted. A failure prints its seed; `FUZZ_SEED=… FUZZ_RUNS=…` repeats and deepens it.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ConfigurationError, DEFAULT_CONFIGURATION, readConfiguration } from "../../src/change/configuration.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { parseMigration } from "../../src/change/parse-migration.js";
import { check } from "../../src/check/check.js";
import { configurableRules } from "../../src/check/configuration.js";
import { log } from "../../src/report/escape.js";
import { keepTicks } from "../../src/report/step-boxes.js";
import { memorySource } from "../check/memory-source.js";
import { shown } from "../github/runner.js";
import { CONFIGURATIONS, NAMES, STATEMENTS } from "./corpus.js";
import { expectInert } from "./interpreted.js";

const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 0x7fffffff);
const runs = Number(process.env["FUZZ_RUNS"] ?? 60);

vi.setConfig({ testTimeout: 60_000 + 2_000 * runs });
beforeAll(() => console.log(`FUZZ_SEED=${String(seed)} FUZZ_RUNS=${String(runs)}`));

function assert<Inputs extends [unknown, ...unknown[]]>(property: fc.IProperty<Inputs>, factor = 1): void {
  fc.assert(property, { seed, numRuns: Math.ceil(runs * factor), endOnFailure: true });
}

/** Texts of pieces, with anything else between them. */
function textOf(pieces: readonly string[], maxLength: number): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pieces) },
    fc.string({ unit: "binary", maxLength: 8 }),
  );
  return fc.array(piece, { maxLength }).map((parts) => parts.join(""));
}

const SQL = textOf(
  [
    ...STATEMENTS,
    ...[
      " ",
      "\n",
      "\r\n",
      ";",
      "'",
      '"',
      "$$",
      "$a$",
      "E'",
      "U&'",
      "--",
      "/*",
      "*/",
      "(",
      ")",
      "[",
      "]",
      ",",
      ".",
      "::",
      "\\",
    ],
    ...[
      "ALTER TABLE ",
      "orders ",
      "ADD COLUMN ",
      "DROP COLUMN ",
      "SET NOT NULL",
      "CREATE INDEX ",
      "CONCURRENTLY ",
      "ON ",
    ],
    ...["BEGIN", "COMMIT", "DO ", "UPDATE ", "SET ", "WHERE ", "a", "1", "NULL", "NOT VALID", "CHECK (", "REFERENCES "],
    ...[
      "-- migration-safety-disable-next-line no-rename -- x\n",
      "/* eslint-disable */",
      "{{ x }}",
      "${x}",
      ":x",
      "%s",
    ],
  ],
  25,
);

const PROGRAM = textOf(
  [
    ...[
      "exports.up = ",
      "async ",
      "function ",
      "(knex) ",
      "=> ",
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      "`",
      "${",
      "'",
      '"',
      ";",
      "\n",
    ],
    ...[
      "await ",
      "knex",
      ".schema",
      ".raw(",
      ".alterTable(",
      ".createTable(",
      "'orders', ",
      "t => ",
      "t.string(",
      "'note')",
    ],
    ...[
      ".notNullable()",
      ".alter()",
      "if (",
      "else ",
      "for (const x of ",
      "while (true) ",
      "return ",
      "throw ",
      "const a = ",
    ],
    ...[
      "a",
      "a.b",
      "...a",
      "a()",
      "new ",
      "class ",
      "this",
      "=",
      "===",
      "=>",
      "?.",
      "??",
      "/* ",
      "*/",
      "//",
      "require('fs')",
    ],
    ...[
      "process.exit()",
      "__proto__",
      "constructor",
      "eval('1')",
      "import('x')",
      "1e9",
      "'x'.repeat(1e9)",
      "Array(1e9)",
    ],
    ...["while(true){}", "function f(){f()} f()", "[...Array(99999)].map(f)", ".join('x'.repeat(99999))"],
  ],
  40,
);

/** A program that parses, whatever its body: random pieces alone seldom do. */
const BODY = fc.oneof(
  PROGRAM,
  PROGRAM.map((body) => `exports.up = async (knex) => { ${body} };`),
  fc
    .array(
      fc.constantFrom(
        "await knex.schema.alterTable('orders', t => { t.string('note').notNullable(); });",
        "await knex.raw('DROP TABLE ' + name);",
        "for (const t of ['a', 'b', 'orders']) { await knex.raw(`DROP TABLE ${t}`); }",
        "for (;;) { await knex.raw('SELECT 1'); }",
        "while (true) { x += 'y'; }",
        "const f = () => f(); f();",
        "const big = 'x'.repeat(1e9); await knex.raw(big);",
        "const o = { get up() { return this.up; } }; o.up;",
        "const p = { __proto__: { polluted: 1 } }; p.polluted = 2; Object.prototype.polluted = 3;",
        "process.exit(3); require('child_process').execSync('touch pwned');",
        "if (await knex.schema.hasTable('orders')) { return; } await knex.raw('TRUNCATE orders');",
        "let s = 'a'; for (let i = 0; i < 1e9; i++) s += s; await knex.raw(s);",
        "await Promise.all([...Array(1e6).keys()].map(i => knex.raw(`SELECT ${i}`)));",
        "try { throw 1; } catch { await knex.raw('DROP TABLE orders'); } finally { }",
        'await knex.raw(`CREATE INDEX "::error::x" ON orders (account_id)`);',
        "label: for (const a of knex) { continue label; }",
        "await knex.schema.raw(decodeURIComponent('%E0%A4%A'));",
      ),
      { maxLength: 8 },
    )
    .map(
      (statements) => `exports.up = async (knex) => {\n${statements.join("\n")}\n};\nexports.down = async () => {};\n`,
    ),
);

const CONFIGURATION = fc.oneof(
  textOf(
    [
      ...CONFIGURATIONS.filter((text) => text.length < 500),
      ...[
        "\n",
        "  ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        '"',
        "|",
        ">",
        "&a ",
        "*a",
        "!!x ",
        "? ",
        "# ",
        "---\n",
        "\t",
      ],
      ...[
        "rules",
        "no-rename",
        "off",
        "databases",
        "main",
        "accept",
        "ignore",
        "until",
        "deploy",
        "postgres",
        "16",
        "null",
      ],
    ],
    15,
  ),
  fc.json().map((json) => json),
);

const SCHEMA = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, note text);\n";

describe("any", () => {
  it("SQL is read: statements in order, inside the text, and none lost", () => {
    assert(
      fc.property(SQL, (text) => {
        const { sql } = parseMigration(text, "a.sql");
        let at = 0;
        for (const { range } of sql.statements) {
          expect(range[0]).toBeGreaterThanOrEqual(at);
          expect(range[1]).toBeGreaterThanOrEqual(range[0]);
          at = range[1];
        }
        expect(at).toBeLessThanOrEqual(text.length);
      }),
      5,
    );
  });

  it("SQL in a pull request reaches a verdict, and the file beside it is judged", () => {
    assert(
      fc.property(SQL, fc.constantFrom(...NAMES.filter((name) => !name.includes("/"))), (sql, name) => {
        const change = {
          [`migrations/002 ${name}.sql`]: sql,
          "migrations/003.sql": "CREATE INDEX i ON orders (id);\n",
        };
        const report = check(memorySource({ "migrations/001.sql": SCHEMA }, change), DEFAULT_CONFIGURATION);
        expect(report.migrations.map(({ file }) => file)).toContain("migrations/003.sql");
        expectInert(report);
      }),
    );
  });

  it("program is followed to an end, and nothing of it runs", () => {
    const base = {
      "package.json": JSON.stringify({ dependencies: { knex: "3.1.0" } }),
      "knexfile.js": "module.exports = { client: 'pg' };\n",
      "migrations/20200101000000_orders.js":
        "exports.up = (knex) => knex.schema.createTable('orders', t => { t.bigInteger('id').primary(); t.bigInteger('account_id'); t.text('note'); });\nexports.down = (knex) => knex.schema.dropTable('orders');\n",
    };
    assert(
      fc.property(BODY, (program) => {
        const started = process.cpuUsage();
        const report = check(
          memorySource(base, { "migrations/20200102000000_change.js": program }),
          DEFAULT_CONFIGURATION,
        );
        expectInert(report);
        expect(Object.prototype).not.toHaveProperty("polluted");
        expect(process.cpuUsage(started).user).toBeLessThan(20_000_000);
      }),
    );
  });

  it("configuration is taken, or refused with the place of what is wrong", () => {
    const rules = configurableRules();
    assert(
      fc.property(CONFIGURATION, (text) => {
        const head = memoryTree(new Map([[".github/migration-safety.yml", text]]), "head");
        try {
          expect(readConfiguration({ rules, head, base: memoryTree(new Map(), "main") }).source).toMatch(
            /yml$|default/,
          );
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
          for (const { line, column, message } of error.problems) {
            expect(line).toBeGreaterThan(0);
            expect(column).toBeGreaterThan(0);
            expect(message).not.toBe("");
          }
          expect(shown(log(error.message)).commands).toEqual([]);
        }
        expect(Object.prototype).not.toHaveProperty("polluted");
      }),
      5,
    );
  });

  it("text of a comment is merged: only boxes that were rendered are ticked, and a second time changes nothing", () => {
    const body = textOf(
      [
        ...[
          "- [ ] a <!-- step:a 01234567 -->",
          "- [x] a <!-- step:a 01234567 -->",
          "- [X] b <!-- step:b 01234567 changed -->",
        ],
        ...[
          "- [x] ",
          "<!-- step:",
          "a",
          " 01234567",
          " changed",
          " -->",
          "\n",
          "\r\n",
          "* ",
          "+ ",
          "  ",
          "> ",
          "```\n",
        ],
        ...NAMES,
      ],
      30,
    );
    const rendered = fc
      .array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("01234567", "89abcdef")), { maxLength: 5 })
      .map((boxes) =>
        ["### heading", ...boxes.map(([id, hash]) => `- [ ] text <!-- step:${id} ${hash} -->`)].join("\n"),
      );
    assert(
      fc.property(rendered, body, (wanted, current) => {
        const merged = keepTicks(wanted, current);
        expect(keepTicks(wanted, merged)).toBe(merged);
        const back = merged.replaceAll(" *Changed since it was ticked.*", "").replaceAll(" changed -->", " -->");
        expect(back.replaceAll("- [x]", "- [ ]")).toBe(wanted);
        for (const [, mark] of merged.matchAll(/^- \[x\].*(<!-- .* -->)$/gm)) {
          expect(current).toContain(mark!.replace("-->", "").trimEnd());
        }
      }),
      10,
    );
  });
});
