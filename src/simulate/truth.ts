import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { actions } from "./actions.ts";
import { secondsPerDay, timestampText } from "./calendar.ts";
import { writeCsv } from "./csv.ts";
import { spoiledTables } from "./dirt.ts";
import { orderMargin, type ShopOrder } from "./orders.ts";
import type { SimulatedShop } from "./shop.ts";
import { type ExportIds, exportIds, type Row } from "./tables.ts";

/**
 * Writes what nobody outside the simulation may know to `directory`: `world.json`, `customers.csv` (latent
 * traits and the state after the last day), `orders.csv` (margins), `dirt.json` (what was spoiled, with counts).
 * No stage reads this folder.
 */
export async function writeTruth(shop: SimulatedShop, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const ids = exportIds(shop);
  const { dirt } = spoiledTables(shop, ids);
  const counts = Object.fromEntries(Object.entries(dirt).map(([kind, list]) => [kind, list.length]));
  await writeFile(join(directory, "dirt.json"), `${JSON.stringify({ counts, ids: dirt }, null, 2)}\n`);
  const lastDay = shop.calendar.dayText.at(-1);
  const world = { options: shop.options, firstDay: shop.calendar.dayText[0], lastDay, world: shop.world, actions };
  await writeFile(join(directory, "world.json"), `${JSON.stringify(world, null, 2)}\n`);
  const customers = shop.customers.map((_, index) => customerTruth(shop, index));
  await writeCsv(join(directory, "customers.csv"), Object.keys(customers[0]!), customers, "utf-8");
  const orders = ids.ordersByTime.map((index) => orderTruth(shop, ids, index));
  await writeCsv(join(directory, "orders.csv"), Object.keys(orders[0]!), orders, "utf-8");
}

function customerTruth(shop: SimulatedShop, index: number): Row {
  const traits = shop.customers[index]!;
  const state = shop.finalStates[index]!;
  return {
    customer_id: traits.id,
    rate_per_year: traits.ratePerYear,
    churn_per_year: traits.churnPerYear,
    price_sensitivity: traits.priceSensitivity,
    spend_level: traits.spendLevel,
    breadth: traits.breadth,
    recommendation_response: traits.recommendationResponse,
    ad_response: traits.adResponse,
    open_rate: traits.openRate,
    final_orders: state.orders,
    final_lapsed: String(state.lapsed),
    final_breadth: state.breadth,
    final_churn_per_year: state.churnPerYear,
    final_pulled_forward: state.pulledForward,
    final_reference: state.reference,
    final_pending_reference: state.pendingReference,
    final_contacts: state.contacts,
  };
}

function orderTruth(shop: SimulatedShop, ids: ExportIds, index: number): Row {
  const order = shop.history.orders[index]!;
  return {
    order_id: ids.orderId[index]!,
    customer_id: shop.customers[order.customer]!.id,
    ordered_at: timestampText(shop.calendar, order.second),
    redeemed_action: actions[order.action]!.id,
    margin_usd: orderMarginDollars(shop, order),
  };
}

/** Contribution margin in US dollars at the rate of the order's date. */
export function orderMarginDollars(shop: SimulatedShop, order: ShopOrder): number {
  const { currency } = shop.customers[order.customer]!;
  const rate = currency === "EUR" ? shop.dollarsPerEuro[Math.floor(order.second / secondsPerDay)]! : 1;
  return (orderMargin(order) / 100) * rate;
}
