/** How much each row of a training table counts. */

/**
 * Weights that let every class count the same in total: rows ÷ (classes · rows of the class), with mean 1 (after King & Zeng
 * 2001, "Logistic Regression in Rare Events Data"). @public
 */
export function classWeights(classes: ArrayLike<number>): Float32Array {
  const counts = new Map<number, number>();
  for (let row = 0; row < classes.length; row++) counts.set(classes[row], (counts.get(classes[row]) ?? 0) + 1);
  return Float32Array.from(classes, (label) => classes.length / (counts.size * (counts.get(label) as number)));
}

/**
 * Weights that halve with every `halfLife` of age, with mean 1: what happened long ago says less about tomorrow. `ages` and `halfLife` in
 * the same unit. @public
 */
export function recencyWeights(ages: ArrayLike<number>, halfLife: number): Float32Array {
  if (!(halfLife > 0)) throw new RangeError(`a half-life must be above 0, not ${halfLife}`);
  const raw = Float64Array.from(ages, (age) => 2 ** (-age / halfLife));
  const mean = raw.reduce((sum, weight) => sum + weight, 0) / raw.length;
  return Float32Array.from(raw, (weight) => weight / mean);
}
