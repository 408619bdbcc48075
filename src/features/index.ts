import { ModelError } from "../base/errors.ts";
import { currencyExponent } from "../base/money.ts";
import { type Expression, instant, missing } from "../engine/sql/expression.ts";
import {
  choose,
  count,
  countDistinct,
  daysBetween,
  plusDays,
  power,
  previous,
  round,
  sum,
} from "../engine/sql/functions.ts";
import { from, namedTable, type Query, type Relation, table } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import {
  cleanAssignments,
  cleanCustomers,
  cleanEvents,
  cleanExposures,
  cleanOrderLines,
  cleanOrders,
  cleanRefunds,
  cleanTables,
} from "../schema/clean-tables.ts";
import type { Columns, ColumnType, Table } from "../schema/columns.ts";
import {
  features as catalogue,
  eventAggregates,
  exposureAggregates,
  featureExpressions,
  modifierNames,
  orderAggregates,
  refundAggregates,
} from "./catalogue.ts";
import { type OriginOptions, type Origins, planOrigins } from "./origins.ts";

export interface FeatureOptions extends OriginOptions {
  annualDiscountRate: number;
}

export interface FeatureValues extends Omit<Origins, "panelOrigins"> {
  featureNames: string[];
  /** Features by which effects may differ between customers. */
  modifiers: string[];
  trainingOrigins: number[];
  customers: number;
  decisions: number;
  currency: string;
  valueBasis: string;
}

export type Cleaned = Artifact<{ currency: string; valueBasis: string; firstOrderAt: number; lastOrderAt: number }>;

const smallestShop = 20;

const pointTypes = { customer_id: "text", as_of: "timestamp" } as const;
type Points = Relation<typeof pointTypes>;

/** Describes every customer at every cut-off by what was known then, and labels it with what followed. */
export async function features(
  cleaned: Cleaned,
  options: FeatureOptions,
  context: StageContext,
): Promise<FeatureValues> {
  const { engine, output } = context;
  for (const [name, { columns }] of Object.entries(cleanTables))
    await openTable(engine, cleaned, name, typesOf(columns));
  const origins = planOrigins({ first: cleaned.values.firstOrderAt, last: cleaned.values.lastOrderAt }, options);
  const end = origins.asOf;

  const o = clean(cleanOrders, "o");
  const instants = [...origins.panelOrigins, end];
  const everybody = instants
    .map((origin) =>
      from(o)
        .where(o.columns.known_at.below(instant(origin)))
        .select({ customer_id: o.columns.customer_id, as_of: instant(origin) })
        .distinct(),
    )
    .reduce((all, next) => all.followedBy(next));
  await engine.materialise("points", everybody as unknown as Query);
  const panel = await describe("points", { origins, end }, cleaned, options, context);
  const labels = origins.horizonsDays.map((days) => [`value_${days}d`, panel.value(0, days)] as const);
  const written = await output.write(
    "panel",
    panel.query
      .select({ ...panel.features, ...Object.fromEntries(labels) })
      .orderBy(panel.point.as_of, panel.point.customer_id),
  );

  const decisions = await writeDecisions({ origins, end }, cleaned, options, context);
  const { numbers } = await engine.collect(
    from(o)
      .where(o.columns.known_at.below(instant(end)))
      .select({ customers: countDistinct(o.columns.customer_id) }),
  );
  const customers = numbers.customers[0];
  if (customers < smallestShop) throw new ModelError("not_enough_customers", { customers, needed: smallestShop });
  context.progress.report(written.rows, written.rows);
  const { panelOrigins, ...rest } = origins;
  return {
    ...rest,
    featureNames: catalogue.map(({ name }) => name),
    modifiers: modifierNames,
    trainingOrigins: panelOrigins,
    customers,
    decisions,
    currency: cleaned.values.currency,
    valueBasis: cleaned.values.valueBasis,
  };
}

async function writeDecisions(
  span: { origins: Origins; end: number },
  cleaned: Cleaned,
  options: FeatureOptions,
  context: StageContext,
): Promise<number> {
  const { engine, output } = context;
  const a = clean(cleanAssignments, "a");
  const known = from(a).where(a.columns.known_at.below(instant(span.end)));
  const logged = await engine.collect(known.select({ decisions: count() }));
  if (logged.numbers.decisions[0] === 0) return 0;
  await engine.materialise(
    "decision_points",
    known.select({ customer_id: a.columns.customer_id, as_of: a.columns.known_at }).distinct() as unknown as Query,
  );
  const described = await describe("decision_points", span, cleaned, options, context);
  const x = clean(cleanExposures, "x");
  const redeemed = from(x)
    .where(x.columns.kind.equals("redeemed"))
    .groupBy(x.columns.assignment_id)
    .select({ assignment_id: x.columns.assignment_id, cost: sum(x.columns.cost_minor) })
    .as("redeemed");
  const { shortHorizonDays, clvHorizonDays } = options;
  const exponent = 10 ** currencyExponent(cleaned.values.currency);
  await output.write(
    "decisions",
    described.query
      .join(
        a,
        a.columns.customer_id.equals(described.point.customer_id).and(a.columns.known_at.equals(described.point.as_of)),
      )
      .leftJoin(redeemed, redeemed.columns.assignment_id.equals(a.columns.assignment_id))
      .select({
        assignment_id: a.columns.assignment_id,
        treatment_id: a.columns.treatment_id,
        eligible_treatment_ids: a.columns.eligible_treatment_ids,
        propensity: a.columns.propensity,
        ...described.features,
        short: described.value(0, shortHorizonDays),
        long: described.value(shortHorizonDays, clvHorizonDays),
        redeemed: redeemed.columns.cost.to("double").orElse(0).over(exponent),
      })
      .orderBy(described.point.as_of, a.columns.assignment_id),
  );
  return logged.numbers.decisions[0];
}

interface Described {
  /** One row per point: customer_id, as_of; select features and values into it. */
  query: Query<typeof pointTypes>;
  point: Points["columns"];
  features: Record<string, Expression<"double">>;
  /** Discounted value known in [as_of + start, as_of + end), major units; NULL where that is not over yet. */
  value(startDays: number, endDays: number): Expression<"double">;
}

/** Computes every family for the points in a materialised table; one range join per fact table. */
async function describe(
  pointTable: string,
  span: { origins: Origins; end: number },
  cleaned: Cleaned,
  options: FeatureOptions,
  { engine }: StageContext,
): Promise<Described> {
  const p = namedTable(pointTable, pointTypes, "p");
  const point = p.columns;
  const bought = clean(cleanOrders, "bought");
  const gapped = from(bought)
    .select({
      ...bought.columns,
      previous_at: previous(bought.columns.known_at).within(
        [bought.columns.customer_id],
        [bought.columns.known_at.ascending(), bought.columns.order_id.ascending()],
      ),
    })
    .as("gapped");
  const withGap = from(gapped)
    .select({ ...gapped.columns, gap_days: daysBetween(gapped.columns.previous_at, gapped.columns.known_at) })
    .as("o");
  const r = clean(cleanRefunds, "r");
  const e = clean(cleanEvents, "e");
  const x = clean(cleanExposures, "x");
  const l = clean(cleanOrderLines, "l");

  const before = (fact: { customer_id: Expression<"text">; known_at: Expression<"timestamp"> }, days?: number) => {
    const known = fact.customer_id.equals(point.customer_id).and(fact.known_at.below(point.as_of));
    return days === undefined ? known : known.and(fact.known_at.atLeast(plusDays(point.as_of, -days)));
  };
  const family = async (
    name: string,
    relation: Relation,
    on: Expression<"boolean">,
    aggregates: Readonly<Record<string, Expression>>,
  ) => {
    const doubles = Object.fromEntries(Object.entries(aggregates).map(([key, value]) => [key, value.to("double")]));
    const query = from(p)
      .join(relation, on)
      .groupBy(point.customer_id, point.as_of)
      .select({ ...point, ...doubles });
    await engine.materialise(`${pointTable}_${name}`, query as unknown as Query);
    const types: Record<string, ColumnType> = {
      ...pointTypes,
      ...Object.fromEntries(Object.keys(aggregates).map((key) => [key, "double" as const])),
    };
    return namedTable(`${pointTable}_${name}`, types, name);
  };
  const families = {
    orders: await family(
      "orders",
      withGap as unknown as Relation,
      before(withGap.columns),
      orderAggregates(withGap.columns, point.as_of),
    ),
    refunds: await family(
      "refunds",
      r as unknown as Relation,
      before(r.columns),
      refundAggregates(r.columns, point.as_of),
    ),
    lines: await family("lines", l as unknown as Relation, before(l.columns), {
      categoryBreadth: countDistinct(l.columns.category),
    }),
    events: await family(
      "events",
      e as unknown as Relation,
      before(e.columns, 365),
      eventAggregates(e.columns, point.as_of),
    ),
    exposures: await family(
      "exposures",
      x as unknown as Relation,
      before(x.columns, 365),
      exposureAggregates(x.columns, point.as_of),
    ),
  };

  const boundaries = [
    ...new Set([0, ...span.origins.horizonsDays, options.shortHorizonDays, options.clvHorizonDays]),
  ].sort((a, b) => a - b);
  const parts = await valueParts(pointTable, p, boundaries, options, engine);
  const c = clean(cleanCustomers, "c");
  let query = from(p).leftJoin(c, c.columns.customer_id.equals(point.customer_id)).select(point) as unknown as Query<
    typeof pointTypes
  >;
  for (const relation of [...Object.values(families), ...parts.relations]) {
    const { customer_id, as_of } = relation.columns as Points["columns"];
    query = query.leftJoin(relation, customer_id.equals(point.customer_id).and(as_of.equals(point.as_of)));
  }
  const numbers = (name: keyof typeof families) => families[name].columns as Record<string, Expression<"double">>;
  const exponent = 10 ** currencyExponent(cleaned.values.currency);
  return {
    query,
    point,
    features: featureExpressions(
      {
        orders: numbers("orders"),
        refunds: numbers("refunds"),
        events: numbers("events"),
        lines: numbers("lines"),
        exposures: numbers("exposures"),
      },
      { acceptsEmail: c.columns.consent_email.equals("granted"), acceptsAds: c.columns.consent_ads.equals("granted") },
      point.as_of,
      exponent,
    ),
    value: (startDays, endDays) => {
      const slices = boundaries.filter((days) => days >= startDays && days < endDays);
      const total = slices.map((days) => parts.slice(days)).reduce((sumOf, next) => sumOf.plus(next));
      const over = plusDays(point.as_of, endDays).atMost(instant(span.end));
      return choose([[over, total.over(exponent * discountScale)]], missing("double"));
    },
  };
}

/** Discounted amounts are summed as integers of this many parts of a minor unit: sums of floats would depend on their order. */
const discountScale = 10_000;

/** Discounted value between neighbouring boundaries (days after the point), orders less refunds, as scaled integers. */
async function valueParts(
  pointTable: string,
  p: Points,
  boundaries: readonly number[],
  { annualDiscountRate }: FeatureOptions,
  engine: StageContext["engine"],
) {
  const slices = boundaries.slice(0, -1).map((start, index) => ({ start, end: boundaries[index + 1] }));
  const last = boundaries[boundaries.length - 1];
  const relations: Relation[] = [];
  for (const [name, definition] of [
    ["orders_after", cleanOrders],
    ["refunds_after", cleanRefunds],
  ] as const) {
    const fact = clean(definition as typeof cleanOrders, "fact").columns as unknown as {
      customer_id: Expression<"text">;
      known_at: Expression<"timestamp">;
      value_minor: Expression<"integer">;
    };
    const days = daysBetween(p.columns.as_of, fact.known_at);
    const discounted = round(
      fact.value_minor
        .to("double")
        .times(power(1 + annualDiscountRate, days.over(-365)))
        .times(discountScale),
    );
    const within = fact.customer_id
      .equals(p.columns.customer_id)
      .and(fact.known_at.atLeast(p.columns.as_of))
      .and(fact.known_at.below(plusDays(p.columns.as_of, last)));
    const sums = Object.fromEntries(
      slices.map(({ start, end }) => [
        `from${start}`,
        sum(discounted)
          .onlyWhere(days.atLeast(start).and(days.below(end)))
          .to("double"),
      ]),
    );
    const query = from(p)
      .join(clean(definition as typeof cleanOrders, "fact"), within)
      .groupBy(p.columns.customer_id, p.columns.as_of)
      .select({ ...p.columns, ...sums });
    await engine.materialise(`${pointTable}_${name}`, query as unknown as Query);
    const types = { ...pointTypes, ...Object.fromEntries(Object.keys(sums).map((key) => [key, "double" as const])) };
    relations.push(namedTable(`${pointTable}_${name}`, types, name) as unknown as Relation);
  }
  const [ordersAfter, refundsAfter] = relations.map(
    ({ columns }) => columns as unknown as Record<string, Expression<"double">>,
  );
  return {
    relations,
    slice: (start: number) => ordersAfter[`from${start}`].orElse(0).minus(refundsAfter[`from${start}`].orElse(0)),
  };
}

function clean<C extends Columns>(definition: Table<C>, alias: string) {
  return table({ ...definition, name: `clean_${definition.name}` }, alias);
}

function typesOf(columns: Columns): Record<string, ColumnType> {
  return Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type]));
}
