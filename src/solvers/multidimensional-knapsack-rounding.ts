import { valueOfSums } from "./items.ts";
import type { LinearProgram, LinearProgramSolver } from "./linear-program.ts";
import { type FractionalPlan, forEachItem } from "./multidimensional-knapsack-box.ts";
import { searchFewItems } from "./multidimensional-knapsack-few-items.ts";
import type { PricedChoices } from "./multidimensional-knapsack-pricing.ts";
import { withScenarios, worthInScenarios } from "./multidimensional-knapsack-scenarios.ts";

export interface WholePlan {
  readonly choice: Int32Array; // (items)
  /** Copies of an item that choose otherwise. */
  readonly moved: readonly Move[];
  readonly value: number;
  /** Σ weight of the choices. */
  readonly used: Float64Array; // (rows)
  readonly provedOptimal: boolean;
}

export interface Move {
  readonly item: number;
  readonly other: number;
  readonly copies: number;
}

/** How long whole plans are sought. */
interface Effort {
  /** Items among which a whole plan is sought first; four times as many each time there is none. */
  readonly firstItems: number;
  /** More items that could be in a better plan are not searched. */
  readonly mostOpenItems: number;
  readonly searchNodes: number;
  /** A first plan this close to the best near the split items, as a share of the bound, is not searched for longer. */
  readonly negligible: number;
}

const usualEffort: Effort = { firstItems: 48, mostOpenItems: 1500, searchNodes: 500, negligible: 1e-9 };
/** Among many items a dozen is enough to come this close, and a search for more would take longer than all prices. */
const effortForMany: Effort = { ...usualEffort, firstItems: 12, searchNodes: 100, negligible: 1e-7 };
/** With scenarios every item costs branch and bound many times as much, and more of them found hardly more. */
const effortWithScenarios: Effort = { ...usualEffort, firstItems: 12, mostOpenItems: 12, searchNodes: 20 };
/** Branches looked at before branch and bound of whole programmes is asked. */
const nodesByHand = 100_000;
/** Everything that could still matter is searched only where there are no more items than this. */
const mostItemsSearched = 10_000;
/** A plan this close to the bound, as a share of it, cannot be told from the best one. */
const indistinguishable = 1e-12;

/**
 * The best whole plan near a fractional one. Only about as many items as there are rows are split; branch and bound decides
 * about these together with the items that lose least by another choice at the best prices. Then whatever could be in a
 * better plan (what loses less than the plan lacks against the bound: reduced-cost fixing) is searched, where it is little.
 * Undefined where no whole plan was found that keeps the limits. `isNearEnough`: the first of these searches is enough.
 */
export function roundToWhole(
  priced: PricedChoices,
  fractional: FractionalPlan,
  solveLinear: LinearProgramSolver,
  { isNearEnough = false }: { isNearEnough?: boolean } = {},
): WholePlan | undefined {
  const { near, ...nearest } = nearestWhole(priced, fractional);
  const { firstItems: fewest, negligible } = isNearEnough ? effortForMany : effortFor(priced);
  const enough = fractional.bound - negligible * Math.abs(fractional.bound);
  let found = closeByHand(priced, nearest, near.slice(0, effortForMany.firstItems), fractional.prices, enough);
  for (let items = fewest; found === undefined; items *= 4) {
    found = search(priced, nearest, near.slice(0, items), solveLinear, negligible * Math.abs(fractional.bound));
    if (isNearEnough || items >= near.length) break;
  }
  if (found === undefined) return undefined;
  const lacking = fractional.bound - found.value;
  if (lacking <= indistinguishable * Math.max(1, Math.abs(fractional.bound))) return { ...found, provedOptimal: true };
  if (isNearEnough || priced.problem.items > mostItemsSearched) return { ...found, provedOptimal: false };
  const open = openItems(priced, fractional.prices, found, lacking);
  const unmoved = { choice: found.choice, ...sumsOf(priced, found.choice) };
  const better = open && search(priced, unmoved, open, solveLinear, 0);
  return better && better.value >= found.value ? better : { ...found, provedOptimal: false };
}

function effortFor({ problem }: PricedChoices): Effort {
  if (problem.scenarios) return effortWithScenarios;
  return problem.items > mostItemsSearched ? effortForMany : usualEffort;
}

/** Every item at the choice most of it has, and the items that other prices would move, those that lose least first. */
function nearestWhole(priced: PricedChoices, { plan, share, prices }: FractionalPlan) {
  const { choices } = priced.problem;
  const choice = Int32Array.from(plan.choice);
  const sums = { value: plan.value, used: Float64Array.from(plan.used) };
  const moved: { item: number; loss: number }[] = [];
  forEachItem(plan.alternatives, (item, first, end) => {
    const copies = priced.copiesOf(item);
    let most = copies;
    for (let index = first; index < end; index++) most -= share[index];
    let split = most > 1e-9 && most < copies - 1e-9;
    for (let index = first; index < end; index++) {
      split ||= share[index] > 1e-9 && share[index] < copies - 1e-9;
      if (share[index] <= most) continue;
      most = share[index];
      choice[item] = plan.alternatives.choice[index];
    }
    addMove(priced, sums, { item, from: plan.choice[item], other: choice[item], copies });
    const worths = Array.from({ length: choices }, (_, other) => priced.worthOf(item, other, prices));
    const own = worths[choice[item]];
    const others = worths.filter((_, other) => other !== choice[item]);
    moved.push({ item, loss: split ? -1 : Math.max(0, own - Math.max(...others)) });
  });
  moved.sort((a, b) => a.loss - b.loss || a.item - b.item);
  return { choice, ...sums, near: moved.map(({ item }): Open => ({ item })) };
}

interface Open {
  readonly item: number;
  /** The choices that may be in a better plan; all where absent. */
  readonly others?: readonly number[];
}

/** Items with a choice that loses less than `lacking` against the bound; undefined where they are too many. */
function openItems(
  priced: PricedChoices,
  prices: Float64Array,
  { choice, moved }: WholePlan,
  lacking: number,
): Open[] | undefined {
  const { items, choices } = priced.problem;
  const mostOpen = effortFor(priced).mostOpenItems;
  const isSplit = new Set(moved.map(({ item }) => item));
  const open: Open[] = [];
  const worths = new Float64Array(choices);
  for (let item = 0; item < items; item++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let other = 0; other < choices; other++) {
      worths[other] = priced.worthOf(item, other, prices);
      top = Math.max(top, worths[other]);
    }
    const others: number[] = [];
    for (let other = 0; other < choices; other++)
      if (other !== choice[item] && (isSplit.has(item) || top - worths[other] < lacking)) others.push(other);
    if (others.length === 0) continue;
    if (open.length === mostOpen) return undefined;
    open.push({ item, others });
  }
  return open;
}

/** Sums over a plan; `value` is without what scenarios add. */
interface Sums {
  readonly value: number;
  readonly used: Float64Array; // (rows)
}

/**
 * A plan worth at least `enough` that differs from the nearest one in a few items, each one of a kind; undefined where a short search finds
 * none. Among many customers it nearly always does, before branch and bound would have begun.
 */
function closeByHand(
  priced: PricedChoices,
  { choice, ...before }: Sums & { readonly choice: Int32Array },
  open: readonly Open[],
  prices: Float64Array,
  enough: number,
): WholePlan | undefined {
  const { problem } = priced;
  if (problem.scenarios !== undefined || open.some(({ item }) => priced.copiesOf(item) > 1)) return undefined;
  const { choices, rows } = problem;
  const sign = rows.map(({ sense }) => (sense === "at_most" ? 1 : -1));
  const options = open.map(({ item }) => [choice[item], ...otherChoices(priced, choice, item)]);
  const found = searchFewItems(
    {
      items: open.map(({ item }, index) => {
        const base = item * choices + choice[item];
        return options[index].map((other) => {
          const at = item * choices + other;
          return {
            gain: priced.valueAt(at) - priced.valueAt(base),
            more: rows.map(({ weight }, row) => sign[row] * (weight[at] - weight[base])),
          };
        });
      }),
      room: rows.map(({ limit }, row) => sign[row] * (limit - before.used[row])),
      prices: prices.map(Math.abs),
    },
    { enough: enough - before.value, nodes: nodesByHand },
  );
  if (found === undefined || before.value + found.gain < enough) return undefined;
  const settled = Int32Array.from(choice);
  const sums = { value: before.value, used: Float64Array.from(before.used) };
  open.forEach(({ item }, index) => {
    const other = options[index][found.chosen[index]];
    addMove(priced, sums, { item, from: choice[item], other, copies: 1 });
    settled[item] = other;
  });
  return kept(priced, { choice: settled, moved: [], ...sums, provedOptimal: false });
}

/** What an item may choose beside what it has. */
function otherChoices({ problem }: PricedChoices, choice: Int32Array, item: number): number[] {
  const { choices, eligible } = problem;
  const all = Array.from({ length: choices }, (_, other) => other);
  return all.filter((other) => other !== choice[item] && (other === 0 || eligible?.[item * choices + other] !== 0));
}

/** The best whole plan that differs from `choice`, which has these sums, in the open items only. */
function search(
  priced: PricedChoices,
  { choice, ...before }: Sums & { readonly choice: Int32Array },
  open: readonly Open[],
  solveLinear: LinearProgramSolver,
  absoluteGap: number,
): WholePlan | undefined {
  const moves = open.flatMap(({ item, others }) =>
    otherChoices(priced, choice, item)
      .filter((other) => others?.includes(other) ?? true)
      .map((other) => ({ item, other })),
  );
  if (moves.length === 0) return kept(priced, { choice, moved: [], ...before, provedOptimal: true });
  const { x, status } = solveLinear(moveProgram(priced, { choice, used: before.used }, moves), {
    nodes: effortFor(priced).searchNodes,
    gap: absoluteGap / priced.valueScale,
  });
  if (x.length === 0) return undefined;
  const settled = Int32Array.from(choice);
  const moved: Move[] = [];
  const sums = { value: before.value, used: Float64Array.from(before.used) };
  moves.forEach(({ item, other }, index) => {
    const copies = Math.round(x[index]);
    if (copies === 0) return;
    addMove(priced, sums, { item, from: choice[item], other, copies });
    if (copies === priced.copiesOf(item)) settled[item] = other;
    else moved.push({ item, other, copies });
  });
  return kept(priced, {
    choice: settled,
    moved,
    ...sums,
    provedOptimal: status === "optimal" && absoluteGap === 0,
  });
}

/** Only what changes is added up: a look at everything would take longer than the search. */
function addMove(
  priced: PricedChoices,
  sums: { value: number; used: Float64Array },
  { item, from, other, copies }: Move & { from: number },
): void {
  if (from === other) return;
  const { choices, rows } = priced.problem;
  const [at, base] = [item * choices + other, item * choices + from];
  sums.value += copies * (priced.valueAt(at) - priced.valueAt(base));
  for (let row = 0; row < rows.length; row++)
    sums.used[row] += copies * (rows[row].weight[at] - rows[row].weight[base]);
}

/** A whole plan with its sums, if it keeps the limits. */
export function judged(priced: PricedChoices, choice: Int32Array): WholePlan | undefined {
  return kept(priced, { choice, moved: [], ...sumsOf(priced, choice), provedOptimal: false });
}

function sumsOf(priced: PricedChoices, choice: Int32Array): Sums {
  return {
    value: valueOfSums(priced.problem, (numbers) => priced.chosenSum(numbers, choice)),
    used: Float64Array.from(priced.problem.rows, ({ weight }) => priced.chosenSum(weight, choice)),
  };
}

/** The plan with what scenarios add to its value; undefined where it breaks a limit. */
function kept({ problem, weightScales }: PricedChoices, plan: WholePlan): WholePlan | undefined {
  const { used } = plan;
  const limits = problem.rows.slice(0, problem.scenarios?.firstAccount);
  const keeps = limits.every(({ sense, limit }, row) => {
    const over = sense === "at_most" ? used[row] - limit : limit - used[row];
    return over <= 1e-9 * (Math.abs(limit) + weightScales[row]);
  });
  return keeps ? { ...plan, value: plan.value + worthInScenarios(problem.scenarios, used) } : undefined;
}

/** One whole column for every move away from an item's choice, at most one move for each copy of an item. */
function moveProgram(
  priced: PricedChoices,
  { choice, used }: Pick<WholePlan, "choice" | "used">,
  moves: readonly { item: number; other: number }[],
): LinearProgram {
  const { rows, choices, scenarios } = priced.problem;
  const limits = rows.map(({ sense, limit }, row) => {
    const room = (limit - used[row]) / priced.weightScales[row];
    return sense === "at_most" ? room : -room;
  });
  scenarios?.constant.forEach((constant) => {
    limits.push(constant / priced.valueScale);
  });
  const start = new Int32Array(moves.length + 1);
  const entryRow: number[] = [];
  const coefficient: number[] = [];
  const gain = Float64Array.from(moves, ({ item, other }, index) => {
    const [at, base] = [item * choices + other, item * choices + choice[item]];
    rows.forEach(({ weight, sense }, row) => {
      const more = (weight[at] - weight[base]) / priced.weightScales[row];
      if (more === 0) return;
      entryRow.push(row);
      coefficient.push(sense === "at_most" ? more : -more);
    });
    if (index === 0 || moves[index - 1].item !== item) limits.push(priced.copiesOf(item));
    entryRow.push(limits.length - 1);
    coefficient.push(1);
    start[index + 1] = entryRow.length;
    return (priced.valueAt(at) - priced.valueAt(base)) / priced.valueScale;
  });
  const program: LinearProgram = {
    gain,
    lower: new Float64Array(moves.length),
    upper: Float64Array.from(moves, ({ item }) => priced.copiesOf(item)),
    limit: Float64Array.from(limits),
    start,
    row: Int32Array.from(entryRow),
    coefficient: Float64Array.from(coefficient),
    whole: new Int32Array(moves.length).fill(1),
  };
  return scenarios ? withScenarios(program, scenarios, priced, rows.length) : program;
}
