import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";
import { buyers } from "./buyers.ts";

/**
 * 京东商家后台, 订单导出. One row a line of an order, which repeats the order's amounts; yuan, China time. Telephone numbers are
 * masked, so the customer is 下单帐号. 商家应收, before it 结算金额, is what the shop gets: what of it the customer did not pay,
 * 京东 paid.
 */
export const jdOrders: Preset = {
  name: "jd-orders",
  recognisedBy: [["订单号", "商品ID", "订购数量", "京东价", "下单时间", "下单帐号", "订单状态"]],
  read(context): PresetReading {
    const fields = new Fields(context);
    const cny = "'CNY'";
    const orderId = fields.text("订单号", { required: true });
    const at = fields.instant("下单时间", "Asia/Shanghai");
    const paidAt = fields.instant("付款确认时间", "Asia/Shanghai");
    const quantity = fields.integer("订购数量", { required: true });
    const price = fields.money("京东价", cny, { required: true });
    const received = fields.money(["商家应收", "结算金额", "订单金额"], cny);
    const payable = fields.money("应付金额", cny);
    const fromBalance = fields.money("余额支付", cny);
    const shipping = fields.money("运费金额", cny);
    fields.problem("negative_amount", "订购数量", `${quantity} <= 0`);
    for (const name of ["下单时间", fields.named(["商家应收", "结算金额", "订单金额"])])
      if (name !== undefined) fields.requireOnce(name, orderId);
    const status = fields.text("订单状态");
    const buyer = buyers(fields, { id: fields.text("下单帐号") });
    const isFirst = `raw.line = min(raw.line) OVER (PARTITION BY ${orderId})`;
    const counted = fields.keep(
      "counted once",
      `CASE WHEN ${isFirst} THEN max(${received}) OVER (PARTITION BY ${orderId}) END`,
    );
    const first = (value: string) => `arg_min(${value}, raw.line)`;
    const gross = `CAST(sum(${quantity} * ${price}) AS BIGINT)`;
    const charged = `coalesce(${first(shipping)}, 0)`;
    const paid = `${first(payable)} + coalesce(${first(fromBalance)}, 0)`;
    return {
      table: "order_lines",
      derived: fields.derived,
      problems: fields.problems,
      together: orderId,
      expectedReasons: [],
      money: { minor: counted, currency: cny },
      mappings: [
        {
          table: "orders",
          groupBy: [orderId],
          columns: {
            order_id: orderId,
            customer_id: first(buyer.customerId),
            ordered_at: first(at),
            paid_at: first(paidAt),
            status: `CASE WHEN contains(${first(status)}, '取消') OR contains(${first(status)}, '删除') THEN 'cancelled' WHEN contains(${first(status)}, '完成') THEN 'completed' WHEN contains(${first(status)}, '等待付款') THEN 'pending' ELSE 'paid' END`,
            sales_channel: "'jd'",
            currency: cny,
            items_gross_minor: gross,
            discount_minor: `greatest(${gross} + ${charged} - ${first(received)}, 0)`,
            shipping_minor: first(shipping),
            total_minor: first(received),
            platform_subsidy_minor: `greatest(${first(received)} - (${paid}), 0)`,
          },
        },
        {
          table: "order_lines",
          columns: {
            order_id: orderId,
            line_no: `row_number() OVER (PARTITION BY ${orderId} ORDER BY raw.line)`,
            product_id: fields.text(["货号", "商品ID"]),
            title: fields.text("商品名称"),
            quantity,
            unit_price_minor: price,
          },
        },
        ...buyer.mappings,
      ],
    };
  },
};
