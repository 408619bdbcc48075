/** Orders' worth of the shop's mean that a customer's own mean is mixed with: after three orders his own weighs as much. */
const ordersOfTheMean = 3;

export interface LaterOrders {
  /** Value beyond the short horizon; NaN where it is not observed yet. */
  long: Float64Array; // (rows)
  /** How many orders brought it. */
  ordersAfter: Float64Array; // (rows)
  /** Orders and their value before the decision. */
  ordersBefore: Float64Array; // (rows)
  valueBefore: Float64Array; // (rows)
}

/**
 * The long-term value with every later order counted at what an order of this customer is usually worth: the chance in
 * the sizes of baskets goes, what an offer does to the number of orders stays. The usual value is known before the decision
 * and the same whatever the action, and one factor makes the sum over all rows that of `long`; so where offers change how
 * often people buy later, and not for how much, effects on both outcomes agree and this one has less noise.
 * What an offer does to the size of later baskets is not in it: claims are made from `long` itself.
 */
export function atUsualValue({ long, ordersAfter, ordersBefore, valueBefore }: LaterOrders): Float64Array {
  let orders = 0;
  let value = 0;
  for (let i = 0; i < long.length; i++) {
    if (!(ordersBefore[i] > 0 && Number.isFinite(valueBefore[i]))) continue;
    orders += ordersBefore[i];
    value += valueBefore[i];
  }
  const mean = orders > 0 ? value / orders : 0;
  const counted = long.map((observed, i) => {
    const [before, worth] = ordersBefore[i] > 0 ? [ordersBefore[i], valueBefore[i]] : [0, 0];
    const usual = Math.max(0, (worth + ordersOfTheMean * mean) / (before + ordersOfTheMean));
    return Number.isNaN(observed) ? Number.NaN : ordersAfter[i] * usual;
  });
  const factor = sumOfKnown(long) / sumOfKnown(counted);
  return factor > 0 && Number.isFinite(factor) ? counted.map((each) => factor * each) : long.slice();
}

function sumOfKnown(values: Float64Array): number {
  return values.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + value), 0);
}
