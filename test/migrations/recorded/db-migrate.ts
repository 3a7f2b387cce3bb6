/** db-migrate itself, and the calls of its driver for PostgreSQL. */
import { createRequire } from "node:module";
import { loadProgram } from "./load-program.js";
import type { Recorder } from "./recorded-tool.js";

const require = createRequire(import.meta.url);

interface Driver {
  close(): Promise<void>;
}

interface DbMigrate {
  connect(config: object, internals: object, callback: (error: Error | null, driver: Driver) => void): void;
}

interface Program {
  setup?(options: object, seed: undefined): void;
  up(db: Driver, callback: (error?: Error | null) => void): Promise<void> | undefined;
}

export const recordedDbMigrate: Recorder = {
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text);
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric, note text
    );
    CREATE INDEX orders_note ON orders (note);
    CREATE TABLE old (id int);
  `,
  migration: (body) =>
    `"use strict";\n\nvar dbm;\nvar type;\n\nexports.setup = function (options) {\n  dbm = options.dbmigrate;\n  type = dbm.dataType;\n};\n\nexports.up = async function (db) {\n${body}\n};\n\nexports._meta = { version: 1 };\n`,
  async connect({ url }) {
    const drivers = require("db-migrate/lib/driver") as DbMigrate;
    const { dataType } = require("db-migrate-shared") as { dataType: object };
    const { hostname, port, username, password } = new URL(url);
    const driver = await new Promise<Driver>((resolve, reject) => {
      const config = {
        driver: "pg",
        host: hostname,
        port: Number(port),
        user: username,
        password,
        database: "postgres",
      };
      drivers.connect(config, {}, (error, connected) => (error ? reject(error) : resolve(connected)));
    });
    return {
      async run(source) {
        const program = loadProgram<Program>(source);
        program.setup?.({ dbmigrate: { version: 1, dataType } }, undefined);
        await new Promise<void>((resolve, reject) => {
          const done = (error?: Error | null): void => (error ? reject(error) : resolve());
          const promise = program.up(driver, done);
          if (program.up.length < 2) promise?.then(resolve, reject);
        });
      },
      close: () => driver.close(),
    };
  },
};
