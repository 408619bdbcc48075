/** What a limit can sum over the plan: columns of its rows, and 1 for everybody who gets anything. */
export const summedColumns = ["cost", "short", "long", "total", "contacts"] as const;
export type SummedColumn = (typeof summedColumns)[number];

/** A column summed over those who get certain actions. */
export interface ActionTerm {
  readonly factor: number;
  readonly column: SummedColumn;
  /** Whether the term counts the action. */
  readonly actions: readonly boolean[]; // (actions)
}

/** What a plan's limits and rules mean for customers who are not in it. */
export interface PlanRules {
  readonly limits: readonly {
    readonly name: string;
    readonly terms: readonly ActionTerm[];
    /** Whether it counts some customers only. */
    readonly ofSegments: boolean;
  }[];
  /** Actions that no customer may get. */
  readonly forbidden: readonly boolean[]; // (actions)
  /** Whether a rule holds for some customers only. */
  readonly forSegments: boolean;
}

/** Why an offer is not made on the day of a plan, whoever the customer is. */
export interface HeldBack {
  /** Absent: every offer, or every one that would use the limit. */
  readonly action?: string;
  readonly reason: "not_yet" | "no_longer" | "quiet_day" | "out_of_stock" | "used_up";
  /** The limit per period that is used up; absent for other reasons. */
  readonly limit?: string;
  /** The first or last day on which it is made, or the day on which nothing is; ISO date. */
  readonly date?: string;
}
