import { type Expression, literal } from "../../engine/sql/expression.ts";
import { choose, minimum, not } from "../../engine/sql/functions.ts";
import { from, namedTable } from "../../engine/sql/query.ts";
import { type Bench, marks } from "../bench.ts";
import { knownCustomers, prepareKnownCustomers } from "../known-customers.ts";
import { exposureOwners, refundOwners } from "../refund-owners.ts";
import type { Rule } from "../rule.ts";
import { allRows } from "../work-tables.ts";

const fates = namedTable("cleaning_order_fates", { order_id: "text", reason: "text" } as const, "fate");

/** Lines and refunds go with their order, for its reason; refunds, events and decisions of nobody are set aside. */
export const rowsWithoutAnOwner = {
  name: "rows_without_an_owner",
  effect: "set_aside",
  always: true,
  async run(bench) {
    await prepareFates(bench);
    const lines = await linesFollow(bench);
    const refunds = await refundsFollow(bench);
    const orphans = await refundsOfNobody(bench);
    refunds.rowsTouched += orphans.rowsTouched;
    refunds.moneyTouchedMinor += orphans.moneyTouchedMinor;
    await prepareKnownCustomers(bench);
    const events = await rowsOfNobody(bench, "events");
    const assignments = await rowsOfNobody(bench, "assignments");
    const exposures = await rowsOfNobody(bench, "exposures");
    return [lines, refunds, events, assignments, exposures];
  },
} as const satisfies Rule;

/** Why an order is gone. Its repeats do not count: they say nothing about the order itself. */
async function prepareFates(bench: Bench): Promise<void> {
  const o = allRows("orders", "o");
  const m = marks("orders", "m");
  const kept = bench.kept("orders", "kept");
  const repeat = m.columns.reason.isAmong(["exact_repeat", "repeated_id"]);
  const query = from(o)
    .join(m, m.columns.row_id.equals(o.columns.row_id).and(not(repeat)))
    .without(kept, kept.columns.order_id.equals(o.columns.order_id))
    .groupBy(o.columns.order_id)
    .select({ order_id: o.columns.order_id, reason: minimum(m.columns.reason) });
  await bench.materialise("cleaning_order_fates", query);
}

function linesFollow(bench: Bench) {
  return bench.setAside("order_lines", () => {
    const l = bench.kept("order_lines", "l");
    const kept = bench.kept("orders", "kept");
    return from(l)
      .leftJoin(fates, fates.columns.order_id.equals(l.columns.order_id))
      .without(kept, kept.columns.order_id.equals(l.columns.order_id))
      .select({ row_id: l.columns.row_id, reason: fates.columns.reason.orElse("unknown_order") });
  });
}

function refundsFollow(bench: Bench) {
  return bench.setAside("refunds", () => {
    const r = bench.kept("refunds", "r");
    return from(r)
      .join(fates, fates.columns.order_id.equals(r.columns.order_id))
      .select({ row_id: r.columns.row_id, reason: fates.columns.reason });
  });
}

/** Refunds of guests, and of customers none of whose orders we have: there is nothing they could reduce. */
function refundsOfNobody(bench: Bench) {
  return bench.setAside("refunds", () => {
    const owned = refundOwners(bench);
    const buyers = bench.kept("orders", "buyers");
    const { row_id, customer_id } = owned.columns;
    return from(owned)
      .without(buyers, buyers.columns.customer_id.equals(customer_id))
      .select({ row_id, reason: choose([[customer_id.isNull(), literal("guest")]], literal("no_order")) });
  });
}

function rowsOfNobody(bench: Bench, name: "events" | "assignments" | "exposures") {
  return bench.setAside(name, () => {
    const rows = name === "exposures" ? exposureOwners(bench) : bench.kept(name, "r");
    const known = knownCustomers("known");
    const { row_id, customer_id } = rows.columns as { row_id: Expression<"integer">; customer_id: Expression<"text"> };
    return from(rows)
      .without(known, known.columns.customer_id.equals(customer_id))
      .select({ row_id, reason: literal("unknown_customer") });
  });
}
