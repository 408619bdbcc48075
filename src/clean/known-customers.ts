import { from, namedTable } from "../engine/sql/query.ts";
import type { Bench } from "./bench.ts";

const knownTable = "cleaning_known_customers";

export const knownCustomers = (alias: string) => namedTable(knownTable, { customer_id: "text" } as const, alias);

/** Everybody who is in the customer file or has an order that was kept. */
export async function prepareKnownCustomers(bench: Bench): Promise<void> {
  const listed = bench.kept("customers", "c").columns;
  const buyers = bench.kept("orders", "o").columns;
  const both = from(bench.kept("customers", "c"))
    .select({ customer_id: listed.customer_id })
    .followedBy(from(bench.kept("orders", "o")).select({ customer_id: buyers.customer_id }))
    .as("both");
  await bench.materialise(knownTable, from(both).select({ customer_id: both.columns.customer_id }).distinct());
}
