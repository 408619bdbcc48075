import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";
import { buyers } from "./buyers.ts";

/**
 * 天猫/淘宝 商家中心, 已卖出的宝贝, 批量导出: ExportOrderList. One row an order, yuan, China time. The customer is the nick; where it
 * is masked (`t**`), the Alipay account. What the platform pays is revenue; whether it pays the 天猫卡券 only the shop knows.
 */
export const tmallOrders: Preset = {
  name: "tmall-orders",
  recognisedBy: [["订单编号", "买家会员名", "买家应付货款", "总金额", "订单状态", "订单创建时间"]],
  questions: { couponsPaidBy: ["shop", "platform"] },
  read(context): PresetReading {
    const fields = new Fields(context);
    const cny = "'CNY'";
    const orderId = fields.text("订单编号", { required: true });
    const at = fields.instant("订单创建时间", "Asia/Shanghai", { required: true });
    const paidAt = fields.instant("订单付款时间", "Asia/Shanghai");
    const goods = fields.money("买家应付货款", cny, { required: true });
    const shipping = fields.money("买家应付邮费", cny);
    const total = fields.money("总金额", cny, { required: true });
    const coupons = `coalesce(${fields.money("天猫卡券抵扣", cny)}, 0)`;
    const points = `coalesce(${fields.money("集分宝抵扣", cny)}, 0)`;
    const refunded = fields.money("退款金额", cny);
    const ownCoupons = context.answers["couponsPaidBy"] === "shop" ? coupons : "0";
    const status = fields.text("订单状态");
    const nick = `CASE WHEN NOT contains(${fields.text("买家会员名")}, '*') THEN ${fields.text("买家会员名")} END`;
    const buyer = buyers(fields, { id: nick, account: ["买家支付宝账号"] });
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
            status: `CASE WHEN ${status} = '交易成功' THEN 'completed' WHEN ${status} = '交易关闭' THEN 'cancelled' WHEN starts_with(${status}, '等待买家付款') OR ${paidAt} IS NULL THEN 'pending' ELSE 'paid' END`,
            sales_channel: "'tmall'",
            currency: cny,
            items_gross_minor: goods,
            discount_minor: `CAST(${ownCoupons} AS BIGINT)`,
            shipping_minor: shipping,
            total_minor: `${total} - ${ownCoupons}`,
            platform_subsidy_minor: `${points} + ${coupons} - ${ownCoupons}`,
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
