/**
 * What the search for references costs in a repository of one's own: the newest commit and an older one are both sides,
 * the columns of its Prisma schema are what is looked for.
 *
 *   npx esbuild bench/references.js --bundle --platform=node --format=esm --packages=external --outfile=OUT.mjs
 *   node OUT.mjs path/to/clone HEAD HEAD~20 10
 */
import { GitTree } from "../src/change/git-tree.js";
import { Git } from "../src/change/git.js";
import { findReferences } from "../src/references/find-references.js";
import { modelsInPrismaSchema } from "../src/references/prisma-schema.js";

const [clone = ".", headCommit = "HEAD", baseCommit = "HEAD~20", names = "10"] = process.argv.slice(2);
const git = new Git(clone);
const head = new GitTree(git, headCommit, "head");
const base = new GitTree(git, baseCommit, "base", head.texts);
const schema = head.files().find((file) => file.endsWith("schema.prisma"));
if (schema === undefined) throw new Error(`${clone} has no Prisma schema.`);
const columns = modelsInPrismaSchema(head.read(schema) ?? "").flatMap(({ table, column }) =>
  table === undefined || column === undefined ? [] : [{ table: { schema: "public", name: table.name }, column }],
);
let seed = 7;
const next = () => (seed = (seed * 48271) % 2147483647);
const targets = Array.from({ length: Number(names) }, () => columns[next() % columns.length]).filter(
  (column) => column !== undefined,
);

const start = process.cpuUsage();
const found = findReferences(targets, { base, head, exclude: ["**/migrations/**"] });
const { user, system } = process.cpuUsage(start);
const references = [...found.values()].flat().length;
console.log(`${targets.length} columns: ${((user + system) / 1e6).toFixed(1)} s of CPU, ${references} references`);
