import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { areaUnderRoc } from "../stats/ranking.ts";
import { testBehaviour } from "./behaviour.ts";

const random = createRandom("behaviour");
const customers = 3000;
const rate = Array.from({ length: customers }, () => random.gamma(0.7));
const chance = rate.map((mean) => 1 - Math.exp(-mean));
const actualOrders = rate.map((mean) => random.poisson(mean));
const pastSpend = rate.map((mean) => mean * Math.exp(1.5 * random.normal()));
const bought = actualOrders.map((count) => count > 0);
const options = { seed: "s", repetitions: 100 };
const tested = testBehaviour({ actualOrders, chance, orders: rate, pastSpend }, options);

describe("forecasts of who orders and how often", () => {
  it("are judged by the area under the ROC curve beside past spend's, to the digit", () => {
    expect(tested.areaUnderRoc.estimate).toBeCloseTo(areaUnderRoc(bought, chance), 12);
    expect(tested.areaUnderRocOfPastSpend.estimate).toBeCloseTo(areaUnderRoc(bought, pastSpend), 12);
    expect(tested.verdict).toBe("better");
    expect(tested.areaUnderRoc.low).toBeLessThan(tested.areaUnderRoc.estimate);
  });

  it("are unbiased and better than one chance for everybody where they are the truth", () => {
    expect(tested.shareBias.low).toBeLessThan(0);
    expect(tested.shareBias.high).toBeGreaterThan(0);
    expect(tested.ordersBias.low).toBeLessThan(0);
    expect(tested.ordersBias.high).toBeGreaterThan(0);
    expect(tested.brierSkill.low).toBeGreaterThan(0.1);
  });

  it("gain nothing over one chance for everybody, and order nobody, where they are that", () => {
    const share = bought.filter(Boolean).length / customers;
    const same = actualOrders.map(() => share);
    const none = testBehaviour({ actualOrders, chance: same, orders: rate, pastSpend }, options);
    expect(none.brierSkill.estimate).toBeCloseTo(0, 12);
    expect(none.areaUnderRoc.estimate).toBe(0.5);
    expect(none.verdict).toBe("worse");
  });

  it("are off by what they are off by", () => {
    const double = testBehaviour({ actualOrders, chance, orders: rate.map((mean) => 2 * mean), pastSpend }, options);
    expect(1 + double.ordersBias.estimate).toBeCloseTo(2 * (1 + tested.ordersBias.estimate), 12);
  });
});
