/** The learning rate of a step as a share of its peak: step 0 … steps − 1 of the whole training. */
export type Schedule = (step: number, steps: number) => number;

/** The peak throughout. @public */
export const constantRate: Schedule = () => 1;

export interface CosineOptions {
  /** Share of all steps in which the rate rises in a line from near 0 to its peak. */
  readonly warmUpShare?: number;
  /** What is left of the peak at the end. */
  readonly floor?: number;
}

/** A linear warm-up, then half a cosine from the peak to the floor (Loshchilov & Hutter 2017, eq. 5, one period). */
export function cosineRate({ warmUpShare = 0, floor = 0.1 }: CosineOptions = {}): Schedule {
  return (step, steps) => {
    const warmUp = Math.floor(warmUpShare * steps);
    if (step < warmUp) return (step + 1) / warmUp;
    const share = (step - warmUp) / Math.max(1, steps - warmUp);
    return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * share));
  };
}
