import { secondsPerDay, timestampText } from "./calendar.ts";
import { childKey, type RandomKey, uniformAt } from "./hash.ts";
import type { SimulatedShop } from "./shop.ts";
import { type CleanTables, cleanTables, type ExportIds, emailOf, type Row } from "./tables.ts";

/** What was spoiled, by kind: ids of orders, customers, products or lines ("O0000001/2"). Its counts are the truth. */
export interface Dirt {
  readonly exactDuplicateOrders: string[];
  readonly resentOrders: string[];
  readonly missingCountries: string[];
  readonly missingLineCosts: string[];
  readonly missingProductCosts: string[];
  readonly testCustomers: string[];
  readonly testOrders: string[];
  readonly giantOrders: string[];
  readonly nonPositivePriceLines: string[];
  readonly unparsableDates: string[];
  readonly unparsableNumbers: string[];
  readonly futureOrders: string[];
  /** Rows without a key have no id: table names. */
  readonly missingKeys: string[];
  /** "G000123=C000123": a guest and the customer it really is. */
  readonly identityClashes: string[];
  readonly guestOrders: string[];
}

const share = {
  exactDuplicate: 0.01,
  resent: 0.005,
  missingCountry: 0.025,
  missingLineCost: 0.025,
  missingProductCost: 0.02,
  nonPositivePrice: 0.001,
  testCustomer: 0.002,
  identityClash: 0.005,
};

/** The exports as a shop would really hand them over, and the list of everything that is wrong in them. */
export function spoiledTables(shop: SimulatedShop, ids: ExportIds): { tables: CleanTables; dirt: Dirt } {
  const tables = cleanTables(shop, ids);
  const key = childKey(shop.key, -10);
  const dirt: Dirt = {
    exactDuplicateOrders: [],
    resentOrders: [],
    missingCountries: [],
    missingLineCosts: [],
    missingProductCosts: [],
    testCustomers: [],
    testOrders: [],
    giantOrders: [],
    nonPositivePriceLines: [],
    unparsableDates: [],
    unparsableNumbers: [],
    futureOrders: [],
    missingKeys: [],
    identityClashes: [],
    guestOrders: [],
  };
  // Corrupt cells first, in rows that nothing else touches, so that every count stays exact.
  const corrupted = corruptCells(tables, key, dirt);
  clashIdentities(shop, tables, key, dirt, corrupted);
  blankCells(tables, key, dirt);
  repeatOrders(tables, key, dirt, corrupted);
  addBogusLines(tables, key, dirt);
  addTestOrders(shop, tables, dirt);
  addGiantOrders(shop, tables, dirt);
  addImpossibleRows(tables, dirt);
  return { tables, dirt };
}

function corruptCells(tables: CleanTables, key: RandomKey, dirt: Dirt): Set<string> {
  const corrupted = new Set<string>();
  const pick = (rows: Row[], slot: number): Row | undefined => {
    const free = rows.filter((row) => !corrupted.has(row.order_id as string));
    const row = free[Math.floor(uniformAt(key, slot, 0) * free.length)];
    if (row !== undefined) corrupted.add(row.order_id as string);
    return row;
  };
  for (const [slot, text] of ["2023-02-30T10:00:00+00:00", "yesterday", "00/00/0000"].entries()) {
    const row = pick(tables.orders, slot);
    if (row === undefined) continue;
    row.ordered_at = text;
    dirt.unparsableDates.push(row.order_id as string);
  }
  for (const [slot, text] of ["12.34.56", "N/A", "1 2x0"].entries()) {
    const row = pick(tables.orders, 10 + slot);
    if (row === undefined) continue;
    row.items_gross_minor = text;
    dirt.unparsableNumbers.push(row.order_id as string);
  }
  const refund = pick(tables.refunds, 20);
  if (refund !== undefined) {
    refund.goods_minor = "--";
    dirt.unparsableNumbers.push(refund.refund_id as string);
  }
  return corrupted;
}

/** Some customers come back without logging in: a second id, the same e-mail in capitals, some orders on it. */
function clashIdentities(
  shop: SimulatedShop,
  tables: CleanTables,
  key: RandomKey,
  dirt: Dirt,
  corrupted: ReadonlySet<string>,
): void {
  const later = new Map<string, Row[]>();
  for (const row of tables.orders) {
    const rows = later.get(row.customer_id as string);
    if (rows === undefined) later.set(row.customer_id as string, []);
    else if (!corrupted.has(row.order_id as string)) rows.push(row);
  }
  const candidates = shop.customers
    .filter((traits) => later.get(traits.id)!.length > 0)
    .map((traits) => ({ traits, drawn: uniformAt(key, traits.index, 1) }))
    .sort((a, b) => a.drawn - b.drawn || a.traits.index - b.traits.index);
  const count = Math.max(1, Math.round(share.identityClash * shop.customers.length));
  for (const { traits } of candidates.slice(0, count)) {
    const guestId = `G${traits.id.slice(1)}`;
    const rows = later.get(traits.id)!;
    const moved = rows.slice(Math.floor(rows.length / 2));
    for (const row of moved) {
      row.customer_id = guestId;
      dirt.guestOrders.push(row.order_id as string);
    }
    tables.customers.push({
      ...tables.customers[traits.index]!,
      customer_id: guestId,
      created_at: moved[0]!.ordered_at!,
      email: emailOf(traits).toUpperCase(),
      phone: null,
      consent_email: "unknown",
      consent_ads: "unknown",
    });
    dirt.identityClashes.push(`${guestId}=${traits.id}`);
  }
}

function blankCells(tables: CleanTables, key: RandomKey, dirt: Dirt): void {
  for (const [index, row] of tables.customers.entries()) {
    if (uniformAt(key, index, 2) >= share.missingCountry) continue;
    row.country = null;
    dirt.missingCountries.push(row.customer_id as string);
  }
  for (const [index, row] of tables.order_lines.entries()) {
    if (uniformAt(key, index, 3) >= share.missingLineCost) continue;
    row.unit_cost_minor = null;
    dirt.missingLineCosts.push(`${row.order_id}/${row.line_no}`);
  }
  for (const [index, row] of tables.products.entries()) {
    if (uniformAt(key, index, 4) >= share.missingProductCost) continue;
    row.unit_cost_minor = null;
    dirt.missingProductCosts.push(row.product_id as string);
  }
}

/** Exact copies, and ids sent twice: first while paid, again (the row that counts) once completed. */
function repeatOrders(tables: CleanTables, key: RandomKey, dirt: Dirt, corrupted: ReadonlySet<string>): void {
  const repeated: Row[] = [];
  for (const [index, row] of tables.orders.entries()) {
    const orderId = row.order_id as string;
    const drawn = uniformAt(key, index, 5);
    const resent = drawn < share.resent && row.status === "completed" && !corrupted.has(orderId);
    if (resent) {
      repeated.push({ ...row, status: "paid" });
      dirt.resentOrders.push(orderId);
    }
    repeated.push(row);
    if (drawn > 1 - share.exactDuplicate && !corrupted.has(orderId)) {
      repeated.push({ ...row });
      dirt.exactDuplicateOrders.push(orderId);
    }
  }
  tables.orders = repeated;
}

/** Gift lines at price zero and "corrections" below zero, which are no part of the order's sum. */
function addBogusLines(tables: CleanTables, key: RandomKey, dirt: Dirt): void {
  const lines: Row[] = [];
  for (const [index, row] of tables.order_lines.entries()) {
    lines.push(row);
    const isLast = tables.order_lines[index + 1]?.order_id !== row.order_id;
    const drawn = uniformAt(key, index, 6);
    if (!isLast || drawn >= 2 * share.nonPositivePrice) continue;
    const lineNumber = (row.line_no as number) + 1;
    const price = drawn < share.nonPositivePrice ? 0 : -500;
    lines.push({ ...row, line_no: lineNumber, quantity: 1, unit_price_minor: price, line_discount_minor: 0 });
    if (row.unit_cost_minor === null) lines.at(-1)!.unit_cost_minor = 100;
    dirt.nonPositivePriceLines.push(`${row.order_id}/${lineNumber}`);
  }
  tables.order_lines = lines;
}

function addTestOrders(shop: SimulatedShop, tables: CleanTables, dirt: Dirt): void {
  const count = Math.max(2, Math.round(share.testCustomer * shop.customers.length));
  for (let staff = 0; staff < count; staff++) {
    const customerId = `T${String(staff + 1).padStart(6, "0")}`;
    const second = (staff % shop.calendar.dayCount) * secondsPerDay + 12 * 3600;
    const created = timestampText(shop.calendar, second);
    tables.customers.push({
      customer_id: customerId,
      created_at: created,
      country: "US",
      language: "en",
      acquisition_channel: "direct",
      email: `staff${String(staff + 1).padStart(2, "0")}@example.com`,
      phone: null,
      consent_email: "denied",
      consent_ads: "denied",
      is_test: "true",
    });
    dirt.testCustomers.push(customerId);
    for (const orderId of [`TEST${customerId}A`, `TEST${customerId}B`]) {
      const amount = 100;
      tables.orders.push(plainOrder(orderId, customerId, created, amount, { is_test: "true", status: "completed" }));
      tables.order_lines.push(plainLine(orderId, 1, amount));
      dirt.testOrders.push(orderId);
    }
  }
}

/** Two orders of thousands of pieces, cancelled minutes later: without netting they would be the year's revenue. */
function addGiantOrders(shop: SimulatedShop, tables: CleanTables, dirt: Dirt): void {
  for (const [index, pieces] of [74_215, 80_995].entries()) {
    const traits = shop.customers[Math.floor((shop.customers.length * (index + 1)) / 3)]!;
    const orderId = `BIG${index + 1}`;
    const second = (shop.calendar.dayCount - 40 - index) * secondsPerDay + 9 * 3600;
    const price = 104;
    const times = { status: "cancelled", cancelled_at: timestampText(shop.calendar, second + 16 * 60) };
    const orderedAt = timestampText(shop.calendar, second);
    tables.orders.push({
      ...plainOrder(orderId, traits.id, orderedAt, price * pieces, times),
      currency: traits.currency,
      ship_country: traits.country,
    });
    tables.order_lines.push({ ...plainLine(orderId, pieces, price), product_id: "P001" });
    dirt.giantOrders.push(orderId);
  }
}

/** Orders from a year that has not come, and rows without the id that would tell whose or which they are. */
function addImpossibleRows(tables: CleanTables, dirt: Dirt): void {
  const customerId = tables.customers[0]!.customer_id!;
  for (const [index, date] of ["2099-01-01", "2099-12-31", "2035-07-04"].entries()) {
    const orderId = `FUT${index + 1}`;
    tables.orders.push(plainOrder(orderId, customerId, `${date}T00:00:00+00:00`, 4995, { status: "paid" }));
    dirt.futureOrders.push(orderId);
  }
  for (let copy = 0; copy < 2; copy++) {
    const order = plainOrder("", customerId, "2022-06-01T12:00:00+00:00", 1995, { status: "completed" });
    tables.orders.push({ ...order, order_id: null });
    tables.order_lines.push({ ...plainLine("", 1, 1995), order_id: null });
    tables.customers.push({
      ...tables.customers[0]!,
      customer_id: null,
      email: `nobody${copy}@mail.example`,
      country: "US",
    });
    dirt.missingKeys.push("orders", "order_lines", "customers");
  }
}

function plainOrder(orderId: string, customerId: Row[string], orderedAt: string, amount: number, more: Row): Row {
  return {
    order_id: orderId,
    customer_id: customerId!,
    ordered_at: orderedAt,
    cancelled_at: null,
    sales_channel: "web",
    currency: "USD",
    items_gross_minor: amount,
    discount_minor: 0,
    shipping_minor: 0,
    tax_minor: 0,
    total_minor: amount,
    shipping_cost_minor: 380,
    payment_fee_minor: 25,
    coupon_codes: null,
    ship_country: "US",
    is_test: "false",
    ...more,
  };
}

function plainLine(orderId: string, quantity: number, price: number): Row {
  const unitCost = Math.ceil(price / 2);
  return {
    order_id: orderId,
    line_no: 1,
    product_id: "P001",
    quantity,
    unit_price_minor: price,
    line_discount_minor: 0,
    unit_cost_minor: unitCost,
  };
}
