/** The models in the files of one side of the code. */
import type { Tree } from "../../model/tree.js";
import { isSeed, isTest, isTypesOnly, languageOf } from "../application-files.js";
import type { Model } from "./model.js";
import { prismaEnums, prismaModels, prismaProvider } from "./prisma.js";
import { scriptModels } from "./script.js";

/** Words without which a script has no models of these ORMs. */
export const MODEL_WORDS: readonly string[] = [
  "pgTable",
  "pgSchema",
  "Entity",
  "EntitySchema",
  "Table",
  "define",
  "init",
];

/** Whether a file may declare models that run: a test's do not. */
export function mayHaveModels(file: string): boolean {
  const language = languageOf(file);
  return (language === "prisma" || language === "script") && !isTest(file) && !isSeed(file) && !isTypesOnly(file);
}

const known = new WeakMap<Tree, Map<string, readonly Model[]>>();

/** The models that a file declares; none of another database system than PostgreSQL. Never throws. */
export function modelsIn(file: string, tree: Tree): readonly Model[] {
  let inTree = known.get(tree);
  if (inTree === undefined) known.set(tree, (inTree = new Map<string, readonly Model[]>()));
  let models = inTree.get(file);
  if (models === undefined) inTree.set(file, (models = readModels(file, tree)));
  return models;
}

function readModels(file: string, tree: Tree): readonly Model[] {
  const text = tree.read(file);
  if (text === undefined) return [];
  if (languageOf(file) === "script") return scriptModels(text, { jsx: !/\.[cm]?ts$/.test(file) });
  const schema = prismaSchemaOf(file, tree);
  const provider = schema.map(prismaProvider).find((one) => one !== undefined);
  if (provider !== undefined && !/^(?:postgres|cockroach)/.test(provider)) return [];
  return prismaModels(text, new Set(schema.flatMap(prismaEnums)));
}

/** The texts of the schema that a file belongs to: what is beside it and in the folder above. */
function prismaSchemaOf(file: string, tree: Tree): readonly string[] {
  const folder = folderOf(file);
  const above = folderOf(folder);
  return tree
    .files()
    .filter((other) => other.endsWith(".prisma") && (folderOf(other) === folder || folderOf(other) === above))
    .flatMap((other) => tree.read(other) ?? []);
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
