import type { RuleName } from "./rules.ts";

export type ValueBasis = "margin" | "net" | "revenue";

export interface CleanOptions {
  /** Workspace currency: every amount that leaves this stage is in its minor units. */
  currency: string;
  valueBasis: ValueBasis;
  /** Margin ÷ net sales as the user states it, for shops whose unit costs are unknown; marks the values as assumed. */
  marginShare?: number;
  /** Rules to switch off (false); all are on by default. */
  rules?: Partial<Record<RuleName, boolean>>;
  /** A giant order counts as reversed if it is refunded within so many minutes; default 60. */
  reversedWithinMinutes?: number;
  /** An order is a giant if it is at least so many times the median order; default 20. */
  giantOrderMultiple?: number;
}

/** What a rule touched in one table. Money in minor units of the workspace currency; 0 for tables without amounts. */
export interface Touched {
  table: string;
  rowsBefore: number;
  rowsTouched: number;
  moneyTouchedMinor: number;
}

export interface RuleReport extends Touched {
  rule: string;
  effect: string;
}

export interface MoneySetAside {
  reason: string;
  rows: number;
  minor: number;
}

/**
 * Where the money of one source currency went, in its own minor units, to the cent:
 * ordersMinor = keptMinor + notGoodsMinor + cancelledMinor + Σ setAside, refundsMinor = refundsKeptMinor + Σ refundsSetAside.
 */
export interface Reconciliation {
  currency: string;
  /** Σ items_gross of every order row that ingest handed in. */
  ordersMinor: number;
  keptMinor: number;
  /** Postage, fees and reversed lines taken out of orders that were kept. */
  notGoodsMinor: number;
  cancelledMinor: number;
  setAside: MoneySetAside[];
  refundsMinor: number;
  refundsKeptMinor: number;
  refundsSetAside: MoneySetAside[];
}

export type BasisReason = "unit_costs" | "stated_margin_share" | "no_costs" | "as_requested";

export interface CleanValues {
  /** What `value_minor` is: the basis asked for, or `net` where margin cannot be known. */
  valueBasis: ValueBasis;
  basisReason: BasisReason;
  /** True where the margin rests on a share that the user stated. */
  assumed: boolean;
  currency: string;
  /** Milliseconds since 1970 UTC, over the orders kept. */
  firstOrderAt: number;
  lastOrderAt: number;
  customers: number;
  orders: number;
  reconciliation: Reconciliation[];
  rules: RuleReport[];
}
