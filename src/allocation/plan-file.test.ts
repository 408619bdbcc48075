import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { sumsOfPlan, writePlan } from "./plan-file.ts";

describe("a written plan", () => {
  const folder = mkdtempSync(join(tmpdir(), "longrun-plan-file-"));
  let engine: DuckdbEngine;
  beforeAll(async () => {
    engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Customers who all get the one action, of these costs. */
  const part = (costs: readonly number[]) => {
    const cost = Float64Array.from(costs.flatMap((one) => [0, one]));
    return {
      problem: {
        customerIds: costs.map((_, index) => `c${index}`),
        actions: ["nothing", "offer"],
        short: cost,
        long: cost.map((one) => -one),
        cost,
      },
      limits: [{ name: "x", sense: "at_most" as const, limit: 1, weight: cost }],
      drawn: new Int32Array(costs.length).fill(1),
      reasons: costs.map(() => "best" as const),
      bindingLimits: costs.map(() => ""),
    };
  };

  it.each([
    ["in cents, where binary fractions would add up to 0.30000000000000004", [0.1, 0.2], 0.3],
    ["in fractions of a cent, which whole cents would lose", new Array<number>(1000).fill(0.004), 4],
    ["in thousandths, as of Kuwaiti dinars", [1.001, 2.002, 0.001], 3.004],
    ["beside far larger ones", [1e9, 0.01, 0.01, -1e9], 0.02],
    ["of any size", [3e-9, 4e-9], 7e-9],
    ["that are all nothing", [0, 0], 0],
  ])("adds up amounts %s", async (_, costs, sum) => {
    for (const kind of ["csv", "parquet"]) {
      const path = join(folder, `plan.${kind}`);
      const half = Math.ceil(costs.length / 2);
      await writePlan(engine, path, [part(costs.slice(0, half)), part(costs.slice(half))]);
      expect(await sumsOfPlan(engine, path, [{ name: "x" }])).toEqual({
        short: sum,
        long: sum === 0 ? 0 : -sum,
        cost: sum,
        used: [sum],
      });
    }
  });
});
