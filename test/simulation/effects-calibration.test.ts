import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { fitEffects, predictEffects } from "../../src/models/doubly-robust-effects.ts";
import {
  type KnownTruth,
  type PlantedAction,
  plantDecisions,
} from "../../src/models/doubly-robust-effects-known-truth.test-data.ts";
import { binomialBand } from "../../src/stats/intervals.ts";

/** What a plan "best predicted total value for everyone, no budget" promises and what it truly earns. */
function planByPrediction({ table, trueShort, trueLong }: KnownTruth) {
  const { model } = fitEffects(table, { seed: "plan", folds: 3, modifiers: ["tenure", "orders"] });
  const predicted = predictEffects(model, table.features, table.rows);
  const arms = table.actions.length;
  const plan = { promised: 0, realised: 0, oracle: 0, nothing: 0, rows: table.rows, products: 0, squares: 0 };
  for (let i = 0; i < table.rows; i++) {
    let best = 0;
    let bestTruth = 0;
    for (let k = 1; k < arms; k++) {
      const at = i * arms + k;
      if (predicted.short[at] + predicted.long[at] > predicted.short[i * arms + best] + predicted.long[i * arms + best])
        best = k;
      bestTruth = Math.max(bestTruth, trueShort[at] + trueLong[at]);
      plan.products += predicted.long[at] * trueLong[at];
      plan.squares += predicted.long[at] ** 2;
    }
    const chosen = i * arms + best;
    plan.promised += predicted.short[chosen] + predicted.long[chosen];
    plan.realised += trueShort[chosen] + trueLong[chosen];
    plan.oracle += bestTruth;
    if (best === 0) plan.nothing++;
  }
  return plan;
}

function total(plans: ReturnType<typeof planByPrediction>[], field: keyof ReturnType<typeof planByPrediction>): number {
  return plans.reduce((sum, plan) => sum + plan[field], 0);
}

describe("averages for claims", () => {
  it("90 % intervals cover in 200 independent runs inside the 99 % binomial band; unbiased on average", () => {
    const runs = 200;
    const covered = { short: 0, long: 0, total: 0 };
    const distance = { short: 0, long: 0, total: 0 };
    const actions = [
      { short: 0.1, long: -0.1, discount: 0.08, contactCost: 0.1 },
      { short: 0, long: 0.05, tilt: 0.1, discount: 0, contactCost: 0 },
    ];
    for (let run = 0; run < runs; run++) {
      const { table, trueShort, trueLong } = plantDecisions(actions, {
        customers: 350,
        waves: 3,
        features: 6,
        seed: `coverage-${run}`,
      });
      const [coupon] = fitEffects(table, { seed: `${run}`, folds: 3 }).averages;
      const truth = { short: 0, long: 0, total: 0 };
      for (let i = 0; i < table.rows; i++) {
        truth.short += trueShort[i * 3 + 1] / table.rows;
        truth.long += trueLong[i * 3 + 1] / table.rows;
      }
      truth.total = truth.short + truth.long;
      for (const name of ["short", "long", "total"] as const) {
        const { estimate, standardError, interval90 } = coupon[name]!;
        if (interval90.lower <= truth[name] && truth[name] <= interval90.upper) covered[name]++;
        distance[name] += (estimate - truth[name]) / standardError / Math.sqrt(runs);
      }
    }
    const band = binomialBand(runs, 0.9, 0.99);
    console.info(`coverage at 90 %, ${runs} runs, 99 % band ${band.lower}–${band.upper}:`, covered, distance);
    for (const name of ["short", "long", "total"] as const) {
      expect(covered[name]).toBeGreaterThanOrEqual(band.lower);
      expect(covered[name]).toBeLessThanOrEqual(band.upper);
      expect(Math.abs(distance[name])).toBeLessThan(3.3);
    }
  });
});

describe("effects for the optimiser", () => {
  it("are calibrated over strong, middling and no effects: promised ÷ realised ≤ 1.2, slope of truth on prediction near 1", () => {
    const worlds = [
      { short: 0.07, long: 0.06, tilt: 0.04 },
      { short: 0.05, long: 0.025, tilt: 0.025 },
      { short: 0, long: 0, tilt: 0 },
    ];
    const plans = Array.from({ length: 12 }, (_, run) => {
      const random = createRandom(`worlds-${run}`);
      const world = worlds[run % worlds.length];
      const actions: PlantedAction[] = [0.05, 0.12, 0, 0, 0].map((discount) => ({
        short: world.short * random.normal() + (world.short > 0 ? 0.7 * discount : 0),
        long: world.long * random.normal(),
        tilt: world.tilt * random.normal(),
        discount,
        contactCost: 0.1,
      }));
      return planByPrediction(
        plantDecisions(actions, { customers: 9000, waves: 4, features: 6, seed: `curse-${run}` }),
      );
    });
    const ratio = total(plans, "promised") / total(plans, "realised");
    const slope = total(plans, "products") / total(plans, "squares");
    console.info(
      `promised ÷ realised ${ratio.toFixed(3)}, slope of true on predicted long effects ${slope.toFixed(3)},`,
      `realised ÷ oracle ${(total(plans, "realised") / total(plans, "oracle")).toFixed(3)}`,
    );
    expect(ratio).toBeLessThan(1.2);
    expect(total(plans, "realised")).toBeGreaterThan(0);
    expect(slope).toBeGreaterThan(0.75);
    expect(slope).toBeLessThan(1.35);
  });

  it("leave almost everybody alone where no action changes anything", () => {
    const actions: PlantedAction[] = [0.05, 0.12, 0.03, 0, 0].map((discount) => ({
      short: 0,
      long: 0,
      discount,
      contactCost: 0.4,
    }));
    const plans = Array.from({ length: 10 }, (_, run) =>
      planByPrediction(plantDecisions(actions, { customers: 3000, waves: 4, features: 6, seed: `zero-${run}` })),
    );
    const alone = total(plans, "nothing") / total(plans, "rows");
    console.info(
      `zero effects: ${(100 * alone).toFixed(1)} % get nothing, by run`,
      plans.map((plan) => (plan.nothing / plan.rows).toFixed(2)).join(" "),
      `; loss per row ${(total(plans, "realised") / total(plans, "rows")).toFixed(3)}`,
    );
    expect(alone).toBeGreaterThan(0.85);
  });
});
