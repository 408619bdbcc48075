import type { Curve } from "./input.ts";

/** Response curves: revenue that an effective intensity A ≥ 0 brings. All rise from 0. */

/** Hill (1910): c·Aˢ/(hˢ + Aˢ); exponential: c·(1 − exp(−A/k)); power: b·Aᵉ. */
export function curveValue(curve: Curve, intensity: number): number {
  switch (curve.shape) {
    case "hill":
      return intensity === 0 ? 0 : curve.ceiling / (1 + (curve.half / intensity) ** curve.slope);
    case "exponential":
      return -curve.ceiling * Math.expm1(-intensity / curve.scale);
    case "power":
      return curve.coefficient * intensity ** curve.exponent;
  }
}

/** d(value)/dA; Infinity at 0 where the curve starts upright. */
export function curveSlope(curve: Curve, intensity: number): number {
  switch (curve.shape) {
    case "hill": {
      if (intensity === 0) return hillStart(curve);
      const ratio = (curve.half / intensity) ** curve.slope;
      if (!Number.isFinite(ratio)) return 0;
      return (curve.ceiling * curve.slope * (ratio / (1 + ratio) ** 2)) / intensity;
    }
    case "exponential":
      return (curve.ceiling / curve.scale) * Math.exp(-intensity / curve.scale);
    case "power":
      return curve.coefficient * curve.exponent * intensity ** (curve.exponent - 1);
  }
}

function hillStart({ ceiling, half, slope }: { ceiling: number; half: number; slope: number }): number {
  if (slope === 1) return ceiling / half;
  return slope < 1 ? Number.POSITIVE_INFINITY : 0;
}

/** Whether more brings ever less per unit: all but Hill curves with a slope above 1. */
export function isConcave(curve: Curve): boolean {
  return curve.shape !== "hill" || curve.slope <= 1;
}

/** A rising function with its slope. */
export interface Rising {
  value(intensity: number): number;
  slope(intensity: number): number;
  /** Where there is a closed form. */
  inverse?(value: number): number;
}

export function risingOf(curve: Curve): Rising {
  return {
    value: (intensity) => curveValue(curve, intensity),
    slope: (intensity) => curveSlope(curve, intensity),
    inverse: (value) => curveInverse(curve, value),
  };
}

/** The intensity that brings `value`; Infinity at the ceiling. */
function curveInverse(curve: Curve, value: number): number {
  switch (curve.shape) {
    case "hill":
      return curve.half * (value / (curve.ceiling - value)) ** (1 / curve.slope);
    case "exponential":
      return -curve.scale * Math.log1p(-value / curve.ceiling);
    case "power":
      return (value / curve.coefficient) ** (1 / curve.exponent);
  }
}

/**
 * The curve, or where it starts upright (a slope that no search could bear) the curve without its first `shift`: nowhere
 * above it.
 */
export function withFiniteStart({ value, slope }: Rising, shift: number): Rising {
  if (slope(0) < Number.POSITIVE_INFINITY) return { value, slope };
  const lost = value(shift);
  return { value: (intensity) => value(intensity + shift) - lost, slope: (intensity) => slope(intensity + shift) };
}

/** The intensity in [0, most] at which a rising function reaches `target`: by its closed form, else by Newton steps that halve where they leave the bracket. */
export function inverse({ value, slope, inverse: closedForm }: Rising, target: number, most: number): number {
  if (target <= 0) return 0;
  let [low, high] = [0, most];
  if (target >= value(most)) return most;
  if (closedForm) return Math.min(most, closedForm(target));
  let x = (most * target) / value(most);
  for (let step = 0; step < 200; step++) {
    const difference = value(x) - target;
    if (difference === 0) return x;
    if (difference > 0) high = x;
    else low = x;
    const newton = x - difference / slope(x);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-16 * next || high - low <= Number.EPSILON * high) return next;
    x = next;
  }
  return x;
}

/** An upright start is passed over by this share of the largest effective intensity. */
export const uprightShare = 1e-10;

/**
 * The least concave function above a curve on [0, most] (of an upright one, a hair above): of an S-shape the straight line to the point from which the
 * curve is concave for good, A* = h·(s − 1)^(1/s) where the tangent passes through 0, then the curve.
 */
export function concaveEnvelope(curve: Curve, most: number): Rising {
  const own = risingOf(curve);
  if (own.slope(0) === Number.POSITIVE_INFINITY) {
    const shift = uprightShare * most;
    return { value: (intensity) => own.value(intensity + shift), slope: (intensity) => own.slope(intensity + shift) };
  }
  if (curve.shape !== "hill" || isConcave(curve)) return own;
  const tangent = Math.min(most, curve.half * (curve.slope - 1) ** (1 / curve.slope));
  const steepness = curveValue(curve, tangent) / tangent;
  return {
    value: (intensity) => (intensity < tangent ? steepness * intensity : own.value(intensity)),
    slope: (intensity) => (intensity < tangent ? steepness : own.slope(intensity)),
  };
}
