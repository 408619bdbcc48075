/** What an item could choose: the first is its present choice, which changes nothing. */
export interface FewItemsOption {
  /** Value more than now. */
  readonly gain: number;
  /** Used more of each limit than now; what makes a floor harder to keep counts as used. */
  readonly more: ArrayLike<number>; // (rows)
}

export interface FewItemsProblem {
  readonly items: readonly (readonly FewItemsOption[])[];
  /** What may be used more of each limit in all; below 0 where the present choices break it. */
  readonly room: ArrayLike<number>; // (rows)
  /** Of a unit of each limit (≥ 0): the best prices make the search short, any are right. */
  readonly prices: ArrayLike<number>; // (rows)
}

/**
 * One option for each of a few items, within all limits, so that Σ gain is at least `enough`; the best that was found where none
 * is, or undefined where none keeps the limits. Depth first, the option that loses least first.
 *
 * Against Σᵢ maxₖ(gain − prices·more) + prices·room, which no selection exceeds, one gives up what its options lose at the prices and what it
 * leaves unused of the room times the price. Branches go that must give up more than the best one known, or break a limit whatever comes.
 */
export function searchFewItems(
  { items, room, prices }: FewItemsProblem,
  { enough, nodes }: { enough: number; nodes: number },
): { readonly chosen: readonly number[]; readonly gain: number } | undefined {
  const rows = room.length;
  const priced = ({ gain, more }: FewItemsOption) => {
    let worth = gain;
    for (let row = 0; row < rows; row++) worth -= prices[row] * more[row];
    return worth;
  };
  const span = (options: readonly FewItemsOption[]) => {
    const moved = options.map(({ gain }) => Math.abs(gain));
    return Math.max(...moved);
  };
  // Large steps first: the small ones then fill what is left.
  const order = items.map((_, item) => item).sort((a, b) => span(items[b]) - span(items[a]) || a - b);
  const levels = order.map((item) => {
    const worths = items[item].map(priced);
    const top = Math.max(...worths);
    return items[item]
      .map((option, index) => ({ ...option, index, loss: top - worths[index] }))
      .sort((a, b) => a.loss - b.loss || a.index - b.index);
  });
  const depths = levels.length;
  const [least, most] = reachable(levels, rows);
  const used = new Float64Array(rows);
  const path = new Array<number>(depths);
  let best: { chosen: number[]; gain: number } | undefined;
  let leastGivenUp = Number.POSITIVE_INFINITY;
  let left = nodes;
  const visit = (depth: number, lost: number, gain: number): void => {
    if (left-- <= 0 || (best && best.gain >= enough)) return;
    let givenUp = lost;
    for (let row = 0; row < rows; row++) {
      if (used[row] + least[depth * rows + row] > room[row]) return;
      givenUp += prices[row] * Math.max(0, room[row] - used[row] - most[depth * rows + row]);
    }
    if (givenUp >= leastGivenUp) return;
    if (depth === depths) {
      leastGivenUp = givenUp;
      const chosen = new Array<number>(depths);
      order.forEach((item, at) => {
        chosen[item] = path[at];
      });
      best = { chosen, gain };
      return;
    }
    for (const { index, loss, gain: own, more } of levels[depth]) {
      if (lost + loss >= leastGivenUp) break;
      for (let row = 0; row < rows; row++) used[row] += more[row];
      path[depth] = index;
      visit(depth + 1, lost + loss, gain + own);
      for (let row = 0; row < rows; row++) used[row] -= more[row];
    }
  };
  visit(0, 0, 0);
  return best;
}

/** From each depth on, the least and the most that can still be used of each limit. */
function reachable(levels: readonly (readonly FewItemsOption[])[], rows: number): [Float64Array, Float64Array] {
  const least = new Float64Array((levels.length + 1) * rows);
  const most = new Float64Array((levels.length + 1) * rows);
  for (let depth = levels.length - 1; depth >= 0; depth--) {
    for (let row = 0; row < rows; row++) {
      const amounts = levels[depth].map(({ more }) => more[row]);
      least[depth * rows + row] = least[(depth + 1) * rows + row] + Math.min(...amounts);
      most[depth * rows + row] = most[(depth + 1) * rows + row] + Math.max(...amounts);
    }
  }
  return [least, most];
}
