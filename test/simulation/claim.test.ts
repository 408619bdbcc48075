import { describe, expect, it } from "vitest";
import { paired, policy, runWorld } from "./worlds.ts";

const customers = 4000;
const seeds = Array.from({ length: 10 }, (_, index) => `proof-${index + 1}`);

describe(`the demo's claim, ${customers} customers, seeds ${seeds[0]} to ${seeds.at(-1)}`, () => {
  it("earns more in the default world than nobody, everyone, everyone on the same budget, and greedy, by two standard errors", async () => {
    const runs = [];
    for (const seed of seeds) runs.push(await runWorld("default", seed, customers));
    const lines: string[] = [];
    for (const rival of ["nobody", "everyone", "everyoneSameBudget", "greedy"] as const) {
      const { mean, standardError } = paired(runs.map((run) => policy(run, "plan").total - policy(run, rival).total));
      lines.push(`plan − ${rival}: ${mean.toFixed(1)} (standard error ${standardError.toFixed(1)})`);
      expect.soft(mean, lines.join("; ")).toBeGreaterThan(2 * standardError);
    }
    console.log(lines.join("\n"));
    for (const run of runs) expect(run.plan.gap).toBeLessThan(1e-4);
  });

  it("loses in the world of zero effects no more than its exploration costs", async () => {
    const losses: number[] = [];
    const lines: string[] = [];
    for (const seed of seeds.slice(0, 4)) {
      const run = await runWorld("zero-effects", seed, customers);
      const { total } = policy(run, "plan");
      lines.push(
        `${seed}: true total ${total.toFixed(1)}, printed exploration cost ${run.plan.explorationCost.toFixed(1)}`,
      );
      losses.push(-total - 2 * run.plan.explorationCost);
    }
    console.log(lines.join("\n"));
    // explorationCost is in objective units (half of total at balance ½), hence the factor 2.
    const { mean, standardError } = paired(losses);
    expect(mean, lines.join("; ")).toBeLessThan(2 * standardError);
  });
});
