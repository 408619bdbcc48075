import { probabilities } from "../blend/blend.ts";
import type { BacktestHorizon } from "../schema/summary.ts";
import { coverageByScore, coverageError, quantileCoverage } from "../stats/quantile-coverage.ts";

/** The forecast quantiles against what came, beside quantiles that are the same for everybody. */
export function testIntervals({
  actual,
  blend,
  quantiles,
  empirical,
}: {
  readonly actual: readonly number[];
  readonly blend: readonly number[];
  readonly quantiles: readonly (readonly number[])[];
  readonly empirical: readonly (readonly number[])[];
}): BacktestHorizon["intervals"] {
  const hasBaseline = empirical.every((quantile) => quantile.every(Number.isFinite));
  const width = ([low, , high]: readonly (readonly number[])[]) =>
    low.reduce((sum, value, row) => sum + high[row] - value, 0) / low.length;
  return {
    quantiles: probabilities.map((probability, at) => {
      const tenths = coverageByScore(actual, quantiles[at], blend, { probability });
      return {
        ...quantileCoverage(actual, quantiles[at], probability),
        tenths: tenths.map(({ shareBelow, shareAtOrBelow }) => ({ shareBelow, shareAtOrBelow })),
        worstTenth: Math.max(...tenths.map(coverageError)),
        ...(hasBaseline
          ? { baselinePinballLoss: quantileCoverage(actual, empirical[at], probability).pinballLoss }
          : {}),
      };
    }),
    width: width(quantiles),
    ...(hasBaseline ? { baselineWidth: width(empirical) } : {}),
  };
}
