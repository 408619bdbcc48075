/** Diagnostics that set a model aside, plainest first; the others are doubts, kept with it. */
export const disqualifying = [
  "nobody_leaves",
  "not_converged",
  "no_population_mean",
  "parameter_at_boundary",
  "heterogeneity_unidentified",
  "standard_errors_unavailable",
] as const;

/** What sets a model aside; every language has a sentence for each. */
export const settingAside = [
  "no_repeat_purchases",
  "too_few_customers",
  "no_observation_time",
  "few_repeat_buyers",
  "leaving_not_seen",
  ...disqualifying,
] as const;

export interface Finding<Code extends string = string> {
  readonly code: Code;
  readonly details: Readonly<Record<string, string | number>>;
}

export type Reason = Finding<(typeof settingAside)[number]>;

export interface FittedPart {
  readonly model: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Absent where nothing was maximised. */
  readonly logLikelihood?: number;
  /** Doubts that did not set it aside. */
  readonly diagnostics: readonly Finding[];
}

/** A lifetime model as it was fitted at one cut-off; times in days, money in major units. `lifetime/` makes and reads it. */
export interface LifetimeModel {
  readonly customers: number;
  /** When customers buy; absent where no model could be fitted. */
  readonly purchases?: FittedPart;
  /** What a purchase is worth. */
  readonly value: FittedPart;
  /** Models that came before those in the order of trial, with what set them aside, plainest first. */
  readonly setAside: readonly { readonly model: string; readonly reasons: readonly Reason[] }[];
  /** Customers whose purchases and refunds net to zero or less, and what they come to. */
  readonly nettedAway: { readonly customers: number; readonly value: number };
}
