import { describe, expect, it } from "vitest";
import { clusteredMean } from "../stats/intervals.ts";
import { atUsualValue, fitEffects, predictEffects } from "./doubly-robust-effects.ts";
import { contrast } from "./doubly-robust-effects-averages.ts";
import { plantDecisions } from "./doubly-robust-effects-known-truth.test-data.ts";

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe("orders at their usual value", () => {
  it("count each order at the customer's mean mixed with three of the shop's, and add up to what was observed", () => {
    const counted = atUsualValue({
      long: Float64Array.of(100, 20, 0, Number.NaN),
      ordersAfter: Float64Array.of(2, 1, 0, Number.NaN),
      ordersBefore: Float64Array.of(3, 1, 0, 2),
      valueBefore: Float64Array.of(60, 0, Number.NaN, 30),
    });
    // The shop's mean is 90 / 6 = 15; usual values (60 + 45) / 6 = 17.5 and (0 + 45) / 4 = 11.25.
    const factor = 120 / (2 * 17.5 + 11.25);
    expect([...counted.subarray(0, 3)]).toEqual([35 * factor, 11.25 * factor, 0]);
    expect(counted[3]).toBeNaN();
  });

  it("are the value itself where the shop lost money or nobody ordered again", () => {
    const long = Float64Array.of(-5, 0);
    const none = Float64Array.of(0, 0);
    expect(atUsualValue({ long, ordersAfter: none, ordersBefore: none, valueBefore: none })).toEqual(long);
    const some = Float64Array.of(1, 1);
    expect(atUsualValue({ long, ordersAfter: some, ordersBefore: some, valueBefore: some })).toEqual(long);
  });
});

describe("effects on how often people buy later", () => {
  const actions = [
    { short: 0, long: 0.12, tilt: 0.1, discount: 0, contactCost: 0 },
    { short: 0, long: -0.12, discount: 0, contactCost: 0 },
  ];
  const runs = Array.from({ length: 6 }, (_, run) => {
    const known = plantDecisions(actions, { customers: 1200, waves: 4, features: 6, seed: `usual-${run}` });
    const options = { seed: "s", folds: 3, modifiers: ["tenure"] };
    const plain = fitEffects(known.table, options);
    const table = { ...known.table, longAtUsualValue: atUsualValue(known.later) };
    return { known, table, plain, counted: fitEffects(table, options) };
  });

  it("are estimated without bias and with less noise, while the averages for claims stay those of the money", () => {
    let distance = 0;
    for (const { known, table, plain, counted } of runs) {
      expect(counted.averages).toEqual(plain.averages);
      const scores = contrast(counted.scores.longAtUsualValue!, 1, 3);
      const { mean, standardError } = clusteredMean(scores, table.cluster);
      expect(standardError).toBeLessThan(0.92 * plain.averages[0].long!.standardError);
      const truth = sum(known.trueLong.filter((_, at) => at % 3 === 1)) / table.rows;
      distance += (mean - truth) / standardError / Math.sqrt(runs.length);
    }
    expect(Math.abs(distance)).toBeLessThan(3);
  });

  it("are nearer the truth, customer by customer, than those learned from the money", () => {
    const squaredError = ({ known, ...fitted }: (typeof runs)[number], which: "plain" | "counted") => {
      const { long } = predictEffects(fitted[which].model, known.table.features, known.table.rows);
      return sum(long.map((value, at) => (value - known.trueLong[at]) ** 2));
    };
    const total = (which: "plain" | "counted") => runs.reduce((all, run) => all + squaredError(run, which), 0);
    expect(total("counted")).toBeLessThan(0.95 * total("plain"));
  });
});
