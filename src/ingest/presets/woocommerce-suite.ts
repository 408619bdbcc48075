import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";
import { buyers } from "./buyers.ts";
import { wooStatus } from "./woocommerce-status.ts";

/**
 * WooCommerce's Customer/Order/Coupon CSV export, one row an order. Its dates are the site's clock in an order that every
 * site sets for itself: where the dates do not prove it, longrun asks. Customer 0 is a guest, known by the e-mail address.
 */
export const woocommerceSuite: Preset = {
  name: "woocommerce-suite",
  recognisedBy: [["order_id", "order_number", "order_date", "status", "order_total", "order_currency"]],
  read(context): PresetReading {
    const fields = new Fields(context);
    const orderId = fields.text("order_id", { required: true });
    const currency = fields.currency("order_currency", context.defaultCurrency);
    fields.problem("missing_required", "order_currency", `${currency} IS NULL`);
    const at = fields.instant("order_date", context.timezone, { required: true });
    const paidAt = fields.instant("paid_date", context.timezone);
    const total = fields.money("order_total", currency, { required: true });
    const shipping = fields.money("shipping_total", currency);
    const tax = fields.money("tax_total", currency);
    const discount = fields.money("discount_total", currency);
    const refunded = fields.money("refunded_total", currency, { signed: true });
    const account = `nullif(${fields.text(["customer_id", "customer_user"])}, '0')`;
    const buyer = buyers(fields, { id: account, email: ["customer_email", "billing_email"], phone: ["billing_phone"] });
    return {
      table: "orders",
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: [],
      contacts: buyer.contacts,
      money: { minor: total, currency },
      mappings: [
        {
          table: "orders",
          columns: {
            order_id: orderId,
            order_number: fields.text("order_number"),
            customer_id: buyer.customerId,
            ordered_at: at,
            paid_at: paidAt,
            status: wooStatus(fields.text("status")),
            currency,
            // Fees count as goods: total = goods and fees − discount + shipping + tax.
            items_gross_minor: `${total} - coalesce(${shipping}, 0) - coalesce(${tax}, 0) + coalesce(${discount}, 0)`,
            discount_minor: discount,
            shipping_minor: shipping,
            tax_minor: tax,
            total_minor: total,
            coupon_codes: fields.text("coupons"),
            ship_country: fields.text(["shipping_country", "billing_country"]),
          },
        },
        {
          table: "refunds",
          where: `${refunded} <> 0`,
          columns: {
            refund_id: `${orderId} || '-refund'`,
            order_id: orderId,
            refunded_at_quality: "'unknown'",
            kind: "'refund'",
            goods_minor: `abs(${refunded})`,
            currency,
          },
        },
        ...buyer.mappings,
      ],
    };
  },
};
