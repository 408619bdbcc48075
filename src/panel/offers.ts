import { toMajor } from "../base/money.ts";
import type { Engine } from "../engine/engine.ts";
import { type Expression, instant } from "../engine/sql/expression.ts";
import { count, sum } from "../engine/sql/functions.ts";
import { from, table } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { cleanAssignments, cleanExposures } from "../schema/clean-tables.ts";
import { typesOf } from "../schema/columns.ts";

/** Epoch milliseconds; the first is inside, the last is not. */
export interface Period {
  readonly since: number;
  readonly before: number;
}

/**
 * Offers made in a period, a row each (customer_id, treatment_id, known_at): logged decisions for something other than `nothing`,
 * and whatever was sent that no decision was logged for.
 */
export async function offersMade(engine: Engine, cleaned: Artifact, nothing: string, { since, before }: Period) {
  const { assignments: a, exposures: x } = await logs(engine, cleaned);
  const isWithin = (at: Expression<"timestamp">) => at.atLeast(instant(since)).and(at.below(instant(before)));
  const { customer_id, treatment_id, known_at } = a.columns;
  const sent = x.columns;
  return from(a)
    .where(treatment_id.differs(nothing), isWithin(known_at))
    .select({ customer_id, treatment_id, known_at })
    .followedBy(
      from(x)
        .where(
          sent.treatment_id.differs(nothing),
          isWithin(sent.known_at),
          sent.kind.equals("sent"),
          sent.assignment_id.isNull(),
        )
        .select({ customer_id: sent.customer_id, treatment_id: sent.treatment_id, known_at: sent.known_at }),
    )
    .as("offers");
}

/** What one treatment used in a period. */
export interface TreatmentUse {
  /** Offers made. */
  readonly offers: number;
  /** Discounts redeemed, of whichever offer, major units. */
  readonly redeemed: number;
}

/** By treatment, what a period's offers and redemptions came to. */
export async function usedInPeriod(
  engine: Engine,
  cleaned: Artifact<{ currency: string }>,
  nothing: string,
  period: Period,
): Promise<Map<string, TreatmentUse>> {
  const offers = await offersMade(engine, cleaned, nothing, period);
  const made = await engine.collect(
    from(offers)
      .groupBy(offers.columns.treatment_id)
      .select({ treatment_id: offers.columns.treatment_id, offers: count() }),
  );
  const { exposures: x } = await logs(engine, cleaned);
  const { treatment_id, kind, known_at, cost_minor } = x.columns;
  const redeemed = await engine.collect(
    from(x)
      .where(kind.equals("redeemed"), known_at.atLeast(instant(period.since)), known_at.below(instant(period.before)))
      .groupBy(treatment_id)
      .select({ treatment_id, minor: sum(cost_minor) }),
  );
  const used = new Map<string, TreatmentUse>();
  const none = { offers: 0, redeemed: 0 };
  made.texts.treatment_id.forEach((id, row) => {
    used.set(id as string, { ...none, offers: made.numbers.offers[row] });
  });
  redeemed.texts.treatment_id.forEach((id, row) => {
    const major = toMajor(redeemed.numbers.minor[row], cleaned.values.currency);
    used.set(id as string, { ...(used.get(id as string) ?? none), redeemed: major });
  });
  return used;
}

/** Decisions for a treatment, and how often these were redeemed. */
export interface Redemptions {
  readonly decisions: number;
  readonly redemptions: number;
}

/** By treatment, the logged decisions made before `decidedBefore` and their redemptions known before `knownBefore`. */
export async function redemptionsOf(
  engine: Engine,
  cleaned: Artifact,
  { decidedBefore, knownBefore }: { decidedBefore: number; knownBefore: number },
): Promise<Map<string, Redemptions>> {
  const { assignments: a, exposures: x } = await logs(engine, cleaned);
  const redeemed = from(x)
    .where(x.columns.kind.equals("redeemed"), x.columns.known_at.below(instant(knownBefore)))
    .groupBy(x.columns.assignment_id)
    .select({ assignment_id: x.columns.assignment_id, times: count() })
    .as("redeemed");
  const { treatment_id, assignment_id, known_at } = a.columns;
  const { texts, numbers } = await engine.collect(
    from(a)
      .leftJoin(redeemed, redeemed.columns.assignment_id.equals(assignment_id))
      .where(known_at.below(instant(decidedBefore)))
      .groupBy(treatment_id)
      .select({ treatment_id, decisions: count(), redemptions: sum(redeemed.columns.times.orElse(0)) }),
  );
  return new Map(
    texts.treatment_id.map((id, row) => [
      id as string,
      { decisions: numbers.decisions[row], redemptions: numbers.redemptions[row] },
    ]),
  );
}

async function logs(engine: Engine, cleaned: Artifact) {
  const assignments = await openTable(engine, cleaned, "assignments", typesOf(cleanAssignments.columns));
  const exposures = await openTable(engine, cleaned, "exposures", typesOf(cleanExposures.columns));
  return {
    assignments: table({ ...cleanAssignments, name: assignments }, "a"),
    exposures: table({ ...cleanExposures, name: exposures }, "x"),
  };
}
