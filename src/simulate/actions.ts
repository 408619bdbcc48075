/** The offers of the simulated shop, in the order every (customers, actions) array uses; "nothing" is first. */
export interface Action {
  readonly id: string;
  readonly type: "none" | "percent_off" | "free_shipping" | "recs_strategy" | "ad_audience";
  readonly percentBps: number;
  readonly validDays: number;
  readonly channel: "none" | "email" | "ads";
  /** Paid by the shop for each customer contacted, US cents. */
  readonly contactCostMinor: number;
  readonly code: string;
}

export const actions: readonly Action[] = [
  { id: "nothing", type: "none", percentBps: 0, validDays: 0, channel: "none", contactCostMinor: 0, code: "" },
  {
    id: "small_coupon",
    type: "percent_off",
    percentBps: 1000,
    validDays: 30,
    channel: "email",
    contactCostMinor: 3,
    code: "SAVE10",
  },
  {
    id: "deep_coupon",
    type: "percent_off",
    percentBps: 2500,
    validDays: 30,
    channel: "email",
    contactCostMinor: 3,
    code: "SAVE25",
  },
  {
    id: "free_shipping",
    type: "free_shipping",
    percentBps: 0,
    validDays: 30,
    channel: "email",
    contactCostMinor: 3,
    code: "FREESHIP",
  },
  {
    id: "recommendations",
    type: "recs_strategy",
    percentBps: 0,
    validDays: 30,
    channel: "email",
    contactCostMinor: 30,
    code: "",
  },
  {
    id: "retargeting_ad",
    type: "ad_audience",
    percentBps: 0,
    validDays: 30,
    channel: "ads",
    contactCostMinor: 60,
    code: "",
  },
];

export const actionIndex = {
  nothing: 0,
  smallCoupon: 1,
  deepCoupon: 2,
  freeShipping: 3,
  recommendations: 4,
  retargetingAd: 5,
} as const;

/** Everybody may use the public sale; it is not an action and needs no code. */
export const salePercentBps = 1500;

/** A customer can be decided about while its last order is at most this old. */
export const eligibilityDays = 365;

/** Bit k set = action k may be chosen. "nothing" always may; mails and ads need their own consent. */
export function eligibleMask(consentEmail: string, consentAds: string): number {
  let mask = 0;
  for (const [index, action] of actions.entries()) {
    const allowed =
      action.channel === "none" || (action.channel === "email" ? consentEmail === "granted" : consentAds === "granted");
    if (allowed) mask |= 1 << index;
  }
  return mask;
}

/** Indices of the set bits, ascending. */
export function actionsInMask(mask: number): number[] {
  return actions.map((_, index) => index).filter((index) => mask & (1 << index));
}
