import { defineConfig } from "vitest/config";

/** Each has a PostgreSQL in its process, which makes that so large that every child it starts takes long to fork. */
const POSTGRES = [
  "test/postgres/**/*.test.ts",
  "test/deploy-order/**/*.test.ts",
  "test/docs/**/*.test.ts",
  "test/change/{function-bodies,misfits,statistics,transactions}.test.ts",
  "test/check/explain.test.ts",
  "test/migrations/supabase.test.ts",
  "test/published-histories.test.ts",
  "test/text/quote-identifier.test.ts",
];

/** What another file has loaded already would have read the environment before they change it. */
const ALONE = ["test/github/api.test.ts", "test/github/api-release.test.ts"];

export default defineConfig({
  // Not that a package has no sources for its maps.
  logLevel: "error",
  test: {
    // Children (git, eslint, the bundle) are started by many tests; a busy two-core machine needs patience.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Vitest leaves one core free; most of the time goes to children, which wait.
    maxWorkers: "100%",
    // Files of one project share what they import (`isolate: false`): loading parsers and ESLint for each takes longer than
    // its tests. None of them may leave anything of its own behind; mocks and spies are restored by vitest.
    projects: [
      {
        extends: true,
        test: {
          name: "sources",
          isolate: false,
          // It imports JSON as bundlers do, and Node.js does not.
          server: { deps: { inline: ["@actions/workflow-parser"] } },
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/rule/**",
            "test/rules/**",
            "test/bundle/**",
            "test/scenarios/**",
            "test/security/**",
            "test/migrations/recorded/**",
            "test/servers/**",
            "test/histories/**",
            "test/check/remedies/**",
            ...POSTGRES,
            ...ALONE,
          ],
        },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
      {
        extends: true,
        test: {
          name: "postgres",
          include: POSTGRES,
          isolate: false,
          globalSetup: ["test/postgres/start-pglite.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "rules",
          include: ["test/rule/**/*.test.ts", "test/rules/**/*.test.ts"],
          isolate: false,
          globalSetup: ["test/postgres/start-pglite.ts"],
        },
      },
      // Every form that is offered, in every tool: npm run test:remedies.
      {
        extends: true,
        test: {
          name: "remedies",
          include: ["test/check/remedies/**/*.test.ts"],
          globalSetup: ["test/postgres/start-pglite.ts"],
        },
      },
      // What is shipped, built from the sources as they are now, in ESLint's own command line: npm run test:bundle.
      {
        extends: true,
        test: { name: "bundle", include: ["test/bundle/**/*.test.ts"], globalSetup: ["test/bundle/build.ts"] },
      },
      // The Action on a GitHub of this machine, from the same bundle, and hostile input: npm run test:scenarios.
      {
        extends: true,
        test: {
          name: "scenarios",
          // Each starts git and the Action; more at once only wait for each other.
          maxConcurrency: 2,
          include: ["test/scenarios/**/*.test.ts"],
          globalSetup: ["test/scenarios/figures.ts"],
        },
      },
      { extends: true, test: { name: "security", include: ["test/security/**/*.test.ts"] } },
      // The migration libraries themselves, beside the evaluator: npm run test:recorded.
      {
        extends: true,
        test: {
          name: "recorded",
          include: ["test/migrations/recorded/**/*.test.ts"],
          globalSetup: ["test/postgres/start-pglite.ts"],
        },
      },
      // Needs servers, which npm install does not bring: npm run test:postgres.
      { extends: true, test: { name: "servers", include: ["test/servers/**/*.test.ts"] } },
      // Needs packages that npm install does not bring: npm run test:histories.
      {
        extends: true,
        test: {
          name: "histories",
          include: ["test/histories/**/*.test.ts"],
          globalSetup: ["test/postgres/start-pglite.ts"],
        },
      },
    ],
  },
});
