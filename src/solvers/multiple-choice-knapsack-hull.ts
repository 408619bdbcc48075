import { valueReader } from "./items.ts";
import type { KnapsackProblem } from "./multiple-choice-knapsack.ts";

/** The efficient choices of one item at a time, from its cheapest upwards; `of` overwrites what it found before. */
export class Hull {
  readonly problem: KnapsackProblem;
  /** Choices on the hull, by rising cost. */
  readonly vertex: Int32Array;
  /** Value per cost of the step up to this vertex; strictly falling from index 1 on. */
  readonly efficiency: Float64Array;
  readonly #worth: Float64Array;
  readonly #byCost: Int32Array;
  readonly #worthAt: (at: number) => number;

  constructor(problem: KnapsackProblem) {
    this.problem = problem;
    this.vertex = new Int32Array(problem.choices);
    this.efficiency = new Float64Array(problem.choices);
    this.#worth = new Float64Array(problem.choices);
    this.#byCost = new Int32Array(problem.choices);
    this.#worthAt = valueReader(problem);
  }

  /** Finds the hull of an item and returns its number of vertices (≥ 1). */
  of(item: number): number {
    const { choices, cost } = this.problem;
    const { vertex, efficiency } = this;
    const [worth, byCost] = [this.#worth, this.#byCost];
    const eligibleCount = this.#sortByCost(item);
    const row = item * choices;
    vertex[0] = byCost[0];
    let count = 1;
    for (let position = 1; position < eligibleCount; position++) {
      const choice = byCost[position];
      if (worth[choice] <= worth[vertex[count - 1]]) continue;
      for (;;) {
        const below = vertex[count - 1];
        // The quotient itself is compared, not a cross product: the efficiencies then fall strictly as floats too.
        const slope = (worth[choice] - worth[below]) / (cost[row + choice] - cost[row + below]);
        if (count === 1 || slope < efficiency[count - 1]) {
          vertex[count] = choice;
          efficiency[count] = slope;
          count++;
          break;
        }
        count--;
      }
    }
    return count;
  }

  /** Eligible choices by rising cost; of equal cost the most valuable first, then the first named. */
  #sortByCost(item: number): number {
    const { choices, cost, eligible } = this.problem;
    const [worth, byCost] = [this.#worth, this.#byCost];
    const row = item * choices;
    let count = 0;
    for (let choice = 0; choice < choices; choice++) {
      const at = row + choice;
      if (choice > 0 && eligible !== undefined && eligible[at] === 0) continue;
      worth[choice] = this.#worthAt(at);
      let position = count++;
      for (; position > 0; position--) {
        const before = byCost[position - 1];
        const costBefore = cost[row + before];
        if (costBefore < cost[at] || (costBefore === cost[at] && worth[before] >= worth[choice])) break;
        byCost[position] = before;
      }
      byCost[position] = choice;
    }
    return count;
  }
}
