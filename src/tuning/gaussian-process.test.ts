import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { logExpectedImprovement } from "./expected-improvement.ts";
import { GaussianProcess, logMarginalLikelihood, type Points } from "./gaussian-process.ts";

const points: Points = {
  rows: 6,
  width: 2,
  values: Float64Array.of(0.1, 0.2, 0.4, 0.9, 0.75, 0.35, 0.9, 0.8, 0.55, 0.1, 0.2, 0.6),
  isCategory: [false, false],
};
const values = Float64Array.of(0.3, -1.2, 0.8, 1.1, -0.4, -0.6);
const hyperparameters = Float64Array.of(1.3, 0.4, 0.9, 0.01).map(Math.log);

function expectClose(found: ArrayLike<number>, wanted: readonly number[], digits = 10) {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, index) => {
    expect(found[index]).toBeCloseTo(value, digits);
  });
}

/** A process on five random points with one column of categories, and hyperparameters away from any symmetry. */
function mixed() {
  const random = createRandom("mixed");
  const rows = 7;
  const spread = Array.from({ length: rows }, () => [random.uniform(), random.integer(3), random.uniform()]).flat();
  const process: Points = { rows, width: 3, values: Float64Array.from(spread), isCategory: [false, true, false] };
  const observed = Float64Array.from({ length: rows }, () => random.normal());
  return { points: process, observed, theta: Float64Array.of(0.2, -0.9, 0.3, -0.4, -3) };
}

describe("the Gaussian process", () => {
  it("has the log marginal likelihood and its gradient of scikit-learn 1.9.1 (GaussianProcessRegressor, Matern 2.5)", () => {
    const { value, gradient } = logMarginalLikelihood(points, values, hyperparameters)!;
    expect(value).toBeCloseTo(-6.921454510880711, 10);
    expectClose(gradient, [-0.07204948507160092, -2.6052448827759513, 1.3634816902490388, -0.025707702303954937]);
  });

  it("has the posterior mean and deviation of scikit-learn 1.9.1", () => {
    const process = new GaussianProcess(points, values, hyperparameters);
    const places = [
      [0.5, 0.5],
      [0.12, 0.22],
      [1, 0],
    ].map((place) => process.at(place));
    expectClose(
      places.map(({ mean }) => mean),
      [-0.682019833396647, 0.20235063239027462, 1.0024986745049869],
    );
    expectClose(
      places.map(({ sd }) => sd),
      [0.3454517536838482, 0.1064057637038405, 0.8013859380542449],
    );
  });

  it("has gradients that agree with finite differences, categories included", () => {
    const { points: all, observed, theta } = mixed();
    const step = 1e-5;
    const { gradient } = logMarginalLikelihood(all, observed, theta)!;
    theta.forEach((_, index) => {
      const moved = (by: number) =>
        logMarginalLikelihood(
          all,
          observed,
          theta.map((value, at) => (at === index ? value + by : value)),
        )!.value;
      expect(gradient[index]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 6);
    });
    const process = new GaussianProcess(all, observed, theta);
    const place = [0.37, 1, 0.81];
    const at = process.at(place);
    const improvement = logExpectedImprovement(at, -0.3);
    for (const column of [0, 2]) {
      const moved = (by: number) => process.at(place.map((value, index) => (index === column ? value + by : value)));
      const slope = (of: (place: ReturnType<typeof moved>) => number) =>
        (of(moved(step)) - of(moved(-step))) / (2 * step);
      expect(at.meanGradient[column]).toBeCloseTo(
        slope(({ mean }) => mean),
        6,
      );
      expect(at.sdGradient[column]).toBeCloseTo(
        slope(({ sd }) => sd),
        6,
      );
      expect(improvement.gradient[column]).toBeCloseTo(
        slope((there) => logExpectedImprovement(there, -0.3).value),
        5,
      );
    }
    expect([at.meanGradient[1], at.sdGradient[1]]).toEqual([0, 0]);
  });

  it("survives the same point twice without noise: jitter holds the covariance", () => {
    const twice: Points = {
      ...points,
      values: points.values.map((value, at) => (at < 4 ? points.values[at % 2] : value)),
    };
    const process = new GaussianProcess(twice, Float64Array.of(1, 1, 0, 0, 0, 0), Float64Array.of(0, 0, 0, -40));
    expect(process.at([0.1, 0.2]).mean).toBeCloseTo(1, 2);
  });
});

describe("the logarithm of the expected improvement", () => {
  const at = (mean: number, sd: number, best: number) =>
    logExpectedImprovement({ mean, sd, meanGradient: Float64Array.of(1), sdGradient: Float64Array.of(0) }, best);

  it("is that of its definition by SciPy 1.17.1", () => {
    expect(at(0.3, 0.5, 0.1).value).toBeCloseTo(-2.1609169817855287, 10);
    expect(at(-1, 0.2, 0.5).value).toBeCloseTo(0.4054651081081653, 10);
  });

  it.each([
    [-24, -295.2802232348049, 24.08290449180149],
    [-30, -457.724653760598, 30.06644615416242],
    [-100, -5010.12957880025, 100.01999400419587],
  ])("keeps its digits far out, at z = %f, and its slope, by mpmath with 60 digits", (z, value, slope) => {
    const found = at(-z, 1, 0);
    expect(found.value / value).toBeCloseTo(1, 8);
    expect(-found.gradient[0] / slope).toBeCloseTo(1, 6);
  });
});
