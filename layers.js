/**
 * The layers of the project, top to bottom. A file may import from its own layer and from layers below it.
 * `eslint.config.js` enforces this table; ARCHITECTURE.md says what each layer is for.
 */
import { dirname, join, relative, sep } from "node:path";

/**
 * @typedef {object} Layer
 * @property {string} path A folder, or a single file of an entry point.
 * @property {readonly string[]} [only] Where a layer may use less than everything below it.
 */

/** @type {readonly Layer[]} */
export const layers = [
  { path: "src/action.ts" },
  { path: "src/cli.ts" },
  { path: "src/index.ts" },
  { path: "src/command-line" },
  { path: "src/github", only: ["src/report", "src/change", "src/text", "src/model"] },
  { path: "src/report" },
  { path: "src/check" },
  { path: "src/eslint" },
  { path: "rules", only: ["src/rule", "src/model"] },
  { path: "src/rule" },
  { path: "src/deploy-order" },
  { path: "src/change" },
  { path: "src/references" },
  { path: "src/migrations" },
  { path: "src/postgres" },
  { path: "src/text" },
  { path: "src/model" },
];

/**
 * The layer that a file belongs to; undefined outside `src/` and `rules/`.
 * @param {string} file Relative to the project's root, with `/`.
 */
function layerOf(file) {
  return layers.find(({ path }) => file === path || file.startsWith(`${path}/`));
}

/**
 * Why one file may not import another; undefined where it may.
 * @param {string} from
 * @param {string} to
 */
export function whyNot(from, to) {
  const source = layerOf(from);
  const target = layerOf(to);
  if (!source || source === target) return undefined;
  if (!target) return `${to} belongs to no layer of layers.js`;
  if (layers.indexOf(target) < layers.indexOf(source)) return `${target.path} is above it`;
  if (source.only && !source.only.includes(target.path)) {
    return `${source.path} imports only from ${source.only.join(", ")}`;
  }
  return undefined;
}

/** @type {import("eslint").Rule.RuleModule} */
export const importsPointDownwards = {
  meta: {
    type: "problem",
    docs: { description: "Disallow imports from a layer above, by the table of layers.js" },
    schema: [],
    messages: { upwards: "{{from}} may not import {{to}}: {{why}}." },
  },
  create(context) {
    const from = relative(context.cwd, context.filename).split(sep).join("/");
    if (!layerOf(from)) return {};
    /** @param {import("estree").Node | null | undefined} source */
    const check = (source) => {
      if (source?.type !== "Literal" || typeof source.value !== "string" || !source.value.startsWith(".")) return;
      const to = join(dirname(from), source.value).split(sep).join("/").replace(/\.js$/, ".ts");
      const why = whyNot(from, to);
      if (why) context.report({ node: source, messageId: "upwards", data: { from, to, why } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      /** @param {{ source: import("estree").Literal }} node */
      TSImportType: (node) => check(node.source),
      /** @param {import("estree").CallExpression} node */
      "CallExpression[callee.name='require']": (node) => check(node.arguments[0]),
    };
  },
};
