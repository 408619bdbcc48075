import type { ColumnBatch } from "../engine/engine.ts";
import { type Expression, literal } from "../engine/sql/expression.ts";
import { choose, count } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import { total } from "./amounts.ts";
import { type Bench, marks } from "./bench.ts";
import { goodsOf } from "./goods.ts";
import type { Reconciliation } from "./options.ts";
import { allRows } from "./work-tables.ts";

/** Follows the money of each source currency from ingest to what was kept, in its own minor units. */
export async function reconcile(bench: Bench): Promise<Reconciliation[]> {
  const o = allRows("orders", "o").columns;
  const ordersIn = await sumsByCurrency(bench, "orders", o.items_gross_minor);
  const refundsIn = await sumsByCurrency(bench, "refunds", allRows("refunds", "o").columns.goods_minor);
  const kept = await keptOrders(bench);
  const currencies = [...new Set([...ordersIn, ...refundsIn].map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const orders = ordersIn.filter((part) => part.currency === currency);
    const refunds = refundsIn.filter((part) => part.currency === currency);
    const keptGoods = kept.get(currency) ?? 0;
    const keptGross = sumOf(orders.filter(({ reason }) => reason === ""));
    return {
      currency,
      ordersMinor: sumOf(orders),
      keptMinor: keptGoods,
      notGoodsMinor: keptGross - keptGoods,
      cancelledMinor: sumOf(orders.filter(({ reason }) => reason === "cancelled")),
      setAside: orders.filter(({ reason }) => reason !== "" && reason !== "cancelled").map(withoutCurrency),
      refundsMinor: sumOf(refunds),
      refundsKeptMinor: sumOf(refunds.filter(({ reason }) => reason === "")),
      refundsSetAside: refunds.filter(({ reason }) => reason !== "").map(withoutCurrency),
    };
  });
}

interface Part {
  currency: string;
  reason: string;
  rows: number;
  minor: number;
}

const sumOf = (parts: readonly Part[]) => parts.reduce((sum, { minor }) => sum + minor, 0);
const withoutCurrency = ({ reason, rows, minor }: Part) => ({ reason, rows, minor });

/** Rows and money of every currency and reason; the reason of rows that were kept is empty. */
async function sumsByCurrency(
  bench: Bench,
  name: "orders" | "refunds",
  amount: Expression<"integer">,
): Promise<Part[]> {
  const rows = allRows(name, "o");
  const m = marks(name, "m");
  const reason = choose([[m.columns.row_id.isNotNull(), m.columns.reason]], literal(""));
  const { currency } = rows.columns;
  const batch = await bench.engine.collect(
    from(rows)
      .leftJoin(m, m.columns.row_id.equals(rows.columns.row_id))
      .groupBy(currency, reason)
      .select({ currency, reason, rows: count(), minor: total(amount) })
      .orderBy(currency, reason),
  );
  return partsOf(batch);
}

function partsOf({ rows, texts, numbers }: ColumnBatch): Part[] {
  return Array.from({ length: rows }, (_, row) => ({
    currency: texts.currency[row] ?? "",
    reason: texts.reason[row] ?? "",
    rows: numbers.rows[row],
    minor: numbers.minor[row],
  }));
}

async function keptOrders(bench: Bench): Promise<Map<string, number>> {
  const orders = bench.kept("orders", "o");
  const { goods, joined } = goodsOf(orders);
  const { currency } = orders.columns;
  const batch = await bench.engine.collect(
    joined
      .groupBy(currency)
      .select({ currency, minor: total(goods) })
      .orderBy(currency),
  );
  return new Map(batch.texts.currency.map((name, row) => [name ?? "", batch.numbers.minor[row]]));
}
