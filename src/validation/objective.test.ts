import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { improvement } from "./comparison.ts";
import { type Forecast, objectiveOf } from "./objective.ts";

const horizons = { horizonsDays: [30, 90, 180], shortHorizonDays: 90 };

/** What customers of a lognormal value with probability ½ do, and forecasts whose mean is off by `error` deviations. */
function forecast(rows: number, seed: string, error = 0): Forecast {
  const random = createRandom(seed);
  const noise = createRandom(`${seed}/error`);
  const mu = Float64Array.from({ length: rows }, () => random.normal());
  const actual = mu.map((level) => (random.uniform() < 0.5 ? Math.exp(level + 0.5 * random.normal()) : 0));
  const believed = mu.map((level) => level + error * noise.normal());
  return {
    actual,
    mean: believed.map((level) => 0.5 * Math.exp(level + 0.125)),
    valueProbability: new Float64Array(rows).fill(0.5),
    mu: believed,
    sigma: new Float64Array(rows).fill(0.5),
  };
}

describe("an objective", () => {
  it("is found by horizon and metric, by metric alone, or is Spearman at the short horizon", () => {
    expect(objectiveOf(undefined, horizons)).toMatchObject({ name: "value90d.spearman", direction: "maximise" });
    expect(objectiveOf("loss", horizons)).toMatchObject({ name: "value90d.loss", direction: "minimise" });
    expect(objectiveOf("value180d.normalizedGini", horizons).horizonDays).toBe(180);
    expect(objectiveOf("decileMape", { horizonsDays: [30, 60], shortHorizonDays: 90 }).name).toBe(
      "value60d.decileMape",
    );
    for (const wrong of ["value60d.loss", "revenue", "value90d.", "toString", "value90d.constructor"])
      expect(() => objectiveOf(wrong, horizons)).toThrow("unknown_objective");
  });

  it("has the loss of a zero-inflated lognormal: −log(1 − p) of nothing, else −log(p · density)", () => {
    const one = (actual: number, probability: number) =>
      objectiveOf("loss", horizons).of({
        actual: Float64Array.of(actual),
        mean: Float64Array.of(1),
        valueProbability: Float64Array.of(probability),
        mu: Float64Array.of(1),
        sigma: Float64Array.of(0.5),
      });
    expect(one(0, 0.25)).toBeCloseTo(-Math.log(0.75), 12);
    expect(one(-3, 0.25)).toBeCloseTo(-Math.log(0.75), 12);
    // SciPy 1.17.1: lognorm(0.5, scale=e).pdf(2)
    expect(Math.exp(-one(2, 0.25))).toBeCloseTo(0.25 * 0.33046456598348395, 12);
    expect(one(2, 0)).toBeLessThan(30); // sure and wrong is dear, not infinite
  });
});

describe("the improvement", () => {
  const ids = ["a", "b"].map((fold) => Array.from({ length: 600 }, (_, row) => `${row % 2 ? fold : "both"}${row}`));
  const folds = (error: number) => ["1", "2"].map((seed) => forecast(600, seed, error));

  it.each(["spearman", "loss"])("is positive where the candidate is better, for %s as it points", (metric) => {
    const objective = objectiveOf(metric, horizons);
    const better = improvement(objective, { candidate: folds(0.1), present: folds(1.5) }, ids, "s");
    const worse = improvement(objective, { candidate: folds(1.5), present: folds(0.1) }, ids, "s");
    expect([better.verdict, worse.verdict]).toEqual(["better", "worse"]);
    expect(better.lower).toBeGreaterThan(0);
    expect(worse.estimate).toBeCloseTo(-better.estimate, 12);
    const mean = (error: number) => folds(error).reduce((sum, one) => sum + objective.of(one) / 2, 0);
    expect(Math.abs(better.estimate)).toBeCloseTo(Math.abs(mean(0.1) - mean(1.5)), 10);
  });

  it("is nothing for the same forecasts", () => {
    const same = improvement(objectiveOf("spearman", horizons), { candidate: folds(1), present: folds(1) }, ids, "s");
    expect(same).toMatchObject({ estimate: 0, lower: 0, upper: 0, verdict: "equal" });
  });
});
