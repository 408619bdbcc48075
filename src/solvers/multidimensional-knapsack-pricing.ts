import { InputError } from "../base/errors.ts";
import { CompensatedSum } from "./compensated-sum.ts";
import { rowsOf, scrambled, spreadItems } from "./items.ts";
import type { MultidimensionalKnapsackProblem, Numbers } from "./multidimensional-knapsack.ts";

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
  readonly choice: Int32Array; // (items)
  /** Prices within `radius` times the widths change no choice that is not among the alternatives; 0 where too many are equal. */
  readonly radius: number;
  readonly alternatives: Alternatives;
}

/** Most alternatives that one linear programme is asked about. */
const mostAlternatives = 6000;
/** Values less prices are worked out row by row for so many items, which stay in the processor's nearest memory; and sums are carried
 * over in such blocks, because adding millions of terms one by one would lose digits. */
const itemsPerBlock = 256;

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
  /** Of all items, copies counted, where these are a sample; else 1. */
  readonly share: number;
  readonly #largestWeightDifference: Float64Array; // (rows)
  #tieBreak = 0;
  #passes = 0;

  constructor(problem: MultidimensionalKnapsackProblem, share = 1) {
    this.problem = problem;
    this.share = share;
    const { rows, value } = problem;
    const magnitudes = rows.map(({ weight }) => this.#magnitude(weight));
    this.weightScales = Float64Array.from(magnitudes, ({ mean }) => mean || 1);
    this.#largestWeightDifference = Float64Array.from(magnitudes, ({ largest }) => 2 * largest);
    this.valueScale = Math.max(this.#magnitude(value).mean, this.#scenarioMagnitude()) || 1;
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

  /** Evenly many items from every part of the list, always the same ones, side by side in memory. */
  sample(count: number): PricedChoices {
    const { problem } = this;
    const { items, choices, value, rows, eligible, copies } = problem;
    const picked = spreadItems(items, count);
    const only = (numbers: Numbers) => rowsOf(numbers, choices, picked, new Float64Array(count * choices));
    const times = copies && Float64Array.from(picked, (item) => copies[item]);
    const counted = (all: Float64Array | undefined, one: number) => all?.reduce((sum, part) => sum + part, 0) ?? one;
    return new PricedChoices(
      {
        ...problem,
        items: count,
        value: only(value),
        rows: rows.map((row) => ({ ...row, weight: only(row.weight) })),
        ...(eligible && { eligible: rowsOf(eligible, choices, picked, new Uint8Array(count * choices)) }),
        ...(times && { copies: times }),
      },
      counted(times, count) / counted(copies, items),
    );
  }

  /** What every item chooses at these prices, and which other choices prices within `radius`·`widths` could bring. */
  at(prices: Float64Array, widths: Float64Array, radius: number): PricedPlan {
    this.#passes++;
    const { choices, value, rows, copies, items } = this.problem;
    const rowCount = rows.length;
    const weights = rows.map(({ weight }) => weight);
    const found = new NearestAlternatives(radius);
    const farthest = this.#largestWeightDifference.reduce((sum, most, row) => sum + most * widths[row], 0);
    const reduced = new Float64Array(itemsPerBlock * choices);
    const chosen = new Int32Array(items);
    const sums = new Float64Array(rowCount + 2);
    for (let start = 0; start < items; start += itemsPerBlock) {
      const end = Math.min(items, start + itemsPerBlock);
      this.#reduce(start, end, prices, reduced);
      let sumOfTops = 0;
      for (let item = start; item < end; item++) {
        const first = item * choices;
        const place = (item - start) * choices;
        let best = 0;
        for (let choice = 1; choice < choices; choice++)
          if (reduced[place + choice] > reduced[place + best]) best = choice;
        chosen[item] = best;
        const top = reduced[place + best];
        const at = first + best;
        const times = copies === undefined ? 1 : copies[item];
        sumOfTops += times * top;
        const near = top - found.radius * farthest;
        for (let choice = 0; choice < choices; choice++) {
          const worth = reduced[place + choice];
          if (worth < near || choice === best || worth === Number.NEGATIVE_INFINITY) continue;
          let distance = 0;
          for (let row = 0; row < rowCount; row++)
            distance += widths[row] * Math.abs(weights[row][first + choice] - weights[row][at]);
          // Where nothing is used differently no price can change the order; the first of equals stays.
          if (distance === 0) continue;
          const needed = (top - worth) / distance;
          if (needed <= found.radius) found.add(item, choice, needed);
        }
      }
      sums[0] += sumOfTops;
      sums[1] += this.#chosenSum(value, start, end, chosen);
      for (let row = 0; row < rowCount; row++) sums[row + 2] += this.#chosenSum(weights[row], start, end, chosen);
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

  /** Value less what is used at these prices, of every choice of some items; −Infinity where it may not be chosen. */
  #reduce(start: number, end: number, prices: Float64Array, reduced: Float64Array): void {
    const { choices, value, eligible, rows } = this.problem;
    const tieBreak = this.#tieBreak;
    const first = start * choices;
    const cells = (end - start) * choices;
    for (let cell = 0; cell < cells; cell++) reduced[cell] = value[first + cell];
    // Four rows in one loop: a loop for each takes longer.
    for (let row = 0; row < rows.length; row += 4) {
      const one = rows[row].weight;
      const [two, three, four] = [1, 2, 3].map((more) => rows[row + more]?.weight ?? one);
      const [priceOne, priceTwo, priceThree, priceFour] = [0, 1, 2, 3].map((more) => prices[row + more] ?? 0);
      for (let cell = 0; cell < cells; cell++) {
        const at = first + cell;
        reduced[cell] =
          reduced[cell] - priceOne * one[at] - priceTwo * two[at] - priceThree * three[at] - priceFour * four[at];
      }
    }
    if (tieBreak > 0) for (let cell = 0; cell < cells; cell++) reduced[cell] += tieBreak * scrambled(first + cell);
    if (eligible === undefined) return;
    for (let cell = 0; cell < cells; cell++)
      if (eligible[first + cell] === 0 && cell % choices > 0) reduced[cell] = Number.NEGATIVE_INFINITY;
  }

  /** What the choices of all items sum up to in a matrix; of block sums nothing is lost. */
  chosenSum(numbers: Numbers, chosen: Int32Array): CompensatedSum {
    const sum = new CompensatedSum();
    const { items } = this.problem;
    for (let start = 0; start < items; start += itemsPerBlock)
      sum.add(this.#chosenSum(numbers, start, Math.min(items, start + itemsPerBlock), chosen));
    return sum;
  }

  #chosenSum(numbers: Numbers, start: number, end: number, chosen: Int32Array): number {
    const { choices, copies } = this.problem;
    let sum = 0;
    for (let item = start; item < end; item++)
      sum += (copies === undefined ? 1 : copies[item]) * numbers[item * choices + chosen[item]];
    return sum;
  }

  /** What no plan exceeds at these prices, values as they were given: less than the bound of a plan whose ties were broken. */
  boundAt(prices: Float64Array): number {
    this.#passes++;
    const sum = new CompensatedSum();
    const tieBreak = this.#tieBreak;
    this.#tieBreak = 0;
    for (let item = 0; item < this.problem.items; item++) {
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
    const { choices, eligible, items } = this.problem;
    let sum = 0;
    let largest = 0;
    for (let first = 0; first < items * choices; first += choices) {
      let most = 0;
      for (let at = first; at < first + choices; at++) {
        if (at > first && eligible !== undefined && eligible[at] === 0) continue;
        const size = Math.abs(numbers[at]);
        if (!(size < Number.POSITIVE_INFINITY)) {
          throw new InputError("value_not_finite", {
            array: numbers === this.problem.value ? "value" : "weight",
            item: first / choices,
            choice: at - first,
            found: String(numbers[at]),
          });
        }
        if (size > most) most = size;
      }
      sum += most;
      if (most > largest) largest = most;
    }
    return { mean: sum / Math.max(1, items), largest };
  }
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
