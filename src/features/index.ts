import { ModelError } from "../base/errors.ts";
import { currencyExponent } from "../base/money.ts";
import { part } from "../base/progress.ts";
import { instant } from "../engine/sql/expression.ts";
import { count, countDistinct, sum } from "../engine/sql/functions.ts";
import { from, type Query } from "../engine/sql/query.ts";
import { type OriginOptions, type Origins, planOrigins } from "../panel/origins.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import { cleanAssignments, cleanExposures, cleanOrders, cleanTables } from "../schema/clean-tables.ts";
import { typesOf } from "../schema/columns.ts";
import type { Concept } from "../schema/concepts.ts";
import { basketMeasures, basketsQuery, fitBasketCategories, wordNumber } from "./baskets.ts";
import { modifierNames, wordFeatureNames } from "./catalogue.ts";
import { cleanTable } from "./clean-table.ts";
import { type Described, type DescribeOptions, describe } from "./describe.ts";
import { selectFeatures } from "./selection.ts";
import { type FeatureSummary, summariseFeatures } from "./summary.ts";
import { fitVocabulary, type Vocabulary } from "./vocabulary.ts";

export interface FeatureOptions extends OriginOptions {
  annualDiscountRate: number;
}

export interface FeatureValues extends Omit<Origins, "panelOrigins"> {
  /** The features that models learn from: those of the catalogue that `selectFeatures` chose. */
  featureNames: string[];
  /** What is known of customers as words by number, with how many words each knows, the 0 for any other included. */
  categorySizes: Record<string, number>;
  /** The same with their words, from 1 on. */
  categories: { name: string; unit: "word"; concept: Concept; words: string[] }[];
  /** Of the order lines, the most frequent first: the categories of baskets from 1 on. */
  basketCategories: string[];
  basketMeasures: readonly string[];
  /** Features by which effects may differ between customers. */
  modifiers: string[];
  /** The whole catalogue, with what today's customers say in it. */
  catalogue: FeatureSummary[];
  vocabulary: Vocabulary;
  trainingOrigins: number[];
  customers: number;
  decisions: number;
  currency: string;
  valueBasis: string;
}

export type Cleaned = Artifact<{ currency: string; valueBasis: string; firstOrderAt: number; lastOrderAt: number }>;

const smallestShop = 20;

/** Describes every customer at every cut-off by what was known then, and labels it with what followed. */
export async function features(
  cleaned: Cleaned,
  options: FeatureOptions,
  context: StageContext,
): Promise<FeatureValues> {
  const { engine, output, progress } = context;
  for (const [name, { columns }] of Object.entries(cleanTables))
    await openTable(engine, cleaned, name, typesOf(columns));
  const origins = planOrigins({ first: cleaned.values.firstOrderAt, last: cleaned.values.lastOrderAt }, options);
  const { panelOrigins, asOf: end } = origins;
  const { shortHorizonDays, clvHorizonDays, annualDiscountRate } = options;
  const boundaries = [...new Set([0, ...origins.horizonsDays, shortHorizonDays, clvHorizonDays])];
  const vocabulary = await fitVocabulary(panelOrigins[0], engine);
  const describing: DescribeOptions = {
    vocabulary,
    boundaries: boundaries.sort((a, b) => a - b),
    annualDiscountRate,
    end,
    minorPerMajor: 10 ** currencyExponent(cleaned.values.currency),
  };

  await engine.materialise("points", everybodyAt([...panelOrigins, end]));
  const panel = await describe("points", describing, engine, part(progress, 0, 0.2));
  const labels = origins.horizonsDays.flatMap((days) => [
    [`value_${days}d`, panel.value(0, days)] as const,
    [`orders_${days}d`, panel.orders(0, days)] as const,
  ]);
  const words = customerWords(vocabulary, panel.customer);
  const written = await output.write(
    "panel",
    panel.query
      .select({ ...panel.features, ...words.expressions, ...Object.fromEntries(labels) })
      .orderBy(panel.point.as_of, panel.point.customer_id),
  );
  const basketCategories = await fitBasketCategories(panelOrigins[0], engine);
  await output.write("baskets", basketsQuery(basketCategories, describing.minorPerMajor));

  const deciding = part(progress, 0.42, 0.86);
  deciding.report(0, 1);
  const decisions = await writeDecisions(describing, options, { ...context, progress: deciding });
  const o = cleanTable(cleanOrders, "o");
  const { numbers } = await engine.collect(
    from(o)
      .where(o.columns.known_at.below(instant(end)))
      .select({ customers: countDistinct(o.columns.customer_id) }),
  );
  const customers = numbers.customers[0];
  if (customers < smallestShop) throw new ModelError("not_enough_customers", { customers, needed: smallestShop });
  progress.report(0.86, 1);

  const featureNames = await selectFeatures(
    written.path,
    { origin: Math.min(...origins.testOrigins), horizonDays: Math.max(...origins.horizonsDays) },
    engine,
  );
  progress.report(0.97, 1);
  const { panelOrigins: trainingOrigins, ...rest } = origins;
  return {
    ...rest,
    featureNames,
    categorySizes: Object.fromEntries(words.categories.map(({ name, words }) => [name, words.length + 1])),
    categories: words.categories,
    basketCategories,
    basketMeasures,
    modifiers: modifierNames,
    catalogue: await summariseFeatures(written.path, { asOf: end, used: featureNames, vocabulary }, engine),
    vocabulary,
    trainingOrigins,
    customers,
    decisions,
    currency: cleaned.values.currency,
    valueBasis: cleaned.values.valueBasis,
  };
}

/** Channel and country by number; left out where the shop knows but one. */
function customerWords({ channel, country }: Vocabulary, customer: Described["customer"]) {
  const known = [
    { name: wordFeatureNames[0], value: customer.acquisition_channel, words: channel.map(({ word }) => word) },
    { name: wordFeatureNames[1], value: customer.country, words: country.map(({ word }) => word) },
  ].filter(({ words }) => words.length > 1);
  return {
    categories: known.map(({ name, words }) => ({ name, unit: "word" as const, concept: "origin" as const, words })),
    expressions: Object.fromEntries(known.map(({ name, value, words }) => [name, wordNumber(value, words)])),
  };
}

/** One point per instant and customer with an order before it. */
export function everybodyAt(instants: readonly number[]): Query {
  const o = cleanTable(cleanOrders, "o");
  return instants
    .map((at) =>
      from(o)
        .where(o.columns.known_at.below(instant(at)))
        .select({ customer_id: o.columns.customer_id, as_of: instant(at) })
        .distinct(),
    )
    .reduce((all, next) => all.followedBy(next)) as unknown as Query;
}

async function writeDecisions(
  describing: DescribeOptions,
  { shortHorizonDays, clvHorizonDays }: FeatureOptions,
  { engine, output, progress }: StageContext,
): Promise<number> {
  const a = cleanTable(cleanAssignments, "a");
  const known = from(a).where(a.columns.known_at.below(instant(describing.end)));
  const logged = await engine.collect(known.select({ decisions: count() }));
  if (logged.numbers.decisions[0] === 0) return 0;
  await engine.materialise(
    "decision_points",
    known.select({ customer_id: a.columns.customer_id, as_of: a.columns.known_at }).distinct() as unknown as Query,
  );
  const described = await describe("decision_points", describing, engine, part(progress, 0, 0.5));
  const x = cleanTable(cleanExposures, "x");
  const redeemed = from(x)
    .where(x.columns.kind.equals("redeemed"))
    .groupBy(x.columns.assignment_id)
    .select({ assignment_id: x.columns.assignment_id, cost: sum(x.columns.cost_minor) })
    .as("redeemed");
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
        longOrders: described.orders(shortHorizonDays, clvHorizonDays),
        redeemed: redeemed.columns.cost.to("double").orElse(0).over(describing.minorPerMajor),
      })
      .orderBy(described.point.as_of, a.columns.assignment_id),
  );
  return logged.numbers.decisions[0];
}
