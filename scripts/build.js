/**
 * Builds what is shipped.
 *
 *   node scripts/build.js            dist/ (committed: the Action and the command line) and lib/ (the ESLint plugin)
 *   node scripts/build.js --check    builds dist/ into a temporary folder and compares it with the committed one
 *
 * `dist/` needs no node_modules: everything is inside, and the WebAssembly of PostgreSQL's parser beside it. The output
 * is the same, byte for byte, on every machine: no times, no absolute paths, exact versions from the lockfile.
 */
import { build } from "esbuild";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { licenseTexts } from "./licenses.js";

const project = fileURLToPath(new URL("..", import.meta.url));

/** Packages that only some runs need: each is a file of its own in `dist/`, read when it is first required. */
const separate = new Map([
  ["@babel/parser", "babel-parser.cjs"],
  ["eslint/universal", "eslint.cjs"],
  ["ajv/dist/2020.js", "ajv.cjs"],
  ["pgsql-ast-parser", "pgsql-ast-parser.cjs"],
  ["smol-toml", "smol-toml.cjs"],
  ["yaml", "yaml.cjs"],
]);

/** Modules that nothing here calls, and what stands in for them. */
const leftOut = [
  // ESLint's own rules: more than all of our code.
  { filter: /[\\/]eslint[\\/]lib[\\/]rules[\\/]index\.js$/, contents: "module.exports = new Map();" },
  // Tokens for cloud providers: it would start an HTTP client in every run, a third of the Action's time.
  { filter: /[\\/]@actions[\\/]core[\\/]lib[\\/]oidc-utils\.js$/, contents: "export class OidcClient {}" },
  // `fetch`, a quarter of the Action's text: requests go through Node's `http`, with the HTTP client's own proxies.
  { filter: /[\\/]undici[\\/]index\.js$/, contents: "exports.ProxyAgent = class {}; exports.fetch = undefined;" },
  // A method for each of GitHub's thousand endpoints, where `request` names the endpoint.
  {
    filter: /[\\/]@octokit[\\/]plugin-rest-endpoint-methods[\\/]dist-src[\\/]index\.js$/,
    contents: "export const restEndpointMethods = () => ({});",
  },
];

/** How modules load a package late; see the plugin below. */
const lazyRequire = "const require = createRequire(import.meta.url);\n";

/** @type {import("esbuild").Plugin} */
const sources = {
  name: "sources",
  setup(bundler) {
    // Modules say `const require = createRequire(…)` and require a package where they need it. Without that line the
    // bundler sees a plain require() and bundles the package, to be run at the same moment as before.
    bundler.onLoad({ filter: /[\\/](src|rules)[\\/].*\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replace(lazyRequire, "\n"),
    }));
    for (const { filter, contents } of leftOut) bundler.onLoad({ filter }, () => ({ contents }));
    bundler.onResolve({ filter: /.*/ }, ({ path, kind }) => {
      const file = separate.get(path);
      return file && kind !== "entry-point" ? { path: `./${file}`, external: true } : undefined;
    });
  },
};

/** @type {{ version: string }} */
const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
const packageVersion = { PACKAGE_VERSION: JSON.stringify(manifest.version) };

const moduleUrl = `const importMetaUrl = require("node:url").pathToFileURL(__filename).href;`;

/** @type {import("esbuild").BuildOptions} */
const bundled = {
  absWorkingDir: project,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // Paths in the output are relative to the project even where node_modules is a link.
  preserveSymlinks: true,
  legalComments: "none",
  // A third of the text is read at every start; minified, a run takes about 0.03 s less.
  minify: true,
  external: ["*.wasm"],
  metafile: true,
  logLevel: "warning",
  define: { ...packageVersion, "import.meta.url": "importMetaUrl" },
  plugins: [sources],
};

/**
 * Builds the Action and the command line.
 * @param {string} out Folder that is emptied first.
 */
export async function buildDist(out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const programs = await build({
    ...bundled,
    entryPoints: { action: "src/action.ts", cli: "src/cli.ts" },
    outdir: out,
    outExtension: { ".js": ".cjs" },
    banner: { js: `#!/usr/bin/env node\n"use strict";\n${moduleUrl}` },
  });
  const parsers = await Promise.all(
    [...separate].map(([name, file]) =>
      build({ ...bundled, entryPoints: [name], outfile: join(out, file), banner: { js: moduleUrl } }),
    ),
  );
  const wasm = "node_modules/libpg-query/wasm/libpg-query.wasm";
  copyFileSync(join(project, wasm), join(out, "libpg-query.wasm"));
  const inputs = [programs, ...parsers].flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  writeFileSync(join(out, "licenses.txt"), licenseTexts(project, [...inputs, wasm]));
}

/** Builds the ESLint plugin with its types; the packages it uses stay outside. */
export async function buildLib() {
  const out = join(project, "lib");
  rmSync(out, { recursive: true, force: true });
  await build({
    absWorkingDir: project,
    entryPoints: ["src/index.ts"],
    outfile: join(out, "index.js"),
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    define: packageVersion,
    logLevel: "warning",
  });
  // The public type is written out in one file; the types of everything else describe what is inside.
  const { default: typescript } = await import("typescript");
  const { outputText } = typescript.transpileDeclaration(readFileSync(join(project, "src/index.ts"), "utf8"), {
    compilerOptions: { isolatedDeclarations: true },
  });
  writeFileSync(join(out, "index.d.ts"), outputText);
}

/**
 * The files in which two folders differ.
 * @param {string} expected
 * @param {string} actual
 */
export function differences(expected, actual) {
  const list = (/** @type {string} */ folder) => (existsSync(folder) ? readdirSync(folder) : []);
  const names = [...new Set([...list(expected), ...list(actual)])].sort();
  const bytes = (/** @type {string} */ file) => (existsSync(file) ? readFileSync(file) : undefined);
  return names.filter((name) => {
    const [one, other] = [bytes(join(expected, name)), bytes(join(actual, name))];
    return !one || !other || !one.equals(other);
  });
}

async function checkDist() {
  const folder = mkdtempSync(join(tmpdir(), "migration-safety-dist-"));
  try {
    const fresh = join(folder, "dist");
    await buildDist(fresh);
    const changed = differences(join(project, "dist"), fresh);
    if (changed.length === 0) return;
    console.error(`dist/ is not what the sources make: ${changed.join(", ")}. Run npm run build and commit dist/.`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--check")) await checkDist();
  else await Promise.all([buildDist(join(project, "dist")), buildLib()]);
}
