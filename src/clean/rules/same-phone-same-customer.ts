import { mergeIdentities } from "../identity.ts";
import type { Rule } from "../rule.ts";

/** The same for one telephone number, unless so many share it that it is nobody's: the shop's own, or 000000. */
export const samePhoneSameCustomer = {
  name: "same_phone_same_customer",
  effect: "merged",
  run: (bench) => mergeIdentities(bench, "same_phone_same_customer", "phone_hmac"),
} as const satisfies Rule;
