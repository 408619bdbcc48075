import { readFileSync } from "node:fs";
import type { Engine } from "../engine/engine.ts";
import { forecastLifetime } from "../lifetime/lifetime-model.ts";
import type { Panel } from "../panel/panel.ts";
import { readPurchasesBefore } from "../panel/purchases-before.ts";
import type { Artifact } from "../runs/artifact.ts";

interface Input {
  readonly cleaned: Artifact<{ currency: string }>;
  readonly trained: Artifact<{ lifetimeModels: readonly { cutoff: number; file: string }[] }>;
}

/** The means of the lifetime model fitted at `cutoff` for the customers of the panel there; (customers, horizons). */
export async function forecastByLifetimeModel(
  { cleaned, trained }: Input,
  cutoff: number,
  panel: Panel,
  options: { horizonsDays: readonly number[]; annualDiscountRate: number },
  engine: Engine,
): Promise<Float64Array> {
  const fitted = trained.values.lifetimeModels.find((candidate) => candidate.cutoff === cutoff);
  if (!fitted) throw new Error(`no lifetime model was fitted at ${cutoff}`);
  const model = JSON.parse(readFileSync(trained.path(fitted.file), "utf8"));
  const purchases = await readPurchasesBefore(cutoff, cleaned, engine);
  const isAligned = purchases.customerIds.every((id, row) => id === panel.customerIds[row]);
  if (purchases.rows !== panel.rows || !isAligned) throw new Error(`panel and purchases differ at ${cutoff}`);
  return forecastLifetime(model, purchases, options);
}
