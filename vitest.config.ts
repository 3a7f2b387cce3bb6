import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Children (git, eslint, the bundle) are started by many tests; a busy two-core machine needs patience.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Vitest leaves one core free; most of the time goes to children, which wait.
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          name: "sources",
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
          ],
          globalSetup: ["test/postgres/start-pglite.ts"],
        },
      },
      // They share what they import: loading the parser and ESLint for each file takes longer than the tests. None of
      // them may leave a mock or a handed-in change behind.
      {
        extends: true,
        test: {
          name: "rules",
          include: ["test/rule/**/*.test.ts", "test/rules/**/*.test.ts"],
          isolate: false,
          globalSetup: ["test/postgres/start-pglite.ts"],
        },
      },
      // What is shipped, built from the sources as they are now.
      {
        extends: true,
        test: { name: "bundle", include: ["test/bundle/**/*.test.ts"], globalSetup: ["test/bundle/build.ts"] },
      },
      // The Action on a GitHub of this machine, from the same bundle, and hostile input: npm run test:scenarios.
      {
        extends: true,
        test: {
          name: "scenarios",
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
