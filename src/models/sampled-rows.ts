/** Rows with the customers that each stands for. */
export interface SampledRows {
  readonly rows: Int32Array;
  readonly customers: Float64Array; // (rows)
}

/** Smaller data are searched whole at once. */
const largeRows = 20_000;
const sampledCustomers = 20_000;

/**
 * Every so-many-th customer of large grouped data, by groups: where a fit begins its search. Rows stand in a meaningful order, so
 * the sample is spread evenly over histories; the same data give the same sample. Undefined where there is nothing to save.
 */
export function sampledRows(customers: Float64Array): SampledRows | undefined {
  if (customers.length <= largeRows) return undefined;
  const total = customers.reduce((sum, count) => sum + count, 0);
  const step = total / sampledCustomers;
  const rows: number[] = [];
  const counts: number[] = [];
  for (let row = 0, passed = 0, taken = 0; row < customers.length; row++) {
    passed += customers[row];
    const due = Math.floor(passed / step + 0.5);
    if (due > taken) {
      rows.push(row);
      counts.push((due - taken) * step);
      taken = due;
    }
  }
  return { rows: Int32Array.from(rows), customers: Float64Array.from(counts) };
}
