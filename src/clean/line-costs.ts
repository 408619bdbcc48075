import { type Expression, missing } from "../engine/sql/expression.ts";
import { choose, concatenate, count, dateInZone, quantile } from "../engine/sql/functions.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { inBase, partAt, rounded, total } from "./amounts.ts";
import { type Bench, lineAmount } from "./bench.ts";
import type { Touched } from "./options.ts";
import { dailyRates } from "./rates.ts";

const linesTable = "cleaning_line_costs";
const lineTypes = {
  order_id: "text",
  category: "text",
  gross_minor: "integer",
  known_cost_minor: "integer",
} as const;
const sharesTable = "cleaning_cost_shares";
const shareTypes = { category: "text", share: "double" } as const;
const costsTable = "cleaning_order_costs";
const costTypes = { order_id: "text", lines_minor: "integer", cost_minor: "integer" } as const;

/** Σ quantity × unit cost of each order, and of which lines' gross; workspace minor units. */
export const orderCosts = (alias: string) => namedTable(costsTable, costTypes, alias);

export interface CostCoverage {
  /** Share of the kept orders' goods for which a unit cost is known. */
  knownShare: number;
  /** Median cost ÷ gross over the lines whose cost is known. */
  medianCostShare: number;
  imputed: Touched;
}

/** The first two levels of a product's category path; NULL where it has none. */
export function categoryOf(path: Expression<"text">): Expression<"text"> {
  const [first, second] = [partAt(path, ";", 1), partAt(path, ";", 2)];
  return choose(
    [
      [path.isNull().or(first.equals("")), missing("text")],
      [second.equals(""), first],
    ],
    concatenate(first, ";", second),
  );
}

/**
 * Cost of every kept line: its own unit cost, else the product's (converted at the date of the order), else the median
 * cost share of its category, else of all lines. Writes `orderCosts` and says how much of it is known.
 */
export async function prepareCosts(bench: Bench): Promise<CostCoverage> {
  await bench.materialise(linesTable, knownCosts(bench));
  const l = namedTable(linesTable, lineTypes, "l");
  const { category, known_cost_minor: known, gross_minor: gross } = l.columns;
  const share = known.over(gross);
  const priced = from(l).where(known.isNotNull(), gross.above(0));
  await bench.materialise(
    sharesTable,
    priced
      .where(category.isNotNull())
      .groupBy(category)
      .select({ category, share: quantile(share, 0.5) }),
  );
  const overall = (await bench.engine.collect(priced.select({ share: quantile(share, 0.5) }))).numbers.share[0];
  const s = namedTable(sharesTable, shareTypes, "s");
  const imputedShare = s.columns.share.orElse(Number.isNaN(overall) ? 0 : overall);
  const cost = known.orElse(rounded(gross.to("double").times(imputedShare)));
  await bench.materialise(
    costsTable,
    from(l)
      .leftJoin(s, s.columns.category.equals(category))
      .groupBy(l.columns.order_id)
      .select({ order_id: l.columns.order_id, lines_minor: total(gross), cost_minor: total(cost) }),
  );
  return { medianCostShare: Number.isNaN(overall) ? 0 : overall, ...(await coverage(bench)) };
}

function knownCosts(bench: Bench) {
  const l = bench.kept("order_lines", "l");
  const o = bench.kept("orders", "o");
  const p = bench.kept("products", "p");
  const productCurrency = p.columns.currency.orElse(bench.options.currency);
  const date = dateInZone(o.columns.ordered_at, bench.options.timezone);
  const dates = from(o).select({ date }).distinct().as("dates");
  const days = from(p).select({ currency: productCurrency }).crossJoin(dates).select({ date: dates.columns.date });
  const daily = dailyRates(days as unknown as Parameters<typeof dailyRates>[0]);
  const cost = (unitCost: Expression<"integer">, factor: Expression<"double">) =>
    inBase(l.columns.quantity, unitCost.to("double").times(factor));
  const own = cost(l.columns.unit_cost_minor, o.columns.factor);
  const products = cost(p.columns.unit_cost_minor, daily.columns.factor);
  return from(l)
    .join(o, o.columns.order_id.equals(l.columns.order_id))
    .leftJoin(p, p.columns.product_id.equals(l.columns.product_id))
    .leftJoin(daily, daily.columns.currency.equals(productCurrency).and(daily.columns.date.equals(date)))
    .select({
      order_id: l.columns.order_id,
      category: categoryOf(p.columns.category_path),
      gross_minor: lineAmount(l.columns, o.columns.factor),
      known_cost_minor: own.orElse(products),
    });
}

async function coverage(bench: Bench): Promise<Pick<CostCoverage, "knownShare" | "imputed">> {
  const l = namedTable(linesTable, lineTypes, "l");
  const { known_cost_minor: known, gross_minor: gross } = l.columns;
  const lines = await bench.engine.collect(
    from(l).select({
      unknown: count().onlyWhere(known.isNull()),
      unknownMinor: total(choose([[known.isNull(), gross]], missing("integer"))),
      knownMinor: total(choose([[known.isNotNull(), gross]], missing("integer"))),
    }),
  );
  const o = bench.kept("orders", "o");
  const goods = total(inBase(o.columns.items_gross_minor, o.columns.factor));
  const ordersMinor = (await bench.engine.collect(from(o).select({ goods }))).numbers.goods[0];
  const { unknown, unknownMinor, knownMinor } = lines.numbers;
  return {
    knownShare: knownMinor[0] / Math.max(1, ordersMinor, knownMinor[0] + unknownMinor[0]),
    imputed: {
      table: "order_lines",
      rowsBefore: bench.rowsKept("order_lines"),
      rowsTouched: unknown[0],
      moneyTouchedMinor: unknownMinor[0],
    },
  };
}
