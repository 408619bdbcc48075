import { createRandom, type Random } from "../base/random.ts";
import type { DecisionTable } from "./doubly-robust-effects-table.ts";
import type { LaterOrders } from "./doubly-robust-effects-usual-value.ts";

/** Relative effects of one action on a customer's gross margin; `tilt` times the standardised tenure is added to `long`. */
export interface PlantedAction {
  short: number;
  long: number;
  tilt?: number;
  /** Share of the gross margin given back as redeemed discount. */
  discount: number;
  contactCost: number;
}

export interface KnownTruth {
  table: DecisionTable;
  trueShort: Float64Array; // (rows, actions), net of discount and contact cost
  trueLong: Float64Array; // (rows, actions)
  /** What `atUsualValue` wants to know. */
  later: LaterOrders;
}

const informative = ["orders", "spend", "daysSinceLastOrder", "tenure", "averageOrder"];

/**
 * Randomised decisions with a known truth: purchases Poisson with a gamma rate per customer (25 % buy within 90 days),
 * margins lognormal (log-sd 1 over buyers), several waves per customer, everyone open to every action.
 */
export function plantDecisions(
  actions: readonly PlantedAction[],
  size: { customers: number; waves: number; features: number; seed: string },
): KnownTruth {
  const random = createRandom(size.seed);
  const arms = actions.length + 1;
  const rows = size.customers * size.waves;
  const table: DecisionTable = {
    actions: ["nothing", ...actions.map((_, k) => `action${k + 1}`)],
    rows,
    featureNames: Array.from({ length: size.features }, (_, j) => informative[j] ?? `noise${j}`),
    cluster: new Int32Array(rows),
    action: new Uint8Array(rows),
    propensity: new Float64Array(rows).fill(1 / arms),
    eligible: new Uint8Array(rows * arms).fill(1),
    features: new Float32Array(rows * size.features),
    short: new Float64Array(rows),
    long: new Float64Array(rows),
    redeemed: new Float64Array(rows),
    contactCost: Float64Array.of(0, ...actions.map(({ contactCost }) => contactCost)),
  };
  const truth = {
    table,
    trueShort: new Float64Array(rows * arms),
    trueLong: new Float64Array(rows * arms),
    later: {
      long: table.long,
      ordersAfter: new Float64Array(rows),
      ordersBefore: new Float64Array(rows),
      valueBefore: new Float64Array(rows),
    },
  };
  for (let customer = 0; customer < size.customers; customer++) {
    const rate = 1.2 * random.gamma(0.4);
    const orderValue = Math.exp(2.6 + 0.6 * random.normal());
    const tenure = random.normal();
    for (let wave = 0; wave < size.waves; wave++) {
      writeRow(truth, actions, random, { row: customer * size.waves + wave, customer, rate, orderValue, tenure });
    }
  }
  return truth;
}

function writeRow(
  { table, trueShort, trueLong, later }: KnownTruth,
  planted: readonly PlantedAction[],
  random: Random,
  at: { row: number; customer: number; rate: number; orderValue: number; tenure: number },
): void {
  const { row, rate, orderValue, tenure } = at;
  const arms = planted.length + 1;
  table.cluster[row] = at.customer;
  const taken = random.integer(arms);
  table.action[row] = taken;
  writeFeatures(table, random, at);
  const spread = Math.exp((0.8 * 0.8) / 2);
  const expectedShort = rate * orderValue * spread;
  const expectedLong = 2.4 * expectedShort;
  for (let k = 1; k < arms; k++) {
    const { short, long, tilt = 0, discount, contactCost } = planted[k - 1];
    trueShort[row * arms + k] = expectedShort * ((1 + short) * (1 - discount) - 1) - contactCost;
    trueLong[row * arms + k] = expectedLong * (long + tilt * tenure);
  }
  const own = taken === 0 ? { short: 0, long: 0, discount: 0, tilt: 0 } : planted[taken - 1];
  const { sum: gross } = purchases(random, rate * (1 + own.short), orderValue);
  table.redeemed[row] = gross * own.discount;
  table.short[row] = gross - table.redeemed[row];
  const after = purchases(random, 2.4 * rate * (1 + own.long + (own.tilt ?? 0) * tenure), orderValue);
  table.long[row] = after.sum;
  later.ordersAfter[row] = after.orders;
  const [orders, spend] = table.features.subarray(row * table.featureNames.length);
  later.ordersBefore[row] = orders;
  later.valueBefore[row] = spend;
}

function purchases(random: Random, mean: number, orderValue: number): { sum: number; orders: number } {
  const orders = random.poisson(mean);
  let sum = 0;
  for (let left = orders; left > 0; left--) sum += orderValue * Math.exp(0.8 * random.normal());
  return { sum, orders };
}

function writeFeatures(
  { features, featureNames }: DecisionTable,
  random: Random,
  at: { row: number; rate: number; orderValue: number; tenure: number },
): void {
  const offset = at.row * featureNames.length;
  const orders = random.poisson(4 * at.rate);
  const spend = orders * at.orderValue * Math.exp(0.3 * random.normal());
  const values = [
    orders,
    spend,
    orders > 0 ? (365 * (1 - random.uniform())) / (1 + orders) : Number.NaN,
    at.tenure,
    orders > 0 ? spend / orders : Number.NaN,
  ];
  for (let j = 0; j < featureNames.length; j++) features[offset + j] = j < values.length ? values[j] : random.normal();
}
