/** Loads a TypeScript module of the project into a script. Node 20 reads no TypeScript, so it is bundled first. */
import { build } from "esbuild";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));

/**
 * @param {string} file Relative to the project's root. Packages stay outside and are found in node_modules.
 * @returns {Promise<any>} Its exports; callers state their type.
 */
export async function importTypeScript(file) {
  const outfile = join(project, ".cache", "scripts", `${randomUUID()}.js`);
  await build({
    absWorkingDir: project,
    entryPoints: [file],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    // Of the file, not of its bundle.
    define: { "import.meta.dirname": JSON.stringify(dirname(join(project, file))) },
    logLevel: "warning",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}
