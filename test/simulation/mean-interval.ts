import { studentQuantile } from "../../src/stats/student-t.ts";

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the mean of independent values. */
export const standardError = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));

/** 99 % interval of the mean of independent values (Student's t). */
export function meanInterval99(values: readonly number[]): { estimate: number; low: number; high: number } {
  const estimate = mean(values);
  const reach = studentQuantile(0.995, values.length - 1) * standardError(values);
  return { estimate, low: estimate - reach, high: estimate + reach };
}
