import { InputError } from "../base/errors.ts";
import { lbfgsb } from "../solvers/lbfgsb.ts";
import { choleskyFactor, choleskyInverse } from "../stats/linear-algebra.ts";
import { checkPrior, describePrior, logPrior, type Priors } from "./priors.ts";

/** A likelihood in positive parameters (and, with `isPositive` false, any others). */
export interface LikelihoodProblem {
  readonly parameterNames: readonly string[];
  /** Points to start from; the best end counts. */
  readonly starts: readonly Float64Array[];
  /** A typical size of each parameter: the search stays within a factor of 10⁵ of it, coefficients within 30 times. */
  readonly scales: Float64Array;
  /** Coefficients of covariates may be negative; default all positive. */
  readonly isPositive?: readonly boolean[];
  /** ln likelihood; overwrites `gradient` with its derivatives. */
  evaluate(parameters: Float64Array, gradient: Float64Array): number;
  /** The same for an even sample of large data: the long way from the starts is gone there, and only the end on all of them. */
  evaluateSample?(parameters: Float64Array, gradient: Float64Array): number;
}

/** What a modeller must know beside the estimates; `code` is from a closed list with a sentence in every language. */
export interface Diagnostic {
  readonly code:
    | "parameter_at_boundary"
    | "standard_errors_unavailable"
    | "not_converged"
    | "nobody_leaves"
    | "heterogeneity_unidentified"
    | "no_population_mean"
    | "spending_depends_on_frequency"
    | "refunds_netted"
    | "zero_values_left_out"
    | "few_repeat_buyers";
  readonly details: Readonly<Record<string, string | number>>;
}

export interface Estimate {
  readonly parameters: Float64Array;
  /** From the observed information; NaN never: null where the data do not say. */
  readonly standardErrors: readonly (number | null)[];
  /** ln likelihood without priors. */
  readonly logLikelihood: number;
  readonly converged: boolean;
  readonly iterations: number;
  readonly evaluations: number;
  /** Parameters that ran to the edge of the search. */
  readonly atBoundary: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** What was believed before; empty for maximum likelihood. */
  readonly priors: Priors;
}

/** The search's half-width, as a factor of each parameter's scale. */
const widest = 1e5;
/** The same for coefficients, which act through exponentials: e³⁰ is beyond any effect. */
const widestCoefficient = 30;
/** Within this factor of the edge a parameter has run off. */
const edge = 2;

/**
 * Maximum likelihood, or maximum a posteriori with priors: L-BFGS-B in the logarithms of the positive parameters, from every
 * start; the best end counts. Standard errors from the Hessian there (central differences of the gradient), carried over
 * by the delta method; a parameter at the edge of the search is held fixed in it and has none. Throws InputError invalid_prior.
 */
export function maximiseLikelihood(problem: LikelihoodProblem, { priors = {} }: { priors?: Priors } = {}): Estimate {
  const { parameterNames, scales } = problem;
  const size = parameterNames.length;
  for (const [name, prior] of Object.entries(priors)) checkPrior(name, prior, { known: parameterNames });
  const positive = parameterNames.map((_, i) => problem.isPositive?.[i] ?? true);
  parameterNames.forEach((name, i) => {
    if (!priors[name] || positive[i] || priors[name].distribution === "normal") return;
    const value = `${name}=${describePrior(priors[name])}`;
    throw new InputError("invalid_prior", { value, reason: "prior_of_coefficient", known: [...parameterNames] });
  });
  const natural = (theta: Float64Array) => theta.map((value, i) => (positive[i] ? Math.exp(value) : scales[i] * value));
  const byParameter = new Float64Array(size);
  let evaluations = 0;
  const evaluateBy = (likelihood: LikelihoodProblem["evaluate"]) => (theta: Float64Array, gradient: Float64Array) => {
    evaluations++;
    const parameters = natural(theta);
    let value = -likelihood(parameters, byParameter);
    for (let i = 0; i < size; i++) {
      const { log, slope } = logPrior(priors[parameterNames[i]], parameters[i]);
      value -= log;
      gradient[i] = -(byParameter[i] + slope) * (positive[i] ? parameters[i] : scales[i]);
    }
    return value;
  };
  const lower = scales.map((scale, i) => (positive[i] ? Math.log(scale / widest) : -widestCoefficient));
  const upper = scales.map((scale, i) => (positive[i] ? Math.log(scale * widest) : widestCoefficient));
  const evaluate = evaluateBy((parameters, gradient) => problem.evaluate(parameters, gradient));
  const search = (start: Float64Array, objective: typeof evaluate) =>
    lbfgsb(
      { start, lower, upper, evaluate: objective },
      { gradientTolerance: 1e-6, valueTolerance: 1e-13, maxIterations: 500 },
    );
  const starts = problem.starts.map((start) =>
    start.map((value, i) => (positive[i] ? Math.log(value) : value / scales[i])),
  );
  const bestOf = (objective: typeof evaluate) =>
    starts.map((start) => search(start, objective)).reduce((one, other) => (other.value < one.value ? other : one));
  const { evaluateSample } = problem;
  const best = evaluateSample ? search(bestOf(evaluateBy(evaluateSample)).x, evaluate) : bestOf(evaluate);
  const theta = best.x;
  const parameters = natural(theta);
  const isFree = Array.from(
    theta,
    (value, i) => value > lower[i] + Math.log(edge) && value < upper[i] - Math.log(edge),
  );
  const errors = standardErrors(evaluate, theta, isFree);
  const converged = ["converged", "small_change", "small_step"].includes(best.status);
  const atBoundary = parameterNames.filter((_, i) => !isFree[i]);
  const diagnostics: Diagnostic[] = atBoundary.map((parameter) => ({
    code: "parameter_at_boundary",
    details: { parameter, value: parameters[parameterNames.indexOf(parameter)] },
  }));
  if (!errors && isFree.some(Boolean)) diagnostics.push({ code: "standard_errors_unavailable", details: {} });
  if (!converged) diagnostics.push({ code: "not_converged", details: { status: best.status } });
  return {
    parameters,
    standardErrors: parameterNames.map((_, i) => {
      const error = errors?.[i] ?? null;
      return error === null ? null : error * (positive[i] ? parameters[i] : scales[i]);
    }),
    logLikelihood: problem.evaluate(parameters, byParameter),
    converged,
    iterations: best.iterations,
    evaluations,
    atBoundary,
    diagnostics,
    priors,
  };
}

/** Standard errors in the coordinates of the search; null if the information is not positive definite. */
function standardErrors(
  evaluate: (theta: Float64Array, gradient: Float64Array) => number,
  theta: Float64Array,
  isFree: readonly boolean[],
): (number | null)[] | null {
  const free = [...theta.keys()].filter((i) => isFree[i]);
  const hessian = new Float64Array(free.length * free.length);
  const step = 1e-4;
  const above = new Float64Array(theta.length);
  const below = new Float64Array(theta.length);
  free.forEach((i, row) => {
    const moved = Float64Array.from(theta);
    moved[i] = theta[i] + step;
    evaluate(moved, above);
    moved[i] = theta[i] - step;
    evaluate(moved, below);
    free.forEach((j, column) => {
      hessian[row * free.length + column] = (above[j] - below[j]) / (2 * step);
    });
  });
  for (let i = 0; i < free.length; i++) {
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (hessian[i * free.length + j] + hessian[j * free.length + i]);
      hessian[i * free.length + j] = hessian[j * free.length + i] = mean;
    }
  }
  const factor = choleskyFactor(hessian, free.length);
  if (!factor) return null;
  const covariance = choleskyInverse(factor, free.length);
  const errors = new Array<number | null>(theta.length).fill(null);
  free.forEach((i, row) => {
    const variance = covariance[row * free.length + row];
    errors[i] = variance > 0 && Number.isFinite(variance) ? Math.sqrt(variance) : null;
  });
  return errors;
}
