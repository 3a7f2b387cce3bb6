import { describe, expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { Reference, ReferenceTarget } from "../../src/model/reference.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

const SCHEMA = `model Integration {
  id        Int      @id
  createdAt DateTime @map("created_at")
  apiToken  String   @map("api_token")
  project   Project  @relation(fields: [projectId], references: [id])
  projectId Int      @map("project_id")
  author    User     @relation(fields: [authorId], references: [id])
  authorId  Int      @map("author_id")

  @@map("integrations")
}

model Project {
  id        Int      @id
  createdAt DateTime @map("created_at")
  apiToken  String   @map("api_token")
  parent    Project?
  integrations Integration[]

  @@map("projects")
}

model User {
  id       Int    @id
  apiToken String @map("api_token")
  parent   User?

  @@map("users")
}
`;

/** The lines of a script that surely use a column. */
function linesOf(code: string, table: string, column: string): readonly number[] {
  const target: ReferenceTarget = { table: { schema: "public", name: table }, column };
  const files = new Map([
    ["prisma/schema.prisma", SCHEMA],
    ["src/code.ts", code],
  ]);
  const found = findReferences([target], { head: memoryTree(files, "head"), exclude: [] });
  const isSure = ({ grade, file }: Reference): boolean => file === "src/code.ts" && grade !== "possible";
  return (found.get(targetKey(target)) ?? []).filter(isSure).map(({ line }) => line);
}

const QUERY =
  "const integration = await prisma.integration.findFirstOrThrow({ include: { project: true, author: true } });";
const LIST = "const integrations = await prisma.integration.findMany({ include: { project: true, author: true } });";

describe("what stands under a relation is the other model's", () => {
  test.each<readonly [string, string, { integrations?: number[]; projects?: number[]; users?: number[] }]>([
    ["a member of a member", `${QUERY}\nsend(integration.project.apiToken);`, { projects: [2] }],
    ["optional chaining", `${QUERY}\nsend(integration?.project?.apiToken);`, { projects: [2] }],
    ["a relation that has another name than its model", `${QUERY}\nsend(integration.author.apiToken);`, { users: [2] }],
    [
      "what a pattern takes out of a row",
      `${QUERY}\nconst { author } = integration;\nsend(author.apiToken);`,
      { users: [3] },
    ],
    [
      "a name of one's own in a pattern",
      `${QUERY}\nconst { project: home } = integration;\nsend(home.apiToken);`,
      { projects: [3] },
    ],
    ["a pattern in a pattern", `${LIST}\nconst [{ author: { parent } }] = integrations;\nsend(parent.apiToken);`, {}],
    [
      "what is left of a row",
      `${QUERY}\nconst { id, ...rest } = integration;\nsend(rest.apiToken);`,
      { integrations: [3] },
    ],
    [
      "the parameter of a callback",
      `${LIST}\nsend(integrations.map(({ author }) => author.apiToken));\nsend(integrations.map((one) => one.apiToken));`,
      { integrations: [3], users: [2] },
    ],
    [
      "the variable of a loop",
      `${LIST}\nfor (const { project } of integrations) send(project.apiToken);\nfor (const one of integrations) send(one.apiToken);`,
      { integrations: [3], projects: [2] },
    ],
    [
      "a list",
      "const project = await prisma.project.findFirst();\nsend(project.integrations.map((one) => one.apiToken));",
      { integrations: [2] },
    ],
    [
      "a select",
      "await prisma.integration.findMany({\n  select: { author: { select: { apiToken: true } } },\n});",
      { users: [2] },
    ],
    ["a value of JSON", `${QUERY}\nsend(integration.metadata.apiToken);`, {}],
    [
      "a relation of rows that nobody knows",
      "export async function all(found: unknown) {\n  await prisma.integration.count();\n  return { token: found.project.apiToken };\n}",
      {},
    ],
  ])("%s", (_, code, { integrations = [], projects = [], users = [] }) => {
    expect(linesOf(code, "integrations", "api_token")).toEqual(integrations);
    expect(linesOf(code, "projects", "api_token")).toEqual(projects);
    expect(linesOf(code, "users", "api_token")).toEqual(users);
  });

  test("what a library puts around rows is no relation", () => {
    const code = `const { rows } = await pool.query("SELECT * FROM integrations");
send(rows.map((row) => row.api_token));
const { data: found } = await supabase.from("integrations").select("*");
send(found[0].api_token);
`;
    expect(linesOf(code, "integrations", "api_token")).toEqual([2, 4]);
  });
});

describe("what is no column of a row", () => {
  test.each([
    ["a value that is asked for its name", 'if (sort === "apiToken") send(sort);'],
    ["one of several", 'switch (sort) {\n  case "apiToken":\n    break;\n}'],
    ["a key that something may have", 'if ("apiToken" in settings) send(settings);'],
  ])("%s", (_, statement) => {
    const code = `export async function all(sort: string) {\n  await prisma.integration.count();\n  ${statement}\n}\n`;
    expect(linesOf(code, "integrations", "api_token")).toEqual([]);
  });

  test("a common name, of a value that is called neither a row nor after the table", () => {
    const models = ["accounts", "orders", "parcels"].map(
      (name) => `model ${name} {\n  id Int @id\n  projectId Int @map("project_id")\n}\n`,
    );
    const files = (code: string): Map<string, string> =>
      new Map([
        ["prisma/schema.prisma", SCHEMA + models.join("\n")],
        ["src/code.ts", `export async function all(read: Read) {\n  await prisma.integration.count();\n  ${code}\n}\n`],
      ]);
    const target: ReferenceTarget = { table: { schema: "public", name: "integrations" }, column: "project_id" };
    const grades = (code: string): readonly string[] =>
      (findReferences([target], { head: memoryTree(files(code), "head"), exclude: [] }).get(targetKey(target)) ?? [])
        .filter(({ file }) => file === "src/code.ts")
        .map(({ grade }) => grade);
    expect(grades("const metadata = read();\n  send(metadata.projectId);")).toEqual([]);
    expect(grades('const field = "projectId";\n  send(field);')).toEqual([]);
    expect(grades("const row = read();\n  send(row.projectId);")).toEqual(["likely"]);
  });
});
