import { absolute, count, not } from "../engine/sql/functions.ts";
import { from, type Query } from "../engine/sql/query.ts";
import type { CappableColumn } from "../runs/clean-config.ts";
import { inBase, total } from "./amounts.ts";
import type { Bench } from "./bench.ts";
import type { RuleReport } from "./options.ts";
import { capped, type Fences, fitFences } from "./outliers.ts";
import { exposureOwners } from "./refund-owners.ts";
import { orderAmounts, type Valuation } from "./value.ts";

/** The fences of the columns that are capped. */
export type Caps = Readonly<Partial<Record<CappableColumn, Fences>>>;

type Values = Query<{ value: "integer"; known_at: "timestamp" }>;

/** Each column that can be capped: the name under which it is reported, whether it is money, and its values. */
const columns: Readonly<
  Record<CappableColumn, { rule: string; isMoney: boolean; values(bench: Bench, valuation: Valuation): Values }>
> = {
  "orders.value_minor": {
    rule: "capped_order_values",
    isMoney: true,
    values(bench, valuation) {
      const { query, columns: o, value } = orderAmounts(bench, valuation);
      return query.select({ value, known_at: o.ordered_at });
    },
  },
  "orders.units": {
    rule: "capped_order_units",
    isMoney: false,
    values(bench, valuation) {
      const { query, columns: o, units } = orderAmounts(bench, valuation);
      return query.select({ value: units, known_at: o.ordered_at });
    },
  },
  "order_lines.units": {
    rule: "capped_line_units",
    isMoney: false,
    values(bench) {
      const l = bench.kept("order_lines", "l");
      const o = bench.kept("orders", "o");
      return from(l)
        .join(o, o.columns.order_id.equals(l.columns.order_id))
        .select({ value: l.columns.quantity, known_at: o.columns.ordered_at });
    },
  },
  "exposures.cost_minor": {
    rule: "capped_exposure_costs",
    isMoney: true,
    values(bench) {
      const exposures = exposureOwners(bench);
      const e = exposures.columns;
      return from(exposures).select({ value: inBase(e.cost_minor, e.factor), known_at: e.exposed_at });
    },
  },
};

/** Fits the caps that the project asks for, and says how many rows they touch and how much money they cut off. */
export async function prepareCaps(bench: Bench, valuation: Valuation): Promise<{ caps: Caps; reports: RuleReport[] }> {
  const caps: Partial<Record<CappableColumn, Fences>> = {};
  const reports: RuleReport[] = [];
  for (const [name, { rule, isMoney, values }] of Object.entries(columns) as [
    CappableColumn,
    (typeof columns)[CappableColumn],
  ][]) {
    const rows = values(bench, valuation);
    const fences = await fitFences(bench, name, rows);
    if (!fences) continue;
    caps[name] = fences;
    const v = rows.as("v");
    const { value } = v.columns;
    const kept = capped(value, fences);
    const { numbers } = await bench.engine.collect(
      from(v)
        .where(not(kept.equals(value)))
        .select({ rows: count(), money: total(absolute(value.minus(kept))) }),
    );
    const table = name.split(".")[0] as "orders" | "order_lines" | "exposures";
    reports.push({
      rule,
      effect: "capped",
      table,
      rowsBefore: bench.rowsKept(table),
      rowsTouched: numbers.rows[0],
      moneyTouchedMinor: isMoney ? numbers.money[0] : 0,
    });
  }
  return { caps, reports };
}
