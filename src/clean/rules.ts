import type { RuleName } from "../runs/clean-config.ts";
import type { Rule } from "./rule.ts";
import { cancelledOrders } from "./rules/cancelled-orders.ts";
import { datesOutsideTheWindow } from "./rules/dates-outside-the-window.ts";
import { exactRepeats } from "./rules/exact-repeats.ts";
import { giantOrdersReversed } from "./rules/giant-orders-reversed.ts";
import { guestOrders } from "./rules/guest-orders.ts";
import { impossiblePricesAndQuantities } from "./rules/impossible-prices-and-quantities.ts";
import { laterCancellations } from "./rules/later-cancellations.ts";
import { linesThatAreNotGoods } from "./rules/lines-that-are-not-goods.ts";
import { noExchangeRate } from "./rules/no-exchange-rate.ts";
import { ordersWithoutGoods } from "./rules/orders-without-goods.ts";
import { refundsLinkedToTheirOrder } from "./rules/refunds-linked-to-their-order.ts";
import { repeatedLines } from "./rules/repeated-lines.ts";
import { repeatedOrderIds } from "./rules/repeated-order-ids.ts";
import { rowsWithoutAnOwner } from "./rules/rows-without-an-owner.ts";
import { sameEmailSameCustomer } from "./rules/same-email-same-customer.ts";
import { samePhoneSameCustomer } from "./rules/same-phone-same-customer.ts";
import { testAndStaffOrders } from "./rules/test-and-staff-orders.ts";
import { wholesaleCustomers } from "./rules/wholesale-customers.ts";

/** The rules that judge a row by itself, in the order they run: each sees only the rows that those before it kept. */
export const plainRules = [
  exactRepeats,
  repeatedOrderIds,
  repeatedLines,
  datesOutsideTheWindow,
  impossiblePricesAndQuantities,
  noExchangeRate,
  testAndStaffOrders,
  sameEmailSameCustomer,
  samePhoneSameCustomer,
  guestOrders,
  cancelledOrders,
  laterCancellations,
  linesThatAreNotGoods,
] as const satisfies readonly Rule[];

/** The rules that run after it is known which orders were sales; some compare an order with the shop's others. */
export const shopRules = [
  giantOrdersReversed,
  ordersWithoutGoods,
  wholesaleCustomers,
  refundsLinkedToTheirOrder,
  rowsWithoutAnOwner,
] as const satisfies readonly Rule[];

type AnyRule = (typeof plainRules)[number] | (typeof shopRules)[number];
/** Does not compile where a rule that can be switched off has no place in the configuration, or a place has no rule. */
type SwitchableRule = Exclude<AnyRule, { readonly always: true }>["name"];
true satisfies [SwitchableRule, RuleName] extends [RuleName, SwitchableRule] ? true : false;
