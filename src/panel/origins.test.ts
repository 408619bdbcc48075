import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { labelUsable, planOrigins } from "./origins.ts";

const at = (days: number) => Date.UTC(2021, 0, 1) + days * millisecondsPerDay;

describe("origins", () => {
  const options = {
    shortHorizonDays: 90,
    clvHorizonDays: 365,
    minimumHistoryDays: 90,
    originSpacingDays: 90,
    maximumOrigins: 14,
  };

  it("proves what the history can carry: 373 days give 120, four years give a year", () => {
    const year = planOrigins({ first: at(0), last: at(372.5) }, options);
    expect(year).toMatchObject({ horizonsDays: [30, 90, 120], clvStatus: "withheld", longestProvableHorizonDays: 141 });
    const four = planOrigins({ first: at(0), last: at(1460.5) }, options);
    expect(four).toMatchObject({ horizonsDays: [30, 90, 180, 365], clvStatus: "proved" });
    expect(four.testOrigins).toHaveLength(2);
  });

  it("always leaves a training origin whose longest label ends before the first test", () => {
    fc.assert(
      fc.property(fc.integer({ min: 160, max: 3000 }), (days) => {
        const plan = planOrigins({ first: at(0), last: at(days - 0.5) }, options);
        const longest = plan.horizonsDays.at(-1) as number;
        expect(plan.panelOrigins.some((origin) => labelUsable(origin, longest, plan.testOrigins[0]))).toBe(true);
        for (const test of plan.testOrigins) expect(labelUsable(test, longest, plan.asOf)).toBe(true);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it("stacks the first test's blend on an origin whose longest label has ended by it and could be learned before it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 160, max: 3000 }), (days) => {
        const { stacking, testOrigins, panelOrigins, horizonsDays } = planOrigins(
          { first: at(0), last: at(days - 0.5) },
          options,
        );
        const [test] = testOrigins;
        if (!stacking) {
          expect(at(90)).toBeGreaterThan(test - 2 * horizonsDays[0] * millisecondsPerDay);
          return;
        }
        const { origin, horizonDays } = stacking;
        expect(labelUsable(origin, horizonDays, test)).toBe(true);
        expect(panelOrigins).toContain(origin);
        expect(panelOrigins.some((earlier) => labelUsable(earlier, horizonDays, origin))).toBe(true);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it("refuses too short a history and a cut-off outside the data", () => {
    expect(() => planOrigins({ first: at(0), last: at(100) }, options)).toThrow(/not_enough_history.*150/);
    expect(() => planOrigins({ first: at(0), last: at(500) }, { ...options, asOf: at(900) })).toThrow(
      "as_of_outside_data",
    );
  });
});
