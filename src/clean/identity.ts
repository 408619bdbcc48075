import { rowNumber } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import type { Bench } from "./bench.ts";

/** Every customer with an e-mail hash and the customer it belongs to: the earliest created with the same hash. */
export function partnersByEmail(bench: Bench) {
  const c = bench.kept("customers", "c");
  const { email_hmac, created_at, customer_id } = c.columns;
  const ranked = from(c)
    .where(email_hmac.isNotNull())
    .select({
      email_hmac,
      customer_id,
      place: rowNumber([email_hmac], [created_at.ascending(), customer_id.ascending()]),
    });
  const every = ranked.as("every");
  const first = ranked.as("first");
  const sameEmail = first.columns.email_hmac.equals(every.columns.email_hmac);
  return from(every)
    .join(first, sameEmail.and(first.columns.place.equals(1)))
    .select({ customer_id: every.columns.customer_id, owner_id: first.columns.customer_id })
    .as("partners");
}
