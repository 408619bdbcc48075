import { type Expression, instant, missing } from "../engine/sql/expression.ts";
import { choose, concatenate, count, dateInZone, daysBetween, naturalLog, quantile } from "../engine/sql/functions.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { inBase, partAt, rounded, total } from "./amounts.ts";
import { type Bench, lineAmount } from "./bench.ts";
import { references } from "./missing/gaps.ts";
import { filledGaps, fillGaps, type Gaps } from "./missing/index.ts";
import type { Touched } from "./options.ts";
import { dailyRates } from "./rates.ts";

const subject = "order_lines.unit_cost_minor";
const linesTable = "cleaning_line_costs";
const lineTypes = {
  row_id: "integer",
  order_id: "text",
  line_no: "integer",
  known_at: "timestamp",
  product_id: "text",
  category: "text",
  quantity: "integer",
  gross_minor: "integer",
  known_cost_minor: "integer",
} as const;
const costsTable = "cleaning_order_costs";
const costTypes = {
  order_id: "text",
  lines_minor: "integer",
  cost_minor: "integer",
  imputed_minor: "integer",
} as const;

/** Σ quantity × unit cost of each order, of which lines' gross, and how much of it was filled in; workspace minor units. */
export const orderCosts = (alias: string) => namedTable(costsTable, costTypes, alias);

export interface CostCoverage {
  /** Share of the goods ordered before the first test origin for which a unit cost is known. */
  knownShare: number;
  /** Median cost ÷ gross over the lines whose cost was known before the first test origin; NaN where none was. */
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
 * Cost of every kept line: its own unit cost, else the product's (converted at the date of the order), else what
 * `missing` of the configuration fills it with. Writes `orderCosts` and `lineCosts` and says how much of it is known.
 */
export async function prepareCosts(bench: Bench): Promise<CostCoverage> {
  await bench.materialise(linesTable, knownCosts(bench));
  await fillGaps(bench, subject, gapsOf(bench), bench.options.missing[subject]);
  const l = lineCosts(bench, "l");
  const { order_id, gross_minor, cost_minor, is_imputed } = l.columns;
  await bench.materialise(
    costsTable,
    from(l)
      .groupBy(order_id)
      .select({
        order_id,
        lines_minor: total(gross_minor),
        cost_minor: total(cost_minor),
        imputed_minor: total(choose([[is_imputed, cost_minor]], missing("integer"))),
      }),
  );
  const shares = linesAs("share");
  const median = await bench.engine.collect(
    references(shares, bench.fitBefore).select({ share: quantile(shares.columns.value, 0.5) }),
  );
  return { medianCostShare: median.numbers.share[0], ...(await coverage(bench)) };
}

/** Cost of each kept line, workspace minor units, NULL where it is unknown and was not filled. After `prepareCosts`. */
export function lineCosts(bench: Bench, alias: string) {
  const l = namedTable(linesTable, lineTypes, "cost_of");
  const filled = filledGaps(subject, "filled");
  const { known_cost_minor: known, gross_minor, quantity } = l.columns;
  const filling = bench.options.missing[subject];
  const whole = filling && filling.as === "share" ? gross_minor : quantity;
  const guess = rounded(filled.columns.filled.times(whole.to("double")));
  return from(l)
    .leftJoin(filled, filled.columns.row_id.equals(l.columns.row_id))
    .select({ ...l.columns, cost_minor: known.orElse(guess), is_imputed: known.isNull().and(guess.isNotNull()) })
    .as(alias);
}

/** What the gaps are filled by: the configured groups, and costs as shares of the price or as amounts. */
function gapsOf(bench: Bench): Gaps {
  const filling = bench.options.missing[subject];
  if (filling === false) return linesAs("share");
  const by = "by" in filling ? filling.by : undefined;
  return linesAs(filling.as, by);
}

function linesAs(as: "share" | "amount", by?: "category" | "product"): Gaps {
  const l = namedTable(linesTable, lineTypes, "costed").columns;
  const groups = { category: l.category, product: l.product_id };
  return from(namedTable(linesTable, lineTypes, "costed"))
    .select({
      row_id: l.row_id,
      key: concatenate(l.order_id, "/", l.line_no.to("text")),
      value: l.known_cost_minor.over(as === "share" ? l.gross_minor : l.quantity),
      known_at: l.known_at,
      group_key: by ? groups[by] : missing("text"),
      price: positiveLog(l.gross_minor.over(l.quantity)),
      quantity: positiveLog(l.quantity),
      day: daysBetween(instant(0), l.known_at),
    })
    .as("gaps");
}

/** The logarithm, NULL of what has none. */
export function positiveLog(value: Expression<"integer"> | Expression<"double">): Expression<"double"> {
  const number = value.to("double") as Expression<"double">;
  return naturalLog(choose([[number.above(0), number]], missing("double")));
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
      row_id: l.columns.row_id,
      order_id: l.columns.order_id,
      line_no: l.columns.line_no,
      known_at: o.columns.ordered_at,
      product_id: l.columns.product_id,
      category: categoryOf(p.columns.category_path),
      quantity: l.columns.quantity,
      gross_minor: lineAmount(l.columns, o.columns.factor),
      known_cost_minor: own.orElse(products),
    });
}

/** The basis rests on what was known in time too: costs that only later orders lack must not change how it is told. */
async function coverage(bench: Bench): Promise<Pick<CostCoverage, "knownShare" | "imputed">> {
  const l = lineCosts(bench, "l");
  const { known_cost_minor: known, gross_minor: gross, known_at, is_imputed } = l.columns;
  const inTime = known_at.below(instant(bench.fitBefore));
  const lines = await bench.engine.collect(
    from(l).select({
      imputed: count().onlyWhere(is_imputed),
      imputedMinor: total(choose([[is_imputed, gross]], missing("integer"))),
      unknownMinor: total(choose([[known.isNull().and(inTime), gross]], missing("integer"))),
      knownMinor: total(choose([[known.isNotNull().and(inTime), gross]], missing("integer"))),
    }),
  );
  const o = bench.kept("orders", "o");
  const goods = total(inBase(o.columns.items_gross_minor, o.columns.factor));
  const earlier = from(o).where(o.columns.ordered_at.below(instant(bench.fitBefore)));
  const ordersMinor = (await bench.engine.collect(earlier.select({ goods }))).numbers.goods[0];
  const { imputed, imputedMinor, unknownMinor, knownMinor } = lines.numbers;
  return {
    knownShare: knownMinor[0] / Math.max(1, ordersMinor, knownMinor[0] + unknownMinor[0]),
    imputed: {
      table: "order_lines",
      rowsBefore: bench.rowsKept("order_lines"),
      rowsTouched: imputed[0],
      moneyTouchedMinor: imputedMinor[0],
    },
  };
}
