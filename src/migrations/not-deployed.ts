/** Folders whose SQL runs on nobody's database. */
const NOT_DEPLOYED = new Set([
  "__fixtures__",
  "__tests__",
  "build",
  "demo",
  "dist",
  "doc",
  "docs",
  "example",
  "examples",
  "fixture",
  "fixtures",
  "node_modules",
  "sample",
  "samples",
  "seed",
  "seeders",
  "seeds",
  "spec",
  "stub",
  "stubs",
  "target",
  "test",
  "testdata",
  "tests",
  "third_party",
  "vendor",
]);

/** Whether a folder, or one that it stands in, is for tests, examples or other projects' code. */
export function isNotDeployed(folder: string): boolean {
  return folder.split("/").some((segment) => NOT_DEPLOYED.has(segment.toLowerCase()));
}
