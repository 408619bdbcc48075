import { beforeAll, describe, expect, it } from "vitest";
import type { BacktestHorizon, RunSummary } from "../../src/schema/summary.ts";
import { mean, meanInterval99 } from "./mean-interval.ts";
import { runWorld } from "./worlds.ts";

const customers = 1500;
const seeds = Array.from({ length: 20 }, (_, index) => `intervals-${index + 1}`);
const levels = [0.1, 0.5, 0.9];

describe(`forecast quantiles of 90 and 365 days, ${seeds.length} independent shops of ${customers} customers`, () => {
  const runs: RunSummary[] = [];
  beforeAll(async () => {
    for (const seed of seeds) runs.push(await runWorld("default", seed, customers));
  });

  describe.each([90, 365])("%s days", (days) => {
    const tested = () =>
      runs.map(({ backtest }) => backtest.horizons.find(({ horizonDays }) => horizonDays === days) as BacktestHorizon);

    it.each(levels.map((level, at) => [level, at] as const))(
      "at level %s: share(Y < q) ≤ τ + 0.02 and share(Y ≤ q) ≥ τ − 0.02 on average, on a later period",
      (level, at) => {
        const quantiles = tested().map(({ intervals }) => intervals.quantiles[at]);
        const [below, atOrBelow] = [
          mean(quantiles.map(({ shareBelow }) => shareBelow)),
          mean(quantiles.map(({ shareAtOrBelow }) => shareAtOrBelow)),
        ];
        console.log(`${days} days, ${level}: below ${below.toFixed(3)}, at or below ${atOrBelow.toFixed(3)}`);
        expect(below).toBeLessThanOrEqual(level + 0.02);
        expect(atOrBelow).toBeGreaterThanOrEqual(level - 0.02);
      },
    );

    it.each(levels.map((level, at) => [level, at] as const))(
      "at level %s within 0.05 in every tenth of customers by forecast, on average",
      (level, at) => {
        const tenths = tested().map(({ intervals }) => intervals.quantiles[at].tenths);
        for (let tenth = 0; tenth < 10; tenth++) {
          const shares = tenths.map((of) => of[tenth]);
          expect(mean(shares.map(({ shareBelow }) => shareBelow))).toBeLessThanOrEqual(level + 0.05);
          expect(mean(shares.map(({ shareAtOrBelow }) => shareAtOrBelow))).toBeGreaterThanOrEqual(level - 0.05);
        }
      },
    );

    it("lose no more than the same quantiles for everybody by the 99 % interval over the shops, and less at p90", () => {
      const gains = levels.map((_, at) =>
        meanInterval99(
          tested().map(({ intervals }) => {
            const { pinballLoss, baselinePinballLoss } = intervals.quantiles[at];
            return (baselinePinballLoss as number) - pinballLoss;
          }),
        ),
      );
      gains.forEach(({ low, high }, at) => {
        console.log(`${days} days, ${levels[at]}: pinball gain ${low.toFixed(4)} … ${high.toFixed(4)}`);
        expect(high).toBeGreaterThanOrEqual(0);
      });
      expect(gains[2].low).toBeGreaterThan(0);
    });
  });
});
