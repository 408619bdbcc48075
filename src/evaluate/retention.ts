import { isoDate, millisecondsPerDay } from "../base/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { from, table } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { cleanOrders } from "../schema/clean-tables.ts";
import type { RunSummary } from "../schema/summary.ts";

const periodDays = 91;
const largestCohorts = 16;

/** Share of the customers who first ordered in each 91-day period that ordered again k periods later; open periods are left out. */
export async function retention(engine: Engine, cleaned: Artifact, asOf: number): Promise<RunSummary["retention"]> {
  await openTable(engine, cleaned, "orders");
  const o = table({ ...cleanOrders, name: "clean_orders" }, "o");
  const { rows, texts, numbers } = await engine.collect(
    from(o)
      .select({ customer_id: o.columns.customer_id, known_at: o.columns.known_at, order_id: o.columns.order_id })
      .orderBy(o.columns.known_at, o.columns.order_id),
  );
  const first = new Map<string, number>();
  const active = new Map<string, Set<string>>();
  const start = numbers.known_at[0];
  const periodOf = (at: number) => Math.floor((at - start) / (periodDays * millisecondsPerDay));
  const closedPeriods = periodOf(asOf);
  const members = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const customer = texts.customer_id[row] as string;
    const period = periodOf(numbers.known_at[row]);
    const cohort = first.get(customer) ?? period;
    if (!first.has(customer)) {
      first.set(customer, period);
      members.set(period, (members.get(period) ?? 0) + 1);
    }
    const key = `${cohort}/${period - cohort}`;
    if (!active.has(key)) active.set(key, new Set());
    active.get(key)?.add(customer);
  }
  return [...members]
    .filter(([cohort]) => cohort < closedPeriods)
    .slice(-largestCohorts)
    .map(([cohort, customers]) => ({
      cohort: isoDate(start + cohort * periodDays * millisecondsPerDay),
      customers,
      shares: Array.from(
        { length: closedPeriods - cohort },
        (_, age) => (active.get(`${cohort}/${age}`)?.size ?? 0) / customers,
      ),
    }));
}
