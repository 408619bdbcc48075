import type { Random } from "../base/random.ts";
import { lbfgsb } from "../solvers/lbfgsb.ts";
import { maximiseImprovement } from "./acquisition.ts";
import { GaussianProcess, type LogHyperparameters, logMarginalLikelihood, type Points } from "./gaussian-process.ts";
import { type Observation, type Sampler, triedKeys, untriedPoint } from "./sampler.ts";
import { keyOf, type Point, type Space, snapped } from "./space.ts";

/**
 * Bayesian search: a Latin hypercube first, then a Gaussian process over what was observed and the point of largest
 * expected improvement. `docs/methods/tuning.md` says why, and when not.
 */
export function bayesianSampler(space: Space, random: Random): Sampler {
  const design = latinHypercube(space, designSize(space), random.fork("design"));
  return (number, observed) => {
    const stream = random.fork(`trial/${number}`);
    const tried = triedKeys(observed);
    const planned = design[number - 1];
    if (planned && !tried.has(keyOf(planned))) return planned;
    const done = observed.filter(({ value }) => Number.isFinite(value));
    if (planned || done.length < 2) return untriedPoint(space, tried, stream);
    const { process, best } = model(space, withFailures(observed, done), stream.fork("model"));
    return maximiseImprovement({ space, process, best, observed: done, tried }, stream.fork("acquisition"));
  };
}

/** Enough to see each axis a few times, few enough that the model soon takes over. */
export const designSize = (space: Space): number => Math.max(4, Math.min(10, space.length + 2));

/** As many points as strata on every axis, each stratum hit once (McKay, Beckman & Conover 1979). */
export function latinHypercube(space: Space, count: number, random: Random): Point[] {
  const points = Array.from({ length: count }, () => new Float64Array(space.length));
  space.forEach((parameter, column) => {
    const strata = random.shuffle(Array.from({ length: count }, (_, index) => index));
    points.forEach((point, row) => {
      const position = (strata[row] + random.uniform()) / count;
      point[column] = parameter.kind === "choice" ? Math.floor(position * parameter.choices.length) : position;
    });
  });
  return points.map((point) => snapped(space, point));
}

/** A failed trial counts as the worst that was seen, so that the search keeps away from it. */
function withFailures(observed: readonly Observation[], done: readonly Observation[]): Observation[] {
  const worst = Math.max(...done.map(({ value }) => value));
  return observed.map(({ point, value }) => ({ point, value: Number.isFinite(value) ? value : worst }));
}

/** The process over the standardised values, and the least of its expectations where something was tried. */
function model(space: Space, observed: readonly Observation[], random: Random) {
  const points: Points = {
    rows: observed.length,
    width: space.length,
    values: Float64Array.from(observed.flatMap(({ point }) => [...point])),
    isCategory: space.map(({ kind }) => kind === "choice"),
  };
  const values = standardised(Float64Array.from(observed, ({ value }) => value));
  const process = new GaussianProcess(points, values, fitHyperparameters(points, values, random));
  // With noise the best value seen is partly luck; what the model expects there is not (Picheny et al. 2013).
  const best = Math.min(...observed.map(({ point }) => process.at(point).mean));
  return { process, best };
}

export function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = variance > 0 ? Math.sqrt(variance) : 1;
  return values.map((value) => (value - mean) / deviation);
}

interface LogNormal {
  readonly mean: number;
  readonly deviation: number;
  readonly lower: number;
  readonly upper: number;
}

/** What is believed of standardised values on unit axes before any is seen; logarithms. Wide, but against nonsense. */
function beliefs(width: number): LogNormal[] {
  const signal = { mean: 0, deviation: 1, lower: Math.log(0.05), upper: Math.log(50) };
  // Distances grow with the root of the width (Hvarfner, Hellsten & Nardi 2024).
  const length = { mean: Math.log(0.35 * Math.sqrt(width)), deviation: 1, lower: Math.log(0.02), upper: Math.log(50) };
  const noise = { mean: Math.log(1e-4), deviation: 3, lower: Math.log(1e-8), upper: 0 };
  return [signal, ...new Array<LogNormal>(width).fill(length), noise];
}

/** The most probable hyperparameters given values and beliefs: the best of three searches by L-BFGS-B. */
export function fitHyperparameters(points: Points, values: Float64Array, random: Random): LogHyperparameters {
  const believed = beliefs(points.width);
  const center = Float64Array.from(believed, ({ mean }) => mean);
  const starts = [
    center,
    ...[1, 2].map(() => Float64Array.from(believed, ({ mean, deviation }) => mean + deviation * random.normal())),
  ];
  const lower = Float64Array.from(believed, (belief) => belief.lower);
  const upper = Float64Array.from(believed, (belief) => belief.upper);
  const evaluate = (x: Float64Array, gradient: Float64Array) => {
    const likelihood = logMarginalLikelihood(points, values, x);
    if (!likelihood) return Number.POSITIVE_INFINITY;
    let surprise = -likelihood.value;
    believed.forEach(({ mean, deviation }, index) => {
      const z = (x[index] - mean) / deviation;
      surprise += 0.5 * z * z;
      gradient[index] = z / deviation - likelihood.gradient[index];
    });
    return surprise;
  };
  const found = starts.map((start) =>
    lbfgsb({ start, lower, upper, evaluate }, { maxIterations: 60, gradientTolerance: 1e-3, valueTolerance: 1e-8 }),
  );
  return found.reduce((best, next) => (next.value < best.value ? next : best)).x;
}
