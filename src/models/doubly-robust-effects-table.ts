import { InputError, ModelError } from "../base/errors.ts";
import { createRandom } from "../base/random.ts";

/** Randomised decisions and what followed them; one row is one customer in one decision wave. */
export interface DecisionTable {
  /** The first is "nothing". */
  actions: readonly string[];
  rows: number;
  featureNames: readonly string[];
  /** Customer index: one customer has many rows. */
  cluster: Int32Array; // (rows)
  /** Index of the action taken. */
  action: Uint8Array; // (rows)
  /** Logged probability of the action taken, given the eligible set; NaN or 0 leaves the row out. */
  propensity: Float64Array; // (rows)
  eligible: Uint8Array; // (rows, actions)
  /** Known at decision time; NaN is missing. */
  features: Float32Array; // (rows, features)
  /** Discounted margin inside the short horizon, without contact or media cost. */
  short: Float64Array; // (rows)
  /** Discounted margin beyond it, up to the CLV horizon; NaN where the decision is younger than that. */
  long: Float64Array; // (rows)
  /** `long` with every order counted at the customer's usual value, from `atUsualValue`; absent where orders are not known. */
  longAtUsualValue?: Float64Array; // (rows)
  /** Redeemed discount of this decision's offer (already inside `short`). */
  redeemed: Float64Array; // (rows)
  /** Contact and media cost per person; subtracted from `short` here. */
  contactCost: Float64Array; // (actions)
}

export type OutcomeName = "short" | "long" | "longAtUsualValue";

export interface UsableRows {
  /** Rows whose propensity and action can be used. */
  rows: Int32Array;
  excluded: { missingPropensity: number; zeroPropensity: number; actionNotEligible: number; missingOutcome: number };
}

/**
 * Chooses the rows that may enter any estimate and counts the others by reason.
 * Throws InputError "decision_table_shape" when an array does not fit, "propensity_out_of_range" for one above 1 or negative,
 * and ModelError "no_usable_decisions" when nothing is left.
 */
export function usableRows(table: DecisionTable): UsableRows {
  checkShapes(table);
  const actions = table.actions.length;
  const excluded = { missingPropensity: 0, zeroPropensity: 0, actionNotEligible: 0, missingOutcome: 0 };
  const kept = new Int32Array(table.rows);
  let count = 0;
  for (let i = 0; i < table.rows; i++) {
    const propensity = table.propensity[i];
    if (propensity < 0 || propensity > 1 + 1e-9) {
      throw new InputError("propensity_out_of_range", { row: i, propensity });
    }
    if (Number.isNaN(propensity)) excluded.missingPropensity++;
    else if (propensity === 0) excluded.zeroPropensity++;
    else if (table.eligible[i * actions + table.action[i]] === 0) excluded.actionNotEligible++;
    else if (!Number.isFinite(table.short[i])) excluded.missingOutcome++;
    else kept[count++] = i;
  }
  if (count === 0) throw new ModelError("no_usable_decisions", { rows: table.rows, ...excluded });
  return { rows: kept.subarray(0, count), excluded };
}

function checkShapes(table: DecisionTable): void {
  const { rows } = table;
  const actions = table.actions.length;
  const expected: [string, number, number][] = [
    ["cluster", table.cluster.length, rows],
    ["action", table.action.length, rows],
    ["propensity", table.propensity.length, rows],
    ["eligible", table.eligible.length, rows * actions],
    ["features", table.features.length, rows * table.featureNames.length],
    ["short", table.short.length, rows],
    ["long", table.long.length, rows],
    ["longAtUsualValue", table.longAtUsualValue?.length ?? rows, rows],
    ["redeemed", table.redeemed.length, rows],
    ["contactCost", table.contactCost.length, actions],
  ];
  for (const [column, found, wanted] of expected) {
    if (found !== wanted) throw new InputError("decision_table_shape", { column, found, expected: wanted });
  }
  if (actions < 2) throw new InputError("decision_table_shape", { column: "actions", found: actions, expected: 2 });
}

/** Fold of every row, drawn by customer, so that no customer is predicted by a model that has seen him. */
export function foldsByCluster(cluster: Int32Array, folds: number, seed: string): Uint8Array {
  let highest = 0;
  for (const customer of cluster) if (customer > highest) highest = customer;
  const order = Int32Array.from({ length: highest + 1 }, (_, i) => i);
  createRandom(`${seed}/effect-folds`).shuffle(order);
  const foldOfCluster = new Uint8Array(highest + 1);
  for (let i = 0; i <= highest; i++) foldOfCluster[order[i]] = i % folds;
  return Uint8Array.from(cluster, (customer) => foldOfCluster[customer]);
}

/** Outcome of a row as the model sees it: the short one is net of the contact cost of the action taken. */
export function outcomeColumn(table: DecisionTable, outcome: OutcomeName): Float64Array {
  if (outcome === "long") return table.long;
  if (outcome === "longAtUsualValue") return table.longAtUsualValue ?? table.long;
  return table.short.map((margin, i) => margin - table.contactCost[table.action[i]]);
}
