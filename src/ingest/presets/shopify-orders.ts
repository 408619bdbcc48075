import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";
import { buyers } from "./buyers.ts";

/**
 * Shopify admin, Orders, Export. One row a line item; the order's own values stand in its first row only. Nobody has an id:
 * a customer is the keyed hash of the e-mail address, else of the telephone number, as in `shopify-customers`.
 */
export const shopifyOrders: Preset = {
  name: "shopify-orders",
  recognisedBy: [["Name", "Created at", "Financial Status", "Currency", "Total", "Lineitem name", "Lineitem quantity"]],
  read(context): PresetReading {
    const fields = new Fields(context);
    const order = fields.text("Name", { required: true });
    const ofOrder = (value: string) => `max(${value}) OVER (PARTITION BY ${order})`;
    const first = (value: string) => `arg_min(${value}, raw.line)`;
    const currency = fields.currency("Currency", context.defaultCurrency);
    const currencyOfOrder = fields.keep("currency of order", ofOrder(currency));
    const at = fields.instant("Created at", context.timezone);
    const paidAt = fields.instant("Paid at", context.timezone);
    const cancelledAt = fields.instant("Cancelled at", context.timezone);
    const subtotal = fields.money("Subtotal", currency);
    const discount = fields.money("Discount Amount", currency);
    const shipping = fields.money("Shipping", currency);
    const tax = fields.money("Taxes", currency);
    const total = fields.money("Total", currency);
    const refunded = fields.money("Refunded Amount", currency);
    const quantity = fields.integer("Lineitem quantity", { required: true });
    const price = fields.money("Lineitem price", currencyOfOrder, { required: true });
    const lineDiscount = fields.money("Lineitem discount", currencyOfOrder);
    fields.problem("negative_amount", "Lineitem quantity", `${quantity} <= 0`);
    for (const name of ["Created at", "Currency", "Subtotal", "Total"]) fields.requireOnce(name, order);
    const buyer = buyers(fields, { email: ["Email"], phone: ["Phone", "Billing Phone"] });
    // Where prices include tax, the total is no more than goods and shipping, and the tax is a part of them.
    const taxInside = `CASE WHEN ${total} = ${subtotal} + coalesce(${shipping}, 0) THEN coalesce(${tax}, 0) ELSE 0 END`;
    const goods = `(${subtotal} + coalesce(${discount}, 0) - (${taxInside}))`;
    const orderId = fields.keep("order id", `coalesce(${ofOrder(fields.text("Id"))}, ${order})`);
    const goodsBack = `CASE WHEN ${refunded} = ${total} THEN ${goods} - coalesce(${discount}, 0) ELSE ${refunded} END`;
    const status = fields.text("Financial Status");
    const sku = fields.text("Lineitem sku");
    const title = fields.text("Lineitem name");
    return {
      table: "order_lines",
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: [],
      together: order,
      contacts: buyer.contacts,
      money: { minor: total, currency },
      mappings: [
        {
          table: "orders",
          groupBy: [order, orderId],
          columns: {
            order_id: orderId,
            order_number: order,
            customer_id: first(buyer.customerId),
            ordered_at: first(at),
            paid_at: first(paidAt),
            cancelled_at: first(cancelledAt),
            status: `CASE WHEN ${first(cancelledAt)} IS NOT NULL OR ${first(status)} = 'voided' THEN 'cancelled' WHEN ${first(status)} IN ('pending', 'authorized', 'expired') THEN 'pending' WHEN ${first(fields.text("Fulfillment Status"))} = 'fulfilled' THEN 'completed' ELSE 'paid' END`,
            sales_channel: first(fields.text("Source")),
            currency: first(currency),
            items_gross_minor: first(goods),
            discount_minor: first(discount),
            shipping_minor: first(shipping),
            tax_minor: first(tax),
            total_minor: first(total),
            coupon_codes: first(fields.text("Discount Code")),
            ship_country: first(fields.text("Shipping Country")),
          },
        },
        {
          table: "order_lines",
          columns: {
            order_id: orderId,
            line_no: `row_number() OVER (PARTITION BY ${order} ORDER BY raw.line)`,
            product_id: `coalesce(${sku}, ${title})`,
            title,
            quantity,
            unit_price_minor: price,
            line_discount_minor: lineDiscount,
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
            // What part of it is shipping is known only where everything came back.
            goods_minor: goodsBack,
            shipping_minor: `CASE WHEN ${refunded} = ${total} THEN ${shipping} END`,
            currency,
          },
        },
        ...buyer.mappings,
      ],
    };
  },
};
