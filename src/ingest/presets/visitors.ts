import type { Mapping } from "../preset.ts";

interface Purchases {
  readonly orderId: string;
  readonly customerId: string;
  readonly at: string;
  readonly currency: string;
  readonly isPurchase: string;
  readonly gross: string;
  readonly discount: string;
  readonly shipping: string;
  readonly tax: string;
  readonly isRefund: string;
  readonly refundId: string;
  readonly refunded: string;
}

/** A visitor is known from the first event that has both ids. */
export function visitorIdentities(idType: string, anonymousId: string, customerId: string, at: string): Mapping {
  return {
    table: "identities",
    where: `${anonymousId} IS NOT NULL AND ${customerId} IS NOT NULL`,
    groupBy: [anonymousId, customerId],
    columns: {
      id_type: `'${idType}'`,
      id_value: anonymousId,
      customer_id: customerId,
      first_seen_at: `min(${at})`,
      last_seen_at: `max(${at})`,
    },
  };
}

/**
 * Purchases seen by a tracker as orders, for a shop that has no export of its own: they give way to a store's order with the
 * same number, but a store that numbers them otherwise would have them twice. So this is only done when asked for.
 */
export function trackedOrders(of: Purchases): Mapping[] {
  const part = (amount: string) => `coalesce(${amount}, 0)`;
  return [
    {
      table: "orders",
      yields: true,
      where: `${of.isPurchase} AND ${of.orderId} IS NOT NULL AND ${of.gross} IS NOT NULL`,
      columns: {
        order_id: of.orderId,
        customer_id: of.customerId,
        ordered_at: of.at,
        status: "'paid'",
        currency: of.currency,
        items_gross_minor: of.gross,
        discount_minor: of.discount,
        shipping_minor: of.shipping,
        tax_minor: of.tax,
        total_minor: `${of.gross} - ${part(of.discount)} + ${part(of.shipping)} + ${part(of.tax)}`,
      },
    },
    {
      table: "refunds",
      yields: true,
      where: `${of.isRefund} AND ${of.refunded} IS NOT NULL`,
      columns: {
        refund_id: of.refundId,
        order_id: of.orderId,
        customer_id: of.customerId,
        refunded_at: of.at,
        refunded_at_quality: "'exact'",
        kind: "'refund'",
        goods_minor: of.refunded,
        currency: of.currency,
      },
    },
  ];
}
