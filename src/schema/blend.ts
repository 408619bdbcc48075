import type { Interval } from "./summary.ts";

/** The forecasters that are blended, in the order in which they are listed. */
export const memberNames = ["network", "sequence", "lifetimeModel", "pastSpend", "ownRate"] as const;
export type MemberName = (typeof memberNames)[number];

/** Those that are trained: each has to beat past spend to get a weight. */
export const networkNames = ["network", "sequence"] as const satisfies readonly MemberName[];
export type NetworkName = (typeof networkNames)[number];

const columnStems: Readonly<Record<MemberName, string>> = {
  network: "network",
  sequence: "sequence",
  lifetimeModel: "lifetime",
  pastSpend: "past_spend",
  ownRate: "own_rate",
};

/** The column of the predictions with a member's means. */
export const memberColumn = (name: MemberName, horizonDays: number): string =>
  `${columnStems[name]}_mean_${horizonDays}d`;

/** Why a horizon has the weights it has. */
export const stackingWays = ["earlier_origin", "shorter_horizon", "no_earlier_origin"] as const;

/** How one horizon is blended at a cut-off; `blend/` makes and reads it. */
export interface BlendHorizon {
  readonly horizonDays: number;
  readonly way: (typeof stackingWays)[number];
  /** What the weights rest on: members fitted at `origin` (ISO date), judged by what `customers` brought within `horizonDays`. */
  readonly evidence?: { readonly origin: string; readonly horizonDays: number; readonly customers: number };
  /** Not negative, sum 1. */
  readonly weights: Readonly<Record<MemberName, number>>;
  /** The member whose order was best there: what a blend must not be worse than. */
  readonly chosen: MemberName;
  /** Network − past spend in Spearman's rank correlation there; where it is not better, its weight is 0. Absent where either orders nobody. */
  readonly againstPastSpend: Readonly<
    Partial<Record<NetworkName, { readonly difference: Interval; readonly verdict: "better" | "equal" | "worse" }>>
  >;
  /** Conformal, or the network's own spread around the blend's mean where no earlier outcome can calibrate it. */
  readonly quantiles: "conformal" | "network";
}
