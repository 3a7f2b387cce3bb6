import type { LeftOutFile } from "../../src/migrations/tool.js";

/** Texts of a repository's files by their paths. */
export type Files = Readonly<Record<string, string>>;

/** Reasons by file, without the folder in front: their order says nothing. */
export function byFile(leftOut: readonly LeftOutFile[], folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    leftOut.map(({ file, reason }) => [file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file, reason]),
  );
}
