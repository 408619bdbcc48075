import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["bench/worlds.ts"], testTimeout: 7_200_000, pool: "forks", maxWorkers: 1 },
});
