import { valueReader, type Worth } from "./items.ts";

/** Items with their choices side by side. Arrays are (items, choices), row-major; choice 0 may always be chosen. */
export interface ItemChoices extends Worth {
  readonly items: number;
  readonly choices: number;
  /** 1 = may be chosen. */
  readonly eligible?: ArrayLike<number>;
  /** What a choice uses of each limit. */
  readonly weights: readonly ArrayLike<number>[];
}

/** All prices within `radius`·width of a price; signed: at least 0 for a limit from above, at most 0 for a floor. */
export interface PriceBox {
  readonly prices: Float64Array; // (limits)
  readonly widths: Float64Array; // (limits)
  readonly radius: number;
}

export interface SettledItems {
  /** The best choice at the box's own prices, of equals the first. */
  readonly choice: Int32Array; // (items)
  /** 1 = some prices in the box could bring the item to choose otherwise. */
  readonly isOpen: Uint8Array; // (items)
  /** Σ value less what is used at the box's own prices. */
  readonly surplus: number;
}

/**
 * Which items choose the same at all prices in a box. A choice k can overtake the best one b only where
 * value_b − value_k − price·(weight_b − weight_k) ≤ radius · Σ width·|weight_b − weight_k|. In a box without end all items are open.
 */
export function settleItems(
  { items, choices, eligible, weights, ...values }: ItemChoices,
  { prices, widths, radius }: PriceBox,
): SettledItems {
  const worthAt = valueReader(values);
  const choice = new Int32Array(items);
  const isOpen = new Uint8Array(items);
  const worth = new Float64Array(choices);
  let surplus = 0;
  for (let item = 0; item < items; item++) {
    const first = item * choices;
    let best = 0;
    for (let other = 0; other < choices; other++) {
      const at = first + other;
      worth[other] = other > 0 && eligible?.[at] === 0 ? Number.NEGATIVE_INFINITY : worthAt(at);
      for (let row = 0; row < weights.length; row++) worth[other] -= prices[row] * weights[row][at];
      if (worth[other] > worth[best]) best = other;
    }
    choice[item] = best;
    surplus += worth[best];
    let open = radius === Number.POSITIVE_INFINITY;
    for (let other = 0; other < choices && !open; other++) {
      if (other === best || worth[other] === Number.NEGATIVE_INFINITY) continue;
      let distance = 0;
      for (let row = 0; row < weights.length; row++)
        distance += widths[row] * Math.abs(weights[row][first + other] - weights[row][first + best]);
      // Where nothing is used differently no price changes the order.
      open = distance > 0 && worth[best] - worth[other] <= radius * distance;
    }
    isOpen[item] = Number(open);
  }
  return { choice, isOpen, surplus };
}
