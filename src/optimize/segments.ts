import { millisecondsPerDay } from "../base/clock.ts";
import { InputError } from "../base/errors.ts";
import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { maximum, minimum } from "../engine/sql/functions.ts";
import { from, namedTable, type Query, table } from "../engine/sql/query.ts";
import { readTreatments } from "../panel/decisions.ts";
import type { PanelValues } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { cleanCustomers, cleanOrders, customerFlags } from "../schema/clean-tables.ts";
import { typesOf } from "../schema/columns.ts";
import { quadrants } from "../schema/relation.ts";

/** Columns by which limits and rules can name offers and customers. */
export const offerColumns = ["action", "channel"] as const;
const exportedColumns = ["country", "language", "acquisition_channel", "consent_email", "consent_ads"] as const;
export const customerColumns = [
  ...exportedColumns,
  "new_customer",
  "days_since_last_order",
  "wholesale",
  "quadrant",
  "value_decile",
] as const;
export type CustomerColumn = (typeof customerColumns)[number];

/** What stands where an export says nothing. */
const unknown = "unknown";
const yesOrNo = ["yes", "no"] as const;
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
  /** The word of customers who are not listed. */
  readonly otherwise: string;
}

/**
 * Reads one column of the customers: as the shop's exports state it, whether the first order is at most 90 days old, days
 * since the last one in bands, whether cleaning flagged them as wholesale, the quadrant of now and later, or the tenth by
 * predicted value over the longest horizon, of which 1 is the most valuable. Throws InputError no_quadrants.
 */
export async function readSegments(column: CustomerColumn, input: SegmentInput, engine: Engine): Promise<Segments> {
  switch (column) {
    case "value_decile":
      return { words: deciles, of: await decileOf(input, engine), otherwise: unknown };
    case "quadrant":
      return { words: quadrants, of: await quadrantOf(input, engine), otherwise: unknown };
    case "wholesale":
      return { words: yesOrNo, of: await wholesale(input, engine), otherwise: "no" };
    case "new_customer":
      return { words: yesOrNo, of: await orderDays(input, engine, newness), otherwise: "no" };
    case "days_since_last_order":
      return { words: bandWords, of: await orderDays(input, engine, bandOf), otherwise: unknown };
    default:
      return exported(column, input, engine);
  }
}

async function exported(
  column: (typeof exportedColumns)[number],
  input: SegmentInput,
  engine: Engine,
): Promise<Segments> {
  const name = await openTable(engine, input.cleaned, "customers", typesOf(cleanCustomers.columns));
  const c = table({ ...cleanCustomers, name }, "c");
  const of = await textsByCustomer(
    from(c).select({ customer_id: c.columns.customer_id, word: c.columns[column] }) as unknown as Query,
    engine,
  );
  return { words: [...new Set([...of.values(), unknown])].sort(), of, otherwise: unknown };
}

/** Whole days from a customer's first and last order to the plan's day. */
interface OrderDays {
  readonly sinceFirst: number;
  readonly sinceLast: number;
}

const newness = ({ sinceFirst }: OrderDays) => (sinceFirst <= 90 ? "yes" : "no");

const bandEnds = [30, 90, 180, 365];
const bandWords = [...bandEnds.map((end, at) => `${at === 0 ? 0 : bandEnds[at - 1] + 1}-${end}`), "over_365"];
const bandOf = ({ sinceLast }: OrderDays) =>
  bandWords[bandEnds.findIndex((end) => sinceLast <= end)] ?? bandWords[bandEnds.length];

async function orderDays(
  { cleaned, featured }: SegmentInput,
  engine: Engine,
  wordOf: (days: OrderDays) => string,
): Promise<Map<string, string>> {
  const { asOf } = featured.values;
  const name = await openTable(engine, cleaned, "orders", typesOf(cleanOrders.columns));
  const o = table({ ...cleanOrders, name }, "o");
  const { customer_id, known_at } = o.columns;
  const { texts, numbers } = await engine.collect(
    from(o)
      .where(known_at.below(instant(asOf)))
      .groupBy(customer_id)
      .select({ customer_id, first_at: minimum(known_at), last_at: maximum(known_at) }),
  );
  const daysTo = (at: number) => Math.floor((asOf - at) / millisecondsPerDay);
  return new Map(
    texts.customer_id.map((id, row) => [
      id as string,
      wordOf({ sinceFirst: daysTo(numbers.first_at[row]), sinceLast: daysTo(numbers.last_at[row]) }),
    ]),
  );
}

/** Those whom the cleaning rule wholesale_customers flagged by what was known before the plan's day. */
async function wholesale({ cleaned, featured }: SegmentInput, engine: Engine): Promise<Map<string, string>> {
  const name = await openTable(engine, cleaned, "customer_flags", typesOf(customerFlags.columns));
  const f = table({ ...customerFlags, name }, "f");
  const { customer_id, flag, known_at } = f.columns;
  const { texts } = await engine.collect(
    from(f)
      .where(flag.equals("wholesale"), known_at.below(instant(featured.values.asOf)))
      .select({ customer_id }),
  );
  return new Map(texts.customer_id.map((id) => [id as string, "yes"]));
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
