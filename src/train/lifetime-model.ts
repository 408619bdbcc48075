import type { Engine } from "../engine/engine.ts";
import { fitLifetimeModel } from "../lifetime/lifetime-model.ts";
import { readPurchasesBefore } from "../panel/purchases-before.ts";
import type { Artifact } from "../runs/artifact.ts";
import type { LifetimeModel } from "../schema/lifetime-model.ts";

/** The lifetime model as it would have been fitted at `cutoff`, on what was known strictly before. */
export async function lifetimeModelAt(
  cutoff: number,
  cleaned: Artifact<{ currency: string }>,
  engine: Engine,
): Promise<LifetimeModel> {
  return fitLifetimeModel(await readPurchasesBefore(cutoff, cleaned, engine));
}
