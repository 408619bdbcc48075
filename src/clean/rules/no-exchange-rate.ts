import { type Expression, literal } from "../../engine/sql/expression.ts";
import { from, type Relation } from "../../engine/sql/query.ts";
import type { Rule } from "../rule.ts";

/** Amounts in a currency for which no rate of that date or an earlier one is known: they cannot be added to others. */
export const noExchangeRate = {
  name: "no_exchange_rate",
  effect: "set_aside",
  always: true,
  async run(bench) {
    const touched = [];
    for (const name of ["orders", "refunds", "exposures"] as const) {
      const report = await bench.setAside(name, () => {
        const rows = bench.kept(name, "r");
        return from(rows)
          .where(rows.columns.factor.isNull(), ...(name === "exposures" ? [costs(rows as Relation)] : []))
          .select({ row_id: rows.columns.row_id, reason: literal("no_fx_rate") });
      });
      touched.push(report);
    }
    return touched;
  },
} as const satisfies Rule;

/** An exposure that cost nothing needs no rate. */
function costs(exposures: Relation): Expression<"boolean"> {
  return (exposures.columns["cost_minor"] as Expression<"integer">).above(0);
}
