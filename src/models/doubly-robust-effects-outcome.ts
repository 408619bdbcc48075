import { solveRidge, weightedNormalEquations } from "../stats/linear-algebra.ts";
import type { BaseColumns } from "./doubly-robust-effects-features.ts";

/**
 * Expected outcome of a row whatever the action: a ridge regression in two steps. Margins are zero-inflated and
 * heavy-tailed, with a spread that grows with their level, so the second step weights each row by 1/sd of the first one's
 * predicted level (between plain and fully efficient weights: the large customers decide the error of an average, the
 * fully efficient weights would all but ignore them). The strongest features of the first step also enter as raw values,
 * squares and products.
 */
export interface OutcomeModel {
  /** Feature indices that enter beyond their logarithm, strongest first. */
  strongest: number[];
  coefficients: number[];
  /** Var(outcome | level) = exp(intercept)·max(level, floor)^power. */
  variance: { intercept: number; power: number; floor: number };
  /** Highest prediction on the training rows; predictions are cut there and at 0. */
  highest: number;
}

const rawTerms = 12;
const productTerms = 6;
/** Ridge penalty per standardised column, in rows: small against the data, enough against collinear windows. */
const penaltyRows = 10;

export function fitOutcomeModel(
  base: BaseColumns,
  features: number,
  target: Float64Array,
  rows: Int32Array,
): OutcomeModel {
  const ones = new Float64Array(target.length).fill(1);
  const first = weightedNormalEquations(base.logs, base.logColumns, target, ones, rows);
  const firstCoefficients = solveRidge(first, penalties(base.logColumns, base.logColumns - 1, penaltyRows));
  const strongest = rankFeatures(first.gram, base.logColumns, firstCoefficients, features);
  const level = new Float64Array(target.length);
  for (const row of rows) level[row] = dot(base.logs, row, base.logColumns, firstCoefficients);
  const variance = fitVariance(level, target, rows);
  const weights = new Float64Array(target.length);
  for (const row of rows) weights[row] = 1 / Math.sqrt(varianceAt(variance, level[row]));
  const meanWeight = rows.reduce((sum, row) => sum + weights[row], 0) / rows.length;
  for (const row of rows) weights[row] /= meanWeight;
  const { design, columns } = fullDesign(base, features, strongest, rows);
  const second = weightedNormalEquations(
    design,
    columns,
    gather(target, rows),
    gather(weights, rows),
    Int32Array.from(rows, (_, i) => i),
  );
  const coefficients = solveRidge(second, penalties(columns, base.logColumns - 1, penaltyRows));
  let highest = 0;
  const fitted = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    fitted[i] = dot(design, i, columns, coefficients);
    if (fitted[i] > highest) highest = fitted[i];
  }
  const final = fitVariance(
    fitted,
    gather(target, rows),
    Int32Array.from(rows, (_, i) => i),
  );
  return { strongest, coefficients: [...coefficients], variance: final, highest };
}

/** Predicted level of the given rows, inside [0, highest]; indexed like `rows`. */
export function predictOutcome(
  model: OutcomeModel,
  base: BaseColumns,
  features: number,
  rows: Int32Array,
): Float64Array {
  const columns = model.coefficients.length;
  const predicted = new Float64Array(rows.length);
  const row = new Float32Array(columns);
  for (let i = 0; i < rows.length; i++) {
    writeDesignRow(row, 0, base, features, model.strongest, rows[i]);
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += row[j] * model.coefficients[j];
    predicted[i] = Math.min(model.highest, Math.max(0, sum));
  }
  return predicted;
}

export function varianceAt(variance: OutcomeModel["variance"], level: number): number {
  return Math.exp(variance.intercept) * Math.max(level, variance.floor) ** variance.power;
}

function gather(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]);
}

function penalties(columns: number, unpenalised: number, penalty: number): Float64Array {
  const result = new Float64Array(columns).fill(penalty);
  result[unpenalised] = 0;
  return result;
}

function dot(design: Float32Array, row: number, columns: number, coefficients: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += design[row * columns + j] * coefficients[j];
  return sum;
}

/** Features by |cov(log column, fitted level)|, which a set of near-copies shares where single coefficients would not. */
function rankFeatures(gram: Float64Array, size: number, coefficients: Float64Array, features: number): number[] {
  const covariance = new Float64Array(features);
  const intercept = size - 1;
  const rowsCount = gram[intercept * size + intercept];
  const at = (i: number, j: number) => (i >= j ? gram[i * size + j] : gram[j * size + i]);
  for (let j = 0; j < features; j++) {
    for (let k = 0; k < intercept; k++) {
      covariance[j] += coefficients[k] * (at(j, k) - (at(intercept, j) * at(intercept, k)) / rowsCount);
    }
  }
  const order = Array.from({ length: features }, (_, j) => j);
  order.sort((a, b) => Math.abs(covariance[b]) - Math.abs(covariance[a]) || a - b);
  return order.slice(0, rawTerms);
}

/** Columns: base logs (with indicators and ones), raw values and squared logs of the strongest, products of the very strongest. */
function fullDesign(base: BaseColumns, features: number, strongest: number[], rows: Int32Array) {
  const products = Math.min(productTerms, strongest.length);
  const columns = base.logColumns + 2 * strongest.length + (products * (products - 1)) / 2;
  const design = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) writeDesignRow(design, i * columns, base, features, strongest, rows[i]);
  return { design, columns };
}

function writeDesignRow(
  into: Float32Array,
  offset: number,
  base: BaseColumns,
  features: number,
  strongest: number[],
  row: number,
): void {
  const logs = row * base.logColumns;
  let at = offset;
  for (let j = 0; j < base.logColumns; j++) into[at++] = base.logs[logs + j];
  for (const j of strongest) {
    into[at++] = base.raws[row * features + j];
    into[at++] = base.logs[logs + j] ** 2 - 1;
  }
  for (let a = 0; a < Math.min(productTerms, strongest.length); a++) {
    for (let b = 0; b < a; b++) into[at++] = base.logs[logs + strongest[a]] * base.logs[logs + strongest[b]];
  }
}

/**
 * Power law of the spread: rows in 20 groups by level, log mean squared error on log mean level by least squares.
 * The power is kept in [0, 2]; the floor is a tenth of the mean level.
 */
function fitVariance(level: Float64Array, target: Float64Array, rows: Int32Array): OutcomeModel["variance"] {
  const mean = rows.reduce((sum, row) => sum + level[row], 0) / rows.length;
  const floor = Math.max(0.1 * Math.abs(mean), 1e-9);
  const order = Int32Array.from(rows).sort((a, b) => level[a] - level[b] || a - b);
  const groups = Math.max(2, Math.min(20, Math.floor(rows.length / 50)));
  const points: { x: number; y: number }[] = [];
  for (let g = 0; g < groups; g++) {
    const members = order.subarray(
      Math.floor((g * order.length) / groups),
      Math.floor(((g + 1) * order.length) / groups),
    );
    let squares = 0;
    let levels = 0;
    for (const row of members) {
      squares += (target[row] - level[row]) ** 2;
      levels += Math.max(level[row], floor);
    }
    if (squares > 0) points.push({ x: Math.log(levels / members.length), y: Math.log(squares / members.length) });
  }
  if (points.length === 0) return { intercept: 0, power: 0, floor };
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  const sxx = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const sxy = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const power = sxx > 1e-9 ? Math.max(0, Math.min(2, sxy / sxx)) : 0;
  return { intercept: meanY - power * meanX, power, floor };
}
