import { isoDate, millisecondsPerDay } from "../base/clock.ts";
import { InputError, ModelError } from "../base/errors.ts";

export interface OriginOptions {
  /** Cut-off, epoch ms; default: the first midnight after the last fact. */
  asOf?: number;
  shortHorizonDays: number;
  clvHorizonDays: number;
  minimumHistoryDays: number;
  originSpacingDays: number;
  maximumOrigins: number;
  /**
   * How the test origins lie, where not as a run's do: how many at most, and which label of theirs must be known. The
   * caller has then cut the facts at `asOf` himself.
   */
  testing?: { count: number; horizonDays: number };
}

/** How far apart a run's origins lie, how many there are at most, and how much history the first one needs. */
export const originSpacing = { minimumHistoryDays: 90, originSpacingDays: 90, maximumOrigins: 18 } as const;

/** An instant before the first test origin, and the longest horizon of which a model can have learned there. */
export interface Stacking {
  origin: number;
  horizonDays: number;
}

export interface Origins {
  asOf: number;
  historyDays: number;
  horizonsDays: number[];
  longestProvableHorizonDays: number;
  clvStatus: "proved" | "withheld";
  /** The instants from which forecasts are tested against what followed. */
  testOrigins: number[];
  /** Where the blend of the first test origin is stacked; absent where the history is too short. */
  stacking?: Stacking;
  /** All instants with a panel, the scoring one (`asOf`) excluded. */
  panelOrigins: number[];
}

const standardHorizonsDays = [30, 90, 180, 365];

/** Whether a label had ended by the cut-off, so that a model of that day could have learned from it. */
export function labelUsable(origin: number, horizonDays: number, cutoff: number): boolean {
  return origin + horizonDays * millisecondsPerDay <= cutoff;
}

/**
 * Lays out the cut-offs of training and testing. A horizon is provable when a training label can end before a later test
 * origin whose own label is known: minimum history + two horizons. Nothing longer is trained or reported.
 */
export function planOrigins(facts: { first: number; last: number }, options: OriginOptions): Origins {
  const asOf = cutOff(facts, options);
  const isBeyondData = asOf > facts.last + 2 * millisecondsPerDay && options.testing === undefined;
  if (asOf <= facts.first || isBeyondData) {
    throw new InputError("as_of_outside_data", {
      asOf: isoDate(asOf),
      first: isoDate(facts.first),
      last: isoDate(facts.last),
    });
  }
  const { historyDays, provable, horizonsDays } = provableHorizons(facts.first, asOf, options);
  if (horizonsDays.length === 0) {
    throw new ModelError("not_enough_history", { days: historyDays, needed: options.minimumHistoryDays + 60 });
  }
  const longest = horizonsDays[horizonsDays.length - 1];
  const earliest = facts.first + options.minimumHistoryDays * millisecondsPerDay;
  const testOrigins = testOriginsOf({ asOf, earliest, longest }, options);

  // Training origins step back from the last day whose shortest label is known; those of the tests are kept among them.
  const panelOrigins = new Set(testOrigins);
  panelOrigins.add(Math.max(earliest, back(testOrigins[0], longest)));
  const stacking = stackingOrigin(testOrigins[0], earliest, horizonsDays);
  if (stacking) panelOrigins.add(stacking.origin).add(back(stacking.origin, stacking.horizonDays));
  const spacing = Math.max(14, Math.min(options.originSpacingDays, Math.floor(longest / 3)));
  for (let origin = back(asOf, horizonsDays[0]); origin >= earliest && panelOrigins.size < options.maximumOrigins; ) {
    panelOrigins.add(origin);
    origin = back(origin, spacing);
  }
  return {
    asOf,
    historyDays,
    horizonsDays,
    longestProvableHorizonDays: provable,
    clvStatus: provable >= options.clvHorizonDays ? "proved" : "withheld",
    testOrigins,
    stacking,
    panelOrigins: [...panelOrigins].sort((a, b) => a - b),
  };
}

/**
 * The instant before which a fact must have been known for cleaning to fit on it: the first test origin, so that no
 * back-test is helped by what came later; the cut-off itself where the history is too short to test anything.
 */
export function fitBefore(facts: { first: number; last: number }, options: OriginOptions): number {
  const asOf = cutOff(facts, options);
  const { horizonsDays } = provableHorizons(facts.first, asOf, options);
  if (horizonsDays.length === 0) return asOf;
  const longest = horizonsDays[horizonsDays.length - 1];
  const earliest = facts.first + options.minimumHistoryDays * millisecondsPerDay;
  return testOriginsOf({ asOf, earliest, longest }, options)[0];
}

const back = (from: number, days: number) => from - days * millisecondsPerDay;

function cutOff(facts: { last: number }, options: OriginOptions): number {
  return options.asOf ?? (Math.floor(facts.last / millisecondsPerDay) + 1) * millisecondsPerDay;
}

function provableHorizons(first: number, asOf: number, options: OriginOptions) {
  const historyDays = Math.floor((asOf - first) / millisecondsPerDay);
  const provable = Math.floor((historyDays - options.minimumHistoryDays) / 2);
  const wanted = [...new Set([...standardHorizonsDays, options.shortHorizonDays, options.clvHorizonDays])];
  const horizonsDays = wanted
    .filter((days) => days <= Math.min(provable, options.clvHorizonDays))
    .sort((a, b) => a - b);
  const rounded = Math.floor(provable / 30) * 30;
  if (rounded < options.clvHorizonDays && rounded > (horizonsDays.at(-1) ?? 0)) horizonsDays.push(rounded);
  return { historyDays, provable, horizonsDays };
}

/** Before the first test origin by the longest horizon that leaves a training label before that origin, too. */
function stackingOrigin(firstTest: number, earliest: number, horizonsDays: readonly number[]): Stacking | undefined {
  const horizonDays = horizonsDays.findLast((days) => back(firstTest, 2 * days) >= earliest);
  return horizonDays === undefined ? undefined : { origin: back(firstTest, horizonDays), horizonDays };
}

/** Backwards from the last day whose label is known, as long as a label of the longest horizon had ended by then. */
function testOriginsOf(
  { asOf, earliest, longest }: { asOf: number; earliest: number; longest: number },
  { originSpacingDays, testing = { count: 2, horizonDays: longest } }: OriginOptions,
): number[] {
  const origins = [back(asOf, testing.horizonDays)];
  while (origins.length < testing.count && back(origins[0], originSpacingDays + longest) >= earliest)
    origins.unshift(back(origins[0], originSpacingDays));
  return origins;
}
