import type { Progress } from "../base/progress.ts";
import type { AllocationRow } from "./allocation.ts";
import type { FrontierPoint } from "./frontier.ts";
import type { Totals } from "./problem.ts";
import type { RulePrice } from "./rules.ts";
import type { AllocationFileOptions } from "./table.ts";
import type { TailRiskOutcome } from "./tail-risk.ts";

export interface FileAllocationOptions extends AllocationFileOptions {
  readonly balance: number;
  readonly explorationShare: number;
  readonly seed: string;
  /** Points of the balance frontier; none where absent. */
  readonly frontierPoints?: number;
  /** Scenarios of which the worst count more: their file, α and ω. */
  readonly risk?: { readonly scenarios: string; readonly tailShare: number; readonly weight: number };
  /** What the matrices of a table may take in memory; a larger one is read from disk in passes. */
  readonly memoryMb: number;
  /** Hears how far the work is, where it takes long. */
  readonly progress?: Progress;
  /** Where the plan is written (.csv or .parquet); nowhere where absent. */
  readonly out?: string;
}

export interface AllocationReport extends Totals {
  readonly customers: number;
  /** Customers by action. */
  readonly actions: Readonly<Record<string, number>>;
  readonly balance: number;
  /** Of all amounts, where it is known. */
  readonly currency?: string;
  readonly objective: number;
  readonly bound: number;
  readonly gap: number;
  readonly relaxationGap: number;
  readonly prices: Readonly<Record<string, number>>;
  readonly rows: readonly (Omit<AllocationRow, "name"> & { readonly row: string })[];
  readonly explorationShare: number;
  readonly explorationCost: number;
  /** What each rule gives away. */
  readonly rules: readonly RulePrice[];
  /** Expected objective that caution gives away, κ standard deviations being subtracted from every effect. */
  readonly caution?: { readonly deviations: number; readonly price: number };
  /** The plan's value in the scenarios, and what weighing them changes: mean given up, CVaR won. */
  readonly risk?: TailRiskOutcome & { readonly price: number; readonly cvarGained: number };
  readonly frontier?: readonly FrontierPoint[];
  /** Where the table was read in passes: of the customers so many were a sample, and so many could choose otherwise at prices near the plan's. */
  readonly streamed?: { readonly passes: number; readonly sampleCustomers: number; readonly openCustomers: number };
}
