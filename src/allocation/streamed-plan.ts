import { InputError, LongrunError } from "../base/errors.ts";
import { widthOfNothing } from "../solvers/multidimensional-knapsack-box.ts";
import type { PriceBox } from "../solvers/settled-items.ts";
import {
  type AllocationOptions,
  type AllocationRow,
  fractionalPlan,
  type OptimalPlan,
  optimalPlan,
} from "./allocation.ts";
import { boundedBy, certificate, relaxedWorth } from "./certificate.ts";
import { matricesOf, type Part } from "./part.ts";
import { type ChoiceSums, type Settlement, settle, settleParts, sumsOfChoices } from "./settlement.ts";

/** Customers that are read again and again, because they do not fit into memory together. */
export interface PartSource {
  /** Evenly picked customers, every amount scaled up to all of them. */
  readonly sample: Part;
  parts(): AsyncIterable<Part>;
}

export interface StreamedPlan extends Omit<OptimalPlan, "choice" | "explorationCost"> {
  /** Customers by action. */
  readonly counts: readonly number[]; // (actions)
  /** At these prices the others choose what they get. */
  readonly box: PriceBox;
  /** What the customers that are open in the box get, in order. */
  readonly openChoice: Int32Array;
  readonly passes: number;
}

export interface StreamedOptions extends Pick<AllocationOptions, "balance"> {
  /** Of customers whose choice could change, held in memory. */
  readonly mostOpen: number;
}

/** Of a price, over the root of the number of customers in the sample: how far its prices are off at most, nearly always. */
const sampleRadius = 3;
/** Limits that no plan of the sample keeps may hold for all: how much they are loosened to see prices, over the same root. */
const loosenings = [0, 4, 16];
const mostPasses = 16;
const narrowest = 1e-9;
/** Beyond this all customers are open, if memory holds them. */
const widest = 2;

/**
 * The plan of `optimalPlan`, and its certificate, where memory holds a part of the customers only. A sample tells prices. A pass over all
 * customers sums up those whose choice is settled, the same at all prices in a box around these. The open ones are solved under what
 * the settled leave of the limits. Where the prices of that lie in the box they are the best of all: the dual bound is convex in the prices and is, in
 * the box, what the settled are worth plus the bound of the open. Else the box is laid around them and the pass repeated. Without exploration and
 * scenarios. Throws InputError limits_conflict, floor_unattainable, no_whole_plan, budget_unattainable, balance_out_of_range,
 * open_customers_beyond_memory, limits_too_tight_for_memory.
 */
export async function streamedPlan(
  source: PartSource,
  { balance, mostOpen }: StreamedOptions,
  onPass: () => (count: number) => void = () => () => {},
): Promise<StreamedPlan> {
  let box = await firstBox(source.sample, balance);
  let tooWide: number | undefined;
  let bound = Number.POSITIVE_INFINITY;
  let best: StreamedPlan | undefined;
  let stride = 1;
  for (let passes = 1; passes <= mostPasses; passes++) {
    const settlement = await settleParts(source.parts(), { balance, box, mostOpen }, onPass());
    if (settlement === undefined) {
      tooWide = box.radius;
      box = { ...box, radius: Math.min(widest, box.radius) / 4 };
      if (box.radius < narrowest) break;
      continue;
    }
    bound = Math.min(bound, settlement.bound);
    const solved = await solveOpen(settlement, balance, box);
    if (solved === undefined) {
      const radius = wider(box.radius, 8);
      if (tooWide === undefined || radius < tooWide) box = { ...box, radius };
      else {
        const { prices } = box;
        stride *= 2;
        box = dearer(settlement, balance, box, stride);
        if (box.prices.every((price, row) => price === prices[row])) break;
      }
      continue;
    }
    const plan = { ...solved, passes };
    if (isInside(plan, box)) return plan;
    if (best === undefined || plan.objective > best.objective) best = plan;
    box = around(plan, box, Math.min(wider(box.radius, 4), (tooWide ?? Number.POSITIVE_INFINITY) / 4));
  }
  // That bound holds whether or not the prices lie in the box.
  if (best) return boundedBy(best, bound);
  const limits = source.sample.limits.map(({ name }) => name);
  throw new InputError(box.radius < narrowest ? "open_customers_beyond_memory" : "limits_too_tight_for_memory", {
    limits,
    customers: mostOpen,
  });
}

/** Around the prices of the sample. */
async function firstBox(sample: Part, balance: number): Promise<PriceBox> {
  const { problem, limits } = sample;
  const customers = problem.customerIds.length;
  const prices = new Float64Array(limits.length);
  const widths = new Float64Array(limits.length).fill(1);
  if (limits.length === 0) return { prices, widths, radius: 0 };
  if (customers === 0) return { prices, widths, radius: Number.POSITIVE_INFINITY };
  const scales = limits.map(({ weight }) => meanLargest(weight, customers) || 1);
  const [short, long] = matricesOf(sample).map((matrix) => meanLargest(matrix, customers));
  const valueScale = (1 - balance) * short + balance * long || 1;
  const { found, loosened } = await samplePrices(sample, balance, scales);
  for (const [row, { sense }] of limits.entries()) {
    prices[row] = (sense === "at_most" ? 1 : -1) * found[row];
    widths[row] = found[row] + (widthOfNothing * valueScale) / scales[row];
  }
  return { prices, widths, radius: (sampleRadius + loosened) / Math.sqrt(customers) };
}

/** What no plan of a sample keeps is loosened first; what is far from possible there is told as it is. */
async function samplePrices({ problem, limits }: Part, balance: number, scales: readonly number[]) {
  const customers = problem.customerIds.length;
  let refusal: unknown;
  for (const loosened of loosenings) {
    const looser = limits.map((limit, row) => {
      const slack = loosened * Math.sqrt(customers) * scales[row];
      return { ...limit, limit: limit.limit + (limit.sense === "at_most" ? slack : -slack) };
    });
    try {
      return { found: (await fractionalPlan(problem, { balance, limits: looser })).prices, loosened };
    } catch (cause) {
      if (!isConflict(cause)) throw cause;
      refusal ??= cause;
    }
  }
  throw refusal;
}

/** The mean over the customers of the largest amount. */
function meanLargest(matrix: ArrayLike<number>, customers: number): number {
  const width = matrix.length / customers;
  let sum = 0;
  for (let row = 0; row < matrix.length; row += width) {
    let most = 0;
    for (let at = row; at < row + width; at++) most = Math.max(most, Math.abs(matrix[at]));
    sum += most;
  }
  return sum / customers;
}

/** The plan of all, the open ones under what the settled leave of the limits; undefined where none of them can keep that. */
async function solveOpen(
  { settled, open }: Settlement,
  balance: number,
  box: PriceBox,
): Promise<Omit<StreamedPlan, "passes"> | undefined> {
  const { problem, limits } = open;
  if (problem.customerIds.length === 0) {
    if (limits.length > 0) return undefined;
    return planOf(settled, { value: settled.value, bound: settled.value, relaxed: settled.value }, [], {
      box,
      openChoice: new Int32Array(0),
    });
  }
  const left = limits.map((limit, row) => ({ ...limit, limit: limit.limit - settled.used[row] }));
  try {
    const plan = await optimalPlan(problem, { balance, limits: left, explorationShare: 0 });
    const sums = together(settled, sumsOfChoices(open, balance, plan.choice));
    const rows = plan.rows.map((row, at) => ({ ...row, limit: limits[at].limit, used: sums.used[at] }));
    const relaxed = settled.value + relaxedWorth(plan);
    const worth = { value: sums.value, bound: settled.value + plan.bound, relaxed };
    return planOf(sums, worth, rows, { box, openChoice: plan.choice });
  } catch (cause) {
    // Where all are open, what cannot be kept is told as it is.
    if (!isConflict(cause) || box.radius === Number.POSITIVE_INFINITY) throw cause;
    return undefined;
  }
}

const conflicts = ["limits_conflict", "floor_unattainable", "no_whole_plan", "budget_unattainable"];
const isConflict = (cause: unknown) => cause instanceof LongrunError && conflicts.includes(cause.code);

function planOf(
  { short, long, cost, counts }: ChoiceSums,
  { value, bound, relaxed }: { value: number; bound: number; relaxed: number },
  rows: readonly AllocationRow[],
  choices: Pick<StreamedPlan, "box" | "openChoice">,
) {
  const totals = { short, long, total: short + long, cost };
  return { ...choices, totals, counts, rows, ...certificate(value, { bound, relaxed }) };
}

function together(one: ChoiceSums, other: ChoiceSums): ChoiceSums {
  const added = (some: readonly number[], more: readonly number[]) => some.map((amount, at) => amount + more[at]);
  return {
    value: one.value + other.value,
    short: one.short + other.short,
    long: one.long + other.long,
    cost: one.cost + other.cost,
    used: added(one.used, other.used),
    counts: added(one.counts, other.counts),
  };
}

/** Whether the best prices lie in the box, where nobody that is settled would choose otherwise. */
function isInside({ rows }: Pick<StreamedPlan, "rows">, { prices, widths, radius }: PriceBox): boolean {
  return rows.every(({ price }, row) => Math.abs(price - Math.abs(prices[row])) <= radius * widths[row]);
}

/** A box around the prices nearest to those of a plan in the box that they left. */
function around({ rows }: Pick<StreamedPlan, "rows">, { prices, widths, radius }: PriceBox, next: number): PriceBox {
  const moved = rows.map(({ price, sense }, row) => {
    const [own, most] = [Math.abs(prices[row]), radius * widths[row]];
    return (sense === "at_most" ? 1 : -1) * Math.min(own + most, Math.max(0, own - most, price));
  });
  const nothing = Array.from(widths, (width, row) => width - Math.abs(prices[row]));
  return {
    prices: Float64Array.from(moved),
    widths: Float64Array.from(moved, (price, row) => Math.abs(price) + nothing[row]),
    radius: next,
  };
}

/** A box of the same size, so many radii farther where what all choose at its prices breaks a limit. */
function dearer({ settled, open }: Settlement, balance: number, box: PriceBox, stride: number): PriceBox {
  const { used } = together(settled, sumsOfChoices(open, balance, settle(open, balance, box).choice));
  const prices = box.prices.map((price, row) => {
    const { sense, limit } = open.limits[row];
    const step = stride * box.radius * box.widths[row];
    if (sense === "at_most") return used[row] > limit ? price + step : price;
    return used[row] < limit ? price - step : price;
  });
  return { ...box, prices };
}

const wider = (radius: number, times: number) => (radius * times > widest ? Number.POSITIVE_INFINITY : radius * times);
