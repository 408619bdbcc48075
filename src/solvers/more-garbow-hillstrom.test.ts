import { describe, expect, it } from "vitest";
import golden from "./golden/scipy-lbfgsb.json" with { type: "json" };
import { gradientDescent } from "./gradient-descent.ts";
import { lbfgsb } from "./lbfgsb.ts";
import { moreGarbowHillstrom, sumOfSquares } from "./more-garbow-hillstrom.test-data.ts";
import { moreGarbowHillstromAnySize } from "./more-garbow-hillstrom-any-size.test-data.ts";
import { nelderMead } from "./nelder-mead.ts";
import { newton } from "./newton.ts";
import { withNumericalGradient } from "./numerical-gradient.ts";
import type { Solution } from "./problem.ts";

const problems = [...moreGarbowHillstrom, ...moreGarbowHillstromAnySize];
const array = (values: readonly number[] | null) => (values ? Float64Array.from(values) : undefined);
const cases = golden.cases.map((reference) => {
  const problem = problems.find(({ name }) => name === reference.problem)!;
  const { lower, upper } = reference;
  const box = { start: Float64Array.from(reference.start), lower: array(lower), upper: array(upper) };
  return { name: `${problem.name}${lower ? `, ${lower} ≤ x ≤ ${upper}` : ""}`, problem, reference, box };
});
const unbounded = cases.filter(({ box }) => !box.lower);
const bounded = cases.filter(({ box }) => box.lower);

/** SciPy's overflow sends it to a plateau at 214.34; the published optimum is 124.362. */
const scipyFails = "6 Jennrich and Sampson";
/** So flat that a projected gradient of 1e-6 is reached anywhere within 1e-8 of the optimum. */
const flat = "24 penalty II";

/** As far as rounding lets the search go. */
const exact = { gradientTolerance: 1e-10, valueTolerance: 0 };

/** Six digits as printed; where the optimum is 0, the loss that a small gradient allows in a singular valley. */
function expectPublished(solution: Solution, published: readonly number[], zero = 2e-8) {
  const matches = published.some((value) => Math.abs(solution.value - value) <= (value === 0 ? zero : 1e-5 * value));
  expect(matches, `${solution.message}; published ${published}`).toBe(true);
}

describe("the test problems of Moré, Garbow & Hillstrom (1981)", () => {
  it("are at least 18, from the starts that SciPy had", () => {
    expect(unbounded.length).toBeGreaterThanOrEqual(28);
    for (const { problem, reference } of unbounded) {
      problem.start.forEach((value, i) => {
        expect(value).toBeCloseTo(reference.start[i], 14);
      });
    }
  });

  it.each(unbounded)("$name: the analytic gradient agrees with central differences", ({ problem, box }) => {
    const analytic = sumOfSquares(problem, box);
    const scratch = new Float64Array(box.start.length);
    const numerical = withNumericalGradient({ ...box, value: (x) => analytic.evaluate(x, scratch) });
    for (const shift of [0, 0.037]) {
      const x = box.start.map((value, i) => value + shift * (1 + (i % 3)));
      const [one, other] = [new Float64Array(x.length), new Float64Array(x.length)];
      const value = analytic.evaluate(x, one);
      numerical.evaluate(x, other);
      const scale = Math.max(
        value,
        one.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0),
      );
      for (let i = 0; i < x.length; i++) expect(Math.abs(one[i] - other[i])).toBeLessThan(1e-6 * scale);
    }
  });

  it.each(unbounded)("$name: L-BFGS-B reaches the printed optimum", ({ problem, box }) => {
    expectPublished(lbfgsb(sumOfSquares(problem, box), exact), problem.published);
  });

  it.each(unbounded)("$name: Newton reaches the printed optimum by either globalisation", ({ problem, box }) => {
    for (const globalisation of ["trust_region", "line_search"] as const) {
      const solution = newton(sumOfSquares(problem, box), { globalisation });
      expect(solution.status).toBe("converged");
      expectPublished(solution, problem.published);
    }
  });

  it("Nelder–Mead reaches the printed optimum wherever there are at most six variables, one badly scaled one excepted", () => {
    const small = unbounded.filter(
      ({ problem }) => problem.start.length <= 6 && problem.name !== "4 Brown badly scaled",
    );
    expect(small.length).toBeGreaterThan(14);
    for (const { problem, box } of small) expectPublished(nelderMead(sumOfSquares(problem, box)), problem.published);
  });

  it("gradient descent reaches the printed optimum of the well-conditioned ones", () => {
    const easy = ["2 ", "5 ", "7 ", "8 ", "15 ", "25 ", "26 ", "27 ", "30 ", "31 ", "32 ", "33 ", "35 "];
    const chosen = unbounded.filter(({ name }) => easy.some((number) => name.startsWith(number)));
    expect(chosen.length).toBe(easy.length);
    for (const { problem, box } of chosen)
      expectPublished(gradientDescent(sumOfSquares(problem, box)), problem.published);
  });
});

describe(`SciPy ${golden.scipy}'s L-BFGS-B (bench/solvers/reference.py)`, () => {
  const { gtol, ftol, maxiter } = golden.options;
  const solve = ({ problem, box }: (typeof cases)[number]) =>
    lbfgsb(sumOfSquares(problem, box), { gradientTolerance: gtol, valueTolerance: ftol, maxIterations: maxiter });

  it.each(cases.filter(({ problem, box }) => box.lower || problem.name !== scipyFails))(
    "finds the same optimum: $name",
    (one) => {
      const { value } = solve(one);
      const tolerance = one.problem.name === flat ? 1e-8 : Math.max(1e-6 * one.reference.value, 1e-11);
      expect(Math.abs(value - one.reference.value)).toBeLessThanOrEqual(tolerance);
    },
  );

  it.each(bounded)("is not needed to know that the KKT conditions hold: $name", (one) => {
    const solution = solve(one);
    const { lower, upper } = one.box;
    expect(solution.gradientNorm).toBeLessThanOrEqual(solution.status === "converged" ? gtol : 1e-4);
    solution.x.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(lower![i]);
      expect(value).toBeLessThanOrEqual(upper![i]);
    });
  });

  it("needs at least two thirds of our evaluations, in total and three quarters of them problem by problem", () => {
    const counts = cases.map((one) => ({ ours: solve(one).evaluations, theirs: one.reference.evaluations }));
    const total = (name: "ours" | "theirs") => counts.reduce((sum, count) => sum + count[name], 0);
    expect(total("ours")).toBeLessThanOrEqual(1.5 * total("theirs"));
    const within = counts.filter(({ ours, theirs }) => ours <= 1.5 * theirs).length;
    expect(within).toBeGreaterThanOrEqual(0.75 * counts.length);
  });
});
