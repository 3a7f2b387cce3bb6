import rule from "../../rules/no-unchecked-statement.js";
import { ruleTester } from "./rule-tester.js";

ruleTester.run("no-unchecked-statement", rule, {
  valid: [
    { name: "statements", code: "CREATE TABLE orders (id bigint);\nGRANT SELECT ON orders TO reporting;" },
    { name: "an empty file", code: "" },
    { name: "comments only", code: "-- nothing yet\n" },
    {
      name: "functions run nothing yet",
      code: "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DROP TABLE orders; RETURN 1; END $$;",
    },
    {
      name: "a DO block whose statements are all known",
      code: "DO $$ BEGIN\n CREATE TYPE status AS ENUM ('new');\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;",
    },
    {
      name: "a placeholder for a name",
      code: "CREATE TABLE :SCHEMA.jobs (id bigint);\nCREATE TABLE {{schema}}.tasks (id bigint);",
    },
  ],
  invalid: [
    {
      name: "a template costs one statement",
      code: "CREATE TABLE orders (id bigint);\nALTER TABLE orders {% column %};\nALTER TABLE orders ADD COLUMN note text;",
      errors: [
        {
          message:
            'This could not be analysed: syntax error at or near "{". What it locks and what it breaks is not known. If it is right as it stands, accept it with a reason.',
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 32,
        },
      ],
    },
    {
      name: "a DO block in another language",
      code: "CREATE TABLE orders (id bigint);\nDO $$\n  spi_exec_query('TRUNCATE orders');\n$$ LANGUAGE plperl;",
      errors: [
        {
          message:
            "What this DO block runs is not analysed: what it locks and what it breaks is not known. Write its statements out in the migration, or accept it with a reason.",
          line: 2,
          column: 1,
          endLine: 4,
          endColumn: 19,
        },
      ],
    },
    {
      name: "the part of a DO block that is not known",
      code: "DO $$\nDECLARE name text;\nBEGIN\n  SELECT t.name INTO name FROM tables t;\n  EXECUTE 'TRUNCATE ' || name;\n  CREATE TABLE orders (id bigint);\nEND $$;",
      errors: [
        {
          message:
            "EXECUTE runs a statement that is only put together at run time: what that locks and what it breaks is not known. Write the statement out where you can, or accept it with a reason.",
          line: 5,
          column: 11,
          endLine: 5,
          endColumn: 30,
        },
      ],
    },
    {
      name: "a procedure",
      code: "CALL archive_orders(2020);",
      errors: [
        {
          message:
            "What a procedure runs is not analysed: what it locks and what it breaks is not known. Write its statements out in the migration, or accept it with a reason.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 26,
        },
      ],
    },
  ],
});
