import type { Interval } from "./summary.ts";

/**
 * Places on the plane of predicted value now (the short horizon) × predicted CLV: high in both, high now only, high in CLV
 * only, high in neither. Tables hold these words; every language has a name for each.
 */
export const quadrants = ["steady_regulars", "passing_spenders", "late_bloomers", "occasional_buyers"] as const;
export type Quadrant = (typeof quadrants)[number];

/** How the plane was cut on every day; amounts in major units. */
export interface QuadrantCuts {
  shortDays: number;
  clvDays: number;
  /** Share of the customers above the cut of CLV on the day it was fitted. */
  upperShare: number;
  /** Epoch ms. */
  fittedAt: number;
  /** Kept from that day on. */
  clv: number;
  /** Of each instant (epoch ms): what a customer at the cut of CLV brings now if spread over time as the shop's value is. */
  short: readonly { asOf: number; value: number }[];
}

/** A customer whom the two rankings place far apart; rank 1 is the highest. */
export interface ConflictCustomer {
  customerId: string;
  quadrant: Quadrant;
  short: number;
  clv: number;
  shortRank: number;
  clvRank: number;
  /** What the plan that looks only at the short horizon and the one that looks only beyond it choose; absent without a plan. */
  greedy?: string;
  farSighted?: string;
}

export interface QuadrantSummary {
  quadrant: Quadrant;
  customers: number;
  /** Of all predicted short-term value and of all predicted CLV. */
  shortShare: number;
  clvShare: number;
  meanShort: number;
  meanClv: number;
  /** Means at the test origins, forecast and what followed; absent where nobody stood here whose horizon is known. */
  tested?: { customers: number; predictedShort: number; short: Interval; predictedClv: number; clv: Interval };
}

/** Where the customers of one day stand on a later one. */
export interface Migration {
  from: string;
  to: string;
  /** (quadrant before, quadrant after), in the order of `quadrants`. */
  customers: number[][];
  /** First seen between the two days, by quadrant after. */
  joined: number[];
  /** Share of the customers of both days who kept their quadrant. */
  kept: Interval;
  /** The same share if quadrants before and after had nothing to do with each other. */
  keptByChance: number;
  /** Share of them who stand elsewhere on the later day for no other reason than that the models were fitted again. */
  movedByRetraining: number;
}

/** Short-term value and CLV of all customers beside each other. */
export interface RelationSummary {
  shortDays: number;
  clvDays: number;
  customers: number;
  /** Today's; that of CLV split off the upper share of the customers on the day it was fitted, an ISO date. */
  cuts: { short: number; clv: number; upperShare: number; fittedOn: string };
  quadrants: QuadrantSummary[];
  /** Spearman's rank correlation; of what really followed at the test origins, where it is known. */
  correlation: { clv: Interval; long: Interval; actualClv?: Interval; actualLong?: Interval };
  migrations: Migration[];
  conflict: {
    /** Share of the upper share by short-term value who are in that of CLV too. */
    sharedUpper: number;
    /** Ranked far higher by short-term value than by CLV, and far lower; among those whom either ranks in its upper share. */
    overrated: ConflictCustomer[];
    underrated: ConflictCustomer[];
    /** Customers for whom the two plans choose differently, by what they choose. */
    plans?: {
      customers: number;
      differing: number;
      choices: { greedy: string; farSighted: string; customers: number }[];
    };
  };
  /** Customers by bins of both values, evenly spaced in their logarithms; the first and last bins hold what lies beyond. */
  plane: { shortEdges: number[]; clvEdges: number[]; cells: { short: number; clv: number; customers: number }[] };
}
