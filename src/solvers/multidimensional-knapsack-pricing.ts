import { InputError } from "../base/errors.ts";
import { CompensatedSum } from "./compensated-sum.ts";
import type { MultidimensionalKnapsackProblem } from "./multidimensional-knapsack.ts";

/** A choice that prices inside the box could bring its item to make. */
export interface Alternatives {
  readonly count: number;
  readonly item: Int32Array; // (count)
  readonly choice: Int32Array; // (count)
  /** The box radius at which the choice becomes as good as the item's best. */
  readonly radius: Float64Array; // (count)
}

/** What every item chooses at some prices. */
export interface PricedPlan {
  readonly prices: Float64Array; // (rows)
  /** Σᵢ maxₖ(vᵢₖ − Σ price·weight) + Σ price·limit: no plan is worth more. */
  readonly bound: number;
  readonly value: number;
  readonly used: Float64Array; // (rows)
  readonly choice: Int32Array; // (items of the sample, or all)
  /** Prices within `radius` times the widths change no choice that is not among the alternatives; 0 where too many are equal. */
  readonly radius: number;
  readonly alternatives: Alternatives;
}

/** Most alternatives that one linear programme is asked about. */
const mostAlternatives = 6000;
/** Sums are carried over in blocks: adding millions of terms one by one would lose digits. */
const itemsPerBlock = 1024;

/**
 * The items of a problem, or a sample of them, choosing at given prices. Prices are per unit of each row's weight and
 * signed: at least 0 where a row is a limit from above, at most 0 where it is a floor.
 */
export class PricedChoices {
  readonly problem: MultidimensionalKnapsackProblem;
  /** Mean over the items of the largest |value|, or what accounts can make of it in scenarios; 1 where all are 0. */
  readonly valueScale: number;
  /** The same for the weights of each row. */
  readonly weightScales: Float64Array; // (rows)
  readonly #items: Int32Array | undefined;
  /** Of all items, copies counted. */
  readonly share: number;
  readonly #largestWeightDifference: Float64Array; // (rows)
  #tieBreak = 0;
  #passes = 0;

  constructor(problem: MultidimensionalKnapsackProblem, items?: Int32Array) {
    this.problem = problem;
    this.#items = items;
    const { rows, value, copies } = problem;
    const all = copies?.reduce((sum, times) => sum + times, 0) ?? problem.items;
    this.share = items ? items.reduce((sum, item) => sum + this.copiesOf(item), 0) / all : 1;
    const magnitudes = rows.map(({ weight }) => this.#magnitude(weight));
    this.weightScales = Float64Array.from(magnitudes, ({ mean }) => mean || 1);
    this.#largestWeightDifference = Float64Array.from(magnitudes, ({ largest }) => 2 * largest);
    this.valueScale = Math.max(this.#magnitude(value).mean, this.#scenarioMagnitude()) || 1;
  }

  get count(): number {
    return this.#items?.length ?? this.problem.items;
  }

  /** How many equal items an item stands for. */
  copiesOf(item: number): number {
    return this.problem.copies?.[item] ?? 1;
  }

  get breaksTies(): boolean {
    return this.#tieBreak > 0;
  }

  get passes(): number {
    return this.#passes;
  }

  /**
   * Adds up to a millionth of the mean value to every value, evenly spread: where thousands of items are equal no price
   * tells them apart, and this does. Bounds stay bounds, because nothing is taken away.
   */
  breakTies(): void {
    this.#tieBreak = 1e-6 * this.valueScale;
  }

  /** The limit of a row for these items: a sample has its share of it. */
  limit(row: number): number {
    return this.problem.rows[row].limit * this.share;
  }

  /** What a scenario brings these items whatever is chosen. */
  constant(scenario: number): number {
    return (this.problem.scenarios?.constant[scenario] ?? 0) * this.share;
  }

  /** Evenly many items from every part of the list, always the same ones. */
  sample(count: number): PricedChoices {
    const { items } = this.problem;
    const picked = Int32Array.from({ length: count }, (_, index) =>
      Math.floor(((index + scrambled(index)) / count) * items),
    );
    return new PricedChoices(this.problem, picked);
  }

  /** What every item chooses at these prices, and which other choices prices within `radius`·`widths` could bring. */
  at(prices: Float64Array, widths: Float64Array, radius: number): PricedPlan {
    this.#passes++;
    const { choices, value, eligible, rows } = this.problem;
    const tieBreak = this.#tieBreak;
    const rowCount = rows.length;
    const weights = rows.map(({ weight }) => weight);
    const found = new NearestAlternatives(radius);
    const farthest = this.#largestWeightDifference.reduce((sum, most, row) => sum + most * widths[row], 0);
    const reduced = new Float64Array(choices);
    const chosen = new Int32Array(this.count);
    const { copies } = this.problem;
    const sums = new Float64Array(rowCount + 2);
    const block = new Float64Array(rowCount + 2);
    const { count } = this;
    for (let place = 0; place < count; place++) {
      const item = this.#items === undefined ? place : this.#items[place];
      const first = item * choices;
      for (let choice = 0; choice < choices; choice++) reduced[choice] = value[first + choice];
      for (let row = 0; row < rowCount; row++) {
        const price = prices[row];
        if (price === 0) continue;
        const weight = weights[row];
        for (let choice = 0; choice < choices; choice++) reduced[choice] -= price * weight[first + choice];
      }
      if (tieBreak > 0)
        for (let choice = 0; choice < choices; choice++) reduced[choice] += tieBreak * scrambled(first + choice);
      let best = 0;
      for (let choice = 1; choice < choices; choice++) {
        if (eligible !== undefined && eligible[first + choice] === 0) reduced[choice] = Number.NEGATIVE_INFINITY;
        else if (reduced[choice] > reduced[best]) best = choice;
      }
      chosen[place] = best;
      const top = reduced[best];
      const at = first + best;
      const times = copies === undefined ? 1 : copies[item];
      block[0] += times * top;
      block[1] += times * value[at];
      for (let row = 0; row < rowCount; row++) block[row + 2] += times * weights[row][at];
      const near = top - found.radius * farthest;
      for (let choice = 0; choice < choices; choice++) {
        if (choice === best || reduced[choice] < near || reduced[choice] === Number.NEGATIVE_INFINITY) continue;
        let distance = 0;
        for (let row = 0; row < rowCount; row++)
          distance += widths[row] * Math.abs(weights[row][first + choice] - weights[row][at]);
        // Where nothing is used differently no price can change the order; the first of equals stays.
        if (distance === 0) continue;
        const needed = (top - reduced[choice]) / distance;
        if (needed <= found.radius) found.add(item, choice, needed);
      }
      if (place % itemsPerBlock === itemsPerBlock - 1 || place === count - 1) {
        for (let term = 0; term < block.length; term++) sums[term] += block[term];
        block.fill(0);
      }
    }
    let bound = sums[0];
    for (let row = 0; row < rowCount; row++) bound += prices[row] * this.limit(row);
    return {
      prices,
      bound,
      value: sums[1],
      used: sums.slice(2),
      choice: chosen,
      radius: found.radius,
      alternatives: found.alternatives(),
    };
  }

  /** What no plan exceeds at these prices, values as they were given: less than the bound of a plan whose ties were broken. */
  boundAt(prices: Float64Array): number {
    this.#passes++;
    const sum = new CompensatedSum();
    const tieBreak = this.#tieBreak;
    this.#tieBreak = 0;
    for (let place = 0; place < this.count; place++) {
      const item = this.#items === undefined ? place : this.#items[place];
      sum.add(this.copiesOf(item) * this.worthOf(item, this.choiceOf(item, prices), prices));
    }
    this.#tieBreak = tieBreak;
    prices.forEach((price, row) => {
      sum.add(price * this.limit(row));
    });
    return sum.total;
  }

  /** Value less what the choice uses at these prices; −Infinity where it may not be chosen. */
  worthOf(item: number, choice: number, prices: Float64Array): number {
    const { choices, value, eligible, rows } = this.problem;
    const at = item * choices + choice;
    if (choice > 0 && eligible !== undefined && eligible[at] === 0) return Number.NEGATIVE_INFINITY;
    let worth = value[at] + this.#tieBreak * scrambled(at);
    for (let row = 0; row < rows.length; row++) worth -= prices[row] * rows[row].weight[at];
    return worth;
  }

  /** The best choice of one item at these prices; of equals the first. */
  choiceOf(item: number, prices: Float64Array): number {
    let best = 0;
    let most = this.worthOf(item, 0, prices);
    for (let choice = 1; choice < this.problem.choices; choice++) {
      const worth = this.worthOf(item, choice, prices);
      if (worth <= most) continue;
      most = worth;
      best = choice;
    }
    return best;
  }

  #scenarioMagnitude(): number {
    const { scenarios } = this.problem;
    if (scenarios === undefined) return 0;
    const { worth, firstAccount, totalWeight } = scenarios;
    const accounts = this.weightScales.length - firstAccount;
    return worth.reduce(
      (most, amount, at) => Math.max(most, totalWeight * amount * this.weightScales[firstAccount + (at % accounts)]),
      0,
    );
  }

  #magnitude(numbers: ArrayLike<number>): { mean: number; largest: number } {
    const { choices, eligible } = this.problem;
    const { count } = this;
    let sum = 0;
    let largest = 0;
    for (let place = 0; place < count; place++) {
      const first = (this.#items === undefined ? place : this.#items[place]) * choices;
      let most = 0;
      for (let at = first; at < first + choices; at++) {
        if (at > first && eligible !== undefined && eligible[at] === 0) continue;
        if (!Number.isFinite(numbers[at])) {
          throw new InputError("value_not_finite", {
            array: numbers === this.problem.value ? "value" : "weight",
            item: first / choices,
            choice: at - first,
            found: String(numbers[at]),
          });
        }
        most = Math.max(most, Math.abs(numbers[at]));
      }
      sum += most;
      largest = Math.max(largest, most);
    }
    return { mean: sum / Math.max(1, count), largest };
  }
}

/** A number in [0, 1) that belongs to a place (finalizer of MurmurHash3, Appleby 2011). */
function scrambled(place: number): number {
  let bits = Math.imul(place ^ (place >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 4294967296;
}

/** Collects alternatives within a radius, and draws the radius in when they become too many. */
class NearestAlternatives {
  radius: number;
  #count = 0;
  readonly #item = new Int32Array(2 * mostAlternatives);
  readonly #choice = new Int32Array(2 * mostAlternatives);
  readonly #needed = new Float64Array(2 * mostAlternatives);

  constructor(radius: number) {
    this.radius = radius;
  }

  add(item: number, choice: number, needed: number): void {
    if (this.#count === this.#item.length) this.#drawIn();
    if (needed > this.radius) return;
    this.#item[this.#count] = item;
    this.#choice[this.#count] = choice;
    this.#needed[this.#count] = needed;
    this.#count++;
  }

  alternatives(): Alternatives {
    if (this.#count > mostAlternatives) this.#drawIn();
    const count = this.#count;
    return {
      count,
      item: this.#item.slice(0, count),
      choice: this.#choice.slice(0, count),
      radius: this.#needed.slice(0, count),
    };
  }

  /** Keeps the nearest; what is exactly as far as the first one left out goes too, and the radius ends before it. */
  #drawIn(): void {
    const sorted = this.#needed.slice(0, this.#count).sort();
    const firstOut = sorted[mostAlternatives];
    let kept = 0;
    for (let index = 0; index < this.#count; index++) {
      if (this.#needed[index] >= firstOut) continue;
      this.#item[kept] = this.#item[index];
      this.#choice[kept] = this.#choice[index];
      this.#needed[kept] = this.#needed[index];
      kept++;
    }
    this.#count = kept;
    this.radius = kept < mostAlternatives / 100 ? 0 : firstOut * (1 - 1e-12);
  }
}
