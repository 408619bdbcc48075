import type { PurchaseFit } from "../models/fit-purchases.ts";
import { forecastSpending, type SpendingFit } from "../models/fit-spending.ts";
import { type Discounting, discountedPurchases } from "../models/lifetime-value.ts";
import type { groupHistories, PurchaseSummary } from "../models/purchase-summary.ts";

/** One row per customer of the summary, in its order. */
export interface Predictions {
  readonly probabilityAlive: Float64Array;
  readonly expectedTransactions: Float64Array;
  readonly expectedValuePerTransaction?: Float64Array;
  readonly lifetimeValue?: Float64Array;
}

/**
 * Forecasts over `discounting.time`, with what a purchase is worth where `spending` is known. Equal histories have equal forecasts:
 * they are computed once a group.
 */
export function predictCustomers(
  { model, parameters }: PurchaseFit,
  summary: Pick<PurchaseSummary, "frequency" | "meanValue">,
  histories: ReturnType<typeof groupHistories>,
  spending: SpendingFit | undefined,
  discounting: Discounting,
): Predictions {
  const each = {
    alive: new Float64Array(histories.rows),
    expected: new Float64Array(histories.rows),
    discounted: new Float64Array(histories.rows),
  };
  for (let row = 0; row < histories.rows; row++) {
    const history = { frequency: histories.frequency[row], recency: histories.recency[row], age: histories.age[row] };
    each.alive[row] = model.probabilityAlive(parameters, history);
    each.expected[row] = model.expectedPurchases(parameters, history, discounting.time);
    if (spending) each.discounted[row] = discountedPurchases(model, parameters, history, discounting);
  }
  const spread = (values: Float64Array) => Float64Array.from(histories.group, (group) => values[group]);
  const worth =
    spending && Float64Array.from(summary.frequency, (x, row) => forecastSpending(spending, x, summary.meanValue[row]));
  const discounted = spread(each.discounted);
  return {
    probabilityAlive: spread(each.alive),
    expectedTransactions: spread(each.expected),
    ...(worth
      ? { expectedValuePerTransaction: worth, lifetimeValue: worth.map((value, row) => value * discounted[row]) }
      : {}),
  };
}
