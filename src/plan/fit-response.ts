import { DataError, ModelError } from "../base/errors.ts";
import { lbfgsb } from "../solvers/lbfgsb.ts";
import { withNumericalGradient } from "../solvers/numerical-gradient.ts";
import { choleskyFactor, choleskyInverse } from "../stats/linear-algebra.ts";
import { quantiles } from "../stats/quantile.ts";
import { studentQuantile } from "../stats/student-t.ts";
import { curveValue } from "./curves.ts";
import type { Curve } from "./input.ts";
import { carriedOver } from "./lever-plan.ts";
import { type ResponseShape, shapes } from "./response-shapes.ts";

/** Spend and outcome of periods in their order in time, of equal length. */
export interface ResponseTable {
  readonly spend: Float64Array; // (rows)
  readonly outcome: Float64Array; // (rows)
}

export interface FitResponseOptions {
  readonly shape: ResponseShape;
  /** Share of the effective spend left a period later: known, or to be fitted. Default 0. */
  readonly carryOver?: number | "fit";
  /** Of the intervals. Default 0.95. */
  readonly level?: number;
}

export interface FittedNumber {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** A fitted response curve with intervals by the delta method. */
export interface ResponseFit {
  readonly rows: number;
  /** To be put into a lever's `responses`, and its `carryOver` beside it. */
  readonly response: Curve;
  readonly carryOver: number;
  /** The outcome without any spend is `intercept`. */
  readonly parameters: Readonly<Record<string, FittedNumber>>;
  /** What effective spends from 0 to the largest seen bring. */
  readonly curve: readonly (FittedNumber & { readonly spend: number })[];
  readonly residualStandardError: number;
  readonly rSquared: number;
  readonly level: number;
}

/** Beyond this ratio of its ends an interval says that nothing is known. */
const widestRatio = 1000;
const curveSteps = 10;
/** Carry-over is searched up to here. */
const mostCarryOver = 0.97;

/**
 * Fits outcome = intercept + curve(effective spend) by least squares: intercept and height are solved exactly for every
 * shape tried (Golub & Pereyra 1973), the rest is searched from a grid. Intervals are by the delta method with Student's
 * t on the logarithm of each positive parameter (the logit of an exponent or carry-over), so that they stay in its range.
 * They hold where errors are independent and spend does not follow the outcome.
 *
 * Throws DataError `response_lengths_differ`, `response_too_few_rows`, `response_negative_spend`, `response_constant_spend`,
 * `response_does_not_rise`; ModelError `response_not_identified`.
 */
export function fitResponse(table: ResponseTable, options: FitResponseOptions): ResponseFit {
  const { shape, carryOver = 0, level = 0.95 } = options;
  const known = carryOver === "fit" ? undefined : carryOver;
  refuseTable(table, shapes[shape].names.length + (known === undefined ? 3 : 2));
  const search = new Search(table, shape, known);
  const free = search.minimise();
  // No carry-over found: without it the rest is known better.
  if (known === undefined && search.carryOverAt(free) < 0.005) return fitResponse(table, { ...options, carryOver: 0 });
  return describe(search, free, level);
}

function refuseTable({ spend, outcome }: ResponseTable, parameters: number): void {
  if (spend.length !== outcome.length) {
    throw new DataError("response_lengths_differ", { spend: spend.length, outcome: outcome.length });
  }
  const negative = spend.findIndex((value) => !(value >= 0));
  if (negative >= 0) throw new DataError("response_negative_spend", { row: negative + 1, value: spend[negative] });
  const needed = parameters + 3;
  if (spend.length < needed) throw new DataError("response_too_few_rows", { rows: spend.length, needed });
  const different = new Set(spend).size;
  if (different === 1) throw new DataError("response_constant_spend", { value: spend[0] });
  if (different < parameters) throw new DataError("response_too_few_spends", { different, needed: parameters });
}

/** The least squares of a table as a function of what is not linear: the shape's own numbers, then carry-over. */
class Search {
  readonly rows: number;
  readonly spend: Float64Array;
  readonly names: readonly string[];
  readonly most: number;
  readonly #outcome: Float64Array;
  readonly #shape: ResponseShape;
  readonly #knownCarryOver: number | undefined;
  readonly #mean: number;
  readonly total: number;

  constructor({ spend, outcome }: ResponseTable, shape: ResponseShape, knownCarryOver: number | undefined) {
    this.rows = spend.length;
    this.spend = spend;
    this.#outcome = outcome;
    this.#shape = shape;
    this.#knownCarryOver = knownCarryOver;
    this.names = [...shapes[shape].names, ...(knownCarryOver === undefined ? ["carryOver"] : [])];
    this.most = Math.max(...spend);
    this.#mean = outcome.reduce((sum, value) => sum + value, 0) / this.rows;
    this.total = outcome.reduce((sum, value) => sum + (value - this.#mean) ** 2, 0);
  }

  carryOverAt(free: ArrayLike<number>): number {
    return this.#knownCarryOver ?? logistic(free[free.length - 1]);
  }

  /** The curve of height 1 with these numbers. */
  unitCurve(free: ArrayLike<number>): Curve {
    return shapes[this.#shape].unitCurve(free);
  }

  /** Intercept and height by least squares, and the squares left over as a share of all. */
  linear(free: ArrayLike<number>): { intercept: number; height: number; left: number } {
    const curve = this.unitCurve(free);
    const basis = carriedOver(this.spend, this.carryOverAt(free), 0).map((spend) => curveValue(curve, spend));
    const mean = basis.reduce((sum, value) => sum + value, 0) / this.rows;
    let [own, shared] = [0, 0];
    basis.forEach((value, row) => {
      own += (value - mean) ** 2;
      shared += (value - mean) * (this.#outcome[row] - this.#mean);
    });
    const height = own > 0 ? shared / own : 0;
    // A falling curve is none: it explains nothing.
    const left = height > 0 ? 1 - (height * shared) / this.total : 1;
    return { intercept: this.#mean - height * mean, height, left };
  }

  predict(intercept: number, height: number, free: ArrayLike<number>): Float64Array {
    const curve = this.unitCurve(free);
    const effective = carriedOver(this.spend, this.carryOverAt(free), 0);
    return effective.map((spend) => intercept + height * curveValue(curve, spend));
  }

  bounds(): { lower: Float64Array; upper: Float64Array } {
    const { lower, upper } = shapes[this.#shape].bounds(this.most);
    const carry = this.#knownCarryOver === undefined ? [[logit(0.002)], [logit(mostCarryOver)]] : [[], []];
    return { lower: Float64Array.of(...lower, ...carry[0]), upper: Float64Array.of(...upper, ...carry[1]) };
  }

  /** The best of the grid's three best points, each followed down. Throws `response_does_not_rise`, `response_not_identified`. */
  minimise(): Float64Array {
    const positive = this.spend.filter((value) => value > 0);
    const carry = this.#knownCarryOver === undefined ? [0.05, 0.3, 0.6, 0.85].map(logit) : [undefined];
    const points = shapes[this.#shape]
      .grid(quantiles(positive, [0.1, 0.5, 0.9, 1]))
      .flatMap((point) => carry.map((share) => Float64Array.of(...point, ...(share === undefined ? [] : [share]))))
      .map((start) => ({ start, left: this.linear(start).left }))
      .sort((one, other) => one.left - other.left);
    if (points[0].left >= 1) throw new DataError("response_does_not_rise");
    const box = this.bounds();
    const value = (free: Float64Array) => this.linear(free).left;
    const found = points
      .slice(0, 3)
      .map(({ start }) => lbfgsb(withNumericalGradient({ start, ...box, value }), { gradientTolerance: 1e-7 }))
      .sort((one, other) => one.value - other.value);
    const { x } = found[0];
    x.forEach((number, i) => {
      const isCarryOver = this.names[i] === "carryOver";
      const isAtEdge = number >= box.upper[i] - 1e-6 || (!isCarryOver && number <= box.lower[i] + 1e-6);
      if (isAtEdge) throw new ModelError("response_not_identified", { parameter: this.names[i], most: this.most });
    });
    return x;
  }
}

/** Estimates with their intervals; the numbers behind them are (intercept, log height, free numbers). */
function describe(search: Search, free: Float64Array, level: number): ResponseFit {
  const { intercept, height, left } = search.linear(free);
  const numbers = Float64Array.of(intercept, Math.log(height), ...free);
  const predict = (at: Float64Array) => search.predict(at[0], Math.exp(at[1]), at.subarray(2));
  const degreesOfFreedom = search.rows - numbers.length;
  const variance = (left * search.total) / degreesOfFreedom;
  const columns = derivatives(predict, numbers);
  const covariance = inverseGram(columns, variance);
  if (!covariance) throw new ModelError("response_not_identified", { parameter: search.names[0], most: search.most });
  const reach = studentQuantile(0.5 + level / 2, degreesOfFreedom);
  const errorOf = (slopes: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < numbers.length; i++) {
      for (let j = 0; j < numbers.length; j++) sum += slopes[i] * covariance[i * numbers.length + j] * slopes[j];
    }
    return reach * Math.sqrt(Math.max(0, sum));
  };
  const unit = (i: number) => numbers.map((_, j) => (i === j ? 1 : 0));
  const within = (i: number, back: (value: number) => number): FittedNumber => {
    const error = errorOf(unit(i));
    return { estimate: back(numbers[i]), lower: back(numbers[i] - error), upper: back(numbers[i] + error) };
  };
  const response = withHeight(search.unitCurve(free), height);
  const parameters: Record<string, FittedNumber> = { intercept: within(0, (value) => value) };
  parameters[response.shape === "power" ? "coefficient" : "ceiling"] = within(1, Math.exp);
  search.names.forEach((name, i) => {
    parameters[name] = within(i + 2, name === "exponent" || name === "carryOver" ? logistic : Math.exp);
  });
  for (const [parameter, { lower, upper }] of Object.entries(parameters)) {
    if (parameter === "intercept" || parameter === "carryOver" || upper / lower < widestRatio) continue;
    throw new ModelError("response_not_identified", { parameter, most: search.most });
  }
  const carryOver = search.carryOverAt(free);
  const mostEffective = Math.max(...carriedOver(search.spend, carryOver, 0));
  const curve = Array.from({ length: curveSteps + 1 }, (_, step) => {
    const spend = (mostEffective * step) / curveSteps;
    const brought = (at: Float64Array) =>
      Float64Array.of(Math.exp(at[1]) * curveValue(search.unitCurve(at.subarray(2)), spend));
    const [estimate] = brought(numbers);
    const error = errorOf(derivatives(brought, numbers).map(([slope]) => slope));
    return { spend, estimate, lower: estimate - error, upper: estimate + error };
  });
  return {
    rows: search.rows,
    response,
    carryOver,
    parameters,
    curve,
    residualStandardError: Math.sqrt(variance),
    rSquared: 1 - left,
    level,
  };
}

function withHeight(curve: Curve, height: number): Curve {
  return curve.shape === "power" ? { ...curve, coefficient: height } : { ...curve, ceiling: height };
}

/** ∂(values)/∂(number), a column a number, by central differences. */
function derivatives(values: (at: Float64Array) => Float64Array, numbers: Float64Array): Float64Array[] {
  return Array.from(numbers, (number, i) => {
    const step = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(number));
    const [above, below] = [step, -step].map((move) => values(numbers.map((one, j) => (i === j ? one + move : one))));
    return above.map((value, row) => (value - below[row]) / (2 * step));
  });
}

/** variance·(JᵀJ)⁻¹, or undefined where the columns depend on each other; columns are scaled to length 1 in between. */
function inverseGram(columns: readonly Float64Array[], variance: number): Float64Array | undefined {
  const size = columns.length;
  const lengths = columns.map((column) => Math.hypot(...column));
  if (!lengths.every((length) => length > 0)) return undefined;
  const gram = new Float64Array(size * size);
  columns.forEach((one, i) => {
    columns.forEach((other, j) => {
      gram[i * size + j] = one.reduce((sum, value, row) => sum + value * other[row], 0) / (lengths[i] * lengths[j]);
    });
  });
  const factor = choleskyFactor(gram, size);
  if (!factor) return undefined;
  return choleskyInverse(factor, size).map(
    (value, at) => (variance * value) / (lengths[Math.floor(at / size)] * lengths[at % size]),
  );
}

const logistic = (value: number) => 1 / (1 + Math.exp(-value));
const logit = (share: number) => Math.log(share / (1 - share));
