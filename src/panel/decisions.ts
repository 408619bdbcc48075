import { toMajor } from "../base/money.ts";
import type { Engine } from "../engine/engine.ts";
import { from, namedTable, table } from "../engine/sql/query.ts";
import { atUsualValue, type DecisionTable } from "../models/doubly-robust-effects.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { cleanTreatments } from "../schema/clean-tables.ts";
import { type ColumnType, typesOf } from "../schema/columns.ts";
import { matrixOf, type PanelValues } from "./panel.ts";

export interface Treatment {
  readonly treatmentId: string;
  readonly type: string;
  readonly channel: string | null;
  readonly contactCost: number;
}

/** The shop's offers, "nothing" (type none) first, the others by id. */
export async function readTreatments(engine: Engine, cleaned: Artifact<{ currency: string }>): Promise<Treatment[]> {
  await openTable(engine, cleaned, "treatments", typesOf(cleanTreatments.columns));
  const t = table({ ...cleanTreatments, name: "clean_treatments" }, "t");
  const batch = await engine.collect(from(t).select(t.columns).orderBy(t.columns.treatment_id));
  const all = Array.from({ length: batch.rows }, (_, row) => ({
    treatmentId: batch.texts.treatment_id[row] as string,
    type: batch.texts.type[row] as string,
    channel: batch.texts.channel[row],
    contactCost: toMajor(batch.numbers.contact_cost_minor[row], cleaned.values.currency),
  }));
  const nothing = all.find(({ type }) => type === "none") ?? {
    treatmentId: "nothing",
    type: "none",
    channel: null,
    contactCost: 0,
  };
  return [nothing, ...all.filter(({ type }) => type !== "none")];
}

/** Every logged decision as the effect learner wants it; decisions without a known treatment are left out. */
export async function readDecisions(
  engine: Engine,
  featured: Artifact<PanelValues>,
  treatments: readonly Treatment[],
): Promise<DecisionTable | undefined> {
  if (!featured.has("decisions")) return undefined;
  const { featureNames } = featured.values;
  const types: Record<string, ColumnType> = {
    assignment_id: "text",
    customer_id: "text",
    as_of: "timestamp",
    treatment_id: "text",
    eligible_treatment_ids: "text",
    propensity: "double",
    short: "double",
    long: "double",
    longOrders: "double",
    redeemed: "double",
  };
  for (const name of featureNames) types[name] = "double";
  const d = namedTable(await openTable(engine, featured, "decisions", types), types, "d");
  const batch = await engine.collect(
    from(d)
      .where(d.columns.propensity.isNotNull(), d.columns.short.isNotNull())
      .select(d.columns)
      .orderBy(d.columns.as_of, d.columns.assignment_id),
  );
  if (batch.rows === 0) return undefined;
  const actions = treatments.map(({ treatmentId }) => treatmentId);
  const indexOf = new Map(actions.map((action, index) => [action, index]));
  const customerIndex = new Map<string, number>();
  const cluster = new Int32Array(batch.rows);
  const action = new Uint8Array(batch.rows);
  const propensity = batch.numbers.propensity.slice();
  const eligible = new Uint8Array(batch.rows * actions.length);
  for (let row = 0; row < batch.rows; row++) {
    const customer = batch.texts.customer_id[row] as string;
    if (!customerIndex.has(customer)) customerIndex.set(customer, customerIndex.size);
    cluster[row] = customerIndex.get(customer) as number;
    const taken = indexOf.get(batch.texts.treatment_id[row] as string);
    if (taken === undefined) propensity[row] = Number.NaN;
    action[row] = taken ?? 0;
    for (const id of (batch.texts.eligible_treatment_ids[row] ?? "").split(";")) {
      const index = indexOf.get(id);
      if (index !== undefined) eligible[row * actions.length + index] = 1;
    }
  }
  return {
    actions,
    rows: batch.rows,
    featureNames,
    cluster,
    action,
    propensity,
    eligible,
    features: matrixOf(batch.numbers, featureNames, batch.rows),
    short: batch.numbers.short,
    long: batch.numbers.long,
    longAtUsualValue: atUsualValue({
      long: batch.numbers.long,
      ordersAfter: batch.numbers.longOrders,
      ordersBefore: batch.numbers.ordersTotal,
      valueBefore: batch.numbers.valueTotal,
    }),
    redeemed: batch.numbers.redeemed,
    contactCost: Float64Array.from(treatments, ({ contactCost }) => contactCost),
  };
}
