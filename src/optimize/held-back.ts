import type { RuleText } from "../allocation/limit-text.ts";
import { InputError } from "../base/errors.ts";
import type { HeldBack } from "../schema/limit.ts";
import type { PlanLimits } from "./stated-limits.ts";

/** Held back by the configuration alone, whatever was used before. */
export interface HeldBackByDay extends HeldBack {
  readonly reason: Exclude<HeldBack["reason"], "used_up">;
}

/**
 * What is not sent on a day (ISO date): offers outside their dates or out of stock, or everything. Throws InputError
 * unknown_action for dates or stock of an offer that is not among `offers`.
 */
export function heldBackOn(
  day: string,
  { sendDates, quietDates, stock }: Pick<PlanLimits, "sendDates" | "quietDates" | "stock">,
  offers: readonly string[],
): HeldBackByDay[] {
  for (const action of [...Object.keys(sendDates), ...Object.keys(stock)])
    if (!offers.includes(action)) throw new InputError("unknown_action", { action, actions: offers });
  const outsideDates = Object.entries(sendDates).flatMap(([action, { from, until }]): HeldBackByDay[] => {
    if (from !== undefined && day < from) return [{ action, reason: "not_yet", date: from }];
    return until !== undefined && day > until ? [{ action, reason: "no_longer", date: until }] : [];
  });
  const outOfStock = Object.keys(stock).filter((action) => stock[action] === 0);
  return [
    ...(quietDates.includes(day) ? [{ reason: "quiet_day", date: day } as const] : []),
    ...outsideDates,
    ...outOfStock.map((action) => ({ action, reason: "out_of_stock" }) as const),
  ];
}

/** The same as a rule that takes the offer away from everybody, in the configuration's words. */
export function asRule({ action, reason, date }: HeldBackByDay): RuleText {
  const where = {
    not_yet: `from=${date}`,
    no_longer: `until=${date}`,
    quiet_day: `quietDate=${date}`,
    out_of_stock: "stock=0",
  };
  return { text: `${action ?? "*"}[${where[reason]}]`, where: [], ...(action !== undefined && { action }) };
}
