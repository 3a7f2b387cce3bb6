import { detectMigrations } from "../migrations/detect.js";
import type { Configuration } from "../model/configuration.js";
import type { Tree } from "../model/tree.js";
import type { ChangeSource } from "./change-source.js";

/** Whether a change has a file in a folder with migrations; what it is for a tool, only reading it can say. */
export function touchesMigrations(
  { head, changed }: Pick<ChangeSource, "head" | "changed">,
  configuration: Configuration,
): boolean {
  const isAmongMigrations = inMigrationFolders(head.tree, configuration);
  return changed.some(({ file, previousFile = file }) => isAmongMigrations(file) || isAmongMigrations(previousFile));
}

/** Tells whether a file is in a folder with migrations. */
export function inMigrationFolders(tree: Tree, { databases }: Configuration): (file: string) => boolean {
  const sources = detectMigrations(tree, databases).databases.flatMap((database) => database.sources);
  const folders = sources.map(({ folder }) => (folder === "" ? "" : `${folder}/`));
  return (file) => folders.some((folder) => file.startsWith(folder));
}
