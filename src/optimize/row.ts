import type { Limit } from "../allocation/problem.ts";
import type { PlanRules } from "../schema/limit.ts";
import type { RowMeaning } from "../schema/summary.ts";

/** A limit of a project's plan. */
export interface Row {
  /** For the customers of the plan. */
  readonly limit: Limit;
  readonly meaning: RowMeaning;
  /** For customers who are not in it. */
  readonly rule: Omit<PlanRules["limits"][number], "name">;
}
