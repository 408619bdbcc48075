import { Fields, minorUnitsIn } from "../fields.ts";
import { eachItem, inside, list, ofItem, someItem } from "../nested.ts";
import type { Mapping, Preset, PresetReading } from "../preset.ts";
import { buyers } from "./buyers.ts";
import { wooStatus } from "./woocommerce-status.ts";

const unfolded = {
  "billing.email": inside("billing", "$.email"),
  "billing.phone": inside("billing", "$.phone"),
  "billing.country": inside("billing", "$.country"),
  "shipping.country": inside("shipping", "$.country"),
};

/**
 * Orders as WooCommerce's REST API answers (`/wp-json/wc/v3/orders`), saved as a JSON array or one order a line. Amounts are
 * without tax; the `_gmt` times are UTC. Customer 0 is a guest, known by the e-mail address. Refunds have no date.
 */
export const woocommerceRest: Preset = {
  name: "woocommerce-rest",
  recognisedBy: [["id", "status", "currency", "date_created_gmt", "total", "line_items", "billing"]],
  read(context): PresetReading {
    const fields = new Fields({ ...context, header: [...context.header, ...Object.keys(unfolded)] });
    const orderId = fields.text("id", { required: true });
    const currency = fields.currency("currency", context.defaultCurrency);
    fields.problem("missing_required", "currency", `${currency} IS NULL`);
    const at = fields.instant("date_created_gmt", "UTC", { required: true });
    const paidAt = fields.instant("date_paid_gmt", "UTC");
    const total = fields.money("total", currency, { required: true });
    const shipping = fields.money("shipping_total", currency);
    const tax = fields.money("total_tax", currency);
    const discount = fields.money("discount_total", currency);
    const minor = (key: string) => minorUnitsIn(currency, ofItem(key));
    const quantity = `TRY_CAST(${ofItem("quantity")} AS BIGINT)`;
    fields.problem("unparsable_list", "line_items", `${list("line_items")} IS NULL`);
    const badLine = `NOT (${quantity} > 0 AND ${minor("subtotal")} >= 0 AND ${minor("total")} >= 0)`;
    fields.problem("unparsable_list", "line_items", someItem("line_items", badLine));
    if (context.header.includes("refunds"))
      fields.problem("unparsable_list", "refunds", someItem("refunds", `${minor("total")} IS NULL`));
    const account = `nullif(${fields.text("customer_id")}, '0')`;
    const buyer = buyers(fields, { id: account, email: ["billing.email"], phone: ["billing.phone"] });
    const refunds: Mapping = {
      table: "refunds",
      from: eachItem("refunds"),
      columns: {
        refund_id: ofItem("id"),
        order_id: orderId,
        refunded_at_quality: "'unknown'",
        kind: "'refund'",
        goods_minor: `abs(${minor("total")})`,
        currency,
        reason: ofItem("reason"),
      },
    };
    const codes = `TRY(json_extract_string(raw."coupon_lines", '$[*].code'))`;
    return {
      table: "orders",
      unfolded,
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
            order_number: fields.text("number"),
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
            ...(context.header.includes("coupon_lines")
              ? { coupon_codes: `nullif(array_to_string(${codes}, ';'), '')` }
              : {}),
            ship_country: `coalesce(${fields.text("shipping.country")}, ${fields.text("billing.country")})`,
          },
        },
        {
          table: "order_lines",
          from: eachItem("line_items"),
          columns: {
            order_id: orderId,
            line_no: "raw.place",
            product_id: ofItem("product_id"),
            title: ofItem("name"),
            quantity,
            unit_price_minor: `CAST(round(${minor("subtotal")} / ${quantity}) AS BIGINT)`,
            line_discount_minor: `${minor("subtotal")} - ${minor("total")}`,
          },
        },
        ...(context.header.includes("refunds") ? [refunds] : []),
        ...buyer.mappings,
      ],
    };
  },
};
