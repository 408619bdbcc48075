import type { Allocation } from "../allocation/allocation.ts";
import type { Reasons } from "../allocation/reasons.ts";
import { spreadsheetSafe } from "../base/spreadsheet.ts";
import type { Draft } from "../runs/artifact.ts";
import type { Problem } from "./problem.ts";

export interface Written {
  allocation: Allocation;
  greedy: Allocation;
  farSighted: Allocation;
  /** The action each customer gets. */
  drawn: Int32Array; // (customers)
  reasons: Reasons;
  heldOut: readonly string[];
}

/** The header of plan.csv. */
export const planHeader =
  "customer_id,action,propensity,expected_short,expected_long,expected_cost,reason,binding_limits";

/**
 * Writes plan.csv, a row per customer with what was drawn and why, and the table plan_actions, a row per customer and action
 * with the propensities of this plan and of those of balance 0 and 1.
 */
export async function writePlan(
  output: Draft,
  problem: Problem,
  { allocation, greedy, farSighted, drawn, reasons, heldOut }: Written,
): Promise<void> {
  const width = problem.actions.length;
  const places = Array.from({ length: problem.customerIds.length * width }, (_, at) => at);
  const double = (name: string, values: ArrayLike<number>) => ({ name, type: "double" as const, values });
  await output.writeColumns("plan_actions", [
    { name: "customer_id", type: "text", values: places.map((at) => problem.customerIds[Math.floor(at / width)]) },
    { name: "action", type: "text", values: places.map((at) => problem.actions[at % width]) },
    { name: "eligible", type: "boolean", values: problem.eligible },
    double("short", problem.short),
    double("long", problem.long),
    double("cost", problem.cost),
    double("propensity", allocation.propensities),
    double("propensity_greedy", greedy.propensities),
    double("propensity_far_sighted", farSighted.propensities),
  ]);
  const at = (customer: number) => customer * width + drawn[customer];
  const lines = problem.customerIds.map((id, customer) => {
    const why = [reasons.reasons[customer], safe(reasons.bindingLimits[customer])];
    const numbers = [allocation.propensities, problem.short, problem.long, problem.cost].map((column) =>
      column[at(customer)].toFixed(4),
    );
    return [safe(id), safe(problem.actions[drawn[customer]]), ...numbers, ...why].join(",");
  });
  const held = heldOut.map((id) =>
    [safe(id), safe(problem.actions[0]), "1.0000", "0.0000", "0.0000", "0.0000", "holdout", ""].join(","),
  );
  await output.writeFile("plan.csv", `${[planHeader, ...lines, ...held].join("\n")}\n`);
}

/** Quoted where CSV needs it, and never read as a formula by a spreadsheet. */
function safe(text: string): string {
  const harmless = spreadsheetSafe(text);
  return /[",\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
