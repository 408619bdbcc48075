import { dot, type Iterate, type Objective } from "./objective.ts";

/** m(s) = gᵀs + ½·sᵀBs around a point, over the variables that may move. */
export interface QuadraticModel {
  readonly at: Iterate;
  readonly free: Int32Array;
  readonly gradient: Float64Array; // (free)
  readonly matrix: Float64Array; // (free, free)
}

/** The step −B⁻¹g, or what a method puts in its place, over some of the free variables. */
export type FaceStep = (matrix: Float64Array, gradient: Float64Array) => Float64Array;

/** A point of the box and how much lower the model is there. */
export interface ModelMinimiser {
  readonly x: Float64Array; // (variables)
  readonly predicted: number;
}

/**
 * A point where the model is low inside the box: the plain step where it meets no bound; else from the Cauchy point along
 * one face step after another, each cut at the first bound, which then is kept (Lin & Moré 1999). The model falls all the
 * way, and at least as far as at the Cauchy point. `reach` bounds the Cauchy point's distance; Infinity needs B > 0.
 */
export function minimiseModel(
  objective: Objective,
  model: QuadraticModel,
  faceStep: FaceStep,
  reach: number,
): ModelMinimiser {
  const { at, free, gradient, matrix } = model;
  const lower = Float64Array.from(free, (i) => objective.lower[i] - at.x[i]);
  const upper = Float64Array.from(free, (i) => objective.upper[i] - at.x[i]);
  let step = faceStep(matrix, gradient);
  if (!step.every((value, k) => value >= lower[k] && value <= upper[k])) {
    step = cauchyStep(model, lower, upper, reach);
    walkFaces(model, lower, upper, step, faceStep);
  }
  const x = at.x.slice();
  free.forEach((variable, k) => {
    x[variable] += step[k];
  });
  return { x: objective.project(x), predicted: -change(model, step) };
}

function change({ gradient, matrix }: QuadraticModel, step: Float64Array): number {
  return dot(gradient, step) + dot(step, times(matrix, step)) / 2;
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, i) => dot(matrix.subarray(i * size, (i + 1) * size), vector));
}

/** The first of ever shorter steps along P(x − t·g) − x that brings a tenth of what the slope promises. */
function cauchyStep(model: QuadraticModel, lower: Float64Array, upper: Float64Array, reach: number): Float64Array {
  const { gradient, matrix } = model;
  const squared = dot(gradient, gradient);
  const curvature = dot(gradient, times(matrix, gradient));
  const farthest = reach / Math.sqrt(squared);
  let time = curvature > 0 ? Math.min(squared / curvature, farthest) : farthest;
  for (let halvings = 0; ; halvings++, time /= 2) {
    const step = gradient.map((value, k) => Math.min(upper[k], Math.max(lower[k], -time * value)));
    if (change(model, step) <= 0.1 * dot(gradient, step) || halvings === 60) return step;
  }
}

/** Lengthens `step` in place, face after face, until a face step fits or no variable is left. */
function walkFaces(
  model: QuadraticModel,
  lower: Float64Array,
  upper: Float64Array,
  step: Float64Array,
  faceStep: FaceStep,
): void {
  const { gradient, matrix, free } = model;
  for (;;) {
    const inside = Array.from(free.keys()).filter((k) => step[k] > lower[k] && step[k] < upper[k]);
    if (inside.length === 0) return;
    const slope = times(matrix, step);
    const faceGradient = Float64Array.from(inside, (k) => gradient[k] + slope[k]);
    const faceMove = faceStep(submatrix(matrix, inside, free.length), faceGradient);
    const move = new Float64Array(free.length);
    inside.forEach((k, i) => {
      move[k] = faceMove[i];
    });
    const fits = inside.every((k) => step[k] + move[k] > lower[k] && step[k] + move[k] < upper[k]);
    step.set(alongFace(model, lower, upper, step, move));
    if (fits) return;
  }
}

/**
 * The longest of the shares 1, ½, ¼ … of the move that, clipped to the box, lets the model fall: so many bounds are met at
 * once. At last the move is cut at its first bound, to which the model falls in any case.
 */
function alongFace(
  model: QuadraticModel,
  lower: Float64Array,
  upper: Float64Array,
  step: Float64Array,
  move: Float64Array,
): Float64Array {
  const clipped = (share: number) =>
    step.map((value, k) => Math.min(upper[k], Math.max(lower[k], value + share * move[k])));
  const shares = move.map((value, k) => {
    if (value === 0) return Number.POSITIVE_INFINITY;
    return ((value > 0 ? upper[k] : lower[k]) - step[k]) / value;
  });
  const firstBound = shares.reduce((least, share) => Math.min(least, share), 1);
  const before = change(model, step);
  for (let share = 1; share > firstBound; share /= 2) {
    const candidate = clipped(share);
    if (change(model, candidate) < before) return candidate;
  }
  // On the bound itself, not beside it by rounding: else this face would be walked for ever.
  return clipped(firstBound).map((value, k) => {
    if (shares[k] > firstBound) return value;
    return move[k] > 0 ? upper[k] : lower[k];
  });
}

function submatrix(matrix: Float64Array, indices: readonly number[], size: number): Float64Array {
  const part = new Float64Array(indices.length ** 2);
  indices.forEach((row, i) => {
    indices.forEach((column, j) => {
      part[i * indices.length + j] = matrix[row * size + column];
    });
  });
  return part;
}
