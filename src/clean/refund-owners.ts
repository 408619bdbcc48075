import { from } from "../engine/sql/query.ts";
import { type Bench, refundLinks } from "./bench.ts";

/** Every kept refund with its order (stated or found, NULL if neither is kept) and the customer it belongs to. */
export function refundOwners(bench: Bench) {
  const r = bench.kept("refunds", "r");
  const o = bench.kept("orders", "o");
  const link = refundLinks("link");
  const orderId = link.columns.order_id.orElse(r.columns.order_id);
  return from(r)
    .leftJoin(link, link.columns.row_id.equals(r.columns.row_id))
    .leftJoin(o, o.columns.order_id.equals(orderId))
    .select({
      ...r.columns,
      order_id: o.columns.order_id,
      customer_id: o.columns.customer_id.orElse(r.columns.customer_id),
    })
    .as("owned");
}

/** The same for exposures, which may name only the assignment they carry out. */
export function exposureOwners(bench: Bench) {
  const e = bench.kept("exposures", "e");
  const a = bench.kept("assignments", "a");
  return from(e)
    .leftJoin(a, a.columns.assignment_id.equals(e.columns.assignment_id))
    .select({ ...e.columns, customer_id: e.columns.customer_id.orElse(a.columns.customer_id) })
    .as("owned");
}
