import { describe, expect, it } from "vitest";
import { silentProgress } from "../base/progress.ts";
import { createRandom } from "../base/random.ts";
import { judge } from "./backtest.ts";

const random = createRandom("backtest");
const customers = 500;
const actual = Array.from({ length: customers }, () => (random.uniform() < 0.5 ? 0 : 100 * random.gamma(1)));
/** What came, blurred: the more noise, the worse the ranking. */
const blurred = (noise: number) => actual.map((value) => value + 100 * noise * random.uniform());
const tested = {
  origins: ["2024-01-01"],
  actual,
  network: blurred(1),
  pastSpend: blurred(9).map((value) => 40 * value),
  lifetimeModel: blurred(0.2),
};

describe("the back-test of a horizon", () => {
  it("holds the network against each baseline, all of one shape; a score has no bias", () => {
    const { baselines, bias } = judge(90, tested, "s", silentProgress);
    expect(baselines).toMatchObject([
      { name: "pastSpend", bias: null, verdict: "better" },
      { name: "lifetimeModel", verdict: "worse" },
    ]);
    expect(bias).toBeGreaterThan(0);
    const [spend, lifetime] = baselines;
    expect(lifetime.bias).toBeCloseTo(
      tested.lifetimeModel.reduce((a, b) => a + b) / actual.reduce((a, b) => a + b) - 1,
      9,
    );
    expect(spend.difference.low).toBeGreaterThan(0);
    expect(lifetime.difference.high).toBeLessThan(0);
    expect(Object.keys(spend).sort()).toEqual(Object.keys(lifetime).sort());
  });

  it("leaves the lifetime model out where one customer has no forecast, and changes nothing else", () => {
    const lifetimeModel = tested.lifetimeModel.map((value, row) => (row === 7 ? Number.NaN : value));
    const without = judge(90, { ...tested, lifetimeModel }, "s", silentProgress);
    const whole = judge(90, tested, "s", silentProgress);
    expect(without).toEqual({ ...whole, baselines: whole.baselines.slice(0, 1) });
  });
});
