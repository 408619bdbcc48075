import { type BootstrapInterval, type BootstrapOptions, pairedBootstraps } from "./bootstrap.ts";
import { pearson } from "./ranking.ts";
import { sampledRanks } from "./sampled-spearman.ts";

/** Spearman's correlation of a forecast with what came, less that of each rival, all on the same bootstrap samples. */
export function compareRanks(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  rivals: readonly ArrayLike<number>[],
  options: BootstrapOptions,
): BootstrapInterval[] {
  const ranksOfActual = sampledRanks(actual);
  const ranksOf = [forecast, ...rivals].map(sampledRanks);
  return pairedBootstraps(
    actual.length,
    (sample) => {
      const truth = ranksOfActual(sample);
      const [ofForecast, ...ofRivals] = ranksOf.map((ranks) => pearson(ranks(sample), truth));
      return ofRivals.map((ofRival) => ofForecast - ofRival);
    },
    options,
  );
}
