/** Migrations that are programs, in ESLint with the user's parser, and in the check: the same findings. */
import { Linter } from "eslint";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parser } from "typescript-eslint";
import { afterEach, describe, expect, it, vi } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import { plugin } from "../../src/eslint/plugin.js";
import { TemporaryRepository } from "../change/temporary-repository.js";

const BASE = {
  "package.json": '{ "dependencies": { "knex": "3.1.0", "pg": "8.0.0" } }',
  "migrations/20240101000000_orders.ts": `import type { Knex } from "knex";
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("orders", (table) => {
    table.bigIncrements("id");
    table.text("note");
  });
}
export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("orders");
}
`,
};

const NEW = "migrations/20260101000000_index.ts";

const program = (body: string): string => `import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
${body}
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("SELECT 1");
}
`;

const RULE = "migration-safety/no-blocking-index-build";

/** A repository whose branch has one migration more. */
function repositoryWith(body: string): TemporaryRepository {
  const repository = new TemporaryRepository(BASE);
  repository.branch("feature");
  repository.commit("feature", { [NEW]: program(body) });
  return repository;
}

type Message = Linter.LintMessage;

/** What ESLint says of the new migration, with the parser that a project has for TypeScript. */
function linted({ root }: TemporaryRepository, file = NEW, rules: Linter.RulesRecord = { [RULE]: "error" }): Message[] {
  vi.spyOn(process, "cwd").mockReturnValue(root);
  const linter = new Linter({ cwd: root });
  const { recommended } = plugin.configs;
  const config: Linter.Config[] = [
    {
      files: ["**/*.ts"],
      languageOptions: { parser: parser },
      plugins: { "migration-safety": plugin as never },
    },
    ...recommended.map((one) => ({ ...one, ...(one.rules && { rules }) })),
    { linterOptions: { reportUnusedDisableDirectives: "error" } },
  ];
  return linter.verify(readFileSync(join(root, file), "utf8"), config, { filename: join(root, file) });
}

/** Packages that the project has installed: with a parser for TypeScript ESLint keeps the language of the file. */
function install({ root }: TemporaryRepository, name: string): void {
  const file = join(root, "node_modules", name, "index.js");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
}

function places(messages: readonly Message[]): string[] {
  return messages.map(
    ({ ruleId, line, column, endColumn, message }) =>
      `${String(line)}:${String(column)}-${String(endColumn)} ${ruleId ?? message}`,
  );
}

const BUILD = '  await knex.raw("CREATE INDEX orders_note ON orders (note)");';

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  ["with a parser for TypeScript", true],
  ["without one", false],
])("a Knex migration in ESLint, %s", (_, hasParser) => {
  const withBody = (body: string): TemporaryRepository => {
    const repository = repositoryWith(body);
    if (hasParser) install(repository, "typescript-eslint");
    return repository;
  };

  it("has its finding inside the string", () => {
    expect(places(linted(withBody(BUILD)))).toEqual([`4:19-60 ${RULE}`]);
  });

  it("has its finding at the call of a builder", () => {
    const body = '  await knex.schema.alterTable("orders", (table) => {\n    table.index(["note"]);\n  });';
    expect(places(linted(withBody(body)))).toEqual([`5:11-26 ${RULE}`]);
  });

  it("says of history nothing", () => {
    const repository = withBody(BUILD);
    expect(linted(repository, "migrations/20240101000000_orders.ts")).toEqual([]);
  });

  it.each([
    ["ESLint's directive", `  // eslint-disable-next-line ${RULE} -- no rows yet`],
    ["ours", "  // migration-safety-disable-next-line no-blocking-index-build -- no rows yet"],
  ])("is silent under %s", (_name, directive) => {
    expect(places(linted(withBody(`${directive}\n${BUILD}`)))).toEqual([]);
  });

  it.each([
    ["ESLint's directive", `  // eslint-disable-next-line ${RULE} -- no rows yet`],
    ["ours", "  // migration-safety-disable-next-line no-blocking-index-build -- no rows yet"],
  ])("is silent under %s above a statement of several lines", (_name, directive) => {
    const body = `${directive}\n  await knex.raw(\n    \`\n      CREATE INDEX orders_note ON orders (note)\n    \`,\n  );`;
    expect(places(linted(withBody(body)))).toEqual([]);
  });

  it("is silent under a comment of the SQL", () => {
    const body = `  await knex.raw(\`
    -- migration-safety-disable-next-line no-blocking-index-build -- no rows yet
    CREATE INDEX orders_note ON orders (note);
    CREATE INDEX orders_id ON orders (id);
  \`);`;
    expect(places(linted(withBody(body)))).toEqual([`7:5-42 ${RULE}`]);
  });

  it("offers an edit inside the string", () => {
    const repository = withBody(BUILD);
    const text = `export const config = { transaction: false };\n${program(BUILD)}`;
    repository.commit("alone", { [NEW]: text });
    const [message] = linted(repository);
    const [edit] = message?.suggestions ?? [];
    expect(edit?.desc).toBe("Build it with CONCURRENTLY");
    const [start = 0, end] = edit?.fix.range ?? [];
    expect(text.slice(0, start) + (edit?.fix.text ?? "") + text.slice(end)).toBe(
      text.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY"),
    );
  });
});

describe("a program that is no migration", () => {
  it("has no findings, wherever it stands", () => {
    const repository = repositoryWith(BUILD);
    repository.write({ "migrations/helpers.ts": program(BUILD), "src/index.ts": program(BUILD) });
    install(repository, "typescript-eslint");
    expect(linted(repository, "src/index.ts")).toEqual([]);
    expect(linted(repository, "migrations/helpers.ts")).toEqual([]);
  });
});

describe("a Knex migration in the check", () => {
  const checked = (repository: TemporaryRepository): string[] => {
    const source = gitChangeSource({ root: repository.root });
    return check(source, configurationOf(source))
      .findings.filter(({ rule }) => rule === "no-blocking-index-build")
      .map(({ file, line, column }) => `${file}:${String(line)}:${String(column)}`);
  };

  it("has the finding of ESLint", () => {
    expect(checked(repositoryWith(BUILD))).toEqual([`${NEW}:4:19`]);
  });

  it("is silent under ESLint's directive", () => {
    const directive = `  // eslint-disable-next-line ${RULE} -- no rows yet`;
    const body = `${directive}\n  await knex.raw(\n    \`\n      CREATE INDEX orders_note ON orders (note)\n    \`,\n  );`;
    expect(checked(repositoryWith(body))).toEqual([]);
  });

  it("is silent under the directive that it proposes", () => {
    const repository = repositoryWith(
      '  await knex.schema.alterTable("orders", (table) => {\n    table.index(["note"]);\n  });',
    );
    const source = gitChangeSource({ root: repository.root });
    const [finding] = check(source, configurationOf(source)).findings.filter(
      ({ rule }) => rule === "no-blocking-index-build",
    );
    const lines = readFileSync(join(repository.root, NEW), "utf8").split("\n");
    const { text = "", line = 0 } = finding?.suppression ?? {};
    lines.splice(line - 1, 0, text);
    repository.commit("accepted", { [NEW]: lines.join("\n") });
    expect(checked(repository)).toEqual([]);
  });
});
