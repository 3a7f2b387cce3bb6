/** Slonik itself: what a migration of @slonik/migrator sends. */
import { createPool, sql } from "slonik";
import { loadProgram } from "./load-program.js";
import type { Recorder } from "./recorded-tool.js";

export const recordedSlonik: Recorder = {
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
