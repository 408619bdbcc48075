/** Nodes and weights of a Gauss–Legendre rule on [0, 1]. */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const rules = new Map<number, QuadratureRule>();

/**
 * The Gauss–Legendre rule of `points` points on [0, 1]: exact for polynomials of degree 2·points − 1. Roots of the Legendre
 * polynomial by Newton's method from Tricomi's approximation (Abramowitz & Stegun 22.16.6, 25.4.29).
 */
export function gaussLegendre(points: number): QuadratureRule {
  let rule = rules.get(points);
  if (!rule) {
    rule = computeRule(points);
    rules.set(points, rule);
  }
  return rule;
}

function computeRule(points: number): QuadratureRule {
  const nodes = new Float64Array(points);
  const weights = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (points + 0.5));
    let derivative = 1;
    for (let step = 0; step < 100; step++) {
      const { value, slope } = legendre(points, x);
      derivative = slope;
      const move = value / slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    derivative = legendre(points, x).slope;
    nodes[points - 1 - i] = 0.5 * (1 + x);
    weights[points - 1 - i] = 1 / ((1 - x * x) * derivative * derivative);
  }
  return { nodes, weights };
}

/** P_n(x) and P_n′(x) by the three-term recurrence. */
function legendre(degree: number, x: number): { value: number; slope: number } {
  let before = 1;
  let value = x;
  for (let k = 2; k <= degree; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  if (degree === 0) return { value: 1, slope: 0 };
  return { value, slope: (degree * (x * value - before)) / (x * x - 1) };
}
