/**
 * Which solver when: evaluations that each solver of src/solvers needs to come within 1e-6 of the optimum, over the problems
 * of Moré, Garbow & Hillstrom (1981), quadratics of growing condition and size, and the founding article's own problem.
 * `npm run bench:solvers` prints the Markdown table of docs/methods/solvers.md; counts only, so every machine agrees.
 */
import { createRandom } from "../../src/base/random.ts";
import { articleCases, articleProblem } from "../../src/solvers/article-problem.test-data.ts";
import { augmentedLagrangian } from "../../src/solvers/augmented-lagrangian.ts";
import golden from "../../src/solvers/golden/scipy-lbfgsb.json" with { type: "json" };
import { gradientDescent } from "../../src/solvers/gradient-descent.ts";
import { lbfgsb } from "../../src/solvers/lbfgsb.ts";
import { moreGarbowHillstrom, sumOfSquares } from "../../src/solvers/more-garbow-hillstrom.test-data.ts";
import { moreGarbowHillstromAnySize } from "../../src/solvers/more-garbow-hillstrom-any-size.test-data.ts";
import { nelderMead } from "../../src/solvers/nelder-mead.ts";
import { newton } from "../../src/solvers/newton.ts";
import { withNumericalGradient } from "../../src/solvers/numerical-gradient.ts";
import type { Problem, Solver } from "../../src/solvers/problem.ts";

/** Share of f(start) − f* that may be left: the convergence test of Moré & Wild (2009). */
const tolerance = 1e-6;
const mostEvaluations = 20_000;
const limits = { gradientTolerance: 1e-9, valueTolerance: 0, maxIterations: 1e6, maxEvaluations: mostEvaluations };

const solvers: readonly { title: string; solver: Solver; largest: number }[] = [
  { title: "L-BFGS-B", solver: lbfgsb, largest: 1000 },
  { title: "Newton, trust region", solver: (problem, options) => newton(problem, options), largest: 100 },
  {
    title: "Newton, line search",
    solver: (problem, options) => newton(problem, { ...options, globalisation: "line_search" }),
    largest: 100,
  },
  { title: "gradient descent", solver: gradientDescent, largest: 1000 },
  {
    title: "… without momentum",
    solver: (problem, options) => gradientDescent(problem, { ...options, momentum: false }),
    largest: 1000,
  },
  {
    // Counted in values of f, as for Nelder–Mead.
    title: "L-BFGS-B, numerical gradient",
    solver: ({ start, lower, upper, evaluate }, options) => {
      const unused = new Float64Array(start.length);
      const problem = withNumericalGradient({ start, lower, upper, value: (x) => evaluate(x, unused) });
      const maxEvaluations = Math.floor(mostEvaluations / (2 * start.length + 1));
      return lbfgsb(problem, { ...options, gradientTolerance: 1e-6, maxEvaluations });
    },
    largest: 100,
  },
  { title: "Nelder–Mead", solver: nelderMead, largest: 20 },
];

/** Values of f in the order in which a solver asked for them. */
function asked(problem: Problem, solve: (problem: Problem) => unknown): number[] {
  const values: number[] = [];
  solve({
    ...problem,
    evaluate(x, gradient) {
      const value = problem.evaluate(x, gradient);
      values.push(Number.isFinite(value) ? value : Number.POSITIVE_INFINITY);
      return value;
    },
  });
  return values;
}

function cellsOf(problems: readonly Problem[]): string[] {
  const runs = solvers.map(({ solver, largest }) =>
    problems.map((problem) => {
      if (problem.start.length > largest) return [];
      return asked(problem, (watched) => solver(watched, limits));
    }),
  );
  const least = problems.map((_, k) =>
    runs.flatMap((run) => run[k]).reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY),
  );
  return runs.map((run) => {
    if (run.every((values) => values.length === 0)) return "–";
    const counts = run.map((values, k) => {
      const target = least[k] + tolerance * (values[0] - least[k]);
      return 1 + values.findIndex((value) => value <= target);
    });
    const solved = counts.filter((count) => count > 0).sort((one, other) => one - other);
    const median = solved.length > 0 ? solved[Math.floor((solved.length - 1) / 2)] : "never";
    return solved.length === counts.length ? `${median}` : `${median} (${solved.length} of ${counts.length})`;
  });
}

/** ½Σ κᵢ·zᵢ² with κ from 1 to `condition` and z = x turned by a reflection, so that no axis is special. */
function quadratic(size: number, condition: number): Problem {
  const random = createRandom(`quadratic/${size}/${condition}`);
  const normal = Float64Array.from({ length: size }, () => random.normal());
  const squared = normal.reduce((sum, value) => sum + value * value, 0);
  const reflect = (x: Float64Array) => {
    const along = (2 * x.reduce((sum, value, i) => sum + value * normal[i], 0)) / squared;
    return x.map((value, i) => value - along * normal[i]);
  };
  return {
    start: Float64Array.from({ length: size }, () => random.normal()),
    evaluate(x, gradient) {
      const z = reflect(x);
      const slopes = z.map((value, i) => condition ** (i / (size - 1)) * value);
      gradient.set(reflect(slopes));
      return z.reduce((sum, value, i) => sum + value * slopes[i], 0) / 2;
    },
  };
}

const testProblems = [...moreGarbowHillstrom, ...moreGarbowHillstromAnySize];
const array = (values: readonly number[] | null) => (values ? Float64Array.from(values) : undefined);
const cases = golden.cases.map(({ problem, start, lower, upper }) =>
  sumOfSquares(testProblems.find(({ name }) => name === problem)!, {
    start: Float64Array.from(start),
    lower: array(lower),
    upper: array(upper),
  }),
);
const rosenbrock = testProblems.find(({ name }) => name === "21 extended Rosenbrock")!;
const free = cases.filter(({ lower }) => !lower);
const groups: readonly (readonly [string, readonly Problem[]])[] = [
  ...[10, 1000, 100_000].map(
    (condition) => [`quadratic, 10 variables, condition ${condition}`, [quadratic(10, condition)]] as const,
  ),
  ...[10, 1000, 100_000].map(
    (condition) => [`quadratic, 100 variables, condition ${condition}`, [quadratic(100, condition)]] as const,
  ),
  ["least squares, 2 to 6 variables", free.filter(({ start }) => start.length <= 6)],
  ["least squares, 8 to 20 variables", free.filter(({ start }) => start.length > 6)],
  ["least squares in a box, 2 to 20 variables", cases.filter(({ lower }) => lower)],
  [
    "extended Rosenbrock, 1,000 variables",
    [sumOfSquares(rosenbrock, { start: Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? -1.2 : 1)) })],
  ],
  ["the article's cases A, B, C", articleCases.slice(0, 3).map(articleProblem)],
];

console.log(`| problems | count | ${solvers.map(({ title }) => title).join(" | ")} |`);
console.log(`|---|---|${"---|".repeat(solvers.length)}`);
for (const [title, problems] of groups)
  console.log(`| ${title} | ${problems.length} | ${cellsOf(problems).join(" | ")} |`);

const floors = articleCases.slice(3).map((one) => {
  const cells = solvers.map(({ solver }) => {
    const options = { gradientTolerance: 1e-7, valueTolerance: 0, solver };
    let evaluations = 0;
    const problem = articleProblem(one);
    const evaluate: Problem["evaluate"] = (point, gradient) => {
      evaluations++;
      return problem.evaluate(point, gradient);
    };
    const { x } = augmentedLagrangian({ ...problem, evaluate }, options);
    const distance = Math.max(...x.map((value, t) => Math.abs(value - one.x[t])));
    return distance <= 2e-6 ? `${evaluations}` : `${evaluations} (off by ${distance.toExponential(0)})`;
  });
  return `| the article's case ${one.name}, to its end | 1 | ${cells.join(" | ")} |`;
});
console.log(floors.join("\n"));

const ours = golden.cases.map(
  (_, k) => lbfgsb(cases[k], { gradientTolerance: 1e-6, valueTolerance: 1e-14, maxIterations: 5000 }).evaluations,
);
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
const theirs = golden.cases.map(({ evaluations }) => evaluations);
const equal = ours.filter((count, k) => count === theirs[k]).length;
console.log(
  `\nL-BFGS-B on all ${cases.length} least squares problems, to the end: ${sum(ours)} evaluations; SciPy ${golden.scipy}: ${sum(theirs)}; the same count on ${equal}.`,
);
