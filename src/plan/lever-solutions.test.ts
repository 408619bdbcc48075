import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { courseOf, emptyGradient } from "./lever-model.ts";
import { objectiveOf, slackOf, surplusOf } from "./lever-objective.ts";
import { leverPlanOf } from "./lever-plan.ts";
import { carriedOver, inputOf, separable, sShaped } from "./lever-plans.test-data.ts";
import { solverNames } from "./maximise.ts";
import { type LeverPlanReport, solvePlan } from "./plan.ts";

const solve = (input: object) => solvePlan(input) as LeverPlanReport;
const leversOf = ({ solution }: LeverPlanReport) => Object.values(solution.x).flat();
const largest = (one: readonly number[], other: readonly number[]) =>
  Math.max(...one.map((value, i) => Math.abs(value - other[i])));

/** Small enough for gradient descent, with everything that keeps a problem concave. */
const three = {
  periods: 3,
  limits: [separable.limits[1]],
  segments: [{ name: "new", baseline: 100 }, separable.segments[1]],
};
const withoutSeason = <Lever extends { season?: unknown }>(levers: readonly Lever[]) =>
  levers.map(({ season: _, ...lever }) => lever);
const inRevenue = {
  ...separable,
  ...three,
  floors: [{ after: 2, atLeast: 3550 }],
  levers: withoutSeason(separable.levers),
};
const inLevers = {
  ...carriedOver,
  ...three,
  floors: [{ segment: "established", atLeast: 2550 }],
  levers: withoutSeason(carriedOver.levers),
};

describe("concave plans", () => {
  it.each([
    { name: "in revenue", input: inRevenue },
    {
      name: "in levers",
      input: inLevers,
    },
  ])("have one optimum, and all three solvers agree on it to 1e-6 ($name)", ({ input }) => {
    const [first, ...others] = solverNames.map((solver) => solve({ ...input, solver }));
    for (const report of [first, ...others]) {
      expect(report.solver.optimum).toBe("global");
      expect(report.kkt.residual).toBeLessThan(1e-7);
      expect(report.solver.gap).toBeLessThan(1e-5);
      expect(largest(leversOf(report), leversOf(first))).toBeLessThan(1e-6 * 60);
    }
    expect(first.multipliers.limits.some(({ binding }) => binding)).toBe(true);
    expect(first.multipliers.floors.some(({ binding }) => binding)).toBe(true);
  });

  it("match the closed form of one exponential lever: x = k·ln(c/(k·cost)) without a limit", () => {
    const lever = {
      name: "ads",
      max: 100,
      unitCost: 2,
      responses: { all: { shape: "exponential", ceiling: 90, scale: 9 } },
    };
    const plan = { kind: "plan", periods: 3, rate: 0.1, segments: [{ name: "all", baseline: 50 }], levers: [lever] };
    const { solution, solver } = solve(plan);
    expect(solver).toMatchObject({ variables: "revenue", concave: true, optimum: "global" });
    const x = 9 * Math.log(90 / (9 * 2));
    for (const found of solution.x.ads) expect(found).toBeCloseTo(x, 6);
    const each = 50 + 90 * (1 - Math.exp(-x / 9));
    expect(solution.discountedRevenue).toBeCloseTo(each * (1 / 1.1 + 1 / 1.21 + 1 / 1.331), 6);
    expect(solution.clv[1]).toBeCloseTo(each / 1.1, 6);
    expect(solution.clv[2]).toBe(0);
  });

  it("hold a lever in its stationary optimum to the end where what follows counts", () => {
    const lever = {
      name: "ads",
      max: 200,
      unitCost: 1,
      carryOver: 0.6,
      initialCarryOver: 50,
      responses: { all: { shape: "exponential", ceiling: 300, scale: 40 } },
    };
    const plan = {
      kind: "plan",
      periods: 10,
      rate: 0.02,
      segments: [{ name: "all", baseline: 50 }],
      levers: [lever],
      terminal: { retention: 1 },
    };
    const { ads } = solve(plan).solution.x;
    // Held for ever: maximise c(1 − exp(−x/((1 − θ)k))) − x.
    const stationary = 0.4 * 40 * Math.log(300 / (0.4 * 40));
    expect(ads[9]).toBeCloseTo(stationary, 0);
  });

  it.each([
    { name: "in revenue", input: { ...separable, floors: [] } },
    { name: "in levers", input: { ...carriedOver, floors: [] } },
  ])("beat random feasible levers ($name)", ({ input }) => {
    const plan = leverPlanOf(inputOf(input));
    const { objective } = solve({ ...input, solver: "newton" }).solution;
    const judge = objectiveOf(plan);
    const most = plan.levers.flatMap(({ upper }) => [...upper]);
    let feasible = 0;
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: most.length, maxLength: most.length }),
        fc.double({ min: 0.1, max: 0.6, noNaN: true }),
        (shares, scale) => {
          const course = courseOf(
            plan,
            Float64Array.from(shares, (share, i) => share * scale * most[i]),
          );
          const holds = [...plan.limits.map(slackOf), ...plan.floors.map((floor) => surplusOf(plan, floor))].every(
            (slack) => slack(course, emptyGradient(plan)) >= 0,
          );
          if (!holds) return;
          feasible++;
          expect(judge(course, emptyGradient(plan))).toBeLessThanOrEqual(objective + 1e-6);
        },
      ),
      { numRuns: 400 },
    );
    expect(feasible).toBeGreaterThan(5);
  });

  it("price a budget and a floor by what the objective really changes", () => {
    const withBudget = (atMost: number, atLeast: number) =>
      solve({
        ...carriedOver,
        solver: "newton",
        limits: [{ name: "b", over: "all", atMost }],
        floors: [{ segment: "established", atLeast }],
      });
    const { multipliers } = withBudget(110, 2580);
    const change = (low: LeverPlanReport, high: LeverPlanReport) => high.solution.objective - low.solution.objective;
    expect(multipliers.limits[0].multiplier).toBeCloseTo(change(withBudget(109.5, 2580), withBudget(110.5, 2580)), 3);
    expect(-multipliers.floors[0].multiplier).toBeCloseTo(change(withBudget(110, 2579.5), withBudget(110, 2580.5)), 3);
  });

  it("price a lever's maximum likewise", () => {
    const capped = (max: number) =>
      solve({
        ...separable,
        solver: "newton",
        floors: [],
        levers: separable.levers.map((lever, l) => (l === 0 ? { ...lever, max: [max, 30, 30, 30] } : lever)),
      });
    const { multipliers } = capped(2);
    expect(multipliers.max.promotion[0]).toBeCloseTo(
      (capped(2.01).solution.objective - capped(1.99).solution.objective) / 0.02,
      3,
    );
  });

  it("never lose by a looser limit", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 20, max: 140, noNaN: true }),
        fc.double({ min: 0, max: 30, noNaN: true }),
        (budget, more) => {
          const at = (atMost: number) =>
            solve({ ...carriedOver, solver: "newton", floors: [], limits: [{ name: "b", over: "all", atMost }] })
              .solution.objective;
          expect(at(budget + more)).toBeGreaterThanOrEqual(at(budget) - 1e-6);
        },
      ),
      { numRuns: 6 },
    );
  });

  it("keep their levers where all money changes its unit", () => {
    const cents = {
      ...separable,
      solver: "newton",
      segments: [
        { name: "new", baseline: [10000, 11000, 12000, 13000] },
        { name: "established", baseline: 20000 },
      ],
      levers: separable.levers.map((lever) => ({
        ...lever,
        unitCost: 100,
        responses: Object.fromEntries(
          Object.entries(lever.responses).map(
            ([segment, { ceiling, coefficient, ...curve }]: [string, Record<string, unknown>]) => [
              segment,
              {
                ...curve,
                ...(ceiling ? { ceiling: 100 * Number(ceiling) } : { coefficient: 100 * Number(coefficient) }),
              },
            ],
          ),
        ),
      })),
      limits: separable.limits.map((limit) => ({ ...limit, atMost: 100 * limit.atMost })),
      floors: [{ after: 2, atLeast: 385_000 }],
    };
    const [whole, hundredfold] = [solve({ ...separable, solver: "newton" }), solve(cents)];
    expect(largest(leversOf(whole), leversOf(hundredfold))).toBeLessThan(1e-6);
    expect(hundredfold.solution.objective).toBeCloseTo(100 * whole.solution.objective, 3);
  });
});

describe("plans that are not concave", () => {
  const report = solve({ ...sShaped, solver: "lbfgsb" });

  it("say local, show what the starts reached, and stay below a bound", () => {
    expect(report.solver).toMatchObject({ concave: false, optimum: "local", variables: "levers" });
    expect(report.solver.starts).toMatchObject({ tried: 6, best: report.solution.objective });
    expect(report.solver.bound).toBeGreaterThanOrEqual(report.solution.objective);
    expect(report.solver.gap).toBeLessThan(0.1);
    expect(report.kkt.residual).toBeLessThan(1e-7);
  });

  it("depend on nothing but the seed", () => {
    expect(solve({ ...sShaped, solver: "lbfgsb" })).toEqual(report);
  });

  it("bound an S-shape that a grid can search: one period, one lever", () => {
    const lever = {
      name: "ads",
      max: 40,
      unitCost: 1.2,
      responses: { all: { shape: "hill", ceiling: 80, half: 15, slope: 4 } },
    };
    const plan = { kind: "plan", periods: 1, rate: 0, segments: [{ name: "all", baseline: 10 }], levers: [lever] };
    const { solution, solver } = solve(plan);
    let best = Number.NEGATIVE_INFINITY;
    for (let x = 0; x <= 40; x += 0.001) best = Math.max(best, 10 + 80 / (1 + (15 / x) ** 4) - 1.2 * x);
    expect(solution.objective).toBeCloseTo(best, 5);
    expect(solver.bound ?? 0).toBeCloseTo(best, 4); // the envelope touches the curve there
  });
});

describe("plans that cannot be", () => {
  const expectCode = (input: object, code: string) =>
    expect(() => solve(input)).toThrow(expect.objectContaining({ code }));

  it("name the attainable value of a floor out of reach", () => {
    const out = { ...carriedOver, solver: "newton", floors: [{ segment: "established", atLeast: 5000 }] };
    expectCode(out, "plan_clv_floor_unattainable");
    const attainable = (() => {
      try {
        return solve(out);
      } catch (error) {
        return (error as { details: { attainable: number } }).details.attainable;
      }
    })() as number;
    expect(() => solve({ ...out, floors: [{ segment: "established", atLeast: attainable + 1 }] })).toThrow();
    expect(solve({ ...out, floors: [{ segment: "established", atLeast: attainable - 1 }] }).solver.optimum).toBe(
      "global",
    );
  });

  it("name limits that contradict each other, and floors that do", () => {
    expectCode(
      {
        ...carriedOver,
        limits: [
          { name: "spend it", over: "all", atLeast: 100 },
          { name: "save it", atMost: 20 },
        ],
      },
      "plan_limits_conflict",
    );
    const only = {
      ...separable,
      terminal: undefined,
      imbalancePenalty: 0,
      levers: separable.levers.filter((_, l) => l !== 1),
      limits: [{ name: "b", over: "all", atMost: 60 }],
    };
    const floors = [
      { segment: "new", atLeast: 500 },
      { segment: "established", atLeast: 870 },
    ];
    for (const floor of floors) expect(solve({ ...only, floors: [floor] }).solver.optimum).toBe("global");
    expectCode({ ...only, floors }, "plan_floors_conflict");
  });
});
