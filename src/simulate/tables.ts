import { actions, actionsInMask } from "./actions.ts";
import { secondsPerDay, timestampText } from "./calendar.ts";
import type { CustomerTraits } from "./customers.ts";
import { eventNames, eventsByTime } from "./events.ts";
import { purposes, uniformAt } from "./hash.ts";
import type { ShopOrder } from "./orders.ts";
import type { SimulatedShop } from "./shop.ts";

/** null is written as an empty field: unknown. */
export type Cell = string | number | null;
export type Row = Record<string, Cell>;

/** The files of an export and their columns, in order. */
export const exportColumns = {
  customers:
    "customer_id created_at country language acquisition_channel email phone consent_email consent_ads is_test",
  products: "product_id sku title category_path list_price_minor unit_cost_minor currency",
  orders:
    "order_id customer_id ordered_at cancelled_at status sales_channel currency items_gross_minor discount_minor " +
    "shipping_minor tax_minor total_minor shipping_cost_minor payment_fee_minor coupon_codes ship_country is_test",
  order_lines: "order_id line_no product_id quantity unit_price_minor line_discount_minor unit_cost_minor",
  refunds: "refund_id order_id refunded_at kind goods_minor shipping_minor currency reason",
  events: "event_id customer_id session_id occurred_at name product_id",
  treatments: "treatment_id type percent_bps valid_days channel variable_cost_minor currency is_personal_price",
  assignments:
    "assignment_id experiment_id customer_id treatment_id eligible_treatment_ids propensity policy_id holdout assigned_at",
  exposures: "exposure_id assignment_id customer_id treatment_id channel kind exposed_at order_id cost_minor currency",
  fx_rates: "date base quote rate provider",
} as const;

export type ExportName = keyof typeof exportColumns;
export const exportNames = Object.keys(exportColumns) as ExportName[];

/** Every table but the events, which are made while they are written. */
export type CleanTables = Record<Exclude<ExportName, "events">, Row[]>;

/** Names of things by their place in the shop's history. */
export interface ExportIds {
  /** Orders by time, and the id of each by its place in `history.orders`. */
  readonly ordersByTime: readonly number[];
  readonly orderId: readonly string[];
}

const numbered = (prefix: string, rank: number) => `${prefix}${String(rank + 1).padStart(7, "0")}`;
const taxRates: Readonly<Record<string, number>> = { US: 0.07, CA: 0.05, CN: 0, DE: 0.19, FR: 0.2 };
/** An order is called completed once so many days lie behind it. */
const completionDays = 14;

export function exportIds(shop: SimulatedShop): ExportIds {
  const { orders } = shop.history;
  const ordersByTime = orders.map((_, index) => index);
  ordersByTime.sort((a, b) => orders[a]!.second - orders[b]!.second || a - b);
  const orderId: string[] = new Array(orders.length);
  for (const [rank, index] of ordersByTime.entries()) orderId[index] = numbered("O", rank);
  return { ordersByTime, orderId };
}

/** The shop's exports before anything is spoiled. */
export function cleanTables(shop: SimulatedShop, ids: ExportIds): CleanTables {
  return {
    customers: customerRows(shop),
    products: productRows(shop),
    ...orderTables(shop, ids),
    treatments: treatmentRows(),
    ...decisionTables(shop, ids),
    fx_rates: rateRows(shop),
  };
}

function customerRows(shop: SimulatedShop): Row[] {
  const firstSecond = new Float64Array(shop.customers.length);
  for (const order of shop.history.orders) firstSecond[order.customer] ||= order.second;
  return shop.customers.map((traits) => ({
    customer_id: traits.id,
    created_at: timestampText(shop.calendar, firstSecond[traits.index]! - 600),
    country: traits.country,
    language: traits.language,
    acquisition_channel: traits.acquisitionChannel,
    email: emailOf(traits),
    phone: uniformAt(traits.key, -4, 0) < 0.7 ? `+1555${String(traits.index + 1).padStart(7, "0")}` : null,
    consent_email: traits.consentEmail,
    consent_ads: traits.consentAds,
    is_test: "false",
  }));
}

export function emailOf(traits: CustomerTraits): string {
  return `${traits.id.toLowerCase()}@mail.example`;
}

function productRows(shop: SimulatedShop): Row[] {
  return shop.catalogue.products.map((product) => ({
    product_id: product.id,
    sku: product.sku,
    title: product.title,
    category_path: product.categoryPath,
    list_price_minor: product.listPriceMinor,
    unit_cost_minor: product.unitCostMinor,
    currency: "USD",
  }));
}

function orderTables(shop: SimulatedShop, ids: ExportIds): Pick<CleanTables, "orders" | "order_lines" | "refunds"> {
  const tables = { orders: [] as Row[], order_lines: [] as Row[], refunds: [] as Row[] };
  for (const index of ids.ordersByTime) {
    const order = shop.history.orders[index]!;
    const { currency } = shop.customers[order.customer]!;
    const orderId = ids.orderId[index]!;
    tables.orders.push(orderRow(shop, order, orderId));
    for (const [line, product] of order.product.entries()) {
      tables.order_lines.push({
        order_id: orderId,
        line_no: line + 1,
        product_id: shop.catalogue.products[product]!.id,
        quantity: order.quantity[line]!,
        unit_price_minor: order.lineGross[line]! / order.quantity[line]!,
        line_discount_minor: order.lineDiscount[line]!,
        unit_cost_minor: order.lineUnitCost[line]!,
      });
    }
    if (order.refund === undefined) continue;
    const { second, goods, shipping, full, reason } = order.refund;
    tables.refunds.push({
      refund_id: `R${orderId.slice(1)}`,
      order_id: orderId,
      refunded_at: timestampText(shop.calendar, second),
      kind: full ? "return" : "refund",
      goods_minor: goods,
      shipping_minor: shipping,
      currency,
      reason,
    });
  }
  return tables;
}

function orderRow(shop: SimulatedShop, order: ShopOrder, orderId: string): Row {
  const { country, currency, key, id } = shop.customers[order.customer]!;
  const lastSecond = shop.calendar.dayCount * secondsPerDay - 1;
  const tax = Math.round((order.itemsGross - order.discount) * (taxRates[country] ?? 0));
  // Customers cancel within two hours; an order of the last evening is still cancelled on the last day.
  const cancelledSecond = Math.min(
    lastSecond,
    order.second + 300 + Math.floor(uniformAt(key, order.step, purposes.status) * 7000),
  );
  const settled = lastSecond - order.second > completionDays * secondsPerDay;
  return {
    order_id: orderId,
    customer_id: id,
    ordered_at: timestampText(shop.calendar, order.second),
    cancelled_at: order.cancelled ? timestampText(shop.calendar, cancelledSecond) : null,
    status: order.cancelled ? "cancelled" : settled ? "completed" : "paid",
    sales_channel: uniformAt(key, order.step, purposes.salesChannel) < 0.7 ? "web" : "app",
    currency,
    items_gross_minor: order.itemsGross,
    discount_minor: order.discount,
    shipping_minor: order.shipping,
    tax_minor: tax,
    total_minor: order.itemsGross - order.discount + order.shipping + tax,
    shipping_cost_minor: order.shippingCost,
    payment_fee_minor: order.paymentFee,
    coupon_codes: actions[order.action]!.code || null,
    ship_country: country,
    is_test: "false",
  };
}

function treatmentRows(): Row[] {
  return actions.map((action) => ({
    treatment_id: action.id,
    type: action.type,
    percent_bps: action.percentBps || null,
    valid_days: action.validDays || null,
    channel: action.channel === "none" ? null : action.channel,
    variable_cost_minor: action.contactCostMinor,
    currency: "USD",
    is_personal_price: action.percentBps > 0 ? "true" : "false",
  }));
}

function decisionTables(shop: SimulatedShop, ids: ExportIds): Pick<CleanTables, "assignments" | "exposures"> {
  const { assignments: decided, orders } = shop.history;
  const byTime = decided.map((_, index) => index);
  byTime.sort((a, b) => decided[a]!.step - decided[b]!.step || decided[a]!.customer - decided[b]!.customer);
  const assignmentId: string[] = new Array(decided.length);
  const assignments: Row[] = [];
  const exposed: { second: number; row: Row }[] = [];
  for (const [rank, index] of byTime.entries()) {
    const { customer, step, action, eligible, randomised } = decided[index]!;
    const choices = actionsInMask(eligible);
    const second = shop.calendar.stepStartDay[step]! * secondsPerDay;
    const common = { customer_id: shop.customers[customer]!.id, treatment_id: actions[action]!.id };
    assignmentId[index] = numbered("A", rank);
    assignments.push({
      assignment_id: assignmentId[index]!,
      experiment_id: randomised
        ? `wave-${shop.calendar.dayText[shop.calendar.stepStartDay[step]!]!.slice(0, 7)}`
        : null,
      ...common,
      eligible_treatment_ids: choices.map((choice) => actions[choice]!.id).join(";"),
      propensity: randomised ? 1 / choices.length : null,
      policy_id: randomised ? "uniform-random" : "business-as-usual",
      holdout: "none",
      assigned_at: timestampText(shop.calendar, second),
    });
    if (action === 0) continue;
    const { channel, contactCostMinor } = actions[action]!;
    const sent = { assignment_id: assignmentId[index]!, ...common, channel, kind: "sent" };
    exposed.push({
      second: second + 5 * 3600,
      row: { ...sent, order_id: null, cost_minor: contactCostMinor, currency: "USD" },
    });
  }
  for (const index of ids.ordersByTime) {
    const order = orders[index]!;
    if (order.action === 0 || order.cancelled) continue;
    const { id, currency } = shop.customers[order.customer]!;
    const { id: treatment, channel, percentBps } = actions[order.action]!;
    const row: Row = {
      assignment_id: assignmentId[order.assignment]!,
      customer_id: id,
      treatment_id: treatment,
      channel,
    };
    const cost = percentBps > 0 ? order.discount : order.waivedShipping;
    Object.assign(row, { kind: "redeemed", order_id: ids.orderId[index]!, cost_minor: cost, currency });
    exposed.push({ second: order.second, row });
  }
  exposed.sort((a, b) => a.second - b.second);
  const exposures = exposed.map(({ second, row }, rank) => ({
    exposure_id: numbered("X", rank),
    ...row,
    exposed_at: timestampText(shop.calendar, second),
  }));
  return { assignments, exposures };
}

function rateRows(shop: SimulatedShop): Row[] {
  return Array.from(shop.dollarsPerEuro, (rate, day) => ({
    date: shop.calendar.dayText[day]!,
    base: "EUR",
    quote: "USD",
    rate,
    provider: "simulated",
  }));
}

/** The events by time, one at a time. */
export function* eventRows(shop: SimulatedShop): Generator<Row> {
  const { events } = shop.history;
  let rank = 0;
  for (const row of eventsByTime(events)) {
    const product = events.product[row]!;
    yield {
      event_id: numbered("E", rank++),
      customer_id: shop.customers[events.customer[row]!]!.id,
      session_id: numbered("S", events.session[row]!),
      occurred_at: timestampText(shop.calendar, events.second[row]!),
      name: eventNames[events.name[row]!]!,
      product_id: product < 0 ? null : shop.catalogue.products[product]!.id,
    };
  }
}
