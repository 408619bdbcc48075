import type { Engine } from "../engine/engine.ts";
import { type Panel, type PanelValues, readPanel } from "../panel/panel.ts";
import { type PurchasesBefore, readPurchasesBefore } from "../panel/purchases-before.ts";
import type { Artifact } from "../runs/artifact.ts";

/** The customers of one cut-off, as members see them: features and purchases known then, in one order. */
export interface Subject {
  readonly panel: Panel;
  readonly purchases: PurchasesBefore;
}

/** Everybody with a purchase before `cutoff`. */
export async function readSubject(
  cutoff: number,
  cleaned: Artifact<{ currency: string }>,
  featured: Artifact<PanelValues>,
  engine: Engine,
): Promise<Subject> {
  const panel = await readPanel(engine, featured, { earliest: cutoff, latest: cutoff });
  const purchases = await readPurchasesBefore(cutoff, cleaned, engine);
  const isAligned = purchases.customerIds.every((id, row) => id === panel.customerIds[row]);
  if (purchases.rows !== panel.rows || !isAligned) throw new Error(`panel and purchases differ at ${cutoff}`);
  return { panel, purchases };
}
