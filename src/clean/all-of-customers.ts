import { literal } from "../engine/sql/expression.ts";
import type { Relation } from "../engine/sql/query.ts";
import { from } from "../engine/sql/query.ts";
import type { Bench } from "./bench.ts";
import type { Touched } from "./options.ts";

/** Sets aside some customers (by the id their ids were merged into) and whatever else belongs to them. */
export async function setAsideAllOf(
  bench: Bench,
  customers: Relation<{ customer_id: "text" }>,
  why: string,
): Promise<Touched[]> {
  const touched = [];
  for (const name of ["customers", "orders", "refunds", "events", "assignments", "exposures"] as const) {
    const report = await bench.setAside(name, () => {
      const rows = bench.kept(name, "r");
      const theirs = customers.columns.customer_id.equals(rows.columns.customer_id);
      return from(rows)
        .having(customers, theirs)
        .select({ row_id: rows.columns.row_id, reason: literal(why) });
    });
    touched.push(report);
  }
  return touched;
}

/** The reports of two passes of one rule over the same tables as one. */
export function together(first: readonly Touched[], second: readonly Touched[]): Touched[] {
  return first.map((report) => {
    const other = second.find(({ table }) => table === report.table);
    if (!other) return report;
    const { rowsTouched, moneyTouchedMinor } = other;
    return {
      ...report,
      rowsTouched: report.rowsTouched + rowsTouched,
      moneyTouchedMinor: report.moneyTouchedMinor + moneyTouchedMinor,
    };
  });
}
