import { mergeIdentities } from "../identity.ts";
import type { Rule } from "../rule.ts";

/**
 * One e-mail address, several customer ids: a guest checkout, an account opened twice. They become the id that was
 * created first, and all that belongs to the others is theirs.
 */
export const sameEmailSameCustomer = {
  name: "same_email_same_customer",
  effect: "merged",
  run: (bench) => mergeIdentities(bench, "same_email_same_customer", "email_hmac"),
} as const satisfies Rule;
