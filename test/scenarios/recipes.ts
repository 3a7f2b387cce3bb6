/** The workflows of docs/github.md, by the name in their first line, and the files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const page = readFileSync(join(import.meta.dirname, "../../docs/github.md"), "utf8");

const recipes = new Map(
  Array.from(page.matchAll(/```yaml\n# name: (.+)\n([\s\S]*?)```/g), ([, name, text]) => [name!, text!]),
);

/** The files of a repository that the page shows, by path. */
export const files: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from(page.matchAll(/```yaml\n# file: (.+)\n([\s\S]*?)```/g), ([, path, text]) => [path!, text!]),
);

export const names: readonly string[] = [...recipes.keys()];

export function recipe(name: string): string {
  return recipes.get(name)!;
}
