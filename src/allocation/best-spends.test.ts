import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { concaveEnvelope, curveValue } from "../plan/curves.ts";
import type { Curve } from "../plan/input.ts";
import { allocate } from "./allocation.ts";
import { bestSpends } from "./best-spends.ts";
import type { AllocationFile } from "./slices.ts";
import { bestSpend } from "./spend.ts";

const random = createRandom("spends");

function anyCurve(kind: number, most: number): Curve {
  const part = most * (0.1 + random.uniform());
  if (kind % 3 === 0) return { shape: "exponential", ceiling: 1, scale: part };
  if (kind % 3 === 1) return { shape: "hill", ceiling: 1, half: part, slope: 0.6 + 3 * random.uniform() };
  return { shape: "power", coefficient: 1, exponent: 0.2 + 0.6 * random.uniform() };
}

/** One action of any spend for everybody, worth `gain` at its largest spend. */
function spendFile(curves: readonly Curve[], gain: Float64Array, most: Float64Array, budget: number) {
  const customers = curves.length;
  const over = (of: (customer: number) => number) =>
    Float64Array.from({ length: 2 * customers }, (_, at) => (at % 2 === 0 ? 0 : of(Math.floor(at / 2))));
  const [short, cost] = [over((customer) => 2 * gain[customer]), over((customer) => most[customer])];
  const long = over(() => 0);
  const none = new Float64Array(2 * customers);
  return {
    problem: {
      customerIds: curves.map((_, customer) => `c${customer}`),
      actions: ["nothing", "ads"],
      short,
      long,
      cost,
    },
    cautious: { short, long },
    limits: [{ name: "budget", sense: "at_most", limit: budget, weight: cost }],
    rules: [],
    spend: {
      curves: { curveAt: (at) => (at % 2 === 0 ? undefined : curves[Math.floor(at / 2)]) },
      parts: [{ bySpend: cost, byEffect: none, whole: none }],
    },
  } satisfies AllocationFile;
}

async function solve(file: ReturnType<typeof spendFile>) {
  const options = { balance: 0.5, explorationShare: 0, limits: file.limits };
  const { file: offered, bound } = await bestSpends(file, options, ({ problem }) => problem);
  const plan = await allocate(offered.problem, { ...options, limits: offered.limits });
  return { ...plan, bound };
}

describe("spends of any amount", () => {
  it("finds the best spend of one curve as a fine grid does, concave or S-shaped", () => {
    for (let kind = 0; kind < 60; kind++) {
      const most = 5 * random.uniform() + 0.5;
      const curve = anyCurve(kind, most);
      const [gain, price] = [4 * random.uniform(), 2 * random.uniform()];
      const worth = (spend: number) => (gain * curveValue(curve, spend)) / curveValue(curve, most) - price * spend;
      const grid = Array.from({ length: 20_001 }, (_, at) => worth((at * most) / 20_000));
      const best = bestSpend(curve, most, gain, price);
      expect(best.worth).toBeGreaterThanOrEqual(Math.max(...grid) - 1e-12);
      expect(best.worth).toBeCloseTo(Math.max(...grid), 5);
      expect(Math.max(0, worth(best.share * most))).toBeCloseTo(best.worth, 12);
    }
  });

  it("meets the KKT conditions' optimum under one budget, all marginal returns equal, to 1e-6", async () => {
    const customers = 150;
    const most = Float64Array.from({ length: customers }, () => 2 + 3 * random.uniform());
    const scale = most.map((amount) => amount * (0.2 + random.uniform()));
    const gain = most.map(() => 1 + 4 * random.uniform());
    const height = most.map((amount, at) => gain[at] / (1 - Math.exp(-amount / scale[at])));
    const curves = Array.from(scale, (part): Curve => ({ shape: "exponential", ceiling: 1, scale: part }));
    const budget = 150;
    // By bisection on the price: spend −scale·ln(price·scale/height), between 0 and the largest.
    const spendsAt = (price: number) =>
      most.map((amount, at) => Math.min(amount, Math.max(0, -scale[at] * Math.log((price * scale[at]) / height[at]))));
    let [low, high] = [1e-6, 100];
    for (let step = 0; step < 200; step++) {
      const price = Math.sqrt(low * high);
      if (spendsAt(price).reduce((sum, part) => sum + part, 0) > budget) low = price;
      else high = price;
    }
    const exact = spendsAt(high).reduce((sum, spend, at) => sum + height[at] * (1 - Math.exp(-spend / scale[at])), 0);
    const plan = await solve(spendFile(curves, gain, most, budget));
    expect(plan.objective).toBeLessThanOrEqual(exact * (1 + 1e-9));
    expect(plan.bound).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
    expect(plan.bound / exact).toBeCloseTo(1, 6);
    expect(plan.objective / exact).toBeGreaterThan(1 - 1e-3);
    expect(plan.rows[0].price / high).toBeCloseTo(1, 3);
    expect(plan.rows[0].used).toBeLessThanOrEqual(budget + 1e-9);
  });

  it("bounds S-shapes by their concave envelopes' optimum, and comes close to it with many customers", async () => {
    const customers = 150;
    const most = Float64Array.from({ length: customers }, () => 4 + random.uniform());
    const gain = most.map(() => 1 + 4 * random.uniform());
    const curves = Array.from(
      most,
      (amount): Curve => ({
        shape: "hill",
        ceiling: 1,
        half: amount * (0.2 + 0.4 * random.uniform()),
        slope: 2 + 2 * random.uniform(),
      }),
    );
    const plan = await solve(spendFile(curves, gain, most, 150));
    // The envelope in a thousand straight pieces is a continuous knapsack: steepest pieces first.
    const pieces = curves.flatMap((curve, at) => {
      const { value } = concaveEnvelope(curve, most[at]);
      const amount = most[at] / 1000;
      const worth = (piece: number) => (gain[at] * value(piece * amount)) / curveValue(curve, most[at]);
      return Array.from({ length: 1000 }, (_, piece) => ({ amount, gain: worth(piece + 1) - worth(piece) }));
    });
    let left = 150;
    let exact = 0;
    for (const piece of pieces.sort((a, b) => b.gain / b.amount - a.gain / a.amount)) {
      const part = Math.min(1, left / piece.amount);
      if (part <= 0) break;
      exact += part * piece.gain;
      left -= part * piece.amount;
    }
    expect(plan.bound / exact).toBeCloseTo(1, 5);
    expect(plan.objective / exact).toBeGreaterThan(1 - 5e-3);
    expect(plan.objective).toBeLessThanOrEqual(plan.bound);
  });

  it("is not beaten by a grid of all spends of two customers", async () => {
    for (let kind = 0; kind < 6; kind++) {
      const most = Float64Array.of(3, 4);
      const curves = [anyCurve(kind, 3), anyCurve(kind + 1, 4)];
      const gain = Float64Array.of(1 + random.uniform(), 2 * random.uniform());
      const plan = await solve(spendFile(curves, gain, most, 3));
      const worth = (customer: number, spend: number) =>
        (gain[customer] * curveValue(curves[customer], spend)) / curveValue(curves[customer], most[customer]);
      let best = 0;
      for (let part = 0; part <= 3000; part++)
        best = Math.max(best, worth(0, part / 1000) + worth(1, Math.min(4, 3 - part / 1000)));
      expect(plan.bound).toBeGreaterThanOrEqual(best - 1e-9);
      expect(plan.objective).toBeLessThanOrEqual(best + 1e-5);
    }
  });

  it("refuses to explore, or to weigh scenarios, over spends", async () => {
    const file = spendFile([anyCurve(0, 1)], Float64Array.of(1), Float64Array.of(1), 1);
    const options = { balance: 0.5, explorationShare: 0.1, limits: file.limits };
    await expect(bestSpends(file, options, ({ problem }) => problem)).rejects.toThrow("spend_with_exploration");
  });
});
