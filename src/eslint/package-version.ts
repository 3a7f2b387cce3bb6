import { existsSync, readFileSync } from "node:fs";

/** The package's version. Bundles stand one folder below package.json, this file two. */
export function packageVersion(): string {
  for (const path of ["../package.json", "../../package.json"]) {
    const url = new URL(path, import.meta.url);
    if (!existsSync(url)) continue;
    return (JSON.parse(readFileSync(url, "utf8")) as { version: string }).version;
  }
  return "unknown";
}
