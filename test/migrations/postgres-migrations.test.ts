import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource, statementsOf } from "./open-tool.js";

const PROJECT: Files = { "package.json": '{ "dependencies": { "pg": "^8.0.0", "postgres-migrations": "^5.3.0" } }' };
const CREATE = "CREATE TABLE a (id int);";

describe("migrations of postgres-migrations are found", () => {
  it("by their numbers in a folder that is called for them, in the order of the numbers", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("postgres-migrations", "5.3.0"),
      "db/migrations/1-a.sql": CREATE,
      "db/migrations/2_b.js": "module.exports.generateSql = () => 'SELECT 1';",
      "db/migrations/3c.SQL": CREATE,
      "db/migrations/helpers/create.js": "module.exports = 'SELECT 1';",
    });
    expect(source).toMatchObject({
      folder: "db/migrations",
      because: "because package.json has postgres-migrations",
      tool: { name: "postgres-migrations", version: "5.3.0", transaction: "per-file", checksums: true },
      files: ["db/migrations/1-a.sql", "db/migrations/2_b.js", "db/migrations/3c.SQL"],
      leftOut: [],
    });
    expect(source.facts?.get("db/migrations/3c.SQL")).toEqual({ version: "3" });
  });

  it("by the folder that a program gives to migrate()", () => {
    const { databases, leftOut } = detected({
      ...PROJECT,
      "src/database.ts":
        'import path from "path";\nimport { migrate as pgMigrate } from "postgres-migrations";\n\n' +
        'export const migrate = async (client) => {\n  await pgMigrate({ client }, path.resolve(__dirname, "..", "sql"));\n};\n',
      "sql/0001_a.sql": CREATE,
      "sql/0010_b.sql": CREATE,
      "sql/0002_c.sql": CREATE,
      "sql/seed.sql": CREATE,
    });
    expect(databases).toMatchObject([
      {
        sources: [
          {
            folder: "sql",
            because: "because src/database.ts names it",
            files: ["sql/0001_a.sql", "sql/0002_c.sql", "sql/0010_b.sql"],
          },
        ],
      },
    ]);
    expect(leftOut).toEqual([
      { file: "sql/seed.sql", reason: "does not start with a number, so postgres-migrations refuses to run" },
    ]);
  });

  it.each([
    ["without the dependency", { "migrations/1_a.sql": CREATE }],
    ["with other numbers", { ...PROJECT, "migrations/20240101_a.sql": CREATE, "migrations/20240102_b.sql": CREATE }],
    ["that are called for something else", { ...PROJECT, "reports/1_a.sql": CREATE }],
    ["in tests", { ...PROJECT, "test/migrations/1_a.sql": CREATE }],
  ])("not %s", (_, files) => {
    const sources = detected(files).databases.flatMap((database) => database.sources);
    expect(sources.filter(({ tool }) => tool.name === "postgres-migrations")).toEqual([]);
  });
});

describe("what postgres-migrations sends", () => {
  const file = "migrations/2_b.sql";
  const source = onlySource({ ...PROJECT, "migrations/1_a.sql": CREATE, [file]: CREATE });
  const comment = "-- postgres-migrations disable-transaction";

  it("in a transaction, unless the file says otherwise", () => {
    expect(statementsOf(source, file, "DROP TABLE a;\nDROP TABLE b;\n")).toEqual([
      "tool: DROP TABLE a",
      "tool: DROP TABLE b",
    ]);
    expect(statementsOf(source, file, `${comment}\nDROP TABLE a;\n`)).toEqual(["outside: DROP TABLE a"]);
    // It is still one query.
    expect(statementsOf(source, file, `DROP TABLE a;\nDROP TABLE b; ${comment}\n`)).toEqual([
      "send: DROP TABLE a",
      "send: DROP TABLE b",
    ]);
  });

  it("of a program what it returns", () => {
    const program = (sql: string): string =>
      `const tables = require("./tables");\n\nmodule.exports.generateSql = () => \`${sql}\`;\n`;
    const base: Files = {
      ...PROJECT,
      "migrations/1_a.sql": CREATE,
      "migrations/tables/index.js":
        "module.exports = ['b', 'c'].map((name) => `CREATE TABLE ${name} (id int);`).join('\\n');",
    };
    const sent = changeOf(base, {
      "migrations/2_b.js": program("${tables}"),
      "migrations/3_c.js": program(`${comment}\nDROP TABLE b`),
      "migrations/4_d.js": "module.exports = {};\n",
      "migrations/5_e.js": "module.exports.generateSql = () => require('pg').sql();\n",
    }).databases.flatMap(({ migrations }) =>
      migrations
        .filter(({ status }) => status === "added")
        .flatMap(({ file: name, statements }) =>
          statements.map(({ statement: { sql, operations }, transaction }) => {
            const [operation] = operations;
            const said = operation?.type === "Unparsed" ? operation.reason : sql;
            return `${name} ${said} ${String(transaction.group ?? transaction.inTransaction)}`;
          }),
        ),
    );
    expect(sent).toEqual([
      "migrations/2_b.js CREATE TABLE b (id int) migrations/2_b.js#1",
      "migrations/2_b.js CREATE TABLE c (id int) migrations/2_b.js#1",
      "migrations/3_c.js DROP TABLE b false",
      "migrations/4_d.js the file exports no function `generateSql` migrations/4_d.js#1",
      "migrations/5_e.js `generateSql` returns something that is not known migrations/5_e.js#1",
    ]);
  });
});
