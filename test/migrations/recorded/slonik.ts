/** Slonik itself: what a migration of @slonik/migrator sends. */
import { createPool, sql } from "slonik";
import { slonik } from "../../../src/migrations/slonik.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

export const recordedSlonik: RecordedTool = {
  tool: slonik,
  file: "migrations/2026.01.01-change.ts",
  repository: {
    "package.json": '{ "dependencies": { "slonik": "^29.2.0", "@slonik/migrator": "^0.12.0" } }',
    "migrate.js":
      'const { SlonikMigrator } = require("@slonik/migrator");\n' +
      'new SlonikMigrator({ migrationsPath: __dirname + "/migrations", migrationTableName: "migration" }).runAsCLI();\n',
  },
  sendsTransactions: true,
  setup: `CREATE TABLE orders (id serial PRIMARY KEY, code text, note text); CREATE TABLE old (id int);`,
  migration: (body) =>
    `import type { Migration } from "@slonik/migrator";\n\nexport const up: Migration = async ({ context: { connection, sql } }) => {\n${body}\n};\n`,
  connect({ url }) {
    const pool = createPool(url, { maximumPoolSize: 1 });
    return {
      async run(source) {
        const { up } = loadProgram<{ up: (params: { context: object }) => Promise<void> }>(source);
        // As its migrator does.
        await pool.connect((connection) => up({ context: { parent: pool, connection, sql } }));
      },
      close: () => pool.end(),
    };
  },
};

/** What a migration may send through its connection. */
export const slonikFixtures: Fixtures = {
  query: `await connection.query(sql\`DROP TABLE old\`);`,
  "query with values": `const note = "x"; await connection.query(sql\`UPDATE orders SET note = \${note} WHERE id = \${5}\`);`,
  "sql.identifier": `await connection.query(sql\`ALTER TABLE \${sql.identifier(["public", "orders"])} ADD COLUMN \${sql.identifier(["a"])} text\`);`,
  "sql.join": `await connection.query(sql\`CREATE INDEX i ON orders (\${sql.join([sql.identifier(["code"]), sql.identifier(["note"])], sql\`, \`)})\`);`,
  "sql in sql": `const type = sql\`text\`; await connection.query(sql\`ALTER TABLE orders ADD COLUMN a \${type}\`);`,
  "sql.literalValue": `await connection.query(sql\`ALTER TABLE orders ALTER COLUMN code SET DEFAULT \${sql.literalValue("it's")}\`);`,
  "sql.json and sql.array": `await connection.query(sql\`UPDATE orders SET note = \${sql.json({ a: 1 })}, code = array_to_string(\${sql.array(["a"], "text")}, ',')\`);`,
  "sql.unnest": `await connection.query(sql\`INSERT INTO orders (code, note) SELECT * FROM \${sql.unnest([["a", "b"], ["c", "d"]], ["text", "text"])}\`);`,
  "sql.binary": `await connection.query(sql\`UPDATE orders SET note = encode(\${sql.binary(Buffer.from("a"))}, 'hex')\`);`,
  transaction: `await connection.transaction(async (transaction) => { await transaction.query(sql\`DROP TABLE old\`); });`,
  "sql.jsonb": `await connection.query(sql\`UPDATE orders SET note = \${sql.jsonb({ a: 1 })}\`);`,
  "methods that want one row or more": `await connection.one(sql\`INSERT INTO old VALUES (1) RETURNING id\`); await connection.oneFirst(sql\`INSERT INTO old VALUES (2) RETURNING id\`); await connection.manyFirst(sql\`UPDATE old SET id = 3 RETURNING id\`);`,
  "methods that want any rows": `await connection.anyFirst(sql\`DELETE FROM old RETURNING id\`); await connection.maybeOneFirst(sql\`DELETE FROM orders RETURNING id\`); await connection.exists(sql\`SELECT 1 FROM orders\`);`,
  "other methods of a connection": `await connection.any(sql\`DELETE FROM old RETURNING id\`); await connection.maybeOne(sql\`DELETE FROM orders RETURNING id\`); await connection.many(sql\`INSERT INTO old VALUES (1) RETURNING id\`);`,
};
