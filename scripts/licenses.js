/** The licence texts of the packages that are inside `dist/`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The innermost package that a file belongs to. */
const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/**
 * @param {string} project
 * @param {readonly string[]} inputs Bundled files, relative to the project.
 */
export function licenseTexts(project, inputs) {
  const folders = [...new Set(inputs.flatMap((file) => packageFolder.exec(file)?.[0] ?? []))].sort();
  const texts = new Map(folders.map((folder) => packageLicense(join(project, folder))));
  const heading = "This folder contains code of the following packages, each under its own licence.\n";
  return [
    heading,
    ...[...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => `${name}\n\n${text}\n`),
  ].join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * @param {string} folder
 * @returns {[name: string, text: string]}
 */
function packageLicense(folder) {
  /** @type {{ name: string, version: string, license?: string }} */
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0 && !license) throw new Error(`${name} says nothing about its licence`);
  return [`${name} ${version} (${license ?? "see below"})`, texts.join("\n\n") || `Licence: ${license}`];
}
