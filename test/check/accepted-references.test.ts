/** Uses in code that somebody declares harmless: no finding, no step, never lost, and said where they accept nothing. */
import { Linter } from "eslint";
import { afterEach, describe, expect, test, vi } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import type { Report } from "../../src/model/report.js";
import { plugin } from "../../src/eslint/plugin.js";
import { provideChange } from "../../src/rule/project-registry.js";
import { memoryChange } from "../rules/memory-change.js";
import { renderMarkdown } from "../../src/report/markdown.js";
import { renderText } from "../../src/report/text.js";
import { TemporaryRepository } from "../change/temporary-repository.js";
import { schemaErrors } from "../report/schema.js";

const CONFIGURATION = ".github/migration-safety.yml";
const MIGRATION = "db/migrations/0002_drop.sql";
const QUERY = 'export const refs = (db) => db.query("SELECT legacy_ref FROM orders");\n';
const DROP = "SET lock_timeout = '2s';\nALTER TABLE orders DROP COLUMN legacy_ref;\n";
const ACCEPT = "// migration-safety-accept-reference orders.legacy_ref -- only the switched-off export calls it\n";

/** A project whose code at base reads the column that head drops. */
function checked(
  base: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
  { released = false }: { readonly released?: boolean } = {},
): Report {
  const repository = new TemporaryRepository({
    "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, legacy_ref text, note text);\n",
    ...base,
  });
  if (released) repository.git("tag", "v1.0.0");
  repository.branch("work");
  repository.commit("Drop", { [MIGRATION]: DROP, ...head });
  const source = gitChangeSource({ root: repository.root, base: "main" });
  return check(source, configurationOf(source));
}

const places = ({ findings }: Report): string[] => findings.map(({ rule, line }) => `${String(line)} ${rule}`);
const asked = ({ plan }: Report): string[] =>
  plan.phases.flatMap(({ steps }) => steps.filter(({ person }) => person).map(({ title }) => title));
const accepted = ({ acceptedReferences = [] }: Report): string[] =>
  acceptedReferences.map(
    ({ object, side, file, line, reason, directive, added }) =>
      `${object} ${side} ${file}:${String(line)} by ${directive.file}:${String(directive.line)}: ${reason}${added === true ? ", new" : ""}`,
  );

afterEach(() => {
  vi.useRealTimers();
});

test("without one, the use is an error and the plan asks for it", () => {
  const report = checked({ "src/export.ts": QUERY }, {});
  expect(places(report)).toEqual(["2 no-referenced-column-drop"]);
  expect(asked(report)).not.toEqual([]);
  expect(report).not.toHaveProperty("acceptedReferences");
});

describe("a comment beside the code", () => {
  test("accepts the use, on both sides where base has it too", () => {
    const report = checked({ "src/export.ts": ACCEPT + QUERY }, {});
    expect(report.verdict).toBe("safe");
    expect(places(report)).toEqual([]);
    expect(asked(report)).toEqual([]);
    expect(report.plan.phases.flatMap(({ steps }) => steps.flatMap(({ because = [] }) => because))).toEqual([
      "The code that names orders.legacy_ref is accepted as harmless: src/export.ts:2.",
    ]);
    expect(report.notes).toEqual([]);
    const by = "src/export.ts:2 by src/export.ts:1: only the switched-off export calls it";
    expect(accepted(report)).toEqual([`public.orders.legacy_ref head ${by}`, `public.orders.legacy_ref base ${by}`]);
    expect(report.acceptedReferences?.[0]).toEqual({
      object: "public.orders.legacy_ref",
      side: "head",
      grade: "certain",
      kind: "read",
      file: "src/export.ts",
      line: 2,
      column: 46,
      excerpt: QUERY.trim(),
      reason: "only the switched-off export calls it",
      by: "directive",
      directive: { file: "src/export.ts", line: 1 },
    });
    expect(schemaErrors(JSON.parse(JSON.stringify(report)))).toEqual([]);
  });

  test("that the pull request adds counts for the same line of the running code, and the report shows it", () => {
    const report = checked({ "src/export.ts": QUERY }, { "src/export.ts": ACCEPT + QUERY });
    expect(places(report)).toEqual([]);
    expect(asked(report)).toEqual([]);
    expect(accepted(report)).toEqual([
      "public.orders.legacy_ref head src/export.ts:2 by src/export.ts:1: only the switched-off export calls it, new",
      "public.orders.legacy_ref base src/export.ts:1 by src/export.ts:1: only the switched-off export calls it, new",
    ]);
    const markdown = renderMarkdown(report, { fits: () => true });
    expect(markdown).toContain(
      "This pull request declares harmless:\n\n" +
        "- the use of public.orders.legacy&#95;ref in the code in this pull request at <code>src/export.ts:2</code> (<code>src/export.ts:1</code>): only the switched-off export calls it\n",
    );
    expect(renderText(report, { color: false })).toContain(
      "Accepted: src/export.ts:2: the use of public.orders.legacy_ref in the code in this pull request: only the switched-off export calls it (src/export.ts:1)\n",
    );
  });

  test("accepts its object and its place only", () => {
    const other = 'export const notes = (db) => db.query("SELECT note, legacy_ref FROM orders");\n';
    const report = checked({ "src/export.ts": ACCEPT + QUERY + other }, {});
    expect(places(report)).toEqual(["2 no-referenced-column-drop"]);
    expect(report.findings[0]?.evidence.map(({ line }) => line)).toEqual([3, 3]);
    expect(accepted(report)).toHaveLength(2);
    const note = ACCEPT.replace("legacy_ref", "note");
    expect(places(checked({ "src/export.ts": note + QUERY }, {}))).toEqual(["2 no-referenced-column-drop"]);
  });

  test("without a reason accepts nothing, and its line says so", () => {
    const report = checked({ "src/export.ts": ACCEPT.replace(/ --.*/, "") + QUERY }, {});
    expect(places(report)).toEqual(["2 no-referenced-column-drop"]);
    expect(report.notes).toEqual([
      {
        file: "src/export.ts",
        line: 1,
        message:
          "`migration-safety-accept-reference orders.legacy_ref` gives no reason and accepts nothing. Add one: `migration-safety-accept-reference orders.legacy_ref -- reason`.",
      },
    ]);
  });

  test("without an object accepts nothing either", () => {
    const text = `// migration-safety-accept-reference -- because\n${QUERY}`;
    expect(
      checked({ "src/export.ts": text }, {}).notes.map(({ line, message }) => `${String(line)} ${message}`),
    ).toEqual([
      "1 `migration-safety-accept-reference` names no object and accepts nothing. Name it and give a reason: `migration-safety-accept-reference orders.legacy_ref -- reason`.",
    ]);
  });

  test("with nothing to accept any more is reported, as long as somebody looks for its object", () => {
    const gone = `${ACCEPT}export const refs = async () => [];\n`;
    const report = checked({ "src/export.ts": gone }, {});
    expect(places(report)).toEqual([]);
    expect(report.notes).toEqual([
      {
        file: "src/export.ts",
        line: 1,
        message:
          "`migration-safety-accept-reference orders.legacy_ref` accepts nothing: no use of orders.legacy_ref was found on line 2.",
      },
    ]);
    expect(checked({ "src/export.ts": gone.replace("legacy_ref", "note") }, {}).notes).toEqual([]);
  });

  test("counts for a released version that the code has left behind", () => {
    const settings = { [CONFIGURATION]: "deploy:\n  released: v*\n" };
    const report = checked(
      { ...settings, "src/export.ts": ACCEPT + QUERY },
      { "src/export.ts": "" },
      { released: true },
    );
    expect(places(report)).toEqual([]);
    expect(accepted(report)).toEqual([
      "public.orders.legacy_ref base src/export.ts:2 by src/export.ts:1: only the switched-off export calls it",
    ]);
  });

  test("in other languages, and for tables", () => {
    const python = `# migration-safety-accept-reference orders -- the import has been off since June\ncursor.execute("SELECT id FROM orders")\n`;
    const report = checked(
      { "jobs/import.py": python },
      { [MIGRATION]: "SET lock_timeout = '2s';\nDROP TABLE orders;\n" },
    );
    expect(places(report)).toEqual(["2 no-data-loss"]);
    expect(accepted(report)).toEqual([
      "public.orders head jobs/import.py:2 by jobs/import.py:1: the import has been off since June",
      "public.orders base jobs/import.py:2 by jobs/import.py:1: the import has been off since June",
    ]);
  });
});

test("in ESLint an accepted use makes no finding either", () => {
  const rules = (code: string): (string | null)[] => {
    const sides = { baseCode: { "src/export.ts": code }, headCode: { "src/export.ts": code } };
    const history = ["CREATE TABLE orders (id bigint PRIMARY KEY, legacy_ref text);"];
    const { change, file } = memoryChange("/repository", DROP, { history, ...sides });
    const takeBack = provideChange(change);
    try {
      const config: Linter.Config = {
        files: ["**/*.sql"],
        plugins: { "migration-safety": plugin as never },
        language: "migration-safety/sql",
        rules: { "migration-safety/no-referenced-column-drop": "error" },
      };
      const messages = new Linter({ cwd: "/repository" }).verify(DROP, [config], { filename: `/repository/${file}` });
      return messages.map(({ ruleId }) => ruleId);
    } finally {
      takeBack();
    }
  };
  expect(rules(QUERY)).toEqual(["migration-safety/no-referenced-column-drop"]);
  expect(rules(ACCEPT + QUERY)).toEqual([]);
});

describe("an entry of the configuration", () => {
  const entry = (parts: string): Record<string, string> => ({ [CONFIGURATION]: `accept:\n  - { ${parts} }\n` });
  const FULL = 'reference: orders.legacy_ref, file: "src/jobs/**", reason: switched off';

  test("accepts the uses in its files", () => {
    const report = checked({ "src/jobs/export.ts": QUERY, ...entry(FULL) }, {});
    expect(report.verdict).toBe("safe");
    expect(asked(report)).toEqual([]);
    expect(accepted(report)).toEqual([
      `public.orders.legacy_ref head src/jobs/export.ts:1 by ${CONFIGURATION}:2: switched off`,
      `public.orders.legacy_ref base src/jobs/export.ts:1 by ${CONFIGURATION}:2: switched off`,
    ]);
    expect(places(checked({ "src/export.ts": QUERY, ...entry(FULL) }, {}))).toEqual(["2 no-referenced-column-drop"]);
  });

  test("that accepts nothing is reported where its object is looked for", () => {
    const message = "This entry accepts nothing: no use of orders.legacy_ref was found in src/jobs/**.";
    expect(checked(entry(FULL), {}).notes).toEqual([{ file: CONFIGURATION, line: 2, message }]);
    expect(checked(entry(FULL.replace("legacy_ref", "note")), {}).notes).toEqual([]);
  });

  test("that a pull request adds is listed as a change of the configuration", () => {
    const report = checked({ "src/jobs/export.ts": QUERY }, entry(FULL));
    expect(places(report)).toEqual([]);
    expect(report.change.configurationChanges).toEqual([
      'accept: + {"reference":"orders.legacy_ref","file":"src/jobs/**","reason":"switched off"}',
    ]);
  });

  test("holds to the end of its last day", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const until = { "src/jobs/export.ts": QUERY, ...entry(`${FULL}, until: 2027-01-31`) };
    vi.setSystemTime(new Date("2027-01-31T23:59:59Z"));
    expect(checked(until, {}).acceptedReferences?.[0]?.until).toBe("2027-01-31");
    vi.setSystemTime(new Date("2027-02-01T00:00:00Z"));
    const report = checked(until, {});
    expect(places(report)).toEqual(["2 no-referenced-column-drop"]);
    expect(report.notes).toEqual([
      {
        file: CONFIGURATION,
        line: 2,
        message:
          "This entry accepted the use of orders.legacy_ref at src/jobs/export.ts:1 until 2027-01-31. That day has passed, and it counts again.",
      },
    ]);
  });
});
