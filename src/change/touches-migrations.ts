import { detectMigrations } from "../migrations/detect.js";
import type { Configuration } from "../model/configuration.js";
import type { ChangeSource } from "./change-source.js";

/** Whether a change has a file in a folder with migrations; what it is for a tool, only reading it can say. */
export function touchesMigrations(
  { head, changed }: Pick<ChangeSource, "head" | "changed">,
  { databases }: Configuration,
): boolean {
  const sources = detectMigrations(head.tree, databases).databases.flatMap((database) => database.sources);
  const folders = sources.map(({ folder }) => (folder === "" ? "" : `${folder}/`));
  return changed.some(({ file, previousFile = file }) =>
    folders.some((folder) => file.startsWith(folder) || previousFile.startsWith(folder)),
  );
}
