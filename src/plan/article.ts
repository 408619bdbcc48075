import { InputError } from "../base/errors.ts";
import { type KktResiduals, type Maximum, maximise, type Programme, type SolverName } from "./maximise.ts";
import { addValueGradient, remainingValue } from "./remaining-value.ts";

/** The founding article's problem (its section 4) with the sign of the imbalance put right. */
export interface ArticleProblem {
  /** fₜ: revenue per unit of the lever, above 0. */
  readonly response: Float64Array; // (periods)
  /** r, per period, ≥ 0. */
  readonly rate: number;
  /** The article's λ, in 1/money. */
  readonly imbalancePenalty: number;
  readonly lower: Float64Array; // (periods), of the lever Xₜ
  readonly upper: Float64Array; // (periods)
  /** Least discounted revenue, terminal value included. */
  readonly floor: number | null;
  /** g of the terminal value g·R_T/(r − g), 0 ≤ g < r; null for none. */
  readonly terminalGrowth: number | null;
  /** N of the article's short-term revenue. */
  readonly shortPeriods: number;
  readonly solver: SolverName;
}

export interface ArticleOutcome {
  readonly x: Float64Array; // (periods)
  readonly revenue: Float64Array; // (periods)
  /** D = Σ Rₜ/(1+r)ᵗ. */
  readonly discountedRevenue: number;
  /** g·R_T/(r−g), discounted to today; 0 without growth. */
  readonly terminalValue: number;
  /** Σ Rₜ over the first `shortPeriods`. */
  readonly shortTermRevenue: number;
  /** I = Σ (CLVₜ − Rₜ)². */
  readonly imbalance: number;
  /** D + terminal value − imbalancePenalty·I. */
  readonly objective: number;
  readonly clv: Float64Array; // (periods)
}

export interface ArticleSolution {
  readonly outcome: ArticleOutcome;
  /** Money per unit: what the objective loses per unit of the floor, and gains per unit of each bound. */
  readonly multipliers: { readonly floor: number; readonly min: Float64Array; readonly max: Float64Array };
  readonly kkt: KktResiduals;
  readonly maximum: Maximum;
  /** No feasible X has a higher objective; Infinity where X has no end. */
  readonly bound: number;
}

/** What levers X give, by the article's own formulas. */
export function articleOutcome(problem: ArticleProblem, x: ArrayLike<number>): ArticleOutcome {
  const { response, imbalancePenalty, shortPeriods } = problem;
  const { discountFactor, terminalMultiple } = valueRule(problem);
  const revenue = response.map((f, t) => f * x[t]);
  const [total, ...clv] = remainingValue(revenue, discountFactor, terminalMultiple * revenue[revenue.length - 1]);
  const discountedRevenue = remainingValue(revenue, discountFactor)[0];
  const imbalance = revenue.reduce((sum, value, t) => sum + (clv[t] - value) ** 2, 0);
  return {
    x: Float64Array.from(x),
    revenue,
    discountedRevenue,
    terminalValue: total - discountedRevenue,
    shortTermRevenue: revenue.slice(0, shortPeriods).reduce((sum, value) => sum + value, 0),
    imbalance,
    objective: total - imbalancePenalty * imbalance,
    clv: Float64Array.from(clv),
  };
}

/**
 * Maximises D(X) − λ·I(X) in the box, with the floor on D: a concave quadratic, one optimum. Solved in revenue over a
 * unit of money of the problem's own size, so that no solver meets large numbers.
 *
 * Throws InputError `plan_floor_unattainable`, `plan_unbounded`.
 */
export function solveArticle(problem: ArticleProblem): ArticleSolution {
  const { response, imbalancePenalty, lower, upper, floor, solver } = problem;
  refuseUnbounded(problem);
  refuseUnattainable(problem);
  const unit = moneyUnit(problem);
  const maximum = maximise(articleProgramme(problem, unit), solver);
  // Variables that a bound holds get the bound itself, not its image in money and back.
  const x = maximum.z.map((v, t) => Math.min(upper[t], Math.max(lower[t], (v * unit) / response[t])));
  const objectiveUnit = unit * Math.max(1, imbalancePenalty * unit);
  const slope = maximum.lagrangianGradient.map((value, t) => (value * objectiveUnit * response[t]) / unit);
  const isAt = (bounds: Float64Array, t: number) => Math.abs(x[t] - bounds[t]) <= 1e-9 * Math.max(1, Math.abs(x[t]));
  const outcome = articleOutcome(problem, x);
  return {
    outcome,
    multipliers: {
      floor: floor === null ? 0 : (maximum.multipliers[0] * objectiveUnit) / unit,
      min: slope.map((value, t) => (isAt(lower, t) ? Math.max(0, -value) : 0)),
      max: slope.map((value, t) => (isAt(upper, t) ? Math.max(0, value) : 0)),
    },
    kkt: maximum.kkt,
    maximum,
    bound: outcome.objective + (maximum.bound - maximum.value) * objectiveUnit,
  };
}

function valueRule({ rate, terminalGrowth }: ArticleProblem): { discountFactor: number; terminalMultiple: number } {
  const terminalMultiple = terminalGrowth === null ? 0 : terminalGrowth / (rate - terminalGrowth);
  return { discountFactor: 1 / (1 + rate), terminalMultiple };
}

/** The article's problem in v = R/unit; its objective in units of unit·max(1, λ·unit). */
function articleProgramme(problem: ArticleProblem, unit: number): Programme {
  const { response, imbalancePenalty, lower, upper, floor } = problem;
  const { discountFactor, terminalMultiple } = valueRule(problem);
  const periods = response.length;
  const valuesOf = (v: Float64Array) => remainingValue(v, discountFactor, terminalMultiple * v[periods - 1]);
  const addGradient = (weights: Float64Array, gradient: Float64Array) => {
    const byTerminal = addValueGradient(weights, discountFactor, gradient);
    gradient[periods - 1] += terminalMultiple * byTerminal;
  };
  const steepness = Math.max(1, imbalancePenalty * unit);
  const penalty = (imbalancePenalty * unit) / steepness;
  const scaled = (bounds: Float64Array) => bounds.map((bound, t) => (bound * response[t]) / unit);
  const onlyNow = new Float64Array(periods + 1);
  onlyNow[0] = 1;
  return {
    start: new Float64Array(periods).fill(0.5),
    lower: scaled(lower),
    upper: scaled(upper),
    objective(v, gradient) {
      const value = valuesOf(v);
      const weights = new Float64Array(periods + 1);
      weights[0] = 1 / steepness;
      let imbalance = 0;
      for (let t = 0; t < periods; t++) {
        const difference = value[t + 1] - v[t];
        imbalance += difference * difference;
        weights[t + 1] = -2 * penalty * difference;
        gradient[t] += 2 * penalty * difference;
      }
      addGradient(weights, gradient);
      return value[0] / steepness - penalty * imbalance;
    },
    constraints:
      floor === null
        ? []
        : [
            (v, gradient) => {
              addGradient(onlyNow, gradient);
              return valuesOf(v)[0] - floor / unit;
            },
          ],
  };
}

/** 1/λ is the only money in the free problem; bounds and the floor bring their own. */
function moneyUnit({ response, imbalancePenalty, lower, upper, floor }: ArticleProblem): number {
  let room = 0;
  response.forEach((f, t) => {
    room = Math.max(room, f * Math.max(Math.abs(upper[t]), Math.abs(lower[t])));
  });
  const own = Math.max(imbalancePenalty > 0 ? 1 / imbalancePenalty : Number.POSITIVE_INFINITY, Math.abs(floor ?? 0));
  const unit = Math.min(own, room > 0 ? room : own);
  return Number.isFinite(unit) ? unit : 1;
}

/** Without a penalty, or with g = r/2 (then R_T = CLV_T at any size), revenue without a maximum has no end. */
function refuseUnbounded({ rate, imbalancePenalty, upper, terminalGrowth }: ArticleProblem): void {
  const endless = upper.indexOf(Number.POSITIVE_INFINITY);
  if (endless < 0) return;
  if (imbalancePenalty === 0) throw new InputError("plan_unbounded", { period: endless + 1 });
  const isDegenerate = terminalGrowth !== null && Math.abs(2 * terminalGrowth - rate) < 1e-9 * rate;
  if (isDegenerate && upper.every((bound) => bound === Number.POSITIVE_INFINITY)) {
    throw new InputError("plan_growth_unbounded", { growth: terminalGrowth, rate });
  }
}

/** D rises with every Xₜ, so its largest value is at the upper bounds. */
function refuseUnattainable(problem: ArticleProblem): void {
  const { upper, floor } = problem;
  if (floor === null || !upper.every(Number.isFinite)) return;
  const { discountedRevenue, terminalValue } = articleOutcome(problem, upper);
  const attainable = discountedRevenue + terminalValue;
  if (floor > attainable * (1 + 1e-12)) throw new InputError("plan_floor_unattainable", { floor, attainable });
}
