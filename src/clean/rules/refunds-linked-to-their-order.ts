import { literal } from "../../engine/sql/expression.ts";
import { daysBetween, every, rowNumber, some } from "../../engine/sql/functions.ts";
import { from, type Relation } from "../../engine/sql/query.ts";
import { type Bench, lineAmount, refundLinks, refundLinksTable } from "../bench.ts";
import { goodsOf } from "../goods.ts";
import type { Rule } from "../rule.ts";
import { allRows, type WorkTypes } from "../work-tables.ts";

/**
 * A refund that does not name its order is linked to the customer's latest earlier order with that product; where the
 * product is unknown too, to the latest one with a line, or a sum, of exactly that amount. The refund keeps its own
 * date and its money stays with it: nothing is taken from the order, so nobody sees it before it happened.
 */
export const refundsLinkedToTheirOrder = {
  name: "refunds_linked",
  effect: "linked",
  async run(bench) {
    if (bench.rowsKept("refunds") === 0) {
      return [{ table: "refunds", rowsBefore: 0, rowsTouched: 0, moneyTouchedMinor: 0 }];
    }
    const candidates = byProduct(bench)
      .followedBy(byLineAmount(bench))
      .followedBy(byOrderAmount(bench))
      .as("candidates");
    const c = candidates.columns;
    const ranked = from(candidates)
      .select({ ...c, place: rowNumber([c.row_id], [c.ordered_at.descending(), c.order_id.descending()]) })
      .as("ranked");
    const { row_id, order_id, place } = ranked.columns;
    await bench.materialise(refundLinksTable, from(ranked).where(place.equals(1)).select({ row_id, order_id }));
    const rows = allRows("refunds", "r");
    const linked = refundLinks("link");
    return [
      await bench.measure(
        "refunds",
        from(rows).having(linked, linked.columns.row_id.equals(rows.columns.row_id)).select(rows.columns),
      ),
    ];
  },
} as const satisfies Rule;

/** Refunds that name no order, or one that nobody has ever seen. */
function looseRefunds(bench: Bench): Relation<WorkTypes<"refunds">> {
  const r = bench.kept("refunds", "loose");
  const known = allRows("orders", "known");
  return from(r).without(known, known.columns.order_id.equals(r.columns.order_id)).select(r.columns).as("r");
}

function earlierOrders(bench: Bench, r: Relation<WorkTypes<"refunds">>) {
  const { withinDays } = bench.settings("refunds_linked");
  const orders = bench.kept("orders", "o");
  const o = orders.columns;
  const earlier = every(
    o.customer_id.equals(r.columns.customer_id),
    o.currency.equals(r.columns.currency),
    o.ordered_at.atMost(r.columns.refunded_at),
    ...(withinDays === undefined ? [] : [daysBetween(o.ordered_at, r.columns.refunded_at).atMost(withinDays)]),
  );
  const link = { row_id: r.columns.row_id, order_id: o.order_id, ordered_at: o.ordered_at };
  return { orders, o, earlier, link };
}

function byProduct(bench: Bench) {
  const r = looseRefunds(bench);
  const { orders, o, earlier, link } = earlierOrders(bench, r);
  const l = bench.kept("order_lines", "l");
  const contains = l.columns.order_id.equals(o.order_id).and(l.columns.product_id.equals(r.columns.product_id));
  return from(r).join(orders, earlier).join(l, contains).select(link);
}

function byLineAmount(bench: Bench) {
  const r = looseRefunds(bench);
  const { orders, o, earlier, link } = earlierOrders(bench, r);
  const l = bench.kept("order_lines", "l");
  const amount = lineAmount(l.columns, literal(1)).minus(l.columns.line_discount_minor.orElse(0));
  const same = l.columns.order_id.equals(o.order_id).and(amount.equals(r.columns.goods_minor));
  return from(r).join(orders, earlier).join(l, same).where(r.columns.product_id.isNull()).select(link);
}

function byOrderAmount(bench: Bench) {
  const r = looseRefunds(bench);
  const { orders, o, earlier, link } = earlierOrders(bench, r);
  const { goods, joined } = goodsOf(orders);
  const discount = o.discount_minor.orElse(0);
  const paid = [o.items_gross_minor, goods].map((gross) => gross.minus(discount).equals(r.columns.goods_minor));
  return joined
    .join(r, earlier.and(some(...paid)))
    .where(r.columns.product_id.isNull())
    .select(link);
}
