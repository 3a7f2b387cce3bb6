import { basename } from "node:path";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { importsPointDownwards } from "./layers.js";

/** @type {import("eslint").Rule.RuleModule} */
const kebabCaseFileNames = {
  meta: {
    type: "suggestion",
    docs: { description: "Require file names in kebab-case, as one subject reads in a listing" },
    schema: [],
    messages: { name: "{{name}}: write file names in kebab-case." },
  },
  create(context) {
    const name = basename(context.filename);
    return {
      Program(node) {
        if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(name)) {
          context.report({ node, messageId: "name", data: { name } });
        }
      },
    };
  },
};

/** An `await` outside every function: a module that has one cannot be `require()`d, and users' configs do that. */
const topLevelAwait = ":matches(AwaitExpression, ForOfStatement[await=true]):not(:function *)";

export default defineConfig(
  {
    ignores: ["dist/", "lib/", "coverage/", ".cache/", "examples/", "test/fixtures/", "test/scenarios/pull-requests/"],
  },
  {
    files: ["**/*.{ts,js}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: {
      project: {
        rules: { "imports-point-downwards": importsPointDownwards, "kebab-case-file-names": kebabCaseFileNames },
      },
    },
    rules: {
      "project/imports-point-downwards": "error",
      "project/kebab-case-file-names": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // The lazily loaded parsers come through `require`, each with its type beside it.
      "@typescript-eslint/no-require-imports": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "off",
    },
  },
  {
    files: ["src/**/*.ts", "rules/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: topLevelAwait,
          message: "No top-level await: a module that has one cannot be loaded with require().",
        },
      ],
    },
  },
  {
    // Scripts read JSON and load modules by name; tsc checks what they do with it.
    files: ["scripts/**/*.js", "bench/**/*.js"],
    rules: Object.fromEntries(
      ["argument", "assignment", "call", "member-access", "return"].map((what) => [
        `@typescript-eslint/no-unsafe-${what}`,
        "off",
      ]),
    ),
  },
  {
    // Vitest's asymmetric matchers are `any`.
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-assignment": "off" },
  },
);
