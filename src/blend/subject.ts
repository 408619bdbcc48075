import type { Engine } from "../engine/engine.ts";
import type { BasketTable } from "../panel/baskets.ts";
import { featuresAndWords, type Panel, type PanelValues, readPanel } from "../panel/panel.ts";
import { type PurchasesBefore, readPurchasesBefore } from "../panel/purchases-before.ts";
import type { Artifact } from "../runs/artifact.ts";

/** The customers of one cut-off, as members see them: features and purchases known then, in one order. */
export interface Subject {
  readonly panel: Panel;
  /** Of the panel: what networks read. */
  readonly features: Float32Array; // (customers, features + categories)
  readonly featureNames: readonly string[];
  readonly baskets: BasketTable;
  readonly purchases: PurchasesBefore;
}

/** Everybody with a purchase before `cutoff`; `baskets` may hold later ones, which are not looked at. */
export async function readSubject(
  cutoff: number,
  { cleaned, featured }: { cleaned: Artifact<{ currency: string }>; featured: Artifact<PanelValues> },
  baskets: BasketTable,
  engine: Engine,
): Promise<Subject> {
  const panel = await readPanel(engine, featured, { earliest: cutoff, latest: cutoff });
  const purchases = await readPurchasesBefore(cutoff, cleaned, engine);
  const isAligned = purchases.customerIds.every((id, row) => id === panel.customerIds[row]);
  if (purchases.rows !== panel.rows || !isAligned) throw new Error(`panel and purchases differ at ${cutoff}`);
  const { featureNames, categorySizes } = featured.values;
  return {
    panel,
    features: featuresAndWords(panel, featured.values),
    featureNames: [...featureNames, ...Object.keys(categorySizes)],
    baskets,
    purchases,
  };
}
