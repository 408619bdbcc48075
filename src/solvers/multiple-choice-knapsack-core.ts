import { valueReader } from "./items.ts";
import type { KnapsackProblem } from "./multiple-choice-knapsack.ts";
import type { Relaxation } from "./multiple-choice-knapsack-relaxation.ts";

const coreItems = 128;
const maximumStates = 2048;
/** A plan this close to the bound, as a share of it, cannot be told from the best one. */
const negligible = 1e-13;

/**
 * Improves, in place, the whole solution that stops at the break of the relaxation.
 *
 * Against the bound at `price` a plan gives up Σ loss + price·unused budget, where the loss of a choice is
 * price·Δcost − Δvalue (≥ 0) against the item's choice at the break. The items with the least loss per unit of cost are
 * enumerated by dynamic programming over non-dominated (cost, value) states, and a state goes when even the best rates
 * of the items still to come cannot beat the best plan known (after Pisinger 1995, "A minimal algorithm for the
 * multiple-choice knapsack problem"). Lists are cut at a fixed length: time is bounded, and then the proof is lost.
 *
 * @param relaxed the plan at the break; its choices are improved
 * @param price of the budget at the break; `room` ≥ 0 is what the plan leaves of it, `bound` that at the price
 * @returns what was gained, what it costs, and whether the plan is now proved to be the best whole plan
 */
export function improveAroundBreak(
  problem: KnapsackProblem,
  relaxed: AtBreak,
  { price, room, bound }: { price: number; room: number; bound: number },
): { value: number; cost: number; provedOptimal: boolean } {
  const start = price * room;
  const { core, outsideRate } = selectCore(problem, relaxed, price, start);
  if (core.length === 0) return { value: 0, cost: 0, provedOptimal: outsideRate >= price };
  const rates = ratesToCome(core, outsideRate);
  const layers: Layer[] = [{ ...createLayer(1), count: 1 }];
  let [gained, spent] = [0, 0];
  let path: number[] = [];
  let proved = true;
  let left = 1;

  for (let depth = 0; depth < core.length && left > 0 && start - gained > negligible * Math.abs(bound); depth++) {
    const layer = expand(layers[depth], core[depth], start - gained);
    layers.push(layer);
    // Values rise with costs in a layer, so the last state that fits is its best plan.
    const state = lastWithin(layer, room);
    if (state >= 0 && layer.value[state] > gained) {
      gained = layer.value[state];
      spent = layer.cost[state];
      path = trace(layers, state);
    }
    prune(layer, { price, room, best: start - gained, up: rates.up[depth + 1], down: rates.down[depth + 1] });
    proved = truncate(layer) && proved;
    left = layer.count;
  }
  path.forEach((chosen, depth) => {
    relaxed.choice[core[depth].item] = core[depth].choices[chosen].choice;
  });
  const isBest = (proved && left === 0) || start - gained <= negligible * Math.abs(bound);
  return { value: gained, cost: spent, provedOptimal: isBest };
}

type AtBreak = Pick<Relaxation, "choice" | "undecided" | "prices">;

interface CoreChoice {
  readonly choice: number;
  /** Against the item's choice at the break. */
  readonly cost: number;
  readonly value: number;
  readonly loss: number;
}

interface CoreItem {
  readonly item: number;
  readonly choices: readonly CoreChoice[];
  /** Least loss per unit of cost moved, up or down. */
  readonly rate: number;
}

/**
 * The items whose other choices cost least per unit moved, and the best rate among those left out. At a rate r another choice becomes as
 * good as the item's own when the price moves by r, so items that are sure of theirs from `low` to `high` offer no better rate than the way there.
 */
function selectCore(problem: KnapsackProblem, { choice, undecided, prices }: AtBreak, price: number, best: number) {
  const { items, choices, cost, eligible } = problem;
  const worthAt = valueReader(problem);
  const kept: { item: number; rate: number }[] = [];
  let outsideRate = undecided.length < items ? Math.min(prices.high - price, price - prices.low) : Infinity;
  for (const item of undecided) {
    const row = item * choices;
    const base = row + choice[item];
    let rate = Infinity;
    for (let at = row; at < row + choices; at++) {
      if (at === base || (at > row && eligible !== undefined && eligible[at] === 0)) continue;
      const moved = cost[at] - cost[base];
      const loss = Math.max(0, price * moved - (worthAt(at) - worthAt(base)));
      // A choice that loses more than the best plan gives up is in no better plan.
      if (moved !== 0 && loss < best) rate = Math.min(rate, loss / Math.abs(moved));
    }
    if (rate === Infinity) continue;
    if (kept.length === coreItems && rate >= kept[coreItems - 1].rate) {
      outsideRate = Math.min(outsideRate, rate);
      continue;
    }
    let position = kept.length;
    while (position > 0 && kept[position - 1].rate > rate) position--;
    kept.splice(position, 0, { item, rate });
    if (kept.length > coreItems) outsideRate = Math.min(outsideRate, kept.pop()?.rate ?? Infinity);
  }
  const core = kept.map(
    ({ item, rate }): CoreItem => ({ item, rate, choices: coreChoices(problem, choice, item, price) }),
  );
  return { core, outsideRate };
}

function coreChoices(problem: KnapsackProblem, choice: Int32Array, item: number, price: number): CoreChoice[] {
  const { choices, cost, eligible } = problem;
  const worthAt = valueReader(problem);
  const base = item * choices + choice[item];
  const list: CoreChoice[] = [{ choice: choice[item], cost: 0, value: 0, loss: 0 }];
  for (let other = 0; other < choices; other++) {
    const at = item * choices + other;
    if (at === base || (other > 0 && eligible !== undefined && eligible[at] === 0)) continue;
    const moved = { cost: cost[at] - cost[base], value: worthAt(at) - worthAt(base) };
    if (moved.cost !== 0) list.push({ choice: other, ...moved, loss: Math.max(0, price * moved.cost - moved.value) });
  }
  return list;
}

/** For each depth the best rates, up and down in cost, that the items from there on (and all outside) can offer. */
function ratesToCome(core: readonly CoreItem[], outsideRate: number) {
  const up = new Float64Array(core.length + 1).fill(outsideRate);
  const down = new Float64Array(core.length + 1).fill(outsideRate);
  for (let depth = core.length - 1; depth >= 0; depth--) {
    up[depth] = up[depth + 1];
    down[depth] = down[depth + 1];
    for (const { cost, loss } of core[depth].choices) {
      if (cost > 0) up[depth] = Math.min(up[depth], loss / cost);
      if (cost < 0) down[depth] = Math.min(down[depth], loss / -cost);
    }
  }
  return { up, down };
}

/** States after some items, by strictly rising cost and value. */
interface Layer {
  readonly cost: Float64Array;
  readonly value: Float64Array;
  readonly parent: Int32Array;
  /** Index in the item's `choices`. */
  readonly chosen: Int32Array;
  /** The least that any plan through this state gives up against the bound. */
  readonly least: Float64Array;
  count: number;
}

function createLayer(capacity: number): Layer {
  return {
    cost: new Float64Array(capacity),
    value: new Float64Array(capacity),
    parent: new Int32Array(capacity),
    chosen: new Int32Array(capacity),
    least: new Float64Array(capacity),
    count: 0,
  };
}

/** Every state with every choice of the item that could still pay; dominated states are dropped. */
function expand(from: Layer, item: CoreItem, best: number): Layer {
  let merged = createLayer(0);
  for (let chosen = 0; chosen < item.choices.length; chosen++) {
    if (chosen === 0 || item.choices[chosen].loss < best)
      merged = mergeShifted(merged, from, item.choices[chosen], chosen);
  }
  return merged;
}

/** Merges `held` with the states of `from` shifted by one choice; both are sorted by cost, and so is the result. */
function mergeShifted(held: Layer, from: Layer, shift: CoreChoice, chosen: number): Layer {
  const merged = createLayer(held.count + from.count);
  let left = 0;
  let right = 0;
  while (left < held.count || right < from.count) {
    const rightCost = right < from.count ? from.cost[right] + shift.cost : Infinity;
    const rightValue = right < from.count ? from.value[right] + shift.value : -Infinity;
    const leftFirst =
      right === from.count ||
      (left < held.count &&
        (held.cost[left] < rightCost || (held.cost[left] === rightCost && held.value[left] >= rightValue)));
    const value = leftFirst ? held.value[left] : rightValue;
    if (merged.count === 0 || value > merged.value[merged.count - 1]) {
      merged.cost[merged.count] = leftFirst ? held.cost[left] : rightCost;
      merged.value[merged.count] = value;
      merged.parent[merged.count] = leftFirst ? held.parent[left] : right;
      merged.chosen[merged.count] = leftFirst ? held.chosen[left] : chosen;
      merged.count++;
    }
    if (leftFirst) left++;
    else right++;
  }
  return merged;
}

function lastWithin(layer: Layer, room: number): number {
  let state = layer.count - 1;
  while (state >= 0 && layer.cost[state] > room) state--;
  return state;
}

interface Hope {
  readonly price: number;
  readonly room: number;
  /** What the best plan known gives up against the bound. */
  readonly best: number;
  readonly up: number;
  readonly down: number;
}

/** Drops the states from which nothing better than `best` can be reached. */
function prune(layer: Layer, { price, room, best, up, down }: Hope): void {
  let kept = 0;
  for (let state = 0; state < layer.count; state++) {
    const unused = room - layer.cost[state];
    const loss = price * layer.cost[state] - layer.value[state];
    let least = price * room - layer.value[state];
    if (unused < 0) least = loss - down * unused;
    else if (up < price) least = loss + up * unused;
    layer.least[state] = least;
    if (least < best) copyState(layer, state, kept++);
  }
  layer.count = kept;
}

/** Cuts a list that has grown too long to its most hopeful states; returns false when it had to. */
function truncate(layer: Layer): boolean {
  if (layer.count <= maximumStates) return true;
  const threshold = layer.least.slice(0, layer.count).sort()[maximumStates - 1];
  let kept = 0;
  for (let state = 0; state < layer.count && kept < maximumStates; state++) {
    if (layer.least[state] <= threshold) copyState(layer, state, kept++);
  }
  layer.count = kept;
  return false;
}

function copyState(layer: Layer, from: number, to: number): void {
  layer.cost[to] = layer.cost[from];
  layer.value[to] = layer.value[from];
  layer.parent[to] = layer.parent[from];
  layer.chosen[to] = layer.chosen[from];
  layer.least[to] = layer.least[from];
}

/** The choices that led to a state of the last layer, one per core item so far. */
function trace(layers: readonly Layer[], state: number): number[] {
  const path: number[] = [];
  for (let depth = layers.length - 1, at = state; depth > 0; depth--) {
    path.unshift(layers[depth].chosen[at]);
    at = layers[depth].parent[at];
  }
  return path;
}
