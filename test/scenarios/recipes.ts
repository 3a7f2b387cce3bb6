/** The workflows of docs/github.md, by the name in their first line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const page = readFileSync(join(import.meta.dirname, "../../docs/github.md"), "utf8");

const recipes = new Map(
  Array.from(page.matchAll(/```yaml\n# name: (.+)\n([\s\S]*?)```/g), ([, name, text]) => [name!, text!]),
);

export const names: readonly string[] = [...recipes.keys()];

export function recipe(name: string): string {
  return recipes.get(name)!;
}
