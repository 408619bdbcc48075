import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { articleCases } from "../solvers/article-problem.test-data.ts";
import { type ArticleProblem, articleOutcome, solveArticle } from "./article.ts";
import { solverNames } from "./maximise.ts";
import { solvePlan } from "./plan.ts";

const infinite = Number.POSITIVE_INFINITY;

function problemOf(one: (typeof articleCases)[number], changes: Partial<ArticleProblem> = {}): ArticleProblem {
  return {
    response: Float64Array.from(one.response),
    rate: 0.1,
    imbalancePenalty: one.imbalancePenalty,
    lower: new Float64Array(5).fill(one.bounds[0]),
    upper: new Float64Array(5).fill(one.bounds[1]),
    floor: one.floor ?? null,
    terminalGrowth: null,
    shortPeriods: 1,
    solver: "lbfgsb",
    ...changes,
  };
}

const free: ArticleProblem = problemOf(articleCases[1], { lower: new Float64Array(5).fill(-infinite) });
const runs = articleCases.flatMap((one) => solverNames.map((solver) => ({ name: one.name, solver, one })));

/**
 * The free optimum without a solver: with dₜ = ∂(D + terminal value)/∂Rₜ and the triangular M of CLVₜ − Rₜ = (MR)ₜ it
 * solves 2λ·MᵀM·R = d, forwards for Mᵀ, backwards for M.
 */
function closedForm(response: Float64Array, rate: number, penalty: number, multiple: number): number[] {
  const periods = response.length;
  const q = 1 / (1 + rate);
  const last = periods - 1;
  const entry = (t: number, s: number) =>
    (s > t ? q ** (s - t) : s === t ? -1 : 0) + (s === last ? multiple * q ** (last - t) : 0);
  const d = Array.from(response, (_, t) => q ** (t + 1) * (t === last ? 1 + multiple : 1));
  const u: number[] = [];
  for (let s = 0; s < periods; s++) {
    const known = u.reduce((sum, value, t) => sum + entry(t, s) * value, 0);
    u.push((d[s] / (2 * penalty) - known) / entry(s, s));
  }
  const revenue = new Float64Array(periods);
  for (let t = last; t >= 0; t--) {
    let known = 0;
    for (let s = t + 1; s < periods; s++) known += entry(t, s) * revenue[s];
    revenue[t] = (u[t] - known) / entry(t, t);
  }
  return Array.from(revenue, (value, t) => value / response[t]);
}

describe("the article's problem", () => {
  it.each(runs)("case $name of the design by $solver: X*, D and I to every checked digit", ({ one, solver }) => {
    const { outcome, kkt, maximum } = solveArticle(problemOf(one, { solver }));
    expect(maximum.status).toBe("converged");
    expect(kkt.residual).toBeLessThan(1e-7);
    one.x.forEach((value, t) => {
      expect(Math.abs(outcome.x[t] - value)).toBeLessThan(1e-6);
    });
    expect(Math.abs(outcome.discountedRevenue - one.discountedRevenue)).toBeLessThan(6e-4);
    expect(Math.abs(outcome.imbalance - one.imbalance)).toBeLessThan(1e-6 * one.imbalance + 6e-4);
  });

  it("reads the case as the command does, λ by either of its names", () => {
    const input = { kind: "article", revenue: [100, 150, 200, 250, 300], rate: 0.1, floor: 500, min: 0.2, max: 1 };
    for (const name of ["lambda", "imbalancePenalty"]) {
      const { solution } = solvePlan({ ...input, [name]: 0.01 });
      expect(solution.x).toEqual(articleCases[4].x.map((value) => expect.closeTo(value, 5)));
      expect(solution.shortTermRevenue).toBeCloseTo(100, 6);
    }
  });

  it("counts short-term revenue over as many periods as asked, undiscounted", () => {
    const { revenue, shortTermRevenue } = articleOutcome({ ...free, shortPeriods: 3 }, [1, 1, 1, 1, 1]);
    expect([...revenue]).toEqual([100, 150, 200, 250, 300]);
    expect(shortTermRevenue).toBe(450);
  });

  it("agrees with its closed form where nothing binds, terminal value or not", () => {
    const growth = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 0.4, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1, maxLength: 7 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        growth,
        (response, rate, imbalancePenalty, share) => {
          const periods = response.length;
          const terminalGrowth = share === null ? null : share * rate; // below rate/2, where the problem degenerates
          const { outcome } = solveArticle({
            ...free,
            response: Float64Array.from(response),
            rate,
            imbalancePenalty,
            terminalGrowth,
            lower: new Float64Array(periods).fill(-infinite),
            upper: new Float64Array(periods).fill(infinite),
            solver: "newton",
          });
          const multiple = terminalGrowth === null ? 0 : terminalGrowth / (rate - terminalGrowth);
          const expected = closedForm(Float64Array.from(response), rate, imbalancePenalty, multiple);
          expected.forEach((value, t) => {
            expect(Math.abs(outcome.x[t] - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("with a terminal value of g = 0.02 gives the figures of its closed form, by all three solvers", () => {
    const checked = [8.729521, 3.211706, 1.339667, 0.611037, 0.367953];
    expect(closedForm(free.response, 0.1, 0.1, 0.25)).toEqual(checked.map((value) => expect.closeTo(value, 5)));
    for (const solver of solverNames) {
      const { outcome } = solveArticle({ ...problemOf(articleCases[1]), terminalGrowth: 0.02, solver });
      checked.forEach((value, t) => {
        expect(Math.abs(outcome.x[t] - value)).toBeLessThan(1e-6);
      });
      expect(outcome.discountedRevenue).toBeCloseTo(1565.9181, 4);
      expect(outcome.terminalValue).toBeCloseTo(17.1353, 4);
      expect(outcome.imbalance).toBeCloseTo(7915.2668, 3);
    }
  });

  it("keeps X where money changes its unit and λ with it", () => {
    const inCents = { response: free.response.map((f) => 100 * f), imbalancePenalty: 0.001, floor: 50_000 };
    const [whole, cents] = [problemOf(articleCases[3]), problemOf(articleCases[3], inCents)].map(solveArticle);
    cents.outcome.x.forEach((value, t) => {
      expect(Math.abs(value - whole.outcome.x[t])).toBeLessThan(1e-8);
    });
    expect(cents.multipliers.floor).toBeCloseTo(whole.multipliers.floor, 6);
    expect(cents.multipliers.max[0]).toBeCloseTo(100 * whole.multipliers.max[0], 3);
  });

  it("prices the floor and the bounds by what the objective really changes", () => {
    const one = articleCases[3];
    const at = (changes: Partial<ArticleProblem>) => solveArticle(problemOf(one, changes));
    const { multipliers, outcome, bound } = at({});
    const [dearer, cheaper] = [501, 499].map((floor) => at({ floor }).outcome.objective);
    expect(multipliers.floor).toBeCloseTo((cheaper - dearer) / 2, 3);
    const wider = [2.001, 1.999].map((most) => at({ upper: Float64Array.of(most, 2, 2, 2, 2) }).outcome.objective);
    expect(multipliers.max[0]).toBeCloseTo((wider[0] - wider[1]) / 0.002, 2);
    expect(bound - outcome.objective).toBeGreaterThanOrEqual(0);
    expect(bound - outcome.objective).toBeLessThan(1e-3);
  });

  it("is nowhere beaten by random feasible levers", () => {
    const { outcome } = solveArticle(problemOf(articleCases[2]));
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }), (x) => {
        expect(articleOutcome(problemOf(articleCases[2]), x).objective).toBeLessThanOrEqual(outcome.objective + 1e-9);
      }),
    );
  });

  it("takes every lever to its maximum without a penalty, and says unbounded where there is none", () => {
    const box = problemOf(articleCases[2], { imbalancePenalty: 0 });
    expect([...solveArticle(box).outcome.x]).toEqual([1, 1, 1, 1, 1]);
    expect(() => solveArticle({ ...free, imbalancePenalty: 0 })).toThrow("plan_unbounded");
    expect(() => solveArticle({ ...free, terminalGrowth: 0.05 })).toThrow("plan_growth_unbounded");
  });

  it("refuses a floor above what the maxima allow, and names what they do", () => {
    const attempt = () => solveArticle(problemOf(articleCases[2], { floor: 800 }));
    expect(attempt).toThrow(expect.objectContaining({ code: "plan_floor_unattainable" }));
    const most = articleOutcome(problemOf(articleCases[2]), [1, 1, 1, 1, 1]).discountedRevenue;
    expect(attempt).toThrow(expect.objectContaining({ details: { floor: 800, attainable: most } }));
    expect(solveArticle(problemOf(articleCases[2], { floor: most })).outcome.discountedRevenue).toBeCloseTo(most, 6);
  });
});
