import { type Expression, literal } from "../../engine/sql/expression.ts";
import { daysBetween, every, quantile, rowNumber, some } from "../../engine/sql/functions.ts";
import { from, namedTable, type Relation } from "../../engine/sql/query.ts";
import { inBase } from "../amounts.ts";
import { type Bench, lineAmount } from "../bench.ts";
import type { Rule } from "../rule.ts";

const reason = literal("reversed_giant_order");
const pairs = namedTable("cleaning_reversals", { target: "integer", refund: "integer" } as const, "p");
const minutesPerDay = 1440;

/**
 * An order far above all others that is taken back within minutes was a slip of the finger: order and refund both go,
 * else two lines would be the year's best customer. The same for one giant line of an order.
 */
export const giantOrdersReversed = {
  name: "giant_orders_reversed",
  effect: "set_aside",
  async run(bench) {
    const least = await leastGiantMinor(bench);
    await findReversals(bench, giantOrders(bench, least), least);
    const orders = await netOut(bench, "orders");
    const refunds = await netOut(bench, "refunds");
    await findReversals(bench, giantLines(bench, least), least);
    const lines = await netOut(bench, "order_lines");
    const more = await netOut(bench, "refunds");
    refunds.rowsTouched += more.rowsTouched;
    refunds.moneyTouchedMinor += more.moneyTouchedMinor;
    return [orders, lines, refunds];
  },
} as const satisfies Rule;

async function leastGiantMinor(bench: Bench): Promise<number> {
  const o = bench.kept("orders", "o");
  const amount = inBase(o.columns.items_gross_minor, o.columns.factor);
  const median = (await bench.engine.collect(from(o).select({ median: quantile(amount, 0.5) }))).numbers.median[0];
  return Math.max(1, Math.ceil((bench.options.giantOrderMultiple ?? 20) * (median || 0)));
}

function giantOrders(bench: Bench, least: number) {
  const o = bench.kept("orders", "o").columns;
  const { items_gross_minor: gross, discount_minor: discount } = o;
  const paid = gross.minus(discount.orElse(0));
  const source = bench.kept("orders", "o");
  return from(source)
    .where(inBase(gross, o.factor).atLeast(least))
    .select({ ...whose(o), target: o.row_id, gross, paid, product_id: literal("") })
    .as("giant");
}

function giantLines(bench: Bench, least: number) {
  const l = bench.kept("order_lines", "l");
  const o = bench.kept("orders", "o");
  const gross = lineAmount(l.columns, literal(1));
  return from(l)
    .join(o, o.columns.order_id.equals(l.columns.order_id))
    .where(inBase(gross, o.columns.factor).atLeast(least))
    .select({
      ...whose(o.columns),
      target: l.columns.row_id,
      gross,
      paid: gross.minus(l.columns.line_discount_minor.orElse(0)),
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
  const wait = daysBetween(g.ordered_at, r.refunded_at);
  const sameProduct = some(r.product_id.isNull(), g.product_id.equals(""), r.product_id.equals(g.product_id));
  const candidates = from(giant)
    .join(
      refunds,
      every(
        inBase(r.goods_minor, r.factor).atLeast(least),
        r.currency.equals(g.currency),
        some(r.goods_minor.equals(g.gross), r.goods_minor.equals(g.paid)),
        some(r.customer_id.equals(g.customer_id), r.order_id.equals(g.order_id)),
        sameProduct,
        wait.atLeast(0),
        wait.atMost((bench.options.reversedWithinMinutes ?? 60) / minutesPerDay),
      ),
    )
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
