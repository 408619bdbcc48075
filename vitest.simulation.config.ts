import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/simulation/**/*.test.ts"],
    testTimeout: 1_500_000,
    hookTimeout: 3_000_000,
    pool: "forks",
    maxWorkers: 1,
  },
});
