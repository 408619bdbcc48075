/** φ(step) = f(x + step·d) and its derivative along d. */
export interface LinePoint {
  readonly value: number;
  readonly slope: number;
}

export interface LineSearchOptions {
  readonly firstStep: number;
  readonly maxStep: number;
  /** μ of φ(a) ≤ φ(0) + μ·a·φ′(0). */
  readonly sufficientDecrease?: number;
  /** η of |φ′(a)| ≤ η·|φ′(0)|. */
  readonly curvature?: number;
  /** The interval counts as used up below this share of its upper end. */
  readonly intervalTolerance?: number;
  readonly maxEvaluations?: number;
}

export interface LineSearchResult extends LinePoint {
  /** The step that was evaluated last, so the caller's buffers hold its point and gradient. */
  readonly step: number;
  /** False where no step with a lower value was found. */
  readonly found: boolean;
}

interface Trial extends LinePoint {
  readonly step: number;
}

/** An interval known to hold an acceptable step; `best` is the end with the lowest value. */
interface Interval {
  readonly best: Trial;
  readonly other: Trial;
  readonly bracketed: boolean;
}

/** Outside the domain the step shrinks to this share of the way from the best step. */
const backOff = 0.25;

/**
 * A step that satisfies the strong Wolfe conditions (Moré & Thuente 1994). Ends without them where the step reaches
 * `maxStep` with the function still falling, or the interval shrinks to rounding: then the best step is returned.
 * Where φ is not finite the search shrinks towards the best step and never looks so far again.
 */
export function strongWolfeStep(
  evaluate: (step: number) => LinePoint,
  start: LinePoint,
  options: LineSearchOptions,
): LineSearchResult {
  const { sufficientDecrease = 1e-3, curvature = 0.9, intervalTolerance = 0.1, maxEvaluations = 20 } = options;
  const isUsedUp = (step: number, least: number, most: number) =>
    step <= least || step >= most || most - least <= intervalTolerance * most;
  const decrease = sufficientDecrease * start.slope;
  const origin: Trial = { step: 0, ...start };
  let maxStep = Math.min(options.maxStep, 1e10);
  let interval: Interval = { best: origin, other: origin, bracketed: false };
  let [least, most] = [0, 5 * options.firstStep];
  let [width, widthBefore] = [maxStep, 2 * maxStep];
  let step = Math.min(options.firstStep, maxStep);
  let stage = 1;
  let last: Trial = origin;
  for (let evaluations = 0; evaluations < maxEvaluations; evaluations++) {
    last = { step, ...evaluate(step) };
    const { best, bracketed } = interval;
    if (!Number.isFinite(last.value) || !Number.isFinite(last.slope)) {
      step = best.step + backOff * (step - best.step);
      if (step > best.step) maxStep = step;
      if (step === last.step || step === 0) break;
      continue;
    }
    const enough = last.value <= start.value + step * decrease;
    if (stage === 1 && enough && last.slope >= 0) stage = 2;
    const usedUp = bracketed && isUsedUp(step, least, most);
    const atMaxStep = step === maxStep && enough && last.slope <= decrease;
    const wolfe = enough && Math.abs(last.slope) <= -curvature * start.slope;
    if (usedUp || atMaxStep || wolfe) return { ...last, found: last.value < start.value };

    // Until a step decreases enough, the search runs on ψ(a) = φ(a) − μ·a·φ′(0), whose minimisers are acceptable.
    const tilt = stage === 1 && last.value <= best.value && !enough ? decrease : 0;
    const next = narrow(interval, last, tilt, least, Math.min(most, maxStep));
    interval = next.interval;
    step = next.step;
    const { best: nearer, other: farther } = interval;
    if (interval.bracketed) {
      const breadth = Math.abs(farther.step - nearer.step);
      if (breadth >= 0.66 * widthBefore) step = (nearer.step + farther.step) / 2;
      [widthBefore, width] = [width, breadth];
      [least, most] = [Math.min(nearer.step, farther.step), Math.max(nearer.step, farther.step)];
    } else {
      [least, most] = [step + 1.1 * (step - nearer.step), step + 4 * (step - nearer.step)];
    }
    step = Math.min(Math.max(step, 0), maxStep);
    // Nothing left inside: look once more at the best step, so that the caller's buffers hold it.
    if (interval.bracketed && isUsedUp(step, least, most)) step = nearer.step;
  }
  const { best } = interval;
  if (last.step !== best.step && best.value < start.value) last = { step: best.step, ...evaluate(best.step) };
  return { ...last, found: last.value < start.value };
}

/** φ(a) − tilt·a. */
function tilted({ step, value, slope }: Trial, tilt: number): Trial {
  return { step, value: value - tilt * step, slope: slope - tilt };
}

/** The next interval and step from the trial just made: the four cases of Moré & Thuente's section 4. */
function narrow(interval: Interval, trial: Trial, tilt: number, least: number, most: number) {
  const best = tilted(interval.best, tilt);
  const other = tilted(interval.other, tilt);
  const now = tilted(trial, tilt);
  const opposite = now.slope * Math.sign(best.slope) < 0;
  const { step, brackets } = nextStep(best, other, now, interval.bracketed, least, most);
  const bracketed = interval.bracketed || brackets;
  if (now.value > best.value) return { interval: { best: interval.best, other: trial, bracketed }, step };
  return { interval: { best: trial, other: opposite ? interval.best : interval.other, bracketed }, step };
}

function nextStep(best: Trial, other: Trial, now: Trial, bracketed: boolean, least: number, most: number) {
  const secant = now.step + (now.slope / (now.slope - best.slope)) * (best.step - now.step);
  if (now.value > best.value) {
    const cubic = cubicMinimiser(best, now);
    const chord = (best.value - now.value) / (now.step - best.step);
    const quadratic = best.step + (best.slope / (chord + best.slope) / 2) * (now.step - best.step);
    const cubicIsCloser = Math.abs(cubic - best.step) < Math.abs(quadratic - best.step);
    return { step: cubicIsCloser ? cubic : (cubic + quadratic) / 2, brackets: true };
  }
  if (now.slope * Math.sign(best.slope) < 0) {
    const cubic = cubicMinimiser(best, now);
    const cubicIsFarther = Math.abs(cubic - now.step) > Math.abs(secant - now.step);
    return { step: cubicIsFarther ? cubic : secant, brackets: true };
  }
  const onward = now.step > best.step ? most : least;
  if (Math.abs(now.slope) < Math.abs(best.slope)) {
    const cubic = cubicBeyond(best, now) ?? onward;
    const cubicIsCloser = Math.abs(cubic - now.step) < Math.abs(secant - now.step);
    if (!bracketed) {
      return { step: Math.max(least, Math.min(most, cubicIsCloser ? secant : cubic)), brackets: false };
    }
    const step = cubicIsCloser ? cubic : secant;
    const limit = now.step + 0.66 * (other.step - now.step);
    return { step: now.step > best.step ? Math.min(limit, step) : Math.max(limit, step), brackets: false };
  }
  return { step: bracketed ? cubicMinimiser(now, other) : onward, brackets: false };
}

/** Minimiser of the cubic through the values and slopes at two steps (Nocedal & Wright 2006, equation 3.59). */
function cubicMinimiser(from: Trial, to: Trial): number {
  const { z, root } = cubicTerms(from, to);
  return to.step - ((to.step - from.step) * (to.slope + root - z)) / (to.slope - from.slope + 2 * root);
}

/** The cubic's minimiser where it has one on the far side of `to`, seen from `from`. */
function cubicBeyond(from: Trial, to: Trial): number | undefined {
  const { z, root } = cubicTerms(from, to);
  const share = (to.slope + root - z) / (to.slope - from.slope + 2 * root);
  return share < 0 && root !== 0 ? to.step - (to.step - from.step) * share : undefined;
}

function cubicTerms(from: Trial, to: Trial) {
  const z = (3 * (from.value - to.value)) / (to.step - from.step) + from.slope + to.slope;
  const scale = Math.max(Math.abs(z), Math.abs(from.slope), Math.abs(to.slope));
  const squared = (z / scale) ** 2 - (from.slope / scale) * (to.slope / scale);
  return { z, root: Math.sign(to.step - from.step) * scale * Math.sqrt(Math.max(0, squared)) };
}
