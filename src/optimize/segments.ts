import { InputError } from "../base/errors.ts";
import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { from, namedTable, type Query, table } from "../engine/sql/query.ts";
import { readTreatments } from "../panel/decisions.ts";
import type { PanelValues } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { cleanCustomers } from "../schema/clean-tables.ts";
import { typesOf } from "../schema/columns.ts";
import { quadrants } from "../schema/relation.ts";

/** Columns by which limits and rules can name offers and customers. */
export const offerColumns = ["action", "channel"] as const;
export const customerColumns = ["country", "language", "acquisition_channel", "quadrant", "value_decile"] as const;
export type CustomerColumn = (typeof customerColumns)[number];

/** What stands where an export says nothing. */
export const unknown = "unknown";
const deciles = Array.from({ length: 10 }, (_, index) => String(index + 1));

export interface SegmentInput {
  readonly cleaned: Artifact<{ currency: string }>;
  readonly featured: Artifact<PanelValues>;
  readonly predicted: Artifact;
}

/** One column of all customers, and the words there are in it. */
export interface Segments {
  readonly words: readonly string[];
  readonly of: ReadonlyMap<string, string>;
}

/**
 * Reads one column of the customers: as the shop's exports state it, the quadrant of now and later, or the tenth by
 * predicted value over the longest horizon, of which 1 is the most valuable. Throws InputError no_quadrants.
 */
export async function readSegments(column: CustomerColumn, input: SegmentInput, engine: Engine): Promise<Segments> {
  if (column === "value_decile") return { words: deciles, of: await decileOf(input, engine) };
  if (column === "quadrant") return { words: quadrants, of: await quadrantOf(input, engine) };
  const name = await openTable(engine, input.cleaned, "customers", typesOf(cleanCustomers.columns));
  const c = table({ ...cleanCustomers, name }, "c");
  const of = await textsByCustomer(
    from(c).select({ customer_id: c.columns.customer_id, word: c.columns[column] }) as unknown as Query,
    engine,
  );
  return { words: [...new Set([...of.values(), unknown])].sort(), of };
}

/** The channel of each action; "unknown" where no offer of that name was ever logged. */
export async function channelsOf(
  actions: readonly string[],
  cleaned: SegmentInput["cleaned"],
  engine: Engine,
): Promise<string[]> {
  const treatments = await readTreatments(engine, cleaned);
  const channelOf = new Map(treatments.map(({ treatmentId, channel }) => [treatmentId, channel]));
  return actions.map((action) => channelOf.get(action) ?? unknown);
}

async function quadrantOf({ predicted, featured }: SegmentInput, engine: Engine): Promise<Map<string, string>> {
  if (!predicted.has("relation")) throw new InputError("no_quadrants", {});
  const types = { customer_id: "text", as_of: "timestamp", quadrant: "text" } as const;
  const r = namedTable(await openTable(engine, predicted, "relation"), types, "r");
  const today = from(r).where(r.columns.as_of.equals(instant(featured.values.asOf)));
  const { customer_id, quadrant } = r.columns;
  return textsByCustomer(today.select({ customer_id, word: quadrant }) as unknown as Query, engine);
}

async function decileOf({ predicted, featured }: SegmentInput, engine: Engine): Promise<Map<string, string>> {
  const mean = `mean_${Math.max(...featured.values.horizonsDays)}d`;
  const types = { customer_id: "text", [mean]: "double" } as const;
  const p = namedTable(await openTable(engine, predicted, "predictions"), types, "p");
  const { rows, texts } = await engine.collect(
    from(p)
      .select({ customer_id: p.columns.customer_id })
      .orderBy(p.columns[mean as "customer_id"].descending(), p.columns.customer_id),
  );
  return new Map(
    Array.from({ length: rows }, (_, row) => [
      texts.customer_id[row] as string,
      deciles[Math.floor((row * deciles.length) / rows)],
    ]),
  );
}

async function textsByCustomer(query: Query, engine: Engine): Promise<Map<string, string>> {
  const { rows, texts } = await engine.collect(query);
  return new Map(
    Array.from({ length: rows }, (_, row) => [texts.customer_id[row] as string, texts.word[row] ?? unknown]),
  );
}
