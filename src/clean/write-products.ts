import { type Expression, instant, missing } from "../engine/sql/expression.ts";
import { count, daysBetween, minimum } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import type { Draft } from "../runs/artifact.ts";
import { inBase, rounded } from "./amounts.ts";
import type { Bench } from "./bench.ts";
import { categoryOf, positiveLog } from "./line-costs.ts";
import { filledGaps, fillGaps, type Gaps } from "./missing/index.ts";
import type { RuleReport } from "./options.ts";
import { latestRates } from "./rates.ts";

const subject = "products.list_price_minor";

/** One row per product, its list price filled in where the project says so and flagged; reports what was filled. */
export async function writeProducts(bench: Bench, output: Draft): Promise<RuleReport[]> {
  const filling = bench.options.missing[subject];
  await fillGaps(bench, subject, gapsOf(bench), filling);
  const { query, product, price } = pricedProducts(bench);
  const filled = filledGaps(subject, "filled");
  const guess = rounded(filled.columns.filled);
  const isFilled = price.isNull().and(guess.isNotNull());
  const all = query.leftJoin(filled, filled.columns.row_id.equals(product.row_id));
  await output.write(
    "products",
    all
      .select({
        product_id: product.product_id,
        category: categoryOf(product.category_path),
        list_price_minor: price.orElse(guess),
        list_price_imputed: isFilled,
      })
      .orderBy(product.product_id),
  );
  if (filling === false) return [];
  const { numbers } = await bench.engine.collect(all.where(isFilled).select({ rows: count() }));
  const touched = { rowsTouched: numbers.rows[0], moneyTouchedMinor: 0 };
  const rowsBefore = bench.rowsKept("products");
  return [{ rule: "missing_list_prices", effect: "imputed", table: "products", rowsBefore, ...touched }];
}

/** A list price has no date: the latest rate turns it into workspace money. */
function pricedProducts(bench: Bench) {
  const p = bench.kept("products", "p");
  const rate = latestRates();
  const own = p.columns.currency.orElse(bench.options.currency);
  return {
    query: from(p).leftJoin(rate, rate.columns.currency.equals(own)),
    product: p.columns,
    price: inBase(p.columns.list_price_minor, rate.columns.factor),
    cost: inBase(p.columns.unit_cost_minor, rate.columns.factor),
  };
}

/** A product is known from its first sale; one that was never sold teaches nothing. */
function gapsOf(bench: Bench): Gaps {
  const { query, product, price, cost } = pricedProducts(bench);
  const filling = bench.options.missing[subject];
  const isGrouped = filling !== false && "by" in filling && filling.by !== undefined;
  const l = bench.kept("order_lines", "l").columns;
  const o = bench.kept("orders", "o");
  const sales = from(bench.kept("order_lines", "l"))
    .join(o, o.columns.order_id.equals(l.order_id))
    .groupBy(l.product_id)
    .select({ product_id: l.product_id, known_at: minimum(o.columns.ordered_at), lines: count() })
    .as("sales");
  return query
    .leftJoin(sales, sales.columns.product_id.equals(product.product_id))
    .select({
      row_id: product.row_id,
      key: product.product_id,
      value: price.to("double"),
      known_at: sales.columns.known_at,
      group_key: isGrouped ? categoryOf(product.category_path) : (missing("text") as Expression<"text">),
      price: positiveLog(cost),
      quantity: positiveLog(sales.columns.lines),
      day: daysBetween(instant(0), sales.columns.known_at),
    })
    .as("gaps");
}
