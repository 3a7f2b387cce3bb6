/**
 * Cuts GitHub's OpenAPI description down to the operations that the Action uses; the tests' fake GitHub checks every
 * request and answer against it. The whole package has 385 MB, so it is no dependency:
 *
 *   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package/package.json package/generated/api.github.com.json
 *   node scripts/generate-openapi-subset.js package
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

const OPERATIONS = [
  "pulls/get",
  "pulls/list",
  "pulls/list-files",
  "pulls/create-review",
  "pulls/list-review-comments",
  "pulls/delete-review-comment",
  "repos/compare-commits",
  "repos/get-content",
  "git/list-matching-refs",
  "issues/list-comments",
  "issues/get-comment",
  "issues/create-comment",
  "issues/update-comment",
  "issues/delete-comment",
  "issues/list-events",
];

/** Nothing of these is checked. */
const LEFT_OUT = new Set(["example", "examples", "externalDocs", "x-github", "description", "tags"]);

const folder = process.argv[2];
if (folder === undefined) throw new Error("Usage: node scripts/generate-openapi-subset.js FOLDER_OF_THE_PACKAGE");

const text = readFileSync(join(folder, "generated/api.github.com.json"), "utf8");
const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const whole = JSON.parse(text);

/** @type {Record<string, Record<string, any>>} */
const paths = {};
for (const [path, item] of Object.entries(whole.paths)) {
  for (const [method, operation] of Object.entries(/** @type {Record<string, any>} */ (item))) {
    if (!OPERATIONS.includes(operation.operationId)) continue;
    paths[path] = { ...paths[path], [method]: trimmed(operation) };
  }
}

/** @type {Record<string, Record<string, any>>} */
const components = {};
addReferenced(paths);

const subset = {
  openapi: whole.openapi,
  info: {
    title: whole.info.title,
    version: whole.info.version,
    license: whole.info.license,
    "x-source": {
      package: `@octokit/openapi@${version}`,
      file: "generated/api.github.com.json",
      sha256: createHash("sha256").update(text).digest("hex"),
    },
  },
  paths,
  components,
};
const target = fileURLToPath(new URL("../test/github/openapi/api.github.com.json", import.meta.url));
writeFileSync(target, await format(JSON.stringify(subset), { parser: "json", printWidth: 120 }));

/**
 * Takes over every component that a part of the description refers to, and what those refer to.
 * @param {unknown} part
 */
function addReferenced(part) {
  if (typeof part !== "object" || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    if (key === "$ref" && typeof value === "string") {
      const [kind = "", name = ""] = value.replace("#/components/", "").split("/");
      const ofKind = (components[kind] ??= {});
      if (ofKind[name] !== undefined) continue;
      ofKind[name] = trimmed(whole.components[kind][name]);
      addReferenced(ofKind[name]);
    } else {
      addReferenced(value);
    }
  }
}

/**
 * A copy without what is not checked. Names of properties are kept whatever they are.
 * @param {any} value
 * @param {string} [under]
 * @returns {any}
 */
function trimmed(value, under) {
  if (Array.isArray(value)) return value.map((one) => trimmed(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => under === "properties" || !LEFT_OUT.has(key))
      .map(([key, one]) => [key, trimmed(one, key)]),
  );
}
