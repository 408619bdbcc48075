import { type BootstrapInterval, pairedBootstrap } from "../stats/bootstrap.ts";
import type { Forecast, Objective } from "./objective.ts";

const repetitions = 200;

/**
 * How much better one configuration's forecasts are than another's, on average over the folds: positive is better,
 * whichever way the objective points. Customers are resampled with all their folds, since a customer's quarters are alike.
 * The interval knows nothing of the search: the best of many trials is partly the luckiest.
 */
export function improvement(
  objective: Objective,
  { candidate, present }: { candidate: readonly Forecast[]; present: readonly Forecast[] },
  customerIds: readonly (readonly string[])[],
  seed: string,
): BootstrapInterval {
  const everyone = [...new Set(customerIds.flat())];
  const rowsOf = customerIds.map((ids) => new Map(ids.map((id, row) => [id, row])));
  const sign = objective.direction === "maximise" ? 1 : -1;
  const difference = (sample: Int32Array) => {
    let sum = 0;
    rowsOf.forEach((rows, fold) => {
      const picked = Int32Array.from([...sample].flatMap((index) => rows.get(everyone[index]) ?? []));
      sum += objective.of(pick(candidate[fold], picked)) - objective.of(pick(present[fold], picked));
    });
    return (sign * sum) / rowsOf.length;
  };
  return pairedBootstrap(everyone.length, difference, { seed: `${seed}/tuning`, repetitions });
}

function pick(forecast: Forecast, rows: Int32Array): Forecast {
  const of = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]);
  const { actual, mean, valueProbability, mu, sigma } = forecast;
  return {
    actual: of(actual),
    mean: of(mean),
    valueProbability: of(valueProbability),
    mu: of(mu),
    sigma: of(sigma),
  };
}
