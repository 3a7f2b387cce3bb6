import { readFileSync } from "node:fs";

/** Put in by the bundler: a bundle must not look for a package.json around it, which may be another project's. */
declare const PACKAGE_VERSION: string | undefined;

/** This package's version. */
export function packageVersion(): string {
  if (typeof PACKAGE_VERSION === "string") return PACKAGE_VERSION;
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
