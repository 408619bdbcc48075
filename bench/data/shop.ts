import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DuckdbEngine, textLiteral } from "../../src/engine/duckdb/engine.ts";

/** The first instant of the data and the first after it: three years. */
const start = Date.UTC(2022, 0, 1);
export const end = Date.UTC(2025, 0, 1);

export interface ShopSize {
  /** Order rows before repeats; one customer for ten of them, two events for each. */
  readonly orders: number;
  readonly seed: number;
}

/** The files of the shop, in the order in which they are imported. */
const names = [
  "customers",
  "products",
  "orders",
  "order_lines",
  "refunds",
  "events",
  "treatments",
  "exposures",
] as const;

/**
 * Writes a shop's canonical tables as CSV files of the preset `longrun`, unless they are there, and returns their paths.
 * Customers buy by a Zipf-like law (exponent 0.45: of 15 M orders the first has about 7,000). Every value is a hash of
 * the row's number, so the same size and seed give the same rows whatever the threads. About 2 % of the orders are
 * cancelled, repeated or of guests, so that cleaning has its work to do.
 */
export async function writeShop(engine: DuckdbEngine, size: ShopSize, directory: string): Promise<string[]> {
  const paths = [...names, "fx_rates"].map((name) => join(directory, `${name}.csv`));
  if (paths.every((path) => existsSync(path))) return paths;
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await engine.statement("SET preserve_insertion_order = false");
  for (const [name, query] of Object.entries(tableQueries(size))) {
    await engine.statement(`COPY (${query}) TO ${textLiteral(join(partial, `${name}.csv`))} (FORMAT csv, HEADER)`);
  }
  rmSync(directory, { recursive: true, force: true });
  renameSync(partial, directory);
  return paths;
}

function tableQueries({ orders, seed }: ShopSize): Record<(typeof names)[number] | "fx_rates", string> {
  const customers = Math.ceil(orders / 10);
  const products = 2000;
  /** A number in [0, 1) that depends on the row's number and the purpose only. */
  const uniform = (row: string, purpose: number) => `((hash(${row}, ${seed}, ${purpose}) >> 11) / 9007199254740992.0)`;
  const whole = (row: string, purpose: number, below: number) => `floor(${uniform(row, purpose)} * ${below})::BIGINT`;
  const oneOf = (row: string, purpose: number, words: readonly string[]) =>
    `list_extract([${words.map(textLiteral).join(", ")}], 1 + ${whole(row, purpose, words.length)})`;
  // 7919 is prime: ids say nothing about rank.
  const customer = (row: string, purpose: number) =>
    `printf('c%07d', (floor(${customers} * power(${uniform(row, purpose)}, 1.8))::BIGINT * 7919 + 13) % ${customers})`;
  const at = (row: string, purpose: number) =>
    `strftime(make_timestamp(${start * 1000}::BIGINT + floor(${uniform(row, purpose)} * ${(end - start) / 1000})::BIGINT * 1000000), '%Y-%m-%dT%H:%M:%SZ')`;
  const product = (row: string, purpose: number) =>
    `printf('p%04d', floor(${products} * power(${uniform(row, purpose)}, 2))::BIGINT)`;
  const rows = (count: number) => `range(${count}) AS numbers(i)`;
  const price = "100 + floor(20000 * power(%, 3))::BIGINT";
  const unitPrice = (row: string, purpose: number) => price.replace("%", uniform(row, purpose));
  const linesOf = `(1 + (${uniform("i", 20)} > 0.5)::BIGINT + (${uniform("i", 20)} > 0.8)::BIGINT)`;
  const lines = `SELECT i, i * 4 + k AS l, k FROM ${rows(orders)}, LATERAL (SELECT unnest(range(${linesOf})) AS k)`;
  const line = `SELECT printf('o%08d', i) AS order_id, k + 1 AS line_no, ${product("l", 21)} AS product_id,
     1 + (${uniform("l", 22)} > 0.7)::BIGINT AS quantity, ${unitPrice("l", 23)} AS unit_price_minor, 0 AS line_discount_minor,
     CASE WHEN ${uniform("l", 24)} < 0.9 THEN (0.6 * (${unitPrice("l", 23)}))::BIGINT END AS unit_cost_minor FROM (${lines})`;
  const order = `WITH sums AS (SELECT order_id, sum(quantity * unit_price_minor)::BIGINT AS gross FROM (${line}) GROUP BY order_id),
     made AS (SELECT i, printf('o%08d', i) AS order_id FROM ${rows(orders)})
     SELECT order_id, CASE WHEN ${uniform("i", 1)} >= 0.005 THEN ${customer("i", 2)} END AS customer_id, ${at("i", 3)} AS ordered_at,
     CASE WHEN ${uniform("i", 4)} < 0.01 THEN 'cancelled' ELSE 'completed' END AS status,
     CASE WHEN ${uniform("i", 5)} < 0.2 THEN 'EUR' ELSE 'USD' END AS currency, gross AS items_gross_minor,
     CASE WHEN ${uniform("i", 6)} < 0.3 THEN (gross * 0.1)::BIGINT ELSE 0 END AS discount_minor, 499 AS shipping_minor,
     gross + 499 AS total_minor, 350 AS shipping_cost_minor, CASE WHEN ${uniform("i", 6)} < 0.15 THEN 'SAVE10' END AS coupon_codes
     FROM made JOIN sums USING (order_id)`;
  const repeated = "UNION ALL SELECT * FROM made_orders WHERE hash(order_id) % 200 = 0";
  const countries = ["US", "DE", "FR", "GB", "CN", "JP"];
  return {
    customers: `SELECT printf('c%07d', i) AS customer_id, ${at("i", 30)} AS created_at,
       CASE WHEN ${uniform("i", 31)} < 0.95 THEN ${oneOf("i", 32, countries)} END AS country,
       CASE WHEN ${uniform("i", 33)} < 0.9 THEN ${oneOf("i", 34, ["search", "social", "email", "ads", "friend"])} END AS acquisition_channel,
       ${oneOf("i", 35, ["granted", "denied", ""])} AS consent_email, ${oneOf("i", 36, ["granted", "denied", ""])} AS consent_ads,
       printf('%d@example.com', i) AS email FROM ${rows(customers)}`,
    products: `SELECT printf('p%04d', i) AS product_id, printf('Product %d', i) AS title,
       printf('category %d', i % 12) AS category_path, ${unitPrice("i", 40)} AS list_price_minor, 'USD' AS currency FROM ${rows(products)}`,
    orders: `WITH made_orders AS (${order}) SELECT * FROM made_orders ${repeated}`,
    order_lines: line,
    refunds: `SELECT printf('r%08d', i) AS refund_id, printf('o%08d', i) AS order_id, ${at("i", 50)} AS refunded_at,
       'goods' AS kind, ${unitPrice("i", 51)} AS goods_minor, 'USD' AS currency FROM ${rows(orders)} WHERE ${uniform("i", 52)} < 0.05`,
    events: `SELECT printf('e%09d', i) AS event_id, ${customer("i // 4", 60)} AS customer_id, printf('s%08d', i // 4) AS session_id,
       strftime(make_timestamp(${start * 1000}::BIGINT + floor(${uniform("i // 4", 61)} * ${(end - start) / 1000 - 1000})::BIGINT * 1000000 + (i % 4) * 97000000), '%Y-%m-%dT%H:%M:%SZ') AS occurred_at,
       ${oneOf("i", 62, ["product_view", "product_view", "product_view", "product_view", "add_to_cart", "remove_from_cart", "begin_checkout", "search", "email_open", "email_click", "promo_view"])} AS name,
       CASE WHEN ${uniform("i", 63)} < 0.9 THEN ${product("i", 64)} END AS product_id FROM ${rows(2 * orders)}`,
    treatments: `SELECT * FROM (VALUES ('t1', 'coupon', 1000, 'email', 5), ('t2', 'coupon', 2000, 'email', 5), ('t3', 'ad', 0, 'ads', 40))
       AS treatments(treatment_id, type, percent_bps, channel, variable_cost_minor)`,
    exposures: `SELECT printf('x%08d', i) AS exposure_id, ${customer("i", 70)} AS customer_id, ${oneOf("i", 71, ["t1", "t2", "t3"])} AS treatment_id,
       ${oneOf("i", 72, ["sent", "impression", "click", "redeemed"])} AS kind, ${at("i", 73)} AS exposed_at, 5 AS cost_minor, 'USD' AS currency
       FROM ${rows(Math.ceil(orders / 5))}`,
    fx_rates: `SELECT strftime(DATE '2022-01-01' + i::INTEGER, '%Y-%m-%d') AS date, 'EUR' AS base, 'USD' AS quote,
       round(1.05 + 0.1 * sin(i / 100.0), 4) AS rate FROM ${rows((end - start) / 86_400_000)}`,
  };
}
