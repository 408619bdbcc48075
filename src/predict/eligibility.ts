import { millisecondsPerDay } from "../base/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { count, maximum } from "../engine/sql/functions.ts";
import { from, table } from "../engine/sql/query.ts";
import type { Treatment } from "../panel/decisions.ts";
import { offersMade } from "../panel/offers.ts";
import type { Panel, PanelValues } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { cleanCustomers } from "../schema/clean-tables.ts";

/** How often and how soon after each other a customer may get offers. */
export interface Contacts {
  /** Offers reach only customers with an order this recent, as in the decisions the effects were learned from. */
  readonly eligibleWithinDays: number;
  /** At least so many days since the last offer; any where absent. */
  readonly minimumDaysBetweenOffers?: number;
  /** With the next one, at most so many offers in 90 days; any number where absent. */
  readonly maximumOffersPer90Days?: number;
}

interface Offered extends Contacts {
  /** The first is "nothing". */
  readonly treatments: readonly Treatment[];
  readonly actions: readonly string[];
  readonly refused: readonly { readonly action: string }[];
}

interface Input {
  readonly cleaned: Artifact;
  readonly featured: Artifact<PanelValues>;
}

/**
 * 1 where an offer may reach a customer: with the consent its channel needs, a recent order, no offer too many or too soon
 * before, and a measured effect. Nothing may always be done.
 */
export async function eligibility(
  { cleaned, featured }: Input,
  offered: Offered,
  today: Pick<Panel, "rows" | "customerIds" | "features">,
  engine: Engine,
): Promise<Uint8Array> {
  const { featureNames } = featured.values;
  const { actions } = offered;
  const sinceLastOrder = featureNames.indexOf("daysSinceLastOrder");
  const consents = await consentsByCustomer(cleaned, engine);
  const tired = await contactedEnough(cleaned, offered, featured.values.asOf, engine);
  const refused = new Set(offered.refused.map(({ action }) => action));
  const channelOf = new Map(offered.treatments.map(({ treatmentId, channel }) => [treatmentId, channel]));
  const eligible = new Uint8Array(today.rows * actions.length); // (customers, actions)
  for (let row = 0; row < today.rows; row++) {
    const customer = today.customerIds[row];
    const recent = !(today.features[row * featureNames.length + sinceLastOrder] > offered.eligibleWithinDays);
    const reachable = recent && !tired.has(customer);
    const consent = consents.get(customer);
    actions.forEach((action, index) => {
      const channel = channelOf.get(action);
      // An export without any consent column says nothing; where it has one, only "granted" counts.
      const word = channel === "ads" ? consent?.ads : channel === "email" ? consent?.email : null;
      const allowed = word === null || word === undefined || word === "granted";
      eligible[row * actions.length + index] = Number(index === 0 || (reachable && allowed && !refused.has(action)));
    });
  }
  return eligible;
}

async function consentsByCustomer(cleaned: Artifact, engine: Engine) {
  await openTable(engine, cleaned, "customers");
  const c = table({ ...cleanCustomers, name: "clean_customers" }, "c");
  const { rows, texts } = await engine.collect(
    from(c).select({
      customer_id: c.columns.customer_id,
      email: c.columns.consent_email,
      ads: c.columns.consent_ads,
    }),
  );
  return new Map(
    Array.from({ length: rows }, (_, row) => [
      texts.customer_id[row],
      { email: texts.email[row], ads: texts.ads[row] },
    ]),
  );
}

/** Days that a frequency cap counts over. */
const capDays = 90;

/** Customers whose last offer (see `offersMade`) is too fresh, or who had as many as they may have. */
async function contactedEnough(
  cleaned: Artifact,
  { treatments, minimumDaysBetweenOffers = 0, maximumOffersPer90Days = Number.POSITIVE_INFINITY }: Offered,
  asOf: number,
  engine: Engine,
): Promise<Set<string>> {
  if (minimumDaysBetweenOffers === 0 && maximumOffersPer90Days === Number.POSITIVE_INFINITY) return new Set();
  const ever = { since: 0, before: asOf };
  const offers = await offersMade(engine, cleaned, treatments[0].treatmentId, ever);
  const o = offers.columns;
  const recently = o.known_at.atLeast(instant(asOf - capDays * millisecondsPerDay));
  const { rows, texts, numbers } = await engine.collect(
    from(offers)
      .groupBy(o.customer_id)
      .select({ customer_id: o.customer_id, last_at: maximum(o.known_at), recent: count().onlyWhere(recently) }),
  );
  const tired = new Set<string>();
  for (let row = 0; row < rows; row++) {
    const isFresh = asOf - numbers.last_at[row] < minimumDaysBetweenOffers * millisecondsPerDay;
    if (isFresh || numbers.recent[row] >= maximumOffersPer90Days) tired.add(texts.customer_id[row] as string);
  }
  return tired;
}
