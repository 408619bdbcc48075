import { inverse, isConcave, type Rising, uprightShare, withFiniteStart } from "./curves.ts";
import { type Course, type CourseGradient, courseOf, pullBack } from "./lever-model.ts";
import type { Lever, LeverPlan } from "./lever-plan.ts";

/** What the search moves: numbers z of about 1 that stand for a course, and how derivatives come back to them. */
export interface Coordinates {
  readonly lower: Float64Array; // (variables)
  readonly upper: Float64Array; // (variables)
  courseAt(z: Float64Array): Course;
  /** dz/dx at a course. */
  perLever(course: Course): Float64Array;
  /** Adds a number's derivatives by z to `gradient`. */
  pullBack(course: Course, by: CourseGradient, gradient: Float64Array): void;
}

/**
 * Whether a plan can be solved in revenue: every lever acts in its own period, rising and concave, nothing is
 * remembered, no limit asks for more spending, and no floor looks at part of what a lever brings. Then spending is
 * convex in revenue and the whole problem concave.
 */
export function isSeparable({ levers, limits, floors }: LeverPlan): boolean {
  const bySegment = floors.some(({ segment }) => segment !== null);
  return (
    levers.every(
      ({ carryOver, initialCarryOver, memory, responses }) =>
        carryOver === 0 &&
        initialCarryOver === 0 &&
        !memory &&
        responses.length > 0 &&
        (!bySegment || responses.length === 1) &&
        responses.every(({ curve }) => isConcave(curve)),
    ) && limits.every(({ kind }) => kind === "atMost")
  );
}

/** Levers over their largest intensities. */
export function leverCoordinates(original: LeverPlan): Coordinates {
  const plan = withFiniteStarts(original);
  const most = flat(plan, ({ upper }, t) => (upper[t] > 0 ? upper[t] : 1));
  return {
    lower: flat(plan, ({ lower }, t) => lower[t]).map((bound, i) => bound / most[i]),
    upper: flat(plan, ({ upper }, t) => upper[t]).map((bound, i) => bound / most[i]),
    courseAt: remembered((z) =>
      courseOf(
        plan,
        z.map((value, i) => value * most[i]),
      ),
    ),
    perLever: () => most.map((value) => 1 / value),
    pullBack({ x }, by, gradient) {
      const byLever = new Float64Array(x.length);
      pullBack(plan, x, by, byLever);
      for (let i = 0; i < x.length; i++) gradient[i] += byLever[i] * most[i];
    },
  };
}

function withFiniteStarts(plan: LeverPlan): LeverPlan {
  return {
    ...plan,
    levers: plan.levers.map((lever) => ({
      ...lever,
      responses: lever.responses.map((response) => ({
        ...response,
        rising: withFiniteStart(response.rising, uprightShare * lever.mostIntensity),
      })),
    })),
  };
}

/** What each lever brings in each period, over the most that it can; for separable plans. */
export function revenueCoordinates(plan: LeverPlan): Coordinates {
  const { periods, levers } = plan;
  const together = levers.map(({ responses }) => sumOf(responses.map(({ rising }) => rising)));
  const nothing = new Float64Array(levers.length * periods);
  const last = periods - 1;
  const most = flat(plan, ({ upper, season }, t, l) => season[t] * together[l].value(upper[t]) || 1);
  return {
    lower: flat(plan, ({ lower, season }, t, l) => season[t] * together[l].value(lower[t])).map((v, i) => v / most[i]),
    upper: flat(plan, ({ upper, season }, t, l) => season[t] * together[l].value(upper[t])).map((v, i) => v / most[i]),
    courseAt: remembered((z) => {
      const { revenue } = courseOf(plan, nothing);
      const x = flat(plan, ({ upper, season, responses }, t, l) => {
        const brought = z[l * periods + t] * most[l * periods + t];
        const intensity = inverse(together[l], brought / season[t], upper[t]);
        for (const { segment, rising } of responses) {
          revenue[segment][t] += responses.length === 1 ? brought : season[t] * rising.value(intensity);
        }
        return intensity;
      });
      // Nothing is carried over or remembered: the settled period is the last one.
      for (const series of revenue) series[periods] = series[last];
      return { x, revenue };
    }),
    perLever: ({ x }) =>
      flat(plan, ({ season }, t, l) => {
        const i = l * periods + t;
        return (season[t] * together[l].slope(x[i])) / most[i];
      }),
    pullBack({ x }, { byRevenue, byLever }, gradient) {
      levers.forEach(({ responses, season }, l) => {
        for (let t = 0; t < periods; t++) {
          const i = l * periods + t;
          const slope = together[l].slope(x[i]);
          let weight = byLever[i] / (season[t] * slope);
          for (const { segment, rising } of responses)
            weight +=
              (byRevenue[segment][t] + (t === last ? byRevenue[segment][periods] : 0)) *
              shareOf(rising, x[i], slope, responses.length);
          gradient[i] += weight * most[i];
        }
      });
    },
  };
}

/** The last course is kept: objective and constraints ask for the same one, one after the other. */
function remembered(courseAt: (z: Float64Array) => Course): (z: Float64Array) => Course {
  let last: { readonly z: Float64Array; readonly course: Course } | undefined;
  return (z) => {
    if (!last?.z.every((value, i) => value === z[i])) last = { z: z.slice(), course: courseAt(z) };
    return last.course;
  };
}

/** The share of a segment in the next unit of revenue; of upright starts an equal one. */
function shareOf(rising: Rising, intensity: number, slope: number, count: number): number {
  return count === 1 || !Number.isFinite(slope) ? 1 / count : rising.slope(intensity) / slope;
}

function sumOf(parts: readonly Rising[]): Rising {
  if (parts.length === 1) return parts[0];
  return {
    value: (intensity) => parts.reduce((sum, { value }) => sum + value(intensity), 0),
    slope: (intensity) => parts.reduce((sum, { slope }) => sum + slope(intensity), 0),
  };
}

/** One number for each lever and period. */
export function flat({ levers, periods }: LeverPlan, of: (lever: Lever, t: number, l: number) => number): Float64Array {
  const values = new Float64Array(levers.length * periods); // (levers, periods)
  levers.forEach((lever, l) => {
    for (let t = 0; t < periods; t++) values[l * periods + t] = of(lever, t, l);
  });
  return values;
}
