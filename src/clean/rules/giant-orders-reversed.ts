import { type Expression, instant, literal } from "../../engine/sql/expression.ts";
import { count, daysBetween, every, quantile, rowNumber, some } from "../../engine/sql/functions.ts";
import { from, namedTable, type Relation } from "../../engine/sql/query.ts";
import { together } from "../all-of-customers.ts";
import { inBase } from "../amounts.ts";
import { type Bench, lineAmount } from "../bench.ts";
import { goodsOf, prepareGoods } from "../goods.ts";
import type { Touched } from "../options.ts";
import type { Rule } from "../rule.ts";
import { allRows } from "../work-tables.ts";

const reason = literal("reversed_giant_order");
const pairs = namedTable("cleaning_reversals", { target: "integer", refund: "integer" } as const, "p");
const minutesPerDay = 1440;

/**
 * An order far above all others that is taken back within minutes was a slip of the finger: order and refund both go,
 * else two lines would be the year's best customer. The same for one giant line of an order. A giant is measured by the
 * median order, and taking giants out may lower it: so it looks again until nothing is found, and finds nothing in
 * what was cleaned before.
 */
export const giantOrdersReversed = {
  name: "giant_orders_reversed",
  effect: "set_aside",
  async run(bench) {
    let touched = await reverseOnce(bench);
    for (let last = touched; last.some(({ rowsTouched }) => rowsTouched > 0); touched = together(touched, last))
      last = await reverseOnce(bench);
    return touched;
  },
} as const satisfies Rule;

async function reverseOnce(bench: Bench): Promise<Touched[]> {
  const least = await leastGiantMinor(bench);
  await findReversals(bench, giantOrders(bench, least), least);
  const orders = await netOut(bench, "orders");
  const refunds = await netOut(bench, "refunds");
  await findReversals(bench, giantLines(bench, least), least);
  const lines = await netOut(bench, "order_lines");
  const more = await netOut(bench, "refunds");
  if (lines.rowsTouched > 0) await prepareGoods(bench);
  return together([orders, lines, refunds], [more]);
}

/** So many times the median order of those known before the first test origin; more than anything where there is none. */
async function leastGiantMinor(bench: Bench): Promise<number> {
  const o = bench.kept("orders", "o");
  const { goods, joined } = goodsOf(o);
  const known = joined.where(o.columns.ordered_at.below(instant(bench.fitBefore)), goods.above(0));
  const { numbers } = await bench.engine.collect(
    known.select({ median: quantile(inBase(goods, o.columns.factor), 0.5), rows: count() }),
  );
  const least = Math.max(1, Math.ceil(bench.settings("giant_orders_reversed").multiple * numbers.median[0]));
  if (Number.isNaN(least)) return Number.MAX_SAFE_INTEGER;
  bench.remember({ subject: "orders.goods_minor", method: "median", statistic: "giant_order", value: least }, numbers);
  return least;
}

function giantOrders(bench: Bench, least: number) {
  const source = bench.kept("orders", "o");
  const o = source.columns;
  const { goods, joined } = goodsOf(source);
  const discount = o.discount_minor.orElse(0);
  return joined
    .where(inBase(goods, o.factor).atLeast(least))
    .select({
      ...whose(o),
      target: o.row_id,
      gross: o.items_gross_minor,
      goods,
      paid: o.items_gross_minor.minus(discount),
      paid_for_goods: goods.minus(discount),
      product_id: literal(""),
    })
    .as("giant");
}

function giantLines(bench: Bench, least: number) {
  const l = bench.kept("order_lines", "l");
  const o = bench.kept("orders", "o");
  const gross = lineAmount(l.columns, literal(1));
  const paid = gross.minus(l.columns.line_discount_minor.orElse(0));
  return from(l)
    .join(o, o.columns.order_id.equals(l.columns.order_id))
    .where(inBase(gross, o.columns.factor).atLeast(least))
    .select({
      ...whose(o.columns),
      target: l.columns.row_id,
      gross,
      goods: gross,
      paid,
      paid_for_goods: paid,
      product_id: l.columns.product_id.orElse(""),
    })
    .as("giant");
}

function whose(
  order: Relation<{ order_id: "text"; customer_id: "text"; currency: "text"; ordered_at: "timestamp" }>["columns"],
) {
  const { order_id, customer_id, currency, ordered_at } = order;
  return { order_id, customer_id, currency, ordered_at };
}

/** Pairs each giant with the refund of the same amount that follows soonest; no refund reverses two. */
async function findReversals(bench: Bench, giant: ReturnType<typeof giantOrders>, least: number): Promise<void> {
  const g = giant.columns;
  const refunds = bench.kept("refunds", "r");
  const r = refunds.columns;
  const all = allRows("orders", "all_orders").columns;
  // A refund that names another order we know takes that one back.
  const named = from(allRows("orders", "all_orders")).select({ order_id: all.order_id }).distinct().as("named");
  const wait = daysBetween(g.ordered_at, r.refunded_at);
  const sameProduct = some(r.product_id.isNull(), g.product_id.equals(""), r.product_id.equals(g.product_id));
  const sameAmount = [g.gross, g.goods, g.paid, g.paid_for_goods].map((amount) => r.goods_minor.equals(amount));
  const itsOwn = r.order_id.equals(g.order_id);
  const candidates = from(giant)
    .join(
      refunds,
      every(
        inBase(r.goods_minor, r.factor).atLeast(least),
        r.currency.equals(g.currency),
        some(...sameAmount),
        some(r.customer_id.equals(g.customer_id), itsOwn),
        sameProduct,
        wait.atLeast(0),
        wait.atMost(bench.settings("giant_orders_reversed").withinMinutes / minutesPerDay),
      ),
    )
    .leftJoin(named, named.columns.order_id.equals(r.order_id))
    .where(named.columns.order_id.isNull().or(itsOwn))
    .select({ target: g.target, refund: r.row_id, wait, order_id: g.order_id, refund_id: r.refund_id });
  const closest = onePer(candidates.as("c"), "refund");
  const chosen = onePer(closest, "target");
  await bench.materialise(
    "cleaning_reversals",
    from(chosen).select({ target: chosen.columns.target, refund: chosen.columns.refund }),
  );
}

type Candidates = Relation<{
  target: "integer";
  refund: "integer";
  wait: "double";
  order_id: "text";
  refund_id: "text";
}>;

function onePer(candidates: Candidates, side: "refund" | "target"): Candidates {
  const c = candidates.columns;
  const orderings = [c.wait, c.order_id, c.refund_id, c.target, c.refund].map((value: Expression) => value.ascending());
  const ranked = from(candidates)
    .select({ ...c, place: rowNumber([c[side]], orderings) })
    .as(`per_${side}`);
  const { place, ...columns } = ranked.columns;
  return from(ranked).where(place.equals(1)).select(columns).as(`one_per_${side}`);
}

function netOut(bench: Bench, name: "orders" | "order_lines" | "refunds") {
  return bench.setAside(name, () => {
    const rows = bench.kept(name, "r");
    const paired = name === "refunds" ? pairs.columns.refund : pairs.columns.target;
    return from(rows).having(pairs, paired.equals(rows.columns.row_id)).select({ row_id: rows.columns.row_id, reason });
  });
}
