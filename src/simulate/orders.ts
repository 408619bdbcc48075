import { fullRefundShare, refundedShare, shippingRefundShare } from "./basket.ts";
import { type Calendar, secondsPerDay } from "./calendar.ts";
import { purposes, type RandomKey, uniformAt } from "./hash.ts";

/** A clean order with its lines; money in minor units of the customer's currency. */
export interface ShopOrder {
  readonly customer: number;
  readonly second: number;
  readonly step: number;
  readonly cancelled: boolean;
  /** The redeemed action and the assignment it came from; 0 and −1 without one. */
  readonly action: number;
  readonly assignment: number;
  readonly itemsGross: number;
  readonly discount: number;
  readonly shipping: number;
  readonly waivedShipping: number;
  readonly shippingCost: number;
  readonly paymentFee: number;
  readonly unitCosts: number;
  readonly product: readonly number[]; // (lines)
  readonly quantity: readonly number[]; // (lines)
  readonly lineGross: readonly number[]; // (lines)
  readonly lineDiscount: readonly number[]; // (lines)
  readonly lineUnitCost: readonly number[]; // (lines)
  refund: ShopRefund | undefined;
}

export interface ShopRefund {
  readonly second: number;
  readonly goods: number;
  readonly shipping: number;
  readonly full: boolean;
  readonly reason: string;
}

const reasons = ["damaged", "wrong size", "not as described", "changed my mind", "arrived late"];

/** Some orders come back 3 to 24 days later, whole or one line; what falls after the last day is not known yet. */
export function drawRefund(order: ShopOrder, key: RandomKey, calendar: Calendar): ShopRefund | undefined {
  const { step } = order;
  if (uniformAt(key, step, purposes.refund) >= refundedShare) return undefined;
  const delay = uniformAt(key, step, purposes.refundDelay);
  const second = order.second + 3 * secondsPerDay + Math.floor(delay * 21 * secondsPerDay);
  if (second >= calendar.dayCount * secondsPerDay) return undefined;
  const kind = uniformAt(key, step, purposes.refundKind);
  const full = kind < fullRefundShare;
  const line = Math.floor(uniformAt(key, step, purposes.refundLine) * order.product.length);
  const goods = full ? order.itemsGross - order.discount : order.lineGross[line]! - order.lineDiscount[line]!;
  const reason = reasons[Math.floor(delay * 997) % reasons.length]!;
  // The lower half of the full refunds' draws also gets its shipping back: 30 % of all refunds.
  return { second, goods, shipping: kind < shippingRefundShare ? order.shipping : 0, full, reason };
}

/** Contribution margin in the order's currency, minor units, net of refunds known by the last day; 0 if cancelled. */
export function orderMargin(order: ShopOrder): number {
  if (order.cancelled) return 0;
  const refunded = order.refund ? order.refund.goods + order.refund.shipping : 0;
  const { itemsGross, discount, shipping, unitCosts, shippingCost, paymentFee } = order;
  return itemsGross - discount + shipping - unitCosts - shippingCost - paymentFee - refunded;
}
