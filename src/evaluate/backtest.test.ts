import { describe, expect, it } from "vitest";
import { silentProgress } from "../base/progress.ts";
import { createRandom } from "../base/random.ts";
import { judge, type Tested } from "./backtest.ts";

const random = createRandom("backtest");
const customers = 500;
const actual = Array.from({ length: customers }, () => (random.uniform() < 0.5 ? 0 : 100 * random.gamma(1)));
/** What came, blurred: the more noise, the worse the ranking. */
const blurred = (noise: number) => actual.map((value) => value + 100 * noise * random.uniform());
const same = (value: number) => actual.map(() => value);
const network = blurred(0.2);
const tested: Tested = {
  origins: ["2024-01-01"],
  actual,
  blend: blurred(1),
  members: { network, sequence: blurred(0.3), lifetimeModel: blurred(0.2), pastSpend: blurred(9), ownRate: blurred(5) },
  chosen: network,
  quantiles: [same(0), same(0), same(1e9)],
  empirical: [same(0), same(10), same(200)],
  chance: actual.map((value) => (value > 0 ? 0.8 : 0.3)),
  orders: actual.map((value) => (value > 0 ? 2 : 0.5)),
  actualOrders: actual.map((value) => (value > 0 ? 2 : 0)),
  seasonSeen: true,
};

describe("the back-test of a horizon", () => {
  it("holds the blend against each baseline, all of one shape", () => {
    const { baselines, bias } = judge(90, tested, "s", silentProgress);
    expect(baselines.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["pastSpend", "better"],
      ["lifetimeModel", "worse"],
      ["ownRate", "better"],
      ["network", "worse"],
      ["sequence", "worse"],
      ["chosenMember", "worse"],
    ]);
    expect(bias).toBeGreaterThan(0);
    const [spend, lifetime] = baselines;
    const total = (values: readonly number[]) => values.reduce((a, b) => a + b);
    expect(lifetime.bias).toBeCloseTo(total(tested.members.lifetimeModel) / total(actual) - 1, 9);
    expect(spend.difference.low).toBeGreaterThan(0);
    expect(lifetime.difference.high).toBeLessThan(0);
    expect(Object.keys(spend).sort()).toEqual(Object.keys(lifetime).sort());
  });

  it("leaves a member out where one customer has no forecast, and changes nothing else", () => {
    const lifetimeModel = tested.members.lifetimeModel.map((value, row) => (row === 7 ? Number.NaN : value));
    const without = judge(90, { ...tested, members: { ...tested.members, lifetimeModel } }, "s", silentProgress);
    const whole = judge(90, tested, "s", silentProgress);
    expect(without).toEqual({ ...whole, baselines: whole.baselines.filter(({ name }) => name !== "lifetimeModel") });
  });

  it("judges each quantile by what lies below and at or below it, a mass at 0 included, beside the same for everybody", () => {
    const { quantiles, width, baselineWidth } = judge(90, tested, "s", silentProgress).intervals;
    const zeros = actual.filter((value) => value === 0).length / customers;
    expect(quantiles.map(({ shareBelow, shareAtOrBelow }) => [shareBelow, shareAtOrBelow])).toEqual([
      [0, zeros],
      [0, zeros],
      [1, 1],
    ]);
    expect(quantiles[0].worstTenth).toBeCloseTo(0.1, 9); // the best tenth has no zeros
    expect(quantiles[2].worstTenth).toBeCloseTo(0.1, 9);
    expect(quantiles[2].baselinePinballLoss).toBeLessThan(quantiles[2].pinballLoss);
    expect([width, baselineWidth]).toEqual([1e9, 200]);
    const unknown = { ...tested, empirical: tested.empirical.map(() => same(Number.NaN)) };
    expect(judge(90, unknown, "s", silentProgress).intervals).not.toHaveProperty("baselineWidth");
  });
});
