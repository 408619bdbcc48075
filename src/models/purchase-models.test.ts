import { describe, expect, it } from "vitest";
import { bgBb } from "./bg-bb.ts";
import { bgCnbdK } from "./bg-cnbd-k.ts";
import { bgNbd } from "./bg-nbd.ts";
import { mbgNbd } from "./mbg-nbd.ts";
import { nbd } from "./nbd.ts";
import { paretoNbd } from "./pareto-nbd.ts";
import type { CustomerHistory, PurchaseModel } from "./purchase-model.ts";

const cdnow = {
  bgNbd: Float64Array.of(0.242594, 4.413602, 0.79292, 2.425888),
  paretoNbd: Float64Array.of(0.55315, 10.57633, 0.60625, 11.6715),
};

const cases: { model: PurchaseModel; parameters: Float64Array }[] = [
  { model: bgNbd, parameters: cdnow.bgNbd },
  { model: mbgNbd, parameters: Float64Array.of(0.525, 6.183, 0.891, 1.614) },
  { model: nbd, parameters: Float64Array.of(0.7226, 9.4246) },
  { model: paretoNbd, parameters: cdnow.paretoNbd },
  { model: paretoNbd, parameters: Float64Array.of(0.9, 0.3, 1, 22) },
  { model: bgCnbdK(1), parameters: cdnow.bgNbd },
  { model: bgCnbdK(3), parameters: Float64Array.of(0.4, 2.1, 0.7, 2.2) },
  { model: bgBb, parameters: Float64Array.of(1.204, 0.75, 0.657, 2.783) },
];

const histories: CustomerHistory[] = [
  { frequency: 0, recency: 0, age: 39 },
  { frequency: 1, recency: 1, age: 39 },
  { frequency: 2, recency: 30, age: 38 },
  { frequency: 9, recency: 37, age: 38 },
  { frequency: 30, recency: 38, age: 38 },
];

describe.each(cases)("$model.name at $parameters", ({ model, parameters }) => {
  it("has the gradient of its likelihood (central differences)", () => {
    const gradient = new Float64Array(parameters.length);
    const ignored = new Float64Array(parameters.length);
    for (const history of histories) {
      model.prepare(parameters, 40)(history, gradient);
      for (let i = 0; i < parameters.length; i++) {
        const at = (factor: number) => {
          const moved = parameters.slice();
          moved[i] *= 1 + factor * 1e-4;
          return model.prepare(moved, 40)(history, ignored);
        };
        const slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12e-4 * parameters[i]);
        expect(Math.abs(gradient[i] - slope), `${model.parameterNames[i]}, x ${history.frequency}`).toBeLessThan(
          1e-7 * (1 + Math.abs(slope)),
        );
      }
    }
  });

  it("has a count distribution that sums to one and has the expectation of a new customer", () => {
    for (const time of [1, 5, 20]) {
      const distribution = model.countDistribution(parameters, 3000, time);
      let sum = 0;
      let mean = 0;
      distribution.forEach((probability, count) => {
        expect(probability).toBeGreaterThanOrEqual(0);
        sum += probability;
        mean += count * probability;
      });
      expect(sum).toBeCloseTo(1, 8);
      expect(mean / model.expectedPurchasesOfNewCustomer(parameters, time)).toBeCloseTo(1, 6);
    }
  });

  it("has probabilities in [0, 1] and forecasts that grow with the horizon", () => {
    for (const history of histories) {
      const alive = model.probabilityAlive(parameters, history);
      expect(alive).toBeGreaterThanOrEqual(0);
      expect(alive).toBeLessThanOrEqual(1);
      let before = 0;
      for (const time of [0, 1, 2, 10, 52, 520, 5200]) {
        const expected = model.expectedPurchases(parameters, history, time);
        expect(Number.isFinite(expected)).toBe(true);
        expect(expected).toBeGreaterThanOrEqual(before);
        before = expected;
      }
    }
  });
});

describe("NBD", () => {
  it("is BG/NBD where nobody leaves, in likelihood and forecast", () => {
    const [own, limit] = [Float64Array.of(0.7, 9), Float64Array.of(0.7, 9, 1e-9, 1)];
    const ignored = new Float64Array(4);
    for (const history of histories) {
      expect(nbd.prepare(own, 40)(history, ignored)).toBeCloseTo(bgNbd.prepare(limit, 40)(history, ignored), 6);
      const forecasts = [nbd, bgNbd].map((model, i) => model.expectedPurchases([own, limit][i], history, 13));
      expect(forecasts[0] / forecasts[1]).toBeCloseTo(1, 5);
    }
  });
});

describe("BG/NBD", () => {
  const published = Float64Array.of(0.243, 4.414, 0.793, 2.426);

  it("gives the expectations of Fader, Hardie & Lee (2005): x 2, t_x 30.43, T 38.86, 39 weeks: 1.226; new customers at six times", () => {
    const history = { frequency: 2, recency: 30.43, age: 38.86 };
    expect(bgNbd.expectedPurchases(published, history, 39)).toBeCloseTo(1.226, 3);
    const points: [number, number][] = [
      [0.1429, 0.0078],
      [1, 0.0532],
      [3, 0.1506],
      [31.8571, 1.0405],
      [32, 1.0437],
      [78, 1.8576],
    ];
    for (const [time, expected] of points) {
      expect(Math.abs(bgNbd.expectedPurchasesOfNewCustomer(cdnow.bgNbd, time) - expected)).toBeLessThan(5e-4);
    }
  });

  it("gives P(X(39) = 0) = 0.5737864 and P(X(2) = 10) = 1.07869e-07 (lifetimes 0.11.3, tests)", () => {
    expect(bgNbd.countDistribution(published, 0, 39)[0]).toBeCloseTo(0.5737864, 6);
    expect(bgNbd.countDistribution(published, 10, 2)[10] / 1.07869e-7).toBeCloseTo(1, 3);
  });

  it("does not overflow: r 0.25, alpha 4, a 0.8, b 2.5, T 40: −0.59947382 at x 0 and 100.7957 at x 200, t_x 38 (PyMC-Marketing, tests)", () => {
    const likelihood = bgNbd.prepare(Float64Array.of(0.25, 4, 0.8, 2.5), 200);
    const gradient = new Float64Array(4);
    expect(likelihood({ frequency: 0, recency: 0, age: 40 }, gradient)).toBeCloseTo(-0.59947382, 8);
    expect(likelihood({ frequency: 200, recency: 38, age: 40 }, gradient)).toBeCloseTo(100.7957, 4);
  });

  it("goes through a = 1 and a + b = 1 without a jump", () => {
    const at = (a: number, b: number) => bgNbd.expectedPurchasesOfNewCustomer(Float64Array.of(0.5, 5, a, b), 30);
    expect(at(1, 2)).toBeCloseTo(0.5 * (at(1 - 1e-4, 2) + at(1 + 1e-4, 2)), 7);
    expect(at(0.4, 0.6)).toBeCloseTo(0.5 * (at(0.4 - 1e-4, 0.6) + at(0.4 + 1e-4, 0.6)), 7);
  });

  it("is BG/CNBD-k with k = 1, in everything", () => {
    const regular = bgCnbdK(1);
    for (const history of histories) {
      const one = new Float64Array(4);
      const other = new Float64Array(4);
      expect(regular.prepare(cdnow.bgNbd, 40)(history, one)).toBeCloseTo(
        bgNbd.prepare(cdnow.bgNbd, 40)(history, other),
        10,
      );
      expect(regular.probabilityAlive(cdnow.bgNbd, history)).toBeCloseTo(
        bgNbd.probabilityAlive(cdnow.bgNbd, history),
        12,
      );
      const expected = bgNbd.expectedPurchases(cdnow.bgNbd, history, 39);
      expect(regular.expectedPurchases(cdnow.bgNbd, history, 39) / expected).toBeCloseTo(1, 8);
    }
  });
});

describe("BG/CNBD-k where hardly anybody leaves", () => {
  const parameters = Float64Array.of(0.74, 4, 1e-5, 10);

  it("forecasts a short time and a long one as the mean rate has it, at once", () => {
    const started = performance.now();
    for (const time of [1e-6, 1e-3, 1, 100, 52_000]) {
      const newcomer = bgCnbdK(1).expectedPurchasesOfNewCustomer(parameters, time);
      expect(newcomer / ((0.74 / 4) * time)).toBeCloseTo(1, 3);
      const history = { frequency: 700, recency: 39, age: 39 };
      const many = bgCnbdK(1).expectedPurchases(parameters, history, time);
      expect(many / ((700.74 / 43) * time)).toBeCloseTo(1, 3);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("is a third of the stages in the long run, k = 3", () => {
    const history = { frequency: 700, recency: 39, age: 39 };
    const expected = bgCnbdK(3).expectedPurchases(parameters, history, 1000);
    expect(expected / ((2100.74 / 43 / 3) * 1000)).toBeCloseTo(1, 3);
  });
});

describe("Pareto/NBD", () => {
  const published = Float64Array.of(0.5533, 10.5776, 0.6062, 11.6688);

  it("gives customer 1516 of CDNOW (26; 30.86; 31) 25.46 purchases in 52 weeks, P(alive) 0.9979, a new customer 1.4736 (Fader & Hardie 2005)", () => {
    const history = { frequency: 26, recency: 30.86, age: 31 };
    expect(paretoNbd.expectedPurchases(published, history, 52)).toBeCloseTo(25.46, 2);
    expect(paretoNbd.probabilityAlive(published, history)).toBeCloseTo(0.9979, 4);
    expect(paretoNbd.expectedPurchasesOfNewCustomer(published, 52)).toBeCloseTo(1.4736, 3);
  });

  it("gives 52-week expectations 0.7059, 0.1442, 0.0225, 0.0031 at x 10, 15, 20, 25, t_x 20, T 39 (BTYD 2.4.3, vignette)", () => {
    [0.7059, 0.1442, 0.0225, 0.0031].forEach((expected, index) => {
      const history = { frequency: 10 + 5 * index, recency: 20, age: 39 };
      expect(paretoNbd.expectedPurchases(published, history, 52)).toBeCloseTo(expected, 3);
    });
  });

  it("goes on smoothly between x = 132 and 133 at T = 200, where differences of ₂F₁ break", () => {
    const parameters = Float64Array.of(5.46, 2.06, 0.21, 53);
    const at = (frequency: number) =>
      paretoNbd.expectedPurchases(parameters, { frequency, recency: 200, age: 200 }, 10);
    expect(at(133) - at(132)).toBeCloseTo(at(134) - at(133), 6);
  });

  it("is finite where CLVTools' tests found overflow (x 161 … 254)", () => {
    const parameters = Float64Array.of(0.5143, 2.8845, 0.2856, 14.1087);
    const points = [
      [221, 103.43, 103.57],
      [254, 97.14, 97.29],
      [161, 94.71, 98],
      [204, 98.57, 99.43],
    ];
    for (const [frequency, recency, age] of points) {
      const alive = paretoNbd.probabilityAlive(parameters, { frequency, recency, age });
      expect(alive).toBeGreaterThan(0);
      expect(alive).toBeLessThanOrEqual(1);
    }
  });

  it("is continuous in s through s = 1", () => {
    const at = (s: number) => paretoNbd.expectedPurchasesOfNewCustomer(Float64Array.of(0.5, 10, s, 12), 52);
    expect(at(1)).toBeCloseTo(0.5 * (at(1 - 1e-6) + at(1 + 1e-6)), 9);
  });

  it("has a likelihood that sums to the count distribution: P(X(T) = 0) is that of x = 0", () => {
    const gradient = new Float64Array(4);
    for (const age of [0.3, 39, 2000]) {
      const log = paretoNbd.prepare(published, 1)({ frequency: 0, recency: 0, age }, gradient);
      expect(Math.exp(log) / paretoNbd.countDistribution(published, 0, age)[0]).toBeCloseTo(1, 10);
    }
  });
});
