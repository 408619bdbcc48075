import type { Preset, PresetReading } from "../preset.ts";
import { column, decimalNumber, localTime, text } from "../sql-text.ts";

/** The two published headers of UCI Online Retail, by meaning. */
const headers = {
  first: {
    invoice: "InvoiceNo",
    stockCode: "StockCode",
    description: "Description",
    quantity: "Quantity",
    date: "InvoiceDate",
    price: "UnitPrice",
    customer: "CustomerID",
    country: "Country",
  },
  second: {
    invoice: "Invoice",
    stockCode: "StockCode",
    description: "Description",
    quantity: "Quantity",
    date: "InvoiceDate",
    price: "Price",
    customer: "Customer ID",
    country: "Country",
  },
} as const;

/**
 * UCI Online Retail and Online Retail II: one row a line of an invoice, pounds, London time. An invoice that starts with C,
 * or a negative quantity, is a refund; who bought is unknown for about a quarter of the rows, and these are set aside.
 */
export const uciRetail: Preset = {
  name: "uci-retail",
  recognisedBy: Object.values(headers).map((names) => Object.values(names)),
  read({ header, now, forms }): PresetReading {
    const names = header.includes("InvoiceNo") ? headers.first : headers.second;
    const invoice = text(names.invoice);
    const quantity = column(names.quantity, "integer", forms[names.quantity]);
    const price = decimalNumber(text(names.price), forms[names.price]);
    const at = localTime(names.date, "Europe/London", forms[names.date]);
    const amount = `CAST(round(${quantity} * ${price} * 100) AS BIGINT)`;
    const customer = `regexp_replace(${text(names.customer)}, '\\.0$', '')`;
    const isRefund = `(starts_with(${invoice}, 'C') OR ${quantity} < 0)`;
    const order = { where: `NOT ${isRefund}`, order_id: invoice };
    return {
      table: "order_lines",
      mappings: [
        {
          table: "orders",
          where: order.where,
          // An invoice that changes its minute while it is typed in is one order; two customers on one invoice are two.
          groupBy: [invoice, customer],
          columns: {
            order_id: invoice,
            customer_id: customer,
            ordered_at: `min(${at})`,
            cancelled_at: "CAST(NULL AS TIMESTAMP)",
            status: "'completed'",
            sales_channel: "'web'",
            currency: "'GBP'",
            items_gross_minor: `CAST(sum(${amount}) AS BIGINT)`,
            discount_minor: "CAST(0 AS BIGINT)",
            shipping_minor: "CAST(0 AS BIGINT)",
            tax_minor: "CAST(0 AS BIGINT)",
            total_minor: `CAST(sum(${amount}) AS BIGINT)`,
            shipping_cost_minor: "CAST(NULL AS BIGINT)",
            payment_fee_minor: "CAST(NULL AS BIGINT)",
            coupon_codes: "CAST(NULL AS VARCHAR)",
            ship_country: `min(${text(names.country)})`,
            is_test: "false",
          },
        },
        {
          table: "order_lines",
          where: order.where,
          columns: {
            order_id: invoice,
            line_no: "raw.line",
            product_id: text(names.stockCode),
            title: text(names.description),
            quantity,
            unit_price_minor: `CAST(round(${price} * 100) AS BIGINT)`,
            line_discount_minor: "CAST(0 AS BIGINT)",
            unit_cost_minor: "CAST(NULL AS BIGINT)",
          },
        },
        {
          table: "refunds",
          where: isRefund,
          columns: {
            refund_id: `${invoice} || '-' || raw.line`,
            order_id: "CAST(NULL AS VARCHAR)",
            customer_id: customer,
            refunded_at: at,
            kind: `CASE WHEN starts_with(${invoice}, 'C') THEN 'cancel' ELSE 'return' END`,
            goods_minor: `abs(${amount})`,
            shipping_minor: "CAST(0 AS BIGINT)",
            currency: "'GBP'",
            // The product the money came back for: how cleaning finds the order.
            reason: text(names.stockCode),
          },
        },
        {
          table: "customers",
          groupBy: [customer],
          columns: {
            customer_id: customer,
            created_at: "CAST(NULL AS TIMESTAMP)",
            country: `min(${text(names.country)})`,
            language: "CAST(NULL AS VARCHAR)",
            acquisition_channel: "CAST(NULL AS VARCHAR)",
            email_hmac: "CAST(NULL AS VARCHAR)",
            phone_hmac: "CAST(NULL AS VARCHAR)",
            consent_email: "CAST(NULL AS VARCHAR)",
            consent_ads: "CAST(NULL AS VARCHAR)",
            is_test: "false",
          },
        },
      ],
      problems: [
        { reason: "missing_required", column: names.invoice, when: `${invoice} IS NULL` },
        { reason: "unparsable_date", column: names.date, when: `${at} IS NULL` },
        { reason: "unparsable_number", column: names.quantity, when: `${quantity} IS NULL` },
        { reason: "unparsable_number", column: names.price, when: `${price} IS NULL` },
        { reason: "no_customer", column: names.customer, when: `${text(names.customer)} IS NULL` },
        { reason: "price_not_positive", column: names.price, when: `${price} <= 0` },
        { reason: "future_date", column: names.date, when: `${at} > ${now}` },
      ],
      expectedReasons: ["no_customer"],
      money: { minor: amount, currency: "'GBP'" },
    };
  },
};
