/** What a program imports: its own files are followed, Node's paths and files are known, packages are the tool's. */
import { join, parentOf, upwards } from "../listing.js";
import { ASYNC } from "./async-package.js";
import { LANGUAGE } from "./language.js";
import { execute, hoist } from "./statements.js";
import { type Module, Scope } from "./scope.js";
import { type NodeOf, parseScript } from "./script.js";
import type { Run } from "./run.js";
import { Text } from "./text.js";
import { Callable, Dictionary, fromPlain, type Method, textOf, Unknown, type Value } from "./value.js";

const EXTENSIONS = ["", ".ts", ".js", ".mjs", ".cjs", ".mts", ".cts", ".tsx", ".json", "/index.ts", "/index.js"];

/** Files of a program that are followed from one migration. */
const MAX_MODULES = 12;

export function importNames(statement: NodeOf<"ImportDeclaration">, scope: Scope): void {
  if (statement.importKind === "type" || statement.importKind === "typeof") return;
  const exports = moduleOf(statement.source.value, scope);
  for (const specifier of statement.specifiers) {
    const { local } = specifier;
    if (specifier.type === "ImportNamespaceSpecifier") scope.declare(local.name, exports);
    else if (specifier.type === "ImportDefaultSpecifier") scope.declare(local.name, exported(exports, "default"));
    else {
      const { imported } = specifier;
      scope.declare(local.name, exported(exports, imported.type === "Identifier" ? imported.name : imported.value));
    }
  }
}

export function exportNames(
  statement: NodeOf<"ExportNamedDeclaration"> | NodeOf<"ExportAllDeclaration">,
  scope: Scope,
): void {
  const { exports } = scope.module;
  const from = statement.source ? moduleOf(statement.source.value, scope) : undefined;
  if (statement.type === "ExportAllDeclaration") {
    if (from instanceof Dictionary) {
      for (const [name, value] of from.properties) if (name !== "default") exports.properties.set(name, value);
    }
    return;
  }
  const { declaration } = statement;
  if (declaration?.type === "VariableDeclaration") {
    for (const { id } of declaration.declarations) {
      if (id.type === "Identifier") exports.properties.set(id.name, scope.get(id.name));
    }
  } else if (declaration && "id" in declaration && declaration.id?.type === "Identifier") {
    exports.properties.set(declaration.id.name, scope.get(declaration.id.name));
  }
  for (const specifier of statement.specifiers) {
    const name = (node: { type: string; name?: string; value?: string }): string => node.name ?? node.value ?? "";
    if (specifier.type !== "ExportSpecifier") continue;
    const local = name(specifier.local);
    exports.properties.set(name(specifier.exported), from ? exported(from, local) : scope.find(local)?.get(local));
  }
}

/** `require("./tables")` */
export function requireModule(path: Value, scope: Scope): Value {
  const known = textOf(path)?.known;
  if (known === undefined) return new Unknown("is required from a path that is not known");
  const exports = moduleOf(known, scope);
  // A module of CommonJS is what it gave `module.exports`.
  const isWhole = exports instanceof Dictionary && !exports.has("__esModule") && exports.properties.size === 1;
  return isWhole && exports.has("default") ? exports.get("default") : exports;
}

/** `await import("./tables.js")` */
export function importDynamically(path: Value, scope: Scope): Value {
  const known = textOf(path)?.known;
  return known === undefined ? new Unknown("is imported from a path that is not known") : moduleOf(known, scope);
}

/** `import.meta` */
export function importMeta({ module: { file } }: Scope): Value {
  return new Dictionary([
    ["url", Text.of(`/${file}`)],
    ["filename", Text.of(`/${file}`)],
    ["dirname", Text.of(`/${parentOf(file)}`)],
  ]);
}

function exported(exports: Value, name: string): Value {
  if (exports instanceof Unknown) return exports;
  if (!(exports instanceof Dictionary)) return name === "default" ? exports : new Unknown("is not known");
  if (exports.has(name)) return exports.get(name);
  // With `esModuleInterop` a module of CommonJS is its own default.
  return name === "default" ? exports : new Unknown("is imported from a file that does not export it");
}

function moduleOf(specifier: string, scope: Scope): Value {
  const { run, module } = scope;
  const name = specifier.replace(/^node:/, "");
  if (!/^\.{0,2}(?:\/|$)/.test(specifier)) {
    if (run.environment.modules.has(specifier)) return run.environment.modules.get(specifier);
    return NODE.get(name)?.(run) ?? new Unknown(`comes from the package ${specifier}`);
  }
  const path = resolve(parentOf(module.file), specifier);
  // TypeScript names its files as JavaScript will find them.
  const candidates = EXTENSIONS.flatMap((extension) => [
    path + extension,
    path.replace(/\.([cm]?)js$/, ".$1ts") + extension,
  ]);
  const file = candidates.find((candidate) => run.has(candidate));
  if (file === undefined) {
    return run.environment.generated?.(path) ?? new Unknown(`comes from ${specifier}, which is not there`);
  }
  return load(file, run);
}

function load(file: string, run: Run): Value {
  const known = run.modules.get(file);
  if (known) return known.exports;
  const text = run.read(file);
  if (text === undefined) return new Unknown(`comes from ${file}, which cannot be read`);
  if (file.endsWith(".json")) {
    try {
      return fromPlain(JSON.parse(text));
    } catch {
      return new Unknown(`comes from ${file}, which is no JSON`);
    }
  }
  if (/\.(?:sql|txt)$/i.test(file)) return new Dictionary([["default", Text.of(text)]]);
  if (run.modules.size >= MAX_MODULES) return new Unknown(`comes from ${file}, which is not followed`);
  return runModule(file, text, run)?.exports ?? new Unknown(`comes from ${file}, which cannot be read`);
}

/** Runs a file as a module of the program; undefined for one that cannot be parsed. */
export function runModule(file: string, text: string, run: Run, script = parseScript(text, file)): Module | undefined {
  if ("reason" in script) return undefined;
  const module: Module = { file, text, exports: new Dictionary() };
  run.modules.set(file, module);
  const scope = new Scope(run, module);
  scope.declare("this", module.exports);
  const { body } = script.program;
  hoist(body, scope);
  execute(body, scope, { mayReturn() {} });
  return module;
}

/** `/a/b` and `../c` make `/a/c`; a leading slash is the repository's root. */
function resolve(...parts: readonly string[]): string {
  const segments: string[] = [];
  for (const part of parts) {
    for (const segment of part.split("/")) {
      if (segment === "..") segments.pop();
      else if (segment !== "." && segment !== "") segments.push(segment);
    }
  }
  return segments.join("/");
}

function pathOf(args: readonly Value[]): readonly string[] | undefined {
  const parts = args.map((argument) => textOf(argument)?.known);
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

function pathMethod(compute: (...parts: readonly string[]) => string): Method {
  return (args) => {
    const parts = pathOf(args);
    return parts === undefined ? new Unknown("is a path that is not known") : Text.of(compute(...parts));
  };
}

/** Paths stay as they begin: with a slash from the repository's root, without one from where the tool is started. */
function joined(...parts: readonly string[]): string {
  const last = parts.findLastIndex((part, index) => index > 0 && part.startsWith("/") && part.length > 1);
  const from = last < 0 ? parts : parts.slice(0, last + 1);
  return (from[0]?.startsWith("/") === true ? "/" : "") + resolve(...parts);
}

/** `new URL("a.sql", import.meta.url)`: of files only their paths. */
export const URL_CLASS = new Callable(
  "URL",
  () => new Unknown("is no URL"),
  ([path, base]) => {
    const [relative, from] = [textOf(path)?.known, textOf(base)?.known];
    if (relative === undefined || from?.startsWith("/") !== true) return new Unknown("is a path that is not known");
    return Text.of(`/${resolve(parentOf(from), relative)}`);
  },
);

/** The text of a file of the repository. */
function fileText(path: Value, run: Run): Value {
  const known = textOf(path)?.known;
  if (known === undefined) return new Unknown("is read from a path that is not known");
  const relative = resolve(known);
  // Where the tool is started is in the project's folder or above it.
  const folders = known.startsWith("/") ? [""] : upwards(parentOf(run.file));
  for (const folder of folders) {
    const file = join(folder, relative);
    const text = run.has(file) ? run.read(file) : undefined;
    if (text !== undefined) return Text.of(text);
  }
  return new Unknown(`is read from ${relative}, which is not in the repository`);
}

function functions(methods: Readonly<Record<string, Method>>): [string, Value][] {
  return Object.entries(methods).map(([name, call]) => [name, new Callable(name, call)]);
}

const dirname = pathMethod(
  (path) => path.slice(0, Math.max(path.lastIndexOf("/"), path.startsWith("/") ? 1 : 0)) || ".",
);

const PATH = new Dictionary(
  functions({
    join: pathMethod(joined),
    resolve: pathMethod(joined),
    normalize: pathMethod(joined),
    dirname,
    basename: pathMethod((path, end = "") => {
      const name = path.slice(path.lastIndexOf("/") + 1);
      return end !== "" && name.endsWith(end) ? name.slice(0, -end.length) : name;
    }),
    extname: pathMethod((path) => /\.[^./]*$/.exec(path)?.[0] ?? ""),
  }),
  undefined,
  "is not followed",
);

function fileSystem(run: Run): Dictionary {
  const read: Method = ([path]) => fileText(path, run);
  const promises = new Dictionary(functions({ readFile: read }), undefined, "is not followed");
  const withCallback: Method = (args, site) => {
    const text = fileText(args[0], run);
    const callback = args.at(-1);
    return callback instanceof Callable ? run.call(callback, [null, text], site) : text;
  };
  return new Dictionary(
    [
      ...functions({ readFileSync: read, readFile: withCallback }),
      ...functions({
        existsSync: ([path]) => (fileText(path, run) instanceof Text ? true : new Unknown("is not known")),
      }),
      ["promises", promises],
    ],
    undefined,
    "is not followed",
  );
}

/** Programs that run others, or SQL. */
const RUNS_ANYTHING =
  /^(?:\S*\/)?(?:node|ts-node|tsx|npx|npm|yarn|pnpm|bun|deno|psql|pg_\w+|python3?|ruby|php|java|sh|bash|docker)\b/;

/** What another program does to the database is not known; one such as nginx does nothing to it. */
const RUNS_PROGRAM: Method = ([command], site) => {
  const known = textOf(command)?.known?.trim();
  if (known === undefined || RUNS_ANYTHING.test(known)) {
    site.run.unknown("starts another program, and what that sends is not known", site);
  }
  return new Unknown("comes from another program");
};

const CHILD_PROCESS = new Dictionary(
  functions(
    Object.fromEntries(
      ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"].map((name) => [
        name,
        RUNS_PROGRAM,
      ]),
    ),
  ),
);

/** Modules of Node that migrations use to read SQL, and packages that only say when something is called. */
const NODE = new Map<string, (run: Run) => Value>([
  ["async", () => ASYNC],
  ["bluebird", () => LANGUAGE.get("Promise")],
  ["child_process", () => CHILD_PROCESS],
  ["path", () => PATH],
  ["path/posix", () => PATH],
  ["fs", fileSystem],
  ["fs/promises", (run) => fileSystem(run).get("promises")],
  ["url", () => new Dictionary(functions({ fileURLToPath: ([url]) => url }), undefined, "is not followed")],
  ["util", () => new Dictionary(functions({ promisify: ([callee]) => callee }), undefined, "is not followed")],
]);
