import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";
import { buyers } from "./buyers.ts";

/**
 * 有赞, 订单, 导出. One row an order, yuan, China time. The customer is the buyer's telephone number: the receiver's is often
 * another person's. Goods are packed into one text and stay unknown; the header has 分销员 twice.
 */
export const youzanOrders: Preset = {
  name: "youzan-orders",
  recognisedBy: [["订单号", "收货人手机号/提货人手机号", "买家手机号", "订单创建时间", "应收订单金额"]],
  read(context): PresetReading {
    const fields = new Fields(context);
    const cny = "'CNY'";
    const orderId = fields.text("订单号", { required: true });
    const at = fields.instant("订单创建时间", "Asia/Shanghai", { required: true });
    const paidAt = fields.instant("买家付款时间", "Asia/Shanghai");
    const total = fields.money("应收订单金额", cny, { required: true });
    const goods = fields.money("商品金额合计", cny);
    const shipping = fields.money("运费", cny);
    const discount = fields.money("店铺优惠合计", cny);
    const paid = fields.money("订单实付金额", cny);
    const received = fields.money("订单实收金额", cny);
    const refunded = fields.money("订单已退款金额", cny);
    const status = fields.text("订单状态");
    const buyer = buyers(fields, { phone: ["买家手机号"] });
    return {
      table: "orders",
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: [],
      contacts: buyer.contacts,
      money: { minor: total, currency: cny },
      mappings: [
        {
          table: "orders",
          columns: {
            order_id: orderId,
            customer_id: buyer.customerId,
            ordered_at: at,
            paid_at: paidAt,
            status: `CASE WHEN contains(${status}, '关闭') OR contains(${status}, '取消') THEN 'cancelled' WHEN contains(${status}, '完成') OR contains(${status}, '成功') THEN 'completed' WHEN ${paidAt} IS NULL THEN 'pending' ELSE 'paid' END`,
            sales_channel: fields.text("销售渠道"),
            currency: cny,
            items_gross_minor: `coalesce(${goods}, ${total} - coalesce(${shipping}, 0) + coalesce(${discount}, 0))`,
            discount_minor: discount,
            shipping_minor: shipping,
            total_minor: total,
            platform_subsidy_minor: `greatest(${received} - ${paid}, 0)`,
            coupon_codes: fields.text("店铺优惠方式"),
          },
        },
        {
          table: "refunds",
          where: `${refunded} > 0`,
          columns: {
            refund_id: `${orderId} || '-refund'`,
            order_id: orderId,
            refunded_at_quality: "'unknown'",
            kind: "'refund'",
            goods_minor: refunded,
            currency: cny,
          },
        },
        ...buyer.mappings,
      ],
    };
  },
};
