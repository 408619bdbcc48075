import { type Expression, instant, missing } from "../engine/sql/expression.ts";
import { count, daysBetween } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import { inBase, rounded, total } from "./amounts.ts";
import type { Bench } from "./bench.ts";
import { goodsOf } from "./goods.ts";
import { positiveLog } from "./line-costs.ts";
import { filledGaps, fillGaps, type Gaps } from "./missing/index.ts";
import type { RuleReport } from "./options.ts";

/** What an order costs the shop besides its goods, and the name under which filled ones are reported. */
const fees = {
  "orders.shipping_cost_minor": { column: "shipping_cost_minor", report: "missing_shipping_costs" },
  "orders.payment_fee_minor": { column: "payment_fee_minor", report: "missing_payment_fees" },
} as const;
type Fee = keyof typeof fees;
const feeNames = Object.keys(fees) as Fee[];

/** Fills unknown shipping costs and payment fees where the project says so, and reports it. */
export async function prepareFees(bench: Bench): Promise<RuleReport[]> {
  const reports: RuleReport[] = [];
  for (const name of feeNames) {
    const filling = bench.options.missing[name];
    await fillGaps(bench, name, gapsOf(bench, name), filling);
    if (filling === false) continue;
    const o = bench.kept("orders", "o");
    const filled = filledGaps(name, name);
    const { numbers } = await bench.engine.collect(
      from(o)
        .join(filled, filled.columns.row_id.equals(o.columns.row_id))
        .where(filled.columns.filled.isNotNull())
        .select({ rows: count(), money: total(inBase(o.columns.items_gross_minor, o.columns.factor)) }),
    );
    const touched = { rowsTouched: numbers.rows[0], moneyTouchedMinor: numbers.money[0] };
    const rowsBefore = bench.rowsKept("orders");
    reports.push({ rule: fees[name].report, effect: "imputed", table: "orders", rowsBefore, ...touched });
  }
  return reports;
}

/** Joins the filled fees to orders: what each fee comes to (0 where unknown), and what of it was filled in. */
export function orderFees(bench: Bench, goodsMinor: Expression<"integer">) {
  const o = bench.kept("orders", "o");
  return feeNames.map((name) => {
    const filled = filledGaps(name, name);
    const known = inBase(o.columns[fees[name].column], o.columns.factor);
    const filling = bench.options.missing[name];
    const isShare = filling !== false && filling.as === "share";
    const guess = isShare ? filled.columns.filled.times(goodsMinor.to("double")) : filled.columns.filled;
    return {
      filled,
      on: filled.columns.row_id.equals(o.columns.row_id),
      fee: known.orElse(rounded(guess)).orElse(0),
      imputed: rounded(guess).orElse(0),
    };
  });
}

function gapsOf(bench: Bench, name: Fee): Gaps {
  const filling = bench.options.missing[name];
  const o = bench.kept("orders", "o");
  const { goods, units, joined } = goodsOf(o);
  const { ship_country, sales_channel, factor, ordered_at, order_id, row_id } = o.columns;
  const goodsMinor = inBase(goods, factor);
  const amount = inBase(o.columns[fees[name].column], factor);
  const groups = { country: ship_country, sales_channel };
  const by = filling && "by" in filling ? filling.by : undefined;
  return joined
    .select({
      row_id,
      key: order_id,
      value: filling && filling.as === "share" ? amount.over(goodsMinor) : amount.to("double"),
      known_at: ordered_at,
      group_key: by ? groups[by] : missing("text"),
      price: positiveLog(goodsMinor),
      quantity: positiveLog(units),
      day: daysBetween(instant(0), ordered_at),
    })
    .as("gaps");
}
