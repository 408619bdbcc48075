import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { binomialBand } from "../stats/intervals.ts";
import { curveValue } from "./curves.ts";
import { type FitResponseOptions, fitResponse, type ResponseTable } from "./fit-response.ts";
import type { Curve } from "./input.ts";
import { carriedOver } from "./lever-plan.ts";

/** Two years of weeks: spend between 0 and 100, a known curve, independent normal errors. */
function simulated(
  curve: Curve,
  { seed, noise = 0, carryOver = 0 }: { seed: string; noise?: number; carryOver?: number },
): ResponseTable {
  const random = createRandom(seed);
  const spend = Float64Array.from({ length: 104 }, () => 100 * random.uniform());
  const outcome = carriedOver(spend, carryOver, 0).map((one) => 50 + curveValue(curve, one) + noise * random.normal());
  return { spend, outcome };
}

const truths: { curve: Curve; carryOver: number; known: FitResponseOptions["carryOver"] }[] = [
  { curve: { shape: "exponential", ceiling: 80, scale: 30 }, carryOver: 0, known: 0 },
  { curve: { shape: "exponential", ceiling: 80, scale: 60 }, carryOver: 0.4, known: "fit" },
  { curve: { shape: "hill", ceiling: 80, half: 40, slope: 2 }, carryOver: 0, known: 0 },
  { curve: { shape: "hill", ceiling: 80, half: 60, slope: 1.5 }, carryOver: 0.3, known: "fit" },
  { curve: { shape: "power", coefficient: 8, exponent: 0.5 }, carryOver: 0.2, known: 0.2 },
];

describe("a response curve from a table", () => {
  it.each(truths)(
    "finds $curve.shape with carry-over $carryOver exactly where there is no noise",
    ({ curve, carryOver, known }) => {
      const fit = fitResponse(simulated(curve, { seed: "exact", carryOver }), { shape: curve.shape, carryOver: known });
      expect(fit.carryOver).toBeCloseTo(carryOver, 4);
      for (const [name, value] of Object.entries(curve)) {
        if (typeof value !== "number") continue;
        expect(Math.abs((fit.response as unknown as Record<string, number>)[name] / value - 1)).toBeLessThan(1e-3);
      }
      expect(fit.parameters.intercept.estimate).toBeCloseTo(50, 2);
      expect(fit.rSquared).toBeGreaterThan(0.999999);
    },
  );

  it.each([truths[0], truths[1]])(
    "has 95 % intervals that hold about as often (99 % binomial band of 200 tables), carry-over $carryOver",
    ({ curve, carryOver, known }) => {
      const runs = 200;
      const covered: Record<string, number> = {};
      const count = (name: string, { lower, upper }: { lower: number; upper: number }, truth: number) => {
        covered[name] = (covered[name] ?? 0) + (lower <= truth && truth <= upper ? 1 : 0);
      };
      for (let run = 0; run < runs; run++) {
        const table = simulated(curve, { seed: `coverage/${run}`, noise: 6, carryOver });
        const { parameters, curve: fitted } = fitResponse(table, { shape: curve.shape, carryOver: known });
        const truth = { ...curve, intercept: 50, carryOver } as unknown as Record<string, number>;
        for (const [name, interval] of Object.entries(parameters)) count(name, interval, truth[name]);
        count("curve", fitted[5], curveValue(curve, fitted[5].spend));
      }
      const band = binomialBand(runs, 0.95);
      for (const [name, hits] of Object.entries(covered)) {
        expect([name, hits]).toEqual([
          name,
          expect.toSatisfy((value: number) => value >= band.lower && value <= band.upper),
        ]);
      }
    },
  );

  it("drops a carry-over that is not there", () => {
    const fit = fitResponse(simulated(truths[0].curve, { seed: "none" }), { shape: "exponential", carryOver: "fit" });
    expect(fit.carryOver).toBe(0);
    expect(fit.parameters).not.toHaveProperty("carryOver");
  });

  const refusals: [what: string, table: Partial<ResponseTable>, code: string][] = [
    ["constant spend", { spend: new Float64Array(104).fill(7) }, "response_constant_spend"],
    [
      "two spends for three numbers",
      { spend: Float64Array.from({ length: 104 }, (_, row) => row % 2) },
      "response_too_few_spends",
    ],
    ["negative spend", { spend: Float64Array.from({ length: 104 }, (_, row) => row - 1) }, "response_negative_spend"],
    [
      "five rows",
      { spend: Float64Array.of(1, 2, 3, 4, 5), outcome: Float64Array.of(1, 2, 3, 4, 5) },
      "response_too_few_rows",
    ],
    ["columns of different lengths", { outcome: Float64Array.of(1) }, "response_lengths_differ"],
  ];
  it.each(refusals)("refuses %s", (_, changes, code) => {
    const table = { ...simulated(truths[0].curve, { seed: "refused" }), ...changes };
    expect(() => fitResponse(table, { shape: "exponential" })).toThrow(expect.objectContaining({ code }));
  });

  it("refuses an outcome that falls, and a straight line, in which no bend can be seen", () => {
    const spend = Float64Array.from({ length: 60 }, (_, row) => row);
    const fitTo = (outcome: Float64Array) => () => fitResponse({ spend, outcome }, { shape: "exponential" });
    expect(fitTo(spend.map((one) => -one))).toThrow(expect.objectContaining({ code: "response_does_not_rise" }));
    expect(fitTo(spend.map((one) => 3 * one))).toThrow(
      expect.objectContaining({ code: "response_not_identified", exitCode: 4 }),
    );
  });
});
