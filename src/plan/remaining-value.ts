/** Value of what is still to come, and how it depends on the revenue of each period. */

/**
 * CLVₜ = Σ_{s>t} Rₛ/(1+r)^(s−t) + terminal/(1+r)^(T−t) at the end of t = 0 … T: element 0 is the value of everything, the
 * last one `terminal`, what follows the last period. `discountFactor` is 1/(1+r).
 */
export function remainingValue(revenue: ArrayLike<number>, discountFactor: number, terminal = 0): Float64Array {
  const value = new Float64Array(revenue.length + 1); // (periods + 1)
  value[revenue.length] = terminal;
  for (let t = revenue.length - 1; t >= 0; t--) value[t] = discountFactor * (revenue[t] + value[t + 1]);
  return value;
}

/**
 * Adds to `gradient` (periods) what Σ weightₜ·CLVₜ (t = 0 … T) gains per unit of each period's revenue; returns what it
 * gains per unit of the terminal value.
 */
export function addValueGradient(weights: ArrayLike<number>, discountFactor: number, gradient: Float64Array): number {
  let earlier = 0; // Σ_{t<s} weightₜ/(1+r)^(s−t)
  for (let s = 0; s < weights.length - 1; s++) {
    earlier = discountFactor * (earlier + weights[s]);
    gradient[s] += earlier;
  }
  return earlier + weights[weights.length - 1];
}
