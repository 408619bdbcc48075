import { solveRidge } from "../stats/linear-algebra.ts";
import type { OutcomeScores } from "./doubly-robust-effects-scores.ts";
import type { DecisionTable } from "./doubly-robust-effects-table.ts";

/** Redeemed discount of one action as a share of the predicted short-term value: intercept, then one per modifier. */
export type RedemptionShare = number[]; // (1 + modifiers)

/**
 * Expected redeemed discount of action k: max(0, level·(share₀ + share·z)), fitted on the rows that got the action,
 * weighted by precision, the modifiers' shares shrunk, and scaled so that predictions and redemptions add up alike.
 */
export function fitRedemption(
  table: DecisionTable,
  short: OutcomeScores,
  modifiers: Float64Array,
  modifierCount: number,
): RedemptionShare[] {
  const size = 1 + modifierCount;
  return table.actions.map((_, k) => {
    const gram = new Float64Array(size * size);
    const moment = new Float64Array(size);
    const taken = short.rows.filter((row) => table.action[row] === k);
    const x = new Float64Array(size);
    for (const row of taken) {
      for (let j = 0; j < size; j++) {
        x[j] = short.baseline[row] * (j === 0 ? 1 : modifiers[row * modifierCount + j - 1]);
      }
      const weight = 1 / short.variance[row];
      for (let i = 0; i < size; i++) {
        moment[i] += weight * x[i] * table.redeemed[row];
        for (let j = 0; j <= i; j++) gram[i * size + j] += weight * x[i] * x[j];
      }
    }
    if (k === 0 || !(gram[0] > 0)) return new Array(size).fill(0);
    // A tenth of the intercept's own information: 10 % of the rows' weight speaks for "no difference between people".
    const penalty = new Float64Array(size).fill(0.1 * gram[0]);
    penalty[0] = 0;
    const share = [...solveRidge({ gram, moment }, penalty)];
    let predicted = 0;
    let redeemed = 0;
    for (const row of taken) {
      predicted += redemption(share, short.baseline[row], modifiers, row);
      redeemed += table.redeemed[row];
    }
    const factor = predicted > 0 && redeemed > 0 ? redeemed / predicted : 0;
    return share.map((value) => value * factor);
  });
}

/** Expected redeemed discount at one row. */
export function redemption(share: RedemptionShare, level: number, modifiers: Float64Array, row: number): number {
  let sum = share[0];
  const count = share.length - 1;
  for (let m = 0; m < count; m++) sum += share[m + 1] * modifiers[row * count + m];
  return Math.max(0, sum * level);
}
