import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Children (git, eslint, the bundle) are started by many tests; a busy two-core machine needs patience.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
