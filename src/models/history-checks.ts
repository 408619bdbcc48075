import { InputError } from "../base/errors.ts";
import type { CustomerHistory, PurchaseHistories } from "./purchase-model.ts";

/** Why a history cannot be: a reason with a sentence in the catalogue (`reason_…`), or undefined where it can. */
export function impossibleBecause({ frequency: x, recency: tx, age: T }: CustomerHistory): string | undefined {
  if (!Number.isFinite(x) || !Number.isFinite(tx) || !Number.isFinite(T)) return "not_finite";
  if (x < 0 || tx < 0 || T < 0) return "negative_history";
  if (!Number.isInteger(x)) return "frequency_not_whole";
  if (tx > T) return "recency_above_age";
  if (x === 0 && tx > 0) return "recency_without_repeat";
  return x > 0 && T === 0 ? "repeat_without_time" : undefined;
}

/** Throws InputError invalid_history for the first row that cannot be, invalid_customer_count for a count that cannot. */
export function checkHistories(
  histories: Pick<PurchaseHistories, "rows" | "frequency" | "recency" | "age"> & { customers?: Float64Array },
): void {
  for (let row = 0; row < histories.rows; row++) {
    const history = { frequency: histories.frequency[row], recency: histories.recency[row], age: histories.age[row] };
    const reason = impossibleBecause(history);
    if (reason) throw new InputError("invalid_history", { row: row + 1, reason, ...history });
    const count = histories.customers?.[row] ?? 1;
    if (!(count >= 0) || !Number.isFinite(count))
      throw new InputError("invalid_customer_count", { row: row + 1, value: count });
  }
}
