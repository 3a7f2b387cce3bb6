import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  configurationSchema,
  ConfigurationError,
  DEFAULT_CONFIGURATION,
  readConfiguration,
} from "../../src/change/configuration.js";
import type { ConfigurableRule, ConfigurationOptions } from "../../src/change/configuration.js";
import { isDate } from "../../src/change/schema-check.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { Tree } from "../../src/model/tree.js";

const FILE = ".github/migration-safety.yml";

const rules: readonly ConfigurableRule[] = [
  { name: "no-blocking-index-build" },
  { name: "no-rename" },
  {
    name: "require-lock-timeout",
    schema: [
      {
        type: "object",
        properties: {
          max: { type: "string", pattern: "^\\d+(ms|s)$" },
          tables: { type: "array", items: { type: "string" }, uniqueItems: true },
        },
        additionalProperties: false,
      },
    ],
  },
];

const tree = (files: Readonly<Record<string, string>>, label = "head"): Tree =>
  memoryTree(new Map(Object.entries(files)), label);

const read = (text: string, options: Partial<ConfigurationOptions> = {}) =>
  readConfiguration({ rules, head: tree({ [FILE]: text }), ...options });

function problems(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ file, line, column, message }) => {
      expect(file).toBe(FILE);
      return `${String(line)}:${String(column)} ${message}`;
    });
  }
  return [];
}

describe("readConfiguration", () => {
  it("has a default for everything", () => {
    expect(readConfiguration({ rules, head: tree({}) })).toEqual(DEFAULT_CONFIGURATION);
    expect(read("")).toEqual({ ...DEFAULT_CONFIGURATION, source: FILE });
    expect(read("# nothing yet\n")).toEqual({ ...DEFAULT_CONFIGURATION, source: FILE });
    expect(read("{}")).toEqual({ ...DEFAULT_CONFIGURATION, source: FILE });
  });

  it("reads every key", () => {
    expect(
      read(
        `extends: strict
postgres: 16
rules:
  no-rename: off
  no-blocking-index-build: warning
  require-lock-timeout: [warn, { max: 5s }]
overrides:
  - files: ["services/legacy/**"]
    rules: { no-rename: [warning] }
deploy:
  model: recreate
databases:
  main:
    migrations: [{ path: db/migrations, tool: sql, transaction: file }]
    code: [src]
    session: { LOCK_TIMEOUT: 3s, statement_timeout: 0 }
    rules: { no-rename: warning }
    tables: { hot: [orders], small: ["ref_*"] }
    schema: ./db/baseline.sql
  other: { tables: { hot: [billing.invoices] } }
ignore: ["db/migrations/legacy/**"]
accept:
  - { rule: no-rename, object: public.orders.ref, reason: "never read since v3", until: 2027-01-01 }
  - rule: no-rename
    file: db/migrations/0007_*.sql
    reason: internal
`,
        { base: tree({ "db/baseline.sql": "CREATE TABLE orders (id bigint);", "db/migrations/1.sql": "" }, "main") },
      ),
    ).toEqual({
      changes: expect.any(Array),
      extends: "strict",
      postgres: 16,
      rules: {
        "no-rename": ["off"],
        "no-blocking-index-build": ["warn"],
        "require-lock-timeout": ["warn", { max: "5s" }],
      },
      overrides: [{ files: ["services/legacy/**"], rules: { "no-rename": ["warn"] } }],
      deploy: { model: "recreate", migrations: "before" },
      databases: {
        main: {
          migrations: [{ path: "db/migrations", tool: "sql", transaction: "file" }],
          code: ["src"],
          session: { lock_timeout: "3s", statement_timeout: "0" },
          rules: { "no-rename": ["warn"] },
          tables: { hot: ["orders"], small: ["ref_*"] },
          schema: "db/baseline.sql",
          place: { file: FILE, line: 13 },
        },
        other: {
          migrations: [],
          code: [],
          session: {},
          tables: { hot: ["billing.invoices"], small: [] },
          place: { file: FILE, line: 20 },
        },
      },
      ignore: ["db/migrations/legacy/**"],
      accept: [
        {
          rule: "no-rename",
          object: "public.orders.ref",
          reason: "never read since v3",
          until: "2027-01-01",
          place: { file: FILE, line: 23 },
        },
        {
          rule: "no-rename",
          file: "db/migrations/0007_*.sql",
          reason: "internal",
          place: { file: FILE, line: 24 },
        },
      ],
      source: FILE,
    });
  });

  it("reads JSON, and refuses two files", () => {
    const json = ".github/migration-safety.json";
    expect(readConfiguration({ rules, head: tree({ [json]: '{\n\t"postgres": 15\n}' }) })).toMatchObject({
      postgres: 15,
      source: json,
    });
    expect(() => readConfiguration({ rules, head: tree({ [json]: "{}", [FILE]: "" }) })).toThrow(
      `${FILE}:1:1: There is also ${json}. Keep one of the two.`,
    );
  });

  it("merges a workflow's configuration under the file, key by key", () => {
    const inline = {
      name: "inline",
      text: "postgres: 13\nextends: all\nrules: { no-rename: warn, no-blocking-index-build: warn }\nignore: [a]",
    };
    expect(read("postgres: 16\nrules: { no-rename: off }\nignore: [b, c]", { inline })).toEqual({
      ...DEFAULT_CONFIGURATION,
      extends: "all",
      postgres: 16,
      rules: { "no-rename": ["off"], "no-blocking-index-build": ["warn"] },
      ignore: ["b", "c"],
      source: `${FILE} and inline`,
    });
    expect(readConfiguration({ rules, head: tree({}), inline })).toMatchObject({ postgres: 13, source: "inline" });
    expect(() => read("", { inline: { name: "inline", text: "postgres: old" } })).toThrow(
      "inline:1:11: `postgres` is `old`, and must look like `16` or `13-18`.",
    );
  });

  it("takes the side that it is told to", () => {
    const head = tree({ [FILE]: "postgres: 16" });
    const base = tree({ [FILE]: "postgres: 12" });
    expect(readConfiguration({ rules, head, base, side: "head" })).toMatchObject({
      postgres: 16,
      source: FILE,
      changes: ["postgres: 12 → 16"],
    });
    expect(readConfiguration({ rules, head, base, side: "base" })).not.toHaveProperty("changes");
    expect(readConfiguration({ rules, head, base, side: "base" })).toMatchObject({
      postgres: 12,
      source: `${FILE} of the base branch`,
    });
    expect(readConfiguration({ rules, head, base: tree({}), side: "base" })).toMatchObject({
      postgres: 16,
      source: `${FILE} of this pull request (the base branch has none)`,
    });
    expect(readConfiguration({ rules, head: tree({}), base, side: "head" })).toEqual({
      ...DEFAULT_CONFIGURATION,
      changes: ["postgres: − 12"],
    });
  });

  it("is not fooled by names that JavaScript's objects have", () => {
    const found = read("databases:\n  __proto__: { code: [x] }\n  constructor: {}\n");
    expect(Object.keys(found.databases)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(found.databases)).toBe(Object.prototype);
    expect(problems("constructor: 1")).toEqual([expect.stringMatching(/^1:1 Unknown key `constructor`\. Known: /)]);
    expect(problems("rules: { toString: off }")).toEqual([expect.stringMatching(/^1:10 Unknown rule `toString`\./)]);
  });
});

/** Each text with everything that is said about it. The schema must refuse the same texts. */
const BAD: readonly (readonly [text: string, ...problems: string[]])[] = [
  [
    "rules:\n  no-blocking-index-biuld: error\n",
    "2:3 Unknown rule `no-blocking-index-biuld`. Did you mean `no-blocking-index-build`?",
  ],
  [
    "rules:\n  migration-safety/no-rename: off\n",
    "2:3 Unknown rule `migration-safety/no-rename`. Did you mean `no-rename`?",
  ],
  ["rule: {}", "1:1 Unknown key `rule`. Did you mean `rules`?"],
  [
    "secrets: []",
    "1:1 Unknown key `secrets`. Known: `$schema`, `extends`, `postgres`, `rules`, `overrides`, `deploy`, `databases`, `ignore`, `accept`.",
  ],
  [
    "accept:\n  - { rule: no-renam, object: a, reason: b }",
    "2:13 Unknown rule `no-renam` in `accept[0]`. Did you mean `no-rename`?",
  ],
  ["accept: [{ rule: no-rename, reason: because }]", "1:10 `accept[0]` lacks the key `object` or `file`."],
  ["accept: [{ rule: no-rename, object: a }]", "1:10 `accept[0]` lacks the key `reason`."],
  ["accept: [{ reference: orders, reason: because }]", "1:10 `accept[0]` lacks the key `file`."],
  ["accept: [{ file: 'src/**', reason: because }]", "1:10 `accept[0]` lacks the key `rule` or `reference`."],
  [
    "accept: [{ reason: because }]",
    "1:10 `accept[0]` lacks the key `rule` and `object`, `rule` and `file` or `reference` and `file`.",
  ],
  [
    "accept: [{ rule: no-rename, reference: orders, file: c, reason: b }]",
    "1:10 `accept[0]` takes `rule` or `reference`, not both.",
  ],
  [
    "accept: [{ object: orders, reference: orders, file: c, reason: b }]",
    "1:10 `accept[0]` takes `object` only with `rule`.",
  ],
  ["accept: [{ rule: no-rename, object: a, reason: '' }]", "1:48 `accept[0].reason` must not be empty."],
  [
    "accept: [{ rule: no-rename, object: a, reason: b, until: 2027-02-30 }]",
    "1:58 `accept[0].until` is `2027-02-30`, and must be a day such as 2027-01-31.",
  ],
  [
    "accept: [{ rule: no-rename, object: a, reason: b, until: tomorrow }]",
    "1:58 `accept[0].until` is `tomorrow`, and must be a day such as 2027-01-31.",
  ],
  ["accept: { rule: no-rename }", "1:9 `accept` is a mapping, and must be a list."],
  ["databases: { main: { rules: { no-renam: off } } }", "1:31 Unknown rule `no-renam`. Did you mean `no-rename`?"],
  [
    "databases: { main: { tables: { hott: [a] } } }",
    "1:32 Unknown key `hott` in `databases.main.tables`. Did you mean `hot`?",
  ],
  [
    "databases: { main: { tables: { small: countries } } }",
    "1:39 `databases.main.tables.small` is text, and must be a list.",
  ],
  ["databases: { main: { schema: [] } }", "1:30 `databases.main.schema` is a list, and must be text."],
  ["deploy: { release: v* }", "1:11 Unknown key `release` in `deploy`. Did you mean `released`?"],
  [
    "extends: recomended",
    "1:10 `extends` is `recomended`, and must be `recommended`, `strict` or `all`. Did you mean `recommended`?",
  ],
  ["extends: 3", "1:10 `extends` is a whole number, and must be `recommended`, `strict` or `all`."],
  ["extends:\n", "1:9 `extends` is empty, and must be `recommended`, `strict` or `all`."],
  ["postgres: '13-19'", "1:11 `postgres` is `13-19`, and must look like `16` or `13-18`."],
  ["postgres: 13 to 18", "1:11 `postgres` is `13 to 18`, and must look like `16` or `13-18`."],
  ["postgres: 9", "1:11 `postgres` is `9`, and must be a number from 10 to 18."],
  [
    "postgres: 16.4",
    "1:11 `postgres` is `16.4`, and must be a whole number from 10 to 18 or text like `16` or `13-18`.",
  ],
  ["ignore: db/**", "1:9 `ignore` is text, and must be a list."],
  ["ignore:\n  - ok\n  - 7\n", "3:5 `ignore[1]` is a whole number, and must be text."],
  ["ignore: ['']", "1:10 `ignore[0]` must not be empty."],
  [
    "rules: { no-rename: fatal }",
    "1:21 `rules.no-rename` is `fatal`, and must be `off`, `warn`, `error` or `warning`.",
  ],
  [
    "rules: { no-rename: true }",
    "1:21 `rules.no-rename` is `true`, and must be `off`, `warn`, `error`, `warning` or a list.",
  ],
  ["rules: { no-rename: [] }", "1:21 `rules.no-rename` needs at least 1 entry."],
  ["rules: { no-rename: [warn, { a: 1 }] }", "1:28 `rules.no-rename` takes at most 1 entry."],
  [
    "rules:\n  require-lock-timeout: [warn, { maximum: 5s }]",
    "2:34 Unknown key `maximum` in `rules.require-lock-timeout[1]`. Known: `max`, `tables`.",
  ],
  [
    "rules:\n  require-lock-timeout: [warn, { max: 5 }]",
    "2:39 `rules.require-lock-timeout[1].max` is a whole number, and must be text.",
  ],
  [
    "rules:\n  require-lock-timeout: [warn, { max: soon }]",
    "2:39 `rules.require-lock-timeout[1].max` is `soon`, and must match ^\\d+(ms|s)$.",
  ],
  [
    "rules:\n  require-lock-timeout: [warn, { tables: [a, b, a] }]",
    "2:49 `rules.require-lock-timeout[1].tables` has `a` twice.",
  ],
  ["overrides: [{ files: [a] }]", "1:13 `overrides[0]` lacks the key `rules`."],
  ["overrides: [{ files: [], rules: {} }]", "1:22 `overrides[0].files` needs at least 1 entry."],
  ["overrides: [{ files: [a], rules: { no-renam: off } }]", "1:36 Unknown rule `no-renam`. Did you mean `no-rename`?"],
  ["databases: { main: { migrations: [{ tool: sql }] } }", "1:35 `databases.main.migrations[0]` lacks the key `path`."],
  [
    "databases: { main: { migrations: [{ path: a, tool: prism }] } }",
    "1:52 `databases.main.migrations[0].tool` is `prism`. Did you mean `prisma`?",
  ],
  [
    "databases: { main: { session: { lock_timeout: [3s] } } }",
    "1:47 `databases.main.session.lock_timeout` is a list, and must be text like `3s` or a whole number.",
  ],
  [
    "databases: { main: { session: { lock_timeout: 3 minutes } } }",
    "1:47 `databases.main.session.lock_timeout` is `3 minutes`, and must look like `3s`.",
  ],
  ["databases: { main: 3 }", "1:20 `databases.main` is a whole number, and must be a mapping."],
  ["[a]", "1:1 The configuration is a list, and must be a mapping."],
  ["hello", "1:1 The configuration is text, and must be a mapping."],
  [
    "postgres: old\nignore: 3\n",
    "1:11 `postgres` is `old`, and must look like `16` or `13-18`.",
    "2:9 `ignore` is a whole number, and must be a list.",
  ],
];

const GOOD: readonly string[] = [
  "{}",
  "$schema: ./schema.json",
  "extends: all",
  "postgres: 10",
  "postgres: 18",
  "postgres: 0x10",
  "postgres: '16'",
  "postgres: 13-18",
  "rules: {}",
  "rules: { no-rename: warning }",
  "rules: { no-rename: [error] }",
  "rules: { require-lock-timeout: [warn, { max: 500ms, tables: [a, b] }] }",
  "overrides: []",
  "overrides: [{ files: [a/**], rules: { no-rename: off } }]",
  "deploy: {}",
  "deploy: { model: rolling, migrations: after }",
  "databases: {}",
  "databases: { a: { migrations: [], code: [], session: { x: 1, y: z } } }",
  "databases: { 1: {} }",
  "databases: { a: { rules: { no-rename: [warn] }, tables: { hot: [a, b.c], small: ['*'] } } }",
  "ignore: []",
  "accept: []",
  "accept: [{ rule: no-rename, object: a, reason: b }]",
  "accept: [{ rule: no-rename, object: a, file: c, reason: b, until: 2028-02-29 }]",
  "accept: [{ rule: no-rename, file: c, reason: b, until: '2027-01-01' }]",
  "accept: [{ reference: public.orders.legacy_ref, file: 'src/**', reason: b, until: '2027-01-01' }]",
];

describe("what is wrong is named with its place", () => {
  it.each(BAD)("%j", (text, ...expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it.each([
    ["a: 1\na: 2", "2:1 Map keys must be unique."],
    ["rules: {no-rename: off, no-rename: warn}", "1:25 Map keys must be unique."],
    ["ignore: [a", "1:11 Flow sequence in block collection must be sufficiently indented and end with a ]."],
    ["ignore: &x [a]\nrules: *x", "2:8 `rules` is an alias (*x); write the value out."],
    ["ignore: !!js/function 'x'", "1:9 Unresolved tag: tag:yaml.org,2002:js/function."],
    ["postgres: 16\n---\npostgres: 17", "2:1 The file holds more than one YAML document."],
    ["? [a]\n: b", "1:3 A key of the configuration is not a plain word."],
  ])("%j is no configuration", (text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  it("names the file of a schema that is not there, or cannot be read", () => {
    const text = "databases:\n  main:\n    schema: db/baseline.sql\n";
    expect(problems(text)).toEqual(["3:13 There is no file db/baseline.sql."]);
    const binary: Tree = {
      ...tree({}),
      has: (file) => file === FILE || file === "db/baseline.sql",
      read: (file) => (file === FILE ? text : undefined),
      whyUnreadable: () => "is not valid UTF-8",
    };
    expect(() => readConfiguration({ rules, head: binary })).toThrow(
      `${FILE}:3:13: The file db/baseline.sql is not valid UTF-8.`,
    );
  });

  it("names a folder of migrations that is not there", () => {
    const text = "databases:\n  main:\n    migrations: [{ path: db/migration }, { path: ./sql/ }]\n";
    expect(problems(text)).toEqual([
      "3:26 There is no file or folder db/migration.",
      "3:50 There is no file or folder sql.",
    ]);
    const read = (head: Record<string, string>, base: Record<string, string> = {}): unknown =>
      readConfiguration({ rules, head: tree({ [FILE]: text, ...head }), base: tree(base, "main") });
    expect(() => read({ "db/migrations/1.sql": "", "sql/1.sql": "" })).toThrow(
      "3:26: There is no file or folder db/migration. Did you mean db/migrations?",
    );
    expect(() => read({ "sql/1.sql": "" }, { "db/migration/1.sql": "" })).not.toThrow();
  });

  it("survives aliases within aliases, deep nesting and sheer size", () => {
    const laughs = Array.from(
      { length: 30 },
      (_, index) => `a${String(index)}: &a${String(index)} [*a${String(index - 1)}, *a${String(index - 1)}]`,
    );
    expect(problems(`a-1: &a-1 [x]\n${laughs.join("\n")}`).length).toBeGreaterThan(0);
    expect(problems("[".repeat(200_000))).toHaveLength(1);
    expect(problems(`# ${"x".repeat(300_000)}`)).toEqual([
      "1:1 The configuration has 300002 characters; more than 262144 are not read.",
    ]);
  });

  it("keeps names from the file out of the shape of a message", () => {
    expect(problems('"a`\\n::error::b": 1')[0]).toMatch(/^1:1 Unknown key `a··::error::b`\./);
    const path = '"a\\n::error::b"';
    expect(problems(`databases: { main: { stats: ${path}, migrations: [{ path: ${path} }] } }`)).toEqual([
      "1:29 There is no file a·::error::b.",
      "1:67 There is no file or folder a·::error::b.",
    ]);
  });
});

describe("the published schema", () => {
  const validate = new Ajv({
    strictSchema: true,
    strictTuples: false,
    allowUnionTypes: true,
    formats: { date: isDate },
  }).compile(configurationSchema(rules));

  it.each(GOOD)("accepts what the check accepts: %s", (text) => {
    expect(problems(text)).toEqual([]);
    expect(validate(parse(text))).toBe(true);
  });

  it.each(BAD.map(([text]) => text))("refuses what the check refuses: %j", (text) => {
    expect(validate(parse(text))).toBe(false);
  });
});
