import type { OriginOptions } from "../panel/origins.ts";
import type { CleanConfig } from "../runs/clean-config.ts";

export type ValueBasis = "margin" | "net" | "revenue";

export interface CleanOptions extends CleanConfig {
  /** Workspace currency: every amount that leaves this stage is in its minor units. */
  currency: string;
  /** IANA name of the zone in which the shop's days begin. */
  timezone: string;
  valueBasis: ValueBasis;
  /** Margin ÷ net sales as the user states it, for shops whose unit costs are unknown; marks the values as assumed. */
  marginShare?: number;
  /** From which the instant follows before which a fact must be known to be fitted on, and what CLV effects are over. */
  horizons: OriginOptions & { annualDiscountRate: number };
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

/**
 * What one rule did over all tables, money in major units of the workspace currency. `money` is the gross of the orders
 * it touched; of a rule that touches no orders, that of the lines, else of the refunds.
 */
export interface RuleEffect {
  rule: string;
  effect: string;
  rows: number;
  money: number;
  /**
   * Change of the customers' total own-rate CLV when this rule is applied after those above it (`clv-effect.ts`): of net
   * sales, and for what was imputed or capped, which changes no sale, of the value basis.
   */
  clvEffect: number;
}

/** Something that cleaning learned from the rows known before `knownBefore`, as `cleaning_fits` stores it. */
export interface Fit {
  subject: string;
  method: string;
  /** The group it holds for; empty for all. */
  group: string;
  statistic: string;
  value: number;
  referenceRows: number;
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
  /** Milliseconds since 1970 UTC, over the orders that were sales: those the fitted rules look at. */
  firstOrderAt: number;
  lastOrderAt: number;
  /** Whatever cleaning fitted rests on facts known before this instant, the first test origin. */
  fitBefore: number;
  customers: number;
  orders: number;
  reconciliation: Reconciliation[];
  rules: RuleReport[];
  /** The same by rule, with its effect on CLV; over what was not imputed or capped it sums to `clv.cleaned` − `clv.asItCame`. */
  ruleEffects: RuleEffect[];
  clv: ClvTotals;
}

/** Total own-rate CLV of all customers, major units of the workspace currency, before and after all rules. */
export interface ClvTotals {
  horizonDays: number;
  asItCame: number;
  cleaned: number;
}
