import { type Expression, literal } from "../engine/sql/expression.ts";
import { choose, maximum, minimum, rowNumber } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import type { Draft } from "../runs/artifact.ts";
import { valueAtMinimum } from "./amounts.ts";
import { type Bench, marks, owners } from "./bench.ts";
import { knownCustomers } from "./known-customers.ts";
import { allRows } from "./work-tables.ts";

/**
 * One row per customer: those of the customer file, several records of one person taken together, and those only known
 * from their orders (whose country is that of their first order, as it is wherever the file leaves it out).
 */
export async function writeCustomers(bench: Bench, output: Draft): Promise<void> {
  const known = knownCustomers("known");
  const people = together();
  const first = firstCountries(bench);
  const { customer_id } = known.columns;
  const p = people.columns;
  await output.write(
    "customers",
    from(known)
      .leftJoin(people, p.owner_id.equals(customer_id))
      .leftJoin(first, first.columns.customer_id.equals(customer_id))
      .select({
        customer_id,
        created_at: p.created_at,
        country: p.country.orElse(first.columns.country),
        language: p.language,
        acquisition_channel: p.acquisition_channel,
        consent_email: p.consent_email,
        consent_ads: p.consent_ads,
      })
      .orderBy(customer_id),
  );
}

/** The records of each person: the oldest record's word counts, a later one's where that is silent. */
function together() {
  const c = allRows("customers", "c");
  const m = marks("customers", "m");
  const o = owners("o");
  const ownerId = o.columns.owner_id.orElse(c.columns.customer_id);
  const counts = m.columns.row_id.isNull().or(m.columns.reason.equals("merged_into_same_customer"));
  const isOther = choose([[o.columns.owner_id.isNotNull(), literal(1)]], literal(0));
  const order = [isOther, c.columns.created_at, c.columns.customer_id].map((by: Expression) => by.ascending());
  const records = from(c)
    .leftJoin(m, m.columns.row_id.equals(c.columns.row_id))
    .leftJoin(o, o.columns.customer_id.equals(c.columns.customer_id))
    .where(counts)
    .select({ ...c.columns, owner_id: ownerId, place: rowNumber([ownerId], order) })
    .as("records");
  const r = records.columns;
  return from(records)
    .groupBy(r.owner_id)
    .select({
      owner_id: r.owner_id,
      created_at: minimum(r.created_at),
      country: valueAtMinimum(r.country, r.place),
      language: valueAtMinimum(r.language, r.place),
      acquisition_channel: valueAtMinimum(r.acquisition_channel, r.place),
      consent_email: consentOf(r.consent_email, r.place),
      consent_ads: consentOf(r.consent_ads, r.place),
    })
    .as("people");
}

/** Whoever said no under any of their ids has said no. */
function consentOf(consent: Expression<"text">, place: Expression<"integer">): Expression<"text"> {
  const anyDenied = maximum(choose([[consent.equals("denied"), literal(1)]], literal(0))).equals(1);
  return choose([[anyDenied, literal("denied")]], valueAtMinimum(consent, place));
}

function firstCountries(bench: Bench) {
  const orders = bench.kept("orders", "o");
  const { customer_id, ordered_at, order_id, ship_country } = orders.columns;
  const numbered = from(orders)
    .where(ship_country.isNotNull())
    .select({
      customer_id,
      country: ship_country,
      place: rowNumber([customer_id], [ordered_at.ascending(), order_id.ascending()]),
    })
    .as("numbered");
  const { place, ...columns } = numbered.columns;
  return from(numbered).where(place.equals(1)).select(columns).as("first");
}
