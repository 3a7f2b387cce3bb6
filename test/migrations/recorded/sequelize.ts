/** Sequelize itself, and the calls of its QueryInterface. */
import { type QueryInterface, Sequelize } from "sequelize";
import { loadProgram } from "./load-program.js";
import type { Recorder } from "./recorded-tool.js";

export const recordedSequelize: Recorder = {
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric, note text,
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note ON orders (note);
    CREATE TABLE old (id int);
    CREATE SCHEMA app;
  `,
  migration: (body) =>
    `"use strict";\n\nmodule.exports = {\n  async up(queryInterface, Sequelize) {\n${body}\n  },\n\n  async down(queryInterface, Sequelize) {},\n};\n`,
  async connect({ url }) {
    const library = new Sequelize(url, { dialect: "postgres", logging: false, pool: { min: 1, max: 1 } });
    await library.authenticate();
    return {
      async run(source) {
        const { up } = loadProgram<{ up: (queryInterface: QueryInterface, library: unknown) => Promise<void> }>(source);
        await up(library.getQueryInterface(), Sequelize);
      },
      close: () => library.close(),
    };
  },
};
