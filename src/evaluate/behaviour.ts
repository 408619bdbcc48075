import type { BehaviourTest, Interval } from "../schema/summary.ts";
import { type BootstrapInterval, type BootstrapOptions, pairedBootstraps } from "../stats/bootstrap.ts";
import { areaUnderRocOfRanks } from "../stats/ranking.ts";
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
      const sampled = Uint8Array.from(sample, (row) => bought[row]);
      const [own, spend] = [ranksOfChance, ranksOfSpend].map((ranks) => areaUnderRocOfRanks(sampled, ranks(sample)));
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

const intervalOf = ({ estimate, lower, upper, level }: BootstrapInterval): Interval => ({
  estimate,
  low: lower,
  high: upper,
  level,
});
