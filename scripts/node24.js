/**
 * Node 24, on which GitHub runs the Action: its path, fetched once from the package registry where it is not there.
 *
 *   node scripts/node24.js    prints the path
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const version = "24.21.0";
const packageName = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const folder = fileURLToPath(new URL("../.cache/node24", import.meta.url));
const executable = join(folder, "node_modules", packageName, "bin", "node");

/** The path of a Node 24, if this machine has one; nothing is fetched. */
export function findNode24() {
  if (Number(process.versions.node.split(".")[0]) === 24) return process.execPath;
  return existsSync(executable) ? executable : undefined;
}

function fetchNode24() {
  const install = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", `${packageName}@${version}`];
  execFileSync("npm", install, { stdio: ["ignore", "ignore", "inherit"] });
  return executable;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(findNode24() ?? fetchNode24());
