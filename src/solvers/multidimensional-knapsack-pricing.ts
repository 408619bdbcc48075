import { CompensatedSum } from "./compensated-sum.ts";
import { type Numbers, rowsOf, scrambled, spreadItems, valueOfSums, valueReader } from "./items.ts";
import type { MultidimensionalKnapsackProblem } from "./multidimensional-knapsack.ts";
import { type Alternatives, mostAlternatives, NearestAlternatives } from "./multidimensional-knapsack-alternatives.ts";
import { type Magnitudes, magnitudesOf } from "./multidimensional-knapsack-magnitudes.ts";

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

/** Growth from one sample to the next larger one. */
const sampleGrowth = 16;
/** So many matrices are added up in one loop: a loop for each takes longer. */
const termsPerLoop = 6;
/** Values less prices are worked out for so many items, which stay in the processor's nearest memory; and sums are carried
 * over in such blocks, because adding millions of terms one by one would lose digits. */
const itemsPerBlock = 256;

/** What hangs little or not at all on how values are mixed. */
interface Measured {
  readonly magnitudes: Magnitudes;
  /** Once they were asked for. */
  samples?: readonly PricedChoices[];
  /** Of a sample: what it uses more than its share. */
  excess?: Float64Array; // (rows)
}

/** What a look at some items needs: `farthest` no two choices of an item are apart in weights, each times its row's width. */
interface Block {
  /** Σ factor·matrix is what a choice is worth less what it uses. */
  readonly matrices: readonly Numbers[];
  readonly factors: Float64Array; // (matrices)
  /** That, of every choice. */
  readonly reduced: Float64Array; // (items of the block, choices)
  readonly weights: readonly Numbers[]; // (rows)
  readonly widths: Float64Array; // (rows)
  readonly farthest: number;
}

/**
 * The items of a problem, or a sample of them, choosing at given prices. Prices are per unit of each row's weight and
 * signed: at least 0 where a row is a limit from above, at most 0 where it is a floor.
 */
export class PricedChoices {
  readonly problem: MultidimensionalKnapsackProblem;
  /** Mean |value| of a choice, or what accounts can make of it in scenarios; 1 where all are 0. */
  readonly valueScale: number;
  /** The same for the weights of each row. */
  readonly weightScales: Float64Array; // (rows)
  /** Of all items, copies counted, where these are a sample; else 1. */
  readonly share: number;
  /** The value of a choice by its place in the matrices. */
  readonly valueAt: (at: number) => number;
  readonly #measured: Measured;
  #tieBreak = 0;
  #passes = 0;

  constructor(
    problem: MultidimensionalKnapsackProblem,
    share = 1,
    measured: Measured = { magnitudes: magnitudesOf(problem) },
  ) {
    this.problem = problem;
    this.share = share;
    this.valueAt = valueReader(problem);
    this.#measured = measured;
    const { value, mix, weights } = measured.magnitudes;
    this.weightScales = Float64Array.from(weights, ({ mean }) => mean || 1);
    const meanValue = (1 - (problem.mix?.share ?? 0)) * value.mean + (problem.mix?.share ?? 0) * mix.mean;
    this.valueScale = Math.max(meanValue, this.#scenarioMagnitude()) || 1;
  }

  /** The same items, measured and sampled already, with their two values mixed otherwise. */
  mixed(share: number | undefined): PricedChoices {
    const { problem } = this;
    const mix = problem.mix && share !== undefined ? { ...problem.mix, share } : problem.mix;
    return new PricedChoices({ ...problem, ...(mix && { mix }) }, this.share, this.#measured);
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

  /** The limit of a row for these items: a sample has its share of it, and what it is known to use more than its share. */
  limit(row: number): number {
    return this.problem.rows[row].limit * this.share + (this.#measured.excess?.[row] ?? 0);
  }

  /** Notes what this sample uses more than its share of what all items use, at the prices of their plan and others nearby. */
  calibrate({ prices, used }: PricedPlan): void {
    const own = this.at(prices, new Float64Array(prices.length), 0).used;
    this.#measured.excess = own.map((amount, row) => amount - this.share * used[row]);
  }

  /** What a scenario brings these items whatever is chosen. */
  constant(scenario: number): number {
    return (this.problem.scenarios?.constant[scenario] ?? 0) * this.share;
  }

  /** Samples of the items, each sixteen times as large as the one before; none where one linear programme holds all alternatives. */
  get samples(): readonly PricedChoices[] {
    const measured = this.#measured;
    measured.samples ??= this.#largestSample();
    return measured.samples.map((sample) => sample.mixed(this.problem.mix?.share));
  }

  #largestSample(): PricedChoices[] {
    const { items, choices } = this.problem;
    if (items * (choices - 1) <= mostAlternatives) return [];
    const sample = this.#sample(Math.ceil(items / sampleGrowth));
    return [...sample.#largestSample(), sample];
  }

  /** Evenly many items from every part of the list, always the same ones, side by side in memory. */
  #sample(count: number): PricedChoices {
    const { items, choices, value, mix, rows, eligible, copies } = this.problem;
    const picked = spreadItems(items, count);
    const taken = new Map<Numbers, Numbers>();
    const only = (numbers: Numbers) => {
      const some = taken.get(numbers) ?? rowsOf(numbers, choices, picked, new Float64Array(count * choices));
      taken.set(numbers, some);
      return some;
    };
    const times = copies && Float64Array.from(picked, (item) => copies[item]);
    const counted = (all: Float64Array | undefined, one: number) => all?.reduce((sum, part) => sum + part, 0) ?? one;
    return new PricedChoices(
      {
        ...this.problem,
        items: count,
        value: only(value),
        ...(mix && { mix: { ...mix, value: only(mix.value) } }),
        rows: rows.map((row) => ({ ...row, weight: only(row.weight) })),
        ...(eligible && { eligible: rowsOf(eligible, choices, picked, new Uint8Array(count * choices)) }),
        ...(times && { copies: times }),
      },
      (this.share * counted(times, count)) / counted(copies, items),
    );
  }

  /** What every item chooses at these prices, and which other choices prices within `radius`·`widths` could bring. */
  at(prices: Float64Array, widths: Float64Array, radius: number): PricedPlan {
    this.#passes++;
    const { choices, value, mix, rows, items } = this.problem;
    const weights = rows.map(({ weight }) => weight);
    const summed = [value, ...(mix ? [mix.value] : []), ...weights];
    const found = new NearestAlternatives(radius);
    const farthest = this.#measured.magnitudes.weights.reduce(
      (sum, { largest }, row) => sum + 2 * largest * widths[row],
      0,
    );
    const reduced = new Float64Array(itemsPerBlock * choices);
    const block = { ...this.#termsAt(prices), reduced, weights, widths, farthest };
    const chosen = new Int32Array(items);
    const sums = new Float64Array(summed.length);
    let sumOfTops = 0;
    for (let start = 0; start < items; start += itemsPerBlock) {
      const end = Math.min(items, start + itemsPerBlock);
      this.#reduce(start, end, block);
      sumOfTops += this.#chooseInBlock(start, end, block, chosen, found);
      for (let matrix = 0; matrix < summed.length; matrix++)
        sums[matrix] += this.#chosenSum(summed[matrix], start, end, chosen);
    }
    let bound = sumOfTops;
    for (let row = 0; row < rows.length; row++) bound += prices[row] * this.limit(row);
    return {
      prices,
      bound,
      value: valueOfSums(this.problem, (numbers) => sums[summed.indexOf(numbers)]),
      used: sums.slice(summed.length - rows.length),
      choice: chosen,
      radius: found.radius,
      alternatives: found.alternatives(),
    };
  }

  /** The best choice of some items and the others near it; returns the sum of what the best are worth. */
  #chooseInBlock(
    start: number,
    end: number,
    { reduced, weights, widths, farthest }: Block,
    chosen: Int32Array,
    found: NearestAlternatives,
  ): number {
    const { choices, copies } = this.problem;
    let sumOfTops = 0;
    for (let item = start; item < end; item++) {
      const place = (item - start) * choices;
      let best = 0;
      let top = reduced[place];
      let second = Number.NEGATIVE_INFINITY;
      for (let choice = 1; choice < choices; choice++) {
        const worth = reduced[place + choice];
        if (worth > top) {
          second = top;
          top = worth;
          best = choice;
        } else if (worth > second) second = worth;
      }
      chosen[item] = best;
      sumOfTops += copies === undefined ? top : copies[item] * top;
      const near = top - found.radius * farthest;
      if (second < near) continue;
      const first = item * choices;
      for (let choice = 0; choice < choices; choice++) {
        const worth = reduced[place + choice];
        if (worth < near || choice === best || worth === Number.NEGATIVE_INFINITY) continue;
        let distance = 0;
        for (let row = 0; row < weights.length; row++)
          distance += widths[row] * Math.abs(weights[row][first + choice] - weights[row][first + best]);
        // Where nothing is used differently no price can change the order; the first of equals stays.
        if (distance === 0) continue;
        const needed = (top - worth) / distance;
        if (needed <= found.radius) found.add(item, choice, needed);
      }
    }
    return sumOfTops;
  }

  /** What values and prices make of every choice: matrices and their factors, filled up to whole groups. */
  #termsAt(prices: Float64Array): { matrices: Numbers[]; factors: Float64Array } {
    const { value, mix, rows } = this.problem;
    const matrices = [value, mix?.value ?? value, ...rows.map(({ weight }) => weight)];
    while (matrices.length % termsPerLoop > 0) matrices.push(value);
    const factors = new Float64Array(matrices.length);
    factors.set([1 - (mix?.share ?? 0), mix?.share ?? 0]);
    for (let row = 0; row < rows.length; row++) factors[row + 2] = -prices[row];
    return { matrices, factors };
  }

  /** Value less what is used, of every choice of some items; −Infinity where it may not be chosen. */
  #reduce(start: number, end: number, { matrices, factors, reduced }: Block): void {
    const { choices, eligible } = this.problem;
    const tieBreak = this.#tieBreak;
    const first = start * choices;
    const cells = (end - start) * choices;
    reduced.fill(0);
    for (let term = 0; term < matrices.length; term += termsPerLoop) {
      const [one, two, three] = [matrices[term], matrices[term + 1], matrices[term + 2]];
      const [four, five, six] = [matrices[term + 3], matrices[term + 4], matrices[term + 5]];
      const [byOne, byTwo, byThree] = [factors[term], factors[term + 1], factors[term + 2]];
      const [byFour, byFive, bySix] = [factors[term + 3], factors[term + 4], factors[term + 5]];
      for (let cell = 0; cell < cells; cell++) {
        const at = first + cell;
        reduced[cell] +=
          byOne * one[at] +
          byTwo * two[at] +
          byThree * three[at] +
          byFour * four[at] +
          byFive * five[at] +
          bySix * six[at];
      }
    }
    if (tieBreak > 0) for (let cell = 0; cell < cells; cell++) reduced[cell] += tieBreak * scrambled(first + cell);
    if (eligible === undefined) return;
    for (let cell = 0; cell < cells; cell++)
      if (eligible[first + cell] === 0 && cell % choices > 0) reduced[cell] = Number.NEGATIVE_INFINITY;
  }

  /** What the choices of all items sum up to in a matrix; of block sums nothing is lost. */
  chosenSum(numbers: Numbers, chosen: Int32Array): number {
    const sum = new CompensatedSum();
    const { items } = this.problem;
    for (let start = 0; start < items; start += itemsPerBlock)
      sum.add(this.#chosenSum(numbers, start, Math.min(items, start + itemsPerBlock), chosen));
    return sum.total;
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
    const { choices, eligible, rows } = this.problem;
    const at = item * choices + choice;
    if (choice > 0 && eligible !== undefined && eligible[at] === 0) return Number.NEGATIVE_INFINITY;
    let worth = this.valueAt(at) + this.#tieBreak * scrambled(at);
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
}
