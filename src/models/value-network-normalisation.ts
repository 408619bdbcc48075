/** How raw features become what the network sees: signed logarithm, standardised, missing values flagged. */
export interface Normalisation {
  readonly mean: Float32Array; // (features), of the signed logarithm
  readonly deviation: Float32Array; // (features); 1 where a feature never varies
  /** Features that were missing (or infinite) somewhere in training and therefore get an indicator. */
  readonly missingColumns: readonly number[];
}

/** Fitted on the training rows only. */
export function fitNormalisation(features: Float32Array, width: number, rows: Int32Array): Normalisation {
  const mean = new Float32Array(width);
  const deviation = new Float32Array(width);
  const missingColumns: number[] = [];
  for (let column = 0; column < width; column++) {
    let count = 0;
    let sum = 0;
    let squares = 0;
    for (const row of rows) {
      const value = features[row * width + column];
      if (!Number.isFinite(value)) continue; // an infinite value says no more than a missing one
      const transformed = Math.sign(value) * Math.log1p(Math.abs(value));
      count++;
      sum += transformed;
      squares += transformed * transformed;
    }
    if (count < rows.length) missingColumns.push(column);
    const center = count > 0 ? sum / count : 0;
    const variance = count > 0 ? Math.max(0, squares / count - center * center) : 0;
    mean[column] = center;
    deviation[column] = variance > 1e-10 ? Math.sqrt(variance) : 1;
  }
  return { mean, deviation, missingColumns };
}
