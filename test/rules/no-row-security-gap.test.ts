import rule from "../../rules/no-row-security-gap.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma7, supabase, unknownRunner } from "./tools.js";

const docs = "CREATE TABLE docs (id bigint PRIMARY KEY, owner text);";
const secured = `ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own rows" ON docs USING (owner = current_user);
CREATE POLICY reads ON docs FOR SELECT USING (true);
CREATE POLICY office ON docs AS RESTRICTIVE USING (true);`;
const create = "CREATE POLICY \"own rows\" ON docs USING (owner = current_setting('app.user'));";

ruleTester.run("no-row-security-gap", rule, {
  valid: [
    { name: "a new table", code: `${docs}\nALTER TABLE docs ENABLE ROW LEVEL SECURITY;\nREVOKE ALL ON docs FROM app;` },
    {
      name: "policies in the same transaction",
      history: [docs],
      tool: supabase,
      code: `ALTER TABLE docs ENABLE ROW LEVEL SECURITY;\n${create}`,
    },
    {
      name: "policies before",
      history: [docs, 'CREATE POLICY "own rows" ON docs USING (true);'],
      tool: prisma7,
      code: "ALTER TABLE docs ENABLE ROW LEVEL SECURITY;",
    },
    {
      name: "row security that is on already",
      history: [docs, secured],
      code: "ALTER TABLE docs ENABLE ROW LEVEL SECURITY;",
    },
    { name: "a table that no migration made", code: "ALTER TABLE docs ENABLE ROW LEVEL SECURITY;" },
    {
      name: "a policy that is replaced in the same transaction",
      history: [docs, secured],
      tool: drizzle,
      code: `DROP POLICY "own rows" ON docs;\n--> statement-breakpoint\n${create}`,
    },
    {
      name: "in one file, where the runner is not known",
      history: [docs, secured],
      tool: unknownRunner,
      code: `DROP POLICY "own rows" ON docs;\n${create}`,
    },
    {
      name: "one of several for the same command",
      history: [docs, secured],
      code: "DROP POLICY reads ON docs;",
    },
    {
      name: "a policy of a table without row security",
      history: [docs, create],
      code: 'DROP POLICY "own rows" ON docs;',
    },
    {
      name: "changed in place",
      history: [docs, secured],
      tool: prisma7,
      code: 'ALTER POLICY "own rows" ON docs USING (true);',
    },
    {
      name: "what is granted again, the option to grant, and what PUBLIC never had",
      history: [docs],
      code: "REVOKE ALL ON docs FROM app;\nGRANT SELECT ON docs TO app;\nREVOKE GRANT OPTION FOR SELECT ON docs FROM ops;\nREVOKE ALL ON docs FROM PUBLIC;",
    },
    { name: "the role that runs the migration", history: [docs], code: "ALTER TABLE docs OWNER TO CURRENT_USER;" },
  ],
  invalid: [
    {
      name: "row security without a policy",
      history: [docs],
      tool: supabase,
      code: "ALTER TABLE docs ENABLE ROW LEVEL SECURITY;",
      errors: [
        {
          message:
            "With row security and no policy, everybody but its owner, superusers and roles with BYPASSRLS sees no row of docs and cannot write to it, from here on until there is a policy. Create the policies first, or in the same transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 43,
        },
      ],
    },
    {
      name: "the policy follows in a transaction of its own",
      history: [docs],
      tool: prisma7,
      code: `ALTER TABLE "docs" ENABLE ROW LEVEL SECURITY;\n${create}`,
      errors: [
        {
          message:
            "With row security and no policy, everybody but its owner, superusers and roles with BYPASSRLS sees no row of docs and cannot write to it, from here on until there is a policy. Create the policies first, or in the same transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 45,
        },
      ],
    },
    {
      name: "a policy that is replaced in another transaction",
      history: [docs, secured],
      tool: prisma7,
      code: `DROP POLICY "own rows" ON "docs";\n${create}`,
      errors: [
        {
          message:
            'Between this and the transaction that creates a policy on docs again, what "own rows" allowed is allowed to nobody but its owner, superusers and roles with BYPASSRLS. Do both in one transaction, or change the policy with ALTER POLICY.',
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
        },
      ],
    },
    {
      name: "the last policy, and a restrictive one",
      history: [docs, secured],
      code: 'DROP POLICY "own rows" ON docs;\nDROP POLICY office ON docs;',
      errors: [
        {
          message:
            '"own rows" is the last policy of docs for anything: without it everybody but its owner, superusers and roles with BYPASSRLS sees no row of it and cannot write to it. Create the policy that takes its place in the same transaction.',
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 31,
        },
        {
          message:
            "office is restrictive: without it the other policies of docs alone decide, and rows that it kept back are there for all. Create the policy that takes its place in the same transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 27,
        },
      ],
    },
    {
      name: "privileges and the owner",
      history: [docs],
      code: "REVOKE INSERT, UPDATE ON docs FROM app, ops;\nREVOKE ALL ON docs FROM app;\nALTER TABLE docs OWNER TO platform;",
      errors: [
        {
          message:
            "app and ops lose INSERT and UPDATE on docs: code that runs as them and needs it fails from here on. Revoke it once no running code does.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 44,
        },
        {
          message:
            "app loses every privilege on docs: code that runs as app and needs it fails from here on. Revoke it once no running code does.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 28,
        },
        {
          message:
            "docs goes to platform: code that runs as its owner so far loses every right on it that was not granted, from here on. Grant that role what it needs in the same transaction.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 35,
        },
      ],
    },
  ],
});
