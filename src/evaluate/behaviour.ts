import type { BehaviourTest, Interval } from "../schema/summary.ts";
import { type BootstrapInterval, type BootstrapOptions, pairedBootstraps } from "../stats/bootstrap.ts";
import { sampledRanks } from "../stats/sampled-spearman.ts";

/** What was forecast of each customer's orders, and how many came. */
export interface TestedBehaviour {
  readonly actualOrders: readonly number[];
  /** Of at least one. */
  readonly chance: readonly number[];
  readonly orders: readonly number[];
  /** What everybody could have sorted by: the baseline. */
  readonly pastSpend: readonly number[];
}

/**
 * Who orders at all, and how often: the chances against past spend as an order of customers (area under the ROC curve) and
 * against one chance for everybody (Brier skill: 1 − mean squared error ÷ that of the share who ordered), and both totals.
 */
export function testBehaviour(tested: TestedBehaviour, options: BootstrapOptions): BehaviourTest {
  const { actualOrders, chance, orders, pastSpend } = tested;
  const rows = actualOrders.length;
  const bought = actualOrders.map((count) => Number(count > 0));
  const ranksOfChance = sampledRanks(chance);
  const ranksOfSpend = sampledRanks(pastSpend);
  const [area, areaOfSpend, difference, skill, shareOff, ordersOff] = pairedBootstraps(
    rows,
    (sample) => {
      const [own, spend] = [ranksOfChance, ranksOfSpend].map((ranks) => sampledArea(bought, sample, ranks(sample)));
      let [some, expected, count, counted, squares] = [0, 0, 0, 0, 0];
      for (const row of sample) {
        some += bought[row];
        expected += chance[row];
        count += actualOrders[row];
        counted += orders[row];
        squares += (bought[row] - chance[row]) ** 2;
      }
      const share = some / rows;
      return [
        own,
        spend,
        own - spend,
        1 - squares / rows / (share * (1 - share)),
        expected / some - 1,
        counted / count - 1,
      ];
    },
    options,
  );
  return {
    boughtShare: bought.reduce((sum, one) => sum + one, 0) / rows,
    areaUnderRoc: intervalOf(area),
    areaUnderRocOfPastSpend: intervalOf(areaOfSpend),
    difference: intervalOf(difference),
    verdict: difference.verdict,
    brierSkill: intervalOf(skill),
    shareBias: intervalOf(shareOff),
    ordersBias: intervalOf(ordersOff),
  };
}

/** P(score of a buyer > score of another) + ½ P(equal) within a sample (Mann–Whitney), from ranks within it. */
function sampledArea(bought: readonly number[], sample: Int32Array, ranks: Float64Array): number {
  let [buyers, rankSum] = [0, 0];
  for (let at = 0; at < sample.length; at++) {
    if (bought[sample[at]] === 0) continue;
    buyers++;
    rankSum += ranks[at];
  }
  return (rankSum - (buyers * (buyers + 1)) / 2) / (buyers * (sample.length - buyers));
}

const intervalOf = ({ estimate, lower, upper, level }: BootstrapInterval): Interval => ({
  estimate,
  low: lower,
  high: upper,
  level,
});
