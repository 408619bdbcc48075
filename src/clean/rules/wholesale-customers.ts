import { type Expression, instant, literal } from "../../engine/sql/expression.ts";
import { count, naturalLog, quantile, rowNumber, some } from "../../engine/sql/functions.ts";
import { from } from "../../engine/sql/query.ts";
import { setAsideAllOf } from "../all-of-customers.ts";
import { inBase } from "../amounts.ts";
import { type Bench, flags, flagsTable } from "../bench.ts";
import { goodsOf } from "../goods.ts";
import type { Rule } from "../rule.ts";

const flag = "wholesale";
/** With fewer orders nobody can say what is usual in the shop. */
const leastReferenceOrders = 20;

/**
 * Customers who buy far beyond what is usual: at least two orders whose pieces or goods lie above Tukey's far-out fence
 * on the logarithmic scale (upper quartile + 3 interquartile ranges), because order sizes are skewed and on the plain
 * scale a tenth of ordinary orders would lie outside. Fitted on what was known before the first test origin; the flag is
 * known from the order that made them wholesalers. They are kept unless the project says `set_aside`.
 */
export const wholesaleCustomers = {
  name: "wholesale_customers",
  effect: "flagged",
  async run(bench) {
    await findWholesalers(bench);
    const found = flags("found");
    if (bench.settings("wholesale_customers").action === "set_aside") return setAsideAllOf(bench, found, flag);
    const orders = bench.kept("orders", "o");
    const theirs = found.columns.customer_id.equals(orders.columns.customer_id);
    return [await bench.measure("orders", from(orders).having(found, theirs).select(orders.columns))];
  },
} as const satisfies Rule;

async function findWholesalers(bench: Bench): Promise<void> {
  const { minimumOrders } = bench.settings("wholesale_customers");
  const fences = await fitFences(bench);
  const o = bench.kept("orders", "o");
  const { customer_id, ordered_at, order_id } = o.columns;
  const { sizes, joined } = orderSizes(bench);
  const beyond = Object.entries(fences).map(([name, fence]) => sizes[name].above(fence));
  const numbered = joined
    .where(beyond.length > 0 ? some(...beyond) : literal(false))
    .select({
      customer_id,
      flag: literal(flag),
      known_at: ordered_at,
      place: rowNumber([customer_id], [ordered_at.ascending(), order_id.ascending()]),
    })
    .as("numbered");
  const { place, ...columns } = numbered.columns;
  await bench.materialise(flagsTable, from(numbered).where(place.equals(minimumOrders)).select(columns));
}

function orderSizes(bench: Bench) {
  const o = bench.kept("orders", "o");
  const { goods, units, joined } = goodsOf(o);
  const sizes: Record<string, Expression<"integer">> = { units, goods_minor: inBase(goods, o.columns.factor) };
  return { sizes, joined, ordered_at: o.columns.ordered_at };
}

/** The fence of each size; none where the shop is too small, or half its orders are equal, to say what is far out. */
async function fitFences(bench: Bench): Promise<Record<string, number>> {
  const { sizes, joined, ordered_at } = orderSizes(bench);
  const known = joined.where(ordered_at.below(instant(bench.fitBefore)));
  const fences: Record<string, number> = {};
  for (const [name, size] of Object.entries(sizes)) {
    const log = naturalLog(size);
    const { numbers } = await bench.engine.collect(
      known.where(size.above(0)).select({ lower: quantile(log, 0.25), upper: quantile(log, 0.75), rows: count() }),
    );
    const [lower, upper] = [numbers.lower[0], numbers.upper[0]];
    if (numbers.rows[0] < leastReferenceOrders || !(upper > lower)) continue;
    const fence = Math.exp(upper + bench.settings("wholesale_customers").fenceMultiple * (upper - lower));
    const fit = { subject: `orders.${name}`, method: "iqr_of_logarithm", statistic: "upper_fence", value: fence };
    bench.remember(fit, numbers);
    fences[name] = fence;
  }
  return fences;
}
