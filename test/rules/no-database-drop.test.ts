import rule from "../../rules/no-database-drop.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma7, unknownRunner } from "./tools.js";

const message = (name: string): string =>
  `DROP DATABASE ${name} deletes ${name} with every row in it, and no ROLLBACK brings it back. Take it out of the migrations: they run against every database that has not run them yet. Drop ${name} by hand, after a backup.`;

ruleTester.run("no-database-drop", rule, {
  valid: [
    { name: "a database of this file", code: "CREATE DATABASE scratch;\nDROP DATABASE scratch;" },
    { name: "a database of this change", pending: ["CREATE DATABASE scratch;"], code: "DROP DATABASE scratch;" },
    {
      name: "other statements about a database",
      code: "CREATE DATABASE a;\nALTER DATABASE shop SET lock_timeout = '5s';\nALTER DATABASE shop RENAME TO store;\nDROP SCHEMA shop;\nDROP TABLESPACE shop;",
    },
    { name: "a table of that name", tool: drizzle, code: "DROP TABLE IF EXISTS database;" },
    { name: "history", history: ["DROP DATABASE shop;"], code: "SELECT 1;" },
  ],
  invalid: [
    {
      name: "a runner that is not known",
      tool: unknownRunner,
      code: "SELECT 1;\nDROP DATABASE shop;",
      errors: [{ message: message("shop"), line: 2, column: 1, endLine: 2, endColumn: 19 }],
    },
    {
      name: "with options, and a name that needs quotes",
      tool: prisma7,
      code: 'DROP DATABASE IF EXISTS "Shop-EU"\n  WITH (FORCE);',
      errors: [{ message: message('"Shop-EU"'), line: 1, column: 1, endLine: 2, endColumn: 15 }],
    },
    {
      name: "created again behind it",
      tool: unknownRunner,
      code: "DROP DATABASE shop;\nCREATE DATABASE shop;",
      errors: [{ message: message("shop"), line: 1, column: 1, endLine: 1, endColumn: 19 }],
    },
    {
      name: "created before this change",
      tool: unknownRunner,
      history: ["CREATE DATABASE shop;"],
      code: "DROP DATABASE shop;",
      errors: [{ message: message("shop"), line: 1, column: 1, endLine: 1, endColumn: 19 }],
    },
  ],
});
