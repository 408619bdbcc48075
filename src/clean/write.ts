import { DataError } from "../base/errors.ts";
import { literal, missing } from "../engine/sql/expression.ts";
import { concatenate, larger, minimum, some, sum, trim } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import type { Draft } from "../runs/artifact.ts";
import { inBase, rounded } from "./amounts.ts";
import { type Bench, cancellations, flags, lineAmount, merges } from "./bench.ts";
import type { Caps } from "./caps.ts";
import { categoryOf, lineCosts } from "./line-costs.ts";
import type { RuleReport } from "./options.ts";
import { capped } from "./outliers.ts";
import { latestRates } from "./rates.ts";
import { exposureOwners, refundOwners } from "./refund-owners.ts";
import { orderAmounts, refundAmounts, type Valuation } from "./value.ts";
import { writeCustomers } from "./write-customers.ts";
import { writeProducts } from "./write-products.ts";

/**
 * Writes the tables of `schema/clean-tables.ts`. What is read by customer and time later is written in that order,
 * because range joins over clustered rows are about twice as fast. Returns what was filled in on the way.
 */
export async function writeCleanTables(
  bench: Bench,
  valuation: Valuation,
  caps: Caps,
  output: Draft,
): Promise<RuleReport[]> {
  await writeCustomers(bench, output);
  await writeOrders(bench, valuation, caps, output);
  await writeLines(bench, valuation, caps, output);
  const filled = await writeProducts(bench, output);
  await writeRefunds(bench, valuation, caps, output);
  await writeEvents(bench, output);
  await writeTreatments(bench, output);
  await writeAssignments(bench, output);
  await writeExposures(bench, caps, output);
  await writeMerges(output);
  await writeFlags(output);
  return filled;
}

async function writeOrders(bench: Bench, valuation: Valuation, caps: Caps, output: Draft): Promise<void> {
  const { query, columns: o, gross, discount, net, shipping, units, value, imputed } = orderAmounts(bench, valuation);
  const worth = capped(value, caps["orders.value_minor"]);
  const { unitCosts, shippingCosts, paymentFees } = imputed;
  await output.write(
    "orders",
    query
      .select({
        order_id: o.order_id,
        customer_id: o.customer_id,
        known_at: o.ordered_at,
        gross_minor: gross,
        discount_minor: discount,
        net_minor: net,
        value_minor: worth,
        shipping_minor: shipping,
        units: capped(units, caps["orders.units"]),
        has_coupon: trim(o.coupon_codes).differs("").orElse(false),
        value_imputed: some(...[unitCosts, shippingCosts, paymentFees].map((cost) => cost.above(0))),
        value_capped_minor: value.minus(worth),
      })
      .orderBy(o.customer_id, o.ordered_at, o.order_id),
  );
}

async function writeLines(bench: Bench, valuation: Valuation, caps: Caps, output: Draft): Promise<void> {
  const l = bench.kept("order_lines", "l");
  const o = bench.kept("orders", "o");
  const p = bench.kept("products", "p");
  const orderId = l.columns.order_id;
  const gross = lineAmount(l.columns, o.columns.factor);
  const own = inBase(l.columns.line_discount_minor, o.columns.factor).orElse(0);
  // What the order was discounted beyond its lines falls on them by their gross.
  const stated = sum(own).within([orderId]).to("integer");
  const rest = larger(inBase(o.columns.discount_minor, o.columns.factor).orElse(0).minus(stated), 0);
  const part = rounded(rest.to("double").times(gross.over(sum(gross).within([orderId]).to("integer"))));
  const withGoods = from(l)
    .join(o, o.columns.order_id.equals(orderId))
    .leftJoin(p, p.columns.product_id.equals(l.columns.product_id));
  const costs = lineCosts(bench, "costs");
  const isCosted = valuation.medianCostShare !== undefined;
  await output.write(
    "order_lines",
    (isCosted ? withGoods.leftJoin(costs, costs.columns.row_id.equals(l.columns.row_id)) : withGoods)
      .select({
        order_id: orderId,
        line_no: l.columns.line_no,
        customer_id: o.columns.customer_id,
        known_at: o.columns.ordered_at,
        product_id: l.columns.product_id,
        category: categoryOf(p.columns.category_path),
        units: capped(l.columns.quantity, caps["order_lines.units"]),
        net_minor: larger(gross.minus(own).minus(part.orElse(0)), 0),
        cost_minor: isCosted ? costs.columns.cost_minor : missing("integer"),
        cost_imputed: isCosted ? costs.columns.is_imputed : literal(false),
      })
      .orderBy(o.columns.customer_id, o.columns.ordered_at, orderId, l.columns.line_no),
  );
}

async function writeRefunds(bench: Bench, valuation: Valuation, caps: Caps, output: Draft): Promise<void> {
  const refunds = refundOwners(bench);
  const r = refunds.columns;
  const { net, value } = refundAmounts(r, valuation);
  const all = from(refunds)
    .select({
      refund_id: r.refund_id,
      order_id: r.order_id,
      product_id: r.product_id,
      customer_id: r.customer_id,
      known_at: r.refunded_at,
      net_minor: net,
      value_minor: value,
    })
    .followedBy(takenBack(bench, valuation, caps))
    .as("all_refunds");
  const { customer_id, known_at, refund_id } = all.columns;
  await output.write("refunds", from(all).select(all.columns).orderBy(customer_id, known_at, refund_id));
}

/** The whole value of every order that was cancelled long after it was placed, on the day of the cancellation. */
function takenBack(bench: Bench, valuation: Valuation, caps: Caps) {
  const { query, columns: o, net, value } = orderAmounts(bench, valuation);
  const c = cancellations("cancelled");
  return query.join(c, c.columns.order_id.equals(o.order_id)).select({
    refund_id: concatenate("cancelled:", o.order_id),
    order_id: o.order_id,
    product_id: missing("text"),
    customer_id: o.customer_id,
    known_at: c.columns.cancelled_at,
    net_minor: net,
    value_minor: capped(value, caps["orders.value_minor"]),
  });
}

async function writeMerges(output: Draft): Promise<void> {
  const m = merges("m");
  await output.write("identity_merges", from(m).select(m.columns).orderBy(m.columns.merge_id));
}

async function writeFlags(output: Draft): Promise<void> {
  const f = flags("f");
  await output.write("customer_flags", from(f).select(f.columns).orderBy(f.columns.customer_id, f.columns.flag));
}

async function writeEvents(bench: Bench, output: Draft): Promise<void> {
  const events = bench.kept("events", "e");
  const e = events.columns;
  const p = bench.kept("products", "p");
  await output.write(
    "events",
    from(events)
      .leftJoin(p, p.columns.product_id.equals(e.product_id))
      .select({
        event_id: e.event_id,
        customer_id: e.customer_id,
        session_id: e.session_id,
        known_at: e.occurred_at,
        name: e.name,
        category: categoryOf(p.columns.category_path),
      })
      .orderBy(e.customer_id, e.occurred_at, e.event_id),
  );
}

/** A treatment's cost has no date: the latest rate turns it into workspace money. */
async function writeTreatments(bench: Bench, output: Draft): Promise<void> {
  const treatments = bench.kept("treatments", "t");
  const t = treatments.columns;
  const rate = latestRates();
  const { factor } = rate.columns;
  const priced = from(treatments).leftJoin(
    rate,
    rate.columns.currency.equals(t.currency.orElse(bench.options.currency)),
  );
  const unpriced = await bench.engine.collect(
    priced
      .where(factor.isNull(), t.variable_cost_minor.above(0))
      .select({ id: minimum(t.treatment_id), currency: minimum(t.currency) }),
  );
  const [id, currency] = [unpriced.texts.id[0], unpriced.texts.currency[0]];
  if (id && currency)
    throw new DataError("treatment_without_fx_rate", { treatment: id, currency, workspace: bench.options.currency });
  await output.write(
    "treatments",
    priced
      .select({
        treatment_id: t.treatment_id,
        type: t.type,
        percent_bps: t.percent_bps,
        valid_days: t.valid_days,
        channel: t.channel,
        contact_cost_minor: inBase(t.variable_cost_minor, factor).orElse(0),
      })
      .orderBy(t.treatment_id),
  );
}

async function writeAssignments(bench: Bench, output: Draft): Promise<void> {
  const assignments = bench.kept("assignments", "a");
  const a = assignments.columns;
  await output.write(
    "assignments",
    from(assignments)
      .select({
        assignment_id: a.assignment_id,
        customer_id: a.customer_id,
        treatment_id: a.treatment_id,
        eligible_treatment_ids: a.eligible_treatment_ids,
        propensity: a.propensity,
        known_at: a.assigned_at,
      })
      .orderBy(a.assignment_id),
  );
}

async function writeExposures(bench: Bench, caps: Caps, output: Draft): Promise<void> {
  const exposures = exposureOwners(bench);
  const e = exposures.columns;
  await output.write(
    "exposures",
    from(exposures)
      .select({
        exposure_id: e.exposure_id,
        assignment_id: e.assignment_id,
        customer_id: e.customer_id,
        treatment_id: e.treatment_id,
        kind: e.kind,
        known_at: e.exposed_at,
        cost_minor: capped(inBase(e.cost_minor, e.factor), caps["exposures.cost_minor"]).orElse(0),
      })
      .orderBy(e.exposure_id),
  );
}
