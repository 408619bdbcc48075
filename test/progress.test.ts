import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "../src/base/clock.ts";
import { run } from "../src/pipeline.ts";
import { checkConfig } from "../src/runs/config.ts";
import { Project } from "../src/runs/project.ts";
import { hashOfFile } from "../src/runs/store.ts";
import { stageNames } from "../src/schema/summary.ts";
import { writeRawExports } from "../src/simulate/export.ts";
import { simulateShop } from "../src/simulate/shop.ts";
import { smallNetworks } from "./command-line.ts";

const simulation = { customers: 300, months: 48, seed: "progress", world: "default" } as const;
// Too few decisions to measure anything at this size, so that an effect has to be stated.
const config = checkConfig({
  train: smallNetworks,
  assumedEffects: { gift: { shortShare: 0.2, costPerCustomer: 0.5 } },
});

it("every stage says how far it is, ever farther, and what it made or judged", async () => {
  const project = new Project(mkdtempSync(join(tmpdir(), "longrun-progress-")));
  project.create();
  const made: number[] = [];
  const shop = simulateShop(simulation, (done) => made.push(done));
  expect(made).toHaveLength(simulation.customers);
  const files = await writeRawExports(shop, join(project.directory, "raw"));
  project.saveSources(files.map((path) => ({ sourceId: path, path, sha256: hashOfFile(path), preset: "longrun" })));
  const shares = new Map<string, number[]>(stageNames.map((name) => [name, []]));
  const doors = {
    clock: systemClock,
    signal: new AbortController().signal,
    progress: (stage: string) => ({
      report: (done: number, total: number) => shares.get(stage)?.push(done / total),
    }),
    finished: () => {},
  };
  const summary = await run(project, config, doors, { simulation });
  for (const [stage, reported] of shares) {
    const between = new Set(reported.filter((share) => share > 0 && share < 1));
    expect([stage, between.size]).toEqual([stage, expect.toSatisfy((count: number) => count >= 3)]);
    expect([stage, reported]).toEqual([stage, [...reported].sort((a, b) => a - b)]);
    expect(reported.at(-1)).toBeLessThanOrEqual(1);
  }
  const { customers } = summary.backtest.horizons[0];
  expect(summary.stages.at(-1)).toMatchObject({ stage: "evaluate" });
  expect(summary.stages.at(-1)?.rows).toBeGreaterThan(customers);
  for (const { rows } of summary.stages) expect(rows).toBeGreaterThan(0);
});
