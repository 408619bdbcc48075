import { currencyExponent } from "../base/money.ts";
import type { Engine } from "../engine/engine.ts";
import { literal } from "../engine/sql/expression.ts";
import { choose, power, rowNumber } from "../engine/sql/functions.ts";
import { from, namedTable, type Query, table } from "../engine/sql/query.ts";
import { fxRates } from "../schema/tables.ts";
import { following } from "./amounts.ts";

export const ratesTable = "cleaning_rates";
const rateTypes = { currency: "text", valid_from: "date", valid_to: "date", factor: "double" } as const;

const endOfTime = literal("9999-12-31").to("date");

/** Which factor turns minor units of `currency` into minor units of the workspace currency, from when until when. */
const rates = (alias: string) => namedTable(ratesTable, rateTypes, alias);

/** The factor that holds on each business date: that date's own rate, else the latest earlier one. */
export function dailyRates(days: Query<{ currency: "text"; date: "date" }>) {
  // Each day of each currency is looked up once: a range join over every row would compare millions of pairs.
  const day = days.distinct().as("day");
  const rate = rates("rate");
  const { currency, date } = day.columns;
  const { valid_from, valid_to, factor } = rate.columns;
  const holds = rate.columns.currency.equals(currency).and(valid_from.atMost(date)).and(valid_to.above(date));
  return from(day).join(rate, holds).select({ currency, date, factor }).as("daily");
}

/** The latest factor of each currency, for prices that have no date. */
export function latestRates() {
  const { currency, valid_to, factor } = rates("rate").columns;
  return from(rates("rate")).where(valid_to.equals(endOfTime)).select({ currency, factor }).as("latest");
}

/**
 * Prepares `rates`. One unit of `base` is `rate` units of `quote`; a rate stated the other way round is inverted, and
 * one stated directly wins over it on the same day. The workspace currency itself has factor 1 on every day.
 */
export async function prepareRates(engine: Engine, fxTableName: string, currency: string): Promise<void> {
  const f = table({ ...fxRates, name: fxTableName }, "f").columns;
  const direct = f.quote.equals(currency);
  const usable = from(table({ ...fxRates, name: fxTableName }, "f"))
    .where(f.rate.above(0), f.base.differs(f.quote), direct.or(f.base.equals(currency)))
    .select({
      currency: choose([[direct, f.base]], f.quote),
      date: f.date,
      perUnit: choose([[direct, f.rate]], literal(1).over(f.rate)),
      preference: choose([[direct, literal(0)]], literal(1)),
      provider: f.provider,
    })
    .as("u");
  const u = usable.columns;
  const ranked = from(usable)
    .select({
      ...u,
      place: rowNumber([u.currency, u.date], [u.preference.ascending(), u.provider.ascending(), u.perUnit.ascending()]),
    })
    .as("r");
  const r = ranked.columns;
  const others = (await engine.collect(from(ranked).select({ currency: r.currency }).distinct())).texts.currency;
  const digits = currencyExponent(currency);
  // A code that is none has no digits to mind; no amount can be in it either.
  const codes = (others as string[]).filter((other) => /^[A-Za-z]{3}$/.test(other));
  const exponents = codes.map((other) => [other, digits - currencyExponent(other)] as const);
  const shift = choose(
    exponents.map(([other, digitShift]) => [r.currency.equals(other), literal(digitShift)] as const),
    literal(0),
  );
  const validTo = following(r.date).within([r.currency], [r.date.ascending()]).orElse(endOfTime);
  const query = from()
    .select({
      currency: literal(currency),
      valid_from: literal("0001-01-01").to("date"),
      valid_to: endOfTime,
      factor: literal(1).to("double"),
    })
    .followedBy(
      from(ranked)
        .where(r.place.equals(1))
        .select({
          currency: r.currency,
          valid_from: r.date,
          valid_to: validTo,
          factor: exponents.length > 0 ? r.perUnit.times(power(10, shift)) : r.perUnit,
        }),
    );
  await engine.materialise(ratesTable, query);
}
