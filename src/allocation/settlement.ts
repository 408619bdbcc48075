import { CompensatedSum } from "../solvers/compensated-sum.ts";
import { type PriceBox, type SettledItems, settleItems } from "../solvers/settled-items.ts";
import { matricesOf, type Part, PickedCustomers } from "./part.ts";

/** What choices sum up to. */
export interface ChoiceSums {
  /** In the objective that is maximised. */
  readonly value: number;
  readonly short: number;
  readonly long: number;
  readonly cost: number;
  readonly used: readonly number[]; // (limits)
  /** Customers by action. */
  readonly counts: readonly number[]; // (actions)
}

export interface Settlement {
  /** Customers whose choice is the same at all prices in the box. */
  readonly settled: ChoiceSums;
  /** All others. */
  readonly open: Part;
  /** No plan is worth more: Σ surplus at the box's own prices + Σ price·limit. */
  readonly bound: number;
}

/**
 * One pass over all customers; undefined as soon as more than `mostOpen` of them are open. `onCustomers` hears how many were looked at.
 */
export async function settleParts(
  parts: AsyncIterable<Part>,
  { balance, box, mostOpen }: { balance: number; box: PriceBox; mostOpen: number },
  onCustomers: (count: number) => void,
): Promise<Settlement | undefined> {
  const sums = new RunningSums(balance);
  const bound = new CompensatedSum();
  let open: PickedCustomers | undefined;
  let limits: Part["limits"] = [];
  for await (const part of parts) {
    const { choice, isOpen, surplus } = settle(part, balance, box);
    open ??= new PickedCustomers(part);
    open.add(part, isOpen);
    if (open.customers > mostOpen) return undefined;
    sums.add(part, choice, isOpen);
    bound.add(surplus);
    limits = part.limits;
    onCustomers(choice.length);
  }
  if (open === undefined) return undefined;
  for (const [row, { limit }] of limits.entries()) bound.add(box.prices[row] * limit);
  return { settled: sums.totals(), open: open.part(), bound: bound.total };
}

/** What the customers of a part choose at a box's prices, and who could choose otherwise in the box. */
export function settle({ problem, limits }: Part, balance: number, box: PriceBox): SettledItems {
  const { customerIds, actions, eligible } = problem;
  const weights = limits.map(({ weight }) => weight);
  const worth = worthOf(problem, balance);
  return settleItems({ items: customerIds.length, choices: actions.length, ...worth, eligible, weights }, box);
}

/** What the choices of a part sum up to. */
export function sumsOfChoices(part: Part, balance: number, choice: Int32Array): ChoiceSums {
  const sums = new RunningSums(balance);
  sums.add(part, choice, new Uint8Array(choice.length));
  return sums.totals();
}

/** What is maximised. */
const worthOf = ({ short, long }: Part["means"], balance: number) => ({
  value: short,
  mix: { value: long, share: balance },
});

/** Sums part by part, of which nothing is lost however many there are. */
class RunningSums {
  readonly #sums: CompensatedSum[] = [];
  readonly #counts: number[] = [];
  readonly #balance: number;

  constructor(balance: number) {
    this.#balance = balance;
  }

  add(part: Part, choice: Int32Array, isLeftOut: Uint8Array): void {
    const width = part.problem.actions.length;
    for (const [index, matrix] of matricesOf(part).entries()) {
      let sum = 0;
      for (let customer = 0; customer < choice.length; customer++)
        if (isLeftOut[customer] === 0) sum += matrix[customer * width + choice[customer]];
      this.#sums[index] ??= new CompensatedSum();
      this.#sums[index].add(sum);
    }
    for (let action = 0; action < width; action++) this.#counts[action] ??= 0;
    for (let customer = 0; customer < choice.length; customer++)
      if (isLeftOut[customer] === 0) this.#counts[choice[customer]]++;
  }

  totals(): ChoiceSums {
    const [now, later, cost, short, long, ...used] = this.#sums.map(({ total }) => total);
    const value = (1 - this.#balance) * now + this.#balance * later;
    return { value, short, long, cost, used, counts: this.#counts };
  }
}
