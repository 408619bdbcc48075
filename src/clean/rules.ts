import { cancelledOrders } from "./rules/cancelled-orders.ts";
import { datesOutsideTheWindow } from "./rules/dates-outside-the-window.ts";
import { exactRepeats } from "./rules/exact-repeats.ts";
import { giantOrdersReversed } from "./rules/giant-orders-reversed.ts";
import { guestOrders } from "./rules/guest-orders.ts";
import { impossiblePricesAndQuantities } from "./rules/impossible-prices-and-quantities.ts";
import { linesThatAreNotGoods } from "./rules/lines-that-are-not-goods.ts";
import { noExchangeRate } from "./rules/no-exchange-rate.ts";
import { ordersWithoutGoods } from "./rules/orders-without-goods.ts";
import { refundsLinkedToTheirOrder } from "./rules/refunds-linked-to-their-order.ts";
import { repeatedOrderIds } from "./rules/repeated-order-ids.ts";
import { rowsWithoutAnOwner } from "./rules/rows-without-an-owner.ts";
import { sameEmailSameCustomer } from "./rules/same-email-same-customer.ts";
import { testAndStaffOrders } from "./rules/test-and-staff-orders.ts";

/** The rules in the order they run: each sees only the rows that those before it kept. */
export const rules = [
  exactRepeats,
  repeatedOrderIds,
  datesOutsideTheWindow,
  impossiblePricesAndQuantities,
  noExchangeRate,
  testAndStaffOrders,
  sameEmailSameCustomer,
  guestOrders,
  cancelledOrders,
  giantOrdersReversed,
  linesThatAreNotGoods,
  ordersWithoutGoods,
  refundsLinkedToTheirOrder,
  rowsWithoutAnOwner,
] as const;

/** Rules that a project can switch off. */
export type RuleName = Exclude<(typeof rules)[number], { readonly always: true }>["name"];

export const ruleNames = rules.filter((rule) => !("always" in rule)).map(({ name }) => name) as RuleName[];
