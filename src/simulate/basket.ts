import { salePercentBps } from "./actions.ts";
import { type Catalogue, productsPerCategory } from "./catalogue.ts";
import type { CustomerTraits } from "./customers.ts";
import { purposes, type RandomKey, uniformAt } from "./hash.ts";

/** One order's goods and money, in minor units of the customer's currency. Reused: read it before the next draw. */
export interface Basket {
  lineCount: number;
  readonly product: Int32Array; // (lines)
  readonly quantity: Int32Array; // (lines)
  readonly lineGross: Int32Array; // (lines)
  readonly lineDiscount: Int32Array; // (lines)
  readonly lineUnitCost: Int32Array; // (lines)
  itemsGross: number;
  discount: number;
  shipping: number;
  waivedShipping: number;
  shippingCost: number;
  paymentFee: number;
  unitCosts: number;
}

export interface Price {
  /** Off every line, basis points: a coupon or the public sale, whichever is more (they do not add up). */
  readonly percentBps: number;
  readonly freeShipping: boolean;
  /** Chance that one more piece is added to a line. */
  readonly quantityLift: number;
}

const mostLines = 4;

export function newBasket(): Basket {
  const column = () => new Int32Array(mostLines);
  return {
    lineCount: 0,
    product: column(),
    quantity: column(),
    lineGross: column(),
    lineDiscount: column(),
    lineUnitCost: column(),
    itemsGross: 0,
    discount: 0,
    shipping: 0,
    waivedShipping: 0,
    shippingCost: 0,
    paymentFee: 0,
    unitCosts: 0,
  };
}

/** The price of an order, given whether the offer in force is redeemed and whether the sale is on. */
export function priceFor(percentBps: number, freeShipping: boolean, sale: boolean, couponQuantityLift: number): Price {
  return {
    percentBps: sale ? Math.max(percentBps, salePercentBps) : percentBps,
    freeShipping,
    quantityLift: (couponQuantityLift * percentBps) / 2500,
  };
}

/** Fills the basket of the order that this key makes at this step; a deeper price changes only what depends on it. */
export function fillBasket(
  basket: Basket,
  traits: CustomerTraits,
  catalogue: Catalogue,
  breadth: number,
  key: RandomKey,
  step: number,
  price: Price,
): void {
  const euro = traits.currency === "EUR" ? 1 : 0;
  const prices = catalogue.price[euro]!;
  const costs = catalogue.unitCost[euro]!;
  const count = uniformAt(key, step, purposes.lineCount);
  basket.lineCount = count < 0.5 ? 1 : count < 0.8 ? 2 : count < 0.94 ? 3 : 4;
  basket.itemsGross = basket.discount = basket.unitCosts = 0;
  for (let line = 0; line < basket.lineCount; line++) {
    const nth = Math.floor(uniformAt(key, step, purposes.lineCategory + line) ** 1.5 * breadth);
    const taste = 0.6 * traits.spendLevel + 0.4 * uniformAt(key, step, purposes.lineProduct + line);
    const product = traits.categoryOrder[nth]! * productsPerCategory + Math.floor(taste * productsPerCategory);
    const pieces = uniformAt(key, step, purposes.lineQuantity + line);
    let quantity = pieces < 0.85 ? 1 : pieces < 0.97 ? 2 : 3;
    if (price.quantityLift > 0 && uniformAt(key, step, purposes.lineExtra + line) < price.quantityLift) quantity++;
    const gross = prices[product]! * quantity;
    const discount = Math.round((gross * price.percentBps) / 10_000);
    basket.product[line] = product;
    basket.quantity[line] = quantity;
    basket.lineGross[line] = gross;
    basket.lineDiscount[line] = discount;
    basket.lineUnitCost[line] = costs[product]!;
    basket.itemsGross += gross;
    basket.discount += discount;
    basket.unitCosts += quantity * costs[product]!;
  }
  chargeDelivery(basket, traits, price.freeShipping);
}

/** 4.90 below 60.00 of goods, free above; what delivery costs the shop depends on the country. */
function chargeDelivery(basket: Basket, traits: CustomerTraits, freeShipping: boolean): void {
  const charge = basket.itemsGross < 6000 ? 490 : 0;
  basket.shipping = freeShipping ? 0 : charge;
  basket.waivedShipping = freeShipping ? charge : 0;
  basket.shippingCost = traits.country === "US" ? 380 : traits.currency === "EUR" ? 440 : 520;
  basket.paymentFee = 25 + Math.round(0.022 * (basket.itemsGross - basket.discount + basket.shipping));
}

/** Margin before refunds: goods − discount + shipping charged − goods' cost − delivery − payment fee. */
export function basketMargin(basket: Basket): number {
  const { itemsGross, discount, shipping, unitCosts, shippingCost, paymentFee } = basket;
  return itemsGross - discount + shipping - unitCosts - shippingCost - paymentFee;
}

export const cancelledShare = 0.02;
export const refundedShare = 0.06;
/** Of the refunds: everything; else one line. Shipping comes back in half of the full ones. */
export const fullRefundShare = 0.6;
export const shippingRefundShare = 0.3;

/** What refunds take back on average: nothing returns to stock, a refund costs the goods and any shipping refunded. */
export function expectedRefund(basket: Basket): number {
  const net = basket.itemsGross - basket.discount;
  const goods = fullRefundShare * net + ((1 - fullRefundShare) * net) / basket.lineCount;
  return refundedShare * (goods + shippingRefundShare * basket.shipping);
}
