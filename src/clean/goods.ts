import { type Expression, literal, missing } from "../engine/sql/expression.ts";
import { choose, larger, not, smaller } from "../engine/sql/functions.ts";
import { from, namedTable, type Relation } from "../engine/sql/query.ts";
import { total } from "./amounts.ts";
import { type Bench, lineAmount, marks } from "./bench.ts";
import { allRows, type WorkTypes } from "./work-tables.ts";

const goodsTable = "cleaning_goods";
const goodsTypes = { order_id: "text", goods_minor: "integer", out_minor: "integer", units: "integer" } as const;

/** Marks that take a line's money out of an order that stays. Other marked lines never were part of the order's sum. */
const takenOut = ["not_goods", "reversed_giant_order", "repeated_line"];

/** Sums the lines of every order, in its own currency: goods kept, money taken out, pieces. */
export async function prepareGoods(bench: Bench): Promise<void> {
  const l = allRows("order_lines", "l");
  const m = marks("order_lines", "m");
  const amount = lineAmount(l.columns, literal(1));
  const kept = m.columns.row_id.isNull();
  const out = m.columns.reason.isAmong(takenOut);
  const lines = from(l)
    .leftJoin(m, m.columns.row_id.equals(l.columns.row_id))
    .where(kept.or(out))
    .select({ order_id: l.columns.order_id, kept, amount, quantity: l.columns.quantity })
    .as("lines");
  const c = lines.columns;
  const perOrder = from(lines)
    .groupBy(c.order_id)
    .select({
      order_id: c.order_id,
      goods_minor: total(onlyIf(c.kept, c.amount)),
      out_minor: total(onlyIf(not(c.kept), c.amount)),
      units: total(onlyIf(c.kept, c.quantity)),
    });
  await bench.materialise(goodsTable, perOrder);
}

function onlyIf(condition: Expression<"boolean">, value: Expression<"integer">): Expression<"integer"> {
  return choose([[condition, value]], missing("integer"));
}

/**
 * Goods of each order in minor units of its own currency: items_gross without what was taken out. Some shops never put
 * postage into that sum; then nothing is subtracted twice, because the goods lines are a lower limit.
 */
export function goodsOf(orders: Relation<WorkTypes<"orders">>) {
  const g = namedTable(goodsTable, goodsTypes, "g");
  const { order_id, items_gross_minor: gross } = orders.columns;
  const without = gross.minus(g.columns.out_minor.orElse(0));
  const goods = larger(without, smaller(gross, g.columns.goods_minor.orElse(0)));
  return {
    goods,
    linesMinor: g.columns.goods_minor.orElse(0),
    /** An order whose lines we do not know holds at least one piece. */
    units: larger(g.columns.units.orElse(1), 1),
    joined: from(orders).leftJoin(g, g.columns.order_id.equals(order_id)),
  };
}
