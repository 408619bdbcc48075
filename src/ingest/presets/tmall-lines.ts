import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";

/**
 * 天猫/淘宝 宝贝报表 (ExportOrderDetailList): the lines of the orders that `tmall-orders` reads, joined by 主订单编号. Refunds
 * have no date.
 */
export const tmallLines: Preset = {
  name: "tmall-lines",
  recognisedBy: [["子订单编号", "主订单编号", "价格", "购买数量"]],
  read(context): PresetReading {
    const fields = new Fields(context);
    const cny = "'CNY'";
    fields.text("子订单编号", { required: true });
    const orderId = fields.text("主订单编号", { required: true });
    const quantity = fields.integer("购买数量", { required: true });
    const price = fields.money("价格", cny, { required: true });
    const payable = fields.money("买家应付货款", cny);
    const refunded = fields.money("退款金额", cny);
    fields.problem("negative_amount", "购买数量", `${quantity} <= 0`);
    const title = fields.text("标题");
    const gross = `${quantity} * ${price}`;
    return {
      table: "order_lines",
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: [],
      money: { minor: gross, currency: cny },
      mappings: [
        {
          table: "order_lines",
          columns: {
            order_id: orderId,
            line_no: `row_number() OVER (PARTITION BY ${orderId} ORDER BY raw.line)`,
            product_id: `coalesce(${fields.text("商家编码")}, ${fields.text("外部系统编号")}, ${title})`,
            title,
            quantity,
            unit_price_minor: price,
            line_discount_minor: `greatest(${gross} - ${payable}, 0)`,
          },
        },
        {
          table: "refunds",
          where: `${refunded} > 0`,
          // The same refund as in the file of orders, which has the sum.
          groupBy: [orderId],
          columns: {
            refund_id: `${orderId} || '-refund'`,
            order_id: orderId,
            refunded_at_quality: "'unknown'",
            kind: "'refund'",
            goods_minor: `CAST(sum(${refunded}) AS BIGINT)`,
            currency: cny,
          },
        },
      ],
    };
  },
};
