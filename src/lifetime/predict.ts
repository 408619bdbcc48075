import { ownParameters } from "../models/covariates.ts";
import type { PurchaseFit } from "../models/fit-purchases.ts";
import { forecastSpending, type SpendingFit } from "../models/fit-spending.ts";
import { type Discounting, discountedPurchases } from "../models/lifetime-value.ts";
import type { PurchaseHistories } from "../models/purchase-model.ts";
import type { groupHistories, PurchaseSummary } from "../models/purchase-summary.ts";
import { equalRows, gather } from "../stats/equal-rows.ts";

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
  fit: PurchaseFit,
  summary: Pick<PurchaseSummary, "frequency" | "meanValue">,
  histories: ReturnType<typeof groupHistories>,
  spending: SpendingFit | undefined,
  discounting: Discounting,
): Predictions {
  const alive = probabilitiesAlive(fit, histories);
  const { expected, discounted } = expectations(fit, histories, alive, discounting, spending !== undefined);
  const spread = (values: Float64Array) => gather(values, histories.group);
  const worth = spending && summary.frequency.map((x, row) => forecastSpending(spending, x, summary.meanValue[row]));
  return {
    probabilityAlive: spread(alive),
    expectedTransactions: spread(expected),
    ...(worth
      ? {
          expectedValuePerTransaction: worth,
          lifetimeValue: worth.map((value, row) => value * discounted[histories.group[row]]),
        }
      : {}),
  };
}

/** P(still a customer) of each group. */
export function probabilitiesAlive(
  fit: Pick<PurchaseFit, "model" | "parameters">,
  { rows, frequency, recency, age, covariates }: PurchaseHistories,
): Float64Array {
  const own = ownParameters(fit, covariates);
  const alive = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const history = { frequency: frequency[row], recency: recency[row], age: age[row] };
    alive[row] = fit.model.probabilityAlive(own(row), history);
  }
  return alive;
}

/**
 * Expected purchases of each group over the time ahead, and (if wanted) discounted. Most models know a customer who is still there
 * by x, T and covariates alone: that is done once for each such set, of which there are few, and multiplied by P(alive).
 */
export function expectations(
  fit: Pick<PurchaseFit, "model" | "parameters">,
  { rows, frequency, recency, age, covariates }: PurchaseHistories,
  alive: Float64Array,
  discounting: Discounting,
  isDiscounted: boolean,
) {
  const { expectedIfAlive } = fit.model;
  const pairs = expectedIfAlive && equalRows(rows, [frequency, age, ...(covariates?.columns ?? [])]);
  const source = expectedIfAlive ? { expectedPurchases: expectedIfAlive } : fit.model;
  const own = ownParameters(fit, covariates);
  const places = pairs?.groups ?? rows;
  const expected = new Float64Array(places);
  const discounted = new Float64Array(places);
  for (let place = 0; place < places; place++) {
    const row = pairs ? pairs.first[place] : place;
    const history = { frequency: frequency[row], recency: recency[row], age: age[row] };
    expected[place] = source.expectedPurchases(own(row), history, discounting.time);
    if (isDiscounted) discounted[place] = discountedPurchases(source, own(row), history, discounting);
  }
  const times = (values: Float64Array) => alive.map((probability, row) => probability * values[pairs?.group[row] ?? 0]);
  return pairs ? { expected: times(expected), discounted: times(discounted) } : { expected, discounted };
}
