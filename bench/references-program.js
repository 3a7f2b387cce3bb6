/** Looks for some columns on both sides of a repository, and prints the CPU time that it took, in seconds; see references.js. */
import { GitTree } from "../src/change/git-tree.js";
import { Git } from "../src/change/git.js";
import { findReferences } from "../src/references/find-references.js";
import { modelsInPrismaSchema } from "../src/references/prisma-schema.js";
import { spareParserOptimisation } from "../src/text/short-run.js";
import { tables } from "./application.js";

// As in the Action and the command line.
spareParserOptimisation();

const [clone = ".", headCommit = "HEAD", baseCommit = "HEAD~20", names = "10"] = process.argv.slice(2);
const git = new Git(clone);
const head = new GitTree(git, headCommit, "head");
const base = new GitTree(git, baseCommit, "base", head.texts);
const schema = head.files().find((file) => file.endsWith("schema.prisma"));
const columns =
  schema === undefined
    ? tables().flatMap(({ name, columns }) => columns.map((column) => ({ name, column })))
    : modelsInPrismaSchema(head.read(schema) ?? "").flatMap(({ table, column }) =>
        table === undefined || column === undefined ? [] : [{ name: table.name, column }],
      );
let seed = 7;
const next = () => (seed = (seed * 48271) % 2147483647);
// Two common names among ten; the generator is the same for every machine.
const targets = ["status", "name"].flatMap((name) => columns.find(({ column }) => column === name) ?? []);
while (targets.length < Math.min(Number(names), columns.length)) {
  const column = columns[next() % columns.length];
  if (column !== undefined && !targets.includes(column)) targets.push(column);
}

const start = process.cpuUsage();
findReferences(
  targets.map(({ name, column }) => ({ table: { schema: "public", name }, column })),
  { base, head, exclude: ["**/migrations/**", "drizzle/**"] },
);
const { user, system } = process.cpuUsage(start);
console.log(((user + system) / 1e6).toFixed(3));
