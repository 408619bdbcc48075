import type { Random } from "../base/random.ts";

/** Any function of rows of features, called on batches: `features` is (rows, width); the result (rows, outputs). */
export type BatchFunction = (features: Float32Array, rows: number) => Promise<ArrayLike<number>>;

/** Rows to explain, and the one row that they are all compared with. */
export interface Compared {
  readonly rows: number;
  readonly width: number;
  readonly features: Float32Array; // (rows, width), NaN = missing
  readonly baseline: Float32Array; // (width)
}

export interface ShapleyOptions {
  /** Features that change places together; every feature stands in one group. */
  readonly groups: readonly (readonly number[])[];
  /** Orders drawn; each is walked forwards and backwards. */
  readonly pairs: number;
  readonly random: Random;
  /** Rows explained per call of the function. */
  readonly rowsPerCall?: number;
}

export interface Attributions {
  readonly outputs: number;
  readonly values: Float64Array; // (rows, groups, outputs)
  /** Of the values, from the spread between pairs of orders; NaN with fewer than two pairs. */
  readonly standardErrors: Float64Array; // (rows, groups, outputs)
  readonly predictions: Float64Array; // (rows, outputs)
  readonly baseline: Float64Array; // (outputs)
}

/**
 * Shapley values of groups of features by sampling orders (Castro, Gómez & Tejada 2009; Štrumbelj & Kononenko 2014), against
 * one baseline row. Features enter in a drawn order, each group is credited with what its entry changes, and the credits of
 * the orders are averaged. Every order's credits add up to f(row) − f(baseline), so the values do too, up to the rounding of
 * the function. An order is walked backwards as well (Mitchell et al. 2022, antithetic sampling): what two groups do only
 * together is then shared equally without error. All rows share the orders, so rows that are alike get values that are alike.
 */
export async function shapleyValues(
  predict: BatchFunction,
  compared: Compared,
  { groups, pairs, random, rowsPerCall = 256 }: ShapleyOptions,
): Promise<Attributions> {
  const { rows, width, features, baseline } = compared;
  const orders = drawOrders(groups.length, pairs, random);
  let tally: Tally | undefined;
  for (let start = 0; start < rows || tally === undefined; start += rowsPerCall) {
    const here = Math.min(rowsPerCall, rows - start);
    const points = new Points(width);
    points.add(baseline);
    for (let row = 0; row < here; row++) points.add(rowOf(features, width, start + row));
    const walks = Array.from({ length: here }, (_, row) =>
      walk(rowOf(features, width, start + row), baseline, groups, orders, points),
    );
    const found = await predict(points.matrix(), points.count);
    tally ??= new Tally(rows, groups.length, found.length / points.count);
    tally.addBaseline(found);
    let at = 1 + here;
    walks.forEach((steps, row) => {
      at = (tally as Tally).addRow(start + row, { found, ofRow: 1 + row, at }, steps);
    });
  }
  return tally.attributions(pairs);
}

/**
 * What each feature alone still does in its place: f(row) − f(row with that one feature from the baseline). Within a group it
 * says which feature speaks for it. (rows, width, outputs)
 */
export async function singleReplacements(
  predict: BatchFunction,
  { rows, width, features, baseline }: Compared,
  rowsPerCall = 2048,
): Promise<Float64Array> {
  let drops: Float64Array | undefined;
  for (let start = 0; start < rows; start += rowsPerCall) {
    const here = Math.min(rowsPerCall, rows - start);
    const points = new Points(width);
    for (let row = start; row < start + here; row++) {
      const own = rowOf(features, width, row);
      points.add(own);
      for (let feature = 0; feature < width; feature++) {
        const replaced = own.slice();
        replaced[feature] = baseline[feature];
        points.add(replaced);
      }
    }
    const found = await predict(points.matrix(), points.count);
    const outputs = found.length / points.count;
    drops ??= new Float64Array(rows * width * outputs);
    for (let row = 0; row < here; row++) {
      const own = row * (width + 1);
      for (let feature = 0; feature < width; feature++) {
        for (let output = 0; output < outputs; output++) {
          const change = found[own * outputs + output] - found[(own + 1 + feature) * outputs + output];
          drops[((start + row) * width + feature) * outputs + output] = change;
        }
      }
    }
  }
  return drops ?? new Float64Array(0);
}

/** Largest |f(row) − f(baseline) − Σ values| ÷ max(1, |f(row)|, |f(baseline)|): how far the completeness axiom is missed. */
export function completenessError({ values, predictions, baseline, outputs }: Attributions): number {
  const rows = predictions.length / outputs;
  const groups = values.length / Math.max(1, predictions.length);
  let worst = 0;
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      const own = predictions[row * outputs + output];
      let sum = baseline[output];
      for (let group = 0; group < groups; group++) sum += values[(row * groups + group) * outputs + output];
      worst = Math.max(worst, Math.abs(own - sum) / Math.max(1, Math.abs(own), Math.abs(baseline[output])));
    }
  }
  return worst;
}

const rowOf = (matrix: Float32Array, width: number, row: number) => matrix.subarray(row * width, (row + 1) * width);

/** Each drawn order followed by its reverse. */
function drawOrders(groups: number, pairs: number, random: Random): number[][] {
  return Array.from({ length: pairs }, () => {
    const order = random.shuffle(Array.from({ length: groups }, (_, group) => group));
    return [order, order.toReversed()];
  }).flat();
}

/** The groups in which a row differs from the baseline, in each order; the points between the two ends are added to `points`. */
function walk(
  own: Float32Array,
  baseline: Float32Array,
  groups: readonly (readonly number[])[],
  orders: readonly (readonly number[])[],
  points: Points,
): number[][] {
  // A group that is as in the baseline changes nothing whenever it enters: its value is 0 without being computed.
  const differs = groups.map((group) => group.some((feature) => !Object.is(own[feature], baseline[feature])));
  return orders.map((order) => {
    const steps = order.filter((group) => differs[group]);
    const point = baseline.slice();
    for (const group of steps.slice(0, -1)) {
      for (const feature of groups[group]) point[feature] = own[feature];
      points.add(point);
    }
    return steps;
  });
}

/** Rows collected for one call of the function. */
class Points {
  count = 0;
  readonly #width: number;
  #values: Float32Array;

  constructor(width: number) {
    this.#width = width;
    this.#values = new Float32Array(1024 * width);
  }

  add(row: Float32Array): void {
    if ((this.count + 1) * this.#width > this.#values.length) {
      const larger = new Float32Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values.set(row, this.count * this.#width);
    this.count++;
  }

  matrix(): Float32Array {
    return this.#values.slice(0, this.count * this.#width);
  }
}

/** Sums over pairs of orders. */
class Tally {
  readonly #groups: number;
  readonly #outputs: number;
  readonly #sums: Float64Array; // (rows, groups, outputs), of the means of pairs
  readonly #squares: Float64Array;
  readonly #predictions: Float64Array;
  readonly #baseline: Float64Array;

  constructor(rows: number, groups: number, outputs: number) {
    this.#groups = groups;
    this.#outputs = outputs;
    this.#sums = new Float64Array(rows * groups * outputs);
    this.#squares = new Float64Array(rows * groups * outputs);
    this.#predictions = new Float64Array(rows * outputs);
    this.#baseline = new Float64Array(outputs);
  }

  addBaseline(found: ArrayLike<number>): void {
    for (let output = 0; output < this.#outputs; output++) this.#baseline[output] = found[output];
  }

  /** Reads the points of one row from `at` on; returns where the next row's begin. */
  addRow(
    row: number,
    { found, ofRow, at }: { found: ArrayLike<number>; ofRow: number; at: number },
    steps: readonly (readonly number[])[],
  ): number {
    const outputs = this.#outputs;
    const pair = new Float64Array(this.#groups * outputs);
    for (let output = 0; output < outputs; output++)
      this.#predictions[row * outputs + output] = found[ofRow * outputs + output];
    steps.forEach((order, index) => {
      order.forEach((group, step) => {
        const before = step === 0 ? 0 : at - 1;
        const after = step === order.length - 1 ? ofRow : at++;
        for (let output = 0; output < outputs; output++)
          pair[group * outputs + output] += found[after * outputs + output] - found[before * outputs + output];
      });
      if (index % 2 === 1) this.#addPair(row, pair);
    });
    return at;
  }

  #addPair(row: number, pair: Float64Array): void {
    const first = row * pair.length;
    pair.forEach((sum, at) => {
      this.#sums[first + at] += sum / 2;
      this.#squares[first + at] += (sum / 2) ** 2;
    });
    pair.fill(0);
  }

  attributions(pairs: number): Attributions {
    const values = this.#sums.map((sum) => sum / pairs);
    const standardErrors = this.#squares.map((square, at) => {
      const variance = (square / pairs - values[at] ** 2) / (pairs - 1);
      return Math.sqrt(Math.max(0, variance));
    });
    return {
      outputs: this.#outputs,
      values,
      standardErrors,
      predictions: this.#predictions,
      baseline: this.#baseline,
    };
  }
}
