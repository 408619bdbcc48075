import { InputError } from "../base/errors.ts";

export type WorldName = "default" | "zero-effects" | "no-conflict" | "no-heterogeneity" | "strong-drift";

export const worldNames: readonly WorldName[] = [
  "default",
  "zero-effects",
  "no-conflict",
  "no-heterogeneity",
  "strong-drift",
];

/** How customers react; the docs give the reason for each size. Lifts are relative to the purchase rate. */
export interface WorldParameters {
  readonly name: WorldName;
  /** While a coupon is valid, at its reference response of 1. */
  readonly smallCouponLift: number;
  readonly deepCouponLift: number;
  readonly freeShippingLift: number;
  readonly recommendationLift: number;
  readonly adLift: number;
  /** Chance that an ad brings a lapsed customer back, at an ad responsiveness of 1. */
  readonly adReactivation: number;
  /** Categories gained from recommendations, at a responsiveness of 1 and none known. */
  readonly breadthGain: number;
  /** Lower log churn hazard, and relatively more orders, per category gained. */
  readonly churnPerCategory: number;
  readonly ratePerCategory: number;
  /** Chance that a redeemed coupon adds one more piece to a line, at 25 % off (in proportion for less). */
  readonly couponQuantityLift: number;
  /** Share of the orders that a coupon causes that are missing later. */
  readonly pullForwardShare: number;
  /** Change of the log purchase rate after a deep discount: established customers lose, new ones gain. */
  readonly referencePriceHarm: number;
  readonly newcomerGain: number;
  /** Responses are divided by 1 + this × contacts still remembered. */
  readonly fatigue: number;
  /** False: everyone answers like the average customer. */
  readonly heterogeneous: boolean;
  /** Multipliers at the first and last day, linear between and on into the future. */
  readonly drift: Readonly<Record<DriftingQuantity, readonly [first: number, last: number]>>;
}

export type DriftingQuantity = "rate" | "coupon" | "recommendation" | "ad" | "referencePrice";

const noDrift = { rate: [1, 1], coupon: [1, 1], recommendation: [1, 1], ad: [1, 1], referencePrice: [1, 1] } as const;

const defaultWorld: WorldParameters = {
  name: "default",
  smallCouponLift: 0.185,
  deepCouponLift: 1.02,
  freeShippingLift: 0.2,
  recommendationLift: 0.025,
  adLift: 0.03,
  adReactivation: 0.09,
  breadthGain: 2,
  churnPerCategory: 0.95,
  ratePerCategory: 0.015,
  couponQuantityLift: 0.4,
  pullForwardShare: 0.6,
  referencePriceHarm: 0.15,
  newcomerGain: 0.18,
  fatigue: 0.25,
  heterogeneous: true,
  drift: noDrift,
};

const worlds: Readonly<Record<WorldName, WorldParameters>> = {
  default: defaultWorld,
  "zero-effects": {
    ...defaultWorld,
    name: "zero-effects",
    smallCouponLift: 0,
    deepCouponLift: 0,
    freeShippingLift: 0,
    recommendationLift: 0,
    adLift: 0,
    adReactivation: 0,
    breadthGain: 0,
    couponQuantityLift: 0,
    pullForwardShare: 0,
    referencePriceHarm: 0,
    newcomerGain: 0,
  },
  // Nothing comes back from the coupon's extra orders, so fewer of them make the same 90-day lift.
  "no-conflict": {
    ...defaultWorld,
    name: "no-conflict",
    deepCouponLift: 0.72,
    pullForwardShare: 0,
    referencePriceHarm: 0,
  },
  "no-heterogeneity": { ...defaultWorld, name: "no-heterogeneity", heterogeneous: false },
  "strong-drift": {
    ...defaultWorld,
    name: "strong-drift",
    drift: {
      rate: [1.25, 0.75],
      coupon: [1.7, 0.3],
      recommendation: [0.2, 1.6],
      ad: [1.6, 0.4],
      referencePrice: [0.2, 1.8],
    },
  },
};

/** Throws InputError "unknown_world". */
export function worldParameters(name: string): WorldParameters {
  const world = Object.hasOwn(worlds, name) ? worlds[name as WorldName] : undefined;
  if (world === undefined) throw new InputError("unknown_world", { world: name, known: [...worldNames] });
  return world;
}

/** The multiplier of a drifting quantity; `progress` is 0 on the first day and 1 after the last. */
export function driftAt(world: WorldParameters, quantity: DriftingQuantity, progress: number): number {
  const [first, last] = world.drift[quantity];
  return Math.max(0, first + (last - first) * progress);
}
